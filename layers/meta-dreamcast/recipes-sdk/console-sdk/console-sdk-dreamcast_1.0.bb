# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Start-up, linker script and console.h for the Dreamcast"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://console.h;beginline=1;endline=1;md5=ba3eedb76f290442c6b8f1fe48168aa6"
COMPATIBLE_MACHINE = "dreamcast"

SRC_URI = "file://crt0.S file://console.ld file://video.c file://pad.c file://sound.c file://messages.c file://framebuffer.c file://places.c file://memory.c"
LD_SCRIPT = "console.ld"
CONSOLE_SOURCES = "video.c pad.c sound.c messages.c framebuffer.c places.c memory.c"

inherit console-sdk
