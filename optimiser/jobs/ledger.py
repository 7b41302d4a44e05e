"""The ledger: what work there is and what has become of it, in one SQLite file that survives being killed at any time.

A piece of work, a *task*, waits, runs, and is then done, failed or set aside. Whoever works claims tasks under the name
of its process; claims of a process that is gone are given back. The ledger knows nothing about what the work is: `kind`
and `spec` are the caller's. What a task works on, its *input*, is kept once, however many tasks share it.

Every change is one transaction that is on the disk when the call returns (write-ahead log, ``synchronous=FULL``).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from optimiser.common.errors import DamagedLedger, FileTrouble
from optimiser.common.message import Message
from optimiser.jobs.process_identity import Owner
from optimiser.jobs.task import STATES, Attempt, Entry, State, Task

DEATHS = 2  # workers that a task may kill before it is set aside
PATIENCE = 30.0  # s to wait for another process that writes; assumed
PAGE = 500  # entries that are read at once
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # codes that say that a file is damaged
MARK = 0x6F707469  # "opti", says in the file whose it is

# What makes an empty file a ledger, step by step. A released step is never changed: a new version of the format is a
# new step, and a file of an older version is brought up to date when it is opened.
STEPS: tuple[str, ...] = (
    """
    CREATE TABLE inputs (mark TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE tasks (
        position INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        version TEXT NOT NULL,
        input TEXT NOT NULL,
        spec TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'aside')),
        owner TEXT NOT NULL DEFAULT '',
        deaths INTEGER NOT NULL DEFAULT 0,
        summary TEXT NOT NULL DEFAULT '{}',
        error TEXT NOT NULL DEFAULT '{}',
        size INTEGER NOT NULL DEFAULT 0,
        sha256 TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX tasks_by_state ON tasks (state, kind, version, position);
    CREATE TABLE attempts (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        owner TEXT NOT NULL,
        begun REAL NOT NULL,
        ended REAL,
        how TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX attempts_by_key ON attempts (key, number);
    """,
)


class Ledger:
    """A ledger in a file; safe in threads, and for several processes at once on one machine.

    Parameters
    ----------
    file : made with its folder if it does not exist.
    create : whether it may be made.

    Raises
    ------
    FileTrouble : the file cannot be opened, is none of ours, or was written by a later version. Every method raises it
        where the disk is full or fails; the ledger is then as it was before the call.
    DamagedLedger : the file is damaged; every method raises it where it finds that.
    """

    def __init__(self, file: str | Path, create: bool = True) -> None:
        self.file = Path(file)
        self._lock, self._depth = threading.RLock(), 0
        if not create and not os.path.isfile(self.file):
            raise FileTrouble(Message("{file}: there is no ledger", file=str(self.file)))
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileTrouble(Message("{file}: {error}", file=str(self.file), error=reason)) from error
        with self._named():
            self._db = sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> None:
        with self._named():
            mark, steps = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != MARK and (tables or mark):
            raise FileTrouble(Message("{file}: is no ledger of this program", file=str(self.file)))
        if steps > len(STEPS):
            raise FileTrouble(Message("{file}: was written by a later version of this program", file=str(self.file)))
        with self._named():
            if self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise FileTrouble(
                    Message("{file}: this disk cannot hold a ledger; take a local one", file=str(self.file))
                )
            self._db.execute("PRAGMA synchronous = FULL")
        if steps < len(STEPS):
            with self.transaction():
                done = self._db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
                for step in STEPS[done:]:
                    for statement in filter(str.strip, step.split(";")):
                        self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {MARK}")
                self._db.execute(f"PRAGMA user_version = {len(STEPS)}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def inspect(self) -> None:
        """Read the whole file.

        Raises
        ------
        DamagedLedger : it is damaged.
        """
        (said,) = self._ask("PRAGMA quick_check(1)")[0]
        if said != "ok":
            raise DamagedLedger(Message("{file}: {error}", file=str(self.file), error=str(said)))

    def close(self) -> None:
        """Close the file; what was done is in it already."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Name the file in what goes wrong with it."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)  # there is none where the module itself complains
            kind = DamagedLedger if code is not None and code & 0xFF in DAMAGED else FileTrouble
            raise kind(Message("{file}: {error}", file=str(self.file), error=str(error))) from error

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several things at once: all of them are on the disk at the end, or none."""
        with self._lock, self._named():
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._db.execute("COMMIT")
            except BaseException:
                if self._depth == 1 and self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._named():
            return self._db.execute(query, values).fetchall()

    # ------------------------------------------------------------ what there is to do

    def keep(self, body: bytes) -> str:
        """Keep an input, once; gives its mark, the sha256 of its bytes."""
        mark = hashlib.sha256(body).hexdigest()
        with self.transaction():
            if not self._ask("SELECT 1 FROM inputs WHERE mark = ?", mark):
                self._db.execute("INSERT INTO inputs VALUES (?, ?)", (mark, zlib.compress(body)))
        return mark

    def input(self, mark: str) -> bytes:
        """Give the bytes of an input.

        Raises
        ------
        KeyError : there is none of that mark.
        """
        found = self._ask("SELECT body FROM inputs WHERE mark = ?", mark)
        if not found:
            raise KeyError(mark)
        return zlib.decompress(found[0][0])

    def enlist(self, tasks: Iterable[Task]) -> int:
        """List tasks, all of them or, where the iterable raises, none; gives how many are new."""
        with self.transaction():
            before = self._ask("SELECT count(*) FROM tasks")[0][0]
            for t in tasks:
                values = (t.key, t.kind, t.version, t.input, json.dumps(dict(t.spec), sort_keys=True, allow_nan=False))
                self._db.execute(
                    "INSERT OR IGNORE INTO tasks (key, kind, version, input, spec) VALUES (?, ?, ?, ?, ?)", values
                )
            return int(self._ask("SELECT count(*) FROM tasks")[0][0] - before)

    # ------------------------------------------------------------ who does it

    def claim(
        self, owner: Owner, most: int = 1, kind: str | None = None, version: str | Collection[str] | None = None
    ) -> list[Entry]:
        """Take the first tasks that wait, and have them running under the name of an owner.

        Parameters
        ----------
        kind, version : only tasks of this kind, and for this version or one of these; any if left out.
        """
        where, values = _where(state="waiting", kind=kind, version=version)
        keys: list[str] = []
        try:
            with self.transaction():
                rows = self._ask(f"SELECT key FROM tasks{where} ORDER BY position LIMIT ?", *values, most)
                for (key,) in rows:
                    self._db.execute("UPDATE tasks SET state = 'running', owner = ? WHERE key = ?", (str(owner), key))
                    self._begin(key, owner)
                    keys.append(key)
                return [self.entry(key) for key in keys]
        except KeyboardInterrupt:  # it may have come after the commit, and whoever claimed will never know
            self.release(owner, keys)
            raise

    def finish(self, key: str, summary: Mapping[str, Any], size: int = 0, sha256: str = "") -> None:
        """Say that a task is done; its result is whole and on the disk before."""
        with self.transaction():
            self._db.execute(
                "UPDATE tasks SET state = 'done', owner = '', error = '{}', summary = ?, size = ?, sha256 = ?"
                " WHERE key = ?",
                (json.dumps(dict(summary), allow_nan=False), size, sha256, key),
            )
            self._end(key, "done")

    def fail(self, key: str, error: Mapping[str, Any]) -> None:
        """Say that a task has no result, and why; it may have been waiting still."""
        with self.transaction():
            self._settle(key, "failed", error)
            self._end(key, "failed")

    def bury(self, key: str, error: Mapping[str, Any]) -> State:
        """Say that the worker of a task died; it waits again, or is set aside if that happened too often."""
        with self.transaction():
            self._db.execute("UPDATE tasks SET deaths = deaths + 1 WHERE key = ?", (key,))
            state: State = "aside" if self.entry(key).deaths >= DEATHS else "waiting"
            self._settle(key, state, error)
            self._end(key, "died")
        return state

    def release(self, owner: Owner, keys: Iterable[str]) -> int:
        """Give back what an owner has claimed and not finished; gives how many tasks."""
        with self.transaction():
            return sum(self._give_back(str(owner), "released", key) for key in keys)

    def reclaim(self) -> int:
        """Give back what was claimed by processes that are gone; gives how many tasks."""
        rows = self._ask("SELECT key, owner FROM tasks WHERE state = 'running'")
        gone = {owner for owner in {owner for _, owner in rows} if not Owner.of(owner).alive}
        with self.transaction():
            return sum(self._give_back(owner, "lost", key) for key, owner in rows if owner in gone)

    def retry(self, *states: State, version: str | Collection[str]) -> int:
        """Have tasks of these states and versions wait again, with no death counted; gives how many."""
        where, values = _where(state=states, version=version)
        with self.transaction():
            return self._db.execute(
                "UPDATE tasks SET state = 'waiting', owner = '', deaths = 0, error = '{}', size = 0, sha256 = ''"
                + where,
                values,
            ).rowcount

    def redo(self, key: str) -> None:
        """Have one task wait again, because its result is gone."""
        with self.transaction():
            self._settle(key, "waiting", {})

    def remove(self, key: str, *states: State) -> bool:
        """Forget a task that is in one of these states, with its attempts and an input that no other one has.

        Raises
        ------
        KeyError : there is none of that key.
        """
        with self.transaction():
            entry = self.entry(key)
            if entry.state not in states:
                return False
            for table in ("tasks", "attempts"):
                self._db.execute(f"DELETE FROM {table} WHERE key = ?", (key,))
            mark = entry.task.input
            self._db.execute(
                "DELETE FROM inputs WHERE mark = ? AND NOT EXISTS (SELECT 1 FROM tasks WHERE input = ?)", (mark, mark)
            )
        return True

    def _begin(self, key: str, owner: Owner) -> None:
        self._db.execute("INSERT INTO attempts (key, owner, begun) VALUES (?, ?, ?)", (key, str(owner), time.time()))

    def _end(self, key: str, how: str) -> None:
        self._db.execute(
            "UPDATE attempts SET ended = ?, how = ? WHERE key = ? AND ended IS NULL", (time.time(), how, key)
        )

    def _settle(self, key: str, state: State, error: Mapping[str, Any]) -> None:
        self._db.execute(
            "UPDATE tasks SET state = ?, owner = '', summary = '{}', error = ?, size = 0, sha256 = '' WHERE key = ?",
            (state, json.dumps(dict(error), allow_nan=False), key),
        )

    def _give_back(self, owner: str, how: str, key: str) -> bool:
        """Have a task wait again, if it is still the owner's."""
        if not self._ask("SELECT 1 FROM tasks WHERE state = 'running' AND owner = ? AND key = ?", owner, key):
            return False
        self._settle(key, "waiting", {})
        self._end(key, how)
        return True

    # ------------------------------------------------------------ what has become of it

    def entry(self, key: str) -> Entry:
        """Give one task with what has become of it.

        Raises
        ------
        KeyError : there is none of that key.
        """
        rows = self._ask(f"SELECT {_COLUMNS} FROM tasks WHERE key = ?", key)
        if not rows:
            raise KeyError(key)
        return _entry(rows[0])

    def entries(
        self, state: State | None = None, kind: str | None = None, version: str | Collection[str] | None = None
    ) -> Iterator[Entry]:
        """List tasks in the order in which they were enlisted, read in pages however many there are."""
        last = 0
        where, values = _where(state=state, kind=kind, version=version)
        where = f"{where} AND position > ?" if where else " WHERE position > ?"
        query = f"SELECT {_COLUMNS} FROM tasks{where} ORDER BY position LIMIT {PAGE}"
        while True:
            page = [_entry(row) for row in self._ask(query, *values, last)]
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].position

    def latest(self, most: int, before: int | None = None, kind: str | None = None) -> list[Entry]:
        """List the tasks enlisted last, the last one first; only those before a position where one is given."""
        where, values = _where(kind=kind)
        if before is not None:
            where, values = (f"{where} AND" if where else " WHERE") + " position < ?", [*values, before]
        rows = self._ask(f"SELECT {_COLUMNS} FROM tasks{where} ORDER BY position DESC LIMIT ?", *values, most)
        return [_entry(row) for row in rows]

    def counts(self, kind: str | None = None, version: str | Collection[str] | None = None) -> dict[State, int]:
        """Count tasks by state; every state is in it."""
        where, values = _where(kind=kind, version=version)
        found = dict(self._ask(f"SELECT state, count(*) FROM tasks{where} GROUP BY state", *values))
        return {state: int(found.get(state, 0)) for state in STATES}

    def attempts(self, key: str) -> tuple[Attempt, ...]:
        """List the times that somebody worked on a task, the first one first."""
        query = "SELECT owner, begun, ended, how FROM attempts WHERE key = ? ORDER BY number"
        return tuple(Attempt(*row) for row in self._ask(query, key))


_COLUMNS = "position, key, kind, spec, input, version, state, owner, deaths, summary, error, size, sha256"


def _entry(row: Sequence[Any]) -> Entry:
    position, key, kind, spec, mark, version, state, owner, deaths, summary, error, size, sha256 = row
    task = Task(key, kind, json.loads(spec), mark, version)
    return Entry(task, position, state, owner, deaths, json.loads(summary), json.loads(error), size, sha256)


def _where(**wanted: object) -> tuple[str, list[object]]:
    """Write conditions on columns, those that are None left out, and their values; several are alternatives."""
    terms: list[str] = []
    values: list[object] = []
    for name, value in wanted.items():
        if value is not None:
            choice = [value] if isinstance(value, str) else list(cast(Collection[object], value))
            terms.append(f"{name} IN ({', '.join('?' * len(choice))})")
            values += choice
    return (f" WHERE {' AND '.join(terms)}" if terms else ""), values
