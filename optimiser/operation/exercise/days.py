"""Simulated days, and the one that exercises what is asked for: found among them, or cut from several.

A cut day has the crowds of one simulated day, the officials of another and the triggers of a third, and the clocks of
the first. Scenarios draw all four independently, so a cut day is a day like any other; it is played whole before it is
taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.operation.exercise.themes import THEMES, ThemeName, find_themes
from optimiser.simulation.engine import Floats
from optimiser.simulation.events import Event, Translator
from optimiser.simulation.scenario import Scenario, Scenarios
from optimiser.simulation.simulator import Simulator, simulate

BASES, DONORS = 12, 6  # days that a cut begins with, and days that parts are taken from, by theme; assumed
PARTS = ("crowds", "officials", "triggers")
_ARRAYS = {
    "crowds": ("turnout", "route", "first_group", "tension", "content", "displaced"),
    "officials": ("received",),
    "triggers": ("triggered",),
}


class NoDay(OptimiserError):
    """No simulated day, and none that was cut from several, has all themes that were asked for."""

    exit_code = 7


@dataclass(frozen=True)
class ExerciseDay:
    """The day that an exercise plays.

    Attributes
    ----------
    number : of the scenario whose clocks it has.
    parts : number of the scenario that its crowds, officials and triggers are of; all the same unless it is cut.
    scenario : all of it.
    loss : points.
    rank : share of the simulated days that lose at most as much.
    eligible : simulated days that have all themes asked for.
    looked : days simulated.
    """

    number: int
    parts: dict[str, int]
    scenario: Scenario
    loss: float
    rank: float
    eligible: int
    looked: int

    @property
    def cut(self) -> bool:
        """Whether it was cut from several."""
        return any(number != self.number for number in self.parts.values())


@dataclass(frozen=True)
class Looked:
    """Simulated days of a plan.

    Attributes
    ----------
    losses : points, shape (scenarios,).
    had : themes of each.
    """

    scenarios: Scenarios
    losses: Floats
    had: tuple[set[ThemeName], ...]

    def count(self, theme: ThemeName) -> int:
        """Count the days that have a theme."""
        return sum(theme in had for had in self.had)


def tell_each_day(simulator: Simulator, deployment: Deployment, scenarios: Scenarios) -> Iterator[list[Event]]:
    """Give the event log of every scenario, from the compiled engine where it can play."""
    tell_each = getattr(simulator.engine, "tell_each", None)
    if tell_each is None:
        for scenario in scenarios.items:
            yield simulate(simulator.instance, deployment, scenario, law=simulator.law, dispatch=simulator.dispatch)[1]
        return
    translator = Translator(simulator.instance)
    for log in tell_each(deployment.numbers(simulator.instance), scenarios, np.arange(len(scenarios))):
        yield [translator.event(entry) for entry in log]


def look_at_days(simulator: Simulator, deployment: Deployment, scenarios: Scenarios) -> Looked:
    """Simulate a plan in every scenario and find the themes of each day."""
    losses: Floats = simulator.course(deployment.numbers(simulator.instance), scenarios).loss.sum(axis=1)
    had = tuple(set(find_themes(simulator.instance, log)) for log in tell_each_day(simulator, deployment, scenarios))
    return Looked(scenarios, losses, had)


def choose_day(
    simulator: Simulator, deployment: Deployment, looked: Looked, themes: Sequence[ThemeName], hard: float
) -> ExerciseDay:
    """Choose the day with all themes whose loss has a rank nearest to `hard`; cut one where there is none.

    Parameters
    ----------
    hard : share of days that are to lose at most as much, 0 to 1.

    Raises
    ------
    NoDay : there is none either way.
    """
    wanted = {name for name in themes if THEMES[name].find is not None}
    scenarios, losses, had = looked.scenarios, looked.losses, looked.had
    ranks = _rank(losses, losses)
    missing = [len(wanted - have) for have in had]
    order = sorted(range(len(ranks)), key=lambda n: (missing[n], abs(ranks[n] - hard), n))
    best, eligible = order[0], missing.count(0)
    if eligible:
        parts = dict.fromkeys(PARTS, best)
        rank = float(ranks[best])
        return ExerciseDay(best, parts, scenarios[best], float(losses[best]), rank, eligible, len(losses))
    rows = _list_cuts(order, had, wanted)
    found = _play_cuts(simulator, deployment, scenarios, rows, wanted)
    if found is None:
        lacking = Message.chain(", ", [THEMES[n].title for n in THEMES if n in wanted - had[best]])
        words = {"n": len(losses), "cuts": len(rows), "lacking": lacking}
        raise NoDay(
            Message(
                "none of {n} simulated days has all themes asked for, nor has any of {cuts} days cut from them; the "
                "nearest one lacks: {lacking}; ask for fewer, or look at more days with --scenarios",
                **words,
            )
        )
    made, places, points = found
    ranks = _rank(points, losses)
    best = min(range(len(ranks)), key=lambda n: (abs(ranks[n] - hard), n))
    base, *donors = rows[places[best]]
    parts = dict(zip(PARTS, donors, strict=True))
    return ExerciseDay(base, parts, made[best], float(points[best]), float(ranks[best]), 0, len(losses))


def _rank(points: Floats, losses: Floats) -> Floats:
    """Return the share of days that lose at most so many points, by point."""
    return np.searchsorted(np.sort(losses), points, side="right") / len(losses)


def _list_cuts(order: Sequence[int], had: Sequence[set[ThemeName]], wanted: set[ThemeName]) -> list[tuple[int, ...]]:
    """List days that may be cut: the base, then the days that crowds, officials and triggers are taken from."""
    rows: dict[tuple[int, ...], None] = {}
    for base in order[:BASES]:
        donors = [base]
        for theme in sorted(wanted - had[base]):
            donors += [n for n in order if theme in had[n]][:DONORS]
        for parts in product(dict.fromkeys(donors), repeat=len(PARTS)):
            rows[base, *parts] = None
    return [row for row in rows if set(row) != {row[0]}]


def _play_cuts(
    simulator: Simulator,
    deployment: Deployment,
    scenarios: Scenarios,
    rows: Sequence[tuple[int, ...]],
    wanted: set[ThemeName],
) -> tuple[Scenarios, list[int], Floats] | None:
    """Play days cut so, and return those that have all themes with their rows and points; None where none has."""
    if not rows:
        return None
    made = _cut(scenarios, rows)
    told = tell_each_day(simulator, deployment, made)
    places = [n for n, log in enumerate(told) if wanted <= set(find_themes(simulator.instance, log))]
    if not places:
        return None
    kept = _cut(scenarios, [rows[n] for n in places])
    plan, none = deployment.numbers(simulator.instance)[None], np.zeros(len(places), dtype=np.int64)
    played = simulator.engine.play(plan, none, np.arange(len(places)), kept)
    return kept, places, played.total


def _cut(scenarios: Scenarios, rows: Sequence[tuple[int, ...]]) -> Scenarios:
    taken = np.array(rows, dtype=np.int64)
    made = scenarios.take(taken[:, 0], np.ones(len(rows)))
    arrays = {name: getattr(scenarios, name)[taken[:, 1 + p]] for p, part in enumerate(PARTS) for name in _ARRAYS[part]}
    return replace(made, **arrays)
