"""Exact values where units move by the clock: crowds come to sectors in different stages of the day, without noise.

An instance belongs to this family if `departures` finds nothing against it. A sector has one crowd, and what is
expected there is a product of matrix exponentials (`markov_day`).

A movement joins two sectors. Its units leave the first one by the clock, or, where disorder holds them, at the minute
when it ends; what happens in the second one depends on the first by that minute alone. So the expected loss of both is
an inner product: how likely a minute is, given what stands in the first, times what is lost in the second if they form
up so many minutes later. The integral over minutes is one of smooth functions, between the minutes at which rates
change (Gauss and Legendre).

Nothing here is used by the optimiser, and nothing of its simulation is used here: only the law's own functions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from markov import Floats, list_drawn, list_fixed_times, list_restarts
from markov_day import Course, Day, Teams

from optimiser.model.deployment import Deployment
from optimiser.model.distances import measure
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Movement
from optimiser.planning.programs.configurations import configuration_of, placement_cost
from optimiser.planning.search.response_tables import interplay

PIECE = 30.0  # minutes: longest piece of the integral over minutes
NODES = 10  # of one piece: the error is below 1e-14 for rates of 10 an hour, and 14 nodes give the same 12 digits


# ---------------------------------------------------------------- which instances


def departures(instance: Instance) -> tuple[str, ...]:
    """Name everything that keeps an instance from having an exact value; nothing if it has one."""
    found = list_fixed_times(instance)
    if instance.accompaniments or interplay(instance.altered(movements=())):
        found.append("sectors are joined by more than movements")
    if instance.travel.closures:
        found.append("ways are closed at times")
    for sector in instance.sectors:
        crowds = [g for g in instance.gatherings if g.itinerary[0].sector == sector.id]
        if len(crowds) != 1:
            found.append(f"{sector.id}: not exactly one gathering")
        for g in crowds:
            found += [f"{sector.id}: {why}" for why in list_drawn(sector, g)]
            if instance.minutes(g.arrives) + g.itinerary[0].stay > instance.period.minutes:
                found.append(f"{sector.id}: people lose what would have come after the period")
        found += [f"{sector.id}: {why}" for why in list_restarts(instance, sector)]
    return (*found, *_movement_departures(instance))


def _movement_departures(instance: Instance) -> Iterator[str]:
    joined: list[str] = []
    for movement in instance.movements:
        legs = movement.legs
        if len(legs) != 2 or any(leg.sector is None or leg.until_left for leg in legs):
            yield f"{movement.id}: not from one sector to one other by the clock"
            continue
        joined += [leg.sector for leg in legs if leg.sector]
        crowds = {g.itinerary[0].sector: g for g in instance.gatherings}
        if legs[0].until is not None and legs[0].sector in crowds:
            comes = instance.minutes(crowds[legs[0].sector].arrives)
            if instance.minutes(legs[0].until) <= comes:
                yield f"{movement.id}: its units leave before anybody comes"
    if len(set(joined)) < len(joined):
        yield "a sector is joined by two movements"


# ---------------------------------------------------------------- two sectors and a movement between them


@dataclass(frozen=True)
class Leaving:
    """Units that leave a sector, or are held there; by number of teams there until then.

    Attributes
    ----------
    lost : points until they leave, or to the end.
    leave : probability of each state at each minute when they leave, shape (minutes, states).
    """

    lost: float
    leave: Floats


class Pair:
    """Two sectors and a movement from one to the other: what is lost in both, exactly.

    Attributes
    ----------
    minutes : at which the units may leave: at `until`, and the nodes of the integral, shape (minutes,).
    """

    def __init__(self, instance: Instance, movement: Movement) -> None:
        origin, goal = (next(s for s in instance.sectors if s.id == leg.sector) for leg in movement.legs)
        self.first, self.second = Day(instance, origin), Day(instance, goal)
        self.until = float(instance.minutes(movement.legs[0].until))
        places = measure(instance).places
        km = float(measure(instance).km[0][places.index(origin.id), places.index(goal.id)])
        self.takes = 60.0 * km / float(instance.travel.march) + float(instance.travel.form_up)
        self.minutes, self.parts = self._divide()
        self.courses: dict[tuple[bool, Teams], Course] = {}
        self._leaving: dict[Teams, Leaving] = {}
        self._rest: dict[Teams, Floats] = {}
        self._before: dict[Teams, tuple[list[float], list[Floats]]] = {}
        self._after: dict[Teams, list[Floats]] = {}

    def _divide(self) -> tuple[list[float], Floats]:
        """Divide the day from `until` on where rates change in either sector; nodes in each piece, and their parts."""
        first, second, end = self.first, self.second, self.first.end
        cuts = {self.until, end, end - self.takes, second.come - self.takes}
        cuts |= {minute for minute, _ in first.changes} | {minute - self.takes for minute, _ in second.changes}
        known = sorted(cut for cut in cuts if self.until <= cut <= end)
        nodes, parts = np.polynomial.legendre.leggauss(NODES)
        minutes, widths = [self.until], [1.0]
        for begin, stop in itertools.pairwise(known):
            pieces = math.ceil((stop - begin) / PIECE)
            half = 0.5 * (stop - begin) / max(1, pieces)
            for number in range(pieces):
                minutes += (begin + half * (2 * number + 1 + nodes)).tolist()
                widths += (half * parts).tolist()
        return minutes, np.array(widths)

    def course(self, *, first: bool, teams: Teams) -> Course:
        """Give the course of one of the sectors with so many teams."""
        if (first, teams) not in self.courses:
            self.courses[first, teams] = Course(self.first if first else self.second, teams)
        return self.courses[first, teams]

    def value(self, first: Teams, second: Teams, moving: Teams) -> float:
        """Give what is expected to be lost in both sectors with so many teams of their own and so many that move."""
        if not any(moving):
            return self.course(first=True, teams=first).value + self.course(first=False, teams=second).value
        return self.stays(first, moving) + float(self.chances(first, moving) @ self.arrivals(second, moving))

    def stays(self, own: Teams, moving: Teams) -> float:
        """Give what is lost in the first sector."""
        leaving = self.leaving(_add(own, moving))
        if own not in self._rest:
            self._rest[own] = np.array(self.course(first=True, teams=own).backward(self.minutes))
        return leaving.lost + float((leaving.leave * self._rest[own]).sum())

    def chances(self, own: Teams, moving: Teams) -> Floats:
        """Give the probability of leaving at each minute, and of being held to the end, shape (minutes + 1,)."""
        leave = self.leaving(_add(own, moving)).leave.sum(axis=1)
        return np.append(leave, 1.0 - leave.sum())

    def leaving(self, teams: Teams) -> Leaving:
        """Work out when units leave the first sector, with so many teams there until then."""
        if teams not in self._leaving:
            course, calm = self.course(first=True, teams=teams), self.first.calm
            (lost,), (here,) = course.forward([self.until])
            held = np.where(calm, 0.0, here)
            generator = course.held
            later, found = course.follow(generator, held, self.until, [*self.minutes[1:], self.first.end])
            ways = np.where(calm[None, :] & ~calm[:, None], course.generator, 0.0)
            leave = [np.where(calm, here, 0.0), *(one @ ways for one in found[:-1])]
            self._leaving[teams] = Leaving(lost + later[-1], np.array(leave) * self.parts[:, None])
        return self._leaving[teams]

    def arrivals(self, own: Teams, moving: Teams) -> Floats:
        """Give what is lost in the second sector if they leave at each minute, or never, shape (minutes + 1,)."""
        both, alone = _add(own, moving), self.course(first=False, teams=own)
        there = [m + self.takes for m in self.minutes if self.second.come < m + self.takes < self.second.end]
        if own not in self._before:
            self._before[own] = alone.forward(there)
        if both not in self._after:
            self._after[both] = self.course(first=False, teams=both).backward(there)
        lost, here = self._before[own]
        known = [a + float(b @ c) for a, b, c in zip(lost, here, self._after[both], strict=True)]
        early = sum(m + self.takes <= self.second.come for m in self.minutes)
        late = len(self.minutes) - early - len(known)
        together = self.course(first=False, teams=both)
        return np.array([*[together.value] * early, *known, *[alone.value] * (late + 1)])


def _add(one: Teams, other: Teams) -> Teams:
    return tuple(a + b for a, b in zip(one, other, strict=True))


# ---------------------------------------------------------------- expected values


def require_exact(instance: Instance) -> None:
    """Refuse what has no exact value here.

    Raises
    ------
    ValueError : the instance is not of this family.
    """
    if why := departures(instance):
        raise ValueError(f"{instance.name} has no exact value: {'; '.join(why)}")


class Values:
    """True objectives of deployments of one instance; what was worked out for one serves others.

    Raises
    ------
    ValueError : the instance is not of this family.
    """

    def __init__(self, instance: Instance) -> None:
        require_exact(instance)
        self.instance = instance
        self.pairs = {movement: Pair(instance, movement) for movement in instance.movements}
        joined = {leg.sector for movement in self.pairs for leg in movement.legs}
        self.alone = {s.id: Day(instance, s) for s in instance.sectors if s.id not in joined}
        self._known: dict[tuple[str, Teams], float] = {}

    def value(self, deployment: Deployment) -> float:
        """Give expected loss and placement costs, in points, without noise."""
        teams = {p.id: configuration_of(self.instance, deployment, p.id).teams for p in self.instance.places}
        total = placement_cost(self.instance, deployment)
        for movement, pair in self.pairs.items():
            first, second = (leg.sector or "" for leg in movement.legs)
            total += pair.value(teams[first], teams[second], teams[movement.id])
        for place, day in self.alone.items():
            if (place, teams[place]) not in self._known:
                self._known[place, teams[place]] = Course(day, teams[place]).value
            total += self._known[place, teams[place]]
        return total


def exact_value(instance: Instance, deployment: Deployment) -> float:
    """Give the true objective of any deployment, in points: expected loss and placement costs, without noise.

    Raises
    ------
    ValueError : the instance is not of this family.
    """
    return Values(instance).value(deployment)
