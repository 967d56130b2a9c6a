# SPDX-License-Identifier: Apache-2.0
"""What tests of whole builds share: small layers, and the word for a text that must be there."""

import os

LAYER_CONF = """BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/*.bb ${LAYERDIR}/*.bbappend"
BBFILE_COLLECTIONS += "%(name)s"
BBFILE_PATTERN_%(name)s = "^${LAYERDIR}/"
BBFILE_PRIORITY_%(name)s = "%(priority)d"
LAYERSERIES_COMPAT_%(name)s = "wrynose"
"""


def write_layer(folder, priority, files):
    """A layer, named as its folder, with these files {path: text or bytes}, one of which may be its layer.conf; the folder."""
    own_conf = LAYER_CONF % {"name": os.path.basename(folder), "priority": priority}
    for path, text in {"conf/layer.conf": own_conf, **files}.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
    return folder


def has(text, *parts):
    for part in parts:
        assert part in text, "%r is not in:\n%s" % (part, text[-4000:])
