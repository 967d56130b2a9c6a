# SPDX-License-Identifier: Apache-2.0
"""What can go wrong when something that provides is looked for."""

import logging

logger = logging.getLogger("BitBake.Provider")


class NoProvider(Exception):
    """Nothing provides what is asked for."""


class NoRProvider(Exception):
    """Nothing provides what is asked for at run time."""


class MultipleRProvider(Exception):
    """Several recipes provide what is asked for at run time."""
