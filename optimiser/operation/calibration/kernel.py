"""`recording.weigh_days` as machine code, and in Python where nothing may be compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numba import types

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.calibration import recording
from optimiser.operation.calibration.recording import Days, Weighed
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.native_record import Packed, RecordType
from optimiser.simulation.compiled_engine.subroutine import as_subroutine
from optimiser.simulation.engine import Floats


class CompiledDays(Days):
    """Days as machine code has them, with the addresses of the law's machine code and of its own numbers."""

    law_code: int
    law_numbers: int


@cache
def weigher() -> Callable[[Packed], int]:
    """Give `recording.weigh_days` as machine code; it serves every law."""
    for name in ("weigh_day", "add_span", "view_of", "bound_tension"):
        as_subroutine(getattr(recording, name))
    source = hashlib.sha256(Path(str(recording.__file__)).read_bytes()).hexdigest()
    run: Callable[[Packed], int] = compile.compile_entry(
        recording.weigh_days, types.int64(RecordType(CompiledDays)), "weigh", source
    )
    return run


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
        self.run = weigher()
        constant = np.zeros(len(Law._fields))
        named = {name: constant[i : i + 1] for i, name in enumerate(Law._fields)}  # no copies
        values = values | {"constant": constant, "constants": Packed(Law, named, {})}
        values |= {"law_code": compile.address_of(compile.law_code(mark)), "law_numbers": self.numbers.address}
        self.days = Packed(CompiledDays, values, sizes)
        self.came_with = self.days["came_with"]

    def weigh(self, constants: Floats) -> Weighed:
        """Weigh all days under some constants, in the order of `Law`."""
        self.days["constant"][:] = constants
        self.run(self.days)
        return Weighed(*(self.days[name].copy() for name in Weighed.__dataclass_fields__))
