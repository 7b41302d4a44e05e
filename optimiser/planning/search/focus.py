"""Which places are looked at, and in how many scenarios, where looking at all of them would take too long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.planning.search.search_state import Search
from optimiser.simulation.engine import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class FocusParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    many, few : scenarios of a first look at a neighbour, where all places can be looked at and where not.
    at_once : sectors that may be simulated to look around an incumbent once.
    least : places that are looked at in any case.
    """

    many: int = 64
    few: int = 16
    at_once: int = 3_000_000
    least: int = 4


PARAMS = FocusParams()


def worst_places(lost: Floats, most: int) -> Ints:
    """Return the places, at most so many, where most is lost or most of anything is, in their own order.

    Parameters
    ----------
    lost : by place, in points, shape (places,).
    """
    return np.sort(np.argsort(-lost, kind="stable")[:most])


def focus(state: Search, plan: Numbers) -> Ints:
    """Return the places that are looked at: all, or where most is lost or anybody waits, and accompaniments."""
    affordable = _affordable(state, first_look(state))
    if state.rules.places <= affordable:
        return np.arange(state.rules.places)
    lost = state.simulator.course(plan, state.scenarios.first(min(PARAMS.many, len(state.scenarios)))).mean
    sectors, worst = len(lost), worst_places(lost, max(PARAMS.least, affordable))
    moving = state.rules.frame.posts.stop
    posts = np.flatnonzero(plan[sectors:moving].sum(axis=1)) + sectors
    return np.concatenate([worst, posts[: affordable // 2], np.arange(moving, state.rules.places)])


def first_look(state: Search) -> int:
    """Return the scenarios that a first look takes: few where not all places can be looked at."""
    most = PARAMS.many if _affordable(state, PARAMS.many) >= state.rules.places else PARAMS.few
    return min(most, len(state.scenarios))


def _affordable(state: Search, scenarios: int) -> int:
    """Places that can be looked at at once: one unit of each kind more and less, in so many scenarios."""
    return PARAMS.at_once // (2 * scenarios * state.rules.kinds * len(state.simulator.instance.sectors))
