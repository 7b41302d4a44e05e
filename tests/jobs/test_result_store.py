"""Results on disk: whole or not there, known by their hash, and no name leads out of the folder."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

import pytest

from optimiser.common.errors import FileTrouble
from optimiser.jobs.result_store import Shelf
from optimiser.jobs.task import Entry, Task

KEY = "ab" * 32


def entry(key: str = KEY, content: bytes = b"plan") -> Entry:
    return Entry(Task(key, "plan"), 1, "done", "", 0, {}, {}, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "results")


def test_what_is_put_is_got(shelf: Shelf) -> None:
    assert shelf.put(KEY, b"plan") == (4, hashlib.sha256(b"plan").hexdigest())
    assert shelf.get(entry()) == b"plan"
    assert shelf.condition(entry()) == "whole"
    assert os.listdir(shelf.folder) == [f"{KEY}.json"]


def test_what_is_missing_or_changed_is_said(shelf: Shelf) -> None:
    assert shelf.condition(entry()) == "missing"
    with pytest.raises(FileTrouble, match="missing"):
        shelf.get(entry())
    shelf.put(KEY, b"plam")
    assert shelf.condition(entry()) == "changed", "the size alone tells nothing"
    with pytest.raises(FileTrouble, match="changed or damaged"):
        shelf.get(entry())


HOSTILE = [
    "",
    ".",
    "..",
    "../secret",
    "a/../../secret",
    "/etc/passwd",
    "//host/share",
    "c:\\secret",
    "..\\secret",
    "a\0b",
    "\0",
    "a\n",
    "a\nb",
    ".hidden",
    "-",
    "A",
    "a.json",
    "%2e%2e%2f",
    "\u2215etc",
    "\uff0e\uff0e",
    "a" * 129,
    "con:",
]


@pytest.mark.parametrize("key", HOSTILE, ids=ascii)
def test_a_name_that_could_lead_out_is_no_key(shelf: Shelf, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        shelf.place(key)
    with pytest.raises(ValueError, match="no key"):
        shelf.put(key, b"plan")
    assert not shelf.folder.exists()


def test_whatever_is_asked_for_stays_inside(shelf: Shelf) -> None:
    """10,000 random names, made of what leads out of folders: refused, or a file in the folder."""
    rng, taken = random.Random(15), 0
    pieces = ["..", "/", "\\", "\0", ".", "a", "results", "~", "$HOME", "-", "0", "\n", " ", "c:", "\u202e", "etc"]
    for _ in range(10_000):
        key = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 6)))
        try:
            place = shelf.place(key)
        except ValueError:
            continue
        taken += 1
        assert place.parent == shelf.folder
        assert place.resolve().parent == shelf.folder.resolve()
    assert 50 < taken < 5000


def test_no_link_is_followed(shelf: Shelf, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"plan")
    shelf.folder.mkdir()
    shelf.place(KEY).symlink_to(secret)
    assert shelf.condition(entry()) == "missing", "the right bytes behind a link are no result"
    with pytest.raises(FileTrouble):
        shelf.get(entry())
    secret.write_bytes(b"kept")
    shelf.put(KEY, b"plan")
    assert secret.read_bytes() == b"kept", "a link is replaced, not written through"
    assert not shelf.place(KEY).is_symlink()
    assert shelf.get(entry()) == b"plan"


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileTrouble, match="is a link"):
        Shelf(tmp_path / "results")


def test_what_was_being_written_is_swept_away_and_nothing_else(shelf: Shelf) -> None:
    assert shelf.sweep() == 0
    shelf.put(KEY, b"plan")
    for name in (f".{KEY}.json.123.part", f".{KEY}.json.124.part"):
        (shelf.folder / name).write_bytes(b"pl")
    (shelf.folder / "notes.part").write_bytes(b"mine")
    assert shelf.sweep() == 2
    assert sorted(os.listdir(shelf.folder)) == [f"{KEY}.json", "notes.part"]
