"""A small town for tests: three sectors, one post, everything that a large instance has, once."""

from __future__ import annotations

from typing import Any

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY

ALL = ["green", "yellow", "red"]


def town(**changes: Any) -> Instance:
    """Build the town; keyword arguments replace top-level parts."""
    data: dict[str, Any] = {
        "name": "town",
        "title": "A small town",
        "period": {"start": "2024-08-20T13:00:00", "hours": 6},
        "cap": 250,
        "sectors": [
            {"id": "terminal", "name": "Terminal", "x": 0.0, "y": 0.0},
            {
                "id": "kpu",
                "name": "KPU",
                "x": 3.0,
                "y": 0.0,
                "public": 100,
                "property": 50.0,
                "records": 10.0,
                "official": {"name": "commission", "chance": 0.5, "staff": 7},
                "critical": [{"name": "recap", "start": "14:00", "end": "18:00"}],
            },
            {"id": "mall", "name": "Mall", "x": 4.0, "y": 1.0, "public": 300, "property": 200.0},
        ],
        "posts": [{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0}],
        "roles": [
            {"id": "talk", "name": "Negotiators", "phases": ["green", "yellow"], "dialogue": 1.0},
            {
                "id": "rope",
                "name": "Dalmas awal",
                "phases": ["green", "yellow"],
                "containment": {"green": 1.0, "yellow": 0.5},
            },
            {
                "id": "shield",
                "name": "Dalmas lanjut",
                "phases": ["yellow", "red"],
                "containment": {"yellow": 1.2, "red": 0.8},
                "visibility": 1.0,
            },
            {
                "id": "phh",
                "name": "PHH",
                "phases": ["red"],
                "containment": {"red": 1.5},
                "visibility": 1.5,
                "stands": "posts",
            },
            {"id": "care", "name": "Medics", "phases": ALL, "medical": 1.0},
            {"id": "arrest", "name": "Reskrim", "phases": ["yellow", "red"], "arrest": 1.0},
            {"id": "info", "name": "Intelkam", "phases": ALL, "information": 1.0},
            {"id": "padal", "name": "Padal", "phases": ALL, "officer": True},
        ],
        "teams": [
            {"id": "talk", "name": "Negotiator team", "role": "talk", "size": 3, "count": 5, "home": "polres"},
            {"id": "rope", "name": "Dalmas awal squad", "role": "rope", "size": 10, "count": 6, "home": "polres"},
            {"id": "shield", "name": "Dalmas lanjut squad", "role": "shield", "size": 10, "count": 6, "home": "polres"},
            {"id": "phh", "name": "PHH squad", "role": "phh", "size": 10, "count": 3, "home": "polres"},
            {"id": "care", "name": "Medical team", "role": "care", "size": 4, "count": 3, "home": "polres"},
            {"id": "arrest", "name": "Arrest team", "role": "arrest", "size": 5, "count": 3, "home": "polres"},
            {"id": "info", "name": "Information team", "role": "info", "size": 4, "count": 1, "home": "polres"},
            {"id": "padal", "name": "Officer in charge", "role": "padal", "size": 2, "count": 6, "home": "polres"},
            {
                "id": "brimob",
                "name": "Brimob platoon",
                "role": "phh",
                "size": 30,
                "count": 0,
                "home": "polres",
                "counts": False,
            },
        ],
        "vehicles": [
            {"id": "truck", "name": "Truck", "count": 3, "home": "polres", "seats": 30},
            {
                "id": "awc",
                "name": "Water cannon",
                "count": 1,
                "home": "polres",
                "crew": 4,
                "water_cannon": True,
                "endurance": 7.0,
                "refill": 25.0,
                "containment": {"red": 40.0},
                "visibility": 20.0,
                "escort_role": "shield",
                "escort": 10,
            },
        ],
        "gatherings": [
            {
                "id": "march",
                "name": "March",
                "turnout": 1200.0,
                "arrives": "13:30",
                "tension": 0.5,
                "itinerary": [
                    {"sector": "terminal", "stay": 40.0},
                    {"sector": "kpu", "stay": 120.0},
                    {"sector": "mall", "stay": 60.0},
                ],
            }
        ],
        "triggers": [{"id": "result", "name": "Result", "at": "15:30", "kind": "announcement", "tension": 0.2}],
        "reinforcements": [
            {
                "id": "outside",
                "name": "Brimob barracks",
                "x": 20.0,
                "y": 0.0,
                "team": "brimob",
                "teams": 2,
                "delay": 15.0,
            }
        ],
    }
    return Instance.model_validate({**data, **changes}, context=SHAPE_ONLY)


def posted(instance: Instance) -> Deployment:
    """Place a sensible deployment of the town: lines in front, shields, PHH, medics and the water cannon in reserve."""
    teams = {
        ("kpu", "talk"): 2,
        ("kpu", "rope"): 3,
        ("kpu", "care"): 1,
        ("kpu", "padal"): 1,
        ("terminal", "rope"): 3,
        ("terminal", "talk"): 1,
        ("terminal", "padal"): 1,
        ("polres", "shield"): 6,
        ("polres", "phh"): 3,
        ("polres", "care"): 1,
        ("polres", "arrest"): 1,
    }
    return Deployment.build(instance, teams, {("polres", "truck"): 3, ("polres", "awc"): 1})


def crowd(**changes):
    """One gathering that stays at KPU to the end, without spread."""
    gathering = {
        "id": "crowd",
        "name": "Crowd",
        "turnout": 1000.0,
        "turnout_spread": 0.0,
        "arrives": "13:00",
        "late": 0.0,
        "arrival_spread": 0.0,
        "groups": 1,
        "tension": 0.5,
        "tension_spread": 0.0,
        "itinerary": [{"sector": "kpu", "stay": 1000.0}],
    }
    return {**gathering, **changes}


def extended_town(**changes: Any) -> Instance:
    """Build the town with an official who has agreed, drawn crews, a kind outside the cap, an idle post."""
    data = town().model_dump(mode="json")
    data["posts"].append({"id": "school", "name": "School yard", "x": 1.0, "y": 1.0, "mobile": 0.5})
    data["vehicles"].append(
        {"id": "van", "name": "Medical van", "count": 2, "home": "polres", "crew": 2, "crew_role": "care"}
    )
    data["vehicles"].append({"id": "gate", "name": "Barrier", "count": 1, "home": "polres", "crew": 0})
    guard = {"id": "guard", "name": "Shop guards", "role": "rope", "size": 5, "count": 2, "home": "polres"}
    data["teams"].append({**guard, "counts": False})
    data["sectors"][1]["official"] = {"name": "commission", "promised": 15.0}
    return Instance.model_validate({**data, **changes}, context=SHAPE_ONLY)
