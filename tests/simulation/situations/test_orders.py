"""Orders and reports in the middle of a day do the same in either engine, and what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cut_days import same
from support.engine_comparison import LAWS
from support.random_instances import worlds
from support.town import crowd, posted, town

from optimiser import draw
from optimiser.model.laws.escalation_law import DISPERSED, RED
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


def in_both_engines(instance, minute, *orders, days=1):
    """Give what comes of orders at a minute of some days, by the compiled engine and by SimPy."""
    columns, scenarios, played = np.arange(days), draw(instance, 1, days), []
    for engine in (CompiledEngine(instance, RiskLaw(), 1), SimpyEngine(instance, RiskLaw(), send_nearest, 1)):
        moment = engine.play_until(posted(instance).numbers(instance), columns, scenarios, minute)
        played.append(engine.play_on(moment, list_tasks(columns, columns, False, [orders]), "everything"))
    return played


def test_bug_a_departure_beyond_the_end_was_lost_by_a_snapshot():
    """Who would stay until after the end is dispersed after a cut, and goes on to the next stop nevertheless."""
    stops = [{"sector": "kpu", "stay": 1000.0}, {"sector": "mall", "stay": 60.0}]
    instance = town(gatherings=[crowd(itinerary=stops)])
    compiled, simpy = in_both_engines(instance, 60.0, Order(do.SAY_PHASE, (1, RED)), days=20)
    assert (compiled.minutes[:, 1, DISPERSED] > 0.0).any()
    assert same(compiled, simpy)


def test_bug_orders_of_no_teams_wrote_beyond_the_kinds_of_an_order():
    """Each took a place in the list of kinds that are seated, which has one place for each kind of team."""
    instance = town()
    many = [Order(do.TAKE, (0, 0, 0))] * 50
    compiled, simpy = in_both_engines(instance, 40.0, *many)
    assert same(compiled, simpy)
    assert same(compiled, in_both_engines(instance, 40.0)[0])
