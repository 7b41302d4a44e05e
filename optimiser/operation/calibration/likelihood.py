"""The likelihood of observed days for any constants of the law and any tension that gatherings came with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.calibration.recording import SPAN, VIEW_SIZE, Days, Recorded, Weighed, weigh_days
from optimiser.simulation.engine import Floats, Ints
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.state import CHANNEL_COUNT


class Likelihood:
    """Observed days, to be asked how likely they are.

    Parameters
    ----------
    facts : of the instance.
    days : each recorded, see `replay.record`.
    law : whose constants are asked about.

    Attributes
    ----------
    sectors, count : how many sectors and days.
    came : day and gathering of every tension that somebody came with, shape (tensions, 2).
    rang : rings of each channel, shape (days, channels).
    """

    def __init__(self, facts: Facts, days: Sequence[Recorded], law: EscalationLaw) -> None:
        self.sectors, self.count = facts.sizes["sectors"], len(days)
        self.came: Ints = np.array([(d, g) for d, day in enumerate(days) for g in sorted(day.came)], dtype=np.int64)
        self.came = self.came.reshape(-1, 2)
        self.rang: Ints = np.array([day.rings for day in days], dtype=np.int64).reshape(len(days), CHANNEL_COUNT)
        values, sizes = _lay_out(facts, days)
        self._weigher = _choose(law, values, sizes)

    def weigh(self, constants: Floats, tension: Floats) -> Weighed:
        """Weigh all days.

        Parameters
        ----------
        constants : in the order of `CONSTANTS`, shape (constants,).
        tension : that gatherings came with, in the order of `came`, shape (tensions,).
        """
        self._weigher.came_with[self.came[:, 0], self.came[:, 1]] = tension
        weighed: Weighed = self._weigher.weigh(constants)
        return weighed


def _lay_out(facts: Facts, days: Sequence[Recorded]) -> tuple[dict[str, Any], dict[str, int]]:
    """Put the programs of all days one after another; views are numbered through."""
    steps = [step for day in days for step in day.steps]
    first, before = np.cumsum([0, *(len(day.steps) for day in days)]), np.cumsum([0, *(len(d.views) for d in days)])
    code = np.array([step[:4] for step in steps], dtype=np.int64).reshape(-1, 4)
    for d in range(len(days)):
        spans = code[first[d] : first[d + 1]]
        spans[spans[:, 0] == SPAN, 2] += before[d]
    values = {
        "step_first": first,
        "code": code,
        "number": np.array([step[4:] for step in steps], dtype=float).reshape(-1, 2),
        "seen": np.array([view for day in days for view in day.views], dtype=float).reshape(-1, VIEW_SIZE),
    }
    sizes = {
        "days": len(days),
        "days and one": len(days) + 1,
        "steps": len(steps),
        "views": len(values["seen"]),
        "gatherings": facts.sizes["gatherings"],
        "sectors": facts.sizes["sectors"],
        "registers": max([1, *(day.registers for day in days)]),
    }
    return values, sizes


class _PythonWeigher:
    """Days in lists, weighed by Python: the same numbers, some hundred times slower."""

    def __init__(self, law: EscalationLaw, values: dict[str, Any], sizes: dict[str, int]) -> None:
        days: Any = Days(sizes)
        self.days, days.law = days, law
        for name, value in values.items():
            setattr(self.days, name, value.tolist())
        self.came_with = np.zeros((sizes["days"], sizes["gatherings"]))

    def weigh(self, constants: Floats) -> Weighed:
        self.days.constants, self.days.came_with = Law(*constants.tolist()), self.came_with.tolist()
        weigh_days(self.days)
        return Weighed(*(np.array(getattr(self.days, name)) for name in Weighed.__dataclass_fields__))


def _choose(law: EscalationLaw, values: dict[str, Any], sizes: dict[str, int]) -> Any:
    from optimiser.simulation.compiled_engine.engine import forbidden  # noqa: PLC0415 - numba takes a while

    if forbidden() is not None:
        return _PythonWeigher(law, values, sizes)
    from optimiser.operation.calibration.kernel import CompiledWeigher  # noqa: PLC0415
    from optimiser.simulation.compiled_engine.law_code import CannotCompile  # noqa: PLC0415

    try:
        return CompiledWeigher(law, values, sizes)
    except CannotCompile:
        return _PythonWeigher(law, values, sizes)
