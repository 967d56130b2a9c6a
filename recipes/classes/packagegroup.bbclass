# SPDX-License-Identifier: Apache-2.0
# A recipe that only names packages to be installed together.

LICENSE ?= "Apache-2.0"
INHIBIT_DEFAULT_DEPS = "1"
PACKAGES = "${PN}"

deltask fetch
deltask unpack
deltask patch
deltask configure
deltask compile
deltask install
deltask populate_sysroot
deltask prepare_recipe_sysroot

do_package[cleandirs] = "${D} ${PKGTREE_DIR} ${PKGTREE_DIR}/${PN}"
