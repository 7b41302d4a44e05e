"""Cuts a day at a minute, lets every engine go on from there, and compares with the day that nobody disturbed."""

from __future__ import annotations

import numpy as np
from support.engine_comparison import by_simpy

from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.engine import Replications
from optimiser.simulation.events import Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import split_numbers
from optimiser.simulation.simpy_engine.resumption import capture, resume
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.situations.moment import Snapshots, list_tasks
from optimiser.simulation.situations.queue import read_words, write_words


def same(one: Replications, other: Replications) -> bool:
    """Return whether two sets of replications are the same, bit for bit."""
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def undisturbed(moment: Snapshots):
    """Let every situation of a moment go on in its own scenario without any order."""
    rows = np.arange(len(moment))
    return list_tasks(rows, moment.columns, False, [[]])


def assert_cut_changes_nothing(
    world, law: EscalationLaw, minute: float, engine: CompiledEngine | None = None
) -> list[Entry]:
    """Cut the first day of a world at a minute; whoever goes on from there, it ends as it would have. Gives its log."""
    instance, plan, scenarios = world
    facts, counts = index_instance(instance), split_numbers(instance, plan)
    log, run = by_simpy(instance, plan, scenarios, law)
    late = [entry for entry in log if entry.minute >= minute]

    told: list[Entry] = []
    timeline = Timeline(facts, counts, scenarios[0], law, observe=told.append)
    by_processes = capture(timeline, minute)
    assert told == [entry for entry in log if entry.minute < minute], "something happened too early or too late"
    assert timeline.run() == run, "writing it down disturbed it"
    told.clear()
    assert resume(by_processes, facts, counts, scenarios[0], law, observe=told.append).run() == run
    assert told == late

    engine = engine or CompiledEngine(instance, law, threads=1)
    none = np.zeros(1, dtype=np.int64)
    whole = engine.play(plan[None], none, none, scenarios, "everything")
    moment = engine.play_until(plan, none, scenarios, minute)
    assert same(engine.play_on(moment, undisturbed(moment), "everything"), whole)
    by_machine = read_words(moment.layout, facts, moment.words[0], minute)
    assert by_machine.waits == by_processes.waits
    assert [name for name, part in by_machine.fields.items() if part != by_processes.fields[name]] == []
    told.clear()
    assert resume(by_machine, facts, counts, scenarios[0], law, observe=told.append).run() == run
    assert told == late
    moment.words[0] = write_words(moment.layout, by_processes, scenarios[0])
    assert same(engine.play_on(moment, undisturbed(moment), "everything"), whole)
    return log
