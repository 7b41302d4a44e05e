"""What happened: one event record type, and the harms of a replication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from optimiser.common.message import Message
from optimiser.model.harms import HARMS, weights
from optimiser.model.instance import PHASES, Instance, Objective

NEGLIGIBLE = 0.0005  # of an injured person, where injuries weigh most: one person in two thousand operations; assumed


class Event(NamedTuple):
    """One thing that happened.

    Attributes
    ----------
    minute : minutes from the start of the operation.
    kind : one of the keys of `KINDS`.
    sector : identifier of the sector concerned, or empty.
    other : the other place (where from, where to), or empty.
    what : gathering, team kind, vehicle type, trigger or phase concerned, or empty.
    number : persons, teams, vehicles, minutes or a value; what it is depends on the kind.
    note : why, in a few words of the doctrine; may be empty.
    """

    minute: float
    kind: str
    sector: str = ""
    other: str = ""
    what: str = ""
    number: float = 0.0
    note: str = ""


KINDS: dict[str, str] = {
    "arrived": "people arrive",
    "left": "people go home",
    "marched": "a gathering marches on",
    "blocked": "a gathering waits because its way is closed",
    "displaced": "a gathering goes where the line is thinnest",
    "stayed": "militants stay on",
    "triggered": "a trigger strikes",
    "waiting": "the delegation starts to wait",
    "mark": "a waiting mark passes unmet",
    "received": "an official receives the delegation",
    "refused": "the delegation will not be received",
    "failed": "negotiation has failed",
    "phase": "the sector changes phase",
    "tension": "tension moves one step",
    "spilled": "people leave a red sector for another",
    "lapis": "lapis ganti, the second line takes over",
    "lintas": "lintas ganti, the order to act passes to PHH",
    "steady": "the handover is over",
    "relief": "relief begins",
    "tired": "teams that nobody has relieved lose some of their ability",
    "asked": "reserve is asked for",
    "call_refused": "the call is refused and will be repeated",
    "none_left": "no callable reserve was left",
    "sent": "a column sets out",
    "came": "a column arrives",
    "formed": "teams have formed up",
    "released": "called teams go back",
    "back": "teams or vehicles are callable again",
    "moves": "units that move as planned set out",
    "moved": "units that move as planned have formed up",
    "held": "units that move as planned wait before they set out, or stay because their people have gone home",
    "withheld": "wide-area means are withheld",
    "warned": "warning given, exit shown",
    "spraying": "water cannon runs",
    "empty": "the tank is empty",
    "stopped_water": "water cannon stops",
    "refilled": "the tank is full again",
    "evacuating": "officials are being evacuated",
    "evacuated": "officials are safe",
    "process": "the critical process stops or runs again",
}

(
    ARRIVED,
    LEFT,
    MARCHED,
    BLOCKED,
    DISPLACED,
    STAYED,
    TRIGGERED,
    WAITED,
    MARK,
    RECEPTION,
    NO_RECEPTION,
    FAILED,
    PHASE,
    TENSION,
    SPILLED,
    LAPIS,
    LINTAS,
    STEADY,
    RELIEF,
    TIRED,
    ASKED,
    CALL_REFUSED,
    NONE_LEFT,
    SENT,
    CAME,
    FORMED,
    RELEASED,
    BACK,
    MOVES,
    MOVED,
    HELD,
    WITHHELD,
    WARNED,
    SPRAYING,
    EMPTY,
    STOPPED_WATER,
    REFILLED,
    EVACUATING,
    EVACUATED,
    PROCESS,
) = range(len(KINDS))

# what a sector may ask for, bit by bit
LACKS = (Message("line"), Message("negotiators"), Message("medics"), Message("water cannon"))


def _lacking(asked: int) -> Iterator[Message]:
    return (lack for bit, lack in enumerate(LACKS) if asked & 1 << bit)


NOTES: tuple[str, ...] = (
    *(Message.chain(", ", _lacking(asked)) for asked in range(1 << len(LACKS))),
    Message("people gather"),
    Message("they come in disorder"),
    Message("everybody has left"),
    Message("the crowd escalates"),
    Message("the crowd calms down"),
    Message("the crowd disperses"),
    Message("dispersed"),
    Message("hard posture provokes"),
    Message("it cools"),
    Message("stops"),
    Message("due"),
    Message("over"),
    Message("runs again"),
    Message("the sector is red"),
    Message("no official comes"),
    Message("called"),
    Message("on duty"),
    Message("by vehicle"),
    Message("no way out is open"),
    Message("no medics on site"),
    Message("the line holds without"),
    Message("line too thin, warned, exit open, medics on site"),
    Message("the sector is in disorder"),
    Message("the way is closed"),
    Message("their people have gone home"),
)
NO_NOTE = 0
(
    GATHER,
    DISORDER,
    ALL_LEFT,
    ESCALATES,
    CALMS,
    DISPERSES,
    SCATTERED,
    PROVOKED,
    COOLED,
    STOPS,
    DUE,
    OVER,
    RUNS_AGAIN,
    SECTOR_RED,
    NO_OFFICIAL,
    CALLED,
    ON_DUTY,
    BY_VEHICLE,
    NO_EXIT,
    NO_MEDICS,
    LINE_HOLDS,
    ALL_GATES_OPEN,
    IN_DISORDER,
    WAY_CLOSED,
    GONE_HOME,
) = range(1 << len(LACKS), len(NOTES))


class Entry(NamedTuple):
    """An event as numbers: codes of `KINDS` and `NOTES`, indices of places and of what is concerned, -1 for none.

    Teams count as their kind, vehicles as their type after all kinds of teams.
    """

    minute: float
    kind: int
    sector: int
    other: int
    what: int
    number: float
    note: int


_OF_GATHERINGS = (ARRIVED, LEFT, MARCHED, BLOCKED, DISPLACED, STAYED, WAITED, SPILLED, MOVES, MOVED, HELD)


class Translator:
    """Turns entries into events: indices become identifiers."""

    def __init__(self, instance: Instance) -> None:
        places = (*instance.sectors, *instance.posts, *instance.reinforcements)
        self.places = [*(p.id for p in places), ""]  # the last one is index -1
        self.kinds = tuple(KINDS)
        gatherings = [*(g.id for g in instance.gatherings), ""]
        moving = [*(m.id for m in instance.moving), ""]
        units = [*(t.id for t in instance.teams), *(v.id for v in instance.vehicles), ""]
        triggers = [*(t.id for t in instance.triggers), ""]
        names = {
            **dict.fromkeys(_OF_GATHERINGS, gatherings),
            **dict.fromkeys((MOVES, MOVED, HELD), moving),
            **dict.fromkeys((FORMED, RELEASED, BACK, TIRED), units),
            TRIGGERED: triggers,
            PHASE: [*PHASES, ""],
        }
        self.what = [names.get(kind, [""]) for kind in range(len(KINDS))]

    def event(self, entry: Entry) -> Event:
        """Return the event that an entry stands for."""
        minute, kind, sector, other, what, number, note = entry
        places, names = self.places, self.what[kind]
        return Event(minute, self.kinds[kind], places[sector], places[other], names[what], number, NOTES[note])


Observer = Callable[[Event], None]


@dataclass(frozen=True)
class Replication:
    """One deployment in one scenario, all sectors.

    Attributes
    ----------
    harms : by sector and harm, in the units of `harms.HARMS`.
    minutes : minutes in each phase, by sector and phase.
    force : highest stage of force used, 0 (nobody there) to 5, by sector.
    visited : whether anybody ever came, by sector.
    called : whether reserve was ever asked for.
    events : number of logged events, whether or not they were kept.
    """

    harms: tuple[tuple[float, ...], ...]
    minutes: tuple[tuple[float, ...], ...]
    force: tuple[int, ...]
    visited: tuple[bool, ...]
    called: bool
    events: int

    def total(self) -> tuple[float, ...]:
        """Return each harm summed over sectors."""
        return tuple(sum(row[h] for row in self.harms) for h in range(len(HARMS)))

    def loss(self, objective: Objective) -> float:
        """Harms turned into points: the one place where weights meet harms."""
        return sum(w * h for w, h in zip(weights(objective), self.total(), strict=True))


def negligible(objective: Objective) -> float:
    """Return the points that nobody acts upon: those of `NEGLIGIBLE` units of the dearest harm, in any currency."""
    return NEGLIGIBLE * max(weights(objective))
