# SPDX-License-Identifier: Apache-2.0
"""What hitz layers asks of Python: the edits of bblayers.conf."""

import bb.utils


def edit(conf, what, *folders):
    """Adds or removes layers; one a line, those that were there already or were not there."""
    add, remove = (list(folders), None) if what == "add" else (None, list(folders))
    notadded, notremoved = bb.utils.edit_bblayers_conf(conf, add, remove)
    return "\n".join(notadded if what == "add" else notremoved)
