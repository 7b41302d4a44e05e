"""Rules that join places: what there is in all, the reserve at posts, and stops where units come along."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from optimiser.common.message import Message
from optimiser.model.distances import mark_reach
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import goes_with_people, list_rests, list_stops
from optimiser.planning.programs.requirements.rows import Requirement, Row, count_units, in_charge, tell_teams

if TYPE_CHECKING:
    from optimiser.planning.programs.requirements.frame import Frame


def overall(frame: Frame, places: Collection[int]) -> Iterator[Requirement]:
    """List what limits all places together: availability, the cap on heads, and where a kind may stand.

    All coefficients and limits are at least 0, so with one place only the rows still hold for that place alone.
    """
    instance = frame.instance
    for k, kind in enumerate(frame.kinds):
        count = int(kind.count)
        if k in frame.teams:
            name = Message.plural(
                "only {n} team of {kind} exists", "only {n} teams of {kind} exist", count, kind=kind.name
            )
        else:
            name = Message.plural("only {n} of {kind} exists", "only {n} of {kind} exist", count, kind=kind.name)
        number = ("teams", k, "count") if k in frame.teams else ("vehicles", k - len(frame.teams), "count")
        yield Requirement("availability", name, None, (Row({(p, k): 1 for p in places}, most=count),), number)
    counted = [(k, frame.heads[k]) for k, kind in enumerate(frame.kinds) if kind.counts and frame.heads[k]]
    terms = {(p, k): heads for p in places for k, heads in counted}
    name = Message("cap of {heads} heads", heads=instance.cap)
    yield Requirement("cap", name, None, (Row(terms, most=int(instance.cap)),), ("cap",))
    for k, kind in enumerate(frame.kinds):
        wrong = [p for p in places if not frame.may_stand(p, k)]
        if (where := frame.stands(k)) != "anywhere" or wrong:
            name = Message("{kind} only at posts", kind=kind.name)
            if where == "sectors":
                name = Message("{kind} only in sectors", kind=kind.name)
            elif where == "anywhere":
                name = Message("{kind} neither accompanies people nor moves as planned", kind=kind.name)
            yield Requirement("stands", name, None, (Row({(p, k): 1 for p in wrong}, most=0),))


def waiting(frame: Frame) -> Iterator[Requirement]:
    """List what the reserve at posts must give: cover of sectors, and a least number in all."""
    instance, sectors = frame.instance, len(frame.instance.sectors)
    if any(sector.cover for sector in instance.sectors):
        near = mark_reach(instance)
        within = f"{instance.doctrine.reserve_reach:g}"
        for s, sector in enumerate(instance.sectors):
            if sector.cover:
                posts = [sectors + int(post) for post in near[s].nonzero()[0]]
                row = Row(count_units(posts, frame.callables), least=int(sector.cover))
                name = Message(
                    "{teams} ready to be called within {minutes} min of {sector}",
                    teams=tell_teams(sector.cover),
                    minutes=within,
                    sector=sector.name,
                )
                yield Requirement("cover", name, None, (row,), ("sectors", s, "cover"))
    if least := int(instance.doctrine.reserve_least):
        name = Message("at least {teams} ready to be called at all posts", teams=tell_teams(least))
        rows = (Row(count_units(frame.posts, frame.callables), least=least),)
        yield Requirement("reserve", name, None, rows, ("doctrine", "reserve_least"))


def led(frame: Frame) -> Iterator[Requirement]:
    """Ask for an officer in charge of who moves by itself: along with it, or placed in each sector where it stands."""
    if not frame.instance.doctrine.officer_per_sector:
        return
    sectors = [sector.id for sector in frame.instance.sectors]
    for p, moving in frame.moving:
        if not goes_with_people(moving):
            stops = [sectors.index(stop) for stop in list_stops(frame.instance, moving)]
            rows = tuple(row for s in stops for row in in_charge(frame, p, [p, s]))
            name = Message(
                "officer in charge of {place}, if anyone moves: along with it, or in each sector where it stands",
                place=moving.name,
            )
            yield Requirement("officer", name, None, rows)


def gathered(frame: Frame) -> Iterator[Requirement]:
    """List what limits who stands at a stop and who comes there with people or as planned, at once: room, a most.

    Room at a post is shared by who waits there and who rests there between two legs.
    """
    coming: dict[str, list[int]] = {}
    for p, moving in frame.moving:
        for stop in (*list_stops(frame.instance, moving), *list_rests(moving)):
            coming.setdefault(stop, []).append(p)
    places: tuple[Sector | Post, ...] = (*frame.instance.sectors, *frame.instance.posts)
    for p, place in enumerate(places):
        if place.id in coming:
            words = {"heads": int(place.staging_capacity), "place": place.name}
            name = Message(
                "staging capacity of {heads} heads at {place}, with those who come there with people or as planned",
                **words,
            )
            row = Row(frame.heads_at([p, *coming[place.id]]), most=int(place.staging_capacity))
            yield Requirement("staging", name, None, (row,), (*frame.locate(p), "staging_capacity"))
            if isinstance(place, Sector):
                yield from _most_of_roles(frame, p, place, coming[place.id])


def _most_of_roles(frame: Frame, s: int, sector: Sector, coming: Sequence[int]) -> Iterator[Requirement]:
    """List the most of each role at a stop, with those who come there with people or as planned."""
    for role, most in sorted(sector.maximum.items()):
        words = {"teams": tell_teams(most), "role": frame.roles[role].name, "place": sector.name}
        name = Message(
            "at most {teams} of {role} at {place}, with those who come there with people or as planned", **words
        )
        row = Row(count_units([s, *coming], frame.of_role(role)), most=int(most))
        yield Requirement("maximum", name, None, (row,), ("sectors", s, "maximum", role))
