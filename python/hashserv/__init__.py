# SPDX-License-Identifier: Apache-2.0
"""Clients of hash equivalence servers, by address."""

import os
import re
from urllib.parse import urlparse

UNIHASH_REGEX = re.compile(r"^[0-9a-f]{64}$")


def is_valid_unihash(value):
    return isinstance(value, str) and UNIHASH_REGEX.fullmatch(value) is not None


def create_client(addr, username=None, password=None):
    """A client of "unix://PATH", "HOST:PORT" or "[IPv6]:PORT". A private server that a build directory's address speaks
    of and that does not run is its database."""
    from hashserv import client, database

    if addr.startswith(("ws://", "wss://")):
        raise ConnectionError("hash equivalence servers behind WebSockets (%s) are not supported" % addr)
    if addr.startswith("unix://"):
        path = addr[len("unix://"):]
        if not client.listens(path) and database.private(path):
            return database.Client(database.private(path))
        return client.Client(("unix", os.path.abspath(path)), username, password)
    parts = urlparse("tcp://" + addr)
    if not parts.hostname or not parts.port:
        raise ConnectionError("'%s' is no address of a hash equivalence server" % addr)
    return client.Client(("tcp", parts.hostname, parts.port), username, password)
