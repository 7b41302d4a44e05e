"""A small valid instance, as data and read; programs that readers use."""

from __future__ import annotations

import copy
import os
import shutil
from typing import Any

import pytest

from optimiser.files.read import parse
from optimiser.model.instance import Instance

EVERY_PHASE = ["green", "yellow", "red"]
SMALL: dict[str, Any] = {
    "format": "optimiser-instance/1",
    "name": "small",
    "title": "Two sectors and a post",
    "period": {"start": "2024-08-20T13:00:00", "hours": 5},
    "cap": 60,
    "sectors": [
        {
            "id": "kpu",
            "name": "KPU",
            "x": 0.0,
            "y": 0.0,
            "property": 20,
            "records": 5,
            "critical": [{"name": "recap", "start": "13:30", "end": "17:00"}],
            "official": {"name": "commissioner", "chance": 0.6},
            "minimum": {"talk": 1},
            "maximum": {"talk": 2},
            "spill_to": "market",
        },
        {"id": "market", "name": "Market", "x": 2.0, "y": 0.0, "public": 200},
    ],
    "posts": [{"id": "polres", "name": "Polres", "x": 1.0, "y": 1.0}],
    "roles": [
        {"id": "talk", "name": "Negotiators", "phases": ["green", "yellow"], "dialogue": 1.0},
        {"id": "line", "name": "Dalmas", "phases": ["green", "yellow"], "containment": {"green": 1.0, "yellow": 1.0}},
        {"id": "phh", "name": "PHH", "phases": ["red"], "containment": {"red": 2.0}, "visibility": 1.0},
        {"id": "padal", "name": "Officer in charge", "phases": EVERY_PHASE, "officer": True},
    ],
    "teams": [
        {"id": "nego", "name": "Negotiators", "role": "talk", "size": 3, "count": 2, "home": "polres"},
        {"id": "dalmas", "name": "Dalmas squad", "role": "line", "size": 10, "count": 3, "home": "polres"},
        {
            "id": "brimob",
            "name": "PHH squad",
            "role": "phh",
            "size": 10,
            "count": 1,
            "home": "polres",
            "available": "14:00",
        },
        {"id": "chief", "name": "Officers", "role": "padal", "size": 1, "count": 2, "home": "polres"},
    ],
    "vehicles": [
        {"id": "truck", "name": "Truck", "count": 1, "home": "polres", "seats": 30},
        {
            "id": "awc",
            "name": "Water cannon",
            "count": 1,
            "home": "polres",
            "crew": 4,
            "crew_role": "phh",
            "water_cannon": True,
            "endurance": 7,
            "refill": 25,
            "escort_role": "line",
            "escort": 4,
        },
    ],
    "travel": {"kind": "coordinates", "closures": [{"a": "kpu", "b": "market", "start": "15:00"}]},
    "gatherings": [
        {
            "id": "recount",
            "name": "People who ask for a recount",
            "turnout": {"value": 400, "low": 200, "high": 900, "source": "assumed"},
            "arrives": "14:00",
            "itinerary": [{"sector": "kpu"}, {"sector": "market", "stay": 30}],
        }
    ],
    "triggers": [
        {"id": "result", "name": "Result read out", "kind": "announcement", "at": "16:00", "sectors": ["kpu"]}
    ],
    "reinforcements": [{"id": "martapura", "name": "Martapura", "x": 20.0, "y": 0.0, "team": "brimob", "teams": 2}],
    "pins": [{"place": "kpu", "what": "padal", "at_least": 1, "at_most": 2}],
    "law": {"risk_aversion": 0.25},
}


def small_data(**changes: Any) -> dict[str, Any]:
    """Copy the small instance as it stands in a file; `changes` replace whole parts."""
    return {**copy.deepcopy(SMALL), **changes}


def small_instance(**changes: Any) -> Instance:
    """Read the small instance; `changes` replace whole parts."""
    return parse(small_data(**changes), "small")


def program(name: str) -> str:
    """Find a program that readers use; without it the test is skipped, but never where a change is decided on."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed; see .ci/run")
        pytest.skip(f"{name} is not installed")
    return found
