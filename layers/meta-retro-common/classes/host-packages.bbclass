# SPDX-License-Identifier: Apache-2.0
# Debian's packages that a machine is built with: HOST_PACKAGES must be there, their versions are part of every signature of
# what is built for the machine, and conf/host-packages.lock, where there is one, holds them fast (do_lock_host_packages
# writes it). On a host without dpkg a package's version is "unknown" and core's TOOLCHAIN_ID alone tells compilers apart.

HOST_PACKAGES_ID = "${HOST_PACKAGES_FOUND}"
# A tool for the build host is the same for all machines.
HOST_PACKAGES_ID:class-native = ""
HOST_PACKAGES_FOUND ??= ""

def host_package_versions(d):
    """{package: version} of HOST_PACKAGES, None for one that is not installed."""
    import subprocess
    wanted = (d.getVar('HOST_PACKAGES') or '').split()
    if not wanted:
        return {}
    try:
        done = subprocess.run(['dpkg-query', '-W', '-f', '${db:Status-Status} ${Package} ${Version}\n'] + wanted, capture_output=True, text=True)
    except FileNotFoundError:
        return dict.fromkeys(wanted, 'unknown')
    found = {package: version for state, package, version in (line.split(' ', 2) for line in done.stdout.splitlines()) if state == 'installed'}
    return {package: found.get(package) for package in wanted}

def host_package_lock(d):
    """{package: version} of conf/host-packages.lock, lines "package version"."""
    path = d.expand('${TOPDIR}/conf/host-packages.lock')
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return dict(line.split() for line in file if line.strip() and not line.startswith('#'))

addhandler host_packages_eventhandler
host_packages_eventhandler[eventmask] = "bb.event.ConfigParsed"
python host_packages_eventhandler() {
    versions, lock = host_package_versions(d), host_package_lock(d)
    missing = [package for package in versions if versions[package] is None]
    if missing:
        bb.fatal("MACHINE %s is built with Debian's packages that are not installed: apt-get install %s" % (d.getVar('MACHINE'), ' '.join(missing)))
    for package, version in versions.items():
        if lock.get(package, version) != version:
            bb.fatal("conf/host-packages.lock has %s %s, but %s is installed: install the locked version, or remove the line to go on with this one"
                     % (package, lock[package], version))
    d.setVar('HOST_PACKAGES_FOUND', ' '.join('%s=%s' % pair for pair in sorted(versions.items())))
}

do_configure[vardeps] += "HOST_PACKAGES_ID"

addtask lock_host_packages
do_lock_host_packages[nostamp] = "1"
do_lock_host_packages[doc] = "Writes the installed versions of HOST_PACKAGES to conf/host-packages.lock"
python do_lock_host_packages() {
    locked = host_package_lock(d)
    # What the configuration found; the tools that a task sees do not tell it.
    locked.update(pair.split('=', 1) for pair in d.getVar('HOST_PACKAGES_FOUND').split())
    with bb.utils.fileslocked([d.expand('${TOPDIR}/conf/host-packages.lock.lock')]):
        with open(d.expand('${TOPDIR}/conf/host-packages.lock'), 'w') as out:
            out.writelines('%s %s\n' % pair for pair in sorted(locked.items()))
}
