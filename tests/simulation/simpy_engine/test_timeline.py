"""The SimPy engine against theory, against doctrine, and against itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm
from support.laws import ConstantLaw
from support.town import crowd, posted, town

import optimiser
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import DISPERSED, GREEN, RED, YELLOW
from optimiser.simulation import events as outcome
from optimiser.simulation.events import Translator
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count, distance
from optimiser.simulation.rates import strength
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Clock, Timeline
from optimiser.simulation.transitions import people, units


def calm_law(**changes):
    """All clocks of the law off but those named."""
    names = ("worsen_green", "worsen_yellow", "fail", "calm", "disperse_yellow", "disperse_red", "spray_disperse")
    names += ("calm_words", "calm_received", "calm_alone", "exhaustion")
    off = dict.fromkeys((*names, "cool", "provoke", "provoke_spray", "spill"), 0.0)
    return {**off, **changes}


def play(instance, deployment=None, scenario=0, seed=1, **more):
    deployment = deployment or posted(instance)
    return optimiser.simulate(instance, deployment, draw(instance, seed, scenario + 1)[scenario], **more)


def kinds(events):
    return [e.kind for e in events]


@pytest.mark.slow
def test_constant_rates_equal_their_markov_chain_within_a_99_percent_interval():
    instance = town(gatherings=[crowd(regroup=0.0)], triggers=[], reinforcements=[])
    facts, counts = index_instance(instance), count(instance, Deployment(instance="town"))
    runs = [Timeline(facts, counts, s, ConstantLaw()).run() for s in draw(instance, 11, 3000).items]
    minutes = np.array([r.minutes[1] for r in runs])
    generator = np.zeros((4, 4))  # green, yellow, red, dispersed
    for i, (worsen, _, calm, leave) in enumerate(ConstantLaw.rates.values()):
        if worsen:
            generator[i, i + 1] += worsen
        if calm:
            generator[i, i - 1] += calm
        generator[i, 3] += leave
        generator[i, i] = -generator[i].sum()
    horizon = instance.period.simulated
    # time in each state: integral of expm(Q t) from green, read from one block matrix exponential
    block = np.zeros((8, 8))
    block[:4, :4], block[:4, 4:] = generator, np.eye(4)
    expected = expm(block * horizon)[0, 4:]
    for state, phase in enumerate((GREEN, YELLOW, RED, DISPERSED)):
        sample = minutes[:, phase]
        half = stats.t.ppf(0.995, len(sample) - 1) * sample.std(ddof=1) / math.sqrt(len(sample))
        assert abs(sample.mean() - expected[state]) <= half, (state, sample.mean(), expected[state], half)
    end = expm(generator * horizon)[0]
    dispersed = np.mean([r.minutes[1][DISPERSED] > 0 for r in runs])
    assert abs(dispersed - end[3]) <= 2.58 * math.sqrt(end[3] * (1 - end[3]) / len(runs))


def test_harms_are_integrals_of_rates_over_the_minutes_in_a_phase():
    instance = town(gatherings=[crowd(comes_as="red")], triggers=[], reinforcements=[], law=calm_law())
    replication, events = play(instance, Deployment(instance="town"))
    facts = index_instance(instance)
    assert replication.minutes[1][RED] == 840.0  # six hours, and eight in which it is played on
    timeline = Timeline(facts, count(instance, Deployment(instance="town")), draw(instance, 1, 1)[0])
    timeline.clock.run(until=100.0)
    rate = timeline.state.harm_rate[1]
    staff_minutes = float(instance.doctrine.evacuation)
    before = facts.law.public_hurt * 107 / 60 * 300 / 350 * (1 - 0.5 * 0.0)
    after = facts.law.public_hurt * 100 / 60 * 300 / 350
    assert rate[1] == pytest.approx(after)
    assert replication.harms[1][1] == pytest.approx(before * staff_minutes + after * (840 - staff_minutes))
    assert replication.harms[1][0] == pytest.approx(rate[0] * 840.0)
    assert replication.harms[1][6] == pytest.approx(1000 * 0.97 * 14.0)  # the militant share in green takes no part
    assert "evacuated" in kinds(events)
    # the recap runs from 14:00 to 18:00 and stays stopped all the time
    assert replication.harms[1][3] == pytest.approx(240.0)


def test_same_scenario_same_log_and_silence_changes_nothing():
    instance = town()
    first, events = play(instance, scenario=3)
    second, again = play(instance, scenario=3)
    assert (first, events) == (second, again)
    silent = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 4)[3]).run()
    assert silent == first
    assert first.events == len(events)


def test_events_come_in_order_of_time():
    for n in range(30):
        _, events = play(town(), scenario=n)
        assert [e.minute for e in events] == sorted(e.minute for e in events)


def test_clock_hits_absolute_times_and_orders_ties():
    clock, seen = Clock(), []

    def wait(minute, kind, index):
        yield clock.timeout(0.1)
        yield clock.at(minute, kind, index)
        seen.append((clock.now, kind, index))

    for kind, index in (("ring", 0), ("group", 5), ("group", 2), ("window", 9)):
        clock.process(wait(0.3, kind, index))
    clock.run(until=1.0)
    assert seen == [(0.3, "window", 9), (0.3, "group", 2), (0.3, "group", 5), (0.3, "ring", 0)]


def test_nobody_comes_nothing_happens():
    replication, events = play(town(gatherings=[], triggers=[]))
    assert sum(replication.total()) == 0.0
    assert set(kinds(events)) <= {"process", "relief", "steady"}
    assert sum(replication.force) == 0


def test_a_march_visits_its_stops_and_conserves_people():
    instance = town(law=calm_law())
    data = [s.model_dump() for s in instance.sectors]
    data[1]["official"] = None
    instance = town(law=calm_law(), sectors=data)
    _, events = play(instance)
    marched = [e for e in events if e.kind == "marched"]
    assert [e.sector for e in marched] == ["terminal", "kpu"]
    came = sum(e.number for e in events if e.kind == "arrived" and e.sector == "terminal")
    assert {e.number for e in marched} == {came}
    assert sum(e.number for e in events if e.kind == "arrived" and e.sector == "mall") == came
    walked = next(e for e in events if e.kind == "arrived" and e.sector == "kpu").minute - marched[0].minute
    assert walked == pytest.approx(60.0 * 3.0 * 1.3 / 4.0)


def test_people_go_home_in_green_and_militants_stay_in_yellow():
    stay = [{"sector": "kpu", "stay": 60.0}]
    green = town(gatherings=[crowd(itinerary=stay)], triggers=[], law=calm_law())
    _, events = play(green)
    assert sum(e.number for e in events if e.kind == "left") == 1000
    yellow = town(gatherings=[crowd(itinerary=stay, comes_as="yellow")], triggers=[], law=calm_law())
    _, events = play(yellow)
    assert sum(e.number for e in events if e.kind == "left") == 880  # all but the militant share of 0.12
    assert "stayed" in kinds(events)


def test_delegation_waits_through_its_marks_and_is_received():
    instance = town(gatherings=[crowd()], triggers=[], law=calm_law())
    data = [s.model_dump() for s in instance.sectors]
    data[1]["official"]["promised"] = 40.0
    instance = town(gatherings=[crowd()], triggers=[], law=calm_law(), sectors=data)
    _, events = play(instance)
    talk = [(e.kind, e.minute) for e in events if e.kind in ("waiting", "mark", "received")]
    assert talk == [("waiting", 0.0), ("mark", 15.0), ("mark", 30.0), ("received", 40.0)]
    data[1]["official"] = {"name": "commission", "chance": 0.0}
    _, events = play(town(gatherings=[crowd()], triggers=[], law=calm_law(), sectors=data))
    talk = [(e.kind, e.minute) for e in events if e.kind in ("waiting", "mark", "received", "refused")]
    assert talk == [("waiting", 0.0), ("mark", 15.0), ("mark", 30.0), ("mark", 60.0), ("mark", 90.0), ("refused", 90.0)]


def test_red_calls_reserve_by_vehicle_and_releases_it_after_dispersal():
    instance = town(gatherings=[crowd(comes_as="red")], triggers=[], doctrine={"refusal": 0.0})
    _, events = play(instance, scenario=4)
    sent = [e for e in events if e.kind == "sent"]
    assert sent[0].note == "by vehicle"
    assert any(e.kind == "sent" and e.other == "outside" for e in events)
    formed = next(e for e in events if e.kind == "formed")
    assert formed.minute >= sent[0].minute + float(instance.travel.form_up)
    for i, e in enumerate(events):
        if e.kind == "phase" and e.what == "dispersed":
            assert "released" in kinds(events[i : i + 6])
            break
    else:
        pytest.fail("this scenario should disperse")


def test_no_seats_means_on_foot():
    instance = town(gatherings=[crowd(comes_as="red")], triggers=[], doctrine={"refusal": 0.0}, law=calm_law())
    ride = posted(instance)
    walk = Deployment.build(instance, {(p, k): n for p, a in ride.places.items() for k, n in a.teams.items()}, {})
    came = {}
    for name, deployment in (("ride", ride), ("walk", walk)):
        _, events = play(instance, deployment)
        came[name] = next(e.minute for e in events if e.kind == "came" and e.other == "polres")
    assert came["walk"] > 5.0 * came["ride"]


def test_a_post_keeps_its_minimum_in_yellow_but_not_in_red():
    posts = [{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0, "keep": 10}]
    common = {"triggers": [], "doctrine": {"refusal": 0.0}, "law": calm_law(), "posts": posts}
    for phase, sends in (("yellow", False), ("red", True)):
        instance = town(gatherings=[crowd(comes_as=phase)], **common)
        deployment = Deployment.build(instance, {("polres", "shield"): 6, ("polres", "phh"): 3}, {})
        _, events = play(instance, deployment)
        assert any(e.kind == "sent" and e.other == "polres" for e in events) is sends


def test_a_refused_call_is_repeated():
    instance = town(gatherings=[crowd(comes_as="yellow")], triggers=[], doctrine={"refusal": 1.0}, law=calm_law())
    _, events = play(instance)
    assert kinds(events).count("call_refused") == 84  # every 10 minutes of fourteen hours
    assert "sent" not in kinds(events)


def test_water_cannon_passes_every_gate_and_refills():
    common = {"triggers": [], "doctrine": {"refusal": 0.0}, "law": calm_law()}
    instance = town(gatherings=[crowd(comes_as="red", turnout=4000.0)], **common)
    deployment = Deployment.build(
        instance, {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}, {("kpu", "awc"): 1}
    )
    _, events = play(instance, deployment)
    water = [(e.kind, e.minute) for e in events if e.kind in ("warned", "spraying", "empty", "refilled")][:6]
    order = float(instance.doctrine.order_red)
    assert water[:4] == [
        ("warned", order),
        ("spraying", order + 8.0),
        ("empty", order + 15.0),
        ("refilled", order + 40.0),
    ]
    assert water[4] == ("warned", order + 40.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [("medics", "no medics on site"), ("exit", "no way out is open"), ("crowd", "the line holds without")],
)
def test_a_shut_gate_withholds_water(change, reason):
    sectors = [s.model_dump() for s in town().sectors]
    if change == "exit":
        sectors[1]["exit_open"] = False
    size = 20.0 if change == "crowd" else 4000.0
    instance = town(
        gatherings=[crowd(comes_as="red", turnout=size)],
        triggers=[],
        reinforcements=[],
        sectors=sectors,
        doctrine={"refusal": 0.0},
        law=calm_law(),
    )
    teams = {("kpu", "shield"): 3, ("kpu", "padal"): 1}
    if change != "medics":
        teams["kpu", "care"] = 1
    _, events = play(instance, Deployment.build(instance, teams, {("kpu", "awc"): 1}))
    assert {e.note for e in events if e.kind == "withheld"} == {reason}
    assert "spraying" not in kinds(events)


def test_a_gate_that_shuts_after_the_warning_withholds_water():
    """The medics are called away while people have time to leave."""

    def call_medics_away(timeline):
        yield timeline.clock.at(15.0, "user")
        timeline.tick()
        units.form_up(timeline.state, 1, 4, -1)
        timeline.settle()

    instance = town(
        gatherings=[crowd(comes_as="red", turnout=4000.0)],
        triggers=[],
        reinforcements=[],
        law=calm_law(),
        doctrine={"refusal": 1.0},
    )
    assert instance.teams[4].id == "care"
    teams = {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}
    deployment = Deployment.build(instance, teams, {("kpu", "awc"): 1})
    _, events = play(instance, deployment, processes=[call_medics_away])
    assert "warned" in kinds(events)
    assert "spraying" not in kinds(events)
    assert {e.note for e in events if e.kind == "withheld"} == {"no medics on site"}


def test_water_stops_when_the_sector_is_no_longer_red():
    instance = town(
        gatherings=[crowd(comes_as="red", turnout=4000.0)],
        triggers=[],
        law=calm_law(spray_disperse=60.0),
        doctrine={"refusal": 0.0},
    )
    deployment = Deployment.build(
        instance, {("kpu", "shield"): 1, ("kpu", "care"): 1, ("kpu", "padal"): 1}, {("kpu", "awc"): 1}
    )
    _, events = play(instance, deployment)
    i = next(i for i, e in enumerate(events) if e.kind == "phase" and e.what == "dispersed")
    assert "stopped_water" in kinds(events[i:])
    assert max(kinds(events).count(k) for k in ("stopped_water",)) == 1


def test_red_before_yellow_when_both_ask():
    early = crowd(id="one", itinerary=[{"sector": "mall", "stay": 900.0}], comes_as="yellow", turnout=1500.0)
    late = crowd(id="two", comes_as="red", arrives="13:05", turnout=1500.0)
    instance = town(gatherings=[early, late], triggers=[], reinforcements=[], law=calm_law(), doctrine={"refusal": 0.0})
    facts = index_instance(instance)
    timeline = Timeline(facts, count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=6.0)
    st = timeline.state
    st.asking = [0, 1, 1]
    st.logging = 1
    assert st.phase[1] == RED
    assert st.phase[2] == YELLOW
    order = []
    st.observe = lambda e: order.append(e.sector) if e.kind == outcome.ASKED else None
    timeline.dispatch(st, 2)
    assert order == [1, 2]


def test_a_refused_sector_waits_for_its_own_next_call():
    early = crowd(id="one", itinerary=[{"sector": "mall", "stay": 900.0}], comes_as="yellow")
    late = crowd(id="two", comes_as="red", arrives="13:05")
    instance = town(gatherings=[early, late], triggers=[], reinforcements=[], law=calm_law(), doctrine={"refusal": 1.0})
    timeline = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=6.0)
    st, order = timeline.state, []
    assert st.refused_until[1] == 15.0
    st.logging = 1
    st.observe = lambda e: order.append(e.sector) if e.kind == outcome.ASKED else None
    timeline.tick()
    timeline.dispatch(st, 2)
    assert order == [2]


def test_each_handover_takes_the_minutes_of_its_kind():
    changes = {"gatherings": [crowd(comes_as="yellow")], "law": calm_law(), "triggers": [], "reinforcements": []}
    instance = town(**changes)
    timeline_events = []
    timeline = Timeline(
        index_instance(instance),
        count(instance, posted(instance)),
        draw(instance, 1, 1)[0],
        observe=timeline_events.append,
    )
    timeline.clock.run(until=100.0)
    timeline.tick()
    people.set_phase(timeline.state, 1, RED)
    timeline.settle()
    timeline.clock.run(until=120.0)
    kpu = [e for e in map(Translator(instance).event, timeline_events) if e.sector == "kpu"]
    found = [(e.kind, e.minute, e.number) for e in kpu if e.kind in ("lapis", "lintas")]
    assert found == [("lapis", 0.0, 5.0), ("lintas", 100.0, 8.0)]
    assert [e.minute for e in kpu if e.kind == "steady"] == [5.0, 108.0]


def test_handover_weakens_the_line_for_its_minutes():
    instance = town(gatherings=[crowd(comes_as="yellow")], triggers=[], law=calm_law(), reinforcements=[])
    deployment = Deployment.build(instance, {("kpu", "rope"): 4, ("kpu", "padal"): 1}, {})
    timeline = Timeline(index_instance(instance), count(instance, deployment), draw(instance, 1, 1)[0])
    timeline.clock.run(until=1.0)
    assert strength(timeline.state, 1)[0] == pytest.approx(0.6 * 20.0)
    timeline.clock.run(until=5.5)
    assert strength(timeline.state, 1)[0] == pytest.approx(20.0)


def test_crews_out_of_teams_do_not_stand_in_the_line():
    vehicles = [{"id": "awc", "name": "AWC", "count": 1, "home": "polres", "crew": 4, "crew_role": "shield"}]
    instance = town(gatherings=[crowd(comes_as="red")], triggers=[], law=calm_law(), vehicles=vehicles)
    with_crew = Deployment.build(instance, {("kpu", "shield"): 2}, {("kpu", "awc"): 1})
    timeline = Timeline(index_instance(instance), count(instance, with_crew), draw(instance, 1, 1)[0])
    timeline.state.phase[1] = RED
    power = strength(timeline.state, 1)
    assert power[0] == pytest.approx(16 * 0.8)
    assert power[7] == 20


def test_spill_over_sends_people_to_the_named_sector():
    sectors = [s.model_dump() for s in town().sectors]
    sectors[1]["spill_to"] = "terminal"
    instance = town(
        gatherings=[crowd(comes_as="red", tension=0.9, turnout=3000.0)],
        triggers=[],
        law=calm_law(spill=5.0),
        sectors=sectors,
    )
    _, events = play(instance, Deployment(instance="town"))
    spilled = [e for e in events if e.kind == "spilled"]
    assert spilled
    assert {e.other for e in spilled} == {"terminal"}
    assert any(e.kind == "arrived" and e.sector == "terminal" for e in events)


def test_dispersed_crowd_regroups_at_its_next_stop():
    march = crowd(
        comes_as="red",
        regroup=0.5,
        itinerary=[{"sector": "kpu", "stay": 300.0}, {"sector": "mall", "stay": 60.0}],
    )
    instance = town(gatherings=[march], triggers=[], law=calm_law(disperse_red=60.0, spray_disperse=0.0))
    _, events = play(instance)
    gone = next(e for e in events if e.kind == "left" and e.note == "dispersed")
    again = next(e for e in events if e.kind == "arrived" and e.sector == "mall")
    assert again.number == gone.number // 2
    phase = next(e for e in events if e.kind == "phase" and e.sector == "mall" and e.note == "they come in disorder")
    assert phase.what == "yellow"


def test_information_takes_a_share_of_a_rumour_away():
    rumour = [{"id": "rumour", "name": "Rumour", "at": "14:00", "kind": "rumour", "tension": 0.3}]
    instance = town(gatherings=[crowd()], triggers=rumour, law=calm_law())
    none = Deployment(instance="town")
    some = Deployment.build(instance, {("kpu", "info"): 1, ("kpu", "padal"): 1}, {})
    felt = [next(e.number for e in play(instance, d)[1] if e.kind == "triggered") for d in (none, some)]
    assert felt[0] == pytest.approx(0.3)
    assert felt[1] == pytest.approx(0.3 * (1 - 0.6 * 0.5))


def test_teams_that_come_on_duty_later_form_up_then():
    teams = [t.model_dump() for t in town().teams]
    teams[1]["available"] = "15:00"
    instance = town(teams=teams)
    _, events = play(instance)
    formed = [(e.sector, e.minute, e.number) for e in events if e.kind == "formed" and e.note == "on duty"]
    assert formed == [("terminal", 120.0, 3.0), ("kpu", 120.0, 3.0)]


def test_a_closed_road_stops_a_march():
    roads = {
        "kind": "roads",
        "roads": [
            {"a": "terminal", "b": "polres", "km": 2.0},
            {"a": "polres", "b": "kpu", "km": 1.0},
            {"a": "kpu", "b": "mall", "km": 1.5},
            {"a": "polres", "b": "outside", "km": 20.0},
        ],
        "closures": [{"a": "terminal", "b": "polres", "start": "13:30", "end": "18:00"}],
    }
    instance = town(travel=roads, law=calm_law())
    _, events = play(instance)
    assert {e.sector for e in events if e.kind == "arrived"} == {"terminal"}
    roads["closures"] = []
    _, events = play(town(travel=roads, law=calm_law()))
    assert {"terminal", "kpu"} <= {e.sector for e in events if e.kind == "arrived"}


def test_observers_see_every_event_and_a_user_process_may_act():
    seen = []

    def curfew(timeline):
        yield timeline.clock.at(100.0, "user")
        timeline.tick()
        for g in list(timeline.state.crowd(1)):
            people.leave(timeline.state, g, 1, timeline.state.crowd(1)[g])
        timeline.settle()

    instance = town(gatherings=[crowd()], triggers=[], law=calm_law())
    _, events = play(instance, observers=[seen.append], processes=[curfew])
    assert seen == events
    assert [e.minute for e in events if e.kind == "left"] == [100.0]


def test_relief_weakens_the_line_and_ends():
    instance = town(gatherings=[crowd()], triggers=[], law=calm_law())
    _, events = play(instance)
    relief = [(e.kind, e.minute) for e in events if e.sector == "kpu" and e.kind in ("relief", "steady")]
    assert relief == [
        (kind, begin + more) for begin in (240, 480, 720) for kind, more in (("relief", 0), ("steady", 10))
    ]


def test_highest_force_is_a_fact_of_the_run():
    quiet = town(gatherings=[crowd()], triggers=[], law=calm_law())
    assert play(quiet)[0].force[1] == 2  # negotiators speak
    red = town(gatherings=[crowd(comes_as="red")], triggers=[], law=calm_law())
    assert play(red)[0].force[1] >= 4


def red_town(**changes):
    """A red crowd at KPU that nothing moves, and no reserve but what the test places."""
    common = {"triggers": [], "reinforcements": [], "law": calm_law(), "doctrine": {"refusal": 0.0}}
    return town(**{"gatherings": [crowd(comes_as="red")], **common, **changes})


def test_a_protected_vehicle_makes_evacuation_fast():
    vehicles = [{"id": "rantis", "name": "Rantis", "count": 1, "home": "polres", "protected": True}]
    instance = red_town(vehicles=vehicles)
    minutes = {}
    for number in (0, 1):
        deployment = Deployment.build(instance, {("kpu", "padal"): 1}, {("kpu", "rantis"): number})
        _, events = play(instance, deployment)
        minutes[number] = next(e.minute for e in events if e.kind == "evacuated")
    assert minutes == {0: float(instance.doctrine.evacuation), 1: float(instance.doctrine.evacuation_protected)}


def test_released_units_need_the_way_back_before_they_can_be_called_again():
    instance = red_town(gatherings=[crowd(comes_as="yellow")])
    timeline = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=80.0)
    assert timeline.state.called(1)
    for g in list(timeline.state.crowd(1)):
        timeline.tick()
        people.leave(timeline.state, g, 1, timeline.state.crowd(1)[g])
    timeline.settle()
    waiting = list(timeline.state.reserve[0])
    km = distance(index_instance(instance), 80.0, 3, 1)
    trip = 60.0 * km / float(instance.travel.drive)
    timeline.clock.run(until=80.0 + trip - 0.01)
    assert timeline.state.reserve[0] == waiting
    timeline.clock.run(until=80.0 + trip + 0.01)
    assert sum(timeline.state.reserve[0]) > sum(waiting)


def test_spilled_people_bring_their_tension():
    sectors = [s.model_dump() for s in town().sectors]
    sectors[1]["spill_to"] = "terminal"
    tense = crowd(comes_as="red", tension=0.9, turnout=3000.0)
    instance = red_town(gatherings=[tense], law=calm_law(spill=5.0), sectors=sectors)
    timeline = Timeline(index_instance(instance), count(instance, Deployment(instance="town")), draw(instance, 1, 1)[0])
    while timeline.state.people[0] == 0:
        timeline.clock.step()
    assert timeline.state.tension[0] == pytest.approx(0.9)


def test_relief_lowers_the_strength_of_the_line_while_it_lasts():
    instance = town(gatherings=[crowd(comes_as="yellow")], triggers=[], law=calm_law(), reinforcements=[])
    deployment = Deployment.build(instance, {("kpu", "rope"): 4, ("kpu", "padal"): 1}, {})
    timeline = Timeline(index_instance(instance), count(instance, deployment), draw(instance, 1, 1)[0])
    for minute, share in ((239.0, 1.0), (245.0, 0.6), (251.0, 1.0)):
        timeline.clock.run(until=minute)
        assert strength(timeline.state, 1)[0] == pytest.approx(share * 20.0)


def test_what_is_on_the_road_counts_until_it_has_formed_up():
    instance = red_town()
    timeline = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=1.0)
    assert timeline.state.coming[1][0] > 0.0
    timeline.clock.run(until=60.0)
    assert timeline.state.coming[1] == [0.0, 0.0, 0.0]
    assert timeline.state.called(1)


def test_everybody_goes_home_when_dispersed_if_none_would_come_back():
    final = crowd(comes_as="red", regroup=0.0, itinerary=[{"sector": "kpu", "stay": 300.0}])
    instance = red_town(gatherings=[final], law=calm_law(disperse_red=60.0))
    _, events = play(instance)
    assert {e.sector for e in events if e.kind == "arrived"} == {"kpu"}
    assert sum(e.number for e in events if e.kind == "left") == 1000


def test_a_process_does_not_restart_while_its_sector_is_red_again():
    """Red ends, and comes back before the restart is due: the first restart must not count."""
    instance = red_town()
    timeline = Timeline(index_instance(instance), count(instance, Deployment(instance="town")), draw(instance, 1, 1)[0])
    restart = timeline.facts.restart[1]
    for minute, phase in ((60.0, YELLOW), (70.0, RED), (80.0, YELLOW)):
        timeline.clock.run(until=minute)
        timeline.tick()
        people.set_phase(timeline.state, 1, phase)
        timeline.settle()
    timeline.clock.run(until=60.0 + restart + 1.0)
    assert timeline.state.stopped[1]
    timeline.clock.run(until=80.0 + restart + 1.0)
    assert not timeline.state.stopped[1]


def test_reinforcements_asked_for_in_red_do_not_come_in_yellow():
    for phase, comes in (("yellow", False), ("red", True)):
        instance = town(gatherings=[crowd(comes_as=phase)], triggers=[], law=calm_law(), doctrine={"refusal": 0.0})
        _, events = play(instance, Deployment(instance="town"))
        assert any(e.kind == "sent" and e.other == "outside" for e in events) is comes
    outside = {**town().reinforcements[0].model_dump(), "team": "shield", "asked": "red"}
    instance = town(
        gatherings=[crowd(comes_as="yellow")],
        triggers=[],
        law=calm_law(),
        reinforcements=[outside],
        doctrine={"refusal": 0.0},
    )
    _, events = play(instance, Deployment(instance="town"))
    assert "sent" not in kinds(events)


def test_trucks_drive_back_empty_and_can_be_used_again():
    instance = red_town()
    timeline = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=0.5)
    assert timeline.state.parked[0][0] < 3
    timeline.clock.run(until=60.0)
    assert timeline.state.parked[0][0] == 3


def test_people_and_teams_are_conserved():
    """Nobody is lost: teams in sectors, at posts and on the road add up all the time, and no number is negative."""
    instance = town()
    facts, counts = index_instance(instance), count(instance, posted(instance))
    whole = [sum(row[k] for row in (*counts.teams, *counts.reserve)) for k in range(len(instance.teams))]
    for scenario in draw(instance, 9, 25).items:
        timeline = Timeline(facts, counts, scenario)
        st = timeline.state
        for minute in range(5, 360, 5):
            timeline.clock.run(until=float(minute))
            assert min(st.people) >= 0
            assert min(st.present) >= 0
            assert [sum(st.crowd(s).values()) for s in range(3)] == st.people
            for k, number in enumerate(whole):
                here = sum(row[k] for row in st.teams) + sum(row[k] for row in st.reserve[: facts.posts])
                assert here <= number + (2 if instance.teams[k].id == "brimob" else 0)
            assert min(min(row) for row in (*st.teams, *st.reserve, *st.vehicles, *st.parked)) >= 0
            assert min(st.weak) >= 0
            assert min(st.spraying) >= 0


def test_bug_nobody_spills_towards_a_closed_connection():
    sectors = [s.model_dump() for s in town().sectors]
    sectors[1]["spill_to"] = "mall"
    tense = crowd(comes_as="red", tension=0.9, turnout=3000.0)
    closed = {"closures": [{"a": "kpu", "b": "mall"}]}
    instance = red_town(gatherings=[tense], law=calm_law(spill=5.0), sectors=sectors, travel=closed)
    _, events = play(instance, Deployment(instance="town"))
    assert "spilled" not in kinds(events)


def test_bug_only_those_who_spilled_go_home_after_their_stay():
    """Others of the same gathering who came later stay their own time."""
    sectors = [s.model_dump() for s in town().sectors]
    sectors[1]["spill_to"] = "mall"
    tense = crowd(comes_as="red", tension=0.9, turnout=3000.0)
    instance = red_town(gatherings=[tense], law=calm_law(spill=2.0), sectors=sectors)
    _, events = play(instance, Deployment(instance="town"))
    came = [e for e in events if e.kind == "arrived" and e.sector == "mall"]
    assert len(came) >= 2
    here = 0
    for e in events:
        if e.sector == "mall" and e.kind in ("arrived", "left"):
            here += int(e.number if e.kind == "arrived" else -e.number)
            stayed = sum(a.number for a in came if e.minute - 60.0 < a.minute <= e.minute)
            assert here >= stayed


def test_bug_units_released_behind_a_closed_road_come_back_when_it_opens():
    travel = {"closures": [{"a": "polres", "b": "kpu", "start": "14:00", "end": "15:00"}]}
    instance = red_town(gatherings=[crowd(comes_as="yellow")], travel=travel)
    timeline = Timeline(index_instance(instance), count(instance, posted(instance)), draw(instance, 1, 1)[0])
    timeline.clock.run(until=80.0)
    before = sum(timeline.state.reserve[0])
    assert timeline.state.called(1)
    timeline.tick()
    people.leave(timeline.state, 0, 1, timeline.state.crowd(1)[0])
    timeline.settle()
    timeline.clock.run(until=119.0)
    assert sum(timeline.state.reserve[0]) == before
    timeline.clock.run(until=140.0)
    assert sum(timeline.state.reserve[0]) > before
