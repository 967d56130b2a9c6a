# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A greeting in C: the smallest recipe that compiles something"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://hello.c;beginline=1;endline=1;md5=4f8ec6e05e980b2ef6a75510c6499cca"

SRC_URI = "file://hello.c"
S = "${UNPACKDIR}"

do_compile () {
    ${CC} ${CFLAGS} ${LDFLAGS} -o hello hello.c
}

do_install () {
    install -d ${D}${bindir}
    install -m 0755 hello ${D}${bindir}/hello
}

BBCLASSEXTEND = "native"
