# SPDX-License-Identifier: Apache-2.0
"""What whole builds are tested with: build directories, toy layers, the list of tests."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from toy_layers import has, write_layer  # noqa: has is what tests take from here

HITZ = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.environ.get("HITZ_TEST_DIR") or tempfile.mkdtemp(prefix="hitz-e2e.")
DOWNLOADS = os.environ.get("HITZ_TEST_DOWNLOADS") or os.path.join(WORK, "downloads")
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
        self.deploy = os.path.join(self.build, "tmp", "deploy", "images")

    def hitz(self, *words, status=0, timeout=1500, env=None):
        """Runs hitz here; its output. The exit status must be the one expected."""
        lock, shared = os.path.join(self.build, "conf", "lock"), os.path.join(WORK, "lock")
        if os.path.exists(shared) and not os.path.exists(lock):
            shutil.copy(shared, lock)  # one resolution of the kernel's version for all places
        done = subprocess.run([HITZ, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                              env={**os.environ, **(env or {})}, errors="replace")
        if os.path.exists(lock) and not os.path.exists(shared):
            shutil.copy(lock, shared)
        assert done.returncode == status, "hitz %s gave %d instead of %d:\n%s" % (" ".join(words), done.returncode, status, done.stdout[-6000:])
        return done.stdout

    def forget(self):
        """The work is gone at once; taking a kernel's tree apart file by file is left to the end."""
        os.rename(os.path.join(self.build, "tmp"), os.path.join(self.build, "forgotten.%d" % time.time_ns()))


def toy_layer(name, files):
    """A layer over the core layer with these files."""
    return write_layer(os.path.join(WORK, "layers", name), 6, files)


PLAIN = 'LICENSE = "CLOSED"\nINHIBIT_DEFAULT_DEPS = "1"\n'
