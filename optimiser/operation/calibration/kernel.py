"""`recording.weigh_days` and `sampler.advance` as machine code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.calibration import recording, sampler
from optimiser.operation.calibration.recording import Days, Weighed
from optimiser.operation.calibration.sampler import ChainState
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.native_record import Packed, RecordType
from optimiser.simulation.compiled_engine.subroutine import SUBROUTINE, as_subroutine
from optimiser.simulation.engine import Floats


class CompiledDays(Days):
    """Days as machine code has them, with the addresses of the law's machine code and of its own numbers."""

    law_code: int
    law_numbers: int


class CompiledChainState(ChainState):
    """A chain as machine code has it."""

    days: CompiledDays


@overload(recording.settle_law, strict=False, jit_options=SUBROUTINE)  # type: ignore[arg-type]
def _settle_law(days: Any) -> Any:  # noqa: ARG001 - numba goes by names
    return lambda days: None  # noqa: ARG005


@cache
def _entries() -> tuple[Callable[[Packed], int], Callable[[Packed], int]]:
    """Give `recording.weigh_days` and `sampler.advance` as machine code; they serve every law."""
    for module in (recording, sampler):
        for thing in vars(module).values():
            ours = isinstance(thing, FunctionType) and thing.__module__ == module.__name__
            if ours and thing is not recording.settle_law:
                as_subroutine(thing)
    files = (Path(str(module.__file__)).read_bytes() for module in (recording, sampler))
    mark = hashlib.sha256(b"".join(files)).hexdigest()
    days, chain = (types.int64(RecordType(kind)) for kind in (CompiledDays, CompiledChainState))
    return (
        compile.compile_entry(recording.weigh_days, days, "weigh", mark),
        compile.compile_entry(sampler.advance, chain, "chain", mark),
    )


class CompiledWeigher:
    """Days in arrays and the machine code that weighs them.

    Parameters
    ----------
    law : one of those that ship.
    values, sizes : of `Days`.

    Attributes
    ----------
    came_with : tension that gatherings bring, shape (days, gatherings); written into.
    """

    def __init__(self, law: EscalationLaw, values: dict[str, Any], sizes: dict[str, int]) -> None:
        mark = compile.law_mark(law)
        self.numbers = compile.pack_numbers(law, mark)
        self.run, _ = _entries()
        values = values | {"law_code": compile.address_of(compile.law_code(mark)), "law_numbers": self.numbers.address}
        self.days = _pack_days(values, sizes)
        self.came_with = self.days["came_with"]
        self._given = values, sizes

    def weigh(self, constants: Floats) -> Weighed:
        """Weigh all days under some constants, in the order of `Law`."""
        self.days["constant"][:] = constants
        self.run(self.days)
        return Weighed(*(self.days[name].copy() for name in Weighed.__dataclass_fields__))

    def chain(self, constants: Floats, values: dict[str, Any], sizes: dict[str, int]) -> CompiledChain:
        """Return what moves a chain; see `likelihood.Likelihood.chain`."""
        days = _pack_days(*self._given)
        days["constant"][:] = constants
        return CompiledChain(days, values, sizes, self)


class CompiledChain:
    """A chain in arrays, and the machine code that moves it.

    Parameters
    ----------
    days : of its own.
    values, sizes : of `ChainState`.
    keeper : of what the days point to.
    """

    def __init__(self, days: Packed, values: dict[str, Any], sizes: dict[str, int], keeper: CompiledWeigher) -> None:
        _, self.run = _entries()
        self.state, self.keeper = Packed(CompiledChainState, values | {"days": days}, sizes), keeper

    def move(self, steps: int, axes: Floats, normals: Floats) -> Floats:
        """Go some steps; see `likelihood.Chain`."""
        self.state["axes"][:], self.state["normal"][:] = axes, normals
        self.state["steps"][...] = steps
        self.run(self.state)
        kept: Floats = self.state["kept"][:steps].copy()
        return kept


def _pack_days(values: dict[str, Any], sizes: dict[str, int]) -> Packed:
    constant = np.zeros(len(Law._fields))
    named = {name: constant[i : i + 1] for i, name in enumerate(Law._fields)}  # no copies
    return Packed(CompiledDays, values | {"constant": constant, "constants": Packed(Law, named, {})}, sizes)
