# SPDX-License-Identifier: Apache-2.0
"""What all ways of fetching have in common."""


class Method:
    """One way to fetch: a kind of URL."""

    has_checksum = True  # a file, so that a sum of its content means something
    resumes = False  # a partial download is worth keeping
    supports_srcrev = False  # what is fetched has revisions

    def prepare(self, ud, d):
        """Adds to ud what this kind of URL says beyond others."""

    def local_name(self, ud):
        """The name in DL_DIR."""
        return ud.basename
