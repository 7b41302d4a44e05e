"""The arrays that threads of the compiled engine play on, and what they hold in one row of words.

Everything of a replication that changes lies in one array, state and queue one after another. A situation of the
compiled engine is a copy of it: written down and put back at the speed of memory.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.model.laws.constants import Law
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.native_record import DTYPES, Packed
from optimiser.simulation.event_queue import Agenda, agenda_sizes, clear_queue
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.record import Field, list_fields
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.state import State, unit_sizes

if TYPE_CHECKING:
    from optimiser.simulation.compiled_engine.engine import CompiledEngine

ROOM = 256  # events that an agenda has room for at first; it doubles when that is not enough
Words = NDArray[np.int64]
APART = (  # of a state, what is of a set of scenarios or of the desk
    *("constant", "loose", "clock_family", "trip_family", "call_family"),
    *("logging", "log_count", "log_minute", "log_number", "log_codes", "help"),
)
_FIELDS: tuple[tuple[type, Field], ...] = tuple(
    (record, field)
    for record in (State, Agenda)
    for field in list_fields(record)
    if isinstance(field.kind, str) and field.name not in APART
)


class Grown(Exception):
    """Something did not fit into the arrays of a desk, and words of the old ones do not fit into longer ones."""


class WordLayout:
    """Where each attribute of a state and its queue lies in a row of words of 64 bits.

    Parameters
    ----------
    sizes : length of every axis.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes, self.length, self.room = dict(sizes), 0, sizes["agenda"]
        self.places: dict[tuple[type, str], tuple[int, tuple[int, ...], Any]] = {}
        for record, field in _FIELDS:
            shape = tuple(sizes[a] if isinstance(a, str) else a for a in field.axes)
            self.places[record, field.name] = self.length, shape, DTYPES[str(field.kind)]
            self.length += math.prod(shape)

    @property
    def needs(self) -> dict[str, int]:
        """Length of the axes that depend on what is placed, see `need_of`."""
        return {axis: self.sizes[axis] for axis in ("columns", "cannons")} | {
            "outbox": self.sizes["outbox"] - self.room
        }

    def part(self, words: Words, record: type, name: str) -> Any:
        """Return an attribute of one row of words, or of many, shape (..., length); nothing is copied."""
        start, shape, kind = self.places[record, name]
        return words[..., start : start + math.prod(shape)].view(kind).reshape((*words.shape[:-1], *shape))

    def parts(self, words: Words, record: type) -> dict[str, Any]:
        """Return all attributes of a record of one row of words; nothing is copied."""
        return {name: self.part(words, of, name) for of, name in self.places if of is record}

    def widen(self, words: Words, wider: WordLayout) -> Words:
        """Return rows of words as they are where arrays are longer."""
        if self.length == wider.length and self.sizes == wider.sizes:
            return words
        wide = np.zeros((*words.shape[:-1], wider.length), dtype=np.int64)
        for record, name in self.places:
            part, into = self.part(words, record, name), wider.part(wide, record, name)
            into[(..., *(slice(n) for n in part.shape[words.ndim - 1 :]))] = part
        slots, more = self.sizes["agenda"], wider.sizes["agenda"]
        wider.part(wide, Agenda, "heap")[..., slots:] = np.arange(slots, more)
        wider.part(wide, State, "out_room")[...] = wider.sizes["outbox"]
        _free_columns(self, wider, wide.reshape(-1, wider.length))
        return wide


def _free_columns(narrow: WordLayout, wider: WordLayout, words: Words) -> None:
    """Let columns that there are more of follow the last free one."""
    few, many = narrow.sizes["columns"], wider.sizes["columns"]
    if many == few:
        return
    after, free = wider.part(words, State, "column_next"), wider.part(words, State, "free_column")
    after[:, few:] = np.append(np.arange(few + 1, many), -1)
    for i in range(len(words)):
        c = int(free[i])
        if c < 0:
            free[i] = few
        else:
            while after[i, c] >= 0:
                c = int(after[i, c])
            after[i, c] = few


class Desk:
    """The arrays on which one thread plays; they grow when something does not fit."""

    layout: WordLayout  # once it is ready

    def __init__(self, engine: CompiledEngine, alone: bool = False, log: int = 0) -> None:
        self.engine, self.alone, self.room, self.log = engine, alone, ROOM, log
        self.busy = Lock()  # held by whoever plays on it
        self.need: dict[str, int] = {}
        self.scenarios: Scenarios | None = None
        self.words: Any = None
        self.state: Any = None
        self.agenda: Any = None
        self.loose: Any = None
        self.facts: Any = None

    def ready(self, scenarios: Scenarios, need: dict[str, int], room: int = 0) -> Desk:
        """Get ready to play some scenarios, with arrays that are long enough for what is placed."""
        if room > self.room or any(self.need.get(axis, -1) < n for axis, n in need.items()):
            self.room = max(room, self.room)
            self._lay_out({axis: max(n, self.need.get(axis, 0)) for axis, n in need.items()})
        if self.scenarios is not scenarios:
            self.scenarios = None  # whatever interrupts what follows, nobody takes it for done
            self._load_set(scenarios)
            self.scenarios = scenarios
        return self

    def _lay_out(self, need: dict[str, int]) -> None:
        e = self.engine
        if self.facts is None:  # many an engine plays on one of its desks only
            self.loose, self.facts = e.loose.copy(), e.packed.twin()  # the same arrays but for what is loose
            for name, (start, shape) in e.facts.loose.items():
                self.facts.put(name, self.loose[start : start + math.prod(shape)].reshape(shape))
        sizes = agenda_sizes({**e.facts.sizes, **need, "log": self.log}, self.room)
        sizes["outbox"] += self.room
        self.need = {}
        self.layout = WordLayout(sizes)
        self.words = np.zeros(self.layout.length, dtype=np.int64)
        values: dict[str, Any] = {"facts": self.facts, "loose": self.loose, "logging": int(self.log > 0)}
        values |= {"law_code": e.law, "law_numbers": e.numbers.address, "words": self.words}
        constant = np.array(e.facts.law)
        named = {name: constant[i : i + 1] for i, name in enumerate(Law._fields)}  # no copies
        values |= {"constant": constant, "constants": Packed(Law, named, {})}
        values |= self.layout.parts(self.words, State)
        if self.alone:
            values["ring_at"][:] = np.inf
        self.state = Packed(compile.CompiledState, values, {**sizes, "words": self.layout.length})
        fresh, agenda = Agenda(sizes), self.layout.parts(self.words, Agenda)
        clear_queue(fresh, sizes["sectors"])
        for name, array in agenda.items():
            array[...] = getattr(fresh, name)
        self.agenda = Packed(Agenda, agenda, sizes)
        if self.scenarios is not None:
            self._load_set(self.scenarios)
        self.need = need

    def _load_set(self, scenarios: Scenarios) -> None:
        """Load what all scenarios of a set share; those that have numbers of their own bring them."""
        families = scenarios.families
        self.loose[:] = self.engine.loose
        self.state["constant"][:] = self.engine.facts.law
        self.state.put("clock_family", np.array(families.clocks, dtype=np.uint64))
        self.state.put("trip_family", np.array(families.trips, dtype=np.uint64))
        self.state.put("call_family", np.array(families.calls, dtype=np.uint64))

    def serve(self, run: Any, work: Any, first: int, last: int) -> None:
        """Play a slice; whatever did not fit is played again on longer arrays.

        Raises
        ------
        Grown : the work holds words of the arrays that were too short.
        """
        while first < last:
            first = run(self.state, self.agenda, work, first, last)
            if first < last:
                help_ = self.state["help"].copy()
                self.room *= 2
                self.log *= 2
                self._lay_out(self.need)
                self.state["help"][:] = help_
                if "words" in work.parts:
                    raise Grown


def need_of(facts: Facts, plans: Numbers, sectors: int) -> dict[str, int]:
    """Give the length of the axes that depend on what is placed, shape (deployments, places, kinds)."""
    kinds, water = facts.sizes["kinds"], np.array(facts.water, dtype=bool)
    units = plans[:, sectors : sectors + facts.posts].sum(axis=(1, 2)).max(initial=0)
    cannons = plans[:, :, kinds:][:, :, water].sum(axis=(1, 2)).max(initial=0)
    return unit_sizes(facts, int(units), int(cannons))
