"""The master program: prices of the pools, and the best choice among the columns of the districts.

The linear program may take columns in parts; its duals are the prices of a team of each pool (Dantzig and Wolfe 1960).
The integer program takes one column of each district whole, and no pool lends more than it has.
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
class MasterColumns:
    """All columns of all districts.

    Attributes
    ----------
    district : of each column, shape (columns,).
    loans : teams that it borrows of each pool, shape (columns, pools).
    objective : points, shape (columns,).
    most : teams of each pool, shape (pools,).
    """

    district: Ints
    loans: Ints
    objective: Floats
    most: Ints

    @property
    def districts(self) -> int:
        """Number of districts."""
        return int(self.district.max()) + 1


def find_prices(columns: MasterColumns) -> Floats:
    """Return the duals of the linear program: the price of one team of each pool, points, at least 0, shape (pools,).

    Raises
    ------
    SolverFailure : the linear program has no optimum, though every district has a column that borrows nothing.
    """
    pools, count = len(columns.most), len(columns.district)
    which, pool = np.nonzero(columns.loans)
    row = np.concatenate([pool, pools + columns.district])
    column = np.concatenate([which, np.arange(count)])
    value = np.concatenate([columns.loans[which, pool].astype(float), np.ones(count)])
    order = np.lexsort((row, column))
    answer = relax(
        Linear(
            cost=columns.objective,
            low=np.zeros(count),
            least=np.concatenate([np.full(pools, -np.inf), np.ones(columns.districts)]),
            most=np.concatenate([columns.most.astype(float), np.ones(columns.districts)]),
            row=row[order],
            column=column[order],
            value=value[order],
        )
    )
    if answer is None:
        raise SolverFailure("the linear program over columns has no optimum")
    return np.maximum(0.0, -answer.duals[:pools])


def choose_columns(columns: MasterColumns, gap: float) -> Ints:
    """Choose one column of each district, so that no pool lends more than it has and the sum of objectives is least.

    Parameters
    ----------
    gap : relative gap at which the integer program may stop; what it leaves open is part of the gap that is reported.

    Returns
    -------
    Index of the column of each district, shape (districts,).

    Raises
    ------
    SolverFailure : it found no choice, though borrowing nothing is one.
    """
    problem = pulp.LpProblem("master", pulp.LpMinimize)
    taken = [problem.add_variable(f"y{i}", cat="Binary") for i in range(len(columns.district))]
    for d in range(columns.districts):
        problem += pulp.lpSum(taken[i] for i in np.flatnonzero(columns.district == d)) == 1
    for k, most in enumerate(columns.most.tolist()):
        terms = {taken[i]: int(columns.loans[i, k]) for i in np.flatnonzero(columns.loans[:, k])}
        if terms:
            problem += pulp.LpAffineExpression(terms) <= most
    problem.setObjective(pulp.LpAffineExpression(dict(zip(taken, columns.objective.tolist(), strict=True))))
    answer = solve(problem, nodes=NODES, gap=gap)
    if answer.values is None:
        raise SolverFailure(answer.words)
    chosen = [i for i, y in enumerate(taken) if answer.values[y.name] > 0.5]
    return np.array(chosen, dtype=np.int64)[np.argsort(columns.district[chosen], kind="stable")]
