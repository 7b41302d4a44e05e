"""A plan on every route that a gathering may take: what it loses there, and whether another plan would be better.

And where the gathering always goes where the line is thinnest, which only the simulation can tell.

Everything else stays as uncertain as it is, on random numbers with the same names, so that plans and routes are
compared in pairs. Plans are those at hand: nothing is planned for a route.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from optimiser.model.instance import Instance
from optimiser.model.uncertain_inputs import Path
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.law_range import Band
from optimiser.questions.why.sensitivity import Bench

CHOOSING = "routes"  # name of the set of scenarios on which the best plan for a route is chosen


class CertainRoute(NamedTuple):
    """One route of a gathering, taken for certain, or the thinnest line always.

    Attributes
    ----------
    gathering, route : their identifiers; None as a route is where the line is thinnest.
    share : its chance in the file, 0 to 1.
    values : weights of the routes of this gathering that make it certain, or its displacement.
    """

    gathering: str
    route: str | None
    share: float
    values: Mapping[Path, float]


@dataclass(frozen=True)
class KnownRoute:
    """What plans lose where it is known which route a gathering takes.

    Attributes
    ----------
    gathering, route : their identifiers; None as a route is where the line is thinnest.
    share : chance of the route in the file, 0 to 1.
    loss : of the plan, in points.
    rivals : plan minus each other plan, paired; negative is in the plan's favour.
    better : name of the plan that lost least on scenarios of their own; None where that is the plan itself.
    gain : plan minus that one on fresh scenarios, paired: what knowing the route would be worth; None without one.
    band : of the plan's mean loss over the plausible constants of the law.
    """

    gathering: str
    route: str | None
    share: float
    loss: Interval
    rivals: tuple[Interval, ...]
    better: str | None
    gain: Interval | None
    band: Band


@dataclass(frozen=True)
class Routes:
    """A plan on every route.

    Attributes
    ----------
    rivals : names of the other plans.
    known : routes in the order of the instance, those of a gathering before where the line is thinnest.
    """

    rivals: tuple[str, ...]
    known: tuple[KnownRoute, ...]

    @property
    def worst(self) -> KnownRoute:
        """The route on which the plan loses most."""
        return max(self.known, key=lambda one: one.loss.mean)


def list_certain(instance: Instance) -> tuple[CertainRoute, ...]:
    """List the routes of gatherings that may take more than one."""
    found = []
    for g, gathering in enumerate(instance.gatherings):
        open_ = [(r, way) for r, way in enumerate(gathering.ways) if way.route is not None and way.share > 0.0]
        paths: list[Path] = [("gatherings", g, "routes", r, "weight") for r in range(len(gathering.routes))]
        if len(open_) < 2:
            continue
        displaced = float(gathering.displacement)
        for r, way in open_:
            values = {path: float(other == r) for other, path in enumerate(paths)}
            found.append(CertainRoute(gathering.id, way.route, way.share * (1.0 - displaced), values))
        found.append(CertainRoute(gathering.id, None, displaced, {("gatherings", g, "displacement"): 1.0}))
    return tuple(found)


def ask_routes(
    bench: Bench, names: Sequence[str], group: str, *, scenarios: int = 200, reporting: int = 600
) -> Routes | None:
    """Simulate a plan and others on each route; None where no gathering may take more than one.

    Parameters
    ----------
    names : of the plans of the bench after the first.
    group : name of the set of fresh scenarios that the result is reported on.
    scenarios : of the set on which the best plan for a route is chosen.
    """
    known = []
    for one in list_certain(bench.instance):
        if one.route is not None and not one.share:
            continue  # it always goes where the line is thinnest
        chosen = int(np.argmin(bench.play(one.values, scenarios, CHOOSING).mean(axis=1)))
        losses = bench.play(one.values, reporting, group)
        rivals = tuple(estimate(losses[0] - other) for other in losses[1:])
        better, gain = (names[chosen - 1], rivals[chosen - 1]) if chosen else (None, None)
        (band,) = bench.range_over_law([one.values], reporting, group).losses
        known.append(KnownRoute(one.gathering, one.route, one.share, estimate(losses[0]), rivals, better, gain, band))
    return Routes(tuple(names), tuple(known)) if known else None
