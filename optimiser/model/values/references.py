"""Faults in names of things: an identifier used twice, and a name that leads nowhere, with what may have been meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from optimiser.common.faults import ADVISED, find_close, write_place
from optimiser.common.message import Message
from optimiser.model.escalation_law import CONSTANTS
from optimiser.model.values.unread import Finding, Unread, find

if TYPE_CHECKING:
    from optimiser.model.instance import Instance

EXISTING = {
    "sector": Message("a sector that exists"),
    "post": Message("a post that exists"),
    "place": Message("a place that exists"),
    "role": Message("a role that exists"),
    "team": Message("a team that exists"),
    "kind": Message("a team, role or vehicle that exists"),
    "constant": Message("a constant that exists"),
}
SECTIONS = {  # where what a name stands for is declared
    "sector": ("sectors",),
    "post": ("posts",),
    "place": ("sectors", "posts"),
    "role": ("roles",),
    "team": ("teams",),
    "kind": ("teams", "roles", "vehicles"),
    "constant": (),
}
NAMESPACES = (
    ("sectors", "posts"),
    ("teams", "roles", "vehicles"),
    ("gatherings",),
    ("triggers",),
    ("reinforcements",),
)


def find_identifier_faults(instance: Instance) -> Iterator[Finding]:
    """Check that an identifier is used once in its namespace."""
    for sections in NAMESPACES:
        first: dict[str, str] = {}
        for section in sections:
            for number, item in enumerate(getattr(instance, section)):
                place = f"{section}[{number}].id"
                earlier = first.setdefault(item.id, place)
                if earlier != place:
                    expected = Message("an identifier used once in {sections}", sections=", ".join(sections))
                    repair = Message("{place} has it; rename one", place=earlier)
                    yield find("duplicate-id", place, item.id, expected, repair, (place, earlier))


NO_ADVICE = Message.made("", None, 1, {})


class _Declared:
    """What names of one kind stand for.

    Parameters
    ----------
    unread : where an identifier is among what could not be read, a name that is like no other may be that one.
    """

    def __init__(self, instance: Instance, kind: str, unread: Unread) -> None:
        self.places: dict[str, str] = {} if SECTIONS[kind] else {c.name: "" for c in CONSTANTS}
        self.titles: dict[str, str] = {}
        self.open = any(section in unread.places for section in SECTIONS[kind])
        for section in SECTIONS[kind]:
            for number, item in enumerate(getattr(instance, section)):
                place = f"{section}[{number}].id"
                if unread.holds(place):
                    self.open = True
                    continue
                self.places.setdefault(item.id, place)
                self.titles.setdefault(item.name.lower(), item.id)

    def advise(self, name: str) -> Message:
        """Return which identifier may have been meant and where it is declared; an empty text where none is like it."""
        return advise_name(name, self.places, self.titles)


def advise_name(name: str, places: Mapping[str, str], titles: Mapping[str, str]) -> Message:
    """Return which identifier may have been meant by a name; an empty text where none is like it.

    Parameters
    ----------
    places : where each identifier is declared, empty where that is no matter.
    titles : identifiers by the names of their things in small letters, for people write those too.
    """
    lower = name.strip().lower()
    meant = titles.get(lower) or find_close(lower, places) or titles.get(find_close(lower, titles) or "")
    if meant is None:
        return NO_ADVICE
    if places[meant]:
        return Message("did you mean '{name}' ({place})?", name=meant, place=places[meant])
    return Message("did you mean '{name}'?", name=meant)


def find_reference_faults(instance: Instance, unread: Unread) -> Iterator[Finding]:
    """Check that whatever is named exists."""
    declared = {kind: _Declared(instance, kind, unread) for kind in EXISTING}
    names = [(place, name, kind) for place, name, kind in _list_names(instance) if name is not None]
    yield from _spell_as_named(names, declared, unread)
    told: dict[tuple[str, str], Message] = {}
    for place, name, kind in names:
        known = declared[kind]
        if name in known.places:
            continue
        if (name, kind) not in told and len(told) < ADVISED:
            told[name, kind] = known.advise(name)
        advice = told.get((name, kind), "")
        if known.open and not advice:
            continue  # it may be the one whose identifier could not be read, which is told
        yield find(f"unknown-{kind}", place, name, EXISTING[kind], advice or Message("name one, or add it"))
    for number, sector in enumerate(instance.sectors):
        if sector.spill_to == sector.id:
            place = f"sectors[{number}].spill_to"
            expected, repair = Message("another sector"), Message("name another sector or leave it out")
            yield find("same-place", place, sector.id, expected, repair, (place, f"sectors[{number}].id"))


def _spell_as_named(
    names: Sequence[tuple[str, str, str]], declared: Mapping[str, _Declared], unread: Unread
) -> Iterator[Finding]:
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
        close = None if name in known.places else find_close(name, spelt)
        if close is None:
            continue
        where = known.places[name] = known.places.pop(close)
        first = next(place for place, other, of_kind in names if (other, of_kind) == (name, kind))
        repair = Message("write it as {name}, as {place} names it", name=name, place=first)
        yield find("bad-identifier", where, close, EXISTING[kind], repair)
        also = [place for place, other, of_kind in names if (other, of_kind) == (close, kind)]
        yield from (
            find("bad-identifier", place, close, EXISTING[kind], Message("write it as {name}", name=name))
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
    for i, trigger in enumerate(instance.triggers):
        yield from ((f"triggers[{i}].sectors[{j}]", name, "sector") for j, name in enumerate(trigger.sectors))
    for i, reinforcement in enumerate(instance.reinforcements):
        yield f"reinforcements[{i}].team", reinforcement.team, "team"
    for i, pin in enumerate(instance.pins):
        yield f"pins[{i}].place", pin.place, "place"
        yield f"pins[{i}].what", pin.what, "kind"
    yield from ((write_place(("law", name)), name, "constant") for name in instance.law)
