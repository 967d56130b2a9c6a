# SPDX-License-Identifier: Apache-2.0
"""The engine as a script has it: one configuration at a time with its recipes, read in the script's own process, and
the work that children do."""

import contextlib
import json
import logging
import os
import re
import signal
import sys
import threading

import _hitz
import bb
import bb.command
import bb.event
import bb.msg
from hitz.children import Child
from hitz.recipes import Recipes


class Engine:
    """What the process has of hitz. Who prepares last has it as he wants it."""

    def __init__(self):
        self.stores = {}        # multiconfig -> the configuration's datastore
        self.layers = []        # name, folder, pattern, priority
        self.tables = {}        # multiconfig -> Recipes
        self.settings = {}      # by setVariable: they outlive reading the configuration again
        self.quiet = 0
        self.mask = None        # of events; None for all
        self.tracking = False
        self._events = []
        self._child = None
        self._channel = None    # of a child: where its events go
        self._words = []        # of the last configure()
        self._read = False
        self._stale = False     # files may have changed
        self._files = {}        # of the configuration, as they were
        self._environment = None
        self._handlers = None   # the script's own, while the engine works
        self._forward = bb._Forward()
        self._told_parsing = False

    # ---- reading

    def configure(self, *words):
        """Reads the configuration of the folder that the script is in."""
        from bb.cookerdata import findTopdir
        self._words, self.tracking = list(words), "track" in words
        self._read, self._stale, self.tables = False, False, {}
        self._environment = None
        with self._at_work(findTopdir()):
            bb.event.set_class_handlers(bb.event.clean_class_handlers())
            text, stores = _hitz.ask("configure", list(words), None)
            self._environment, self._topdir = dict(os.environ), os.getcwd()
        self.layers = json.loads(text)
        names = [""] + (stores[0].getVar("BBMULTICONFIG") or "").split()
        self.stores = dict(zip(names, stores))
        for name, value in self.settings.items():
            stores[0].setVar(name, value)
        self._files = {path: bb.parse.cached_mtime_noerror(path) for path in stores[0].getVar("__base_depends", False) or []}

    def read_recipes(self):
        """Reads all recipes, the configuration too where its files have changed."""
        self._refresh()
        self._read = False
        config = self.stores[""]
        config.disableTracking()
        self._told_parsing = False
        try:
            with self._at_work():
                _hitz.ask("read", [], None)
        finally:
            if self.tracking:
                config.enableTracking()
        self._read, self.tables = True, {}

    def need_recipes(self):
        if self._refresh() or not self._read:
            self.read_recipes()

    def modified_files(self):
        self._stale = True

    def _refresh(self):
        """After files may have changed: reads the configuration again if its own have; whether recipes may have."""
        if not self._stale:
            return False
        self._stale = False
        if any(bb.parse.cached_mtime_noerror(path) != before for path, before in self._files.items()):
            self.configure(*self._words)
        _hitz.forget_files()
        return True

    def parse_configuration(self):
        self._refresh()

    def recipes(self, mc=""):
        """The table of recipes."""
        self.need_recipes()
        if mc not in self.tables:
            self.tables[mc] = Recipes(json.loads(_hitz.ask("recipes", [mc], None)[0]), self, mc)
        return self.tables[mc]

    @property
    def recipes_are_read(self):
        return self._read

    def ask(self, command, *words):
        self.need_recipes()
        return _hitz.ask(command, list(words), None)[0]

    def layer_of(self, path):
        """The layer that a recipe file belongs to; None for none."""
        for layer in sorted(self.layers, key=lambda layer: layer["pattern"], reverse=True):
            if layer["pattern"] and re.match(layer["pattern"], path):
                return layer
        return None

    def parse(self, virtualfn, appends, base=None):
        """The finished datastore of one variant of a recipe file."""
        from bb.cache import virtualfn2realfn
        fn, variant, mc = virtualfn2realfn(virtualfn)
        self._refresh()
        d = base if base is not None else self.stores[mc].createCopy()
        if self.tracking:
            d.enableTracking()
        layer = self.layer_of(fn)
        d.setVar("__BBMULTICONFIG", mc)
        d.setVar("FILE_LAYERNAME", layer["name"] if layer else None)
        d.setVar("__BB_RECIPE_FILE", fn)
        if base is None:
            d.setVar("__ONLYFINALISE", variant or "default")
        if appends:
            d.setVar("__BBAPPEND", " ".join(appends))
        with self._at_work():
            return _hitz.handle(fn, d, False)[variant]

    @contextlib.contextmanager
    def _at_work(self, folder=None):
        """The engine's own folder, environment and log; the script finds its own again afterwards."""
        in_main = threading.current_thread() is threading.main_thread()
        environment, level, leave = dict(os.environ), bb.logger.level, os._exit
        handler = signal.getsignal(signal.SIGINT)
        try:
            here = os.getcwd()
        except OSError:
            here = None
        self._handlers, bb.logger.handlers = bb.logger.handlers, [self._forward]
        bb.logger.setLevel(logging.DEBUG - 2)
        os._exit = bb.utils._stay
        try:
            os.chdir(folder or self._topdir)
            if self._environment is not None:
                bb.utils._set_environment(*(word for pair in self._environment.items() for word in pair))
            yield
        finally:
            bb.utils._set_environment(*(word for pair in environment.items() for word in pair))
            bb.logger.handlers, self._handlers = self._handlers, None
            bb.logger.setLevel(level)
            os._exit = leave
            if here is not None:
                os.chdir(here)
            if in_main and handler is not None and self._channel is None:
                signal.signal(signal.SIGINT, handler)

    # ---- events

    def hear(self, kind, *texts):
        """What the engine tells while it works."""
        getattr(self, "_hear_" + kind)(*texts)

    def _hear_log(self, level, text):
        if int(level) >= min([bb.msg.loggerDefaultLogLevel, *bb.msg.loggerDefaultDomains.values()]):
            record = logging.LogRecord("BitBake", int(level), "", 0, text, (), None)
            record.taskpid = bb.event.worker_pid
            self.tell(record)

    def _hear_parsing(self, _done, _total):
        if self.quiet == 0 and not self._told_parsing:
            self._told_parsing = True
            sys.stdout.write("Parsing recipes...")
            sys.stdout.flush()

    def _hear_parsed(self, cached, parsed, skipped, masked, targets, errors):
        if self.quiet:
            return
        if self._told_parsing:
            print("done.", flush=True)
        if int(parsed) == 0:
            print("Loaded %s entries from dependency cache." % targets, flush=True)
        else:
            print("Parsing of %d .bb files complete (%s cached, %s parsed). %s targets, %s skipped, %s masked, %s errors." % (
                int(cached) + int(parsed) + int(errors), cached, parsed, targets, skipped, masked, errors), flush=True)
        self._told_parsing = False

    def _hear_built(self, attempted, spared, failed):
        self._hear_log(logging.INFO, "Tasks Summary: Attempted %s tasks of which %s didn't need to be rerun and %s" % (
            attempted, spared, "all succeeded." if failed == "0" else failed + " failed."))

    def tell(self, event):
        """An event: to the process that waits, or to the script itself."""
        if self._channel is not None:
            self._channel.send(event)
        elif isinstance(event, logging.LogRecord):
            for handler in self._handlers if self._handlers is not None else bb.logger.handlers:
                if event.levelno >= handler.level and handler is not self._forward:
                    handler.handle(event)
        else:
            self._events.append(event)

    def wanted(self, event):
        if isinstance(event, logging.LogRecord) or self.mask is None or "*" in self.mask:
            return True
        kind = bb.event.NoProvider if isinstance(event, Missing) else type(event)
        return "%s.%s" % (kind.__module__, kind.__name__) in self.mask

    def wait_event(self, timeout=0):
        """The next event that is wanted; None when there is none in time."""
        import time
        until = time.monotonic() + timeout
        while True:
            event = self._events.pop(0) if self._events else self._of_child(max(0.0, until - time.monotonic()))
            if event is not None and self.wanted(event):
                return event
            if event is None and (time.monotonic() >= until or self._child is None):
                if self._child is None and timeout:
                    time.sleep(max(0.0, min(timeout, until - time.monotonic())))
                return None

    def _of_child(self, timeout):
        if self._child is None:
            return None
        event = self._child.receive(timeout)
        if event is None and self._child.ended():
            event = self._child.receive(0) or bb.command.CommandFailed("%s ended without an answer" % self._child.name)
        if isinstance(event, (bb.command.CommandCompleted, bb.command.CommandExit)):
            child, self._child = self._child, None
            child.leave(patience=10.0)
        return event

    # ---- children

    @property
    def busy(self):
        """The name of the command that a child works at; None for none."""
        return self._child.name if self._child is not None else None

    def start(self, name, work):
        """Has a child do work(); what it returns is an event, or None for an end that is good."""
        self.need_recipes()

        def live(channel):
            self._channel = channel
            bb.event._listener = self.tell
            with self._at_work():
                try:
                    channel.send(work() or bb.command.CommandCompleted())
                except BaseException as error:
                    self._failed(error)

        self._child = Child(name, live)

    def _failed(self, error):
        text = getattr(error, "_untold", "") or str(error)
        missing = re.match(r"nothing provides '([^']*)'( at run time)?", text)
        if missing:
            event = Missing(missing.group(1), runtime=bool(missing.group(2)))
            event.text = "Nothing %sPROVIDES '%s'%s" % ("R" if missing.group(2) else "", missing.group(1), text[missing.end():])
            self.tell(event)
        elif text and not isinstance(error, SystemExit):
            self._hear_log(logging.ERROR, text)
        self.tell(bb.command.CommandFailed("1"))

    def interrupt(self, times=1):
        for _ in range(times):
            if self._child is not None:
                self._child.interrupt()

    def leave(self):
        """Ends what a child does, and forgets who listens."""
        if self._child is not None:
            self._child.leave()
        self._child, self._events, self.mask, self.settings = None, [], None, {}


class Missing(bb.event.NoProvider):
    """NoProvider in the engine's words."""

    text = ""

    def __str__(self):
        return self.text


engine = Engine()
hear = engine.hear
