#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates src/parser.c, src/grammar.json, src/node-types.json and src/tree_sitter/ from
# grammar.js, and with "check" only says whether they are up to date. Needs the tree-sitter
# command line 0.22.6 (Debian 13: tree-sitter-cli), or its path in TREE_SITTER, and node. No build
# needs either: the generated files are kept with the sources.
set -eu
cd "$(dirname "$0")"
cli=${TREE_SITTER:-tree-sitter}
case $("$cli" --version) in
  "tree-sitter 0.22.6"*) ;;
  *) echo "generate.sh: needs tree-sitter 0.22.6: another version writes other files" >&2; exit 2 ;;
esac
if [ "${1:-}" = check ]; then
  kept=$(mktemp -d)
  trap 'rm -r "$kept"' EXIT
  cp -r grammar.js package.json src "$kept"
  (cd "$kept" && "$cli" generate --abi 14 --no-bindings)
  diff -r src "$kept/src"
else
  "$cli" generate --abi 14 --no-bindings
fi
