#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare two dumps (JSON Lines, see bitbake_dump.py) record by record.

compare_dumps.py REFERENCE CANDIDATE [--show N] [--root-a DIR --root-b DIR]
Records are matched by (file, variant).  Both dumps must have been made with the
same --digest setting and from trees at the same place (else give the two roots,
by which files are named relative to their tree).
Prints, per kind of fact, how many agree, and the N most frequent disagreements.
Exit status 0 only where everything agrees.
"""
import argparse, collections, json, sys


def load(path, root):
    records = {}
    with open(path) as lines:
        for line in lines:
            record = json.loads(line)
            name = record["file"]
            if root and name.startswith(root):
                name = name[len(root):].lstrip("/")
            records[name, record.get("variant") or ""] = record
    return records


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("reference")
    ap.add_argument("candidate")
    ap.add_argument("--show", type=int, default=25)
    ap.add_argument("--root-a", default="")
    ap.add_argument("--root-b", default="")
    args = ap.parse_args()
    a, b = load(args.reference, args.root_a), load(args.candidate, args.root_b)
    total, equal = collections.Counter(), collections.Counter()
    where, example = collections.Counter(), {}

    def count(kind, key, left, right, place):
        total[kind] += 1
        if left == right:
            equal[kind] += 1
        else:
            where[kind, key] += 1
            example.setdefault((kind, key), (place, str(left)[:160], str(right)[:160]))

    for key in sorted(set(a) | set(b)):
        left, right = a.get(key), b.get(key)
        count("variant", "present", left is not None, right is not None, key)
        if left is None or right is None:
            continue
        for field in ("layer", "skipped", "pn", "pv", "pr", "error"):
            count(field, field, left.get(field), right.get(field), key)
        for field in ("tasks", "taskdeps", "vars", "flags"):
            x, y = left.get(field) or {}, right.get(field) or {}
            for name in x.keys() | y.keys():
                count(field, name, x.get(name), y.get(name), key)
        x, y = left.get("taskvars"), right.get("taskvars")
        count("taskvars", "all", x, y, key)
    whole = sum(all(a[k].get(f) == b[k].get(f) for f in ("skipped", "tasks", "taskdeps", "vars", "flags"))
                for k in a.keys() & b.keys())
    for kind in total:
        print("%-9s %9d of %9d agree (%.4f %%)" % (kind, equal[kind], total[kind], 100.0 * equal[kind] / total[kind]))
    for (kind, name), n in where.most_common(args.show):
        place, left, right = example[kind, name]
        print("%7d × %s %s\n          %s\n        - %r\n        + %r" % (n, kind, name, place, left, right))
    print("%d of %d variants agree in everything" % (whole, len(a)))
    return 0 if whole == len(a) == len(b) and not where else 1


if __name__ == "__main__":
    sys.exit(main())
