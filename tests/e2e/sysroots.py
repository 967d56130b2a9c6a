# SPDX-License-Identifier: Apache-2.0
"""What stands in a recipe's sysroot: what it depends on and what that needs, whether that was built now, before, or restored."""

import glob
import os
import re
import shutil

from support import PLAIN, Place, has, test, toy_layer

LIBRARY = PLAIN + 'DEPENDS = "%s"\ndo_install () {\n    install -d ${D}${libdir}\n    echo %s > ${D}${libdir}/%s.txt\n}\n'
TOOL = 'LICENSE = "CLOSED"\ninherit native\nDEPENDS = "%s"\ndo_install () {\n    install -d ${D}${bindir}\n    echo %s > ${D}${bindir}/%s.txt\n}\n'
# Of the libraries the user names one alone; the tool that made that one is none of the user's.
USER = PLAIN + 'DEPENDS = "upper tool-native"\nTOLD ?= "once"\ndo_compile () {\n    echo ${TOLD}\n    (cd ${RECIPE_SYSROOT} && find . -type f)\n    ' \
               '(cd ${RECIPE_SYSROOT_NATIVE} && find . -type f)\n    cat ${RECIPE_SYSROOT}${libdir}/lower.txt\n}\n'
WANTED = {"usr/lib/upper.txt", "usr/lib/middle.txt", "usr/lib/lower.txt", "usr/bin/tool.txt", "usr/bin/deeper.txt"}


def place_with(name):
    layer = toy_layer(name, {"upper_1.0.bb": LIBRARY % ("middle maker-native", "upper", "upper"), "middle_1.0.bb": LIBRARY % ("lower", "middle", "middle"),
                             "lower_1.0.bb": LIBRARY % ("", "lower", "lower"), "maker-native_1.0.bb": TOOL % ("", "maker", "maker"),
                             "tool-native_1.0.bb": TOOL % ("deeper-native", "tool", "tool"), "deeper-native_1.0.bb": TOOL % ("", "deeper", "deeper"),
                             "user_1.0.bb": USER})
    return Place(name, layer)


def rebuilt(place, told, **how):
    """Builds the user as for the first time; what is in its sysroots, and what hitz said."""
    for folder in glob.glob(os.path.join(place.build, "tmp", "work", "*", "user")) + glob.glob(os.path.join(place.build, "tmp", "stamps", "*", "user")):
        shutil.rmtree(folder)
    with open(os.path.join(place.build, "conf", "local.conf"), "a") as file:
        file.write('TOLD = "%s"\n' % told)
    out = place.hitz("build", "user", **how)
    work = os.path.join(place.build, "tmp", "work")
    found = set()
    for root, folders, _ in os.walk(work):
        for folder in [name for name in folders if name.startswith("recipe-sysroot") and os.path.basename(os.path.dirname(root)) == "user"]:
            base = os.path.join(root, folder)
            found |= {os.path.relpath(os.path.join(below, name), base) for below, _, names in os.walk(base) for name in names}
    return found, out


@test
def a_sysroot_has_what_is_needed_in_turn_when_what_needs_it_is_restored():
    place = place_with("sysroots")
    found, _ = rebuilt(place, "from nothing")
    assert found == WANTED, found
    shutil.rmtree(os.path.join(place.build, "tmp"))
    found, out = rebuilt(place, "from the cache")
    assert found == WANTED, found
    assert set(re.findall(r"NOTE: (\S+)-1\.0-r0 do_populate_sysroot: restored", out)) == {"upper", "middle", "lower", "tool-native", "deeper-native"}, out


@test
def a_component_that_is_gone_is_brought_back():
    place = place_with("gone")
    rebuilt(place, "from nothing")
    place.hitz("clean", "lower")
    found, out = rebuilt(place, "after cleaning")
    assert found == WANTED, found
    has(out, "lower-1.0-r0 do_populate_sysroot: restored")
    # Behind hitz's back: hitz does not see it in time, but says so and knows it then.
    components = os.path.join(place.build, "tmp", "sysroots-components")
    arch, = [name for name in os.listdir(components) if os.path.isdir(os.path.join(components, name, "lower"))]
    shutil.rmtree(os.path.join(components, arch, "lower"))
    _, out = rebuilt(place, "after removing", status=1)
    has(out, "user_1.0.bb: its sysroot needs the component of lower (", "lower_1.0.bb), which is not in ", "the next build brings it back")
    place.hitz("build", "user")
    assert os.path.isdir(os.path.join(components, arch, "lower"))
