"""Plants single faults: changes by path in an instance and a plan that are right as they are."""

from __future__ import annotations

import copy
import json
from typing import Any

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY

Tree = dict[str, Any]


def put(tree: Any, path: str, value: Any) -> None:
    """Set one value: steps are keys, identifiers of list members or positions; missing tables are made."""
    *steps, last = path.split(".")
    for step in steps:
        if isinstance(tree, list):
            tree = tree[int(step)] if step.isdigit() else next(x for x in tree if x["id"] == step)
        else:
            tree = tree.setdefault(step, {})
    tree[int(last) if isinstance(tree, list) else last] = value


def change(world: Tree, plan: Tree, changes: Tree) -> tuple[Tree, Tree]:
    """Copy an instance and a plan with some values changed; paths begin with world or plan."""
    trees = {"world": copy.deepcopy(world), "plan": copy.deepcopy(plan)}
    for path, value in changes.items():
        put(trees, path, value)
    return trees["world"], trees["plan"]


def build(world: Tree, plan: Tree) -> tuple[Instance, Deployment]:
    """Read both as from files; the instance may contradict itself."""
    instance = Instance.model_validate_json(json.dumps(world), context=SHAPE_ONLY)
    return instance, Deployment.model_validate_json(json.dumps(plan))


EVERY_PHASE = ["green", "yellow", "red"]
MOVING_WORLD: Tree = {
    "name": "moving",
    "title": "Moving",
    "period": {"start": "2024-08-20T13:00:00", "hours": 6.0},
    "cap": 200,
    "sectors": [
        {"id": "terminal", "name": "Terminal", "x": 0.0, "y": 0.0, "staging_capacity": 60},
        {"id": "kpu", "name": "KPU", "x": 4.0, "y": 0.0, "staging_capacity": 80, "minimum": {"nego": 1}, "cover": 1},
        {"id": "mall", "name": "Mall", "x": 6.0, "y": 0.0, "staging_capacity": 60},
        {"id": "court", "name": "Court", "x": 7.0, "y": 0.0},
    ],
    "posts": [{"id": "polres", "name": "Polres", "x": 3.0, "y": 1.0, "mobile": 0.5}],
    "roles": [
        {"id": "command", "name": "Command", "phases": EVERY_PHASE, "officer": True},
        {"id": "nego", "name": "Negotiators", "phases": ["green", "yellow"], "stands": "sectors"},
        {"id": "line", "name": "Dalmas", "phases": ["green", "yellow"]},
        {"id": "phh", "name": "PHH", "phases": ["red"], "stands": "posts"},
    ],
    "teams": [
        {"id": "chief", "name": "Officers", "role": "command", "size": 2, "count": 6, "home": "polres"},
        {"id": "talkers", "name": "Talkers", "role": "nego", "size": 3, "count": 5, "home": "polres"},
        {"id": "squad", "name": "Squad", "role": "line", "size": 10, "count": 9, "home": "polres"},
        {"id": "sst", "name": "Brimob", "role": "phh", "size": 30, "count": 2, "home": "polres", "counts": False},
    ],
    "vehicles": [
        {"id": "truck", "name": "Truck", "count": 3, "home": "polres", "crew": 2, "seats": 40},
        {"id": "van", "name": "Van", "count": 1, "home": "polres", "crew": 1, "seats": 20, "stands": "posts"},
        {"id": "awc", "name": "AWC", "count": 1, "home": "polres", "crew": 4, "crew_role": "line"}
        | {"water_cannon": True, "endurance": 5.0},
        {"id": "car", "name": "Car", "count": 2, "home": "polres", "crew": 2, "crew_role": "line"}
        | {"escort_role": "nego", "escort": 3},
    ],
    "gatherings": [
        {
            "id": "march",
            "name": "March",
            "turnout": 300,
            "arrives": "13:30",
            "routes": [{"id": "usual", "weight": 9.0}, {"id": "seldom", "weight": 1.0}],
            "itinerary": [
                {"sector": "terminal", "stay": 30.0},
                {"sector": "kpu", "route": "usual"},
                {"sector": "mall", "route": "seldom"},
            ],
        }
    ],
    "accompaniments": [{"id": "beside", "name": "Beside the march", "gathering": "march", "staging_capacity": 40}],
    "movements": [
        {
            "id": "relay",
            "name": "Terminal, then KPU",
            "staging_capacity": 40,
            "legs": [{"sector": "terminal", "until": "14:30", "until_left": "march"}, {"sector": "kpu"}],
        },
        {
            "id": "joins",
            "name": "Court, then with the march",
            "staging_capacity": 40,
            "legs": [{"sector": "court", "until": "14:00"}, {"gathering": "march"}],
        },
    ],
    "doctrine": {"reserve_least": 2},
}
# beside 15 heads, relay 24 with the crew of a truck, joins 15; so 64 at KPU, 54 at the mall and 52 at the terminal
MOVING_PLAN: Tree = {
    "instance": "moving",
    "places": {
        "kpu": {"teams": {"chief": 1, "talkers": 1}, "vehicles": {}},
        "polres": {"teams": {"squad": 2}, "vehicles": {"van": 1}},
        "beside": {"teams": {"chief": 1, "talkers": 1, "squad": 1}, "vehicles": {}},
        "relay": {"teams": {"chief": 1, "squad": 2}, "vehicles": {"truck": 1}},
        "joins": {"teams": {"chief": 1, "talkers": 1, "squad": 1}, "vehicles": {"car": 1}},
    },
}
