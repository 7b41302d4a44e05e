"""The independent verifier of a deployment: thirteen rules, whole numbers, every violation at once.

It counts and measures by itself and shares no code with allocation or travel; otherwise it would prove nothing.
The instance is taken to be consistent, as `optimiser.reading.read` ensures. A plan exactly at a limit passes: counts
are integers, a share is the decimal it was written as, and a distance may be a millimetre longer than its limit.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from optimiser.deployment import Allotment, Deployment
from optimiser.instance import Instance, Pin, Place, Post, Role, Sector, Team, Travel, VehicleType

EARTH_RADIUS = 6371.0088  # km, mean radius (IUGG)
SLACK = 1e-6  # km, assumed: 1 mm, far above float rounding (1e-12 km), far below any map's precision


@dataclass(frozen=True)
class Violation:
    """One rule broken at one place.

    Attributes
    ----------
    code : name of the rule, one of `CODES`.
    place : identifier of the sector or post; empty where the rule is about all places.
    what : identifier of the team kind, role, vehicle type or other thing concerned; empty where there is none.
    found : number found, in the unit of the rule (teams, vehicles, heads or seats).
    required : least or most that was allowed, same unit; 0 for what must not be there.
    message : the same as a sentence for a planner, with names.
    """

    code: str
    place: str
    what: str
    found: int
    required: int
    message: str

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


@dataclass(frozen=True)
class HeadCount:
    """Where the heads are. Always sectors + posts + crews + lost = counted + outside.

    Attributes
    ----------
    sectors, posts : heads of teams there.
    crews : heads of extra crews, those of vehicles that take no crew from a team, wherever they stand.
    lost : heads of teams at places that the instance does not have; 0 in a deployment that passes.
    counted : deployed heads that count under the cap.
    cap : most heads that may count.
    outside : deployed heads that do not count under the cap.
    base : heads that would count, extra crews included, held at base.
    """

    sectors: int
    posts: int
    crews: int
    lost: int
    counted: int
    cap: int
    outside: int
    base: int


@dataclass(frozen=True)
class Verdict:
    """What the checker found: all violations, in the order of the rules and of the instance, and the heads."""

    violations: tuple[Violation, ...]
    heads: HeadCount

    @property
    def passed(self) -> bool:
        """Tell whether no rule is broken."""
        return not self.violations

    def sentence(self) -> str:
        """Say the result in one sentence."""
        verb = "passed" if self.passed else "refused"
        found = _several(len(self.violations), "violation")
        return f"The checker {verb} this deployment: {len(RULES)} rules, {found}."

    def __str__(self) -> str:
        return "\n".join([self.sentence(), *(f"  - {v}" for v in self.violations)])


def check(instance: Instance, deployment: Deployment) -> Verdict:
    """Apply every rule to a deployment.

    Parameters
    ----------
    instance : the problem, consistent in itself.
    deployment : the plan to verify; it need not have been made for this instance.

    Returns
    -------
    Verdict with every violation; the same input gives the same violations in the same order.
    """
    case = _Case.of(instance, deployment)
    return Verdict(tuple(v for rule in RULES for v in rule(case)), _count_heads(case))


def check_files(instance_path: str | Path, plan_path: str | Path) -> Verdict:
    """Read an instance and a deployment from their files and check the one against the other.

    Raises
    ------
    FileTrouble : a file cannot be read.
    InputFault : a file says something that cannot be used.
    """
    from optimiser.reading import read, read_deployment  # noqa: PLC0415 - a plan in memory needs no file formats

    return check(read(instance_path), read_deployment(plan_path))


@dataclass(frozen=True)
class _Spot:
    """One sector or post with what stands there; numbers are positive, kinds in the order of the instance."""

    place: Sector | Post
    teams: tuple[tuple[Team, int], ...]
    vehicles: tuple[tuple[VehicleType, int], ...]

    @property
    def name(self) -> str:
        return f"{'sector' if isinstance(self.place, Sector) else 'post'} '{self.place.name}'"

    @property
    def title(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def team_heads(self, role: str | None = None) -> int:
        return sum(n * int(t.size) for t, n in self.teams if role in (None, t.role))

    def role_teams(self, role: str) -> int:
        return sum(n for t, n in self.teams if t.role == role)

    def crew_heads(self) -> int:
        return sum(n * int(v.crew) for v, n in self.vehicles if v.crew_role is None)

    def drawn_crews(self, role: str) -> int:
        return sum(n * int(v.crew) for v, n in self.vehicles if v.crew_role == role)

    def escorts(self, role: str) -> int:
        return sum(n * int(v.escort) for v, n in self.vehicles if v.escort_role == role)


@dataclass(frozen=True)
class _Case:
    """One deployment laid out over one instance: what stands at each place, and what is placed in all."""

    instance: Instance
    deployment: Deployment
    spots: tuple[_Spot, ...]
    roles: dict[str, Role]
    teams: Counter[str]  # by kind, over every place named, known or not
    vehicles: Counter[str]  # by type, likewise

    @classmethod
    def of(cls, instance: Instance, deployment: Deployment) -> _Case:
        teams, vehicles = Counter[str](), Counter[str]()
        for allotment in deployment.places.values():
            teams.update(allotment.teams)
            vehicles.update(allotment.vehicles)
        spots = []
        for place in instance.places:
            here = deployment.places.get(place.id, Allotment())
            t = tuple((kind, n) for kind in instance.teams if (n := here.teams.get(kind.id, 0)))
            v = tuple((kind, n) for kind in instance.vehicles if (n := here.vehicles.get(kind.id, 0)))
            spots.append(_Spot(place, t, v))
        return cls(instance, deployment, tuple(spots), {r.id: r for r in instance.roles}, teams, vehicles)

    def posts(self) -> Iterator[_Spot]:
        return (spot for spot in self.spots if isinstance(spot.place, Post))

    def role_name(self, role: str) -> str:
        return f"'{self.roles[role].name}'" if role in self.roles else f"'{role}'"

    def callable_teams(self, spot: _Spot) -> int:
        """Teams that a sector may call: their role acts in yellow or red and they are no officers."""
        fit = {r.id for r in self.instance.roles if {"yellow", "red"} & set(r.phases) and not r.officer}
        return sum(n for team, n in spot.teams if team.role in fit)


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _exact(number: float) -> Fraction:
    """Take a number as the decimal it is written as: 0.1 is one tenth."""
    return Fraction(repr(float(number)))


def _unknown(case: _Case) -> Iterator[Violation]:
    """Rule 1: another instance, or places, team kinds and vehicle types that the instance does not have."""
    instance, plan = case.instance, case.deployment
    if plan.instance != instance.name:
        text = f"The deployment was made for instance '{plan.instance}', not for '{instance.name}'."
        yield Violation("unknown", "", plan.instance, 1, 0, text)
    names = {spot.place.id: spot.name for spot in case.spots}
    teams, vehicles = {t.id for t in instance.teams}, {v.id for v in instance.vehicles}
    for place, allotment in sorted(plan.places.items()):
        placed = sum(allotment.teams.values()) + sum(allotment.vehicles.values())
        if place not in names:
            text = f"The deployment names the place '{place}', which the instance does not have."
            yield Violation("unknown", place, "", placed, 0, text)
        where = names.get(place, f"'{place}'")
        for known, named, noun in ((teams, allotment.teams, "team kind"), (vehicles, allotment.vehicles, "vehicle")):
            for kind in sorted(set(named) - known):
                text = f"At {where} the deployment names the {noun} '{kind}', which the instance does not have."
                yield Violation("unknown", place, kind, int(named[kind]), 0, text)


def _availability(case: _Case) -> Iterator[Violation]:
    """Rule 2: no more teams of a kind and vehicles of a type are placed than there are."""
    kinds: list[tuple[Team | VehicleType, int, str]] = [(t, case.teams[t.id], "team") for t in case.instance.teams]
    kinds += [(v, case.vehicles[v.id], "vehicle") for v in case.instance.vehicles]
    for kind, placed, noun in kinds:
        if placed > kind.count:
            text = f"The deployment places {_several(placed, noun)} of '{kind.name}'; only {kind.count} can be used."
            yield Violation("availability", "", kind.id, placed, int(kind.count), text)


def _counted(case: _Case) -> int:
    """Deployed heads that count under the cap: teams and extra crews, at every place."""
    teams = sum(case.teams[t.id] * int(t.size) for t in case.instance.teams if t.counts)
    crews = (case.vehicles[v.id] * int(v.crew) for v in case.instance.vehicles if v.counts and v.crew_role is None)
    return teams + sum(crews)


def _cap(case: _Case) -> Iterator[Violation]:
    """Rule 3: the cap on personnel in sectors and posts together."""
    counted, cap = _counted(case), int(case.instance.cap)
    if counted > cap:
        text = (
            f"The deployment has {_several(counted, 'head')} that count under the cap; at most {cap} may be deployed."
        )
        yield Violation("cap", "", "", counted, cap, text)


def _staging(case: _Case) -> Iterator[Violation]:
    """Rule 4: all heads at a place fit there, counted or not, extra crews included."""
    for spot in case.spots:
        heads, most = spot.team_heads() + spot.crew_heads(), int(spot.place.staging_capacity)
        if heads > most:
            text = f"{spot.title} holds {_several(heads, 'head')}; at most {most} can be staged there."
            yield Violation("staging", spot.place.id, "", heads, most, text)


def _limits(case: _Case) -> Iterator[Violation]:
    """Rule 5: least and most teams of a role in a sector."""
    for spot in case.spots:
        if isinstance(spot.place, Post):
            continue
        for role in sorted(set(spot.place.minimum) | set(spot.place.maximum)):
            found = spot.role_teams(role)
            start = f"{spot.title} has {_several(found, 'team')} of role {case.role_name(role)}"
            least, most = spot.place.minimum.get(role), spot.place.maximum.get(role)
            if least is not None and found < least:
                text = f"{start}; at least {least} must stand there."
                yield Violation("minimum", spot.place.id, role, found, int(least), text)
            if most is not None and found > most:
                text = f"{start}; at most {most} may stand there."
                yield Violation("maximum", spot.place.id, role, found, int(most), text)


def _crew(case: _Case) -> Iterator[Violation]:
    """Rule 6: crews drawn from a role are standing at the same place."""
    for spot in case.spots:
        for role in sorted({v.crew_role for v, _ in spot.vehicles if v.crew_role is not None}):
            needed, found = spot.drawn_crews(role), spot.team_heads(role)
            if needed > found:
                text = (
                    f"Vehicles at {spot.name} take {_several(needed, 'head')} of role {case.role_name(role)} "
                    f"as crew; the teams there have {found}."
                )
                yield Violation("crew", spot.place.id, role, found, needed, text)


def _escort(case: _Case) -> Iterator[Violation]:
    """Rule 7: escorts are standing at the same place and are not the crew."""
    for spot in case.spots:
        for role in sorted({v.escort_role for v, _ in spot.vehicles if v.escort_role is not None and v.escort}):
            crews, escorts, found = spot.drawn_crews(role), spot.escorts(role), spot.team_heads(role)
            if crews + escorts > found:
                text = (
                    f"Vehicles at {spot.name} take {_several(crews + escorts, 'head')} of role {case.role_name(role)}, "
                    f"{crews} as crew and {escorts} as escort; the teams there have {found}."
                )
                yield Violation("escort", spot.place.id, role, found, crews + escorts, text)


def _stands(case: _Case) -> Iterator[Violation]:
    """Rule 8: some roles and vehicle types stand only in sectors, some only at posts."""
    for spot in case.spots:
        elsewhere, where = ("posts", "at posts") if isinstance(spot.place, Sector) else ("sectors", "in sectors")
        teams = [
            (t.id, t.name, _several(n, "team"), n) for t, n in spot.teams if case.roles[t.role].stands == elsewhere
        ]
        vehicles = [(v.id, v.name, _several(n, "vehicle"), n) for v, n in spot.vehicles if v.stands == elsewhere]
        for kind, name, several, n in teams + vehicles:
            text = f"{spot.title} has {several} of '{name}', which may stand only {where}."
            yield Violation("stands", spot.place.id, kind, n, 0, text)


def _officer(case: _Case) -> Iterator[Violation]:
    """Rule 9: every occupied sector has a team that can be in charge, where doctrine asks for it."""
    if not case.instance.doctrine.officer_per_sector:
        return
    for spot in case.spots:
        occupied = isinstance(spot.place, Sector) and (spot.teams or spot.vehicles)
        if occupied and not any(case.roles[team.role].officer for team, _ in spot.teams):
            text = f"{spot.title} is occupied but has no team that can be in charge of it."
            yield Violation("officer", spot.place.id, "", 0, 1, text)


def _seats(case: _Case) -> Iterator[Violation]:
    """Rule 10: enough of the heads waiting at a post have a seat; extra crews sit in their own vehicle."""
    for spot in case.spots:
        if isinstance(spot.place, Sector):
            continue
        heads, found = spot.team_heads(), sum(n * int(v.seats) for v, n in spot.vehicles)
        required = math.ceil(_exact(spot.place.mobile) * heads)
        if found < required:
            text = f"{spot.title} has {_several(found, 'seat')} for {_several(heads, 'head')}; it needs {required}."
            yield Violation("seats", spot.place.id, "", found, required, text)


def _cover(case: _Case) -> Iterator[Violation]:
    """Rule 11: enough callable teams wait within reserve reach of a sector."""
    if not any(sector.cover for sector in case.instance.sectors):
        return
    waiting = [(spot.place, n) for spot in case.posts() if (n := case.callable_teams(spot))]
    cover = Counter[str]()
    for (_, n), sectors in zip(waiting, _reach(case.instance, [post for post, _ in waiting]), strict=True):
        cover.update(dict.fromkeys(sectors, n))
    reach = f"{float(case.instance.doctrine.reserve_reach):g} minutes"
    for sector in case.instance.sectors:
        found, least = cover[sector.id], int(sector.cover)
        if found < least:
            text = f"Sector '{sector.name}' has {_several(found, 'callable team')} within {reach}; it needs {least}."
            yield Violation("cover", sector.id, "", found, least, text)


def _reserve(case: _Case) -> Iterator[Violation]:
    """Rule 12: enough callable teams wait at all posts together."""
    found = sum(case.callable_teams(spot) for spot in case.posts())
    least = int(case.instance.doctrine.reserve_least)
    if found < least:
        text = f"All posts together hold {_several(found, 'callable team')}; at least {least} must wait there."
        yield Violation("reserve", "", "", found, least, text)


def _pins(case: _Case) -> Iterator[Violation]:
    """Rule 13: a planner's own requirements."""
    spots = {spot.place.id: spot for spot in case.spots}
    for pin in case.instance.pins:
        found, name = _pinned(case, spots[pin.place], pin)
        start = f"{spots[pin.place].title} has {found} of {name}"
        if pin.at_least is not None and found < pin.at_least:
            text = f"{start}; a pin wants at least {pin.at_least} there."
            yield Violation("pin", pin.place, pin.what, found, pin.at_least, text)
        if pin.at_most is not None and found > pin.at_most:
            text = f"{start}; a pin wants at most {pin.at_most} there."
            yield Violation("pin", pin.place, pin.what, found, pin.at_most, text)


def _pinned(case: _Case, spot: _Spot, pin: Pin) -> tuple[int, str]:
    """Count what a pin is about and name it; where names clash a team kind goes before a role before a vehicle."""
    for team in case.instance.teams:
        if team.id == pin.what:
            return sum(n for kind, n in spot.teams if kind.id == team.id), f"'{team.name}'"
    if pin.what in case.roles:
        return spot.role_teams(pin.what), f"role {case.role_name(pin.what)}"
    names = {v.id: v.name for v in case.instance.vehicles}
    return sum(n for kind, n in spot.vehicles if kind.id == pin.what), f"'{names[pin.what]}'"


Rule = Callable[[_Case], Iterator[Violation]]
RULES: tuple[Rule, ...] = (
    _unknown,
    _availability,
    _cap,
    _staging,
    _limits,
    _crew,
    _escort,
    _stands,
    _officer,
    _seats,
    _cover,
    _reserve,
    _pins,
)
CODES = (
    "unknown",
    "availability",
    "cap",
    "staging",
    "minimum",
    "maximum",
    "crew",
    "escort",
    "stands",
    "officer",
    "seats",
    "cover",
    "reserve",
    "pin",
)


def _count_heads(case: _Case) -> HeadCount:
    teams, vehicles = case.instance.teams, case.instance.vehicles
    sectors = sum(spot.team_heads() for spot in case.spots if isinstance(spot.place, Sector))
    posts = sum(spot.team_heads() for spot in case.posts())
    placed = sum(case.teams[t.id] * int(t.size) for t in teams)
    crews = sum(case.vehicles[v.id] * int(v.crew) for v in vehicles if v.crew_role is None)
    base = sum(max(0, t.count - case.teams[t.id]) * int(t.size) for t in teams if t.counts)
    base += sum(
        max(0, v.count - case.vehicles[v.id]) * int(v.crew) for v in vehicles if v.counts and v.crew_role is None
    )
    counted = _counted(case)
    return HeadCount(
        sectors=sectors,
        posts=posts,
        crews=crews,
        lost=placed - sectors - posts,
        counted=counted,
        cap=int(case.instance.cap),
        outside=placed + crews - counted,
        base=base,
    )


def _reach(instance: Instance, posts: Iterable[Place]) -> Iterator[list[str]]:
    """List for each post the sectors within reserve reach, driving; what is closed for good is honoured."""
    travel, sectors = instance.travel, instance.sectors
    furthest = instance.doctrine.reserve_reach * travel.drive / 60 + SLACK
    closed = {frozenset((c.a, c.b)) for c in travel.closures if c.start is None and c.end is None}
    ways: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for road in travel.roads:
        if frozenset((road.a, road.b)) not in closed:
            ways[road.a].append((road.b, float(road.km)))
            ways[road.b].append((road.a, float(road.km)))
    row = {place: number for number, place in enumerate(travel.places)}
    for post in posts:
        if travel.kind == "roads":
            near = _near(ways, post.id, furthest)
            yield [sector.id for sector in sectors if sector.id in near]
        else:
            direct = [sector for sector in sectors if frozenset((post.id, sector.id)) not in closed]
            yield [sector.id for sector in direct if _direct_km(travel, row, post, sector) <= furthest]


def _near(ways: Mapping[str, Sequence[tuple[str, float]]], origin: str, furthest: float) -> set[str]:
    """Find the places and junctions whose shortest way from the origin is at most `furthest` km (Dijkstra 1959)."""
    near: set[str] = set()
    queue = [(0.0, origin)]
    while queue:
        so_far, here = heapq.heappop(queue)
        if here in near:
            continue
        near.add(here)
        for there, km in ways.get(here, ()):
            if so_far + km <= furthest:
                heapq.heappush(queue, (so_far + km, there))
    return near


def _direct_km(travel: Travel, row: Mapping[str, int], a: Place, b: Place) -> float:
    """Give the road kilometres from a to b by matrix or coordinates; infinite where nothing is known of them."""
    if travel.kind == "matrix":
        return float(travel.km[row[a.id]][row[b.id]]) if a.id in row and b.id in row else math.inf
    if a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None:
        return _great_circle(a.lat, a.lon, b.lat, b.lon) * travel.detour
    if a.x is not None and a.y is not None and b.x is not None and b.y is not None:
        return math.hypot(a.x - b.x, a.y - b.y) * travel.detour
    return math.inf


def _great_circle(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Measure km over the sphere by the angle between two unit vectors, atan2(|u x v|, u . v); degrees in."""
    u, v = _unit(lat_a, lon_a), _unit(lat_b, lon_b)
    across = math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    along = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    return EARTH_RADIUS * math.atan2(across, along)


def _unit(lat: float, lon: float) -> tuple[float, float, float]:
    """Turn degrees into a unit vector."""
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
