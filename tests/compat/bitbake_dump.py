#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dump what the reference BitBake computes for every recipe, as JSON Lines.

One line per recipe variant (plain, native, nativesdk, multilib, ...):
  {"file", "variant", "layer", "pn", "pv", "pr", "skipped",
   "tasks": {task: basehash}, "taskdeps": {task: [task, ...]},
   "taskvars": {task: [variable its signature reads, ...]},
   "vars": {name: value}, "flags": {name: {flag: value}}}

"vars" holds expanded values (python functions: their text, unexpanded).  With
--digest, each value and each flag table is replaced by the first 16 hex digits
of its SHA-256 (of the UTF-8 text; for flags of json.dumps(sort_keys=True)).

Run it as an ordinary user, inside a build directory (conf/local.conf and
conf/bblayers.conf), with PYTHONPATH=<bitbake>/lib and <bitbake>/bin in PATH:
  bitbake_dump.py [--digest] [--match REGEX] [--jobs N] -o OUT.jsonl
A value whose expansion fails is the string "!ERROR <exception class>".
"""
import argparse, hashlib, json, os, re, sys, time

IGNORED = re.compile(
    r"^(__|_task_deps$|BB_ORIGENV$|BB_CMDLINE$|BBINCLUDED$|DATE$|TIME$|DATETIME$|"
    r"BUILDSTART$|BB_CONSOLELOG$|BB_DEFAULT_EVENTLOG$|EXTENDERCLASS$|SOURCE_DATE_EPOCH$|BB_HASHSERVE$|BB_WORKERCONTEXT$|_ensure_dir)")
FIFO = re.compile(r"fifo\.[0-9]+")


def make_cooker():
    """Return a BBCooker with its configuration parsed and recipes collected."""
    import bb, bb.cooker, bb.cookerdata, bb.main, bb.event, bb.parse
    conf = bb.main.BitBakeConfigParameters(["bitbake", "-p"])
    cooker = bb.cooker.BBCooker([], None)
    for key, value in vars(conf.options).items():
        setattr(cooker.configuration, key, value)
    cooker.configuration.env = dict(os.environ)
    if not hasattr(cooker, "data") or cooker.data is None:
        cooker.initConfigurationData()
    bb.parse.init_parser(cooker.data)
    return cooker


def text(value):
    """The value as text; the process id in the log fifo's name is not the recipe's."""
    if not isinstance(value, str):
        return json.dumps(value, sort_keys=True, default=str)
    return FIFO.sub("fifo.PID", value)


def dump_variant(fn, variant, d, layer, digest):
    def brief(s):
        return hashlib.sha256(s.encode("utf-8", "surrogateescape")).hexdigest()[:16] if digest else s
    skipped = d.getVar("__SKIPPED", False)
    out = {"file": fn, "variant": variant, "layer": layer, "skipped": skipped or None}
    for key in ("PN", "PV", "PR"):
        try:
            out[key.lower()] = d.getVar(key)
        except Exception as exc:
            out[key.lower()] = "!ERROR " + type(exc).__name__
    out["tasks"] = {}
    if not skipped:
        out["tasks"] = d.getVar("__siggen_basehashes", False) or {}
        out["taskvars"] = {t: sorted(v) for t, v in (d.getVar("__siggen_taskdeps", False) or {}).items()}
        deps = d.getVar("_task_deps", False) or {}
        out["taskdeps"] = {t: sorted(p) for t, p in (deps.get("parents") or {}).items()}
        if digest:
            out["taskvars"] = brief(json.dumps(out["taskvars"], sort_keys=True))
    values, flags = {}, {}
    for name in sorted(d.keys()):
        if IGNORED.match(name):
            continue
        table = d.getVarFlags(name) or {}
        table = {k: v for k, v in table.items() if not k.startswith("_") and k != "doc"
                 and k not in ("filename", "lineno", "history")}
        is_python = "func" in table and "python" in table
        try:
            value = d.getVar(name, not is_python)
        except Exception as exc:
            value = "!ERROR " + type(exc).__name__
        if value is not None:
            values[name] = brief(text(value))
        if table:
            flags[name] = brief(json.dumps(table, sort_keys=True, default=str)) if digest else table
    out["vars"], out["flags"] = values, flags
    return out


COOKER = None
ARGS = None


def work(item):
    import bb.parse
    fn, appends, layer, mc = item
    lines = []
    try:
        stores = COOKER.databuilder.parseRecipeVariants(fn, appends, mc=mc, layername=layer)
        for variant, d in sorted(stores.items()):
            name = "mc:%s:%s" % (mc, variant) if mc else variant
            lines.append(json.dumps(dump_variant(fn, name, d, layer, ARGS.digest), sort_keys=True, default=str))
    except BaseException as exc:
        lines.append(json.dumps({"file": fn, "variant": "", "error": "%s: %s" % (type(exc).__name__, exc)}))
    return lines


def main():
    global COOKER, ARGS
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--digest", action="store_true")
    ap.add_argument("--match", default="")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("-o", "--output", required=True)
    ARGS = ap.parse_args()
    sys.argv = ["bitbake", "-p"]
    COOKER = make_cooker()
    COOKER.handleCollections(COOKER.data.getVar("BBFILE_COLLECTIONS"))
    from bb.cooker import CookerCollectFiles
    multiconfigs = [""] + (COOKER.data.getVar("BBMULTICONFIG") or "").split()
    COOKER.collections = {mc: CookerCollectFiles(COOKER.bbfile_config_priorities, mc) for mc in multiconfigs}
    items = []
    for mc, collection in COOKER.collections.items():
        data = COOKER.databuilder.mcdata[mc]
        files = collection.collect_bbfiles(data, data)[0]
        items += [(fn, collection.get_file_appends(fn), collection.calc_bbfile_priority(fn)[2], mc)
                  for fn in sorted(files) if re.search(ARGS.match, fn)]
    start = time.time()
    parts, children = [], []
    for job in range(ARGS.jobs):  # plain fork: no helper threads holding locks
        part = "%s.part%d" % (ARGS.output, job)
        parts.append(part)
        pid = os.fork()
        if pid == 0:
            with open(part, "w") as out:
                for item in items[job::ARGS.jobs]:
                    out.writelines(line + "\n" for line in work(item))
            os._exit(0)
        children.append(pid)
    failed = sum(os.waitpid(pid, 0)[1] != 0 for pid in children)
    variants = 0
    with open(ARGS.output, "w") as out:
        for part in parts:
            with open(part) as lines:
                for line in lines:
                    out.write(line)
                    variants += 1
            os.unlink(part)
    print("%d files, %d variants, %.1f s" % (len(items), variants, time.time() - start), file=sys.stderr)
    sys.stderr.flush()
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # as bitbake itself does: sets have one order
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable] + sys.argv)
    main()
