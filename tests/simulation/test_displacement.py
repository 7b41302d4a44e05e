"""A crowd that goes where the line is thinnest: what it sees, what it may choose, and who must know of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.harms import HARMS, PARTICIPATION
from optimiser.model.instance import Instance
from optimiser.output.words.wording import Wording
from optimiser.planning.evaluation import evaluate
from optimiser.planning.participation import meant_hours, share_held
from optimiser.planning.search.prefix_bound import unreached
from optimiser.planning.search.response_tables import interplay
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator, simulate

LOST = [harm.id for harm in HARMS].index(PARTICIPATION)
CALM = dict.fromkeys(("worsen_green", "worsen_yellow", "spill", "disperse_yellow", "disperse_red"), 0.0)
FORK = {
    "routes": [{"id": "venue", "weight": 3.0}, {"id": "mall", "weight": 1.0}],
    "itinerary": [
        {"sector": "terminal", "stay": 40.0},
        {"sector": "kpu", "stay": 60.0, "route": "venue"},
        {"sector": "mall", "stay": 60.0, "route": "mall"},
    ],
}


def with_march(law: dict[str, float] | None = CALM, parts: Any = None, **changes: Any) -> Instance:
    """Build the town with its march changed; nothing but the programme of the day happens unless a law is given."""
    plain = town()
    march = {**plain.gatherings[0].model_dump(mode="json"), **FORK, "displacement": 1.0, **changes}
    sectors = [{**s.model_dump(mode="json"), "official": None} for s in plain.sectors]  # nobody goes home content
    return town(**{"gatherings": [march], "law": law or {}, "triggers": [], "sectors": sectors, **(parts or {})})


def place(**placed: dict[str, int]) -> Deployment:
    """Place kinds by sector."""
    kinds = {(place, kind): n for place, row in placed.items() for kind, n in row.items()}
    vehicles = {key: n for key, n in kinds.items() if key[1] in ("truck", "awc")}
    teams = {key: n for key, n in kinds.items() if key not in vehicles}
    return Deployment.build(town(), teams, vehicles)


def log(instance: Instance, deployment: Deployment, number: int = 0) -> list[Event]:
    return simulate(instance, deployment, draw(instance, 1, 30, "reporting")[number])[1]


def way(events: list[Event]) -> list[str]:
    """Return the sectors where people arrive, in order, each as often as the body of the crowd comes to it."""
    arrived = [e.sector for e in events if e.kind == "arrived"]
    return [s for i, s in enumerate(arrived) if i == 0 or arrived[i - 1] != s]


@pytest.mark.parametrize(("kpu", "mall", "goal"), [(3, 1, "mall"), (1, 3, "kpu"), (2, 2, "kpu"), (0, 0, "kpu")])
def test_it_goes_where_fewer_stand_and_at_a_tie_by_the_route_written_first(kpu: int, mall: int, goal: str) -> None:
    instance = with_march()
    deployment = place(kpu={"rope": kpu}, mall={"rope": mall})
    for number in range(10):
        events = log(instance, deployment, number)
        assert way(events) == ["terminal", goal]
        (told,) = [e for e in events if e.kind == "displaced"]
        assert (told.sector, told.other, told.what) == ("terminal", goal, "march")
        assert told.number == 10.0 * min(kpu, mall)


@pytest.mark.parametrize(
    ("kpu", "mall", "goal"),
    [
        ({"talk": 3}, {"rope": 1}, "kpu"),  # who talks holds no line
        ({"truck": 2}, {"truck": 3}, "kpu"),  # extra crews stand in it
        ({"shield": 2}, {"rope": 1}, "mall"),  # shields are seen, though in green they would not act
    ],
)
def test_a_line_is_who_can_hold_one_and_extra_crews(kpu: dict[str, int], mall: dict[str, int], goal: str) -> None:
    assert way(log(with_march(), place(kpu=kpu, mall=mall))) == ["terminal", goal]


def test_it_begins_where_the_line_is_thinnest_as_its_first_group_comes() -> None:
    starts = [{"sector": "kpu", "route": "venue"}, {"sector": "mall", "route": "mall"}]
    instance = with_march(itinerary=starts)
    assert way(log(instance, place(kpu={"rope": 3}, mall={"rope": 1}))) == ["mall"]
    teams = [{**t.model_dump(mode="json"), **({"available": "13:29"} if t.id == "rope" else {})} for t in town().teams]
    later = with_march(itinerary=starts, parts={"teams": teams})
    assert way(log(later, place(kpu={"rope": 1}, mall={"shield": 1}))) == ["kpu"]  # as many; the first one written
    assert way(log(later, place(kpu={"rope": 2}, mall={"shield": 1}))) == ["mall"]  # on duty before they come


def test_at_each_stop_it_chooses_again_among_the_routes_that_led_there() -> None:
    ways = {
        "a": ["terminal", "kpu", "terminal"],
        "b": ["terminal", "kpu", "mall"],
        "c": ["terminal", "mall", "kpu"],
        "d": ["terminal", "mall"],
    }
    stops = [{"sector": s, "stay": 30.0, "route": name} for name, sectors in ways.items() for s in sectors]
    instance = with_march(routes=[{"id": name} for name in ways], itinerary=stops)
    found = {
        tuple(way(log(instance, place(terminal={"rope": t}, kpu={"rope": k}, mall={"rope": m}))))
        for t, k, m in ((2, 0, 1), (0, 1, 2), (0, 2, 1))
    }
    assert found == {("terminal", "kpu", "mall"), ("terminal", "kpu", "terminal"), ("terminal", "mall", "kpu")}


def test_a_way_that_is_closed_is_out_of_reach_and_so_is_a_route_without_weight() -> None:
    thin = place(kpu={"rope": 1}, mall={"rope": 3})
    closed = with_march()
    travel = town(travel={"closures": [{"a": "kpu", "b": "terminal"}]}).travel
    closed = closed.altered(travel=closed.travel.altered(closures=travel.closures))
    assert way(log(closed, thin)) == ["terminal", "mall"]
    assert not [e for e in log(closed, thin) if e.kind in ("blocked", "displaced")]  # there was nothing to choose
    never = with_march(routes=[{"id": "venue", "weight": 0.0}, {"id": "mall"}])
    assert way(log(never, thin)) == ["terminal", "mall"]
    assert "gatherings go where the line is thinnest" not in interplay(never)


def test_it_displaces_with_its_chance_and_no_other_draw_knows_of_it() -> None:
    count, plain, half = 4000, draw(with_march(displacement=0.0), 1, 4000), draw(with_march(displacement=0.3), 1, 4000)
    low, high = stats.binom.interval(0.999, count, 0.3)
    assert low <= half.displaced.sum() <= high
    assert not plain.displaced.any()
    for name in ("turnout", "route", "first_group", "tension", "content", "received", "triggered"):
        assert np.array_equal(getattr(plain, name), getattr(half, name))


def test_a_chance_mixes_the_two_worlds_scenario_by_scenario_and_its_mean_is_known() -> None:
    """The mall is reached with chance d + (1 - d) w, where w is the weight of its route and its line is the thinner."""
    deployment, count, losses, seen = place(kpu={"rope": 3}, mall={"rope": 1}), 2000, {}, {}
    for chance in (0.0, 0.4, 1.0):
        instance = with_march(law=None, displacement=chance)
        scenarios = draw(instance, 1, count)
        with Simulator(instance) as simulator:
            course = simulator.course(deployment.numbers(instance), scenarios)
        losses[chance], seen[chance] = course.total, scenarios.displaced[:, 0] == 1
    assert np.array_equal(losses[0.4], np.where(seen[0.4], losses[1.0], losses[0.0]))
    assert not np.array_equal(losses[1.0], losses[0.0])
    calm = with_march(displacement=0.4)
    with Simulator(calm) as simulator:
        visited = simulator.course(deployment.numbers(calm), draw(calm, 1, count)).visited[:, 2].sum()
    low, high = stats.binom.interval(0.999, count, 0.4 + 0.6 * 0.25)
    assert low <= visited <= high


def test_sectors_are_not_apart_where_a_crowd_chooses_between_them() -> None:
    """Each route has one stop, nobody marches, spills over or is called: only the choice joins the sectors."""
    apart: dict[str, Any] = {
        "itinerary": [{"sector": "kpu", "route": "venue"}, {"sector": "mall", "route": "mall"}],
        "law": {"spill": 0.0},
    }
    alone = {"reinforcements": [], "posts": [{**town().posts[0].model_dump(mode="json"), "staging_capacity": 0}]}
    drawn, chosen = (with_march(**apart, parts=alone, displacement=chance) for chance in (0.0, 0.1))
    assert interplay(drawn) == ()
    assert interplay(chosen) == ("gatherings go where the line is thinnest",)


def test_nobody_is_waited_for_longer_than_until_a_displacing_crowd_begins() -> None:
    instance = with_march(law={"spill": 0.0})
    scenarios = draw(instance, 1, 20)
    until = unreached(instance, scenarios)
    assert np.array_equal(until, np.repeat(scenarios.first_group[:, :1], 3, axis=1))
    drawn = unreached(with_march(law={"spill": 0.0}, displacement=0.0), scenarios)
    assert np.all(drawn >= until - 1e-12)


def test_a_line_where_nobody_ever_came_matters_to_who_would_have_come() -> None:
    instance = with_march(law=None)
    base, thinner = place(kpu={"rope": 1}, mall={"rope": 3}), place(kpu={"rope": 1})
    scenarios = draw(instance, 1, 20)
    with Simulator(instance) as simulator, Simulator(instance) as other:
        assert not simulator.course(base.numbers(instance), scenarios).visited[:, 2].all()
        lazy = simulator.totals(thinner.numbers(instance)[None], scenarios, base=base.numbers(instance))
        assert np.array_equal(lazy, other.totals(thinner.numbers(instance)[None], scenarios))


def test_the_log_says_in_words_where_it_goes_and_how_thin_the_line_is_there() -> None:
    instance = with_march()
    said = Wording(instance)
    (thin,) = [e for e in log(instance, place(kpu={"rope": 3}, mall={"rope": 1})) if e.kind == "displaced"]
    assert said.tell(thin) == "March chooses Mall: the line is thinnest there, 10 heads"
    (nobody,) = [e for e in log(instance, place(kpu={"rope": 3})) if e.kind == "displaced"]
    assert said.tell(nobody) == "March chooses Mall: nobody is in line there"
    begins = with_march(itinerary=[{"sector": "kpu", "route": "venue"}, {"sector": "mall", "route": "mall"}])
    (first,) = [e for e in log(begins, place(mall={"rope": 1})) if e.kind == "displaced"]
    assert (first.sector, said.tell(first)) == ("kpu", "March chooses KPU: nobody is in line there")


def test_bug_whose_way_was_closed_was_told_of_the_first_gathering_only() -> None:
    plain = with_march(displacement=0.0)
    march = plain.gatherings[0].model_dump(mode="json")
    travel = {"closures": [{"a": "kpu", "b": "terminal"}, {"a": "mall", "b": "terminal"}]}
    second = {**march, "id": "second", "name": "Second"}
    told = log(with_march(parts={"gatherings": [march, second], "travel": travel}), place())
    assert {e.what for e in told if e.kind == "blocked"} == {"march", "second"}


def test_who_does_not_come_chooses_nothing() -> None:
    events = log(with_march(chance=0.0), place(kpu={"rope": 3}))
    assert not [e for e in events if e.kind in ("displaced", "arrived", "marched")]


def long_and_short(**changes: Any) -> Instance:
    """Build a crowd that means, as often as not, to stay for 300 minutes at the KPU or for 5 in the mall."""
    stops = [
        {"sector": "terminal", "stay": 30.0},
        {"sector": "kpu", "stay": 300.0, "route": "long"},
        {"sector": "mall", "stay": 5.0, "route": "short"},
    ]
    return with_march(routes=[{"id": "long"}, {"id": "short"}], itinerary=stops, **changes)


def lost(instance: Instance, deployment: Deployment) -> tuple[np.ndarray, np.ndarray, float]:
    """Return lost minutes of each who came and means to assemble, by scenario, the route drawn, and the share held."""
    scenarios = draw(instance, 1, 40)
    with Simulator(instance) as simulator:
        found = evaluate(simulator, deployment, scenarios)
    hours = found.outcome.harms[:, :, LOST].sum(axis=1)
    persons = scenarios.turnout[:, 0] * (1.0 - float(instance.gatherings[0].militant.green))
    held = share_held(found)
    assert held is not None
    return 60.0 * hours / persons, scenarios.route[:, 0], held


def test_bug_turning_a_crowd_aside_looked_as_if_all_of_it_could_take_place() -> None:
    """By a thin line or by a closed way: who meant to stay for long and goes where it is short loses the rest."""
    closure = town(travel={"closures": [{"a": "kpu", "b": "terminal"}, {"a": "kpu", "b": "mall"}]}).travel
    shut = long_and_short(parts={"travel": closure})
    for instance, deployment in (
        (long_and_short(), place(kpu={"rope": 2}, mall={"rope": 1})),
        (shut, place(kpu={"rope": 1}, mall={"rope": 2})),
    ):
        minutes, drawn, held = lost(instance, deployment)
        assert minutes == pytest.approx(np.where(drawn == 0, 295.0, 0.0))
        assert held < 0.4
    minutes, drawn, held = lost(long_and_short(), place(kpu={"rope": 1}, mall={"rope": 2}))
    assert set(drawn.tolist()) == {0, 1}
    assert not minutes.any()  # who stays longer than it meant gains nothing, and loses nothing
    assert held == 1.0


def test_bug_what_a_displacing_crowd_means_was_that_of_another_route_than_the_one_drawn() -> None:
    scenarios = draw(long_and_short(displacement=0.5), 1, 40)
    plain = draw(long_and_short(displacement=0.0), 1, 40)
    meant = meant_hours(long_and_short(displacement=0.5), scenarios)
    assert np.array_equal(meant, meant_hours(long_and_short(displacement=0.0), plain))


def test_who_turns_aside_more_than_once_loses_what_it_meant_and_no_more() -> None:
    """Minutes stayed beyond what was meant make up for those lost later, and are not lost themselves."""
    ways = {
        "b": [("terminal", 20.0), ("kpu", 20.0), ("mall", 200.0)],
        "a": [("terminal", 20.0), ("kpu", 20.0), ("terminal", 60.0)],
        "c": [("terminal", 20.0), ("mall", 90.0)],
    }
    stops = [{"sector": s, "stay": stay, "route": name} for name, way in ways.items() for s, stay in way]
    instance = with_march(routes=[{"id": name} for name in ways], itinerary=stops)
    deployment = place(terminal={"rope": 1}, kpu={"rope": 0}, mall={"rope": 2})
    minutes, drawn, _ = lost(instance, deployment)
    assert set(drawn.tolist()) == {0, 1, 2}
    # all go by b to the KPU and by a back to the terminal: 80 minutes after the first stop; meant were 220, 80 or 90
    assert minutes == pytest.approx(np.choose(drawn, [140.0, 0.0, 10.0]))


def test_bug_people_who_do_not_come_waited_for_a_way_and_made_others_tense() -> None:
    instance = with_march(displacement=0.0)
    march = instance.gatherings[0].model_dump(mode="json")
    travel = {"closures": [{"a": "kpu", "b": "terminal"}, {"a": "mall", "b": "terminal"}]}
    stay = {"routes": [], "itinerary": [{"sector": "terminal", "stay": 180.0}]}
    parts = {"gatherings": [{**march, **stay}, {**march, "id": "ghost", "name": "Ghost", "chance": 0.0}]}
    events = log(with_march(parts={**parts, "travel": travel}), place())
    assert [e for e in events if e.kind == "arrived"]
    assert not [e for e in events if e.kind == "blocked" or "closed" in e.note]
