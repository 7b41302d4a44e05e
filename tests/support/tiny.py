"""Instances small enough to try every deployment."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import RULES
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.programs.requirements import Requirement

ROLES = [
    {"id": "line", "name": "Dalmas awal", "phases": ["green", "yellow"], "containment": {"yellow": 1.0, "red": 0.5}},
    {"id": "talk", "name": "Negotiators", "phases": ["green", "yellow"], "dialogue": 1.0, "stands": "sectors"},
    {"id": "phh", "name": "PHH", "phases": ["red"], "containment": {"yellow": 1.5, "red": 2.0}, "visibility": 1.0},
    {"id": "chief", "name": "Padal", "phases": ["green", "yellow", "red"], "officer": True},
]


def build(**changes) -> Instance:
    """Two sectors and two posts with one kind of team for each role and two vehicles; `changes` replace parts."""
    parts = {
        "name": "tiny",
        "title": "Tiny",
        "period": {"start": "2024-08-20T13:00:00", "hours": 6},
        "cap": 200,
        "sectors": [
            {"id": "kpu", "name": "KPU OKU", "x": 0.0, "y": 0.0, "staging_capacity": 80},
            {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0, "staging_capacity": 60},
        ],
        "posts": [
            {"id": "polres", "name": "Polres", "x": 1.0, "y": 1.0},
            {"id": "terminal", "name": "Terminal", "x": 12.0, "y": 0.0},
        ],
        "roles": ROLES,
        "teams": [
            {"id": "dalmas", "name": "Dalmas awal", "role": "line", "size": 20, "count": 2, "home": "polres"},
            {"id": "nego", "name": "Negotiator", "role": "talk", "size": 3, "count": 2, "home": "polres"},
            {"id": "brimob", "name": "Brimob", "role": "phh", "size": 10, "count": 1, "home": "terminal"},
            {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 2, "home": "polres", "counts": False},
        ],
        "vehicles": [
            {"id": "awc", "name": "AWC", "count": 1, "home": "polres", "crew": 4, "crew_role": "phh", "visibility": 1.0}
        ],
    }
    return Instance.model_validate({**parts, **changes}, context=SHAPE_ONLY)


MARCH = {
    "id": "march",
    "name": "March",
    "turnout": 300.0,
    "arrives": "13:30",
    "itinerary": [{"sector": "s0", "stay": 40.0}, {"sector": "s1", "stay": 60.0}],
}


LEGS = (  # of a movement
    [{"sector": "s0", "until": "14:00"}, {"sector": "s1"}],
    [{"sector": "s1", "until": "15:30", "until_left": "march"}, {"sector": "s0"}],
    [{"sector": "s1", "until": "13:40"}, {"gathering": "march"}],
    [{"gathering": "march", "until": "14:30"}, {"sector": "s0"}],
)


def draw(rng: random.Random, *, accompanied: bool = False, moving: bool = False, attended: bool = False) -> Instance:
    """One random instance in which any rule may bind; it may be infeasible.

    Parameters
    ----------
    accompanied : a march may be accompanied, a vehicle is perhaps a water cannon, and a pin is perhaps about the march.
    moving : units move leg by leg instead.
    attended : rules of presence are in force, some of them at least; the march comes with or without units.
    """

    def maybe(chance: float, value):
        return value if rng.random() < chance else None

    def some(**fields):
        return {name: value for name, value in fields.items() if value is not None}

    sectors = [
        some(
            id=f"s{i}",
            name=f"Sector {i}",
            x=float(i),
            y=0.0,
            staging_capacity=rng.choice([10, 25, 60]),
            minimum=maybe(0.3, {rng.choice(["line", "talk", "phh"]): 1}),
            maximum=maybe(0.3, {rng.choice(["line", "talk", "phh"]): rng.choice([0, 1])}),
            cover=maybe(0.3, 1),
        )
        for i in range(2)
    ]
    posts = [
        some(id="p", name="Post", x=rng.choice([1.0, 30.0]), y=0.0, mobile=maybe(0.5, rng.choice([0.1, 0.3, 1.0])))
    ]
    roles = [{**role, "stands": rng.choice(["anywhere", "anywhere", "sectors", "posts"])} for role in ROLES]
    sizes = {"line": 10, "talk": 3, "phh": 6, "chief": 1}
    teams = [
        {
            "id": f"t-{role['id']}",
            "name": f"{role['name']} team",
            "role": role["id"],
            "size": sizes[role["id"]],
            "count": rng.choice([1, 1, 2]),
            "home": "p",
            "counts": rng.random() < 0.8,
        }
        for role in roles
    ]
    vehicles = [
        some(
            id=f"v{i}",
            name=f"Vehicle {i}",
            count=1,
            home="p",
            crew=rng.choice([0, 2, 4]),
            crew_role=maybe(0.5, rng.choice(["line", "phh"])),
            seats=rng.choice([0, 6, 12]),
            escort_role=maybe(0.3, "phh"),
            escort=rng.choice([0, 3]),
            visibility=rng.choice([0.0, 1.0]),
            stands=rng.choice(["anywhere", "sectors", "posts"]),
        )
        for i in range(rng.choice([1, 2]))
    ]
    what = rng.choice(["t-line", "line", "v0", "phh"])
    pin = {
        "place": rng.choice(["s0", "s1", "p"]),
        "what": what,
        rng.choice(["at_least", "at_most"]): rng.choice([0, 1]),
    }
    parts = {}
    if accompanied:
        with_march = {"id": "a", "name": "With the march", "gathering": "march"}
        parts = {
            "gatherings": [MARCH],
            "accompaniments": [{**with_march, "staging_capacity": rng.choice([10, 25, 60])}],
        }
        if moving:
            room = parts.pop("accompaniments")[0]["staging_capacity"]
            parts["movements"] = [{"id": "a", "name": "A", "staging_capacity": room, "legs": rng.choice(LEGS)}]
        pin["place"] = rng.choice([pin["place"], "a"])
        vehicles[0]["water_cannon"] = rng.random() < 0.4
    instance = build(
        **parts,
        cap=rng.choice([12, 25, 60]),
        sectors=sectors,
        posts=posts,
        roles=roles,
        teams=teams,
        vehicles=vehicles,
        pins=[pin] if rng.random() < 0.4 else [],
        doctrine={"reserve_least": rng.choice([0, 0, 1]), "officer_per_sector": rng.random() < 0.7},
        objective={"tail_weight": rng.choice([0.0, 0.5, 2.0]), "tail": rng.choice([0.0, 0.5, 0.75, 0.9]), "away": 0.25},
    )
    return attend(rng, instance) if attended else instance


def attend(rng: random.Random, instance: Instance) -> Instance:
    """Put rules of presence in force, some of which may be off, and give roles and sectors what they are about."""
    data = instance.model_dump(mode="json", exclude_none=True)
    data["gatherings"] = data["gatherings"] or [MARCH]
    for gathering in data["gatherings"]:
        gathering["chance"] = rng.choice([0.5, 1.0, 1.0])
    for role in data["roles"]:
        role["information"], role["medical"] = (rng.choice([0.0, 0.0, 0.5]) for _ in range(2))
    for sector in data["sectors"]:
        sector["ring"], sector["records"] = rng.choice([1, 2]), rng.choice([0.0, 0.0, 5.0])
        window = {"name": "Count", "start": "14:30", "end": rng.choice(["15:00", "17:00"])}
        sector["critical"] = [window] if rng.random() < 0.3 else []
    rules = {rule: rng.random() < 0.6 for rule in RULES if rule != "reserve_share"}
    share = rng.choice([0.0, 0.2, 0.5, 1 / 3])
    data["presence"] = {**rules, "reserve_share": share, "expected": rng.choice([100, 299, 300])}
    return Instance.model_validate(data, context=SHAPE_ONLY)


def numbers(instance: Instance, more: int = 0) -> np.ndarray:
    """Every number of every kind at every place, up to what exists plus `more`, shape (deployments, places, kinds)."""
    counts = [k.count + more for k in (*instance.teams, *instance.vehicles)]
    axes = [np.arange(c + 1) for _ in instance.places for c in counts]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return grid.reshape(-1, len(instance.places), len(counts))


def holds(requirement: Requirement, table: np.ndarray) -> np.ndarray:
    """Tell which of these numbers meet a requirement, shape (deployments,)."""
    good = np.ones(len(table), dtype=bool)
    for row in requirement.rows:
        value = sum((c * table[:, p, k] for (p, k), c in row.terms.items()), np.zeros(len(table), dtype=int))
        good &= value >= (row.least if row.least is not None else value)
        good &= value <= (row.most if row.most is not None else value)
    return good


def deploy(instance: Instance, rows: Iterable[Iterable[int]]) -> Deployment:
    """Make a deployment from numbers by place and kind."""
    split = len(instance.teams)
    teams, vehicles = {}, {}
    for place, numbers_here in zip(instance.places, rows, strict=True):
        row = [int(n) for n in numbers_here]
        teams.update({(place.id, k.id): n for k, n in zip(instance.teams, row[:split], strict=True)})
        vehicles.update({(place.id, k.id): n for k, n in zip(instance.vehicles, row[split:], strict=True)})
    return Deployment.build(instance, teams, vehicles)
