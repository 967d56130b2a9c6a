# SPDX-License-Identifier: Apache-2.0
"""The commands of BitBake's server that scripts know, answered by the engine of this process."""

import json
import os

import bb
import bb.command
import bb.event
from hitz import depgraph
from hitz.engine import engine


class Failed(Exception):
    """What a command has to say of its failure."""


class Commands:
    """Those that answer at once."""

    def ping(self):
        return "Still alive!"

    def stateShutdown(self):
        engine.interrupt()

    def stateForceShutdown(self):
        engine.interrupt(2)

    # ---- variables

    def getVariable(self, name, expand="True"):
        return engine.stores[""].getVar(name, str(expand) == "True")

    def setVariable(self, name, value):
        engine.settings[name] = str(value)
        engine.stores[""].setVar(name, str(value))

    def getSetVariable(self, name, expand="True"):
        value = self.getVariable(name, expand)
        engine.stores[""].setVar(name, value)
        return value

    def getAllKeysWithFlags(self, flags):
        d, out = engine.stores[""], {}
        for name in d.keys():
            known = d.getVarFlags(name) or {}
            value = d.getVar(name, not ("func" in known and "python" in known))
            if not name.startswith("__") and not isinstance(value, bb.data_smart.DataSmart):
                out[name] = {"v": str(value), "history": d.varhistory.variable(name), **{flag: known.get(flag) for flag in flags}}
        return out

    def enableDataTracking(self):
        engine.tracking = True
        engine.stores[""].enableTracking()

    def disableDataTracking(self):
        engine.tracking = False
        engine.stores[""].disableTracking()

    def setConfig(self, name, value):
        if name == "quiet":
            engine.quiet = int(value)

    def finalizeData(self):
        d = engine.stores[""].createCopy()
        bb.data.expandKeys(d)
        for name in d.getVar("__BBANONFUNCS", False) or []:
            bb.utils.better_exec("%s(d)" % name, {"d": d})
        return d

    # ---- the configuration

    def parseConfiguration(self):
        engine.parse_configuration()

    def revalidateCaches(self):
        engine.modified_files()

    def getLayerPriorities(self):
        return [(layer["name"], layer["pattern"], layer["pattern"], layer["priority"]) for layer in engine.layers]

    def setEventMask(self, _handler, _level, _domains, mask):
        engine.mask = list(mask)
        return True

    def getUIHandlerNum(self):
        return 1

    # ---- recipes; each in a multiconfig

    def getRecipes(self, mc=""):
        return list(engine.recipes(mc).pkg_pn.items())

    def getRecipeDepends(self, mc=""):
        return list(engine.recipes(mc).deps.items())

    def getRecipeVersions(self, mc=""):
        return engine.recipes(mc).pkg_pepvpr

    def getRecipeProvides(self, mc=""):
        return engine.recipes(mc).fn_provides

    def getRecipePackages(self, mc=""):
        return engine.recipes(mc).packages

    def getRecipePackagesDynamic(self, mc=""):
        return engine.recipes(mc).packages_dynamic

    def getRProviders(self, mc=""):
        return engine.recipes(mc).rproviders

    def getRuntimeDepends(self, mc=""):
        return [(fn, dict(packages)) for fn, packages in engine.recipes(mc).rundeps.items()]

    def getRuntimeRecommends(self, mc=""):
        return [(fn, dict(packages)) for fn, packages in engine.recipes(mc).runrecs.items()]

    def getRecipeInherits(self, mc=""):
        return engine.recipes(mc).inherits

    def getBbFilePriority(self, mc=""):
        return engine.recipes(mc).bbfile_priority

    def getDefaultPreference(self, mc=""):
        return engine.recipes(mc).pkg_dp

    def getSkippedRecipes(self, mc=""):
        return list(engine.recipes(mc).skiplist.items())

    def getOverlayedRecipes(self, mc=""):
        return list(engine.recipes(mc).overlayed.items())

    def getFileAppends(self, fn, mc=""):
        return engine.recipes(mc).get_file_appends(fn)

    def getAllAppends(self, mc=""):
        return engine.recipes(mc).bbappends

    def findProviders(self, mc=""):
        return engine.recipes(mc).find_providers()

    def findBestProvider(self, name):
        from bb.runqueue import split_mc
        mc, name = split_mc(name)
        return (None, None, None, engine.ask("best", mc, name) or None)

    def allProviders(self, mc=""):
        return list(engine.recipes(mc).all_providers().items())

    def getRuntimeProviders(self, name, mc=""):
        found = json.loads(engine.ask("runtime", mc, name))
        return found["all"], found["best"]

    def matchFile(self, pattern, mc=""):
        files = {row for row in engine.recipes(mc).pkg_fn if not row.startswith("virtual:")}
        found = [path for path in files if os.path.abspath(pattern) == path] or [path for path in sorted(files) if pattern in path]
        if len(found) != 1:
            raise Failed("Unable to match %s (%d matches found)" % (pattern, len(found)))
        return found[0]

    def parseRecipeFile(self, fn, appends=True, appendlist=None, config_data=None):
        from bb.cache import virtualfn2realfn
        real, _, mc = virtualfn2realfn(fn)
        files = []
        if appends:
            files = appendlist if appendlist is not None else self.getFileAppends(real, mc)
        return engine.parse(fn, list(files), config_data)


class LongCommands:
    """Those that tell by events when they are done."""

    # ---- in this process

    def findConfigFiles(self, name):
        found = []
        for folder in engine.stores[""].getVar("BBPATH").split(":"):
            for _, _, files in os.walk(os.path.join(folder, "conf", name.lower())):
                found += [file[:-len(".conf")] for file in files if file.endswith(".conf")]
        if found:
            engine.tell(bb.event.ConfigFilesFound(name.lower(), found))

    def findFilesMatchingInDir(self, pattern, folder):
        found = []
        for path in engine.stores[""].getVar("BBPATH").split(":"):
            for _, _, files in os.walk(os.path.join(path, folder)):
                found += [file for file in files if pattern in file]
        if found:
            engine.tell(bb.event.FilesMatchingFound(pattern, found))

    def findConfigFilePath(self, name):
        import bb.cookerdata
        path = bb.cookerdata.findConfigFile(name, engine.stores[""])
        if path in (engine.stores[""].getVar("__base_depends", False) or []):
            engine.tell(bb.event.ConfigFilePathFound(path))

    def testCookerCommandEvent(self, pattern):
        engine.tell(bb.event.FilesMatchingFound(pattern, ["A", "B"]))

    def triggerEvent(self, name):
        bb.event.fire(bb.event._class_of(name)(), engine.stores[""])

    def parseFiles(self):
        engine.read_recipes()

    def findSigInfo(self, pn, task, hashes):
        import bb.siggen
        engine.tell(bb.event.FindSigInfoResult(bb.siggen.find_siginfo(pn, task, hashes, engine.stores[""])))

    def resetCooker(self):
        engine.modified_files()

    def clientComplete(self):
        """Nothing waits for the end of a script."""

    # ---- in a child


class ChildCommands:
    """What a child does; what they return is the event that ends it."""

    def buildTargets(self, targets, task):
        return self._run("build", targets, task or engine.stores[""].getVar("BB_DEFAULT_TASK") or "build")

    def buildFile(self, fn, task, internal=False):
        if not internal:
            bb.warn("Buildfile specified, dependencies will not be handled. If this is not what you want, do not use -b / --buildfile.")
        known = engine.recipes("").pkg_fn
        return self._run("build-file", [fn if fn in known else Commands().matchFile(fn)], task or "build")

    def _run(self, command, targets, task):
        status = int(engine.ask(command, task, *targets))
        return bb.command.CommandFailed("1") if status else None

    def generateDepTreeEvent(self, targets, task):
        engine.tell(bb.event.DepTreeGenerated(depgraph.of(json.loads(engine.ask("plan", task, *targets)), engine)))

    def generateDotGraph(self, targets, task):
        depgraph.write(depgraph.of(json.loads(engine.ask("plan", task, *targets)), engine))

    def getTaskSignatures(self, targets, tasks):
        found = []
        for task in tasks or ["do_build"]:
            rows = json.loads(engine.ask("signatures", task, *targets))
            own = {fn for name in targets for fn in [engine.ask("best", "", name)]}
            found += [[pn, name, unihash] for pn, name, unihash, nostamp, fn in rows
                      if fn in own and not nostamp and (not tasks or name == task)]
        engine.tell(bb.event.GetTaskSignatureResult(found))


def _method(holder, name):
    return getattr(holder, name, None) if not name.startswith("_") else None


def run(name, params):
    """Runs one command; what it answers. Raises Failed."""
    try:
        at_once = _method(Commands(), name)
        if at_once is not None:
            return at_once(*params)
        if _method(LongCommands(), name) is None and _method(ChildCommands(), name) is None:
            raise Failed("No such command")
        if engine.busy:
            raise Failed("Busy (%s in progress)" % engine.busy)
        long = _method(LongCommands(), name)
        if long is None:
            engine.start(name, lambda: _method(ChildCommands(), name)(*params))
            return True
        long(*params)
        engine.tell(bb.command.CommandCompleted())
        return True
    except Failed:
        raise
    except Exception as error:
        raise Failed(getattr(error, "_untold", "") or str(error)) from error
