"""Results on disk, one file a task, each whole or missing: found by the task's key and checked by their sha256.

Names of files are made of keys alone, so that nothing a planner writes can lead out of the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import Literal

from optimiser.common.atomic_files import write_files
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.jobs.task import LedgerEntry

KEY = re.compile(r"[0-9a-z][0-9a-z-]{0,127}")
Condition = Literal["whole", "missing", "changed"]


class ResultStore:
    """The results in one folder.

    Parameters
    ----------
    folder : made by the first result.

    Raises
    ------
    FileTrouble : the folder is a link, which could lead anywhere.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if os.path.islink(self.folder):  # of a name that is no name, too
            raise FileTrouble(Message("{folder}: is a link; take a folder", folder=str(folder)))

    def path(self, key: str) -> Path:
        """Return the path of a task's result.

        Raises
        ------
        ValueError : the key is no name of a file.
        """
        if not KEY.fullmatch(key):
            raise ValueError(f"no key: {key!r}")
        return self.folder / f"{key}.json"

    def put(self, key: str, content: bytes) -> tuple[int, str]:
        """Write a result; it is whole and on the disk when this returns. Returns its size and sha256.

        Raises
        ------
        FileTrouble : it cannot be written; an older one is still there.
        """
        # links are not followed: they could lead anywhere
        write_files(self.folder, {self.path(key).name: content}, follow=False, sweep=False)
        return len(content), hashlib.sha256(content).hexdigest()

    def get(self, entry: LedgerEntry) -> bytes:
        """Read the result of a task that is done.

        Raises
        ------
        FileTrouble : it is missing, or not what was written.
        """
        content = self._read(entry.task.key)
        if content is None:
            raise FileTrouble(Message("{file}: the result is missing", file=str(self.path(entry.task.key))))
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise FileTrouble(Message("{file}: the result was changed or damaged", file=str(self.path(entry.task.key))))
        return content

    def condition(self, entry: LedgerEntry) -> Condition:
        """Tell whether the result of a task that is done is there as it was written."""
        content = self._read(entry.task.key)
        if content is None:
            return "missing"
        return "whole" if hashlib.sha256(content).hexdigest() == entry.sha256 else "changed"

    def remove(self, key: str) -> None:
        """Remove the result of a task, if there is one.

        Raises
        ------
        FileTrouble : it cannot be removed.
        """
        try:
            self.path(key).unlink(missing_ok=True)
        except OSError as error:
            words = {"file": str(self.path(key)), "error": error.strerror or str(error)}
            raise FileTrouble(Message("{file}: could not be removed: {error}", **words)) from error

    def list_keys(self) -> list[str]:
        """List the keys of all results that are there."""
        return [file.stem for file in self.folder.glob("*.json") if KEY.fullmatch(file.stem)]

    def remove_parts(self) -> int:
        """Remove what was being written when a process was killed; returns how many files.

        No process may be writing.
        """
        left = list(self.folder.glob(".*.part"))
        for part in left:
            with contextlib.suppress(OSError):
                part.unlink()
        return len(left)

    def _read(self, key: str) -> bytes | None:
        """Read a file, and none that a link leads to."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(self.path(key), flags), "rb") as stream:
                return stream.read()
        except OSError:
            return None
