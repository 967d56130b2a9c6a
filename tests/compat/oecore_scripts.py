#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OE-core's scripts, unmodified, with hitz's bb and with the reference's: what they say and what they write.

oecore_scripts.py HITZ_ROOT

HITZ_ROOT is a folder with hitz's bin/ and lib/. Each program has a build directory of OE-core (qemux86-64, no distro) and runs
the same commands there, none of which builds or needs the network. Compared are exit statuses, the lines that tell something,
and the files written, with the build directory's name taken out. HITZ_REFERENCE_BITBAKE and HITZ_REFERENCE_OECORE name the
reference; without them this is skipped."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import oecore_graphs

# Lines that tell of the server, of how the metadata was read, or of how long something took.
NOISE = re.compile(r"NOTE: (Starting|Reconnecting|Retrying|Terminating|Previous|Directory listing|Bitbake server|No reply)|Loading cache|Loaded \d+ entries|"
                   r"Parsing |done\.$|WARNING: Host distribution|Removing \d+|$")

HELLO_C = '#include <stdio.h>\nint main(void) { printf("hello\\n"); return 0; }\n'
MAKEFILE = "all: hello\nhello: hello.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<\ninstall: hello\n\tinstall -D hello $(DESTDIR)/usr/bin/hello\nclean:\n\trm -f hello\n"
PKGDATA = {"runtime/zlib.packaged": "", "runtime/zlib-dev.packaged": "", "zlib": "PACKAGES: zlib zlib-dev\n",
           "runtime/zlib": 'PN: zlib\nPE: 0\nPV: 1.3\nPR: r0\nPKG:zlib: libz1\nPKGSIZE:zlib: 100\nSECTION: libs\n'
                           'FILES_INFO:zlib: {"/usr/lib/libz.so.1": 100}\nFILES:zlib: /usr/lib/lib*.so.*\n',
           "runtime/zlib-dev": 'PN: zlib\nPE: 0\nPV: 1.3\nPR: r0\nPKG:zlib-dev: libz-dev\nPKGSIZE:zlib-dev: 10\n'
                               'FILES_INFO:zlib-dev: {"/usr/include/zlib.h": 10}\nFILES:zlib-dev: /usr/include\n'}

# {there}: a folder of this program's own; {build}: its build directory.
COMMANDS = [
    ["recipetool", "create", "-o", "{there}/hello.bb", "{there}/hello-1.0"],
    ["recipetool", "setvar", "{there}/hello.bb", "SUMMARY", "says hello"],
    ["recipetool", "setvar", "-D", "{there}/hello.bb", "LICENSE"],
    ["recipetool", "newappend", "-w", "{there}/layer", "zlib"],
    ["recipetool", "newappend", "{there}/layer", "no-such-recipe"],
    ["recipetool", "appendsrcfile", "{there}/layer", "base-files", "{there}/hello-1.0/hello.c"],
    ["devtool", "create-workspace"],
    ["devtool", "status"],
    ["devtool", "add", "hello", "{there}/hello-1.0"],
    ["devtool", "status"],
    ["devtool", "find-recipe", "hello"],
    ["devtool", "find-recipe", "busybox"],
    ["devtool", "edit-recipe", "hello"],
    ["devtool", "search", "^zlib"],
    ["devtool", "modify", "-n", "zlib", "{there}/nowhere"],
    ["devtool", "rename", "hello", "hallo"],
    ["devtool", "reset", "-n", "hallo"],
    ["devtool", "status"],
    ["oe-pkgdata-util", "-p", "{there}/pkgdata", "lookup-pkg", "zlib"],
    ["oe-pkgdata-util", "-p", "{there}/pkgdata", "lookup-recipe", "libz1", "libz-dev"],
    ["oe-pkgdata-util", "-p", "{there}/pkgdata", "list-pkgs"],
    ["oe-pkgdata-util", "-p", "{there}/pkgdata", "list-pkg-files", "libz1"],
    ["oe-pkgdata-util", "-p", "{there}/pkgdata", "find-path", "/usr/include/*"],
    ["oe-pkgdata-util", "lookup-pkg", "zlib"],
    ["bitbake-layers", "show-machines", "-l", "meta"],
    ["bitbake-layers", "create-layer", "{there}/meta-own"],
    ["bitbake-layers", "create-layer", "{there}/meta-own"],
    ["bitbake-layers", "create-layer", "-a", "{there}/meta-second"],
    ["bitbake-config-build", "list-fragments"],
]
FRAGMENTS = "bitbake-config-build"


def layer_conf(name):
    return ('BBPATH .= ":${LAYERDIR}"\nBBFILES += "${LAYERDIR}/recipes-*/*/*.bb ${LAYERDIR}/recipes-*/*/*.bbappend"\nBBFILE_COLLECTIONS += "%s"\n'
            'BBFILE_PATTERN_%s = "^${LAYERDIR}/"\nLAYERSERIES_COMPAT_%s = "wrynose scarthgap"\n' % (name, name, name))


def prepare(folder, layer):
    """The build directory and what the commands work on."""
    build = oecore_graphs.build_directory(folder / "build", layer, "")
    there = folder / "there"
    files = {"hello-1.0/hello.c": HELLO_C, "hello-1.0/Makefile": MAKEFILE, "layer/conf/layer.conf": layer_conf("scripts"),
             **{"pkgdata/" + name: text for name, text in PKGDATA.items()}}
    for name, text in files.items():
        path = there / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(pathlib.Path(layer) / "meta/files/common-licenses/MIT", there / "hello-1.0/LICENSE")
    for link in ("runtime-reverse/libz1", "runtime-reverse/libz-dev"):
        path = there / "pkgdata" / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to("../runtime/" + ("zlib" if link.endswith("1") else "zlib-dev"))
    (there / "home").mkdir()
    (there / "home/.gitconfig").write_text("[user]\n\tname = A Tester\n\temail = tester@example.org\n[safe]\n\tdirectory = *\n")
    return build, there


def run(root, layer, build, there, words):
    """(exit status, the lines that tell something)."""
    scripts = pathlib.Path(layer) / "scripts"
    env = {"PATH": "%s:%s:%s" % (root / "bin", scripts, os.environ["PATH"]), "HOME": str(there / "home"), "LC_ALL": "en_US.UTF-8", "EDITOR": "cat",
           "USER": os.environ.get("USER", ""), "BUILDDIR": str(build), "BBPATH": str(build), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([word.format(there=there, build=build) for word in words], cwd=build, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=1200)
    text = re.sub(r"\S*devtooltmp-\w+", "TMP", done.stdout.replace(str(build.parent), "HERE"))
    return done.returncode, [line for line in text.splitlines() if not NOISE.match(line)]


def written(build, there):
    """Every file that the commands may have written, with its text."""
    out = {}
    for folder in (there, build / "conf", build / "workspace"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and ".git/" not in str(path):
                out[str(path.relative_to(build.parent))] = path.read_text(errors="replace").replace(str(build.parent), "HERE")
    return out


def main():
    reference, layer = os.environ.get("HITZ_REFERENCE_BITBAKE"), os.environ.get("HITZ_REFERENCE_OECORE")
    if not reference or not layer or os.getuid() == 0:
        print("skipped: HITZ_REFERENCE_BITBAKE or HITZ_REFERENCE_OECORE names nothing, or BitBake does not run as root")
        return oecore_graphs.SKIPPED
    roots = {"hitz": pathlib.Path(sys.argv[1]).absolute(), "BitBake": pathlib.Path(reference).absolute()}
    wrong, equal = 0, 0
    with tempfile.TemporaryDirectory(prefix="hitz-scripts-") as folder:
        # Paths of one length: some of what is written is broken into lines.
        places = {name: prepare(pathlib.Path(folder) / name[0], layer) for name in roots}
        for words in COMMANDS:
            if words[0] == FRAGMENTS and not (roots["BitBake"] / "bin" / FRAGMENTS).exists():
                continue
            told = {name: run(roots[name], layer, *places[name], words) for name in roots}
            if told["hitz"] == told["BitBake"]:
                equal += 1
                continue
            wrong += 1
            print("DIFFERENT: " + " ".join(words))
            for name, (status, lines) in told.items():
                print("  %s: status %d\n    %s" % (name, status, "\n    ".join(lines[-30:])))
        ours, theirs = (written(*places[name]) for name in ("hitz", "BitBake"))
    for name in sorted(set(ours) | set(theirs)):
        if ours.get(name) != theirs.get(name):
            wrong += 1
            print("DIFFERENT: the file %s\n  hitz: %r\n  BitBake: %r" % (name, ours.get(name), theirs.get(name)))
    print("%d commands and %d files are equal, %d differ" % (equal, sum(ours.get(name) == text for name, text in theirs.items()), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
