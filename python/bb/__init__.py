# SPDX-License-Identifier: Apache-2.0
"""The bb package that metadata imports: hitz's own, with BitBake's names and behaviour."""

import builtins
import collections
import logging
import os

try:
    import _hitz
except ModuleNotFoundError:
    # A Python of somebody else's: BitBake's scripts import bb from beside the bitbake on PATH.
    import importlib.util as _util
    _spec = _util.spec_from_file_location("_hitz_outside", os.path.join(os.path.dirname(__path__[0]), "hitz", "outside.py"))
    _outside = _util.module_from_spec(_spec)
    _spec.loader.exec_module(_outside)
    _outside.begin_again()
    raise  # not reached: the program has begun again

__version__ = "2.18.0"


class BBHandledException(Exception):
    """Raised where the user has been told already: nothing more is printed."""


PLAIN, WARNONCE, ERRORONCE, VERBNOTE = logging.INFO + 1, 29, 39, logging.INFO + 2
DEBUG2, DEBUG3 = 9, 8
for _level, _name in ((PLAIN, "PLAIN"), (WARNONCE, "WARNING"), (ERRORONCE, "ERROR"), (VERBNOTE, "VERBNOTE")):
    logging.addLevelName(_level, _name)


class _Forward(logging.Handler):
    """Hands every record of the BitBake loggers to hitz."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        # An error after which the log shall be shown all the same goes by a level of its own.
        forced = record.levelno == logging.ERROR and getattr(record, "forcelog", False)
        _hitz.log(record.levelno + 1 if forced else record.levelno, text)


class BBLogger(logging.getLoggerClass()):
    """A logger with BitBake's extra levels."""

    def isEnabledFor(self, level):
        """Also whether anybody would see it: what nobody sees is not worth a record."""
        if not super().isEnabledFor(level):
            return False
        return level > logging.DEBUG or _hitz.hears(level) or self._has_other_handlers()

    def _has_other_handlers(self):
        at = self
        while at is not None:
            if any(not isinstance(handler, _Forward) for handler in at.handlers):
                return True
            at = at.parent if at.propagate else None
        return False

    def plain(self, msg, *args, **kwargs):
        self.log(PLAIN, msg, *args, **kwargs)

    def verbnote(self, msg, *args, **kwargs):
        self.log(VERBNOTE, msg, *args, **kwargs)

    def warnonce(self, msg, *args, **kwargs):
        self.log(WARNONCE, msg, *args, **kwargs)

    def erroronce(self, msg, *args, **kwargs):
        self.log(ERRORONCE, msg, *args, **kwargs)

    def bbdebug(self, level, msg, *args, **kwargs):
        self.log(logging.DEBUG - level + 1, msg, *args, **kwargs)

    def debug2(self, msg, *args, **kwargs):
        self.log(DEBUG2, msg, *args, **kwargs)

    def debug3(self, msg, *args, **kwargs):
        self.log(DEBUG3, msg, *args, **kwargs)


logging.setLoggerClass(BBLogger)
logger = logging.getLogger("BitBake")
logger.setLevel(logging.DEBUG - 2)
logger.addHandler(_Forward())
mainlogger = logging.getLogger("BitBake.Main")
parselogger = logging.getLogger("BitBake.Parsing")


def debug(lvl, *args):
    """Logs at debug level lvl (1 is the least detailed)."""
    if isinstance(lvl, str):
        mainlogger.warning("Passed invalid debug level '%s' to bb.debug", lvl)
        args = (lvl,) + args
        lvl = 1
    if mainlogger.isEnabledFor(logging.DEBUG - lvl + 1):
        mainlogger.bbdebug(lvl, "".join(str(a) for a in args))


def plain(*args):
    """A line without a prefix."""
    mainlogger.plain("".join(str(a) for a in args))


def note(*args):
    mainlogger.info("".join(str(a) for a in args))


def verbnote(*args):
    mainlogger.verbnote("".join(str(a) for a in args))


def warn(*args):
    mainlogger.warning("".join(str(a) for a in args))


def warnonce(*args):
    mainlogger.warnonce("".join(str(a) for a in args))


def error(*args, **kwargs):
    mainlogger.error("".join(str(a) for a in args), extra=kwargs)


def erroronce(*args):
    mainlogger.erroronce("".join(str(a) for a in args))


def fatal(*args, **kwargs):
    """Logs an error and ends whatever asked for it."""
    mainlogger.critical("".join(str(a) for a in args), extra=kwargs)
    raise BBHandledException()


TaskData = collections.namedtuple("TaskData", "pn taskname fn deps provides taskhash unihash hashfn taskhash_deps")

builtins.bb = __import__(__name__)
builtins.os = os

from bb import process, utils, data_smart, data, filter, codeparser, parse, event, build, progress, msg, fetch2, siggen  # noqa: E402,F401

import sys as _sys  # noqa: E402

import importlib as _importlib  # noqa: E402

fetch = fetch2
_sys.modules["bb.fetch"] = fetch2


class _Multiprocessing:
    """The module multiprocessing, whose processes are forked whatever this Python's default is."""

    def __getattr__(self, name):
        module = _importlib.import_module("multiprocessing")
        context = module.get_context("fork")
        return getattr(context if hasattr(context, name) else module, name)


def __getattr__(name):
    """Modules that few recipes name are imported when one does."""
    if name == "multiprocessing":
        return _Multiprocessing()
    if not name.startswith("_"):
        try:
            return _importlib.import_module("bb." + name)
        except ModuleNotFoundError as missing:
            if missing.name != "bb." + name:
                raise
    raise AttributeError("module 'bb' has no attribute '%s'" % name)
