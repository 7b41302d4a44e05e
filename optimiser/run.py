"""A folder that holds a batch: the ledger of its cases, and their results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from optimiser.case import PLAN
from optimiser.errors import InputFault
from optimiser.faults import make_fault
from optimiser.ledger import Ledger
from optimiser.message import Message
from optimiser.shelf import Shelf
from optimiser.task import Entry

LEDGER, RESULTS = "ledger.sqlite", "results"
SHOWN = 12  # digits of a key that people see


class Run:
    """The folder, open.

    Parameters
    ----------
    folder : made if it does not exist.
    create : whether it may be made.

    Raises
    ------
    FileTrouble : it cannot be opened, or there is no run in it.
    """

    def __init__(self, folder: str | Path, create: bool = True) -> None:
        self.folder = Path(folder)
        self.shelf = Shelf(self.folder / RESULTS)
        self.ledger = Ledger(self.folder / LEDGER, create)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.ledger.close()

    def find(self, text: str) -> Entry:
        """Find a case by the first digits of its key, or by its label if no other has the same.

        Raises
        ------
        InputFault : there is none, or several.
        """
        cases = self.ledger.entries(kind=PLAN)  # a server may keep its jobs in the same ledger
        found = [entry for entry in cases if entry.task.key.startswith(text) or label(entry) == text]
        if len(found) == 1:
            return found[0]
        words = Message.plural("{n} cases", "{n} cases", len(found)) if found else Message("no such case")
        repair = Message("give more digits of the key; `optimiser runs list` shows them")
        fault = make_fault("unknown-case", Message("case"), text, Message("one case ({found})", found=words), repair)
        raise InputFault(str(self.folder), [fault])

    def document(self, entry: Entry) -> dict[str, Any]:
        """Read the plan that a case came to.

        Raises
        ------
        FileTrouble : its file is missing or was changed.
        """
        document: dict[str, Any] = json.loads(self.shelf.get(entry))
        return document


def label(entry: Entry) -> str:
    """Give what people call a case: instance, what-if and seed."""
    spec = entry.task.spec
    parts = [str(spec["instance"]), *([spec["whatif"]["title"]] if spec["whatif"] else []), f"seed {spec['seed']}"]
    return ", ".join(parts)
