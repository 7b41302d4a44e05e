"""What a plan file says is to be expected: harms with intervals, phases by sector, what a promised reception brings.

A plan file is not trusted: only what papers need is taken from it, and only in the shape that it should have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault, write_place
from optimiser.files.formats import demand_format
from optimiser.planning.evaluation import Interval

MOST_TOLD = 20  # faults listed; more of one file help nobody
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Estimate(_Part):
    """A mean over scenarios with its 95 % interval; an end is None where it is not known."""

    mean: Number
    low: Number | None
    high: Number | None
    count: Annotated[int, Field(ge=0)]
    unusual: Annotated[int | None, Field(ge=0)] = None  # None where an older file does not tell
    usual: Number | None = None

    @property
    def interval(self) -> Interval:
        """The same as an `Interval`."""
        unusual, usual = self.count if self.unusual is None else self.unusual, self.usual or 0.0
        if self.low is None or self.high is None:
            return Interval(self.mean, math.inf, self.count, unusual, usual)
        half, middle = 0.5 * (self.high - self.low), 0.5 * (self.high + self.low)
        return Interval(self.mean, half, self.count, unusual, usual, middle - self.mean)


class Stay(_Part):
    """How long a sector is in a phase: mean minutes, and the share of scenarios that reach it."""

    minutes: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    reached: Share


class StoredChange(_Part):
    """A paired difference in points."""

    loss: Estimate
    sentence: Annotated[str, Field(max_length=200)] = ""


class StoredReception(_Part):
    """What it would bring if an official of a sector received the delegation within so many minutes."""

    sector: str
    minutes: Number
    change: StoredChange


class StoredParticipation(_Part):
    """Person-hours of lawful assembly that people mean to have, and the share of them that is not lost."""

    meant: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    held: Share | None


class StoredEvaluation(_Part):
    """Harms by name, shares of scenarios by their worst phase, phases by sector; no participation in older files."""

    scenarios: Annotated[int, Field(ge=1)]
    harms: dict[str, Estimate]
    worst_phase: dict[str, Share]
    phases: dict[str, dict[str, Stay]]
    participation: StoredParticipation | None = None


class StoredIntervals(_Part):
    """The same points with their intervals, on fresh scenarios."""

    fewer: Estimate | None = None
    more: Estimate | None = None


class StoredMargin(_Part):
    """Points that one team fewer or one more of a kind would change; None where not tried.

    Attributes
    ----------
    intervals : None in plans of early versions, whose points come from the scenarios that the plan was chosen on.
    """

    team: str
    fewer: Number | None = None
    more: Number | None = None
    intervals: StoredIntervals | None = None


class StoredSector(_Part):
    """What the search learned about a sector."""

    id: str
    margins: tuple[StoredMargin, ...] = ()


class StoredOrigin(_Part):
    """The instance that a plan was made for."""

    sha256: str = ""


class Expectation(_Part):
    """What is expected under a plan.

    Attributes
    ----------
    evaluation : on fresh scenarios; None where nothing was played.
    levers : receptions that were compared.
    sectors : with what one team fewer or more is worth there.
    instance : what the plan was made for.
    """

    evaluation: StoredEvaluation | None = None
    levers: tuple[StoredReception, ...] = ()
    sectors: tuple[StoredSector, ...] = ()
    instance: StoredOrigin = StoredOrigin()


NOTHING = Expectation()


def expect(document: Mapping[str, Any], source: str = "plan") -> Expectation:
    """Take from a plan document what is to be expected; a plain deployment says nothing of it.

    Raises
    ------
    InputFault : a part of it has another shape than `optimiser schema plan` says, or it is of a later version.
    """
    if "format" in document:
        demand_format(document, source)
    parts = {name: document[name] for name in ("evaluation", "levers", "sectors", "instance") if name in document}
    if not isinstance(parts.get("instance", {}), Mapping):  # of a deployment it is the name
        del parts["instance"]
    try:
        lists = {name: _tuple(parts.get(name, ())) for name in ("levers", "sectors")}
        return Expectation.model_validate({**parts, **lists})
    except ValidationError as error:
        repair = "take the file as the program wrote it; `optimiser schema plan` prints its shape"
        found = error.errors(include_url=False)[:MOST_TOLD]
        faults = [make_fault("wrong-type", write_place(e["loc"]), e["input"], e["msg"], repair) for e in found]
        raise InputFault(source, faults) from None


def _tuple(value: Any) -> Any:
    """Turn lists into the tuples that are asked for, those of a sector's margins too."""
    if not isinstance(value, list):
        return value
    return tuple(
        {**item, "margins": _tuple(item["margins"])} if isinstance(item, Mapping) and "margins" in item else item
        for item in value
    )
