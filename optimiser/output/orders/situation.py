"""What all papers of a plan look up: units with running numbers, when to stand, how far help is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given, plain
from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import Allotment, Deployment, count_heads_over_time, count_unit_heads
from optimiser.model.distances import Distances, measure
from optimiser.model.expected.stands import Passage, Stand, find_ride, list_passages
from optimiser.model.expected.visits import Visit, list_due, list_first_people, list_visits
from optimiser.model.instance import Instance, Post, Reinforcement, Role, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving, find_assembly, goes_with_people
from optimiser.model.values.base import Place
from optimiser.output.orders.form import Unit
from optimiser.output.words.expectation import NOTHING, Expectation, Stay
from optimiser.output.words.head_counts import with_start

BASE = ""  # the place of what no place was given


@dataclass(frozen=True)
class Situation:
    """An instance, a deployment and what is expected, with what papers ask about them.

    Attributes
    ----------
    language : of the papers.
    source : what a command is given to read the instance and the plan; the instance's name and ``plan.json`` if empty.
    """

    instance: Instance
    deployment: Deployment
    expected: Expectation = NOTHING
    language: Language = ENGLISH
    source: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """What a command is given to read the instance and the plan."""
        return self.source or (self.instance.name, "plan.json")

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

    def strength(self, place: str) -> list[tuple[float, int]]:
        """Heads at a place that can be used from a minute on, the first from the start, the last all of them."""
        return count_heads_over_time(self.instance, self.deployment.places.get(place, Allotment()))

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by identifier."""
        return {role.id: role for role in self.instance.roles}

    # ---------------------------------------------------------------- times

    @cached_property
    def visits(self) -> dict[str, tuple[Visit, ...]]:
        """Expected gatherings by sector, in order of time."""
        found: dict[str, list[Visit]] = {}
        for visit in list_visits(self.instance):
            found.setdefault(visit.sector, []).append(visit)
        return {sector: tuple(visits) for sector, visits in found.items()}

    @cached_property
    def _expected(self) -> dict[str, float]:
        """Minutes at which lines must stand for what is expected, by sector and by what moves; see `list_due`."""
        return list_due(self.instance)

    @cached_property
    def due(self) -> dict[str, float]:
        """Minutes at which lines must stand, by sector; whoever is in charge of others comes with them.

        Who moves without an officer is under that of each sector where it stands, who is there before it.
        """
        due, sectors = dict(self._expected), {sector.id for sector in self.instance.sectors}
        for moving in self.instance.movements:
            if not (goes_with_people(moving) or self.is_led(moving)):
                for stand in self.stands(moving):
                    if stand.sector in sectors:
                        due[stand.sector] = min(stand.formed, due.get(stand.sector, stand.formed))
        return due

    @cached_property
    def first_people(self) -> dict[str, float]:
        """Minutes at which the first people may come, at the earliest, by sector."""
        return list_first_people(self.instance)

    def stand(self, place: Sector | Post | Moving) -> float:
        """Minute at which the line must stand: first people, at the earliest; else the first critical window, or 0.

        At a post it is the start of the operation. Who moves must stand where that begins, with people when the first
        people are expected there.
        """
        return self.due.get(place.id, 0.0)

    def report(self, kind: Team | VehicleType, place: Sector | Post | Moving) -> float:
        """Minute at which a unit reports formed up: when the line must stand, or, if that is later, can be used."""
        return max(self.stand(place), find_first_minute(self.instance, kind))

    def active(self, sector: Sector) -> bool:
        """Tell whether anybody stands or anything is expected in a sector."""
        return bool(self.units[sector.id] or self.visits.get(sector.id) or sector.critical)

    @cached_property
    def crowds(self) -> dict[str, tuple[tuple[float, dict[str, int]], ...]]:
        """Minutes at which a gathering comes to a sector, with the people expected there at once, by gathering.

        Each is counted by one of its ways. Units that have moved away while people are there add a minute.
        """
        return {
            sector: tuple(
                (minute, {v.gathering.id: v.people for v in visits if v.start <= minute < v.end})
                for minute in self._turns(sector)
            )
            for sector, visits in self.visits.items()
        }

    def _turns(self, sector: str) -> list[float]:
        """List the minutes at which people come to a sector, or units leave people there."""
        visits = self.visits[sector]
        left = {stand.left for m in self.instance.movements for stand in self.stands(m) if stand.sector == sector}
        return [*(v.start for v in visits), *sorted(m for m in left if any(v.start < m < v.end for v in visits))]

    @cached_property
    def peaks(self) -> dict[str, int]:
        """Most people expected at once in a sector: gatherings that overlap, each by one of its ways."""
        return {sector: max(sum(crowd.values()) for _minute, crowd in crowds) for sector, crowds in self.crowds.items()}

    # ---------------------------------------------------------------- units that move

    @cached_property
    def passages(self) -> dict[str, tuple[Passage, ...]]:
        """Where units stand that move, by their place, for all ways of gatherings, the likeliest first."""
        placed = (moving for moving in self.instance.moving if self.units[moving.id])
        return {m.id: list_passages(self.instance, m, self.ride(m), self._expected.get(m.id, 0.0)) for m in placed}

    def stands(self, moving: Moving) -> tuple[Stand, ...]:
        """Where units stand that move, along the likeliest ways; nowhere if it has none."""
        return self.passages[moving.id][0].stands if moving.id in self.passages else ()

    def is_led(self, moving: Moving) -> bool:
        """Tell whether an officer goes along; otherwise those of the sectors are in charge of who stands there."""
        return any(self.roles[team.role].officer for team, _n in self.teams(moving.id))

    def ride(self, moving: Moving) -> float | None:
        """Speed into sectors and to posts of units that move, km/h; None if they walk. See `find_ride`."""
        return find_ride(self.instance, self.deployment.places.get(moving.id, Allotment()))

    # ---------------------------------------------------------------- ways

    @cached_property
    def _distances(self) -> Distances:
        return measure(self.instance)

    @cached_property
    def _rows(self) -> dict[tuple[bool, str], int]:
        """Rows of distances; a place of the instance and help from outside may have the same identifier."""
        places = [(False, p.id) for p in (*self.instance.sectors, *self.instance.posts)]
        return {key: i for i, key in enumerate([*places, *((True, r.id) for r in self.instance.reinforcements)])}

    def km(self, origin: Place, goal: Sector | Post | Moving, start: float, end: float) -> tuple[float, float]:
        """Shortest and longest road kilometres between two places from one minute to another; infinite if closed.

        Who moves is reached where that begins.
        """
        first, last = self._distances.at(start), self._distances.at(end)
        place = goal if isinstance(goal, Place) else self.assembly[goal.id]
        here, there = self._rows[isinstance(origin, Reinforcement), origin.id], self._rows[False, place.id]
        ways = [float(km) for km in self._distances.km[first : last + 1, here, there]]
        return min(ways), max(ways)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of sectors, posts, accompaniments and movements by identifier, without characters that steer."""
        return {place.id: plain(place.name) for place in self.instance.places}

    @cached_property
    def assembly(self) -> dict[str, Sector | Post]:
        """Sectors or posts where units that move are first, on the likeliest way, by their place."""
        fixed: tuple[Sector | Post, ...] = (*self.instance.sectors, *self.instance.posts)
        places = {place.id: place for place in fixed}
        return {moving.id: places[find_assembly(self.instance, moving)] for moving in self.instance.moving}

    @cached_property
    def homes(self) -> dict[str, Post]:
        """Posts by identifier."""
        return {post.id: post for post in self.instance.posts}

    def leave(self, kind: Team | VehicleType, place: Sector | Post | Moving) -> float | None:
        """Minute at which a unit must leave its home to report in time, at the pace of columns; None if no way is open.

        Vehicles go at the same pace, in one column with the teams.
        """
        travel, due = self.instance.travel, self.report(kind, place)
        at = max(0.0, due - float(travel.form_up))
        km = self.km(self.homes[kind.home], place, at, at)[1]
        return due - float(travel.form_up) - 60.0 * km / float(travel.drive) if math.isfinite(km) else None

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

    def count(self, kind: Team | VehicleType, number: int, needed: float = 0.0) -> str:
        """Write a number of teams or vehicles with their name, and from when they can be used, where that is later.

        Parameters
        ----------
        needed : minute at which they are needed: when the line of a sector must stand; at posts, 0.
        """
        said = f"{self.number(number)} × {plain(kind.name)}"
        return with_start(self.instance, kind, said, self.language, needed)

    def list(self, units: Iterable[tuple[Team | VehicleType, int]], needed: float = 0.0) -> str:
        """Write several numbers of teams or vehicles; see `count`."""
        return ", ".join(self.count(kind, n, needed) for kind, n in units)


def _number(kinds: Iterable[Team | VehicleType], numbers: Mapping[str, int], used: Counter[str]) -> Iterator[Unit]:
    for kind in kinds:
        if (n := int(numbers.get(kind.id, 0))) > 0:
            yield Unit(kind, used[kind.id] + 1, n, count_unit_heads(kind, n))
            used[kind.id] += n
