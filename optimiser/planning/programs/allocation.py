"""The integer program: from response tables to the best deployment they know, with a proved bound.

Binary y[place, configuration] chooses one configuration per place; whole numbers of teams and vehicles follow from it
and keep the requirements of `programs.requirements`. The tail of the losses (CVaR) enters by cuts: the mean over any
choice of scenarios of the tail's size is a valid lower estimate, exact for the deployment it was made for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp
from numpy.typing import NDArray

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.magnitude import CLOSE, in_units, relative_gap, unit_of
from optimiser.planning.programs.configurations import (
    Configuration,
    ResponseTable,
    configuration_of,
    deployment_of,
    empty,
    fits,
    place_configurations,
    placement_cost,
    tail_weights,
    undominated,
    unit_costs,
)
from optimiser.planning.programs.feasibility import Limits, add_number, conflict, constrain, nearest
from optimiser.planning.programs.requirements import Cell, Frame, shared
from optimiser.planning.programs.solver import SolverAnswer, SolverName, Termination

__all__ = [
    "Allocation",
    "Configuration",
    "Exhausted",
    "ResponseTable",
    "allocate",
    "configuration_of",
    "conflict",
    "deployment_of",
    "nearest",
    "place_configurations",
    "placement_cost",
]

Floats = NDArray[np.float64]
LINEAR_ROUNDS = 60  # cuts found on the linear relaxation at most; they repeat long before, assumed
SHARP = 1e-6  # part of the tail that the relaxation may still miss, assumed


class Exhausted(NoPlan):
    """It is proved that no (further) combination of the tabulated configurations is feasible."""


@dataclass(frozen=True)
class Allocation:
    """The best deployment that the tables know.

    Attributes
    ----------
    deployment : made from a feasible point that was checked against every row.
    objective : its objective according to the tables, in points; the joint simulation is the truth, not this.
    bound : proved lower bound of that objective over everything allowed here; None where none is proved.
    termination : why the solver ended.
    promise : total loss that the tables promise, in points by scenario, shape (scenarios,).
    rounds : integer programs solved; more than one only with a tail.
    seconds : wall time.
    solver, version : what ran.
    by_clock : cut by the clock, so that it cannot be replayed exactly.
    """

    deployment: Deployment
    objective: float
    bound: float | None
    termination: Termination
    promise: Floats
    rounds: int
    seconds: float
    solver: str
    version: str
    by_clock: bool

    @property
    def gap(self) -> float | None:
        """Relative distance of objective and bound; None where no bound is proved."""
        return None if self.bound is None else relative_gap(self.objective, self.bound)


def allocate(
    instance: Instance,
    tables: Mapping[str, ResponseTable],
    base: Floats,
    *,
    trust: tuple[Deployment, int] | None = None,
    exclude: Sequence[Deployment] = (),
    solver: SolverName = "highs",
    seconds: float | None = None,
    nodes: int | None = None,
    gap: float = 0.0,
    isolated: bool = False,
    charges: Floats | None = None,
) -> Allocation:
    """Choose one configuration per place, so that the mean and the tail of total loss are least.

    Parameters
    ----------
    tables : response table by place; a place without one gets nothing. Configurations that break a rule of their place
        are passed over.
    base : loss to which the tables add, in points by scenario, shape (scenarios,): the incumbent's joint loss where
        entries are changes of it, zeros where entries are losses.
    trust : a deployment and a number of moves k: the differences from it, summed over places and kinds, are at most
        2 k. A move from place to place makes two differences, one from or to base makes one.
    exclude : deployments that are not to be chosen again.
    seconds : limit for all rounds together.
    nodes : limit for each integer program.
    gap : relative gap at which to stop; 0 means exactly.
    isolated : run the solver in a child process that can be stopped.
    charges : points that one unit of each kind costs besides its placement, shape (kinds,); nothing if left out.

    Returns
    -------
    Allocation, whose objective is mean + tail_weight * CVaR of total loss + `placement_cost` + charges. Its bound is
    valid for what `tables`, `trust` and `exclude` allow.

    Raises
    ------
    Infeasible : it is proved that the instance has no feasible deployment.
    Exhausted : it is proved that `tables`, `trust` and `exclude` leave none, though the instance has some.
    NoPlan : none was found within the limits.
    SolverFailure : the solver failed.
    """
    started = time.monotonic()
    program = _Program(instance, tables, np.asarray(base, dtype=float), trust, exclude, charges)
    # with many choices per place HiGHS presolves for 20 s what it then solves in 0.2 s (measured, 12 places x 1,000)
    limits = replace(Limits.of(solver, seconds, nodes, gap, isolated), presolve=solver != "highs")
    program.sharpen(limits)
    try:
        rounds, best, bound, answer = _improve(program, limits)
    except Exhausted:
        if clashing := conflict(instance, solver=solver):
            raise Infeasible(clashing) from None
        raise
    return Allocation(
        deployment=deployment_of(instance, best.configurations, "allocated"),
        objective=best.objective,
        bound=None if bound is None else min(bound, best.objective),
        termination=answer.termination,
        promise=best.promise,
        rounds=rounds,
        seconds=time.monotonic() - started,
        solver=answer.solver,
        version=answer.version,
        by_clock=answer.by_clock,
    )


def _improve(program: _Program, limits: Limits) -> tuple[int, _Choice, float | None, SolverAnswer]:
    """Solve, make the tail exact for what was chosen, solve again, until the bound is reached or nothing is new.

    Every round is a relaxation, so every round's bound is valid; the true objective is computed from the tables.
    """
    best: _Choice | None = None
    bound: float | None = None
    rounds = 0
    while True:
        answer = limits.run(program.problem)
        rounds += 1
        if answer.termination is Termination.INFEASIBLE:
            raise Exhausted("no further combination of the tabulated configurations is feasible")
        if answer.bound is not None:
            here = answer.bound + program.constant
            bound = here if bound is None else max(bound, here)
        if answer.values is not None:
            choice = program.choice(answer.values)
            best = choice if best is None or choice.objective < best.objective else best
        if best is None:
            raise NoPlan(Message("no deployment was found within the limits; {words}", words=answer.words))
        if answer.termination is not Termination.OPTIMAL:
            break
        near = bound is not None and relative_gap(best.objective, bound) <= max(limits.gap, CLOSE)
        if near or not program.cut(choice):
            break
    return rounds, best, bound, answer


@dataclass(frozen=True)
class _Choice:
    """One configuration per place, and what the tables say about it."""

    configurations: tuple[Configuration, ...]
    promise: Floats
    objective: float
    worst: Floats  # weight of each scenario in its tail


class _Program:
    """The integer program over response tables; cuts are added as rounds go on."""

    def __init__(
        self,
        instance: Instance,
        tables: Mapping[str, ResponseTable],
        base: Floats,
        trust: tuple[Deployment, int] | None,
        exclude: Sequence[Deployment],
        charges: Floats | None,
    ) -> None:
        self.instance, self.base, self.charges = instance, base, 0.0 if charges is None else charges
        self.frame = Frame.of(instance)
        self.free = trust is None and not exclude  # then what is dominated is never needed
        self.problem = pulp.LpProblem("allocation", pulp.LpMinimize)
        self.tables: dict[int, tuple[list[Configuration], Floats, Floats]] = {}  # by place: loss and cost of each
        self.choices: dict[int, list[pulp.LpVariable]] = {}
        for p, place in enumerate(instance.places):
            self._add_place(p, tables.get(place.id) or _nothing(instance, place.id, len(base)))
        self._link_numbers()
        if trust is not None:
            self._trust(*trust)
        for deployment in exclude:
            self._exclude(deployment)
        self.weight = float(instance.objective.tail_weight)
        self.constant = float(base.mean())
        worth = {p: loss.mean(axis=1) + cost for p, (_, loss, cost) in self.tables.items()}
        tails = [self.weight * np.abs(loss).max(axis=1, initial=0.0) for _, loss, _ in self.tables.values()]
        self.unit = unit_of(np.concatenate([*worth.values(), *tails]))
        # what the tail counts, in units: rows of losses in points would be too small or too large for tolerances
        self.tail = self.problem.add_variable("tail") if self.weight > 0.0 else None
        self.cuts: set[bytes] = set()
        terms: dict[pulp.LpVariable, float] = {} if self.tail is None else {self.tail: self.unit}
        for p, points in worth.items():
            terms.update(zip(self.choices[p], points.tolist(), strict=True))
        self.problem.setObjective(pulp.LpAffineExpression(terms))
        if self.tail is not None:
            self._add_cut(np.full(len(base), 1.0 / len(base)))  # the tail is at least the mean

    def _add_place(self, p: int, table: ResponseTable) -> None:
        good = fits(self.instance, table.configurations, table.place)
        configurations = [c for c, kept in zip(table.configurations, good, strict=True) if kept]
        loss = np.asarray(table.loss, dtype=float)[good]
        numbers = np.array([[*c.teams, *c.vehicles] for c in configurations], dtype=np.int64)
        numbers = numbers.reshape(len(configurations), len(self.frame.kinds))
        cost = numbers @ (unit_costs(self.instance, table.place) + self.charges)
        if self.free:
            weight = float(self.instance.objective.tail_weight)
            # a loss counts in the mean and, weighted, in the tail; a cost once: so much of it is in every scenario
            worth = (loss if weight > 0.0 else loss.mean(axis=1, keepdims=True)) + cost[:, None] / (1.0 + weight)
            keep = undominated(numbers, worth, self.frame.needed_elsewhere(p))
            configurations = [c for c, kept in zip(configurations, keep, strict=True) if kept]
            loss, cost = loss[keep], cost[keep]
        self.tables[p] = (configurations, loss, cost)
        self.choices[p] = [self.problem.add_variable(f"y{p}_{c}", cat="Binary") for c in range(len(configurations))]
        _constrain_sum(self.problem, self.choices[p], 1)

    def _link_numbers(self) -> None:
        """Add the numbers that follow from the choices, and the rows that concern several places."""
        numbers: dict[Cell, pulp.LpVariable] = {}
        for p, (configurations, _, _) in self.tables.items():
            table = [[*c.teams, *c.vehicles] for c in configurations]
            for k, column in enumerate(zip(*table, strict=True)):
                if most := max(column):
                    numbers[p, k] = add_number(self.problem, (p, k), most)
                    terms: dict[pulp.LpVariable, int] = {
                        y: n for y, n in zip(self.choices[p], column, strict=True) if n
                    }
                    self.problem += pulp.LpAffineExpression({**terms, numbers[p, k]: -1}) == 0
        constrain(self.problem, numbers, (row for requirement in shared(self.frame) for row in requirement.rows))

    def _trust(self, centre: Deployment, moves: int) -> None:
        terms: dict[pulp.LpVariable, int] = {}
        for p, (configurations, _, _) in self.tables.items():
            own = configuration_of(self.instance, centre, self.instance.places[p].id)
            for y, c in zip(self.choices[p], configurations, strict=True):
                terms[y] = sum(
                    abs(a - b) for a, b in zip((*c.teams, *c.vehicles), (*own.teams, *own.vehicles), strict=True)
                )
        self.problem += pulp.LpAffineExpression(terms) <= 2 * moves

    def _exclude(self, deployment: Deployment) -> None:
        """No-good cut: at least one place must get something else."""
        same = []
        for p, (configurations, _, _) in self.tables.items():
            own = configuration_of(self.instance, deployment, self.instance.places[p].id)
            same += [y for y, c in zip(self.choices[p], configurations, strict=True) if c == own]
        self.problem += pulp.lpSum(same) <= len(self.tables) - 1

    def _add_cut(self, weights: Floats) -> bool:
        """Add: the tail is at least the mean over these scenarios. Tells whether that is new."""
        key = weights.tobytes()
        if key in self.cuts:
            return False
        self.cuts.add(key)
        terms: dict[pulp.LpVariable, float] = {self.tail: 1.0}
        for p, (_, loss, _) in self.tables.items():
            counts = in_units(-self.weight * (loss @ weights), self.unit)
            terms.update(zip(self.choices[p], counts.tolist(), strict=True))
        self.problem += pulp.LpAffineExpression(terms) >= in_units(self.weight * float(self.base @ weights), self.unit)
        return True

    def sharpen(self, limits: Limits) -> None:
        """Find cuts of the tail on the linear relaxation, which is fast, so that few integer programs are needed."""
        if self.tail is None:
            return
        whole = [v for v in self.problem.variables() if v.cat == pulp.LpInteger]
        for v in whole:
            v.cat = pulp.LpContinuous
        for _ in range(LINEAR_ROUNDS):
            values = limits.run(self.problem).values
            if values is None:
                break
            promise = self.base.copy()
            for p, (_, loss, _) in self.tables.items():
                promise += np.array([values[y.name] for y in self.choices[p]]) @ loss
            worst = tail_weights(promise, float(self.instance.objective.tail))
            counts = self.weight * float(worst @ promise)
            missing = counts - self.unit * values[self.tail.name]
            if missing <= SHARP * abs(counts) or not self._add_cut(worst):
                break
        for v in whole:
            v.cat = pulp.LpInteger

    def cut(self, choice: _Choice) -> bool:
        """Make the tail exact for a choice. Tells whether that is new, so that another round makes sense."""
        return self.tail is not None and self._add_cut(choice.worst)

    def choice(self, values: Mapping[str, float]) -> _Choice:
        """Read a feasible point and compute its objective from the tables themselves."""
        chosen, promise, cost = [], self.base.copy(), 0.0
        for p, (configurations, loss, costs) in self.tables.items():
            c = next(i for i, y in enumerate(self.choices[p]) if values[y.name] > 0.5)
            chosen.append(configurations[c])
            promise += loss[c]
            cost += float(costs[c])
        worst = tail_weights(promise, float(self.instance.objective.tail))
        weight = float(self.instance.objective.tail_weight)
        objective = float(promise.mean()) + weight * float(worst @ promise) + cost
        return _Choice(tuple(chosen), promise, objective, worst)


def _nothing(instance: Instance, place: str, scenarios: int) -> ResponseTable:
    return ResponseTable(place, [empty(instance, place)], np.zeros((1, scenarios)), False)


def _constrain_sum(problem: pulp.LpProblem, variables: Sequence[pulp.LpVariable], total: int) -> None:
    if variables:
        problem += pulp.lpSum(variables) == total
    else:  # nothing can be chosen: an impossible row on a variable that is always 0
        problem += problem.add_variable(f"none{len(problem.constraints())}", 0, 0) >= total
