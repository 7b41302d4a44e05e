"""The instance as plain tuples of numbers, by index: what everything that simulates computes on.

Order of indices: sectors, then posts, then reinforcements for places; stations are posts, then reinforcements; kinds
are `Instance.teams`; vehicle types are `Instance.vehicles`. Times are minutes from the start, speeds are turned into
minutes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from optimiser.deployment import Deployment
from optimiser.escalation import GREEN, RED, YELLOW, Law, make_law
from optimiser.instance import ByPhase, Gathering, Instance, Sector
from optimiser.travel import measure

Row = tuple[float, ...]
Grid = tuple[Row, ...]
PHASE_COUNT = 5


@dataclass(frozen=True)
class SectorFacts:
    """One sector: persons, units and minutes."""

    public: float
    staff: float
    property: float
    records: float
    exit_open: bool
    traffic_need: float
    spill_to: int
    has_official: bool
    windows: tuple[tuple[float, float], ...]
    restart: float


@dataclass(frozen=True)
class KindFacts:
    """One kind of team; abilities are head equivalents of one whole team, by phase where doctrine limits them."""

    role: int
    size: int
    available: float
    containment: Row
    dialogue: Row
    medical: Row
    arrest: Row
    traffic: Row
    information: Row
    visible: float
    callable: tuple[bool, ...]


@dataclass(frozen=True)
class VehicleFacts:
    """One vehicle type, per vehicle."""

    seats: int
    speed: float
    crew: int
    crew_role: int
    escort: int
    escort_role: int
    containment: Row
    visible: float
    medical: float
    protected: bool
    water: bool
    endurance: float
    refill: float


@dataclass(frozen=True)
class GatheringFacts:
    """One gathering; stops are (sector, minutes of stay)."""

    spread: float
    groups: int
    stops: tuple[tuple[int, float], ...]
    ends_if_received: float
    regroup: float
    militant: Row
    liaison: float
    comes_as: int


@dataclass(frozen=True)
class Facts:
    """All of an instance that a replication needs."""

    instance: Instance
    law: Law
    horizon: float
    sectors: tuple[SectorFacts, ...]
    kinds: tuple[KindFacts, ...]
    vehicles: tuple[VehicleFacts, ...]
    gatherings: tuple[GatheringFacts, ...]
    trigger_sectors: tuple[tuple[int, ...], ...]
    trigger_tension: Row
    trigger_rumour: tuple[bool, ...]
    posts: int
    stations: int
    keep: tuple[int, ...]
    outside_kind: tuple[int, ...]
    outside_teams: tuple[int, ...]
    outside_phase: tuple[int, ...]
    outside_delay: Row
    outside_speed: Row
    epochs: Row
    km: tuple[Grid, ...]
    nearest: tuple[tuple[tuple[int, ...], ...], ...]
    drive: float
    march: float
    form_up: float
    noise: float
    names: tuple[str, ...]
    roles: int

    def epoch(self, minute: float) -> int:
        """Tell which state of the roads holds at a minute."""
        epoch = 0
        while epoch + 1 < len(self.epochs) and self.epochs[epoch + 1] <= minute:
            epoch += 1
        return epoch

    def distance(self, minute: float, origin: int, goal: int) -> float:
        """Road kilometres between two places at a minute, infinite where closed."""
        return self.km[self.epoch(minute)][origin][goal]


@dataclass(frozen=True)
class Counts:
    """A deployment as numbers: teams and vehicles by sector, then by post."""

    teams: tuple[tuple[int, ...], ...]
    vehicles: tuple[tuple[int, ...], ...]
    reserve: tuple[tuple[int, ...], ...]
    parked: tuple[tuple[int, ...], ...]


def count(instance: Instance, deployment: Deployment) -> Counts:
    """Turn a deployment into rows of numbers in the order of the instance."""

    def rows(places: tuple[str, ...], what: str) -> tuple[tuple[int, ...], ...]:
        if what == "teams":
            return tuple(tuple(deployment.team_count(p, k.id) for k in instance.teams) for p in places)
        return tuple(tuple(deployment.vehicle_count(p, v.id) for v in instance.vehicles) for p in places)

    sectors = tuple(s.id for s in instance.sectors)
    posts = tuple(p.id for p in instance.posts)
    return Counts(rows(sectors, "teams"), rows(sectors, "vehicles"), rows(posts, "teams"), rows(posts, "vehicles"))


def gather(instance: Instance) -> Facts:
    """Turn an instance into facts; done once, used by every replication."""
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    roles = {r.id: i for i, r in enumerate(instance.roles)}
    kinds = {t.id: i for i, t in enumerate(instance.teams)}
    distances = measure(instance)
    km = tuple(tuple(tuple(float(x) for x in row) for row in epoch) for epoch in distances.km)
    outside = instance.reinforcements
    everywhere = tuple(range(len(index)))
    return Facts(
        instance=instance,
        law=make_law(instance.law),
        horizon=instance.period.minutes,
        sectors=tuple(_sector(instance, s, i, index, km[0]) for i, s in enumerate(instance.sectors)),
        kinds=_kinds(instance, roles),
        vehicles=_vehicles(instance, roles),
        gatherings=tuple(_gathering(g, index) for g in instance.gatherings),
        trigger_sectors=tuple(tuple(index[s] for s in t.sectors) or everywhere for t in instance.triggers),
        trigger_tension=tuple(float(t.tension) for t in instance.triggers),
        trigger_rumour=tuple(t.kind == "rumour" for t in instance.triggers),
        posts=len(instance.posts),
        stations=len(instance.posts) + len(outside),
        keep=tuple(int(p.keep) for p in instance.posts),
        outside_kind=tuple(kinds[r.team] for r in outside),
        outside_teams=tuple(int(r.teams) for r in outside),
        outside_phase=tuple(YELLOW if r.asked == "yellow" else RED for r in outside),
        outside_delay=tuple(float(r.delay) for r in outside),
        outside_speed=tuple(float(r.speed) for r in outside),
        epochs=tuple(float(e) for e in distances.epochs),
        km=km,
        nearest=_nearest(instance, km),
        drive=float(instance.travel.drive),
        march=float(instance.travel.march),
        form_up=float(instance.travel.form_up),
        noise=float(instance.travel.noise),
        names=(*index, *(p.id for p in instance.posts), *(r.id for r in outside)),
        roles=len(roles),
    )


def _nearest(instance: Instance, km: tuple[Grid, ...]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Order the stations by minutes until they can be at a sector, unreachable ones left out."""
    sectors, drive = len(instance.sectors), float(instance.travel.drive)
    start = [0.0] * len(instance.posts) + [float(r.delay) for r in instance.reinforcements]
    speed = [drive] * len(instance.posts) + [float(r.speed) for r in instance.reinforcements]

    def order(grid: Grid, s: int) -> tuple[int, ...]:
        minutes = [start[p] + 60.0 * grid[sectors + p][s] / speed[p] for p in range(len(start))]
        return tuple(sorted((p for p in range(len(start)) if math.isfinite(minutes[p])), key=lambda p: (minutes[p], p)))

    return tuple(tuple(order(grid, s) for s in range(sectors)) for grid in km)


def _by_phase(values: ByPhase, phases: tuple[str, ...] = ("green", "yellow", "red"), scale: float = 1.0) -> Row:
    row = [0.0] * PHASE_COUNT
    for name, phase in (("green", GREEN), ("yellow", YELLOW), ("red", RED)):
        if name in phases:
            row[phase] = float(getattr(values, name)) * scale
    return tuple(row)


def _sector(instance: Instance, s: Sector, i: int, index: Mapping[str, int], km: Grid) -> SectorFacts:
    others = [j for j in range(len(index)) if j != i and math.isfinite(km[i][j])]
    nearest = min(others, key=lambda j: (km[i][j], j), default=-1)
    return SectorFacts(
        public=float(s.public),
        staff=float(s.official.staff) if s.official else 0.0,
        property=float(s.property),
        records=float(s.records),
        exit_open=s.exit_open,
        traffic_need=float(s.traffic_need),
        spill_to=index[s.spill_to] if s.spill_to else nearest,
        has_official=s.official is not None,
        windows=tuple((instance.minutes(w.start), instance.minutes(w.end) or 1440.0) for w in s.critical),
        restart=max((float(w.restart) for w in s.critical), default=0.0),
    )


def _kinds(instance: Instance, roles: Mapping[str, int]) -> tuple[KindFacts, ...]:
    result = []
    for t in instance.teams:
        role = instance.roles[roles[t.role]]
        scale = float(t.size) * float(t.fitness)

        def everywhere(ability: float, phases: tuple[str, ...] = role.phases, scale: float = scale) -> Row:
            flat = ByPhase.model_construct(green=ability, yellow=ability, red=ability)
            return _by_phase(flat, phases, scale)

        acts = [False, False, "yellow" in role.phases, "red" in role.phases, False]
        result.append(
            KindFacts(
                role=roles[t.role],
                size=int(t.size),
                available=instance.minutes(t.available) if t.available else 0.0,
                containment=_by_phase(role.containment, role.phases, scale),
                dialogue=everywhere(float(role.dialogue)),
                medical=everywhere(float(role.medical)),
                arrest=everywhere(float(role.arrest)),
                traffic=everywhere(float(role.traffic)),
                information=everywhere(float(role.information)),
                visible=float(role.visibility) * float(t.size),
                callable=tuple(a and not role.officer for a in acts),
            )
        )
    return tuple(result)


def _vehicles(instance: Instance, roles: Mapping[str, int]) -> tuple[VehicleFacts, ...]:
    return tuple(
        VehicleFacts(
            seats=0 if v.water_cannon else int(v.seats),
            speed=float(v.speed),
            crew=int(v.crew),
            crew_role=roles[v.crew_role] if v.crew_role else -1,
            escort=int(v.escort),
            escort_role=roles[v.escort_role] if v.escort_role else -1,
            containment=_by_phase(v.containment),
            visible=float(v.visibility),
            medical=float(v.medical),
            protected=v.protected,
            water=v.water_cannon,
            endurance=float(v.endurance),
            refill=float(v.refill),
        )
        for v in instance.vehicles
    )


def _gathering(g: Gathering, index: Mapping[str, int]) -> GatheringFacts:
    return GatheringFacts(
        spread=float(g.arrival_spread),
        groups=int(g.groups),
        stops=tuple((index[s.sector], float(s.stay)) for s in g.itinerary),
        ends_if_received=float(g.ends_if_received),
        regroup=float(g.regroup),
        militant=_by_phase(g.militant),
        liaison=1.0 if g.liaison else 0.0,
        comes_as={"green": GREEN, "yellow": YELLOW, "red": RED}[g.comes_as],
    )
