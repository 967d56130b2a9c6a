# SPDX-License-Identifier: Apache-2.0
"""From a source in DL_DIR or a layer to the folder that a recipe works in: archives are unpacked, the rest is
copied; subdir, striplevel, unpack, dos and extract of its URL are respected."""

import os
import re
import shlex
import subprocess

import bb
from bb import utils
from bb.fetch2.errors import UnpackError

_TAR = re.compile(r"\.(tar(\.(xz|gz|bz2|zst|Z|lz))?|txz|tgz|tbz2?|tzst)$")
_SINGLE = {".gz": "gzip -dc", ".Z": "gzip -dc", ".z": "gzip -dc", ".bz2": "bzip2 -dc", ".xz": "xz -dc", ".lz": "lzip -dc",
           ".zst": "zstd --decompress --stdout"}
_DATA_OF_PACKAGE = ("data.tar", "data.tar.gz", "data.tar.xz", "data.tar.zst", "data.tar.bz2", "data.tar.lzma")
_MAGIC = ((b"\xfd7zXZ\x00", "xz -dc -T0"), (b"\x1f\x8b", "gzip -dc"), (b"\x1f\x9d", "gzip -dc"), (b"BZh", "bzip2 -dc"),
          (b"\x28\xb5\x2f\xfd", "zstd -dc"), (b"LZIP", "lzip -dc"))


def _decompressor(path):
    """The program for what a file is, not for what it is called: a mirror may have packed it otherwise."""
    with open(path, "rb") as file:
        head = file.read(6)
    return next((program for magic, program in _MAGIC if head.startswith(magic)), "cat")


def _truth(ud, name, otherwise):
    try:
        return utils.to_boolean(ud.parm.get(name), otherwise)
    except ValueError:
        bb.fatal("Invalid value for '%s' parameter for %s: %s" % (name, ud.localpath, ud.parm.get(name)))


def _data_of_package(source, ud):
    """The member of a Debian package that holds its files."""
    members = subprocess.run(["ar", "-t", source], capture_output=True, text=True, check=True).stdout.splitlines()
    if not members:
        raise UnpackError("Unable to unpack deb/ipk package - could not list contents", ud.url)
    for member in members:
        if member in _DATA_OF_PACKAGE:
            return member
    raise UnpackError("Unable to unpack deb/ipk package - does not contain supported data.tar* file", ud.url)


def _command(source, root, ud):
    """What unpacks an archive; None for a file that is none."""
    quoted, tar = shlex.quote(source), "tar --extract --no-same-owner"
    if "striplevel" in ud.parm:
        if not re.fullmatch("[0-9]+", ud.parm["striplevel"]):
            raise UnpackError("Invalid striplevel parameter: %s" % ud.parm["striplevel"], ud.url)
        tar += " --strip-components=%s" % ud.parm["striplevel"]
    stem, suffix = os.path.splitext(source)
    if _TAR.search(source):
        return "%s %s | %s -f -" % (_decompressor(source), quoted, tar)
    if suffix in _SINGLE:
        return "%s %s > %s" % (_SINGLE[suffix], quoted, shlex.quote(os.path.join(root, os.path.basename(stem))))
    if source.endswith(".tar.7z"):
        return "7z x -so %s | %s -f -" % (quoted, tar)
    if suffix == ".7z":
        return "7za x -y %s 1>/dev/null" % quoted
    if suffix in (".zip", ".jar"):
        return "unzip -q -o %s%s" % ("-a " if _truth(ud, "dos", False) else "", quoted)
    if suffix in (".rpm", ".srpm"):
        return "rpm2cpio.sh %s | cpio --no-absolute-filenames -id %s" % (quoted, shlex.quote(ud.parm["extract"]) if "extract" in ud.parm else "")
    if suffix in (".deb", ".ipk"):
        data = shlex.quote(_data_of_package(source, ud))
        return "ar x %s %s && %s -p -f %s && rm %s" % (quoted, data, tar, data, data)
    return None


def _target(ud, root):
    subdir = ud.parm.get("subdir", "")
    if os.path.isabs(subdir) and not os.path.realpath(subdir).startswith(os.path.realpath(root)):
        raise UnpackError("subdir argument isn't a subdirectory of unpack root %s" % root, ud.url)
    target = os.path.join(root, subdir)
    utils.mkdirhier(target)
    return target


def _copy_command(ud, source, target):
    """What copies a source; one of a layer keeps the folders of its URL's path. None when it is there already."""
    place = os.path.join(target, os.path.basename(source))
    if source == place or (os.path.exists(place) and os.path.samefile(source, place)):
        return None
    inside = os.path.dirname(ud.path.strip("/")) if ud.type == "file" else ""
    utils.mkdirhier(os.path.join(target, inside))
    return "cp --force --preserve=timestamps --no-dereference --recursive -H %s %s" % (shlex.quote(source), shlex.quote(inside + "/" if inside else "."))


def _run(command, target, ud, d):
    done = subprocess.run(["/bin/bash", "-c", "set -o pipefail; " + command], cwd=target, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, errors="replace", env={**os.environ, "PATH": d.getVar("PATH") or os.environ["PATH"]})
    if done.returncode:
        raise UnpackError("Unpack command %s failed with return value %s: %s" % (command, done.returncode, done.stderr.strip()), ud.url)
    if done.stderr:
        bb.note(done.stderr.strip())


def unpack_file(ud, root, d):
    """Unpacks an archive under root, or copies what is none."""
    source = ud.localpath
    command = _command(source, root, ud) if _truth(ud, "unpack", True) and not os.path.isdir(source) else None
    target = _target(ud, root)
    ud.unpack_tracer.unpack("archive-extract" if command else "file-copy", target)
    extracts = bool(command) and "extract" in ud.parm and source.endswith((".rpm", ".srpm"))
    command = command or _copy_command(ud, source, target)
    if command is None:
        return
    bb.note("Unpacking %s to %s/" % (source, target))
    _run(command, target, ud, d)
    if extracts and os.path.join(root, ud.parm["extract"]) != source:
        ud.localpath = os.path.join(root, ud.parm["extract"])
        unpack_file(ud, root, d)
