# SPDX-License-Identifier: Apache-2.0
# What has been installed, stripped and cut into packages: a tree each for images to be made of, and packages.json, which
# says what each package needs and offers at run time.

PACKAGE_RELATIONS = "RDEPENDS RRECOMMENDS RPROVIDES"

def package_variables(d):
    """The variables that say how a recipe's files become packages."""
    return ' '.join('%s:%s' % (name, package) for package in (d.getVar('PACKAGES') or '').split()
                    for name in ['FILES'] + d.getVar('PACKAGE_RELATIONS').split())

addtask package after do_install
do_package[cleandirs] = "${PKGTREE_DIR}"
do_package[outputs] = "${PKGTREE_DIR}"
do_package[doc] = "Cuts what was installed into packages"
do_package[vardeps] += "PACKAGES ${@package_variables(d)} STRIP_PACKAGES"

def package_matches(path, patterns):
    import fnmatch
    for pattern in patterns:
        pattern = pattern.rstrip('/') or '/'
        if pattern == '/' or path == pattern or path.startswith(pattern + '/') or fnmatch.fnmatch(path, pattern):
            return True
    return False

def package_strip(path, d):
    import subprocess
    with open(path, 'rb') as file:
        head = file.read(20)
    if head[:4] != b'\x7fELF' or head[16] not in (2, 3):
        return
    subprocess.check_call(['%sstrip' % d.getVar('HOST_PREFIX'), '--strip-all', '-R', '.comment', '-R', '.note', path])

def package_owner(inside, patterns):
    return next((package for package, globs in patterns if package_matches(inside, globs)), None)

def package_folder(source, tree, inside):
    """Makes a package's folder as it was installed, and those above it."""
    import shutil
    path = ''
    for part in inside.split('/')[1:]:
        path += '/' + part
        if not os.path.isdir(tree + path):
            bb.utils.mkdirhier(tree + path)
            shutil.copymode(source + path, tree + path)

def package_entry(source, tree, inside, strip, d):
    """Puts a file, a link or a folder into a package's tree."""
    import shutil
    path = source + inside
    if os.path.isdir(path) and not os.path.islink(path):
        return package_folder(source, tree, inside)
    package_folder(source, tree, os.path.dirname(inside).rstrip('/'))
    if os.path.islink(path):
        os.symlink(os.readlink(path), tree + inside)
        return
    shutil.copy(path, tree + inside)
    if strip and not path.endswith(('.a', '.o', '.ko')):
        package_strip(tree + inside, d)

def package_index(packages, d):
    """What packages.json holds: each package's names in RDEPENDS and the like, without the versions."""
    return {package: {name: sorted(bb.utils.explode_deps(d.getVar('%s:%s' % (name, package)) or ''))
                      for name in d.getVar('PACKAGE_RELATIONS').split()} for package in packages}

python do_package() {
    import json
    source, target = d.getVar('D'), d.getVar('PKGTREE_DIR')
    packages = (d.getVar('PACKAGES') or '').split()
    patterns = [(p, (d.getVar('FILES:' + p) or '').split()) for p in packages]
    strip = d.getVar('STRIP_PACKAGES') == '1'
    for package in packages:
        bb.utils.mkdirhier(os.path.join(target, package))
    unclaimed = []
    for root, folders, files in os.walk(source):
        folders.sort()
        inside = root[len(source):]
        links = [f for f in folders if os.path.islink(os.path.join(root, f))]
        leaf = [inside] if inside and not files and not folders else []
        for name in leaf + [inside + '/' + name for name in sorted(files + links)]:
            owner = package_owner(name, patterns)
            if owner is None:
                unclaimed.append(name)
            else:
                package_entry(source, os.path.join(target, owner), name, strip, d)
    if unclaimed and packages:
        bb.fatal("do_install installs files that no package takes; add them to a FILES:<package> or remove them in do_install:\n  "
                 + '\n  '.join(unclaimed))
    with open(os.path.join(target, 'packages.json'), 'w') as out:
        json.dump(package_index(packages, d), out, indent=1, sort_keys=True)
}

# Stands for a recipe's packages and those that they need at run time: images recurse through it.
addtask packagedata after do_package before do_build
do_packagedata[noexec] = "1"
do_packagedata[rdeptask] = "do_package"
do_packagedata[doc] = "Waits for the packages that this recipe's packages need"
do_packagedata () {
    :
}
