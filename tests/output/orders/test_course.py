"""The course on a sheet: what reads the same stands once, and the list gives way where the page is full."""

from __future__ import annotations

import re
from collections import Counter

from support.read_papers import page, rows, written

from optimiser import read
from optimiser.output.blocks import Section, Space
from optimiser.output.orders.fit import LEGIBLE, SIZES, fits
from optimiser.output.orders.form import Paper
from optimiser.output.orders.staffing.course import LEAST_ROWS, MOST_ROWS, fit_course
from optimiser.planning.search.hand_rules import proportional


def test_bug_ways_that_come_at_the_same_time_stood_one_below_the_other() -> None:
    instance = read("oku-250")
    sheet = page(written(instance, proportional(instance)), "gedung-kesenian")
    course = [(clock, re.sub(r" \(.*?%.*?\)", "", what)) for clock, what in rows(sheet, "Expected course")[:-1]]
    assert any(" comes" in what for _clock, what in course)
    assert max(Counter(course).values()) == 1
    shares = [what for _clock, what in rows(sheet, "Expected course") if "(on 50 % of days) comes" in what]
    assert len(shares) == 1, "10 % of one way and 40 % of another that come at the same time"


def _sheet(rows: int, other: int) -> Paper:
    """A sheet of lines to write on: one for each row of its course, and others."""
    return Paper("kpu", "Order sheet", "KPU", (Section("", (Space(rows + other),)),), "kpu")


def test_a_course_has_fewer_rows_where_the_page_is_full() -> None:
    def room(size: float) -> int:
        return next(lines for lines in range(300) if not fits(_sheet(lines, 0), size)) - 1

    legible, most = room(LEGIBLE), room(SIZES[-1])
    assert legible < most
    cases = [(0, MOST_ROWS), (legible - MOST_ROWS, MOST_ROWS), (legible - 6, 6), (legible - LEAST_ROWS, LEAST_ROWS)]
    smallest = [
        (legible, min(MOST_ROWS, most - legible)),
        (most - 6, 6),
        (most, LEAST_ROWS),
    ]
    for other, rows_left in (*cases, *smallest):
        assert fit_course(lambda most, other=other: _sheet(most, other)) == _sheet(rows_left, other)
