"""Random what-ifs that fit an instance, as a planner might ask them."""

from __future__ import annotations

import random
from typing import Any

from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.instance import Instance
from optimiser.model.whatif import WhatIf


def draw_whatif(instance: Instance, rng: random.Random) -> WhatIf:
    """Draw one to three changes."""
    changes = [_draw(instance, rng) for _ in range(rng.choice([1, 1, 2, 3]))]
    return parse_whatifs({"name": "drawn", "changes": changes})[0]


def _draw(instance: Instance, rng: random.Random) -> dict[str, Any]:
    units = [*instance.teams, *instance.vehicles]
    officials = [s.id for s in instance.sectors if s.official]
    several = [u.id for u in units if u.count > 1]
    kinds = ["heads", "gain", "limit", "set"]
    kinds += ["lose"] * bool(several) + ["receive"] * bool(officials) + ["shift", "turnout"] * bool(instance.gatherings)
    routed = [g for g in instance.gatherings if g.routes]
    kinds += ["chance"] * bool(instance.gatherings) + ["route"] * bool(routed)
    match rng.choice(kinds):
        case "heads":
            return {"do": "heads", "cap": max(1, round(instance.cap * rng.uniform(0.8, 1.2)))}
        case "gain":
            return {"do": "gain", "what": rng.choice(units).id, "number": rng.choice([1, 2])}
        case "lose":
            return {"do": "lose", "what": rng.choice(several)}
        case "limit":
            team, sector = rng.choice(instance.teams), rng.choice(instance.sectors)
            return {"do": "limit", "place": sector.id, "what": team.id, "at_most": rng.choice([0, 1])}
        case "receive":
            return {"do": "receive", "sector": rng.choice(officials), "minutes": rng.choice([10.0, 20.0, 45.0])}
        case "shift":
            gathering = rng.choice(instance.gatherings).id
            return {"do": "shift", "gathering": gathering, "minutes": rng.choice([-90, -30, 15])}
        case "chance":
            gathering = rng.choice(instance.gatherings).id
            return {"do": "chance", "gathering": gathering, "chance": rng.choice([0.5, 0.8, 1.0])}
        case "route":
            gathering = rng.choice(routed)
            return {"do": "route", "gathering": gathering.id, "shares": {rng.choice(gathering.routes).id: 1.0}}
        case "turnout":
            gathering = rng.choice(instance.gatherings)
            turnout = float(gathering.turnout) * rng.choice([0.5, 1.5, 2.0])
            return {"do": "set", "path": f"gatherings.{gathering.id}.turnout", "value": turnout}
        case _:
            return {"do": "set", "path": "doctrine.handover_strength", "value": rng.choice([0.4, 0.8])}
