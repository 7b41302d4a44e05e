"""Orders and reports in the middle of a day do the same in either engine, and what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cut_days import same
from support.engine_comparison import LAWS
from support.random_instances import worlds
from support.town import posted, town

from optimiser import draw
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.simpy_engine.worker_pool import SimpyEngine
from optimiser.simulation.situations import orders as do
from optimiser.simulation.situations.moment import Order, list_tasks

LIMITS = {"teams": 3, "flag": 2, "phase": 5, "persons": 700, "delegation": 4, "number": 3}


@st.composite
def given_orders(draw_, facts):
    """Draw some orders and reports that an instance has places and kinds for."""
    rows = []
    for _ in range(draw_(st.integers(0, 6))):
        what = draw_(st.integers(0, len(do.AXES) - 1))
        sizes = [LIMITS.get(axis, facts.sizes.get(axis, 1)) for axis in do.AXES[what]]
        if 0 in sizes:
            continue
        numbers = tuple(draw_(st.integers(0, size - 1)) for size in sizes)
        if what == do.MOVE and numbers[0] == numbers[1]:
            continue
        value = draw_(st.sampled_from([0.0, 1.0])) if what == do.SAY_TENSION else draw_(st.floats(0.0, 90.0))
        rows.append(Order(what, numbers, value))
    return rows


@given(world=worlds(), share=st.floats(0.0, 1.0), data=st.data(), fresh=st.booleans())
@settings(max_examples=60, deadline=None)
def test_orders_and_reports_do_the_same_in_either_engine(world, share, data, fresh):
    instance, plan, scenarios = world
    law = LAWS["facilitation"]
    fast, slow = CompiledEngine(instance, law, 1), SimpyEngine(instance, law, send_nearest, 1)
    orders, none = data.draw(given_orders(fast.facts)), np.zeros(1, dtype=np.int64)
    played = []
    for engine in (fast, slow):
        moment = engine.play_until(plan, none, scenarios, share * fast.facts.horizon)
        played.append(engine.play_on(moment, list_tasks(none, none, fresh, [orders]), "everything"))
    assert same(*played), orders


def begun(minute=40.0, count=20):
    """Give an engine, and days of the town that was cut at a minute."""
    instance = town()
    engine = CompiledEngine(instance, RiskLaw(), 1)
    scenarios, columns = draw(instance, 1, count), np.arange(count)
    return engine, engine.play_until(posted(instance).numbers(instance), columns, scenarios, minute)


def after(engine, moment, *orders):
    rows = np.arange(len(moment))
    return engine.play_on(moment, list_tasks(rows, moment.columns, False, [orders]), "everything")


def test_what_cannot_be_ordered_is_refused_before_it_is_played():
    engine, moment = begun()
    for wrong in (Order(99), Order(do.RELEASE, (99,)), Order(do.SAY_RESERVE, (0, 99, 1)), Order(do.SEND, (-1, 0))):
        with pytest.raises(ValueError, match="order"):
            after(engine, moment, wrong)
    with pytest.raises(ValueError, match="minute"):
        begun(minute=1e6)


def test_an_order_of_nothing_changes_nothing_and_a_report_changes_what_it_says():
    engine, moment = begun()
    plain = after(engine, moment)
    assert same(after(engine, moment, Order(do.TAKE, (0, 0, 0))), plain)
    calm = after(engine, moment, Order(do.SAY_TENSION, (0,), 0.0))
    tense = after(engine, moment, Order(do.SAY_TENSION, (0,), 1.0))
    assert calm.total.mean() < tense.total.mean()
