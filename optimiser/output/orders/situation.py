"""What all papers of a plan look up: units with running numbers, when to stand, how far help is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given, plain
from optimiser.model.deployment import Allotment, Deployment
from optimiser.model.distances import Distances, measure
from optimiser.model.instance import Instance, Post, Reinforcement, Role, Sector, Team, VehicleType
from optimiser.model.values.base import Place
from optimiser.output.orders.form import Unit
from optimiser.output.words.expectation import NOTHING, Expectation, Stay
from optimiser.output.words.reasons import Visit, list_visits

BASE = ""  # the place of what no place was given


@dataclass(frozen=True)
class Help:
    """A station that may send callable teams to a sector.

    Attributes
    ----------
    units : what waits there; of a reinforcement, what it sends.
    km : shortest and longest road kilometres while people are expected in the sector.
    ride, march : minutes until formed up in the sector, by the shortest and the longest way; without chance.
    """

    station: Post | Reinforcement
    units: tuple[tuple[Team, int], ...]
    km: tuple[float, float]
    ride: tuple[float, float]
    march: tuple[float, float]


@dataclass(frozen=True)
class Situation:
    """An instance, a deployment and what is expected, with what papers ask about them.

    Attributes
    ----------
    language : of the papers.
    """

    instance: Instance
    deployment: Deployment
    expected: Expectation = NOTHING
    language: Language = ENGLISH

    # ---------------------------------------------------------------- units

    @cached_property
    def units(self) -> dict[str, tuple[Unit, ...]]:
        """Units by place, at base under `BASE`; running numbers follow the order of the instance."""
        teams, vehicles = Counter[str](), Counter[str]()
        result: dict[str, tuple[Unit, ...]] = {}
        for place in self.instance.places:
            here = self.deployment.places.get(place.id, Allotment())
            result[place.id] = (
                *_number(self.instance.teams, here.teams, teams),
                *_number(self.instance.vehicles, here.vehicles, vehicles),
            )
        left = {t.id: int(t.count) - teams[t.id] for t in self.instance.teams}
        parked = {v.id: int(v.count) - vehicles[v.id] for v in self.instance.vehicles}
        result[BASE] = (
            *_number(self.instance.teams, left, teams),
            *_number(self.instance.vehicles, parked, vehicles),
        )
        return result

    def teams(self, place: str) -> list[tuple[Team, int]]:
        """Kinds of teams at a place with their numbers."""
        return [(u.kind, u.number) for u in self.units[place] if isinstance(u.kind, Team)]

    def vehicles(self, place: str) -> list[tuple[VehicleType, int]]:
        """Types of vehicles at a place with their numbers."""
        return [(u.kind, u.number) for u in self.units[place] if isinstance(u.kind, VehicleType)]

    def heads(self, place: str) -> int:
        """Heads at a place, extra crews included."""
        return sum(unit.heads for unit in self.units[place])

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by identifier."""
        return {role.id: role for role in self.instance.roles}

    def callable(self, team: Team) -> bool:
        """Tell whether a sector may call a kind of team: its role acts in yellow or red and is no officer."""
        role = self.roles[team.role]
        return bool({"yellow", "red"} & set(role.phases)) and not role.officer

    # ---------------------------------------------------------------- times

    @cached_property
    def visits(self) -> dict[str, tuple[Visit, ...]]:
        """Expected gatherings by sector, in order of time."""
        found: dict[str, list[Visit]] = {}
        for visit in list_visits(self.instance):
            found.setdefault(visit.sector, []).append(visit)
        return {sector: tuple(visits) for sector, visits in found.items()}

    def stand(self, sector: Sector) -> float:
        """Minute at which the line must stand: first people, at the earliest; else the first critical window."""
        first = [max(0.0, v.start - float(v.gathering.late)) for v in self.visits.get(sector.id, ())]
        return min(first or [self.instance.minutes(w.start) for w in sector.critical] or [0.0])

    def active(self, sector: Sector) -> bool:
        """Tell whether anybody stands or anything is expected in a sector."""
        return bool(self.units[sector.id] or self.visits.get(sector.id) or sector.critical)

    @cached_property
    def peaks(self) -> dict[str, int]:
        """Most people expected at once in a sector, gatherings that overlap added up."""
        return {
            sector: max(sum(v.people for v in visits if v.start <= at.start < v.end) for at in visits)
            for sector, visits in self.visits.items()
        }

    # ---------------------------------------------------------------- ways

    @cached_property
    def _distances(self) -> Distances:
        return measure(self.instance)

    @cached_property
    def _rows(self) -> dict[tuple[bool, str], int]:
        """Rows of distances; a place of the instance and help from outside may have the same identifier."""
        places = [(False, p.id) for p in self.instance.places]
        return {key: i for i, key in enumerate([*places, *((True, r.id) for r in self.instance.reinforcements)])}

    def km(self, origin: Place, goal: Sector, start: float, end: float) -> tuple[float, float]:
        """Shortest and longest road kilometres between two places from one minute to another; infinite if closed."""
        first, last = self._distances.at(start), self._distances.at(end)
        here, there = self._rows[isinstance(origin, Reinforcement), origin.id], self._rows[False, goal.id]
        ways = [float(km) for km in self._distances.km[first : last + 1, here, there]]
        return min(ways), max(ways)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of sectors and posts by identifier, without characters that steer."""
        return {place.id: plain(place.name) for place in self.instance.places}

    @cached_property
    def homes(self) -> dict[str, Post]:
        """Posts by identifier."""
        return {post.id: post for post in self.instance.posts}

    def leave(self, team: Team | VehicleType, sector: Sector) -> float | None:
        """Minute at which a unit must leave its home to stand in time, at the pace of columns; None if no way is open.

        Vehicles go at the same pace, in one column with the teams.
        """
        travel, stand = self.instance.travel, self.stand(sector)
        at = max(0.0, stand - float(travel.form_up))
        km = self.km(self.homes[team.home], sector, at, at)[1]
        return stand - float(travel.form_up) - 60.0 * km / float(travel.drive) if math.isfinite(km) else None

    @cached_property
    def _waiting(self) -> list[tuple[Post | Reinforcement, tuple[tuple[Team, int], ...], float, float, bool]]:
        """Stations with callable teams: what waits, delay in minutes, km/h of its vehicles, whether some ride."""
        kinds = {t.id: t for t in self.instance.teams}
        found: list[tuple[Post | Reinforcement, tuple[tuple[Team, int], ...], float, float, bool]] = []
        for post in self.instance.posts:
            units = tuple((t, n) for t, n in self.teams(post.id) if self.callable(t))
            rides = [float(v.speed) for v, _ in self.vehicles(post.id) if v.seats]
            if units:
                found.append((post, units, 0.0, min(rides, default=1.0), bool(rides)))
        for outside in self.instance.reinforcements:
            units = ((kinds[outside.team], int(outside.teams)),)
            found.append((outside, units, float(outside.delay), float(outside.speed), True))
        return found

    def help(self, sector: Sector) -> list[Help]:
        """Stations that can send help to a sector, the soonest first; those with no open way are left out."""
        travel, visits = self.instance.travel, self.visits.get(sector.id, ())
        start = self.stand(sector)
        end = max([v.end for v in visits], default=float(self.instance.period.minutes))
        found = []
        for station, units, delay, speed, rides in self._waiting:
            km = self.km(station, sector, start, max(start, end))
            if not math.isfinite(km[0]):
                continue
            ready = delay + float(travel.form_up)
            ride = (ready + 60.0 * km[0] / speed, ready + 60.0 * km[1] / speed) if rides else (math.inf, math.inf)
            foot = (ready + 60.0 * km[0] / float(travel.march), ready + 60.0 * km[1] / float(travel.march))
            walks = foot if isinstance(station, Post) else (math.inf, math.inf)
            found.append(Help(station, units, km, ride, walks))
        return sorted(found, key=lambda h: (min(h.ride[0], h.march[0]), h.station.id))

    # ---------------------------------------------------------------- words

    def stay(self, sector: Sector, phase: str) -> Stay | None:
        """Give how long a sector is expected to be in a phase; None where nothing was played."""
        evaluation = self.expected.evaluation
        return evaluation.phases.get(sector.id, {}).get(phase) if evaluation else None

    def clock(self, minutes: float) -> str:
        """Write a minute as a clock time of the language."""
        return self.language.clock(self.instance.clock(minutes))

    def number(self, number: int) -> str:
        """Write a whole number in the language's form."""
        return self.language.number(f"{number:,}")

    def range(self, ends: tuple[float, float], up: bool = False) -> str:
        """Write a range of numbers as one where both ends read alike; a dash where there is no way, at times or ever.

        Parameters
        ----------
        up : round up to whole numbers, as with minutes until help is there.
        """
        open_ends = [math.ceil(end - 1e-9) if up else end for end in ends if math.isfinite(end)]
        words = list(dict.fromkeys(given(end, self.language) for end in open_ends))
        closed = [] if len(open_ends) == len(ends) else ["–"]
        return " / ".join([*(["–".join(words)] if words else []), *closed])

    def count(self, kind: Team | VehicleType, number: int) -> str:
        """Write a number of teams or vehicles with their name."""
        return f"{self.number(number)} × {plain(kind.name)}"

    def list(self, units: list[tuple[Team, int]] | tuple[tuple[Team, int], ...]) -> str:
        """Write several numbers of teams."""
        return ", ".join(self.count(team, n) for team, n in units)


def _number(kinds: Iterable[Team | VehicleType], numbers: Mapping[str, int], used: Counter[str]) -> Iterator[Unit]:
    for kind in kinds:
        if (n := int(numbers.get(kind.id, 0))) > 0:
            yield Unit(kind, used[kind.id] + 1, n, n * _heads(kind))
            used[kind.id] += n


def _heads(kind: Team | VehicleType) -> int:
    if isinstance(kind, Team):
        return int(kind.size)
    return int(kind.crew) if kind.crew_role is None else 0
