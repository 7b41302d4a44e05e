"""What every rival chooses from: whole numbers by place and kind, and the nearest way back to a feasible deployment.

A *wish* is any vector of whole numbers between 0 and `Space.upper`, one for each place and kind that may stand there.
`Space.repair` turns it into a feasible vector: the wish itself if it is one; otherwise units are placed one after the
other, each place and kind in proportion to its wish, with the officer, crew, escort or seats that a unit needs, as long
as every rule still holds. It is the same for all rivals, draws nothing and costs no replications.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser import Deployment, Instance
from optimiser.model.deployment import Numbers
from optimiser.planning.programs.configurations import unit_costs
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.requirements import Frame, require

Ints = NDArray[np.int64]
FAR = 2**40  # larger than any sum in a row, smaller than what could overflow
HELPERS = 12  # units that may come along with one, assumed: officer, crew, escorts, vehicles for all of them
EMPTIEST = 0.5  # least share of all units that a random wish places, assumed: the most is 1


class Rules(NamedTuple):
    """All requirements as low <= A x <= high, by cell and by row; demands are rows that nothing at all would break."""

    cell_start: Ints
    cell_row: Ints
    cell_term: Ints
    row_start: Ints
    row_cell: Ints
    row_term: Ints
    low: Ints
    high: Ints


class Space:
    """The feasible deployments of one instance as vectors.

    Attributes
    ----------
    cells : place and kind of every entry of a vector, shape (cells, 2).
    upper : most units of a cell that its own limits allow, at least 1, shape (cells,).
    cost : placement cost of one unit in a cell, in points, shape (cells,).
    """

    def __init__(self, instance: Instance) -> None:
        self.instance, self.frame = instance, Frame.of(instance)
        self.shape = (len(instance.places), len(self.frame.kinds))
        rows = [row for requirement in require(instance) for row in requirement.rows]
        upper = np.tile([int(kind.count) for kind in self.frame.kinds], (self.shape[0], 1))
        for row in rows:
            if row.most is not None and min(row.terms.values(), default=0) >= 0:
                for cell, term in row.terms.items():
                    if term:
                        upper[cell] = min(upper[cell], row.most // term)
        self.cells = np.argwhere(upper > 0)
        self.upper: Ints = upper[upper > 0]
        costs = np.array([unit_costs(instance, place.id) for place in instance.places])
        self.cost = costs[self.cells[:, 0], self.cells[:, 1]]
        index = {(int(p), int(k)): c for c, (p, k) in enumerate(self.cells)}
        terms = [
            (c, r, t) for r, row in enumerate(rows) for cell, t in row.terms.items() if (c := index.get(cell, -1)) >= 0
        ]
        self.rules = Rules(
            *_compress([(c, r, t) for c, r, t in terms if t], len(self.cells)),
            *_compress([(r, c, t) for c, r, t in terms if t], len(rows)),
            np.array([-FAR if row.least is None else row.least for row in rows], dtype=np.int64),
            np.array([FAR if row.most is None else row.most for row in rows], dtype=np.int64),
        )

    @cached_property
    def skeleton(self) -> Ints:
        """The feasible deployment with fewest units, by integer program: where a wish leaves a demand unmet."""
        return self.vector(nearest(self.instance, {}).numbers(self.instance))

    @cached_property
    def leads(self) -> NDArray[np.bool_]:
        """Tell which cells are of officers: they come with those whom they lead, and by themselves last."""
        teams = len(self.instance.teams)
        officer = [self.frame.roles[t.role].officer for t in self.instance.teams]
        return np.array([k < teams and officer[k] for k in self.cells[:, 1]])

    def vector(self, numbers: Numbers) -> Ints:
        """Turn numbers by place and kind into a vector."""
        return numbers[self.cells[:, 0], self.cells[:, 1]]

    def numbers(self, vector: Ints) -> Numbers:
        """Turn a vector into numbers by place and kind."""
        result = np.zeros(self.shape, dtype=np.int64)
        result[self.cells[:, 0], self.cells[:, 1]] = vector
        return result

    def deployment(self, vector: Ints, title: str = "deployment") -> Deployment:
        """Turn a vector into a deployment."""
        return Deployment.of_numbers(self.instance, self.numbers(vector), title)

    def feasible(self, vector: Ints) -> bool:
        """Tell whether a vector keeps every row, by arithmetic in whole numbers."""
        return bool(_keeps(self.rules, np.asarray(vector, dtype=np.int64)))

    def repair(self, wish: Ints) -> Ints:
        """Give a feasible vector that is as close to the wish as the order of placing makes it.

        Parameters
        ----------
        wish : whole numbers, any; what is below 0 or above `upper` is cut.
        """
        wish = np.clip(np.asarray(wish, dtype=np.int64), 0, self.upper)
        if _keeps(self.rules, wish):
            return wish
        nothing = np.zeros_like(wish)
        found, good = _place(self.rules, wish, nothing, self.leads)
        if not good:
            found, good = _place(self.rules, wish, self.skeleton, self.leads)
        return found

    def draw(self, chance: Random) -> Ints:
        """Draw a random feasible vector: every unit goes to a random cell or stays at base; then it is repaired."""
        wish = np.zeros(len(self.cells), dtype=np.int64)
        share = EMPTIEST + (1.0 - EMPTIEST) * chance.random()
        for k, kind in enumerate(self.frame.kinds):
            open_to = np.flatnonzero(self.cells[:, 1] == k)
            for _ in range(int(kind.count) if len(open_to) else 0):
                if chance.random() < share:
                    wish[open_to[chance.randrange(len(open_to))]] += 1
        return self.repair(wish)


def _compress(terms: list[tuple[int, int, int]], count: int) -> tuple[Ints, Ints, Ints]:
    """Sort (owner, other, term) by owner: where each owner's part begins, the others, and the terms."""
    terms = sorted(terms)
    owners = np.array([owner for owner, _, _ in terms], dtype=np.int64)
    start = np.searchsorted(owners, np.arange(count + 1)).astype(np.int64)
    columns = np.array([[other, term] for _, other, term in terms], dtype=np.int64).reshape(-1, 2)
    return start, np.ascontiguousarray(columns[:, 0]), np.ascontiguousarray(columns[:, 1])


# ---------------------------------------------------------------- compiled


@njit(cache=True)
def _sums(rules, x):
    """Give A x."""
    sums = np.zeros(len(rules.low), dtype=np.int64)
    for c in range(len(x)):
        if x[c]:
            for i in range(rules.cell_start[c], rules.cell_start[c + 1]):
                sums[rules.cell_row[i]] += rules.cell_term[i] * x[c]
    return sums


@njit(cache=True)
def _keeps(rules, x):
    """Tell whether x keeps every row."""
    sums = _sums(rules, x)
    return np.all(sums >= rules.low) and np.all(sums <= rules.high)


@njit(cache=True)
def _shift(rules, x, sums, c, by):
    """Place one unit, or take it back."""
    x[c] += by
    for i in range(rules.cell_start[c], rules.cell_start[c + 1]):
        sums[rules.cell_row[i]] += by * rules.cell_term[i]


@njit(cache=True)
def _broken(rules, sums, c):
    """Give a row of a cell that is broken and no demand, and +1 or -1 for the sign of terms that mend it; or -1."""
    for i in range(rules.cell_start[c], rules.cell_start[c + 1]):
        r = rules.cell_row[i]
        if sums[r] > rules.high[r]:
            return r, -1
        if rules.low[r] <= 0 and sums[r] < rules.low[r]:
            return r, 1
    return -1, 0


@njit(cache=True)
def _fits(rules, sums, c, row):
    """Tell whether one more unit in a cell breaks no limit of which every term is positive, besides a row."""
    for i in range(rules.cell_start[c], rules.cell_start[c + 1]):
        r = rules.cell_row[i]
        if r != row and rules.cell_term[i] > 0 and sums[r] + rules.cell_term[i] > rules.high[r]:
            lone = True
            for j in range(rules.row_start[r], rules.row_start[r + 1]):
                if rules.row_term[j] < 0:
                    lone = False
                    break
            if lone:
                return False
    return True


@njit(cache=True)
def _helper(rules, wish, x, sums, row, sign):
    """Choose a cell in which one more unit mends a row: the one that lacks most of its wish; -1 if there is none."""
    best, most = -1, -FAR
    for j in range(rules.row_start[row], rules.row_start[row + 1]):
        c = rules.row_cell[j]
        if rules.row_term[j] * sign > 0 and wish[c] - x[c] > most and _fits(rules, sums, c, row):
            best, most = c, wish[c] - x[c]
    return best


@njit(cache=True)
def _add(rules, wish, x, sums, c):
    """Place one unit with all that it needs; nothing changes and False is given where that breaks a rule."""
    added = np.empty(HELPERS, dtype=np.int64)
    added[0], count = c, 1
    _shift(rules, x, sums, c, 1)
    looked = 0
    while looked < count:
        row, sign = _broken(rules, sums, added[looked])
        if row < 0:
            looked += 1
            continue
        helper = _helper(rules, wish, x, sums, row, sign) if count < HELPERS else -1
        if helper < 0:
            for i in range(count):
                _shift(rules, x, sums, added[i], -1)
            return False
        added[count] = helper
        count += 1
        _shift(rules, x, sums, helper, 1)
        looked = 0
    return True


@njit(cache=True)
def _order(wish):
    """List wished units so that each cell gets its share at any time (divisors 1/2, 3/2, ...); ties fall by a hash."""
    total, salt = 0, 0
    for c in range(len(wish)):
        total += wish[c]
        salt = (salt * 1_000_003 + wish[c] * (c + 1)) & 0x7FFFFFFF
    key, cell = np.empty(total), np.empty(total, dtype=np.int64)
    n = 0
    for c in range(len(wish)):
        tie = ((c * 2_654_435_761 + salt * 40_503) & 0xFFFFFFFF) * 1e-16
        for j in range(wish[c]):
            key[n], cell[n] = (j + 0.5) / wish[c] + tie, c
            n += 1
    return cell[np.argsort(key, kind="mergesort")]


@njit(cache=True)
def _meet(rules, wish, x, sums, order):
    """Meet every demand, by wished units first; tells whether all are met."""
    for r in range(len(sums)):
        if rules.low[r] <= 0:
            continue
        member = np.zeros(len(x), dtype=np.bool_)
        for j in range(rules.row_start[r], rules.row_start[r + 1]):
            member[rules.row_cell[j]] = True
        for c in order:
            if sums[r] >= rules.low[r]:
                break
            if member[c] and x[c] < wish[c]:
                _add(rules, wish, x, sums, c)
        moved = True
        while moved and sums[r] < rules.low[r]:
            moved = False
            for j in range(rules.row_start[r], rules.row_start[r + 1]):
                if sums[r] < rules.low[r] and _add(rules, wish, x, sums, rules.row_cell[j]):
                    moved = True
        if sums[r] < rules.low[r]:
            return False
    return True


@njit(cache=True)
def _place(rules, wish, start, leads):
    """Place what is wished on top of a start; gives the vector and whether every row is kept."""
    x = start.copy()
    sums, order = _sums(rules, start), _order(wish)
    if not _meet(rules, wish, x, sums, order):
        return x, False
    for turn in range(3):  # units that are led, officers, and once more whatever found no room
        for c in order:
            if x[c] < wish[c] and (turn == 2 or leads[c] == (turn == 1)):
                _add(rules, wish, x, sums, c)
    return x, _keeps(rules, x)
