require kettle.inc

SUMMARY = "Boils whatever the build holds"
LICENSE = "MIT & Zlib"
DEPENDS += "spout-native virtual/water"
PACKAGECONFIG ?= "${@bb.utils.filter('DISTRO_FEATURES', 'steam whistle', d)} lid"
PACKAGECONFIG[steam] = "--with-steam,--without-steam,libsteam"
SRC_URI = "https://example.org/kettle-${PV}.tar.xz;name=body \
           file://handle.patch;striplevel=2 \
           ${@["", "file://whistle.cfg"][(d.getVar('WHISTLE') == 'loud')]} \
           "
SRC_URI:append:libc-musl = " file://small.cfg "
SRC_URI[body.sha256sum] = "0000000000000000000000000000000000000000000000000000000000000000"
export HEAT = "${WATTS}"
EXTRA_OEMAKE = "CC='${CC}' SPOUT='${SPOUT}' \
COLOUR=${TARGET_ARCH} CUPS=${TARGET_PREFIX}"

def cups_of(d):
    full, empty = ([], [])
    if bb.utils.contains('DISTRO_FEATURES', 'steam', True, False, d):
        full.append('CUP_A=y')
    return "\n".join(full), "\n".join(empty)

do_boil () {
	if [ "${WATTS}" = "0" ]; then
		heat.sh -m .cup ${@" ".join(cups_of(d))} 2>&1 | tee ${B}/out
	fi
	cat >> .cup <<EOF
CUP_PREFIX="${D}"
EOF
	for i in $(sed -n -e 's/CUP_\(.*\)=y/\1/p' .cup); do
		case $i in
		*_COLD) unset $i ;;
		esac
	done
}
do_boil[dirs] = "${B} ${S}"
addtask boil after do_patch before do_configure

python do_package:prepend () {
    d.appendVar('FILES:${PN}', ' /tea')
}

python () {
    pn = d.getVar('PN')
    for flag in (d.getVarFlags('PACKAGECONFIG') or {}):
        d.setVarFlag('do_boil', flag, pn)
}

FILES:${PN}-spout = "${sysconfdir}/spout ${PN}"
RDEPENDS:${PN} = "${@["", "kettle-spout (= ${PV})"][d.getVar('WHISTLE') == 'loud']}"
BBCLASSEXTEND = "native nativesdk"
