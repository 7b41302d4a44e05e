"""The rules of presence for the checker: who must be there where crowds are expected, who guards, waits and leads.

Where crowds are expected and where movements stand, by mean times, is `model.expected`, which papers print too; who
counts, and how many, is counted here alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from optimiser.common.message import Message
from optimiser.model.checking.case import LaidOut, Occupied, say_heads, say_teams, take_exactly
from optimiser.model.checking.reach import list_reach
from optimiser.model.clocks import span_window
from optimiser.model.expected.crowds import ExpectedCrowd
from optimiser.model.expected.mean_day import MeanDay
from optimiser.model.expected.stands import Passage
from optimiser.model.instance import Instance, Post, Role, Sector
from optimiser.model.parts.movement import Accompaniment, Movement, list_stops
from optimiser.model.parts.presence import RULES, name_rule
from optimiser.model.verdict import Violation

PLAYED = ("escort_stays",)  # rules that a plan cannot break: the simulation keeps them
PARTS = 1000  # a share of the reserve is taken in thousandths, rounded up
BLUR = 1e-6  # minutes, assumed: far above float rounding, far below what anybody plans
Rule = Callable[[LaidOut], Iterator[Violation]]


def list_presence_rules(instance: Instance) -> tuple[Rule, ...]:
    """List those in force of an instance."""
    force = instance.presence.in_force if instance.presence else ()
    return tuple(_BY_FIELD[field] for field in force if field not in PLAYED)


def _is_line(role: Role) -> bool:
    """Return whether a role does nothing better than to hold a line; officers command."""
    line = max(getattr(role.containment, phase) for phase in ("green", "yellow", "red"))
    others = ("dialogue", "medical", "arrest", "traffic", "information")
    return not role.officer and line > 0.0 and not any(getattr(role, ability) > line for ability in others)


def _count(case: LaidOut, spot: Occupied, fit: Callable[[Role], bool]) -> int:
    return sum(n for team, n in spot.teams if fit(case.roles[team.role]))


# ---------------------------------------------------------------- where crowds are expected


def _officer(case: LaidOut) -> Iterator[Violation]:
    for crowd, sector, found, words in _met(case, lambda role: role.officer):
        text = Message("{place} has no officer in charge while '{gathering}' is there; it needs 1.", **words)
        yield Violation(name_rule("officer"), sector.id, crowd.gathering, found, 1, text)


def _dialogue(case: LaidOut) -> Iterator[Violation]:
    for crowd, sector, found, words in _met(case, lambda role: role.dialogue > 0.0 and not role.officer):
        text = Message("{place} has no dialogue team while '{gathering}' is there; it needs 1.", **words)
        yield Violation(name_rule("dialogue"), sector.id, crowd.gathering, found, 1, text)


def _observers(case: LaidOut) -> Iterator[Violation]:
    for crowd, sector, found, words in _met(case, lambda role: role.information > 0.0 and not role.officer):
        text = Message("{place} has no team with information while '{gathering}' is there; it needs 1.", **words)
        yield Violation(name_rule("observers"), sector.id, crowd.gathering, found, 1, text)


def _medical(case: LaidOut) -> Iterator[Violation]:
    for crowd, sector, found, words in _met(case, lambda role: role.medical > 0.0, vehicles=True):
        if sector.ring == 1:
            text = Message("{place} has no medical care while '{gathering}' is there; it needs 1.", **words)
            yield Violation(name_rule("medical"), sector.id, crowd.gathering, found, 1, text)


def _met(
    case: LaidOut, fit: Callable[[Role], bool], vehicles: bool = False
) -> Iterator[tuple[ExpectedCrowd, Sector, int, dict[str, object]]]:
    """List the crowds that nobody fit for it meets, with what is found and the words to say so."""
    names = {gathering.id: gathering.name for gathering in case.instance.gatherings}
    for crowd in case.day.crowds:
        here, *_ = spots = _list_there(case, crowd)
        found = sum(_count(case, spot, fit) for spot in spots)
        if vehicles:
            found += sum(n for spot in spots for vehicle, n in spot.vehicles if vehicle.medical > 0.0)
        if not found and isinstance(here.place, Sector):
            yield crowd, here.place, found, {"place": here.title, "gathering": names[crowd.gathering]}


def _backed(case: LaidOut) -> Iterator[Violation]:
    names = {gathering.id: gathering.name for gathering in case.instance.gatherings}
    crowds = case.day.crowds
    for crowd in crowds:
        here, *_ = spots = _list_there(case, crowd)
        alone = _count(case, here, lambda role: not _is_line(role))
        if alone and not any(_count(case, spot, _is_line) for spot in spots):
            words = {"place": here.title, "teams": say_teams(alone), "gathering": names[crowd.gathering]}
            text = Message("{place} has {teams} without a line in front of '{gathering}'; it needs 1 beside.", **words)
            yield Violation(name_rule("backed"), crowd.sector, crowd.gathering, 0, 1, text)
    crowded = {crowd.sector for crowd in crowds}
    for spot in case.spots:
        if isinstance(spot.place, Sector | Post) or not crowded.intersection(list_stops(case.instance, spot.place)):
            continue
        alone = _count(case, spot, lambda role: not _is_line(role))
        if alone and not _count(case, spot, _is_line):
            words = {"place": spot.title, "teams": say_teams(alone)}
            text = Message("{place} has {teams} and no line that goes along to a crowd; it needs 1.", **words)
            yield Violation(name_rule("backed"), spot.place.id, "", 0, 1, text)


def _find(case: LaidOut, place: str) -> Occupied:
    return next(spot for spot in case.spots if spot.place.id == place)


def _list_there(case: LaidOut, crowd: ExpectedCrowd) -> Sequence[Occupied]:
    """List what stands in the sector of a crowd, and after it who is surely there besides."""
    key = f"{crowd.gathering} {crowd.sector}"
    if key not in case.noted:
        case.noted[key] = (_find(case, crowd.sector), *_along(case, crowd))
    spots: Sequence[Occupied] = case.noted[key]
    return spots


def _along(case: LaidOut, crowd: ExpectedCrowd) -> Iterator[Occupied]:
    """List who is surely in a sector with a crowd besides those who are placed there.

    An accompaniment is where its gathering is. A movement counts if it stands there on every way while the crowd does,
    nobody held and all on foot; who comes with the crowd itself forms up after it.
    """
    for spot in case.spots:
        place = spot.place
        if isinstance(place, Accompaniment) and place.gathering == crowd.gathering:
            yield spot
        elif isinstance(place, Movement) and (spot.teams or spot.vehicles):
            passages = case.day.passages(place)
            if passages and all(_attends(case.day, crowd, passage) for passage in passages):
                yield spot


def _attends(day: MeanDay, crowd: ExpectedCrowd, passage: Passage) -> bool:
    ways, instance = day.ways[crowd.gathering], day.instance
    own = passage.ways.get(crowd.gathering)
    stays = [stay for stay in crowd.stays if own is None or ways[stay.way] == own]
    late = 0.0 if own is None else float(instance.travel.form_up)
    sure = _hangs_on_nobody(instance, passage, {crowd.gathering})
    return sure and all(_is_there(passage, crowd.sector, stay.start + late, stay.end) for stay in stays)


def _hangs_on_nobody(instance: Instance, passage: Passage, known: set[str]) -> bool:
    """Return whether all gatherings that a movement goes with or waits for take place, but for those known to."""
    chances = {gathering.id: float(gathering.chance) for gathering in instance.gatherings}
    return all(chances[name] >= 1.0 for name in set(passage.ways) - known)


def _is_there(passage: Passage, sector: str, start: float, end: float) -> bool:
    here = [stand for stand in passage.stands if stand.sector == sector]
    return any(stand.formed - BLUR <= start and end <= stand.left + BLUR for stand in here)


# ---------------------------------------------------------------- guards, reserve, officers


def _records(case: LaidOut) -> Iterator[Violation]:
    length = case.instance.period.minutes
    for sector in case.instance.sectors:
        if sector.records > 0.0 and not _is_guarded(case, sector, 0.0, length):
            text = Message("{place} has no line that guards the records at all hours; it needs 1.", place=_say(sector))
            yield Violation(name_rule("records"), sector.id, "", 0, 1, text)


def _windows(case: LaidOut) -> Iterator[Violation]:
    for sector in case.instance.sectors:
        for window in sector.critical:
            if not _is_guarded(case, sector, *span_window(case.instance, window)):
                words = {"window": window.name, "start": window.start, "end": window.end, "place": _say(sector)}
                text = Message("{place} has no line that guards '{window}' from {start} to {end}; it needs 1.", **words)
                yield Violation(name_rule("windows"), sector.id, "", 0, 1, text)


def _say(sector: Sector) -> Message:
    return Message("Sector '{name}'", name=sector.name)


def _is_guarded(case: LaidOut, sector: Sector, start: float, end: float) -> bool:
    """Return whether a line is placed there, or a movement with one surely stands there all that time."""
    if _count(case, _find(case, sector.id), _is_line):
        return True
    for spot in case.spots:
        if isinstance(spot.place, Movement) and _count(case, spot, _is_line):
            passages = case.day.passages(spot.place)
            if passages and all(
                _hangs_on_nobody(case.instance, passage, set()) and _is_there(passage, sector.id, start, end)
                for passage in passages
            ):
                return True
    return False


def _reserve_share(case: LaidOut) -> Iterator[Violation]:
    """Heads of lines that may be called and wait within reach of ring 1, against those of all lines."""
    instance = case.instance
    inner = {sector.id for sector in instance.sectors if sector.ring == 1}
    if not inner or not instance.presence:
        return
    posts = [post for post, _ in case.posts()]
    near = {p.id for p, reached in zip(posts, list_reach(instance, posts), strict=True) if inner & set(reached)}
    everybody = [(spot, t, n) for spot in case.spots for t, n in spot.teams if _is_line(case.roles[t.role])]
    lines = sum(n * int(team.size) for _, team, n in everybody)
    found = sum(
        n * int(team.size)
        for spot, team, n in everybody
        if spot.place.id in near and {"yellow", "red"} & set(case.roles[team.role].phases)
    )
    thousandths = math.ceil(take_exactly(instance.presence.reserve_share) * PARTS)
    if found * PARTS < lines * thousandths:
        required = math.ceil(lines * thousandths / PARTS)
        words = {"found": say_heads(found), "lines": lines, "required": required}
        words["minutes"] = f"{float(instance.doctrine.reserve_reach):g}"
        text = Message(
            "Of {lines} heads of all lines {found} can be called within {minutes} min of a sector of ring 1; "
            "{required} must wait there.", **words
        )  # fmt: skip
        yield Violation(name_rule("reserve_share"), "", "", found, required, text)


def _one_officer(case: LaidOut) -> Iterator[Violation]:
    officers = {t.id for t in case.instance.teams if case.roles[t.role].officer}
    officers |= {t.role for t in case.instance.teams if case.roles[t.role].officer}
    for spot in case.spots:
        if isinstance(spot.place, Post):
            continue
        pins = (pin for pin in case.instance.pins if pin.place == spot.place.id and pin.what in officers)
        pinned = sum(pin.at_least or 0 for pin in pins)
        least = spot.place.minimum if isinstance(spot.place, Sector) else {}
        most = max(1, pinned, sum(int(n) for role, n in least.items() if role in officers))
        found = _count(case, spot, lambda role: role.officer)
        if found > most:
            words = {"place": spot.title, "teams": say_teams(found), "most": most}
            text = Message("{place} has {teams} of officers; at most {most} may be there.", **words)
            yield Violation(name_rule("one_officer"), spot.place.id, "", found, most, text)


_BY_FIELD: dict[str, Rule] = {
    "officer": _officer,
    "dialogue": _dialogue,
    "observers": _observers,
    "medical": _medical,
    "backed": _backed,
    "records": _records,
    "windows": _windows,
    "reserve_share": _reserve_share,
    "one_officer": _one_officer,
}
PRESENCE_CODES = tuple(name_rule(field) for field in RULES if field not in PLAYED)
