"""A situation as the compiled engine has it: its state and queue as records or as a row of words, and back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.simulation.compiled_engine.actions import ASSEMBLE, DEPART, DRY, GATE, WARNED
from optimiser.simulation.event_queue import SPAN, Agenda, clear_queue, put, reset_clock
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.record import list_fields
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.situations import situation as written
from optimiser.simulation.situations.situation import KEPT, Pending, Snapshot
from optimiser.simulation.state import State

if TYPE_CHECKING:
    from optimiser.simulation.compiled_engine.desks import WordLayout, Words

CANNON = (GATE, WARNED, DRY)


def list_waits(ag: Agenda) -> Iterator[Pending]:
    """List what is in a queue and not void, in the order in which it ends."""
    slots = sorted((ag.heap[i] for i in range(ag.count)), key=lambda i: (ag.at[i], ag.order[i], ag.made[i]))
    for i in slots:
        what, numbers, value = ag.what[i], tuple(ag.numbers[i]), ag.value[i]
        a = numbers[0]
        if what in CANNON:
            if ag.cannon_turn[a] != numbers[1]:
                continue
            numbers = (a, ag.cannon_runs[a], ag.cannon_red[a])
        elif what in (ASSEMBLE, DEPART):
            if ag.turn[a] != numbers[2 if what == ASSEMBLE else 1]:
                continue
            numbers, value = ((a, numbers[1]), value) if what == ASSEMBLE else ((a,), ag.since[a])
        yield written.make_pending(ag.at[i], ag.order[i], what, numbers, value)


def put_waits(ag: Agenda, ring_at: list[float], waits: tuple[Pending, ...]) -> None:
    """Fill an empty queue."""
    clear_queue(ag, len(ring_at))
    for g in range(len(ag.turn)):
        ag.turn[g], ag.since[g] = 0, 0.0
    for u in range(len(ag.cannon_turn)):
        ag.cannon_turn[u], ag.cannon_runs[u], ag.cannon_red[u] = 0, -1, 0
    for one in waits:
        a, numbers, value = one.numbers[0], one.numbers, one.value
        if one.what in CANNON:
            ag.cannon_runs[a], ag.cannon_red[a], numbers = one.numbers[1], one.numbers[2], (a, 0, 0, 0, 0, 0)
        elif one.what == DEPART:
            ag.since[a], value = value, 0.0
        a, b, c, d, e, g = numbers
        put(ag, one.minute, one.order // SPAN, one.order % SPAN, one.what, a, b, c, d, e, g, value)
    for s in range(len(ring_at)):
        reset_clock(ag, ring_at, s)


def read_words(layout: WordLayout, facts: Facts, row: Words, minute: float) -> Snapshot:
    """Return the situation that a row of words of the compiled engine stands for, see `desks`."""
    st: Any
    ag: Any
    st, ag = (
        SimpleNamespace(**{name: part.tolist() for name, part in layout.parts(row, record).items()})
        for record in (State, Agenda)
    )
    st.facts = facts
    own = written.own_sizes(st)
    for field in KEPT:
        if field.axes and field.axes[0] in own:
            setattr(st, field.name, getattr(st, field.name)[: own[field.axes[0]]])
    beyond = own["columns"]
    st.column_next = [c if c < beyond else -1 for c in st.column_next]
    st.free_column = st.free_column if st.free_column < beyond else -1
    return written.write_down(st, minute, list_waits(ag))


def write_words(layout: WordLayout, situation: Snapshot, scenario: Scenario) -> Words:
    """Return a row of words of the compiled engine, for arrays of the lengths of a situation or longer ones."""
    narrow = type(layout)({**layout.sizes, **{axis: _length(situation, axis) for axis in ("columns", "cannons")}})
    row = np.zeros(narrow.length, dtype=np.int64)
    state = narrow.parts(row, State)
    values: dict[str, Any] = {
        **situation.fields,
        "number": scenario.number,
        "turnout": scenario.turnout,
        "first": scenario.first,
        "start_tension": scenario.tension,
        "content": scenario.content,
        "displaced": scenario.displaced,
        "triggered": scenario.triggered,
        "now": situation.minute,
        "alone": -1,
        "out_room": layout.sizes["outbox"],
        "order_cannon": -1,
    }
    for name, value in values.items():
        state[name][...] = np.reshape(value, state[name].shape) if np.ndim(value) else value
    ag = Agenda(narrow.sizes)
    put_waits(ag, situation.fields["ring_at"], situation.waits)
    if ag.full:
        raise ValueError("the queue is too short for the situation")
    for name, part in narrow.parts(row, Agenda).items():
        part[...] = getattr(ag, name)
    return narrow.widen(row, layout)


def _length(situation: Snapshot, axis: str) -> int:
    name = next(field.name for field in list_fields(State) if field.axes[:1] == (axis,))
    return len(situation.fields[name])
