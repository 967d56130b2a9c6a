# SPDX-License-Identifier: Apache-2.0
"""BitBake's interface for scripts: the configuration, the recipes, and builds. hitz's engine is in the same process."""

import collections
import difflib
import logging
import os
import re
import sys

import bb
import bb.build
import bb.cache
import bb.command
import bb.cooker
import bb.cookerdata
import bb.event
import bb.fetch2  # noqa: F401
import bb.msg
import bb.providers
import bb.runqueue  # noqa: F401
import bb.ui.knotty  # noqa: F401
import bb.utils
from hitz import commands
from hitz.engine import engine

# Datastores are the engine's own.
TinfoilDataStoreConnector = bb.data_smart.DataSmart

# What a script that builds is told of.
_EVENTS = ["bb.event.BuildStarted", "bb.event.BuildCompleted", "logging.LogRecord", "bb.event.NoProvider",
           "bb.command.CommandCompleted", "bb.command.CommandFailed", "bb.build.TaskStarted", "bb.build.TaskFailed",
           "bb.build.TaskSucceeded", "bb.build.TaskFailedSilent", "bb.build.TaskProgress", "bb.runqueue.runQueueTaskStarted",
           "bb.runqueue.sceneQueueTaskStarted", "bb.event.ProcessStarted", "bb.event.ProcessProgress", "bb.event.ProcessFinished"]


class TinfoilUIException(Exception):
    """Reading the metadata has failed; the user has been told."""

    def __init__(self, returncode):
        self.returncode = returncode

    def __repr__(self):
        return "UI module main returned %d" % self.returncode


class TinfoilCommandFailed(Exception):
    """A command has failed, for the reason given."""


class _Collection:
    """The recipe files and appends of one multiconfig."""

    def __init__(self, mc):
        self._mc = mc

    def get_file_appends(self, fn):
        return engine.recipes(self._mc).get_file_appends(fn)

    def calc_bbfile_priority(self, filename):
        return engine.recipes(self._mc).calc_bbfile_priority(filename)

    @property
    def overlayed(self):
        return engine.recipes(self._mc).overlayed

    @property
    def bbappends(self):
        return engine.recipes(self._mc).bbappends


class _RecipeCache:
    """What is known of the recipes of one multiconfig, as it is when it is asked for."""

    def __init__(self, mc):
        self._mc = mc

    def __getattr__(self, name):
        return getattr(engine.recipes(self._mc), name)


class _SkipLists:
    def __getitem__(self, mc):
        return engine.recipes(mc).skiplist


class TinfoilCookerAdapter:
    """What scripts look for in BitBake's cooker."""

    def __init__(self, tinfoil):
        self.tinfoil = tinfoil
        self.multiconfigs = list(engine.stores)
        self.collections = {mc: _Collection(mc) for mc in self.multiconfigs}
        self.recipecaches = {mc: _RecipeCache(mc) for mc in self.multiconfigs}
        self.skiplist_by_mc = _SkipLists()
        self.configuration = tinfoil.config_params

    @property
    def data(self):
        return self.tinfoil.config_data

    @property
    def skiplist(self):
        return self.skiplist_by_mc[""]

    @property
    def bbfile_config_priorities(self):
        return [(name, pattern, re.compile(expression), priority)
                for name, pattern, expression, priority in self.tinfoil.run_command("getLayerPriorities")]

    def findBestProvider(self, pn):
        return self.tinfoil.find_best_provider(pn)


class TinfoilRecipeInfo:
    """What is known of a recipe without parsing it."""

    def __init__(self, recipecache, d, pn, fn, fns):
        self._recipecache, self._d = recipecache, d
        self.pn, self.fn, self.fns = pn, fn, fns
        self.inherit_files, self.depends = recipecache.inherits[fn], recipecache.deps[fn]
        self.pe, self.pv, self.pr = recipecache.pkg_pepvpr[fn]

    alternates = property(lambda self: [fn for fn in self.fns if fn != self.fn])
    rdepends = property(lambda self: self._recipecache.rundeps[self.fn])
    rrecommends = property(lambda self: self._recipecache.runrecs[self.fn])
    provides = property(lambda self: self._recipecache.fn_provides[self.fn])
    packages = property(lambda self: self._names_of("packages"))
    packages_dynamic = property(lambda self: self._names_of("packages_dynamic"))
    rprovides = property(lambda self: self._names_of("rproviders"))

    def _names_of(self, table):
        return [name for name, fns in getattr(self._recipecache, table).items() if self.fn in fns]

    def inherits(self, only_recipe=False):
        """The names of the classes that it inherits; only_recipe leaves out those that all inherit."""
        everywhere = (self._d.getVar("BBINCLUDED") or "").split() if only_recipe else []
        for path in self.inherit_files:
            if path not in everywhere:
                yield os.path.splitext(os.path.basename(path))[0]

    def __str__(self):
        return str(self.pn)


class TinfoilConfigParameters:
    """The options that a script may set as bitbake's command line would."""

    def __init__(self, config_only, **options):
        self.options = dict({"parse_only": not config_only, "ui": "knotty", "argv": [], "quiet": 0, "prefile": [], "postfile": []}, **options)

    def __getattr__(self, name):
        try:
            return self.__dict__["options"][name]
        except KeyError:
            raise AttributeError(name) from None


class Tinfoil:
    """One script's hold on the engine. Between prepare() and shutdown() everything else may be called."""

    def __init__(self, output=sys.stdout, tracking=False, setup_logging=True):
        self.logger = logging.getLogger("BitBake")
        self.tracking = tracking
        self.recipes_parsed = False
        self.quiet = 0
        self.cooker = self.cooker_data = self.config_params = None
        self.oldhandlers = self.logger.handlers[:]
        self.localhandlers = []
        self._prepared = False
        self._failures = []
        if setup_logging:
            bb.msg.logger_create("BitBake", output)
            self.localhandlers = self.logger.handlers[:]

    def __enter__(self):
        return self

    def __exit__(self, _type, _value, _traceback):
        self.shutdown()

    # ---- reading

    def prepare(self, config_only=False, config_params=None, quiet=0, extra_features=None):
        """Reads the configuration of the build directory and, unless config_only, all recipes."""
        self.quiet = engine.quiet = quiet
        self.config_params = config_params or TinfoilConfigParameters(config_only=config_only, quiet=quiet)
        if not config_only:
            self._console()
        words = ["track"] if self.tracking else []
        words += ["before=" + path for path in getattr(self.config_params, "prefile", None) or []]
        words += ["after=" + path for path in getattr(self.config_params, "postfile", None) or []]
        engine.settings = {}
        try:
            engine.configure(*words)
        except Exception as error:
            self._tell(error)
            raise bb.BBHandledException() if config_only else TinfoilUIException(1)
        self._prepared = True
        self.cooker = TinfoilCookerAdapter(self)
        self.cooker_data = self.cooker.recipecaches[""]
        self._find_programs()
        if not config_only:
            self.run_actions(self.config_params)
            self.recipes_parsed = True

    def _console(self):
        """From here on lines look as bitbake's own: errors go to the standard error."""
        level = {0: bb.msg.loggerDefaultLogLevel, 1: logging.WARNING, 2: logging.WARNING}.get(self.quiet, logging.ERROR)
        out, err = logging.StreamHandler(sys.stdout), logging.StreamHandler(sys.stderr)
        out.addFilter(bb.msg.LogFilterLTLevel(logging.ERROR))
        err.addFilter(bb.msg.LogFilterGEQLevel(logging.ERROR))
        for handler in (out, err):
            handler.setLevel(level)
            handler.addFilter(bb.msg.LogFilterShowOnce())
            handler.setFormatter(bb.msg.BBLogFormatter("%(levelname)s: %(message)s"))
            if handler.stream.isatty():
                handler.formatter.enable_color()
        self.logger.handlers = [handler for handler in self.logger.handlers if handler not in self.localhandlers] + [out, err]
        self.logger.handlers = [handler for handler in self.logger.handlers if not isinstance(handler, bb._Forward)]
        self.logger.setLevel(bb.msg.loggerDefaultLogLevel)
        self.localhandlers = [out, err]

    def _find_programs(self):
        """The folder of bitbake is on PATH, whatever the script was started with."""
        own = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))), "bin")
        path = os.environ.get("PATH", "").split(":")
        if os.path.exists(os.path.join(own, "bitbake")) and not any(os.path.exists(os.path.join(entry, "bitbake")) for entry in path if entry):
            os.environ["PATH"] = ":".join([own] + path)

    def _tell(self, error):
        text = getattr(error, "_untold", "") or str(error)
        if text:
            self.logger.error("%s", text)

    def run_actions(self, config_params):
        """Reads all recipes. Raises TinfoilUIException where that cannot be done."""
        try:
            engine.read_recipes()
        except Exception as error:
            self._tell(error)
            raise TinfoilUIException(1) from error

    def parse_recipes(self):
        """Reads all recipes, those that are new and those that have changed."""
        if not self.recipes_parsed:
            self._console()
        engine.modified_files()
        self.run_actions(TinfoilConfigParameters(config_only=False, quiet=self.quiet))
        self.recipes_parsed = True

    parseRecipes = parse_recipes

    def modified_files(self):
        """The script has written files that the metadata may hold."""
        self.run_command("revalidateCaches")

    @property
    def config_data(self):
        return engine.stores.get("") if self._prepared else None

    # ---- commands and events

    def run_command(self, command, *params, handle_events=True):
        """Runs a command by BitBake's name for it. Raises TinfoilCommandFailed."""
        if not self._prepared:
            raise Exception("Not connected to server (did you call .prepare()?)")
        try:
            return commands.run(command, params)
        except commands.Failed as failure:
            raise TinfoilCommandFailed(str(failure)) from failure.__cause__

    def set_event_mask(self, eventlist):
        """Which events wait_event() shall give."""
        self.run_command("setEventMask", 1, *bb.msg.constructLogOptions(), eventlist)

    def wait_event(self, timeout=0):
        """The next event; None when there is none in so many seconds."""
        if not self._prepared:
            raise Exception("Not connected to server (did you call .prepare()?)")
        return engine.wait_event(timeout)

    # ---- recipes

    def get_overlayed_recipes(self, mc=""):
        return collections.defaultdict(list, self.run_command("getOverlayedRecipes", mc))

    def get_skipped_recipes(self, mc=""):
        return collections.OrderedDict(self.run_command("getSkippedRecipes", mc))

    def get_all_providers(self, mc=""):
        return collections.defaultdict(list, self.run_command("allProviders", mc))

    def find_providers(self, mc=""):
        return self.run_command("findProviders", mc)

    def find_best_provider(self, pn):
        """(None, None, None, the file that serves the name, or None)."""
        return self.run_command("findBestProvider", pn)

    def get_runtime_providers(self, rdep):
        return self.run_command("getRuntimeProviders", rdep)

    def get_recipe_file(self, pn):
        """The file of a recipe or of what provides a name. Raises NoProvider, with what helps."""
        best = self.find_best_provider(pn)
        if best and best[3]:
            return best[3]
        reasons = []
        for skipped in self.get_skipped_recipes().values():
            if skipped.pn == pn:
                reasons.append("%s was skipped: %s" % (pn, skipped.skipreason))
            elif pn in skipped.provides:
                reasons.append("%s PROVIDES %s but was skipped: %s" % (skipped.pn, pn, skipped.skipreason))
        if reasons:
            raise bb.providers.NoProvider("%s is unavailable:\n  %s" % (pn, "  \n".join(reasons)))
        text = 'Unable to find any recipe file matching "%s"' % pn
        near = difflib.get_close_matches(pn, self.get_all_providers(), cutoff=0.7)
        if near and not bb.__version__.startswith("2.8"):
            text += ". Close matches:\n  " + "\n  ".join(near)
        raise bb.providers.NoProvider(text)

    def get_file_appends(self, fn, mc=""):
        return self.run_command("getFileAppends", fn, mc)

    def _info(self, pn, fn, mc):
        known = self.cooker.recipecaches[mc]
        return TinfoilRecipeInfo(known, self.config_data, pn=pn, fn=fn, fns=known.pkg_pn[pn])

    def all_recipes(self, mc="", sort=True):
        """A TinfoilRecipeInfo for each PN."""
        names = self.cooker.recipecaches[mc].pkg_pn
        for pn in sorted(names) if sort else list(names):
            yield self._info(pn, self.find_best_provider("mc:%s:%s" % (mc, pn) if mc else pn)[3], mc)

    def all_recipe_files(self, mc="", variants=True, preferred_only=False):
        """The files of all recipes, sorted."""
        known = self.cooker.recipecaches[mc]
        files = [self.find_best_provider(pn)[3] for pn in known.pkg_pn] if preferred_only else known.pkg_fn
        for fn in sorted(files):
            if variants or not fn.startswith("virtual:"):
                yield fn

    def get_recipe_info(self, pn, mc=""):
        fn = self.find_best_provider(pn)[3]
        return self._info(self.cooker.recipecaches[mc].pkg_fn[fn], fn, mc) if fn else None

    def parse_recipe(self, pn):
        """The finished datastore of a recipe."""
        return self.parse_recipe_file(self.get_recipe_file(pn))

    def parse_recipe_file(self, fn, appends=True, appendlist=None, config_data=None):
        """The finished datastore of a recipe file: with all its appends, with those of appendlist, or with none."""
        if appends and appendlist == []:
            appends = False
        if config_data is not None:
            config_data = bb.data.createCopy(config_data)
        return self.run_command("parseRecipeFile", fn, appends, appendlist, config_data)

    def finalizeData(self):
        """A copy of the configuration with its names expanded and its anonymous functions run."""
        return self.run_command("finalizeData")

    # ---- building

    def build_file(self, buildfile, task, internal=True):
        """Begins one task of one recipe, without what it depends on."""
        return self.run_command("buildFile", buildfile, task, internal)

    def build_file_sync(self, buildfile, task, internal=True, handle_events=True, extra_events=None, event_callback=None):
        """Runs one task of one recipe, without what it depends on; whether it ended well."""
        if handle_events:
            self.set_event_mask(_EVENTS + (extra_events or []))
        started = self.build_file(buildfile, task, internal)
        return self._wait(event_callback) if handle_events else started

    def build_targets(self, targets, task=None, handle_events=True, extra_events=None, event_callback=None):
        """Builds targets, a list or words; whether all ended well. event_callback is told of every event first."""
        if isinstance(targets, str):
            targets = targets.split()
        if handle_events:
            self.set_event_mask(_EVENTS + (extra_events or []))
        started = self.run_command("buildTargets", targets, task or self.config_data.getVar("BB_DEFAULT_TASK"))
        return self._wait(event_callback) if handle_events else started

    def _wait(self, callback):
        failed, interrupts = False, 0
        while True:
            try:
                event = self.wait_event(0.25)
                if event is None or (callback and callback(event)):
                    continue
                if isinstance(event, (bb.command.CommandCompleted, bb.command.CommandExit)):
                    self._show_logs()
                if isinstance(event, bb.command.CommandCompleted):
                    return not failed
                if isinstance(event, bb.command.CommandExit):
                    if not failed:
                        self.logger.error(str(event))
                    return False
                failed = self._show(event) or failed
            except KeyboardInterrupt:
                interrupts += 1
                print("\nKeyboard Interrupt, closing down...\n" if interrupts == 1 else "\nSecond Keyboard Interrupt, stopping...\n")
                self.run_command("stateShutdown" if interrupts == 1 else "stateForceShutdown")

    def _show(self, event):
        """Tells the user; whether it means that something has failed."""
        if isinstance(event, logging.LogRecord):
            if event.getMessage().startswith("Task ("):
                self._show_logs()
            if getattr(event, "taskpid", 0) == 0 or event.levelno > logging.INFO:
                self.logger.handle(event)
        elif isinstance(event, bb.build.TaskFailed):
            self._failures.append(event)
            return True
        elif isinstance(event, bb.build.TaskFailedSilent):
            self.logger.warning("Logfile for failed setscene task is %s" % event.logfile)
        elif isinstance(event, bb.event.NoProvider):
            self.logger.error(str(event))
            return True
        return False

    def _show_logs(self):
        """Of tasks that failed. What they themselves tell comes by another way, and may come later than their events."""
        for event in self._failures:
            self._show_log(event)
        self._failures = []

    def _show_log(self, event):
        if not event.logfile or not os.path.exists(event.logfile):
            return
        self.logger.error("Logfile of failure stored in: %s", event.logfile)
        if self.config_data.getVar("BBINCLUDELOGS") and not event.errprinted:
            count = int(self.config_data.getVar("BBINCLUDELOGS_LINES") or 0)
            with open(event.logfile, errors="replace") as file:
                lines = file.read().splitlines()
            print("Log data follows:")
            for line in lines[-count:] if count else lines:
                print("| " + line)

    def shutdown(self):
        """The end of it; what was asked for is left."""
        if self._prepared:
            engine.leave()
            self._prepared = False
        self.logger.handlers = self.oldhandlers[:]
