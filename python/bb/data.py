# SPDX-License-Identifier: Apache-2.0
"""Functions on datastores."""

import hashlib
import sys

import _hitz
import bb
from bb import data_smart


def init():
    return data_smart.DataSmart()


def createCopy(source):
    return source.createCopy()


def expand(s, d, varname=None):
    return d.expand(s, varname)


def expandKeys(alterdata, readdata=None):
    """Renames variables whose names hold references to what these say, by default in alterdata's own words."""
    if readdata is None or readdata is alterdata:
        alterdata._expand_keys()
        return
    for name in sorted(name for name in alterdata if "${" in name):
        expanded = readdata.expand(name)
        if expanded != name:
            alterdata.renameVar(name, expanded)


def keys(d):
    return d.keys()


def initVar(var, d):
    """BitBake makes an empty entry here; hitz needs none."""


def init_db(parent=None):
    return init() if parent is None else parent.createCopy()


def inheritFromOS(d, savedenv, permitted):
    """Takes permitted variables of the environment over."""
    for name in sorted(set(savedenv.keys()) & set(permitted)):
        d.setVar(name, savedenv.getVar(name), op="from env")
        if name in bb.utils.preserved_envvars_exported():
            d.setVarFlag(name, "export", True)


def exported_keys(d):
    """The names of what tasks find in their environment."""
    return (name for name in d.keys() if not name.startswith("__")
            and bb.utils.to_boolean(d.getVarFlag(name, "export"))
            and not bb.utils.to_boolean(d.getVarFlag(name, "unexport")))


def exported_vars(d):
    """(name, value) of what tasks find in their environment."""
    for name in list(exported_keys(d)):
        try:
            value = d.getVar(name)
        except Exception as exc:
            bb.warn("%s: Unable to export ${%s}: %s" % (d.getVar("FILE"), name, exc))
            continue
        if value is not None:
            yield name, str(value)


def _quoted(value):
    for char in ('"', "$") if bb.__version__.startswith("2.8") else ('"', "$", "`"):
        value = value.replace(char, "\\" + char)
    return value.replace("\n", " \\\n") if "\n" in value else value


def emit_var(var, o=sys.__stdout__, d=None, all=False):
    """Writes a variable as shell text, where a shell can hold it; whether it was written as a function."""
    d = init() if d is None else d
    function = d.getVarFlag(var, "func", False)
    if d.getVarFlag(var, "python", False) and function:
        return False
    export = bb.utils.to_boolean(d.getVarFlag(var, "export"))
    unexport = bb.utils.to_boolean(d.getVarFlag(var, "unexport"))
    if not all and not export and not unexport and not function:
        return False
    value = d.getVar(var)
    if unexport:
        o.write("unset %s\n" % var)
        return False
    if value is None:
        return False
    value = str(value)
    if function:
        o.write("# line: %s, file: %s\n" % (d.getVarFlag(var, "lineno", False), d.getVarFlag(var, "filename", False)))
        o.write("%s() {\n%s\n}\n" % (var, value.rstrip("\n")))
        return 1
    if not all and ("-" in var or "." in var or "{" in var or "}" in var or "+" in var):
        return False
    o.write('%s%s="%s"\n' % ("export " if export else "", var, _quoted(value)))
    return False


def emit_env(o=sys.__stdout__, d=None, all=False):
    """Writes a whole datastore: variables first, then functions, each sorted."""
    d = init() if d is None else d
    names = sorted(name for name in d.keys() if not name.startswith("__"))
    for functions in (False, True):
        for name in names:
            if bool(d.getVarFlag(name, "func", False)) == functions:
                emit_var(name, o, d, all and not functions)


def inherits_class(klass, d):
    """Whether a class has been inherited by this recipe."""
    needle = "/%s.bbclass" % klass
    return any(str(item).endswith(needle) for item in d.getVar("__inherit_cache", False) or [])


def emit_func(func, o=sys.__stdout__, d=None):
    """Writes a shell function with all it needs as a script."""
    o.write(_hitz.emit_func(func, init() if d is None else d))


def generate_dependencies(d, ignored_vars):
    """(tasks, name -> names it refers to, name -> the text that is hashed) of all that tasks' hashes cover."""
    asked = d.createCopy()
    asked.setVar("__basehash_ignore_vars", " ".join(ignored_vars))
    tasks, names = _hitz.base_hashes(asked)
    return ([task for task, _, _ in tasks], {name: frozenset(deps) for name, _, deps in names},
            {name: value for name, value, _ in names})


def build_dependencies(key, keys, mod_funcs, shelldeps, varflagsexcl, ignored_vars, d, codeparsedata):
    """(the names that a name refers to, the text that is hashed of it)."""
    asked = codeparsedata.createCopy()
    asked.setVar("__BBTASKS", [key])
    asked.setVar("__exportlist", sorted(shelldeps))
    asked.setVar("BB_SIGNATURE_EXCLUDE_FLAGS", " ".join(varflagsexcl))
    _, deps, values = generate_dependencies(asked, ignored_vars)
    return deps[key], values[key]


def generate_dependency_hash(tasklist, gendeps, lookupcache, ignored_vars, fn):
    """(task -> all that its hash covers, "FILE:task" -> the hash)."""
    covered, hashes = {}, {}
    for task in tasklist:
        found, open_ends = set(), set(gendeps[task])
        while open_ends:
            found |= open_ends
            open_ends = set().union(*(gendeps[name] for name in open_ends)) - found
        text = lookupcache[task] or ""
        for name in sorted(found):
            text += name + ("" if lookupcache[name] is None else str(lookupcache[name]))
        covered[task] = frozenset(found)
        hashes["%s:%s" % (fn, task)] = hashlib.sha256(text.encode()).hexdigest()
    return covered, hashes
