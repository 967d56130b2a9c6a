# SPDX-License-Identifier: Apache-2.0
# A root file system of packages, as an initramfs and as an ext4 disk.

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"
PACKAGES = ""
IMAGE_INSTALL ??= "packagegroup-core-boot"
IMAGE_ROOTFS = "${WORKDIR}/rootfs"
IMAGE_NAME = "${PN}-${MACHINE}"
IMAGE_FSTYPES ?= "cpio.gz ext4"
IMAGE_EXT4_KB ?= "32768"
IMAGE_ROOTFS_UUID ?= "5b2d6c1e-9a35-4f0e-8d43-6869747a0001"
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

def image_packages(d):
    """The package trees to install, those that others need first: names from IMAGE_INSTALL and the packages' own needs."""
    data = d.getVar('BB_TASKDEPDATA', False) or {}
    recipes = sorted({data[tid][0] for tid in data if data[tid][1] == 'do_package'})
    trees = {}
    for arch in (d.getVar('TARGET_ARCH'), d.getVar('MACHINE_ARCH')):
        for pn in recipes:
            folder = os.path.join(d.getVar('PKGTREES_DIR'), arch, pn)
            if os.path.isdir(folder):
                for package in sorted(os.listdir(folder)):
                    trees[package] = os.path.join(folder, package)
                trees.setdefault(pn, folder)
    return [(p, t) for p, t in sorted(trees.items()) if not p.endswith(('-dev', '-staticdev', '-doc')) and os.path.basename(t) == p]

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
    def copy(source, target):
        inside = target[len(rootfs):]
        if os.path.lexists(target):
            bb.fatal("Two packages bring %s: %s and %s" % (inside, owner.get(inside, '?'), package))
        owner[inside] = package
        return shutil.copy(source, target)
    for package, tree in image_packages(d):
        for root, folders, files in os.walk(tree):
            folders.sort()
            inside = root[len(tree):]
            bb.utils.mkdirhier(rootfs + inside)
            for name in sorted(files + [f for f in folders if os.path.islink(os.path.join(root, f))]):
                source, target = os.path.join(root, name), rootfs + inside + '/' + name
                if os.path.islink(source):
                    if not os.path.lexists(target):
                        os.symlink(os.readlink(source), target)
                else:
                    copy(source, target)
    for folder in 'bin dev etc mnt proc root run sbin sys tmp usr/bin usr/sbin var/log var/run'.split():
        bb.utils.mkdirhier(os.path.join(rootfs, folder))
    os.chmod(os.path.join(rootfs, 'tmp'), 0o1777)
    os.chmod(os.path.join(rootfs, 'root'), 0o700)
    if not os.path.lexists(os.path.join(rootfs, 'init')):
        os.symlink('sbin/init', os.path.join(rootfs, 'init'))
}

addtask image after do_rootfs before do_image_complete
do_image[dirs] = "${WORKDIR}/images"
do_image[cleandirs] = "${WORKDIR}/images"
fakeroot do_image () {
    chown -hR 0:0 ${IMAGE_ROOTFS}
    find ${IMAGE_ROOTFS} -exec touch -h -d @${SOURCE_DATE_EPOCH} {} +
    (cd ${IMAGE_ROOTFS} && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible) > ${IMAGE_NAME}.cpio
    gzip -9 -n ${IMAGE_NAME}.cpio
    truncate -s ${IMAGE_EXT4_KB}K ${IMAGE_NAME}.ext4
    E2FSPROGS_FAKE_TIME=${SOURCE_DATE_EPOCH} mkfs.ext4 -q -F -b 4096 -N 4096 -L root -U ${IMAGE_ROOTFS_UUID} \
        -E hash_seed=${IMAGE_ROOTFS_UUID},lazy_itable_init=0,root_owner=0:0 -O ^has_journal,^metadata_csum -d ${IMAGE_ROOTFS} ${IMAGE_NAME}.ext4
}

addtask image_complete after do_image before do_build
do_image_complete[dirs] = "${DEPLOY_DIR_IMAGE} ${WORKDIR}/images"
do_image_complete[depends] = "virtual/kernel:do_deploy"
do_image_complete[outputs] = "${DEPLOY_DIR_IMAGE}/${IMAGE_NAME}.cpio.gz ${DEPLOY_DIR_IMAGE}/${IMAGE_NAME}.ext4"
do_image_complete () {
    for type in ${IMAGE_FSTYPES}; do
        cp --sparse=always ${IMAGE_NAME}.$type ${DEPLOY_DIR_IMAGE}/${IMAGE_NAME}.$type
    done
}
do_build[depends] += "virtual/kernel:do_deploy"
