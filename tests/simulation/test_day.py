"""The rules of the day: who comes back, who stays on, what they lose, what there is to lose, and when it ends.

Every day here is played by each engine, and what is lost is worked out by hand from the minutes in the log.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from support.engine_comparison import assert_one_meaning, by_simpy
from support.random_instances import worlds
from support.town import crowd, town

from optimiser.model.deployment import Deployment
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import DISPERSE, DISPERSED, GREEN, RED, SPILL, YELLOW, active_people
from optimiser.simulation import events
from optimiser.simulation.engine import Trial
from optimiser.simulation.events import Translator
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count, distance, with_numbers
from optimiser.simulation.rates import look
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simulator import Simulator
from optimiser.simulation.state import RECEIVED, REFUSED, WAITING
from optimiser.simulation.transitions import people

CLOCKS = (
    *("worsen_green", "worsen_yellow", "fail", "calm", "calm_words", "calm_received", "calm_alone", "disperse_yellow"),
    *("disperse_red", "spray_disperse", "exhaustion", "cool", "provoke", "provoke_spray", "spill"),
)
PARTICIPATION = 6
ORDERLY = 0.97  # of a gathering, by its militant share in green
IN_RED = ORDERLY  # nobody takes part lawfully in red


def still(**changes):
    """A law in which nothing happens but what is said."""
    return {**dict.fromkeys(CLOCKS, 0.0), **changes}


FLEETING = still(exhaustion=600.0)  # a red crowd is gone after six seconds on average, whatever stands there


def stops(*stops):
    return [{"sector": sector, "stay": float(stay)} for sector, stay in stops]


def day(**changes):
    common = {"triggers": [], "reinforcements": [], "law": FLEETING, "doctrine": {"refusal": 0.0}}
    return town(**{**common, **changes})


def play(instance, deployment=None):
    """Play one scenario in every engine: events in words, and harms by sector."""
    plan = (deployment or Deployment(instance="town")).numbers(instance)
    log, run = assert_one_meaning((instance, plan, draw(instance, 1, 1)), DefaultLaw())
    return list(map(Translator(instance).event, log)), np.array(run.harms)


def timeline_of(instance, deployment=None):
    counts = count(instance, deployment or Deployment(instance="town"))
    return Timeline(index_instance(instance), counts, draw(instance, 1, 1)[0])


def came(told, sector):
    return [(round(e.minute), e.number) for e in told if e.kind == "arrived" and e.sector == sector]


def scattered(told):
    """Minutes at which crowds were dispersed."""
    return [e.minute for e in told if e.kind == "left" and e.note == "dispersed"]


# ---------------------------------------------------------------- who was dispersed


def test_who_is_dispersed_while_groups_are_to_come_comes_back_and_the_groups_come():
    crowds = [crowd(comes_as="red", groups=3, arrival_spread=100.0, itinerary=stops(("terminal", 200)))]
    told, harms = play(day(gatherings=crowds))
    assert came(told, "terminal") == [(0, 334), (30, 66), (50, 333), (80, 79), (100, 333), (130, 82)]
    u, v, w = scattered(told)
    lost = ORDERLY * (66 * 30 + 268 * (200 - u)) + ORDERLY * (79 * 30 + 320 * (200 - v))
    lost += ORDERLY * (82 * 30 + 330 * (200 - w))
    in_red = IN_RED * (334 * u + 399 * (v - 50) + 412 * (w - 100))
    assert harms[0, PARTICIPATION] == pytest.approx((lost + in_red) / 60.0, rel=1e-12)
    assert harms[1:, PARTICIPATION].tolist() == [0.0, 0.0]
    home = [e.number for e in told if e.kind == "left" and e.minute >= 200.0]
    assert sum(home) == 72  # all of the 82 but the militant share in yellow, ten of them


@pytest.mark.parametrize(("stay", "back"), [(29.0, 0), (31.0, 200)])
def test_dispersed_at_the_last_stop_a_share_comes_back_unless_the_stay_ends_before(stay, back):
    told, harms = play(day(gatherings=[crowd(comes_as="red", itinerary=stops(("terminal", stay)))]))
    assert came(told, "terminal") == [(0, 1000), (30, 200)][: 1 + bool(back)]
    (u,) = scattered(told)
    lost = ORDERLY * (back * 30 + (1000 - back) * (stay - u)) + IN_RED * 1000 * u
    assert harms[0, PARTICIPATION] == pytest.approx(lost / 60.0, rel=1e-12)
    if back:
        assert any(e.kind == "phase" and e.what == "yellow" and e.minute > 29.0 for e in told)


def test_bug_who_came_back_late_in_the_stay_went_home_twice():
    """Their militants looked twice as often as others, once as those of the gathering and once as their own."""
    told, _ = play(day(gatherings=[crowd(comes_as="red", itinerary=stops(("terminal", 50)))]))
    looks = [e.minute for e in told if e.kind == "stayed"]
    assert looks
    assert [b - a for a, b in itertools.pairwise(looks)] == pytest.approx([30.0] * (len(looks) - 1))


def test_bug_who_came_back_to_where_the_gathering_had_left_lost_nothing_more():
    """They stand there as strangers, and everything that the gathering still means to do goes on without them."""
    st = timeline_of(day(gatherings=[crowd(itinerary=stops(("terminal", 100), ("mall", 60)))], law=still())).state
    people.await_groups(st, 0, 0.0)
    people.take_place(st, 0, st.stop[0] + 1)  # the main body is at the mall
    st.now = st.last[0] = 40.0
    assert not people.stray(st, 0, 0, 200, 0.5, YELLOW, True)
    assert st.harms[0][PARTICIPATION] == pytest.approx(ORDERLY * 200 * (60 - 40) / 60.0)
    assert people.stray(st, 0, 2, 100, 0.5, YELLOW, True)  # these find it
    assert st.harms[2][PARTICIPATION] == 0.0


def test_bug_the_content_lost_stops_to_which_they_would_not_have_gone():
    march = crowd(ends_if_received=1.0, itinerary=stops(("kpu", 100), ("mall", 60)))
    st = timeline_of(day(gatherings=[march], law=still())).state
    people.await_groups(st, 0, 0.0)
    people.arrive(st, 0, 1, 1000, 0.5, YELLOW)
    st.goal[0], st.delegation[1], st.ring_channel[1] = st.stop[0] + 1, RECEIVED, DISPERSE
    st.now = st.last[1] = 40.0
    people.ring(st, 1)
    assert st.harms[1][PARTICIPATION] == pytest.approx(ORDERLY * (800 * 60 + 200 * 30) / 60.0)


def test_dispersed_with_an_open_way_a_share_marches_on_and_the_others_lose_what_was_to_come():
    march = crowd(comes_as="red", itinerary=stops(("terminal", 120), ("mall", 60)))
    told, harms = play(day(gatherings=[march]))
    assert came(told, "terminal") == [(0, 1000)]
    assert [n for _, n in came(told, "mall")] == [200]
    (u,) = scattered(told)
    lost = ORDERLY * (200 * (120 - u) + 800 * (120 - u + 60)) + IN_RED * 1000 * u
    assert harms[0, PARTICIPATION] == pytest.approx(lost / 60.0, rel=1e-12)
    assert harms[2, PARTICIPATION] == 0.0


def test_dispersed_with_a_closed_way_a_share_comes_back_and_gives_the_next_stop_up():
    march = crowd(comes_as="red", itinerary=stops(("terminal", 120), ("mall", 60)))
    told, harms = play(day(gatherings=[march], travel={"closures": [{"a": "terminal", "b": "mall"}]}))
    assert came(told, "terminal") == [(0, 1000), (30, 200)]
    assert came(told, "mall") == []
    (u,) = scattered(told)
    lost = ORDERLY * (200 * 30 + 800 * (120 - u + 60)) + IN_RED * 1000 * u
    given_up = ORDERLY * 200 * 60  # of those who came back, at minute 180
    assert harms[0, PARTICIPATION] == pytest.approx((lost + given_up) / 60.0, rel=1e-12)
    assert sum(e.number for e in told if e.kind == "left" and e.minute >= 180.0) == 176


def test_a_stop_that_is_given_up_is_lost_by_all_who_waited():
    march = crowd(itinerary=stops(("terminal", 60), ("mall", 40), ("kpu", 50)))
    closed = {"closures": [{"a": "terminal", "b": "mall"}]}
    told, harms = play(day(gatherings=[march], travel=closed))
    assert [n for _, n in came(told, "kpu")] == [1000]
    assert harms[0, PARTICIPATION] == pytest.approx(ORDERLY * 1000 * 40 / 60.0, rel=1e-12)


@pytest.mark.parametrize("opens", [None, "14:45"])
def test_bug_a_stop_given_up_was_lost_again_by_the_dispersed_who_then_made_for_it(opens):
    """They wait for the way to the third stop; the second was given up, whether or not its way is open again."""
    mall = {"a": "terminal", "b": "mall", **({"start": "13:00", "end": opens} if opens else {})}
    march = crowd(itinerary=stops(("terminal", 60), ("mall", 40), ("kpu", 50)))
    stormy = crowd(id="storm", arrives="14:50", comes_as="red", regroup=0.0, itinerary=stops(("terminal", 30)))
    closed = {"closures": [mall, {"a": "terminal", "b": "kpu"}]}
    told, harms = play(day(gatherings=[march, stormy], travel=closed))
    u = scattered(told)[0] - 110.0
    assert 0.0 < u < 5.0
    lost = ORDERLY * 1000 * (40 + 50) + ORDERLY * 1000 * 30  # the time of the march was over when it turned red
    assert harms[0, PARTICIPATION] == pytest.approx(lost / 60.0, rel=1e-12)
    assert {e.sector for e in told if e.kind == "arrived"} == {"terminal"}


def test_people_who_go_home_of_themselves_lose_nothing():
    for phase in ("green", "yellow"):
        _, harms = play(day(gatherings=[crowd(comes_as=phase, itinerary=stops(("terminal", 60)))]))
        assert harms[:, PARTICIPATION].tolist() == [0.0, 0.0, 0.0]


@given(world=worlds())
def test_nobody_is_lost_and_nobody_appears(world):
    """Whoever came walked there from somewhere, or belonged to a group of its gathering; whoever set out arrives."""
    instance, plan, scenarios = world
    scenario = scenarios[0]
    f = with_numbers(index_instance(instance), scenario.places, scenario.varied)  # inputs may be its own
    log, _ = by_simpy(instance, plan, scenarios, DefaultLaw())
    due, may, begin, present = Counter(), [], [], Counter()
    for g, groups in enumerate(f.groups):
        size, s = scenario.turnout[g], f.stop_sector[f.stop_first[scenario.route[g]]]
        for j in range(groups):
            minute = max(0.0, scenario.first[g] + (f.spread[g] * j / (groups - 1) if groups > 1 else 0.0))
            number = size // groups + (j < size % groups)
            if scenario.displaced[g]:  # it may begin where any of its ways does
                ways = range(f.route_first[g], f.route_first[g + 1])
                begin.append((minute, g, number, {f.stop_sector[f.stop_first[r]] for r in ways}))
            else:
                due[minute, g, s, number] += 1

    def walk(minute, s, goal):
        return minute + 60.0 * distance(f, minute, s, goal) / f.march

    for e in log:
        g = e.what
        if e.kind == events.ARRIVED:
            key = (e.minute, g, e.sector, e.number)
            first = next((one for one in begin if one[:3] == (e.minute, g, e.number) and e.sector in one[3]), None)
            if due[key] > 0:
                due[key] -= 1
            elif first is not None:
                begin.remove(first)
            else:  # of those who were dispersed, to their next stop or back
                sources = [
                    i
                    for i, (back, on, origin, n, gathering) in enumerate(may)
                    if gathering == g and n == e.number and (key[0], e.sector) in ((back, origin), *on)
                ]
                assert sources, e
                del may[sources[0]]
            present[g, e.sector] += e.number
        elif e.kind in (events.LEFT, events.MARCHED, events.SPILLED):
            present[g, e.sector] -= e.number
            assert present[g, e.sector] >= 0
            if e.kind != events.LEFT:
                due[walk(e.minute, e.sector, e.other), g, e.other, e.number] += 1
            elif e.note == events.SCATTERED:
                r = scenario.route[g]
                on = {(walk(e.minute, e.sector, t), t) for t in f.stop_sector[f.stop_first[r] : f.stop_first[r + 1]]}
                may.append((e.minute + 30.0, on, e.sector, math.floor(e.number * f.regroup[g]), g))
    late = [key for key, n in due.items() if n > 0 and key[3] > 0 and key[0] < f.horizon]
    assert late == []
    assert [one for one in begin if one[2] > 0 and one[0] < f.horizon] == []


# ---------------------------------------------------------------- militants who stay on


def test_militants_who_stay_on_are_all_active_and_counted_once():
    stay = crowd(comes_as="yellow", militant={"green": 0.03, "yellow": 0.3, "red": 0.3}, itinerary=stops(("mall", 60)))
    instance = day(gatherings=[stay])
    timeline = timeline_of(instance)
    timeline.clock.run(until=30.0)
    before = look(timeline.state, 2)
    timeline.clock.run(until=70.0)
    after = look(timeline.state, 2)
    assert (before.people, before.share * before.people) == (1000.0, pytest.approx(300.0))
    assert (after.people, after.share) == (300.0, 1.0)
    assert active_people(timeline.facts.law, after.people, after.share, 0.0) == 300.0
    play(instance)


def test_bug_two_parts_of_a_gathering_that_go_home_have_their_own_militants():
    stay = crowd(militant={"green": 0.03, "yellow": 0.3, "red": 0.3}, arrives="16:00", itinerary=stops(("mall", 60)))
    st = timeline_of(day(gatherings=[stay])).state
    people.arrive(st, 0, 2, 200, 0.5, YELLOW)
    assert people.militants(st, 0, 2, 100) == 30
    people.leave(st, 0, 2, 70)
    assert people.militants(st, 0, 2, 100) == 30  # of the other hundred: those who stayed on are not asked again
    people.leave(st, 0, 2, 70)
    assert (st.people[2], look(st, 2).share) == (60, 1.0)
    assert people.militants(st, 0, 2, 60) == 60  # nor if everybody goes
    assert people.stay_on(st, 0, 2, 60) == 60
    people.arrive(st, 0, 2, 40, 0.5, GREEN)
    people.set_phase(st, 2, GREEN)
    assert people.stay_on(st, 0, 2, 60) == 0
    people.set_phase(st, 2, YELLOW)
    assert look(st, 2).share == pytest.approx(0.3)  # the sixty have left, and with them what they counted


def test_at_a_stop_in_disorder_the_orderly_march_on_and_the_militants_stay():
    march = crowd(comes_as="yellow", itinerary=stops(("terminal", 60), ("mall", 60)))
    told, harms = play(day(gatherings=[march], law=still()))
    share = march_share(day(gatherings=[march]), YELLOW)
    staying = math.ceil(1000 * share)
    assert [n for _, n in came(told, "mall")] == [1000 - staying]
    looks = [(e.minute, e.number) for e in told if e.kind == "stayed" and e.sector == "terminal"]
    assert looks[:3] == [(60.0, staying), (90.0, staying), (120.0, staying)]
    assert harms[:, PARTICIPATION].sum() == 0.0, "nobody was kept from anything"


def test_militants_who_stayed_behind_go_home_once_it_is_calm():
    march = crowd(comes_as="yellow", itinerary=stops(("terminal", 60), ("mall", 60)))
    timeline = timeline_of(day(gatherings=[march], law=still()))
    timeline.clock.run(until=70.0)
    left = timeline.state.people[0]
    assert 0 < left < 1000
    timeline.tick()
    people.set_phase(timeline.state, 0, GREEN)
    timeline.settle()
    timeline.clock.run(until=89.0)
    assert timeline.state.people[0] == left
    timeline.clock.run(until=91.0)
    assert timeline.state.people[0] == 0


def march_share(instance, phase):
    return index_instance(instance).militant[0][phase]


# ---------------------------------------------------------------- what is remembered, and what ends with it


def test_who_comes_back_after_being_dispersed_finds_the_marks_and_the_refusal():
    crowds = [crowd(comes_as="red", itinerary=stops(("kpu", 200))), crowd(id="others", arrives="17:00")]
    st = timeline_of(day(gatherings=crowds)).state
    people.arrive(st, 0, 1, 1000, 0.5, YELLOW)
    st.delegation[1], st.marks[1], st.failed[1], st.standing[0] = REFUSED, 2, 1, 1
    st.ring_channel[1] = DISPERSE
    people.ring(st, 1)
    assert (st.people[1], st.phase[1]) == (0, DISPERSED)
    people.arrive(st, 0, 1, 200, 0.5, YELLOW)
    assert (st.delegation[1], st.marks[1], st.failed[1]) == (REFUSED, 2, 1)
    people.leave(st, 0, 1, 200)
    people.arrive(st, 1, 1, 200, 0.5, GREEN)
    assert (st.delegation[1], st.marks[1], st.failed[1]) == (WAITING, 0, 0)


def test_others_who_come_after_a_dispersal_find_everything_forgotten():
    crowds = [crowd(comes_as="red", itinerary=stops(("kpu", 200))), crowd(id="others", arrives="17:00")]
    st = timeline_of(day(gatherings=crowds)).state
    people.arrive(st, 0, 1, 1000, 0.5, YELLOW)
    st.delegation[1], st.marks[1], st.failed[1] = REFUSED, 2, 1
    st.ring_channel[1] = DISPERSE
    people.ring(st, 1)
    people.arrive(st, 1, 1, 200, 0.5, GREEN)
    assert (st.delegation[1], st.marks[1], st.failed[1]) == (WAITING, 0, 0)


def test_who_spills_over_loses_what_was_still_meant():
    march = crowd(comes_as="red", itinerary=stops(("terminal", 120), ("mall", 60)))
    st = timeline_of(day(gatherings=[march], law=still())).state
    st.now = st.last[0] = 0.0
    people.await_groups(st, 0, 0.0)
    people.arrive(st, 0, 0, 1000, 0.5, RED)
    st.goal[0] = st.stop[0] + 1
    st.now, st.ring_channel[0] = 20.0, SPILL
    st.last[0] = 20.0
    people.ring(st, 0)
    gone = 1000 - st.people[0]
    assert gone > 0
    assert st.harms[0][PARTICIPATION] == pytest.approx(ORDERLY * gone * (100 + 60) / 60.0)


def test_each_stop_that_a_gathering_is_kept_from_makes_it_tenser_once():
    march = crowd(tension=0.3, tension_spread=0.0, itinerary=stops(("terminal", 60), ("mall", 70), ("kpu", 50)))
    closed = {"closures": [{"a": "terminal", "b": "mall"}, {"a": "terminal", "b": "kpu"}]}
    told, _ = play(day(gatherings=[march], law=still(), travel=closed))
    steps = [(e.minute, round(e.number, 9)) for e in told if e.kind == "tension"]
    assert steps == [(60.0, 0.4), (130.0, 0.5)]
    assert {e.note for e in told if e.kind == "tension"} == {"the way is closed"}


@given(world=worlds())
def test_nobody_loses_more_participation_than_was_meant(world):
    instance, plan, scenarios = world
    law = dict(instance.law) | {"spill": 0.0}  # who spills over may meet the main body again
    law["fear"] = min(1.0, float(law.get("fear", 0.2)))  # a share
    instance = instance.altered(law=law)
    f = with_numbers(index_instance(instance), scenarios.places, scenarios.varied[0].tolist())  # a stay may be drawn
    scenario = scenarios[0]
    _, run = by_simpy(instance, plan, scenarios, DefaultLaw())
    meant = 0.0
    for g in range(len(f.groups)):
        ways = range(f.route_first[g], f.route_first[g + 1]) if scenario.displaced[g] else [scenario.route[g]]
        stay = max(sum(f.stop_stay[f.stop_first[r] : f.stop_first[r + 1]]) for r in ways)  # it may take any of them
        meant += scenario.turnout[g] * (1.0 - f.militant[g][GREEN]) * stay / 60.0
    assert np.array(run.harms)[:, PARTICIPATION].sum() <= meant * (1.0 + 1e-9)


# ---------------------------------------------------------------- what there is to lose, and who is exposed


def test_property_and_records_are_lost_once_in_every_way_to_play():
    sectors = [s.model_dump() for s in town().sectors]
    sectors[2]["records"], sectors[2]["spill_to"] = 40.0, None
    law = still(property_rate=5.0, records_rate=5.0)
    riot = crowd(comes_as="red", turnout=3000.0, itinerary=stops(("mall", 1000)))
    instance = day(gatherings=[riot], sectors=sectors, law=law)
    _, harms = play(instance)
    assert harms[2, 4:6].tolist() == [200.0, 40.0]
    plan, scenarios = Deployment(instance="town").numbers(instance), draw(instance, 1, 20)
    trial = Trial.of(2, plan[[2]], np.full(20, np.inf), np.full(3, np.inf))
    with Simulator(instance) as simulator:
        many = simulator.course(plan, scenarios)
        simulator.attempt(trial, scenarios, 20)
        assert simulator.outcome(Deployment(instance="town"), scenarios).harms[:, 2, 4:6].max(axis=0).tolist() == [
            200,
            40,
        ]
    assert trial.loss[0].tobytes() == many.loss[:, 2].tobytes()
    longer = day(gatherings=[riot], sectors=sectors, law=law, period={"start": "2024-08-20T13:00:00", "hours": 12})
    assert play(longer)[1][2, 4:6].tolist() == [200.0, 40.0]


def test_withdrawn_roles_are_not_exposed():
    instance = day(gatherings=[crowd(comes_as="yellow")], law=still(), reinforcements=[])
    deployment = Deployment.build(instance, {("kpu", "rope"): 2, ("kpu", "talk"): 1, ("kpu", "shield"): 1}, {})
    timeline = timeline_of(instance, deployment)
    timeline.clock.run(until=20.0)
    yellow = look(timeline.state, 1)
    assert (yellow.personnel, yellow.in_view, yellow.exposed, yellow.behind) == (33.0, 30.0, 30.0, 3.0)
    timeline.tick()
    people.set_phase(timeline.state, 1, RED)
    timeline.settle()
    red = look(timeline.state, 1)
    assert (red.personnel, red.in_view, red.exposed, red.behind) == (33.0, 30.0, 10.0, 0.0)


def test_a_line_that_has_withdrawn_is_not_hurt_and_one_that_stands_is():
    instance = day(gatherings=[crowd(comes_as="red")], law=still())
    hurt = {}
    for kind in ("rope", "shield"):
        deployment = Deployment.build(instance, {("kpu", kind): 3, ("kpu", "padal"): 0}, {})
        hurt[kind] = play(instance, deployment)[1][1, 2]
    assert hurt["rope"] == 0.0
    assert hurt["shield"] > 0.1


def test_wide_area_means_are_remembered_by_those_who_saw_them():
    riot, others = crowd(comes_as="red", turnout=4000.0), crowd(id="others", arrives="16:00")
    instance = day(gatherings=[riot, others], law=still())
    teams = {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}
    timeline = timeline_of(instance, Deployment.build(instance, teams, {("kpu", "awc"): 1}))
    start = float(instance.doctrine.order_red) + 8.0
    st, seen = timeline.state, []
    for minute in (start - 0.5, start + 1.0, start + 7.5):
        timeline.clock.run(until=minute)
        seen.append((look(st, 1).spraying, look(st, 1).sprayed))
    assert seen == [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    timeline.tick()
    people.leave(st, 0, 1, 3999)
    assert look(st, 1).sprayed == 1.0
    people.leave(st, 0, 1, 1)
    people.arrive(st, 1, 1, 150, 0.5, GREEN)
    assert look(st, 1).sprayed == 0.0
    people.arrive(st, 0, 1, 50, 0.5, GREEN)
    assert look(st, 1).sprayed == 0.25


# ---------------------------------------------------------------- the end of the day


def period(overtime):
    return {"start": "2024-08-20T13:00:00", "hours": 6, "overtime": overtime}


def test_a_day_that_ended_costs_nothing_after_it():
    home = crowd(comes_as="red", itinerary=stops(("terminal", 120)), militant={"green": 0, "yellow": 0, "red": 0.3})
    days = [play(day(gatherings=[home], period=period(h)))[1] for h in (0.0, 4.0, 12.0)]
    assert days[0].sum() > 0.0
    assert days[0].tolist() == days[1].tolist() == days[2].tolist()


def test_losses_after_the_period_count_until_people_are_home():
    riot = crowd(comes_as="red", itinerary=stops(("mall", 400)))
    short, longer = (play(day(gatherings=[riot], law=still(), period=period(h))) for h in (0.0, 4.0))
    assert short[1][2, PARTICIPATION] == pytest.approx(1000 * IN_RED * 6.0)
    assert longer[1][2, PARTICIPATION] == pytest.approx(1000 * IN_RED * 400 / 60.0, rel=0.01)  # then militants alone


def test_overtime_of_nothing_is_the_horizon_of_the_period():
    riot = crowd(comes_as="red", itinerary=stops(("kpu", 1000)))
    plain, longer = (day(gatherings=[riot], law=still(), period=period(h)) for h in (0.0, 4.0))
    told, longer_told = play(plain)[0], play(longer)[0]
    assert told == [e for e in longer_told if e.minute < 360.0]
    assert len(longer_told) > len(told)
    with Simulator(plain) as simulator:
        minutes = simulator.outcome(Deployment(instance="town"), draw(plain, 1, 3)).minutes
    assert minutes.sum(axis=2) == pytest.approx(np.full((3, 3), 360.0))


# ---------------------------------------------------------------- what a rebuild from the page found


def test_bug_an_evacuation_began_anew_when_the_sector_turned_red_again():
    """Two crowds come red and are gone at once; the officials are safe half an hour after the first."""
    crowds = [crowd(id="one", comes_as="red"), crowd(id="two", comes_as="red", arrives="13:12")]
    told, _ = play(day(gatherings=crowds))
    reds = [e.minute for e in told if e.kind == "phase" and e.what == "red"]
    begun, safe = ([e.minute for e in told if e.kind == kind] for kind in ("evacuating", "evacuated"))
    assert len(reds) == 2
    assert begun == reds[:1]
    assert safe == [reds[0] + 30.0]


def test_bug_a_gate_asked_whether_the_line_holds_of_a_line_with_the_water_cannon_in_it():
    """The line holds with the cannon and not without it, so water is not withheld."""
    instance = day(gatherings=[crowd(comes_as="red", turnout=400.0)], law=still())
    plan = Deployment.build(
        instance, {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}, {("kpu", "awc"): 1}
    )
    without = Deployment.build(instance, {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}, {})
    weak, strong = (_risk(instance, one) for one in (without, plan))
    assert weak < strong
    doctrine = {"refusal": 0.0, "required_risk": (weak + strong) / 2.0}
    told, _ = play(day(gatherings=[crowd(comes_as="red", turnout=400.0)], law=still(), doctrine=doctrine), plan)
    assert "spraying" in {e.kind for e in told}
    assert "withheld" not in {e.kind for e in told}


def _risk(instance, plan):
    """Perceived risk in the red sector KPU as soon as people are there."""
    timeline = timeline_of(instance, plan)
    timeline.clock.run(until=1.0)
    view = look(timeline.state, 1)
    assert view.phase == RED
    return DefaultLaw().mood(timeline.facts.law, view).risk
