# SPDX-License-Identifier: Apache-2.0
SUMMARY = "The kernel's interface for programs: what <linux/...> and <asm/...> are"

require linux.inc

# A recipe of its own, so that a kernel's configuration can change without what is compiled against the headers.
INHIBIT_DEFAULT_DEPS = "1"
B = "${WORKDIR}/build"
PACKAGES = ""
deltask configure
deltask compile

addtask install after do_patch before do_populate_sysroot
do_install () {
    make -C ${S} O=${B} ARCH=${KERNEL_ARCH} INSTALL_HDR_PATH=${D}${prefix} HOSTCC='${BUILD_CC}' headers_install
}
