# SPDX-License-Identifier: Apache-2.0
"""Functions on datastores."""

import sys

import _hitz
from bb import data_smart


def init():
    return data_smart.DataSmart()


def createCopy(source):
    return source.createCopy()


def expand(s, d, varname=None):
    return d.expand(s, varname)


def expandKeys(alterdata, readdata=None):
    alterdata._expand_keys()


def inherits_class(klass, d):
    """Whether a class has been inherited by this recipe."""
    needle = "/%s.bbclass" % klass
    return any(str(item).endswith(needle) for item in d.getVar("__inherit_cache", False) or [])


def emit_func(func, o=sys.__stdout__, d=None):
    """Writes a shell function with all it needs as a script."""
    o.write(_hitz.emit_func(func, init() if d is None else d))
