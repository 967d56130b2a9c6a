# SPDX-License-Identifier: Apache-2.0
SUMMARY = "What runs between the kernel and the login prompt"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://rcS;beginline=2;endline=2;md5=653b254f286b881bdce1d14afdede628"

SRC_URI = "file://inittab file://rcS file://rcK file://S40network file://passwd file://shadow file://group file://profile file://default.script"
S = "${UNPACKDIR}"
INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"

do_install () {
    install -d ${D}${sysconfdir}/init.d ${D}${datadir}/udhcpc
    sed 's/@CONSOLE@/${SERIAL_CONSOLE}/g' inittab > ${D}${sysconfdir}/inittab
    chmod 0644 ${D}${sysconfdir}/inittab
    install -m 0755 rcS rcK S40network ${D}${sysconfdir}/init.d/
    install -m 0644 passwd group profile ${D}${sysconfdir}/
    install -m 0600 shadow ${D}${sysconfdir}/
    install -m 0755 default.script ${D}${datadir}/udhcpc/
    echo ${DISTRO_NAME} > ${D}${sysconfdir}/hostname
    echo "127.0.0.1 localhost ${DISTRO_NAME}" > ${D}${sysconfdir}/hosts
    printf '%s\n' 'NAME="${DISTRO_NAME}"' 'VERSION_ID="${DISTRO_VERSION}"' > ${D}${sysconfdir}/os-release
}
