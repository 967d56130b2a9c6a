# SPDX-License-Identifier: Apache-2.0
"""Messages that end the program."""

import logging
import sys


def fatal(msgdomain, msg):
    """Logs a critical message of a domain and ends the process."""
    logging.getLogger("BitBake.%s" % msgdomain if msgdomain else "BitBake").critical(msg)
    sys.exit(1)
