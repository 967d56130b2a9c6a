# SPDX-License-Identifier: Apache-2.0
# A program that runs where it is built and makes code for the target.

inherit native
PACKAGE_ARCH = "${BUILD_ARCH}-native"
PN = "${BPN}-cross-${TARGET_ARCH}"
