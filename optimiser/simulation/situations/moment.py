"""Many situations of one deployment at one minute, and what is to be played from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.simulation.event_queue import NUMBERS
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.state import State

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Order(NamedTuple):
    """One order or report, see `orders`."""

    what: int
    numbers: tuple[int, ...] = ()
    value: float = 0.0


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Situations of one deployment in several scenarios at one minute, in the form of the engine that made them.

    Attributes
    ----------
    minute : up to which, exclusive, everything has happened.
    plan : the deployment, shape (places, kinds).
    scenarios, columns : the futures, and which of them each situation is of, shape (situations,).
    layout, words : how they lie in memory, shape (situations, words); of the SimPy engine a list of situations.
    """

    minute: float
    plan: Numbers
    scenarios: Scenarios
    columns: Ints
    layout: Any
    words: Any

    def __len__(self) -> int:
        return len(self.columns)

    def field(self, name: str) -> Any:
        """Return an attribute of the state of every situation, shape (situations, ...); see `situation.KEPT`."""
        if self.layout is None:
            return np.array([situation.fields[name] for situation in self.words])
        return self.layout.part(self.words, State, name)


class OrderRows(NamedTuple):
    """OrderRows one after another."""

    what: Ints
    numbers: Ints
    value: Floats


@dataclass(frozen=True, eq=False)
class Tasks:
    """What is to be played from situations.

    Attributes
    ----------
    source : situation that each replication begins from, shape (replications,).
    column : scenario whose streams it goes on with; who comes when is of the situation, shape (replications,).
    fresh : whether clocks of the law are wound anew by the streams of that scenario.
    first, end : its orders and reports, carried out one after another at the minute, shape (replications,).
    orders : all orders, one after another.
    """

    source: Ints
    column: Ints
    fresh: bool
    first: Ints
    end: Ints
    orders: OrderRows


def pack_orders(rows: Sequence[Order]) -> OrderRows:
    """Put orders one after another."""
    numbers = [(*row.numbers, *(0,) * (NUMBERS - len(row.numbers))) for row in rows]
    return OrderRows(
        np.array([row.what for row in rows], dtype=np.int64),
        np.array(numbers, dtype=np.int64).reshape(len(rows), NUMBERS),
        np.array([row.value for row in rows], dtype=float),
    )


def list_tasks(source: Ints, column: Ints, fresh: bool, orders: Sequence[Sequence[Order]]) -> Tasks:
    """Let every situation go on once with each list of orders: all of the first list, then all of the second.

    Parameters
    ----------
    source, column : of the replications of one list, shape (futures,).
    """
    ends = np.cumsum([0, *map(len, orders)])
    each = np.repeat(np.arange(len(orders)), len(source))
    flat = pack_orders([order for row in orders for order in row])
    count = len(orders)
    return Tasks(np.tile(source, count), np.tile(column, count), fresh, ends[each], ends[each + 1], flat)
