# SPDX-License-Identifier: Apache-2.0
"""Names of recipe files with their variants, and values kept in files."""

import os
import pickle
import shutil

import bb


def virtualfn2realfn(virtualfn):
    """"mc:x:virtual:native:/a.bb" as (/a.bb, native, x)."""
    mc, cls, fn = "", "", virtualfn
    if fn.startswith("mc:") and fn.count(":") >= 2:
        _, mc, fn = fn.split(":", 2)
    if fn.startswith("virtual:"):
        _, cls, fn = fn.split(":", 2) if fn.count(":") == 2 else ("", *fn[len("virtual:"):].rsplit(":", 1))
    return fn, cls, mc


def realfn2virtual(realfn, cls, mc):
    name = "virtual:%s:%s" % (cls, realfn) if cls else realfn
    return "mc:%s:%s" % (mc, name) if mc else name


def variant2virtual(realfn, variant):
    """The name of a variant as bb.parse.handle() calls it."""
    if variant == "":
        return realfn
    if variant.startswith("mc:") and variant.count(":") >= 2:
        _, mc, rest = variant.split(":", 2)
        return "mc:%s:%s" % (mc, variant2virtual(realfn, rest))
    return "virtual:%s:%s" % (variant, realfn)


class SimpleCache:
    """One value in a file of the build directory's cache, in the form in which BitBake keeps it there."""

    def __init__(self, version):
        self.cachefile, self.cachedata, self.cacheversion = None, None, version

    def init_cache(self, d, cache_file_name=None, defaultdata=None):
        """What is kept there; the default when nothing is, or something of another version."""
        folder = d.getVar("PERSISTENT_DIR") or d.getVar("CACHE")
        if not folder:
            return defaultdata
        self.cachefile = os.path.join(folder, cache_file_name or self.cache_file_name)
        try:
            with open(self.cachefile, "rb") as file:
                data, version = pickle.load(file)
        except Exception:  # a damaged cache may raise anything, and is none
            return defaultdata
        return data if version == self.cacheversion else defaultdata

    def save(self, data):
        if not self.cachefile:
            return
        bb.utils.mkdirhier(os.path.dirname(self.cachefile))
        lock = bb.utils.lockfile(self.cachefile + ".lock")
        with open(self.cachefile, "wb") as file:
            pickle.dump([data, self.cacheversion], file, -1)
        bb.utils.unlockfile(lock)

    def copyfile(self, target):
        if self.cachefile and os.path.exists(self.cachefile):
            shutil.copy(self.cachefile, target)
