#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates src/ from grammar.js. Needs tree-sitter's command line 0.22 (ABI 14) and node; no build of hitz needs either.
set -eu
cd "$(dirname "$0")"
exec "${TREE_SITTER:-tree-sitter}" generate --no-bindings
