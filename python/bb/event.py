# SPDX-License-Identifier: Apache-2.0
"""Events that metadata's handlers see; classes carry BitBake's names and fields."""

import _hitz  # noqa: F401
import bb

_handlers = {}


class Event:
    def __init__(self):
        self.pid = 0


class OperationStarted(Event):
    def __init__(self, msg="Operation Started"):
        super().__init__()
        self.msg = msg


class ConfigParsed(Event):
    """The configuration has been parsed."""


class MultiConfigParsed(Event):
    def __init__(self, mcdata):
        self.mcdata = mcdata
        super().__init__()


class RecipeEvent(Event):
    def __init__(self, fn=None):
        self.fn = fn
        super().__init__()


class RecipePreFinalise(RecipeEvent):
    """A recipe's files are evaluated, its keys not yet expanded."""


class RecipePostKeyExpansion(RecipeEvent):
    """A recipe's keys are expanded."""


class RecipePreDeferredInherits(RecipeEvent):
    def __init__(self, fn=None, inherits=None):
        super().__init__(fn)
        self.inherits = inherits


class RecipeTaskPreProcess(RecipeEvent):
    def __init__(self, fn=None, tasklist=None):
        super().__init__(fn)
        self.tasklist = tasklist


class RecipeParsed(RecipeEvent):
    """A recipe is finished."""


class BuildBase(Event):
    def __init__(self, n=None, p=None, failures=0):
        self._name, self._pkgs, self._failures = n, p or [], failures
        super().__init__()

    def getPkgs(self):
        return self._pkgs

    def getName(self):
        return self._name

    def getFailures(self):
        return self._failures

    name = property(getName)


class BuildInit(BuildBase):
    pass


class BuildStarted(BuildBase):
    pass


class BuildCompleted(BuildBase):
    def __init__(self, total=0, n=None, p=None, failures=0, interrupted=0):
        self.total, self._interrupted = total, interrupted
        super().__init__(n, p, failures)


class ParseStarted(Event):
    def __init__(self, total=0):
        super().__init__()
        self.total = total


class ParseCompleted(Event):
    def __init__(self, cached=0, parsed=0, skipped=0, masked=0, virtuals=0, errors=0, total=0):
        super().__init__()
        self.cached, self.parsed, self.skipped, self.masked = cached, parsed, skipped, masked
        self.virtuals, self.errors, self.total = virtuals, errors, total


class MetadataEvent(Event):
    def __init__(self, eventtype, eventdata):
        super().__init__()
        self.type, self._localdata = eventtype, eventdata


class SanityCheck(Event):
    def __init__(self, generateevents=True):
        super().__init__()
        self.generateevents = generateevents


class HeartbeatEvent(Event):
    def __init__(self, time=0):
        super().__init__()
        self.time = time


def getName(e):
    """The class name of an event."""
    return e.__name__ if getattr(e, "__name__", None) else e.__class__.__name__


def _register(name, function, mask):
    _handlers[name] = (function, frozenset(mask) - {"*"} if "*" not in mask else frozenset())


def register(name, handler, mask=None, **_ignored):
    """Adds a handler that is a Python function of one argument."""
    _register(name, lambda e, d: handler(e), mask or [])


def remove(name, handler=None):
    _handlers.pop(name, None)


def get_class_handlers():
    return dict(_handlers)


def set_class_handlers(table):
    _handlers.clear()
    _handlers.update(table)


def _class_of(path):
    module, _, name = path.rpartition(".")
    found = __import__(module, fromlist=[name])
    return getattr(found, name)


def _wanted(event):
    path = "%s.%s" % (type(event).__module__, type(event).__name__)
    return [function for function, mask in list(_handlers.values()) if not mask or path in mask]


def fire(event, d):
    """Runs the handlers that want the event; e.data is d while they run."""
    functions = _wanted(event)
    if not functions:
        return
    event.data = d
    try:
        for function in functions:
            function(event, d)
    finally:
        del event.data


def _fire(path, arguments, d):
    """fire() of an event that the engine names by its class; cheap when nobody listens."""
    if not _handlers or not any(not mask or path in mask for _, mask in _handlers.values()):
        return
    fire(_class_of(path)(*arguments), d)


def check_for_interrupts(*_args):
    """hitz's tasks are ended by signals; there is nothing to poll."""


def enable_threadlock():
    """Kept for callers of BitBake's older interface."""


def disable_threadlock():
    """Kept for callers of BitBake's older interface."""


_uiready = True
bb_event = bb
