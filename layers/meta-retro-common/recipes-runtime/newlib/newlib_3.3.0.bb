# SPDX-License-Identifier: Apache-2.0
SUMMARY = "newlib's C and mathematics libraries for consoles that gcc compiles for"
DESCRIPTION = "printf with long long and floating point, malloc, strings, time, mathematics. A game that inherits console-newlib has \
it; standard output is con_print(), and the heap is NEWLIB_HEAP bytes of the program's own memory. There are no files, wide \
characters or other locales. newlib's sources are compiled as they are, without its configure scripts: a few seconds on two cores."
HOMEPAGE = "https://sourceware.org/newlib/"
LICENSE = "BSD-3-Clause & BSD-2-Clause & MIT"

SRC_URI = "file://newlib.h file://_newlib_version.h file://syscalls.c"
DEPENDS += "newlib-source-native virtual/console-sdk"

inherit console-program
COMPATIBLE_MACHINE = "${@'.*' if d.getVar('CONSOLE_TOOLCHAIN') == 'gcc' else '(^$)'}"

# Said for the machine, in a configuration.
NEWLIB_HEAP ?= "65536"
NEWLIB_FAMILY = "${@{'mipsel': 'mips', 'sh4': 'sh'}.get(d.getVar('TARGET_ARCH'), d.getVar('TARGET_ARCH'))}"
NEWLIB_SOURCE = "${STAGING_DIR_NATIVE}${datadir}/newlib-source/newlib"
NEWLIB_FOLDERS = "libc/string libc/ctype libc/stdlib libc/errno libc/search libc/time libc/stdio libc/reent libc/misc libc/locale libc/signal libm/common libm/math"
# Wide characters, the smaller printf without long long, and what belongs to systems with files.
NEWLIB_LEFT_OUT = "nano-* *wprintf *wscanf *wc *wc_u *wchar *wchar_u *ws *ws_u nl_langinfo gettzinfo mallocr"
# Files that are compiled once for each of some macros: object=file:macros.
NEWLIB_VARIANTS = "\
    malloc=stdlib/nano-mallocr:DEFINE_MALLOC,INTERNAL_NEWLIB free=stdlib/nano-mallocr:DEFINE_FREE,INTERNAL_NEWLIB calloc=stdlib/nano-mallocr:DEFINE_CALLOC,INTERNAL_NEWLIB \
    realloc=stdlib/nano-mallocr:DEFINE_REALLOC,INTERNAL_NEWLIB memalign=stdlib/nano-mallocr:DEFINE_MEMALIGN,INTERNAL_NEWLIB mallinfo=stdlib/nano-mallocr:DEFINE_MALLINFO,INTERNAL_NEWLIB \
    usable=stdlib/nano-mallocr:DEFINE_MALLOC_USABLE_SIZE,INTERNAL_NEWLIB mallopt=stdlib/nano-mallocr:DEFINE_MALLOPT,INTERNAL_NEWLIB stats=stdlib/nano-mallocr:DEFINE_MALLOC_STATS,INTERNAL_NEWLIB \
    vfiprintf=stdio/vfprintf:INTEGER_ONLY svfprintf=stdio/vfprintf:STRING_ONLY svfiprintf=stdio/vfprintf:INTEGER_ONLY,STRING_ONLY \
    vfiscanf=stdio/vfscanf:INTEGER_ONLY svfscanf=stdio/vfscanf:STRING_ONLY svfiscanf=stdio/vfscanf:INTEGER_ONLY,STRING_ONLY"

NEWLIB_CFLAGS = "-std=gnu11 -fno-builtin -ffunction-sections -fdata-sections -w -nostdinc -isystem $(${CC} -print-file-name=include) \
    -isystem $(${CC} -print-file-name=include-fixed) -I${S} \
    -I${NEWLIB_SOURCE}/libc/machine/${NEWLIB_FAMILY} -I${NEWLIB_SOURCE}/libc/include -I${NEWLIB_SOURCE}/libc/stdio -I${NEWLIB_SOURCE}/libc/stdlib \
    -I${NEWLIB_SOURCE}/libc/locale -I${NEWLIB_SOURCE}/libc/time -I${NEWLIB_SOURCE}/libm/common -D_LIBC -D_COMPILING_NEWLIB"

# A makefile with a rule for each object.
do_configure[vardeps] += "NEWLIB_FOLDERS NEWLIB_LEFT_OUT NEWLIB_VARIANTS NEWLIB_CFLAGS CC CFLAGS"
python do_configure() {
    import fnmatch
    source, rules = d.getVar('NEWLIB_SOURCE'), {'c': [], 'm': []}
    out = []

    def rule(library, name, path, flags=''):
        rules[library].append(name + '.o')
        out.append('%s.o: %s\n\t$(CC) $(CFLAGS) $(NEWLIB_CFLAGS) %s -c -o $@ $<\n' % (name, path, flags))

    left_out = d.getVar('NEWLIB_LEFT_OUT').split()
    for folder in d.getVar('NEWLIB_FOLDERS').split():
        for file in sorted(os.listdir(os.path.join(source, folder))):
            stem, ending = os.path.splitext(file)
            if ending == '.c' and not any(fnmatch.fnmatch(stem, pattern) for pattern in left_out):
                rule('m' if folder.startswith('libm') else 'c', folder.replace('/', '-') + '-' + stem, os.path.join(source, folder, file))
    for variant in d.getVar('NEWLIB_VARIANTS').split():
        name, rest = variant.split('=')
        file, macros = rest.split(':')
        rule('c', 'variant-' + name, '%s/libc/%s.c' % (source, file), ' '.join('-D' + macro for macro in macros.split(',')))
    rule('c', 'setjmp', '%s/libc/machine/%s/setjmp.S' % (source, d.getVar('NEWLIB_FAMILY')))
    rule('c', 'syscalls', d.expand('${S}/syscalls.c'), d.expand('-DHEAP=${NEWLIB_HEAP} -I${STAGING_INCDIR}'))
    with open(os.path.join(d.getVar('B'), 'Makefile'), 'w') as file:
        file.write('all: libc.a libm.a\n')
        for library in sorted(rules):
            file.write('lib%s.a: %s\n\trm -f $@\n\t$(AR) rcsD $@ $^\n' % (library, ' '.join(rules[library])))
        file.writelines(out)
}

do_compile () {
    oe_runmake CC="${CC}" AR="${AR}" CFLAGS="${CFLAGS}" NEWLIB_CFLAGS="${NEWLIB_CFLAGS}"
}

do_install () {
    install -d ${D}${libdir} ${D}${includedir}
    install -m 0644 libc.a libm.a ${D}${libdir}/
    cp -r ${NEWLIB_SOURCE}/libc/include/. ${D}${includedir}/
    if [ -d ${NEWLIB_SOURCE}/libc/machine/${NEWLIB_FAMILY}/machine ]; then
        cp -r ${NEWLIB_SOURCE}/libc/machine/${NEWLIB_FAMILY}/machine/. ${D}${includedir}/machine/
    fi
    install -m 0644 ${S}/newlib.h ${S}/_newlib_version.h ${D}${includedir}/
}
