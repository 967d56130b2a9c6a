# SPDX-License-Identifier: Apache-2.0
"""What Python and shell code refers to, found without running it."""

import ast
import functools
import hashlib
import inspect
import tokenize
import types

import _hitz

_module_functions = {}  # what has been asked for
_own = {}       # "oe.utils.foo" -> where its source is found when somebody asks
_unread = []    # arguments of add_module_functions that nobody has asked for yet
_added = set()  # (file, namespace) of modules: every configuration of a multiconfig imports them again
_visitors = {}  # of functions that say themselves what a call of them refers to; by when they came

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


def _unindented(code):
    """Code that compiles: an indented body stands in a block of its own."""
    first = len(code) - len(code.lstrip("\n\t "))
    if first == 0 or code[first - 1] == "\n":
        return code
    return "if 1:\n" + code.removeprefix("\n")


class PythonParser:
    """Collects references, execs and contains of Python code."""

    def __init__(self, name=None, log=None):
        self.name = name
        self.references, self.execs, self.contains = set(), set(), {}
        self._known = None  # how many visitors there were; None: all there are

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
        came, visitor = _visitors.get(name, (0, None))
        if visitor and (self._known is None or came < self._known):
            contains, execs, _ = visitor(name, node.args)
            self.contains.update(contains)
            self.execs |= execs
        elif name.endswith(_REFERENCE + _FLAG_REFERENCE) or name in _CONTAINS + _CONTAINS_ANY:
            self._visit_variable(name, node.args)
        elif name.endswith(".expand"):
            if isinstance(node.args[0], ast.Constant):
                self._expand_literal(node.args[0].value)
        elif name in _EXEC:
            if isinstance(node.args[0], ast.Constant):
                self.execs.add(node.args[0].value)
        else:
            self.execs.add(name)

    def _visit_variable(self, name, args):
        """A call whose first argument names a variable. One without arguments in order is an IndexError, as
        in BitBake."""
        if not isinstance(args[0], ast.Constant) or not isinstance(args[0].value, str):
            return
        variable = args[0].value
        if name in _CONTAINS + _CONTAINS_ANY and isinstance(args[1], ast.Constant):
            item = args[1].value
            self.contains.setdefault(variable, set()).update([item] if name in _CONTAINS else item.split())
        elif name.endswith(_FLAG_REFERENCE):
            if isinstance(args[1], ast.Constant):
                self.references.add("%s[%s]" % (variable, args[1].value))
        else:
            self.references.add(variable)

    def parse_python(self, code, lineno=0, filename="<string>"):
        if not code or not code.strip():
            return
        self._visit_tree(ast.parse(_unindented(code), filename))

    def _visit_tree(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self.visit_Call(node)


def add_module_functions(file, functions, namespace):
    """Makes the functions and classes of a module's own file nodes of signatures. Sources are read when somebody
    asks. What gives the functions of a module that has not been imported yet is asked then, too; none of them says
    what a call of it refers to."""
    if (file, namespace) in _added:
        return
    _added.add((file, namespace))
    _unread.append((file, functions, namespace, len(_visitors)))
    if callable(functions):
        return
    for name, function in functions.items():
        visitor = getattr(function, "visitorcode", None)
        if visitor and inspect.getsourcefile(function) == file:
            _visitors["%s.%s" % (namespace, name)] = (len(_visitors), visitor)


def module_function_names():
    """"oe.utils.foo" of the functions and classes of all imported modules."""
    while _unread:
        _find_module_functions(*_unread.pop(0))
    return _own


def module_function(key):
    """(references, execs, contains, digest of its text with its first line, what looks at its calls or None) of a
    function or class of an imported module."""
    found = _module_functions.get(key)
    if found is None:
        found = _module_functions[key] = _read_module_function(key, *module_function_names()[key])
    return found


def module_functions():
    """All of them, by name."""
    return {key: module_function(key) for key in module_function_names()}


def __getattr__(name):
    if name == "modulecode_deps":
        return module_functions()
    raise AttributeError("module 'bb.codeparser' has no attribute %r" % name)


def _source_file(function):
    """The file that a function or class is written in; None of what is built in."""
    if type(function) is types.FunctionType:
        return function.__code__.co_filename
    try:
        return inspect.getsourcefile(function)
    except TypeError:
        return None


def _find_module_functions(file, functions, namespace, known):
    if callable(functions):
        functions = functions()
    for name, function in functions.items():
        if _source_file(function) != file:
            continue
        _own["%s.%s" % (namespace, name)] = (function, file, functions, namespace, known)
        known += "%s.%s" % (namespace, name) in _visitors


def _end_of_block(lines, node):
    """The last line, counted from 1, of what inspect takes for the source of a definition: comments behind it that
    are indented as its body belong to it."""
    body = node.body[0]
    last = node.end_lineno
    if body.lineno == node.lineno:
        return last
    for number, line in enumerate(lines[last:], last + 1):
        text = line.strip()
        if text and (not text.startswith("#") or len(line) - len(line.lstrip()) < body.col_offset):
            break
        if text:
            last = number
    return last


@functools.cache
def _definitions(file):
    """The lines of a module, and by its first line what each definition on its top level is."""
    with open(file, "rb") as source:
        encoding, _ = tokenize.detect_encoding(source.readline)
    with open(file, encoding=encoding) as source:
        text = source.read()
    found = {}
    for node in ast.parse(text, file).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[min([node.lineno] + [one.lineno for one in node.decorator_list])] = node
    return text.splitlines(keepends=True), found


def _source_of(function, file):
    """(text of a function or class, its first line, its syntax tree)."""
    if type(function) is types.FunctionType and not hasattr(function, "__wrapped__"):
        lines, found = _definitions(file)
        first = function.__code__.co_firstlineno
        node = found.get(first)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == function.__code__.co_name:
            return "".join(lines[first - 1:_end_of_block(lines, node)]), first, node
    lines, first = inspect.getsourcelines(function)
    text = "".join(lines)
    return text, first, ast.parse(_unindented(text), file)


def _read_module_function(key, function, file, functions, namespace, known):
    text, first, tree = _source_of(function, file)
    parser = PythonParser(key)
    parser._known = known
    parser._visit_tree(tree)
    references = parser.references | getattr(function, "bb_vardeps", set())
    execs = {"%s.%s" % (namespace, e) if e in functions else e for e in parser.execs}
    digest = hashlib.sha256(("\n" * first + text).encode()).hexdigest()
    return (references - getattr(function, "bb_vardepsexclude", set()), execs, parser.contains, digest,
            getattr(function, "visitorcode", None))


def scan(code):
    """(references, execs, contains) of Python code."""
    parser = PythonParser()
    parser.parse_python(code)
    return parser.references, parser.execs, parser.contains


class ShellSyntaxError(Exception):
    """Shell code that BitBake's grammar does not know."""


class NeedMore(Exception):
    """Shell code that ends too early."""


# What BitBake's grammar calls the tokens that may stand where none of their kind is wanted.
_TOKENS = {";": "COMMA", "(": "LPARENS", ")": "RPARENS", "&": "AMP", "|": "PIPE", "<": "LESS", ">": "GREATER",
           ";;": "DSEMI", "&&": "AND_IF", "||": "OR_IF", "\n": "NEWLINE", "!": "Bang", "{": "Lbrace", "}": "Rbrace"}
_WORDS = ("if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in")


def _shell_error(told):
    """The exception that BitBake has for what the shell scanner tells."""
    first = told.split("\n", 1)[0]
    if "$((" in first:
        return NotImplementedError("$((")
    if first.startswith("a redirection after the body"):
        return NotImplementedError("functions redirections lists are not implemented")
    if first.startswith(("the shell code ends", "a here-document has no end", "a here-document has no body")):
        return NeedMore()
    if first.startswith("a here-document has no name before "):
        return ShellSyntaxError("expecting here-document name, got %s" % first.rpartition("before ")[2])
    token = first.removeprefix("unexpected '").removesuffix("' in shell code")
    if first.startswith("a shell 'for' without 'in'"):
        token = "do"
    kind = token.capitalize() if token in _WORDS else _TOKENS.get(token, "TOKEN")
    return ShellSyntaxError("LexToken(%s,%r,0,0)\n%s" % (kind, token, told))


class ShellParser:
    """Collects the commands that shell code runs."""

    def __init__(self, name=None, log=None):
        self.name = name
        self.execs = set()
        self.allexecs = set()

    def parse_shell(self, value):
        try:
            self.execs = set(_hitz.scan_shell(value))
        except RuntimeError as exc:
            raise _shell_error(str(exc)) from exc
        return self.execs
