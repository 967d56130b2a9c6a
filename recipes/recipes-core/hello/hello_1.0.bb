# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A greeting in C: the smallest recipe that compiles something"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://hello.c;beginline=1;endline=1;md5=a1b9f8d12e2f0e1b3c4d5e6f70819203"

SRC_URI = "file://hello.c"
S = "${UNPACKDIR}"

do_compile () {
    ${CC} ${CFLAGS} ${LDFLAGS} -o hello hello.c
}

do_install () {
    install -d ${D}${bindir}
    install -m 0755 hello ${D}${bindir}/hello
}
