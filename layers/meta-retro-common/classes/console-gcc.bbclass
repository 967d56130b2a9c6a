# SPDX-License-Identifier: Apache-2.0
# Programs for a console by gcc and ld. The commands are written with CMake's placeholders: tasks fill them in, and
# populate_sdk gives them to CMake as they are, so both build alike.
#
# An SDK brings ${libdir}/crt0.o, ${libdir}/console.ld and ${libdir}/libconsole.a. CONSOLE_LIBS says what is linked after
# the objects; a run-time library that must not be the host compiler's is named by its whole path in the sysroot.

STAGING_LIBDIR = "${STAGING_DIR_HOST}${libdir}"
STAGING_INCDIR = "${STAGING_DIR_HOST}${includedir}"
CONSOLE_CRT0 ?= "${STAGING_LIBDIR}/crt0.o"
CONSOLE_LD_SCRIPT ?= "${STAGING_LIBDIR}/console.ld"
CONSOLE_EXEEXT ?= ".elf"
CONSOLE_OBJEXT = ".o"
CONSOLE_ASMEXT = ".S"
CONSOLE_LIBPREFIX = "lib"
CONSOLE_LIBEXT = ".a"
CONSOLE_CFLAGS ?= ""
CONSOLE_LDFLAGS ?= ""

CONSOLE_COMPILE_C = "${CC} ${CFLAGS} ${CONSOLE_CFLAGS} <DEFINES> <INCLUDES> -I${STAGING_INCDIR} <FLAGS> -c -o <OBJECT> <SOURCE>"
CONSOLE_COMPILE_ASM = "${CC} ${CFLAGS} ${CONSOLE_CFLAGS} <DEFINES> <INCLUDES> -I${STAGING_INCDIR} <FLAGS> -c -o <OBJECT> <SOURCE>"
CONSOLE_ARCHIVE = "${AR} rcsD <TARGET> <OBJECTS>"
CONSOLE_LINK = "${CC} ${CFLAGS} ${LDFLAGS} ${CONSOLE_LDFLAGS} -L${STAGING_LIBDIR} -T${CONSOLE_LD_SCRIPT} -Wl,-Map,<TARGET>.map \
    -o <TARGET> ${CONSOLE_CRT0} <OBJECTS> <LINK_FLAGS> <LINK_LIBRARIES> -Wl,--start-group ${CONSOLE_LIBS} -Wl,--end-group"
