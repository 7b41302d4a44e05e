"""What one district answers to prices of borrowed teams: offers, and what none of its offers can beat.

At given prices a district borrows whatever pays, as if every pool were its own. The search and the bounds are those of
any instance; borrowed teams only cost their price besides. Each way of borrowing that was found is an offer: so many
teams of each pool, and what the district loses with them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.common.random_streams import name_stream
from optimiser.files.read import parse
from optimiser.model.deployment import Deployment
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.instance import Instance
from optimiser.model.nation import SharedPool, lend
from optimiser.planning.evaluation import evaluate
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import gap_below
from optimiser.simulation.scenario import PLANNING, REPORTING, draw
from optimiser.simulation.simulator import Simulator

Floats = NDArray[np.float64]
NODES = 2_000  # of the integer program of an offer beside another; assumed
GAP = 1e-3  # relative, of the same: offers need not be the best; assumed


@dataclass(frozen=True)
class Offer:
    """One way to borrow.

    Attributes
    ----------
    loans : teams borrowed of each pool that serves the district.
    objective : of the district on its planning scenarios, prices left out, in points.
    plan : who stands where, numbers by place and kind.
    """

    loans: tuple[int, ...]
    objective: float
    plan: tuple[tuple[int, ...], ...]

    def cost(self, prices: Floats) -> float:
        """Give the objective with the prices of what is borrowed, shape (pools that serve,), in points."""
        return self.objective + float(prices @ np.array(self.loans))


@dataclass(frozen=True)
class Reply:
    """What a district answers to prices.

    Attributes
    ----------
    prices : points for each team borrowed, by pool that serves it.
    bound : what no deployment can beat on the planning scenarios, prices included, in points; proved.
    offers : the best found for each way to borrow.
    separate : whether its sectors do not influence each other, whatever it borrows.
    most : teams of each pool that serves it which its sectors and posts have room for.
    """

    prices: tuple[float, ...]
    bound: float
    offers: tuple[Offer, ...]
    separate: bool
    most: tuple[int, ...]

    def bound_at(self, prices: Floats) -> float:
        """Give what no deployment can beat at other prices, shape (pools that serve,), in points.

        Who uses y, from nothing to `most`, pays (prices - own prices) y more than at the prices asked for.
        """
        return self.bound + float(np.minimum(0.0, prices - np.array(self.prices)) @ np.array(self.most))


@dataclass(frozen=True)
class Terms:
    """How districts are asked, the same for all of them.

    Attributes
    ----------
    folder : where the file of the nation lies.
    seed : of the nation; each district has streams of its own.
    scenarios, reporting : planning scenarios and fresh ones, for each district.
    gap : relative gap at which the search of a district ends.
    budget : joint replications that each search may take.
    law : escalation law of all districts; the default one if None. It travels to whoever asks.
    """

    folder: Path
    seed: int
    scenarios: int
    reporting: int
    gap: float
    budget: int
    law: EscalationLaw | None = None


def own_seed(seed: int, district: str) -> int:
    """Give the seed of a district's streams, so that no two districts share a random number."""
    return name_stream(seed, "district", district)


def ask(
    terms: Terms,
    body: bytes,
    pools: tuple[SharedPool, ...],
    prices: tuple[float, ...] | None,
    known: tuple[Offer, ...] = (),
) -> Reply:
    """Ask a district what it would borrow at prices, and how low its objective can be then.

    Parameters
    ----------
    body : its instance in JSON.
    pools : those that serve it.
    prices : points for each team, at least 0; None: nothing can be borrowed.
    known : earlier offers, from which the search starts.

    Raises
    ------
    Infeasible, NoPlan : it has no plan of its own, without borrowing.
    """
    instance = parse(json.loads(body))
    district = instance.name
    all_of_it = lend(instance, pools, {pool.id: int(pool.count) for pool in pools})
    open_to = lend(instance, pools, {}) if prices is None else all_of_it
    starts = {f"{n}": plan_of(open_to, offer) for n, offer in enumerate(known)} or _first(instance, district)
    charge = tuple(0.0 for _ in pools) if prices is None else prices
    charges = _charges(instance, pools, open_to, charge)
    planning = draw(open_to, own_seed(terms.seed, district), terms.scenarios, PLANNING)
    offers = _Offers(len(instance.teams), len(pools))
    with Simulator(open_to, terms.law) as simulator:
        stop = gap_below(terms.gap)
        found = search(simulator, planning, starts, stop, budget=terms.budget, charges=charges, interruptible=False)
        offers.add(found.best, found.value - float((found.best * charges).sum()))
        if prices is not None and found.master is not None:
            for plan, objective in _beside(open_to, pools, found, offers):
                offers.add(plan, objective)
    bound = trivial_bound(instance) if prices is None else found.bound
    room = tuple(_room(open_to, pool) for pool in pools)
    return Reply(charge, bound, offers.all(), not interplay(all_of_it, law=terms.law), room)


def _first(instance: Instance, district: str) -> dict[str, Deployment]:
    """Give the plans without borrowing that a search starts from; a district that has none is named."""
    try:
        return candidates(instance)
    except Infeasible as error:
        named = (Message("{district}: {message}", district=district, message=line) for line in error.clashing)
        raise Infeasible(tuple(named)) from error
    except NoPlan as error:
        raise NoPlan(Message("{district}: {message}", district=district, message=error.message)) from error


def _room(instance: Instance, pool: SharedPool) -> int:
    """Give the most teams of a pool that any deployment of a district can use."""
    sectors = (int(s.maximum.get(pool.role, pool.count)) for s in instance.sectors)
    posts = (int(p.staging_capacity) // int(pool.size) for p in instance.posts)
    return min(int(pool.count), sum(sectors) + sum(posts))


@dataclass(frozen=True)
class Settled:
    """What a district does in the end, and how it fares in fresh scenarios.

    Attributes
    ----------
    offer : what it borrows and who stands where.
    harms : in their units, shape (fresh scenarios, harms).
    losses : points, shape (fresh scenarios,).
    """

    offer: Offer
    harms: tuple[tuple[float, ...], ...]
    losses: tuple[float, ...]


def settle(terms: Terms, body: bytes, pools: tuple[SharedPool, ...], offer: Offer) -> Settled:
    """Play the plan of an offer in fresh scenarios.

    Where sectors influence each other the district is planned once more with exactly what it has borrowed, and what its
    plan does not use is given back; where not, its tables are exact and its plan is already near its bound.

    Parameters
    ----------
    body : its instance in JSON.
    """
    instance = parse(json.loads(body))
    lent = lend(instance, pools, {pool.id: n for pool, n in zip(pools, offer.loans, strict=True)})
    seed = own_seed(terms.seed, lent.name)
    planning, fresh = draw(lent, seed, terms.scenarios, PLANNING), draw(lent, seed, terms.reporting, REPORTING)
    offers = _Offers(len(instance.teams), len(pools))
    with Simulator(lent, terms.law) as simulator:
        plan = plan_of(lent, offer)
        if interplay(lent, law=terms.law):
            start, stop = {"offer": plan}, gap_below(terms.gap)
            found = search(simulator, planning, start, stop, budget=terms.budget, interruptible=False)
        else:
            found = Search(simulator, planning, Watcher(), plan.numbers(lent), math.inf, 0.0)
            found.consider(found.best)
        offers.add(found.best, found.value)
        evaluation = evaluate(simulator, found.deployment, fresh)
    harms = evaluation.outcome.harms.sum(axis=1).tolist()
    return Settled(offers.all()[0], tuple(map(tuple, harms)), tuple(evaluation.losses.tolist()))


def plan_of(instance: Instance, offer: Offer) -> Deployment:
    """Give the plan of an offer as a deployment of the district with what it can borrow."""
    return Deployment.of_numbers(instance, np.array(offer.plan, dtype=np.int64))


def _charges(instance: Instance, pools: tuple[SharedPool, ...], open_to: Instance, prices: tuple[float, ...]) -> Floats:
    """Give the price of one unit of each kind, shape (kinds,): only borrowed teams have one."""
    charges = np.zeros(len(open_to.teams) + len(open_to.vehicles))
    charges[len(instance.teams) : len(instance.teams) + len(pools)] = prices
    return charges


class _Offers:
    """The best plan known for each way to borrow."""

    def __init__(self, first: int, pools: int) -> None:
        self.borrowed = slice(first, first + pools)
        self.best: dict[tuple[int, ...], Offer] = {}

    def loans(self, plan: NDArray[np.int64]) -> tuple[int, ...]:
        return tuple(int(n) for n in plan[:, self.borrowed].sum(axis=0))

    def add(self, plan: NDArray[np.int64], objective: float) -> None:
        loans = self.loans(plan)
        before = self.best.get(loans)
        if before is None or objective < before.objective:
            self.best[loans] = Offer(loans, objective, tuple(tuple(int(n) for n in row) for row in plan))

    def all(self) -> tuple[Offer, ...]:
        return tuple(self.best.values())


def _beside(
    open_to: Instance, pools: tuple[SharedPool, ...], found: Search, offers: _Offers
) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Choose among the configurations that are known with one team of one pool fewer or more."""
    assert found.master is not None
    tables = {}
    for pool, which in zip(found.master.pools, found.master.columns, strict=True):
        place = open_to.places[pool.place].id
        tables[place] = ResponseTable.of(open_to, place, pool.numbers[which], pool.losses(which))
    centre = offers.loans(found.best)
    for k, shared in enumerate(pools):
        for by in (-1, 1):
            loans = tuple(n + by * (i == k) for i, n in enumerate(centre))
            if not 0 <= loans[k] <= int(shared.count):
                continue
            there = _with(open_to, pools, loans)
            try:
                answer = allocate(there, tables, np.zeros(len(found.scenarios)), nodes=NODES, gap=GAP)
            except NoPlan:
                continue
            yield answer.deployment.numbers(open_to), answer.objective


def _with(open_to: Instance, pools: tuple[SharedPool, ...], loans: tuple[int, ...]) -> Instance:
    """Give a district with so many borrowed teams in place of as many as there are."""
    names = {pool.id for pool in pools}
    own = open_to.altered(teams=tuple(t for t in open_to.teams if t.id not in names))
    return lend(own, pools, {pool.id: n for pool, n in zip(pools, loans, strict=True)})
