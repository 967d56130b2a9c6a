# SPDX-License-Identifier: Apache-2.0
# A machine's SDK: the start-up file (CRT0_SOURCE), the linker script (LD_SCRIPT, unless the linker has none), and the library
# of CONSOLE_SOURCES that implements console.h, whose machine part is files/console-machine.h of the recipe.

inherit console-program

PROVIDES += "virtual/console-sdk"
LICENSE ?= "Apache-2.0"
# A machine's run-time library and C library reach games through its SDK.
DEPENDS += "${CONSOLE_RUNTIME}"
FILESPATH:append = ":${RETRO_COMMON_LAYER}/recipes-sdk/console-sdk/files"
# console-4bpp.h is for a console-machine.h to include.
CONSOLE_HEADERS ?= "console.h console-machine.h ${@'console-4bpp.h' if d.getVar('CONSOLE_COLOURS') == '16' else ''}"
SRC_URI += "${@' '.join('file://' + name for name in d.getVar('CONSOLE_HEADERS').split())}"
CRT0_SOURCE ?= "crt0${CONSOLE_ASMEXT}"
LD_SCRIPT ?= ""

python do_compile() {
    import retro.build
    retro.build.compile_file(d, d.getVar('CRT0_SOURCE'), 'crt0' + d.getVar('CONSOLE_OBJEXT'))
    retro.build.archive(d, d.expand('${CONSOLE_LIBPREFIX}console${CONSOLE_LIBEXT}'), console_compile(d))
}
do_compile[vardeps] += "CONSOLE_ARCHIVE CRT0_SOURCE"

do_install () {
    install -d ${D}${libdir} ${D}${includedir}
    install -m 0644 ${B}/crt0${CONSOLE_OBJEXT} ${B}/${CONSOLE_LIBPREFIX}console${CONSOLE_LIBEXT} ${D}${libdir}/
    for header in ${CONSOLE_HEADERS}; do
        install -m 0644 ${S}/$header ${D}${includedir}/
    done
    for script in ${LD_SCRIPT}; do
        install -m 0644 ${S}/$script ${D}${libdir}/
    done
}
