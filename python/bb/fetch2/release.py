# SPDX-License-Identifier: Apache-2.0
"""Which BitBake's ways are kept: those of the release that the layers are made for."""

import bb


def is_2_8():
    return bb.__version__.startswith("2.8")


def checksum_kinds():
    """In the order in which done stamps hold them."""
    return (["md5"] if is_2_8() else ["goh1", "md5"]) + ["sha256", "sha1", "sha384", "sha512"]
