"""A town of three sectors whose days tell about nearly every constant of the law, and days of it under any law."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimiser.files.read import parse, parse_deployment
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.recording import Injured, Recorded
from optimiser.operation.calibration.replay import record
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.events import Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import REPORTING, Scenarios, draw, vary

EVERY_PHASE = ["green", "yellow", "red"]
MILITANT = {"green": 0.05, "yellow": 0.15, "red": 0.3}
TOWN: dict[str, Any] = {
    "format": "optimiser-instance/1",
    "name": "learning-town",
    "title": "Three sectors to learn a law from",
    "period": {"start": "2024-08-20T09:00:00", "hours": 6},
    "cap": 80,
    "sectors": [
        {
            "id": "kpu",
            "name": "KPU",
            "x": 0.0,
            "y": 0.0,
            "public": 40,
            "property": 20,
            "records": 10,
            "official": {"name": "commissioner", "chance": 0.6, "after": 40.0, "spread": 20.0, "staff": 5},
            "spill_to": "market",
        },
        {"id": "market", "name": "Market", "x": 1.0, "y": 0.0, "public": 200, "property": 20},
        {"id": "bawaslu", "name": "Bawaslu", "x": 2.0, "y": 0.0, "public": 20, "property": 5, "traffic_need": 4},
    ],
    "posts": [{"id": "polres", "name": "Polres", "x": 1.0, "y": 1.0}],
    "roles": [
        {"id": "talk", "name": "Negotiators", "phases": ["green", "yellow"], "dialogue": 1.0},
        {
            "id": "line",
            "name": "Dalmas",
            "phases": EVERY_PHASE,
            "containment": {"green": 1.0, "yellow": 1.2, "red": 0.8},
            "visibility": 1.0,
        },
        {"id": "arrest", "name": "Arrest team", "phases": ["yellow", "red"], "arrest": 1.0, "visibility": 0.2},
        {"id": "medic", "name": "Medics", "phases": EVERY_PHASE, "medical": 1.5},
        {"id": "info", "name": "Information", "phases": EVERY_PHASE, "information": 1.0},
    ],
    "teams": [
        {"id": "nego", "name": "Negotiators", "role": "talk", "size": 3, "count": 3, "home": "polres"},
        {"id": "squad", "name": "Dalmas squad", "role": "line", "size": 10, "count": 5, "home": "polres"},
        {"id": "catch", "name": "Arrest team", "role": "arrest", "size": 4, "count": 2, "home": "polres"},
        {"id": "care", "name": "Medics", "role": "medic", "size": 3, "count": 2, "home": "polres"},
        {"id": "tell", "name": "Information", "role": "info", "size": 2, "count": 2, "home": "polres"},
    ],
    "travel": {"kind": "coordinates"},
    "gatherings": [
        {
            "id": "march",
            "name": "March",
            "turnout": 700.0,
            "arrives": "09:15",
            "arrival_spread": 20.0,
            "itinerary": [{"sector": "kpu", "stay": 180.0}, {"sector": "bawaslu", "stay": 60.0}],
            "tension": 0.8,
            "tension_spread": 0.15,
            "militant": MILITANT,
            "regroup": 0.4,
        },
        {
            "id": "rally",
            "name": "Rally",
            "turnout": 400.0,
            "arrives": "09:30",
            "arrival_spread": 20.0,
            "itinerary": [{"sector": "bawaslu", "stay": 200.0}],
            "tension": 0.75,
            "tension_spread": 0.15,
            "militant": MILITANT,
            "liaison": True,
        },
    ],
    "triggers": [
        {
            "id": "rumour",
            "name": "Rumour",
            "kind": "rumour",
            "at": "10:30",
            "late": 20.0,
            "chance": 0.8,
            "tension": 0.25,
            "sectors": ["kpu", "bawaslu"],
        }
    ],
    "doctrine": {"officer_per_sector": False},
    "objective": {"injury": 10.0},
}
PLACES = {
    "kpu": {"teams": {"nego": 1, "squad": 1, "care": 1, "tell": 1}},
    "bawaslu": {"teams": {"nego": 1, "squad": 2, "catch": 1}},
    "polres": {"teams": {"squad": 2, "catch": 1, "care": 1}},
}


def town() -> Instance:
    """Read the town."""
    return parse(TOWN)


def plan(instance: Instance) -> Deployment:
    """Return who stands where in it."""
    return parse_deployment({"format": "optimiser-deployment/1", "instance": instance.name, "places": PLACES}, instance)


class SyntheticDays:
    """Days of an instance under constants of one's own, with injured that are counted."""

    def __init__(self, instance: Instance, deployment: Deployment) -> None:
        self.instance, self.deployment = instance, deployment
        self.engine = CompiledEngine(instance, DefaultLaw(), 1)
        self.facts, self.counts = index_instance(instance), count(instance, deployment)
        self.future = draw(instance, 1, 1)[0]

    def scenarios(self, seed: int, days: int, constants: np.ndarray | None = None) -> Scenarios:
        drawn = draw(self.instance, seed, days, REPORTING)
        return drawn if constants is None else vary(self.instance, drawn, constants[None])

    def logs(self, scenarios: Scenarios) -> list[list[Entry]]:
        numbers = self.deployment.numbers(self.instance)
        return list(self.engine.tell_each(numbers, scenarios, np.arange(len(scenarios))))

    def record(self, logs: list[list[Entry]]) -> list[Recorded]:
        return [record(self.facts, self.counts, self.future, log) for log in logs]

    def true_tension(self, likelihood: Likelihood, scenarios: Scenarios) -> np.ndarray:
        return scenarios.tension[likelihood.came[:, 0], likelihood.came[:, 1]]

    def injured(self, harms: np.ndarray, random: np.random.Generator) -> list[Injured]:
        """Draw who is hurt, by day, sector and harm."""
        days, sectors, _ = harms.shape
        cells = [(d, s, h) for d in range(days) for s in range(sectors) for h in range(3)]
        return [Injured(d, s, (h,), float(random.poisson(harms[d, s, h]))) for d, s, h in cells]
