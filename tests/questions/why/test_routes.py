"""A plan on every route: as if the gathering had that way alone, and who would be better there is chosen elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from support.sensitivity import TURNOUT, bench, some
from support.small import small_data
from support.town import posted, town

from optimiser.files.read import parse
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.sections.explanation import explanation_sections
from optimiser.output.write import dump
from optimiser.questions.why.explanation import explain
from optimiser.questions.why.routes import CHOOSING, ask_routes, list_certain
from optimiser.questions.why.sensitivity import Bench
from optimiser.questions.why.stress import stress

ROUTES = [{"id": "office", "weight": 3}, {"id": "shops", "weight": 1}, {"id": "never", "weight": 0}]
STOPS = [("kpu", "office"), ("market", "shops"), ("kpu", "never"), ("market", "never")]


def gathering(itinerary, **more):
    data = small_data()["gatherings"][0]
    return {**data, "itinerary": itinerary, **more}


def routed() -> Bench:
    stops = [{"sector": sector, "stay": 90, "route": route} for sector, route in STOPS]
    return replace(bench(), instance=parse(small_data(gatherings=[gathering(stops, routes=ROUTES)])))


def test_a_certain_route_is_the_way_alone() -> None:
    here = routed()
    found = ask_routes(here, ["strong"], "fresh", scenarios=10, reporting=30)
    assert found is not None
    assert [(one.gathering, one.route, one.share) for one in found.known] == [
        ("recount", "office", 0.75),
        ("recount", "shops", 0.25),
        ("recount", None, 0.0),
    ]
    for one, sector in zip(found.known[:2], ("kpu", "market"), strict=True):
        alone = parse(small_data(gatherings=[gathering([{"sector": sector, "stay": 90}])]))
        losses = replace(here, instance=alone).play({}, 30, "fresh")
        assert one.loss.mean == pytest.approx(losses[0].mean())
        assert one.rivals[0].mean == pytest.approx((losses[0] - losses[1]).mean())
    assert found.worst is found.known[0]
    assert found.known[0].loss.mean > found.known[1].loss.mean


def test_the_better_plan_is_chosen_on_scenarios_that_do_not_measure_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(self, values, count, group):
        first = values.get(("gatherings", 0, "routes", 0, "weight")) == 1.0
        glance = [[2.0], [1.0], [3.0]] if first else [[1.0], [2.0], [3.0]]
        return np.array(glance if group == CHOOSING else [[5.0], [7.0], [0.0]]).repeat(count, axis=1)

    monkeypatch.setattr(Bench, "play", play)
    found = ask_routes(routed(), ["one", "two"], "fresh", scenarios=5, reporting=5)
    assert found is not None
    assert [one.better for one in found.known] == ["one", None, None]
    assert found.known[0].gain is not None
    assert (found.known[0].gain.mean, found.known[1].gain) == (-2.0, None)


def test_where_the_line_is_thinnest_is_told_beside_the_routes_and_may_be_the_worst() -> None:
    """A plan that has all its line where the crowd most likely goes: whoever looks goes to the other sector."""
    here = routed()
    found = ask_routes(here, ["strong"], "fresh", scenarios=10, reporting=30)
    assert found is not None
    always = here.instance.replace(gatherings=[_changed(here, displacement=1.0)])
    losses = replace(here, instance=always).play({}, 30, "fresh")
    assert found.known[2].loss.mean == pytest.approx(losses[0].mean())
    shared = replace(here, instance=always.replace(gatherings=[_changed(here, displacement=0.4)]))
    assert [one.share for one in list_certain(shared.instance)] == pytest.approx([0.45, 0.15, 0.4])
    thin = [way for way in list_certain(here.instance) if way.route is None]
    worst = stress(here, [], "fresh", routes=thin, scenarios=30, reporting=30)
    usual = here.play({}, 30, "stress")[0].mean()
    assert worst.routes == ((("recount", None),) if here.play(thin[0].values, 30, "stress")[0].mean() > usual else ())


def test_bug_most_was_lost_on_a_route_that_a_crowd_never_takes() -> None:
    here = routed()
    always = replace(here, instance=here.instance.replace(gatherings=[_changed(here, displacement=1.0)]))
    found = ask_routes(always, ["strong"], "fresh", scenarios=10, reporting=30)
    assert found is not None
    assert [(one.route, one.share) for one in found.known] == [(None, 1.0)]


def _changed(here: Bench, **values: float) -> dict[str, object]:
    return {**here.instance.gatherings[0].model_dump(mode="json"), **values}


def test_without_a_choice_of_routes_there_is_nothing_to_ask() -> None:
    assert list_certain(bench().instance) == ()
    assert ask_routes(bench(), ["strong"], "fresh") is None


def test_the_worst_crowd_takes_the_worst_route_too() -> None:
    here = routed()
    routes = list_certain(here.instance)
    alone = stress(here, [], "fresh", routes=routes, scenarios=30, reporting=30)
    assert alone.routes == (("recount", "office"),)
    assert alone.values == ()
    assert alone.worst.mean == pytest.approx(here.play(routes[0].values, 30, "fresh")[0].mean())
    both = stress(here, some("gatherings[0].turnout"), "fresh", routes=routes, scenarios=30, reporting=30)
    assert both.routes == (("recount", "office"),)
    assert [one.path for one, _ in both.values] == [TURNOUT]
    assert both.worst.mean > alone.worst.mean


@pytest.mark.slow
def test_explain_tells_each_route_on_the_screen_and_in_the_document() -> None:
    march = town().gatherings[0].model_dump(mode="json")
    stop = march["itinerary"][0]
    sectors = [sector.id for sector in town().sectors[:2]]
    march["itinerary"] = [{**stop, "sector": sector, "route": f"by-{sector}"} for sector in sectors]
    weights = [{"value": 1 + i, "low": 0.5, "high": 3.0, "source": "assumed"} for i in range(2)]
    march["routes"] = [{"id": f"by-{sector}", "weight": w} for sector, w in zip(sectors, weights, strict=True)]
    instance = town(gatherings=[march])
    found = explain(instance, posted(instance), scenarios=8, reporting=12, trajectories=0, workers=1)
    assert found.routes is not None
    assert {"proportional", "risk first", "greedy"} <= set(found.routes.rivals)
    section = next(s for s in explanation_sections(found) if s.heading == "Route by route")
    assert section.blocks
    document = json.loads(dump(describe_explanation(found)))
    assert [one["route"] for one in document["routes"]["known"]] == [*(f"by-{sector}" for sector in sectors), None]
    assert document["routes"]["known"][1]["chance"] == pytest.approx(2 / 3)
    assert all(len(one["rivals"]) == len(document["routes"]["rivals"]) for one in document["routes"]["known"])
    named = [one["name"] for one in document["sensitivity"]["inputs"]]
    assert {f"March, by-{sector}: routes weight" for sector in sectors} <= set(named)
    assert not any("weight" in one["name"] for one in document["stress"]["changed"])
    ways = (*(f"by-{sector}" for sector in sectors), None)
    possible = [[{"gathering": march["id"], "route": way}] for way in ways]
    assert document["stress"]["routes"] in ([], *possible)  # under other inputs another way may be worst
