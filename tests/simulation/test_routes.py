"""Where a gathering goes and whether it comes: drawn by scenario; and what it does where its way is closed."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats
from support.town import posted, town

from optimiser.model.instance import Instance
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import simulate

CALM = dict.fromkeys(("worsen_green", "worsen_yellow", "spill", "disperse_yellow", "disperse_red"), 0.0)
ROUTES = {
    "routes": [{"id": "venue", "weight": 3.0}, {"id": "mall", "weight": 1.0}],
    "itinerary": [
        {"sector": "terminal", "stay": 40.0},
        {"sector": "kpu", "stay": 60.0, "route": "venue"},
        {"sector": "mall", "stay": 60.0, "route": "mall"},
    ],
}


def with_march(**changes: Any) -> Instance:
    """Build the town with its march changed, in which nothing but the programme of the day happens."""
    plain = town()
    march = {**plain.gatherings[0].model_dump(mode="json"), **changes}
    sectors = [{**s.model_dump(mode="json"), "official": None} for s in plain.sectors]  # nobody goes home content
    return town(gatherings=[march], law=CALM, triggers=[], sectors=sectors)


def with_closure(instance: Instance, **when: str) -> Instance:
    closed = town(travel={"closures": [{"a": "kpu", "b": "terminal", **when}]})
    return instance.altered(travel=instance.travel.altered(closures=closed.travel.closures))


def log(instance: Instance, number: int = 0) -> list[Event]:
    return simulate(instance, posted(instance), draw(instance, 1, 30, "reporting")[number])[1]


def test_routes_are_drawn_by_weight_and_gatherings_take_place_by_chance() -> None:
    instance, count = with_march(**ROUTES, chance=0.6), 4000
    scenarios = draw(instance, 1, count)
    for seen, share in ((scenarios.route[:, 0] == 0, 0.75), (scenarios.turnout[:, 0] > 0, 0.6)):
        low, high = stats.binom.interval(0.999, count, share)
        assert low <= seen.sum() <= high


def test_what_else_is_drawn_of_a_gathering_does_not_depend_on_its_routes() -> None:
    before, after = (draw(i, 1, 50) for i in (with_march(), with_march(**ROUTES, chance=0.6)))
    came = after.turnout[:, 0] > 0
    assert 0 < came.sum() < 50
    assert np.array_equal(before.turnout[came], after.turnout[came])
    for name in ("first_group", "tension", "content"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


def test_a_gathering_goes_where_its_route_leads_and_nowhere_where_it_does_not_take_place() -> None:
    instance = with_march(**ROUTES, chance=0.6)
    scenarios = draw(instance, 1, 30, "reporting")
    seen = set()
    for number in range(30):
        visited = {e.sector for e in log(instance, number) if e.kind == "arrived"}
        came = bool(scenarios.turnout[number, 0])
        goal = ("kpu", "mall")[int(scenarios.route[number, 0])]
        assert visited == ({"terminal", goal} if came else set())
        seen.add((came, goal))
    assert {(True, "kpu"), (True, "mall"), (False, "kpu")} <= seen


def test_bug_people_whose_way_was_closed_went_home_as_if_nothing_was_lost() -> None:
    plain = with_march()
    closed = with_closure(plain, end="16:00")
    told = [(e.kind, e.sector, e.other) for e in log(closed) if e.kind in ("blocked", "marched")]
    assert told[:2] == [("blocked", "terminal", "kpu"), ("marched", "terminal", "kpu")]
    usually, out = (next(e.minute for e in log(i) if e.kind == "marched") for i in (plain, closed))
    assert usually < 180.0 <= out < 210.0  # open from 16:00, and it looks every 30 min


def test_a_stop_whose_way_stays_closed_is_given_up_after_its_stay() -> None:
    events = log(with_closure(with_march()))
    (blocked,) = [e for e in events if e.kind == "blocked"]
    (marched,) = [e for e in events if e.kind == "marched"]
    assert (marched.sector, marched.other) == ("terminal", "mall")
    assert marched.minute == blocked.minute + 120.0
