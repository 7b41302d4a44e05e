"""The small town with a second shift that comes at 16:00, and a plan whose heads by place are counted by hand."""

from __future__ import annotations

from typing import Any

from support.town import extended_town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY

TEAMS = {
    ("kpu", "talk"): 2,
    ("kpu", "rope"): 2,
    ("kpu", "late"): 1,
    ("kpu", "care"): 1,
    ("kpu", "padal"): 1,
    ("mall", "guard"): 2,
    ("mall", "padal"): 1,
    ("terminal", "rope"): 3,
    ("terminal", "padal"): 1,
    ("polres", "shield"): 4,
    ("polres", "late"): 1,
    ("polres", "care"): 1,
}
VEHICLES = {("kpu", "truck"): 1, ("kpu", "van"): 1, ("polres", "truck"): 2, ("polres", "awc"): 1}
HEADS = {
    "kpu": 2 * 3 + 2 * 10 + 10 + 4 + 2 + 2,  # the last two drive the truck; medics drive the van
    "mall": 2 * 5 + 2,  # the guards are outside the cap
    "terminal": 3 * 10 + 2,
    "polres": 4 * 10 + 10 + 4 + 2 * 2 + 4,  # two trucks, and the crew of the water cannon
    "school": 0,
}
LATE = 10  # of these at the KPU and at the Polres, from 16:00


def late_town(**changes: Any) -> Instance:
    """Build the town with a second shift, every place in degrees; keyword arguments replace top-level parts."""
    data = extended_town().model_dump(mode="json")
    rope = next(team for team in data["teams"] if team["id"] == "rope")
    name = "Dalmas awal, second shift"
    data["teams"].append({**rope, "id": "late", "name": name, "count": 2, "available": "16:00"})
    for place in (*data["sectors"], *data["posts"], *data["reinforcements"]):
        km = place.pop("y"), place.pop("x")  # a hundredth of a degree is a little more than a kilometre
        place |= {"lat": -4.0 + km[0] / 100.0, "lon": 104.0 + km[1] / 100.0}
    return Instance.model_validate({**data, **changes}, context=SHAPE_ONLY)


def shifts(instance: Instance) -> Deployment:
    """Place both shifts, vehicles with crews of their own and one with a crew of medics."""
    return Deployment.build(instance, TEAMS, VEHICLES)
