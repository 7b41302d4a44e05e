"""How teams tire on duty: ability by steps, in minutes of a clock that runs faster in heavy kit and in the heat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimiser.model.instance import Instance

STEP = 30.0  # min of duty from one step of ability to the next; assumed: finer than any figure of it is known
WHOLE = 1e-9  # of a step, so that (1 - 0.5) / 0.05 is ten steps


@dataclass(frozen=True)
class Fitness:
    """How the teams of a kind tire.

    Attributes
    ----------
    longest : minutes on duty, in kit and in the heat, that doctrine allows.
    relieved : whether relief like for like comes before they are over.
    first, step : minutes on duty until the first step of ability is lost, and from each step to the next; infinite
        where nobody tires.
    most : steps that are lost at most.
    loss : share of ability lost in one step.
    """

    longest: float
    relieved: bool
    first: float
    step: float
    most: int
    loss: float


def list_fitness(instance: Instance) -> tuple[Fitness, ...]:
    """Give for each kind of team how it tires: docs/model.md, "Duty and rest".

    Nobody does where the rate is 0, nor where relief like for like comes before the longest duty is over.
    """
    doctrine = instance.doctrine
    loss = float(doctrine.tires) * STEP / 60.0
    most = math.floor((1.0 - float(doctrine.fitness_least)) / loss + WHOLE) if loss > 0.0 else 0
    every, longest = float(doctrine.relief_every), float(doctrine.longest_duty)
    kit = {role.id: float(role.kit) for role in instance.roles}
    found = []
    for team in instance.teams:
        factor = float(doctrine.heat) * kit[team.role]
        relieved = 0.0 < every * factor <= longest
        tires = most > 0 and not relieved
        first, step = ((longest + STEP) / factor, STEP / factor) if tires else (math.inf, math.inf)
        found.append(Fitness(longest / factor, relieved, first, step, most, loss))
    return tuple(found)
