"""In which order scenarios tell deployments apart soonest, and what that may take, from a few of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.planning.search.exhaustive.listing import Listing
from optimiser.planning.search.search_state import Search
from optimiser.simulation.engine import Floats

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
REPLICATION = 50.0  # time that a replication takes, in that of looking up what is known of one deployment; assumed


@dataclass(frozen=True)
class CoursePlan:
    """What is simulated first.

    Attributes
    ----------
    order : scenarios by index, in the order in which they are played, shape (scenarios,).
    share : what a point in each counts at least in the objective, whatever the deployment, shape (scenarios,).
    depends : places that each is expected to depend on, shape (scenarios, places).
    expected : joint replications that excluding all deployments is expected to take.
    """

    order: Ints
    share: Floats
    depends: Flags
    expected: float


def plan_course(state: Search, listing: Listing, share: Floats, pilots: int) -> CoursePlan:
    """Simulate a few deployments in all scenarios, and go through these as would be best for them.

    The next scenario is the one in which those that are left lose most for the time that it takes. Where few places
    count in it, few replications serve all deployments.
    """
    count, total = len(state.scenarios), len(listing.codes)
    chosen = np.unique(np.linspace(0, max(0, total - 1), min(pilots, total)).astype(np.int64))
    plans = listing.plans(listing.codes[chosen])
    depends, losses = np.zeros((count, state.rules.places), dtype=bool), np.zeros((len(plans), count))
    for scenario in range(count):
        losses[:, scenario], places = state.simulator.fates(plans, state.scenarios, scenario)
        depends[scenario] = places.any(axis=0)
    apart = np.exp(depends @ np.log([max(1, len(grid)) for grid in listing.grids]))
    order, expected = _go_through(losses * share, listing.costs(state.cost)[chosen], apart, total, state.value)
    return CoursePlan(order, share, depends, expected)


def _go_through(lost: Floats, lower: Floats, apart: Floats, total: int, limit: float) -> tuple[Ints, float]:
    """Return the order of scenarios, and the replications that it is expected to take.

    Parameters
    ----------
    lost : what each pilot loses in each scenario, shape (pilots, scenarios).
    lower : what each costs besides, shape (pilots,).
    apart : groups of deployments that may differ in a scenario, shape (scenarios,).
    """
    open_, order, expected = np.ones(lost.shape[1], dtype=bool), list[int](), 0.0
    alive = lower < limit
    while open_.any():
        some = alive if alive.any() else np.ones_like(alive)
        left = max(1.0, total * float(alive.mean())) if len(alive) else 1.0
        replications = np.minimum(apart, left)
        gain = lost[some].sum(axis=0) / (left + REPLICATION * replications)
        scenario = int(np.argmax(np.where(open_, gain, -math.inf)))
        open_[scenario] = False
        order.append(scenario)
        expected += float(replications[scenario])
        lower = lower + lost[:, scenario]
        alive = lower < limit
    return np.array(order, dtype=np.int64), expected
