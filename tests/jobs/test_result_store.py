"""Results on disk: whole or not there, known by their hash, and no name leads out of the folder."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

import pytest

from optimiser.common.errors import FileTrouble
from optimiser.jobs.result_store import ResultStore
from optimiser.jobs.task import LedgerEntry, Task

KEY = "ab" * 32


def entry(key: str = KEY, content: bytes = b"plan") -> LedgerEntry:
    return LedgerEntry(Task(key, "plan"), 1, "done", "", 0, {}, {}, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def results(tmp_path: Path) -> ResultStore:
    return ResultStore(tmp_path / "results")


def test_what_is_put_is_got(results: ResultStore) -> None:
    assert results.put(KEY, b"plan") == (4, hashlib.sha256(b"plan").hexdigest())
    assert results.get(entry()) == b"plan"
    assert results.condition(entry()) == "whole"
    assert os.listdir(results.folder) == [f"{KEY}.json"]


def test_what_is_missing_or_changed_is_said(results: ResultStore) -> None:
    assert results.condition(entry()) == "missing"
    with pytest.raises(FileTrouble, match="missing"):
        results.get(entry())
    results.put(KEY, b"plam")
    assert results.condition(entry()) == "changed", "the size alone tells nothing"
    with pytest.raises(FileTrouble, match="changed or damaged"):
        results.get(entry())


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
def test_a_name_that_could_lead_out_is_no_key(results: ResultStore, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        results.path(key)
    with pytest.raises(ValueError, match="no key"):
        results.put(key, b"plan")
    assert not results.folder.exists()


def test_whatever_is_asked_for_stays_inside(results: ResultStore) -> None:
    """10,000 random names, made of what leads out of folders: refused, or a file in the folder."""
    rng, taken = random.Random(15), 0
    pieces = ["..", "/", "\\", "\0", ".", "a", "results", "~", "$HOME", "-", "0", "\n", " ", "c:", "\u202e", "etc"]
    for _ in range(10_000):
        key = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 6)))
        try:
            place = results.path(key)
        except ValueError:
            continue
        taken += 1
        assert place.parent == results.folder
        assert place.resolve().parent == results.folder.resolve()
    assert 50 < taken < 5000


def test_no_link_is_followed(results: ResultStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"plan")
    results.folder.mkdir()
    results.path(KEY).symlink_to(secret)
    assert results.condition(entry()) == "missing", "the right bytes behind a link are no result"
    with pytest.raises(FileTrouble):
        results.get(entry())
    secret.write_bytes(b"kept")
    results.put(KEY, b"plan")
    assert secret.read_bytes() == b"kept", "a link is replaced, not written through"
    assert not results.path(KEY).is_symlink()
    assert results.get(entry()) == b"plan"


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileTrouble, match="is a link"):
        ResultStore(tmp_path / "results")


def test_what_was_being_written_is_swept_away_and_nothing_else(results: ResultStore) -> None:
    assert results.remove_parts() == 0
    results.put(KEY, b"plan")
    for name in (f".{KEY}.json.123.part", f".{KEY}.json.124.part"):
        (results.folder / name).write_bytes(b"pl")
    (results.folder / "notes.part").write_bytes(b"mine")
    assert results.remove_parts() == 2
    assert sorted(os.listdir(results.folder)) == [f"{KEY}.json", "notes.part"]
