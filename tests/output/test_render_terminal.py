"""Sections on a screen: what is a part of something stands indented below it, however narrow the screen."""

from __future__ import annotations

import io

import pytest

from optimiser.output.blocks import Section, Span, Table, TableColumn
from optimiser.output.render_terminal import make_console, to_terminal

PART = "Traffic police of the district, two teams"


def shown(width: int, columns: tuple[TableColumn, ...]) -> list[str]:
    rows = [(Span("Hall", "strong"), "1"), (Span(PART, "sub"), "2"), ("Yard", "3")]
    console = make_console(io.StringIO())
    console.width = width
    with console.capture() as captured:
        console.print(to_terminal([Section("", [Table(columns, rows)])]))
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [80, 44, 30, 20])
def test_bug_the_second_line_of_an_indented_name_was_not_indented(width: int) -> None:
    lines = shown(width, (TableColumn("What"), TableColumn("n", firm=True)))
    between = lines[lines.index(next(line for line in lines if line.startswith("Hall"))) + 1 :]
    part = between[: next(n for n, line in enumerate(between) if line.startswith("Yard"))]
    assert all(line.startswith("  ") and line[2] != " " for line in part)
    assert " ".join(" ".join(line.replace("2", "").split()) for line in part) == PART
    assert max(map(len, lines)) <= width
