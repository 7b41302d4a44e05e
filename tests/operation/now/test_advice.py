"""What to do now: equal to planning where nothing has happened, never against doctrine, the same in either engine."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser import Deployment, advise, check, draw, evaluate, read
from optimiser.operation.now.advice import SCREENED
from optimiser.operation.now.report import FORMAT, parse_situation
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.scenario import REPORTING
from optimiser.simulation.simulator import Simulator
from optimiser.simulation.situations import orders as do

OKU = read("oku-250")
PLAN = proportional(OKU)
TENSE = {
    "at": "11:00",
    "sectors": [
        {"id": "kpu", "phase": "yellow", "mood": "very tense", "delegation": "waiting", "since": "10:30",
         "people": {OKU.gatherings[0].id: 600}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def warm():
    with Simulator(OKU) as simulator:
        yield simulator


def moved(one):
    """Give the plan once a candidate is carried out."""
    places = {place: {"teams": dict(a.teams), "vehicles": dict(a.vehicles)} for place, a in PLAN.places.items()}
    for kind, n in one.teams.items():
        places[one.origin]["teams"][kind] -= n
        places.setdefault(one.sector, {"teams": {}, "vehicles": {}})
        there = places[one.sector]["teams"]
        there[kind] = there.get(kind, 0) + n
    for here in places.values():
        here["teams"] = {kind: n for kind, n in here["teams"].items() if n}
    return Deployment(instance=OKU.name, places=places)


def broken(deployment):
    """Give the rules that a deployment breaks; what waits is there to be sent."""
    held = ("reserve", "cover", "presence-reserve-share")
    return {(v.code, v.place, v.what) for v in check(OKU, deployment).violations if v.code not in held}


def report(**said):
    return parse_situation({"format": FORMAT, "instance": OKU.name, **said}, OKU)


@pytest.mark.slow
def test_at_minute_0_it_is_planning_bit_for_bit(warm):
    advice = advise(OKU, PLAN, report(at="09:00"), futures=200, simulator=warm)
    planned = evaluate(warm, PLAN, draw(OKU, 1, 200, REPORTING))
    assert advice.losses.tobytes() == planned.losses.tobytes()
    assert advice.stay == planned.loss
    assert advice.injuries == planned.harms["injuries"]


def test_whenever_nothing_is_reported_staying_is_the_undisturbed_plan(warm):
    planned = evaluate(warm, PLAN, draw(OKU, 1, 200, REPORTING))
    advice = advise(OKU, PLAN, report(at="12:17"), futures=200, simulator=warm)
    assert advice.losses.tobytes() == planned.losses.tobytes()


def test_what_is_reported_is_believed(warm):
    hot = advise(OKU, PLAN, report(**TENSE), futures=200, simulator=warm)
    calm = {**TENSE["sectors"][0], "phase": "green", "mood": "calm", "delegation": "received"}
    calm.pop("since")
    cool = advise(OKU, PLAN, report(at="11:00", sectors=[calm]), futures=200, simulator=warm)
    assert hot.stay.mean > cool.stay.mean
    assert 0 < hot.kept <= hot.days == 4 * (200 + SCREENED)


def test_the_same_report_gives_the_same_advice_and_either_engine_the_same():
    tiny = read("tiny-2")
    plan = proportional(tiny)
    place = tiny.sectors[0].id
    said = {"at": "09:00", "sectors": [{"id": place, "phase": "dispersed", "mood": "tense"}]}
    hot = parse_situation({"format": FORMAT, "instance": tiny.name, **said}, tiny)
    with Simulator(tiny, engine="simpy") as slow, Simulator(tiny, workers=2) as fast:
        one, other = (advise(tiny, plan, hot, futures=50, simulator=s) for s in (fast, slow))
    assert one.kept < one.futures, "no situation has more than one future"
    assert one.losses.tobytes() == other.losses.tobytes()
    assert one.options == other.options
    assert one.refused == other.refused


def test_no_candidate_breaks_a_rule_that_is_kept_and_none_is_a_wide_area_means(warm):
    advice = advise(OKU, PLAN, report(**TENSE), futures=200, simulator=warm)
    assert advice.tried > 5
    for option in advice.options:
        one = option.candidate
        assert {order.what for order in one.orders} <= {do.TAKE, do.SEND, do.RELEASE, do.RECEIVE, do.MOVE}
        assert broken(moved(one)) <= broken(PLAN), one
    assert not {code for _, code in advice.refused} & {"reserve", "cover", "presence-reserve-share"}


def test_stay_as_you_are_where_nothing_is_shown(warm):
    advice = advise(OKU, PLAN, report(at="16:55"), futures=200, simulator=warm)
    assert advice.best is None or advice.best.loss.high < 0.0
    assert [o.loss.mean for o in advice.options] == sorted(o.loss.mean for o in advice.options)
    assert np.isclose(advice.level, 1.0 - 0.05 / max(1, len(advice.options)))
