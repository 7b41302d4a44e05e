"""The ledger: which tasks there are and in which state, in one SQLite file that survives being killed at any time.

A task waits, runs, and is then done, failed or set aside. A process takes tasks on lease; a lease has no end of its
own, and one whose process is gone is taken back. The ledger knows nothing about what the work is: `kind` and `spec` are
the caller's. What a task works on, its *input*, is stored once, however many tasks share it.

Every change is one transaction that is on the disk when the call returns (write-ahead log, ``synchronous=FULL``).
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from optimiser.jobs.ledger_file import LedgerFile
from optimiser.jobs.process_identity import ProcessIdentity
from optimiser.jobs.task import STATES, LedgerEntry, State, Task, TaskAttempt

MOST_DEATHS = 2  # workers that a task may kill before it is set aside
PAGE_SIZE = 500  # entries that are read at once


class Ledger(LedgerFile):
    """The tasks in the file of a ledger; see `LedgerFile` for what every method may raise."""

    # ------------------------------------------------------------ what there is to do

    def store_input(self, body: bytes) -> str:
        """Store an input, once; returns the sha256 of its bytes."""
        digest = hashlib.sha256(body).hexdigest()
        with self.transaction():
            if not self._query("SELECT 1 FROM inputs WHERE mark = ?", digest):
                self._db.execute("INSERT INTO inputs VALUES (?, ?)", (digest, zlib.compress(body)))
        return digest

    def read_input(self, digest: str) -> bytes:
        """Read the bytes of an input.

        Raises
        ------
        KeyError : there is none of that sha256.
        """
        found = self._query("SELECT body FROM inputs WHERE mark = ?", digest)
        if not found:
            raise KeyError(digest)
        return zlib.decompress(found[0][0])

    def add(self, tasks: Iterable[Task]) -> int:
        """Add tasks, all of them or, where the iterable raises, none; returns how many are new."""
        with self.transaction():
            before = self._query("SELECT count(*) FROM tasks")[0][0]
            for t in tasks:
                values = (t.key, t.kind, t.version, t.input, json.dumps(dict(t.spec), sort_keys=True, allow_nan=False))
                self._db.execute(
                    "INSERT OR IGNORE INTO tasks (key, kind, version, input, spec) VALUES (?, ?, ?, ?, ?)", values
                )
            return int(self._query("SELECT count(*) FROM tasks")[0][0] - before)

    def remove(self, key: str, *states: State) -> bool:
        """Remove a task that is in one of these states, with its attempts and an input that no other task has.

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
            digest = entry.task.input
            self._db.execute(
                "DELETE FROM inputs WHERE mark = ? AND NOT EXISTS (SELECT 1 FROM tasks WHERE input = ?)",
                (digest, digest),
            )
        return True

    # ------------------------------------------------------------ who does it

    def lease(
        self,
        owner: ProcessIdentity,
        most: int = 1,
        kind: str | None = None,
        version: str | Collection[str] | None = None,
    ) -> list[LedgerEntry]:
        """Lease the first tasks that wait to an owner; they are running from then on.

        Parameters
        ----------
        kind, version : only tasks of this kind, and for this version or one of these; any if left out.
        """
        where, values = _where(state="waiting", kind=kind, version=version)
        keys: list[str] = []
        try:
            with self.transaction():
                rows = self._query(f"SELECT key FROM tasks{where} ORDER BY position LIMIT ?", *values, most)
                for (key,) in rows:
                    self._db.execute("UPDATE tasks SET state = 'running', owner = ? WHERE key = ?", (str(owner), key))
                    self._begin_attempt(key, owner)
                    keys.append(key)
                return [self.entry(key) for key in keys]
        except KeyboardInterrupt:  # it may have come after the commit, and the caller will never know of its leases
            self.release(owner, keys)
            raise

    def release(self, owner: ProcessIdentity, keys: Iterable[str]) -> int:
        """Return back leases of an owner on tasks that are not over; returns how many."""
        with self.transaction():
            return sum(self._end_lease(str(owner), "released", key) for key in keys)

    def reclaim(self) -> int:
        """Take back leases of processes that are gone; returns how many."""
        rows = self._query("SELECT key, owner FROM tasks WHERE state = 'running'")
        gone = {owner for owner in {owner for _, owner in rows} if not ProcessIdentity.of(owner).alive}
        with self.transaction():
            return sum(self._end_lease(owner, "lost", key) for key, owner in rows if owner in gone)

    def finish(self, key: str, summary: Mapping[str, Any], size: int = 0, sha256: str = "") -> None:
        """Mark a task as done; its result is whole and on the disk before."""
        with self.transaction():
            self._db.execute(
                "UPDATE tasks SET state = 'done', owner = '', error = '{}', summary = ?, size = ?, sha256 = ?"
                " WHERE key = ?",
                (json.dumps(dict(summary), allow_nan=False), size, sha256, key),
            )
            self._end_attempt(key, "done")

    def fail(self, key: str, error: Mapping[str, Any]) -> None:
        """Mark a task as failed, with the reason; it may have been waiting still."""
        with self.transaction():
            self._set_state(key, "failed", error)
            self._end_attempt(key, "failed")

    def record_death(self, key: str, error: Mapping[str, Any]) -> State:
        """Record that the worker of a task died; it waits again, or is set aside if that happened too often."""
        with self.transaction():
            self._db.execute("UPDATE tasks SET deaths = deaths + 1 WHERE key = ?", (key,))
            state: State = "aside" if self.entry(key).deaths >= MOST_DEATHS else "waiting"
            self._set_state(key, state, error)
            self._end_attempt(key, "died")
        return state

    def retry(self, *states: State, version: str | Collection[str]) -> int:
        """Have tasks of these states and versions wait again, with no death counted; returns how many."""
        where, values = _where(state=states, version=version)
        with self.transaction():
            return self._db.execute(
                "UPDATE tasks SET state = 'waiting', owner = '', deaths = 0, error = '{}', size = 0, sha256 = ''"
                + where,
                values,
            ).rowcount

    def requeue(self, key: str) -> None:
        """Have one task wait again, because its result is gone."""
        with self.transaction():
            self._set_state(key, "waiting", {})

    def _begin_attempt(self, key: str, owner: ProcessIdentity) -> None:
        self._db.execute("INSERT INTO attempts (key, owner, begun) VALUES (?, ?, ?)", (key, str(owner), time.time()))

    def _end_attempt(self, key: str, how: str) -> None:
        self._db.execute(
            "UPDATE attempts SET ended = ?, how = ? WHERE key = ? AND ended IS NULL", (time.time(), how, key)
        )

    def _set_state(self, key: str, state: State, error: Mapping[str, Any]) -> None:
        self._db.execute(
            "UPDATE tasks SET state = ?, owner = '', summary = '{}', error = ?, size = 0, sha256 = '' WHERE key = ?",
            (state, json.dumps(dict(error), allow_nan=False), key),
        )

    def _end_lease(self, owner: str, how: str, key: str) -> bool:
        """Have a task wait again, if it is still leased to the owner."""
        if not self._query("SELECT 1 FROM tasks WHERE state = 'running' AND owner = ? AND key = ?", owner, key):
            return False
        self._set_state(key, "waiting", {})
        self._end_attempt(key, how)
        return True

    # ------------------------------------------------------------ in which state it is

    def entry(self, key: str) -> LedgerEntry:
        """Return the entry of one task.

        Raises
        ------
        KeyError : there is none of that key.
        """
        rows = self._query(f"SELECT {_COLUMNS} FROM tasks WHERE key = ?", key)
        if not rows:
            raise KeyError(key)
        return _entry(rows[0])

    def entries(
        self, state: State | None = None, kind: str | None = None, version: str | Collection[str] | None = None
    ) -> Iterator[LedgerEntry]:
        """List entries in the order in which their tasks were added, read in pages however many there are."""
        last = 0
        where, values = _where(state=state, kind=kind, version=version)
        where = f"{where} AND position > ?" if where else " WHERE position > ?"
        query = f"SELECT {_COLUMNS} FROM tasks{where} ORDER BY position LIMIT {PAGE_SIZE}"
        while True:
            page = [_entry(row) for row in self._query(query, *values, last)]
            yield from page
            if len(page) < PAGE_SIZE:
                return
            last = page[-1].position

    def latest(
        self, most: int, before: int | None = None, kind: str | Collection[str] | None = None
    ) -> list[LedgerEntry]:
        """List the entries added last, the last one first; only those before a position where one is given."""
        where, values = _where(kind=kind)
        if before is not None:
            where, values = (f"{where} AND" if where else " WHERE") + " position < ?", [*values, before]
        rows = self._query(f"SELECT {_COLUMNS} FROM tasks{where} ORDER BY position DESC LIMIT ?", *values, most)
        return [_entry(row) for row in rows]

    def counts(
        self, kind: str | Collection[str] | None = None, version: str | Collection[str] | None = None
    ) -> dict[State, int]:
        """Count tasks by state; every state is a key."""
        where, values = _where(kind=kind, version=version)
        found = dict(self._query(f"SELECT state, count(*) FROM tasks{where} GROUP BY state", *values))
        return {state: int(found.get(state, 0)) for state in STATES}

    def attempts(self, key: str) -> tuple[TaskAttempt, ...]:
        """List the attempts at a task, the first one first."""
        query = "SELECT owner, begun, ended, how FROM attempts WHERE key = ? ORDER BY number"
        return tuple(TaskAttempt(*row) for row in self._query(query, key))


_COLUMNS = "position, key, kind, spec, input, version, state, owner, deaths, summary, error, size, sha256"


def _entry(row: Sequence[Any]) -> LedgerEntry:
    position, key, kind, spec, digest, version, state, owner, deaths, summary, error, size, sha256 = row
    task = Task(key, kind, json.loads(spec), digest, version)
    return LedgerEntry(task, position, state, owner, deaths, json.loads(summary), json.loads(error), size, sha256)


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
