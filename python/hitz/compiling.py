# SPDX-License-Identifier: Apache-2.0
"""Code of metadata in the form in which it can be kept."""

import marshal
import warnings


def compiled(text: bytes, path: str):
    """The code of a file's part, and its bytes; None instead of these when Python has warned of something."""
    told = []
    shown = warnings._showwarnmsg

    def show(message):
        told.append(message)
        shown(message)

    warnings._showwarnmsg = show
    try:
        code = compile(text, path, "exec", dont_inherit=True)
    finally:
        warnings._showwarnmsg = shown
    return code, None if told else marshal.dumps(code)
