"""Where units that move as planned stand over the day, by mean times: their legs, along the ways of gatherings.

Papers, overviews and the workbook all ask here, so that none of them says another time than the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import product
from types import MappingProxyType

from optimiser.model.deployment import Allotment
from optimiser.model.distances import LOOK_AGAIN, measure
from optimiser.model.expected.follow import follow, span_leaving
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Moving, find_likeliest

PASSAGES = 200  # combinations of ways of several gatherings that are told; assumed: nobody reads as many
Ways = Mapping[str, Way]  # that gatherings take, by gathering


@dataclass(frozen=True)
class Stand:
    """Units of a moving place in one sector, or at one post where they rest.

    Attributes
    ----------
    leg : number, from 0, of the leg with which they come.
    sector : where they stand; the post where they rest.
    ready, sent : minute at which they want to set out for it, and at which they do, later where the way is closed;
        where they begin, the minute at which they form up there.
    formed, left : minutes from and until which they stand there.
    km : road kilometres of the way there; 0 where they begin.
    last : number of the leg with which they leave: a later one where that is in the same sector.
    """

    leg: int
    sector: str
    ready: float
    sent: float
    formed: float
    left: float
    km: float
    last: int

    @property
    def lasts(self) -> bool:
        """Whether they stand there for a time: where their leg is over before they form up, they go on at once."""
        return self.left > self.formed


@dataclass(frozen=True)
class Passage:
    """Where units stand if the gatherings of their legs take some ways.

    Attributes
    ----------
    share : chance that those take these ways, if they come.
    ways : that they take.
    stands : in order of time; empty where nobody is expected while the operation lasts.
    """

    share: float
    ways: Ways
    stands: tuple[Stand, ...]


def find_ride(instance: Instance, here: Allotment) -> float | None:
    """Return the speed at which units ride, km/h, if their own vehicles have seats for all, as in the simulation.

    Without people they go as fast as the slowest vehicle; None if they walk.
    """
    vehicles = [(v, n) for v in instance.vehicles if not v.water_cannon and (n := here.vehicles.get(v.id, 0))]
    heads = sum(n * int(team.size) for team in instance.teams if (n := here.teams.get(team.id, 0)))
    seats = sum(n * int(v.seats) for v, n in vehicles)
    return min(float(v.speed) for v, _n in vehicles) if vehicles and heads <= seats else None


def list_passages(
    instance: Instance, moving: Moving, ride: float | None = None, begins: float | None = None
) -> tuple[Passage, ...]:
    """List where its units stand, for all ways of the gatherings that its legs name, the likeliest first.

    Of many that go together, see `count_passages`, no more than the `PASSAGES` likeliest; their shares sum to less
    than 1.

    Parameters
    ----------
    begins : minute of `list_due` at which they form up where they begin; looked up if left out.
    ride : speed into sectors and to posts, km/h, where there are seats for all who move; None if they walk.
    """
    choices = _list_choices(instance, moving)
    begins = list_due(instance, (moving,)).get(moving.id, 0.0) if begins is None else begins
    return tuple(
        Passage(math.prod(way.share for way in taken), ways, list_stands(instance, moving, ride, begins, ways))
        for taken in _take_likeliest(list(choices.values()))
        for ways in (dict(zip(choices, taken, strict=True)),)
    )


def count_passages(instance: Instance, moving: Moving) -> int:
    """Count the ways that the gatherings of its legs may take between them, more than `PASSAGES` or not."""
    return math.prod(len(ways) for ways in _list_choices(instance, moving).values())


def _list_choices(instance: Instance, moving: Moving) -> dict[str, list[Way]]:
    """List the ways that each gathering of its legs may take."""
    gatherings = {one.id: one for one in instance.gatherings}
    named = dict.fromkeys(name for leg in moving.parts for name in (leg.gathering, leg.until_left) if name)
    return {
        name: [way for way in gatherings[name].ways if way.share > 0.0] or [find_likeliest(instance, name)[1]]
        for name in named
    }


def _take_likeliest(choices: Sequence[Sequence[Way]]) -> list[tuple[Way, ...]]:
    """Take one way of each gathering in every combination, the likeliest first; of many no more than `PASSAGES`.

    Each gathering has its ways in the order of their shares, so that what follows a combination is never likelier.
    """
    if math.prod(map(len, choices)) <= PASSAGES:
        return sorted(product(*choices), key=lambda ways: -math.prod(way.share for way in ways))
    ordered = [sorted(ways, key=lambda way: -way.share) for ways in choices]
    first = (0,) * len(ordered)
    open_, seen, taken = [(-1.0, first)], {first}, list[tuple[Way, ...]]()
    while len(taken) < PASSAGES:
        _, numbers = heappop(open_)
        taken.append(tuple(ways[n] for ways, n in zip(ordered, numbers, strict=True)))
        for i, ways in enumerate(ordered):
            onward = (*numbers[:i], numbers[i] + 1, *numbers[i + 1 :])
            if onward[i] < len(ways) and onward not in seen:
                seen.add(onward)
                share = math.prod(one[n].share for one, n in zip(ordered, onward, strict=True))
                heappush(open_, (-share, onward))
    return taken


def list_stands(
    instance: Instance,
    moving: Moving,
    ride: float | None = None,
    begins: float | None = None,
    ways: Ways = MappingProxyType({}),
) -> tuple[Stand, ...]:
    """List where its units stand, nobody held by disorder, as long as the operation lasts.

    Legs end and units set out here as in the simulation (`transitions.moving`), with people who come at mean times.

    Parameters
    ----------
    ride : speed into sectors and to posts, km/h, with seats for all who move; None if they walk. With people all walk.
    begins : minute of `list_due` at which they form up where they begin; looked up if left out.
    ways : that gatherings take; the likeliest of those that are left out.
    """
    begins = list_due(instance, (moving,)).get(moving.id, 0.0) if begins is None else begins
    return _Walk(instance, moving, ride, ways).stands(begins)


class _Walk:
    """Units on their way through their legs.

    Attributes
    ----------
    led : where the main body of each gathering is or goes to; None once it has gone home.
    leg : number of the leg that they are in.
    goal : where they are to stand now; None where no leg has a place any more.
    over : number of the leg with which they stand, or whose end lets them go.
    here : where they stand; None on the road.
    ready : minute from which on they want to go where they do.
    due : minute at which they have formed up where they go, or look again whether a way is open.
    """

    def __init__(self, instance: Instance, moving: Moving, ride: float | None, ways: Ways) -> None:
        self.instance, self.legs, self.ride = instance, moving.parts, ride
        self.distances, self.length = measure(instance), instance.period.minutes
        self.index = {name: i for i, name in enumerate(self.distances.places)}
        self.led: dict[str, str | None] = {}
        self.changes: list[tuple[float, int, str, int, str | None]] = []  # by minute, as in the queue of events
        for name in dict.fromkeys(name for leg in self.legs for name in (leg.gathering, leg.until_left) if name):
            self._lead(name, ways.get(name) or find_likeliest(instance, name)[1])
        clocks = [instance.minutes(leg.until) if leg.until is not None else math.inf for leg in self.legs]
        self.ends = clocks
        last = len(instance.gatherings)
        self.changes += [(end, last, "", number, None) for number, end in enumerate(clocks) if end < math.inf]
        self.changes.sort(key=lambda change: change[:2])
        self.leg = self.over = 0
        self.goal = self._place(0)
        self.here: str | None = self.goal
        self.due = self.ready = math.inf
        self.found: list[Stand] = []

    def _lead(self, name: str, way: Way) -> None:
        place, gathering = next((g, one) for g, one in enumerate(self.instance.gatherings) if one.id == name)
        visits = list(follow(gathering, way, self.instance, self.distances))
        goals = [way.stops[visit.stop].sector for visit in visits]
        self.led[name] = goals[0]
        ends = [*(visit.leaves for visit in visits[:-1]), visits[-1].leaves + span_leaving(gathering)]
        self.changes += [(end, place, name, 0, goal) for end, goal in zip(ends, [*goals[1:], None], strict=True)]

    def _place(self, number: int) -> str | None:
        leg = self.legs[number]
        return self.led[leg.gathering] if leg.gathering is not None else leg.sector or leg.post

    def stands(self, begins: float) -> tuple[Stand, ...]:
        """Go through the day; whoever sets out from the first place before they form up there was never seen there."""
        self.found = [Stand(0, str(self.goal), begins, begins, begins, math.inf, 0.0, 0)]
        for minute, _, name, number, goal in [*self.changes, (math.inf, 0, "", -1, None)]:
            while self.due < min(minute, self.length):
                self._arrive_or_look(self.due)
            if minute >= self.length:
                break
            if name:
                self._follow(minute, name, goal)
            elif number == self.leg:
                self._end(minute)
        return tuple(replace(s, left=min(s.left, self.length)) for s in self.found if s.formed < self.length)

    def _follow(self, minute: float, name: str, goal: str | None) -> None:
        """People set out, or have gone home: units go with them, or on to the next leg."""
        left, leg = self.led[name], self.legs[self.leg]
        self.led[name] = goal
        if leg.gathering == name:
            if goal is None:
                self._end(minute)
            else:
                self.goal, self.ready = goal, minute
                self._go(minute)
        elif leg.until_left == name and leg.sector == left:
            self._end(minute)

    def _end(self, minute: float) -> None:
        """Begin the next leg that is not over yet and has a place."""
        self.over, self.goal, self.ready = self.leg, None, minute
        while self.leg + 1 < len(self.legs) and self.goal is None:
            self.leg += 1
            if self.ends[self.leg] > minute:
                self.goal = self._place(self.leg)
        self._go(minute)

    def _go(self, minute: float) -> None:
        """Set out, or look again later where the way is closed."""
        if self.here is None:
            return
        self.due = math.inf
        if self.goal is None or self.goal == self.here:
            self.over = self.leg if self.goal else self.over
            return
        km = float(self.distances.km[self.distances.at(minute)][self.index[self.here]][self.index[self.goal]])
        if math.isinf(km):
            self.due = minute + LOOK_AGAIN
            return
        start = self.found[-1]
        if start.formed > minute:
            start = replace(start, ready=minute, sent=minute, formed=minute)
        self.found[-1] = replace(start, left=minute, last=self.over)
        walks = self.ride is None or self.legs[self.leg].gathering is not None
        speed = float(self.instance.travel.march) if walks or self.ride is None else self.ride
        self.due = minute + 60.0 * km / speed + float(self.instance.travel.form_up)
        self.found.append(Stand(self.leg, self.goal, self.ready, minute, self.due, math.inf, km, self.leg))
        self.here = None

    def _arrive_or_look(self, minute: float) -> None:
        if self.here is None:
            self.here, self.ready = self.found[-1].sector, minute
            self.over = max(self.over, self.found[-1].leg)
        self._go(minute)
