# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Shows the system calls of a program"
HOMEPAGE = "https://strace.io/"
LICENSE = "LGPL-2.1-or-later & GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=59a33f0a3e6122d67c0b3befccbdaa6b"

SRC_URI = "https://strace.io/files/${PV}/strace-${PV}.tar.xz"
SRC_URI[sha256sum] = "2579e9cec37dbb786f6ea0bebd15f40dd561ef2bde2a2a2ecdce5963b01859fd"
MIRRORS = "https://strace.io/files/.* debsrc://strace/strace_${PV}.orig.tar.xz"

DEPENDS = "linux-libc-headers"
inherit autotools

EXTRA_OECONF = "--enable-mpers=no --disable-gcc-Werror --without-libunwind --without-libdw --without-libselinux --enable-bundled=yes"

do_install:append () {
    rm -f ${D}${bindir}/strace-log-merge
}
