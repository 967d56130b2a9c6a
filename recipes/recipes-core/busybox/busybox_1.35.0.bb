# SPDX-License-Identifier: Apache-2.0
SUMMARY = "BusyBox, the usual UNIX tools in one program"
HOMEPAGE = "https://busybox.net/"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://LICENSE;md5=de10de48642ab74318e893a61105afbb"

SRC_URI = "https://busybox.net/downloads/busybox-${PV}.tar.bz2 \
           file://hitz.cfg \
"
SRC_URI[sha256sum] = "faeeb244c35a348a334f4a59e44626ee870fb07b6884d68c10ae8bc19f83a694"
MIRRORS = "https://busybox.net/downloads/.* debsrc://busybox/busybox_${PV}.orig.tar.bz2"

DEPENDS = "linux-libc-headers"
export KCONFIG_NOTIMESTAMP = "1"
EXTRA_OEMAKE = "CC='${CC}' HOSTCC='${BUILD_CC}' AR='${AR}' NM='${NM}' STRIP=true CROSS_COMPILE=${TARGET_PREFIX} SKIP_STRIP=y"

do_configure () {
    oe_runmake defconfig
    # A later line wins over an earlier one only when the earlier one is gone.
    sed -n 's/^\(# \)\?\(CONFIG_[A-Z0-9_]*\)[ =].*/\2/p' ${UNPACKDIR}/hitz.cfg | while read option; do
        sed -i "/^\(# \)\?$option[ =]/d" .config
    done
    cat ${UNPACKDIR}/hitz.cfg >> .config
    yes '' | oe_runmake oldconfig > /dev/null
}

do_compile () {
    oe_runmake busybox
}

do_install () {
    oe_runmake CONFIG_PREFIX=${D} install
    chmod 0755 ${D}/bin/busybox
}
