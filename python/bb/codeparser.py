# SPDX-License-Identifier: Apache-2.0
"""What Python and shell code refers to, found without running it."""

import ast
import functools

import _hitz

modulecode_deps = {}

_REFERENCE = (".getVar", ".appendVar", ".prependVar", "oe.utils.conditional")
_FLAG_REFERENCE = (".getVarFlag", ".appendVarFlag", ".prependVarFlag")
_CONTAINS = ("bb.utils.contains", "base_contains")
_CONTAINS_ANY = ("bb.utils.contains_any", "bb.utils.filter")
_EXEC = ("bb.build.exec_func", "bb.build.exec_task")


def _name_of(node):
    """a.b.c for a chain of names; None for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def _literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class PythonParser:
    """Collects references, execs and contains of Python code."""

    def __init__(self, name=None, log=None):
        self.name = name
        self.references, self.execs, self.contains = set(), set(), {}

    def _expand_literal(self, text):
        import bb.data
        _, references, execs, contains = bb.data.init()._trace_text(text, self.name)
        self.references |= references
        self.execs |= execs
        for name, items in contains.items():
            self.contains.setdefault(name, set()).update(items)

    def visit_Call(self, node):
        name = _name_of(node.func)
        if not name:
            return
        if name.endswith(_REFERENCE[:3]) or name.endswith(_REFERENCE[3]) or name in _CONTAINS + _CONTAINS_ANY:
            self._visit_variable(name, node)
        elif name.endswith(_FLAG_REFERENCE):
            if len(node.args) > 1 and None not in (_literal(node.args[0]), _literal(node.args[1])):
                self.references.add("%s[%s]" % (node.args[0].value, node.args[1].value))
        elif name.endswith(".expand"):
            if node.args and _literal(node.args[0]) is not None:
                self._expand_literal(node.args[0].value)
        elif name in _EXEC:
            if node.args and _literal(node.args[0]) is not None:
                self.execs.add(node.args[0].value)
        else:
            self.execs.add(name)

    def _visit_variable(self, name, node):
        variable = _literal(node.args[0])
        if variable is None:
            return
        if name in _CONTAINS + _CONTAINS_ANY and len(node.args) > 1 and _literal(node.args[1]) is not None:
            item = node.args[1].value
            self.contains.setdefault(variable, set()).update([item] if name in _CONTAINS else item.split())
        else:
            self.references.add(variable)

    def parse_python(self, code, lineno=0, filename="<string>"):
        if not code or not code.strip():
            return
        text = code
        if text[0] in " \t\n":
            first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), text)
            if first[:1] in " \t":
                text = "if 1:\n%s" % text
        for node in ast.walk(ast.parse(text, filename)):
            if isinstance(node, ast.Call):
                self.visit_Call(node)


@functools.lru_cache(maxsize=None)
def scan(code):
    """(references, execs, contains) of Python code."""
    parser = PythonParser()
    parser.parse_python(code if code[:1] in " \t\n" and "\n" in code else code.strip())
    return parser.references, parser.execs, parser.contains


class ShellParser:
    """Collects the commands that shell code runs."""

    def __init__(self, name=None, log=None):
        self.name = name
        self.execs = set()
        self.allexecs = set()

    def parse_shell(self, value):
        self.execs = set(_hitz.scan_shell(value))
        return self.execs
