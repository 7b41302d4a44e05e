"""The state of a Dantzig-Wolfe decomposition: columns and bounds of districts so far, and what follows from them.

Prices relax the rows that join the districts. For any prices, the sum of the districts' bounds at these prices less
what the pools are worth is a Lagrangian bound: it lies below every way to lend and all plans (docs/nation.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import OptimiserError
from optimiser.files.read_nation import Nation
from optimiser.nation.columns import DistrictColumn, DistrictResult, Floats, NationSettings, SubproblemResult
from optimiser.nation.master_program import MasterColumns, choose_columns, find_prices
from optimiser.nation.nation_plan import NationPlan, Round
from optimiser.planning.magnitude import relative_gap

OPEN_GAP = 0.25  # share of the gap asked for that districts whose subproblems are not solved again may leave; assumed
CHOICE_GAP = 0.1  # share of the gap asked for that the choice among columns may leave open; assumed
ROUNDING = 1e-9  # relative: as far as rounding may put a bound above the plans; tolerances are taken off before
START_COLUMNS = 3  # columns that a search starts from besides the one that borrows nothing; assumed


class Decomposition:
    """Columns and bounds of all districts so far.

    Attributes
    ----------
    pools : by district, indices of the pools that serve it.
    most : teams of each pool, shape (pools,).
    chosen : by district, the column of the best choice so far.
    value, bound : of the best choice, and of every choice, in points.
    """

    def __init__(self, nation: Nation) -> None:
        self.nation = nation
        index = {pool.id: k for k, pool in enumerate(nation.pools)}
        self.most = np.array([int(pool.count) for pool in nation.pools], dtype=np.int64)
        self.pools: list[NDArray[np.int64]] = [
            np.array([index[pool.id] for pool in nation.serving(d.id)], dtype=np.int64) for d in nation.districts
        ]
        self.results: list[list[SubproblemResult]] = [[] for _ in nation.districts]
        self.columns: list[dict[tuple[int, ...], DistrictColumn]] = [{} for _ in nation.districts]
        self.chosen: list[DistrictColumn] = []
        self.value, self.bound = math.inf, 0.0
        self.rounds: list[Round] = []

    @property
    def joined(self) -> int:
        """Districts whose sectors influence each other, of those whose subproblems were solved."""
        return sum(not results[0].separate for results in self.results if results)

    def add(self, results: Iterable[tuple[int, SubproblemResult]]) -> None:
        """Add results of subproblems, by index of the district."""
        for d, result in results:
            self.results[d].append(result)
            for column in result.columns:
                before = self.columns[d].get(column.loans)
                if before is None or column.objective < before.objective:
                    self.columns[d][column.loans] = column

    def next_prices(self) -> Floats:
        """Return the prices of the next round: nothing at first, then the duals of the master program."""
        return find_prices(self._master_columns()) if self.rounds else np.zeros(len(self.most))

    def best_columns(self, d: int, prices: Floats) -> tuple[DistrictColumn, ...]:
        """Return the column of a district that borrows nothing, and those that cost least at some prices."""
        nothing, *others = sorted(self.columns[d].values(), key=lambda column: column.loans)
        return nothing, *sorted(others, key=lambda column: column.cost(prices[self.pools[d]]))[:START_COLUMNS]

    def open_districts(self, prices: Floats, gap: float) -> list[int]:
        """List the districts whose bounds at some prices are farthest below their best columns; others leave little."""
        open_ = np.array([self._open_gap(d, prices) for d in range(len(self.columns))])
        order = np.argsort(-open_, kind="stable")
        left = np.append(np.cumsum(open_[order][::-1])[::-1], 0.0)  # what all from here on leave open
        allowed = OPEN_GAP * gap * abs(self.value) if self.rounds else -1.0
        count = int(np.argmax(left <= allowed)) if (left <= allowed).any() else len(order)
        return sorted(order[:count].tolist())

    def _open_gap(self, d: int, prices: Floats) -> float:
        """Return how far a new column of a district may lie below the best one at some prices, in points."""
        here = prices[self.pools[d]]
        return min(column.cost(here) for column in self.columns[d].values()) - self._bound(d, prices)

    def _bound(self, d: int, prices: Floats) -> float:
        here = prices[self.pools[d]]
        return max(result.bound_at(here) for result in self.results[d])

    def end_round(self, number: int, prices: Floats, solved: int, gap: float) -> Round:
        """Bound every choice by the results at these prices, and make the best choice of all columns.

        Parameters
        ----------
        solved : subproblems that were solved in this round.
        """
        lagrangian = math.fsum(self._bound(d, prices) for d in range(len(self.results))) - float(self.most @ prices)
        self.bound = max(self.bound, lagrangian)
        columns = self._master_columns()
        which = choose_columns(columns, CHOICE_GAP * gap)
        every = [column for known in self.columns for column in known.values()]
        value = math.fsum(columns.objective[which])
        if value < self.value:
            self.value, self.chosen = value, [every[i] for i in which]
        ended = Round(number, solved, self.value, self.bound, relative_gap(self.value, self.bound), len(every))
        self.rounds.append(ended)
        return ended

    def without_loans(self) -> list[tuple[int, DistrictColumn]]:
        """List the districts, by index, that borrow by the best choice, with their columns that borrow nothing."""
        return [(d, columns[min(columns)]) for d, columns in enumerate(self.columns) if any(self.chosen[d].loans)]

    def _master_columns(self) -> MasterColumns:
        every = [(d, column) for d, columns in enumerate(self.columns) for column in columns.values()]
        loans = np.zeros((len(every), len(self.most)), dtype=np.int64)
        for i, (d, column) in enumerate(every):
            loans[i, self.pools[d]] = column.loans
        district = np.array([d for d, _ in every], dtype=np.int64)
        return MasterColumns(district, loans, np.array([column.objective for _, column in every]), self.most)

    def make_plan(self, settings: NationSettings, results: Sequence[DistrictResult]) -> NationPlan:
        """Put the plan of the nation together.

        Parameters
        ----------
        results : of the best choice by district, and then of what `without_loans` lists.

        Raises
        ------
        OptimiserError : the plans are better than the bound, so that one of both is wrong.
        """
        chosen = tuple(results[: len(self.columns)])
        unlent = dict(zip((d for d, _ in self.without_loans()), results[len(chosen) :], strict=True))
        alone = tuple(unlent.get(d, one) for d, one in enumerate(chosen))
        value = math.fsum(one.column.objective for one in chosen)
        if self.bound - value > ROUNDING * abs(value):
            raise OptimiserError("bound and plans contradict each other")
        prices, bound, rounds = tuple(self.next_prices().tolist()), min(self.bound, value), tuple(self.rounds)
        return NationPlan(self.nation, settings, chosen, alone, value, bound, prices, self.joined, rounds)
