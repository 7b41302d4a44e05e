"""What was written down of a day that happened, real or rehearsed: rows of a time, a place and what was seen.

Logs that people keep are partial. A row says that something happened; that there is no row says nothing, unless the
day says that everything was written down. A simulated day becomes such a log too, see `operation.day_log.log_of`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimiser.common.message import Message


@dataclass(frozen=True)
class Word:
    """A word of a log.

    Attributes
    ----------
    what : what it says in an `Observation`; several words may say the same, and differ by their note.
    text : how it is written, in English.
    note : what it puts into the note, as events of a simulated day have it; empty where the writer is free.
    kinds : of events of a simulated day that tell the same; none where no event does.
    """

    what: str
    text: Message
    note: str = ""
    kinds: tuple[str, ...] = ()


def _event(kind: str, text: Message, note: str = "") -> Word:
    return Word(kind, text, note, (kind,))


COMPLETE = "complete"  # not seen, but said: everything of this day was written down
WORDS: tuple[Word, ...] = (
    # what events of a simulated day tell, by their kind
    _event("arrived", Message("people arrive")),
    _event("left", Message("people go home")),
    _event("marched", Message("people march on")),
    _event("blocked", Message("march is blocked")),
    _event("displaced", Message("people go where the line is thin")),
    _event("stayed", Message("militants stay")),
    _event("triggered", Message("trigger strikes")),
    _event("waiting", Message("delegation waits")),
    _event("mark", Message("waiting mark passes")),
    _event("received", Message("delegation is received")),
    _event("refused", Message("delegation is refused")),
    _event("failed", Message("negotiation fails")),
    _event("phase", Message("phase changes")),
    _event("tension", Message("tension rises"), "hard posture provokes"),
    _event("tension", Message("tension falls"), "it cools"),
    _event("spilled", Message("crowd spills over")),
    _event("lapis", Message("lapis ganti begins")),
    _event("lintas", Message("lintas ganti begins")),
    _event("steady", Message("handover is done")),
    _event("relief", Message("relief of teams begins")),
    _event("tired", Message("teams are tired")),
    _event("asked", Message("reserve is called")),
    _event("call_refused", Message("call for reserve is refused")),
    _event("none_left", Message("no reserve is left")),
    _event("sent", Message("column sets out by vehicle"), "by vehicle"),
    _event("sent", Message("column sets out on foot")),
    _event("came", Message("column arrives")),
    _event("formed", Message("teams are formed up")),
    _event("released", Message("teams are sent back")),
    _event("back", Message("units are callable again")),
    _event("moves", Message("planned move begins")),
    _event("moved", Message("planned move is done")),
    _event("held", Message("planned move waits")),
    _event("withheld", Message("water withheld, no way out"), "no way out is open"),
    _event("withheld", Message("water withheld, no medics"), "no medics on site"),
    _event("withheld", Message("water withheld, the line holds"), "the line holds without"),
    _event("warned", Message("warning is given")),
    _event("spraying", Message("water cannon runs now")),
    _event("empty", Message("water cannon is empty")),
    _event("stopped_water", Message("water cannon ends")),
    _event("refilled", Message("water cannon is refilled")),
    _event("evacuating", Message("evacuation begins")),
    _event("evacuated", Message("evacuation is done")),
    _event("process", Message("process is due"), "due"),
    _event("process", Message("process is over"), "over"),
    _event("process", Message("process stops"), "stops"),
    _event("process", Message("process runs again"), "runs again"),
    # what people see and no single event tells
    Word("contact", Message("first contact with organisers"), kinds=("arrived", "formed")),
    Word("officer", Message("officer in charge is present"), kinds=("formed",)),
    Word("officer_gone", Message("officer in charge leaves"), kinds=("released",)),
    Word("alone", Message("unit stands alone"), kinds=("moved",)),
    Word("together", Message("unit stands alone no more"), kinds=("moved",)),
    Word("ordered", Message("order for wide-area means"), kinds=("warned",)),
    Word("exit", Message("way out is open"), kinds=("warned",)),
    Word("medics", Message("medics are on site"), kinds=("warned",)),
    Word("reason", Message("reason is written down")),
    # harms of the day, counted at its end or as they are seen; a row of 0 says that there were none
    Word("injured", Message("people injured")),
    Word("records", Message("records damaged")),
    Word("participation", Message("hours of taking part lost")),
    Word("process_minutes", Message("minutes of the process lost")),
    Word(COMPLETE, Message("everything was written down")),
)
COPIED = 10  # rows in a row, of two minutes and more, that say what as many others say: copied, not observed; assumed
WHATS = tuple(dict.fromkeys(word.what for word in WORDS))


@dataclass(frozen=True)
class Observation:
    """One row of a log.

    Attributes
    ----------
    minute : minutes from the start of the operation.
    what : one of `WHATS`; what events tell has the name of their kind.
    place : identifier of a sector, a post or help from outside, or empty.
    other : the other place (where from, where to), or empty.
    about : gathering, kind of team, type of vehicle, trigger, planned move or phase concerned, or empty.
    number : persons, teams, vehicles, minutes or a value, as the event has it; None where nobody counted.
    note : why, or what the writer added; may be empty.
    """

    minute: float
    what: str
    place: str = ""
    other: str = ""
    about: str = ""
    number: float | None = None
    note: str = ""


@dataclass(frozen=True)
class ObservedDay:
    """One day.

    Attributes
    ----------
    name : of the day, as its log has it; empty where it is the only one.
    rows : in order of time; of one minute in the order of the log.
    complete : whether everything was written down, so that what is not there did not happen.
    """

    name: str
    rows: tuple[Observation, ...]
    complete: bool = False

    @property
    def resolution(self) -> float:
        """Minutes to which its times are written: 1 where all are whole minutes, else 0."""
        return 1.0 if self.rows and all(row.minute.is_integer() for row in self.rows) else 0.0

    def is_copy_of(self, other: ObservedDay) -> bool:
        """Tell whether another day says the same in so many rows that one of them was copied."""
        minutes = {row.minute for row in self.rows}
        return len(self.rows) >= COPIED and len(minutes) > 1 and self.rows == other.rows

    def to_whole_minutes(self) -> ObservedDay:
        """Return the day as a clock without seconds shows it."""
        return replace(self, rows=tuple(replace(row, minute=float(math.floor(row.minute))) for row in self.rows))

    def of(self, *whats: str, place: str | None = None) -> tuple[Observation, ...]:
        """Return the rows that say one of these, of one place or of all."""
        return tuple(row for row in self.rows if row.what in whats and place in (None, row.place))

    @classmethod
    def build(cls, name: str, rows: Iterable[Observation]) -> ObservedDay:
        """Make a day of rows in any order, one of which may say that it is complete."""
        found = tuple(rows)
        kept = sorted((row for row in found if row.what != COMPLETE), key=lambda row: row.minute)
        return cls(name, tuple(kept), len(kept) < len(found))


@dataclass(frozen=True)
class ObservedLog:
    """Days that were observed, in the order of their log."""

    days: tuple[ObservedDay, ...]

    def __len__(self) -> int:
        return len(self.days)

    def named(self, name: str) -> ObservedLog:
        """Return the same days, of which those that have no name have this one."""
        return ObservedLog(tuple(replace(day, name=day.name or name) for day in self.days))
