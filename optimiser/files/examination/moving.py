"""What is unusual in movements: units that come too late, leave too early, or never get where they are to stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimiser.common.message import ClockTime, Message
from optimiser.files.examination.relief import pair_changes
from optimiser.model.cautions import Caution
from optimiser.model.clocks import find_first_minute, span_window
from optimiser.model.expected.stands import Stand, list_stands
from optimiser.model.expected.visits import Visit, join_ways, list_due, list_visits
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Leg, Movement

LIKELY = 0.25  # chance that people come from which on it is said that units are too late; assumed
SOON = 60.0  # min before people come at which it is odd to leave their place; assumed: earlier, it is for others
SLACK = 5.0  # min by which units may form up after something has begun; assumed: mean times are no closer


def find_moving_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is unusual in movements, by mean times, everybody on foot where people are and nobody held."""
    if not instance.moving:
        return
    yield from _late_reliefs(instance)
    visits, due = list_visits(instance), list_due(instance)
    stands = {m.id: list_stands(instance, m, begins=due.get(m.id, 0.0)) for m in instance.moving}
    for number, movement in enumerate(instance.movements):
        yield from find_leg_cautions(instance, visits, movement, stands[movement.id], number)
    yield from _late_teams(instance, stands)


def find_leg_cautions(
    instance: Instance, visits: tuple[Visit, ...], movement: Movement, stands: tuple[Stand, ...], number: int = 0
) -> Iterator[Caution]:
    """List what is unusual in one movement, which need not be in the instance.

    Parameters
    ----------
    stands : where its units stand, see `list_stands`.
    number : of it in its file, from 0.
    """
    yield from _Teller(instance, visits, movement, stands, number).find()


def _late_teams(instance: Instance, stands: Mapping[str, Sequence[Stand]]) -> Iterator[Caution]:
    """Find pins that ask for teams where all that are meant come on duty after the others have set out."""
    names, moving = {s.id: s.name for s in instance.sectors}, {m.id: m.name for m in instance.moving}
    for number, pin in enumerate(instance.pins):
        meant = [t for t in instance.teams if t.id == pin.what] or [t for t in instance.teams if t.role == pin.what]
        if not pin.at_least or not meant or not stands.get(pin.place):
            continue
        first, team = stands[pin.place][0], min(meant, key=lambda team: find_first_minute(instance, team))
        if find_first_minute(instance, team) > first.left:
            clock, left = instance.clock(find_first_minute(instance, team)), instance.clock(first.left)
            words = {"team": team.name, "clock": clock, "name": moving[pin.place], "where": names[first.sector]}
            found = Message(
                "'{team}' comes on duty at {clock}; the units of '{name}' leave '{where}' at {left}", **words, left=left
            )
            usual = Message("teams that are on duty before the others set out")
            check = Message("ask for others, or let them leave later: the simulation has late teams join at once")
            yield Caution("late-team", f"pins[{number}]", found, usual, check)


@dataclass(frozen=True)
class _Beginning:
    """A critical window, or people who visit a sector: from which minute until which."""

    start: float
    end: float
    visit: Visit | None = None


class _Teller:
    """Looks over one movement."""

    def __init__(
        self,
        instance: Instance,
        visits: tuple[Visit, ...],
        movement: Movement,
        stands: tuple[Stand, ...],
        number: int,
    ) -> None:
        self.instance, self.visits, self.movement, self.stands = instance, visits, movement, stands
        self.where = f"movements[{number}].legs"
        self.names = {place.id: place.name for place in (*instance.sectors, *instance.posts)}
        self.people = {gathering.id: gathering.name for gathering in instance.gatherings}

    def find(self) -> Iterator[Caution]:
        """List what is unusual, leg by leg."""
        missed = None
        for j, leg in enumerate(self.movement.legs):
            if missed is None and self._misses(j, leg):
                missed = j  # legs after it are late for the same reason
                yield self._missed(j, leg)
            if leg.until_left is not None and not self._comes(leg.until_left, leg.sector):
                yield self._never_left(j, leg)
        for before, stand in zip((None, *self.stands), self.stands, strict=False):
            if stand.leg != missed:
                yield from self._late(before, stand)
                yield from self._early(stand)
                yield from self._short(before, stand)

    def _clock(self, minute: float) -> ClockTime:
        return self.instance.clock(minute)

    # ------------------------------------------------------------ never there

    def _misses(self, j: int, leg: Leg) -> bool:
        """Return whether units are nowhere in a leg, or form up when it is over."""
        own = [stand for stand in self.stands if stand.leg == j]
        if own:
            return leg.until is not None and own[0].formed >= self.instance.minutes(leg.until)
        earlier = [stand.sector for stand in self.stands if stand.leg < j]
        if leg.gathering is None:
            return earlier[-1:] != [leg.sector or leg.post]  # who stays where he is begins no stand of its own
        until = self.movement.legs[j - 1].until if j else None
        ready = 0.0 if until is None else self.instance.minutes(until)
        met = (visit for visit in self.visits if visit.gathering.id == leg.gathering and visit.end > ready)
        return not any(visit.sector in earlier[-1:] for visit in met)

    def _is_over(self, j: int, leg: Leg) -> bool:
        """Return whether a leg is left out because its clock has struck before its turn comes."""
        before = next((stand for stand in reversed(self.stands) if stand.leg < j), None)
        if before is None or leg.until is None or before.left >= self.instance.period.minutes:
            return False
        return before.last < j and self.instance.minutes(leg.until) <= before.left

    def _missed(self, j: int, leg: Leg) -> Caution:
        own = next((stand for stand in self.stands if stand.leg == j), None)
        words = {
            "name": self.movement.name,
            "where": self.people[leg.gathering] if leg.gathering else self.names[leg.sector or leg.post or ""],
        }
        if own is None and self._is_over(j, leg):
            until = ClockTime(leg.until or "")
            found = Message("'{where}' is left out by the units of '{name}': the time there is over before", **words)
            usual = Message("a clock time after the leg before is over")
            check = Message("end the leg before by the clock, or end this one later than {until}", until=until)
            return Caution("missed-leg", f"{self.where}[{j}].until", found, usual, check)
        if leg.gathering is not None and own is None:
            found = Message("the units of '{name}' do not meet '{where}', which is gone before they come", **words)
            usual = Message("people who are there when units are to go with them")
            check = Message("end the leg before earlier, or leave this one out")
            return Caution("missed-leg", f"{self.where}[{j}].gathering", found, usual, check)
        usual = Message("units that stand in a sector before they leave it, and before the operation ends")
        check = Message("end the leg before earlier or this one later, or check distance and closures")
        until = ClockTime(leg.until or "")
        found = Message("the units of '{name}' do not reach '{where}' before the operation ends", **words)
        if own is None and leg.until is not None:
            found = Message("the units of '{name}' do not reach '{where}' before {until}", **words, until=until)
        if own is not None:
            times = {"formed": self._clock(own.formed), "until": until}
            found = Message("the units of '{name}' form up at '{where}' at {formed}, until {until}", **words, **times)
        return Caution("missed-leg", f"{self.where}[{j}]", found, usual, check)

    def _comes(self, gathering: str, sector: str | None) -> bool:
        """Return whether a gathering leaves a sector; one that does not take place leaves its first stop in time."""
        named = next(one for one in self.instance.gatherings if one.id == gathering)
        if any(way.stops[0].sector == sector for way in named.ways):
            return True
        return any(visit.gathering.id == gathering and visit.sector == sector for visit in self.visits)

    def _never_left(self, j: int, leg: Leg) -> Caution:
        words = {"name": self.movement.name, "gathering": self.people[leg.until_left or ""]}
        words |= {"where": self.names[leg.sector or ""], "until": ClockTime(leg.until or "")}
        found = Message("'{gathering}' does not come to '{where}': the units of '{name}' leave at {until}", **words)
        usual = Message("a gathering that stops there")
        check = Message("name another gathering or sector, or leave until_left out")
        return Caution("never-left", f"{self.where}[{j}].until_left", found, usual, check)

    # ------------------------------------------------------------ too late, and too early

    def _begins(self, sector: str, ignored: set[str | None]) -> Iterator[_Beginning]:
        """List what is expected in a sector.

        Parameters
        ----------
        ignored : gatherings that units follow, whom nobody expects them to be ahead of.
        """
        for thing in (thing for thing in self.instance.sectors if thing.id == sector):
            yield from (_Beginning(*span_window(self.instance, window)) for window in thing.critical)
        for visit in self.visits:
            if visit.sector == sector and visit.gathering.id not in ignored:
                yield _Beginning(visit.start, visit.end, visit)

    def _first(self, begins: Iterable[_Beginning]) -> Message | None:
        """Say what begins first; None where nothing does that is likely enough."""
        known = sorted(begins, key=lambda one: one.start)
        joined = {visit.gathering.id: visit for visit in join_ways(one.visit for one in known if one.visit)}
        for one in known:
            if one.visit is None:
                return Message("its window opens at {clock}", clock=self._clock(one.start))
            words = {"gathering": one.visit.gathering.name, "clock": self._clock(one.start)}
            visit = joined[one.visit.gathering.id]
            if visit.is_sure:
                return Message("'{gathering}' is expected there at {clock}", **words)
            if visit.most >= LIKELY:
                return Message("'{gathering}' may come there at {clock}, {share:.0%}", **words, share=visit.most)
        return None

    def _late(self, before: Stand | None, stand: Stand) -> Iterator[Caution]:
        """Find what begins after units have set out for a sector and before they have formed up there."""
        if before is None:
            return
        legs = self.movement.legs
        followed = {leg.gathering for leg in legs[: stand.leg + 1]} | {leg.until_left for leg in legs[: stand.leg]}
        begins = self._begins(stand.sector, followed)
        what = self._first(one for one in begins if before.left < one.start < stand.formed - SLACK)
        if what is not None:
            words = {"name": self.movement.name, "where": self.names[stand.sector], "what": what}
            formed = self._clock(stand.formed)
            found = Message("the units of '{name}' form up at '{where}' at {formed}; {what}", **words, formed=formed)
            usual = Message("units that have formed up before")
            check = Message("end the leg before earlier, or give the place to others until then")
            end = ".until" if legs[before.leg].until is not None else ""
            yield Caution("late-movement", f"{self.where}[{before.leg}]{end}", found, usual, check)

    def _early(self, stand: Stand) -> Iterator[Caution]:
        """Find a leg in a sector that ends before people come there, with nothing else to stand there for."""
        leg = self.movement.legs[stand.leg]
        if leg.sector is None or leg.until is None or stand.left >= self.instance.period.minutes:
            return
        begins = list(self._begins(stand.sector, set()))
        if any(one.start < stand.left and one.end > stand.formed for one in begins):
            return
        back = min((s.formed for s in self.stands if s.sector == stand.sector and s.leg > stand.leg), default=math.inf)
        what = self._first(one for one in begins if stand.left <= one.start < min(stand.left + SOON, back))
        if what is not None:
            words = {"name": self.movement.name, "where": self.names[stand.sector], "left": self._clock(stand.left)}
            found = Message("the units of '{name}' leave '{where}' at {left}; {what}", **words, what=what)
            usual = Message("units that stay while people are there")
            check = Message("end the leg later, or leave it out")
            yield Caution("early-movement", f"{self.where}[{stand.leg}].until", found, usual, check)

    def _short(self, before: Stand | None, stand: Stand) -> Iterator[Caution]:
        """Find a rest between two legs that makes nobody fresh."""
        least, rested = float(self.instance.doctrine.shortest_rest), stand.left - stand.formed
        if before is None or self.movement.legs[stand.leg].post is None or rested >= least:
            return
        if stand.left < self.instance.period.minutes:
            words = {"name": self.movement.name, "where": self.names[stand.sector], "minutes": f"{rested:.0f}"}
            found = Message("the units of '{name}' rest at '{where}' for {minutes} min", **words)
            usual = Message("at least {minutes} min, or nobody is fresh afterwards", minutes=f"{least:g}")
            check = Message("end the leg later, or the one before it earlier")
            yield Caution("short-rest", f"{self.where}[{stand.leg}].until", found, usual, check)


def _late_reliefs(instance: Instance) -> Iterator[Caution]:
    """Find a relief that comes once the others have gone."""
    number = {movement.id: i for i, movement in enumerate(instance.movements)}
    stands = {movement.id: list_stands(instance, movement) for movement in instance.movements}
    for change in pair_changes(instance, stands):
        if change.planned and change.gap > SLACK:
            goes, comes = (instance.movements[number[ident]] for ident in (change.goes, change.comes))
            where = next(sector.name for sector in instance.sectors if sector.id == change.sector)
            words = {"name": comes.name, "other": goes.name, "where": where}
            words |= {"formed": instance.clock(change.come.formed), "left": instance.clock(change.gone.left)}
            found = Message("'{name}' forms up at '{where}' at {formed}; '{other}' has left at {left}", **words)
            usual = Message("relief that has formed up before the others leave")
            check = Message("end the leg before earlier, or let the others stay until then")
            leg = f"movements[{number[change.comes]}].legs[{max(0, change.come.leg - 1)}].until"
            yield Caution("late-relief", leg, found, usual, check)
