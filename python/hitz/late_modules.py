# SPDX-License-Identifier: Apache-2.0
"""Modules of a layer's library that are imported when something asks for them.

BitBake imports all that BBIMPORTS names before it reads the first recipe; a few of them bring along most of what there
is to import, and few commands and tasks need these. Such a module comes late when all that importing it does is to
define things. An earlier run, which imported it at once, has found that out; it holds while the files are what they
were."""

import contextlib
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
from hitz.only_defines import is_of_python, only_defines, parsed

_MANY = 10  # modules that one must bring along to come late
_TICK = 50_000_000  # ns; a file changed shortly before may be changed again unseen

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


def come_for(names):
    """Those come that code with these names may use. What cannot be imported the code will tell of."""
    for name in [name for name in _late if name in names or name.rpartition(".")[2] in names]:
        with contextlib.suppress(Exception):
            _come(_late[name])


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
        if not (spec := spec_of(one, made)) or spec.origin != file:
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
    layers = [one for one in new.values() if not is_of_python(one.__name__)]
    files = [(one.__name__, one.__file__, _facts(one.__file__)) for one in layers if getattr(one, "__file__", None)]
    if any(not facts or facts[2] > time.time_ns() - _TICK for _, _, facts in files):
        return
    may = len(files) == len(layers) and not _says_what_calls_mean(module) and not _adds_to_python(new, before)
    _hitz.keep(_subject(module.__name__), json.dumps([may and all(only_defines(parsed(one.__file__), one.__package__, new) for one in layers), files]))


def _says_what_calls_mean(module):
    return any(hasattr(value, "visitorcode") for value in vars(module).values())


def _adds_to_python(new, before):
    """A part of a module of Python's own that was there already is a name of it that others may use."""
    return any("." in name and is_of_python(name) and name.partition(".")[0] in before for name in new)


def _subject(name):
    return "\n".join([name, *sys.path])


def _facts(file):
    try:
        info = os.stat(file)
    except OSError:
        return None
    return [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]


def spec_of(name, made=types.MappingProxyType({})):
    """Where a module is found now; None for one whose package is neither imported nor made."""
    parent = name.rpartition(".")[0]
    package = made.get(parent) or sys.modules.get(parent)
    if parent and not hasattr(package, "__path__"):
        return None
    return importlib.machinery.PathFinder.find_spec(name, package.__path__ if parent else None)
