# SPDX-License-Identifier: Apache-2.0
# Compile through ccache: INHERIT += "ccache" in local.conf.

CCACHE = "ccache "
export CCACHE_DIR ?= "${TOPDIR}/ccache"
export CCACHE_BASEDIR = "${WORKDIR}"
