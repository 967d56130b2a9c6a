# SPDX-License-Identifier: Apache-2.0
"""Imports that forked processes would each do by themselves are done once, before they are forked."""

import contextlib
import dis
import importlib
import sys
import types

import bb.utils
from hitz import late_modules, witness
from hitz.only_defines import imports, is_of_python, only_defines, parsed

_DO_SOMETHING = {"antigravity", "idlelib", "lib2to3", "readline", "rlcompleter", "site", "test", "this", "tkinter", "turtle", "turtledemo"}

_done = set()  # code that was gone through with all that it calls


def import_for(code):
    """Imports what code that forked processes will run uses of the modules that come late, and what it imports of
    Python's own. What cannot be imported they will tell of."""
    for part in _parts(code):
        _import_for(part, _is_plain_part_of_python)


def import_for_all_of(code):
    """For code that many processes will run: what metadata's functions which it may call import as well, also of
    layers' libraries where that only defines things."""
    functions, todo = bb.utils.get_context(), [code]
    while todo:
        for part in _parts(todo.pop()):
            if part in _done:
                continue
            _done.add(part)
            _import_for(part, lambda name: _is_plain_part_of_python(name) or _is_plain_module(name, set()))
            called = (functions.get(name) for name in part.co_names)
            todo += [one.__code__ for one in called if isinstance(one, types.FunctionType)]


def _import_for(part, may_come):
    late_modules.come_for(part.co_names)
    for step in dis.get_instructions(part):
        if step.opname == "IMPORT_NAME" and may_come(step.argval):
            with contextlib.suppress(Exception), witness.quiet():
                importlib.import_module(step.argval)


def _parts(code):
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _parts(one)


def _is_plain_part_of_python(name):
    """Some do something when they are imported."""
    return is_of_python(name) and name not in sys.modules and name.partition(".")[0] not in _DO_SOMETHING


def _is_plain_module(name, looked_at):
    """A layer's, to be imported with others that are not there yet, which is looked at as well."""
    if name in sys.modules or name in looked_at:
        return name in looked_at
    looked_at.add(name)
    spec = None if is_of_python(name) else late_modules.spec_of(name)
    if spec is None or not (spec.origin or "").endswith(".py"):
        return False
    tree = parsed(spec.origin)
    return only_defines(tree, spec.parent, looked_at) and all(
        one in sys.modules or _is_plain_part_of_python(one) or _is_plain_module(one, looked_at)
        for one in imports(tree, spec.parent) if _is_module(one))


def _is_module(name):
    """A name that something is imported from may be a function's."""
    return name in sys.modules or is_of_python(name) or late_modules.spec_of(name) is not None
