# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A small system that boots to a login prompt and can be reached by SSH"
LICENSE = "Apache-2.0"

inherit image

IMAGE_INSTALL = "packagegroup-core-boot dropbear hello"
