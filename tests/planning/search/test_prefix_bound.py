"""Bounds under interplay: never above what is truly lost, whatever stands anywhere."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from support.enumeration import instances, values
from support.random_instances import worlds
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.model.laws.choice import LAWS as SHIPPED
from optimiser.model.laws.choice import highest_hazards
from optimiser.model.laws.constants import CONSTANTS, make_law
from optimiser.model.laws.escalation_law import FAIL, GREEN, RED, SPILL, WORSEN, YELLOW, View
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.planning.search.prefix_bound import helpless, trivial_bound, unreached
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.separable import bound_joint
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.events import ARRIVED, ASKED, CAME, PHASE
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.scenario import draw, first_rings
from optimiser.simulation.simulator import Simulator

MET: Counter[str] = Counter()
LAWS = tuple(kind() for kind in SHIPPED.values())


@pytest.mark.slow
@given(world=worlds())
@settings(max_examples=80)  # fewer had too few guests and too little help to compare
def test_nobody_comes_from_elsewhere_and_no_help_comes_before_the_minute_that_is_said(world):
    instance, plan, scenarios = world
    until, soon = unreached(instance, scenarios)[0], helpless(instance).min(axis=1)
    facts = index_instance(instance)
    first = {g: facts.stop_sector[facts.stop_first[r]] for g, r in enumerate(scenarios.route[0])}
    form_up = facts.form_up
    for law in LAWS:
        began: dict[int, float] = {}
        for e in CompiledEngine(instance, law, threads=1).tell(plan, scenarios, 0):
            if e.kind == ARRIVED and first.get(e.what) != e.sector:
                assert e.minute >= until[e.sector]
                MET["guests"] += 1
            elif e.kind in (ASKED, PHASE) and (e.kind == ASKED or e.what in (YELLOW, RED)):
                began.setdefault(e.sector, e.minute)
            elif e.kind == CAME:
                assert e.sector in began
                assert e.minute + form_up >= began[e.sector] + soon[e.sector] - 1e-9
                MET["help"] += 1


@pytest.mark.slow
def test_random_worlds_had_guests_and_help():
    """Runs after the comparison: what never happened was never compared."""
    assert MET["guests"] > 50
    assert MET["help"] > 50


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_no_hazard_exceeds_the_highest(law):
    """Views of every kind under constants anywhere within and beyond what is plausible; some hazards come close."""
    rng, close = random.Random(3), np.zeros(7)
    for _ in range(6000):
        changes = {c.name: rng.choice([c.low, c.default, c.high, 3.0 * c.high]) for c in CONSTANTS}
        changes["threshold"] = min(0.9, changes["threshold"])
        constants, marks = make_law(changes), rng.choice([0, 1, 3])
        amount = [0.0, 0.0, 1.0, 20.0, 500.0, 1e5]
        values_ = {name: rng.choice(amount) for name in View._fields}
        shares = ("share", "tension", "received", "failed", "exit_open", "spraying", "liaison", "stopped", "critical")
        values_ |= {name: rng.choice([0.0, 1.0, 1.0, rng.random()]) for name in shares}
        for flag in ("received", "failed", "exit_open", "spraying"):
            values_[flag] = float(values_[flag] >= 0.5)
        view = View(**{**values_, "phase": rng.choice([GREEN, YELLOW, RED]), "marks": float(rng.randint(0, marks))})
        hazards = np.array(law.hazards(constants, view, law.mood(constants, view)))
        top = np.array(highest_hazards(constants, marks))
        assert np.all(hazards <= top * (1.0 + 1e-12))
        close = np.maximum(close, hazards / np.maximum(top, 1e-300))
    assert np.all(close > 0.3)


def test_constants_that_make_no_sense_promise_nothing():
    for changes in ({"n_half": -1.0}, {"arrest_k": -0.1}, {"threshold": 1.0}, {"worsen_green": -1.0}):
        assert highest_hazards(make_law(changes), 2) == (math.inf,) * 7


def test_who_can_never_come_is_waited_for_without_end():
    instance = town(reinforcements=[], law={"spill": 0.0})
    until = unreached(instance, draw(instance, 1, 20))
    assert np.all(np.isinf(until[:, 0]))  # the march begins at the terminal
    assert np.all(np.isfinite(until[:, 1:]))
    # to the KPU and on: never before the march has left and walked its 3 km at 4 km/h or faster
    facts = index_instance(instance)
    first = draw(instance, 1, 20).first_group[:, 0]
    assert np.all(until[:, 1] >= first + 60.0 * facts.km[0][0][1] / facts.march - 1e-9)
    assert np.all(until[:, 2] >= until[:, 1])


def test_who_spills_over_needs_three_clocks_and_the_way():
    """Green to yellow, negotiation fails, people go: each clock at its highest hazard, then on foot."""
    data = town().model_dump(mode="json")
    crowd = {**data["gatherings"][0], "itinerary": [{"sector": "kpu", "stay": 60.0}]}
    instance = town(sectors=data["sectors"][:2], gatherings=[crowd], reinforcements=[])
    scenarios, facts = draw(instance, 1, 20), index_instance(instance)
    top = highest_hazards(make_law(instance.law), len(facts.waiting_marks))
    clocks = sum(first_rings(scenarios, c)[:, 1] / top[c] for c in (WORSEN, FAIL, SPILL))
    way = 60.0 * np.array(facts.km)[:, 1, 0].min() / facts.march
    expected = scenarios.first_group[:, 0] + clocks + way
    assert unreached(instance, scenarios)[:, 0] == pytest.approx(expected)
    assert np.all(np.isinf(unreached(instance, scenarios)[:, 1]) | (unreached(instance, scenarios)[:, 1] > expected))


def test_without_posts_that_hold_anything_nobody_helps():
    data = town().model_dump(mode="json")
    bare = town(reinforcements=[], vehicles=[], posts=[{**data["posts"][0], "staging_capacity": 0}])
    assert np.all(np.isinf(helpless(bare)))
    outside = town(vehicles=[], posts=[{**data["posts"][0], "staging_capacity": 0}])
    assert np.all(np.isfinite(helpless(outside)[:, 0]))  # PHH from outside holds a line
    assert np.all(np.isinf(helpless(outside)[:, 1:]))  # and neither talks nor cares


@pytest.mark.parametrize("first", range(0, 400, 200))
def test_the_joint_bound_is_below_every_deployment(first):
    raised = 0
    for number, instance, plans in islice(instances(first, joined=True), 20):
        scenarios = draw(instance, number, 4)
        with Simulator(instance) as simulator:
            found = Search(simulator, scenarios, Watcher(), plans[-1], np.inf, trivial_bound(instance))
            found.consider(plans[-1])
            bound_joint(found)
            worth = values(simulator, plans, scenarios)
        assert trivial_bound(instance) == 0.0 <= worth.min()
        assert found.bound <= worth.min() + 1e-9 * max(1.0, worth.min())
        raised += found.bound > 0.05 * worth.min() > 0.0
    assert raised >= 3


@pytest.mark.parametrize("moving", [False, True])
def test_the_joint_bound_is_below_every_deployment_that_accompanies_or_moves(moving):
    for number, instance, plans in islice(instances(0, joined=True, accompanied=True, moving=moving), 10):
        scenarios = draw(instance, number, 4)
        with Simulator(instance) as simulator:
            found = Search(simulator, scenarios, Watcher(), plans[-1], np.inf, trivial_bound(instance))
            found.consider(plans[-1])
            bound_joint(found)
            worth = values(simulator, plans, scenarios)
        assert found.bound <= worth.min() + 1e-9 * max(1.0, worth.min())


def test_the_joint_bound_counts_on_who_goes_along_where_nobody_may_be_placed():
    """A crowd that comes tense, a sector where no team may stand: those who go along are all that calms it."""
    data = town().model_dump(mode="json")
    march = {**data["gatherings"][0], "comes_as": "yellow", "tension": 0.8}
    march["itinerary"][0]["stay"] = 240.0
    nobody = {role["id"]: 0 for role in data["roles"]}
    bare = {"vehicles": [], "reinforcements": [], "triggers": [], "law": {"spill": 0.0}}
    instance = town(
        **bare,
        sectors=[{**sector, "maximum": nobody, "property": 200.0} for sector in data["sectors"]],
        posts=[{**data["posts"][0], "staging_capacity": 0}],
        gatherings=[march],
        accompaniments=[{"id": "a", "name": "A", "gathering": "march"}],
    )
    empty, along = (
        Deployment.build(instance, teams, {}).numbers(instance) for teams in ({}, {("a", "talk"): 3, ("a", "padal"): 1})
    )
    scenarios = draw(instance, 1, 20)
    with Simulator(instance) as simulator:
        found = Search(simulator, scenarios, Watcher(), empty, np.inf, 0.0)
        found.consider(empty)
        bound_joint(found)
        lost = simulator.totals(np.stack([empty, along]), scenarios).mean(axis=1)
    assert lost[1] < lost[0] / 2.0
    assert found.bound <= lost[1]


def test_where_people_are_accompanied_to_nothing_is_promised():
    with_march = {"id": "a", "name": "A", "gathering": "march"}
    data = town().model_dump(mode="json")
    apart = {**data["sectors"][0], "id": "far", "name": "Far"}
    changes = {"sectors": [*data["sectors"], apart], "accompaniments": [with_march], "law": {"spill": 0.0}}
    until = unreached(town(**changes), draw(town(**changes), 1, 20))
    assert np.all(until[:, :3] == 0.0)
    assert np.all(np.isinf(until[:, 3]))


def test_under_a_law_of_ones_own_nothing_is_provable():
    class Own(RiskLaw):
        name = "own"

    instance = town()
    plan = posted(instance).numbers(instance)
    for law, provable in (*((law, True) for law in LAWS), (Own(), False)):
        with Simulator(instance, law, engine="simpy") as simulator:  # nothing is played, so nothing is compiled
            assert Search(simulator, draw(instance, 1, 3), Watcher(), plan, np.inf, 0.0).provable is provable
