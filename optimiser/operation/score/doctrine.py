"""Occasions of a day that concern doctrine: handovers, gates of wide-area means, evacuations."""

from __future__ import annotations

from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.score.occasions import SLACK, Occasion, Taken, pair_rows, to_occasions

# gates of doctrine before wide-area means, by name
GATES: dict[str, Message] = {
    "phase": Message("the sector is red"),
    "order": Message("the commander of the phase has ordered"),
    "warning": Message("a warning was given"),
    "time": Message("time to leave has passed since the warning"),
    "exit": Message("a way out was open"),
    "medics": Message("medics were on site"),
    "reason": Message("the reason was written down"),
}
ALL_OPEN = "line too thin, warned, exit open, medics on site"  # what the event of a simulated day says of its gates


def _handovers(instance: Instance, day: ObservedDay, wanted: str) -> Taken:
    """Pair handovers and reliefs with their ends, of which a line has several at once, and keep those wanted."""
    doctrine = instance.doctrine
    lasts = {"lapis": float(doctrine.lapis), "lintas": float(doctrine.lintas), "relief": float(doctrine.relief)}
    pairs = pair_rows(day.of(*lasts), day.of("steady"), lambda row: row.minute + lasts[row.what])
    return to_occasions([one for one in pairs if one[0].what == wanted], day.complete)


def take_lapis(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes of each lapis ganti."""
    return _handovers(instance, day, "lapis")


def take_lintas(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes of each lintas ganti."""
    return _handovers(instance, day, "lintas")


def take_evacuation(_: Instance, day: ObservedDay) -> Taken:
    """Minutes of each evacuation."""
    return to_occasions(pair_rows(day.of("evacuating"), day.of("evacuated"), lambda row: row.minute), day.complete)


def take_gates(instance: Instance, day: ObservedDay) -> Taken:
    """For each use of a water cannon and each gate whether it was kept, 0 or 1; gates that nobody told are left out."""
    found = []
    for use in day.of("spraying"):
        kept = read_gates(instance, day, use)
        found += [
            Occasion(use.place, use.minute, 0.0 if good else 1.0, GATES[gate])
            for gate, good in kept.items()
            if good is not None
        ]
    return tuple(found) if found or day.complete else None


def read_gates(instance: Instance, day: ObservedDay, use: Observation) -> dict[str, bool | None]:
    """Return of each gate whether it was kept when a water cannon ran; None where the log does not say.

    What is to happen each time counts where it stands between the last use of water in this place and this one.
    """
    doctrine, complete = instance.doctrine, day.complete
    here = [row for row in day.rows if row.place == use.place and row.minute <= use.minute]
    before = max((row.minute for row in here if row.what == "spraying" and row is not use), default=-1.0)
    phases = [row for row in here if row.what == "phase"]
    red = phases[-1].about == "red" if phases else None
    all_open = use.note == ALL_OPEN

    def last(what: str, since: float = -1.0) -> Observation | None:
        rows = [row for row in here if row.what == what and row.minute > since]
        return rows[-1] if rows else None

    def seen(what: str, since: float = -1.0) -> bool | None:
        return True if last(what, since) is not None else (False if complete and not all_open else None)

    warned = last("warned", before)
    due = float(doctrine.warning) + float(doctrine.time_to_leave)
    ordered = seen("ordered")
    if ordered is None and red and all_open:
        ordered = use.minute - phases[-1].minute >= float(doctrine.order_red) - SLACK
    return {
        "phase": red,
        "order": ordered,
        "warning": True if warned is not None else (False if complete else None),
        "time": None if warned is None else use.minute - warned.minute >= due - SLACK,
        "exit": True if all_open else seen("exit"),
        "medics": True if all_open else seen("medics"),
        "reason": None if all_open else seen("reason", before),
    }
