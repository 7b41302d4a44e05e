"""A situation: the state of a replication just before what happens at a minute, and every wait that is still to end.

Nothing else is needed. Random numbers have no state: the k-th value of a stream follows from its name and k, and the
state holds every k. Clocks of the law are unit exponentials of which the state holds what is left. So a replication
that begins from a situation goes on bit for bit as the one that it was taken from, in either engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from optimiser.simulation.compiled_engine.actions import (
    ASK,
    DEPART,
    DRY,
    GATE,
    GO_HOME,
    MEET,
    PASS_MARK,
    RESUME,
    WARNED,
)
from optimiser.simulation.event_queue import NUMBERS
from optimiser.simulation.record import Field, list_fields
from optimiser.simulation.state import CHANNEL_COUNT, WAITING, State, unit_sizes

GIVEN = (  # what a replication is of; whoever begins from a situation gives it again
    *("facts", "constants", "constant", "loose", "number", "clock_family", "trip_family", "call_family"),
    *("turnout", "first", "start_tension", "content", "displaced", "triggered"),
)
SCRATCH = (  # empty between two events, or of the engine
    *("now", "until", "alone", "help", "logging", "log_count", "log_minute", "log_number", "log_codes"),
    *("dirty", "dirty_count", "is_dirty", "out_what", "out_number", "out_value", "out_count", "out_room", "full"),
    *("crews", "power", "power_known"),  # worked out when it is needed
    *("order_open", "order_count", "order_kind", "order_teams", "order_staying", "order_cannon"),
    *("riding", "walking", "driving", "nothing", "guards"),
)
CALLED_OFF = (
    DEPART,
    GATE,
    WARNED,
    DRY,
)  # waits that something may end before their time, so they matter beyond the end
KEPT: tuple[Field, ...] = tuple(f for f in list_fields(State) if f.name not in (*GIVEN, *SCRATCH))


class Pending(NamedTuple):
    """A wait that is still to end.

    Attributes
    ----------
    minute : at which it ends.
    order : of what ends at the same minute: kind and index, see `event_queue`.
    what : what is done then, one of `compiled_engine.actions`.
    numbers : that this needs, as many as `event_queue.NUMBERS`.
    value : that it needs.
    """

    minute: float
    order: int
    what: int
    numbers: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Snapshot:
    """The state of a replication just before what happens at a minute.

    Attributes
    ----------
    minute : from the start of the operation.
    fields : of `State`, by name, those of `KEPT`: numbers, or lists of them as long as what is placed asks for.
    waits : in the order in which they end.
    """

    minute: float
    fields: dict[str, Any]
    waits: tuple[Pending, ...]


def make_pending(minute: float, order: int, what: int, numbers: Iterable[int], value: float) -> Pending:
    """Write a wait down, with zeros for the numbers that it does not need."""
    row = tuple(numbers)
    return Pending(minute, order, what, row + (0,) * (NUMBERS - len(row)), value)


def is_over(st: State, one: Pending) -> bool:
    """Return whether nothing can come of a wait any more, whatever happens until it ends."""
    a, b, c = one.numbers[:3]
    if one.what in (PASS_MARK, MEET):
        return st.meeting[a] != b or st.delegation[a] != WAITING
    if one.what == RESUME:
        return st.red_number[a] != b
    if one.what == ASK:
        return not st.asking[a] or st.asked_at[a] != one.value
    return one.what == GO_HOME and c == 0


def write_down(st: State, minute: float, waits: Iterable[Pending]) -> Snapshot:
    """Write down the state of a replication, its arrays as lists.

    Parameters
    ----------
    minute : up to which, exclusive, everything has happened.
    waits : all that are in the queue, in the order in which they end.
    """
    fields = {field.name: _copied(getattr(st, field.name)) for field in KEPT}
    _clear(st, fields)
    ends = (one for one in waits if one.minute < st.facts.horizon or one.what in CALLED_OFF)
    return Snapshot(minute, fields, tuple(one for one in ends if not is_over(st, one)))


def _clear(st: State, fields: dict[str, Any]) -> None:
    """Set to zero what nobody reads again: clocks that are not wound yet, and what earlier columns left behind."""
    for s in range(len(st.visited)):
        if not st.visited[s]:
            fields["left"][s], fields["drawn"][s] = [0.0] * CHANNEL_COUNT, [0] * CHANNEL_COUNT
    there = {c for first in st.first_column for c in _follow(st, first)} if st.facts.tiring else set()
    free = set(_follow(st, st.free_column))
    for name, own in _OF_COLUMNS:
        rows = fields[name]
        for c in range(len(rows)):
            if c in free or (own and c not in there):
                rows[c] = [0] * len(rows[c]) if isinstance(rows[c], list) else 0


_OF_COLUMNS = tuple(  # with whether it says how tired teams are that stand in a sector
    (field.name, field.name in ("column_steps", "column_due", "column_clock"))
    for field in KEPT
    if field.axes[:1] == ("columns",) and field.name != "column_next"
)


def _follow(st: State, c: int) -> Iterator[int]:
    """List the columns that hang together with one."""
    while c >= 0:
        yield c
        c = st.column_next[c]


def put_back(st: State, situation: Snapshot) -> None:
    """Let a state be as a situation says; its arrays must be as long as those that it was taken from."""
    for field in KEPT:
        setattr(st, field.name, _copied(situation.fields[field.name]))
    st.now = situation.minute


def _copied(part: Any) -> Any:
    if not isinstance(part, list):
        return part
    return [row[:] for row in part] if part and isinstance(part[0], list) else part[:]


def own_sizes(st: State) -> dict[str, int]:
    """Return how long the axes are that depend on what is placed, for the deployment of a state."""
    f = st.facts
    waiting = sum(map(sum, st.placed_reserve)) + sum(map(sum, st.placed_parked))
    return unit_sizes(f, waiting, st.cannons)
