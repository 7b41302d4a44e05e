"""Simulates one world by each engine and compares what they report, bit for bit."""

from __future__ import annotations

from collections import Counter
from copy import copy

import numpy as np

from optimiser.model.laws import choice as laws
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine import replay
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.event_queue import Agenda, agenda_sizes
from optimiser.simulation.events import KINDS, Entry, Replication
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import split_numbers
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.simpy_engine.timeline import Timeline

LAWS = {name: law() for name, law in laws.LAWS.items()}
SEEN: Counter[str] = Counter()


class NoBelow(list):
    """A list that refuses the negative indices that Python allows and that compiled code would read from elsewhere."""

    def __getitem__(self, i):
        if not isinstance(i, slice) and i < 0:
            raise IndexError(i)
        return super().__getitem__(i)

    def __setitem__(self, i, value):
        if i < 0:
            raise IndexError(i)
        super().__setitem__(i, value)


def strict(value):
    return NoBelow(map(strict, value)) if isinstance(value, list) else value


def by_simpy(instance, plan, scenarios, law: EscalationLaw):
    log: list[Entry] = []
    timeline = Timeline(index_instance(instance), split_numbers(instance, plan), scenarios[0], law, observe=log.append)
    return log, timeline.run()


def by_python(instance, plan, scenarios, law: EscalationLaw, facts=None):
    log: list[Entry] = []
    facts = copy(facts or index_instance(instance))  # the one of the instance is shared
    city = PythonState(facts, split_numbers(instance, plan), scenarios[0], law, log.append)
    ag = Agenda(agenda_sizes({**facts.sizes, "cannons": len(city.cannon_type)}, 4096))
    for record in (city.facts, city, ag):
        for name, value in vars(record).items():
            if name != "sizes":
                setattr(record, name, strict(value))
    replay.play(city, ag)
    assert not ag.full
    return log, city


def by_machine(instance, plan, scenarios, law: EscalationLaw):
    engine = CompiledEngine(instance, law, threads=1)
    none = np.zeros(1, dtype=np.int64)
    return engine.tell(plan, scenarios, 0), engine.play(plan[None], none, none, scenarios, "everything")


def assert_one_meaning(world, law: EscalationLaw) -> tuple[list[Entry], Replication]:
    """Simulate a world by every engine; returns the log and the outcome, which are the same bit for bit."""
    log, run = by_simpy(*world, law)
    told, city = by_python(*world, law)
    assert told == log
    assert city.harms == list(map(list, run.harms))
    assert city.minutes == list(map(list, run.minutes))
    written, played = by_machine(*world, law)
    assert written == log
    for name in ("harms", "minutes", "force"):
        assert getattr(played, name)[0].tobytes() == np.array(getattr(run, name)).tobytes(), name
    assert played.events[0] == run.events == len(log)
    assert tuple(played.visited[0]) == run.visited
    assert played.called[0] == run.called
    SEEN.update(list(KINDS)[e.kind] for e in log)
    return log, run
