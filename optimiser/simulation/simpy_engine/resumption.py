"""The SimPy engine in the middle of a day: what its processes wait for as a situation, and processes that begin there.

A process of a user's own is no part of a situation: whoever begins from one gives it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine import actions as do
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.event_queue import NUMBERS
from optimiser.simulation.events import Entry
from optimiser.simulation.indexed_instance import Counts, Facts
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.simpy_engine import crowds, personnel
from optimiser.simulation.simpy_engine.timeline import AT_ONCE, Process, Steps, Timeline, Wait
from optimiser.simulation.situations import situation as written
from optimiser.simulation.situations.situation import Snapshot, put_back

BEGINNINGS: dict[int, tuple[Callable[..., Steps], int, bool]] = {  # how many numbers, and whether with the value
    do.OPEN: (personnel.window, 2, False),
    do.CLOSE: (personnel.closing, 2, False),
    do.ON_DUTY: (personnel.available, 2, False),
    do.ASSEMBLE: (crowds.assembling, 2, False),
    do.DEPART: (crowds.staying, 1, True),
    do.MARCH: (crowds.marching, 3, True),
    do.GO_HOME: (crowds.leaving, 5, False),
    do.LINGERING: (crowds.lingering, 3, False),
    do.STRAY: (crowds.straying, 5, True),
    do.STRAY_HOME: (crowds.straying_home, 3, False),
    do.STRIKE: (crowds.trigger, 1, False),
    do.PASS_MARK: (crowds.keep_waiting, 3, True),
    do.MEET: (crowds.receiving, 2, False),
    do.SAFE: (personnel.evacuating, 1, False),
    do.RESUME: (personnel.restarting, 2, False),
    do.STEADY: (personnel.steadying, 1, False),
    do.RELIEVE: (personnel.relief, 1, False),
    do.RELIEVED: (personnel.relieving, 1, True),
    do.ASK: (personnel.asking, 1, True),
    do.SET_OUT: (personnel.setting_out, 3, False),
    do.ARRIVE: (personnel.arriving, 2, False),
    do.FORM_UP: (personnel.forming, 1, False),
    do.WAY_BACK: (personnel.going_back, 6, False),
    do.AT_POST: (personnel.coming_back, 5, False),
    do.GATE: (personnel.running, 3, False),
    do.WARNED: (partial(personnel.running, what=do.WARNED), 3, False),
    do.DRY: (partial(personnel.running, what=do.DRY), 3, False),
    do.FULL: (personnel.filling, 1, False),
    do.JOIN_DUTY: (personnel.available_along, 2, False),
    do.JOIN_ALONG: (personnel.joining, 2, False),
    do.LOOK_ALONG: (personnel.looking, 2, False),
    do.LEG_OVER: (personnel.leg_over, 2, False),
    do.TIRING: (personnel.wearing, 2, False),
}


def capture(timeline: Timeline, minute: float) -> Snapshot:
    """Let a timeline go on up to a minute, exclusive, and write down where it is then; it can go on from there."""
    clock = timeline.clock
    clock.advance(minute)
    waits = [
        written.make_pending(at, order - AT_ONCE, event.then[0], event.then[1:], event.carried)
        for at, order, _, event in sorted(clock._queue, key=lambda entry: entry[:3])
        if isinstance(event, Wait) and event.then and event.callbacks  # one that was interrupted has none
    ]
    return written.write_down(timeline.state, minute, waits)


def resume(
    situation: Snapshot,
    facts: Facts,
    counts: Counts,
    scenario: Scenario,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
    observe: Callable[[Entry], None] | None = None,
    processes: Sequence[Process] = (),
) -> Timeline:
    """Return a timeline that begins from a situation; see `Timeline` for what it is of."""
    timeline = Timeline(facts, counts, scenario, law, dispatch, observe, processes, begin=situation.minute)
    put_back(timeline.state, situation)
    for s in range(len(facts.public)):
        timeline.sectors[s] = timeline.clock.process(timeline.sector(s))
    for one in situation.waits:
        start, count, with_value = BEGINNINGS[one.what]
        assert count <= NUMBERS
        process = timeline.clock.process(
            start(timeline, one.minute, *one.numbers[:count], *((one.value,) if with_value else ()))
        )
        if one.what in (do.ASSEMBLE, do.DEPART, do.MARCH):
            timeline.gatherings[one.numbers[0]] = process
    return timeline
