# SPDX-License-Identifier: Apache-2.0
"""Variables with who set what where: the text of bitbake -e."""

import os

import bb.utils

_NOT_FOR_SHELL = set("-.{}+")


def inclusions(records):
    """The files that a configuration was read from, as a tree; records are "depth path"."""
    files = [(int(depth), path) for depth, path in (record.split(" ", 1) for record in records)]
    # The one file that is named by its place on BBPATH.
    files = [(depth, "conf/bitbake.conf" if depth == 0 and path.endswith("/conf/bitbake.conf") else path) for depth, path in files]
    lines = ["#", "# INCLUDE HISTORY:", "#"]
    for at, (depth, path) in enumerate(files):
        more = at + 1 < len(files) and files[at + 1][0] > depth
        lines.append("# %s%s%s" % ("  " * depth, path, " includes:" if more else ""))
    return "\n".join(lines)


def _events(d, name):
    """The operations on a variable, those on its override variants after its own."""
    out = list(d.varhistory.variable(name))
    for full, override in d._variants(name):
        for event in d.varhistory.variable(full):
            if event.get("flag", "_").startswith(("_", ":")):
                out.append({**event, "op": "override[%s]:%s" % (override, event["op"])})
    return out


def _history(d, name, unexpanded):
    events = _events(d, name)
    before = str(unexpanded).replace("\n", "\n#")
    if not events:
        return '#\n# $%s\n#   [no history recorded]\n#\n#   "%s"\n' % (name, before)
    out = ["#\n# $%s%s\n" % (name, "" if len(events) == 1 else " [%d operations]" % len(events))]
    for event in events:
        # Of code, its function tells more than its folder.
        function = " [%s]" % event["func"] if "func" in event else ""
        file = os.path.basename(event["file"]) if function else event["file"] or "hitz"
        flag = "[%s] " % event["flag"] if "flag" in event else ""
        detail = str(event["detail"]).replace("\n", "\n#     ")
        out.append('#   %s %s:%s%s\n#     %s"%s"\n' % (event["op"], file, event["line"], function, flag, detail))
    if len(events) > 1:
        out.append('# pre-expansion value:\n#   "%s"\n' % before)
    return "".join(out)


def _quoted(value):
    for plain, quoted in (('"', '\\"'), ("`", "\\`"), ("\n", " \\\n"), ("$", "\\$")):
        value = value.replace(plain, quoted)
    return value


def _is_function(d, name):
    return bool(d.getVarFlag(name, "func", False))


def _assignment(d, name):
    """A variable as a shell would take it, after its history."""
    unexport = bb.utils.to_boolean(d.getVarFlag(name, "unexport"))
    try:
        unexpanded, value = d.getVar(name, False), d.getVar(name)
    except Exception as exc:
        return "# expansion of %s threw %s: %s\n" % (name, exc.__class__.__name__, exc)
    out = _history(d, name, unexpanded)
    expanded = d.expand(name)
    if unexport:
        return out + "unset %s\n" % expanded
    if value is None:
        return out
    if expanded.startswith("BASH_FUNC_"):
        expanded = expanded[10:-2]
        return out + "%s() %s\nexport -f %s\n\n" % (expanded, str(value)[3:], expanded)
    export = "export " if bb.utils.to_boolean(d.getVarFlag(name, "export")) else ""
    return out + '%s%s="%s"\n' % (export, expanded, _quoted(str(value)))


def _shell_function(d, name):
    """A function that a shell could call; "" for one that is Python or has no name for a shell."""
    if d.getVarFlag(name, "python", False):
        return ""
    try:
        value = d.getVar(name)
    except Exception as exc:
        return "# expansion of %s threw %s: %s\n" % (name, exc.__class__.__name__, exc)
    if _NOT_FOR_SHELL.intersection(name) or value is None:
        return ""
    place = "# line: %s, file: %s\n" % (d.getVarFlag(name, "lineno", False), d.getVarFlag(name, "filename", False))
    return "%s%s() {\n%s\n}\n\n" % (place, d.expand(name), str(value).rstrip("\n"))


def environment(d, *records):
    """Everything: the files, the variables, shell functions, Python functions."""
    names = [name for name in sorted(d.keys()) if not name.startswith("__")]
    out = [inclusions(records) + "\n"]
    out += [_assignment(d, name) for name in names if not _is_function(d, name)]
    out += [_shell_function(d, name) for name in names if _is_function(d, name)]
    out.append("\n")
    for name in sorted(d.keys()):
        if _is_function(d, name) and d.getVarFlag(name, "python", False):
            out.append("\npython %s () {\n%s}\n\n" % (name, d.getVar(name, False)))
    return "".join(out)


def variable(d, name):
    """One variable with its history."""
    if not _is_function(d, name):
        return _assignment(d, name)
    if d.getVarFlag(name, "python", False):
        return "python %s () {\n%s}\n" % (name, d.getVar(name, False))
    return _history(d, name, d.getVar(name, False)) + _shell_function(d, name).rstrip("\n") + "\n"
