"""Duty and rest: when teams lose ability, how much of it, and what makes them fresh again.

Every day here is played by each engine; minutes are worked out by hand on the day of `test_accompany`: the march comes
to the terminal at minute 30 and leaves it at 70 for KPU.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.along_day import FORM_UP, OUT, TO_KPU, day, journey, march, place, play
from support.town import town

from optimiser import read
from optimiser.model.instance import Instance
from optimiser.model.parts.fitness import list_fitness
from optimiser.simulation.events import Event
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.rates import strength
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.state import HEADS, LINE_UP, TALKING, VISIBLE

TIRING = {"refusal": 0.0, "relief_every": 0.0, "tires": 0.1}
COMES = 30.0  # min: the march comes to the terminal
LONGEST, STEP = 240.0, 30.0
FIRST = COMES + LONGEST + STEP
TERMINAL = 0
KAUR = "2219a43029747dd8e029151a2110784414e8ae1925fdc672ba35a4363c2e353b"  # of the file as it is
STAYING = march(itinerary=[{"sector": "terminal", "stay": 500.0}])
HERE = {("terminal", "rope"): 2, ("terminal", "talk"): 1}


def tiring(*others: dict[str, Any], doctrine: dict[str, Any] | None = None, **changes: Any) -> Instance:
    common = {"accompaniments": [], "doctrine": {**TIRING, **(doctrine or {})}}
    return day(*others, **{**common, **changes})


def resting(*legs: dict[str, Any], **changes: Any) -> Instance:
    return tiring(movements=[{"id": "m", "name": "M", "legs": list(legs)}], **changes)


def tired(told: list[Event]) -> list[tuple[Any, str, str, Any]]:
    return [(pytest.approx(e.minute), e.sector, e.what, pytest.approx(e.number)) for e in told if e.kind == "tired"]


def of(instance: Instance, teams: Any = None) -> list[tuple[Any, str, str, Any]]:
    return tired(play(instance, place(instance, teams or HERE)))


def first_minutes(instance: Instance, teams: Any = None) -> list[float]:
    return [round(minute.expected, 6) for minute, _, what, _ in of(instance, teams) if what == "rope"]


def powers(instance: Instance, minutes: list[float], teams: Any = None) -> list[list[float]]:
    """Strength at the terminal at some minutes."""
    seen = []

    def look(t: Timeline) -> Any:
        for minute in minutes:
            yield t.clock.at(minute, "user")
            seen.append(list(strength(t.state, TERMINAL)))

    counts = count(instance, place(instance, teams or HERE))
    Timeline(index_instance(instance), counts, draw(instance, 1, 1)[0], processes=(look,)).run()
    return seen


# ---------------------------------------------------------------- tiring


def test_teams_lose_ability_step_by_step_once_their_longest_duty_is_over() -> None:
    """Duty begins as the first people come; 5 % are gone half an hour after the longest duty, and so on to the half."""
    instance = tiring()
    steps = [FIRST + STEP * j for j in range(10)]
    assert steps[-1] == 570.0  # the half is lost
    expected = [(pytest.approx(m), "terminal", "rope", pytest.approx(0.95 - 0.05 * j)) for j, m in enumerate(steps)]
    assert [step for step in of(instance) if step[2] == "rope"] == expected


def test_tired_teams_do_less_and_are_as_many_and_seen_as_before() -> None:
    fresh, later = powers(tiring(gatherings=[STAYING]), [FIRST - 1.0, FIRST + STEP + 1.0])
    for ability in (LINE_UP, TALKING):
        assert fresh[ability] > 0.0
        assert later[ability] == pytest.approx(0.9 * fresh[ability], rel=1e-12)
    assert (later[HEADS], later[VISIBLE]) == (fresh[HEADS], fresh[VISIBLE])


def test_nobody_falls_below_the_least_fitness() -> None:
    told = of(tiring(doctrine={"tires": 0.3, "fitness_least": 0.5}))
    assert [step[3].expected for step in told if step[2] == "rope"] == [0.85, 0.7, 0.55]
    assert of(tiring(doctrine={"fitness_least": 1.0})) == []


def test_where_nothing_happens_nobody_is_on_duty() -> None:
    nowhere = {("mall", "rope"): 2}
    staying = march(itinerary=[{"sector": "terminal", "stay": 40.0}])
    assert of(tiring(gatherings=[staying]), nowhere) == []
    sectors = town().model_dump(mode="json")["sectors"]
    for sector in sectors:
        sector["critical"] = [{"name": "Count", "start": "13:10", "end": "13:20"}] if sector["id"] == "mall" else []
    opened = tiring(gatherings=[staying], sectors=sectors)
    assert first_minutes(opened, nowhere)[0] == 10.0 + LONGEST + STEP


def test_heavy_kit_and_heat_make_minutes_of_duty_count_for_more() -> None:
    roles = town().model_dump(mode="json")["roles"]
    rope = next(t.role for t in town().teams if t.id == "rope")
    heavy = [{**role, "kit": 1.5} if role["id"] == rope else role for role in roles]
    assert first_minutes(tiring(roles=heavy))[0] == COMES + 180.0
    assert first_minutes(tiring(roles=heavy, doctrine={"heat": 1.2}))[0] == COMES + 150.0
    assert next(step[0].expected for step in of(tiring(roles=heavy)) if step[2] == "talk") == FIRST


def test_teams_that_come_on_duty_later_tire_later() -> None:
    teams = town().model_dump(mode="json")["teams"]
    late = [{**team, "available": "15:00"} if team["id"] == "rope" else team for team in teams]
    assert first_minutes(tiring(teams=late))[0] == 120.0 + LONGEST + STEP


def test_teams_that_come_on_duty_as_a_window_opens_tire_once() -> None:
    """The window opens first in that minute; their duty begins once all the same."""
    parts = town().model_dump(mode="json")
    late = [{**team, "available": "15:00"} if team["id"] == "rope" else team for team in parts["teams"]]
    for sector in parts["sectors"]:
        sector["critical"] = [{"name": "Count", "start": "15:00", "end": "16:00"}] if sector["id"] == "mall" else []
    staying = march(itinerary=[{"sector": "terminal", "stay": 40.0}])
    instance = tiring(gatherings=[staying], sectors=parts["sectors"], teams=late)
    assert first_minutes(instance, {("mall", "rope"): 2})[:3] == [390.0, 420.0, 450.0]


def test_called_teams_tire_where_they_were_called_to_and_their_ability_goes_with_them() -> None:
    """A crowd comes in disorder and stays: who was called is on duty from forming up until released."""
    riot = march(comes_as="red", turnout=900.0, turnout_spread=0.0, itinerary=[{"sector": "terminal", "stay": 500.0}])
    instance = tiring(gatherings=[riot], doctrine={"longest_duty": 60.0, "required_risk": 1.0})
    told = play(instance, place(instance, {("terminal", "rope"): 1, ("polres", "care"): 1}))
    formed = next(e.minute for e in told if e.kind == "formed" and e.note == "called")
    steps = [step for step in tired(told) if step[2] == "care"]
    assert steps[0] == (pytest.approx(formed + 60.0 + STEP), "terminal", "care", 0.95)
    released = next(e.minute for e in told if e.kind == "released")
    assert max(step[0].expected for step in steps) < released < 600.0


# ---------------------------------------------------------------- relief like for like


@pytest.mark.parametrize("every", [60.0, 240.0])
def test_where_relief_like_for_like_comes_in_time_nobody_tires_and_nothing_is_different(every: float) -> None:
    tires, never = (tiring(doctrine={"relief_every": every, "tires": rate}) for rate in (0.2, 0.0))
    assert all(one.first == float("inf") for one in list_fitness(tires))
    plan = place(tires, HERE)
    assert play(tires, plan) == play(never, plan)


def test_where_relief_comes_later_than_the_longest_duty_teams_tire_in_between_and_are_fresh_after_it() -> None:
    assert first_minutes(tiring(doctrine={"relief_every": 320.0}))[:2] == [FIRST, 320.0 + LONGEST + STEP]
    instance = tiring(gatherings=[STAYING], doctrine={"relief_every": 320.0})
    fresh, tired_, relieved = powers(instance, [FIRST - 1.0, FIRST + 1.0, 340.0])
    assert tired_[LINE_UP] < fresh[LINE_UP] == relieved[LINE_UP]


def test_an_instance_that_does_not_say_how_people_tire_is_as_it_was() -> None:
    """Files from before say nothing of it: their figures and the hash by which plans know them stay."""
    silent = read("kaur-2005")
    data = silent.model_dump(mode="json")
    for name in ("longest_duty", "shortest_rest", "tires", "fitness_least", "heat"):
        del data["doctrine"][name]
    for role in data["roles"]:
        del role["kit"]
    assert Instance.model_validate(data).fingerprint() == silent.fingerprint() == KAUR
    assert of(day(), {("terminal", "rope"): 2}) == []
    assert tiring().fingerprint() != day(accompaniments=[], doctrine={**TIRING, "tires": 0.0}).fingerprint()


# ---------------------------------------------------------------- rest


def test_units_rest_at_a_post_and_are_on_duty_anew_when_they_are_back() -> None:
    """Out at 200, 60 minutes or more at the post, back: the first step comes after a whole duty of its own."""
    legs = ({"sector": "terminal", "until": "16:20"}, {"post": "polres", "until": "19:00"}, {"sector": "terminal"})
    instance = resting(*legs)
    units = {("m", "rope"): 2, ("m", "talk"): 1}
    told = play(instance, place(instance, units))
    steps = journey(told)
    assert [step[1:] for step in steps] == [
        ("moves", "terminal", "polres"),
        ("moved", "polres", ""),
        ("moves", "polres", "terminal"),
        ("moved", "terminal", ""),
    ]
    assert (steps[0][0], steps[2][0]) == (200.0, 360.0)
    assert tired(told)[0][0].expected == pytest.approx(steps[3][0] + LONGEST + STEP)
    short = resting(*legs, doctrine={"longest_duty": 100.0})
    assert first_minutes(short, units)[:3] == [160.0, 190.0, round(steps[3][0] + 130.0, 6)]


def test_a_rest_that_is_too_short_does_not_count() -> None:
    """At the post for less than the shortest rest: duty goes on from when it began, on the road too."""
    legs = ({"sector": "terminal", "until": "14:30"}, {"post": "polres", "until": "16:20"}, {"sector": "terminal"})
    units = {("m", "rope"): 2}
    enough, too_short = (resting(*legs, doctrine={"shortest_rest": rest}) for rest in (10.0, 200.0))
    back = journey(play(enough, place(enough, units)))[-1][0]
    assert first_minutes(too_short, units)[0] == FIRST
    assert first_minutes(enough, units)[0] == round(back + LONGEST + STEP, 6)


def test_at_a_post_units_meet_nobody_are_called_by_nobody_and_leave_whatever_happens() -> None:
    """First at the post beside a red terminal that calls: they stay until their time, and stand nowhere before."""
    riot = march(comes_as="red", turnout=900.0, turnout_spread=0.0, itinerary=[{"sector": "terminal", "stay": 500.0}])
    legs = ({"post": "polres", "until": "18:00"}, {"sector": "terminal"})
    instance = resting(*legs, gatherings=[riot], doctrine={"required_risk": 1.0})
    plan = place(instance, {("m", "care"): 2, ("terminal", "rope"): 1})
    told = play(instance, plan)
    assert [e.minute for e in told if e.kind == "asked"]
    assert not [e for e in told if e.kind == "sent"]
    steps = journey(told)
    assert steps[0] == (300.0, "moves", "polres", "terminal")
    there = steps[1][0]
    assert steps[1][1:] == ("moved", "terminal", "")
    assert there > 300.0 + FORM_UP
    before, after = powers(instance, [there - 1.0, there + 1.0], {("m", "care"): 2, ("terminal", "rope"): 1})
    assert after[HEADS] == before[HEADS] + 2 * next(int(t.size) for t in instance.teams if t.id == "care")


def test_duty_goes_on_with_people_and_over_the_road() -> None:
    """They go with the march, which comes at 30 and is on the road from 70 to KPU: tired from 300 on, wherever."""
    instance = day(accompaniments=[{"id": "with", "name": "With the march", "gathering": "march"}], doctrine=TIRING)
    steps = of(instance, {("with", "rope"): 2})
    assert OUT + TO_KPU < FIRST
    assert (steps[0][0].expected, steps[0][2]) == (FIRST, "rope")
