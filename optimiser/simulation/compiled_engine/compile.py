"""The compiled engine: `compiled_engine.replay` as machine code, many replications at a call.

Nothing of the simulation is written here, only what compiled code does differently: streams wrap around by themselves,
the log is an array, arrays cannot grow, and the law is built in. Machine code of our laws is kept on disk, see `disk`;
its key holds a hash of every source it was made from.
"""

from __future__ import annotations

import hashlib
from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, get_type_hints

import llvmlite
import numba
import numpy as np
from numba import njit, types
from numba.core import event
from numba.extending import overload, register_jitable

from optimiser.common import random_streams as streams
from optimiser.common.message import Message
from optimiser.model import escalation_law as escalation
from optimiser.model.escalation_law import EscalationLaw
from optimiser.simulation import dispatch, rates, record, state
from optimiser.simulation import event_queue as agenda
from optimiser.simulation import events as outcome
from optimiser.simulation import indexed_instance as facts
from optimiser.simulation import transitions as rules
from optimiser.simulation import units as forces
from optimiser.simulation.compiled_engine import actions, crowds, personnel, replay
from optimiser.simulation.compiled_engine import kernels as jobs
from optimiser.simulation.compiled_engine import law_reasons as reasons
from optimiser.simulation.compiled_engine import native_record as native
from optimiser.simulation.compiled_engine.code_cache import DiskCache, trouble
from optimiser.simulation.compiled_engine.kernels import Attempt, Job, play_all, try_all
from optimiser.simulation.compiled_engine.law_code import PARTS, freeze, is_ours, law_fingerprint, numbers_of, part_of
from optimiser.simulation.compiled_engine.native_record import Packed, RecordType
from optimiser.simulation.event_queue import Agenda
from optimiser.simulation.state import State

SOURCES: tuple[ModuleType, ...] = (
    record,
    escalation,
    facts,
    streams,
    outcome,
    state,
    rates,
    forces,
    rules,
    dispatch,
    agenda,
    actions,
    crowds,
    personnel,
    replay,
    jobs,
    native,
)


# ---------------------------------------------------------------- what compiled code does differently


@overload(streams.mix, strict=False)
def _mix(z: Any) -> Any:
    def mix(z: Any) -> Any:
        z = np.uint64(z)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(streams.FIRST)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(streams.SECOND)
        return z ^ (z >> np.uint64(31))

    return mix


@overload(streams.stream, strict=False)
def _stream(key: Any, number: Any) -> Any:
    return lambda key, number: streams.mix(np.uint64(key) ^ streams.mix(np.uint64(number + 1)))


@overload(streams.uniform, strict=False)
def _uniform(key: Any, k: Any) -> Any:
    def uniform(key: Any, k: Any) -> Any:
        mixed = streams.mix(np.uint64(key) + np.uint64(k + 1) * np.uint64(streams.STEP))
        return (float(np.int64(mixed >> np.uint64(11))) + 0.5) * streams.UNIT

    return uniform


@overload(state.keep, strict=False)
def _keep(st: Any, kind: Any, sector: Any, other: Any, what: Any, number: Any, note: Any) -> Any:
    def keep(st: Any, kind: Any, sector: Any, other: Any, what: Any, number: Any, note: Any) -> None:
        i = st.log_count
        if i == len(st.log_minute):
            st.full = 1
            return
        codes = st.log_codes[i]
        codes[0], codes[1], codes[2], codes[3], codes[4] = kind, sector, other, what, note
        st.log_minute[i], st.log_number[i] = st.now, number
        st.log_count += 1

    return keep


@overload(state.make_room, strict=False)
def _make_room(st: Any) -> Any:
    def make_room(st: Any) -> None:
        st.full, st.out_count = 1, 0

    return make_room


@overload(dispatch.add_column, strict=False)
def _add_column(st: Any) -> Any:
    def add_column(st: Any) -> None:
        st.full, st.free_column = 1, 0

    return add_column


# ---------------------------------------------------------------- the law, built in


class BuiltIn(NamedTuple):
    """A law as machine code has it.

    Attributes
    ----------
    law : the first of its kind; later ones have the same methods and may have other numbers.
    parts : its methods; those of a law of one's own are copies, see `own.freeze`.
    constants : its numbers where they are built in too, as in ours, which have none to vary; None where they are data.
    state : the record of the state; that of a law of one's own holds its numbers as ``own``.
    """

    law: EscalationLaw
    parts: Mapping[str, FunctionType]
    constants: Any
    state: type[State]


_LAWS: dict[str, BuiltIn] = {}  # by mark


def law_mark(law: EscalationLaw) -> str:
    """Name a law for machine code that has it built in; laws of one class that differ by numbers alone share it.

    Raises
    ------
    CannotCompile : see `own.part_of`.
    """
    kind, found = type(law), numbers_of(law)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if is_ours(law):
        mark = f"{name}{tuple(found.items())}"
        constants = namedtuple("Numbers", ["nothing", *found])(0.0, *found.values())
        _LAWS.setdefault(mark, BuiltIn(law, {name: part_of(law, name) for name in PARTS}, constants, State))
        return mark
    kinds = {number: type(value) for number, value in found.items()}
    mark = f"{name}{tuple((n, k.__name__) for n, k in kinds.items())}#{id(kind)}#{law_fingerprint(law)}"
    if mark not in _LAWS:  # the law is kept, and so nobody else gets the id of its class
        own = type("Numbers", (record.Record,), {"__annotations__": kinds, "frozen": True})
        known: dict[int, FunctionType] = {}
        parts = {part: freeze(part_of(law, part), register_jitable, known) for part in PARTS}
        _LAWS[mark] = BuiltIn(law, parts, None, type("State", (State,), {"__annotations__": {"own": own}}))
    return mark


def pack_numbers(law: EscalationLaw, mark: str) -> dict[str, Packed]:
    """Give a law's own numbers, as they are now, as a value of the state's record; none where they are built in."""
    built = _LAWS[mark]
    if built.constants is not None:
        return {}
    return {"own": Packed(get_type_hints(built.state)["own"], numbers_of(law), {})}


@cache
def check_compiles(mark: str) -> None:
    """Find out in a second or two whether a law of one's own can be compiled; ours can.

    Raises
    ------
    CannotCompile : it cannot; see `reasons`.
    """
    built = _LAWS[mark]
    if built.constants is None:
        reasons.check_methods(built.law, built.parts, RecordType(get_type_hints(built.state)["own"]))


def state_of(mark: str) -> type[State]:
    """Give the record of the state under a law."""
    return _LAWS[mark].state


def _part(record_type: Any, name: str) -> tuple[Any, Any]:
    built = _LAWS[record_type.mark]
    return register_jitable(built.parts[name]), built.constants


@overload(rates.mood_of, strict=False)
def _mood_of(st: Any, view: Any) -> Any:
    mood, constants = _part(st, "mood")
    if constants is None:
        return lambda st, view: mood(st.own, st.facts.law, view)
    return lambda st, view: mood(constants, st.facts.law, view)


@overload(rates.hazards_of, strict=False)
def _hazards_of(st: Any, view: Any, mood: Any) -> Any:
    hazards, constants = _part(st, "hazards")
    if constants is None:

        def of_own(st: Any, view: Any, mood: Any) -> Any:
            h = hazards(st.own, st.facts.law, view, mood)  # whole numbers among them would be of another type
            return (float(h[0]), float(h[1]), float(h[2]), float(h[3]), float(h[4]), float(h[5]), float(h[6]))

        return of_own
    return lambda st, view, mood: hazards(constants, st.facts.law, view, mood)


@overload(rates.harms_of, strict=False)
def _harms_of(st: Any, view: Any, mood: Any) -> Any:
    harms, constants = _part(st, "harms")
    if constants is None:

        def of_own(st: Any, view: Any, mood: Any) -> Any:
            h = harms(st.own, st.facts.law, view, mood)
            return (float(h[0]), float(h[1]), float(h[2]), float(h[3]), float(h[4]), float(h[5]))

        return of_own
    return lambda st, view, mood: harms(constants, st.facts.law, view, mood)


# ---------------------------------------------------------------- compiling

_DIFFERENT = (
    streams.mix,
    streams.stream,
    streams.uniform,
    state.keep,
    state.make_room,
    rates.mood_of,
    rates.hazards_of,
    rates.harms_of,
    dispatch.add_column,
)


def _let_compile() -> None:
    """Allow every function of the simulation in compiled code; in Python they stay what they are."""
    for module in SOURCES[1:-1]:
        for thing in vars(module).values():
            if isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and thing not in _DIFFERENT:
                register_jitable(thing)


_let_compile()


@cache
def source_key() -> int:
    """Hash everything that machine code is made from: our sources, and the versions of the compiler."""
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__}".encode())
    for file in (*(module.__file__ for module in SOURCES), __file__):
        digest.update(Path(str(file)).read_bytes())
    return int.from_bytes(digest.digest()[:7], "little")


Run = Callable[[Packed, Packed, Packed, int, int], int]


@cache
def player(mark: str) -> Run:
    """Give the function that plays replications `first` to `last` (exclusive) of a `Job`.

    It gives the number of the first one that did not fit into the arrays, `last` if all did.

    Parameters
    ----------
    mark : of the law, see `law_mark`.

    Raises
    ------
    numba.core.errors.NumbaError : the law cannot be compiled.
    """

    def play(st: Any, ag: Any, job: Any, first: int, last: int) -> int:
        return play_all(st, ag, job, first, last)

    return _compile(play, mark, Job)


@cache
def tryer(mark: str) -> Run:
    """Give the function that plays configurations `first` to `last` (exclusive) of a `Attempt`; see `player`."""

    def attempt(st: Any, ag: Any, work: Any, first: int, last: int) -> int:
        return try_all(st, ag, work, first, last)

    return _compile(attempt, mark, Attempt)


def _compile(function: Callable[..., int], mark: str, work: type) -> Run:
    built = _LAWS[mark]
    ours = built.constants is not None  # worth keeping; and known to divide by nothing that may be 0
    signature = types.int64(
        RecordType(built.state, mark), RecordType(Agenda), RecordType(work), types.int64, types.int64
    )
    compiled: Any = njit(nogil=True, error_model="numpy" if ours else "python")(function)
    if ours:
        compiled._cache = cache_of(function, mark)
    compiled.compile(signature)
    compiled.disable_compile()
    run: Run = compiled
    return run


def cache_of(function: Callable[..., int], mark: str) -> DiskCache:
    """Give the place on disk of a function with one of our laws built in; it is remembered for `disk_trouble`."""
    found = DiskCache(function, f"{function.__name__}-{type(_LAWS[mark].law).__name__}", f"{source_key()} {mark}")
    _CACHES.append(found)
    return found


_CACHES: list[DiskCache] = []  # of what was loaded or compiled since somebody asked


def file_of(run: Run) -> Path | None:
    """Give the file that holds a function of `player` or `tryer`; None where it is in memory alone."""
    kept: Path | None = getattr(getattr(run, "_cache", None), "kept", None)
    return kept


def disk_trouble() -> Message | None:
    """Say in one line what is wrong with the machine code on disk, once; None where nothing is or it was said."""
    caches = _CACHES.copy()
    _CACHES.clear()
    return trouble(caches)


def watch_compiling(tell: Callable[[], None] | None) -> Any:
    """Give a context in which `tell` is called once if the simulation is compiled anew, which takes a while."""
    return event.install_listener("numba:compile", _Listener(tell))


class _Listener(event.Listener):
    def __init__(self, tell: Callable[[], None] | None) -> None:
        self.tell = tell

    def on_start(self, _: Any) -> None:
        if self.tell is not None:
            self.tell()
            self.tell = None

    def on_end(self, _: Any) -> None:
        pass
