# SPDX-License-Identifier: Apache-2.0
# What a recipe offers to the recipes that depend on it, and the tree it sees of those before it.

SYSROOT_DIRS ?= "${includedir} ${libdir} ${base_libdir} ${datadir}/pkgconfig ${datadir}/aclocal"
SYSROOT_DIRS:class-native ?= "/"

addtask populate_sysroot after do_install
do_populate_sysroot[cleandirs] = "${COMPONENT_DIR}"
do_populate_sysroot[outputs] = "${COMPONENT_DIR}"
do_populate_sysroot[doc] = "Puts what other recipes need to build into a component tree"
python do_populate_sysroot() {
    import shutil
    import subprocess
    source, target = d.getVar('D'), d.getVar('COMPONENT_DIR')
    for folder in d.getVar('SYSROOT_DIRS').split():
        path = source + folder
        if os.path.isdir(path):
            shutil.copytree(path, target + folder, symlinks=True, copy_function=shutil.copy, dirs_exist_ok=True)
    # Archives carry the time and the user that made them unless they are told not to.
    for root, folders, files in os.walk(target):
        for name in files:
            if name.endswith('.a') and not os.path.islink(os.path.join(root, name)):
                subprocess.check_call([d.getVar('HOST_PREFIX') + 'objcopy', '--enable-deterministic-archives', os.path.join(root, name)])
}

def staging_components(d, native):
    """The component trees of everything that this task waits for."""
    out = []
    data = d.getVar('BB_TASKDEPDATA', False) or {}
    mine = d.getVar('PN')
    for tid in sorted(data, key=lambda t: data[t][0]):
        pn, task = data[tid][0], data[tid][1]
        if task != 'do_populate_sysroot' or pn == mine:
            continue
        arch = d.getVar('BUILD_ARCH') + '-native' if pn.endswith('-native') else None
        folders = [arch] if arch else [d.getVar('TARGET_ARCH'), d.getVar('MACHINE_ARCH')]
        if bool(arch) != native:
            continue
        for folder in folders:
            path = os.path.join(d.getVar('COMPONENTS_DIR'), folder, pn)
            if os.path.isdir(path) and path not in out:
                out.append(path)
    return out

def staging_compose(destination, components):
    """One tree of hard links: by hitz where hitz runs this, by hand under BitBake."""
    try:
        import hitz
    except ImportError:
        import subprocess
        bb.utils.mkdirhier(destination)
        for component in components:
            subprocess.check_call(['cp', '-al', '--remove-destination', component + '/.', destination])
        return
    hitz.compose_sysroot(destination, components)

# Which folders there are differs by machine, what a tool for the build host is made of does not.
staging_components[vardepsexclude] += "TARGET_ARCH MACHINE_ARCH"

addtask prepare_recipe_sysroot after do_patch
do_prepare_recipe_sysroot[deptask] = "do_populate_sysroot"
do_prepare_recipe_sysroot[dirs] = "${RECIPE_SYSROOT} ${RECIPE_SYSROOT_NATIVE} ${WORKDIR}"
do_prepare_recipe_sysroot[vardepsexclude] += "BB_TASKDEPDATA"
do_prepare_recipe_sysroot[doc] = "Lays out the sysroots that the recipe is built in"
python do_prepare_recipe_sysroot() {
    staging_compose(d.getVar('RECIPE_SYSROOT'), staging_components(d, False))
    staging_compose(d.getVar('RECIPE_SYSROOT_NATIVE'), staging_components(d, True))
}
