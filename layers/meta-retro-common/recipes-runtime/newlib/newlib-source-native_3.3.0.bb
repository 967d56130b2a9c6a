# SPDX-License-Identifier: Apache-2.0
SUMMARY = "newlib's sources, taken out of its archive once for all machines"
HOMEPAGE = "https://sourceware.org/newlib/"
LICENSE = "BSD-3-Clause & BSD-2-Clause & MIT"
LIC_FILES_CHKSUM = "file://COPYING.NEWLIB;md5=ac17c68751aad7a5298ce3f249121070"

SRC_URI = "https://sourceware.org/pub/newlib/newlib-${PV}.tar.gz;unpack=0"
SRC_URI[sha256sum] = "58dd9e3eaedf519360d92d84205c3deef0b3fc286685d1c562e245914ef72c66"
MIRRORS = "https://sourceware.org/pub/newlib/.* debsrc://newlib/newlib_${PV}.orig.tar.gz"

inherit native

S = "${UNPACKDIR}/newlib-${PV}"
# Most of the archive is for machines that are not here.
NEWLIB_WANTED = "COPYING.NEWLIB newlib/libc/include newlib/libc/string newlib/libc/ctype newlib/libc/stdlib newlib/libc/errno newlib/libc/search \
    newlib/libc/time newlib/libc/stdio newlib/libc/reent newlib/libc/misc newlib/libc/locale newlib/libc/signal \
    newlib/libc/machine/mips newlib/libc/machine/sh newlib/libc/machine/arm newlib/libm/common newlib/libm/math"

do_unpack[postfuncs] += "newlib_unpack"
do_unpack[vardeps] += "newlib_unpack NEWLIB_WANTED"
newlib_unpack () {
    tar --no-same-owner -xzf ${DL_DIR}/newlib-${PV}.tar.gz -C ${UNPACKDIR} ${@' '.join('newlib-${PV}/' + name for name in d.getVar('NEWLIB_WANTED').split())}
}

do_install () {
    install -d ${D}${datadir}/newlib-source
    cp -r newlib COPYING.NEWLIB ${D}${datadir}/newlib-source/
}
