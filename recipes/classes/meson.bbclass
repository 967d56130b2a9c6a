# SPDX-License-Identifier: Apache-2.0
# Sources that are built by Meson.

B = "${WORKDIR}/build"
EXTRA_OEMESON ??= ""

def meson_list(words):
    return "[" + ", ".join("'%s'" % w for w in words.split()) + "]"

do_configure[cleandirs] = "${B}"
meson_do_configure () {
    cat > ${WORKDIR}/meson.cross <<EOF
[binaries]
c = ${@meson_list(d.getVar('CC'))}
ar = '${AR}'
strip = '${STRIP}'
pkgconfig = 'pkg-config'
[built-in options]
c_args = ${@meson_list(d.getVar('CFLAGS'))}
c_link_args = ${@meson_list(d.getVar('LDFLAGS'))}
[host_machine]
system = 'linux'
cpu_family = '${HOST_ARCH}'
cpu = '${HOST_ARCH}'
endian = 'little'
EOF
    env -u CC -u CFLAGS -u LDFLAGS meson setup ${B} ${S} --cross-file ${WORKDIR}/meson.cross --prefix=${prefix} --libdir=${libdir} --buildtype=plain ${EXTRA_OEMESON}
}

meson_do_compile () {
    ninja ${PARALLEL_MAKE} -C ${B}
}

meson_do_install () {
    DESTDIR=${D} meson install -C ${B} --no-rebuild
}

EXPORT_FUNCTIONS do_configure do_compile do_install
