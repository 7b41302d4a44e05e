"""Random instances of three places with three kinds, few enough to try every deployment."""

from __future__ import annotations

import random

from support.tiny import build

LINE = {"id": "line", "name": "Dalmas awal", "phases": ["green", "yellow"]}
CHIEF = {"id": "chief", "name": "Padal", "phases": ["green"], "officer": True}


def pair(rng: random.Random):
    """Draw one instance of three places with three kinds, few enough to try every deployment."""
    vehicle = {"id": "awc", "name": "AWC", "count": 1, "home": "p", "crew": 4, "crew_role": "line", "seats": 10}
    return build(
        cap=rng.choice([10, 21, 41]),
        sectors=[
            {
                "id": f"s{i}",
                "name": f"Sector {i}",
                "x": float(i),
                "y": 0.0,
                "staging_capacity": rng.choice([5, 15, 40]),
                "minimum": rng.choice([{}, {"line": 1}]),
                "cover": rng.choice([0, 0, 1]),
            }
            for i in range(2)
        ],
        posts=[
            {"id": "p", "name": "Post", "x": rng.choice([0.5, 50.0]), "y": 0.0, "mobile": rng.choice([0.0, 0.5, 1.0])}
        ],
        roles=[LINE, CHIEF],
        teams=[
            {"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": 2, "home": "p"},
            {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": rng.choice([1, 2]), "home": "p"},
        ],
        vehicles=[vehicle],
        doctrine={"reserve_least": rng.choice([0, 0, 1])},
        pins=rng.choice([[], [], [{"place": rng.choice(["s0", "p"]), "what": "awc", "at_least": 1}]]),
    )
