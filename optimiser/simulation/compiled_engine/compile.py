"""The compiled engine: `compiled_engine.replay` as machine code, many replications at a call.

Nothing of the simulation is written here, only what compiled code does differently: streams wrap around by themselves,
the log is an array, arrays cannot grow, and the law is machine code of its own, called by its address. So the
simulation is compiled once for all laws. It is kept on disk with the code of our laws, see `disk`; the key holds a hash
of every source it was made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Annotated, Any, NamedTuple

import llvmlite
import numba
import numpy as np
from numba import njit, types
from numba.core import cgutils, event
from numba.extending import intrinsic, overload

from optimiser.common import random_streams
from optimiser.common.message import Message
from optimiser.model.laws import constants, escalation_law, facilitation_law, risk_law
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw, Mood
from optimiser.simulation import dispatch, event_queue, events, indexed_instance, rates, record, state
from optimiser.simulation.compiled_engine import (
    actions,
    crowds,
    kernels,
    law_reasons,
    native_record,
    personnel,
    replay,
    subroutine,
)
from optimiser.simulation.compiled_engine.code_cache import DiskCache, trouble
from optimiser.simulation.compiled_engine.kernels import Attempt, Job, Part
from optimiser.simulation.compiled_engine.law_code import PARTS, freeze, is_ours, law_fingerprint, numbers_of, part_of
from optimiser.simulation.compiled_engine.native_record import Packed, RecordType
from optimiser.simulation.compiled_engine.subroutine import SUBROUTINE, as_subroutine
from optimiser.simulation.event_queue import Agenda
from optimiser.simulation.record import Ints
from optimiser.simulation.situations import orders
from optimiser.simulation.state import State
from optimiser.simulation.transitions import displacement, moving, officials, people, tiring, units

SIMULATION: tuple[ModuleType, ...] = (
    constants,
    escalation_law,
    facilitation_law,
    risk_law,
    indexed_instance,
    random_streams,
    events,
    state,
    rates,
    tiring,
    units,
    moving,
    officials,
    displacement,
    people,
    dispatch,
    orders,
    event_queue,
    actions,
    crowds,
    personnel,
    replay,
    kernels,
)
SOURCES: tuple[ModuleType, ...] = (*SIMULATION, record, native_record, subroutine)  # of machine code


# ---------------------------------------------------------------- what compiled code does differently


@overload(random_streams.mix, strict=False, jit_options=SUBROUTINE)
def _mix(z: Any) -> Any:
    def mix(z: Any) -> Any:
        z = np.uint64(z)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(random_streams.FIRST)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(random_streams.SECOND)
        return z ^ (z >> np.uint64(31))

    return mix


@overload(random_streams.stream, strict=False, jit_options=SUBROUTINE)
def _stream(key: Any, number: Any) -> Any:
    return lambda key, number: random_streams.mix(np.uint64(key) ^ random_streams.mix(np.uint64(number + 1)))


@overload(random_streams.uniform, strict=False, jit_options=SUBROUTINE)
def _uniform(key: Any, k: Any) -> Any:
    def uniform(key: Any, k: Any) -> Any:
        mixed = random_streams.mix(np.uint64(key) + np.uint64(k + 1) * np.uint64(random_streams.STEP))
        return (float(np.int64(mixed >> np.uint64(11))) + 0.5) * random_streams.UNIT

    return uniform


@overload(state.keep, strict=False, jit_options=SUBROUTINE)
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


@overload(state.make_room, strict=False, jit_options=SUBROUTINE)
def _make_room(st: Any) -> Any:
    def make_room(st: Any) -> None:
        st.full, st.out_count = 1, 0

    return make_room


@overload(dispatch.add_column, strict=False, jit_options=SUBROUTINE)
def _add_column(st: Any) -> Any:
    def add_column(st: Any) -> None:
        st.full, st.free_column = 1, 0

    return add_column


# ---------------------------------------------------------------- the law, apart from the simulation


class CompiledState(State):
    """The state as machine code has it, with the addresses of the law's machine code and of its own numbers."""

    law_code: int
    law_numbers: int
    words: Annotated[Ints, "words"]  # everything that changes, see `desks`


class LawParts(NamedTuple):
    """What machine code of a law is made from.

    Attributes
    ----------
    law : the first of its kind; later ones have the same methods and may have other numbers.
    parts : its methods; those of a law of one's own are copies, see `own.freeze`.
    numbers : the record of what the methods read from ``self``.
    """

    law: EscalationLaw
    parts: Mapping[str, FunctionType]
    numbers: type[record.Record]


_LAWS: dict[str, LawParts] = {}  # by mark


def law_mark(law: EscalationLaw) -> str:
    """Name the machine code of a law; laws of one class that differ by numbers alone share it.

    Raises
    ------
    CannotCompile : see `own.part_of`.
    """
    kind, kinds = type(law), {name: type(value) for name, value in numbers_of(law).items()}
    mark = f"{kind.__module__}.{kind.__qualname__}{tuple((name, k.__name__) for name, k in kinds.items())}"
    if not is_ours(law):
        mark += f"#{id(kind)}#{law_fingerprint(law)}"
    if mark not in _LAWS:  # the law is kept, and so nobody else gets the id of its class
        numbers = type("Numbers", (record.Record,), {"__annotations__": kinds, "frozen": True})
        known: dict[int, FunctionType] = {}
        parts = {name: part_of(law, name) for name in PARTS}
        if not is_ours(law):
            parts = {name: freeze(part, as_subroutine, known) for name, part in parts.items()}
        _LAWS[mark] = LawParts(law, parts, numbers)
    return mark


def pack_numbers(law: EscalationLaw, mark: str) -> Packed:
    """Give a law's own numbers, as they are now."""
    return Packed(_LAWS[mark].numbers, numbers_of(law), {})


@cache
def check_compiles(mark: str) -> None:
    """Find out in a second or two whether a law of one's own can be compiled; ours can.

    Raises
    ------
    CannotCompile : it cannot; see `reasons`.
    """
    law, parts, numbers = _LAWS[mark]
    if not is_ours(law):
        law_reasons.check_methods(law, parts, RecordType(numbers))


def _as_floats(numbers: Any) -> Any:
    """Return numbers as a tuple of floats: whole numbers among them would be of another type."""
    return tuple(map(float, numbers))


@overload(_as_floats, strict=False, jit_options=SUBROUTINE)
def _compiled_as_floats(numbers: Any) -> Any:
    if len(numbers) == 1:
        return lambda numbers: (float(numbers[0]),)
    return lambda numbers: (float(numbers[0]),) + _as_floats(numbers[1:])  # noqa: RUF005


_RATES = (types.UniTuple(types.float64, count) for count in (state.CHANNEL_COUNT, state.HARM_COUNT))
_ANSWER = types.Tuple((law_reasons.MOOD, *_RATES))


@cache
def law_code(mark: str) -> Any:
    """Give the machine code of a law: mood, hazards and harm rates of a view, as `rates.ask_law`.

    Raises
    ------
    numba.core.errors.NumbaError : the law cannot be compiled.
    """
    law, parts, numbers = _LAWS[mark]
    mood, hazards, harms = (as_subroutine(parts[name]) for name in PARTS)

    def ask(own: Any, law: Any, view: Any) -> Any:
        m = mood(own, law, view)
        return Mood(*_as_floats(m)), _as_floats(hazards(own, law, view, m)), _as_floats(harms(own, law, view, m))

    ask.__qualname__ = f"ask_{hashlib.sha256(mark.encode()).hexdigest()[:16]}"  # its address is looked up by this name
    kept = f"law-{type(law).__name__}" if is_ours(law) else None
    # ours are known to divide by nothing that may be 0
    return compile_entry(ask, _ANSWER(RecordType(numbers), RecordType(Law), law_reasons.VIEW), kept, mark, is_ours(law))


def address_of(code: Any) -> int:
    """Give the address of a compiled function, for calls by numba's own convention.

    Raises
    ------
    RuntimeError : there is none.
    """
    (made,) = code.overloads.values()
    address = int(made.library.get_pointer_to_function(made.fndesc.llvm_func_name))
    if not address:
        raise RuntimeError(f"{made.fndesc.qualname} has no machine code")
    return address


@intrinsic
def _call_law(_: Any, code: Any, numbers: Any, law: Any, view: Any) -> Any:
    """Call the machine code of a law by its address; what it raises goes on to the caller."""
    kinds = (RecordType(record.Record), law, view)

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.call_conv.get_function_type(_ANSWER, kinds)
        code = builder.inttoptr(arguments[0], kind.as_pointer())
        own = builder.inttoptr(arguments[1], context.get_value_type(kinds[0]))
        status, answer = context.call_conv.call_function(builder, code, _ANSWER, kinds, (own, *arguments[2:]))
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return answer

    return _ANSWER(types.int64, types.int64, law, view), build


@overload(rates.ask_law, strict=False, jit_options=SUBROUTINE)
def _ask_law(st: Any, view: Any) -> Any:
    return lambda st, view: _call_law(st.law_code, st.law_numbers, st.constants, view)


# ---------------------------------------------------------------- compiling

_DIFFERENT = (
    random_streams.mix,
    random_streams.stream,
    random_streams.uniform,
    state.keep,
    state.make_room,
    rates.ask_law,
    dispatch.add_column,
)


def _let_compile() -> None:
    """Allow every function of the simulation in compiled code; in Python they stay what they are."""
    for module in SIMULATION:
        for thing in vars(module).values():
            if isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and thing not in _DIFFERENT:
                as_subroutine(thing)


_let_compile()


@cache
def source_key() -> int:
    """Hash everything that machine code is made from: our sources, the count of harms, the versions of the compiler."""
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__} {state.HARM_COUNT}".encode())
    for file in (*(module.__file__ for module in SOURCES), __file__):
        digest.update(Path(str(file)).read_bytes())
    return int.from_bytes(digest.digest()[:7], "little")


Run = Callable[[Packed, Packed, Packed, int, int], int]


@cache
def player() -> Run:
    """Give `kernels.play_all` as machine code; it serves every law. Raises a NumbaError if it cannot be compiled."""
    return _entry(kernels.play_all, Job, "play")


@cache
def tryer() -> Run:
    """Give `kernels.try_all` as machine code; it serves every law."""
    return _entry(kernels.try_all, Attempt, "attempt")


@cache
def resumer() -> Run:
    """Give `kernels.play_parts` as machine code; only what begins or ends in the middle of a day needs it."""
    return _entry(kernels.play_parts, Part, "part")


def _entry(function: Callable[..., Any], work: type, kept: str) -> Run:
    kinds = RecordType(CompiledState), RecordType(Agenda), RecordType(work), types.int64, types.int64
    run: Run = compile_entry(function, types.int64(*kinds), kept)
    return run


def compile_entry(
    function: Callable[..., Any], signature: Any, kept: str | None, mark: str = "", no_zero: bool = True
) -> Any:
    """Compile an entry point.

    Parameters
    ----------
    kept : name of its file; None where it is not worth keeping.
    mark : what else its machine code depends on.
    no_zero : whether it is known to divide by nothing that may be 0.
    """
    compiled: Any = njit(nogil=True, error_model="numpy" if no_zero else "python")(function)
    if kept is not None:
        compiled._cache = cache_of(function, kept, mark)
    compiled.compile(signature)
    compiled.disable_compile()
    return compiled


def cache_of(function: Callable[..., Any], name: str, mark: str) -> DiskCache:
    """Give the place on disk of an entry point; it is remembered for `disk_trouble`."""
    found = DiskCache(function, name, f"{source_key()} {mark}")
    _CACHES.append(found)
    return found


_CACHES: list[DiskCache] = []  # of what was loaded or compiled since somebody asked


def file_of(code: Any) -> Path | None:
    """Give the file that holds machine code of `player`, `tryer` or `law_code`; None where it is in memory alone."""
    kept: Path | None = getattr(getattr(code, "_cache", None), "kept", None)
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
