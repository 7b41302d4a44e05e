"""The file of a ledger: an SQLite database with transactions that are on the disk when they return."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from optimiser.common.errors import DamagedLedger, FileTrouble
from optimiser.common.message import Message

LOCK_TIMEOUT = 30.0  # s to wait for another process that writes; assumed
DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # codes that say that a file is damaged
APPLICATION_ID = 0x6F707469  # "opti", says in the file whose it is

# What makes an empty file a ledger. A released migration is never changed: a new version of the format is a new
# migration, and a file of an older version is brought up to date when it is opened.
MIGRATIONS: tuple[str, ...] = (
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


class LedgerFile:
    """The database of a ledger, open; safe in threads, and for several processes at once on one machine.

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
        with self._errors_named():
            self._db = sqlite3.connect(self.file, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> None:
        with self._errors_named():
            application, version = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and (tables or application):
            raise FileTrouble(Message("{file}: is no ledger of this program", file=str(self.file)))
        if version > len(MIGRATIONS):
            raise FileTrouble(Message("{file}: was written by a later version of this program", file=str(self.file)))
        with self._errors_named():
            if self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise FileTrouble(
                    Message("{file}: this disk cannot hold a ledger; take a local one", file=str(self.file))
                )
            self._db.execute("PRAGMA synchronous = FULL")
        if version < len(MIGRATIONS):
            self._migrate()

    def _migrate(self) -> None:
        with self.transaction():
            done = self._db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
            for migration in MIGRATIONS[done:]:
                for statement in filter(str.strip, migration.split(";")):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was done is in it already."""
        with self._lock:
            self._db.close()

    def check_integrity(self) -> None:
        """Read the whole file.

        Raises
        ------
        DamagedLedger : it is damaged.
        """
        (found,) = self._query("PRAGMA quick_check(1)")[0]
        if found != "ok":
            raise DamagedLedger(Message("{file}: {error}", file=str(self.file), error=str(found)))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several things at once: all of them are on the disk at the end, or none."""
        with self._lock, self._errors_named():
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

    @contextlib.contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Turn errors of SQLite into errors that name the file."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)  # there is none where the module itself complains
            kind = DamagedLedger if code is not None and code & 0xFF in DAMAGE_CODES else FileTrouble
            raise kind(Message("{file}: {error}", file=str(self.file), error=str(error))) from error

    def _query(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._errors_named():
            return self._db.execute(query, values).fetchall()
