# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Start-up and console.h for the Game Boy"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://console.h;beginline=1;endline=1;md5=ba3eedb76f290442c6b8f1fe48168aa6"
COMPATIBLE_MACHINE = "gb"

SRC_URI = "file://crt0.s file://video.c file://pad.c file://sound.c file://kept-messages.c"
CONSOLE_SOURCES = "video.c pad.c sound.c kept-messages.c"

inherit console-sdk
