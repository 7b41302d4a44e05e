"""Faults in names of things: an identifier used twice, and a name that leads nowhere, with what may have been meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from optimiser.common.faults import ADVISED, MISSPELT, find_close, write_place
from optimiser.common.message import Message
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.values.base import EVERYBODY
from optimiser.model.values.unread import Finding, Naming, Unread, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance

EXISTING = {
    "sector": Message("a sector that exists"),
    "post": Message("a post that exists"),
    "place": Message("a place that exists"),
    "role": Message("a role that exists"),
    "team": Message("a team that exists"),
    "kind": Message("a team, role or vehicle that exists"),
    "gathering": Message("a gathering that exists"),
    "movement": Message("a movement that exists"),
    "constant": Message("a constant that exists"),
}
OTHERS = {
    "sector": Message("a sector"),
    "post": Message("a post"),
    "role": Message("a role"),
    "team": Message("a team"),
    "gathering": Message("a gathering"),
}
SECTIONS = {  # where what a name stands for is declared
    "sector": ("sectors",),
    "post": ("posts",),
    "place": ("sectors", "posts", "accompaniments", "movements"),
    "role": ("roles",),
    "team": ("teams",),
    "kind": ("teams", "roles", "vehicles"),
    "gathering": ("gatherings",),
    "movement": ("movements",),
    "constant": (),
}
NAMESPACES = (
    ("sectors", "posts", "accompaniments", "movements"),
    ("teams", "roles", "vehicles"),
    ("gatherings",),
    ("triggers",),
    ("reinforcements",),
)


def find_identifier_faults(instance: Instance) -> Iterator[Finding]:
    """Check that an identifier is used once in its namespace."""
    used = {item.id for sections in NAMESPACES for section in sections for item in getattr(instance, section)}
    for place, (name, earlier, sections) in _list_again(instance).items():
        expected = Message("an identifier used once in {sections}", sections=", ".join(sections))
        words = {"place": earlier, "name": _find_free(name, sections, used)}
        repair = Message("{place} has it; rename one, for example to {name}", **words)
        yield make_finding("duplicate-id", place, name, expected, repair, (place, earlier))


def _find_free(name: str, sections: Sequence[str], used: set[str]) -> str:
    """Find an identifier that nobody has; of a team that has the name of its role, as staff would write it."""
    endings = ("regu", "tim") if "teams" in sections else ()
    ways = (f"{name[:50]}-{ending}" for ending in (*endings, *map(str, range(2, len(used) + 3))))
    return next(way for way in ways if way not in used)


def _list_again(instance: Instance) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """List identifiers that others have before them: by place the name, the place of the first, and their sections."""
    again: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for sections in NAMESPACES:
        first: dict[str, str] = {}
        for section in sections:
            for number, item in enumerate(getattr(instance, section)):
                place = f"{section}[{number}].id"
                earlier = first.setdefault(item.id, place)
                if earlier != place:
                    again[place] = (item.id, earlier, sections)
    return again


_Again = Mapping[str, tuple[str, str, tuple[str, ...]]]
NO_ADVICE = Message.made("", None, 1, {})


class _Declared:
    """What names of one kind stand for.

    Attributes
    ----------
    places : where each identifier is declared.
    titles : identifiers by the names of their things in small letters.
    open : things whose own identifier is not known, or is that of another: places of these identifiers by their names.
    whole : whether it is not known either how many of them there are.
    twice : identifiers that others have too.
    """

    def __init__(self, instance: Instance, kind: str, unread: Unread, again: _Again) -> None:
        self.places: dict[str, str] = {} if SECTIONS[kind] else {c.name: "" for c in CONSTANTS}
        self.titles: dict[str, str] = {}
        self.open: dict[str, str] = {}
        self.twice = {again[place][0] for place in again if place.partition("[")[0] in SECTIONS[kind]}
        self.whole = any(_is_open(instance, section, unread) for section in SECTIONS[kind])
        for section in SECTIONS[kind]:
            for number, item in enumerate(getattr(instance, section)):
                place = f"{section}[{number}].id"
                if f"{section}[{number}]" in unread.strays:
                    continue
                if unread.holds(place) or place in again:
                    known = not unread.holds(f"{section}[{number}].name")
                    self.open[item.name.lower() if known else place] = place
                    continue
                self.places[item.id] = place
                self.titles.setdefault(item.name.lower(), item.id)

    def find_open(self, names: Collection[str]) -> dict[str, str]:
        """Return which unknown names may be those of things whose identifiers are not known, with their places.

        A name like that of the thing is; so is any other as long as there are things left. A name that is like an
        identifier of several things is that of one of them, and no misspelt one.
        """
        if self.whole:
            return dict.fromkeys(names, "")
        left, found = dict(self.open), dict[str, str]()
        for name in names:
            spaced = name.replace("-", " ")
            words = set(spaced.split())
            like = find_close(spaced, left, MISSPELT) or next((t for t in left if words <= set(t.split())), None)
            if like is not None:
                found[name] = left.pop(like)
        others = [name for name in names if name not in found and self._is_like_none(name)]
        if len(others) <= len(left):
            found |= dict.fromkeys(others, "")
        return found

    def _is_like_none(self, name: str) -> bool:
        meant = _find_meant(name, self.places, self.titles)
        return meant is None or meant in self.twice

    def advise(self, name: str) -> Message:
        """Return which identifier may have been meant and where it is declared; an empty text where none is like it."""
        return advise_name(name, self.places, self.titles)


def _is_open(instance: Instance, section: str, unread: Unread) -> bool:
    """Return whether it is not known what is in a section: not read at all, or none of several identifiers was."""
    if section in unread.places:
        return True
    numbers = [n for n in range(len(getattr(instance, section))) if f"{section}[{n}]" not in unread.strays]
    return len(numbers) > 1 and all(unread.holds(f"{section}[{n}].id") for n in numbers)


def advise_name(name: str, places: Mapping[str, str], titles: Mapping[str, str]) -> Message:
    """Return which identifier may have been meant by a name; an empty text where none is like it.

    Parameters
    ----------
    places : where each identifier is declared, empty where that is no matter.
    titles : identifiers by the names of their things in small letters, for people write those too.
    """
    meant = _find_meant(name, places, titles)
    if meant is None:
        return NO_ADVICE
    if places[meant]:
        return Message("did you mean '{name}' ({place})?", name=meant, place=places[meant])
    return Message("did you mean '{name}'?", name=meant)


def _find_meant(name: str, places: Collection[str], titles: Mapping[str, str]) -> str | None:
    lower = name.strip().lower()
    return titles.get(lower) or find_close(lower, places) or titles.get(find_close(lower, titles, MISSPELT) or "")


def find_reference_faults(instance: Instance, unread: Unread) -> Iterator[Finding]:
    """Check that whatever is named exists."""
    again = _list_again(instance)
    declared = {kind: _Declared(instance, kind, unread, again) for kind in EXISTING}
    names = [Naming(place, name, kind) for place, name, kind in _list_names(instance) if name is not None]
    names += unread.names
    yield from _spell_as_named(names, declared, unread)
    told: dict[tuple[str, str], Message] = {}
    unknown = {kind: _list_unknown(names, kind, declared[kind]) for kind in EXISTING}
    for place, name, kind in names:
        if name in declared[kind].places or name in unknown[kind]:
            continue
        if (name, kind) not in told and len(told) < ADVISED:
            told[name, kind] = declared[kind].advise(name)
        advice = _advise_other(name, kind, declared) or told.get((name, kind)) or Message("name one, or add it")
        yield make_finding(f"unknown-{kind}", place, name, EXISTING[kind], advice)
    yield from _advise_open(names, unknown)
    for number, sector in enumerate(instance.sectors):
        if sector.spill_to == sector.id:
            place = f"sectors[{number}].spill_to"
            expected, repair = Message("another sector"), Message("name another sector or leave it out")
            yield make_finding("same-place", place, sector.id, expected, repair, (place, f"sectors[{number}].id"))


def _advise_other(name: str, kind: str, declared: Mapping[str, _Declared]) -> Message:
    """Say what else has exactly that name, as a post where a sector is asked for; else an empty text."""
    for other, words in OTHERS.items():
        if other != kind and len(SECTIONS[kind]) == 1 and name in declared[other].places:
            where = declared[other].places[name]
            return Message(
                "'{name}' is {other} ({place}); name {wanted}",
                name=name,
                other=words,
                place=where,
                wanted=EXISTING[kind],
            )
    return NO_ADVICE


def _list_unknown(names: Sequence[Naming], kind: str, known: _Declared) -> dict[str, str]:
    """List the names that only follow from what could not be read, see `_Declared.find_open`."""
    if not (known.open or known.whole):
        return {}
    return known.find_open(list(dict.fromkeys(n for _, n, of in names if of == kind and n not in known.places)))


def _advise_open(names: Sequence[Naming], unknown: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Say of things without an identifier by which one others name them."""
    told: set[str] = set()
    for place, name, kind in names:
        own = unknown[kind].get(name)
        if own and own not in told:
            told.add(own)
            repair = Message("write {name}, as {place} names it", name=name, place=place)
            yield make_finding("missing-field", own, None, EXISTING[kind], repair, ())


def _spell_as_named(names: Sequence[Naming], declared: Mapping[str, _Declared], unread: Unread) -> Iterator[Finding]:
    """Find faulty identifiers that others name by a similar one: that is how they should be written.

    What is declared is noted to have that identifier, so that those others lead there.
    """
    if not unread.spelt:
        return
    exact = {(name, kind) for place, name, kind in names if place not in unread.spelt}
    for name, kind in sorted(exact):
        known = declared[kind]
        own = {own: place for own, place in known.places.items() if place in unread.spelt}
        spelt = {other: place for other, place in own.items() if (other, kind) not in exact}
        like = find_close(name, spelt) or next((other for other in spelt if name in other.split("-")), None)
        close = None if name in known.places else like
        if close is None:
            continue
        where = known.places[name] = known.places.pop(close)
        first = next(place for place, other, of_kind in names if (other, of_kind) == (name, kind))
        repair = Message("write it as {name}, as {place} names it", name=name, place=first)
        yield make_finding("bad-identifier", where, close, EXISTING[kind], repair)
        also = [place for place, other, of_kind in names if (other, of_kind) == (close, kind)]
        yield from (
            make_finding("bad-identifier", place, close, EXISTING[kind], Message("write it as {name}", name=name))
            for place in also
        )


def _list_names(instance: Instance) -> Iterator[tuple[str, str | None, str]]:
    """List every name that refers to something: its place in the file, the name, what it should be."""
    for i, sector in enumerate(instance.sectors):
        for field, of_roles in (("minimum", sector.minimum), ("maximum", sector.maximum)):
            yield from ((f"sectors[{i}].{field}.{role}", role, "role") for role in of_roles)
        yield f"sectors[{i}].spill_to", sector.spill_to, "sector"
    for i, team in enumerate(instance.teams):
        yield f"teams[{i}].role", team.role, "role"
        yield f"teams[{i}].home", team.home, "post"
    for i, vehicle in enumerate(instance.vehicles):
        yield f"vehicles[{i}].home", vehicle.home, "post"
        yield f"vehicles[{i}].crew_role", vehicle.crew_role, "role"
        yield f"vehicles[{i}].escort_role", vehicle.escort_role, "role"
    for i, gathering in enumerate(instance.gatherings):
        for j, stop in enumerate(gathering.itinerary):
            yield f"gatherings[{i}].itinerary[{j}].sector", stop.sector, "sector"
    for i, accompaniment in enumerate(instance.accompaniments):
        yield f"accompaniments[{i}].gathering", accompaniment.gathering, "gathering"
    for i, movement in enumerate(instance.movements):
        for j, leg in enumerate(movement.legs):
            names = {"sector": leg.sector, "gathering": leg.gathering, "post": leg.post, "until_left": leg.until_left}
            kinds = {"sector": "sector", "gathering": "gathering", "post": "post", "until_left": "gathering"}
            yield from ((f"movements[{i}].legs[{j}].{n}", v, kinds[n]) for n, v in names.items() if v is not None)
    for i, trigger in enumerate(instance.triggers):
        yield from ((f"triggers[{i}].sectors[{j}]", name, "sector") for j, name in enumerate(trigger.sectors))
    for i, reinforcement in enumerate(instance.reinforcements):
        yield f"reinforcements[{i}].team", reinforcement.team, "team"
    for i, pin in enumerate(instance.pins):
        yield f"pins[{i}].place", pin.place, "place"
        if pin.what != EVERYBODY:
            yield f"pins[{i}].what", pin.what, "kind"
    yield from ((write_place(("law", name)), name, "constant") for name in instance.law)
