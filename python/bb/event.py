# SPDX-License-Identifier: Apache-2.0
"""Events that metadata's handlers see; classes carry BitBake's names and fields."""

import errno
import logging

import _hitz
import bb

logger = logging.getLogger("BitBake.Event")

Registered = 10
AlreadyRegistered = 14
worker_pid = 0

# name -> (function(e, d), the dotted classes it wants; none for all)
_handlers = {}


class Event:
    """Anything that happened; pid is the process that says so, 0 for hitz itself."""

    def __init__(self):
        self.pid = worker_pid


class HeartbeatEvent(Event):
    """Fired at intervals while a handler waits for it."""

    def __init__(self, time=0):
        super().__init__()
        self.time = time


class OperationStarted(Event):
    """Something long begins."""

    def __init__(self, msg="Operation Started"):
        super().__init__()
        self.msg = msg


class OperationCompleted(Event):
    """Something long has ended."""

    def __init__(self, total, msg="Operation Completed"):
        super().__init__()
        self.total, self.msg = total, msg


class OperationProgress(Event):
    """Something long has come so far."""

    def __init__(self, current, total, msg="Operation in Progress"):
        super().__init__()
        self.current, self.total = current, total
        self.msg = "%s: %s/%s" % (msg, current, total)


class ConfigParsed(Event):
    """The configuration has been parsed."""


class MultiConfigParsed(Event):
    """All configurations of a multiconfig have been parsed: mcdata by their names."""

    def __init__(self, mcdata):
        super().__init__()
        self.mcdata = mcdata


class RecipeEvent(Event):
    """Something about one recipe file."""

    def __init__(self, fn=None):
        super().__init__()
        self.fn = fn


class RecipePreDeferredInherits(RecipeEvent):
    """Classes of inherit_defer are about to be inherited."""

    def __init__(self, fn=None, inherits=None):
        super().__init__(fn)
        self.inherits = inherits


class RecipePreFinalise(RecipeEvent):
    """A recipe's files are evaluated, its keys not yet expanded."""


class RecipePostKeyExpansion(RecipeEvent):
    """A recipe's keys are expanded."""


class RecipeTaskPreProcess(RecipeEvent):
    """A recipe's anonymous functions have run, its tasks are not yet worked out."""

    def __init__(self, fn=None, tasklist=None):
        super().__init__(fn)
        self.tasklist = tasklist


class RecipeParsed(RecipeEvent):
    """A recipe is finished."""


class BuildBase(Event):
    """Something about a whole build: its name, its targets, how many tasks failed."""

    def __init__(self, n=None, p=None, failures=0):
        Event.__init__(self)
        self._name, self._pkgs, self._failures = n, p or [], failures

    def getPkgs(self):
        return self._pkgs

    def setPkgs(self, pkgs):
        self._pkgs = pkgs

    def getName(self):
        return self._name

    def setName(self, name):
        self._name = name

    def getFailures(self):
        return self._failures

    pkgs = property(getPkgs, setPkgs)
    name = property(getName, setName)


class BuildInit(BuildBase):
    """What will be built is known."""

    def __init__(self, p=None):
        super().__init__(None, p)


class BuildStarted(BuildBase, OperationStarted):
    """A build begins."""

    def __init__(self, n=None, p=None, failures=0):
        BuildBase.__init__(self, n, p, failures)
        self.msg = "Building Started"


class BuildCompleted(BuildBase, OperationCompleted):
    """A build has ended."""

    def __init__(self, total=0, n=None, p=None, failures=0, interrupted=0):
        BuildBase.__init__(self, n, p, failures)
        self.total, self._interrupted = total, interrupted
        self.msg = "Building Failed" if failures else "Building Succeeded"


class DiskFull(Event):
    """A file system has less left than the configuration allows."""

    def __init__(self, dev, type, freespace, mountpoint):
        super().__init__()
        self._dev, self._type, self._free, self._mountpoint = dev, type, freespace, mountpoint


class DiskUsageSample:
    """How full a file system is."""

    def __init__(self, available_bytes, free_bytes, total_bytes):
        self.available_bytes, self.free_bytes, self.total_bytes = available_bytes, free_bytes, total_bytes


class MonitorDiskEvent(Event):
    """How full the watched file systems are, by device."""

    def __init__(self, disk_usage):
        super().__init__()
        self.disk_usage = disk_usage


def _reasons(text, reasons):
    return text + "".join("\n" + reason for reason in reasons)


class NoProvider(Event):
    """Nothing provides what is asked for."""

    def __init__(self, item, runtime=False, dependees=None, reasons=None, close_matches=None):
        super().__init__()
        self._item, self._runtime = item, runtime
        self._dependees, self._reasons, self._close_matches = dependees, reasons or [], close_matches or []

    def getItem(self):
        return self._item

    def isRuntime(self):
        return self._runtime

    def __str__(self):
        way = "R" if self._runtime else ""
        if self._dependees:
            verbs = "RDEPENDS on or otherwise requires it" if self._runtime else "DEPENDS on or otherwise requires it"
            text = "Nothing %sPROVIDES '%s' (but %s %s)" % (way, self._item, ", ".join(self._dependees), verbs)
        else:
            text = "Nothing %sPROVIDES '%s'" % (way, self._item)
        if not self._reasons and self._close_matches:
            text += ". Close matches:\n  " + "\n  ".join(sorted(set(self._close_matches)))
        return _reasons(text, self._reasons)


class MultipleProviders(Event):
    """Several recipes provide something and none is preferred."""

    def __init__(self, item, candidates, runtime=False):
        super().__init__()
        self._item, self._candidates, self._is_runtime = item, candidates, runtime

    def isRuntime(self):
        return self._is_runtime

    def getItem(self):
        return self._item

    def getCandidates(self):
        return self._candidates

    def __str__(self):
        kind = "runtime " if self._is_runtime else ""
        return "Multiple providers are available for %s%s (%s)\nConsider defining a PREFERRED_%sPROVIDER entry to match %s" % (
            kind, self._item, ", ".join(self._candidates), "R" if self._is_runtime else "", self._item)


class ParseStarted(OperationStarted):
    """Recipes are about to be parsed."""

    def __init__(self, total=0):
        super().__init__("Recipe parsing Started")
        self.total = total


class ParseCompleted(OperationCompleted):
    """Recipes have been parsed."""

    def __init__(self, cached=0, parsed=0, skipped=0, masked=0, virtuals=0, errors=0, total=0):
        super().__init__(total, "Recipe parsing Completed")
        self.cached, self.parsed, self.skipped, self.masked = cached, parsed, skipped, masked
        self.virtuals, self.errors, self.sofar = virtuals, errors, cached + parsed


class ParseProgress(OperationProgress):
    """So many recipes have been parsed."""

    def __init__(self, current, total):
        super().__init__(current, total, "Recipe parsing")


class CacheLoadStarted(OperationStarted):
    """Recipes kept from an earlier run are about to be read."""

    def __init__(self, total):
        super().__init__("Loading cache Started")
        self.total = total


class CacheLoadProgress(OperationProgress):
    """So many kept recipes have been read."""

    def __init__(self, current, total):
        super().__init__(current, total, "Loading cache")


class CacheLoadCompleted(OperationCompleted):
    """Kept recipes have been read."""

    def __init__(self, total, num_entries):
        super().__init__(total, "Loading cache Completed")
        self.num_entries = num_entries


class TreeDataPreparationStarted(OperationStarted):
    """The graph of tasks is about to be made."""

    def __init__(self):
        super().__init__("Preparing tree data Started")


class TreeDataPreparationProgress(OperationProgress):
    """So much of the graph has been made."""

    def __init__(self, current, total):
        super().__init__(current, total, "Preparing tree data")


class TreeDataPreparationCompleted(OperationCompleted):
    """The graph of tasks is made."""

    def __init__(self, total):
        super().__init__(total, "Preparing tree data Completed")


class MsgBase(Event):
    """A message as an event."""

    def __init__(self, msg):
        super().__init__()
        self._message = msg


class LogExecTTY(Event):
    """A program is to be run on the user's terminal."""

    def __init__(self, msg, prog, sleep_delay, retries):
        super().__init__()
        self.msg, self.prog, self.sleep_delay, self.retries = msg, prog, sleep_delay, retries


class MetadataEvent(Event):
    """Whatever metadata wants to tell: a type and data of its own."""

    def __init__(self, eventtype, eventdata):
        super().__init__()
        self.type, self._localdata = eventtype, eventdata


class ProcessStarted(Event):
    """A named piece of work begins."""

    def __init__(self, processname, total):
        super().__init__()
        self.processname, self.total = processname, total


class ProcessProgress(Event):
    """A named piece of work has come so far."""

    def __init__(self, processname, progress):
        super().__init__()
        self.processname, self.progress = processname, progress


class ProcessFinished(Event):
    """A named piece of work has ended."""

    def __init__(self, processname):
        super().__init__()
        self.processname = processname


class _Asking(Event):
    def __init__(self, generateevents=True):
        super().__init__()
        self.generateevents = generateevents


class SanityCheck(_Asking):
    """The configuration is to be checked."""


class SanityCheckPassed(Event):
    """The configuration is sane."""


class SanityCheckFailed(Event):
    """The configuration is not sane."""

    def __init__(self, msg, network_error=False):
        super().__init__()
        self._msg, self._network_error = msg, network_error


class NetworkTest(_Asking):
    """The network is to be tried."""


class NetworkTestPassed(Event):
    """The network works."""


class NetworkTestFailed(Event):
    """The network does not work."""


def _record(name, field, summary):
    """A class of events with one field that its constructor takes."""

    def __init__(self, value):
        Event.__init__(self)
        setattr(self, field, value)

    return type(name, (Event,), {"__init__": __init__, "__doc__": summary, "__module__": __name__})


DepTreeGenerated = _record("DepTreeGenerated", "_depgraph", "The graph of dependencies as a dict.")
TargetsTreeGenerated = _record("TargetsTreeGenerated", "_model", "Recipes and classes as a tree.")
ReachableStamps = _record("ReachableStamps", "stamps", "Recipe file -> its stamps' beginning.")
StaleSetSceneTasks = _record("StaleSetSceneTasks", "tasks", "Restorable tasks whose stamps are out of date.")
ConfigFilePathFound = _record("ConfigFilePathFound", "_path", "Where a configuration file is.")
FindSigInfoResult = _record("FindSigInfoResult", "result", "The signature files that were asked for.")
GetTaskSignatureResult = _record("GetTaskSignatureResult", "sig", "The signatures that were asked for.")
ParseError = _record("ParseError", "_msg", "Parsing ended with errors.")
MsgDebug, MsgNote, MsgWarn, MsgError, MsgFatal, MsgPlain = (
    type(name, (MsgBase,), {"__module__": __name__})
    for name in ("MsgDebug", "MsgNote", "MsgWarn", "MsgError", "MsgFatal", "MsgPlain"))


class ConfigFilesFound(Event):
    """The configuration files of a kind."""

    def __init__(self, variable, values):
        super().__init__()
        self._variable, self._values = variable, values


class FilesMatchingFound(Event):
    """The files that match a pattern."""

    def __init__(self, pattern, matches):
        super().__init__()
        self._pattern, self._matches = pattern, matches


def getName(e):
    """The class name of an event."""
    return e.__name__ if getattr(e, "__name__", None) else e.__class__.__name__


def _register(name, function, mask, multiconfig):
    _handlers[name] = (function, frozenset() if "*" in mask else frozenset(mask), multiconfig)


def _leave_out(name, why):
    """A handler that cannot be compiled is told of and does nothing."""
    logger.error("Unable to register event handler '%s': %s", name, why)
    _register(name, lambda e, d: None, [], None)


def _place(name, data):
    """The name under which a handler is kept, and the multiconfig that it listens to; None: to none."""
    if data is None:
        return name, None
    multiconfig = data.getVar("BB_CURRENT_MC") or ""
    return multiconfig.replace("-", "_") + name, multiconfig


def _compiled(name, body, filename, lineno):
    """A handler from its text; one that cannot be compiled is told of and does nothing."""
    text = "\n" * ((lineno or 1) - 1) + "def %s(e, d):\n%s" % (name, body)
    found = {}
    try:
        exec(compile(text, filename or name, "exec"), bb.utils.get_context(), found)
    except SyntaxError as exc:
        logger.error("Unable to register event handler '%s':\n%s", name, exc)
        return lambda e, d: None
    return found[name]


def register(name, handler, mask=None, filename=None, lineno=None, data=None):
    """Adds a handler: a Python function of (e, d) or the text of one's body."""
    name, multiconfig = _place(name, data)
    if name in _handlers:
        if data is not None:
            _handlers[name] = _handlers[name][:2] + (multiconfig,)
        return AlreadyRegistered
    if handler is not None:
        function = _compiled(name, handler, filename, lineno) if isinstance(handler, str) else handler
        _register(name, function, mask or [], multiconfig)
    return Registered


def remove(name, handler=None, data=None):
    """Takes a handler out."""
    _handlers.pop(_place(name, data)[0])


def get_class_handlers():
    return dict(_handlers)


def set_class_handlers(table):
    _handlers.clear()
    _handlers.update(table)


def clean_class_handlers():
    return {}


get_handlers = get_class_handlers
set_handlers = set_class_handlers


def _class_of(path):
    module, _, name = path.rpartition(".")
    found = __import__(module, fromlist=[name])
    return getattr(found, name)


# What the machine does to a handler is no fault of its code: whoever tells the error says it, with the trail and without a
# traceback before it.
_MACHINE_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


def execute_handler(name, handler, event, d):
    """Runs one handler; e.data is d while it runs. What goes wrong is told with the handler's name."""
    event.data = d
    try:
        handler(event, d)
    except (bb.parse.SkipRecipe, bb.BBHandledException):
        raise
    except Exception as exc:
        if getattr(exc, "errno", None) not in _MACHINE_FAULTS:
            logger.error("Execution of event handler '%s' failed", name,
                         exc_info=(type(exc), exc, exc.__traceback__.tb_next))
        raise
    except SystemExit as exc:
        if exc.code:
            logger.error("Execution of event handler '%s' failed", name)
        raise
    finally:
        del event.data


def fire_class_handlers(event, d):
    """Runs the handlers of d's multiconfig that want the event, in the order of their registration."""
    path = "%s.%s" % (type(event).__module__, type(event).__qualname__)
    wanting = [(name, entry) for name, entry in _handlers.items() if not entry[1] or path in entry[1]]
    if not wanting:
        return
    multiconfig = None if d is None else d.getVar("BB_CURRENT_MC") or ""
    for name, (handler, _, own) in wanting:
        if d is None or own == multiconfig:
            execute_handler(name, handler, event, d)


def _tell(event):
    """What those who wait for a task want to know of its events."""
    name = type(event).__name__
    if name == "TaskProgress":
        _hitz.tell("progress", "%d %s" % (event.progress, event.rate or ""))
    elif name == "taskUniHashUpdate":
        _hitz.tell("unihash", "%s %s" % (event.taskid, event.unihash))


# A user interface: a function that is told of every event; none where nobody asked.
_listener = None


def fire(event, d):
    """Tells metadata of an event, the user interface where a script is one, and from a task's process those who wait for it."""
    fire_class_handlers(event, d)
    if worker_pid:
        _tell(event)
    if _listener is not None:
        _listener(event)


def _fire(path, arguments, d):
    """fire() of an event that the engine names by its class; cheap when nobody listens."""
    if _listener is not None or any(not mask or path in mask for _, mask, _ in _handlers.values()):
        fire(_class_of(path)(*arguments), d)


def check_for_interrupts(*_args):
    """hitz's tasks are ended by signals; there is nothing to poll."""


def enable_threadlock():
    """Kept for callers of BitBake's older interface."""


def disable_threadlock():
    """Kept for callers of BitBake's older interface."""


_uiready = True
