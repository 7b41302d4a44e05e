"""Rest and relief on papers: who rests is told so, who relieves whom is on every sheet, and who lacks relief too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from support.along_day import VAN, day, march, place
from support.read_papers import all_text, facts, page, rows, text, written
from support.sample_solution import solved

from optimiser.common.language import ENGLISH
from optimiser.model.instance import Instance
from optimiser.output.sections.plan import overview_blocks
from optimiser.output.write import write_solution

FIRST = {"id": "first", "name": "First shift", "legs": [{"sector": "kpu", "until": "16:30"}, {"post": "polres"}]}
SECOND = {
    "id": "second",
    "name": "Second shift",
    "legs": [{"post": "polres", "until": "15:50"}, {"sector": "kpu"}],
}
TEAMS = {
    ("first", "rope"): 2,
    ("first", "padal"): 1,
    ("second", "rope"): 1,
    ("second", "padal"): 1,
    ("kpu", "rope"): 1,
    ("kpu", "padal"): 1,
}
LACKING = "12 heads at 1 place are on duty for longer than 3 h from 17:00, and nobody in this plan relieves them"


def shifts(**doctrine: Any) -> Instance:
    rules = {"refusal": 0.0, "relief_every": 0.0, "longest_duty": 180.0, **doctrine}
    return day(accompaniments=[], movements=[FIRST, SECOND], doctrine=rules)


def test_whoever_signs_the_first_page_reads_there_that_some_lack_relief() -> None:
    assert facts(papers(shifts()).papers[0])["Relief"] == f"1 relief by movements, as listed\n{LACKING}"
    assert facts(papers(shifts(relief_every=180.0)).papers[0])["Relief"].startswith("every 3 h, like for like")


def test_the_paper_of_each_place_says_from_when_its_units_lack_relief() -> None:
    told = {paper.place: facts(paper).get("No relief") for paper in papers(shifts()).papers if paper.place}
    assert told["kpu"] == "12 heads, on duty for longer than 3 h from 17:00"
    assert not any(lacking for place, lacking in told.items() if place != "kpu")


def papers(instance: Instance) -> Any:
    return written(instance, place(instance, TEAMS))


def said(paper: Any) -> str:
    """All pairs of a paper, in whichever section."""
    pairs = [pair for s in paper.sections for pair in getattr(s.blocks[0], "pairs", ())]
    return "\n".join(f"{label} {text(value)}" for label, value in pairs)


def test_screens_and_workbooks_say_who_lacks_relief_and_nothing_where_nobody_does(tmp_path: Path) -> None:
    for every, expected in ((0.0, True), (180.0, False)):
        instance = shifts(relief_every=every)
        solution = solved(instance, place(instance, TEAMS))
        first = next(iter(overview_blocks(solution, ENGLISH)))  # before the table of places, where nobody misses it
        assert (
            ("No relief", "12 heads from 17:00") in [(label, text(value)) for label, value in first.pairs]
        ) is expected
        assert (any(one.code == "no-relief" for one in solution.cautions)) is expected
        write_solution(solution, tmp_path / str(every))
        book = CalamineWorkbook.from_path(tmp_path / str(every) / "plan.xlsx")
        cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
        assert ("12 heads from 17:00" in cells) is expected
        assert "Polres, rest" in cells


def test_the_sheet_of_who_rests_says_so_and_who_relieves_whom_stands_on_both() -> None:
    orders = papers(shifts())
    first, second = page(orders, "first"), page(orders, "second")
    assert facts(first)["Relieved by"] == "Second shift at KPU, 16:30, 12 heads"
    assert facts(first)["Nobody relieves"] == "1 × Dalmas awal squad at KPU, 16:30"
    assert facts(second)["Relieves"] == "First shift at KPU, 16:30, 12 heads"
    assert [row[1] for row in rows(first, "Where you stand, and when you go on")] == ["KPU", "Polres\nrest"]
    assert [row[1] for row in rows(second, "Where you stand, and when you go on")] == ["Polres\nrest", "KPU"]
    for sheet in (first, second):
        assert "At a post you rest" in all_text(sheet)
    assert "relief: Second shift instead of First shift" in all_text(page(orders, "kpu"))


def test_the_operation_order_lists_reliefs_and_who_has_none() -> None:
    order = page(papers(shifts()), "order")
    (relief,) = rows(order, "Relief by movements")
    assert [relief[i] for i in (0, 1, 3, 4, 6)] == ["KPU", "16:30", "12", "16:21", "12"]
    assert relief[2].endswith("nobody relieves: 1 × Dalmas awal squad"), "two leave, one comes"
    assert relief[2].startswith("First shift")
    assert relief[5].startswith("Second shift")
    assert rows(order, "Without relief") == [["KPU", "17:00", "12"]]
    assert "Crews of vehicles" not in all_text(order)
    assert "Whoever leaves or is done at most 10 min after that is left out." in all_text(order)
    assert "likeliest way" not in all_text(order), "nobody of them goes with people"
    for paper in (order, page(papers(shifts()), "ics-204")):
        assert f"Relief 1 relief by movements, as listed\n{LACKING}" in said(paper)


def test_where_relief_is_like_for_like_the_papers_say_that_alone() -> None:
    orders = papers(shifts(relief_every=180.0))
    order = page(orders, "order")
    assert "every 3 h, like for like" in all_text(order)
    assert "by movements, as listed" not in all_text(order)
    assert not [s for s in order.sections if s.heading == "Without relief"]


def test_bug_heads_without_relief_were_fewer_than_those_of_a_place_and_nobody_knew_why() -> None:
    """The van stands at KPU with a crew of its own, who sit."""
    instance = day(
        accompaniments=[], doctrine={"relief_every": 0.0, "longest_duty": 180.0}, vehicles=[{**VAN, "crew": 2}]
    )
    plan = place(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {("kpu", "van"): 1})
    order = page(written(instance, plan), "order")
    assert rows(order, "Without relief") == [["KPU", "17:00", "12"]]
    assert "nobody in this plan relieves them. Crews of vehicles are not among them." in all_text(order)


def test_bug_heads_of_a_place_lacked_relief_before_their_longest_duty_was_over() -> None:
    """The talkers at KPU can be used from 15:00; and medics leave with nobody who takes their place."""
    data = shifts().model_dump(mode="json")
    for team in data["teams"]:
        if team["id"] == "talk":
            team["available"] = "15:00"
    instance = day(accompaniments=[], movements=[FIRST, SECOND], doctrine=data["doctrine"], teams=data["teams"])
    orders = written(instance, place(instance, {**TEAMS, ("kpu", "talk"): 1, ("first", "care"): 1}))
    order = page(orders, "order")
    assert rows(order, "Without relief") == [["KPU", "17:00", "12"], ["", "18:00", "3"]]
    told = facts(page(orders, "kpu"))["No relief"]
    assert told == "15 heads, on duty for longer than 3 h: 12 from 17:00, the last from 18:00"
    (relief,) = rows(order, "Relief by movements")
    assert relief[2].endswith("nobody relieves: 1 × Dalmas awal squad, 1 × Medical team")
    assert relief[3] == "12", "one of the two ropes and the officer"


def test_bug_times_of_relief_did_not_say_that_they_are_those_of_the_likeliest_way() -> None:
    """The march comes to KPU by the one road after 58 minutes, by the other later."""
    routes = [{"id": "near", "weight": 2.0}, {"id": "far", "weight": 1.0}]
    stops = [
        {"sector": "terminal", "stay": 40.0},
        {"sector": "mall", "stay": 30.0, "route": "far"},
        {"sector": "kpu", "stay": 120.0},
    ]
    goes = {"id": "goes", "name": "Goes", "legs": [{"gathering": "march", "until": "16:30"}, {"post": "polres"}]}
    crowds = [march(routes=routes, itinerary=stops)]
    instance = day(accompaniments=[], movements=[goes, SECOND], gatherings=crowds, doctrine={"relief_every": 0.0})
    teams = {(who, what): 1 for who in ("goes", "second") for what in ("rope", "padal")}
    orders = written(instance, place(instance, teams))
    order = page(orders, "order")
    (table,) = (s.blocks[0] for s in order.sections if s.heading == "Relief by movements")
    likeliest = "With people the times are the mean times of their likeliest way."
    assert table.note == likeliest
    sheet = all_text(page(orders, "second"))
    assert "Relieves Goes at KPU" in sheet
    assert likeliest in sheet, "nobody of it goes with people, but whom it relieves does"
