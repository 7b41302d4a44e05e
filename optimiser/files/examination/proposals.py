"""Which units could move, proposed from where people are expected and when: accompaniments and movements to begin with.

Nothing is simulated: a planner keeps what makes sense, and the search places nobody in what does not pay.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.files.examination.horizon import follow
from optimiser.files.examination.stands import list_stands
from optimiser.files.examination.visits import Visit, list_visits
from optimiser.model.distances import measure
from optimiser.model.instance import Gathering, Instance
from optimiser.model.parts.movement import Accompaniment, Leg, Movement, Moving, find_likeliest

MOST = 4  # movements that are proposed beside accompaniments: each makes the search longer; assumed
MARGIN = 30.0  # min after the expected end of a stay at which units set out anyway; assumed
STEP = 5.0  # min: times are proposed to this; assumed
KINDS: dict[str, type[Moving]] = {"accompaniments": Accompaniment, "movements": Movement}  # by section
LETTERS, NAME = 60, 120  # of an identifier, and of a name, at most


def propose_moving(instance: Instance, language: Language = ENGLISH, most: int = MOST) -> tuple[Moving, ...]:
    """Propose which units could move, what would be with most people in the worst mood for longest first.

    With every gathering that goes on; with one and then with another, when the first is home; and from a stop that a
    gathering has left to a later one of its own or of another. What the instance has already is left out.

    Parameters
    ----------
    language : in which they are named.
    most : movements, beside accompaniments.
    """
    visits, known = list_visits(instance), {leg_key(moving) for moving in instance.moving}
    with_people = [a for a in _accompany(instance, language) if leg_key(a) not in known]
    found = [m for m in (*_onward(instance, language), *_left(instance, language)) if leg_key(m) not in known]
    weighed = [(weigh(instance, movement, visits), movement) for movement in found]
    # who stands in one place only, or meets nobody after the first leg, moves for nothing
    useful = [(weight, m) for weight, m in weighed if weight > 0.0 and len(list_stands(instance, m)) > 1]
    useful.sort(key=lambda one: -one[0])
    return _name_apart(instance, [*with_people, *(movement for _, movement in useful[:most])])


def write_moving(instance: Instance, found: Sequence[Moving]) -> dict[str, list[dict[str, Any]]]:
    """Give what an instance has that moves, with more of it, as plain sections of a file."""
    return {
        section: [part.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for part in parts]
        for section, kind in KINDS.items()
        if (parts := [m for m in (*instance.moving, *found) if isinstance(m, kind)])
    }


def leg_key(moving: Moving) -> tuple[tuple[str | None, str | None], ...]:
    """Return what two movements have in common that lead the same units to the same places."""
    return tuple((leg.sector, leg.gathering) for leg in moving.parts)


def weigh(instance: Instance, moving: Moving, visits: tuple[Visit, ...]) -> float:
    """Return the person hours, by tension and chance, during which its units stand beside people in more than one leg.

    0 where nobody is met in the first leg or in none after it.
    """
    met: dict[int, float] = {}
    for stand in list_stands(instance, moving):
        for visit in visits:
            hours = (min(stand.left, visit.end) - max(stand.formed, visit.start)) / 60.0
            if visit.sector == stand.sector and hours > 0.0:
                worth = hours * visit.people * visit.most * float(visit.gathering.tension)
                met[stand.leg] = met.get(stand.leg, 0.0) + worth
    return sum(met.values()) if 0 in met and len(met) > 1 else 0.0


def _accompany(instance: Instance, language: Language) -> Iterator[Accompaniment]:
    for gathering in instance.gatherings:
        if _assembles(gathering) and any(len(way.stops) > 1 for way in gathering.ways if way.share > 0.0):
            name = language("With: {gathering}", gathering=first_part(gathering.name))
            yield Accompaniment(id=_identify("with", gathering.id), name=name[:NAME], gathering=gathering.id)


def _onward(instance: Instance, language: Language) -> Iterator[Movement]:
    """With one gathering until it is home, then with another that is there for longer."""
    distances = measure(instance)
    homes = {}
    for gathering in instance.gatherings:
        times = list(follow(*find_likeliest(instance, gathering.id), instance, distances))
        homes[gathering.id] = times[-1].leaves
    for first in instance.gatherings:
        for second in instance.gatherings:
            both = _assembles(first) and _assembles(second) and homes[first.id] < homes[second.id]
            if first is not second and both:
                legs = (Leg(gathering=first.id), Leg(gathering=second.id))
                words = {"gathering": first_part(first.name), "other": first_part(second.name)}
                name = language("With: {gathering}; then with: {other}", **words)
                yield Movement(id=_identify(first.id, "then", second.id), name=name[:NAME], legs=legs)


def _left(instance: Instance, language: Language) -> Iterator[Movement]:
    """Stand where a gathering stops until it has left, then where it or another one stops later."""
    names = {sector.id: sector.name for sector in instance.sectors}
    visits, length = list_visits(instance), instance.period.minutes
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
            name = language("{place}, then {other}", place=first_part(names[sector]), other=first_part(names[onward]))
            yield Movement(id=_identify(sector, "then", onward), name=name[:NAME], legs=legs)


def _name_apart(instance: Instance, found: Sequence[Moving]) -> tuple[Moving, ...]:
    """Number identifiers that a place of the instance, or one before, has already."""
    taken, apart = {place.id for place in instance.places}, []
    for moving in found:
        ident = name_apart(moving.id, taken)
        taken.add(ident)
        apart.append(moving.altered(id=ident))
    return tuple(apart)


def name_apart(ident: str, taken: Collection[str]) -> str:
    """Return an identifier of the length allowed, with a number behind it where it is taken."""
    free = (ident[:LETTERS].rstrip("-") if n == 1 else f"{ident[: LETTERS - 4]}-{n}" for n in itertools.count(1))
    return next(ident for ident in free if ident not in taken)


def first_part(name: str) -> str:
    """Return what a name says before its first comma."""
    return name.split(",", maxsplit=1)[0]


def _assembles(gathering: Gathering) -> bool:
    """Return whether a gathering comes together at one place, whichever way it takes then."""
    return len({way.stops[0].sector for way in gathering.ways if way.share > 0.0}) == 1


def _identify(*words: str) -> str:
    return "-".join(words)[:LETTERS].rstrip("-")
