# SPDX-License-Identifier: Apache-2.0
"""Tasks that ask their processes in a loop without a rest whether they are alive, as OE-Core's multiprocess_launch() does,
take the processor from them. Who asks of the same process again, and nothing has changed since, waits a moment first for
any of them to end."""

import functools
import multiprocessing.process
import select

_MOMENT = 1  # in ms

_asked = set()  # sentinels of those that were alive
_children = 0  # how many there were then


def _wait_for_any():
    waiting = select.poll()
    for child in multiprocessing.process._children:
        waiting.register(child.sentinel, select.POLLIN)
    waiting.poll(_MOMENT)


def _patient(is_alive):
    @functools.wraps(is_alive)
    def asked(self):
        global _children
        alive = is_alive(self)
        if not alive or self not in multiprocessing.process._children or _children != len(multiprocessing.process._children):
            _asked.clear()
            _children = len(multiprocessing.process._children)
            return alive
        if self.sentinel not in _asked:
            _asked.add(self.sentinel)
            return True
        _asked.clear()
        _wait_for_any()
        return is_alive(self)

    return asked


def have_patience() -> None:
    """In this process and those that it forks, from now on."""
    multiprocessing.process.BaseProcess.is_alive = _patient(multiprocessing.process.BaseProcess.is_alive)
