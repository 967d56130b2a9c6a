# SPDX-License-Identifier: Apache-2.0
"""From downloads and layers to the work folder."""

import os

import bb
from support import Place, fails, logged, same, test

ARCHIVES = {  # ending: what packs it/f, and what that takes
    "tar": "tar -cf OUT it", "tgz": "tar -czf OUT it", "tar.gz": "tar -czf OUT it", "tar.bz2": "tar -cjf OUT it", "tbz2": "tar -cjf OUT it",
    "tar.xz": "tar -cJf OUT it", "txz": "tar -cJf OUT it", "tar.zst": "tar --zstd -cf OUT it", "tzst": "tar --zstd -cf OUT it",
    "tar.lz": "tar -cf - it | lzip > OUT", "zip": "zip -qr OUT it", "jar": "zip -qr OUT it", "7z": "7z a OUT it > /dev/null",
    "tar.7z": "tar -cf - it | 7z a -si OUT > /dev/null"}
SINGLE = {"gz": "gzip -c it/f > OUT", "bz2": "bzip2 -c it/f > OUT", "xz": "xz -c it/f > OUT", "zst": "zstd -qc it/f > OUT", "lz": "lzip -c it/f > OUT"}
TOOLS = {"lz": "lzip", "7z": "7z", "zip": "zip", "jar": "zip", "zst": "zstd", "tzst": "zstd"}


def packed(place, ending, command):
    place.run("mkdir -p it && echo content > it/f && chmod 640 it/f")
    place.run(command.replace("OUT", "../mirror/it." + ending))
    return "file://%s/it.%s" % (place.path("mirror"), ending)


def archive(ending, command):
    def unpacked():
        with Place() as place:
            place.unpack(packed(place, ending, command))
            same(place.read("work/it/f"), b"content\n")
            same(os.stat(place.path("work/it/f")).st_mode & 0o777, 0o640)
    unpacked.needs = [TOOLS[ending.split(".")[-1]]] if ending.split(".")[-1] in TOOLS else []
    test("a .%s is unpacked" % ending)(unpacked)


def single(ending, command):
    def unpacked():
        with Place() as place:
            place.unpack(packed(place, "txt." + ending, command))
            same(place.read("work/it.txt"), b"content\n")
    unpacked.needs = [TOOLS[ending]] if ending in TOOLS else []
    test("a single .%s is unpacked to its name without the ending" % ending)(unpacked)


for _ending, _command in ARCHIVES.items():
    archive(_ending, _command)
for _ending, _command in SINGLE.items():
    single(_ending, _command)


@test("a .deb and an .ipk give the files of the package")
def _():
    with Place() as place:
        place.run("mkdir it && echo content > it/f && tar -cJf data.tar.xz it && ar r ../mirror/it.deb data.tar.xz 2> /dev/null; cp ../mirror/it.deb ../mirror/it.ipk")
        for ending in ("deb", "ipk"):
            place.unpack("file://%s/it.%s;subdir=%s" % (place.path("mirror"), ending, ending))
            same(place.read("work/%s/it/f" % ending), b"content\n")


@test("an archive that is broken fails its unpacking")
def _():
    with Place() as place:
        for ending in ("tar.gz", "zip", "gz"):
            path = place.write("mirror/it." + ending, "this is none")
            fails(lambda: place.unpack("file://" + path), bb.fetch2.UnpackError)


@test("unpack=0 copies an archive as it is")
def _():
    with Place() as place:
        packed(place, "tar.gz", ARCHIVES["tar.gz"])
        place.d.setVar("FILESPATH", place.path("mirror"))
        place.unpack("file://it.tar.gz;unpack=0")
        same(os.listdir(place.path("work")), ["it.tar.gz"])


@test("striplevel and subdir say how much of the path is left out and where to put it")
def _():
    with Place() as place:
        source = packed(place, "tar.gz", ARCHIVES["tar.gz"])
        place.unpack(source + ";striplevel=1;subdir=sub")
        same(place.read("work/sub/f"), b"content\n")
        fails(lambda: place.unpack(source + ";striplevel=x"), bb.fetch2.UnpackError)
        fails(lambda: place.unpack(source + ";subdir=/tmp"), bb.fetch2.UnpackError)


@test("a file of a layer keeps the folders of its URL, and its times and modes")
def _():
    with Place() as place:
        os.chmod(place.write("upstream/sub/f", "x"), 0o755)
        os.utime(place.path("upstream/sub/f"), (1000, 1000))
        place.d.setVar("FILESPATH", place.path("mirror") + ":" + place.path("upstream"))
        place.unpack("file://sub/f")
        same((os.stat(place.path("work/sub/f")).st_mtime, os.stat(place.path("work/sub/f")).st_mode & 0o777), (1000.0, 0o755))


@test("a folder of a layer is copied with its links as links")
def _():
    with Place() as place:
        place.write("upstream/dir/f", "x")
        os.symlink("f", place.path("upstream/dir/link"))
        place.d.setVar("FILESPATH", place.path("upstream"))
        place.unpack("file://dir")
        same(os.readlink(place.path("work/dir/link")), "f")


@test("a file that is nowhere is told with the places that were searched")
def _():
    with Place() as place, logged() as texts:
        place.d.setVar("FILESPATH", "/one:/two")
        fails(lambda: place.fetch("file://missing"), bb.fetch2.FetchError)
        assert any("/one" in text and "/two" in text for text in texts), texts


class Tracer(bb.fetch2.DummyUnpackTracer):
    told = []

    def start(self, unpackdir, urldata_dict, d):
        self.told.append("start")

    def start_url(self, url):
        self.told.append(os.path.basename(url))

    def unpack(self, unpack_type, destdir):
        self.told.append(unpack_type)

    def finish_url(self, url):
        self.told.append("finish")

    def complete(self):
        self.told.append("complete")


@test("BB_UNPACK_TRACER_CLASS is told of every source and how it was unpacked")
def _():
    with Place(BB_UNPACK_TRACER_CLASS="unpacking.Tracer") as place:
        place.unpack(packed(place, "tar.gz", ARCHIVES["tar.gz"]), "file://" + place.write("mirror/f", "x"))
        same(Tracer.told, ["start", "it.tar.gz", "archive-extract", "finish", "f", "file-copy", "finish", "complete"])


@test("clean removes downloads and stamps, and leaves what belongs to layers")
def _():
    with Place(BB_NO_NETWORK="1") as place:
        place.write("mirror/it.txt", "x")
        place.d.setVar("PREMIRRORS", "https://.*/.* file://%s/" % place.path("mirror"))
        fetcher = place.fetch("https://x.invalid/it.txt;md5sum=9dd4e461268c8034f5c8564e155c67a6", "file://" + place.path("mirror/it.txt"))
        fetcher.clean()
        same(os.listdir(place.path("downloads")), [])
        same(place.read("mirror/it.txt"), b"x")
