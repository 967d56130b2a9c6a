# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Start-up, linker script and console.h for the PlayStation Portable"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://console.h;beginline=1;endline=1;md5=ba3eedb76f290442c6b8f1fe48168aa6"
COMPATIBLE_MACHINE = "psp"

SRC_URI = "file://crt0.c file://console.ld file://imports.txt file://psp.h file://system.c file://sound.c file://framebuffer.c file://places.c file://memory.c"
DEPENDS = "psp-stubgen-native"
LD_SCRIPT = "console.ld"
CRT0_SOURCE = "crt0.c"
CONSOLE_SOURCES = "system.c sound.c framebuffer.c places.c memory.c ${B}/imports.S"

inherit console-sdk

do_compile[prefuncs] += "psp_imports"
do_compile[vardeps] += "psp_imports"
psp_imports () {
    psp-stubgen ${S}/imports.txt -o ${B}/imports.S
}
