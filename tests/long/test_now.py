"""A thousand cuts, and whether advice in the middle of the day helps: what docs/now.md says."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cut_days import assert_cut_changes_nothing
from support.engine_comparison import LAWS
from support.random_instances import worlds

from optimiser import advise, draw, read
from optimiser.files.read import instances_folder
from optimiser.model.deployment import Deployment
from optimiser.model.laws.choice import DefaultLaw
from optimiser.operation.now import advice
from optimiser.operation.now.candidates import list_candidates as list_all
from optimiser.operation.now.telling import report_situation
from optimiser.planning.evaluation import estimate
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import split_numbers
from optimiser.simulation.simpy_engine.resumption import capture, resume
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simulator import Simulator

pytestmark = pytest.mark.long
INSTANCES = ("oku-250", "families/town-5-tight-marches-1", "families/town-12-tight-marches-1")
ASKED = (90.0, 150.0, 210.0, 270.0)  # minutes of a day at which advice is asked for
DAYS, TRUTH = 100, 77  # days, and the seed that they are drawn with; advice draws its futures with another


@pytest.mark.parametrize("name", list(LAWS))
@given(world=worlds(), share=st.floats(0.0, 1.0))
@settings(max_examples=334, deadline=None)
def test_days_of_random_worlds_can_be_cut_anywhere(name, world, share):
    assert_cut_changes_nothing(world, LAWS[name], share * index_instance(world[0]).horizon)


@pytest.mark.parametrize("name", [*INSTANCES, "oku-425-pleno"])
def test_days_of_shipped_instances_can_be_cut_anywhere(name):
    instance, random = read(name), np.random.default_rng(5)
    plan, scenarios = proportional(instance).numbers(instance), draw(instance, 9, 100)
    law = DefaultLaw()
    engine, horizon = CompiledEngine(instance, law, 1), index_instance(instance).horizon
    for n in range(100):
        one = scenarios.take(np.array([n]), np.ones(1))
        assert_cut_changes_nothing((instance, plan, one), law, float(random.uniform(0.0, horizon)), engine)


def lived(instance, plan, scenario, law, ask):
    """Let a day pass; at some minutes it is reported and what is advised is done. Gives its points, and what was."""
    facts, counts = index_instance(instance), split_numbers(instance, plan.numbers(instance))
    timeline, done = Timeline(facts, counts, scenario, law), []
    for minute in ASKED if ask else ():
        situation = capture(timeline, minute)
        best = ask(report_situation(instance, situation)).best
        if best is not None:
            timeline = resume(situation, facts, counts, scenario, law)
            rows = [(o.what, [*o.numbers, *[0] * (6 - len(o.numbers))], o.value) for o in best.candidate.orders]
            timeline.begin_anew(False, rows)
            done.append((minute, best.candidate.action, best.candidate.sector))
    return timeline.run().loss(instance.objective), done


def best_known(instance, name):
    """Give the best plan known of an instance, which was searched for."""
    file = instances_folder() / "best" / f"{name.replace('/', '-')}.json"
    return Deployment(instance=instance.name, places=json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("receptions", [True, False])
@pytest.mark.parametrize("searched", [False, True])
@pytest.mark.parametrize("name", INSTANCES)
def test_advice_against_standing_by_the_plan(name, searched, receptions, monkeypatch):
    """Whether it helps is told by docs/now.md; here only that it is told as it is, and that advice does no harm."""
    instance, law = read(name), DefaultLaw()
    plan = best_known(instance, name) if searched else proportional(instance)
    scenarios, differences, acted, spent = draw(instance, TRUTH, DAYS), [], [], []
    if not receptions:
        monkeypatch.setattr(advice, "list_candidates", lambda *a: [c for c in list_all(*a) if c.action != "receive"])
    with Simulator(instance, law, workers=2) as simulator:

        def ask(report):
            begun = time.perf_counter()
            found = advise(instance, plan, report, futures=300, simulator=simulator)
            spent.append(time.perf_counter() - begun)
            return found

        for scenario in scenarios.items:
            stay, _ = lived(instance, plan, scenario, law, None)
            moved, done = lived(instance, plan, scenario, law, ask)
            differences.append(moved - stay)
            acted += done
    found = estimate(np.array(differences))
    told = {
        "instance": name,
        "searched": searched,
        "receptions": receptions,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "acted": len(acted),
    }
    told |= {
        "days": DAYS,
        "better": int((np.array(differences) < 0).sum()),
        "worse": int((np.array(differences) > 0).sum()),
    }
    told |= {"seconds": float(np.median(spent)), "slow": float(np.quantile(spent, 0.95))}
    told["actions"] = {a: sum(d[1] == a for d in acted) for a in {d[1] for d in acted}}
    print(json.dumps(told))
    assert not found.low > 0.0, told
