"""Injects: what controllers and role-players put before the players, from the events of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from optimiser.model.instance import Instance, Sector
from optimiser.operation.exercise.expected import ActionName, ExpectedAction, expect_of
from optimiser.simulation.events import DUE, NOTES, PROVOKED, Event

InjectKind = Literal[
    "start",
    "arrives",
    "grows",
    "delegation",
    "waits",
    "received",
    "refused",
    "announced",
    "rumour_starts",
    "rumour",
    "yellow",
    "red",
    "calm",
    "dispersed",
    "gone",
    "marches",
    "stays",
    "spills",
    "blocked",
    "talks_fail",
    "desk_refuses",
    "none_left",
    "gates",
    "evacuate",
    "process",
    "provoked",
    "radio_lost",
    "decide",
    "end",
]
Player = Literal["control", "crowd", "delegation", "official", "desk"]
LEAST, MOST = 25, 60  # injects of an exercise
QUIET_AFTER = 10.0  # min from the last event to the end of the exercise; assumed

# what each puts before the players: who plays it, what is expected, and how soon it is left out where there are many
_TABLE: dict[InjectKind, tuple[Player, tuple[ActionName, ...], int]] = {
    "start": ("control", ("report_ready",), 0),
    "arrives": ("crowd", ("report_crowd",), 1),
    "grows": ("crowd", ("report_number",), 3),
    "delegation": ("delegation", ("take_request",), 1),
    "waits": ("delegation", ("tell_wait",), 2),
    "received": ("official", ("bring_back",), 1),
    "refused": ("official", ("tell_refusal",), 1),
    "announced": ("control", ("prepare",), 1),
    "rumour_starts": ("crowd", ("answer_rumour",), 0),
    "rumour": ("crowd", ("answer_rumour",), 1),
    "yellow": ("crowd", ("change_line", "call_reserve"), 1),
    "red": ("crowd", ("hand_over_red", "keep_exit"), 1),
    "calm": ("crowd", ("step_back",), 2),
    "dispersed": ("crowd", ("help_injured",), 1),
    "gone": ("crowd", ("report_gone",), 3),
    "marches": ("crowd", ("open_way",), 1),
    "stays": ("crowd", ("differentiate",), 2),
    "spills": ("crowd", ("share_reserve",), 1),
    "blocked": ("crowd", ("tell_wait",), 2),
    "talks_fail": ("delegation", ("talk_on",), 2),
    "desk_refuses": ("desk", ("call_again",), 2),
    "none_left": ("desk", ("ask_outside",), 2),
    "gates": ("crowd", ("keep_gates",), 1),
    "evacuate": ("official", ("evacuate",), 1),
    "process": ("official", ("guard_process",), 3),
    "provoked": ("crowd", ("step_back",), 4),
    "radio_lost": ("control", ("other_channel",), 0),
    "decide": ("control", (), 0),
    "end": ("control", ("close",), 0),
}


_FIRST: dict[InjectKind, int] = {"start": 0, "decide": 1}  # at one minute; a decision comes before what it is about


@dataclass(frozen=True)
class Inject:
    """One inject.

    Attributes
    ----------
    minute : from the start of the operation.
    sector : where; empty for the whole town.
    other : where people go; may be empty.
    what : gathering or trigger; may be empty.
    number : persons, minutes waited, or officials; 0 where there is none.
    why : note of the event, of `events.NOTES`; may be empty.
    label : its number in the list: ``7``, on a branch ``7b2``; empty until it is listed.
    """

    minute: float
    kind: InjectKind
    sector: str = ""
    other: str = ""
    what: str = ""
    number: int = 0
    why: str = ""
    label: str = ""
    expected: tuple[ExpectedAction, ...] = ()

    @property
    def player(self) -> Player:
        """Who plays it."""
        return _TABLE[self.kind][0]

    @property
    def order(self) -> int:
        """How soon it is left out where there are many: 0 never, 4 first."""
        return _TABLE[self.kind][2]

    def is_like(self, other: Inject) -> bool:
        """Return whether it is the same one of another day, about as many persons within a minute."""
        same = (self.kind, self.sector, self.other, self.what) == (other.kind, other.sector, other.other, other.what)
        close = abs(self.minute - other.minute) <= 1.0
        return same and close and abs(self.number - other.number) <= 0.1 * max(self.number, other.number)


def list_injects(instance: Instance, events: Sequence[Event]) -> list[Inject]:
    """List everything in a day that can be put before players, in order of time."""
    sectors = {s.id: s for s in instance.sectors}
    rumours = {t.id for t in instance.triggers if t.kind == "rumour"}
    reached: Counter[tuple[str, float]] = Counter((e.what, e.minute) for e in events if e.kind == "triggered")
    seen: set[tuple[str, ...]] = set()
    found: list[Inject] = []
    for event in events:
        kind = _kind_of(event, seen, rumours)
        if kind is None:
            continue
        where = event.sector
        if event.kind == "triggered":
            if (event.what, f"{event.minute}") in seen:
                continue
            seen.add((event.what, f"{event.minute}"))
            where = where if reached[event.what, event.minute] == 1 else ""
        what = event.what if event.kind in _NAMED else ""
        number = round(event.number) if kind in _COUNTED else 0
        inject = Inject(event.minute, kind, where, event.other, what, number, event.note)
        found.append(_with_expected(instance, inject, sectors.get(where)))
    return found


_NAMED = ("arrived", "waiting", "triggered", "marched", "stayed", "spilled", "blocked")
_COUNTED = ("arrives", "grows", "waits", "marches", "stays", "spills", "blocked", "evacuate")
_SAME: dict[str, InjectKind] = {
    "waiting": "delegation",
    "mark": "waits",
    "received": "received",
    "refused": "refused",
    "failed": "talks_fail",
    "marched": "marches",
    "spilled": "spills",
    "blocked": "blocked",
    "evacuating": "evacuate",
}
_ONCE: dict[str, InjectKind] = {  # told once in a sector until it is calm again
    "stayed": "stays",
    "call_refused": "desk_refuses",
    "none_left": "none_left",
    "warned": "gates",
    "withheld": "gates",
}
_PHASES: dict[str, InjectKind] = {"yellow": "yellow", "red": "red", "dispersed": "dispersed", "quiet": "gone"}


def _kind_of(event: Event, seen: set[tuple[str, ...]], rumours: set[str]) -> InjectKind | None:
    """Return the kind of inject that an event is; None where players see to it, or it was told."""
    if event.kind in _SAME:
        return _SAME[event.kind]
    if event.kind == "arrived":
        known = ("here", event.sector, event.what)
        kind: InjectKind = "grows" if known in seen else "arrives"
        seen.add(known)
        return kind
    if event.kind in _ONCE:
        known = ("once", event.sector, _ONCE[event.kind])
        if known in seen:
            return None
        seen.add(known)
        return _ONCE[event.kind]
    if event.kind == "triggered":
        return "rumour" if event.what in rumours else "announced"
    if event.kind == "phase":
        return _phase_of(event, seen)
    if event.kind == "tension" and event.note == NOTES[PROVOKED]:
        return "provoked"
    if event.kind == "process" and event.note == NOTES[DUE]:
        return "process"
    return None


def _phase_of(event: Event, seen: set[tuple[str, ...]]) -> InjectKind | None:
    """Return the kind of a change of phase; the first green of people who gather is their arrival."""
    unquiet = ("unquiet", event.sector)
    if event.what in ("yellow", "red"):
        kind = None if event.what == "yellow" and unquiet in seen and ("red", event.sector) in seen else event.what
        seen.add(unquiet)
        if event.what == "red":
            seen.add(("red", event.sector))
        else:
            seen.discard(("red", event.sector))
        return _PHASES[event.what] if kind else "calm"
    was = unquiet in seen
    seen -= {unquiet, ("red", event.sector), *(k for k in seen if k[:2] == ("once", event.sector))}
    if event.what == "green":
        return "calm" if was else None
    seen -= {k for k in seen if k[:2] == ("here", event.sector)}
    return _PHASES[event.what]


def _with_expected(instance: Instance, inject: Inject, sector: Sector | None) -> Inject:
    actions = list(_TABLE[inject.kind][1])
    if inject.kind == "red" and sector is not None and (sector.critical or float(sector.records) > 0.0):
        actions.append("secure")
    return replace(inject, expected=tuple(expect_of(instance, action, inject.sector) for action in actions))


def add_own(instance: Instance, kind: InjectKind, minute: float, sector: str = "", what: str = "") -> Inject:
    """Make an inject of the exercise itself, which the simulation does not know."""
    return _with_expected(instance, Inject(minute, kind, sector, "", what), None)


def select(injects: Iterable[Inject], most: int, kept: Sequence[Inject] = ()) -> list[Inject]:
    """Keep the most telling injects in order of time: the first of each sort before its repetitions.

    Parameters
    ----------
    kept : those that must not be left out.
    """
    times: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[tuple[int, int, float], Inject]] = []
    in_order = sorted(injects, key=lambda i: (i.minute, _FIRST.get(i.kind, len(_FIRST))))
    for inject in in_order:
        key = inject.kind, inject.sector
        order = 0 if inject.order == 0 or inject in kept else inject.order + times[key]
        ranked.append(((order, times[key], inject.minute), inject))
        times[key] += 1
    chosen = {id(inject) for _, inject in sorted(ranked, key=lambda pair: pair[0])[:most]}
    return [inject for inject in in_order if id(inject) in chosen]
