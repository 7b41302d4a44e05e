"""A folder that holds a batch: the ledger of its cases, and their results."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from optimiser.batch.case import PLAN
from optimiser.batch.case_names import CaseNames, short_name
from optimiser.batch.run_journal import Journal
from optimiser.common.errors import DamagedLedger, FileTrouble, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.result_store import Condition, ResultStore
from optimiser.jobs.task import LedgerEntry

LEDGER, RESULTS, JOURNAL = "ledger.sqlite", "results", "ledger.jsonl"
SHOWN = 12  # digits of a key that people see
SIDES = ("", "-wal", "-shm")  # files of a ledger: itself, what was written last, and an index of that


class Run:
    """The folder, open.

    Parameters
    ----------
    folder : made if it does not exist.
    create : whether it may be made, and a ledger that is damaged or gone be made anew from the results.

    Attributes
    ----------
    restored : results that a ledger made anew was made from; None where the ledger was whole.

    Raises
    ------
    FileTrouble : it cannot be opened, or there is no run in it.
    """

    def __init__(self, folder: str | Path, create: bool = True) -> None:
        self.folder = Path(folder)
        self.results = ResultStore(self.folder / RESULTS)
        self.journal = Journal(self.folder / JOURNAL)
        self.restored: int | None = None
        file = self.folder / LEDGER
        if not create and _lost(self.folder):
            raise FileTrouble(_advise(self.folder, file, Message("there is no ledger")))
        try:
            self.ledger = _open(file, create)
        except DamagedLedger as error:
            if not create:
                raise FileTrouble(_advise(self.folder, file, Message("the ledger is damaged"))) from error
            _rename_damaged(file)
            self.restored = 0
            self.ledger = _open(file, create)
        if create and not any(self.ledger.counts(PLAN).values()) and os.path.isfile(self.journal.file):
            try:
                self.restored = self.journal.restore(self.ledger, self.results)
            except BaseException:
                self.ledger.close()
                raise

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.ledger.close()

    def _cases(self) -> Iterator[LedgerEntry]:
        return self.ledger.entries(kind=PLAN)  # a server may keep its jobs in the same ledger

    @cached_property
    def names(self) -> CaseNames:
        """Names of the cases that were there at the first call."""
        return CaseNames(self._cases())

    def find(self, text: str) -> LedgerEntry:
        """Find a case by the first digits of its key, or by its label; a short label will do if no other has it.

        Raises
        ------
        InputFault : there is none, or several.
        """
        named = [entry for entry in self._cases() if self.names.of(entry) == text]
        found = named or [e for e in self._cases() if e.task.key.startswith(text) or short_name(e) == text]
        if len(found) == 1:
            return found[0]
        words = Message.plural("{n} cases", "{n} cases", len(found)) if found else Message("no such case")
        repair = Message("give more digits of the key; `optimiser runs list` shows them")
        fault = make_fault("unknown-case", Message("case"), text, Message("one case ({found})", found=words), repair)
        raise InputFault(str(self.folder), [fault])

    def condition(self, entry: LedgerEntry) -> Condition | None:
        """Tell whether the result of a case is there as it was written; None where it has none."""
        return self.results.condition(entry) if entry.state == "done" else None

    def document(self, entry: LedgerEntry) -> dict[str, Any]:
        """Read the plan that a case came to.

        Raises
        ------
        FileTrouble : its file is missing or was changed.
        """
        document: dict[str, Any] = json.loads(self.results.get(entry))
        return document


def is_run(folder: Path) -> bool:
    """Tell whether a folder holds a run, whatever the state of its ledger."""
    return any(os.path.isfile(folder / name) for name in (LEDGER, JOURNAL))


def _open(file: Path, create: bool) -> Ledger:
    ledger = Ledger(file, create)
    try:
        ledger.check_integrity()
    except BaseException:
        ledger.close()
        raise
    return ledger


def _lost(folder: Path) -> bool:
    """Tell whether a run has no ledger any more: none at all, or an empty file."""
    try:
        return os.path.getsize(folder / LEDGER) == 0
    except OSError:
        return os.path.isfile(folder / JOURNAL)


def _advise(folder: Path, file: Path, what: Message) -> Message:
    words = {"file": str(file), "what": what, "run": str(folder)}
    return Message(
        "{file}: {what}; `optimiser batch --out {run}` makes it anew from the results that are whole", **words
    )


def _rename_damaged(file: Path) -> None:
    """Rename a damaged ledger: parts of it may still be readable.

    Raises
    ------
    FileTrouble : it cannot be renamed.
    """
    number = 1
    while os.path.lexists(f"{file}.damaged-{number}"):
        number += 1
    for side in SIDES:
        try:
            os.replace(f"{file}{side}", f"{file}.damaged-{number}{side}")
        except FileNotFoundError:
            pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileTrouble(Message("{file}: {error}", file=str(file), error=reason)) from error
