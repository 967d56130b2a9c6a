# SPDX-License-Identifier: Apache-2.0
"""Changing metadata files line by line: bb.utils.edit_metadata and edit_bblayers_conf."""

import fnmatch
import os
import re

_OPERATORS = r"\+=|=\+|\?\?=|\?=|:=|\.=|=\.|="


def _patterns(variables, match_overrides):
    """(matcher, whether it is a function) for each name that is looked for."""
    override = r"(_[a-zA-Z0-9-_$(){}]+)?" if match_overrides else ""
    out = []
    for name in variables:
        if name.endswith("()"):
            out.append((re.compile(r"^(%s%s)[ \t]*\([ \t]*\)[ \t]*{" % (name[:-2].rstrip(), override)), True))
        else:
            out.append((re.compile(r"^(%s%s)[ \t]*(%s)[ \t]*([\"'])" % (name, override, _OPERATORS)), False))
    return out


class _Found:
    """One definition of the file, from its first line on."""

    def __init__(self, match, function):
        self.start = match.group(1)
        self.name = self.start + "()" if function else self.start
        self.function = function
        self.op = "" if function else match.group(match.lastindex - 1)
        self.quote = None if function else match.group(match.lastindex)
        self.lines = []
        self.values = []

    def take(self, line, first):
        """Adds a line; whether it is the last one."""
        self.lines.append(line)
        text = line.rstrip()
        if self.function:
            if text == "}":
                return True
            if not first:
                self.values.append(line)
            return False
        if first:
            text = text[text.index(self.quote) + 1:]
        last = text.endswith(self.quote)
        self.values.append(text[:-1] if last or text.endswith("\\") else text)
        return last

    def value(self):
        return "".join(self.values)

    def written(self, answer):
        """The lines for what the caller wants instead."""
        value, op, indent, minbreak = answer
        op = op or self.op
        if value is None:
            return []
        if value == self.value() and op == self.op:
            return self.lines
        begin = self.lines[0].split("{", 1)[0].rstrip() if self.function else "%s %s" % (self.name, op)
        blanks = indent if isinstance(indent, str) else " " * (len(begin) + 2 if indent == -1 else indent)
        if self.function:
            text = "".join("%s%s\n" % (blanks, item) for item in value) if isinstance(value, list) else value
            return ["%s {\n%s\n}\n" % (begin, text.strip("\n"))]
        if isinstance(value, str):
            return ['%s "%s"\n' % (begin, value)]
        if not value or (minbreak and len(value) == 1):
            return ['%s "%s"\n' % (begin, " ".join(value))]
        first, rest = (value[0], value[1:]) if minbreak else ("", value)
        return (['%s "%s \\\n' % (begin, first)] + ["%s%s \\\n" % (blanks, item) for item in rest]
                + ['%s"\n' % blanks])


def edit_metadata(meta_lines, variables, varfunc, match_overrides=False):
    """Walks lines; varfunc(name, value, op, newlines) gives (newvalue, newop, indent, minbreak) for every
    definition of a wanted name. (whether anything changed, the new lines)"""
    patterns = _patterns(variables, match_overrides)
    out, found, changed, skip_blank = [], None, False, False
    for line in meta_lines:
        first = found is None
        if first:
            for matcher, function in patterns:
                match = matcher.match(line)
                if match:
                    found = _Found(match, function)
                    break
            if found is None:
                if line.strip() or not skip_blank:
                    out.append(line)
                skip_blank = False
                continue
            skip_blank = False
        if found.take(line, first):
            before = list(out)
            new = found.written(varfunc(found.name, found.value(), found.op, out))
            changed = changed or new != found.lines or out != before
            out += new
            # Where a definition goes, one of the blank lines around it goes too.
            skip_blank = not new and out and not out[-1].strip()
            found = None
    if found is not None:
        out += found.lines
    return changed, out


def edit_metadata_file(meta_file, variables, varfunc):
    """edit_metadata() on a file; whether it changed."""
    with open(meta_file) as file:
        changed, lines = edit_metadata(file, variables, varfunc)
    if changed:
        with open(meta_file, "w") as file:
            file.writelines(lines)
    return changed


def _plain(path, lines):
    """A layer's path as it can be compared: ~ and ${TOPDIR} filled in, no slash at the end."""
    topdir = os.path.dirname(os.path.dirname(lines))
    path = path.replace("${TOPDIR}", topdir)
    return os.path.abspath(os.path.expanduser(path)).rstrip("/") or "/"


def _matches(path, pattern):
    return fnmatch.fnmatch(path, pattern) or (not os.path.isabs(pattern) and fnmatch.fnmatch(os.path.basename(path), pattern))


def edit_bblayers_conf(bblayers_conf, add, remove, edit_cb=None):
    """Adds and removes entries of BBLAYERS; (those there already, those that were not there)."""
    as_list = lambda value: [] if not value else ([value] if isinstance(value, str) else list(value))  # noqa: E731
    wanted, gone = ([path.rstrip("/") or path for path in as_list(value)] for value in (add, remove))
    conf = os.path.abspath(bblayers_conf)
    notadded, removed_any = [], set()
    with open(bblayers_conf) as file:
        lines = file.readlines()
    present, operators = [], []
    edit_metadata(lines, ["BBLAYERS"], lambda name, value, op, new: (
        operators.append(op), present.extend(value.split()), (value, op, 2, False))[2])
    if not operators:
        raise Exception("Unable to find BBLAYERS in %s" % bblayers_conf)
    # Who writes one entry a line goes on to get one entry a line.
    line_each = operators.count("+=") > 1
    known = {_plain(path, conf) for path in present}
    pending = []
    for path in wanted:
        (notadded if _plain(path, conf) in known else pending).append(path)

    def change(name, value, op, newlines):
        items = []
        for item in value.split():
            matching = [pattern for pattern in gone
                        if _matches(_plain(item, conf), pattern if not os.path.isabs(os.path.expanduser(pattern)) else _plain(pattern, conf))]
            removed_any.update(matching)
            if matching:
                continue
            item = edit_cb(item, _plain(item, conf)) if edit_cb else item
            if item:
                items.append(item)
        while pending and not line_each:
            items.append(pending.pop(0))
        if op == "+=" and not items and value.split():
            return None, op, 2, False
        return value if items == value.split() else items, op, 2, False

    changed, lines = edit_metadata(lines, ["BBLAYERS"], change)
    for path in pending:
        lines.append('BBLAYERS += "%s"\n' % path)
        changed = True
    if changed:
        with open(bblayers_conf, "w") as file:
            file.writelines(lines)
    return notadded, [pattern for pattern in gone if pattern not in removed_any]
