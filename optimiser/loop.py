"""The loop: simulate, tabulate, allocate, simulate again, until a stop rule ends it; the best deployment is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimiser.allocation import Allocation, Exhausted, allocate
from optimiser.bound import trivial_bound
from optimiser.certificate import relative_gap
from optimiser.configuration import Configuration, ResponseTable, configuration_of, place_configurations
from optimiser.deployment import Deployment
from optimiser.engine import Floats
from optimiser.errors import NoPlan, OptimiserError
from optimiser.evaluation import score
from optimiser.progress import Progress, Watcher
from optimiser.scenario import Scenarios
from optimiser.simulation import Simulator
from optimiser.solver import SolverName
from optimiser.stop import StopRule
from optimiser.table import interplay, keep_promising, merge, neighbours, tabulate, tabulate_around

GRID = 400  # configurations of one place that are all simulated; above that the loop works with a part of them
SCREEN = 32  # scenarios that a first look at a configuration takes
FIRST_TRUST = 4  # moves that the first step around an incumbent may make
WIDEST = 12  # moves that one step may make at most
CLOSER = 1.0 / 3.0  # share of the entries that get a closer look, on three times as many scenarios
PATIENCE = 4  # broken promises before the tables are looked at more closely
LAST_PATIENCE = 12  # proposals tried, promising or not, once the tables know every scenario
TINY = 1e-9  # points; a smaller promise is rounding


@dataclass
class Search:
    """What the loop knows: the best deployment so far, the bound, and whether the bound is of the true problem."""

    simulator: Simulator
    scenarios: Scenarios
    watcher: Watcher
    best: Deployment
    value: float
    bound: float
    exact: bool = False
    by_clock: bool = False
    interrupted: bool = False
    compared: int = 0
    tables: Mapping[str, ResponseTable] | None = None
    history: tuple[Progress, ...] = ()

    def consider(self, deployment: Deployment) -> bool:
        """Simulate a deployment on all planning scenarios and keep it if it is better; tells whether it is."""
        value = self.worth(deployment)
        self.compared += 1
        if value < self.value:
            self.best, self.value = deployment, value
            return True
        return False

    def worth(self, deployment: Deployment) -> float:
        """Objective on the planning scenarios."""
        losses = self.simulator.losses([deployment], self.scenarios).sum(axis=2)[0]
        return score(self.simulator.instance, deployment, losses)


def search(
    simulator: Simulator,
    scenarios: Scenarios,
    candidates: Mapping[str, Deployment],
    stop: StopRule,
    watcher: Watcher,
    solver: SolverName = "highs",
    seconds: float | None = None,
) -> Search:
    """Start from the best candidate and improve it until `stop` says so or nothing is left to try.

    A keyboard interrupt ends the loop and keeps the best deployment so far. No run of the solver lasts longer than
    `seconds` where they are given; one that is cut by the clock makes the result not replayable.
    """
    found = _start(simulator, scenarios, candidates, watcher)
    propose = partial(allocate, solver=solver, seconds=seconds)
    steps = (
        _joint_steps(found, propose)
        if interplay(simulator.instance, simulator.dispatch, simulator.law)
        else _separate_steps(found, propose)
    )
    begun, unchanged, before = time.monotonic(), 0, found.value
    try:
        for iteration, (finished, note) in enumerate(steps, 1):
            unchanged = 0 if found.value < before else unchanged + 1
            before = found.value
            gap = relative_gap(found.value, found.bound)
            seconds = time.monotonic() - begun
            done = simulator.replications
            progress = Progress(iteration, found.value, found.bound, gap, done, seconds, unchanged, finished, note)
            found.history = (*found.history, progress)
            watcher.stepped(progress)
            if finished or stop(progress):
                break
    except KeyboardInterrupt:
        found.interrupted = True
    return found


def _start(
    simulator: Simulator, scenarios: Scenarios, candidates: Mapping[str, Deployment], watcher: Watcher
) -> Search:
    """Simulate the first candidates; the search never ends worse than the best of them."""
    names = list(candidates)
    losses = simulator.losses([candidates[n] for n in names], scenarios).sum(axis=2)
    values = {n: score(simulator.instance, candidates[n], row) for n, row in zip(names, losses, strict=True)}
    for name in names:
        watcher.candidate(name, values[name])
    first = min(names, key=lambda n: values[n])
    found = Search(simulator, scenarios, watcher, candidates[first], values[first], trivial_bound(simulator.instance))
    found.compared = len(names)
    return found


Steps = Iterator[tuple[bool, str]]
Propose = Callable[..., Allocation]


def _separate_steps(found: Search, propose: Propose) -> Steps:
    """Without interplay tables are exact: fill them, solve the integer program, add neighbours, until it repeats."""
    instance, simulator = found.simulator.instance, found.simulator
    grids = {p.id: place_configurations(instance, p.id, GRID) for p in instance.places}
    complete = all(whole for _, whole in grids.values())
    zero = np.zeros(len(found.scenarios))
    if complete:
        choices = {place: options for place, (options, _) in grids.items()}
    else:
        choices = {p.id: _around(found.best, simulator, p.id) for p in instance.places}
    tables = tabulate(simulator, found.scenarios, choices, complete=complete)
    while True:
        try:
            answer = propose(instance, tables, zero)
        except NoPlan:  # the best candidate is feasible, so only the clock can be the reason
            found.by_clock = True
            yield True, "the solver was cut by the clock"
            return
        found.by_clock |= answer.by_clock
        if complete and answer.bound is not None:
            found.bound, found.exact = max(found.bound, answer.bound), True
        better = found.consider(answer.deployment)
        if found.bound > found.value * (1.0 + 1e-6) + 1e-6:  # tables and joint simulation contradict each other
            raise OptimiserError(f"a bound of {found.bound} above a simulated objective of {found.value}")
        found.tables = tables
        yield complete or not better, "exact tables" if complete else "tables widened"
        wider = {p.id: _around(found.best, simulator, p.id) for p in instance.places}
        tables = merge([*tables.values(), *tabulate(simulator, found.scenarios, wider, complete=False).values()])


def _around(deployment: Deployment, simulator: Simulator, place: str) -> list[Configuration]:
    own = configuration_of(simulator.instance, deployment, place)
    return [own, *neighbours(simulator.instance, own)]


def _joint_steps(found: Search, propose: Propose) -> Steps:
    """With interplay tables are a model around the incumbent: trust them for a few moves, and check every promise."""
    simulator, scenarios = found.simulator, found.scenarios
    centre, few, trust = found.best, min(SCREEN, len(scenarios)), FIRST_TRUST
    tables, base = tabulate_around(simulator, scenarios.first(few), centre)
    tried: list[Deployment] = []
    while True:
        found.tables = tables
        promise, proposal = _promise(found, propose, tables, base, centre, trust, tried)
        finest = few == len(scenarios)
        hopeless = proposal is None or (promise <= TINY and not finest)
        if proposal is None or hopeless or len(tried) >= (LAST_PATIENCE if finest else PATIENCE):
            if finest:
                yield True, "no exchange was better"
                return
            few, trust, tried = min(3 * few, len(scenarios)), FIRST_TRUST, []
            tables, base = tabulate_around(simulator, scenarios.first(few), centre, keep_promising(tables, CLOSER))
            yield False, f"looked closer, {few} scenarios"
            continue
        before = found.value
        if found.consider(proposal):
            kept = before - found.value
            trust = min(WIDEST, 2 * trust) if kept >= 0.5 * promise else trust
            centre, few, tried = found.best, min(SCREEN, len(scenarios)), []
            yield False, f"moved, {kept:.3g} points better"
            tables, base = tabulate_around(simulator, scenarios.first(few), centre)
        else:
            trust = max(1, trust // 2)
            tried.append(proposal)
            yield False, "promise not kept"


def _promise(
    found: Search,
    propose: Propose,
    tables: dict[str, ResponseTable],
    base: Floats,
    centre: Deployment,
    trust: int,
    tried: list[Deployment],
) -> tuple[float, Deployment | None]:
    """Ask the integer program for the best deployment near the centre that was not tried, and what it promises."""
    instance = found.simulator.instance
    try:
        answer = propose(instance, tables, base, trust=(centre, trust), exclude=[centre, *tried])
    except Exhausted:
        return 0.0, None
    except NoPlan:
        found.by_clock = True
        return 0.0, None
    found.by_clock |= answer.by_clock
    return score(instance, centre, base) - answer.objective, answer.deployment
