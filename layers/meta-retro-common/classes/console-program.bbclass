# SPDX-License-Identifier: Apache-2.0
# What recipes for consoles share: the machine's compiler, and that they are for a console at all.
# COMPATIBLE_MACHINE is a regular expression, as in OE-core.

inherit ${@'console-' + d.getVar('CONSOLE_TOOLCHAIN') if d.getVar('CONSOLE_TOOLCHAIN') else ''}

DEPENDS:append = " virtual/cross-cc virtual/cross-binutils"
PACKAGES = ""
S = "${UNPACKDIR}"
B = "${WORKDIR}/build"
do_configure[cleandirs] = "${B}"

RETRO_ASSETS_DIR = "${datadir}/console/assets"
SYSROOT_DIRS += "${datadir}/console"

# Relative to S; a pattern stands for the files that it matches, in the order of their names.
CONSOLE_SOURCES ?= ""
CONSOLE_DEFINES ?= ""
CONSOLE_INCLUDES ?= "${S}"

COMPATIBLE_MACHINE ?= ".*"
python () {
    import re
    if not d.getVar('CONSOLE_TOOLCHAIN'):
        raise bb.parse.SkipRecipe("MACHINE %s is no console" % d.getVar('MACHINE'))
    if not re.fullmatch(d.getVar('COMPATIBLE_MACHINE'), d.getVar('MACHINE')):
        raise bb.parse.SkipRecipe("incompatible with machine %s (not in COMPATIBLE_MACHINE)" % d.getVar('MACHINE'))
}

def console_compile(d):
    """Compiles CONSOLE_SOURCES; the objects, in the sources' order."""
    import retro.build
    return retro.build.compile_all(d)

do_compile[vardeps] += "CONSOLE_COMPILE_C CONSOLE_COMPILE_ASM CONSOLE_SOURCES CONSOLE_DEFINES CONSOLE_INCLUDES"
