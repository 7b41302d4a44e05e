"""What befalls the players of a day from outside, as data: who comes when, who receives a delegation, what is rumoured.

Clocks of the law and travel noise come from the streams of the scenario's number. Both together are a scenario, bit
for bit the one that the exercise was made of.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.values.base import Identifier, Model, Share, YesNo
from optimiser.simulation.draws.streams import Real, Whole
from optimiser.simulation.scenario import REPORTING, Scenario, Scenarios, draw

Minute = Annotated[float, Field(ge=0, le=1e6, strict=True, description="min from the start of the operation")]
Whole53 = Annotated[int, Field(ge=0, le=2**53, strict=True)]
MOST_DAYS = 1_000_000  # of one set of scenarios, as on the command line


class GatheringDraw(Model):
    """How one gathering comes."""

    turnout: Annotated[int, Field(ge=0, le=100_000_000, strict=True, description="persons; 0 if it does not come")]
    route: Annotated[int, Field(ge=0, le=1000, strict=True, description="which of its routes, from 0")] = 0
    first: Minute
    tension: Share
    content: Annotated[Share, Field(description="decides whether it goes home once received")]
    displaced: Annotated[YesNo, Field(description="goes where the line is thinnest")] = False


class Draws(Model):
    """Everything of a day that players do not decide.

    Attributes
    ----------
    seed, scenario : name the streams of clocks and travel noise.
    gatherings : by identifier.
    received : minutes that a delegation waits until it is received, by sector with an official; None if never.
    triggers : minute at which each strikes, by identifier; None if it does not.
    """

    seed: Whole53
    scenario: Annotated[int, Field(ge=0, lt=MOST_DAYS, strict=True)]
    gatherings: dict[Identifier, GatheringDraw]
    received: dict[Identifier, Minute | None]
    triggers: dict[Identifier, Minute | None]


def note_draws(instance: Instance, scenario: Scenario, seed: int) -> Draws:
    """Write down what a scenario holds."""
    ways = _first_routes(instance)
    gatherings = {
        one.id: GatheringDraw(
            turnout=scenario.turnout[g],
            route=scenario.route[g] - ways[g],
            first=scenario.first[g],
            tension=scenario.tension[g],
            content=scenario.content[g],
            displaced=bool(scenario.displaced[g]),
        )
        for g, one in enumerate(instance.gatherings)
    }
    received = {one.id: _finite(scenario.received[s]) for s, one in enumerate(instance.sectors) if one.official}
    triggers = {one.id: _finite(scenario.triggered[t]) for t, one in enumerate(instance.triggers)}
    return Draws(seed=seed, scenario=scenario.number, gatherings=gatherings, received=received, triggers=triggers)


def draw_same(instance: Instance, draws: Draws, numbers: Whole | None = None) -> Scenarios:
    """Return scenarios in which the same befalls the players.

    Parameters
    ----------
    numbers : of scenarios whose clocks and travel noise they take, shape (scenarios,); the day's own if left out.

    Raises
    ------
    Mismatch : the draws name what the instance does not have, or lack what it has.
    """
    _admit_draws(instance, draws)
    numbers = np.array([draws.scenario]) if numbers is None else numbers
    ways, count = _first_routes(instance), len(numbers)
    base = draw(instance, draws.seed, 1, REPORTING)
    comes = [draws.gatherings[g.id] for g in instance.gatherings]
    waits = [math.inf if (w := draws.received.get(s.id)) is None else w for s in instance.sectors]
    strikes = [math.inf if (m := draws.triggers[t.id]) is None else m for t in instance.triggers]

    def repeat(values: list[float]) -> Real:
        return np.tile(np.array(values, dtype=float), (count, 1))

    return replace(
        base.take(np.zeros(count, dtype=np.int64), np.ones(count)),
        number=np.asarray(numbers, dtype=np.int64),
        turnout=repeat([c.turnout for c in comes]).astype(np.int64),
        route=repeat([c.route + first for c, first in zip(comes, ways, strict=True)]).astype(np.int64),
        first_group=repeat([c.first for c in comes]),
        tension=repeat([float(c.tension) for c in comes]),
        content=repeat([float(c.content) for c in comes]),
        displaced=repeat([float(c.displaced) for c in comes]).astype(np.int64),
        received=repeat(waits),
        triggered=repeat(strikes),
    )


def _admit_draws(instance: Instance, draws: Draws) -> None:
    known = {
        Message("gatherings"): (set(draws.gatherings), {g.id for g in instance.gatherings}),
        Message("sectors with an official"): (set(draws.received), {s.id for s in instance.sectors if s.official}),
        Message("triggers"): (set(draws.triggers), {t.id for t in instance.triggers}),
    }
    for what, (told, there) in known.items():
        if told != there:
            words = {"what": what, "told": ", ".join(sorted(told)), "there": ", ".join(sorted(there))}
            raise Mismatch(
                Message("the exercise is of another instance: its {what} are {told}; expected {there}", **words)
            )
    for one in instance.gatherings:
        if draws.gatherings[one.id].route >= len(one.ways):
            words = {"name": one.id, "n": str(len(one.ways))}
            raise Mismatch(Message("the exercise is of another instance: '{name}' has {n} routes", **words))


def _first_routes(instance: Instance) -> list[int]:
    """Give the number of the first route of each gathering; routes of all are numbered one after another."""
    counts = [len(g.ways) for g in instance.gatherings]
    return [sum(counts[:g]) for g in range(len(counts))]


def _finite(minutes: float) -> float | None:
    return minutes if math.isfinite(minutes) else None
