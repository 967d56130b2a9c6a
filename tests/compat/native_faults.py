#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong around a build of a real recipe is told, and loses nothing.

    native_faults.py BITBAKE FOLDER RELEASE WORK [NAME...]

builds one small recipe of the native set (native_set.py made FOLDER) with BITBAKE, which is hitz's, in a new build directory
under WORK for each fault: a full disk, a TMPDIR that cannot be written, a host tool that is not there, a broken tarball in
the mirror, a damaged sstate object, a mirror that does not answer. Each run must fail with a message that names the cause and
without a traceback, and the next run, with the fault gone, must succeed. A line per fault; exit status 1 when one is not so.
It needs user namespaces (unshare) for the disks, and not to be root.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

RECIPE, ARCHIVE = "unzip-native", "unzip60.tar.gz"


class Place:
    """A build directory of its own with the native set's configuration."""

    def __init__(self, arguments, name):
        self.arguments, self.build = arguments, os.path.join(arguments.work, name)
        shutil.rmtree(self.build, ignore_errors=True)
        shutil.copytree(os.path.join(arguments.folder, "build-" + arguments.release, "conf"), os.path.join(self.build, "conf"))
        os.makedirs(os.path.join(self.build, "tmp"))

    def add(self, *lines):
        with open(os.path.join(self.build, "conf", "local.conf"), "a") as file:
            file.write("\n".join(lines) + "\n")

    def without(self, *lines):
        path = os.path.join(self.build, "conf", "local.conf")
        with open(path) as file:
            text = file.read()
        for line in lines:
            text = text.replace(line + "\n", "")
        with open(path, "w") as file:
            file.write(text)

    def run(self, path=None, words=(RECIPE + ":do_populate_sysroot",)):
        done = subprocess.run([self.arguments.bitbake, *words], cwd=self.build, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=1200,
                              env={**os.environ, **({"PATH": path} if path else {})})
        return done.returncode, done.stdout

    def in_own_mounts(self, script):
        """A shell script that may mount; what it prints, cut where it printed "NEXT", with each part's exit status."""
        done = subprocess.run(["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c", script, "sh", self.arguments.bitbake,
                               RECIPE + ":do_populate_sysroot"], cwd=self.build, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=1800)
        parts = re.split(r"^NEXT (\d+)\n", done.stdout, flags=re.M)
        assert len(parts) == 5, done.stdout[-3000:]
        return (int(parts[1]), parts[0]), (int(parts[3]), parts[2])


def fails(told, *words, status=1, of_a_task=False):
    """A task that is written in Python may show its traceback."""
    code, out = told
    assert code == status, "exit status %d instead of %d:\n%s" % (code, status, out[-3000:])
    for word in words:
        assert word in out, "%r is not in:\n%s" % (word, out[-3000:])
    assert of_a_task or "Traceback" not in out, "a traceback:\n%s" % out[-3000:]
    return out


def goes_on(told):
    code, out = told
    assert code == 0, "the run without the fault gave %d:\n%s" % (code, out[-3000:])
    return out


def full_disk(arguments):
    place = Place(arguments, "full-disk")
    place.run(words=("-p",))
    first, second = place.in_own_mounts(
        'mount -t tmpfs -o size=3m tmpfs tmp; "$@"; echo "NEXT $?"; mount -o remount,size=2g tmp; "$@"; echo "NEXT $?"')
    fails(first, "No space left on device", of_a_task=True)
    goes_on(second)


def read_only_tmpdir(arguments):
    place = Place(arguments, "read-only")
    place.run(words=("-p",))
    first, second = place.in_own_mounts(
        'mount -t tmpfs tmpfs tmp; mount -o remount,ro tmp; "$@"; echo "NEXT $?"; mount -o remount,rw tmp; "$@"; echo "NEXT $?"')
    out = fails(first, "Read-only file system", place.build + "/tmp")
    told = [line for line in out.splitlines() if "Read-only file system" in line]
    assert len(told) == 1, "told %d times:\n%s" % (len(told), out[-3000:])
    goes_on(second)


def missing_host_tool(arguments):
    place = Place(arguments, "host-tool")
    tools = os.path.join(place.build, "tools")
    os.makedirs(tools)
    for folder in reversed(os.environ["PATH"].split(":")):
        for path in glob.glob(folder + "/*"):
            link = os.path.join(tools, os.path.basename(path))
            if os.path.basename(path) != "chrpath":
                if os.path.lexists(link):
                    os.unlink(link)
                os.symlink(path, link)
    fails(place.run(path=tools), "chrpath")
    goes_on(place.run())


def own_mirror(arguments, place):
    mirror = os.path.join(place.build, "mirror")
    os.makedirs(mirror)
    for path in glob.glob(os.path.join(arguments.folder, "mirror", "*")):
        os.symlink(path, os.path.join(mirror, os.path.basename(path)))
    place.add('SOURCE_MIRROR_URL = "file://%s"' % mirror)
    return os.path.join(mirror, ARCHIVE)


def broken_tarball(arguments):
    place = Place(arguments, "tarball")
    archive = own_mirror(arguments, place)
    with open(archive, "rb") as file:
        data = file.read()
    os.unlink(archive)
    with open(archive, "wb") as file:
        file.write(data[:len(data) // 2])
    out = fails(place.run(), ARCHIVE, "hecksum")
    assert not os.path.exists(os.path.join(place.build, "downloads", ARCHIVE + ".done")), out
    with open(archive, "wb") as file:
        file.write(data)
    goes_on(place.run())


def unreachable_mirror(arguments):
    place = Place(arguments, "mirror")
    lines = ('BB_NO_NETWORK:forcevariable = "0"', 'SOURCE_MIRROR_URL = "http://127.0.0.1:1/mirror"', 'BB_ALLOWED_NETWORKS = "127.0.0.1"')
    place.add(*lines)
    fails(place.run(), "127.0.0.1", ARCHIVE)
    place.without(*lines)
    goes_on(place.run())


def damaged_sstate(arguments):
    place = Place(arguments, "sstate")
    goes_on(place.run())
    objects = [path for path in glob.glob(place.build + "/sstate-cache/**/*unzip-native*populate_sysroot*", recursive=True) if path.endswith(".zst")]
    assert len(objects) == 1, objects
    with open(objects[0], "r+b") as file:
        file.truncate(os.path.getsize(objects[0]) // 2)
    os.rename(place.build + "/tmp", place.build + "/tmp.before")
    code, out = place.run()
    assert "do_populate_sysroot_setscene" in out and "Traceback" not in out, out[-3000:]
    # BitBake's status for it: the real task made up for it.
    assert code == 0, "exit status %d:\n%s" % (code, out[-3000:])
    assert glob.glob(place.build + "/tmp/sysroots-components/*/unzip-native/usr/bin/unzip"), "nothing was built:\n" + out[-3000:]
    goes_on(place.run())


FAULTS = (full_disk, read_only_tmpdir, missing_host_tool, broken_tarball, unreachable_mirror, damaged_sstate)


def main():
    parser = argparse.ArgumentParser()
    for name in ("bitbake", "folder", "release", "work"):
        parser.add_argument(name)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    failed = 0
    for fault in FAULTS:
        name = fault.__name__.replace("_", " ")
        if arguments.names and not any(word in name for word in arguments.names):
            continue
        try:
            fault(arguments)
            print("ok      " + name, flush=True)
        except AssertionError as error:
            failed += 1
            print("FAILED  %s\n%s" % (name, error), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
