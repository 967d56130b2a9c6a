# SPDX-License-Identifier: Apache-2.0
# Sources that bring a configure script.

B = "${WORKDIR}/build"
CONFIGUREOPTS = "--build=${BUILD_SYS} --host=${HOST_SYS} --prefix=${prefix} --exec-prefix=${exec_prefix} --bindir=${bindir} \
    --sbindir=${sbindir} --libexecdir=${libexecdir} --datadir=${datadir} --sysconfdir=${sysconfdir} --localstatedir=${localstatedir} \
    --libdir=${libdir} --includedir=${includedir} --infodir=${infodir} --mandir=${mandir}"

do_configure[cleandirs] = "${B}"
autotools_do_configure () {
    ${S}/configure ${CONFIGUREOPTS} ${EXTRA_OECONF} || {
        tail -n 40 config.log
        bbfatal "configure failed"
    }
}

autotools_do_compile () {
    oe_runmake
}

autotools_do_install () {
    oe_runmake DESTDIR=${D} install
}

EXPORT_FUNCTIONS do_configure do_compile do_install
