"""What one unit of a kind more or less at a place changes, estimated on more and more scenarios where it may matter.

The change that an exchange makes is estimated by the sum of its parts. A part is measured beside one deployment and
remembered by what its place had then: what other places have changes it little, and a race decides in the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.planning.programs.sparse_rules import Exchanges, Flags, UnitSteps
from optimiser.planning.search.search_state import Search
from optimiser.simulation.engine import Floats

Ints = NDArray[np.int64]
MORE, LESS = 0, 1


@dataclass(frozen=True)
class Promise:
    """Estimated changes of the objective, in points, on all planning scenarios.

    Attributes
    ----------
    change : shape (exchanges,).
    error : standard error of each, 0 where all scenarios were looked at, shape (exchanges,).
    raced : whether it is that of the exchange itself and not the sum of its parts, shape (exchanges,).
    """

    change: Floats
    error: Floats
    raced: Flags

    def lowest(self, errors: float) -> Floats:
        """Return how low a change may be, so many standard errors below its estimate."""
        return self.change - errors * self.error


@dataclass
class UnitEffects:
    """Sums over scenarios of the change that each step makes, by direction, place and kind.

    Attributes
    ----------
    looks : numbers of scenarios that a step is simulated in one after the other.
    total, square : of the changes and their squares, in points, shape (2, places, kinds).
    count : scenarios that they are sums over, shape (2, places, kinds).
    """

    state: Search
    looks: tuple[int, ...]
    total: Floats = field(init=False)
    square: Floats = field(init=False)
    count: Ints = field(init=False)
    _rows: list[bytes | None] = field(init=False)
    _left: dict[tuple[int, bytes], tuple[Floats, Floats, Ints]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        shape = (2, self.state.rules.places, self.state.rules.kinds)
        self.total, self.square, self.count = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
        self._rows = [None] * shape[1]

    def move_to(self, plan: Numbers) -> None:
        """Take up what is known of each place with the numbers that it has in a deployment."""
        for place, numbers in enumerate(plan):
            row, before = numbers.tobytes(), self._rows[place]
            if row == before:
                continue
            arrays = self.total, self.square, self.count
            if before is not None:
                self._left[place, before] = tuple(array[:, place].copy() for array in arrays)  # type: ignore[assignment]
            known = self._left.get((place, row))
            for n, array in enumerate(arrays):
                array[:, place] = 0 if known is None else known[n]
            self._rows[place] = row

    def promise(self, plan: Numbers, exchanges: Exchanges) -> Promise:
        """Estimate the change that each exchange makes by the sum of its parts, which were measured, and its cost."""
        by, count = exchanges.differences(plan), np.maximum(self.count, 1)
        mean = self.total / count
        rest = 1.0 / count - 1.0 / len(self.state.scenarios)  # no error is left once all scenarios were looked at
        variance = np.maximum(0.0, self.square / count - mean**2) * rest
        parts = np.stack([np.maximum(by, 0), np.maximum(-by, 0)])
        placing = (by * self.state.cost[exchanges.places]).sum(axis=(1, 2))
        change = (parts * mean[:, exchanges.places]).sum(axis=(0, 2, 3)) + placing
        error = np.sqrt((parts * variance[:, exchanges.places]).sum(axis=(0, 2, 3)))
        return Promise(change, error, np.zeros(len(exchanges), dtype=bool))

    def lacking(self, plan: Numbers, exchanges: Exchanges, look: int) -> Flags:
        """Tell which parts of exchanges have not yet had a look, by its number, shape (2, places, kinds)."""
        by = exchanges.differences(plan)
        found = np.zeros(self.count.shape, dtype=bool)
        for way, part in ((MORE, by > 0), (LESS, by < 0)):
            exchange, side, kind = np.nonzero(part)
            found[way, exchanges.places[exchange, side], kind] = True
        lacking: Flags = found & (self.count < self.looks[look])
        return lacking

    def measure(self, plan: Numbers, which: Flags) -> None:
        """Simulate some steps from a deployment in the scenarios of their next look."""
        steps = self.state.rules.unit_steps(plan, np.flatnonzero(which.any(axis=(0, 2))))
        way = np.where(steps.by > 0, MORE, LESS)
        impossible = which.copy()
        impossible[way, steps.place, steps.kind] = False
        self.count[impossible] = self.looks[-1]
        wanted, count = which[way, steps.place, steps.kind], self.count[way, steps.place, steps.kind]
        for begin, end in zip((0, *self.looks), self.looks, strict=False):
            self._simulate(plan, steps, way, np.flatnonzero(wanted & (count == begin)), begin, end)

    def _simulate(self, plan: Numbers, steps: UnitSteps, way: Ints, which: Ints, begin: int, end: int) -> None:
        """Add the changes that some steps make in some scenarios."""
        if not len(which):
            return
        simulator, scenarios = self.state.simulator, self.state.scenarios
        base = simulator.totals(plan[None], scenarios, begin, end)
        losses = simulator.totals(steps.exchanges.take(which).plans(plan), scenarios, begin, end, base=plan)
        at = way[which], steps.place[which], steps.kind[which]
        self.total[at] += (losses - base).sum(axis=1)
        self.square[at] += np.square(losses - base).sum(axis=1)
        self.count[at] = end
