# SPDX-License-Identifier: Apache-2.0
SUMMARY = "musl, a small C library for Linux"
HOMEPAGE = "https://musl.libc.org/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://COPYRIGHT;md5=b03f1cc25363d094011f8f4fd8bcfb68"

SRC_URI = "https://musl.libc.org/releases/musl-${PV}.tar.gz \
           file://hitz-musl.specs \
"
SRC_URI[sha256sum] = "7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4"
MIRRORS = "https://musl.libc.org/releases/.* debsrc://musl/musl_${PV}.orig.tar.gz"

INHIBIT_DEFAULT_DEPS = "1"
PROVIDES += "virtual/libc"
LIBC_SPECS = ""
LDFLAGS = ""
PACKAGES = ""
B = "${WORKDIR}/build"

do_configure[cleandirs] = "${B}"
do_configure () {
    ${S}/configure --target=${TARGET_ARCH}-linux-musl --prefix=${prefix} --libdir=${libdir} --includedir=${includedir} \
        --syslibdir=${base_libdir} --disable-shared --disable-gcc-wrapper
}

do_compile () {
    oe_runmake
}

do_install () {
    oe_runmake DESTDIR=${D} install-libs install-headers
    install -m 0644 ${UNPACKDIR}/hitz-musl.specs ${D}${libdir}/
}
