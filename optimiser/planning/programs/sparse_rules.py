"""The rules of an instance as sparse rows of whole numbers, asked of thousands of changed deployments at once.

Numbers are arrays by place and kind throughout. The rules are those of `programs.requirements`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import goes_with_people, list_stops
from optimiser.planning.programs.configurations import LocalRules
from optimiser.planning.programs.requirements import MOST, Frame, require

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_FAR = np.iinfo(np.int64).max // 4  # no limit


@dataclass(frozen=True)
class Exchanges:
    """Changes of one deployment, each of one or two places.

    Attributes
    ----------
    places : the places that change, shape (exchanges, 2); both the same where only one does.
    rows : their numbers afterwards, shape (exchanges, 2, kinds).
    """

    places: Ints
    rows: Numbers

    def __len__(self) -> int:
        return len(self.places)

    def take(self, which: Ints | Flags) -> Exchanges:
        """Return some of them."""
        return Exchanges(self.places[which], self.rows[which])

    def differences(self, numbers: Numbers) -> Ints:
        """Return by how much each number changes, shape (exchanges, 2, kinds); where only one place does, once."""
        by: Ints = self.rows - numbers[self.places]
        by[self.places[:, 0] == self.places[:, 1], 1] = 0
        return by

    def plans(self, numbers: Numbers) -> Numbers:
        """Make the changed deployments, shape (exchanges, places, kinds)."""
        plans = np.repeat(numbers[None], len(self), axis=0)
        each = np.arange(len(self))
        plans[each, self.places[:, 1]] = self.rows[:, 1]
        plans[each, self.places[:, 0]] = self.rows[:, 0]
        return plans


@dataclass(frozen=True)
class UnitSteps:
    """One unit of one kind more or less at one place each, with what must come along.

    Attributes
    ----------
    place, kind : indices, shape (steps,).
    by : 1 or -1, shape (steps,).
    exchanges : the deployments that the steps lead to, whether or not rules allow them.
    """

    place: Ints
    kind: Ints
    by: Ints
    exchanges: Exchanges


class Rules:
    """All requirements of an instance as sparse rows: least <= sum of coefficient * number <= most.

    Parameters
    ----------
    bent : a deployment that may break rules, shape (places, kinds): what it breaks may then be broken as far as it does
        and no further, so that the deployment itself counts as feasible. None: every rule as it stands.
    """

    def __init__(self, instance: Instance, bent: Numbers | None = None) -> None:
        self.instance, self.frame, self.bent = instance, Frame.of(instance), bent
        self.kinds, self.places = len(self.frame.kinds), len(instance.places)
        rows = [row for requirement in require(instance) for row in requirement.rows]
        terms = [(p * self.kinds + k, i, c) for i, row in enumerate(rows) for (p, k), c in row.terms.items() if c]
        terms.sort()
        self.cell, self.row, self.coefficient = np.array(terms, dtype=np.int64).reshape(-1, 3).T
        self.least = np.array([-_FAR if row.least is None else row.least for row in rows], dtype=np.int64)
        self.most = np.array([_FAR if row.most is None else row.most for row in rows], dtype=np.int64)
        self.first = np.searchsorted(self.cell, np.arange(self.places * self.kinds + 1))
        if bent is not None:
            value = self._values(bent)
            self.least, self.most = np.minimum(self.least, value), np.maximum(self.most, value)

    @cached_property
    def local(self) -> list[LocalRules]:
        """The rules of each place alone."""
        rows: Iterable[Numbers | None] = itertools.repeat(None) if self.bent is None else self.bent
        return [
            LocalRules(self.instance, place.id, row) for place, row in zip(self.instance.places, rows, strict=False)
        ]

    @cached_property
    def officers(self) -> list[int]:
        """Kinds that can be in charge of a sector, or of those who accompany people."""
        if not self.instance.doctrine.officer_per_sector:
            return []
        return list(self.frame.officers)

    @cached_property
    def led_there(self) -> dict[int, list[int]]:
        """The sectors in which officers are in charge of who comes there by itself, by the place that moves."""
        sectors = [sector.id for sector in self.instance.sectors]
        return {
            p: [sectors.index(stop) for stop in list_stops(self.instance, moving)]
            for p, moving in self.frame.moving
            if not goes_with_people(moving)
        }

    @cached_property
    def guards(self) -> list[tuple[list[int], Ints]]:
        """For each role that crews or escorts vehicles: its team kinds, and the heads that one unit of a kind needs."""
        found = []
        for role in self.frame.roles:
            need = np.zeros(self.kinds, dtype=np.int64)
            for k, v in self.frame.vehicles:
                need[k] = (v.crew if v.crew_role == role else 0) + (v.escort if v.escort_role == role else 0)
            if need.any() and self.frame.of_role(role):
                found.append((self.frame.of_role(role), need))
        return found

    @cached_property
    def standing(self) -> Flags:
        """Tell where a kind may stand at all, shape (places, kinds)."""
        may = [
            [bool(kind.count) and self.frame.may_stand(p, k) for k, kind in enumerate(self.frame.kinds)]
            for p in range(self.places)
        ]
        return np.array(may, dtype=bool)

    def holds(self, numbers: Numbers) -> bool:
        """Tell whether one deployment, shape (places, kinds), keeps every rule."""
        value = self._values(numbers)
        return bool(numbers.min(initial=0) >= 0 and np.all((value >= self.least) & (value <= self.most)))

    def _values(self, numbers: Numbers) -> Ints:
        parts = self.coefficient * numbers.reshape(-1)[self.cell]
        values: Ints = np.bincount(self.row, parts, minlength=len(self.least)).astype(np.int64)
        return values

    def keep(self, numbers: Numbers, exchanges: Exchanges) -> Exchanges:
        """Return those exchanges of a feasible deployment after which every rule still holds."""
        return exchanges.take(self.kept(numbers, exchanges))

    def kept(self, numbers: Numbers, exchanges: Exchanges) -> Flags:
        """Tell after which exchanges of a feasible deployment, that change anything, every rule still holds."""
        good = self.changed(numbers, exchanges)
        good[self.breaches(numbers, exchanges)[0]] = False
        return good

    def changed(self, numbers: Numbers, exchanges: Exchanges) -> Flags:
        """Tell which exchanges change anything, take nothing away that is not there, and are numbers of a plan."""
        steps = self._steps(numbers, exchanges)[0]
        good: Flags = (exchanges.rows.min(axis=(1, 2), initial=0) >= 0) & np.all(exchanges.rows <= MOST, axis=(1, 2))
        return good & (np.bincount(steps, minlength=len(exchanges)) > 0)

    def breaches(self, numbers: Numbers, exchanges: Exchanges) -> tuple[Ints, Ints, Ints]:
        """Find what exchanges break: exchange, row, and by how much, negative where a least is missed."""
        change, cell, step = self._steps(numbers, exchanges)
        count = self.first[cell + 1] - self.first[cell]
        begin = np.cumsum(count) - count
        term = np.arange(count.sum()) - np.repeat(begin - self.first[cell], count)
        key = np.repeat(change, count) * len(self.least) + self.row[term]
        touched, index = np.unique(key, return_inverse=True)
        by = np.bincount(index, self.coefficient[term] * np.repeat(step, count), minlength=len(touched))
        row = touched % max(1, len(self.least))
        value = self._values(numbers)[row] + by.astype(np.int64)
        over = np.maximum(value - self.most[row], 0) - np.maximum(self.least[row] - value, 0)
        broken = over != 0
        return touched[broken] // max(1, len(self.least)), row[broken], over[broken]

    def _steps(self, numbers: Numbers, exchanges: Exchanges) -> tuple[Ints, Ints, Ints]:
        """Exchange, cell and difference of every number that changes."""
        difference = exchanges.differences(numbers)
        change, side, kind = np.nonzero(difference)
        return change, exchanges.places[change, side] * self.kinds + kind, difference[change, side, kind]

    def complete(self, numbers: Numbers, places: Ints, rows: Numbers, stay: bool = False) -> Exchanges:
        """Add what must come along: crews, escorts, and an officer where nobody else would be in charge.

        Officers left alone go, unless they are to `stay`. Changes `rows`.
        """
        for kinds, need in self.guards:
            size = self.frame.heads[kinds[0]]
            short = rows @ need - rows[:, :, kinds] @ np.array([self.frame.heads[k] for k in kinds])
            rows[:, :, kinds[0]] += np.maximum(0, -(-short // size))
        if self.officers:
            led = (places < self.frame.posts.start) | (places >= self.frame.posts.stop)
            needed = led & ~self._is_led(numbers)[places]
            present = rows[:, :, self.officers].sum(axis=2)
            others = rows.sum(axis=2) - present
            rows[:, :, self.officers[0]] += needed & (others > 0) & (present == 0)
            if not stay:
                alone = led & (others == 0) & (present > 0) & (numbers.sum(axis=1)[places] > present)
                for k in self.officers:
                    rows[:, :, k] *= ~alone
        return Exchanges(places, rows)

    def _is_led(self, numbers: Numbers) -> Flags:
        """Tell who moves by itself and finds an officer in each sector where it stands, shape (places,)."""
        found = np.zeros(self.places, dtype=bool)
        officers = numbers[:, self.officers].sum(axis=1) > 0
        for p, stops in self.led_there.items():
            found[p] = np.all(officers[stops])
        return found

    def unit_steps(self, numbers: Numbers, among: Ints) -> UnitSteps:
        """Make one unit of one kind more and one less at some places, wherever it may stand, with what must come along.

        All that add a unit come first. No rule is asked but that numbers are not below 0.
        """
        p, k = np.nonzero(self.standing)
        here = np.isin(p, among)
        place, kind = np.tile(p[here], 2), np.tile(k[here], 2)
        by = np.repeat([1, -1], int(here.sum()))
        there = numbers[place, kind] + by >= 0
        place, kind, by = place[there], kind[there], by[there]
        rows = np.repeat(numbers[place][:, None], 2, axis=1)
        rows[np.arange(len(place)), :, kind] += by[:, None]
        return UnitSteps(place, kind, by, self.complete(numbers, np.stack([place, place], axis=1), rows))

    def allowed_locally(self, numbers: Numbers, exchanges: Exchanges) -> Flags:
        """Tell which exchanges of one place change it in a way that its own rules allow.

        Whether there are enough units is not asked.
        """
        places, rows = exchanges.places[:, 0], exchanges.rows[:, 0]
        allowed = [self.local[p].hold(row[None])[0] for p, row in zip(places, rows, strict=True)]
        changed: Flags = np.any(rows != numbers[places], axis=1)
        return np.array(allowed, dtype=bool) & changed

    def beside(self, numbers: Numbers, among: Ints) -> Exchanges:
        """List, without repetition, what one unit more or less at some places leads to; see `allowed_locally`."""
        found = self.unit_steps(numbers, among).exchanges
        found = found.take(self.allowed_locally(numbers, found))
        return found.take(distinct(found))


def distinct(exchanges: Exchanges) -> Ints:
    """Return the first of every group that makes the same deployment, in order."""
    order = np.argsort(exchanges.places, axis=1, kind="stable")
    places = np.take_along_axis(exchanges.places, order, axis=1)
    rows = np.take_along_axis(exchanges.rows, order[:, :, None], axis=1)
    keys = np.concatenate([places, rows.reshape(len(rows), 2 * rows.shape[2])], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return np.sort(first)
