# SPDX-License-Identifier: Apache-2.0
"""What a fork of hitz does in Python besides copying it. What os.register_at_fork() is for, other threads that hold locks
meanwhile, is nothing to a process of one thread: what Python's own modules have registered is left out there, as it would
touch, and so copy, two hundred pages of every task's process."""

import os
import sys

_OWN = {"concurrent.futures.thread", "logging", "random", "threading"}  # what they do, reborn() does where it is needed

others = []  # modules besides, that have registered something

_register = os.register_at_fork


def _watched(**functions):
    caller = sys._getframe(1).f_globals.get("__name__")
    if caller not in _OWN:
        others.append(caller)
    _register(**functions)


os.register_at_fork = _watched


def reborn() -> None:
    """This is the child."""
    if random := sys.modules.get("random"):
        random.seed()
    if threading := sys.modules.get("threading"):
        threading.main_thread()._set_native_id()
