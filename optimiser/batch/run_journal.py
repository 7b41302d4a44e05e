"""The journal of a run: a line for each case that is done, from which a lost ledger is made anew.

A ledger is one file that is changed in place, so a failing disk or a copy that broke off can take all of it. Lines here
are only ever added, each is whole or is passed over, and what it says of a result is held against the result's file.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from optimiser.batch.case import PLAN, make_key
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.result_store import KEY, ResultStore
from optimiser.jobs.task import LedgerEntry, Task


class FinishedCase(NamedTuple):
    """A case that is done: what it was, a few of its values, and the size and sha256 of its result."""

    entry: LedgerEntry
    summary: Mapping[str, Any]
    size: int
    sha256: str


class Journal:
    """Lines in a file.

    Parameters
    ----------
    file : made by the first line.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._inputs: set[str] | None = None  # digests of those that stand in the file; None until a line is added

    def add(self, finished: Iterable[FinishedCase], ledger: Ledger) -> None:
        """Add cases, with those of their inputs that are not there yet; forced to the disk when this returns.

        Raises
        ------
        FileTrouble : they cannot be written.
        """
        if self._inputs is None:
            self._inputs = {line["input"] for line in self._lines() if "body" in line}
        lines: list[dict[str, Any]] = []
        digests = set[str]()
        for one in finished:
            task = one.entry.task
            if task.input not in self._inputs | digests:
                body = base64.b64encode(zlib.compress(ledger.read_input(task.input))).decode()
                lines.append({"input": task.input, "body": body})
                digests.add(task.input)
            lines.append(
                {
                    "case": task.key,
                    "position": one.entry.position,
                    "input": task.input,
                    "version": task.version,
                    "spec": dict(task.spec),
                    "summary": dict(one.summary),
                    "size": one.size,
                    "sha256": one.sha256,
                }
            )
        if lines:
            self._append("".join(f"\n{json.dumps(line, sort_keys=True)}" for line in lines).encode() + b"\n")
        self._inputs |= digests

    def _append(self, content: bytes) -> None:
        """Write in one go, after an end of line: what a killed process left half written is a line of its own."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(self.file, flags, 0o666), "ab") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileTrouble(
                Message("{file}: could not be written: {error}", file=str(self.file), error=reason)
            ) from error

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield every line that is whole."""
        with contextlib.suppress(FileNotFoundError), self.file.open("rb") as stream:
            for raw in stream:
                with contextlib.suppress(ValueError):
                    line = json.loads(raw)
                    if isinstance(line, dict) and "input" in line:
                        yield line

    def restore(self, ledger: Ledger, results: ResultStore) -> int:
        """List the cases whose results are whole in a ledger that is new; returns how many.

        Raises
        ------
        FileTrouble : the file cannot be read, or the ledger not be written.
        """
        found: dict[str, dict[str, Any]] = {}
        bodies: dict[str, bytes] = {}
        try:
            for line in self._lines():
                if "body" in line:
                    with contextlib.suppress(ValueError, TypeError, zlib.error):
                        bodies[str(line["input"])] = base64.b64decode(line["body"], validate=True)
                elif isinstance(line.get("case"), str):
                    found[line["case"]] = line  # the last one counts
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(self.file), error=reason)) from error
        entries = [entry for key, line in found.items() if (entry := _entry(key, line)) is not None]
        count = 0
        with ledger.transaction():
            for entry in sorted(entries, key=lambda e: e.position):
                if results.condition(entry) == "whole" and _take(entry, bodies, ledger):
                    count += 1
        return count


def _take(entry: LedgerEntry, bodies: Mapping[str, bytes], ledger: Ledger) -> bool:
    """List a case as done; False where its input is not what it was."""
    task = entry.task
    try:
        body = zlib.decompress(bodies[task.input])
    except (KeyError, zlib.error):
        return False
    if ledger.store_input(body) != task.input:
        return False
    ledger.add([task])
    ledger.finish(task.key, entry.summary, entry.size, entry.sha256)
    return True


def _entry(key: str, line: Mapping[str, Any]) -> LedgerEntry | None:
    """Read what a line says of a case; None where it cannot be true."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        task = Task(key, PLAN, dict(line["spec"]), str(line["input"]), str(line["version"]))
        if KEY.fullmatch(key) and make_key(task.spec, task.input, task.version) == key:
            empty = LedgerEntry(task, int(line["position"]), "done", "", 0, dict(line["summary"]), {}, 0, "")
            return replace(empty, size=int(line["size"]), sha256=str(line["sha256"]))
    return None
