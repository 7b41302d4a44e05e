"""What is read into a change beyond what was typed, in sentences: longer hours, a closure at night, rain, limits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.common.message import ClockTime, Message
from optimiser.files.apply_whatif import EVERYWHERE, KEPT
from optimiser.files.examination.ways import tell_times
from optimiser.files.rain import tell_rain
from optimiser.model.clocks import span_closure
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import list_stops
from optimiser.model.whatif import Arrive, Rain, Shift, WhatIf
from optimiser.planning.programs.requirements import Frame, pinned


def tell_assumed(whatif: WhatIf, before: Instance, after: Instance) -> tuple[Message, ...]:
    """Say what the changes assume, in sentences; empty where nothing is."""
    rains = [change for change in whatif.changes if isinstance(change, Rain)]
    return (
        *_tell_longer(whatif, before, after),
        *_tell_nights(before, after),
        *(sentence for rain in rains for sentence in tell_rain(rain)),
    )


def tell_counted(before: Instance, after: Instance, plan: Deployment) -> Iterator[Message]:
    """Say of each new limit on a sector that it counts who is placed there, where more of these may come there.

    Parameters
    ----------
    plan : after the change.
    """
    frame, numbers, known = Frame.of(after), plan.numbers(after), set(before.pins)
    index = {sector.id: s for s, sector in enumerate(after.sectors)}
    for pin in after.pins:
        if pin in known or pin.place not in index or pin.why in (KEPT, EVERYWHERE):
            continue
        kinds, name = pinned(frame, pin)
        units = numbers[:, kinds].sum(axis=1) if name else numbers @ np.array(frame.heads)
        here = index[pin.place]
        coming = [
            Message("{n} as '{place}'", n=int(units[p]), place=moving.name)
            for p, moving in frame.moving
            if units[p] and pin.place in list_stops(after, moving)
        ]
        if coming:
            yield Message(
                "{what} at {place}: a limit counts who is placed there, {placed} in the plan after the change; those "
                "who move may be there besides: {others}.",
                what=name or Message("heads"),
                place=after.sectors[here].name,
                placed=int(units[here]),
                others=Message.chain(", ", coming),
            )


def _tell_longer(whatif: WhatIf, before: Instance, after: Instance) -> Iterator[Message]:
    """Say that the operation starts earlier because a gathering comes then."""
    first = [one for one in after.gatherings if after.minutes(one.arrives) == 0.0]
    moved = any(isinstance(change, Shift | Arrive) for change in whatif.changes)
    if moved and first and after.period.start < before.period.start:
        yield Message(
            "The operation starts at {start} instead of {usual}, because '{gathering}' comes then; it lasts {hours:g} "
            "h instead of {before:g} h.",
            start=after.clock(0.0),
            usual=before.clock(0.0),
            gathering=first[0].name,
            hours=float(after.period.hours),
            before=float(before.period.hours),
        )


def _tell_nights(before: Instance, after: Instance) -> Iterator[Message]:
    """Say from when until when a new closure over midnight holds in the operation."""
    known = set(before.travel.closures)
    times = {(one.start, one.end): one for one in after.travel.closures if one not in known and one.start and one.end}
    for (start, end), closure in times.items():
        first, last = (after.clock(minute) for minute in span_closure(after, closure))
        if first != last and (first, last) != (start, end):
            words = {"times": tell_times(closure), "start": ClockTime(first), "end": ClockTime(last)}
            yield Message("Closed {times}: within the operation that is {start} to {end}.", **words)
