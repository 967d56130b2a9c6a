# SPDX-License-Identifier: Apache-2.0
"""core-image: from sources, booted, from the cache, changed, killed, in another folder, for another machine."""

import filecmp
import glob
import os
import random
import re
import select
import shutil
import signal
import subprocess
import time

from support import HITZ, ROOT, WORK, Place, has, test, toy_layer

IMAGES = ("core-image-qemux86-64.cpio.gz", "core-image-qemux86-64.ext4", "bzImage")
MAIN = Place("main")


@test
def core_image_builds_from_sources():
    start = time.time()
    MAIN.hitz("build", "core-image")
    print("  from sources: %.0f s" % (time.time() - start))
    for name in IMAGES:
        assert os.path.getsize(os.path.join(MAIN.deploy, "qemux86-64", name)) > 100000, name


class Console:
    """The serial console of a machine that QEMU plays."""

    def __init__(self, place, *words):
        self.process = subprocess.Popen([HITZ, "run", *words], cwd=place.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = ""

    def wait_for(self, pattern, seconds):
        end = time.time() + seconds
        while not re.search(pattern, self.text):
            assert time.time() < end, "%r did not come within %d s:\n%s" % (pattern, seconds, self.text[-3000:])
            if select.select([self.process.stdout], [], [], 1)[0]:
                data = os.read(self.process.stdout.fileno(), 4096)
                assert data, "the machine went away:\n" + self.text[-3000:]
                self.text += data.decode(errors="replace")

    def type(self, text):
        self.text = ""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def boot(place, *words):
    console = Console(place, *words)
    try:
        console.wait_for(r"login: ", 120)
        console.type("root\n")
        console.wait_for(r"# ", 60)
        console.type("hello; echo sum=$((40+2)); cat /proc/mounts; ls -ld /root\n")
        console.wait_for(r"Hello from hitz!(.|\n)*sum=42(.|\n)*drwx------", 60)
        text = console.text
        console.type("poweroff\n")
        console.process.wait(timeout=90)
        return text
    finally:
        console.close()


@test
def the_initramfs_boots_to_a_login_and_shuts_down():
    boot(MAIN, "core-image")


@test
def the_ext4_image_boots_to_a_login_and_shuts_down():
    has(boot(MAIN, "--ext4", "core-image"), "ext4")


@test
def with_nothing_to_do_nothing_runs():
    start = time.time()
    out = MAIN.hitz("build", "core-image")
    print("  nothing to do: %.2f s" % (time.time() - start))
    has(out, "(0 run, 0 restored")


@test
def after_the_work_is_removed_the_cache_gives_the_image_back():
    before = os.path.join(WORK, "images-before")
    shutil.rmtree(before, ignore_errors=True)
    shutil.copytree(os.path.join(MAIN.deploy, "qemux86-64"), before)
    MAIN.forget()
    start = time.time()
    out = MAIN.hitz("build", "core-image")
    print("  from the cache: %.2f s" % (time.time() - start))
    assert "do_compile" not in out, out
    has(out, "core-image-1.0-r0 do_image_complete: restored from the cache")
    for name in IMAGES:
        assert filecmp.cmp(os.path.join(before, name), os.path.join(MAIN.deploy, "qemux86-64", name), shallow=False), name


@test
def one_changed_line_rebuilds_its_recipe_and_the_image():
    layer = toy_layer("changed", {})
    shutil.copytree(os.path.join(ROOT, "recipes", "recipes-core", "hello"), layer, dirs_exist_ok=True)
    place = Place("changed", layer, 'HITZ_CACHE_DIR = "%s/hitz-cache"\n' % MAIN.build)
    place.hitz("build", "core-image")
    source = os.path.join(layer, "files", "hello.c")
    with open(source) as file:
        text = file.read()
    with open(source, "w") as file:
        file.write(text.replace("Hello from hitz!", "Hello again from hitz!"))
    out = place.hitz("build", "core-image")
    ran = set(re.findall(r"NOTE: (\S+) do_\S+: started", out))
    assert ran <= {"hello-1.0-r0", "core-image-1.0-r0"}, ran
    has(out, "hello-1.0-r0 do_compile: started", "core-image-1.0-r0 do_rootfs: started")


OTHER = Place("another/deeper/folder")


@test
def killed_at_any_moment_the_next_build_completes_with_the_same_images():
    seed = int(os.environ.get("HITZ_TEST_SEED") or random.randrange(1000000))
    print("  HITZ_TEST_SEED=%d" % seed)
    moments = random.Random(seed)
    OTHER.hitz("parse")
    for _ in range(20):
        process = subprocess.Popen([HITZ, "build", "core-image"], cwd=OTHER.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.05, 4))
        process.send_signal(signal.SIGKILL)
        process.wait()
    OTHER.hitz("build", "core-image")
    same_images(MAIN, OTHER)


@test
def two_folders_give_images_equal_to_the_bit():
    # Nothing came from the first folder's cache: all that is compiled has been compiled here.
    for pn in ("linux", "musl", "zlib", "busybox", "dropbear", "hello"):
        assert glob.glob(os.path.join(OTHER.build, "tmp", "work", "*", pn, "*", "temp", "log.do_compile")), pn
    same_images(MAIN, OTHER)


def same_images(one, other):
    for name in IMAGES:
        assert filecmp.cmp(os.path.join(one.deploy, "qemux86-64", name), os.path.join(other.deploy, "qemux86-64", name), shallow=False), name


@test
def core_image_for_arm64_is_cross_compiled():
    place = Place("arm64", local='MACHINE = "qemuarm64"\n')
    start = time.time()
    place.hitz("build", "core-image")
    print("  arm64 from sources: %.0f s" % (time.time() - start))
    boot(place, "core-image")
