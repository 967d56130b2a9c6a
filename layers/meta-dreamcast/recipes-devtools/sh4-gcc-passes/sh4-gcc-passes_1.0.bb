# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A plugin without which Debian's gcc 12 compiles some comparisons for SH-4 wrong"
DESCRIPTION = "It lies in the machine's sysroot, where -fplugin of the tune finds it, in hitz's builds as in the SDK. It provides \
virtual/cross-cc, which everything that is compiled for the machine depends on; the compiler itself is the host's."
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://passes.cc;beginline=1;endline=1;md5=4f8ec6e05e980b2ef6a75510c6499cca"
COMPATIBLE_MACHINE = "dreamcast"
PROVIDES += "virtual/cross-cc"

SRC_URI = "file://passes.cc"
S = "${UNPACKDIR}"
B = "${WORKDIR}/build"
PACKAGES = ""

do_compile () {
    g++ -O1 -fPIC -shared -fno-rtti -I$(${TARGET_PREFIX}gcc -print-file-name=plugin)/include ${DEBUG_PREFIX_MAP} -Wl,--build-id=none -o sh4-gcc-passes.so ${S}/passes.cc
}

do_install () {
    install -d ${D}${libdir}
    install -m 0644 sh4-gcc-passes.so ${D}${libdir}/
}

python () {
    import re
    if not re.fullmatch(d.getVar('COMPATIBLE_MACHINE'), d.getVar('MACHINE')):
        raise bb.parse.SkipRecipe("incompatible with machine %s (not in COMPATIBLE_MACHINE)" % d.getVar('MACHINE'))
}
