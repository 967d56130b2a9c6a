# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Linux kernel of the 6.1 series, as Debian carries it, and its headers"
HOMEPAGE = "https://www.kernel.org/"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://COPYING;md5=6bc538ed5bd9a7fc9398086aedcd7e46"

inherit kernel

PROVIDES += "linux-libc-headers"

def linux_locked(d):
    """"version file sha256": the newest that Debian has, resolved once and kept in conf/lock."""
    try:
        import hitz
    except ImportError:
        return "6.1.176 linux_6.1.176.orig.tar.xz 9aad4025973feea3f0d978e82ab7db97d8d5ce3f59fcc6b1f316153d66e3a504"
    try:
        return " ".join(hitz.debsrc_latest("linux", "6.1", d))
    except bb.fetch2.BBFetchException as exc:
        raise bb.parse.SkipRecipe("the version of the kernel is not in conf/lock and cannot be resolved: %s" % exc)

LINUX_LOCKED ?= "${@linux_locked(d)}"
PV := "${@d.getVar('LINUX_LOCKED').split()[0]}"
LINUX_SHA256 := "${@d.getVar('LINUX_LOCKED').split()[2]}"

SRC_URI = "https://cdn.kernel.org/pub/linux/kernel/v6.x/linux-${PV}.tar.xz;subdir=${BP};striplevel=1 \
           file://common.cfg \
           file://${KERNEL_ARCH}.cfg \
"
# The version moves, so the checksum is the one of Debian's signed index: the file is taken from there first.
SRC_URI[sha256sum] = "${LINUX_SHA256}"
SRC_URI[debsrc.sha256sum] = "${LINUX_SHA256}"
PREMIRRORS = "https://cdn.kernel.org/pub/linux/kernel/.* debsrc://linux/linux_${PV}.orig.tar.xz"

KERNEL_FRAGMENTS = "common.cfg ${KERNEL_ARCH}.cfg"
SYSROOT_DIRS = "${includedir}"
PACKAGES = ""
FILES:${PN} = ""
deltask package
deltask packagedata

# Headers need a configured kernel, not a compiled one: what is built against them need not wait.
deltask install
addtask install after do_configure before do_populate_sysroot
do_install () {
    oe_runmake INSTALL_HDR_PATH=${D}${prefix} headers_install
}
