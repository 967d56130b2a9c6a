# SPDX-License-Identifier: Apache-2.0
# The recipe built for the machine that builds.

CLASSOVERRIDE = "class-native"
PACKAGE_ARCH = "${BUILD_ARCH}-native"
MULTIMACH_TARGET_SYS = "${PACKAGE_ARCH}"
BASEDEPENDS:class-native = ""
PACKAGES = ""
HOST_SYS = "${BUILD_SYS}"
HOST_ARCH = "${BUILD_ARCH}"
HOST_PREFIX = ""
LIBC_SPECS = ""
HOST_CC_ARCH = ""
STAGING_DIR_HOST = "${RECIPE_SYSROOT_NATIVE}"
CFLAGS = "${BUILD_CFLAGS} -I${RECIPE_SYSROOT_NATIVE}${includedir} ${DEBUG_PREFIX_MAP}"
LDFLAGS = "${BUILD_LDFLAGS} -L${RECIPE_SYSROOT_NATIVE}${libdir}"

python native_names() {
    def renamed(names):
        return ' '.join(n if n.endswith('-native') or n.startswith('virtual/') else n + '-native' for n in names.split())
    pn = d.getVar('PN')
    if pn.endswith('-native'):
        d.setVar('DEPENDS', renamed(d.getVar('DEPENDS') or ''))
        provides = [n for n in (d.getVar('PROVIDES') or '').split() if n != pn]
        d.setVar('PROVIDES', renamed(' '.join(provides)))
}
addhandler native_names
native_names[eventmask] = "bb.event.RecipePreFinalise"

deltask package
deltask packagedata
addtask build after do_populate_sysroot
