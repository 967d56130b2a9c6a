# SPDX-License-Identifier: Apache-2.0
# A Linux kernel from tinyconfig and the fragments in KERNEL_FRAGMENTS.

inherit deploy

PROVIDES += "virtual/kernel"
PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"
B = "${WORKDIR}/build"
KERNEL_FRAGMENTS ??= ""
DEPLOY_FILES = "${KERNEL_IMAGETYPE}"

export ARCH = "${KERNEL_ARCH}"
export CROSS_COMPILE = "${KERNEL_CROSS_COMPILE}"
export KBUILD_BUILD_USER = "hitz"
export KBUILD_BUILD_HOST = "hitz"
export KBUILD_BUILD_TIMESTAMP = "Mon Jan 1 00:00:00 UTC 2024"
CC[unexport] = "1"
AR[unexport] = "1"
NM[unexport] = "1"
RANLIB[unexport] = "1"
STRIP[unexport] = "1"
CFLAGS[unexport] = "1"
LDFLAGS[unexport] = "1"
CPPFLAGS[unexport] = "1"

EXTRA_OEMAKE = "-C ${S} O=${B} CC='${CCACHE}${KERNEL_CROSS_COMPILE}gcc' HOSTCC='${CCACHE}gcc' KCFLAGS='-ffile-prefix-map=${S}/= -ffile-prefix-map=${B}/='"

do_configure[cleandirs] = "${B}"
kernel_do_configure () {
    oe_runmake tinyconfig
    for fragment in ${KERNEL_FRAGMENTS}; do
        cat ${UNPACKDIR}/$fragment >> ${B}/.config
    done
    oe_runmake olddefconfig
    for fragment in ${KERNEL_FRAGMENTS}; do
        for option in $(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/\1/p' ${UNPACKDIR}/$fragment); do
            grep -q "^$option=y" ${B}/.config || bbwarn "$option of $fragment is not in the final kernel configuration"
        done
    done
}

kernel_do_compile () {
    oe_runmake ${KERNEL_IMAGETYPE}
}

do_deploy () {
    install -m 0644 ${B}/arch/${KERNEL_ARCH}/boot/${KERNEL_IMAGETYPE} ${DEPLOYDIR}/${KERNEL_IMAGETYPE}
}

EXPORT_FUNCTIONS do_configure do_compile
