"""Units that move leg by leg: when they set out, how they travel, where they are, and what counts meanwhile.

Every day here is played by each engine; minutes are worked out by hand on the day of `test_accompany`: the march comes
to the terminal at 13:30, leaves it at minute 70 for KPU, stays there for 120 minutes, and goes on to the mall.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from support.along_day import FORM_UP, OUT, TERMINAL, TO_KPU, TO_MALL, VAN, day, journey, march, near, play, rest, watch
from support.engine_comparison import by_simpy
from support.random_instances import worlds

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import GREEN
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simulator import Simulator
from optimiser.simulation.transitions import people

UNITS = {("m", "rope"): 2, ("m", "talk"): 1}
TERMINAL_TO_KPU = 58.5  # min on foot, as the march walks


def moving(legs: list[dict[str, Any]], *others: dict[str, Any], **changes: Any) -> Instance:
    movement = {"id": "m", "name": "M", "legs": legs}
    return day(*others, **{"accompaniments": [], "movements": [movement], **changes})


def placed(instance: Instance, teams: Any = None, vehicles: Any = None) -> Deployment:
    return Deployment.build(instance, UNITS if teams is None else teams, vehicles or {})


def steps(instance: Instance, plan: Deployment | None = None) -> list[tuple[Any, str, str, str]]:
    return journey(play(instance, plan or placed(instance)))


# ---------------------------------------------------------------- by the clock


def test_they_set_out_by_the_clock_and_count_nowhere_on_the_road() -> None:
    instance = moving([{"sector": "kpu", "until": "14:00"}, {"sector": "terminal"}])
    back = 60.0 + TERMINAL_TO_KPU + FORM_UP
    assert steps(instance) == near((60.0, "moves", "kpu", "terminal"), (back, "moved", "terminal", ""))
    there = watch(instance, [0.0, 59.0, 61.0, back - 1.0, back + 1.0, 599.0], placed(instance))
    assert there == [[0, 3, 0], [0, 3, 0], [0, 0, 0], [0, 0, 0], [3, 0, 0], [3, 0, 0]]


def test_a_march_that_has_left_ends_a_leg_before_the_clock_does() -> None:
    legs = [{"sector": "terminal", "until": "16:00", "until_left": "march"}, {"sector": "mall"}]
    assert steps(moving(legs))[0] == (pytest.approx(OUT), "moves", "terminal", "mall")
    staying = march(itinerary=[{"sector": "terminal", "stay": 300.0}])
    assert steps(moving(legs, gatherings=[staying]))[0] == (pytest.approx(180.0), "moves", "terminal", "mall")


def test_the_clock_of_a_leg_that_people_ended_ends_no_other() -> None:
    """The march has left at 70, the clock of that leg strikes at 180, that of the next at 240."""
    legs = [
        {"sector": "terminal", "until": "16:00", "until_left": "march"},
        {"sector": "kpu", "until": "17:00"},
        {"sector": "mall"},
    ]
    told = steps(moving(legs))
    assert [(kind, sector, other) for _, kind, sector, other in told if kind == "moves"] == [
        ("moves", "terminal", "kpu"),
        ("moves", "kpu", "mall"),
    ]
    assert [minute for minute, kind, _, _ in told if kind == "moves"] == [pytest.approx(OUT), pytest.approx(240.0)]


@pytest.mark.parametrize(("until", "goals"), [("14:00", ["mall"]), ("22:00", ["terminal"])])
def test_bug_the_clock_of_a_later_leg_took_units_from_the_people_they_were_with(until: str, goals: list[str]) -> None:
    """The crowd is at KPU for 5 hours; a leg that is over by then is left out, and nobody stays in it for ever."""
    crowd = march(itinerary=[{"sector": "kpu", "stay": 300.0}], arrival_spread=0.0)
    legs = [{"gathering": "march"}, {"sector": "terminal", "until": until}, {"sector": "mall"}]
    told = steps(moving(legs, gatherings=[crowd]))
    assert [other for _, kind, _, other in told if kind == "moves"][: len(goals)] == goals
    assert told[0][0] == pytest.approx(330.0)


def test_people_who_do_not_come_have_left_when_they_were_to_leave() -> None:
    legs = [{"sector": "terminal", "until": "16:00", "until_left": "march"}, {"sector": "mall"}]
    nobody = moving(legs, gatherings=[march(chance=0.0)])
    assert steps(nobody)[0] == (pytest.approx(OUT), "moves", "terminal", "mall")


def test_a_march_that_leaves_another_place_ends_no_leg() -> None:
    legs = [{"sector": "kpu", "until": "18:00", "until_left": "march"}, {"sector": "terminal"}]
    assert steps(moving(legs))[0] == (pytest.approx(OUT + TO_KPU + 120.0), "moves", "kpu", "terminal")


def test_in_disorder_they_are_held_and_go_to_the_leg_of_that_minute() -> None:
    legs = [{"sector": "terminal", "until": "13:30"}, {"sector": "kpu", "until": "14:00"}, {"sector": "mall"}]
    instance = moving(legs, rest(100.0, "yellow"), gatherings=[rest(100.0, "yellow")])
    assert steps(instance)[:3] == near(
        (30.0, "held", "terminal", "kpu"), (100.0, "moves", "terminal", "mall"), steps(instance)[2]
    )
    assert [kind for _, kind, _, _ in steps(instance)] == ["held", "moves", "moved"]


# ---------------------------------------------------------------- with people, before or after


def test_they_join_people_where_these_are_and_go_on_with_them() -> None:
    legs = [{"sector": "mall", "until": "14:00"}, {"gathering": "march"}]
    told = steps(moving(legs))
    assert told[0] == (pytest.approx(60.0), "moves", "mall", "terminal")
    assert [(kind, sector, other) for _, kind, sector, other in told[1:3]] == [
        ("moved", "terminal", ""),
        ("moves", "terminal", "kpu"),
    ]
    assert told[-1][1:] == ("moved", "mall", "")


def test_once_people_are_home_they_go_on_to_the_next_leg() -> None:
    legs = [{"gathering": "march"}, {"sector": "terminal"}]
    told = steps(moving(legs))
    home = OUT + TO_KPU + 120.0 + TO_MALL + 60.0
    assert told[-2] == (pytest.approx(home), "moves", "mall", "terminal")


@pytest.mark.parametrize(
    ("leg", "turnout"),
    [({"gathering": "march"}, 90), ({"gathering": "march"}, 2), ({"sector": "kpu", "until_left": "march"}, 90)],
)
def test_bug_they_left_a_crowd_with_the_first_group_that_went_home(leg: dict[str, Any], turnout: int) -> None:
    """Three groups leave 10 minutes after each other, of two people only two; the last one is not left alone."""
    crowd = march(
        itinerary=[{"sector": "kpu", "stay": 100.0}],
        **{"groups": 3, "arrival_spread": 30.0, "turnout": float(turnout), "turnout_spread": 0.0},
    )
    legs = [{**leg, "until": "21:00"} if "sector" in leg else leg, {"sector": "mall"}]
    home = 30.0 + 100.0 + 10.0 * min(2, turnout - 1)
    assert steps(moving(legs, gatherings=[crowd]))[0] == (pytest.approx(home), "moves", "kpu", "mall")


def test_militants_who_stay_on_are_no_crowd_to_wait_for() -> None:
    """The last of two groups leaves at 145; a third of 90 people stays on in yellow, and holds who wants to go then."""
    crowd = march(
        itinerary=[{"sector": "terminal", "stay": 100.0}],
        **{"groups": 2, "arrival_spread": 30.0, "turnout": 90.0, "turnout_spread": 0.0, "militant": {"yellow": 1 / 3}},
    )
    legs = [{"gathering": "march"}, {"sector": "mall"}]
    told = steps(moving(legs, gatherings=[crowd, rest(200.0, "yellow")]))
    assert told == near((145.0, "held", "terminal", "mall"))


def test_bug_militants_who_calmed_down_took_units_from_people_who_were_still_leaving() -> None:
    """Of 67 people at the terminal 45 stayed on when they were there first; those go at 280, the last ones at 295.

    What was left then, 14 with 11 militants among them, was compared with the militants before that.
    """
    stops = [("terminal", 40.0), ("kpu", 18.0), ("terminal", 60.0)]
    crowd = march(
        itinerary=[{"sector": sector, "stay": stay} for sector, stay in stops],
        **{"groups": 3, "arrival_spread": 30.0, "turnout": 90.0, "turnout_spread": 0.0},
        **{"militant": {"yellow": 0.5}, "comes_as": "yellow"},
    )
    instance = moving([{"gathering": "march"}, {"sector": "mall"}], gatherings=[crowd])

    def calm(t: Timeline) -> Any:
        yield t.clock.at(278.0, "user")
        t.tick()
        people.set_phase(t.state, TERMINAL, GREEN)
        t.settle()

    there = watch(instance, [264.0, 279.0, 281.0, 294.0, 296.0], placed(instance), calm)
    assert [row[TERMINAL] for row in there] == [3, 3, 3, 3, 0]


def test_people_who_are_gone_are_no_leg() -> None:
    """A crowd that is home before the first leg ends is left out; the next leg is begun at once."""
    short = march(itinerary=[{"sector": "terminal", "stay": 10.0}], arrival_spread=0.0)
    legs = [{"sector": "kpu", "until": "16:00"}, {"gathering": "march"}, {"sector": "mall"}]
    assert steps(moving(legs, gatherings=[short]))[0][1:] == ("moves", "kpu", "mall")


def test_a_clock_takes_them_from_people_who_stay() -> None:
    legs = [{"gathering": "march", "until": "15:30"}, {"sector": "terminal"}]
    told = steps(moving(legs))
    assert told[:2] == near((OUT, "moves", "terminal", "kpu"), (OUT + TO_KPU + FORM_UP, "moved", "kpu", ""))
    assert told[2] == (pytest.approx(150.0), "moves", "kpu", "terminal")


# ---------------------------------------------------------------- how they travel


@pytest.mark.parametrize(("seats", "rides"), [(40, True), (2, False)])
def test_they_ride_where_all_have_a_seat_and_walk_otherwise(seats: int, rides: bool) -> None:
    van = {**VAN, "seats": seats, "speed": 30.0}
    instance = moving([{"sector": "kpu", "until": "14:00"}, {"sector": "terminal"}], vehicles=[van])
    told = steps(instance, placed(instance, None, {("m", "van"): 1}))
    minutes = TERMINAL_TO_KPU * 4.0 / 30.0 if rides else TERMINAL_TO_KPU
    assert told[1][0] == pytest.approx(60.0 + minutes + FORM_UP)


# ---------------------------------------------------------------- for any world


def test_standing_all_day_in_one_sector_they_are_its_own_units_bit_for_bit() -> None:
    legs = [{"sector": "kpu", "until": "22:00"}, {"sector": "mall"}]
    instance = moving(
        legs,
        gatherings=[march(tension=0.7)],
        law={},
        period={"start": "2024-08-20T13:00:00", "hours": 9.0, "overtime": 0.0},
    )
    kinds = ("talk", "rope", "shield", "care", "arrest", "info", "padal")
    moved, own, none = (placed(instance, {(where, kind): 1 for kind in kinds}) for where in ("m", "kpu", "terminal"))
    with Simulator(instance) as simulator:
        some, same, others = simulator.losses([moved, own, none], draw(instance, 1, 200))
    assert some.tobytes() == same.tobytes()
    assert (some != others).any()


@given(world=worlds())
def test_nobody_placed_in_a_movement_changes_nothing(world: Any) -> None:
    instance, numbers, scenarios = world
    first = len(instance.places) - len(instance.movements)
    numbers[first:] = 0
    plain = instance.altered(movements=())
    (log, run), (told, same) = (
        by_simpy(i, numbers[: len(i.places)], scenarios, DefaultLaw()) for i in (instance, plain)
    )
    assert (told, same) == (log, run)


def test_what_is_remembered_of_a_plan_is_what_is_played() -> None:
    """A plan that differs in a movement alone is the base where nobody came to any of its sectors."""
    instance = moving(
        [{"sector": "terminal", "until": "14:00"}, {"sector": "kpu"}],
        gatherings=[march(chance=0.5, tension=0.6)],
        law={},
    )
    scenarios = draw(instance, 1, 200)
    base, other = (placed(instance, teams).numbers(instance) for teams in ({}, UNITS))
    with Simulator(instance) as simulator, Simulator(instance) as fresh:
        course = simulator.course(base, scenarios)
        before = simulator.sector_replications
        found = simulator.totals(other[None], scenarios, base=base)
        played = (simulator.sector_replications - before) // len(instance.sectors)
        assert played == course.visited.any(axis=1).sum() < 200
        assert np.array_equal(found, fresh.totals(other[None], scenarios))
