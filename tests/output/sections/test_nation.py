"""The screen of a nation: claim, comparison, intervals, pools and borrowers, whole in a narrow window."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from support import nations

from optimiser.common.number_format import span
from optimiser.model.verdict import Violation
from optimiser.nation.audit import Audit
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.nation import audit_sections, nation_sections


def screen(what, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(to_terminal(what))
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_it_says_what_matters(tmp_path: Path, width: int) -> None:
    one = nations.make_plan(tmp_path, 100.0, 98.0)
    text = " ".join(screen(nation_sections(one, Audit((), 2, 1, 1)), width).split())
    assert "Within 2.04 % of the optimum" in text
    points, injured = map(span, one.saved)
    assert f"Lending saves {points} points and {injured} injured people in the same fresh scenarios" in text
    assert "the best plans without lending come to 200 points, with lending to 100" in text
    assert "0 violations" in text
    assert "BKO 2 1 0.500" in text or "BKO 1 1 0.500" in text
    assert "District-1 1" in text
    assert "loss in all" in text


def test_where_nothing_is_lent_nothing_is_saved(tmp_path: Path) -> None:
    one = nations.make_plan(tmp_path, 100.0, 98.0)
    one = replace(one, results=one.alone)
    text = screen(nation_sections(one, None), 100)
    assert "Nothing is lent." in text
    assert "saves" not in text
    assert "WHO BORROWS" not in text.upper()  # a table without rows was only its header


def test_an_audit_names_every_violation() -> None:
    broken = Violation("lent-more", "", "bko", 3, 2, "'BKO' lends 3 teams and has 2")
    text = screen(audit_sections(Audit((broken,), 2, 1, 3)), 100)
    assert "Refused" in text
    assert "'BKO' lends 3 teams and has 2 [lent-more]" in text
