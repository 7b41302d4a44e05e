"""Nations of two or three tiny districts that share pools, small enough to try every way to lend and every plan."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from support import enumeration, tiny

from optimiser.files.edit import file_values
from optimiser.files.synthetic.town import to_toml
from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.nation import Nation, SharedPool, lend
from optimiser.nation.columns import DistrictColumn, DistrictResult, NationSettings, own_seed
from optimiser.nation.nation_plan import NationPlan, Round
from optimiser.planning.settings import Effort
from optimiser.simulation.scenario import draw as draw_scenarios
from optimiser.simulation.simulator import Simulator


def pool(name: str = "bko", role: str = "line", count: int = 1, **changes) -> SharedPool:
    """Give a pool of small teams; `changes` replace parts, and `serves` must be among them."""
    parts = {"id": name, "name": name.upper(), "role": role, "size": 15, "count": count}
    return SharedPool.model_validate({**parts, **changes})


ROLES = [
    {"id": "line", "name": "Dalmas", "phases": ["green", "yellow", "red"]}
    | {"containment": {"green": 1.0, "yellow": 1.0, "red": 0.6}, "visibility": 0.05},
    {"id": "talk", "name": "Negotiators", "phases": ["green", "yellow", "red"], "dialogue": 1.0},
    {"id": "chief", "name": "Padal", "phases": ["green", "yellow", "red"], "officer": True},
]


def district(rng: random.Random, name: str, *, joined: bool = False) -> Instance:
    """Draw a district of two sectors with a line that is too thin, so that borrowing pays."""
    spot = {"property": 50.0, "public": 100, "staging_capacity": 40}
    sectors = [{"id": f"s{i}", "name": f"Sector {i}", "x": 2.0 * i, "y": 0.0, **spot} for i in range(2)]
    for sector in sectors:
        if rng.random() < 0.5:
            sector["official"] = {"name": "Official", "chance": 0.5, "after": 10.0}
    room = 30 if joined else 0
    return tiny.build(
        name=name,
        title=name.title(),
        period={"start": "2024-08-20T13:00:00", "hours": 3},
        cap=60,
        sectors=sectors,
        posts=[{"id": "p", "name": "Post", "x": 1.0, "y": 1.0, "staging_capacity": room}],
        roles=ROLES,
        teams=[
            {"id": "dalmas", "name": "Dalmas", "role": "line", "size": 5, "count": rng.choice([1, 2]), "home": "p"},
            {"id": "nego", "name": "Negotiators", "role": "talk", "size": 3, "count": 1, "home": "p"},
            {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 2, "home": "p"},
        ],
        vehicles=[],
        gatherings=[_crowd(rng, i, joined) for i in range(2)],
        law={} if joined else {"spill": 0.0},
    )


def _crowd(rng: random.Random, i: int, joined: bool) -> dict:
    stops = [{"sector": f"s{i}", "stay": 60.0}]
    if joined and rng.random() < 0.5:
        stops.append({"sector": f"s{1 - i}", "stay": 40.0})
    head = {"id": f"crowd{i}", "name": f"Crowd {i}", "arrives": rng.choice(["13:05", "13:40"])}
    mood = {"turnout": rng.choice([150.0, 300.0, 600.0]), "tension": rng.choice([0.6, 0.8, 0.95])}
    return {**head, **mood, "comes_as": rng.choice(["green", "yellow"]), "itinerary": stops}


def found(districts: list[Instance], pools: list[SharedPool], folder: Path) -> Nation:
    """Write the files of a nation into a folder and give it."""
    listed = [{"id": d.name, "name": d.name.title(), "province": "Somewhere"} for d in districts]
    nation = Nation.model_validate({"name": "tiny", "title": "Tiny", "districts": listed, "pools": pools})
    (folder / "districts").mkdir(exist_ok=True)
    for d in districts:
        (folder / "districts" / f"{d.name}.toml").write_text(to_toml(file_values(d)), encoding="utf-8")
    data = nation.model_dump(mode="json")
    (folder / "nation.toml").write_text(to_toml(data), encoding="utf-8")
    return nation


def draw(number: int, folder: Path, *, joined: bool = False, factor: float = 1.0) -> tuple[Nation, list[Instance]]:
    """Draw a nation of two or three districts and one or two pools."""
    rng = random.Random(number)
    drawn = [district(rng, f"district-{i}", joined=joined) for i in range(1, rng.choice([2, 2, 3]) + 1)]
    districts = [enumeration.weighed(d, factor) for d in drawn]
    names = [d.name for d in districts]
    pools = [pool(count=rng.choice([1, 2]), serves=dict.fromkeys(names, rng.choice([0.0, 20.0])))]
    if rng.random() < 0.5:
        pools.append(pool("talkers", "talk", 1, size=2, serves={names[0]: 0.0, names[1]: 10.0}))
    return found(districts, pools, folder), districts


def best_by_loans(instance: Instance, pools: tuple[SharedPool, ...], seed: int, scenarios: int) -> dict:
    """Play every deployment for every way to borrow; gives the least objective of each way that has a plan."""
    result = {}
    planning = draw_scenarios(instance, own_seed(seed, instance.name), scenarios)
    for loans in itertools.product(*(range(int(p.count) + 1) for p in pools)):
        lent = lend(instance, pools, {p.id: n for p, n in zip(pools, loans, strict=True)})
        plans = enumeration.every(lent)
        if plans is None:
            raise OverflowError
        with Simulator(lent, workers=1) as simulator:
            result[loans] = float(np.min(enumeration.values(simulator, plans, planning)))
    return result


def optimum(nation: Nation, districts: list[Instance], seed: int, scenarios: int) -> float:
    """Find the least sum of objectives over every way to lend and every plan."""
    tables = [best_by_loans(d, nation.serving(d.name), seed, scenarios) for d in districts]
    index = {p.id: k for k, p in enumerate(nation.pools)}
    most = np.array([int(p.count) for p in nation.pools])
    best = np.inf
    for choice in itertools.product(*(table.items() for table in tables)):
        lent = np.zeros(len(most), dtype=int)
        for d, (loans, _) in zip(districts, choice, strict=True):
            for p, n in zip(nation.serving(d.name), loans, strict=True):
                lent[index[p.id]] += n
        if (lent <= most).all():
            best = min(best, sum(value for _, value in choice))
    return best


def several(
    first: int, folder: Path, *, joined: bool = False, factor: float = 1.0
) -> Iterator[tuple[Nation, list[Instance], Path]]:
    """Draw nations one after another, each in a folder of its own."""
    for number in itertools.count(first):
        here = folder / f"{number}"
        here.mkdir()
        yield *draw(number, here, joined=joined, factor=factor), here


def hold(accord: NationPlan, optimum: float) -> bool:
    """See that what is said of a nation is so, given the true optimum; gives whether it is proved to be reached."""
    slack = 1e-9 * optimum
    assert accord.bound <= optimum + slack
    assert optimum - slack <= accord.value <= accord.value_alone + slack
    if accord.kind != "proved-optimal":
        return False
    assert abs(accord.value - optimum) <= slack
    return True


def make_result(rng: np.random.Generator, teams: int, value: float, worse: float = 0.0) -> DistrictResult:
    """Make a result at random; ``worse`` is added to every loss, in points."""
    harms = tuple(map(tuple, rng.random((40, len(HARMS))).tolist()))
    losses, drawn = (tuple((rng.random(40) + worse).tolist()) for _ in range(2))
    return DistrictResult(DistrictColumn((teams,), value, ()), harms, losses, drawn)


def make_plan(tmp_path: Path, value: float, bound: float, joined: int = 0) -> NationPlan:
    """Make the plan of a nation with results at random; the first district borrows a team."""
    nation, _ = draw(2, tmp_path)
    rng = np.random.default_rng(1)
    results = tuple(make_result(rng, int(i == 0), value / 2) for i in range(len(nation.districts)))
    alone = (make_result(rng, 0, 1.5 * value, worse=1.0), *results[1:])
    settings = NationSettings(tmp_path, Effort(100, 40, 10), 0.01)
    rounds = (Round(1, 2, value, bound, 0.0, 3),)
    return NationPlan(nation, settings, results, alone, value, bound, (0.5,), joined, rounds)
