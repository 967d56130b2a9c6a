# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Start-up, linker configuration and console.h for the Nintendo Entertainment System"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://console.h;beginline=1;endline=1;md5=ba3eedb76f290442c6b8f1fe48168aa6"
COMPATIBLE_MACHINE = "nes"

SRC_URI = "file://crt0.s file://console.cfg file://video.c file://sound.c file://kept-messages.c"
LD_SCRIPT = "console.cfg"
CONSOLE_SOURCES = "video.c sound.c kept-messages.c"

inherit console-sdk
