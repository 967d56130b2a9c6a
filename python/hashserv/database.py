# SPDX-License-Identifier: Apache-2.0
"""The private server of a build directory (BB_HASHSERVE = "auto") without a process: the database that it would keep,
in the form in which BitBake's server keeps it."""

import contextlib
import datetime
import os
import sqlite3

_COLUMNS = {
    "unihashes_v3": ("method TEXT NOT NULL, taskhash TEXT NOT NULL, unihash TEXT NOT NULL, gc_mark TEXT NOT NULL", "method, taskhash"),
    "outhashes_v2": ("method TEXT NOT NULL, taskhash TEXT NOT NULL, outhash TEXT NOT NULL, created DATETIME, owner TEXT, PN TEXT, "
                     "PV TEXT, PR TEXT, task TEXT, outhash_siginfo TEXT", "method, taskhash, outhash"),
    "config": ("name TEXT NOT NULL, value TEXT", "name"),
}
_TOLD = ("owner", "PN", "PV", "PR", "task", "outhash_siginfo")
_MARK = "COALESCE((SELECT value FROM config WHERE name = 'gc-mark'), '')"

_private = {}  # path of a socket -> (the database, the server above it)


def register(socket_path, database, upstream=None):
    """What stands for the server that would listen at a socket."""
    _private[os.path.abspath(socket_path)] = database, upstream


def private(socket_path):
    return _private.get(os.path.abspath(socket_path))


class Client:
    """Answers as a client of the server would; a database that is not there knows nothing."""

    def __init__(self, known):
        self._path, self._upstream_address = known
        self._upstream = None

    def close(self):
        if self._upstream is not None:
            self._upstream.close()
        self._upstream = None

    def _above(self):
        if self._upstream is None and self._upstream_address:
            import hashserv

            self._upstream = hashserv.create_client(self._upstream_address)
        return self._upstream

    @contextlib.contextmanager
    def _reading(self):
        if not os.path.exists(self._path):
            yield None
            return
        with contextlib.closing(sqlite3.connect(self._path, timeout=60)) as db:
            yield db if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'unihashes_v3'").fetchone() else None

    @contextlib.contextmanager
    def _writing(self):
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = OFF")  # as the server: a build that is killed loses nothing by it
            db.execute("BEGIN IMMEDIATE")
            for name, (columns, unique) in _COLUMNS.items():
                db.execute("CREATE TABLE IF NOT EXISTS %s (id INTEGER PRIMARY KEY AUTOINCREMENT, %s, UNIQUE(%s))" % (name, columns, unique))
            yield db
            db.execute("COMMIT")

    @staticmethod
    def _unihash(db, method, taskhash):
        row = db.execute("SELECT unihash FROM unihashes_v3 WHERE method = ? AND taskhash = ?", (method, taskhash)).fetchone()
        return row[0] if row else None

    def get_unihash_batch(self, queries):
        """For (method, taskhash)…, the unihash or None each; what only the server above knows is kept here."""
        queries = list(queries)
        with self._reading() as db:
            found = [self._unihash(db, *query) if db else None for query in queries]
        missing = [i for i, unihash in enumerate(found) if unihash is None]
        if missing and self._above():
            for i, unihash in zip(missing, self._above().get_unihash_batch(queries[i] for i in missing)):
                found[i] = unihash
            with self._writing() as db:
                for i in missing:
                    if found[i]:
                        self._insert(db, *queries[i], found[i])
        return found

    def get_unihash(self, method, taskhash):
        return self.get_unihash_batch([(method, taskhash)])[0]

    def unihash_exists_batch(self, unihashes):
        unihashes = list(unihashes)
        with self._reading() as db:
            found = [bool(db and db.execute("SELECT 1 FROM unihashes_v3 WHERE unihash = ? LIMIT 1", (one,)).fetchone()) for one in unihashes]
        if not all(found) and self._above():
            above = iter(self._above().unihash_exists_batch(one for one, there in zip(unihashes, found) if not there))
            found = [there or next(above) for there in found]
        return found

    def unihash_exists(self, unihash):
        return self.unihash_exists_batch([unihash])[0]

    @staticmethod
    def _insert(db, method, taskhash, unihash):
        db.execute("INSERT OR IGNORE INTO unihashes_v3 (method, taskhash, unihash, gc_mark) VALUES (?, ?, ?, %s)" % _MARK,
                   (method, taskhash, unihash))

    def _equivalent(self, db, method, taskhash, outhash):
        """The oldest other task of that output; else what the server above knows of the output."""
        row = db.execute("SELECT u.unihash FROM outhashes_v2 o JOIN unihashes_v3 u ON u.method = o.method AND u.taskhash = o.taskhash "
                         "WHERE o.method = ? AND o.outhash = ? AND o.taskhash != ? ORDER BY o.created LIMIT 1",
                         (method, outhash, taskhash)).fetchone()
        if row:
            return row[0]
        above = self._above().get_outhash(method, outhash, taskhash) if self._above() else None
        return above["unihash"] if above else None

    def report_unihash(self, taskhash, method, outhash, unihash, extra=None):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        told = {name: value for name, value in (extra or {}).items() if name in _TOLD}
        names = ["method", "taskhash", "outhash", "created", *told]
        with self._writing() as db:
            added = db.execute("INSERT OR IGNORE INTO outhashes_v2 (%s) VALUES (%s)" % (", ".join(names), ", ".join("?" * len(names))),
                               (method, taskhash, outhash, now, *told.values())).rowcount
            if added > 0:
                self._insert(db, method, taskhash, self._equivalent(db, method, taskhash, outhash) or unihash)
            return {"taskhash": taskhash, "method": method, "unihash": self._unihash(db, method, taskhash) or unihash}

    def report_unihash_equiv(self, taskhash, method, unihash, extra=None):
        with self._writing() as db:
            self._insert(db, method, taskhash, unihash)
            return {"taskhash": taskhash, "method": method, "unihash": self._unihash(db, method, taskhash)}

    def ping(self):
        return {"alive": True}
