# SPDX-License-Identifier: Apache-2.0
SUMMARY = "What an image needs to boot to a login prompt"

inherit packagegroup

RDEPENDS:${PN} = "busybox initscripts"
