# SPDX-License-Identifier: Apache-2.0
"""Names of recipe files with their variants."""


def virtualfn2realfn(virtualfn):
    """"mc:x:virtual:native:/a.bb" as (/a.bb, native, x)."""
    mc, cls, fn = "", "", virtualfn
    if fn.startswith("mc:") and fn.count(":") >= 2:
        _, mc, fn = fn.split(":", 2)
    if fn.startswith("virtual:"):
        _, cls, fn = fn.split(":", 2) if fn.count(":") == 2 else ("", *fn[len("virtual:"):].rsplit(":", 1))
    return fn, cls, mc


def realfn2virtual(realfn, cls, mc):
    name = "virtual:%s:%s" % (cls, realfn) if cls else realfn
    return "mc:%s:%s" % (mc, name) if mc else name


def variant2virtual(realfn, variant):
    """The name of a variant as bb.parse.handle() calls it."""
    if variant == "":
        return realfn
    if variant.startswith("mc:") and variant.count(":") >= 2:
        _, mc, rest = variant.split(":", 2)
        return "mc:%s:%s" % (mc, variant2virtual(realfn, rest))
    return "virtual:%s:%s" % (variant, realfn)
