# SPDX-License-Identifier: Apache-2.0
"""A provider that follows Debian: the newest source of a package within a series, resolved once and recorded.

conf/lock holds a line for each: "PACKAGE PREFIX VERSION FILE SHA256". Removing a line lets it be resolved again."""

import functools
import os

import bb


def _lock_path(d):
    return os.path.join(d.getVar("TOPDIR"), "conf", "lock")


def _recorded(path, package, prefix):
    try:
        with open(path) as lock:
            for line in lock:
                fields = line.split()
                if len(fields) == 5 and fields[:2] == [package, prefix]:
                    return tuple(fields[2:])
    except FileNotFoundError:
        pass
    return None


def latest(package, prefix, d):
    """(version, file name, sha256): recorded, or asked of apt and then recorded. The checksum is of Debian's signed index."""
    from bb.fetch2 import debsrc
    path = _lock_path(d)
    found = _recorded(path, package, prefix)
    if found:
        return found
    bb.utils.mkdirhier(d.getVar("DL_DIR"))
    apt = debsrc.Apt(d)
    with bb.utils.fileslocked([os.path.join(d.getVar("DL_DIR"), ".debsrc.lock")]):
        apt.ready()
        files = [f for f in apt.files(package) if ".orig.tar" in f[1] and not f[1].endswith(".asc")]
    series = {}
    for revision, name, digest in files:
        version = name.split("_", 1)[1].split(".orig")[0]
        if version.startswith(prefix + "."):
            series.setdefault((version, name, digest), []).append(revision)
    newest_first = sorted(series, key=functools.cmp_to_key(lambda a, b: bb.utils.vercmp_string(a[0], b[0])), reverse=True)
    best = next((c for c in newest_first if any(apt.is_there(package, revision, c[1]) for revision in reversed(series[c]))), None)
    if best is None:
        raise bb.fetch2.FetchError("Debian's suites of this machine have no %s %s" % (package, prefix))
    bb.utils.mkdirhier(os.path.dirname(path))
    with open(path, "a") as lock:
        lock.write("%s %s %s\n" % (package, prefix, " ".join(best)))
    return best
