# SPDX-License-Identifier: Apache-2.0
"""What is known of all recipes of a configuration, by the names that scripts know from BitBake's recipe cache."""

import collections
import functools
import json
import os

from bb.cooker import SkippedPackage


def _by_name(pairs):
    out = collections.defaultdict(list)
    for name, fn in pairs:
        if fn not in out[name]:
            out[name].append(fn)
    return out


def _together(whole, packages, what):
    """package -> what it needs, with what the recipe as a whole needs."""
    return {name: whole + package[what] for name, package in packages.items()}


class Recipes:
    """The recipes of one multiconfig; those that are skipped are in skiplist alone."""

    def __init__(self, rows, engine, mc):
        self._all, self._engine, self._mc = rows, engine, mc
        self._rows = [row for row in rows if row["skipped"] is None]
        self._by_fn = {row["fn"]: row for row in self._rows}

    def _each(self, field):
        return {fn: row[field] for fn, row in self._by_fn.items()}

    @functools.cached_property
    def pkg_fn(self):
        return self._each("pn")

    @functools.cached_property
    def pkg_pn(self):
        return _by_name((row["pn"], row["fn"]) for row in self._rows)

    @functools.cached_property
    def pkg_pepvpr(self):
        return {row["fn"]: (row["pe"], row["pv"], row["pr"]) for row in self._rows}

    @functools.cached_property
    def pkg_dp(self):
        return self._each("preference")

    @functools.cached_property
    def bbfile_priority(self):
        return self._each("priority")

    @functools.cached_property
    def inherits(self):
        return self._each("inherits")

    @functools.cached_property
    def deps(self):
        return collections.defaultdict(list, self._each("depends"))

    @functools.cached_property
    def fn_provides(self):
        return self._each("provides")

    @functools.cached_property
    def stamp(self):
        return self._each("stamp")

    @functools.cached_property
    def providers(self):
        return _by_name((name, row["fn"]) for row in self._rows for name in row["provides"])

    @functools.cached_property
    def packages(self):
        return _by_name((name, row["fn"]) for row in self._rows for name in row["packages"])

    @functools.cached_property
    def packages_dynamic(self):
        return _by_name((name, row["fn"]) for row in self._rows for name in row["dynamic"])

    @functools.cached_property
    def rproviders(self):
        return _by_name((name, row["fn"]) for row in self._rows
                        for names in [row["rprovides"], *(package["rprovides"] for package in row["packages"].values())] for name in names)

    @functools.cached_property
    def rundeps(self):
        return {row["fn"]: collections.defaultdict(list, _together(row["rdepends"], row["packages"], "rdepends")) for row in self._rows}

    @functools.cached_property
    def runrecs(self):
        return {row["fn"]: collections.defaultdict(list, _together(row["rrecommends"], row["packages"], "rrecommends")) for row in self._rows}

    @functools.cached_property
    def skiplist(self):
        """The skipped ones, those of layers of high priority first."""
        rows = sorted((row for row in self._all if row["skipped"] is not None), key=lambda row: (-row["priority"], row["fn"]))
        return collections.OrderedDict((row["fn"], SkippedPackage(
            row["pn"], row["skipped"], row["provides"],
            list(row["packages"]) + row["rprovides"] + [name for package in row["packages"].values() for name in package["rprovides"]]))
            for row in rows)

    @functools.cached_property
    def bbappends(self):
        """(the recipe file's name that it is for, path) of every append."""
        paths = dict.fromkeys(path for row in self._all for path in row["appends"])
        return [(os.path.basename(path).replace(".bbappend", ".bb"), path) for path in paths]

    @functools.cached_property
    def overlayed(self):
        """The file that counts -> files of that name in other layers."""
        files = {row["file"]: row["priority"] for row in self._all}
        names = collections.defaultdict(list)
        for path in sorted(files, key=lambda path: files[path], reverse=True):
            names[os.path.basename(path)].append(path)
        return collections.defaultdict(list, {paths[0]: paths[1:] for paths in names.values() if len(paths) > 1})

    def get_file_appends(self, fn):
        name = os.path.basename(fn)
        known = next((row for row in self._all if row["file"] == fn), None)
        if known is not None:
            return tuple(known["appends"])
        return tuple(path for pattern, path in self.bbappends
                     if pattern == name or ("%" in pattern and pattern.startswith(name[:pattern.index("%")])))

    def calc_bbfile_priority(self, filename):
        import re
        layer = self._engine.layer_of(filename)
        return (layer["priority"], re.compile(layer["pattern"]), layer["name"]) if layer else (0, None, None)

    def find_providers(self, pkg_pn=None):
        """As bb.providers.findProviders() gives them."""
        latest, preferred, required = {}, {}, {}
        for pn, (last, taken, must) in json.loads(self._engine.ask("versions", self._mc)).items():
            if pkg_pn is None or pn in pkg_pn:
                latest[pn], required[pn] = (self.pkg_pepvpr[last], last), must
                # One that nothing prefers goes without a version.
                preferred[pn] = (self.pkg_pepvpr.get(taken), taken)
        return latest, preferred, required

    def all_providers(self):
        """As bb.providers.allProviders() gives them."""
        out = collections.defaultdict(list)
        for fn, pn in self.pkg_fn.items():
            out[pn].append((self.pkg_pepvpr[fn], fn))
        return out
