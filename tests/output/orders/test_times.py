"""Who comes later is told with the time wherever they are listed; lists are in the order of the day, over midnight."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support.late_town import late_town, shifts
from support.sample_solution import solved
from support.town import posted, town

from optimiser.common.language import ENGLISH
from optimiser.files.read import read_deployment
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.output.blocks import lines, plain_text
from optimiser.output.documents.tables import write_deployment
from optimiser.output.orders import compose
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders, Paper
from optimiser.output.report.report import write_report
from optimiser.output.sections.plan import receptions_section
from optimiser.output.sections.roster import reserve_blocks, sectors_blocks
from optimiser.output.write import map_plan, write_orders, write_plan_book
from optimiser.planning.solution import Solution


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved(late_town(), shifts(late_town()))


@pytest.fixture(scope="module")
def papers(solution: Solution) -> Orders:
    return order(solution.instance, solution.deployment)


def text(value: Any) -> str:
    return "\n".join(plain_text(line) for line in lines(value))


def page(orders: Orders, key: str) -> Paper:
    return next(paper for paper in orders.papers if paper.key == key)


def rows(paper: Paper, title: str) -> list[list[str]]:
    block: Any = next(section for section in paper.sections if section.heading == title).blocks[0]
    return [[text(value) for value in row] for row in block.rows]


def words(paper: Paper) -> list[str]:
    """List every text of a paper that names a kind of team."""
    found: list[str] = []
    for section in paper.sections:
        block: Any = section.blocks[0]
        if block.kind == "table":
            found += [text(value) for row in block.rows for value in row]
        elif block.kind == "points":
            found += [text(value) for value in block.items]
        elif block.kind == "pairs":
            found += [text(value) for _, value in block.pairs]
    return found


def test_every_paper_says_from_when_the_second_shift_is_there(papers: Orders) -> None:
    told = {paper.key: [w for w in words(paper) if "second shift" in w] for paper in papers.papers}
    assert {key for key, texts in told.items() if texts} >= {"order", "kpu", "polres", "ics-204"}
    for key, texts in told.items():
        for said in texts:
            shown = said.count("second shift")
            assert said.count("second shift (from 16:00)") == shown, (key, said)


def test_who_comes_later_reports_later(papers: Orders) -> None:
    # the KPU must stand at 15:14.9, the second shift is there from 16:00; 2.04 km at 30 km/h, 4 min to form up
    strength = {row[0]: row[4] for row in rows(page(papers, "kpu"), "Strength")}
    assert next(iter(strength.values())) == "Polres by 15:06"
    assert strength["2 × Dalmas awal squad"] == "″"
    assert strength["1 × Dalmas awal, second shift (from 16:00)"] == "Polres by 15:51; there from 16:00"
    waiting = {row[0]: row[4] for row in rows(page(papers, "polres"), "Strength")}
    assert waiting["1 × Dalmas awal, second shift (from 16:00)"] == "is there from 16:00"
    assigned = [row for section in page(papers, "ics-204").sections for row in getattr(section.blocks[0], "rows", ())]
    reports = {text(row[1]): text(row[5]) for row in assigned if "second shift" in text(row[1])}
    assert reports == {"1 × Dalmas awal, second shift (from 16:00)": "Polres, 16:00"}
    assert [text(row[5]) for row in assigned if "second shift" in text(row[1])] == ["KPU, 16:00", "Polres, 16:00"]


def test_a_time_before_people_come_changes_no_report() -> None:
    teams = [{**t.model_dump(mode="json"), "available": "14:00"} for t in town().teams]
    instance = town(teams=teams)
    assigned = rows_of(compose(instance, posted(instance), check(instance, posted(instance))), "ics-204")
    assert {row[5] for row in assigned if row[0] == "KPU"} == {"KPU, 15:08"}
    assert {row[5] for row in assigned if row[0] == "Polres"} == {"Polres, 14:00"}


def rows_of(orders: Orders, key: str) -> list[list[str]]:
    found = [row for section in page(orders, key).sections for row in getattr(section.blocks[0], "rows", ())]
    return [[text(value) for value in row] for row in found]


def test_screen_report_tables_workbook_and_map_say_it_too(solution: Solution) -> None:
    for blocks in (sectors_blocks(solution, ENGLISH), reserve_blocks(solution, ENGLISH)):
        (table,) = [block for block in blocks if block.kind == "table"]
        told = [text(value) for row in table.rows for value in row if "second shift" in text(value)]
        assert told
        assert all("second shift (10) from 16:00" in said for said in told)
    shown = re.findall(r"second shift.{0,60}", write_report(solution).decode())
    assert len(shown) == 4  # two places, in the table of the day and in that of the place
    assert all("from 16:00" in said for said in shown)
    rows = list(csv.DictReader(io.StringIO(write_deployment(solution.frame()).decode())))
    assert {row["available"] for row in rows if row["id"] == "late"} == {"16:00"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_plan_book(solution, [])))
    for sheet in ("Sectors", "Plotting", "Reserve"):
        shown = [row for row in book.get_sheet_by_name(sheet).to_python() if any("second shift" in str(v) for v in row)]
        assert shown
        assert all(any("from 16:00" in str(v) or v == dt.time(16, 0) for v in row) for row in shown), sheet
    features = {
        f["properties"]["id"]: f["properties"] for f in map_plan(solution.instance, solution.deployment)["features"]
    }
    assert "second shift (from 16:00)" in features["kpu"]["who"]
    assert features["kpu"]["available"] == {"late": "16:00"}
    assert "available" not in features["mall"]


def nearest(paper: Paper) -> str:
    block: Any = paper.sections[0].blocks[0]
    return next(text(value) for label, value in block.pairs if label == "Nearest who can be called")


def test_bug_what_is_there_was_counted_without_saying_that_it_comes_later() -> None:
    """ICS 215 and the workbook counted a second shift at the KPU beside those who stand there from the start."""
    data = late_town().model_dump(mode="json")
    kpu = next(sector for sector in data["sectors"] if sector["id"] == "kpu")
    kpu["minimum"] = {next(t["role"] for t in data["teams"] if t["id"] == "rope"): 3}
    instance = late_town(sectors=data["sectors"])
    plan = shifts(instance)
    sheet = page(compose(instance, plan, check(instance, plan)), "ics-215")
    least = next(row for row in rows(sheet, "Required by rules and pins") if row[5] == "least of the sector")
    assert least[2:5] == ["3", "3\n1 of them from 16:00", "0"]
    turned = rows(sheet, "If the expected crowd turns")
    yellow = next(row for row in turned if row[0] == "KPU")
    assert re.fullmatch(r"\d+\n\d+ of them from 16:00", yellow[3]), "who stands there"
    assert re.fullmatch(r"\d+\n\d+ of them from 16:00", yellow[4]), "who waits in reach"
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_plan_book(solved(instance, plan), [])))
    needs = book.get_sheet_by_name("Required, have, need").to_python()
    assert needs[0][5] == "from when"
    assert [row[5] for row in needs if row[0].endswith("at KPU") and row[2] == 3.0] == ["1 of them from 16:00"]


# ------------------------------------------------------------ the order of the day


def night() -> Any:
    """Give the town at night: the operation starts at 20:00, the march comes after midnight to sectors in turn."""
    data = town().model_dump(mode="json")
    vigil = {"id": "vigil", "name": "Vigil", "turnout": 300.0, "arrives": "21:00", "itinerary": [{"sector": "mall"}]}
    data["sectors"][1]["critical"] = [
        {"name": "second count", "start": "03:00", "end": "04:00"},
        {"name": "first count", "start": "22:00", "end": "23:00"},
    ]
    data["sectors"][2]["official"] = {"name": "manager", "chance": 0.5}
    return town(
        period={"start": "2024-08-20T20:00:00", "hours": 10},
        sectors=data["sectors"],
        gatherings=[{**data["gatherings"][0], "arrives": "00:30"}, vigil],
        triggers=[{**data["triggers"][0], "at": "01:30"}, {"id": "rumour", "name": "Rumour", "at": "23:30"}],
        travel={"closures": [{"a": "polres", "b": "kpu", "start": "22:30", "end": "23:15"}]},
    )


def test_lists_of_the_operation_order_are_in_the_order_of_the_day_over_midnight() -> None:
    instance = night()
    plan = posted(instance)
    front = page(compose(instance, plan, check(instance, plan)), "order")
    points = {s.heading: [text(v) for v in s.blocks[0].items] for s in front.sections if s.blocks[0].kind == "points"}
    assert [row[0] for row in rows(front, "Who comes together; lawful until proved otherwise")] == ["Vigil", "March"]
    assert points["Processes that must go on"] == ["22:00–23:00 first count, KPU", "03:00–04:00 second count, KPU"]
    assert [said[:5] for said in points["What may change the day"]] == ["22:30", "23:30", "01:30"]
    assert [row[0] for row in rows(front, "First: who receives the delegations")] == ["Mall", "KPU"]
    assert [row[0] for row in rows(front, "Who stands where")] == ["Terminal", "KPU"]


def test_screen_and_report_list_sectors_in_the_order_of_the_day() -> None:
    instance = night()
    solution = solved(instance, posted(instance))
    (table,) = [block for block in sectors_blocks(solution, ENGLISH) if block.kind == "table"]
    assert [text(row[0]).split("\n")[0] for row in table.rows] == ["Mall", "Terminal", "KPU"]
    levers = tuple(replace(solution.levers[0], sector=sector) for sector in ("kpu", "mall"))
    section = receptions_section(replace(solution, levers=levers), ENGLISH)
    (table,) = [block for block in section.blocks if block.kind == "table"]
    assert [text(row[0]).split("\n")[0] for row in table.rows] == ["Mall", "KPU"]


def test_who_can_be_used_in_time_takes_over_before_who_is_nearer_and_comes_later() -> None:
    data = town().model_dump(mode="json")
    data["posts"].append({"id": "near", "name": "Near yard", "x": 3.0, "y": 0.5})
    late = {**data["teams"][2], "id": "late", "name": "Late shields", "available": "17:00"}
    instance = town(posts=data["posts"], teams=[*data["teams"], late])
    rest = {("kpu", "rope"): 1, ("kpu", "padal"): 1, ("polres", "phh"): 1}
    both = Deployment.build(instance, {**rest, ("near", "late"): 2, ("polres", "shield"): 1}, {})
    orders = compose(instance, both, check(instance, both))
    yellow = rows(page(orders, "kpu"), "Tasks by phase")[1][3]
    assert "Lapis ganti (5 min) to 1 × Dalmas lanjut squad from Polres, there 32 min after the call." in yellow
    assert nearest(page(orders, "terminal")).startswith("Polres, ")
    alone = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1, ("near", "late"): 2}, {})
    orders = compose(instance, alone, check(instance, alone))
    yellow = rows(page(orders, "kpu"), "Tasks by phase")[1][3]
    assert "to 2 × Late shields (from 17:00) from Near yard" in yellow
    assert nearest(page(orders, "terminal")).startswith("Near yard from 17:00, ")


# ------------------------------------------------------------ one time for one unit


def in_good_time() -> Orders:
    """Give the papers of a town whose soft line can be used from 14:00; the KPU must stand an hour later."""
    data = town().model_dump(mode="json")
    data["doctrine"]["officer_per_sector"] = True
    teams = [{**t, "available": "14:00"} if t["id"] == "rope" else t for t in data["teams"]]
    data["sectors"][0]["minimum"] = {next(t["role"] for t in teams if t["id"] == "rope"): 1}
    instance = town(teams=teams, sectors=data["sectors"])
    plan = Deployment.build(instance, {("kpu", "rope"): 2, ("kpu", "padal"): 1, ("polres", "rope"): 1}, {})
    return compose(instance, plan, check(instance, plan))


def test_bug_a_unit_had_two_times_where_it_can_be_used_before_it_is_needed() -> None:
    """The sheet of the KPU said "(from 14:00)" and "there from 14:00" of who reports at 15:08."""
    orders = in_good_time()
    for key in ("day", "order", "kpu", "ics-204"):
        for said in words(page(orders, key)):
            assert not re.search(r"2.×.Dalmas awal squad \(from|of them from|there from", said), (key, said)
    strength = {row[0]: row[4] for row in rows(page(orders, "kpu"), "Strength")}
    assert not any("there from" in leaves for leaves in strength.values())
    waiting = {row[0]: row[4] for row in rows(page(orders, "polres"), "Strength")}
    assert waiting["1 × Dalmas awal squad (from 14:00)"] == "is there from 14:00"
    turned = rows(page(orders, "ics-215"), "If the expected crowd turns")
    assert next(row for row in turned if row[0] == "KPU")[3].isdigit()


def test_bug_the_plotting_sheet_had_other_times_than_the_papers(solution: Solution, tmp_path: Path) -> None:
    """It said from 13:00 of those who report at 15:14; the plan still comes back from it."""
    instance = solution.instance
    path = next(path for path in write_orders(instance, solution.deployment, tmp_path) if path.suffix == ".xlsx")
    told = read_plotted(path)
    assert told["KPU", "Dalmas awal squad"] == dt.time(15, 14)
    assert told["KPU", "Dalmas awal, second shift"] == dt.time(16, 0)
    assert told["Polres", "Dalmas lanjut squad"] == dt.time(13, 0)
    assert read_deployment(path, instance).places == solution.deployment.places
    (tmp_path / "plan.xlsx").write_bytes(write_plan_book(solution, []))
    assert read_plotted(tmp_path / "plan.xlsx") == told


def read_plotted(path: Path) -> dict[tuple[str, str], Any]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Plotting").to_python()
    start = rows[0].index("from")
    return {(row[1], row[3]): row[start] for row in rows[1:] if len(row) > start and row[3]}


def test_bug_the_day_at_a_glance_told_twice_from_when_a_post_can_be_called(papers: Orders) -> None:
    """It said "callable from 08:00, callable from 16:00" without who, in one line that made the next column narrow."""
    when = {row[0].split("\n")[0]: row[2] for row in rows(page(papers, "day"), "Places over the day")}
    assert when["Polres"] == "52 from 13:00; 62 from 16:00"
    assert when["KPU"].startswith("34 from 15:14; 44 from 16:00; 1,200 people")


def test_bug_who_goes_to_another_post_had_no_time_to_leave() -> None:
    """The sheet of a post said "from Polres" of those who must be there when the operation begins."""
    data = town().model_dump(mode="json")
    near = {"id": "near", "name": "Near yard", "x": data["posts"][0]["x"] + 3.0, "y": data["posts"][0]["y"]}
    instance = town(posts=[*data["posts"], near])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1, ("near", "shield"): 1}, {})
    strength = rows(page(compose(instance, plan, check(instance, plan)), "near"), "Strength")
    assert re.fullmatch(r"Polres by 12:\d\d", strength[0][4])
