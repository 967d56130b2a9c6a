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

# What a recipe's component needs beside it wherever it is used: the components of its own DEPENDS, as far as they are of its kind
# (a library's libraries; a tool's, not a library's tools), and what these need. Nothing runs here; that the task stands between
# makes hitz restore all of them, where a component that is restored itself would need none.
addtask sysroot_needs after do_populate_sysroot
do_sysroot_needs[noexec] = "1"
do_sysroot_needs[depends] = "${@' '.join(name + ':do_sysroot_needs' for name in staging_needs(d))}"
do_sysroot_needs[doc] = "Waits for the components that the recipe's own is of no use without"
do_sysroot_needs () {
    :
}

def staging_is_native(name):
    return name.endswith('-native') or '-cross-' in name

def staging_needs(d):
    """Those of DEPENDS whose components go wherever the recipe's own goes."""
    native = staging_is_native(d.getVar('PN'))
    return [name for name in dict.fromkeys((d.getVar('DEPENDS') or '').split()) if native or not staging_is_native(name)]

def staging_forget_needs(d):
    """do_sysroot_needs is looked at again in every recipe: what it once waited for may be gone."""
    import glob
    for path in glob.glob(d.getVar('STAMPS_DIR') + '/*/*/*.do_sysroot_needs.*'):
        bb.utils.remove(path)

def staging_components(d):
    """The component trees of what DEPENDS names and of what that needs: (the target's, the build host's)."""
    data = d.getVar('BB_TASKDEPDATA', False) or {}
    target, native = [], []
    open_, seen = [tid for tid in data if data[tid][0] == d.getVar('PN') and data[tid][1] == 'do_prepare_recipe_sysroot'], set()
    while open_:
        for tid in data[open_.pop()][3]:
            if tid in seen:
                continue
            seen.add(tid)
            pn, task, file = data[tid][:3]
            if task == 'do_sysroot_needs':
                open_.append(tid)
            elif task == 'do_populate_sysroot' and pn != d.getVar('PN'):
                (native if staging_is_native(pn) else target).extend(staging_component(d, pn, file))
    return sorted(target), sorted(native)

def staging_component(d, pn, file):
    folders = [d.getVar('BUILD_ARCH') + '-native'] if staging_is_native(pn) else list(dict.fromkeys([d.getVar('TARGET_ARCH'), d.getVar('MACHINE_ARCH')]))
    there = [path for path in (os.path.join(d.getVar('COMPONENTS_DIR'), folder, pn) for folder in folders) if os.path.isdir(path)]
    if not there:
        staging_forget_needs(d)
        bb.fatal('%s: its sysroot needs the component of %s (%s), which is not in %s of %s any more; the next build brings it back'
                 % (d.getVar('FILE'), pn, file, ' or '.join(folders), d.getVar('COMPONENTS_DIR')))
    return there

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
staging_component[vardepsexclude] += "TARGET_ARCH MACHINE_ARCH BUILD_ARCH FILE"

addtask prepare_recipe_sysroot after do_patch
do_prepare_recipe_sysroot[deptask] = "do_populate_sysroot do_sysroot_needs"
do_prepare_recipe_sysroot[dirs] = "${RECIPE_SYSROOT} ${RECIPE_SYSROOT_NATIVE} ${WORKDIR}"
do_prepare_recipe_sysroot[vardepsexclude] += "BB_TASKDEPDATA"
do_prepare_recipe_sysroot[doc] = "Lays out the sysroots that the recipe is built in"
python do_prepare_recipe_sysroot() {
    target, native = staging_components(d)
    staging_compose(d.getVar('RECIPE_SYSROOT'), target)
    staging_compose(d.getVar('RECIPE_SYSROOT_NATIVE'), native)
}
