# SPDX-License-Identifier: Apache-2.0
"""The configuration's signature generator at work on a graph of tasks. hitz works out hashes itself where the generator
is one whose rules it knows, and asks it for what stands for them; any other generator is asked for everything.

Texts come and go in records (0x1e) of fields (0x1f); tasks are numbers in the order in which they came."""

import hashlib
import inspect
import os
import pickle

import bb
import bb.siggen
import hashserv.database
from bb.siggen import SignatureGeneratorBasic, SignatureGeneratorUniHashMixIn
from hitz import setscene

# Functions of OE-Core that hitz does itself: SHA-256 of their text without blank lines and comments.
_KNOWN = {
    "2f4e8abec95400255fd20fc9d9bd276715687d6367ffc9a9389b85c48efd215f",  # rundep_check and sstate_rundepfilter
    "2bbdfa79e9fffdaf952ed756dbf593d1c94bc7605a70544bf2536767a5f52099",  # get_taskhash
}


class _Caches:
    """What is known of the recipes of one multiconfig, by the names that BitBake gives to it."""

    def __init__(self):
        for name in ("pkg_fn", "hashfn", "stamp", "stamp_extrainfo", "inherits", "runrecs", "basetaskhash", "file_checksums",
                     "task_deps", "siggen_varvals", "siggen_taskdeps", "siggen_gendeps"):
            setattr(self, name, {})


class _Work:
    def __init__(self):
        self.siggen, self.caches, self.tids, self.files, self.restorable = None, {}, [], [], set()
        self.learned = {}  # hashes that stand for results, as tasks found out while they ran


_work = _Work()


def _records(text):
    return [record.split("\x1f") for record in text.split("\x1e") if record]


def _digest(function):
    """Of a function and of those of its module that it calls, as they are written."""
    try:
        lines = inspect.getsource(function).split("\n")
    except (OSError, TypeError):
        return ""
    text = "\n".join(line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    called = [function.__globals__.get(name) for name in function.__code__.co_names]
    text += "".join(_digest(one) for one in called if inspect.isfunction(one))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _knows_rules(siggen):
    """Whether hitz does the same as the generator's methods."""
    cls = type(siggen)
    if not isinstance(siggen, SignatureGeneratorBasic) or getattr(siggen, "lockedsigs", None):
        return not isinstance(siggen, SignatureGeneratorBasic) and cls is bb.siggen.SignatureGenerator
    return all(getattr(cls, name) is getattr(SignatureGeneratorBasic, name) or _digest(getattr(cls, name)) in _KNOWN
               for name in ("prep_taskhash", "get_taskhash", "rundep_check", "read_taint"))


def address(d):
    """BB_HASHSERVE as BitBake leaves it; "auto" is the socket of the build directory's own server, or its database."""
    if d.getVar("BB_HASHSERVE") != "auto":
        return
    path = d.getVar("TOPDIR") + "/hashserve.sock"
    folder = d.getVar("BB_HASHSERVE_DB_DIR") or d.getVar("PERSISTENT_DIR") or d.getVar("CACHE")
    hashserv.database.register(path, os.path.join(folder, "hashserv.db"), d.getVar("BB_HASHSERVE_UPSTREAM") or None)
    d.setVar("BB_HASHSERVE", "unix://" + path)


def start(d, recipes, tasks, virtuals, learned=""):
    """Makes the generator and tells it of recipes, tasks and who serves virtual names. A graph that is signed again has
    records of what has been learned since, and keeps the taints of tasks without stamps.

    Answers with records: "known" or "asked" as to hashes, "same" or "others" as to what stands for them, and of
    OE-Core's generators the names that its rule needs."""
    address(d)
    before = _work.siggen
    _work.siggen = siggen = bb.parse.siggen = bb.siggen.init(d)
    _work.learned = dict(_records(learned))
    if learned and isinstance(siggen, SignatureGeneratorBasic):
        siggen.taints.update((tid, taint) for tid, taint in before.taints.items() if taint.startswith("nostamp:"))
    _work.caches, _work.tids = {}, []
    _work.files = [fields[0] for fields in _records(recipes)]
    for file, pn, hashfn, stamp in _records(recipes):
        caches = _work.caches.setdefault(bb.runqueue.split_mc(file)[0], _Caches())
        caches.pkg_fn[file], caches.hashfn[file], caches.stamp[file] = pn, hashfn, stamp
    _work.caches.setdefault("", _Caches())
    restorable = []
    for line in tasks.splitlines():
        number, task, flag = line.split(" ")
        tid = _work.files[int(number)] + ":" + task
        _work.tids.append(tid)
        if flag == "1":
            restorable.append(tid)
    siggen.setup_datacache(_work.caches)
    if hasattr(siggen, "tasks_resolved"):
        virtmap = dict(_records(virtuals))
        virtpnmap = {name: _work.caches[""].pkg_fn[file] for name, file in virtmap.items()}
        siggen.tasks_resolved(virtmap, virtpnmap, _work.caches[""])
    siggen.set_setscene_tasks(restorable)
    _work.restorable = set(restorable)
    others = isinstance(siggen, SignatureGeneratorUniHashMixIn) or getattr(siggen, "unihashmap", None)
    return "\x1e".join(["known" if _knows_rules(siggen) else "asked", "others" if others else "same",
                        "oe" if hasattr(siggen, "saferecipedeps") else "plain",
                        " ".join(getattr(siggen, "abisaferecipes", ())), " ".join(getattr(siggen, "saferecipedeps", ()))])


def _note(tid, taskhash):
    """What get_taskhash() of a known generator leaves behind."""
    siggen, (mc, _, _, file) = _work.siggen, bb.runqueue.split_tid_mcfn(tid)
    caches = _work.caches[mc]
    siggen.taskhash[tid], siggen.tidtopn[tid] = taskhash, caches.pkg_fn[file]
    if hasattr(siggen, "lockedpnmap"):
        siggen.lockedpnmap[file], siggen.lockedhashfn[file] = caches.pkg_fn[file], caches.hashfn[file]
        siggen.lockedhashes[tid] = False


def unihashes(numbers, hashes):
    """What stands for some tasks, whose hashes the generator hears of first."""
    tids = [_work.tids[int(number)] for number in numbers.split(" ")]
    for tid, taskhash in zip(tids, hashes.split(" ")):
        _note(tid, taskhash)
    _teach(tids)
    found = _work.siggen.get_unihashes(tids)
    return " ".join(found[tid] for tid in tids)


def _teach(tids):
    """Tells the generator what tasks have found out, whose hashes it knows by now."""
    for tid in tids if _work.learned else ():
        if tid in _work.learned:
            _work.siggen.set_unihash(tid, _work.learned[tid])


def data():
    """What a worker's generator needs, for resume()."""
    return pickle.dumps(_work.siggen.get_taskdata()).decode("latin-1")


def resume(d, known):
    """In a worker: the generator that knows all tasks' hashes."""
    address(d)
    siggen = bb.parse.siggen = bb.siggen.init(d)
    siggen.set_taskdata(pickle.loads(known.encode("latin-1")))


def describe(recipes, tasks):
    """Tells all that a generator with rules of its own may look at."""
    for file, inherits, recommends in _records(recipes):
        caches = _work.caches[bb.runqueue.split_mc(file)[0]]
        caches.inherits[file] = inherits.split(" ")
        packages = (one.split("=") for one in recommends.split(";") if one)
        caches.runrecs[file] = {package: names.split(" ") for package, names in packages}
        caches.file_checksums[file], caches.task_deps[file], caches.stamp_extrainfo[file] = {}, {"tasks": [], "nostamp": {}}, {}
    for tid, (basehash, checksums, nostamp, extra) in zip(_work.tids, _records(tasks)):
        mc, _, task, file = bb.runqueue.split_tid_mcfn(tid)
        caches = _work.caches[mc]
        caches.basetaskhash[tid] = basehash
        caches.task_deps[file]["tasks"].append(task)
        if checksums:
            caches.file_checksums[file][task] = checksums
        if nostamp == "1":
            caches.task_deps[file]["nostamp"][task] = "1"
        if extra:
            caches.stamp_extrainfo[file][task] = extra


def ask(waves, needs):
    """Every hash by the generator itself, one wave of tasks after the other; a record for each task."""
    siggen, caches, tids = _work.siggen, _work.caches, _work.tids
    depends = [{tids[int(number)] for number in line.split(" ") if number} for line in needs.split("\n")]
    hashes = {}  # of a locked task, not the one that its own data has
    for wave in waves.split("\n"):
        numbers = [int(number) for number in wave.split(" ")]
        for number in numbers:
            siggen.prep_taskhash(tids[number], depends[number], caches)
            hashes[tids[number]] = siggen.get_taskhash(tids[number], depends[number], caches)
        _teach([tids[number] for number in numbers])
        siggen.get_unihashes([tids[number] for number in numbers])
    siggen.writeout_file_checksum_cache()
    number_of = {tid: number for number, tid in enumerate(tids)}
    out = []
    for tid in tids:
        files = sorted(siggen.file_checksum_values.get(tid, ()), key=bb.siggen.clean_checksum_file_path)
        out.append("\x1f".join([
            hashes[tid], siggen.get_unihash(tid), siggen.taints.get(tid, ""),
            " ".join(str(number_of[dep]) for _, dep in sorted(siggen.runtaskdeps.get(tid, ()))),
            "\x1d".join("%s\x1c%s" % pair for pair in files)]))
    return "\x1e".join(out)


def note_needs(numbers, hashes, needs):
    """Tells the generator every hash that hitz worked out, and which tasks count in it."""
    siggen, caches, tids = _work.siggen, _work.caches, _work.tids
    if siggen.runtaskdeps:
        return  # it worked them out
    for number, taskhash in zip(numbers.split(" "), hashes.split(" ")):
        _note(tids[int(number)], taskhash)
    for tid, line in zip(tids, needs.split("\n")):
        siggen.runtaskdeps[tid] = deps = []
        for number in line.split(" ") if line else ():
            mc, _, task, file = bb.runqueue.split_tid_mcfn(tids[int(number)])
            deps.append((bb.siggen.build_pnid(mc, caches[mc].pkg_fn[file], task), tids[int(number)]))


def keep_learned(records):
    """Keeps for the next run what tasks have found out, each the hash that stands for its result: with what the generator was
    told before they ran, they would run again."""
    for tid, unihash in _records(records):
        _work.siggen.set_unihash(tid, unihash)
    _work.siggen.save_unitaskhashes()


def finish():
    """Keeps what servers answered, and lets go of the connection."""
    _work.siggen.save_unitaskhashes()
    _work.siggen.exit()


def writing():
    """What signature files need to be told: the numbers of tasks that have none (signatures that are locked), the
    variables and the tasks that are ignored. Nothing of a generator that writes none."""
    siggen = _work.siggen
    if not isinstance(siggen, SignatureGeneratorBasic):
        return ""
    locked = getattr(siggen, "lockedhashes", {})
    return "\x1e".join([" ".join(str(number) for number, tid in enumerate(_work.tids) if locked.get(tid)),
                        " ".join(siggen.basehash_ignore_vars), siggen.taskhash_ignore_tasks or ""])


def tids():
    return _work.tids


def restorable():
    """The tasks whose results may be taken from elsewhere."""
    return _work.restorable


def recipe_name(tid):
    mc, _, _, file = bb.runqueue.split_tid_mcfn(tid)
    return _work.caches[mc].pkg_fn[file]


def unihash(tid):
    return _work.siggen.get_unihash(tid)


def hash_record(tid):
    """A task as hitz.setscene.available() wants it."""
    mc, _, _, file = bb.runqueue.split_tid_mcfn(tid)
    locked = getattr(_work.siggen, "lockedhashes", {}).get(tid)
    return "\x1f".join([tid, locked or _work.siggen.taskhash[tid], unihash(tid), _work.caches[mc].hashfn[file]])


def check_locked(d):
    """Metadata says where locked signatures are not those of its tasks, or nobody shares their results, when it is asked
    what is shared; without locked signatures it is not asked."""
    function = d.getVar("BB_HASHCHECK_FUNCTION")
    if function and getattr(_work.siggen, "lockedsigs", None):
        setscene.available(d, function, "0", "", *(hash_record(tid) for tid in _work.tids if tid in _work.restorable))


def dump(options):
    """What -S asks for besides the signature files."""
    _work.siggen.dump_sigs(_work.caches, options.split(" "))
