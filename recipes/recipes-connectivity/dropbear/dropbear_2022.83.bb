# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A small SSH server and client"
HOMEPAGE = "https://matt.ucc.asn.au/dropbear/dropbear.html"
LICENSE = "MIT & BSD-3-Clause & BSD-2-Clause"
LIC_FILES_CHKSUM = "file://LICENSE;md5=25cf44512b7bc8966a48b6b1a9b7605f"

SRC_URI = "https://matt.ucc.asn.au/dropbear/releases/dropbear-${PV}.tar.bz2 \
           file://dropbear.init \
"
SRC_URI[sha256sum] = "bc5a121ffbc94b5171ad5ebe01be42746d50aa797c9549a4639894a16749443b"
MIRRORS = "https://matt.ucc.asn.au/dropbear/releases/.* debsrc://dropbear/dropbear_${PV}.orig.tar.bz2"

DEPENDS = "zlib"
inherit autotools

EXTRA_OECONF = "--disable-harden --disable-pam --disable-lastlog --disable-utmp --disable-utmpx --disable-wtmp --disable-wtmpx \
    --disable-pututline --disable-pututxline --enable-static"
EXTRA_OEMAKE = "PROGRAMS='dropbear dbclient dropbearkey scp' MULTI=1 STATIC=1"

do_install () {
    install -d ${D}${sbindir} ${D}${bindir} ${D}${sysconfdir}/init.d ${D}${sysconfdir}/dropbear
    install -m 0755 dropbearmulti ${D}${sbindir}/dropbearmulti
    ln -s dropbearmulti ${D}${sbindir}/dropbear
    for program in dbclient dropbearkey scp ssh; do
        ln -s ../sbin/dropbearmulti ${D}${bindir}/$program
    done
    install -m 0755 ${UNPACKDIR}/dropbear.init ${D}${sysconfdir}/init.d/S50dropbear
}
