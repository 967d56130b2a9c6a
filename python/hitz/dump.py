# SPDX-License-Identifier: Apache-2.0
"""A datastore as JSON lines."""

import hashlib
import json
import re

_IGNORED = re.compile(
    r"^(__|_task_deps$|BB_ORIGENV$|BB_CMDLINE$|BBINCLUDED$|DATE$|TIME$|DATETIME$|BUILDSTART$|BB_CONSOLELOG$|"
    r"BB_DEFAULT_EVENTLOG$|EXTENDERCLASS$|SOURCE_DATE_EPOCH$|BB_HASHSERVE$|BB_WORKERCONTEXT$|_ensure_dir)")
_FIFO = re.compile(r"fifo\.[0-9]+")
_HIDDEN = ("doc", "filename", "lineno", "history")


def _brief(text, digest):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16] if digest else text


def _text(value):
    if not isinstance(value, str):
        return json.dumps(value, sort_keys=True, default=str)
    return _FIFO.sub("fifo.PID", value)


def _variables(d, digest):
    values, flags = {}, {}
    for name in d.keys():
        if _IGNORED.match(name):
            continue
        table = {k: v for k, v in (d.getVarFlags(name) or {}).items() if not k.startswith("_") and k not in _HIDDEN}
        try:
            value = d.getVar(name, not ("func" in table and "python" in table))
        except Exception as exc:
            value = "!ERROR " + type(exc).__name__
        if value is not None:
            values[name] = _brief(_text(value), digest)
        if table:
            flags[name] = _brief(json.dumps(table, sort_keys=True, default=str), True) if digest else table
    return values, flags


def matching(match, *files):
    """Those of some files that a regular expression finds something in, one a line."""
    try:
        found = re.compile(match).search
    except re.error as exc:
        return "!%s" % exc
    return "\n".join(file for file in files if found(file))


def record(d, file, variant, layer, skipped, tasks, digest):
    """One line for a recipe variant."""
    out = {"file": file, "variant": variant, "layer": layer, "skipped": skipped or None, "tasks": {}}
    for key in ("PN", "PV", "PR"):
        try:
            out[key.lower()] = d.getVar(key)
        except Exception as exc:
            out[key.lower()] = "!ERROR " + type(exc).__name__
    if not skipped:
        rows = [row.split("\x1f") for row in tasks.split("\x1e") if row]
        out["tasks"] = {row[0]: row[1] for row in rows}
        out["taskdeps"] = {row[0]: sorted({d.expand(dep) for dep in d.getVarFlag(row[0], "deps", False) or []}) for row in rows}
        out["taskvars"] = {row[0]: sorted(row[3].split()) for row in rows}
        if digest:
            out["taskvars"] = _brief(json.dumps(out["taskvars"], sort_keys=True), True)
    out["vars"], out["flags"] = _variables(d, bool(digest))
    return json.dumps(out, sort_keys=True, default=str) + "\n"
