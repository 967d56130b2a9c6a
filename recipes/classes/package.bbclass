# SPDX-License-Identifier: Apache-2.0
# What has been installed, stripped and cut into packages: one tree each, for images to be made of.

addtask package after do_install
do_package[cleandirs] = "${PKGTREE_DIR}"
do_package[outputs] = "${PKGTREE_DIR}"
do_package[doc] = "Cuts what was installed into packages"
do_package[vardeps] += "PACKAGES ${@' '.join('FILES:' + p for p in (d.getVar('PACKAGES') or '').split())} STRIP_PACKAGES"

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

python do_package() {
    import shutil
    source, target = d.getVar('D'), d.getVar('PKGTREE_DIR')
    patterns = [(p, (d.getVar('FILES:' + p) or '').split()) for p in (d.getVar('PACKAGES') or '').split()]
    for root, folders, files in os.walk(source):
        folders.sort()
        links = [f for f in folders if os.path.islink(os.path.join(root, f))]
        empty = [] if files or folders else ['']
        for name in sorted(files + links) + empty:
            path = os.path.join(root, name) if name else root
            inside = path[len(source):]
            owner = next((p for p, globs in patterns if package_matches(inside, globs)), None)
            if owner is None or not inside:
                continue
            destination = os.path.join(target, owner) + inside
            if not name:
                bb.utils.mkdirhier(destination)
                continue
            bb.utils.mkdirhier(os.path.dirname(destination))
            if os.path.islink(path):
                os.symlink(os.readlink(path), destination)
            else:
                shutil.copy(path, destination)
                if d.getVar('STRIP_PACKAGES') == '1' and not path.endswith(('.a', '.o', '.ko')):
                    package_strip(destination, d)
}

# Stands for a recipe's packages and those that they need at run time: images recurse through it.
addtask packagedata after do_package before do_build
do_packagedata[noexec] = "1"
do_packagedata[rdeptask] = "do_package"
do_packagedata[doc] = "Waits for the packages that this recipe's packages need"
do_packagedata () {
    :
}
