"""Random worlds in which everything can happen: for holding two engines against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from support.town import ALL, crowd, town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.simulation.draws.ranged import DRAWN, PLAYED
from optimiser.simulation.scenario import Scenarios, draw

COUNT = st.integers(0, 3)
SHARE = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0])
MINUTES = st.sampled_from([0.0, 1.0, 5.0, 12.5, 30.0])
SHARES = (
    *("chance", "tension", "tension_spread", "displacement", "ends_if_received", "regroup", "green", "yellow", "red"),
    *("noise", "handover_strength", "required_risk", "refusal"),
)  # fields that no number above 1 fits
CLOCK = st.sampled_from(["13:00", "13:10", "13:45", "14:30", "16:00", "18:55"])


@st.composite
def worlds(draw_: st.DrawFn, *, moving: bool = False) -> tuple[Instance, np.ndarray, Scenarios]:
    """Draw an instance, numbers of a deployment (feasible or not, shape (places, kinds)) and one scenario.

    In a third of them units accompany gatherings, in a third they move leg by leg, in a quarter many numbers have a
    range, and the scenario has its own of these and of the constants of the law. In `moving` ones some always move leg
    by leg.
    """
    some = draw_
    sectors = [_sector(some, i) for i in range(some(st.integers(2 if moving else 1, 4)))]
    names = [s["id"] for s in sectors]
    posts = [
        {"id": f"p{i}", "name": f"Post {i}", "x": 1.0 + 3.0 * i, "y": 1.0, "keep": some(COUNT)}
        for i in range(some(st.integers(1, 2)))
    ]
    roles = [_role(some, i) for i in range(some(st.integers(2, 5)))]
    teams = [_team(some, i, [r["id"] for r in roles]) for i in range(some(st.integers(2, 6)))]
    vehicles = [_vehicle(some, i, [r["id"] for r in roles]) for i in range(some(st.integers(0, 4)))]
    for sector in sectors:
        if some(st.booleans()):
            sector["spill_to"] = some(st.sampled_from([*names, None]))
            if sector["spill_to"] == sector["id"]:
                del sector["spill_to"]
    gatherings = [_gathering(some, i, names) for i in range(some(st.integers(1, 4)))]
    data: dict[str, Any] = {
        "name": "world",
        "title": "A world",
        "period": {
            "start": "2024-08-20T13:00:00",
            "hours": some(st.sampled_from([2.0, 6.0])),
            "overtime": some(st.sampled_from([0.0, 0.75, 4.0])),
        },
        "cap": 500,
        "sectors": sectors,
        "posts": posts,
        "roles": roles,
        "teams": teams,
        "vehicles": vehicles,
        "gatherings": gatherings,
        "accompaniments": _accompaniments(some, gatherings),
        "movements": _movements(some, names, [p["id"] for p in posts], gatherings, moving=moving),
        "triggers": [_trigger(some, i, names) for i in range(some(st.integers(0, 2)))],
        "reinforcements": [
            {
                "id": f"out{i}",
                "name": f"Outside {i}",
                "x": 9.0,
                "y": 4.0 * i,
                "team": some(st.sampled_from([t["id"] for t in teams])),
                "teams": some(COUNT),
                "asked": some(st.sampled_from(["yellow", "red"])),
                "delay": some(MINUTES),
            }
            for i in range(some(st.integers(0, 2)))
        ],
        "travel": _travel(some, [*names, *(p["id"] for p in posts)]),
        "doctrine": _doctrine(some),
        "law": some(st.dictionaries(st.sampled_from(LIVELY), st.sampled_from([0.0, 0.5, 2.0, 8.0]), max_size=4)),
    }
    seed = some(st.integers(0, 10**6))
    uncertain = seed % 4 == 3
    instance = Instance.model_validate(data, context=SHAPE_ONLY)
    if uncertain:
        instance = with_ranges(instance)
    size = (len(instance.places), len(teams) + len(vehicles))
    flat = some(
        st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 4]), min_size=size[0] * size[1], max_size=size[0] * size[1])
    )
    numbers = np.array(flat, dtype=np.int64).reshape(size)
    if moving:
        numbers[-1, 0] = max(numbers[-1, 0], 1)
    return instance, numbers, draw(instance, seed, 1, uncertain=uncertain)


def with_ranges(instance: Instance) -> Instance:
    """Give every number that may vary from scenario to scenario a range around it, as wide as its limits allow."""
    data = instance.model_dump(mode="json")
    for pattern in (*DRAWN, *PLAYED):
        for part in _parts(data, pattern[:-1]):
            value = part.get(pattern[-1])
            if isinstance(value, float | int):
                least, most = (-1, 1) if pattern == ("triggers", "tension") else (0, 2 * value)
                most = min(most, 1 if pattern[-1] in SHARES else 1440 if pattern[-1] == "stay" else most)
                least = max(least, 1) if pattern[-1] in ("march", "ask_again") else least
                low, high = (type(value)(end) for end in (min(value, least), max(value, most)))
                part[pattern[-1]] = {"value": value, "low": low, "high": high}
    return Instance.model_validate(data, context=SHAPE_ONLY)


def _parts(data: Any, steps: Sequence[str]) -> Iterator[dict[str, Any]]:
    """List the parts of the data that a path without numbers leads to."""
    if not steps:
        yield from data if isinstance(data, list) else [data]
        return
    for part in data if isinstance(data, list) else [data]:
        if part.get(steps[0]) is not None:
            yield from _parts(part[steps[0]], steps[1:])


def rare_worlds() -> list[tuple[Instance, np.ndarray, Scenarios]]:
    """Build worlds that have what random ones seldom have.

    Units are held, water is stopped, a tank is filled again, a march waits because its way is closed.
    """
    crowds = [
        crowd(id="march", itinerary=[{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 60.0}]),
        crowd(id="rest", itinerary=[{"sector": "terminal", "stay": 90.0}], comes_as="yellow", militant={}),
    ]
    with_march = [{"id": "with", "name": "With the march", "gathering": "march"}]
    held = town(gatherings=crowds, accompaniments=with_march, law=dict.fromkeys(LIVELY, 0.0))
    found = [(held, {("with", "rope"): 2}, {})]
    cannon = town().vehicles[1].model_dump(mode="json")
    at_once = {"order_red": 1.0, "warning": 1.0, "time_to_leave": 1.0, "required_risk": 1.0}
    for tank, tired in ((60.0, 0.5), (2.0, 0.0)):
        water = town(
            vehicles=[{**cannon, "endurance": tank}],
            gatherings=[crowd(comes_as="red")],
            doctrine=at_once,
            law={**dict.fromkeys(LIVELY, 0.0), "exhaustion": tired},
        )
        found.append((water, {("kpu", "shield"): 1, ("kpu", "care"): 1}, {("kpu", "awc"): 1}))
    shut = {"closures": [{"a": "terminal", "b": "kpu"}]}
    blocked = town(gatherings=crowds[:1], travel=shut, law=dict.fromkeys(LIVELY, 0.0))
    found.append((blocked, {("terminal", "rope"): 1}, {}))
    return [(i, Deployment.build(i, teams, vehicles).numbers(i), draw(i, 1, 1)) for i, teams, vehicles in found]


# constants of the law whose extremes make a day eventful
LIVELY = (
    *("worsen_green", "worsen_yellow", "fail", "calm", "disperse_yellow", "disperse_red", "spray_disperse", "spill"),
    *("calm_words", "calm_received", "calm_alone", "exhaustion", "unite", "lasting_loss", "fear", "property_rate"),
)


def _sector(some: st.DrawFn, i: int) -> dict[str, Any]:
    sector = {
        "id": f"s{i}",
        "name": f"Sector {i}",
        "x": 2.0 * i,
        "y": 0.5 * i,
        "public": some(st.sampled_from([0, 100])),
        "property": some(st.sampled_from([0.0, 40.0])),
        "records": some(st.sampled_from([0.0, 10.0])),
        "exit_open": some(st.sampled_from([True, True, True, False])),
        "traffic_need": some(st.sampled_from([0, 0, 4])),
    }
    if some(st.booleans()):
        sector["official"] = {
            "name": "Official",
            "chance": some(SHARE),
            "after": some(MINUTES),
            "spread": some(MINUTES),
            "staff": some(st.sampled_from([0, 7])),
        }
    if some(st.booleans()):
        start, end = some(st.sampled_from([("13:00", "14:00"), ("13:30", "18:00"), ("15:00", "15:05")]))
        sector["critical"] = [{"name": "Recap", "start": start, "end": end, "restart": some(MINUTES)}]
    return sector


def _role(some: st.DrawFn, i: int) -> dict[str, Any]:
    ability = st.sampled_from([0.0, 0.0, 0.5, 1.5])
    return {
        "id": f"r{i}",
        "name": f"Role {i}",
        "phases": some(st.lists(st.sampled_from(ALL), min_size=1, max_size=3, unique=True)),
        "containment": {phase: some(ability) for phase in ALL},
        **{name: some(ability) for name in ("dialogue", "visibility", "medical", "arrest", "traffic", "information")},
        "officer": some(st.sampled_from([False, False, False, True])),
        "kit": some(st.sampled_from([1.0, 1.0, 1.3])),
    }


def _team(some: st.DrawFn, i: int, roles: list[str]) -> dict[str, Any]:
    team = {
        "id": f"t{i}",
        "name": f"Team {i}",
        "role": some(st.sampled_from(roles)),
        "size": some(st.sampled_from([1, 3, 10, 30])),
        "count": 9,
        "home": "p0",
        "fitness": some(st.sampled_from([1.0, 0.7])),
    }
    if some(st.integers(0, 3)) == 0:
        team["available"] = some(CLOCK)
    return team


def _vehicle(some: st.DrawFn, i: int, roles: list[str]) -> dict[str, Any]:
    return {
        "id": f"v{i}",
        "name": f"Vehicle {i}",
        "count": 9,
        "home": "p0",
        "crew": some(st.sampled_from([0, 2, 4])),
        "crew_role": some(st.none() | st.sampled_from(roles)),
        "seats": some(st.sampled_from([0, 8, 30])),
        "speed": some(st.sampled_from([20.0, 50.0])),
        "containment": {"yellow": some(SHARE), "red": 10.0 * some(SHARE)},
        "visibility": some(SHARE),
        "medical": some(SHARE),
        "protected": some(st.booleans()),
        "water_cannon": some(st.booleans()),
        "endurance": some(st.sampled_from([2.0, 7.0])),
        "refill": some(MINUTES),
        "escort_role": some(st.none() | st.sampled_from(roles)),
        "escort": some(st.sampled_from([0, 5, 12])),
    }


def _gathering(some: st.DrawFn, i: int, sectors: list[str]) -> dict[str, Any]:
    return {
        "id": f"g{i}",
        "name": f"Gathering {i}",
        "turnout": some(st.sampled_from([0.0, 3.0, 60.0, 500.0, 3000.0])),
        "turnout_spread": some(st.sampled_from([0.0, 0.3])),
        "arrives": some(CLOCK),
        "arrival_spread": some(MINUTES),
        "late": some(MINUTES),
        "groups": some(st.sampled_from([1, 2, 3, 5])),
        "chance": some(st.sampled_from([1.0, 1.0, 0.5])),
        **_ways(some, sectors),
        "militant": {phase: some(SHARE) for phase in ALL},
        "ends_if_received": some(SHARE),
        "regroup": some(SHARE),
        "tension": some(SHARE),
        "tension_spread": some(st.sampled_from([0.0, 0.1])),
        "liaison": some(st.booleans()),
        "comes_as": some(st.sampled_from(ALL)),
    }


def _ways(some: st.DrawFn, sectors: list[str]) -> dict[str, Any]:
    """Draw one way, or two of which each has a stop at least, by chance or by where the line is thinnest."""
    names = some(st.sampled_from([(), (), ("a", "b")]))
    own = [*names, *(some(st.sampled_from([None, *names])) for _ in range(some(st.integers(0 if names else 1, 4))))]
    stops = [
        {"sector": some(st.sampled_from(sectors)), "stay": some(st.sampled_from([0.0, 20.0, 90.0, 240.0]))} for _ in own
    ]
    if not names:
        return {"itinerary": stops}
    routes = [{"id": name, "weight": some(st.sampled_from([1.0, 3.0]))} for name in names]
    with_route = [stop | ({"route": name} if name else {}) for stop, name in zip(stops, own, strict=True)]
    displacement = some(st.sampled_from([0.0, 0.0, 0.5, 1.0]))
    return {"routes": routes, "displacement": displacement, "itinerary": some(st.permutations(with_route))}


def _accompaniments(some: st.DrawFn, gatherings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw none in two worlds of three; one gathering may be accompanied twice, and one with a single stop if need be.

    In half of the others all gatherings begin in one sector: who marches on may leave others in disorder behind.
    """
    count = some(st.sampled_from([0, 0, 0, 0, 2, 3]))
    marches = [g for g in gatherings if len(g["itinerary"]) > 1] or gatherings
    if count and some(st.booleans()):
        for gathering in gatherings:
            gathering["itinerary"][0]["sector"] = gatherings[0]["itinerary"][0]["sector"]
    return [
        {"id": f"a{i}", "name": f"Accompaniment {i}", "gathering": some(st.sampled_from(marches))["id"]}
        for i in range(count)
    ]


def _movements(
    some: st.DrawFn, names: list[str], posts: list[str], gatherings: list[dict[str, Any]], *, moving: bool
) -> list[dict[str, Any]]:
    """Draw none in two worlds of three; legs end in any order, so that some are over before they begin.

    In `moving` worlds there are always some, and each of their legs ends by the clock.
    """
    often = (2,) if moving else ()
    return [
        {
            "id": f"m{i}",
            "name": f"Movement {i}",
            "legs": [_leg(some, names, posts, gatherings, moving) for _ in range(legs)],
        }
        for i, legs in enumerate(some(st.sampled_from([often] * 4 + [(2,), (3, 2)])))
    ]


def _leg(
    some: st.DrawFn, names: list[str], posts: list[str], gatherings: list[dict[str, Any]], ends: bool
) -> dict[str, Any]:
    gathering = some(st.sampled_from(gatherings))["id"]
    kind = some(st.sampled_from(["gathering", "sector", "sector", "post"]))
    leg = {kind: gathering if kind == "gathering" else some(st.sampled_from(names if kind == "sector" else posts))}
    if ends or some(st.booleans()):
        leg["until"] = some(CLOCK)
    if "sector" in leg and some(st.booleans()):
        leg["until_left"] = gathering
    return leg


def _trigger(some: st.DrawFn, i: int, sectors: list[str]) -> dict[str, Any]:
    return {
        "id": f"x{i}",
        "name": f"Trigger {i}",
        "kind": some(st.sampled_from(["announcement", "rumour"])),
        "at": some(CLOCK),
        "late": some(MINUTES),
        "chance": some(SHARE),
        "tension": some(st.sampled_from([-0.2, 0.2, 0.5])),
        "sectors": some(st.lists(st.sampled_from(sectors), max_size=3, unique=True)),
    }


def _travel(some: st.DrawFn, places: list[str]) -> dict[str, Any]:
    closures = [
        {"a": a, "b": b, "start": some(st.none() | CLOCK), "end": some(st.none() | CLOCK)}
        for a, b in some(st.lists(st.tuples(st.sampled_from(places), st.sampled_from(places)), max_size=3))
        if a != b
    ]
    closures = [c for c in closures if c["start"] is None or c["start"] != c["end"]]
    return {
        "noise": some(SHARE),
        "form_up": some(MINUTES),
        "march": some(st.sampled_from([2.0, 6.0])),
        "closures": [{k: v for k, v in c.items() if v is not None} for c in closures],
    }


def _doctrine(some: st.DrawFn) -> dict[str, Any]:
    return {
        "lapis": some(MINUTES),
        "lintas": some(MINUTES),
        "handover_strength": some(SHARE),
        "relief_every": some(st.sampled_from([0.0, 45.0, 240.0])),
        "relief": some(MINUTES),
        "longest_duty": some(st.sampled_from([1.0, 45.0, 240.0])),
        "shortest_rest": some(MINUTES),
        "tires": some(st.sampled_from([0.0, 0.1, 0.5])),
        "fitness_least": some(SHARE),
        "heat": some(st.sampled_from([1.0, 1.5])),
        "waiting_marks": some(st.sampled_from([[], [15.0, 30.0], [5.0]])),
        "required_risk": some(SHARE),
        "ask_again": some(st.sampled_from([1.0, 10.0, 60.0])),
        "refusal": some(SHARE),
        "order_red": some(MINUTES),
        "warning": some(MINUTES),
        "time_to_leave": some(MINUTES),
        "evacuation": some(MINUTES),
        "evacuation_protected": some(MINUTES),
    }
