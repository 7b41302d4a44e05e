"""The screen of a nation: claim, comparison, intervals, pools and borrowers, whole in a narrow window."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from test_accord import accord

from optimiser.lending import Audit
from optimiser.overview import show_accord, show_audit
from optimiser.verdict import Violation


def screen(what, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(what)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_it_says_what_matters(tmp_path: Path, width: int) -> None:
    text = " ".join(screen(show_accord(accord(tmp_path, 100.0, 98.0), Audit((), 2, 1, 1)), width).split())
    assert "Within 2.04 % of the optimum" in text
    assert "Without lending the plans found come to 200 points on the same planning scenarios" in text
    assert "with lending to 100" in text
    assert "0 violations" in text
    assert "BKO 2 1 0.500" in text or "BKO 1 1 0.500" in text
    assert "District-1 1" in text
    assert "loss in all" in text


def test_a_longer_search_of_who_borrows_is_said_where_there_is_one(tmp_path: Path) -> None:
    for joined in (0, 2):
        text = " ".join(screen(show_accord(accord(tmp_path, 100.0, 5.0, joined), None), 100).split())
        assert ("part of the difference may be the search" in text) is (joined > 0)


def test_an_audit_names_every_violation() -> None:
    broken = Violation("lent-more", "", "bko", 3, 2, "'BKO' lends 3 teams and has 2")
    text = screen(show_audit(Audit((broken,), 2, 1, 3)), 100)
    assert "Refused" in text
    assert "'BKO' lends 3 teams and has 2 [lent-more]" in text
