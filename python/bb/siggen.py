# SPDX-License-Identifier: Apache-2.0
"""Signature generators by name. hitz computes hashes itself; what metadata asks of a generator, and what it
derives its own from, is here."""

import _hitz
import bb


class SignatureGenerator:
    """What a recipe's hashes are called and where its stamps are."""

    name = "noop"

    def __init__(self, data):
        self.data = data
        self.basehash, self.taskhash, self.unihash = {}, {}, {}
        self.runtaskdeps, self.tidtopn, self.datacaches = {}, {}, {}
        self.setscenetasks = set()

    def finalise(self, fn, d, variant):
        """A recipe has been parsed."""

    def setup_datacache(self, datacaches):
        self.datacaches = datacaches

    def get_unihash(self, tid):
        return self.taskhash[tid]

    def get_unihashes(self, tids):
        """The hash that stands for each task's result, by task."""
        return {tid: self.get_unihash(tid) for tid in tids}

    def get_cached_unihash(self, tid):
        return self.taskhash.get(tid)

    def stampfile(self, stampbase, file_name, taskname, extrainfo):
        return ("%s.%s.%s" % (stampbase, taskname, extrainfo)).rstrip(".")

    def stampcleanmask(self, stampbase, file_name, taskname, extrainfo):
        return ("%s.%s.%s" % (stampbase, taskname, extrainfo)).rstrip(".")

    def get_taskdata(self):
        """What another process needs to go on with these hashes."""
        return self.taskhash, self.unihash, self.tidtopn, self.setscenetasks

    def set_taskdata(self, data):
        self.taskhash, self.unihash, self.tidtopn, self.setscenetasks = data

    def set_setscene_tasks(self, setscene_tasks):
        self.setscenetasks = set(setscene_tasks)

    def reset(self, data):
        self.__init__(data)

    def exit(self):
        """Nothing is held open."""


class SignatureGeneratorBasic(SignatureGenerator):
    """Hashes of a task's variables and of what it depends on."""

    name = "basic"

    def __init__(self, data):
        super().__init__(data)
        self.taints, self.file_checksum_values = {}, {}
        self.basehash_ignore_vars = set((data.getVar("BB_BASEHASH_IGNORE_VARS") or "").split())
        self.init_rundepcheck(data)

    def init_rundepcheck(self, data):
        """For generators that leave dependencies out."""

    def finalise(self, fn, d, variant):
        """Tells a recipe of its base hashes, and of what they cover."""
        tasks, names = _hitz.base_hashes(d)
        d.setVar("__siggen_basehashes", {task: digest for task, digest, _ in tasks})
        d.setVar("__siggen_taskdeps", {task: set(variables) for task, _, variables in tasks})
        d.setVar("__siggen_varvals", {name: value for name, value, _ in names})
        d.setVar("__siggen_gendeps", {name: set(dependencies) for name, _, dependencies in names})
        mcfn = bb.cache.realfn2virtual(fn, variant, d.getVar("__BBMULTICONFIG", False) or "")
        self.basehash.update(("%s:%s" % (mcfn, task), digest) for task, digest, _ in tasks)

    def rundep_check(self, fn, recipename, task, dep, depname, dataCaches=None):
        """Whether a task's hash counts in another's."""
        return True


class SignatureGeneratorBasicHash(SignatureGeneratorBasic):
    """Stamps carry the hash."""

    name = "basichash"

    def get_stampfile_hash(self, tid):
        return self.taskhash.get(tid) or self.basehash[tid]

    def stampfile(self, stampbase, mcfn, taskname, extrainfo, clean=False):
        if clean:
            return ("%s.%s.*.%s" % (stampbase, taskname, extrainfo)).rstrip(".")
        base = taskname[:-len("_setscene")] if taskname.endswith("_setscene") else taskname
        return ("%s.%s.%s.%s" % (stampbase, taskname, self.get_stampfile_hash(mcfn + ":" + base), extrainfo)).rstrip(".")

    def stampcleanmask(self, stampbase, mcfn, taskname, extrainfo):
        return self.stampfile(stampbase, mcfn, taskname, extrainfo, clean=True)


class SignatureGeneratorUniHashMixIn:
    """Hashes that stand for equal results. Without a server each task's own hash is the one."""

    def __init__(self, data):
        self.unitaskhashes, self.extramethod = {}, {}
        super().__init__(data)

    def _key(self, tid):
        mc, _, task, _ = bb.runqueue.split_tid_mcfn(tid)
        return "%s:%s:%s" % (mc, self.tidtopn[tid], task)

    def set_unihash(self, tid, unihash):
        self.unitaskhashes[self._key(tid)] = (self.taskhash[tid], unihash)
        self.unihash[tid] = unihash

    def get_cached_unihash(self, tid):
        known, unihash = self.unitaskhashes.get(self._key(tid), (None, None)) if tid in self.tidtopn else (None, None)
        return unihash if known == self.taskhash[tid] else None

    def get_unihash(self, tid):
        unihash = self.get_cached_unihash(tid) or self.taskhash[tid]
        self.unihash[tid] = unihash
        return unihash

    def get_stampfile_hash(self, tid):
        return self.get_unihash(tid) if tid in self.taskhash else super().get_stampfile_hash(tid)

    def report_unihash(self, path, task, d):
        """What a task made is told to a server; there is none to tell."""


def build_pnid(mc, pn, taskname):
    """The name of a task in signature files."""
    return "%s:%s" % (pn, taskname) if not mc else "mc:%s:%s:%s" % (mc, pn, taskname)


def init(d):
    """The generator that BB_SIGNATURE_HANDLER names; metadata may have added its own to this module."""
    wanted = d.getVar("BB_SIGNATURE_HANDLER") or "noop"
    for cls in list(globals().values()):
        if isinstance(cls, type) and issubclass(cls, SignatureGenerator) and cls.name == wanted:
            return cls(d)
    return SignatureGenerator(d)
