"""Synthetic rehearsals are rated right: percentiles are uniform where players do as the plan says, delays are seen.

What it prints stands in docs/score.md.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from support.rehearsed import any_days, days_of, played_days, rehearsed

from optimiser.model.laws.choice import find_law
from optimiser.operation.exercise.draws import Draws
from optimiser.operation.score.measures import BY_ID, MEASURES
from optimiser.operation.score.rating import LATE
from optimiser.operation.score.score import score_day
from optimiser.simulation.scenario import Scenarios

LOGS, REFERENCE, BINS = 200, 200, 10
CRITICAL = 21.666  # chi-square of 9 degrees of freedom, 1 % beyond
SOME = 50  # logs with a value that a test of ten bins needs: five expected in each
POWER = {5.0: 0.5, 10.0: 0.8, 20.0: 0.95}
CLOCKED = ("contact", "lapis", "lintas", "call", "column", "evacuation")  # what a delay of players shows in
RARE = ("lintas", "gates", "evacuation")  # what few days have
MOST_DAYS = 6000  # among which as many days with each are looked for


def shares(scenarios: Scenarios, draws: Draws | None, minutes: float = 0.0) -> dict[str, list[float]]:
    instance, plan = rehearsed()
    found: dict[str, list[float]] = defaultdict(list)
    for day in days_of(scenarios, minutes):
        for reading in score_day(instance, plan, day, draws, REFERENCE, find_law(None)).readings:
            if reading.place is not None:
                found[reading.measure.id].append(reading.place.share)
    return found


def chi_square(values: list[float]) -> float:
    counts = np.bincount(np.minimum((np.array(values) * BINS).astype(int), BINS - 1), minlength=BINS)
    expected = len(values) / BINS
    return float(((counts - expected) ** 2 / expected).sum())


def look(found: dict[str, list[float]], title: str) -> dict[str, float]:
    tested = {name: chi_square(values) for name, values in found.items() if len(values) >= SOME}
    for measure in MEASURES:
        values = found.get(measure.id, [])
        print(
            f"{title:12} {measure.id:14} logs {len(values):4}  chi-square {tested.get(measure.id, float('nan')):6.2f}"
        )
    return tested


@pytest.mark.long
def test_the_share_of_every_measure_is_uniform_where_players_do_as_the_plan_says() -> None:
    tested = look(shares(any_days(20260, LOGS), None), "any day")
    assert set(tested) >= {"contact", "received", "unmet", "lapis", "call", "column", "officer", "process", "injured"}
    assert {name: value for name, value in tested.items() if value > CRITICAL} == {}


@pytest.mark.long
def test_the_share_is_uniform_on_any_days_that_have_what_few_have() -> None:
    """Of days with the measure, and enough simulated days with it, the values are draws from one distribution too."""
    instance, plan = rehearsed()
    found: dict[str, list[float]] = {name: [] for name in RARE}
    for day in days_of(any_days(20261, MOST_DAYS)):
        wanted = [name for name in RARE if len(found[name]) < LOGS]
        if not wanted:
            break
        if any(BY_ID[name].value(BY_ID[name].take(instance, day) or ()) is not None for name in wanted):
            for reading in score_day(instance, plan, day, None, REFERENCE, find_law(None)).readings:
                if reading.measure.id in wanted and reading.place is not None:
                    found[reading.measure.id].append(reading.place.share)
    tested = look(found, "rare")
    assert {name: len(found[name]) for name in RARE} == dict.fromkeys(RARE, LOGS)
    assert {name: value for name, value in tested.items() if value > CRITICAL} == {}


@pytest.mark.long
def test_the_share_is_uniform_among_rehearsals_of_one_exercise() -> None:
    draws, scenarios = played_days(1, 1, LOGS)
    tested = look(shares(scenarios, draws), "one exercise")
    assert set(tested) >= {"lapis", "lintas", "call", "column", "gates", "evacuation", "process", "records", "injured"}
    assert {name: value for name, value in tested.items() if value > CRITICAL} == {}


@pytest.mark.long
@pytest.mark.parametrize("minutes", POWER)
def test_players_who_are_late_are_seen(minutes: float) -> None:
    draws, scenarios = played_days(1, 1, LOGS)
    found = shares(scenarios, draws, minutes)
    seen = {name: float(np.mean(np.array(values) >= LATE)) for name, values in found.items()}
    for name, share in seen.items():
        print(f"late by {minutes:4.0f} min {name:14} logs {len(found[name]):4}  seen {share:5.0%}")
    assert {name: seen[name] for name in CLOCKED if seen[name] < POWER[minutes]} == {}
