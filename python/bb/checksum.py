# SPDX-License-Identifier: Apache-2.0
"""Checksums of the files that tasks name."""

import glob
import os
import re

import bb

LOCAL_DIRS_EXCLUDE = "CVS .bzr .git .hg .osc .p4 .repo .svn"
_ENTRY_END = re.compile(r"(?<=:True)\s+|(?<=:False)\s+")  # a path may hold blanks


class FileChecksumCache:
    """MD5 of files, each taken once in a run."""

    def __init__(self):
        self._known = {}

    def get_checksum(self, f):
        path = os.path.normpath(f)
        info = os.stat(path)
        key = path, info.st_mtime_ns, info.st_size, info.st_ino
        if key not in self._known:
            self._known[key] = bb.utils.md5_file(path)
        return self._known[key]

    def _file(self, pn, path):
        try:
            return [(path, self.get_checksum(path))]
        except OSError as error:
            bb.warn("Unable to get checksum for %s SRC_URI entry %s: %s" % (pn, os.path.basename(path), error))
            return []

    def _folder(self, pn, folder, localdirsexclude):
        folder = folder.rstrip("/")
        if not folder:
            bb.fatal("Refusing to checksum /")
        out = []
        for root, folders, files in os.walk(folder, topdown=True):
            folders[:] = [name for name in folders if name not in localdirsexclude]
            for name in files:
                path = os.path.join(root, name).replace(folder, folder + "/.")
                out += self._file(pn, path)
        return out

    def get_checksums(self, filelist, pn, localdirsexclude):
        """(path, MD5) of every file that a file-checksums flag leads to, sorted by MD5."""
        out = []
        for entry in _ENTRY_END.split(filelist):
            path, _, wanted = entry.strip().partition(":")
            if not path or wanted.startswith("False"):
                continue
            for found in glob.glob(path) if "*" in path else [path]:
                if not os.path.isdir(found):
                    out += self._file(pn, found)
                elif not os.path.islink(found):
                    out += self._folder(pn, found, localdirsexclude)
        return sorted(out, key=lambda pair: pair[1])
