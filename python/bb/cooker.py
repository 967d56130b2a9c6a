# SPDX-License-Identifier: Apache-2.0
"""What scripts know of BitBake's cooker; hitz's engine does its work."""

from bb.event import Event


class CookerFeatures:
    """What a script may ask for besides the plain configuration."""

    _feature_list = [HOB_EXTRA_CACHES, BASEDATASTORE_TRACKING, SEND_SANITYEVENTS, RECIPE_SIGGEN_INFO, SKIP_FRAGMENTS] = list(range(5))


class SkippedPackage:
    """A recipe that is skipped, and why."""

    def __init__(self, pn=None, skipreason=None, provides=None, rprovides=None):
        self.pn, self.skipreason, self.provides, self.rprovides = pn, skipreason, provides, rprovides


class CookerExit(Event):
    """Nothing more will come."""
