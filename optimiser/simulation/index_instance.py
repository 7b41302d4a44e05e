"""From an instance to its facts: everything that a replication needs, as numbers by index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.model.clocks import span_window
from optimiser.model.distances import measure
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.parts.fitness import list_fitness
from optimiser.model.values.base import ByPhase
from optimiser.model.values.derived import derived
from optimiser.simulation.indexed_instance import PHASE_COUNT, Facts
from optimiser.simulation.record import FloatRows, Floats, IntGrids, IntRows


@derived
def index_instance(instance: Instance) -> Facts:
    """Turn an instance into facts, which every replication reads and none changes."""
    distances = measure(instance)
    km = distances.km
    values: dict[str, Any] = {
        "horizon": float(instance.period.simulated),
        "law": make_law(instance.law),
        "epochs": [float(e) for e in distances.epochs],
        "km": km.tolist(),
        **_sectors(instance, km[0]),
        **_kinds(instance),
        **_vehicles(instance),
        **_gatherings(instance),
        **_triggers(instance),
        **_stations(instance, km),
        **{name: float(getattr(instance.travel, name)) for name in ("drive", "march", "form_up", "noise")},
        **{name: float(getattr(instance.doctrine, name)) for name in DOCTRINE},
        "escort_stays": int(bool(instance.presence and instance.presence.escort_stays)),
        **_tiring(instance),
        "waiting_marks": [float(m) for m in instance.doctrine.waiting_marks],
    }
    values |= _slots(instance, values["spill_to"])
    return Facts(_sizes(instance, values), values, distances)


DOCTRINE = (
    "lapis",
    "lintas",
    "handover_strength",
    "relief_every",
    "relief",
    "shortest_rest",
    "required_risk",
    "ask_again",
    "refusal",
    "order_red",
    "warning",
    "time_to_leave",
    "evacuation",
    "evacuation_protected",
)


def _sizes(instance: Instance, values: Mapping[str, Any]) -> dict[str, int]:
    sectors, stations = len(instance.sectors), len(instance.posts) + len(instance.reinforcements)
    return {
        "sectors": sectors,
        "sectors and one": sectors + 1,
        "windows": len(values["window_from"]),
        "kinds": len(instance.teams),
        "roles": len(instance.roles),
        "vehicles": len(instance.vehicles),
        "rides": len(values["rides"]),
        "gatherings": len(instance.gatherings),
        "gatherings and one": len(instance.gatherings) + 1,
        "moving": len(instance.moving),
        "moving and one": len(instance.moving) + 1,
        "legs": len(values["leg_sector"]),
        "routes": len(values["route_open"]),
        "routes and one": len(values["stop_first"]),
        "starts": len(values["start_gathering"]),
        "stops": len(values["stop_sector"]),
        "slots": len(values["slot_gathering"]),
        "triggers": len(instance.triggers),
        "triggers and one": len(instance.triggers) + 1,
        "reached": len(values["reach_sector"]),
        "stations": stations,
        "places": sectors + stations,
        "epochs": len(values["epochs"]),
        "marks": len(values["waiting_marks"]),
    }


def _starts(parts: Iterable[Sequence[Any]]) -> list[int]:
    """Return where each part begins when they lie one after another, and where the last one ends."""
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    return starts


def _sectors(instance: Instance, km: NDArray[np.float64]) -> dict[str, Any]:
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    between = km[: len(index), : len(index)].copy()
    np.fill_diagonal(between, np.inf)
    nearest = [int(row.argmin()) if np.isfinite(row).any() else -1 for row in between]
    windows = [[span_window(instance, w) for w in s.critical] for s in instance.sectors]
    return {
        "public": [float(s.public) for s in instance.sectors],
        "officials": [float(s.official.staff) if s.official else 0.0 for s in instance.sectors],
        "property": [float(s.property) for s in instance.sectors],
        "records": [float(s.records) for s in instance.sectors],
        "exit_open": [int(s.exit_open) for s in instance.sectors],
        "traffic_need": [float(s.traffic_need) for s in instance.sectors],
        "spill_to": [
            index[s.spill_to] if s.spill_to else near for s, near in zip(instance.sectors, nearest, strict=True)
        ],
        "has_official": [int(s.official is not None) for s in instance.sectors],
        "restart": [max((float(w.restart) for w in s.critical), default=0.0) for s in instance.sectors],
        "window_first": _starts(windows),
        "window_from": [start for spans in windows for start, _ in spans],
        "window_until": [end for spans in windows for _, end in spans],
    }


def _by_phase(values: ByPhase, phases: Iterable[str] = ("green", "yellow", "red"), scale: float = 1.0) -> Floats:
    row = [0.0] * PHASE_COUNT
    for name, phase in (("green", GREEN), ("yellow", YELLOW), ("red", RED)):
        if name in phases:
            row[phase] = float(getattr(values, name)) * scale
    return row


_ALL = ByPhase.model_construct(green=1.0, yellow=1.0, red=1.0)


def _kinds(instance: Instance) -> dict[str, Any]:
    place = {r.id: i for i, r in enumerate(instance.roles)}
    roles = [instance.roles[place[t.role]] for t in instance.teams]
    scale = [float(t.size) * float(t.fitness) for t in instance.teams]

    def able(name: str) -> FloatRows:
        """Spread one ability over the phases in which doctrine lets the role act."""
        rows = []
        for role, factor in zip(roles, scale, strict=True):
            ability = float(getattr(role, name))
            flat = ByPhase.model_construct(green=ability, yellow=ability, red=ability)
            rows.append(_by_phase(flat, role.phases, factor))
        return rows

    line = [_by_phase(role.containment, role.phases, factor) for role, factor in zip(roles, scale, strict=True)]
    words, care = able("dialogue"), able("medical")
    called = [[not r.officer and name in r.phases for name in ("yellow", "red")] for r in roles]
    best: IntGrids = []
    for ability in (line, words, care):
        order = []
        for phase in range(PHASE_COUNT):
            able_kinds = [k for k, c in enumerate(called) if phase in (YELLOW, RED) and c[phase == RED]]
            strong = [k for k in able_kinds if ability[k][phase] > 0.0]
            order.append(sorted(strong, key=lambda k, row=ability, p=phase: (-row[k][p], k)))  # type: ignore[misc]
        best.append(order)
    return {
        "kind_role": [place[t.role] for t in instance.teams],
        "kind_size": [int(t.size) for t in instance.teams],
        "available": [instance.minutes(t.available) if t.available else 0.0 for t in instance.teams],
        "containment": line,
        "dialogue": words,
        "medical": care,
        "arrest": able("arrest"),
        "traffic": able("traffic"),
        "information": able("information"),
        "visible": [float(r.visibility) * float(t.size) for r, t in zip(roles, instance.teams, strict=True)],
        "acts": [[int(x > 0.0) for x in _by_phase(_ALL, role.phases)] for role in roles],
        "holds_line": [float(max(r.containment.green, r.containment.yellow, r.containment.red) > 0.0) for r in roles],
        "waits": [int(any(c)) for c in called],
        "best_count": [[len(kinds) for kinds in order] for order in best],
        "best_kind": [[_filled(kinds, len(roles)) for kinds in order] for order in best],
    }


def _tiring(instance: Instance) -> dict[str, Any]:
    """Turn minutes on duty into steps of ability: see `optimiser.model.parts.fitness`."""
    fitness = list_fitness(instance)
    return {
        "tiring": int(any(math.isfinite(one.first) for one in fitness)),
        "tire_after": [one.first for one in fitness],
        "tire_step": [one.step for one in fitness],
        "tire_most": max((one.most for one in fitness), default=0),
        "tire_loss": max((one.loss for one in fitness), default=0.0),
    }


def _filled(row: Sequence[int], length: int) -> list[int]:
    """Return a row of full length; what follows its own numbers is never read."""
    return [*row, *[0] * (length - len(row))]


def _vehicles(instance: Instance) -> dict[str, Any]:
    roles = {r.id: i for i, r in enumerate(instance.roles)}
    seats = [0 if v.water_cannon else int(v.seats) for v in instance.vehicles]
    return {
        "seats": seats,
        "speed": [float(v.speed) for v in instance.vehicles],
        "crew": [int(v.crew) for v in instance.vehicles],
        "crew_role": [roles[v.crew_role] if v.crew_role else -1 for v in instance.vehicles],
        "escort": [int(v.escort) for v in instance.vehicles],
        "escort_role": [roles[v.escort_role] if v.escort_role else -1 for v in instance.vehicles],
        "vehicle_containment": [_by_phase(v.containment) for v in instance.vehicles],
        "vehicle_visible": [float(v.visibility) for v in instance.vehicles],
        "vehicle_medical": [float(v.medical) for v in instance.vehicles],
        "protected": [int(v.protected) for v in instance.vehicles],
        "water": [int(v.water_cannon) for v in instance.vehicles],
        "endurance": [float(v.endurance) for v in instance.vehicles],
        "refill": [float(v.refill) for v in instance.vehicles],
        "rides": sorted((w for w, n in enumerate(seats) if n > 0), key=lambda w: (-seats[w], w)),
    }


def _gatherings(instance: Instance) -> dict[str, Any]:
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    gatherings = instance.gatherings
    begins: list[list[int]] = [[] for _ in index]
    for g, gathering in enumerate(gatherings):
        for s in sorted({index[way.stops[0].sector] for way in gathering.ways}):
            begins[s].append(g)
    ways = [way for gathering in gatherings for way in gathering.ways]
    return {
        "start_first": _starts(begins),
        "start_gathering": [g for here in begins for g in here],
        "spread": [float(g.arrival_spread) for g in gatherings],
        "groups": [int(g.groups) for g in gatherings],
        "route_first": _starts([gathering.ways for gathering in gatherings]),
        "route_open": [int(way.share > 0.0) for way in ways],
        "stop_first": _starts([way.stops for way in ways]),
        "stop_sector": [index[stop.sector] for way in ways for stop in way.stops],
        "stop_stay": [float(stop.stay) for way in ways for stop in way.stops],
        "ends_if_received": [float(g.ends_if_received) for g in gatherings],
        "regroup": [float(g.regroup) for g in gatherings],
        "militant": [_by_phase(g.militant) for g in gatherings],
        "liaison": [1.0 if g.liaison else 0.0 for g in gatherings],
        "comes_as": [{"green": GREEN, "yellow": YELLOW, "red": RED}[g.comes_as] for g in gatherings],
        **_legs(instance),
    }


def _legs(instance: Instance) -> dict[str, Any]:
    place = {p.id: i for i, p in enumerate((*instance.sectors, *instance.posts))}
    gathering = {g.id: i for i, g in enumerate(instance.gatherings)}
    legs = [leg for moving in instance.moving for leg in moving.parts]
    return {
        "leg_first": _starts([moving.parts for moving in instance.moving]),
        "leg_sector": [place[where] if (where := leg.sector or leg.post) else -1 for leg in legs],
        "leg_gathering": [gathering[leg.gathering] if leg.gathering else -1 for leg in legs],
        "leg_until": [instance.minutes(leg.until) if leg.until else math.inf for leg in legs],
        "leg_left": [gathering[leg.until_left] if leg.until_left else -1 for leg in legs],
    }


def _slots(instance: Instance, spill_to: Sequence[int]) -> dict[str, Any]:
    """Pair sectors with the gatherings that can ever be there: on their way, or spilled over from where they can be."""
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    guests: list[set[int]] = [set() for _ in index]
    for g, gathering in enumerate(instance.gatherings):
        for stop in gathering.itinerary:
            s = index[stop.sector]
            while s >= 0 and g not in guests[s]:
                guests[s].add(g)
                s = spill_to[s]
    return {
        "slot_first": _starts([list(g) for g in guests]),
        "slot_gathering": [g for here in guests for g in sorted(here)],
    }


def _triggers(instance: Instance) -> dict[str, Any]:
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    reached = [sorted({index[s] for s in t.sectors}) or list(range(len(index))) for t in instance.triggers]
    return {
        "reach_first": _starts(reached),
        "reach_sector": [s for sectors in reached for s in sectors],
        "trigger_tension": [float(t.tension) for t in instance.triggers],
        "trigger_rumour": [int(t.kind == "rumour") for t in instance.triggers],
    }


def _stations(instance: Instance, km: NDArray[np.float64]) -> dict[str, Any]:
    posts, outside = instance.posts, instance.reinforcements
    kinds = {t.id: k for k, t in enumerate(instance.teams)}
    reserve = [[0] * len(kinds) for _ in (*posts, *outside)]
    for p, r in enumerate(outside, len(posts)):
        reserve[p][kinds[r.team]] = int(r.teams)
    delay = [*[0.0] * len(posts), *(float(r.delay) for r in outside)]
    speed = [*[float(instance.travel.drive)] * len(posts), *(float(r.speed) for r in outside)]
    near, near_count = _nearest(km, len(instance.sectors), np.array(delay), np.array(speed))
    return {
        "posts": len(posts),
        "keep": [*(int(p.keep) for p in posts), *[0] * len(outside)],
        "outside_phase": [*[0] * len(posts), *(YELLOW if r.asked == "yellow" else RED for r in outside)],
        "outside_delay": delay,
        "outside_speed": speed,
        "outside_reserve": reserve,
        "near": near,
        "near_count": near_count,
    }


def _nearest(
    km: NDArray[np.float64], sectors: int, delay: NDArray[np.float64], speed: NDArray[np.float64]
) -> tuple[IntGrids, IntRows]:
    """Order the stations by minutes until they can be at a sector, and count those that can be there at all."""
    minutes = delay + 60.0 * km[:, sectors:, :sectors].transpose(0, 2, 1) / speed  # (epochs, sectors, stations)
    order = np.argsort(minutes, axis=2, kind="stable")
    return order.tolist(), np.isfinite(minutes).sum(axis=2).tolist()
