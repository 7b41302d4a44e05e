"""Numbers carry the digits their interval carries, and names cannot steer a screen."""

from __future__ import annotations

import math

import pytest

from optimiser.common.number_format import figure, given, percent, plain, several, signed, span, tell_rare
from optimiser.planning.evaluation import Interval


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (1234.567, math.inf, "1,235"),
        (12.3456, math.inf, "12.3"),
        (0.0123456, math.inf, "0.0123"),
        (0.0, math.inf, "0"),
        (14.4321, 7.3, "14.4"),
        (14.4321, 73.0, "14"),
        (14.4321, 0.05, "14.432"),
        (7.68, 1e-15, "7.68"),
        (163.0, 0.0, "163"),
        (math.inf, 1.0, "?"),
        (math.nan, 1.0, "?"),
        (1e-15, math.inf, "0.000000"),
    ],
)
def test_figure(value: float, half: float, text: str) -> None:
    assert figure(value, half) == text


@pytest.mark.parametrize(("value", "text"), [(1.25, "+1.25"), (-1.25, "-1.25"), (0.0, "0"), (-1e-15, "0.000000")])
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text


def test_span_of_a_harm_is_cut_at_nothing_and_of_a_difference_is_not() -> None:
    assert span(Interval(0.5, 0.8, 10, 10)) == "0.50 [0.00, 1.30]"
    assert span(Interval(0.5, 0.8, 10, 10), sign=True) == "+0.50 [-0.30, +1.30]"
    assert span(Interval(0.5, math.inf, 1, 1)) == "0.500 [?, ?]"


@pytest.mark.parametrize(
    ("share", "count", "text"),
    [
        (0.0, None, "0 %"),
        (0.001, None, "under 1 %"),
        (0.34, 50, "34 % (17 of 50)"),
        (0.999, None, "over 99 %"),
        (1.0, 8, "100 % (8 of 8)"),
    ],
)
def test_percent(share: float, count: int | None, text: str) -> None:
    assert percent(share, count) == text


@pytest.mark.parametrize(("value", "text"), [(15.0, "15"), (7.5, "7.5"), (1234.0, "1,234"), (0.04, "0")])
def test_given(value: float, text: str) -> None:
    assert given(value) == text


def test_several() -> None:
    assert [several(n, "team") for n in (0, 1, 1200)] == ["0 teams", "1 team", "1,200 teams"]


@pytest.mark.parametrize("bad", ["\x1b[31m", "\x9b31m", "\u202e", "\u2066", "\x07", "\n", "\u2028", "\ud800"])
def test_plain_leaves_nothing_that_steers(bad: str) -> None:
    assert plain(f"a{bad[0]}b") == "a?b"


def test_plain_leaves_letters_alone() -> None:
    assert plain("Jl. A. Yani – Gedung №5 北京 é") == "Jl. A. Yani – Gedung №5 北京 é"


@pytest.mark.parametrize(("share", "text"), [(0.005, "under 1 %"), (0.995, "over 99 %"), (0.0, "0 %"), (1.0, "100 %")])
def test_bug_half_a_percent_is_not_nothing(share: float, text: str) -> None:
    assert percent(share) == text


def test_where_few_scenarios_carry_a_mean_they_are_counted_and_how_often_is_said() -> None:
    never, seldom = Interval(0.0, math.inf, 600, 0), Interval(0.0333, math.inf, 600, 3)
    always, mostly = Interval(14.0, math.inf, 40, 0, 14.0), Interval(29.9, math.inf, 600, 2, 30.0)
    said = ["0 (none of 600)", "0.033 (3 of 600)", "14 (all 40 alike)", "30 (all but 2 of 600)"]
    assert [span(one) for one in (never, seldom, always, mostly)] == said
    assert span(Interval(0.0, 0.0, 600, 0), sign=True) == "0 (same plan)"
    told = tell_rare([seldom, never, never, Interval(0.5, 0.8, 10, 10)])
    assert told.endswith("none of 600: at most 0.50 % of operations; 3 of 600: at most 1.3 % of operations.")
    assert tell_rare([Interval(0.5, 0.8, 10, 10), Interval(0.5, math.inf, 1, 1)]) == ""
