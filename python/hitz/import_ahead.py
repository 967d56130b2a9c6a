# SPDX-License-Identifier: Apache-2.0
"""Imports that forked processes would each do by themselves are done once, before they are forked."""

import contextlib
import dis
import importlib
import sys
import types

from hitz import late_modules
from hitz.only_defines import is_of_python

_DO_SOMETHING = {"antigravity", "idlelib", "lib2to3", "readline", "rlcompleter", "site", "test", "this", "tkinter", "turtle", "turtledemo"}


def import_for(code):
    """Imports what code that forked processes will run uses of the modules that come late, and what it imports of
    Python's own. What cannot be imported they will tell of."""
    for part in _parts(code):
        late_modules.come_for(part.co_names)
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
    return is_of_python(name) and name not in sys.modules and name.partition(".")[0] not in _DO_SOMETHING
