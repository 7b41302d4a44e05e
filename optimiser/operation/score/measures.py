"""What a day is scored by: each measure with its unit, its limit and where the limit comes from."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.observed_log import ObservedDay
from optimiser.operation.score import columns, doctrine, talking
from optimiser.operation.score.occasions import Occasion

Area = Literal["talking", "safety", "process", "drill"]
_MINUTES, _PERSONS = Message("min"), Message("persons")
COLUMN_LIMIT = 5.0  # minutes later than the way takes; assumed: a traffic light more, no wrong turn


@dataclass(frozen=True)
class ScoreMeasure:
    """One measure of a day. Of every one less is better.

    Attributes
    ----------
    id : its name in documents.
    label, unit : its name and unit for readers.
    area : which part of the whole it belongs to.
    take : finds its occasions in a day; None where the log does not hold them.
    sums : whether the day counts their sum; else their median, which one occasion that went wrong does not
        change: that one is told beside its limit.
    limit : what one occasion may take; None where no doctrine sets one.
    source : where the limit comes from, or why there is none.
    action : what would raise it.
    who : who sees to that.
    whats : what a log must say for it, in words of `WORDS`.
    simulated : whether simulated days have it, so that the day can be compared with them.
    """

    id: str
    label: Message
    unit: Message
    area: Area
    take: Callable[[Instance, ObservedDay], tuple[Occasion, ...] | None]
    sums: bool
    limit: Callable[[Instance], float | None]
    source: Message
    action: Message
    who: Message
    whats: tuple[str, ...]
    simulated: bool = True

    @property
    def timed(self) -> bool:
        """Whether occasions are measured in minutes by a clock."""
        return self.unit == _MINUTES and self.id != "process"

    def value(self, occasions: tuple[Occasion, ...]) -> float | None:
        """Return the day's value; None where nothing was measured."""
        values = [one.value for one in occasions if one.value is not None]
        if not values:
            return None
        return sum(values) if self.sums else statistics.median(values)

    def unexpected(self, occasions: tuple[Occasion, ...]) -> float | None:
        """Return the median of how much more occasions took than they take without delay; None where nothing tells."""
        known = [one.value - one.expected for one in occasions if one.value is not None and one.expected is not None]
        return statistics.median(known) if known else None


def _first_mark(instance: Instance) -> float | None:
    marks = instance.doctrine.waiting_marks
    return float(marks[0]) if marks else None


def _nothing(_: Instance) -> float:
    return 0.0


def _none(_: Instance) -> None:
    return None


_OUTCOME = Message("no doctrine sets a number; simulated days are the measure")
MEASURES: tuple[ScoreMeasure, ...] = (
    ScoreMeasure(
        "contact",
        Message("first contact with organisers"),
        _MINUTES,
        "talking",
        talking.take_contact,
        False,
        _first_mark,
        Message(
            "the first waiting mark of the instance: who is not spoken to by then has lost trust; GODIAC: talk first"
        ),
        Message("name a contact for every gathering before the day; negotiators stand where people arrive first"),
        Message("Binmas"),
        ("arrived", "contact"),
    ),
    ScoreMeasure(
        "received",
        Message("delegation waits until it is received"),
        _MINUTES,
        "talking",
        talking.take_received,
        False,
        _first_mark,
        Message("the first waiting mark of the instance; Perkap 16/2006: receive a delegation"),
        Message("agree with the official before the day who receives, where, and within how many minutes"),
        Message("head of operations"),
        ("waiting", "received"),
    ),
    ScoreMeasure(
        "unmet",
        Message("delegations that nobody received"),
        Message("delegations"),
        "talking",
        talking.take_unmet,
        True,
        _nothing,
        Message("Perkap 16/2006: negotiators go on as long as possible, a delegation is received"),
        Message("name a deputy for every official who may receive, and rehearse the way in"),
        Message("head of operations"),
        ("waiting", "received", "refused"),
    ),
    ScoreMeasure(
        "lapis",
        Message("lapis ganti"),
        _MINUTES,
        "drill",
        doctrine.take_lapis,
        False,
        lambda instance: float(instance.doctrine.lapis),
        Message("lapis in the doctrine of the instance; Perkap 16/2006"),
        Message("drill lapis ganti by the clock with the line held"),
        Message("Samapta"),
        ("lapis", "steady"),
    ),
    ScoreMeasure(
        "lintas",
        Message("lintas ganti"),
        _MINUTES,
        "drill",
        doctrine.take_lintas,
        False,
        lambda instance: float(instance.doctrine.lintas),
        Message("lintas in the doctrine of the instance; Perkap 8/2010"),
        Message("drill lintas ganti with Brimob by the clock, and the order that begins it"),
        Message("Brimob"),
        ("lintas", "steady"),
    ),
    ScoreMeasure(
        "call",
        Message("reserve called until formed up"),
        _MINUTES,
        "drill",
        columns.take_call,
        False,
        lambda instance: float(instance.doctrine.reserve_reach),
        Message("doctrine of the instance: how far away reserve counts as within reach"),
        Message("rehearse setting out at a call; where the way itself is too long, move the reserve nearer"),
        Message("head of operations"),
        ("asked", "formed"),
    ),
    ScoreMeasure(
        "column",
        Message("column formed up later than its way takes"),
        _MINUTES,
        "drill",
        columns.take_column,
        False,
        lambda _: COLUMN_LIMIT,
        Message("assumed: five minutes beyond the way without delay and forming up"),
        Message("drive the ways beforehand, keep drivers at their vehicles, form up where the column halts"),
        Message("Samapta"),
        ("sent", "came", "formed"),
    ),
    ScoreMeasure(
        "gates",
        Message("gates of wide-area means that were not kept"),
        Message("gates"),
        "safety",
        doctrine.take_gates,
        True,
        _nothing,
        Message("UN Basic Principles 1990, UN Guidance on Less-Lethal Weapons 2020; Perkap 1/2009"),
        Message("no water before every gate is called out and written down; one person holds the list"),
        Message("commander of the phase"),
        ("spraying", "phase", "ordered", "warned", "exit", "medics", "reason"),
    ),
    ScoreMeasure(
        "officer",
        Message("people present and no officer in charge (Padal)"),
        _MINUTES,
        "drill",
        talking.take_officer,
        True,
        _nothing,
        Message("doctrine of the instance: an officer in each sector"),
        Message("name a Padal for every sector, and who stands in for him"),
        Message("head of operations"),
        ("arrived", "officer", "officer_gone"),
    ),
    ScoreMeasure(
        "alone",
        Message("units that stood alone"),
        _MINUTES,
        "safety",
        talking.take_alone,
        True,
        _nothing,
        Message("Perkap 16/2006: units move formed, nobody alone"),
        Message("nobody leaves the line without a partner; the Padal counts at every handover"),
        Message("Padal"),
        ("alone", "together"),
        simulated=False,
    ),
    ScoreMeasure(
        "evacuation",
        Message("evacuation of officials"),
        _MINUTES,
        "safety",
        doctrine.take_evacuation,
        False,
        lambda instance: float(instance.doctrine.evacuation),
        Message("evacuation in the doctrine of the instance, on foot"),
        Message("walk the way out with the officials; keep a protected vehicle at the rear door"),
        Message("Samapta"),
        ("evacuating", "evacuated"),
    ),
    ScoreMeasure(
        "process",
        Message("critical process stopped"),
        _MINUTES,
        "process",
        talking.take_process,
        True,
        _none,
        _OUTCOME,
        Message("prepare a second room or hour for the process, and who decides that it goes on"),
        Message("head of operations"),
        ("process", "process_minutes"),
    ),
    ScoreMeasure(
        "records",
        Message("records damaged"),
        Message("units"),
        "process",
        talking.take_records,
        True,
        _none,
        _OUTCOME,
        Message("take records to a second place before the day; a line stands before their room"),
        Message("Reskrim"),
        ("records",),
    ),
    ScoreMeasure(
        "injured",
        Message("people injured, all alike"),
        _PERSONS,
        "safety",
        talking.take_injured,
        True,
        _none,
        _OUTCOME,
        Message("medics nearer; ask `optimiser explain` where people are hurt and what prevents it"),
        Message("Dokkes"),
        ("injured",),
    ),
    ScoreMeasure(
        "participation",
        Message("hours of taking part that were lost"),
        Message("person-hours"),
        "process",
        talking.take_participation,
        True,
        _none,
        _OUTCOME,
        Message("tell organisers early where people can stand and for how long; keep their way open"),
        Message("Lantas"),
        ("participation",),
    ),
)
BY_ID = {measure.id: measure for measure in MEASURES}
