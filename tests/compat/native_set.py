#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Native recipes of OE-core that can be built from Debian's source tarballs alone.

    native_set.py wrynose|scarthgap OECORE FOLDER

downloads the tarballs into FOLDER/mirror (apt-get with a state of its own under FOLDER/apt), writes the layer
FOLDER/layer-RELEASE, whose appends point recipes at Debian's tarball where it is not upstream's byte for byte, and the
configuration FOLDER/build-RELEASE/conf. BitBake and hitz both build the recipes then without a network; their names are
printed. Debian's files come and go: what is no longer there is told, and the exit status is 1.

FOLDER/packages-RELEASE/conf is for recipes of the target that need no compiler (netbase base-files os-release), up to
do_packagedata: their tasks run under the host's pseudo (Debian's package), which a recipe of FOLDER/layer-pseudo lays into a
sysroot.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib

_SUITES = ("bookworm", "trixie", "forky", "sid", "bullseye")
_SECURITY = ("bookworm", "trixie", "bullseye")

_CLASS = """# SPDX-License-Identifier: Apache-2.0
# The recipe's first source is Debian's tarball instead; files beside the recipe stay, but for DEBIAN_WITHOUT.
python () {
    without = set((d.getVar("DEBIAN_WITHOUT") or "").split())
    local = [uri for uri in d.getVar("SRC_URI").split() if uri.startswith("file://")]
    local = [uri for uri in local if uri[len("file://"):].split(";")[0] not in without]
    d.setVar("SRC_URI", " ".join([d.getVar("DEBIAN_SOURCE")] + local))
    for checksum in ("md5sum", "sha256sum"):
        d.delVarFlag("SRC_URI", checksum)
}
"""

_LOCAL_CONF = """MACHINE = "qemux86-64"
BB_NO_NETWORK = "1"
CONNECTIVITY_CHECK_URIS = ""
INHERIT += "own-mirrors"
SOURCE_MIRROR_URL = "file://%(folder)s/mirror"
ASSUME_PROVIDED += "perl-native make-native xz-native"
HOSTTOOLS += "xz"
BB_NUMBER_THREADS = "2"
PARALLEL_MAKE = "-j 2"
# Debian's tarballs are of other versions now and then: their licence texts and buildsystems differ.
ERROR_QA:remove = "license-checksum"
WARN_QA:remove = "license-checksum"
"""

_PACKAGES_CONF = """PREFERRED_PROVIDER_virtual/fakeroot-native = "host-pseudo-native"
PSEUDO_SYSROOT = "${COMPONENTS_DIR}/${BUILD_ARCH}/host-pseudo-native"
BBMASK += "recipes-devtools/pseudo/"
ASSUME_PROVIDED += "patch-replacement-native"
PACKAGE_DEPENDS:forcevariable = ""
HOSTTOOLS += "file"
SKIP_FILEDEPS = "1"
"""

_PSEUDO = """SUMMARY = "The host's pseudo in a sysroot"
LICENSE = "CLOSED"
PROVIDES = "virtual/fakeroot-native pseudo-native"
INHIBIT_DEFAULT_DEPS = "1"
INSANE_SKIP += "already-stripped"
inherit native
deltask do_fetch
deltask do_unpack
deltask do_patch
deltask do_configure
deltask do_compile
do_install () {
    install -d ${D}${bindir} ${D}${prefix}/lib/pseudo/lib
    install -m 0755 /usr/bin/pseudo /usr/bin/pseudodb /usr/bin/pseudolog ${D}${bindir}/
    install -m 0755 /usr/lib/*/pseudo/libpseudo.so ${D}${prefix}/lib/pseudo/lib/
    ln -s lib ${D}${prefix}/lib/pseudo/lib64
}
"""


def archives():
    """Debian's archive and its security updates, as this machine's own sources of packages name them."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)", "Created-By: Packages"],
                            capture_output=True, text=True, check=True).stdout
    known = dict(line.split("|")[::-1] for line in listed.splitlines() if "|" in line)
    main = next((known[suite] for suite in _SUITES if suite in known), None)
    security = next((known[suite + "-security"] for suite in _SECURITY if suite + "-security" in known), None)
    if main is None:
        sys.exit("this machine's apt knows no archive of Debian's")
    return main.rstrip("/"), (security or main + "-security").rstrip("/")


def sources(folder):
    """Of every file in Debian's source index: sha256 -> addresses."""
    apt, (main, security) = os.path.join(folder, "apt"), archives()
    for part in ("lists/partial", "cache"):
        os.makedirs(os.path.join(apt, part), exist_ok=True)
    lines = ["%s %s main" % (main, suite) for suite in _SUITES]
    lines += ["%s %s-security main" % (security, suite) for suite in _SECURITY]
    with open(os.path.join(apt, "sources.list"), "w") as out:
        # What is used is checked against the sha256 of native_set.toml.
        out.write("".join("deb-src [trusted=yes] %s\n" % line for line in lines))
    with open(os.path.join(apt, "status"), "w"), open(os.path.join(apt, "apt.conf"), "w") as out:
        out.write('Dir::State "%s";\nDir::State::lists "%s/lists";\nDir::State::status "%s/status";\n'
                  'Dir::Cache "%s/cache";\nDir::Etc::sourcelist "%s/sources.list";\nDir::Etc::sourceparts "-";\n'
                  % (apt, apt, apt, apt, apt))
    env = dict(os.environ, APT_CONFIG=os.path.join(apt, "apt.conf"))
    if not any("_Sources" in name for name in os.listdir(os.path.join(apt, "lists"))):
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=True)
    found = {}
    for name in sorted(os.listdir(os.path.join(apt, "lists"))):
        if "_Sources" not in name:
            continue
        base = security if "security" in name else main
        text = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", os.path.join(apt, "lists", name)],
                              capture_output=True, text=True, check=True).stdout
        for entry in text.split("\n\n"):
            place = re.search(r"^Directory: (.*)$", entry, re.M)
            for digest, file in re.findall(r"^ ([0-9a-f]{64}) \d+ (\S+)$", entry, re.M):
                found.setdefault(digest, []).append("%s/%s/%s" % (base, place[1], file))
    return found


def checked(path, digest):
    if not os.path.exists(path):
        return False
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def fill_mirror(folder, facts, release):
    mirror = os.path.join(folder, "mirror")
    os.makedirs(mirror, exist_ok=True)
    wanted = {file: file for file in (other["file"] for other in release["other"].values())}
    wanted.update({debian: upstream for upstream, debian in release["same"].items()})
    missing, known = [], None
    for debian, name in sorted(wanted.items()):
        digest, path = facts["files"][debian], os.path.join(mirror, name)
        if checked(path, digest):
            continue
        known = sources(folder) if known is None else known
        for address in known.get(digest, ()):
            if not checked(path, digest):
                subprocess.run(["/usr/lib/apt/apt-helper", "download-file", address, path, "SHA256:" + digest],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if not checked(path, digest):
            missing.append(debian)
    return missing


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def layer_of(folder, collection, releases):
    write(os.path.join(folder, "conf/layer.conf"), """BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/recipes/*.bb ${LAYERDIR}/recipes/*.bbappend"
BBFILE_COLLECTIONS += "%(name)s"
BBFILE_PATTERN_%(name)s = "^${LAYERDIR}/"
BBFILE_PRIORITY_%(name)s = "6"
LAYERSERIES_COMPAT_%(name)s = "%(releases)s"
""" % {"name": collection, "releases": releases})


def write_layer(folder, name, facts, release):
    layer = os.path.join(folder, "layer-" + name)
    layer_of(layer, "debian-sources", name)
    write(os.path.join(layer, "classes/debian-source.bbclass"), _CLASS)
    unpacked = "WORKDIR" if name == "scarthgap" else "UNPACKDIR"
    for recipe, other in release["other"].items():
        address = "${DEBIAN_MIRROR}/%s;sha256sum=%s" % (other["file"], facts["files"][other["file"]])
        write(os.path.join(layer, "recipes/%s_%%.bbappend" % recipe), """inherit debian-source
DEBIAN_SOURCE = "%s"
DEBIAN_WITHOUT = "%s"
S = "${%s}/%s"
%s
""" % (address, " ".join(other.get("without", [])), unpacked, other["folder"], other.get("more", "")))
    return layer


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in ("wrynose", "scarthgap"):
        sys.exit(__doc__)
    name, oecore, folder = arguments[0], os.path.abspath(arguments[1]), os.path.abspath(arguments[2])
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "native_set.toml"), "rb") as file:
        facts = tomllib.load(file)
    release = facts[name]
    missing = fill_mirror(folder, facts, release)
    layer = write_layer(folder, name, facts, release)
    pseudo = os.path.join(folder, "layer-pseudo")
    layer_of(pseudo, "host-pseudo", "wrynose scarthgap")
    write(os.path.join(pseudo, "recipes/host-pseudo-native.bb"), _PSEUDO)
    local = _LOCAL_CONF % {"folder": folder}
    for build, text, layers in (("build-" + name, local, layer), ("packages-" + name, local + _PACKAGES_CONF, layer + " " + pseudo)):
        write(os.path.join(folder, build, "conf/local.conf"), text)
        write(os.path.join(folder, build, "conf/bblayers.conf"),
              'BBPATH = "${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = "%s/meta %s"\n' % (oecore, layers))
    print(" ".join(target + "-native" for target in release["targets"].split()))
    for file in missing:
        print("Debian has no %s now" % file, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
