# SPDX-License-Identifier: Apache-2.0
"""A graph of tasks as BitBake's DepTreeGenerated event holds it."""

import os


def _named(recipes, fn):
    return recipes.pkg_fn[fn]


def of(graph, engine):
    """The dict of dicts; graph is what the engine tells."""
    recipes = engine.recipes("")
    tasks = [("%s.%s" % (recipes.pkg_fn.get(fn, fn), task), fn, needs) for fn, task, needs in graph["tasks"]]
    out = {"depends": {}, "tdepends": {}, "pn": {}, "rdepends-pn": {}, "packages": {}, "rdepends-pkg": {}, "rrecs-pkg": {},
           "providermap": {}, "layer-priorities": [(layer["name"], layer["pattern"], layer["pattern"], layer["priority"]) for layer in engine.layers]}
    for name, fn in graph["provided"].items():
        if fn in recipes.pkg_fn and recipes.pkg_fn[fn] != name:
            out["providermap"][name] = (recipes.pkg_fn[fn], "%s:%s-%s" % recipes.pkg_pepvpr[fn])
    for name, fn, needs in tasks:
        out["tdepends"][name] = [tasks[need][0] for need in needs]
        pn = recipes.pkg_fn.get(fn)
        if pn is None or pn in out["pn"]:
            continue
        out["pn"][pn] = {"filename": fn, "version": "%s:%s-%s" % recipes.pkg_pepvpr[fn], "inherits": recipes.inherits[fn],
                         "provides": recipes.fn_provides[fn]}
        depends = (recipes.pkg_fn.get(graph["provided"].get(dep), dep) for dep in recipes.deps[fn])
        out["depends"][pn] = list(dict.fromkeys(depends))
        out["rdepends-pn"][pn] = list(dict.fromkeys(dep for deps in recipes.rundeps[fn].values() for dep in deps))
        for package, deps in recipes.rundeps[fn].items():
            out["packages"][package] = {"pn": pn, "filename": fn, "version": "%s:%s-%s" % recipes.pkg_pepvpr[fn]}
            out["rdepends-pkg"][package], out["rrecs-pkg"][package] = list(deps), list(recipes.runrecs[fn][package])
    return out


def write(graph):
    """pn-buildlist and task-depends.dot in this folder."""
    with open("pn-buildlist", "w") as file:
        file.writelines(pn + "\n" for pn in graph["pn"])
    for old in ("pn-depends.dot", "package-depends.dot", "recipe-depends.dot"):
        if os.path.exists(old):
            os.unlink(old)
    with open("task-depends.dot", "w") as file:
        file.write("digraph depends {\n")
        for name in sorted(graph["tdepends"]):
            pn, task = name.rsplit(".", 1)
            known = graph["pn"][pn]
            file.write('"%s" [label="%s %s\\n%s\\n%s"]\n' % (name, pn, task, known["version"], known["filename"]))
            file.writelines('"%s" -> "%s"\n' % (name, need) for need in sorted(graph["tdepends"][name]))
        file.write("}\n")
