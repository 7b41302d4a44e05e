"""Units that accompany a gathering: when they go, where they are, and what counts meanwhile.

Every day here is played by each engine; minutes are worked out by hand. The march comes to the terminal at 13:30,
leaves it after 40 minutes for KPU, after 120 for the mall, and after 60 for home.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from support.along_day import (
    FORM_UP,
    FROM_TERMINAL,
    OUT,
    STILL,
    STOPS,
    TERMINAL,
    TO_KPU,
    TO_MALL,
    UNITS,
    VAN,
    WITH,
    day,
    journey,
    march,
    near,
    place,
    play,
    rest,
    watch,
)
from support.engine_comparison import by_simpy
from support.random_instances import worlds
from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import GREEN
from optimiser.simulation import events
from optimiser.simulation.engine import Trial
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.rates import strength
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simulator import Simulator
from optimiser.simulation.state import HEADS
from optimiser.simulation.transitions import people

# ---------------------------------------------------------------- with the crowd


def test_they_set_out_with_the_crowd_form_up_after_it_and_stay_where_it_goes_home() -> None:
    instance, to_mall = day(), OUT + TO_KPU + 120.0
    told = play(instance)
    assert journey(told) == near(
        (OUT, "moves", "terminal", "kpu"),
        (OUT + TO_KPU + FORM_UP, "moved", "kpu", ""),
        (to_mall, "moves", "kpu", "mall"),
        (to_mall + TO_MALL + FORM_UP, "moved", "mall", ""),
    )
    assert [(e.minute, e.other) for e in told if e.kind == "marched"] == [
        (OUT, "kpu"),
        (pytest.approx(to_mall), "mall"),
    ]
    assert {(e.what, e.number) for e in told if e.kind in ("moves", "moved")} == {("with", 3.0)}
    home = max(e.minute for e in told if e.kind == "left")
    minutes = [0.0, OUT - 1.0, OUT, OUT + TO_KPU, OUT + TO_KPU + FORM_UP + 1.0, home + 1.0, 599.0]
    there = [[3, 0, 0], [3, 0, 0], [0, 0, 0], [0, 0, 0], [0, 3, 0], [0, 0, 3], [0, 0, 3]]
    assert watch(instance, minutes) == there


def test_beside_a_crowd_that_stays_they_are_units_of_its_sector_bit_for_bit() -> None:
    """Heads, abilities, visibility, exposure: whatever the law makes of them."""
    crowds = [march(itinerary=[{"sector": "kpu", "stay": 300.0}], tension=0.7, late=10.0), rest(90.0, "red")]
    instance = day(gatherings=crowds, law={})
    kinds = ("talk", "rope", "shield", "care", "arrest", "info", "padal")
    beside, inside = (
        place(instance, {(where, kind): 1 for kind in kinds}, {(where, "truck"): 2}) for where in ("with", "kpu")
    )
    scenarios = draw(instance, 1, 200)
    with Simulator(instance) as simulator:
        accompanied, own, none = simulator.losses([beside, inside, place(instance, {})], scenarios)
    assert accompanied.tobytes() == own.tobytes()
    assert (accompanied != none).any()


def test_who_is_dispersed_and_goes_on_is_accompanied() -> None:
    """A red crowd is gone after six seconds on average; half of it goes on to KPU."""
    instance = day(gatherings=[march(comes_as="red", regroup=0.5)], law={**STILL, "exhaustion": 600.0})
    told = play(instance)
    (gone,) = {e.minute for e in told if e.note == "dispersed" and e.sector == "terminal"}
    assert 30.0 < gone < 31.0
    assert journey(told)[:2] == near((gone, "moves", "terminal", "kpu"), (gone + TO_KPU + FORM_UP, "moved", "kpu", ""))


def test_nobody_is_accompanied_where_nobody_goes_on() -> None:
    dispersed = march(comes_as="red", regroup=0.0)
    for instance in (
        day(gatherings=[dispersed], law={**STILL, "exhaustion": 600.0}),
        day(gatherings=[march(turnout=0.0)]),
        day(gatherings=[march(chance=0.0)]),
    ):
        assert journey(play(instance)) == []
        assert watch(instance, [0.0, 300.0, 599.0]) == [[3, 0, 0]] * 3


def test_on_a_route_that_is_drawn_they_are_beside_the_crowd() -> None:
    stops = [
        {"sector": "terminal", "stay": 40.0, "route": "east"},
        {"sector": "mall", "stay": 40.0, "route": "west"},
        {"sector": "kpu", "stay": 60.0},
    ]
    instance = day(gatherings=[march(routes=[{"id": "east"}, {"id": "west"}], itinerary=stops)])
    seen = set()
    for seed in range(8):
        told = play(instance, seed=seed)
        (begin,) = {e.sector for e in told if e.kind == "marched"}
        assert [(kind, sector) for _, kind, sector, _ in journey(told)] == [("moves", begin), ("moved", "kpu")]
        seen.add(begin)
    assert seen == {"terminal", "mall"}


# ---------------------------------------------------------------- held


@pytest.mark.parametrize("phase", ["yellow", "red"])
def test_units_of_a_sector_in_disorder_are_held_until_it_is_over(phase: str) -> None:
    instance = day(rest(100.0, phase))
    told = play(instance)
    assert journey(told)[:3] == near(
        (OUT, "held", "terminal", "kpu"),
        (100.0, "moves", "terminal", "kpu"),
        (100.0 + TO_KPU + FORM_UP, "moved", "kpu", ""),
    )
    (held,) = [e for e in told if e.kind == "held"]
    assert (held.what, held.number, held.note) == ("with", 3.0, "the sector is in disorder")
    assert watch(instance, [OUT + 1.0, 99.0, 100.0]) == [[3, 0, 0], [3, 0, 0], [0, 0, 0]]


def test_bug_held_units_that_never_follow_were_not_told() -> None:
    """Half of those held are: their crowd has gone home before their sector is calm."""
    told = play(day(rest(400.0, "yellow")))
    home = OUT + TO_KPU + 120.0 + TO_MALL + 60.0
    first, last = (e for e in told if e.kind == "held")
    assert (first.minute, first.other, first.note) == (OUT, "kpu", "the sector is in disorder")
    assert (last.minute, last.other, last.note) == (pytest.approx(home), "", "their people have gone home")
    assert (last.sector, last.what, last.number) == ("terminal", "with", 3.0)
    assert journey(told)[-1][1] == "held"  # they never set out


def test_held_units_go_as_soon_as_people_who_stay_are_calm() -> None:
    def calm(t: Timeline) -> Any:
        yield t.clock.at(91.0, "user")
        t.tick()
        people.set_phase(t.state, TERMINAL, GREEN, events.CALMS)
        t.settle()

    assert watch(day(rest(300.0, "red")), [90.0, 92.0, 91.0 + TO_KPU + FORM_UP + 1.0], None, calm) == [
        [3, 0, 0],
        [0, 0, 0],
        [0, 3, 0],
    ]


def test_held_units_go_straight_to_where_the_crowd_is_by_then() -> None:
    """At minute 260 it is on its way to the mall, so they do not go by KPU."""
    assert journey(play(day(rest(260.0, "yellow")))) == near(
        (OUT, "held", "terminal", "kpu"),
        (260.0, "moves", "terminal", "mall"),
        (260.0 + FROM_TERMINAL + FORM_UP, "moved", "mall", ""),
    )


def test_who_arrives_where_the_crowd_has_left_goes_on() -> None:
    short = [STOPS[0], {"sector": "kpu", "stay": 10.0}, STOPS[2]]
    there = 100.0 + TO_KPU + FORM_UP
    assert journey(play(day(gatherings=[march(itinerary=short), rest(100.0, "yellow")]))) == near(
        (OUT, "held", "terminal", "kpu"),
        (100.0, "moves", "terminal", "kpu"),
        (there, "moved", "kpu", ""),
        (there, "moves", "kpu", "mall"),
        (there + TO_MALL + FORM_UP, "moved", "mall", ""),
    )


def test_held_units_stay_where_they_are_once_the_crowd_is_home() -> None:
    instance = day(rest(500.0, "yellow"))
    assert [kind for _, kind, _, _ in journey(play(instance))] == ["held", "held"]
    assert watch(instance, [499.0, 599.0]) == [[3, 0, 0]] * 2


def test_where_the_way_is_closed_they_look_again_every_half_hour() -> None:
    closed = {"closures": [{"a": "terminal", "b": "kpu", "start": "14:30", "end": "15:45"}]}
    told = play(day(rest(100.0, "yellow"), travel=closed))
    assert journey(told)[:4] == near(
        (OUT, "held", "terminal", "kpu"),
        (100.0, "held", "terminal", "kpu"),
        (190.0, "moves", "terminal", "kpu"),  # open from minute 165; they look at 130, 160 and 190
        (190.0 + TO_KPU + FORM_UP, "moved", "kpu", ""),
    )
    assert [e.note for e in told if e.kind == "held"] == ["the sector is in disorder", "the way is closed"]


def test_a_wait_for_a_way_ends_when_the_crowd_goes_where_a_way_is_open() -> None:
    closed = {"closures": [{"a": "terminal", "b": "kpu", "start": "14:30"}]}
    to_mall = OUT + TO_KPU + 120.0
    assert journey(play(day(rest(100.0, "yellow"), travel=closed)))[2:] == near(
        (to_mall, "moves", "terminal", "mall"), (to_mall + FROM_TERMINAL + FORM_UP, "moved", "mall", "")
    )


# ---------------------------------------------------------------- who comes later, what drives, who is relieved


def later(clock: str) -> list[dict[str, Any]]:
    """Let one kind of team come on duty at a clock time."""
    return [
        {**team.model_dump(mode="json"), **({"available": clock} if team.id == "talk" else {})} for team in town().teams
    ]


def test_teams_that_come_on_duty_later_stand_with_the_others_from_then() -> None:
    instance = day(teams=later("13:40"))
    told = play(instance)
    assert [(e.minute, e.sector, e.what, e.number) for e in told if e.kind == "formed"] == [
        (40.0, "terminal", "talk", 1.0)
    ]
    assert watch(instance, [39.0, 40.0, OUT]) == [[2, 0, 0], [3, 0, 0], [0, 0, 0]]


def test_teams_that_come_on_duty_while_the_others_walk_join_them_where_they_arrive() -> None:
    told = play(day(teams=later("14:30")))
    assert [e.number for e in told if e.kind in ("moves", "moved")] == [2.0, 3.0, 3.0, 3.0]
    assert not [e for e in told if e.kind == "formed"]


def test_where_all_come_on_duty_later_they_stand_where_they_would_have_gone() -> None:
    instance = day(teams=later("15:30"))
    plan = place(instance, {("with", "talk"): 2})
    told = play(instance, plan)
    assert [(e.kind, e.sector) for e in told if e.kind in ("moves", "moved", "formed")] == [
        ("formed", "kpu"),
        ("moves", "kpu"),
        ("moved", "mall"),
    ]


@pytest.mark.parametrize(("arrives", "minutes"), [("14:40", 30.0), ("15:20", 10.0)])
def test_a_protected_vehicle_evacuates_where_it_is(arrives: str, minutes: float) -> None:
    """At 14:40 it is on the road to KPU, at 15:20 it stands there."""
    angry = rest(0.0, "red", arrives=arrives, itinerary=[{"sector": "kpu", "stay": 200.0}])
    instance = day(angry, vehicles=[VAN])
    told = play(instance, place(instance, {}, {("with", "van"): 1}))
    begin, end = (next(e.minute for e in told if e.kind == kind) for kind in ("evacuating", "evacuated"))
    assert end - begin == pytest.approx(minutes)
    assert {e.number for e in told if e.kind in ("moves", "moved")} == {0.0}


def test_vehicles_stand_with_their_crews_and_a_water_cannon_accompanies_nobody() -> None:
    instance = day(vehicles=[VAN, *(v.model_dump(mode="json") for v in town().vehicles)])
    heads = []

    def look(t: Timeline) -> Any:
        for minute in (OUT - 1.0, OUT + 1.0, OUT + TO_KPU + FORM_UP + 1.0):
            yield t.clock.at(minute, "user")
            heads.append([int(strength(t.state, s)[HEADS]) for s in range(3)])
        assert t.state.cannons == 0

    plan = place(instance, UNITS, {("with", "van"): 1, ("with", "awc"): 1})
    Timeline(index_instance(instance), count(instance, plan), draw(instance, 1, 1)[0], processes=(look,)).run()
    assert heads == [[26, 0, 0], [0, 0, 0], [0, 26, 0]]
    play(instance, plan)


def test_relief_of_a_sector_is_of_whoever_is_there() -> None:
    instance = day(doctrine={"relief_every": 60.0})
    told = play(instance, place(instance, {**UNITS, ("terminal", "rope"): 1}))
    relieved = [(e.minute, e.sector, e.number) for e in told if e.kind == "relief" and e.minute < 300.0]
    assert relieved == [
        (60.0, "terminal", 4.0),
        (120.0, "terminal", 1.0),
        (180.0, "terminal", 1.0),
        (180.0, "kpu", 3.0),
        (240.0, "terminal", 1.0),
        (240.0, "kpu", 3.0),
    ]


def test_they_are_called_nowhere_and_released_with_nobody() -> None:
    """Reserve comes to a red terminal and goes back when everybody has left; who accompanies goes once it is calm."""
    instance = day(gatherings=[march(comes_as="red", militant={"red": 0.4})])
    plan = place(instance, {("with", "shield"): 2, ("polres", "shield"): 3})
    told = play(instance, plan)
    came = [e for e in told if e.kind == "formed"]
    assert [(e.what, e.number, e.note) for e in came] == [("shield", 3.0, "called")]

    def calm(t: Timeline) -> Any:
        yield t.clock.at(95.0, "user")
        t.tick()
        people.set_phase(t.state, TERMINAL, GREEN, events.CALMS)
        t.settle()

    there = watch(instance, [31.0, came[0].minute, 96.0, OUT + 30.0, 200.0], plan, calm)  # the militants look at 100
    assert there == [[2, 0, 0], [5, 0, 0], [3, 0, 0], [0, 0, 0], [0, 2, 0]]


# ---------------------------------------------------------------- for any world


@given(world=worlds())
def test_never_are_more_units_formed_up_than_placed(world: Any) -> None:
    """Nobody is counted twice, and none less than nothing; what was sent from posts is on top of what was placed."""
    instance, numbers, scenarios = world
    facts, sectors, along = index_instance(instance), len(instance.sectors), len(instance.sectors) + len(instance.posts)
    waiting = numbers[sectors:along].sum(axis=0)[: len(instance.teams)] + np.sum(facts.outside_reserve, axis=0)
    most = numbers[:sectors].sum(axis=0)[: len(instance.teams)] + numbers[along:].sum(axis=0)[: len(instance.teams)]

    def look(t: Timeline) -> Any:
        while True:
            yield t.clock.timeout(7.0)
            there, left = np.array(t.state.teams), np.sum(t.state.reserve, axis=0)
            assert (there >= 0).all()
            assert (np.array(t.state.vehicles) >= 0).all()
            assert (there.sum(axis=0) <= most + waiting - left).all()

    counts = count(instance, Deployment.of_numbers(instance, numbers))
    Timeline(facts, counts, scenarios[0], processes=(look,)).run()


@given(world=worlds())
def test_nobody_placed_beside_a_gathering_changes_nothing(world: Any) -> None:
    instance, numbers, scenarios = world
    numbers[len(instance.sectors) + len(instance.posts) :] = 0
    plain = instance.altered(accompaniments=())
    (log, run), (told, same) = (
        by_simpy(i, numbers[: len(i.places)], scenarios, DefaultLaw()) for i in (instance, plain)
    )
    assert (told, same) == (log, run)


def test_what_is_remembered_of_a_plan_is_what_is_played() -> None:
    """A plan that differs beside the march alone is the base where the march does not take place."""
    instance = day(gatherings=[march(chance=0.5, tension=0.6)], law={})
    scenarios = draw(instance, 1, 200)
    base, other = (place(instance, teams).numbers(instance) for teams in ({}, UNITS))
    with Simulator(instance) as simulator, Simulator(instance) as fresh:
        course = simulator.course(base, scenarios)
        before = simulator.sector_replications
        found = simulator.totals(other[None], scenarios, base=base)
        played = (simulator.sector_replications - before) // len(instance.sectors)
        assert played == course.visited.any(axis=1).sum() < 200
        assert np.array_equal(found, fresh.totals(other[None], scenarios))


def test_played_alone_a_sector_has_its_own_units_only() -> None:
    instance = day(law={})
    scenarios, losses = draw(instance, 1, 100), []
    for accompaniments in ([WITH], []):
        plain = day(law={}, accompaniments=accompaniments)
        trial = Trial.of(TERMINAL, np.zeros((1, 11), dtype=np.int64), np.full(100, np.inf), np.full(3, np.inf))
        with Simulator(plain) as simulator:
            simulator.attempt(trial, scenarios, 100)
        losses.append(trial.loss.tobytes())
    assert losses[0] == losses[1]
