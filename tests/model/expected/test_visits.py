"""Where people are expected: a gathering that may come by several ways is one crowd."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from support.small import small_instance
from support.town import town

from optimiser import Deployment, read
from optimiser.model.expected.visits import join_ways, list_due, list_visits
from optimiser.model.instance import Instance
from optimiser.output.orders.situation import Situation
from optimiser.output.words.reasons import name_visit, tell_thinnest
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import simulate


def test_the_ways_of_a_gathering_to_a_place_are_one_visit_with_their_shares_together() -> None:
    visits = list_visits(read("oku-250"))
    ways = Counter((v.sector, v.gathering.id) for v in visits)
    assert max(ways.values()) > 1
    for sector in {v.sector for v in visits}:
        there = [v for v in visits if v.sector == sector]
        joined = join_ways(there)
        assert {v.gathering.id: v for v in joined}.keys() == {v.gathering.id for v in there}
        assert len(joined) == len({v.gathering.id for v in there})
        for one in joined:
            own = [v for v in there if v.gathering.id == one.gathering.id]
            assert math.isclose(one.share, math.fsum(v.share for v in own))
            assert (one.start, one.end) == (min(v.start for v in own), max(v.end for v in own))


def test_bug_the_crowd_that_a_line_is_measured_by_added_up_all_ways_of_a_gathering() -> None:
    instance = read("oku-250")
    at = Situation(instance, Deployment(instance=instance.name))
    for sector, peak in at.peaks.items():
        assert peak <= sum(v.people for v in join_ways(at.visits[sector])), sector


def test_a_gathering_with_one_way_visits_as_before() -> None:
    visits = list_visits(small_instance())
    assert join_ways(visits[:1]) == visits[:1]


def forked(displacement: float, **changes: object) -> Instance:
    """Build the town with a march from the terminal to the KPU on most days, or on to the mall."""
    stops = [
        {"sector": "terminal", "stay": 20.0},
        {"sector": "kpu", "stay": 60.0, "route": "venue"},
        {"sector": "mall", "stay": 60.0, "route": "shops"},
    ]
    routes = [{"id": "venue", "weight": 3.0}, {"id": "shops", "weight": 1.0}]
    march = {**town().gatherings[0].model_dump(mode="json"), "itinerary": stops, "routes": routes, **changes}
    return town(gatherings=[{**march, "displacement": displacement}], triggers=[])


@pytest.mark.parametrize("displacement", [0.0, 0.4, 1.0])
def test_bug_visits_knew_where_a_crowd_goes_that_goes_where_the_line_is_thinnest(displacement: float) -> None:
    visits = {v.sector: v for v in list_visits(forked(displacement, chance=0.5))}
    assert (visits["terminal"].share, visits["terminal"].most) == (0.5, 0.5)  # all its ways begin there
    for sector, weight in (("kpu", 0.75), ("mall", 0.25)):
        assert visits[sector].share == pytest.approx(0.5 * (1.0 - displacement) * weight)
        assert visits[sector].most == pytest.approx(visits[sector].share + 0.5 * displacement)


def test_a_share_of_days_is_said_as_from_and_to_where_it_depends_on_lines() -> None:
    drawn, shared = ({v.sector: v for v in list_visits(forked(d))} for d in (0.0, 0.4))
    assert name_visit(drawn["mall"]) == "March (on 25 % of days)"
    assert name_visit(shared["mall"]) == "March (on 15 % to 55 % of days)"
    assert name_visit(shared["terminal"]) == "March"
    assert {name_visit(v) for v in list_visits(forked(1.0))} == {"March", "March (on up to 100 % of days)"}
    assert tell_thinnest(forked(0.4).gatherings[0]).startswith("On 40 % of days March goes where the line is thinnest")
    assert tell_thinnest(forked(0.0).gatherings[0]) == ""


def test_bug_lines_were_due_after_a_crowd_had_come_that_chooses_its_way_at_every_stop() -> None:
    """It stays at its first stop as the way says by which it came there, and goes on by the other."""
    stops = [("terminal", 20.0, "a"), ("kpu", 60.0, "a"), ("terminal", 150.0, "b"), ("mall", 60.0, "b")]
    itinerary = [{"sector": sector, "stay": stay, "route": route} for sector, stay, route in stops]
    instance = forked(1.0, itinerary=itinerary, routes=[{"id": "a"}, {"id": "b"}], late=0.0)
    deployment = Deployment.build(instance, {("kpu", "rope"): 2, ("mall", "rope"): 1}, {})
    came = []
    for number in range(20):
        events = simulate(instance, deployment, draw(instance, 1, 20)[number])[1]
        came += [e.minute for e in events if e.kind == "arrived" and e.sector == "mall"]
    assert came
    assert list_due(instance)["mall"] <= min(came) + 1e-9
    assert list_due(instance)["mall"] == pytest.approx(min(came))
