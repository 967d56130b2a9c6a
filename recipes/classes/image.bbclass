# SPDX-License-Identifier: Apache-2.0
# A root file system of packages, as an initramfs and as an ext4 disk.

inherit image-cpio image-ext4

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"
PACKAGES = ""
IMAGE_INSTALL ??= "packagegroup-core-boot"
IMAGE_ROOTFS = "${WORKDIR}/rootfs"
IMAGE_NAME = "${PN}-${MACHINE}"
IMAGE_FSTYPES ?= "cpio.gz ext4"
RDEPENDS += "${IMAGE_INSTALL}"

deltask fetch
deltask unpack
deltask patch
deltask configure
deltask compile
deltask install
deltask populate_sysroot
deltask package
deltask packagedata
deltask prepare_recipe_sysroot

def image_offers(d):
    """The packages that this image may install: name -> (tree, what packages.json says of it)."""
    import json
    data = d.getVar('BB_TASKDEPDATA', False) or {}
    offers = {}
    for pn in sorted({data[tid][0] for tid in data if data[tid][1] == 'do_package'}):
        for arch in (d.getVar('TARGET_ARCH'), d.getVar('MACHINE_ARCH')):
            folder = os.path.join(d.getVar('PKGTREES_DIR'), arch, pn)
            index = os.path.join(folder, 'packages.json')
            if os.path.exists(index):
                with open(index) as file:
                    for package, relations in json.load(file).items():
                        offers[package] = (os.path.join(folder, package), relations)
    return offers

def image_packages(wanted, offers):
    """[(package, tree)]: the packages of a list and all that these need, before those that need them."""
    providers = {}
    for package in sorted(offers):
        for name in offers[package][1]['RPROVIDES']:
            providers.setdefault(name, package)
    order, seen = [], set()

    def visit(name, trail, optional=False):
        package = name if name in offers else providers.get(name)
        if package in seen or (package is None and optional):
            return
        if package is None:
            bb.fatal("No package provides %s (wanted by %s)" % (name, ' < '.join(reversed(trail))))
        seen.add(package)
        relations = offers[package][1]
        for need in relations['RDEPENDS']:
            visit(need, trail + [package])
        for need in relations['RRECOMMENDS']:
            visit(need, trail + [package], optional=True)
        order.append((package, offers[package][0]))

    for name in wanted:
        visit(name, ['IMAGE_INSTALL'])
    return order

addtask rootfs before do_image
do_rootfs[rdeptask] = "do_package"
do_rootfs[recrdeptask] = "do_package do_packagedata"
do_rootfs[cleandirs] = "${IMAGE_ROOTFS}"
do_rootfs[vardeps] += "IMAGE_INSTALL"
do_rootfs[vardepsexclude] += "BB_TASKDEPDATA"
do_rootfs[doc] = "Lays the packages out as a root file system"
python do_rootfs() {
    import shutil
    rootfs = d.getVar('IMAGE_ROOTFS')
    owner = {}
    for package, tree in image_packages((d.getVar('IMAGE_INSTALL') or '').split(), image_offers(d)):
        for root, folders, files in os.walk(tree):
            folders.sort()
            inside = root[len(tree):]
            links = [f for f in folders if os.path.islink(os.path.join(root, f))]
            for name in [f for f in folders if f not in links]:
                folder = rootfs + inside + '/' + name
                if not os.path.isdir(folder):
                    os.mkdir(folder)
                    shutil.copymode(os.path.join(root, name), folder)
            for name in sorted(files + links):
                target = inside + '/' + name
                if target in owner:
                    bb.fatal("Two packages bring %s: %s and %s" % (target, owner[target], package))
                owner[target] = package
                shutil.copy(os.path.join(root, name), rootfs + target, follow_symlinks=False)
    for folder in 'bin dev etc mnt proc root run sbin sys tmp usr/bin usr/sbin var/log var/run'.split():
        bb.utils.mkdirhier(os.path.join(rootfs, folder))
    os.chmod(os.path.join(rootfs, 'tmp'), 0o1777)
    os.chmod(os.path.join(rootfs, 'root'), 0o700)
    if not os.path.lexists(os.path.join(rootfs, 'init')):
        os.symlink('sbin/init', os.path.join(rootfs, 'init'))
    with open(os.path.join(d.getVar('WORKDIR'), 'rootfs.manifest'), 'w') as out:
        out.writelines('%s %s\n' % (path, package) for path, package in sorted(owner.items()))
}

def image_entries(root):
    """(path, status) of everything below a root file system, in one order everywhere; a path is its name in the image."""
    out = []
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            out.append((os.path.relpath(path, root), os.lstat(path)))
    return sorted(out, key=lambda entry: entry[0].split('/'))

def image_functions(d):
    """The functions that make what IMAGE_FSTYPES names: cpio.gz is made by image_cpio_gz."""
    return ' '.join('image_' + kind.replace('.', '_') for kind in (d.getVar('IMAGE_FSTYPES') or '').split())

# Owners, times, numbers and order are written as they are to be, so neither a privilege nor the build machine matters.
addtask image after do_rootfs before do_image_complete
do_image[dirs] = "${WORKDIR}/images"
do_image[cleandirs] = "${WORKDIR}/images"
do_image[vardeps] += "IMAGE_FSTYPES SOURCE_DATE_EPOCH ${@image_functions(d)}"
do_image[doc] = "Packs the root file system in the forms of IMAGE_FSTYPES"
python do_image () {
    for kind in d.getVar('IMAGE_FSTYPES').split():
        function = 'image_' + kind.replace('.', '_')
        if not d.getVar(function, False):
            bb.fatal('IMAGE_FSTYPES has %s, and there is no function %s to make it' % (kind, function))
        d.setVar('IMAGE_FILE', '%s/images/%s.%s' % (d.getVar('WORKDIR'), d.getVar('IMAGE_NAME'), kind))
        bb.build.exec_func(function, d)
}

addtask image_complete after do_image before do_build
do_image_complete[dirs] = "${DEPLOY_DIR_IMAGE} ${WORKDIR}/images"
do_image_complete[depends] = "virtual/kernel:do_deploy"
do_image_complete[outputs] = "${@' '.join('${DEPLOY_DIR_IMAGE}/${IMAGE_NAME}.' + kind for kind in (d.getVar('IMAGE_FSTYPES') or '').split())}"
do_image_complete[doc] = "Puts the images where people look for them"
do_image_complete () {
    for type in ${IMAGE_FSTYPES}; do
        cp --sparse=always ${IMAGE_NAME}.$type ${DEPLOY_DIR_IMAGE}/.${IMAGE_NAME}.$type.new
        mv ${DEPLOY_DIR_IMAGE}/.${IMAGE_NAME}.$type.new ${DEPLOY_DIR_IMAGE}/${IMAGE_NAME}.$type
    done
}
do_build[depends] += "virtual/kernel:do_deploy"
