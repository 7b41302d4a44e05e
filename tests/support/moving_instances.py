"""Random instances with accompaniments and movements in which any rule may bind, and deployments for them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from support import tiny

from optimiser.common.errors import Infeasible, Unrepairable
from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.repair import repair
from optimiser.planning.programs.requirements import Requirement, require
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import after_iterations, after_replications, any_of
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

SECTORS = ("s0", "s1", "s2")
ROLES = ("line", "talk", "phh", "chief")
CLOCKS = ("14:00", "15:00", "16:00")
Rows = list[list[int]]  # numbers by place and kind
Fault = tuple[str, str, str]  # code, place, what


def draw_moving(rng: random.Random) -> Instance:
    """Draw an instance, consistent in itself and perhaps infeasible, in which units move."""
    data = tiny.draw(rng).model_dump(mode="json", exclude_none=True)
    for role in data["roles"]:
        role["containment"] = {phase: n for phase, n in role["containment"].items() if phase in role["phases"]}
    data["sectors"].append(
        {"id": "s2", "name": "Sector 2", "x": 2.0, "y": 0.0, "staging_capacity": 40} | {"minimum": {}, "maximum": {}}
    )
    for sector in data["sectors"]:
        if rng.random() < 0.3:
            sector["maximum"] = {rng.choice(ROLES): rng.choice([0, 1, 2])}
        most = sector["maximum"]
        sector["minimum"] = {role: n for role, n in sector["minimum"].items() if n <= most.get(role, n)}
    data["gatherings"] = [_gathering(rng, i) for i in range(2)]
    marches = [g["id"] for g in data["gatherings"] if len({stop["sector"] for stop in g["itinerary"]}) > 1]
    data["accompaniments"] = [
        {"id": f"a-{g}", "name": f"With {g}", "gathering": g, "staging_capacity": rng.choice([5, 15, 60])}
        for g in marches
        if rng.random() < 0.7
    ]
    data["movements"] = [_movement(rng, i) for i in range(rng.choice([1, 1, 2]))]
    data["vehicles"][0] |= {"water_cannon": rng.random() < 0.4, "endurance": 7.0}
    for vehicle in data["vehicles"]:
        vehicle["crew"] = max(1, vehicle["crew"])
        vehicle["escort"] = vehicle["escort"] if "escort_role" in vehicle else 0
        if rng.random() < 0.5:
            vehicle["stands"] = "anywhere"
    along = [a["id"] for a in (*data["accompaniments"], *data["movements"])]
    data["pins"] += [_pin(rng, rng.choice(along)) for _ in range(rng.choice([0, 0, 1, 2]))]
    return Instance.model_validate(data)


def _gathering(rng: random.Random, i: int) -> dict[str, Any]:
    first, *others = rng.sample(SECTORS, 3)
    stops = [{"sector": s, "stay": rng.choice([20.0, 60.0])} for s in (first, *others[: rng.choice([0, 1, 2])])]
    crowd = {
        "id": f"g{i}",
        "name": f"Crowd {i}",
        "turnout": rng.choice([60.0, 300.0, 900.0]),
        "arrives": rng.choice(["13:05", "13:40"]),
        "tension": rng.choice([0.3, 0.6]),
        "itinerary": stops,
    }
    if len(stops) == 3 and rng.random() < 0.5:  # after the first, one of the two
        crowd["routes"] = [{"id": "a"}, {"id": "b"}]
        stops[1]["route"], stops[2]["route"] = "a", "b"
    return crowd


def _movement(rng: random.Random, i: int) -> dict[str, Any]:
    """Draw two or three legs, in sectors until later and later, or with people."""
    legs: list[dict[str, Any]] = []
    for sector, clock in zip(rng.sample(SECTORS, rng.choice([2, 3])), CLOCKS, strict=False):
        legs.append(
            {"sector": sector, "until": clock} if rng.random() < 0.8 else {"gathering": rng.choice(["g0", "g1"])}
        )
    legs[-1].pop("until", None)
    return {"id": f"m{i}", "name": f"Movement {i}", "staging_capacity": rng.choice([5, 15, 60]), "legs": legs}


def _pin(rng: random.Random, place: str) -> dict[str, Any]:
    what = rng.choice(["t-line", "t-talk", "line", "v0", "phh", "heads"])
    limit = {"at_least": [0, 1], "at_most": [0, 1]} | (
        {"at_least": [2, 4], "at_most": [4, 11]} if what == "heads" else {}
    )
    side = rng.choice(list(limit))
    return {"place": place, "what": what, side: rng.choice(limit[side])}


def make_plans(instance: Instance, rng: random.Random, number: int) -> Iterator[tuple[str, Instance, Deployment]]:
    """Make deployments in every way that there is, each with the name of the way and the instance it is for.

    Every fifth instance is searched too. Where no deployment is feasible the repaired instance takes its place.
    """
    try:
        found = candidates(instance)
    except Infeasible:
        try:
            mended = repair(instance)
        except Unrepairable:
            return
        yield "repair", mended.repaired, mended.deployment
        instance, found = mended.repaired, candidates(mended.repaired)
    for plan in found.values():
        yield "hand rules", instance, plan
    wanted = dict(_want(instance, rng))
    found = found | {"nearest": nearest(instance, wanted)}
    yield "nearest", instance, found["nearest"]
    if number % 5 == 0:
        with Simulator(instance) as simulator:
            stop = any_of(after_iterations(3), after_replications(300))
            made = search(simulator, draw(instance, number, 4), found, stop, Watcher())
        yield "search", instance, made.deployment


def _want(instance: Instance, rng: random.Random) -> Iterator[tuple[tuple[str, str], float]]:
    """Want units anywhere, more of them where they move."""
    for place in instance.places:
        few = [0.0, 1.0, 2.0] if place in instance.moving else [0.0, 0.0, 0.0, 1.0]
        for kind in (*instance.teams, *instance.vehicles):
            yield (place.id, kind.id), rng.choice(few)


def disturb(instance: Instance, plan: Deployment, rng: random.Random) -> Rows:
    """Give units to a few places, or take some away; the fewer the nearer the deployment stays to a feasible one."""
    rows = plan.numbers(instance).tolist()
    for _ in range(rng.choice([0, 1, 1, 2, 4, 12])):
        row = rng.choice(rows)
        k = rng.randrange(len(row))
        row[k] = max(0, row[k] + rng.choice([-1, 1, 1, 2]))
    return rows


def break_rows(instance: Instance, rows: Rows) -> set[Fault]:
    """Name each row of the requirements that numbers break, as the checker names violations."""
    table = np.array([rows])
    return {fault for r in require(instance) if not tiny.holds(r, table).all() for fault in _name(instance, r, rows)}


def _name(instance: Instance, requirement: Requirement, rows: Rows) -> Iterator[Fault]:
    code, number = requirement.code, requirement.number or ()
    kinds = [*instance.teams, *instance.vehicles]
    place = "" if requirement.place is None else instance.places[requirement.place].id
    if code == "stands":
        for p, k in (cell for row in requirement.rows for cell in row.terms if rows[cell[0]][cell[1]]):
            yield code, instance.places[p].id, kinds[k].id
    elif code == "availability":
        yield code, "", kinds[_number_of_kind(instance, number)].id
    elif code == "pin":
        pin = instance.pins[number[1]]
        yield code, pin.place, pin.what
    elif code in ("crew", "escort"):  # every role has a team, whose heads give crews and escorts
        team = next(k for row in requirement.rows for (_, k), c in row.terms.items() if c and k < len(instance.teams))
        yield code, place, instance.teams[team].role
    elif code == "officer":  # of who moves by itself another place is in charge too
        led = {p for row in requirement.rows for (p, _), c in row.terms.items() if c > 0}
        yield code, instance.places[led.pop()].id, ""
    elif code in ("cap", "reserve"):
        yield code, "", ""
    elif number and number[0] == "sectors":
        yield code, instance.sectors[number[1]].id, number[3] if len(number) > 3 else ""
    else:
        yield code, place, ""


def _number_of_kind(instance: Instance, number: Sequence[Any]) -> int:
    return int(number[1]) + (len(instance.teams) if number[0] == "vehicles" else 0)


def compare_rows(instance: Instance, rows: Rows) -> tuple[set[Fault], set[Fault]]:
    """Return what rows of the requirements say of a deployment, and what the checker says.

    Where a crew is lacking its escort is too, for the rows even if there is nothing to escort: left out on both sides.
    """
    found = break_rows(instance, rows)
    said = {(v.code, v.place, v.what) for v in check(instance, tiny.deploy(instance, rows)).violations}
    short = {("escort", place, role) for code, place, role in said if code == "crew"}
    return found - short, said - short
