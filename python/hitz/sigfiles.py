# SPDX-License-Identifier: Apache-2.0
"""Signature files: what a hash was made of, and in BitBake's words what is different between two of them."""

import contextlib
import glob
import hashlib
import json
import os
from collections import Counter

import bb
import bb.compress.zstd

_NOSTAMP = "nostamp:"
_RENAMED = {"basewhitelist": "basehash_ignore_vars", "taskwhitelist": "taskhash_ignore_tasks"}


class SetEncoder(json.JSONEncoder):
    """Sets, which JSON has not."""

    def default(self, o):
        if isinstance(o, (set, frozenset)):
            return {"_set_object": sorted(o)}
        return super().default(o)


def SetDecoder(dct):
    return frozenset(dct["_set_object"]) if "_set_object" in dct else dct


def handle_renames(data):
    """Names that older files use."""
    for old, new in _RENAMED.items():
        if old in data:
            data[new] = data.pop(old)


def read_sigfile(path):
    try:
        with bb.compress.zstd.open(path, "rt", encoding="utf-8", num_threads=1) as file:
            data = json.load(file, object_hook=SetDecoder)
    except (TypeError, OSError) as error:
        bb.error("Failed to open sigdata file '%s': %s" % (path, error))
        raise
    handle_renames(data)
    return data


def find_beside_stamps(pn, task, hashes, d):
    """find_siginfo() for metadata without one; "pn:task" may stand for both."""
    if not task:
        pn, task = bb.runqueue.split_mc(pn)[1].split(":", 1)
    any_recipe = d.createCopy()
    for name, value in {"PN": pn, "PV": "*", "PR": "*", "EXTENDPE": ""}.items():
        any_recipe.setVar(name, value)
    found = {}
    for path in glob.glob("%s.%s.sigdata.*" % (any_recipe.getVar("STAMP"), task)):
        digest = path.rpartition(".")[2]
        if not hashes or digest in hashes:
            found[digest] = {"path": path, "sstate": False, "time": os.stat(path).st_mtime}
    return found


def write_sigfile(path, data):
    """A file that others see whole or not at all."""
    folder = os.path.dirname(path)
    with bb.utils.umask(0o002):
        bb.utils.mkdirhier(folder)
    handle, draft = bb.utils.mkstemp(dir=folder, prefix="sigtask.")
    os.close(handle)
    try:
        with bb.compress.zstd.open(draft, "wt", encoding="utf-8", num_threads=1) as file:
            json.dump(data, file, sort_keys=True, separators=(",", ":"), cls=SetEncoder)
        os.chmod(draft, 0o664)
        bb.utils.rename(draft, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def calc_basehash(sigdata):
    parts = [sigdata["varvals"][sigdata["task"]] or ""]
    for name in sorted(sigdata["taskdeps"]):
        value = sigdata["varvals"][name]
        parts += [name, "" if value is None else str(value)]
    return hashlib.sha256("".join(parts).encode("utf-8")).hexdigest()


def calc_taskhash(sigdata):
    parts = [sigdata["basehash"]] + [sigdata["runtaskhashes"][name] for name in sigdata["runtaskdeps"]]
    for name, checksum in sigdata["file_checksum_values"]:
        if checksum:
            parts += [name if "./" in name else "", checksum]
    taint = sigdata.get("taint", "")
    parts.append(taint[len(_NOSTAMP):] if _NOSTAMP in taint else taint)
    return hashlib.sha256("".join(parts).encode("utf-8")).hexdigest()


def init_colors(enable_color):
    """Escape sequences by name; empty ones where there is to be no color."""
    colors = {"color_title": "\033[1m", "color_default": "\033[0m", "color_add": "\033[0;32m", "color_remove": "\033[0;31m"}
    return colors if enable_color else dict.fromkeys(colors, "")


def _runs(old, new):
    """What became of a list, as [(sign, items)…] around the longest run that both have, the first of several."""
    if not old and not new:
        return []
    places = {}
    for place, item in enumerate(new):
        places.setdefault(item, []).append(place)
    lengths, best, old_at, new_at = {}, 0, 0, 0
    for i, item in enumerate(old):
        longer = {}
        for j in places.get(item, ()):
            longer[j] = lengths.get(j - 1, 0) + 1
            if longer[j] > best:
                best, old_at, new_at = longer[j], i - longer[j] + 1, j - longer[j] + 1
        lengths = longer
    if not best:
        return ([("-", old)] if old else []) + ([("+", new)] if new else [])
    return (_runs(old[:old_at], new[:new_at]) + [("=", new[new_at:new_at + best])]
            + _runs(old[old_at + best:], new[new_at + best:]))


def worddiff_str(oldstr, newstr, colors=None):
    """One text with the words that were taken out and put in."""
    colors = colors or init_colors(False)
    forms = {"=": "%s", "+": colors["color_add"] + "{+%s+}" + colors["color_default"],
             "-": colors["color_remove"] + "[-%s-]" + colors["color_default"]}
    text = " ".join(forms[sign] % " ".join(words) for sign, words in _runs(oldstr.split(" "), newstr.split(" ")))
    blanks = oldstr != newstr and oldstr.split() == newstr.split()
    return '"%s"%s' % (text, " (whitespace changed)" if blanks else "")


def list_inline_diff(oldlist, newlist, colors=None):
    """One list with the items that were taken out and put in."""
    colors = colors or init_colors(False)
    forms = {"=": "'%s'", "+": colors["color_add"] + "+%s" + colors["color_default"],
             "-": colors["color_remove"] + "-%s" + colors["color_default"]}
    return "[%s]" % ", ".join(forms[sign] % " ".join(items) for sign, items in _runs(oldlist, newlist))


def _dict_diff(a, b, ignored=frozenset()):
    """The names whose values changed, that were added, and that were removed."""
    changed = {name for name in a.keys() & b.keys() if a[name] != b[name] and name not in ignored}
    return changed, b.keys() - a.keys(), a.keys() - b.keys()


def _checksums_diff(a, b):
    """The same for files; a name may stand there more than once."""
    before, after = [tuple(pair) for pair in a], [tuple(pair) for pair in b]
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)

    def taken(pairs, counts):
        for pair in pairs:
            if counts[pair] > 0:
                counts[pair] -= 1
                yield pair
    added, removed, changed = list(taken(after, come)), [], []
    for name, checksum in taken(before, gone):
        other = next((pair for pair in added if pair[0] == name), None)
        if other is None:
            removed.append(name)
        else:
            changed.append((name, checksum, other[1]))
            added.remove(other)
    return changed, [name for name, _ in added], removed


class _Comparison:
    """Lines about two signatures, in the order in which BitBake tells them."""

    def __init__(self, a, b, recursecb, color, collapsed):
        self.a, self.b, self.recursecb, self.collapsed = a, b, recursecb, collapsed
        self.color, self.colors = color, init_colors(color)
        self.output = []

    def _form(self, form, **values):
        if not form.endswith("{color_default}"):
            form += "{color_default}"
        return form.format(**self.colors, **values)

    def _tell(self, form, *parts):
        self.output.append(self._form(form) % parts)

    def ignored(self):
        for key in ("basehash_ignore_vars", "taskhash_ignore_tasks"):
            old, new = self.a.get(key), self.b[key]
            if key in self.a and old != new:
                self._tell("{color_title}" + key + " changed{color_default} from '%s' to '%s'", old, new)
                if old and new:
                    self.output.append("changed items: %s" % old.symmetric_difference(new))

    def base(self):
        a, b = self.a, self.b
        if a["taskdeps"] != b["taskdeps"]:
            self._tell("{color_title}Task dependencies changed{color_default} from:\n%s\nto:\n%s", sorted(a["taskdeps"]), sorted(b["taskdeps"]))
        if a["basehash"] != b["basehash"] and not self.collapsed:
            self._tell("{color_title}basehash changed{color_default} from %s to %s", a["basehash"], b["basehash"])
        old, new = a["gendeps"], b["gendeps"]
        changed, added, removed = _dict_diff(old, new, a["basehash_ignore_vars"] & b["basehash_ignore_vars"])
        for name in sorted(changed):
            self._tell("{color_title}List of dependencies for variable %s changed from '{color_default}%s{color_title}' to "
                       "'{color_default}%s{color_title}'", name, old[name], new[name])
            if old[name] and new[name]:
                self.output.append("changed items: %s" % old[name].symmetric_difference(new[name]))
        for name in sorted(added):
            self._tell("{color_title}Dependency on variable %s was added", name)
        for name in sorted(removed):
            self._tell("{color_title}Dependency on Variable %s was removed", name)

    def _line_diff(self, old, new):
        import difflib
        lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:]
        if self.color:
            signs = {"+": "{color_add}{line}", "-": "{color_remove}{line}"}
            lines = [self._form(signs[line[0]], line=line) if line[:1] in signs else line for line in lines]
        return "\n".join(lines)

    def values(self):
        old, new = self.a["varvals"], self.b["varvals"]
        for name in sorted(_dict_diff(old, new)[0]):
            before, after = old[name], new[name]
            both = before and after
            if both and "\n" in before + after:
                self.output.append(self._form("{color_title}Variable {var} value changed:{color_default}\n{diff}",
                                              var=name, diff=self._line_diff(before, after)))
            elif both and " " in before + after:
                self.output.append(self._form("{color_title}Variable {var} value changed:{color_default}\n{diff}",
                                              var=name, diff=worddiff_str(before, after, self.colors)))
            else:
                self.output.append(self._form(
                    "{color_title}Variable {var} value changed from '{color_default}{oldval}{color_title}' to "
                    "'{color_default}{newval}{color_title}'{color_default}", var=name, oldval=before, newval=after))

    def files(self):
        changed, added, removed = _checksums_diff(self.a.get("file_checksum_values", []), self.b.get("file_checksum_values", []))
        for entry in changed:
            self._tell("{color_title}Checksum for file %s changed{color_default} from %s to %s", *entry)
        for name in added:
            self._tell("{color_title}Dependency on checksum of file %s was added", name)
        for name in removed:
            self._tell("{color_title}Dependency on checksum of file %s was removed", name)

    def tasks(self):
        """The list of tasks, unless only what is at the bottom of it is wanted."""
        if self.collapsed:
            return
        old, new = self.a.get("runtaskdeps", {}), self.b.get("runtaskdeps", {})
        changed = ["Number of task dependencies changed"]
        if len(old) == len(new):
            hashes = [(x, self.a["runtaskhashes"][x], y, self.b["runtaskhashes"][y]) for x, y in zip(old, new)]
            changed = ["%s with hash %s\n changed to\n%s with hash %s" % four for four in hashes if four[1] != four[3]]
        if not changed:
            return
        if old != new:
            self._tell("{color_title}runtaskdeps changed:{color_default}\n%s", list_inline_diff(old, new, self.colors))
        else:
            self._tell("{color_title}runtaskdeps changed:")
        self.output.append("\n".join(changed))

    def hashes(self):
        if "runtaskhashes" not in self.a or "runtaskhashes" not in self.b:
            return
        old, new = self.a["runtaskhashes"], self.b["runtaskhashes"]
        changed, added, removed = _dict_diff(old, new)
        gone, come = {old[name] for name in removed}, {new[name] for name in added}
        for name in sorted(added):
            if new[name] not in gone:
                self._tell("{color_title}Dependency on task %s was added{color_default} with hash %s", name, new[name])
        for name in sorted(removed):
            if old[name] not in come:
                self._tell("{color_title}Dependency on task %s was removed{color_default} with hash %s", name, old[name])
        for name in sorted(changed):
            if not self.collapsed:
                self._tell("{color_title}Hash for task dependency %s changed{color_default} from %s to %s", name, old[name], new[name])
            deeper = self.recursecb(name, old[name], new[name]) if callable(self.recursecb) else None
            if deeper and self.collapsed:
                self.output.extend(deeper)
            elif deeper:  # what changed there is what changed here
                self.output = [self.output[-1]] + deeper
                break

    def taint(self):
        old, new = self.a.get("taint"), self.b.get("taint")
        if old != new:
            self._tell("{color_title}Taint (by forced/invalidated task) changed{color_default} from %s to %s", *(
                taint.replace(_NOSTAMP, "nostamp(uuid4):") if taint and taint.startswith(_NOSTAMP) else taint for taint in (old, new)))


def compare_sigfiles(a, b, recursecb=None, color=False, collapsed=False):
    """What is different, a list of texts; recursecb(task, hash, hash) tells of other tasks' signatures."""
    comparison = _Comparison(read_sigfile(a), read_sigfile(b), recursecb, color, collapsed)
    for step in ("ignored", "base", "values", "files", "tasks", "hashes", "taint"):
        getattr(comparison, step)()
    return comparison.output


def dump_sigfile(a):
    """What a signature file holds, a list of lines."""
    data = read_sigfile(a)
    output = ["basehash_ignore_vars: %s" % sorted(data["basehash_ignore_vars"]),
              "taskhash_ignore_tasks: %s" % sorted(data["taskhash_ignore_tasks"] or []),
              "Task dependencies: %s" % sorted(data["taskdeps"]), "basehash: %s" % data["basehash"]]
    output += ["List of dependencies for variable %s is %s" % (name, sorted(data["gendeps"][name])) for name in sorted(data["gendeps"])]
    output += ["Variable %s value is %s" % (name, data["varvals"][name]) for name in sorted(data["varvals"])]
    if "runtaskdeps" in data:
        output.append("Tasks this task depends on: %s" % sorted(data["runtaskdeps"]))
    if "file_checksum_values" in data:
        output.append("This task depends on the checksums of files: %s" % sorted(data["file_checksum_values"]))
    hashes = data.get("runtaskhashes", {})
    output += ["Hash for dependent task %s is %s" % (name, hashes[name]) for name in sorted(hashes)]
    if "taint" in data:
        taint = data["taint"]
        output.append("Tainted (by forced/invalidated task): %s" % (taint.replace(_NOSTAMP, "nostamp(uuid4):") if taint.startswith(_NOSTAMP) else taint))
    output.append("Computed base hash is %s and from file %s" % (calc_basehash(data), data["basehash"]) if "task" in data else "Unable to compute base hash")
    whole = "runtaskdeps" in data
    output.append("Computed task hash is %s" % calc_taskhash(data) if whole else "Unable to compute task hash")
    return output
