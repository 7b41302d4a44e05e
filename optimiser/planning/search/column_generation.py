"""Column generation: prices of what is scarce, and what no combination of configurations can beat.

Places are joined by few rows only: so many teams and vehicles exist, so many heads may be used. A price on each row
takes the rows away (Lagrange): every place then chooses for itself, and what they cost together is a lower bound of
every deployment. The best prices are the duals of the linear relaxation over the configurations known so far; a
configuration that might be cheaper at these prices is simulated further, until it is known or too dear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.model.instance import Instance
from optimiser.planning.magnitude import ROUNDING, close_to, in_units, unit_of
from optimiser.planning.programs.configurations import tail_weights
from optimiser.planning.programs.linear_program import Linear, Relaxed, relax
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.search.columns import Pool

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MasterParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    cuts : of the tail, found for one relaxation at most; they repeat long before.
    near : cheapest configurations of a place whose neighbours are looked at.
    best : configurations of a place that join the relaxation at once.
    """

    cuts: int = 60
    near: int = 3
    best: int = 10


PARAMS = MasterParams()


@dataclass(frozen=True)
class Prices:
    """What units cost, and what losses count.

    Attributes
    ----------
    rows : points per unit of each row, at least 0, shape (rows,).
    share : weight of each scenario, shape (scenarios,): that of the mean plus that of the tail.
    value : optimum of the relaxation that they come from, in points.
    """

    rows: Floats
    share: Floats
    value: float


class RestrictedMaster:
    """The restricted master problem: configurations of all places that are known, and the rows that join the places.

    Each row is: sum over places of numbers @ use <= most.

    Rows that ask for a least number at several posts together, for room for those who accompany people, or for
    somebody of several places, as rules of presence do, are left out, which can only lower the bound.

    Parameters
    ----------
    instance : the problem.
    pools : one for each place.
    scenarios : how many.

    Attributes
    ----------
    columns : by place, known configurations that are in the relaxation.
    """

    def __init__(self, instance: Instance, pools: Sequence[Pool], scenarios: int) -> None:
        self.pools, self.scenarios = pools, scenarios
        frame = Frame.of(instance)
        heads = [h if kind.counts else 0 for kind, h in zip(frame.kinds, frame.heads, strict=True)]
        self.use = np.column_stack([np.eye(len(heads)), np.array(heads, dtype=float)])
        self.most = np.array([*(float(kind.count) for kind in frame.kinds), float(instance.cap)])
        self.tail_weight, self.tail = float(instance.objective.tail_weight), float(instance.objective.tail)
        self.cuts: list[Floats] = [np.full(scenarios, 1.0 / scenarios)]  # the tail is at least the mean
        self.columns: list[Ints] = [np.flatnonzero(pool.known) for pool in pools]

    def admit(self, place: int, which: Ints) -> int:
        """Put known configurations into the relaxation; returns how many were not there yet."""
        joined = np.union1d(self.columns[place], which)
        new = len(joined) - len(self.columns[place])
        self.columns[place] = joined
        return new

    def price(self) -> Prices:
        """Solve the linear relaxation and give its prices.

        Raises
        ------
        ValueError : the configurations leave no deployment at all, or HiGHS failed.
        """
        parts = list(zip(self.pools, self.columns, strict=True))
        numbers = np.concatenate([pool.numbers[which] for pool, which in parts])
        cost = np.concatenate([pool.cost[which] for pool, which in parts])
        loss = np.concatenate([pool.losses(which) for pool, which in parts])
        place = np.repeat(np.arange(len(parts)), [len(which) for which in self.columns])
        worth = cost + loss.mean(axis=1)
        unit = unit_of(np.concatenate([worth, self.tail_weight * loss.max(axis=1, initial=0.0)]))
        while True:
            tails = np.zeros((len(cost), 0))
            if self.tail_weight > 0.0:
                tails = self.tail_weight * (loss @ np.array(self.cuts).T)
            answer = relax(self._relaxation(numbers @ self.use, place, worth, tails, unit))
            if answer is None:
                raise ValueError("the linear relaxation has no optimum")
            if self.tail_weight <= 0.0 or len(self.cuts) > PARAMS.cuts:
                break
            if not self._cut(answer.variables[:-1] @ loss, unit * float(answer.variables[-1]) / self.tail_weight):
                break
        return self._prices(answer)

    def _relaxation(self, shared: Floats, place: Ints, worth: Floats, tails: Floats, unit: float) -> Linear:
        """Rows: what joins the places; one configuration a place, in parts; the tail, weighed, is at least each cut."""
        joint, places, cuts = shared.shape[1], len(self.pools), tails.shape[1]
        body = np.concatenate([shared, in_units(-tails, unit)], axis=1)
        which, row = np.nonzero(body)
        row_of = np.where(row < joint, row, row + places)
        last = len(worth)  # the tail itself, if there is one
        rows = np.concatenate([row_of, joint + place, joint + places + np.arange(cuts)])
        columns = np.concatenate([which, np.arange(last), np.full(cuts, last)])
        values = np.concatenate([body[which, row], np.ones(last), np.ones(cuts)])
        order = np.lexsort((rows, columns))
        return Linear(
            cost=np.append(worth, unit) if cuts else worth,
            low=np.append(np.zeros(last), -np.inf) if cuts else np.zeros(last),
            least=np.concatenate([np.full(joint, -np.inf), np.ones(places), np.zeros(cuts)]),
            most=np.concatenate([self.most, np.ones(places), np.full(cuts, np.inf)]),
            row=rows[order],
            column=columns[order],
            value=values[order],
        )

    def _cut(self, promise: Floats, tail: float) -> bool:
        """Add the worst scenarios of a combination; tells whether they are worse than its tail says."""
        worst = tail_weights(promise, self.tail)
        if float(worst @ promise) <= tail + close_to(tail):
            return False
        self.cuts.append(worst)
        return True

    def _prices(self, answer: Relaxed) -> Prices:
        """Turn duals into prices whose bound is valid whatever the solver's tolerances were."""
        joint = len(self.most)
        rows = np.maximum(0.0, -answer.duals[:joint])
        share = np.full(self.scenarios, 1.0 / self.scenarios)
        if self.tail_weight > 0.0:
            theta = np.maximum(0.0, answer.duals[joint + len(self.pools) :])
            total = float(theta.sum())
            mixed = theta @ np.array(self.cuts[: len(theta)]) / total if total > 0.0 else self.cuts[0]
            share = share + self.tail_weight * mixed
        return Prices(rows, share, answer.value)

    def fixed(self, pool: Pool, prices: Prices) -> Floats:
        """Return what configurations cost besides their loss at these prices, shape (configurations,)."""
        result: Floats = pool.cost + pool.numbers @ (self.use @ prices.rows)
        return result

    def search_near(self, prices: Prices) -> int:
        """Look for cheaper configurations beside the cheapest of each place; returns how many joined the relaxation."""
        joined = 0
        for p, pool in enumerate(self.pools):
            worth, known = self.fixed(pool, prices) + pool.least(prices.share), np.flatnonzero(pool.known)
            close = close_to(prices.value)
            top = known[np.argsort(worth[known], kind="stable")[: PARAMS.near]]
            near, best = pool.around(top), float(worth[top[0]])
            fixed = self.fixed(pool, prices)
            hopeful = near[~pool.known[near] & (fixed[near] + pool.least(prices.share)[near] < best - close)]
            pool.advance(hopeful, prices.share, best - fixed[hopeful], len(pool.widths))
            joined += self.admit(p, self._below(pool, prices, best))
        return joined

    def admit_cheapest(self, prices: Prices) -> int:
        """Put the cheapest known configurations of each place into the relaxation; returns how many were not there."""
        return sum(self.admit(p, self._below(pool, prices, np.inf)) for p, pool in enumerate(self.pools))

    def _below(self, pool: Pool, prices: Prices, worth: float) -> Ints:
        """Known configurations that are cheaper than some worth, the cheapest few."""
        known = np.flatnonzero(pool.known)
        value = self.fixed(pool, prices)[known] + pool.least(prices.share)[known]
        order = np.argsort(value, kind="stable")[: PARAMS.best]
        return known[order][value[order] < worth - close_to(prices.value)]

    def cheapest(self, pool: Pool, prices: Prices, slack: float) -> float:
        """Return what every configuration of a place costs at least, simulating those that might be cheapest.

        Parameters
        ----------
        slack : points that the answer may lie below the cost of the cheapest one.
        """
        fixed, dear = self.fixed(pool, prices), np.zeros(len(pool.numbers), dtype=bool)
        while True:
            worth, known = fixed + pool.least(prices.share), pool.known
            best = float(worth[known].min(initial=np.inf)) - slack
            hopeful = np.flatnonzero(~known & ~dear & (worth < best - close_to(prices.value)))
            if not len(hopeful):
                return float(np.min(np.where(dear, np.maximum(worth, best), worth), initial=np.inf))
            dear[pool.advance(hopeful, prices.share, best - fixed[hopeful])] = True
            dear &= ~pool.known

    def within(self, place: int, prices: Prices, worth: float, most: int) -> Ints | None:
        """Know every configuration of a place that may cost at most `worth`; None if more than `most` do."""
        pool, worth = self.pools[place], worth + close_to(prices.value)
        fixed, dear = self.fixed(pool, prices), np.zeros(len(pool.numbers), dtype=bool)
        while True:
            value, known = fixed + pool.least(prices.share), pool.known
            needed = value <= worth
            if int((needed & known).sum()) > most:
                return None
            hopeful = np.flatnonzero(needed & ~known & ~dear)
            if not len(hopeful):
                return np.union1d(np.flatnonzero(needed & known), self.columns[place])
            dear[pool.advance(hopeful, prices.share, worth - fixed[hopeful])] = True

    def bound(self, prices: Prices, cheapest: Sequence[float]) -> float:
        """Return what no deployment can beat: what the places choose at these prices, less what the rows are worth.

        What float rounding of the sums can hide is taken off.
        """
        rows = float(self.most @ prices.rows)
        return math.fsum(cheapest) - rows - ROUNDING * (math.fsum(map(abs, cheapest)) + rows)
