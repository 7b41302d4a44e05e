"""Who takes part: every method by name, with its settings in words and the packages that it needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import rivals_peers as peers
from rivals_local import search_locally
from rivals_oracle import Oracle
from rivals_space import Space

from optimiser import Deployment, Instance, optimise
from optimiser.planning.certificate import Certificate
from optimiser.planning.programs.configurations import place_configurations
from optimiser.planning.search.response_tables import interplay, joined_by_movements_alone
from optimiser.planning.settings import is_scarce

OURS = "ours"
LISTED = 1_000  # configurations of a place that are counted at most to choose the number of scenarios
FEW, MANY = 8, 4_000  # planning scenarios at least and at most, assumed
SHARE = 50  # joint replications of the budget for each planning scenario, where sectors influence each other; assumed
ONLY_MOVED = 200  # the same where they do so only because units move from one to another; measured
GROWN = 25  # the same where the budget is scarce besides, so that a search seldom comes to all of them; measured
APART = (20, 48)  # the same where they do not, if places have few configurations and if they have many; measured


@dataclass(frozen=True)
class Answer:
    """What a method gives back.

    Attributes
    ----------
    deployment : its decision.
    replications : joint replications played.
    seconds : processor time.
    estimate : the mean that made it choose, in points; None where it has none.
    certificate : what it claims; None where it claims nothing.
    """

    deployment: Deployment
    replications: int
    seconds: float
    estimate: float | None
    certificate: Certificate | None = None


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes
    ----------
    solve : plays one run on an oracle; None for ours, which brings its own simulator.
    packages : what has to be installed.
    settings : in words.
    warm : whether it begins with hand rules.
    """

    name: str
    solve: Callable[[Oracle], peers.Found] | None
    packages: tuple[str, ...]
    settings: str
    warm: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages that are not installed."""
        return tuple(p for p in self.packages if version_of(p) is None)


_POINT = "10, 45, 200, 891 replications a point at budgets of 1e3, 1e4, 1e5, 1e6, the same scenarios for all points"
_LOCAL = (
    "one or two units at a time, paired on the same scenarios, losers dropped early; 16 scenarios, then twice as many"
)
METHODS = {
    m.name: m
    for m in (
        Method(OURS, None, (), "`optimise` as it comes, one thread, no levers; scenarios: see below"),
        Method("local", search_locally, (), f"{_LOCAL}; random start"),
        Method("local, warm", search_locally, (), f"{_LOCAL}; starts from the best hand rule", True),
        Method("R-SPLINE", peers.solve_rspline, ("pymoso",), "common random numbers; replications by its own rule"),
        Method("genetic", peers.solve_genetic, ("pymoo",), f"GA, {peers.POPULATION} individuals, SBX and PM; {_POINT}"),
        Method("evolution", peers.solve_evolution, ("nevergrad",), f"DiscreteLenglerOnePlusOne; {_POINT}"),
        Method("TPE", peers.solve_tpe, ("optuna",), f"TPESampler, one categorical parameter a unit; {_POINT}"),
        Method("random", peers.solve_random, ("simoptlib",), f"RNDSRCH; {_POINT}"),
    )
}


def version_of(package: str) -> str | None:
    """Give the version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def planning_scenarios(instance: Instance, budget: int) -> int:
    """Give the number of planning scenarios that ours is asked for.

    As many as the budget allows for until the relaxation is solved; what is left then goes into a proof.
    """
    if not interplay(instance):
        most = max(len(place_configurations(instance, s.id, LISTED)[0]) for s in instance.sectors)
        rounds = APART[most >= LISTED]
    elif not joined_by_movements_alone(instance):
        rounds = SHARE
    else:
        rounds = GROWN if is_scarce(instance, min(MANY, budget // GROWN), budget) else ONLY_MOVED
    return min(MANY, max(FEW, budget // rounds))


def play(method: Method, space: Space, budget: int, run: int) -> Answer:
    """Play one run of a method; the run's number is its seed."""
    begun = time.process_time()
    if method.solve is None:
        return _play_ours(space.instance, budget, run, begun)
    oracle = Oracle(space, run, budget, method.warm)
    vector, estimate = method.solve(oracle)
    used = oracle.simulator.replications
    return Answer(space.deployment(vector, method.name), used, time.process_time() - begun, estimate)


def _play_ours(instance: Instance, budget: int, run: int, begun: float) -> Answer:
    scenarios = planning_scenarios(instance, budget)
    found = optimise(instance, seed=run, scenarios=scenarios, reporting=2, budget=budget, workers=1, levers=False)
    used = found.history[-1].replications if found.history else 0
    seconds = time.process_time() - begun
    return Answer(found.deployment, used, seconds, found.planning_objective, found.certificate)
