# SPDX-License-Identifier: Apache-2.0
"""Signature generators by name. hitz works out hashes itself where a generator leaves that as it is; what metadata
overrides, derives or asks of a generator is here, as BitBake has it."""

import contextlib
import functools
import hashlib
import logging
import os
import re

import _hitz
import bb
import bb.checksum
import hashserv
from hitz.sigfiles import (SetDecoder, SetEncoder, calc_basehash, calc_taskhash, compare_sigfiles,  # noqa: F401
                           dump_sigfile, handle_renames, init_colors, list_inline_diff, worddiff_str, write_sigfile)

logger = logging.getLogger("BitBake.SigGen")
hashequiv_logger = logging.getLogger("BitBake.SigGen.HashEquiv")

find_siginfo_minversion = 2  # of find_siginfo(), which metadata puts into this module

HASHSERV_ENVVARS = ["SSL_CERT_DIR", "SSL_CERT_FILE", "NO_PROXY", "HTTPS_PROXY", "HTTP_PROXY"]
_SETSCENE = "_setscene"
_NOSTAMP = "nostamp:"


def _random_text():
    import uuid  # asks for a good deal; few runs need it
    return str(uuid.uuid4())


def _base_task(taskname):
    return taskname[:-len(_SETSCENE)] if taskname.endswith(_SETSCENE) else taskname


def check_siggen_version(siggen):
    """Ends with an error when metadata's find_siginfo() is too old to be used."""
    version = getattr(siggen, "find_siginfo_version", None)
    if version is None or version < siggen.find_siginfo_minversion:
        bb.fatal("the metadata's find_siginfo() is of version %s; %s or later is needed" % (version, siggen.find_siginfo_minversion))


def check_hashserv_unihash(unihash):
    """What a server answers must be a hash: it becomes part of paths and values."""
    if not hashserv.is_valid_unihash(unihash):
        bb.fatal("the hash equivalence server answered what is no hash: %r" % (unihash,))


def build_pnid(mc, pn, taskname):
    """The name of a task in signature files."""
    return "%s:%s" % (pn, taskname) if not mc else "mc:%s:%s:%s" % (mc, pn, taskname)


def clean_checksum_file_path(file_checksum_tuple):
    """What a file is called in signature files, and what files are ordered by (2.8 orders single files by path)."""
    path = file_checksum_tuple[0]
    if "/./" in path:
        return "./" + path.split("/./")[1]
    return path if bb.__version__.startswith("2.8") else os.path.basename(path)


def _shown_path(path):
    return "./" + path.split("/./")[1] if "/./" in path else os.path.basename(path)


class _Covered(dict):
    """What the base hashes of a recipe's tasks cover, worked out for the tasks that are asked for."""

    def __init__(self, d):
        super().__init__()
        self._d, self.values_, self.dependencies = d, {}, {}

    def __missing__(self, task):
        self._d.setVar("__BBTASKS", [task])
        tasks, names = _hitz.base_hashes(self._d)
        self.values_.update((name, value) for name, value, _ in names)
        self.dependencies.update((name, set(dependencies)) for name, _, dependencies in names)
        self[task] = set(tasks[0][2])
        return self[task]


class _RecipeCaches:
    """What is known of one recipe, by the names that BitBake gives to it; found out when somebody asks."""

    def __init__(self, mcfn, d):
        self._mcfn, self._d = mcfn, d.createCopy()  # d becomes the task's own

    @functools.cached_property
    def stamp(self):
        return {self._mcfn: self._d.getVar("STAMP")}

    @functools.cached_property
    def stamp_extrainfo(self):
        extra = {task: self._d.getVarFlag(task, "stamp-extra-info") for task in self._d.getVar("__BBTASKS", False) or []}
        return {self._mcfn: {task: info for task, info in extra.items() if info}}

    @functools.cached_property
    def _covered(self):
        return _Covered(self._d)

    @functools.cached_property
    def siggen_taskdeps(self):
        return {self._mcfn: self._covered}

    @functools.cached_property
    def siggen_varvals(self):
        return {self._mcfn: self._covered.values_}

    @functools.cached_property
    def siggen_gendeps(self):
        return {self._mcfn: self._covered.dependencies}


class SignatureGenerator:
    """What a recipe's hashes are called and where its stamps are."""

    name = "noop"

    def __init__(self, data):
        self.basehash, self.taskhash, self.unihash = {}, {}, {}
        self.runtaskdeps, self.file_checksum_values, self.taints = {}, {}, {}
        self.unitaskhashes, self.tidtopn, self.datacaches = {}, {}, {}
        self.setscenetasks = set()

    def finalise(self, fn, d, varient):
        """A recipe has been parsed."""

    def postparsing_clean_cache(self):
        """All recipes have been parsed."""

    def setup_datacache(self, datacaches):
        self.datacaches = datacaches

    def setup_datacache_from_datastore(self, mcfn, d):
        """In a task's process the recipe's datastore alone is there to tell of stamps."""
        self.datacaches = {d.getVar("__BBMULTICONFIG", False) or "": _RecipeCaches(mcfn, d)}

    def get_cached_unihash(self, tid):
        return None

    def get_unihash(self, tid):
        return self.get_cached_unihash(tid) or self.taskhash[tid]

    def get_unihashes(self, tids):
        """The hash that stands for each task's result, by task."""
        return {tid: self.get_unihash(tid) for tid in tids}

    def prep_taskhash(self, tid, deps, dataCaches):
        """Notes what a task's hash will cover."""

    def get_taskhash(self, tid, deps, dataCaches):
        self.taskhash[tid] = hashlib.sha256(tid.encode("utf-8")).hexdigest()
        return self.taskhash[tid]

    def writeout_file_checksum_cache(self):
        """All hashes have been worked out."""

    def _stamp(self, mcfn):
        return self.datacaches[bb.runqueue.mc_from_tid(mcfn)].stamp[mcfn]

    def _stamp_extrainfo(self, mcfn, taskname):
        return self.datacaches[bb.runqueue.mc_from_tid(mcfn)].stamp_extrainfo[mcfn].get(_base_task(taskname)) or ""

    def stampfile_base(self, mcfn):
        return self._stamp(mcfn)

    def stampfile_mcfn(self, taskname, mcfn, extrainfo=True):
        """The stamp of a task; None of a recipe without stamps."""
        stamp = self._stamp(mcfn)
        return self.stampfile(stamp, mcfn, taskname, self._stamp_extrainfo(mcfn, taskname) if extrainfo else "") if stamp else None

    def stampcleanmask_mcfn(self, taskname, mcfn):
        stamp = self._stamp(mcfn)
        return self.stampcleanmask(stamp, mcfn, taskname, self._stamp_extrainfo(mcfn, taskname)) if stamp else []

    def stampfile(self, stampbase, file_name, taskname, extrainfo):
        return ("%s.%s.%s" % (stampbase, taskname, extrainfo)).rstrip(".")

    def stampcleanmask(self, stampbase, file_name, taskname, extrainfo):
        return ("%s.%s.%s" % (stampbase, taskname, extrainfo)).rstrip(".")

    def dump_sigtask(self, mcfn, task, stampbase, runtime):
        """Writes what a hash was made of."""

    def dump_sigs(self, dataCache, options):
        """What else -S asks for, when all signature files are written."""

    def invalidate_task(self, task, mcfn):
        bb.utils.remove(self._stamp(mcfn))

    def get_taskdata(self):
        """What another process needs to go on with these hashes."""
        return (self.runtaskdeps, self.taskhash, self.unihash, self.file_checksum_values, self.taints, self.basehash,
                self.unitaskhashes, self.tidtopn, self.setscenetasks)

    def set_taskdata(self, data):
        (self.runtaskdeps, self.taskhash, self.unihash, self.file_checksum_values, self.taints, self.basehash,
         self.unitaskhashes, self.tidtopn, self.setscenetasks) = data

    def get_taskhashes(self):
        return self.taskhash, self.unihash, self.unitaskhashes, self.tidtopn

    def set_taskhashes(self, hashes):
        self.taskhash, self.unihash, self.unitaskhashes, self.tidtopn = hashes

    def set_setscene_tasks(self, setscene_tasks):
        """Which tasks' results may be taken from elsewhere."""

    def save_unitaskhashes(self):
        """Keeps what servers answered for the next run."""

    def copy_unitaskhashes(self, targetdir):
        """The same, elsewhere."""

    def reset(self, data):
        self.__init__(data)

    def exit(self):
        """Nothing is held open."""


class SignatureGeneratorBasic(SignatureGenerator):
    """Hashes of a task's variables, of the files it names and of what it depends on."""

    name = "basic"

    def __init__(self, data):
        super().__init__(data)
        self.basehash_ignore_vars = set((data.getVar("BB_BASEHASH_IGNORE_VARS") or "").split())
        self.taskhash_ignore_tasks = None
        self.init_rundepcheck(data)
        self.checksum_cache = bb.checksum.FileChecksumCache()
        self.unihash_cache = bb.cache.SimpleCache("3")
        self.unitaskhashes = self.unihash_cache.init_cache(data, "bb_unihashes.dat", {})
        self.localdirsexclude = (data.getVar("BB_SIGNATURE_LOCAL_DIRS_EXCLUDE") or bb.checksum.LOCAL_DIRS_EXCLUDE).split()

    def init_rundepcheck(self, data):
        self.taskhash_ignore_tasks = data.getVar("BB_TASKHASH_IGNORE_TASKS") or None
        self.twl = re.compile(self.taskhash_ignore_tasks) if self.taskhash_ignore_tasks else None

    def set_setscene_tasks(self, setscene_tasks):
        self.setscenetasks = set(setscene_tasks)

    def finalise(self, fn, d, variant):
        """Tells a recipe of its base hashes, and of what they cover."""
        tasks, names = _hitz.base_hashes(d)
        d.setVar("__siggen_basehashes", {task: digest for task, digest, _ in tasks})
        d.setVar("__siggen_taskdeps", {task: set(variables) for task, _, variables in tasks})
        d.setVar("__siggen_varvals", {name: value for name, value, _ in names})
        d.setVar("__siggen_gendeps", {name: set(dependencies) for name, _, dependencies in names})
        mcfn = bb.cache.realfn2virtual(fn, variant, d.getVar("__BBMULTICONFIG", False) or "")
        self.basehash.update(("%s:%s" % (mcfn, task), digest) for task, digest, _ in tasks)

    def rundep_check(self, fn, recipename, task, dep, depname, dataCaches):
        """Whether a task's hash counts in another's."""
        return not self.twl or bool(self.twl.search(recipename)) or not self.twl.search(depname)

    def read_taint(self, fn, task, stampbase):
        """What a forced run left beside a task's stamps; None for nothing."""
        try:
            with open("%s.%s.taint" % (stampbase, task)) as file:
                return file.read()
        except OSError:
            return None

    def prep_taskhash(self, tid, deps, dataCaches):
        mc, _, task, mcfn = bb.runqueue.split_tid_mcfn(tid)
        caches = dataCaches[mc]
        recipename = caches.pkg_fn[mcfn]
        self.basehash[tid] = caches.basetaskhash[tid]
        self.tidtopn[tid] = recipename
        self.runtaskdeps[tid] = counted = []
        for dep in deps:
            depmc, _, deptask, depmcfn = bb.runqueue.split_tid_mcfn(dep)
            depname = dataCaches[depmc].pkg_fn[depmcfn]
            if not self.rundep_check(mcfn, recipename, task, dep, depname, dataCaches):
                continue
            if dep not in self.taskhash:
                bb.fatal("%s has no hash yet, and %s needs it" % (dep, tid))
            counted.append((build_pnid(depmc, depname, deptask), dep))
        files = caches.file_checksums[mcfn].get(task)
        self.file_checksum_values[tid] = self.checksum_cache.get_checksums(files, recipename, self.localdirsexclude) if files else []
        if task in caches.task_deps[mcfn].get("nostamp", ()) and not self.taints.get(tid, "").startswith(_NOSTAMP):
            self.taints[tid] = _NOSTAMP + _random_text()
        taint = self.read_taint(mcfn, task, caches.stamp[mcfn])
        if taint:
            self.taints[tid] = taint
            logger.warning("%s is tainted from a forced run" % tid)
        return {dep for _, dep in counted}

    def get_taskhash(self, tid, deps, dataCaches):
        parts = [self.basehash[tid]]
        parts += [self.get_unihash(dep) for _, dep in sorted(self.runtaskdeps[tid])]
        for path, checksum in sorted(self.file_checksum_values[tid], key=clean_checksum_file_path):
            if checksum:
                parts += [_shown_path(path) if "/./" in path else "", checksum]
        taint = self.taints.get(tid, "")
        parts.append(taint[len(_NOSTAMP):] if taint.startswith(_NOSTAMP) else taint)
        self.taskhash[tid] = hashlib.sha256("".join(parts).encode("utf-8")).hexdigest()
        return self.taskhash[tid]

    def save_unitaskhashes(self):
        self.unihash_cache.save(self.unitaskhashes)

    def copy_unitaskhashes(self, targetdir):
        self.unihash_cache.copyfile(targetdir)

    def _run_data(self, tid):
        files = sorted(self.file_checksum_values[tid], key=clean_checksum_file_path)
        return {"runtaskdeps": [name for name, _ in sorted(self.runtaskdeps[tid])],
                "runtaskhashes": {name: self.get_unihash(dep) for name, dep in self.runtaskdeps[tid]},
                "file_checksum_values": [(_shown_path(path), checksum) for path, checksum in files],
                "taskhash": self.taskhash[tid], "unihash": self.get_unihash(tid)}

    def dump_sigtask(self, mcfn, task, stampbase, runtime):
        tid = mcfn + ":" + task
        caches = self.datacaches[bb.runqueue.mc_from_tid(mcfn)]
        whole = runtime and tid in self.taskhash
        if isinstance(runtime, str) and runtime.startswith("customfile:"):
            path, stamp = stampbase, runtime[len("customfile:"):]
        else:
            kind = "sigdata." + self.get_unihash(tid) if whole else "sigbasedata." + self.basehash[tid]
            path, stamp = "%s.%s.%s" % (stampbase, task, kind), stampbase
        if whole and _hitz.write_signature(tid, self.get_unihash(tid), path):
            return
        taskdeps = caches.siggen_taskdeps[mcfn][task]
        names = [name for name in taskdeps if name not in self.basehash_ignore_vars]
        values, gendeps = caches.siggen_varvals[mcfn], caches.siggen_gendeps[mcfn]
        data = {"task": task, "basehash_ignore_vars": self.basehash_ignore_vars,
                "taskhash_ignore_tasks": self.taskhash_ignore_tasks, "taskdeps": taskdeps, "basehash": self.basehash[tid],
                "gendeps": {name: gendeps[name] for name in names},
                "varvals": {task: values[task], **{name: values[name] for name in names}}}
        if whole:
            data.update(self._run_data(tid))
        taint = self.read_taint(mcfn, task, stamp)
        if whole and _NOSTAMP in self.taints.get(tid, ""):
            taint = self.taints[tid]
        if taint:
            data["taint"] = taint
        if calc_basehash(data) != self.basehash[tid]:
            bb.error("Basehash mismatch %s versus %s for %s" % (calc_basehash(data), self.basehash[tid], tid))
        if whole and calc_taskhash(data) != self.taskhash[tid]:
            bb.error("Taskhash mismatch %s versus %s for %s" % (calc_taskhash(data), self.taskhash[tid], tid))
            path = path.replace(self.taskhash[tid], calc_taskhash(data))
        write_sigfile(path, data)


class SignatureGeneratorBasicHash(SignatureGeneratorBasic):
    """Stamps carry the hash."""

    name = "basichash"

    def get_stampfile_hash(self, tid):
        return self.taskhash[tid] if tid in self.taskhash else self.basehash[tid]

    def stampfile(self, stampbase, mcfn, taskname, extrainfo, clean=False):
        digest = "*" if clean else self.get_stampfile_hash("%s:%s" % (mcfn, _base_task(taskname)))
        return ("%s.%s.%s.%s" % (stampbase, taskname, digest, extrainfo)).rstrip(".")

    def stampcleanmask(self, stampbase, mcfn, taskname, extrainfo):
        return self.stampfile(stampbase, mcfn, taskname, extrainfo, clean=True)

    def invalidate_task(self, task, mcfn):
        """The task and all that needs it have other hashes from now on."""
        bb.note("Tainting hash to force rebuild of task %s, %s" % (mcfn, task))
        path = "%s.%s.taint" % (self._stamp(mcfn), task)
        bb.utils.mkdirhier(os.path.dirname(path))
        with open(path, "w") as file:
            file.write(_random_text())


class SignatureGeneratorUniHashMixIn:
    """Hashes that stand for equal results, as a server knows them. Whoever derives from it names the server."""

    def __init__(self, data):
        self.extramethod, self.unihash_exists_cache = {}, set()
        self.username = self.password = None
        self.max_parallel = 1
        self.env = {}
        before = data.getVar("BB_ORIGENV")
        for name in HASHSERV_ENVVARS:
            value = data.getVar(name) or (before.getVar(name) if before else None)
            if value:
                self.env[name] = value
        super().__init__(data)

    def get_taskdata(self):
        return (self.server, self.method, self.extramethod, self.username, self.password, self.env) + super().get_taskdata()

    def set_taskdata(self, data):
        self.server, self.method, self.extramethod, self.username, self.password, self.env = data[:6]
        super().set_taskdata(data[6:])

    def get_hashserv_creds(self):
        return {"username": self.username, "password": self.password} if self.username and self.password else {}

    @contextlib.contextmanager
    def _client_env(self):
        before = {name: os.environ.get(name) for name in self.env}
        os.environ.update(self.env)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @contextlib.contextmanager
    def client(self):
        """The connection to the server, made when it is first asked for."""
        with self._client_env():
            if getattr(self, "_client", None) is None:
                self._client = hashserv.create_client(self.server, **self.get_hashserv_creds())
            yield self._client

    def _close(self):
        if getattr(self, "_client", None) is not None:
            with self._client_env():
                self._client.close()
            self._client = None

    def reset(self, data):
        self._close()
        return super().reset(data)

    def exit(self):
        self._close()
        return super().exit()

    def _unreachable(self, error):
        bb.warn("Error contacting Hash Equivalence Server %s: %s" % (self.server, error))

    def _key(self, tid):
        mc, _, task, _ = bb.runqueue.split_tid_mcfn(tid)
        return "%s:%s:%s" % (mc, self.tidtopn[tid], task)

    def set_unihash(self, tid, unihash):
        self.unitaskhashes[self._key(tid)] = (self.taskhash[tid], unihash)
        self.unihash[tid] = unihash

    def _get_unihash(self, tid, checkkey=None):
        if tid not in self.tidtopn:
            return None
        known, unihash = self.unitaskhashes.get(self._key(tid), (None, None))
        return unihash if known is not None and known == (checkkey or self.taskhash[tid]) else None

    def get_cached_unihash(self, tid):
        taskhash = self.taskhash[tid]
        if self.setscenetasks and tid not in self.setscenetasks:
            self.unihash[tid] = None
            return taskhash
        unihash = self._get_unihash(tid)
        if unihash is not None:
            self.unihash[tid] = unihash
        return unihash

    def get_stampfile_hash(self, tid):
        unihash = self._get_unihash(tid) if tid in self.taskhash else None
        return super().get_stampfile_hash(tid) if unihash is None else unihash

    def _get_method(self, tid):
        return self.method + self.extramethod.get(tid, "")

    def unihashes_exist(self, query):
        """Of some hashes by name, whether the server knows each; what it knows is not asked again."""
        unsure = {name: unihash for name, unihash in query.items() if unihash not in self.unihash_exists_cache}
        result = {name: True for name in query if name not in unsure}
        if unsure:
            with self.client() as client:
                result.update(zip(unsure, client.unihash_exists_batch(iter(unsure.values()))))
        self.unihash_exists_cache.update(query[name] for name, exists in result.items() if exists)
        return result

    def get_unihash(self, tid):
        return self.get_unihashes([tid])[tid]

    def get_unihashes(self, tids):
        """Asks for all that are not known at once; a hash that nobody reported is the task's own."""
        result, asked = {}, []
        for tid in tids:
            unihash = self.get_cached_unihash(tid)
            if unihash:
                result[tid] = unihash
            else:
                asked.append(tid)
        answers = []
        if asked:
            try:
                with self.client() as client:
                    answers = client.get_unihash_batch((self._get_method(tid), self.taskhash[tid]) for tid in asked)
            except (ConnectionError, FileNotFoundError, EOFError) as error:
                self._unreachable(error)
        for tid, answer in zip(asked, answers or [None] * len(asked)):
            if answer:
                check_hashserv_unihash(answer)
                hashequiv_logger.debug("Found unihash %s in place of %s for %s from %s" % (answer, self.taskhash[tid], tid, self.server))
            result[tid] = answer or self.taskhash[tid]
            self.set_unihash(tid, result[tid])
        return result

    def report_unihash(self, path, task, d):
        """Tells the server what a task made; BB_UNIHASH becomes what stands for it."""
        taskhash, unihash = d.getVar("BB_TASKHASH"), d.getVar("BB_UNIHASH", False)
        mcfn = d.getVar("BB_FILENAME")
        tid = mcfn + ":do_" + task
        if self.setscenetasks and tid not in self.setscenetasks or taskhash != self.taskhash[tid]:
            return
        if self._get_unihash(tid, checkkey=taskhash) != unihash:
            bb.fatal("the hash of %s is %s in BB_UNIHASH, but %s is known" % (tid, unihash, self._get_unihash(tid, checkkey=taskhash)))
        outhash, listing = self._outhash(path, task, d)
        extra = {"owner": d.getVar("SSTATE_HASHEQUIV_OWNER")} if d.getVar("SSTATE_HASHEQUIV_OWNER") else {}
        if d.getVar("SSTATE_HASHEQUIV_REPORT_TASKDATA") == "1":
            extra.update({name: d.getVar(name) for name in ("PN", "PV", "PR")}, task=task, outhash_siginfo=listing())
        try:
            with self.client() as client:
                new = client.report_unihash(taskhash, self._get_method(tid), outhash, unihash, extra)["unihash"]
        except (ConnectionError, FileNotFoundError, EOFError) as error:
            self._unreachable(error)
            return
        check_hashserv_unihash(new)
        if new != unihash:
            hashequiv_logger.debug("Task %s unihash changed %s -> %s by server %s" % (taskhash, unihash, new, self.server))
            bb.event.fire(bb.runqueue.taskUniHashUpdate(tid, new), d)
            self.set_unihash(tid, new)
            d.setVar("BB_UNIHASH", new)
        else:
            hashequiv_logger.debug("Reported task %s as unihash %s to %s" % (taskhash, unihash, self.server))

    def _outhash(self, path, task, d):
        """The hash of a task's output by the method of the metadata, and a function that gives the text it is of."""
        folder, name = d.getVar("T"), "depsig.do_%s.%d" % (task, os.getpid())
        with open(os.path.join(folder, name), "w+b") as sigfile:
            module, _, method = self.method.rpartition(".")
            function = "method" if module else method
            known = {"path": path, "sigfile": sigfile, "task": task, "d": d}
            if module:
                known["method"] = getattr(__import__(module, fromlist=[method]), method)
            outhash = bb.utils.better_eval(function + "(path, sigfile, task, d)", known)
        link = os.path.join(folder, "depsig.do_" + task)
        bb.utils.remove(link)
        with contextlib.suppress(OSError):
            os.symlink(name, link)

        def listing():
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return file.read()
        return outhash, listing

    def report_unihash_equiv(self, tid, taskhash, wanted_unihash, current_unihash, datacaches):
        """Tells the server that a task's result is that of another hash; whether it agreed to that."""
        try:
            with self.client() as client:
                data = client.report_unihash_equiv(taskhash, self._get_method(tid), wanted_unihash, {})
        except (ConnectionError, FileNotFoundError, EOFError) as error:
            self._unreachable(error)
            return False
        if data is None:
            bb.warn("Server unable to handle unihash report")
            return False
        check_hashserv_unihash(data["unihash"])
        if data["unihash"] == current_unihash or data["unihash"] != wanted_unihash:
            return False
        self.set_unihash(tid, wanted_unihash)
        return True


class SignatureGeneratorTestEquivHash(SignatureGeneratorUniHashMixIn, SignatureGeneratorBasicHash):
    """For tests: outputs are hashed by sstate_output_hash()."""

    name = "TestEquivHash"

    def init_rundepcheck(self, data):
        super().init_rundepcheck(data)
        self.server = data.getVar("BB_HASHSERVE")
        self.method = "sstate_output_hash"


def dump_this_task(outfile, d):
    """Writes the signature file of the task that runs."""
    mcfn = d.getVar("BB_FILENAME")
    stamp = bb.parse.siggen.stampfile_base(mcfn)
    bb.parse.siggen.dump_sigtask(mcfn, "do_" + d.getVar("BB_CURRENTTASK"), outfile, "customfile:" + stamp)


def init(d):
    """The generator that BB_SIGNATURE_HANDLER names; metadata may have added its own to this module."""
    wanted = d.getVar("BB_SIGNATURE_HANDLER") or "noop"
    known = [cls for cls in list(globals().values()) if isinstance(cls, type) and issubclass(cls, SignatureGenerator)]
    for cls in known:
        if cls.name == wanted:
            return cls(d)
    logger.error("Invalid signature generator '%s', using default 'noop'\nAvailable generators: %s" % (
        wanted, ", ".join(cls.name for cls in known)))
    return SignatureGenerator(d)
