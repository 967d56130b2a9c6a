# SPDX-License-Identifier: Apache-2.0
SUMMARY = "gcc's run-time library for the machine's own processor and ABI"
DESCRIPTION = "Debian's cross libgcc.a is made for Linux: MIPS's for o32 and mips32r2 with PIC, which links into a program for \
another processor without a word. This is gcc's own C for 64-bit integers and for floating point that the processor lacks, \
compiled as the machine's programs are. A tune says LIBGCC_FAMILY (mips, sh)."
HOMEPAGE = "https://gcc.gnu.org/"
LICENSE = "GPL-3.0-with-GCC-exception"
LIC_FILES_CHKSUM = "file://COPYING.RUNTIME;md5=fe60d87048567d4fe8c8a0ed2448bcc8"

SRC_URI = "file://tconfig.h file://tm.h file://libgcc_tm.h"
DEPENDS += "libgcc-source-native"
LIBGCC_FAMILY ?= ""
COMPATIBLE_MACHINE = "${@'.*' if d.getVar('LIBGCC_FAMILY') in ('mips', 'sh') else '(^$)'}"

inherit console-program

LIBGCC_SOURCE = "${STAGING_DIR_NATIVE}${datadir}/libgcc-source"
do_patch[postfuncs] = ""

LIBGCC_INTEGER = "_muldi3 _negdi2 _lshrdi3 _ashldi3 _ashrdi3 _cmpdi2 _ucmpdi2 _ffssi2 _ffsdi2 _clz _clzsi2 _clzdi2 _ctzsi2 _ctzdi2 \
    _popcount_tab _popcountsi2 _popcountdi2 _paritysi2 _paritydi2 _bswapsi2 _bswapdi2 _clrsbsi2 _clrsbdi2 \
    _divdi3 _moddi3 _divmoddi4 _udivdi3 _umoddi3 _udivmoddi4 _powisf2 _powidf2 _mulsc3 _muldc3 _divsc3 _divdc3"
# Conversions between 64-bit integers and floating point: part of soft-fp where that is used.
LIBGCC_INTEGER:append = "${@' _fixsfdi _fixunssfdi _floatdisf _floatundisf _fixdfdi _fixunsdfdi _floatdidf _floatundidf' if d.getVar('LIBGCC_FAMILY') == 'sh' else ''}"
# Whether numbers can be compared at all, which SH-4 does not ask in hardware.
LIBGCC_FP_BIT = "${@'_unord_sf _unpack_sf _unord_df _unpack_df' if d.getVar('LIBGCC_FAMILY') == 'sh' else ''}"
LIBGCC_SOFT_FP = "${@libgcc_soft_fp() if d.getVar('LIBGCC_FAMILY') == 'mips' else ''}"
LIBGCC_ASSEMBLY = "${@'_ashiftrt _ashiftrt_n _ashiftlt _lshiftrt _movmem _movmem_i4 _mulsi3 _sdivsi3 _sdivsi3_i4 _udivsi3 _udivsi3_i4 _set_fpscr _div_table _udiv_qrnnd_16' if d.getVar('LIBGCC_FAMILY') == 'sh' else ''}"

def libgcc_soft_fp():
    """soft-fp's files for float and double."""
    names = 'addM3 subM3 mulM3 divM3 negM2 eqM2 geM2 leM2 unordM2 fixMsi fixunsMsi floatsiM floatunsiM fixMdi fixunsMdi floatdiM floatundiM'
    return ' '.join([n.replace('M', mode) for mode in ('sf', 'df') for n in names.split()] + ['extendsfdf2', 'truncdfsf2'])

CFLAGS += "-fbuilding-libgcc -DIN_LIBGCC2 -DIN_GCC -Dinhibit_libc -DHAVE_CC_TLS=0 -ffunction-sections \
    -I${S} -I${LIBGCC_SOURCE}/libgcc -I${LIBGCC_SOURCE}/libgcc/soft-fp -I${LIBGCC_SOURCE}/libgcc/config/${LIBGCC_FAMILY} \
    -I${LIBGCC_SOURCE}/gcc -I${LIBGCC_SOURCE}/include"

do_compile[vardeps] += "CFLAGS"
do_compile[cleandirs] = "${B}"
do_compile () {
    for name in ${LIBGCC_INTEGER}; do
        ${CC} ${CFLAGS} -DL$name -c -o $name.o ${LIBGCC_SOURCE}/libgcc/libgcc2.c
    done
    for name in ${LIBGCC_SOFT_FP}; do
        ${CC} ${CFLAGS} -c -o $name.o ${LIBGCC_SOURCE}/libgcc/soft-fp/$name.c
    done
    for name in ${LIBGCC_FP_BIT}; do
        precision=""
        [ "${name%_sf}" = "$name" ] || precision="-DFLOAT"
        ${CC} ${CFLAGS} -DFINE_GRAINED_LIBRARIES $precision -DL$name -c -o $name.o ${LIBGCC_SOURCE}/libgcc/fp-bit.c
    done
    for name in ${LIBGCC_ASSEMBLY}; do
        ${CC} ${CFLAGS} -DL$name -c -o lib1$name.o ${LIBGCC_SOURCE}/libgcc/config/${LIBGCC_FAMILY}/lib1funcs.S
    done
    ${AR} rcsD libgcc.a *.o
}

do_install () {
    install -d ${D}${libdir}
    install -m 0644 libgcc.a ${D}${libdir}/
}
