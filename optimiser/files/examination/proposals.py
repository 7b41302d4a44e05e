"""Which units could move, proposed from where people are expected and when: accompaniments and movements to begin with.

Nothing is simulated: a planner keeps what makes sense, and the search places nobody in what does not pay.
"""

from __future__ import annotations

import itertools
import math
from bisect import insort
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.files.examination.moving import find_leg_cautions
from optimiser.files.examination.rotations import propose_rotations
from optimiser.model.distances import Distances, measure
from optimiser.model.expected.follow import follow
from optimiser.model.expected.stands import Stand, list_stands
from optimiser.model.expected.visits import Visit, list_due, list_visits
from optimiser.model.instance import Gathering, Instance, Sector
from optimiser.model.parts.movement import Accompaniment, Leg, Movement, Moving, find_likeliest, list_rests, list_stops
from optimiser.model.values.arguments import checked, within

MOST = 4  # movements that are proposed beside accompaniments: each makes the search longer; assumed
GATHERINGS = 100  # whose movements are looked at, worth most first; assumed: pairs of more take minutes
MARGIN = 30.0  # min after the expected end of a stay at which units set out anyway; assumed
STEP = 5.0  # min: times are proposed to this; assumed
SLACK = 1e-9  # share by which sums of the same numbers may differ
LETTERS, NAME = 60, 120  # of an identifier, and of a name, at most


@checked(most=within(0, 100))
def propose_moving(instance: Instance, language: Language = ENGLISH, most: int = MOST) -> tuple[Moving, ...]:
    """Propose which units could move, what would be with most people in the worst mood for longest first.

    With every gathering that goes on; with one and then with another, when the first is home; and from a stop that a
    gathering has left to a later one of its own or of another. Then rest and relief, see `propose_rotations`. What the
    instance has already is left out, and so is what would draw a warning: units that come too late, or leave too early.
    Of many gatherings only the hundred worth most are looked at for movements.

    Parameters
    ----------
    language : in which they are named.
    most : movements, beside accompaniments and those of rest and relief, 0 to 100; none of these either with 0.

    Raises
    ------
    BadSetting : an argument cannot be used.
    """
    known = {leg_key(moving) for moving in instance.moving}
    visits = list_visits(instance)
    worth = {gathering.id: 0.0 for gathering in instance.gatherings}
    for visit in visits:
        worth[visit.gathering.id] += _weigh_hours(visit, visit.start, visit.end)
    among = frozenset(sorted(worth, key=lambda name: -worth[name])[:GATHERINGS])
    distances = measure(instance)  # shared by all that follows, for as long as it is kept here
    ideas: list[Moving] = [*_accompany(instance, language), *_onward(instance, language, among, distances)]
    ideas += _left(instance, language, among, visits)
    rotations = propose_rotations(instance, language) if most else []
    apart = _name_apart(instance, [idea for idea in (*ideas, *rotations) if leg_key(idea) not in known])
    with_people = [m for m in apart if isinstance(m, Accompaniment)]
    begins = list_due(instance, [m for m in apart if list_rests(m)])
    resting = [m for m in apart if list_rests(m) and not _warns(instance, visits, m, begins)]
    others = [m for m in apart if isinstance(m, Movement) and not list_rests(m)]
    return (*with_people, *_choose(instance, visits, others, most), *_keep_pairs(instance, resting))


def _keep_pairs(instance: Instance, resting: Sequence[Moving]) -> list[Moving]:
    """Leave out who would go to rest and be relieved by nobody, and who would come from rest and relieve nobody.

    Who rests between two legs does so in turns with another of the same place, so that these are two at least.
    """
    known = [*instance.moving, *resting]
    in_turns = {m.id: m.parts[0].sector for m in known if any(leg.post for leg in m.parts[1:-1])}
    turns = Counter(in_turns.values())
    ends = {m.id: (m.parts[0], m.parts[-1]) for m in known}
    goes = {(first.sector, first.gathering) for first, last in ends.values() if last.post}
    comes = {(last.sector, last.gathering) for first, last in ends.values() if first.post}

    def paired(first: Leg, last: Leg) -> bool:
        return (not last.post or (first.sector, first.gathering) in comes) and (
            not first.post or (last.sector, last.gathering) in goes
        )

    return [m for m in resting if paired(*ends[m.id]) and turns.get(in_turns.get(m.id), 2) > 1]


def _warns(instance: Instance, visits: tuple[Visit, ...], idea: Moving, begins: Mapping[str, float]) -> bool:
    stands = list_stands(instance, idea, begins=begins.get(idea.id, 0.0))
    return isinstance(idea, Movement) and any(True for _ in find_leg_cautions(instance, visits, idea, stands))


def _choose(
    instance: Instance, visits: tuple[Visit, ...], ideas: Sequence[Movement], most: int
) -> tuple[Movement, ...]:
    """Return the best movements that draw no warning, best first.

    None can be worth more than all visits to its stops: in the order of that bound, those that are looked at end where
    no further one can be among the best.
    """
    if most == 0:
        return ()
    at_stop = {sector.id: 0.0 for sector in instance.sectors}
    for visit in visits:
        at_stop[visit.sector] += _weigh_hours(visit, visit.start, visit.end)
    bounds = [sum(at_stop[stop] for stop in list_stops(instance, idea)) for idea in ideas]
    begins = list_due(instance, ideas)
    best: list[tuple[float, int]] = []  # minus the worth, and the number among the ideas
    for n in sorted(range(len(ideas)), key=lambda n: -bounds[n]):
        least = -best[-1][0] if len(best) >= most else 0.0
        if bounds[n] * (1.0 + SLACK) < least:
            break
        stands = list_stands(instance, ideas[n], begins=begins.get(ideas[n].id, 0.0))
        weight = weigh(stands, visits)
        # who stands in one place only, or meets nobody after the first leg, moves for nothing
        useful = weight > 0.0 and weight >= least and len(stands) > 1
        if useful and not any(True for _ in find_leg_cautions(instance, visits, ideas[n], stands)):
            insort(best, (-weight, n))
            del best[most:]
    return tuple(ideas[n] for _, n in best)


def write_moving(instance: Instance, found: Sequence[Moving]) -> dict[str, list[dict[str, Any]]]:
    """Give what an instance has that moves, with more of it, as plain sections of a file."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for moving in (*instance.moving, *found):
        sections.setdefault(find_section(moving), []).append(plain_moving(moving))
    return sections


def find_section(moving: Moving) -> str:
    """Return the part of an instance that an accompaniment or a movement is in."""
    return "accompaniments" if isinstance(moving, Accompaniment) else "movements"


def plain_moving(moving: Moving) -> dict[str, Any]:
    """Return an accompaniment or a movement as plain values, without what it leaves as it is by default."""
    return moving.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def leg_key(moving: Moving) -> tuple[tuple[str | None, ...], ...]:
    """Return what two movements have in common that lead the same units to the same places."""
    return tuple((leg.sector, leg.gathering, leg.post) for leg in moving.parts)


def weigh(stands: Sequence[Stand], visits: Sequence[Visit]) -> float:
    """Return the person hours, by tension and chance, during which units stand beside people in more than one leg.

    0 where nobody is met in the first leg or in none after it.
    """
    met: dict[int, float] = {}
    for stand in stands:
        for visit in visits:
            if visit.sector == stand.sector:
                worth = _weigh_hours(visit, max(stand.formed, visit.start), min(stand.left, visit.end))
                met[stand.leg] = met.get(stand.leg, 0.0) + worth
    return sum(met.values()) if met.get(0) and len([w for w in met.values() if w]) > 1 else 0.0


def _weigh_hours(visit: Visit, start: float, end: float) -> float:
    """Return the person hours of a visit between two minutes, by tension and chance."""
    return max(0.0, end - start) / 60.0 * visit.people * visit.most * float(visit.gathering.tension)


def _accompany(instance: Instance, language: Language) -> Iterator[Accompaniment]:
    names = _shorten(instance.gatherings)
    for gathering in instance.gatherings:
        if _assembles(gathering) and any(len(way.stops) > 1 for way in gathering.ways if way.share > 0.0):
            name = language("With: {gathering}", gathering=names[gathering.id])
            yield Accompaniment(id=_identify("with", gathering.id), name=name[:NAME], gathering=gathering.id)


def _onward(instance: Instance, language: Language, among: Collection[str], distances: Distances) -> Iterator[Movement]:
    """With one gathering until it is home, then with another that is there for longer."""
    homes, gatherings = {}, [gathering for gathering in instance.gatherings if gathering.id in among]
    names = _shorten(instance.gatherings)
    for gathering in gatherings:
        times = list(follow(*find_likeliest(instance, gathering.id), instance, distances))
        homes[gathering.id] = times[-1].leaves
    for first in gatherings:
        for second in gatherings:
            both = _assembles(first) and _assembles(second) and homes[first.id] < homes[second.id]
            if first is not second and both:
                legs = (Leg(gathering=first.id), Leg(gathering=second.id))
                words = {"gathering": names[first.id], "other": names[second.id]}
                name = language("With: {gathering}; then with: {other}", **words)
                yield Movement(id=_identify(first.id, "then", second.id), name=name[:NAME], legs=legs)


def _left(
    instance: Instance, language: Language, among: Collection[str], visits: Sequence[Visit]
) -> Iterator[Movement]:
    """Stand where a gathering stops until it has left, then where it or another one stops later."""
    names = _shorten(instance.sectors)
    visits, length = [visit for visit in visits if visit.gathering.id in among], instance.period.minutes
    pairs: dict[tuple[str, str], Visit] = {}  # the last who leave
    for before in visits:
        for after in visits:
            if before.onward and after.sector != before.sector and after.start > before.end:
                last = pairs.setdefault((before.sector, after.sector), before)
                pairs[before.sector, after.sector] = max(last, before, key=lambda visit: visit.end)
    for (sector, onward), last in pairs.items():
        minute = math.ceil((last.end + MARGIN) / STEP) * STEP
        if minute < length:
            until = str(instance.clock(minute))
            legs = (Leg(sector=sector, until=until, until_left=last.gathering.id), Leg(sector=onward))
            name = language("{place}, then {other}", place=names[sector], other=names[onward])
            yield Movement(id=_identify(sector, "then", onward), name=name[:NAME], legs=legs)


def _name_apart(instance: Instance, found: Sequence[Moving]) -> tuple[Moving, ...]:
    """Number identifiers and names that a place of the instance, or one before, has already."""
    ids, names = {place.id for place in instance.places}, {_fold(place.name) for place in instance.places}
    apart: list[Moving] = []
    for moving in found:
        told = (moving.name if n == 1 else f"{moving.name[: NAME - 5]} ({n})" for n in itertools.count(1))
        ident = name_apart(moving.id, ids)
        name = next(name for name in told if _fold(name) not in names)
        ids.add(ident)
        names.add(_fold(name))
        same = (ident, name) == (moving.id, moving.name)
        apart.append(moving if same else moving.altered(id=ident, name=name))
    return tuple(apart)


def name_apart(ident: str, taken: Collection[str]) -> str:
    """Return an identifier of the length allowed, with a number behind it where it is taken."""
    free = (ident[:LETTERS].rstrip("-") if n == 1 else f"{ident[: LETTERS - 4]}-{n}" for n in itertools.count(1))
    return next(ident for ident in free if ident not in taken)


def first_part(name: str) -> str:
    """Return what a name says before its first comma."""
    return name.split(",", maxsplit=1)[0]


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


def _shorten(things: Sequence[Gathering | Sector]) -> dict[str, str]:
    """Return what names say before their first comma, by identifier; whole names where two would be the same."""
    short = {thing.id: first_part(thing.name) for thing in things}
    times = Counter(short.values())
    return {thing.id: short[thing.id] if times[short[thing.id]] == 1 else thing.name for thing in things}


def _assembles(gathering: Gathering) -> bool:
    """Return whether a gathering comes together at one place, whichever way it takes then."""
    return len({way.stops[0].sector for way in gathering.ways if way.share > 0.0}) == 1


def _identify(*words: str) -> str:
    return "-".join(words)[:LETTERS].rstrip("-")
