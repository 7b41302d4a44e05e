"""Who comes in a scenario and what befalls them: gatherings, receptions, triggers.

Each number of the instance is the same in all scenarios, or drawn anew for each where it varies within a range.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from optimiser.model.instance import Gathering, Instance, Sector, Trigger
from optimiser.simulation.draws.streams import Keys, Real, draw_exponentials, draw_uniforms, for_each

Known = Callable[..., float | Real]  # the number at a path of the instance: one for all scenarios, or one for each
_NORMAL = NormalDist()
LEAST = 1e-300  # sum of weights, so that it can be divided by


def draw_gathering(instance: Instance, number: int, known: Known, keys: Keys) -> tuple[Real, ...]:
    """Turnout (log-normal with mean `turnout`), route, minute of the first group, tension, what decides on going home.

    The last one is whether it goes where the line is thinnest.

    A gathering that does not take place is one to which nobody comes.
    """
    gathering = instance.gatherings[number]

    def own(*field: str | int) -> float | Real:
        return known("gatherings", number, *field)

    normal = for_each(_NORMAL.inv_cdf, draw_uniforms(keys, 0))
    sigma = own("turnout_spread")
    factor = for_each(math.exp, sigma * normal - 0.5 * sigma * sigma)
    first = instance.minutes(gathering.arrives) + own("late") * draw_exponentials(keys, 1)
    tension = own("tension") + own("tension_spread") * (2.0 * draw_uniforms(keys, 2) - 1.0)
    turnout = np.where(draw_uniforms(keys, 5) < own("chance"), np.rint(own("turnout") * factor), 0.0)
    route = _draw_route(gathering, own, draw_uniforms(keys, 4))
    displaced = (draw_uniforms(keys, 6) < own("displacement")).astype(float)
    return turnout, route, first, np.minimum(1.0, np.maximum(0.0, tension)), draw_uniforms(keys, 3), displaced


def _draw_route(gathering: Gathering, own: Known, uniforms: Real) -> Real:
    """Draw a route of every scenario by weight: the first whose share, added to those before it, is above a number."""
    weights = [own("routes", r, "weight") for r in range(len(gathering.routes))] or [1.0]
    total = np.maximum(sum(weights), LEAST)
    shares = [np.broadcast_to(weight / total, uniforms.shape) for weight in weights]
    route: Real = (np.cumsum(shares, axis=0)[:-1] <= uniforms).sum(axis=0).astype(float)
    return route


def draw_reception(sector: Sector, number: int, known: Known, keys: Keys) -> Real:
    """Minutes of waiting until the delegation is received in a sector, infinite if never."""

    def own(field: str) -> float | Real:
        return known("sectors", number, "official", field)

    if sector.official is None:
        return np.full(len(keys), np.inf)
    if sector.official.promised is not None:
        return np.full(len(keys), own("promised"))
    wait = own("after") + own("spread") * (2.0 * draw_uniforms(keys, 1) - 1.0)
    return np.where(draw_uniforms(keys, 0) < own("chance"), np.maximum(0.0, wait), np.inf)


def draw_trigger(instance: Instance, trigger: Trigger, number: int, known: Known, keys: Keys) -> Real:
    """Minute at which a trigger strikes, infinite if it does not."""
    minute = instance.minutes(trigger.at) + known("triggers", number, "late") * draw_exponentials(keys, 1)
    return np.where(draw_uniforms(keys, 0) < known("triggers", number, "chance"), minute, np.inf)
