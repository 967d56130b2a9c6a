# SPDX-License-Identifier: Apache-2.0
SUMMARY = "The sources of gcc's run-time library, taken out of gcc's once for all machines"
HOMEPAGE = "https://gcc.gnu.org/"
LICENSE = "GPL-3.0-with-GCC-exception"
LIC_FILES_CHKSUM = "file://COPYING.RUNTIME;md5=fe60d87048567d4fe8c8a0ed2448bcc8"

# Debian's file has the same libgcc inside another tar; its documentation is left out. Its checksum is that of Debian's signed index of
# sources for every revision of gcc-12 12.2.0; upstream's is the one that other distributions build from.
SRC_URI = "https://ftp.gnu.org/gnu/gcc/gcc-${PV}/gcc-${PV}.tar.xz;unpack=0"
SRC_URI[sha256sum] = "e549cf9cf3594a00e27b6589d4322d70e0720cdd213f39beb4181e06926230ff"
SRC_URI[debsrc.sha256sum] = "b8298be16aeeb96a889c6afed0a8e2241b47452e89cc81fe65ea849d5c740fcb"
MIRRORS = "https://ftp.gnu.org/gnu/.* debsrc://gcc-12/gcc-12_${PV}.orig.tar.gz"

inherit native

S = "${UNPACKDIR}/gcc-${PV}"
LIBGCC_WANTED = "*/libgcc/*.[ch] */libgcc/config/mips/* */libgcc/config/sh/* */gcc/tsystem.h */gcc/coretypes.h */include/ansidecl.h \
    */include/filenames.h */include/hashtab.h */include/longlong.h */COPYING.RUNTIME */COPYING3"

do_unpack[postfuncs] += "libgcc_unpack"
do_unpack[vardeps] += "libgcc_unpack LIBGCC_WANTED"
libgcc_unpack () {
    archive=${DL_DIR}/gcc-${PV}.tar.xz
    inner=$(tar -tf $archive | head -n 5 | grep '/gcc-.*\.tar\.xz$' || true)
    set -f
    if [ -n "$inner" ]; then
        tar -xOf $archive $inner | tar -xJ --no-same-owner -C ${UNPACKDIR} --wildcards ${LIBGCC_WANTED}
    else
        tar -xf $archive --no-same-owner -C ${UNPACKDIR} --wildcards ${LIBGCC_WANTED}
    fi
    set +f
}

do_install () {
    install -d ${D}${datadir}/libgcc-source
    cp -r libgcc gcc include COPYING.RUNTIME COPYING3 ${D}${datadir}/libgcc-source/
}
