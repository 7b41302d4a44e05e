"""All feasible deployments of an instance, each as one whole number, where they are not too many."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.programs.requirements import shared

Ints = NDArray[np.int64]
BLOCK = 65_536  # deployments that are looked at at once; assumed
LOOKED = 16  # times the limit that may be looked at while deployments are listed; assumed
GRID = 60_000  # configurations of one place beyond which nothing is listed; assumed
_FAR = np.iinfo(np.int64).max // 4  # no limit


class _TooMany(Exception):
    """More deployments are feasible, or are looked at on the way, than may be."""


@dataclass(frozen=True)
class Listing:
    """Every feasible deployment as one whole number, whose digits are configurations by place, the last the lowest.

    Attributes
    ----------
    grids : configurations of each place that its own rules allow, shape (configurations, kinds).
    codes : the deployments, ascending, shape (deployments,).
    """

    grids: list[Numbers]
    codes: Ints

    @cached_property
    def units(self) -> list[int]:
        """What one digit counts, by place."""
        sizes = [len(grid) for grid in self.grids]
        return [math.prod(sizes[place + 1 :]) for place in range(len(sizes))]

    @cached_property
    def combinations(self) -> int:
        """How many deployments the configurations of all places make together, feasible or not."""
        return math.prod(map(len, self.grids))

    def digits(self, codes: Ints, place: int) -> Ints:
        """Return which configuration a place has in some deployments, shape (deployments,)."""
        digits: Ints = codes // self.units[place] % len(self.grids[place])
        return digits

    def plans(self, codes: Ints) -> Numbers:
        """Return deployments as numbers, shape (deployments, places, kinds)."""
        by_place = [grid[self.digits(codes, place)] for place, grid in enumerate(self.grids)]
        return np.stack(by_place, axis=1)

    def keys(self, codes: Ints, places: NDArray[np.bool_]) -> tuple[Ints, int]:
        """Return a number for what deployments have at some places, shape (deployments,), and how many there can be."""
        keys, size = np.zeros(len(codes), dtype=np.int64), 1
        for place in np.flatnonzero(places).tolist():
            grid = len(self.grids[place])
            if grid > 1:
                keys = keys * grid + self.digits(codes, place)
                size *= grid
        return keys, size

    def costs(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the placement of every deployment costs, in points, shape (deployments,).

        Parameters
        ----------
        cost : of one unit of each kind at each place, shape (places, kinds).
        """
        total = np.zeros(len(self.codes))
        for place, grid in enumerate(self.grids):
            each = grid @ cost[place]
            if each.any():
                total += each[self.digits(self.codes, place)]
        return total


def list_deployments(rules: Rules, most: int) -> Listing | None:
    """List every deployment that keeps all rules; None where there are more than `most`, or too many to look at.

    Place after place each configuration that the rules between places still allow is put beside what was chosen for the
    places before (interval reasoning), in blocks, so that it takes little memory besides the list itself.
    """
    grids = []
    for local in rules.local:
        grid = local.grid(GRID)
        if grid is None:
            return None
        grids.append(grid)
    if math.prod(map(len, grids)) > _FAR:
        return None
    if not all(map(len, grids)):
        return Listing(grids, np.zeros(0, dtype=np.int64))
    try:
        blocks = list(_Expansion(rules, grids, most).blocks())
    except _TooMany:
        return None
    return Listing(grids, np.concatenate([*blocks, np.zeros(0, dtype=np.int64)]))


class _Expansion:
    """The rules that join places, as what each configuration uses of each row."""

    def __init__(self, rules: Rules, grids: list[Numbers], most: int) -> None:
        rows = [row for requirement in shared(rules.frame) for row in requirement.rows]
        factors = np.zeros((len(rows), rules.places, rules.kinds), dtype=np.int64)
        for i, row in enumerate(rows):
            for (place, kind), coefficient in row.terms.items():
                factors[i, place, kind] = coefficient
        self.uses = [grid @ factors[:, place].T for place, grid in enumerate(grids)]
        self.least = np.array([-_FAR if row.least is None else row.least for row in rows], dtype=np.int64)
        self.most = np.array([_FAR if row.most is None else row.most for row in rows], dtype=np.int64)
        self._leave_out_idle_rows()
        # what places from one on can add to a row at least and at most, shape (places + 1, rows)
        lowest, highest = (np.array([end(use, axis=0) for use in self.uses]) for end in (np.min, np.max))
        nothing = np.zeros((1, len(self.least)), dtype=np.int64)
        self.lowest, self.highest = (
            np.concatenate([np.cumsum(part[::-1], axis=0)[::-1], nothing]) for part in (lowest, highest)
        )
        self.allowed, self.looked, self.found = most, 0, 0

    def _leave_out_idle_rows(self) -> None:
        """Keep the rows that can be broken at all."""
        low, high = (sum(end(use, axis=0) for use in self.uses) for end in (np.min, np.max))
        busy = np.flatnonzero((low < self.least) | (high > self.most))
        self.uses = [use[:, busy] for use in self.uses]
        self.least, self.most = self.least[busy], self.most[busy]

    def blocks(self) -> Iterator[Ints]:
        """List feasible deployments in order, block by block.

        Raises
        ------
        _TooMany : see there.
        """
        return self._extend(0, np.zeros(1, dtype=np.int64), np.zeros((1, len(self.least)), dtype=np.int64))

    def _extend(self, place: int, codes: Ints, sums: Ints) -> Iterator[Ints]:
        if place == len(self.uses):
            self.found += len(codes)
            if self.found > self.allowed:
                raise _TooMany
            yield codes
            return
        use = self.uses[place]
        room_below = self.least - self.highest[place + 1]
        room_above = self.most - self.lowest[place + 1]
        step = max(1, BLOCK // len(use))
        for first in range(0, len(codes), step):
            part = sums[first : first + step]
            self.looked += len(part) * len(use)
            if self.looked > LOOKED * self.allowed + BLOCK:
                raise _TooMany
            good = np.ones((len(part), len(use)), dtype=bool)
            for row in range(len(self.least)):
                value = part[:, row, None] + use[:, row]
                good &= (value >= room_below[row]) & (value <= room_above[row])
            before, digit = np.nonzero(good)
            if len(before):
                yield from self._extend(place + 1, codes[first + before] * len(use) + digit, part[before] + use[digit])
