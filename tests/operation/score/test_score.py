"""Days are rated by limits and by simulated days under the same conditions; the same log gives the same score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.rehearsed import any_days, days_of, played_days, rehearsed

from optimiser.common.errors import BadSetting, Mismatch
from optimiser.common.language import language
from optimiser.files.logs.read import parse_log
from optimiser.model.laws.choice import find_law
from optimiser.model.observed_log import Observation, ObservedDay, ObservedLog
from optimiser.operation.score.document import describe_score
from optimiser.operation.score.measures import BY_ID
from optimiser.operation.score.occasions import Occasion
from optimiser.operation.score.rating import LATE, Percentile, estimate_share, explains_undone, place_among, rate
from optimiser.operation.score.reference import draw_reference, name_log, read_conditions
from optimiser.operation.score.score import score_day, score_days
from optimiser.output.documents.plan import dump
from optimiser.output.score.log_book import write_log_table, write_log_template

NAME = b"a log"


def late_by(share: float) -> Percentile:
    return Percentile(share, 0.0, 1.0, 100, 0.0, 0.0)


def of(*values: float | None) -> tuple[Occasion, ...]:
    return tuple(Occasion("kpu", 0.0, value) for value in values)


# ---------------------------------------------------------------- ratings and shares


@pytest.mark.parametrize(
    ("measure", "occasions", "limit", "place", "explained", "expected"),
    [
        ("lapis", of(), 5.0, None, False, "-"),
        ("lapis", of(5.0, 4.0), 5.0, late_by(1.0), False, "P"),
        ("lapis", of(5.0, 6.0), 5.0, late_by(0.9), False, "S"),
        ("lapis", of(5.0, 6.0), 5.0, late_by(0.95), False, "M"),
        ("lapis", of(5.0, 6.0), 5.0, None, False, "M"),
        ("lapis", of(5.0, None), 5.0, late_by(0.1), False, "M"),
        ("lapis", of(5.0, None), 5.0, late_by(0.1), True, "S"),
        ("lapis", of(None), 5.0, None, True, "U"),
        ("gates", of(0.0, 0.0), 0.0, late_by(0.1), False, "P"),
        ("gates", of(0.0, 1.0), 0.0, late_by(0.1), True, "U"),
        ("injured", of(0.0), None, None, False, "P"),
        ("injured", of(3.0), None, late_by(0.5), False, "P"),
        ("injured", of(3.0), None, late_by(0.6), False, "S"),
        ("injured", of(3.0), None, late_by(0.96), False, "M"),
        ("injured", of(3.0), None, None, False, "-"),
    ],
)
def test_the_rule_of_ratings(measure, occasions, limit, place, explained, expected) -> None:
    assert rate(BY_ID[measure], occasions, limit, place, explained) == expected


def test_a_value_lies_where_it_lies_among_simulated_days() -> None:
    known = [float(n) for n in range(100)]
    between = place_among(49.5, known, NAME, "call")
    assert between is not None
    assert 50 / 101 <= between.share <= 51 / 101
    assert between.low < between.share < between.high
    assert (between.median, between.usual, between.days) == (49.0, 94.0, 100)
    assert place_among(-1.0, known, NAME, "call").share < 1 / 101  # type: ignore[union-attr]
    assert place_among(1000.0, known, NAME, "call").share > 100 / 101  # type: ignore[union-attr]
    assert place_among(1.0, known[:19], NAME, "call") is None, "too few simulated days"


def test_ties_are_broken_by_the_log_and_evenly() -> None:
    alike = [5.0] * 50
    shares = [place_among(5.0, alike, str(n).encode(), "lapis").share for n in range(400)]  # type: ignore[union-attr]
    assert shares[0] == place_among(5.0, alike, b"0", "lapis").share  # type: ignore[union-attr]
    assert np.abs(np.histogram(shares, bins=4, range=(0, 1))[0] - 100).max() < 30
    assert place_among(5.1, alike, NAME, "lapis").share > LATE  # type: ignore[union-attr]


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    """Worked by hand: 10 of 20 gives 0.5 +- 0.2007."""
    assert estimate_share(0.5, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert estimate_share(0.0, 100)[0] == pytest.approx(0.0, abs=1e-12)


def test_what_the_plan_never_does_is_no_fault_of_players() -> None:
    assert explains_undone(1, [1] * 30 + [0] * 70)
    assert not explains_undone(2, [1] * 30 + [0] * 70)
    assert not explains_undone(1, [1] * 19)


# ---------------------------------------------------------------- conditions


def test_the_conditions_of_a_simulated_day_are_read_as_they_were_drawn() -> None:
    instance, _ = rehearsed()
    scenarios = any_days(3, 40)
    for scenario, day in zip(scenarios.items, days_of(scenarios), strict=True):
        read = read_conditions(instance, day)
        for g, gathering in enumerate(instance.gatherings):
            assert read.turnout[gathering.id] == scenario.turnout[g]
            if scenario.turnout[g]:
                assert read.first[gathering.id] == scenario.first[g]


def test_simulated_days_have_the_conditions_and_nothing_else_of_the_day() -> None:
    instance, _ = rehearsed()
    day = next(days_of(any_days(3, 1)))
    conditions = read_conditions(instance, day)
    drawn = draw_reference(instance, conditions, name_log(day, conditions), 30)
    assert (drawn.turnout == drawn.turnout[0]).all()
    assert [conditions.first.get(g.id) for g in instance.gatherings] == drawn.first_group[0].tolist()
    assert len(np.unique(drawn.tension[:, 0])) == 30
    other = draw_reference(instance, conditions, name_log(replace(day, complete=False), conditions), 30)
    assert not np.array_equal(drawn.tension, other.tension), "every log has its own days"


def test_an_exercise_settles_all_that_befalls_players() -> None:
    instance, _ = rehearsed()
    draws, _scenarios = played_days(1, 0, 1)
    conditions = read_conditions(instance, ObservedDay("", ()), draws)
    drawn = draw_reference(instance, conditions, NAME * 2, 30)
    for name in ("turnout", "route", "first_group", "tension", "content", "received", "triggered"):
        column = getattr(drawn, name)
        assert (column == column[0]).all(), name
    assert len(np.unique(drawn.number)) == 30
    wrong = draws.model_copy(update={"triggers": {}})
    with pytest.raises(Mismatch):
        draw_reference(instance, replace(conditions, draws=wrong), NAME * 2, 30)


def test_a_log_that_tells_no_crowd_is_compared_with_days_of_any_crowd() -> None:
    instance, _ = rehearsed()
    conditions = read_conditions(instance, ObservedDay("", (Observation(10.0, "contact", "kpu"),)))
    assert (conditions.turnout, conditions.first) == ({}, {})
    assert len(np.unique(draw_reference(instance, conditions, NAME * 2, 30).turnout[:, 0])) == 30


# ---------------------------------------------------------------- whole days


def test_the_same_log_gives_the_same_bytes_whatever_file_it_stood_in() -> None:
    instance, plan = rehearsed()
    log = ObservedLog(tuple(replace(day, name=f"day {n}") for n, day in enumerate(days_of(any_days(1, 2)))))
    files = {
        "log.csv": write_log_table(log, instance),
        "log.xlsx": write_log_template(instance, language("id"), log),
    }
    documents = {
        dump(describe_score(score_days(instance, plan, parse_log(raw, name, instance), days=25)))
        for name, raw in files.items()
    }
    assert documents == {dump(describe_score(score_days(instance, plan, log, days=25)))}


@pytest.mark.long
def test_players_who_do_as_the_plan_says_lie_anywhere_and_late_ones_at_the_end() -> None:
    """The short form of tests/long/test_score.py."""
    instance, plan = rehearsed()
    draws, scenarios = played_days(1, 1, 24)
    found = {
        minutes: [score_day(instance, plan, day, draws, 40, find_law(None)) for day in days_of(scenarios, minutes)]
        for minutes in (0.0, 20.0)
    }
    for measure in ("contact", "lapis", "call", "column", "injured"):
        shares = {
            minutes: [r.place.share for one in days for r in one.readings if r.measure.id == measure and r.place]
            for minutes, days in found.items()
        }
        assert 0.3 < np.mean(shares[0.0]) < 0.7, measure
        if measure != "injured":
            assert np.mean(np.array(shares[20.0]) >= LATE) >= 0.95, measure


def test_a_clock_without_seconds_makes_nobody_late() -> None:
    """Handovers of five minutes may be written as six; the limit allows it, and simulated days are seen so too."""
    instance, plan = rehearsed()
    for exact in days_of(any_days(1, 6)):
        day = exact.to_whole_minutes()
        assert day.resolution == 1.0
        found = {r.measure.id: r for r in score_day(instance, plan, day, None, 40, find_law(None)).readings}
        assert found["lapis"].rating in ("P", "-")
        assert found["evacuation"].rating in ("P", "-")


def test_a_partial_log_is_rated_by_what_it_holds_alone() -> None:
    instance, plan = rehearsed()
    rows = (
        Observation(40.0, "lapis", "kpu"),
        Observation(58.5, "steady", "kpu"),
        Observation(60.0, "injured", "kpu", number=0.0),
    )
    one = score_day(instance, plan, ObservedDay("", rows), None, 60, find_law(None))
    assert {r.measure.id for r in one.readings if r.told} == {"lapis", "injured"}
    assert {r.rating for r in one.readings if not r.told} == {"-"}
    assert one.rating == "M"
    assert one.weakest is not None
    assert one.weakest.measure.id == "lapis"
    assert one.without_weakest == "P"
    assert len(one.untold) == 13


def test_an_empty_day_is_not_rated() -> None:
    instance, plan = rehearsed()
    one = score_day(instance, plan, ObservedDay("", ()), None, 20, find_law(None))
    assert (one.rating, one.weakest, one.rated) == ("-", None, [])


def test_too_few_simulated_days_are_refused() -> None:
    instance, plan = rehearsed()
    with pytest.raises(BadSetting, match="days"):
        score_days(instance, plan, ObservedLog(()), days=3)
