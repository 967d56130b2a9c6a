# SPDX-License-Identifier: Apache-2.0
SUMMARY = "core-image with tools for finding out what programs do"
LICENSE = "Apache-2.0"

require core-image.bb

IMAGE_INSTALL += "strace"
