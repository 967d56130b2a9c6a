# SPDX-License-Identifier: Apache-2.0
"""Several sources at once, a thread each; they work in turns (turns.py) and wait together."""

import threading

from bb.fetch2 import transfer, turns


class _Rest:
    """What is left to do, handed out one by one."""

    def __init__(self, items):
        self._items, self._lock = list(items), threading.Lock()

    def next(self):
        with self._lock:
            return self._items.pop(0) if self._items else None

    def forget(self):
        with self._lock:
            self._items.clear()


def each(function, items, at_once):
    """Calls function with every item; {item: exception} of those that raised one."""
    failures, rest = {}, _Rest(items)

    def work():
        while (item := rest.next()) is not None:
            try:
                with turns.taken():
                    function(item)
            except BaseException as exc:  # raised again where all come together
                failures[item] = exc

    with transfer.no_broken_pipes():
        _work_all(work, min(at_once, len(items)), rest)
    return failures


def _work_all(work, count, rest):
    threads = [threading.Thread(target=work, daemon=True, name="fetch") for _ in range(max(1, count))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # so that signals are seen
    except BaseException:
        rest.forget()
        raise
