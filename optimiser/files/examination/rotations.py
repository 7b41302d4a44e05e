"""Rest and relief, proposed as movements where nobody else relieves: in turns at a post, or two that change places."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.common.language import ENGLISH, Language
from optimiser.files.examination.relief import list_begins
from optimiser.model.clocks import span_window
from optimiser.model.distances import measure
from optimiser.model.expected.stands import Stand, list_stands
from optimiser.model.expected.visits import list_visits
from optimiser.model.instance import Gathering, Instance, Sector
from optimiser.model.parts.movement import Accompaniment, Leg, Movement

PLACES = 2  # sectors for which it is proposed; assumed: each adds four movements, which make the search longer
USEFUL = 60.0  # min on duty after a rest, at least; assumed
STEP = 5.0  # min: times are proposed to this; assumed
NAME = 120  # letters of a name, at most


@dataclass(frozen=True)
class Duty:
    """A sector where the line must stand for longer than doctrine allows one to be on duty.

    Attributes
    ----------
    begin, end : minutes from and until which something is expected there.
    weight : person hours by tension and chance.
    post : the nearest one, where its units can rest.
    way : minutes to that post, or back, and to form up there.
    """

    sector: Sector
    begin: float
    end: float
    weight: float
    post: str
    way: float


def propose_rotations(instance: Instance, language: Language = ENGLISH, places: int = PLACES) -> list[Movement]:
    """Propose who could rest when, for the sectors with most people in the worst mood for longest.

    In each two movements rest one after the other, so that the second leaves when the first is back, and one relieves
    another when the longest duty is over; so does one with the largest crowd that marches for so long. Nothing where
    others relieve like for like, or nobody is needed for so long.

    Parameters
    ----------
    language : in which they are named.
    """
    doctrine = instance.doctrine
    if doctrine.relief_every > 0.0:
        return []
    longest = float(doctrine.longest_duty) / float(doctrine.heat)
    duties = [duty for duty in list_duties(instance) if duty.end - duty.begin > longest]
    duties.sort(key=lambda duty: -duty.weight)
    found = [movement for duty in duties[:places] for movement in _rotate(instance, duty, longest, language)]
    return [*found, *_relieve_march(instance, longest, language)]


def list_duties(instance: Instance) -> Iterator[Duty]:
    """List from when until when the line must stand in each sector, and where it could rest.

    Where nothing else is, records are guarded, and that at all hours.
    """
    due, visits, distances = list_begins(instance), list_visits(instance), measure(instance)
    first, length = len(instance.sectors), instance.period.minutes
    for s, sector in enumerate(instance.sectors):
        km = distances.km[0, s, first : first + len(instance.posts)]
        if sector.id in due and math.isfinite(away := float(km.min())):
            here = [visit for visit in visits if visit.sector == sector.id]
            ends = [*(visit.end for visit in here), *(span_window(instance, w)[1] for w in sector.critical)]
            weight = sum((v.end - v.start) / 60.0 * v.people * v.most * float(v.gathering.tension) for v in here)
            post = instance.posts[int(km.argmin())].id
            way = 60.0 * away / float(instance.travel.march) + float(instance.travel.form_up)
            yield Duty(sector, due[sector.id], min(max(ends, default=length), length), weight, post, way)


def _rotate(instance: Instance, duty: Duty, longest: float, language: Language) -> Iterator[Movement]:
    """Make the movements of one sector: two that rest in turns, then one that leaves and the one that relieves it."""
    last = _floor(duty.begin + longest)
    away = math.ceil((duty.way + float(instance.doctrine.shortest_rest)) / STEP) * STEP  # until who rested sets out
    back = math.ceil((away + duty.way) / STEP) * STEP
    where, place = duty.sector.id, duty.sector.name.split(",", maxsplit=1)[0]

    def clock(minute: float) -> str:
        return str(instance.clock(minute))

    def movement(ident: str, name: str, *legs: Leg) -> Movement:
        return Movement(id=f"{where[:50]}-{ident}".rstrip("-"), name=name[:NAME], legs=legs)

    late = min(last, _floor(duty.end - USEFUL - back))  # who rests last is back for a while
    for number, leaves in enumerate((late - back, late), 1):
        if leaves > duty.begin:
            rests = Leg(post=duty.post, until=clock(leaves + away))
            legs = Leg(sector=where, until=clock(leaves)), rests, Leg(sector=where)
            name = language("{place}, rest at {clock}", place=place, clock=language.clock(instance.clock(leaves)))
            yield movement(f"rest-{number}", name, *legs)
    comes = _floor(last - duty.way)
    words = {"place": place, "clock": language.clock(instance.clock(last))}
    if comes > 0.0:
        pair = Leg(sector=where, until=clock(last)), Leg(post=duty.post)
        yield movement("first", language("{place} until {clock}, then rest", **words), *pair)
        pair = Leg(post=duty.post, until=clock(comes)), Leg(sector=where)
        yield movement("second", language("{place} from {clock}, rest before", **words), *pair)


def _relieve_march(instance: Instance, longest: float, language: Language) -> Iterator[Movement]:
    """Make the movement that goes with the largest crowd that marches for so long, and the one that relieves it."""
    begins, distances, first = list_begins(instance), measure(instance), len(instance.sectors)
    home: dict[str, float] = {}  # from when on nobody is left; who goes with people stays where these went home
    for visit in list_visits(instance):
        home[visit.gathering.id] = max(visit.end, home.get(visit.gathering.id, 0.0))
    long: list[tuple[float, Gathering, Stand, float]] = []
    for gathering in instance.gatherings:
        ways = [way for way in gathering.ways if way.share > 0.0 and gathering.chance > 0.0]
        if len({way.stops[0].sector for way in ways}) == 1 and max(len(way.stops) for way in ways) > 1:
            along = Accompaniment(id=gathering.id, name=gathering.name, gathering=gathering.id)
            stands = list_stands(instance, along, begins=begins.get(ways[0].stops[0].sector, 0.0))
            due = stands[0].formed + longest if stands else math.inf
            before = [stand for stand in stands if stand.formed < due]
            if before and min(stands[-1].left, home[gathering.id]) > due:
                long.append((float(gathering.turnout), gathering, before[-1], min(due, before[-1].left)))
    for _, gathering, stand, due in sorted(long, key=lambda one: -one[0])[:1]:
        km = distances.km[distances.at(due), distances.places.index(stand.sector), first : first + len(instance.posts)]
        post, away = instance.posts[int(km.argmin())].id, 60.0 * float(km.min()) / float(instance.travel.march)
        until, comes = _floor(due), _floor(due - away - float(instance.travel.form_up))
        if math.isfinite(away) and comes > 0.0:
            words = {"gathering": gathering.name.split(",", maxsplit=1)[0], "clock": instance.clock(until)}
            legs = Leg(gathering=gathering.id, until=str(instance.clock(until))), Leg(post=post)
            name = language("With: {gathering}, until {clock}, then rest", **words)
            yield Movement(id=f"{gathering.id[:50]}-first", name=name[:NAME], legs=legs)
            legs = Leg(post=post, until=str(instance.clock(comes))), Leg(gathering=gathering.id)
            name = language("With: {gathering}, from {clock}, rest before", **words)
            yield Movement(id=f"{gathering.id[:50]}-second", name=name[:NAME], legs=legs)


def _floor(minute: float) -> float:
    return math.floor(minute / STEP) * STEP
