# SPDX-License-Identifier: Apache-2.0
"""A recipe's calculate_extra_depends: metadata's code that adds to the recipe's DEPENDS."""

import textwrap


def calculate(text: str, self_pn: str, depends: str, world: str, all_pns: str) -> str:
    """DEPENDS as the code leaves it, a name a line."""
    names = {
        "deps": depends.split("\n") if depends else [],
        "world_target": set(world.split("\n")) if world else set(),
        "pkg_pn": {pn: [] for pn in all_pns.split("\n")},
        "self_pn": self_pn,
    }
    body = "def calculate_extra_depends(%s):\n%s\n" % (", ".join(names), textwrap.indent(textwrap.dedent(text), "    "))
    scope: dict = {}
    exec(compile(body, "calculate_extra_depends", "exec"), scope)  # as BitBake runs it: it is part of the metadata
    scope["calculate_extra_depends"](**names)
    return "\n".join(names["deps"])
