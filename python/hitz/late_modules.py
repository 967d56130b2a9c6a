# SPDX-License-Identifier: Apache-2.0
"""Modules of a layer's library that are imported when something asks for them.

BitBake imports all that BBIMPORTS names before it reads the first recipe; a few of them bring along most of what there
is to import, and few commands and tasks need these. Such a module comes late when all that importing it does is to
define things. An earlier run, which imported it at once, has found that out; it holds while the files are what they
were."""

import ast
import contextlib
import dis
import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import threading
import time
import types

import _hitz
from hitz import witness

_MANY = 10  # modules that one must bring along to come late
_TICK = 50_000_000  # ns; a file changed shortly before may be changed again unseen
# What a process has of its own: said when a module is imported, it may be another when it comes late.
_OF_THE_PROCESS = {"environ", "getenv", "getcwd", "getpid", "argv", "open", "exec", "eval", "globals", "setattr", "modules"}
_DO_SOMETHING = {"antigravity", "idlelib", "lib2to3", "readline", "rlcompleter", "site", "test", "this", "tkinter", "turtle", "turtledemo"}

_late = {}  # name: module, of all that have not come yet
_loading = set()
_lock = threading.RLock()


class LateModule(types.ModuleType):
    """Imported as soon as it is asked for a name, or given one."""

    def __getattr__(self, name):
        _come(self)
        return types.ModuleType.__getattribute__(self, name)

    def __setattr__(self, name, value):
        _come(self)
        types.ModuleType.__setattr__(self, name, value)

    def __delattr__(self, name):
        _come(self)
        types.ModuleType.__delattr__(self, name)

    def __dir__(self):
        _come(self)
        return types.ModuleType.__dir__(self)


def _come(module):
    name = module.__name__
    with _lock:
        if name in _loading or name not in _late:
            return
        _loading.add(name)
        try:
            with witness.quiet():
                module.__spec__.loader.exec_module(module)
            del _late[name]
            types.ModuleType.__setattr__(module, "__class__", types.ModuleType)
        finally:
            _loading.discard(name)


def import_for(code):
    """Imports what code that forked processes will run uses of the modules that come late, and what it imports of
    Python's own: they need not do that each by itself then. What cannot be imported they will tell of."""
    for part in _parts(code):
        for name in [name for name in _late if name in part.co_names or name.rpartition(".")[2] in part.co_names]:
            with contextlib.suppress(Exception):
                _come(_late[name])
        for step in dis.get_instructions(part):
            if step.opname == "IMPORT_NAME" and _is_plain_part_of_python(step.argval):
                with contextlib.suppress(Exception):
                    importlib.import_module(step.argval)


def _parts(code):
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _parts(one)


def _is_plain_part_of_python(name):
    """Some do something when they are imported."""
    return _is_of_python(name) and name not in sys.modules and name.partition(".")[0] not in _DO_SOMETHING


def late(name):
    """A module that will come late; None when it must be imported now."""
    if name in _late:
        return _late[name]
    may, files = _known(name)
    if name in sys.modules or not may:
        return None
    made = {}
    for one, file, _ in files:
        if one in sys.modules:
            continue
        if not (spec := _spec_of(one, made)) or spec.origin != file:
            return None
        if "." in one:
            made[one] = importlib.util.module_from_spec(spec)
    for one, module in made.items():
        parent, _, last = one.rpartition(".")
        _late[one] = sys.modules[one] = module
        vars(made.get(parent) or sys.modules[parent])[last] = module
        module.__class__ = LateModule
    return made.get(name)


def _known(name):
    """Whether a module may come late, and the files that come with it; (None, []) when that is not known of them as
    they are."""
    kept = _hitz.kept(_subject(name))
    may, files = json.loads(kept) if kept else (None, [])
    if any(_facts(file) != facts for _, file, facts in files):
        return None, []
    return may, files


def came(module, before):
    """A module has been imported; before: the names of all that were there already. Finds out whether it may come late
    the next time."""
    new = {name: sys.modules[name] for name in sorted(sys.modules) if name not in before}
    if len(new) < _MANY or _known(module.__name__)[0] is not None:
        return
    layers = [one for one in new.values() if not _is_of_python(one.__name__)]
    files = [(one.__name__, one.__file__, _facts(one.__file__)) for one in layers if getattr(one, "__file__", None)]
    if any(not facts or facts[2] > time.time_ns() - _TICK for _, _, facts in files):
        return
    may = len(files) == len(layers) and not _says_what_calls_mean(module) and not _adds_to_python(new, before)
    _hitz.keep(_subject(module.__name__), json.dumps([may and all(_only_defines(one, new) for one in layers), files]))


def _says_what_calls_mean(module):
    return any(hasattr(value, "visitorcode") for value in vars(module).values())


def _adds_to_python(new, before):
    """A part of a module of Python's own that was there already is a name of it that others may use."""
    return any("." in name and _is_of_python(name) and name.partition(".")[0] in before for name in new)


def _subject(name):
    return "\n".join([name, *sys.path])


def _facts(file):
    try:
        info = os.stat(file)
    except OSError:
        return None
    return [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]


def _spec_of(name, made):
    """Where a module is found now; None for one whose package is not there."""
    parent = name.rpartition(".")[0]
    package = made.get(parent) or sys.modules.get(parent)
    if parent and not hasattr(package, "__path__"):
        return None
    return importlib.machinery.PathFinder.find_spec(name, package.__path__ if parent else None)


def _is_of_python(name):
    return name.partition(".")[0] in sys.stdlib_module_names


# ---- whether importing a file does nothing but define things

def _only_defines(module, new):
    try:
        with open(module.__file__, encoding="utf-8") as text:
            tree = ast.parse(text.read())
    except (OSError, ValueError, SyntaxError):
        return False
    return _all_plain(tree.body, _strangers(tree, module.__package__, new))


def _strangers(tree, package, new):
    """Names that a file has from modules which are neither Python's own nor come with it: to call one may do anything."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {a.asname or a.name.partition(".")[0] for a in node.names if not _is_of_python(a.name)}
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            if not _is_of_python(source) and source not in new:
                out |= {a.asname or a.name for a in node.names}
    return out


def _all_plain(body, strangers):
    return all(_is_plain(node, strangers) for node in body)


def _is_plain(node, strangers):
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        parts = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        return all(_is_harmless(one, strangers) for one in parts)
    if isinstance(node, ast.ClassDef):
        parts = [*node.decorator_list, *node.bases, *(one.value for one in node.keywords)]
        return all(_is_harmless(one, strangers) for one in parts) and _all_plain(node.body, strangers)
    if isinstance(node, ast.Assign):
        return all(_is_own(one) for one in node.targets) and _is_harmless(node.value, strangers)
    if isinstance(node, ast.AnnAssign):
        return _is_own(node.target) and (node.value is None or _is_harmless(node.value, strangers))
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return _is_harmless(node.test, strangers) and _all_plain(node.body + node.orelse, strangers)
    if isinstance(node, ast.Try):
        rest = [statement for handler in node.handlers for statement in handler.body]
        return _all_plain(node.body + rest + node.orelse + node.finalbody, strangers)
    return False


def _is_own(target):
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(_is_own(one) for one in target.elts)
    return isinstance(target, ast.Name)


def _is_harmless(expression, strangers):
    for node in _evaluated(expression):
        if isinstance(node, ast.Name) and node.id in _OF_THE_PROCESS:
            return False
        if isinstance(node, ast.Attribute) and node.attr in _OF_THE_PROCESS:
            return False
        if isinstance(node, ast.Call) and _root_of(node.func) in strangers:
            return False
    return True


def _evaluated(node):
    """The parts of an expression, but for those that wait for a call."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(node, ast.Lambda) or part is not node.body:
            yield from _evaluated(part)


def _root_of(node):
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
