#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole builds with a built hitz: wrong input, the image in QEMU, the cache, other folders, kill -9, the other machine.

  run.py HITZ [NAME...]      every test, or those whose names hold one of these words

Prints a line per test and at the end "e2e: N passed, N failed"."""

import filecmp
import glob
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HITZ = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.environ.get("HITZ_TEST_DIR") or tempfile.mkdtemp(prefix="hitz-e2e.")
DOWNLOADS = os.environ.get("HITZ_TEST_DOWNLOADS") or os.path.join(WORK, "downloads")
IMAGES = ("core-image-qemux86-64.cpio.gz", "core-image-qemux86-64.ext4", "bzImage")
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Place:
    """A build directory of its own; the downloads are shared, the cache is not unless asked."""

    def __init__(self, name, layers="", local=""):
        self.folder = os.path.join(WORK, name)
        self.build = os.path.join(self.folder, "hitz-build")
        os.makedirs(os.path.join(self.build, "conf"), exist_ok=True)
        core = os.path.join(ROOT, "recipes")
        for sample in ("local.conf", "bblayers.conf"):
            with open(os.path.join(core, "conf", "templates", sample + ".sample")) as file:
                text = file.read().replace("##HITZ_CORE_LAYER##", core + (" " + layers if layers else ""))
            with open(os.path.join(self.build, "conf", sample), "w") as file:
                file.write(text + ('DL_DIR = "%s"\n%s\n' % (DOWNLOADS, local) if sample == "local.conf" else ""))
        lock = os.path.join(WORK, "lock")  # one resolution of the kernel's version for all places
        if os.path.exists(lock):
            shutil.copy(lock, os.path.join(self.build, "conf", "lock"))
        self.deploy = os.path.join(self.build, "tmp", "deploy", "images")

    def hitz(self, *words, status=0, timeout=1500, env=None):
        """Runs hitz here; its output. The exit status must be the one expected."""
        done = subprocess.run([HITZ, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                              env={**os.environ, **(env or {})}, errors="replace")
        lock = os.path.join(self.build, "conf", "lock")
        if os.path.exists(lock):
            shutil.copy(lock, os.path.join(WORK, "lock"))
        assert done.returncode == status, "hitz %s gave %d instead of %d:\n%s" % (" ".join(words), done.returncode, status, done.stdout[-6000:])
        return done.stdout

    def forget(self):
        """The work is gone at once; taking a kernel's tree apart file by file is left to the end."""
        os.rename(os.path.join(self.build, "tmp"), os.path.join(self.build, "forgotten.%d" % time.time_ns()))


def toy_layer(name, files):
    """A layer over the core layer with these files."""
    folder = os.path.join(WORK, "layers", name)
    base = {"conf/layer.conf": 'BBPATH .= ":${LAYERDIR}"\nBBFILES += "${LAYERDIR}/*.bb"\nBBFILE_COLLECTIONS += "%s"\n'
                               'BBFILE_PATTERN_%s = "^${LAYERDIR}/"\nBBFILE_PRIORITY_%s = "6"\nLAYERSERIES_COMPAT_%s = "wrynose"\n' % ((name,) * 4)}
    for path, text in {**base, **files}.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(text)
    return folder


def has(text, *parts):
    for part in parts:
        assert part in text, "%r is not in:\n%s" % (part, text[-4000:])


PLAIN = 'LICENSE = "CLOSED"\nINHIBIT_DEFAULT_DEPS = "1"\n'


# ---- wrong input: exit status 1, and what is wrong, where, and what may have been meant

@test
def an_unknown_target_is_told_with_its_near_miss():
    has(Place("wrong").hitz("build", "core-imag", status=1), "nothing provides 'core-imag'; did you mean 'core-image'?")


@test
def an_unknown_task_is_told_with_its_near_miss():
    has(Place("wrong").hitz("build", "hello:compil", status=1), "hello has no task do_compil", "did you mean 'do_compile'?")


@test
def an_unknown_command_and_option_are_told():
    has(Place("wrong").hitz("biuld", status=1), "hitz has no command 'biuld'; did you mean 'build'?")
    has(Place("wrong").hitz("build", "--forse", "x", status=1), "hitz build has no option --forse; did you mean '--force'?")


@test
def tasks_that_wait_for_each_other_are_told_as_a_loop():
    layer = toy_layer("loop", {"a_1.0.bb": PLAIN + 'do_compile[depends] = "b:do_compile"\n', "b_1.0.bb": PLAIN + 'do_compile[depends] = "a:do_compile"\n'})
    out = Place("loop", layer).hitz("build", "a", status=1)
    has(out, "tasks wait for each other in a circle:", "a:do_compile -> b:do_compile -> a:do_compile")


@test
def a_broken_recipe_is_told_with_file_and_line():
    layer = toy_layer("broken", {"bad_1.0.bb": PLAIN + 'A = "1"\n  B = "2"\n'})
    out = Place("broken", layer).hitz("build", "hello", status=1)
    has(out, "ParseError at %s/bad_1.0.bb:4: unparsed line: '  B = \"2\"'" % layer, "while parsing %s/bad_1.0.bb" % layer)


@test
def a_missing_class_is_told_with_file_and_line():
    layer = toy_layer("noclass", {"bad_1.0.bb": PLAIN + "inherit nosuch\n"})
    has(Place("noclass", layer).hitz("build", "hello", status=1), "ParseError at %s/bad_1.0.bb:3: Could not inherit file classes/nosuch.bbclass" % layer)


@test
def a_failing_task_shows_its_log_and_where_it_is():
    layer = toy_layer("fails", {"bad_1.0.bb": PLAIN + "do_compile () {\n    echo about to fail\n    bbwarn careful\n    exit 7\n}\n"})
    out = Place("fails", layer).hitz("build", "bad", status=1)
    has(out, "bad-1.0-r0 do_compile failed", "with exit code 7", "| about to fail", "its log is ", "WARNING: bad-1.0-r0 do_compile: careful")


@test
def a_failing_python_task_is_told_with_the_recipe_s_line():
    layer = toy_layer("pyfails", {"bad_1.0.bb": PLAIN + 'python do_compile () {\n    x = 1\n    raise ValueError("no good")\n}\n'})
    has(Place("pyfails", layer).hitz("build", "bad", status=1), "ValueError: no good", "%s/bad_1.0.bb:5" % layer)


@test
def a_missing_host_tool_is_named():
    place = Place("notool", local='HOSTTOOLS:append = " no-such-tool"\n')
    has(place.hitz("build", "hello", status=1), "appear to be unavailable in PATH", "no-such-tool")


@test
def a_wrong_checksum_is_told_with_the_line_to_paste():
    source = os.path.join(WORK, "mirror", "thing-1.0.txt")
    os.makedirs(os.path.dirname(source), exist_ok=True)
    with open(source, "w") as file:
        file.write("thing\n")
    layer = toy_layer("sum", {"thing_1.0.bb": PLAIN + 'SRC_URI = "http://127.0.0.1:9/thing-1.0.txt"\nPREMIRRORS = "http://127.0.0.1:9/.* file://%s"\n' % source +
                              'SRC_URI[sha256sum] = "%s"\n' % ("0" * 64)})
    place = Place("sum", layer)
    out = place.hitz("build", "thing", status=1)
    has(out, "Checksum mismatch!", 'SRC_URI[sha256sum] = "6b6c4ab2c5a0c02ea5ecc6eb6d7aa7ae34ba0b40e2bbc2ffc3dd5cdd1c1e8b33"'[:22])
    assert not os.path.exists(os.path.join(DOWNLOADS, "thing-1.0.txt")), "a file with a wrong checksum was kept"


@test
def an_unreachable_source_names_all_that_was_tried():
    layer = toy_layer("gone", {"gone_1.0.bb": PLAIN + 'SRC_URI = "http://127.0.0.1:9/gone-1.0.tar.gz"\nSRC_URI[sha256sum] = "%s"\n' % ("0" * 64)})
    has(Place("gone", layer).hitz("build", "gone", status=1), "Unable to fetch URL from any source. Tried:", "http://127.0.0.1:9/gone-1.0.tar.gz", "Connection refused")


@test
def keep_going_builds_what_does_not_depend_on_a_failure():
    layer = toy_layer("going", {"bad_1.0.bb": PLAIN + "do_compile () {\n    exit 1\n}\n", "good_1.0.bb": PLAIN})
    out = Place("going", layer).hitz("build", "-k", "bad", "good", status=1)
    has(out, "and 1 failed")
    has(Place("going", layer).hitz("build", "-n", "good"), "0 tasks would run")


# ---- looking

@test
def queries_answer_without_a_build():
    place = Place("query")
    has(place.hitz("query", "deps(core-image)"), "core-image\n", "busybox\n", "linux\n", "musl\n")
    has(place.hitz("query", "rdeps(..., zlib)"), "dropbear\n")
    has(place.hitz("query", "somepath(core-image, zlib)"), "core-image\ndropbear\nzlib\n")
    assert place.hitz("query", "kind(image, ...) - core-image-dev") == "core-image\n"
    has(place.hitz("query", "-o", "dot", "allpaths(core-image, musl)"), '"busybox" -> "musl"')
    has(place.hitz("query", "--tasks", "deps(hello:do_compile, 1)"), "hello:do_configure")
    has(place.hitz("query", "deps(core-imag)", status=1), "there is no recipe 'core-imag'; did you mean 'core-image'?", "     ^")


@test
def variables_are_printed_with_their_history():
    place = Place("query")
    assert place.hitz("getvar", "--value", "-r", "busybox", "PV") == "1.35.0\n"
    has(place.hitz("env", "hello"), '# $PN', 'PN="hello"', "conf/bitbake.conf:")
    has(place.hitz("getvar", "MACHIN", status=1), "did you mean 'MACHINE'?")


# ---- building and booting

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


@test
def a_damaged_blob_is_found_and_built_again():
    place = Place("damaged", local='HITZ_CACHE_DIR = "%s/damaged-cache"\n' % WORK)
    place.hitz("build", "hello")
    for root, _, files in os.walk(os.path.join(WORK, "damaged-cache", "blobs")):
        for name in files:
            with open(os.path.join(root, name), "r+b") as file:
                file.seek(8)
                file.write(b"damage!")
    place.forget()
    has(place.hitz("build", "hello"), "hello-1.0-r0 do_compile: started")
    has(place.hitz("cache", "verify", status=2), "damaged")
    has(place.hitz("cache", "stats"), "results")
    has(place.hitz("cache", "gc", "--limit", "0"), "took out")


OTHER = Place("another/deeper/folder")


@test
def killed_at_any_moment_the_next_build_completes_with_the_same_images():
    seed = int(os.environ.get("HITZ_TEST_SEED") or random.randrange(1000000))
    print("  HITZ_TEST_SEED=%d" % seed)
    moments = random.Random(seed)
    for _ in range(20):
        process = subprocess.Popen([HITZ, "build", "core-image"], cwd=OTHER.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.05, 6))
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
def an_interrupt_finishes_what_runs_and_the_next_build_goes_on():
    layer = toy_layer("slow", {"slow_1.0.bb": PLAIN + "do_compile () {\n    sleep 3\n    touch done\n}\n"})
    place = Place("slow", layer)
    process = subprocess.Popen([HITZ, "build", "slow"], cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if "do_compile: started" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stdout.read()
    process.wait(timeout=30)
    assert process.returncode == 130, (process.returncode, rest)
    has(rest, "slow-1.0-r0 do_compile: done")
    out = place.hitz("build", "slow")
    assert "do_compile: started" not in out, out


@test
def core_image_for_arm64_is_cross_compiled():
    place = Place("arm64", local='MACHINE = "qemuarm64"\n')
    start = time.time()
    place.hitz("build", "core-image")
    print("  arm64 from sources: %.0f s" % (time.time() - start))
    boot(place, "core-image")


def main():
    chosen = [t for t in TESTS if not sys.argv[2:] or any(word in t.__name__ for word in sys.argv[2:])]
    passed = failed = 0
    os.makedirs(DOWNLOADS, exist_ok=True)
    for function in chosen:
        start = time.time()
        try:
            function()
            passed += 1
            print("ok      %s (%.1f s)" % (function.__name__.replace("_", " "), time.time() - start), flush=True)
        except Exception:
            failed += 1
            print("FAILED  %s\n%s" % (function.__name__.replace("_", " "), traceback.format_exc()), flush=True)
    if not os.environ.get("HITZ_TEST_DIR"):
        subprocess.run(["rm", "-rf", WORK])
    print("e2e: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
