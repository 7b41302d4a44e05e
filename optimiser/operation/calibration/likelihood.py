"""The likelihood of observed days for any constants of the law and any tension that gatherings came with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.calibration.recording import SPAN, VIEW_SIZE, Days, Injured, Recorded, Weighed, weigh_days
from optimiser.operation.calibration.sampler import ChainState, advance
from optimiser.simulation.engine import Floats, Ints
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.state import CHANNEL_COUNT, HARM_COUNT


class Chain(Protocol):
    """What moves a chain; each may be moved in a thread of its own."""

    def move(self, steps: int, axes: Floats, normals: Floats) -> Floats:
        """Go some steps with the help of a normal distribution.

        Parameters
        ----------
        axes : of the distribution, see `posterior.Normal`; one a row.
        normals : independent standard normals that stand for where the chain is.

        Returns
        -------
        The points, shape (steps, numbers).
        """


class Likelihood:
    """Observed days, to be asked how likely they are.

    Parameters
    ----------
    facts : of the instance.
    days : each recorded, see `replay.record`.
    law : whose constants are asked about.
    injured : who were counted.

    Attributes
    ----------
    count : how many days.
    came : day and gathering of every tension that somebody came with, shape (tensions, 2).
    rang : rings of each channel, shape (days, channels).
    """

    def __init__(
        self, facts: Facts, days: Sequence[Recorded], law: EscalationLaw, injured: Sequence[Injured] = ()
    ) -> None:
        self.count = len(days)
        self.came: Ints = np.array([(d, g) for d, day in enumerate(days) for g in sorted(day.came)], dtype=np.int64)
        self.came = self.came.reshape(-1, 2)
        self.rang: Ints = np.array([day.rings for day in days], dtype=np.int64).reshape(len(days), CHANNEL_COUNT)
        values, sizes = _lay_out(facts, days, injured)
        self._weigher = _choose(law, values, sizes)

    def chain(self, constants: Floats, values: dict[str, Any], sizes: dict[str, int]) -> Chain:
        """Return what moves a chain through constants and tensions.

        Parameters
        ----------
        constants : those that do not move keep these values, shape (constants,).
        values, sizes : of `sampler.ChainState`.
        """
        chain: Chain = self._weigher.chain(
            constants, values, sizes | {"days": self.count, "days and one": self.count + 1}
        )
        return chain

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


def _lay_out(
    facts: Facts, days: Sequence[Recorded], injured: Sequence[Injured]
) -> tuple[dict[str, Any], dict[str, int]]:
    """Put the programs of all days one after another; views are numbered through."""
    steps = [step for day in days for step in day.steps]
    first, before = np.cumsum([0, *(len(day.steps) for day in days)]), np.cumsum([0, *(len(d.views) for d in days)])
    code = np.array([step[:4] for step in steps], dtype=np.int64).reshape(-1, 4)
    for d in range(len(days)):
        spans = code[first[d] : first[d + 1]]
        spans[spans[:, 0] == SPAN, 2] += before[d]
    rows = sorted(injured, key=lambda row: row.day)
    values = {
        "injured_first": np.searchsorted([row.day for row in rows], np.arange(len(days) + 1)),
        "injured_number": np.array([row.number for row in rows], dtype=float),
        "injured_sector": np.array([row.sector for row in rows], dtype=np.int64),
        "injured_harm": np.array([[int(h in row.harms) for h in range(HARM_COUNT)] for row in rows], dtype=np.int64),
        "step_first": first,
        "code": code,
        "number": np.array([step[4:] for step in steps], dtype=float).reshape(-1, 2),
        "seen": np.array([view for day in days for view in day.views], dtype=float).reshape(-1, VIEW_SIZE),
    }
    sizes = {
        "days": len(days),
        "injured": len(rows),
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
        self.days = _fill(Days(sizes), values)
        self.days.law = law
        self.came_with = np.zeros((sizes["days"], sizes["gatherings"]))
        self._given = law, values, sizes

    def weigh(self, constants: Floats) -> Weighed:
        self.days.constant, self.days.came_with = constants.tolist(), self.came_with.tolist()
        weigh_days(self.days)
        return Weighed(*(np.array(getattr(self.days, name)) for name in Weighed.__dataclass_fields__))

    def chain(self, constants: Floats, values: dict[str, Any], sizes: dict[str, int]) -> _PythonChain:
        alone = _PythonWeigher(*self._given)
        alone.days.constant, alone.days.came_with = constants.tolist(), alone.came_with.tolist()
        return _PythonChain(alone.days, values, sizes)


class _PythonChain:
    """A chain in lists, moved by Python."""

    def __init__(self, days: Days, values: dict[str, Any], sizes: dict[str, int]) -> None:
        self.state = _fill(ChainState(sizes), values)
        self.state.days = days

    def move(self, steps: int, axes: Floats, normals: Floats) -> Floats:
        self.state.steps, self.state.axes, self.state.normal = steps, axes.tolist(), normals.tolist()
        advance(self.state)
        return np.array(self.state.kept[:steps])


def _fill(record: Any, values: dict[str, Any]) -> Any:
    for name, value in values.items():
        setattr(record, name, value.tolist() if isinstance(value, np.ndarray) else value)
    return record


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
