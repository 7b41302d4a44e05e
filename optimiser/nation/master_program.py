"""Who borrows how much: prices that bring the wishes of districts into line, and the best choice among their offers.

The linear program may take offers in parts; its duals are the prices of a team of each pool (Dantzig and Wolfe 1960).
The integer program takes one offer of each district whole, and no pool lends more than it has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from optimiser.common.errors import SolverFailure
from optimiser.planning.programs.linear_program import Linear, relax
from optimiser.planning.programs.solver import solve

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NODES = 20_000  # of the integer program: a limit that can be replayed; assumed


@dataclass(frozen=True)
class Bids:
    """All offers of all districts, each a row.

    Attributes
    ----------
    owner : district of each offer, shape (offers,).
    loans : teams that it borrows of each pool, shape (offers, pools).
    objective : points, shape (offers,).
    most : teams of each pool, shape (pools,).
    """

    owner: Ints
    loans: Ints
    objective: Floats
    most: Ints

    @property
    def districts(self) -> int:
        """Number of districts."""
        return int(self.owner.max()) + 1


def find_prices(bids: Bids) -> Floats:
    """Give the price of one team of each pool that the offers imply, in points, at least 0, shape (pools,).

    Raises
    ------
    SolverFailure : the linear program has no optimum, though every district has an offer that borrows nothing.
    """
    pools, offers = len(bids.most), len(bids.owner)
    which, pool = np.nonzero(bids.loans)
    rows = np.concatenate([pool, pools + bids.owner])
    columns = np.concatenate([which, np.arange(offers)])
    values = np.concatenate([bids.loans[which, pool].astype(float), np.ones(offers)])
    order = np.lexsort((rows, columns))
    answer = relax(
        Linear(
            cost=bids.objective,
            low=np.zeros(offers),
            least=np.concatenate([np.full(pools, -np.inf), np.ones(bids.districts)]),
            most=np.concatenate([bids.most.astype(float), np.ones(bids.districts)]),
            row=rows[order],
            column=columns[order],
            value=values[order],
        )
    )
    if answer is None:
        raise SolverFailure("the linear program over offers has no optimum")
    return np.maximum(0.0, -answer.duals[:pools])


def choose_offers(bids: Bids, gap: float) -> Ints:
    """Take one offer of each district, so that no pool lends more than it has and the sum of objectives is least.

    Parameters
    ----------
    gap : relative gap at which the integer program may stop; what it leaves open is part of the gap that is reported.

    Returns
    -------
    Index of the offer of each district, shape (districts,).

    Raises
    ------
    SolverFailure : it found no choice, though borrowing nothing is one.
    """
    problem = pulp.LpProblem("clearing", pulp.LpMinimize)
    taken = [problem.add_variable(f"y{i}", cat="Binary") for i in range(len(bids.owner))]
    for d in range(bids.districts):
        problem += pulp.lpSum(taken[i] for i in np.flatnonzero(bids.owner == d)) == 1
    for k, most in enumerate(bids.most.tolist()):
        terms = {taken[i]: int(bids.loans[i, k]) for i in np.flatnonzero(bids.loans[:, k])}
        if terms:
            problem += pulp.LpAffineExpression(terms) <= most
    problem.setObjective(pulp.LpAffineExpression(dict(zip(taken, bids.objective.tolist(), strict=True))))
    answer = solve(problem, nodes=NODES, gap=gap)
    if answer.values is None:
        raise SolverFailure(answer.words)
    chosen = [i for i, y in enumerate(taken) if answer.values[y.name] > 0.5]
    return np.array(chosen, dtype=np.int64)[np.argsort(bids.owner[chosen], kind="stable")]
