# SPDX-License-Identifier: Apache-2.0
# `-c populate_sdk` of a game: what it was built with, for projects that hitz does not build.
#
# The archive unpacks anywhere: sysroot/ (start-up file, library, console.h), native/ (the packing tools), toolchain.cmake,
# environment-setup-MACHINE, bin/console-image (the image types), bin/console-check (the memory budget), host-packages.txt (the
# compiler's packages that it was made with; the compiler itself stays Debian's).

SDK_NAME ?= "retro-sdk-${MACHINE}"
SDK_DEPLOY = "${DEPLOY_DIR}/sdk"
SDK_ARCHIVE = "${SDK_DEPLOY}/${SDK_NAME}-${PV}.tar.xz"

# Recipes whose tools go in.
SDK_TOOLS ?= "png2tiles-native wav2sample-native ${@' '.join(d.getVar('IMAGE_DEPENDS:' + kind) or '' for kind in image_types(d))}"

addtask populate_sdk after do_configure
do_populate_sdk[dirs] = "${SDK_DEPLOY} ${WORKDIR}/sdk"
do_populate_sdk[cleandirs] = "${WORKDIR}/sdk"
do_populate_sdk[depends] = "${@' '.join(name + ':do_populate_sysroot' for name in sorted(set(d.getVar('SDK_TOOLS').split())))}"
do_populate_sdk[outputs] = "${SDK_ARCHIVE}"
do_populate_sdk[vardeps] += "CONSOLE_COMPILE_C CONSOLE_LINK CONSOLE_ARCHIVE CONSOLE_MEMORY HOST_PACKAGES_ID ${@' '.join('IMAGE_CMD:' + kind for kind in image_types(d))}"
do_populate_sdk[doc] = "Packs the machine's SDK with a CMake toolchain file and an environment script"
python do_populate_sdk() {
    import retro.sdk
    retro.sdk.populate(d, image_types(d))
}
