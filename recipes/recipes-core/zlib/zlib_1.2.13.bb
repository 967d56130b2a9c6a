# SPDX-License-Identifier: Apache-2.0
SUMMARY = "zlib compression library"
HOMEPAGE = "https://zlib.net/"
LICENSE = "Zlib"
LIC_FILES_CHKSUM = "file://zlib.h;beginline=6;endline=23;md5=5377232268e952e9ef63bc555f7aa6c0"

SRC_URI = "https://zlib.net/fossils/zlib-${PV}.tar.gz;subdir=${BP};striplevel=1"
SRC_URI[sha256sum] = "b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30"
# Debian's repack of the same version, without the parts that are not free.
SRC_URI[debsrc.sha256sum] = "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1"
MIRRORS = "https://zlib.net/.* debsrc://zlib/zlib_${PV}.dfsg.orig.tar.bz2"

do_configure () {
    AR="${AR}" RANLIB="${RANLIB}" uname=Linux ./configure --static --prefix=${prefix} --libdir=${libdir} --includedir=${includedir}
}

do_compile () {
    oe_runmake libz.a
}

do_install () {
    install -d ${D}${libdir}/pkgconfig ${D}${includedir}
    install -m 0644 libz.a ${D}${libdir}/
    install -m 0644 zlib.h zconf.h ${D}${includedir}/
    install -m 0644 zlib.pc ${D}${libdir}/pkgconfig/
}

BBCLASSEXTEND = "native"
