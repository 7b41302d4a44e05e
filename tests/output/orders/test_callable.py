"""Papers name everything that dispatch may send, with its minutes, and what stays with a water cannon."""

from __future__ import annotations

from typing import Any

import pytest
from support.town import crowd, posted, town

from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.blocks import lines, plain_text
from optimiser.output.orders import compose
from optimiser.output.orders.form import Orders, Paper
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import (
    LIKELY,
    expects_cannon,
    list_for_line,
    list_free,
    list_guards,
    list_help,
    may_be_called,
)
from optimiser.output.words.expectation import Expectation, Stay, StoredEvaluation
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.played_plan import list_events, pick

GATES = "Gates before the water cannon runs, each one"


def papers(instance: Instance, plan: Deployment, expected: Expectation | None = None) -> Orders:
    return compose(instance, plan, check(instance, plan), expected or Expectation())


def page(orders: Orders, key: str) -> Paper:
    return next(paper for paper in orders.papers if paper.key == key)


def rows(paper: Paper, title: str) -> list[list[str]]:
    block: Any = next(section for section in paper.sections if section.heading == title).blocks[0]
    return [[" ".join(plain_text(line) for line in lines(value)) for value in row] for row in block.rows]


def headings(paper: Paper) -> set[str]:
    return {section.heading for section in paper.sections}


def turned(instance: Instance, red: dict[str, float], scenarios: int = 1000) -> Expectation:
    """Expect red in a share of scenarios, by sector."""
    phases = {s.id: {"red": Stay(minutes=1.0, reached=red.get(s.id, 0.0))} for s in instance.sectors}
    return Expectation(evaluation=StoredEvaluation(scenarios=scenarios, harms={}, worst_phase={}, phases=phases))


def test_the_sheet_of_a_post_calls_the_water_cannon_with_its_escort_and_keeps_that_from_others() -> None:
    instance = town()
    may = rows(page(papers(instance, posted(instance)), "polres"), "Who may be called")
    yellow, red, stays = may[:3]
    assert yellow == ["▲ Yellow", "5 × Dalmas lanjut squad, 1 × Medical team, 1 × Arrest team"]
    assert red[1].endswith("1 × Arrest team; 1 × Water cannon with 1 × Dalmas lanjut squad")
    assert stays[0] == "Stays with it"
    assert stays[1].startswith("1 × Dalmas lanjut squad with 1 × Water cannon (own crew of 4; escort of 10")


def test_the_sheet_of_a_sector_has_the_water_cannon_with_its_minutes() -> None:
    instance = town()
    reserve = rows(page(papers(instance, posted(instance)), "kpu"), "Reserve that can be called")
    # the sheet's 1.84 km: 2.8 min with the truck of the escort at 40 km/h, and 4 min to form up
    assert ["Polres", "1 × Water cannon, once ■ Red, with 1 × Dalmas lanjut squad", "7", "–"] in reserve


def test_a_water_cannon_rides_at_its_own_pace_and_its_escort_marches_without_seats() -> None:
    instance = town()
    slow = town(vehicles=[{**v.model_dump(mode="json"), "speed": 20.0} for v in instance.vehicles])
    cannon = [h for h in list_help(Situation(slow, posted(slow)), slow.sectors[1]) if h.vehicle]
    assert [round(h.ride[0], 1) for h in cannon] == [round(4.0 + 60.0 * 1.3 * 2.0**0.5 / 20.0, 1)]
    on_foot = Deployment.build(instance, {("polres", "shield"): 1}, {("polres", "awc"): 1})
    (cannon_only,) = [h for h in list_help(Situation(instance, on_foot), instance.sectors[1]) if h.vehicle]
    assert round(cannon_only.march[0], 1) == round(4.0 + 60.0 * 1.3 * 2.0**0.5 / 4.0, 1)


def test_an_ambulance_is_named_with_its_minutes() -> None:
    ambulance = {"id": "amb", "name": "Ambulance", "count": 1, "home": "polres", "speed": 50.0, "medical": 4.0}
    instance = town(vehicles=[ambulance])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {("polres", "amb"): 1})
    orders = papers(instance, plan)
    assert ["Polres", "1 × Ambulance, once ■ Red", "7", "–"] in rows(page(orders, "kpu"), "Reserve that can be called")
    assert rows(page(orders, "polres"), "Who may be called")[1] == ["■ Red", "1 × Ambulance"]
    assert "Help everybody alike: 1 × Ambulance from Polres, there 7 min after the call." in str(
        rows(page(orders, "kpu"), "Tasks by phase")
    )


def test_gates_stand_where_the_water_cannon_may_come_and_nowhere_else() -> None:
    instance = town()
    orders = papers(instance, posted(instance), turned(instance, {"kpu": 0.02}))
    assert [p.key for p in orders.papers if GATES in headings(p)] == ["order", "kpu", "polres"]
    (terminal,) = [s.blocks[0] for s in page(orders, "terminal").sections if s.heading == "Reserve that can be called"]
    assert terminal.note.endswith("The water cannon is not expected here; its gates are in the operation order.")
    assert not any("Water cannon" in row[1] for row in rows(page(orders, "terminal"), "Reserve that can be called"))


def test_bug_the_gates_were_on_nearly_every_sheet_because_each_sector_turned_red_once() -> None:
    """Where red is rare one line says where the gates are; the cannon is still among those who can be called."""
    instance = town()
    orders = papers(instance, posted(instance), turned(instance, {"kpu": LIKELY, "terminal": 0.9 * LIKELY}))
    assert [p.key for p in orders.papers if GATES in headings(p)] == ["order", "kpu", "polres"]
    (reserve,) = [s.blocks[0] for s in page(orders, "terminal").sections if s.heading == "Reserve that can be called"]
    assert any("Water cannon" in row[1] for row in rows(page(orders, "terminal"), "Reserve that can be called"))
    assert reserve.note.endswith(
        "The water cannon comes here only in red, in under 2 % of scenarios; its gates are in the operation order."
    )


def test_few_scenarios_without_red_are_no_reason_to_leave_the_gates_out() -> None:
    instance = town()
    orders = papers(instance, posted(instance), turned(instance, {}, scenarios=12))
    assert {p.key for p in orders.papers if GATES in headings(p)} == {"order", "terminal", "kpu", "mall", "polres"}


def test_a_water_cannon_at_base_is_on_no_paper_but_the_list_of_the_base() -> None:
    instance = town()
    teams = {(place, k): n for place, a in posted(instance).places.items() for k, n in a.teams.items()}
    orders = papers(instance, Deployment.build(instance, teams, {}))
    assert not any(GATES in headings(p) for p in orders.papers)
    assert rows(page(orders, "order"), "Held at base, not callable")[-1][0].startswith("1 × Water cannon")


@pytest.mark.parametrize("name", ["oku-250", "town"])
def test_whoever_is_sent_in_simulated_days_is_on_the_sheets(name: str) -> None:
    instance = read(name) if name != "town" else town(gatherings=[crowd(comes_as="red", tension=1.0)])
    plan = proportional(instance) if name != "town" else posted(instance)
    at, sectors = Situation(instance, plan), {s.id: s for s in instance.sectors}
    carries = {v.id for v in instance.vehicles if v.seats and not v.water_cannon}
    seen = set()
    for number in range(8):
        for event in list_events(instance, plan, pick(instance, 1, number)):
            if event.kind == "formed" and event.note == "called":
                helps = list_help(at, sectors[event.sector])
                assert event.what in {team.id for h in helps for team, _ in h.teams}
                seen.add(event.what)
            elif event.kind == "back" and event.what not in {t.id for t in instance.teams} | carries:
                assert event.what in {h.vehicle[0].id for s in instance.sectors for h in list_help(at, s) if h.vehicle}
                seen.add(event.what)
    assert "awc" in seen or name == "oku-250"
    assert len(seen) >= 2


def test_teams_are_guards_of_one_vehicle_only() -> None:
    two = town(vehicles=[{**v.model_dump(mode="json"), "count": 2} for v in town().vehicles])
    plan = Deployment.build(two, {("polres", "shield"): 3}, {("polres", "awc"): 2})
    ((team, number),) = list_guards(Situation(two, plan), two.posts[0])["awc"]
    assert (team.id, number) == ("shield", 2)


def test_a_water_cannon_in_a_sector_has_its_gates_there() -> None:
    instance = town()
    plan = Deployment.build(instance, {("kpu", "shield"): 1, ("kpu", "padal"): 1}, {("kpu", "awc"): 1})
    assert expects_cannon(Situation(instance, plan, turned(instance, {})), instance.sectors[1])
    assert not expects_cannon(Situation(instance, plan, turned(instance, {})), instance.sectors[0])


def test_bug_papers_promised_teams_that_a_post_keeps_until_a_sector_is_red() -> None:
    """As dispatch does: what waits, less what is kept, is all that a post sends before red."""
    instance = read("oku-250")
    at = Situation(instance, proportional(instance))
    kept = [post for post in instance.posts if post.keep and at.teams(post.id)]
    assert kept
    for post in kept:
        waiting = sum(n for team, n in at.teams(post.id) if may_be_called(at, team))
        most = max(0, waiting - int(post.keep))
        assert len(list_for_line(at, post, "yellow")) <= most
        assert all(n <= most for _, n in list_free(at, post, "yellow"))
        if not most:
            assert list_free(at, post, "yellow") == ()


def test_bug_a_sheet_counted_on_teams_that_its_post_sends_only_in_red() -> None:
    """The sheet of the post says who goes in which phase; those of sectors gave the minutes of all alike."""
    instance = town(posts=[{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0, "keep": 0}])
    teams = {
        ("kpu", "rope"): 1,
        ("kpu", "padal"): 1,
        ("polres", "rope"): 2,
        ("polres", "shield"): 1,
        ("polres", "phh"): 1,
    }
    orders = papers(instance, Deployment.build(instance, teams, {}))
    told = "2 × Dalmas awal squad, only in ▲ Yellow; 1 × Dalmas lanjut squad; 1 × PHH squad, once ■ Red"
    assert rows(page(orders, "kpu"), "Reserve that can be called")[0][1] == told
    kept = instance.altered(posts=[instance.posts[0].model_copy(update={"keep": 1})])
    alone = Deployment.build(kept, {("kpu", "rope"): 1, ("kpu", "padal"): 1, ("polres", "shield"): 1}, {})
    reserve = rows(page(papers(kept, alone), "kpu"), "Reserve that can be called")
    assert reserve[0][1] == "1 × Dalmas lanjut squad, once ■ Red"
