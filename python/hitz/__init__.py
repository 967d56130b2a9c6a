# SPDX-License-Identifier: Apache-2.0
"""What hitz offers to metadata beyond BitBake; a layer asks with "try: import hitz"."""

import _hitz


def compose_sysroot(destination, components):
    """Makes a folder hold exactly what the components bring, by hard links; raises on conflicts."""
    _hitz.compose_sysroot(destination, list(components))


def debsrc_latest(package, prefix, d):
    """(version, file name, sha256) of Debian's newest source of a package within a series; recorded in conf/lock."""
    from hitz import debsrc
    return debsrc.latest(package, prefix, d)
