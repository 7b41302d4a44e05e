"""Boards that are kept: what somebody works on, one file each, so that a reload or a killed server loses nothing."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from optimiser.common.atomic_files import write_files
from optimiser.common.errors import FileTrouble
from optimiser.common.language import Code
from optimiser.common.message import Message
from optimiser.model.laws.choice import LawName
from optimiser.model.values.base import Model
from optimiser.web.job_errors import BoardChanged, QueueFull

MOST_BOARDS = 1000  # in one folder; assumed, years of one operations room
MOST_STEPS = 200  # that can be undone
FORMAT = "optimiser-board/1"
KEY = re.compile(r"[0-9a-f]{16}")

Count = Annotated[int, Field(ge=-10_000, le=10_000, strict=True)]  # a plan with too many units elsewhere owes some
Places = Annotated[
    dict[str, dict[Literal["teams", "vehicles"], dict[str, Count]]],
    Field(description="who stands where, as `places` of a deployment"),
]


class BoardVariant(Model):
    """One plan of a board.

    Attributes
    ----------
    pinned : chips that a new plan has to leave where they are, ``place kind``.
    """

    name: Annotated[str, Field(min_length=1, max_length=120)]
    places: Places
    document: Annotated[str | None, Field(max_length=64, description="key of the job that made it")] = None
    pinned: list[str] = Field(default_factory=list, max_length=500)
    whatif: list[Any] = Field(
        default_factory=list, max_length=50, description="changes that it is for; none for the plan"
    )


class Planned(Model):
    """What a plan that is being made is for: taken from the variant that was shown when it was asked for."""

    pinned: list[str] = Field(default_factory=list, max_length=500)
    whatif: list[Any] = Field(default_factory=list, max_length=50)


class BoardContent(Model):
    """What somebody works on: an instance, faulty or not, with its plans."""

    title: Annotated[str, Field(max_length=200)] = ""
    instance: Annotated[dict[str, Any], Field(description="an instance, which may still have faults")]
    law: LawName = "facilitation"
    seed: Annotated[int, Field(ge=0, le=2**53, strict=True)] = 1
    variants: list[BoardVariant] = Field(default_factory=list, max_length=12)
    shown: Annotated[int, Field(ge=0, lt=12, strict=True, description="number of the variant that is worked on")] = 0
    compared: Annotated[int, Field(ge=0, lt=12, strict=True, description="number of the one it is compared with")] = 0
    undo: list[Places] = Field(default_factory=list, max_length=MOST_STEPS)
    redo: list[Places] = Field(default_factory=list, max_length=MOST_STEPS)
    job: Annotated[str | None, Field(max_length=64, description="key of the job that plans")] = None
    planned: Annotated[Planned | None, Field(description="what is planned for while the job plans")] = None
    jobs: Annotated[
        dict[Literal["score", "exercise"], Annotated[str, Field(max_length=64)]],
        Field(description="keys of the jobs that scored days, and made an exercise"),
    ] = Field(default_factory=dict)
    situation: Annotated[
        dict[str, Any] | None, Field(description="what is reported, as of a situation; it may still have faults")
    ] = None
    told: Annotated[int | None, Field(ge=0, lt=20_000, strict=True, description="number of the day that is told")] = (
        None
    )


class BoardRequest(Model):
    """A board as it shall be, with the revision that it was made from."""

    revision: Annotated[int, Field(ge=1, le=2**53, strict=True)] = 1
    content: BoardContent


class _Kept(Model):
    """The file of a board."""

    format: Literal["optimiser-board/1"]
    id: str
    revision: Annotated[int, Field(ge=1, le=2**53, strict=True)]
    content: BoardContent


class SavedBoards:
    """Boards in a folder; every change is on the disk when the call returns."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._lock = folder, threading.Lock()
        self._titles: dict[str, tuple[dict[str, str], tuple[int, int] | None]] = {}  # of files of a time and a size

    def add(self, content: BoardContent) -> dict[str, Any]:
        """Keep a new board.

        Raises
        ------
        QueueFull : there are too many.
        FileTrouble : it cannot be written.
        """
        with self._lock:
            if sum(1 for _ in self._keys()) >= MOST_BOARDS:
                raise QueueFull(Message("there are too many boards; delete some"))
            return self._write(os.urandom(8).hex(), 1, content)

    def get(self, key: str) -> dict[str, Any]:
        """Return a board.

        Raises
        ------
        KeyError : there is none.
        FileTrouble : it cannot be read, or is no board: somebody else has written it.
        """
        if not KEY.fullmatch(key):
            raise KeyError(key)
        file = self.folder / f"{key}.json"
        try:
            return _Kept.model_validate_json(file.read_bytes()).model_dump(mode="json")
        except FileNotFoundError:
            raise KeyError(key) from None
        except (OSError, ValidationError) as error:
            first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            words = {"file": str(file), "error": first}
            raise FileTrouble(Message("{file}: could not be read: {error}", **words)) from error

    def put(self, key: str, revision: int, content: BoardContent) -> dict[str, Any]:
        """Replace the content of a board; the same change once more, because its answer was lost, changes nothing.

        Parameters
        ----------
        revision : the one that the content was made from.

        Raises
        ------
        KeyError : there is none.
        BoardChanged : it has another revision: another window has changed it meanwhile.
        FileTrouble : it cannot be written.
        """
        with self._lock:
            found = self.get(key)
            if found["revision"] == revision + 1 and found["content"] == content.model_dump(mode="json"):
                return found
            if found["revision"] != revision:
                raise BoardChanged(Message("another window has changed this board meanwhile"))
            return self._write(key, revision + 1, content)

    def remove(self, key: str) -> None:
        """Remove a board.

        Raises
        ------
        KeyError : there is none.
        """
        with self._lock:
            if not KEY.fullmatch(key):
                raise KeyError(key)
            try:
                (self.folder / f"{key}.json").unlink()
            except FileNotFoundError:
                raise KeyError(key) from None

    def latest(self, code: Code = "en") -> list[dict[str, Any]]:
        """List all boards, the latest changed first: key, title in a language, last change in s since 1970."""
        there, lines = set(self._keys()), []
        for key in there:
            try:
                stat = (self.folder / f"{key}.json").stat()
                state = stat.st_mtime_ns, stat.st_size
                if self._titles.get(key, ({}, None))[1] != state:  # a thousand boards are not read anew for each list
                    self._titles[key] = _titles(self.get(key)["content"]), state
            except (KeyError, OSError, FileTrouble):
                continue  # removed meanwhile, or damaged: the others are shown all the same
            titles = self._titles[key][0]
            lines.append({"id": key, "title": titles.get(code, titles[""]), "changed": stat.st_mtime})
        for key in set(self._titles) - there:
            self._titles.pop(key, None)
        return sorted(lines, key=lambda line: -float(line["changed"]))

    def _keys(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from (file.stem for file in self.folder.glob("*.json") if KEY.fullmatch(file.stem))

    def _write(self, key: str, revision: int, content: BoardContent) -> dict[str, Any]:
        document = {"format": FORMAT, "id": key, "revision": revision, "content": content.model_dump(mode="json")}
        text = json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        write_files(self.folder, {f"{key}.json": text.encode()}, sweep=False)
        return document


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the title of a board as it is, under "", and by language where it is that of a district that tells it."""
    title, instance = content["title"], content["instance"]
    texts = instance.get("texts") if title == instance.get("title") else None
    words = texts.items() if isinstance(texts, dict) else ()
    told = {code: here.get("title") for code, here in words if isinstance(here, dict)}
    return {"": title, **{code: other for code, other in told.items() if isinstance(other, str)}}
