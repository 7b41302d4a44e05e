"""The small town with units that accompany the march, and a plan whose heads by place are counted by hand."""

from __future__ import annotations

from typing import Any

from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance

WITH = {"id": "with", "name": "Beside the march", "gathering": "march", "call_sign": "Elang 7"}
TEAMS = {
    ("terminal", "padal"): 1,
    ("kpu", "talk"): 1,
    ("kpu", "rope"): 2,
    ("kpu", "padal"): 1,
    ("polres", "shield"): 2,
    ("with", "rope"): 3,
    ("with", "talk"): 2,
    ("with", "padal"): 1,
}
HEADS = {"terminal": 2, "kpu": 3 + 2 * 10 + 2, "mall": 0, "polres": 2 * 10, "with": 3 * 10 + 2 * 3 + 2}
FORKED = (
    {"sector": "terminal", "stay": 40.0},
    {"sector": "kpu", "stay": 120.0, "route": "long"},
    {"sector": "mall", "stay": 60.0, "route": "long"},
    {"sector": "mall", "stay": 60.0, "route": "short"},
)
ROUTES = ({"id": "long", "weight": 3.0}, {"id": "short", "weight": 1.0})


def along_town(**march: Any) -> Instance:
    """Build the town with its march accompanied; keyword arguments replace fields of the march."""
    data = town().model_dump(mode="json")
    return town(accompaniments=[WITH], gatherings=[{**data["gatherings"][0], **march}])


def along_plan(instance: Instance) -> Deployment:
    """Place a line at the KPU, officers, a reserve, and two squads and negotiators beside the march."""
    return Deployment.build(instance, TEAMS, {})
