# SPDX-License-Identifier: Apache-2.0
"""Functions of os and os.path that tell hitz what they have been asked and what they answered, so that the same can be
asked again before a recipe that depends on it is taken from the cache.

A question is a letter and an absolute path, or a name of the environment (engine/recipe/outside.h):
e exists, f isfile, d isdir, l lexists, k a link's target, r realpath, x access, s stat, S lstat, v variable, V all names, c what time it is."""

import functools
import genericpath
import logging
import os
import posixpath
import time
import types

import _hitz


class quiet:
    """Within it nothing is noted: hitz looks at what it will look at again in another way."""

    def __enter__(self):
        self.before = _hitz.set_quiet(True)

    def __exit__(self, *_):
        _hitz.set_quiet(self.before)


def _place(path):
    """The absolute path of an argument; None for a descriptor and for what is no path."""
    try:
        path = os.fsdecode(path)
    except TypeError:
        return None
    if not path:
        return None
    return path if path.startswith("/") else os.getcwd() + "/" + path


def _told(value):
    """An answer as text: the empty one is "no"."""
    return "1" if value is True else value or ""


def _facts(info):
    return "%o %d %d" % (info.st_mode, info.st_size, info.st_mtime_ns)


def _witnessed(function, letter, told=_told):
    """The function of a path, noting what it answers; one that raises OSError answers "no"."""
    @functools.wraps(function)
    def witnessed(path, *args, **kwargs):
        if not _hitz.is_watched():
            return function(path, *args, **kwargs)
        answer = ""
        _hitz.set_quiet(True)  # functions ask others; only the outermost question counts
        try:
            out = function(path, *args, **kwargs)
            answer = told(out)
            return out
        finally:
            _hitz.set_quiet(False)
            if kwargs.get("dir_fd") is not None:
                _hitz.note_unknown()
            elif (place := _place(path)) is not None:
                _hitz.note_answer((letter(args, kwargs) if callable(letter) else letter) + place, answer)
    for group in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if function in group:
            group.add(witnessed)
    return witnessed


def _natively(function, native, letter, told=_told):
    """The function of a path where hitz has one of its own for paths that are no more than a str."""
    witnessed = _witnessed(function, letter, told)

    @functools.wraps(function)
    def asked(path, *args, **kwargs):
        answer = NotImplemented if args or kwargs else native(path)
        return witnessed(path, *args, **kwargs) if answer is NotImplemented else answer
    return asked


def _unnamed(function):
    """A function whose answer is another one each time."""
    @functools.wraps(function)
    def witnessed(*args, **kwargs):
        _hitz.note_unknown()
        return function(*args, **kwargs)
    return witnessed


def _stat_letter(args, kwargs):
    return "s" if kwargs.get("follow_symlinks", True) else "S"


def _access_letter(args, kwargs):
    if set(kwargs) - {"mode"}:
        _hitz.note_unknown()
    return "x%d" % (args[0] if args else kwargs["mode"])


def _watch_islink():
    """A link's answer is where it leads to: os.readlink asks the same question."""
    islink, readlink = posixpath.islink, os.readlink

    @functools.wraps(islink)
    def witnessed(path):
        if _hitz.is_watched():
            try:
                os.readlink(path)
            except (OSError, ValueError, TypeError):
                pass
        with quiet():
            return islink(path)
    os.readlink = _witnessed(readlink, "k", os.fsdecode)
    posixpath.islink = witnessed


def _watch_environment():
    kind = type(os.environ)
    get, names = kind.__getitem__, kind.__iter__

    def witnessed_get(self, key):
        if not _hitz.is_watched():
            return get(self, key)
        try:
            out = get(self, key)
        except KeyError:
            _hitz.note_answer("v" + os.fsdecode(key), "")
            raise
        _hitz.note_answer("v" + os.fsdecode(key), "=" + os.fsdecode(out))
        return out

    def witnessed_names(self):
        if _hitz.is_watched():
            _hitz.note_answer("V", "\n".join(sorted(os.fsdecode(name) for name in names(self))))
        return names(self)
    kind.__getitem__, kind.__iter__ = witnessed_get, witnessed_names


def _clocked(function, least):
    """A function of time that says what time it is when it gets fewer arguments than so many, or None as the last."""
    @functools.wraps(function)
    def witnessed(*args):
        if (len(args) < least or not least or args[-1] is None) and _hitz.is_watched():
            _hitz.note_answer("c", "")
        return function(*args)
    return witnessed


def _watch_clock():
    own = types.ModuleType("time")
    vars(own).update(vars(time))
    logging.time = own  # a line's time is nobody's business
    for name, least in (("time", 0), ("time_ns", 0), ("gmtime", 1), ("localtime", 1), ("ctime", 1), ("asctime", 1),
                        ("strftime", 2)):
        setattr(time, name, _clocked(getattr(time, name), least))


# Of a program: how it was started, the folder, how many variables its environment has, these, and the words of its command,
# or the one text of a shell's. It says its exit status, its output and its errors.
_BETWEEN = "\x1f"
_TELLABLE = {"cwd", "shell", "env"}


def ask_program(command, options):
    """The question that a program answers which is about to be run with nothing on its standard input and Popen's options;
    None where nobody notes it, or where it could not be asked again."""
    if not _hitz.is_watched() or set(options) - _TELLABLE:
        return None
    shell = bool(options.get("shell"))
    if isinstance(command, str) != shell:
        return None
    environment = options.get("env")
    if environment is None:
        environment = {os.fsdecode(name): os.fsdecode(value) for name, value in os.environ._data.items()}
    variables = ["%s=%s" % entry for entry in environment.items()]
    parts = ["shell" if shell else "words", os.path.abspath(os.fsdecode(options.get("cwd") or ".")), str(len(variables))]
    parts += variables + ([command] if shell else list(map(os.fsdecode, command)))
    question = _BETWEEN.join(parts)
    if question.count(_BETWEEN) != len(parts) - 1 or "\0" in question:
        return None
    try:
        question.encode()
    except UnicodeEncodeError:
        return None
    _hitz.note_program(question, None)
    return question


def program_told(question, status, output, errors):
    """What the program of a question said."""
    if question is None:
        return
    try:
        _hitz.note_program(question, _BETWEEN.join([str(status), output.decode(), errors.decode()]))
    except (AttributeError, UnicodeDecodeError):
        pass  # it stays unanswered


def install():
    """Puts the functions in place, once per process."""
    if hasattr(os.stat, "__wrapped__"):
        return
    _watch_islink()
    for name, letter in (("exists", "e"), ("isfile", "f"), ("isdir", "d")):
        witnessed = _natively(getattr(genericpath, name), getattr(_hitz, name), letter)
        setattr(genericpath, name, witnessed)
        setattr(posixpath, name, witnessed)
    posixpath.lexists = _witnessed(posixpath.lexists, "l")
    posixpath.realpath = _natively(posixpath.realpath, _hitz.realpath, "r", os.fsdecode)
    os.stat = _witnessed(os.stat, _stat_letter, _facts)
    os.lstat = _witnessed(os.lstat, "S", _facts)
    os.access = _witnessed(os.access, _access_letter)
    os.statvfs = _unnamed(os.statvfs)
    _watch_environment()
    _watch_clock()
