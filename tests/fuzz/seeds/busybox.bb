require busybox.inc

SUMMARY = "Tiny versions of many common UNIX utilities"
LICENSE = "GPL-2.0-only & bzip2-1.0.4"
DEPENDS += "kern-tools-native virtual/crypt"
PACKAGECONFIG ?= "${@bb.utils.filter('DISTRO_FEATURES', 'pam systemd', d)} nls"
PACKAGECONFIG[pam] = "--with-pam,--without-pam,libpam"
SRC_URI = "https://example.org/downloads/busybox-${PV}.tar.bz2;name=tarball \
           file://busybox-udhcpc-no_deconfig.patch \
           ${@["", "file://init.cfg"][(d.getVar('VIRTUAL-RUNTIME_init_manager') == 'busybox')]} \
           "
SRC_URI:append:libc-musl = " file://musl.cfg "
SRC_URI[tarball.sha256sum] = "b8cc24c9574d809e7279c3be349795c5d5ceb6fdf19ca709f80cde50e47de314"
export EXTRA_CFLAGS = "${CFLAGS}"
EXTRA_OEMAKE = "CC='${CC}' LD='${CCLD}' V=1 \
ARCH=${TARGET_ARCH} CROSS_COMPILE=${TARGET_PREFIX}"

def features_to_busybox_settings(d):
    cnf, rem = ([], [])
    if bb.utils.contains('DISTRO_FEATURES', 'ipv6', True, False, d):
        cnf.append('CONFIG_FEATURE_IPV6=y')
    return "\n".join(cnf), "\n".join(rem)

do_prepare_config () {
	if [ "${BUSYBOX_SPLIT_SUID}" = "0" ]; then
		merge_config.sh -m .config ${@" ".join(find_cfgs(d))} 2>&1 | tee ${B}/out
	fi
	cat >> .config <<EOF
CONFIG_PREFIX="${D}"
EOF
	for i in $(sed -n -e 's/CONFIG_\(.*\)=y/\1/p' .config); do
		case $i in
		*_STATIC) unset $i ;;
		esac
	done
}
do_prepare_config[dirs] = "${B} ${S}"
addtask prepare_config after do_patch before do_configure

python do_package:prepend () {
    d.appendVar('FILES:${PN}', ' /x')
}

python () {
    pn = d.getVar('PN')
    for flag in (d.getVarFlags('PACKAGECONFIG') or {}):
        d.setVarFlag('do_configure', flag, pn)
}

FILES:${PN}-httpd = "${sysconfdir}/init.d/busybox-httpd /srv/www"
RDEPENDS:${PN} = "${@["", "busybox-syslog (= ${EXTENDPKGV})"][d.getVar('X') == 'y']}"
BBCLASSEXTEND = "native nativesdk"
