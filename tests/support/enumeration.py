"""Random instances with crowds, small enough to play every deployment; rules of all sorts may bind."""

from __future__ import annotations

import itertools
import random

import numpy as np
from support import tiny

from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.programs.requirements import require
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

MOST = 60_000  # deployments, feasible or not, that are tried


def crowded(
    rng: random.Random,
    *,
    joined: bool,
    accompanied: bool = False,
    moving: bool = False,
    displacing: bool = False,
    attended: bool = False,
) -> Instance:
    """Draw an instance of `tiny` with crowds; joined ones share reserve, march, spill over and may call from outside.

    Where one is accompanied it marches; where one displaces it has a stop in either sector; where they are attended,
    rules of presence are in force. It may be infeasible.
    """
    data = tiny.draw(rng, accompanied=accompanied, moving=moving).model_dump(mode="json", exclude_none=True)
    crowds = [_crowd(rng, i, joined) for i in range(rng.choice([1, 2, 2]))]
    if accompanied:
        stops = [{"sector": name, "stay": rng.choice([20.0, 60.0])} for name in rng.choice(["s0 s1", "s1 s0"]).split()]
        crowds[0] |= {"id": "march", "itinerary": stops}
        data["vehicles"] = data["vehicles"][:1]  # so that all deployments can be tried
        data["pins"] = [pin for pin in data["pins"] if pin["what"] != "v1"]
    if displacing:
        ways = rng.sample([["s0"], ["s1"], ["s0", "s1"], ["s1", "s0"]], 3)
        stops = [{"sector": s, "stay": 40.0, "route": f"r{i}"} for i, way in enumerate(ways) for s in way]
        crowds[0] |= {"routes": [{"id": f"r{i}"} for i in range(3)], "itinerary": stops}
        crowds[0]["displacement"] = rng.choice([0.5, 1.0])
    data["gatherings"] = crowds
    data["period"]["hours"] = 3.0
    for sector in data["sectors"]:
        sector["property"], sector["public"] = rng.choice([0.0, 50.0]), rng.choice([0, 100])
        if rng.random() < 0.5:
            sector["official"] = {"name": "Official", "chance": 0.5, "after": 10.0, "staff": 3}
        if not joined:
            sector["cover"] = 0
    for team in data["teams"]:
        team["count"] = min(team["count"], 2 if team["id"] in ("t-line", "t-chief") else 1)
    if joined:
        special = {"water_cannon": rng.random() < 0.4, "medical": rng.choice([0.0, 2.0])}
        data["vehicles"][0] |= {**special, "protected": rng.random() < 0.3}
        if rng.random() < 0.4:
            outside = {"id": "out", "name": "Outside", "x": 8.0, "y": 0.0, "team": "t-phh", "teams": 1, "delay": 5.0}
            data["reinforcements"] = [{**outside, "asked": rng.choice(["yellow", "red"])}]
    else:
        data["doctrine"]["reserve_least"] = 0
        data["law"] = {"spill": 0.0}
        for post in data["posts"]:
            post["staging_capacity"] = 0
    instance = Instance.model_validate(data, context=SHAPE_ONLY)
    return tiny.attend(rng, instance) if attended else instance


def _crowd(rng: random.Random, i: int, joined: bool) -> dict:
    first = rng.choice(["s0", "s1"])
    stops = [{"sector": first, "stay": rng.choice([20.0, 60.0])}]
    if joined and rng.random() < 0.6:
        stops.append({"sector": "s1" if first == "s0" else "s0", "stay": 40.0})
    return {
        "id": f"crowd{i}",
        "name": f"Crowd {i}",
        "turnout": rng.choice([60.0, 300.0, 900.0]),
        "arrives": rng.choice(["13:05", "13:40"]),
        "comes_as": rng.choice(["green", "yellow", "red"]),
        "tension": rng.choice([0.3, 0.6, 0.9]),
        "regroup": rng.choice([0.0, 0.5]),
        "itinerary": stops,
    }


WEIGHTS = ("injury", "process_minute", "property", "records", "participation_hour", "away", "visible")


def weighed(instance: Instance, factor: float) -> Instance:
    """Multiply every weight, as where points are told in another currency; the tail's is a share of them and stays."""
    objective = instance.objective
    weights = {name: float(getattr(objective, name)) * factor for name in WEIGHTS}
    return instance.altered(objective=objective.altered(**weights))


def every(instance: Instance) -> np.ndarray | None:
    """List every feasible deployment, shape (deployments, places, kinds); None if too many would have to be tried."""
    counts = [int(k.count) for k in (*instance.teams, *instance.vehicles)]
    places = len(instance.places)
    ways = [[w for w in itertools.product(range(c + 1), repeat=places) if sum(w) <= c] for c in counts]
    if np.prod([len(w) for w in ways], dtype=float) > MOST:
        return None
    index = np.indices([len(w) for w in ways]).reshape(len(ways), -1)
    table = np.stack([np.array(w)[i] for w, i in zip(ways, index, strict=True)], axis=2)
    for requirement in require(instance):
        table = table[tiny.holds(requirement, table)]
    return table


def values(simulator: Simulator, plans: np.ndarray, scenarios: Scenarios) -> np.ndarray:
    """Play deployments and work out the objective of each from its definition, shape (deployments,)."""
    instance, o = simulator.instance, simulator.instance.objective
    losses = simulator.totals(plans, scenarios)
    hard = {r.id for r in instance.roles if r.visibility > 0.0}
    cost = np.zeros(len(plans))
    for p, place in enumerate(instance.places):
        for k, team in enumerate(instance.teams):
            seen = place not in instance.posts and team.role in hard
            cost += plans[:, p, k] * (float(o.away) * (team.home != place.id) + float(o.visible) * seen)
        for w, vehicle in enumerate(instance.vehicles, len(instance.teams)):
            seen = place not in instance.posts and vehicle.visibility > 0.0
            cost += plans[:, p, w] * float(o.visible) * seen
    size = max(1.0, (1.0 - float(o.tail)) * len(scenarios))
    worst, whole = -np.sort(-losses, axis=1), int(size)
    tail = worst[:, :whole].sum(axis=1)
    if whole < len(scenarios):
        tail = tail + (size - whole) * worst[:, whole]
    return losses.mean(axis=1) + cost + float(o.tail_weight) * tail / size


def instances(first: int, **kinds: bool):
    """Draw feasible instances one after another, with their number and every feasible deployment."""
    for number in itertools.count(first):
        instance = crowded(random.Random(number), **kinds)
        plans = every(instance)
        if plans is not None and len(plans):
            yield number, instance, plans
