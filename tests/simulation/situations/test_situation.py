"""A day that is cut anywhere goes on in either engine as if nobody had cut it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cut_days import assert_cut_changes_nothing, same, undisturbed
from support.engine_comparison import LAWS
from support.random_instances import rare_worlds, worlds
from support.town import posted, town

from optimiser import draw, read
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.compiled_engine import desks
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.events import KINDS
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.simpy_engine.worker_pool import SimpyEngine
from optimiser.simulation.situations import situation
from optimiser.simulation.state import State

CUT: Counter[str] = Counter()  # what happened after cuts


@pytest.mark.slow
@pytest.mark.parametrize("name", list(LAWS))
@given(world=worlds(), share=st.floats(0.0, 1.0), at_an_event=st.booleans())
def test_a_day_cut_anywhere_goes_on_bit_for_bit(name, world, share, at_an_event):
    minute = share * index_instance(world[0]).horizon
    log = assert_cut_changes_nothing(world, LAWS[name], minute)
    CUT.update(list(KINDS)[entry.kind] for entry in log if entry.minute >= minute)
    if at_an_event and log:
        assert_cut_changes_nothing(world, LAWS[name], log[int(share * (len(log) - 1))].minute)


@pytest.mark.slow
@pytest.mark.parametrize("world", rare_worlds(), ids=("held", "stopped", "refilled", "blocked"))
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)], ids=("of each kind", "of all"))
def test_what_seldom_happens_can_be_cut_at_an_event(world, every):
    """At the first event of each kind every day, at all of them in the long tests."""
    happened = assert_cut_changes_nothing(world, LAWS["facilitation"], 0.0)
    first = {entry.kind: entry.minute for entry in reversed(happened)}
    for minute in sorted({entry.minute for entry in happened} if every else set(first.values())):
        log = assert_cut_changes_nothing(world, LAWS["facilitation"], minute)
        CUT.update(list(KINDS)[entry.kind] for entry in log if entry.minute >= minute)


@pytest.mark.slow
def test_days_that_were_cut_were_eventful():
    """Runs after the cuts: what never happened after one was never begun in the middle."""
    assert set(CUT) == set(KINDS)


@pytest.mark.parametrize("name", ["oku-250", "oku-425-pleno", "families/town-12-tight-marches-1"])
def test_days_of_shipped_instances_go_on_in_either_engine(name):
    instance = read(name)
    plan, scenarios = proportional(instance).numbers(instance), draw(instance, 5, 40)
    fast, slow = (
        CompiledEngine(instance, LAWS["facilitation"], 2),
        SimpyEngine(instance, LAWS["facilitation"], send_nearest, 1),
    )
    columns = np.arange(40)
    whole = fast.play(plan[None], np.zeros_like(columns), columns, scenarios, "everything")
    for minute in (0.0, 95.5, 200.0, 311.25, fast.facts.horizon):
        moment = fast.play_until(plan, columns, scenarios, minute)
        assert same(fast.play_on(moment, undisturbed(moment), "everything"), whole)
        few = slow.play_until(plan, columns[:3], scenarios, minute)
        ended = slow.play_on(few, undisturbed(few), "everything")
        assert ended.harms.tobytes() == whole.harms[:3].tobytes()
        assert ended.events.tolist() == whole.events[:3].tolist()


def test_arrays_that_grow_in_the_middle_change_nothing(monkeypatch):
    instance = town()
    plan, scenarios, columns = posted(instance).numbers(instance), draw(instance, 1, 200), np.arange(200)
    whole = CompiledEngine(instance, RiskLaw(), 1).play(plan[None], np.zeros_like(columns), columns, scenarios)
    monkeypatch.setattr(desks, "ROOM", 8)
    narrow = CompiledEngine(instance, RiskLaw(), threads=2)
    moment = narrow.play_until(plan, columns, scenarios, 20.0)
    many = plan.copy()
    many[-1] *= 50  # longer arrays for all that is played afterwards
    narrow.play(many[None], np.zeros_like(columns), columns, scenarios)
    assert narrow._desks[0].layout.length > moment.layout.length
    assert same(narrow.play_on(moment, undisturbed(moment)), whole)
    monkeypatch.setattr(desks, "ROOM", 2)
    tight = CompiledEngine(instance, RiskLaw(), threads=2)
    for minute in (0.0, 20.0, 60.0):
        moment = tight.play_until(plan, columns, scenarios, minute)
        assert same(tight.play_on(moment, undisturbed(moment)), whole)
    assert tight._desks[0].room > 2


def test_every_attribute_of_a_state_is_given_scratch_or_kept():
    names = [field.name for field in situation.list_fields(State)]
    kept = [field.name for field in situation.KEPT]
    assert sorted((*kept, *situation.GIVEN, *situation.SCRATCH)) == sorted(names)
    assert {"phase", "tension", "present", "left", "drawn", "harms", "reserve"} <= set(kept)
