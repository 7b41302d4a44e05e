"""The subproblem of one district at prices of borrowed teams: columns, and a lower bound of all its deployments.

At given prices a district borrows whatever pays, as if every pool were its own. The search and the bounds are those of
any instance; borrowed teams only cost their price besides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.files.read import parse
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.nation import SharedPool, lend
from optimiser.nation.columns import (
    DistrictColumn,
    DistrictResult,
    Floats,
    NationSettings,
    SubproblemResult,
    plan_of,
)
from optimiser.planning.evaluation import evaluate
from optimiser.planning.law_range import play_over_law
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import gap_below

NODES = 2_000  # of the integer program of a column beside another; assumed
GAP = 1e-3  # relative, of the same: columns need not be the best; assumed


def solve_subproblem(
    settings: NationSettings,
    body: bytes,
    pools: tuple[SharedPool, ...],
    prices: tuple[float, ...] | None,
    known: tuple[DistrictColumn, ...] = (),
) -> SubproblemResult:
    """Search what a district would borrow at prices, and bound its objective there.

    Parameters
    ----------
    body : its instance in JSON.
    pools : those that serve it.
    prices : points for each team, at least 0; None: nothing can be borrowed.
    known : earlier columns, from which the search starts.

    Raises
    ------
    Infeasible, NoPlan : it has no plan of its own, without borrowing.
    """
    instance = parse(json.loads(body))
    with_all = lend(instance, pools, {pool.id: int(pool.count) for pool in pools})
    open_to = lend(instance, pools, {}) if prices is None else with_all
    starts = {f"{n}": plan_of(open_to, column) for n, column in enumerate(known)} or _first_plans(instance)
    price = tuple(0.0 for _ in pools) if prices is None else prices
    charges = _charges(instance, open_to, price)
    columns, effort = _Columns(len(instance.teams), len(pools)), settings.effort_of(instance.name)
    with settings.means.simulator(open_to, Watcher()) as simulator:
        planning, stop = effort.planning_set(open_to), gap_below(settings.gap)
        found = search(simulator, planning, starts, stop, budget=effort.budget, charges=charges, interruptible=False)
        columns.add(found.best, found.value - float((found.best * charges).sum()))
        if prices is not None and found.master is not None:
            for plan, objective in _neighbours(open_to, pools, found, columns):
                columns.add(plan, objective)
    bound = trivial_bound(instance) if prices is None else found.bound
    room = tuple(_room(open_to, pool) for pool in pools)
    separate = not interplay(with_all, law=settings.means.law)
    return SubproblemResult(price, bound, columns.all(), separate, room)


def evaluate_column(
    settings: NationSettings, body: bytes, pools: tuple[SharedPool, ...], column: DistrictColumn
) -> DistrictResult:
    """Simulate the plan of a column in fresh scenarios.

    Where sectors influence each other the district is planned once more with exactly what it has borrowed, and what its
    plan does not use is given back; where not, its tables are exact and its plan is already near its bound.

    Parameters
    ----------
    body : its instance in JSON.
    """
    instance = parse(json.loads(body))
    lent = lend(instance, pools, {pool.id: n for pool, n in zip(pools, column.loans, strict=True)})
    columns, effort = _Columns(len(instance.teams), len(pools)), settings.effort_of(lent.name)
    planning, plan = effort.planning_set(lent), plan_of(lent, column)
    with settings.means.simulator(lent, Watcher()) as simulator:
        if interplay(lent, law=settings.means.law):
            start, stop = {"column": plan}, gap_below(settings.gap)
            found = search(simulator, planning, start, stop, budget=effort.budget, interruptible=False)
        else:
            found = Search(simulator, planning, Watcher(), plan.numbers(lent), math.inf, 0.0)
            found.consider(found.best)
        columns.add(found.best, found.value)
        fresh = effort.reporting_set(lent)
        evaluation = evaluate(simulator, found.deployment, fresh)
        drawn, _ = play_over_law(simulator, found.best[None], fresh, settings.effort.seed)  # one law in all districts
    harms = evaluation.outcome.harms.sum(axis=1).tolist()
    losses, means = (tuple(each.tolist()) for each in (evaluation.losses, drawn.mean(axis=(1, 2))))
    return DistrictResult(columns.all()[0], tuple(map(tuple, harms)), losses, means)


def _first_plans(instance: Instance) -> dict[str, Deployment]:
    """Return the plans without borrowing that a search starts from; a district that has none is named."""
    district = instance.name
    try:
        return candidates(instance)
    except Infeasible as error:
        named = (Message("{district}: {message}", district=district, message=line) for line in error.clashing)
        raise Infeasible(tuple(named)) from error
    except NoPlan as error:
        raise NoPlan(Message("{district}: {message}", district=district, message=error.message)) from error


def _room(instance: Instance, pool: SharedPool) -> int:
    """Return the most teams of a pool that any deployment of a district can use."""
    sectors = (int(s.maximum.get(pool.role, pool.count)) for s in instance.sectors)
    capacities = (p.staging_capacity for part in (instance.posts, instance.accompaniments) for p in part)
    return min(int(pool.count), sum(sectors) + sum(int(heads) // int(pool.size) for heads in capacities))


def _charges(instance: Instance, open_to: Instance, prices: tuple[float, ...]) -> Floats:
    """Return the price of one unit of each kind, shape (kinds,): only borrowed teams have one."""
    charges = np.zeros(len(open_to.teams) + len(open_to.vehicles))
    charges[len(instance.teams) : len(instance.teams) + len(prices)] = prices
    return charges


class _Columns:
    """The best plan known for each way to borrow."""

    def __init__(self, first: int, pools: int) -> None:
        self.borrowed = slice(first, first + pools)
        self.best: dict[tuple[int, ...], DistrictColumn] = {}

    def loans(self, plan: NDArray[np.int64]) -> tuple[int, ...]:
        return tuple(int(n) for n in plan[:, self.borrowed].sum(axis=0))

    def add(self, plan: NDArray[np.int64], objective: float) -> None:
        loans = self.loans(plan)
        before = self.best.get(loans)
        if before is None or objective < before.objective:
            self.best[loans] = DistrictColumn(loans, objective, tuple(tuple(int(n) for n in row) for row in plan))

    def all(self) -> tuple[DistrictColumn, ...]:
        return tuple(self.best.values())


def _neighbours(
    open_to: Instance, pools: tuple[SharedPool, ...], found: Search, columns: _Columns
) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Allocate, among the configurations that are known, with one team of one pool fewer or more than the best plan."""
    assert found.master is not None
    tables = {}
    for pool, which in zip(found.master.pools, found.master.columns, strict=True):
        place = open_to.places[pool.place].id
        tables[place] = ResponseTable.of(open_to, place, pool.numbers[which], pool.losses(which))
    centre = columns.loans(found.best)
    for k, shared in enumerate(pools):
        for by in (-1, 1):
            loans = tuple(n + by * (i == k) for i, n in enumerate(centre))
            if not 0 <= loans[k] <= int(shared.count):
                continue
            there = _with_loans(open_to, pools, loans)
            try:
                answer = allocate(there, tables, np.zeros(len(found.scenarios)), nodes=NODES, gap=GAP)
            except NoPlan:
                continue
            yield answer.deployment.numbers(open_to), answer.objective


def _with_loans(open_to: Instance, pools: tuple[SharedPool, ...], loans: tuple[int, ...]) -> Instance:
    """Return a district with so many borrowed teams in place of as many as there are."""
    names = {pool.id for pool in pools}
    own = open_to.altered(teams=tuple(t for t in open_to.teams if t.id not in names))
    return lend(own, pools, {pool.id: n for pool, n in zip(pools, loans, strict=True)})
