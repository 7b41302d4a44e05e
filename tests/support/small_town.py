"""Random small towns of two sectors, few enough deployments to simulate each of them."""

from __future__ import annotations

import itertools
import random

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.evaluation import score
from optimiser.simulation.simulator import Simulator


def tiny(rng: random.Random, *, joined: bool) -> Instance:
    """Draw two sectors with a crowd each; joined ones share reserve and one crowd marches."""
    crowds = [
        {
            "id": f"crowd{i}",
            "name": f"Crowd {i}",
            "turnout": rng.choice([150.0, 400.0, 900.0]),
            "arrives": "08:05",
            "groups": 1,
            "comes_as": rng.choice(["green", "yellow", "red"]),
            "tension": rng.choice([0.3, 0.6, 0.9]),
            "itinerary": [
                {"sector": f"s{i}", "stay": 60.0},
                *([{"sector": "s1", "stay": 40.0}] if joined and i == 0 else []),
            ],
        }
        for i in range(2)
    ]
    ability = {"green": 1.0, "yellow": 1.0, "red": rng.choice([0.5, 1.0])}
    return Instance.model_validate(
        {
            "name": "tiny",
            "title": "Tiny",
            "period": {"start": "2024-01-01T08:00:00", "hours": 2.5},
            "cap": rng.choice([20, 33, 60]),
            "sectors": [
                {
                    "id": f"s{i}",
                    "name": f"Sector {i}",
                    "x": float(i),
                    "y": 0.0,
                    "public": 50 * i,
                    "property": rng.choice([0.0, 50.0]),
                    "records": rng.choice([0.0, 10.0]),
                    "minimum": {"line": 1} if rng.random() < 0.2 else {},
                }
                for i in range(2)
            ],
            "posts": [{"id": "p", "name": "Post", "x": 0.5, "y": 0.0, "staging_capacity": 30 if joined else 0}],
            "roles": [
                {
                    "id": "line",
                    "name": "Line",
                    "phases": ["green", "yellow", "red"],
                    "containment": ability,
                    "visibility": 0.3,
                },
                {"id": "talk", "name": "Talk", "phases": ["green", "yellow"], "dialogue": 1.0},
            ],
            "teams": [
                {"id": "line", "name": "Squad", "role": "line", "size": 10, "count": rng.choice([2, 3]), "home": "p"},
                {
                    "id": "talk",
                    "name": "Negotiators",
                    "role": "talk",
                    "size": 3,
                    "count": rng.choice([0, 1]),
                    "home": "p",
                },
            ],
            "gatherings": crowds,
            "doctrine": {"officer_per_sector": False},
            "objective": {"tail_weight": rng.choice([0.0, 1.0]), "tail": 0.75, "away": 0.0},
            "law": {} if joined else {"spill": 0.0},
        },
        context=SHAPE_ONLY,
    )


def enumerate_all(instance: Instance) -> list[Deployment]:
    """Every deployment the checker passes."""
    places = [p.id for p in instance.places]
    cells = [(p, t.id, t.count) for p in places for t in instance.teams]
    plans = []
    for numbers in itertools.product(*(range(c + 1) for _, _, c in cells)):
        teams = {(p, t): n for (p, t, _), n in zip(cells, numbers, strict=True)}
        plan = Deployment.build(instance, teams, {})
        if check(instance, plan).passed:
            plans.append(plan)
    return plans


def truth(simulator: Simulator, plans: list[Deployment], scenarios) -> float:
    totals = simulator.losses(plans, scenarios).sum(axis=2)
    return min(score(simulator.instance, p, row) for p, row in zip(plans, totals, strict=True))
