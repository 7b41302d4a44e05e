"""The rules of presence as rows: who must be there where crowds are expected, who guards, who waits, who leads.

A rule concerns one place alone where nobody who moves can meet it as well; then it is one of `local`. Otherwise it
joins that place with those who are surely there. Coefficients do not depend on how many units exist, so that whoever
has more of them keeps every rule that he kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimiser.common.message import Message
from optimiser.model.clocks import span_window
from optimiser.model.distances import mark_reach
from optimiser.model.expected.crowds import ExpectedCrowd
from optimiser.model.expected.mean_day import MeanDay
from optimiser.model.expected.stands import Passage
from optimiser.model.instance import Instance, Role, Sector
from optimiser.model.parts.movement import Accompaniment, Movement, list_stops
from optimiser.model.parts.presence import Presence, name_rule
from optimiser.planning.programs.requirements.rows import MOST, Requirement, Row, count_units, tell_teams

if TYPE_CHECKING:
    from optimiser.planning.programs.requirements.frame import Frame

SLACK = 1e-6  # minutes, assumed: far above float rounding of sums of minutes, far below what anybody plans


def attended(frame: Frame) -> Iterator[Requirement]:
    """List what the rules of presence ask for; the place is that of a rule which concerns one place alone."""
    presence = frame.instance.presence
    if presence is None:
        return
    day = MeanDay.of(frame.instance)
    passages = {p: day.passages(m) for p, m in frame.moving if isinstance(m, Movement)}
    for crowd in day.crowds:
        yield from _meet(frame, presence, crowd, passages)
    if presence.backed:
        yield from _back_moving(frame)
    yield from _guard(frame, presence, passages)
    if presence.reserve_share > 0.0:
        yield from _reserve(frame)
    if presence.one_officer:
        yield from _one_officer(frame)


def holds_line(role: Role) -> bool:
    """Tell whether holding a line, in any phase, is what a role does best; not of officers."""
    holds = max(role.containment.green, role.containment.yellow, role.containment.red)
    better = max(role.dialogue, role.medical, role.arrest, role.traffic, role.information)
    return not role.officer and holds > 0.0 and holds >= better


def _kinds(frame: Frame) -> list[tuple[int, Role]]:
    """Team kinds by index, with their roles."""
    return [(k, frame.roles[team.role]) for k, team in enumerate(frame.instance.teams)]


def _lines(frame: Frame) -> list[int]:
    return [k for k, role in _kinds(frame) if holds_line(role)]


def _join(rule: str, name: Message, places: Sequence[int], rows: Iterable[Row]) -> Requirement:
    """Make a requirement: of its place alone where there is no other."""
    return Requirement(name_rule(rule), name, places[0] if len(places) == 1 else None, tuple(rows))


# ---------------------------------------------------------------- where crowds are expected


def _meet(
    frame: Frame, presence: Presence, crowd: ExpectedCrowd, passages: dict[int, tuple[Passage, ...]]
) -> Iterator[Requirement]:
    """List who must be there while a crowd is in a sector, and that whoever holds no line has one beside him."""
    sectors = [sector.id for sector in frame.instance.sectors]
    s = sectors.index(crowd.sector)
    sector = frame.instance.sectors[s]
    people = next(g for g in frame.instance.gatherings if g.id == crowd.gathering)
    places = [s, *_with(frame, crowd, passages)]
    words = {"place": sector.name, "gathering": people.name}
    kinds, vehicles = _kinds(frame), [k for k, v in frame.vehicles if v.medical > 0.0]
    asked = (
        ("officer", frame.officers, Message("an officer in charge at {place} for '{gathering}'", **words)),
        (
            "dialogue",
            [k for k, role in kinds if role.dialogue > 0.0 and not role.officer],
            Message("a dialogue team at {place} for '{gathering}'", **words),
        ),
        (
            "observers",
            [k for k, role in kinds if role.information > 0.0 and not role.officer],
            Message("a team with information at {place} for '{gathering}'", **words),
        ),
        (
            "medical",
            [*(k for k, role in kinds if role.medical > 0.0), *vehicles] if sector.ring == 1 else None,
            Message("medical care at {place} for '{gathering}'", **words),
        ),
    )
    for rule, able, name in asked:
        if getattr(presence, rule) and able is not None:
            yield _join(rule, name, places, [Row(count_units(places, able), least=1)])
    if presence.backed:
        name = Message("a line at {place} for '{gathering}', if anyone without one stands there", **words)
        yield _join("backed", name, places, _beside_line(frame, s, places))


def _beside_line(frame: Frame, place: int, places: Sequence[int]) -> Iterator[Row]:
    """Ask for a line at some places where a team that holds none is at one: n <= 10,000 * lines for each such kind."""
    lines = _lines(frame)
    backing = {(p, k): -MOST for p in places for k in lines}
    for k in frame.teams:
        if k not in lines:
            yield Row({(place, k): 1, **backing}, most=0)


def _back_moving(frame: Frame) -> Iterator[Requirement]:
    """Ask who moves and may come to a crowd to have a line along, if anyone without one does."""
    crowded = {crowd.sector for crowd in MeanDay.of(frame.instance).crowds}
    for p, moving in frame.moving:
        if crowded & set(list_stops(frame.instance, moving)):
            name = Message("a line with {place}, if anyone without one goes along", place=moving.name)
            yield _join("backed", name, [p], _beside_line(frame, p, [p]))


def _with(frame: Frame, crowd: ExpectedCrowd, passages: dict[int, tuple[Passage, ...]]) -> list[int]:
    """List the places whose units are surely in a sector while a crowd is."""
    along = [
        p for p, m in frame.moving if isinstance(m, Accompaniment) and m.gathering == crowd.gathering
    ]  # at every stop on every way: that is the point of going along
    return [*along, *(p for p, ways in passages.items() if ways and _covers(frame.instance, crowd, ways))]


def _covers(instance: Instance, crowd: ExpectedCrowd, passages: Sequence[Passage]) -> bool:
    """Tell whether a movement stands in a sector on every way while a crowd is there, by mean times and on foot.

    Who comes with the crowd forms up after it.
    """
    gathering = next(one for one in instance.gatherings if one.id == crowd.gathering)
    for passage in passages:
        if not _is_sure(instance, passage, crowd.gathering):
            return False
        taken = passage.ways.get(crowd.gathering)
        late = float(instance.travel.form_up) if taken is not None else 0.0
        for stay in crowd.stays:
            if (taken is None or taken == gathering.ways[stay.way]) and not _stands(
                passage, crowd.sector, stay.start + late, stay.end
            ):
                return False
    return True


def _stands(passage: Passage, sector: str, start: float, end: float) -> bool:
    return any(
        stand.sector == sector and stand.formed <= start + SLACK and stand.left >= end - SLACK
        for stand in passage.stands
    )


def _is_sure(instance: Instance, passage: Passage, besides: str = "") -> bool:
    """Tell whether every other gathering that a movement waits for or goes with takes place."""
    return all(one.chance >= 1.0 for one in instance.gatherings if one.id in passage.ways and one.id != besides)


# ---------------------------------------------------------------- guards, reserve, officers


def _guard(frame: Frame, presence: Presence, passages: dict[int, tuple[Passage, ...]]) -> Iterator[Requirement]:
    """Ask for a line where records are, at all hours, and where a critical window is, from before it opens."""
    instance, lines = frame.instance, _lines(frame)
    for s, sector in enumerate(instance.sectors):
        if presence.records and sector.records > 0.0:
            places = [s, *_throughout(instance, sector, passages, 0.0, instance.period.minutes)]
            name = Message("a line that guards the records at {place} at all hours", place=sector.name)
            yield _join("records", name, places, [Row(count_units(places, lines), least=1)])
        for window in sector.critical if presence.windows else ():
            places = [s, *_throughout(instance, sector, passages, *span_window(instance, window))]
            words = {"place": sector.name, "window": window.name, "start": window.start, "end": window.end}
            name = Message("a line that guards '{window}' at {place} from {start} to {end}", **words)
            yield _join("windows", name, places, [Row(count_units(places, lines), least=1)])


def _throughout(
    instance: Instance, sector: Sector, passages: dict[int, tuple[Passage, ...]], start: float, end: float
) -> list[int]:
    """List the movements that surely stand in a sector from one minute to another."""
    return [
        p
        for p, ways in passages.items()
        if ways and all(_is_sure(instance, way) and _stands(way, sector.id, start, end) for way in ways)
    ]


def _reserve(frame: Frame) -> Iterator[Requirement]:
    """Heads of the line within reach of ring 1 >= share * heads of all lines, in whole numbers."""
    instance = frame.instance
    inner = [s for s, sector in enumerate(instance.sectors) if sector.ring == 1]
    if not inner:
        return
    share = frame.reserve_share
    near = {frame.posts.start + int(post) for post in np.flatnonzero(np.any(mark_reach(instance)[inner], axis=0))}
    lines = _lines(frame)
    terms = {(p, k): -share.numerator * frame.heads[k] for p in range(len(instance.places)) for k in lines}
    for p in frame.posts:
        if p in near:
            for k in (k for k in lines if k in frame.callables):
                terms[p, k] += share.denominator * frame.heads[k]
    words = {"share": float(share), "minutes": f"{float(instance.doctrine.reserve_reach):g}"}
    name = Message("{share:.3g} of the heads of all lines wait within {minutes} min of a sector of ring 1", **words)
    yield Requirement(name_rule("reserve_share"), name, None, (Row(terms, least=0),))


def _one_officer(frame: Frame) -> Iterator[Requirement]:
    """Ask for at most one officer a sector, and with each that moves, unless a minimum or a pin asks for more."""
    officers = frame.officers
    names = {frame.instance.teams[k].role for k in officers} | {frame.instance.teams[k].id for k in officers}
    for p, place in enumerate(frame.instance.places):
        if frame.is_post(p) or not officers:
            continue
        pinned = sum(pin.at_least or 0 for _, pin in frame.pins.get(place.id, ()) if pin.what in names)
        asked = place.minimum if isinstance(place, Sector) else {}
        most = max(1, pinned, sum(int(least) for role, least in asked.items() if role in names))
        name = Message("at most {teams} of officers at {place}", teams=tell_teams(most), place=place.name)
        yield _join("one_officer", name, [p], [Row(count_units([p], officers), most=most)])
