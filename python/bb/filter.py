# SPDX-License-Identifier: Apache-2.0
"""Filters of variables: pure expressions over val."""

import builtins
import functools

_SAFE = ("all any bin bool chr enumerate float format hex int len map max min oct ord pow str sum sorted range list set").split()
_functions = {name: getattr(builtins, name) for name in _SAFE if hasattr(builtins, name)}


def filter_proc(*, name=None):
    """Registers a function for use in filter expressions; dots in its name make a namespace."""
    def register(func):
        target = _functions
        *spaces, last = (name or func.__name__).split(".")
        for space in spaces:
            target = target.setdefault(space, _Namespace()).__dict__
        target[last] = func
        return func
    return register


class _Namespace:
    pass


@filter_proc()
def suffix(val, suffix):
    return " ".join(word + suffix for word in val.split())


@filter_proc()
def prefix(val, prefix):
    return " ".join(prefix + word for word in val.split())


@filter_proc()
def sort(val):
    return " ".join(sorted(val.split()))


@filter_proc()
def remove(val, remove, sep=None):
    removes = set(remove.split(sep) if isinstance(remove, str) else remove)
    return (sep or " ").join(word for word in val.split(sep) if word not in removes)


@functools.lru_cache(maxsize=None)
def _compiled(expression):
    return compile(expression.strip(), "<filter>", "eval")


@functools.lru_cache(maxsize=None)
def _apply(val, expression):
    return eval(_compiled(expression), {"__builtins__": {}, **_functions}, {"val": val})


def apply_filters(val, expressions):
    """The value after each filter in turn."""
    for expression in expressions:
        if expression.strip():
            val = _apply(val, expression)
    return val
