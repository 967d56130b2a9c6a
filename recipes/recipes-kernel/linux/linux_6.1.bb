# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Linux kernel of the 6.1 series"

require linux.inc
inherit kernel

SRC_URI += "file://common.cfg file://${KERNEL_ARCH}.cfg"
KERNEL_FRAGMENTS = "common.cfg ${KERNEL_ARCH}.cfg"

# Nothing of it goes into a root file system or into another recipe's sysroot.
PACKAGES = ""
deltask install
deltask populate_sysroot
deltask package
deltask packagedata
