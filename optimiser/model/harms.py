"""The table of harms: identifier, units, labels, weight and what each is part of. A new harm is a new row here.

The escalation law returns the rate of each harm in the order of `HARMS`; arrays of harms have one column for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.model.instance import Objective


@dataclass(frozen=True)
class Harm:
    """One harm.

    Attributes
    ----------
    id : its name in documents and tables.
    unit : its unit in documents and tables.
    label, measure : its name and unit where people read a list of harms.
    short : its name, with the unit where it is no count of people, where there is room for few words.
    weight : field of `Objective` with the points per unit.
    part_of : identifier of the sum that it is a part of; empty where it is none.
    later : whether documents of the first version of their format lack it.
    """

    id: str
    unit: str
    label: Message
    measure: Message
    short: Message
    weight: str
    part_of: str = ""
    later: bool = False


_PERSONS = Message("persons")
PARTICIPATION = "participation"

INJURIES = Harm(
    "injuries",
    unit="persons",
    label=Message("injured people, all alike"),
    measure=_PERSONS,
    short=Message("injured people"),
    weight="injury",
)
HARMS = (
    Harm(
        "injuries_participants",
        unit="persons",
        label=Message("of them participants"),
        measure=_PERSONS,
        short=Message("participants"),
        weight="injury",
        part_of="injuries",
    ),
    Harm(
        "injuries_public",
        unit="persons",
        label=Message("of them public"),
        measure=_PERSONS,
        short=Message("public"),
        weight="injury",
        part_of="injuries",
    ),
    Harm(
        "injuries_personnel",
        unit="persons",
        label=Message("of them personnel"),
        measure=_PERSONS,
        short=Message("personnel"),
        weight="injury",
        part_of="injuries",
    ),
    Harm(
        "process_minutes",
        unit="min",
        label=Message("critical process stopped"),
        measure=Message("minutes"),
        short=Message("process stopped, min"),
        weight="process_minute",
    ),
    Harm(
        "property",
        unit="units",
        label=Message("property damaged"),
        measure=Message("shop fronts"),
        short=Message("damage, shop fronts"),
        weight="property",
    ),
    Harm(
        "records",
        unit="units",
        label=Message("records lost"),
        measure=Message("units"),
        short=Message("records lost"),
        weight="records",
    ),
    Harm(
        PARTICIPATION,
        unit="person h",
        label=Message("participation lost"),
        measure=Message("person-hours"),
        short=Message("participation lost, person-hours"),
        weight="participation_hour",
        later=True,
    ),
)
INDEPENDENT = (INJURIES, *(harm for harm in HARMS if not harm.part_of))  # no two of them count the same thing
INJURED = (INJURIES, *(harm for harm in HARMS if harm.part_of == INJURIES.id))
LISTED = (*INJURED, *INDEPENDENT[1:])  # a sum above its parts
UNITS = {harm.id: harm.unit for harm in (*HARMS, INJURIES)}


def by_name(harms: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return each harm by its identifier, and the sums.

    Parameters
    ----------
    harms : in their units, shape (..., harms) in the order of `HARMS`.

    Returns
    -------
    Arrays of shape (...) in the order of `UNITS`.
    """
    named = {harm.id: harms[..., h] for h, harm in enumerate(HARMS)}
    total: Any = sum(named[harm.id] for harm in HARMS if harm.part_of == INJURIES.id)
    return {**named, INJURIES.id: total}


def weights(objective: Objective) -> tuple[float, ...]:
    """Return the points per unit of each harm, in the order of `HARMS`; every injured person counts the same."""
    return tuple(float(getattr(objective, harm.weight)) for harm in HARMS)
