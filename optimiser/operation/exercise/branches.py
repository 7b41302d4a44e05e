"""Conditions in an exercise: what comes next depends on what players do, and both ways come from the simulation.

The day is played again with one draw changed: received or not, a rumour answered or not. Both days are the same until
that moment, because every other draw is the same; what differs from then on is the branch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.exercise.injects import Inject, list_injects, select
from optimiser.operation.exercise.themes import ThemeName, find_themes
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.simulator import simulate

Question = Literal["received", "answered"]
RECEPTIONS, RUMOURS = 2, 1  # conditions of an exercise at most; assumed: what one controller can follow
OWN = 8  # injects of a branch at most; assumed
LEAD = 10.0  # min from the first word of a rumour until everybody has heard it; assumed


@dataclass(frozen=True)
class Branch:
    """One way to go on.

    Attributes
    ----------
    label : ``12a`` where the condition is met, ``12b`` where it is not.
    met : whether it is met.
    main : whether it is the day that the list tells.
    injects : those of its own.
    falls_away : labels of later injects of the list that are not given.
    next : label of the inject of the list to go on with.
    lacks : themes of the day that is told which do not come on this way.
    """

    label: str
    met: bool
    main: bool
    injects: tuple[Inject, ...]
    falls_away: tuple[str, ...]
    next: str
    lacks: tuple[ThemeName, ...] = ()


@dataclass(frozen=True)
class Condition:
    """What the next injects depend on.

    Attributes
    ----------
    label : of the inject at which controllers decide.
    asks : what is asked.
    sector : where a delegation waits; empty for a rumour.
    what : trigger, for a rumour; else empty.
    minute : until which players have time.
    """

    label: str
    asks: Question
    sector: str
    what: str
    minute: float
    branches: tuple[Branch, Branch]


@dataclass(frozen=True)
class Fork:
    """A moment from which the day with one draw changed is another.

    Attributes
    ----------
    met : whether the day that is told is the one in which players did what was asked.
    other : what can be put before players in the other day, in order of time.
    effect : points between the two days.
    themes : of the other day.
    """

    asks: Question
    sector: str
    what: str
    minute: float
    met: bool
    other: tuple[Inject, ...]
    effect: float
    themes: tuple[ThemeName, ...]


def find_forks(
    instance: Instance,
    deployment: Deployment,
    scenario: Scenario,
    law: EscalationLaw,
    events: Sequence[Event],
    loss: float,
) -> list[Fork]:
    """Find the moments at which most depends on players: receptions, and answers to rumours."""

    def play(changed: Scenario) -> tuple[Sequence[Event], float]:
        replication, log = simulate(instance, deployment, changed, law=law)
        return log, replication.loss(instance.objective)

    found = []
    for asks, sector, what, met, changed in _list_changes(instance, scenario):
        log, points = play(changed)
        minute = _find_parting(events, log, asks, sector or what, met)
        if minute is not None:
            had = find_themes(instance, log)
            other = tuple(i for i in list_injects(instance, log) if i.minute >= minute)
            gap = abs(points - loss)
            found.append(Fork(asks, sector, what, minute, met, other, gap, tuple(had)))
    ranked = sorted(found, key=lambda fork: (-fork.effect, fork.minute))
    kept = [f for f in ranked if f.asks == "received"][:RECEPTIONS]
    kept += [f for f in ranked if f.asks == "answered"][:RUMOURS]
    return sorted(kept, key=lambda fork: fork.minute)


def _list_changes(instance: Instance, scenario: Scenario) -> Iterator[tuple[Question, str, str, bool, Scenario]]:
    """List the draws that players can change, each with the scenario in which it is changed."""
    for s, sector in enumerate(instance.sectors):
        if sector.official is not None:
            waits, met = list(scenario.received), math.isfinite(scenario.received[s])
            waits[s] = math.inf if met else float(sector.official.after)
            yield "received", sector.id, "", met, replace(scenario, received=tuple(waits))
    for t, trigger in enumerate(instance.triggers):
        if trigger.kind == "rumour" and math.isfinite(scenario.triggered[t]):
            strikes = list(scenario.triggered)
            strikes[t] = math.inf
            yield "answered", "", trigger.id, False, replace(scenario, triggered=tuple(strikes))


def _find_parting(
    events: Sequence[Event], other: Sequence[Event], asks: Question, about: str, met: bool
) -> float | None:
    """Return the minute from which two days differ, if that is because of what is asked; else None."""
    same = next((n for n, pair in enumerate(zip(events, other, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return None
    event = events[same] if asks == "answered" or met else other[same]
    kind, name = ("triggered", event.what) if asks == "answered" else ("received", event.sector)
    return event.minute if (event.kind, name) == (kind, about) else None


def own_injects(fork: Fork, told: Sequence[Inject]) -> list[Inject]:
    """Select what the other day puts before players and the one that is told does not."""
    return select((i for i in fork.other if not any(i.is_like(one) for one in told)), OWN)


def join_branches(
    fork: Fork, label: str, own: Sequence[Inject], listed: Sequence[Inject], themes: Sequence[ThemeName]
) -> Condition:
    """Make the condition of a fork: the day that is told goes on as listed, the other one by injects of its own.

    Parameters
    ----------
    own : see `own_injects`.
    listed : the list with labels; its last inject ends the exercise and stays.
    themes : of the day that is told, as far as the simulation knows them.
    """
    later = [i for i in listed if i.minute >= fork.minute and i.label != label]
    stays = [i for i in later if i.kind in _OURS or any(i.is_like(one) for one in fork.other)]
    away = tuple(i.label for i in later if i not in stays)
    lacks = tuple(name for name in themes if name not in fork.themes)
    letters = {True: "a", False: "b"}
    other = label + letters[not fork.met]
    named = tuple(replace(i, label=f"{other}{n}") for n, i in enumerate(own, 1))
    branches = {
        fork.met: Branch(label + letters[fork.met], fork.met, True, (), (), later[0].label),
        not fork.met: Branch(other, not fork.met, False, named, away, stays[0].label, lacks),
    }
    return Condition(label, fork.asks, fork.sector, fork.what, fork.minute, (branches[True], branches[False]))


_OURS = ("start", "rumour_starts", "radio_lost", "decide", "end")
