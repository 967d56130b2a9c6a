# SPDX-License-Identifier: Apache-2.0
"""What can go wrong when something that provides is looked for."""

import logging

import bb

logger = logging.getLogger("BitBake.Provider")


class NoProvider(bb.BBHandledException):
    """Nothing provides what is asked for."""


class NoRProvider(bb.BBHandledException):
    """Nothing provides what is asked for at run time."""


class MultipleRProvider(bb.BBHandledException):
    """Several recipes provide what is asked for at run time."""


def findProviders(cfgData, dataCache, pkg_pn=None):
    """({PN: (its latest version, file)}, {PN: (the version that is taken, file)}, {PN: whether that is required})."""
    return dataCache.find_providers(pkg_pn)


def allProviders(dataCache):
    """{PN: [((PE, PV, PR), file)…]}."""
    return dataCache.all_providers()
