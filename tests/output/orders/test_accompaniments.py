"""Who accompanies people has a sheet, is told where the people may come, and is counted apart from who stands there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from support.along_town import FORKED, HEADS, ROUTES, TEAMS, WITH, along_plan, along_town
from support.read_papers import all_text, facts, listed, page, rows, written
from support.sample_solution import solved
from support.town import crowd, town

from optimiser.common.language import language
from optimiser.files.read import read, read_deployment, shipped
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.orders.files import order
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import list_coming, name_assembly
from optimiser.output.orders.staffing.balance import list_balances
from optimiser.output.overview.day import list_place_days
from optimiser.output.write import describe_plan, write_orders, write_solution

FORK = {"itinerary": list(FORKED), "routes": list(ROUTES)}


# ---------------------------------------------------------------- the sheet of who goes along


def test_an_accompaniment_has_a_sheet_of_its_own() -> None:
    sheet = page(written(along_town()), "with")
    assert (sheet.kind, sheet.title) == ("Order sheet, accompanying units", "Beside the march")
    assert sheet.one_page
    told = facts(sheet)
    assert told["Goes with"] == "March, about 1,200 people"
    assert (told["Forms up at"], told["Formed up by"]) == ("Terminal", "13:30")
    assert told["Heads that go along"] == f"{HEADS['with']}; room for 500"
    assert rows(sheet, "Strength") == [
        ["2 × Negotiator team", "2-3", "6", "", "Polres by 13:20"],  # 4 min to form up, 6 on the road
        ["3 × Dalmas awal squad", "3-5", "30", "", "″"],
        ["1 × Officer in charge, Padal", "3", "2", "", "″"],
        ["Together", "", "38", "", ""],
    ]
    assert "Radio channel, call sign Elang 7" in all_text(sheet)


def test_the_sheet_lists_every_way_with_its_share_and_times() -> None:
    """The march comes at 13:30 and is 10 minutes late on average; it walks 3.9 km in 58.5 minutes, or 5.36 in 80.4."""
    sheet = page(written(along_town(**FORK)), "with")
    assert rows(sheet, "Ways that it may take") == [
        ["75 %", "KPU", "59", "15:18", "15:22", "120", "17:18"],
        ["", "Mall", "28", "17:46", "17:50", "60", "18:46"],
        ["25 %", "Mall", "81", "15:40", "15:44", "60", "16:40"],
    ]
    places = [row[:4] for row in rows(sheet, "Where it may come, and who is in charge there")]
    assert places == [
        ["Terminal", "100 %", "13:30", "2"],
        ["KPU", "75 %", "15:22", "25"],
        ["Mall", "100 %", "15:44–17:50", "0"],
    ]


def test_the_sheet_says_how_often_the_crowd_goes_where_the_line_is_thinnest() -> None:
    sheet = page(written(along_town(**FORK, displacement=0.4)), "with")
    assert [row[0] for row in rows(sheet, "Ways that it may take")] == ["45 %", "", "15 %"]
    assert "On 40 % of days it goes, stop by stop, where the line is thinnest." in all_text(sheet)
    assert "line is thinnest" not in all_text(page(written(along_town(**FORK)), "with"))


def test_one_order_is_for_every_way() -> None:
    said = all_text(page(written(along_town()), "with"))
    assert "If it takes another way than expected, go with it: no new order is needed." in said
    assert "Form up 4 min after the arrival" in said
    assert "stay until it is green or empty, then follow" in said
    assert "You are no reserve" in said


def test_where_nobody_is_placed_one_of_those_who_come_is_in_charge_not_each() -> None:
    alone = rows(page(written(along_town()), "with"), "Where it may come, and who is in charge there")
    assert alone[2][4] == "nobody is placed there: you are in charge"
    data = along_town().model_dump(mode="json")
    rally = {**data["gatherings"][0], "id": "rally", "name": "Rally"}
    both = [WITH, {"id": "too", "name": "Beside the rally", "gathering": "rally"}]
    instance = town(accompaniments=both, gatherings=[data["gatherings"][0], rally])
    papers = written(instance, Deployment.build(instance, {**TEAMS, ("too", "padal"): 1}, {}))
    for key, other in (("with", "Beside the rally"), ("too", "Beside the march")):
        mall = rows(page(papers, key), "Where it may come, and who is in charge there")[2][4]
        assert "you are in charge" not in mall
        assert other in mall


def test_shares_are_those_of_days_also_where_people_may_stay_at_home() -> None:
    sheet = page(written(along_town(**FORK, chance=0.4)), "with")
    assert [row[0] for row in rows(sheet, "Ways that it may take")] == ["30 %", "", "10 %"]
    places = rows(sheet, "Where it may come, and who is in charge there")
    assert [row[1] for row in places] == ["40 %", "30 %", "40 %"]


def test_a_crowd_that_comes_after_the_operation_is_awaited_without_times() -> None:
    sheet = page(written(along_town(arrives="22:30")), "with")
    assert facts(sheet)["Formed up by"] == "13:00"
    assert "Crowd expected" not in facts(sheet)
    assert rows(sheet, "Ways that it may take") == [["100 %", "not expected while the operation lasts"]]


def test_ways_that_begin_apart_are_told_where_units_form_up() -> None:
    stops = [{"sector": "terminal", "stay": 40.0, "route": "long"}, {"sector": "kpu", "stay": 60.0}]
    stops.append({"sector": "mall", "stay": 60.0, "route": "short"})
    instance = along_town(itinerary=stops, routes=list(ROUTES))
    at = Situation(instance, along_plan(instance))
    assert name_assembly(at, instance.accompaniments[0]) == "Terminal (75 %), KPU (25 %)"
    (kpu,) = list_coming(at, instance.sectors[1])
    assert (kpu.ways, kpu.among, kpu.begins) == (2, 2, False)
    assert at.assembly["with"].id == "terminal"


def test_nobody_who_goes_along_is_without_a_paper_and_nobody_has_two() -> None:
    instance = along_town()
    sent: Counter[tuple[str, int]] = Counter()
    for paper in written(instance).papers:
        for unit in paper.units:
            sent.update((unit.kind.id, number) for number in range(unit.first, unit.first + unit.number))
    assert set(sent.values()) == {1}
    assert len(sent) == sum(int(kind.count) for kind in (*instance.teams, *instance.vehicles))


# ---------------------------------------------------------------- where they come


def test_a_sector_counts_who_comes_with_the_crowd_apart() -> None:
    kpu = page(written(along_town(**FORK)), "kpu")
    told = facts(kpu)
    assert told["Heads here"] == "25; room for 500"
    assert listed(kpu, "With the crowd, not counted here")[0] == (
        "Beside the march (Elang 7): 38 heads, about 15:22 if it comes here, on 1 of 2 ways (75 %)"
    )
    assert rows(kpu, "Strength")[-1] == ["Together", "", "25", "", ""]
    terminal = listed(page(written(along_town()), "terminal"), "With the crowd, not counted here")
    assert terminal[0].endswith("38 heads, formed up here by 13:30, until this crowd goes on")


def test_a_risk_is_accepted_with_who_comes_named() -> None:
    papers = written(along_town())
    mall = page(papers, "mall")
    assert facts(mall)["Heads here"] == "0: nobody is placed here by this plan"
    assert listed(mall, "With the crowd, not counted here") == ["Beside the march (Elang 7): 38 heads, about 17:50"]
    assert "nobody stands here but who comes with the crowd" in all_text(mall)
    heading = "Accepted risk: people are expected, and nobody is placed there"
    (row,) = rows(page(papers, "order"), heading)
    assert row[0] == "Mall"
    assert row[4].splitlines()[0] == "+ 38 with the crowd (Beside the march)"


def test_a_task_is_done_by_who_comes_before_anybody_is_called() -> None:
    yellow = rows(page(written(along_town()), "terminal"), "Tasks by phase")[1][3]
    assert "Negotiate as long as possible: 2 × Negotiator team, who come with the crowd: Beside the march." in yellow
    nobody = {key: n for key, n in TEAMS.items() if key[0] != "with"}
    without = written(along_town(), Deployment.build(along_town(), nobody, {}))
    assert "who come with the crowd" not in all_text(page(without, "terminal"))
    assert not listed(page(without, "kpu"), "With the crowd, not counted here")
    assert "with" not in [paper.key for paper in without.papers]


def test_the_order_and_the_forms_name_who_goes_along() -> None:
    papers = written(along_town())
    (along,) = rows(page(papers, "order"), "Who goes with the people")
    assert along[:3] == ["Beside the march\nMarch", "Terminal, 13:30", "Elang 7"]
    assert along[4] == "38"
    assigned = rows(page(papers, "ics-204"), "5. Resources assigned, with gatherings")
    assert assigned[0][0] == "Beside the march"
    assert assigned[0][5] == "Terminal, 13:30"
    asked = rows(page(papers, "ics-215"), "Required by rules and pins")
    assert ["Beside the march", "officer in charge (teams)", "1", "1", "0", "every accompaniment"] in asked
    assert "Beside the march\n38 heads by 13:30" in all_text(page(papers, "review"))
    assert "KPU: minutes to the first negotiation" in all_text(page(papers, "review"))
    assert "with the crowd: 2 × Negotiator team" in all_text(page(papers, "review"))


def test_no_paper_calls_an_accompaniment_a_sector_or_a_post() -> None:
    sheet = page(written(along_town()), "with")
    assert "sector" not in sheet.kind
    assert "post" not in sheet.kind
    assert not [label for label in facts(sheet) if "sector" in label.lower() or "post" in label.lower()]


def test_the_sheet_is_told_in_indonesian() -> None:
    instance = along_town()
    sheet = page(order(instance, along_plan(instance), language=language("id")), "with")
    assert sheet.kind == "Lembar perintah, satuan pengawal massa"
    assert "tanpa perintah baru" in all_text(sheet)


@pytest.mark.parametrize("name", shipped(""))
def test_bug_who_goes_along_has_an_indonesian_name_in_every_shipped_instance(name: str) -> None:
    instance = read(name)
    if "id" not in instance.texts:
        pytest.skip("told in one language")
    told = {a.name for a in instance.told_in("id").accompaniments}
    assert not told & {a.name for a in instance.accompaniments}


# ---------------------------------------------------------------- what would lack


def lacks(instance: Instance, plan: Deployment) -> dict[tuple[str, str], float]:
    balances = list_balances(Situation(instance, plan))
    return {(b.sector.id, b.phase): b.required - b.here - b.along - b.ready - b.outside for b in balances}


def test_who_comes_with_the_crowd_is_in_its_line_wherever_it_is() -> None:
    """A squad of ten holds as much as five in yellow and as nobody in red; negotiators and officers hold nothing."""
    instance = along_town()
    alone = lacks(instance, Deployment.build(instance, {k: n for k, n in TEAMS.items() if k[0] != "with"}, {}))
    both = lacks(instance, along_plan(instance))
    for sector in ("terminal", "kpu", "mall"):
        assert alone[sector, "yellow"] - both[sector, "yellow"] == pytest.approx(15.0)
        assert alone[sector, "red"] == pytest.approx(both[sector, "red"])
    table = rows(page(written(instance), "ics-215"), "If the expected crowd turns")
    have = {row[0]: row[3] for row in table if row[0]}
    assert have == {
        "Terminal": "15\n15 of them with the crowd",
        "KPU": "25\n15 of them with the crowd",
        "Mall": "15\n15 of them with the crowd",
    }


def test_who_goes_with_others_is_not_in_the_line_of_a_crowd() -> None:
    rally = crowd(
        id="rally", name="Rally", arrives="13:30", turnout=2000.0, itinerary=[{"sector": "mall", "stay": 60.0}]
    )
    data = along_town(itinerary=[{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 120.0}])
    march = data.model_dump(mode="json")["gatherings"][0]
    instance = town(accompaniments=[WITH], gatherings=[march, rally])
    found = {(b.sector.id, b.phase): b.along for b in list_balances(Situation(instance, along_plan(instance)))}
    assert found["kpu", "yellow"] == pytest.approx(15.0)
    assert found["mall", "yellow"] == 0.0


def test_of_two_crowds_it_is_the_one_with_which_most_is_missing() -> None:
    """The march is larger and accompanied by many; who comes to the mall before it is fewer and has nobody."""
    rally = crowd(
        id="rally", name="Rally", arrives="13:30", turnout=1190.0, itinerary=[{"sector": "mall", "stay": 60.0}]
    )
    march = along_town().model_dump(mode="json")["gatherings"][0]
    instance = town(accompaniments=[WITH], gatherings=[march, rally])
    found = {(b.sector.id, b.phase): b for b in list_balances(Situation(instance, along_plan(instance)))}
    assert found["mall", "yellow"].along == 0.0
    alone = town(gatherings=[march, rally])
    nobody = Deployment.build(alone, {key: n for key, n in TEAMS.items() if key[0] != "with"}, {})
    at_most = {(b.sector.id, b.phase): b.required for b in list_balances(Situation(alone, nobody))}
    assert found["mall", "yellow"].required < at_most["mall", "yellow"]


def test_page_one_lacks_what_the_worksheet_needs() -> None:
    rally = crowd(
        id="rally", name="Rally", arrives="13:30", turnout=1190.0, itinerary=[{"sector": "mall", "stay": 60.0}]
    )
    march = along_town().model_dump(mode="json")["gatherings"][0]
    instance = town(accompaniments=[WITH], gatherings=[march, rally])
    at = Situation(instance, along_plan(instance))
    needed: dict[str, list[int]] = {}
    for balance in list_balances(at):
        needed.setdefault(balance.sector.id, []).append(balance.missing)
    days = {day.place.id: list(day.missing) for day in list_place_days(at) if day.place.id in needed}
    assert days == needed
    assert all(yellow > 0 for yellow, _red in needed.values())


# ---------------------------------------------------------------- files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("along")
    solution = solved(along_town(), along_plan(along_town()))
    write_solution(solution, folder)
    write_orders(solution.instance, solution.deployment, folder, document=describe_plan(solution))
    return folder


def test_the_same_heads_go_along_in_every_file(folder: Path) -> None:
    assert json.loads((folder / "plan.json").read_text())["heads_by_place"] == HEADS
    html = (folder / "orders.html").read_text(encoding="utf-8")
    sheet = html[html.index('id="with"') : html.index('id="polres"')]
    assert re.findall(r">(\d+)<", sheet[: sheet.index("Ways that it may take")])[-1] == str(HEADS["with"])
    with (folder / "deployment.csv").open(newline="", encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(io.StringIO(file.read())) if row["place"] == "with"]
    assert sum(int(row["heads"]) for row in listed) == HEADS["with"]
    assert {row["kind"] for row in listed} == {"accompaniment"}
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx"))
    (along, total) = book.get_sheet_by_name("With gatherings").to_python()[1:3]
    assert along[:3] == ["Beside the march", "March", "Terminal"]
    assert [int(along[4]), int(total[4])] == [HEADS["with"]] * 2
    assert along[6].splitlines() == ["Terminal: 13:30 (100 %)", "KPU: 15:22 (100 %)", "Mall: 17:50 (100 %)"]
    (mall,) = [row for row in book.get_sheet_by_name("Sectors").to_python() if row[1] == "Mall"]
    assert int(mall[3]) == 0
    assert mall[4].splitlines() == ["nobody", "+ 38 with the crowd (Beside the march)"]
    papers = CalamineWorkbook.from_path(str(folder / "orders.xlsx"))
    (name,) = [name for name in papers.sheet_names if name.endswith(" with")]
    (together,) = [row for row in papers.get_sheet_by_name(name).to_python() if row and row[0] == "Together"]
    assert [int(v) for v in together[1:] if v != ""] == [HEADS["with"]]
    plotted = [row for row in papers.get_sheet_by_name("Plotting").to_python() if "Beside the march" in row]
    assert sum(int(row[7]) for row in plotted) == HEADS["with"]
    assert {str(row[9])[:5] for row in plotted} == {"13:30"}


@pytest.mark.parametrize("name", ["plan.xlsx", "orders.xlsx", "deployment.csv", "plan.json"])
def test_a_plan_is_read_back_with_who_goes_along(folder: Path, name: str) -> None:
    plan = read_deployment(folder / name, along_town())
    assert plan.fingerprint() == along_plan(along_town()).fingerprint()


def test_bug_traffic_was_missing_where_it_comes_with_the_only_people_there() -> None:
    """Four heads keep the way out open at the terminal, which the march leaves with those who go with it."""
    data = along_town().model_dump(mode="json")
    data["sectors"][0]["traffic_need"] = data["sectors"][1]["traffic_need"] = 4
    data["roles"].append({"id": "guide", "name": "Traffic", "phases": ["green", "yellow", "red"], "traffic": 1.0})
    data["teams"].append({"id": "guide", "name": "Squad", "role": "guide", "size": 4, "count": 1, "home": "polres"})
    rally = crowd(id="rally", name="Rally", itinerary=[{"sector": "kpu", "stay": 60.0}])
    parts = {key: data[key] for key in ("sectors", "roles", "teams", "accompaniments")}
    instance = town(**parts, gatherings=[*data["gatherings"], rally])
    plan = Deployment.build(instance, {("with", "guide"): 1, ("with", "padal"): 1}, {})
    found = {row[0]: row for row in rows(page(written(instance, plan), "ics-215"), "Required by rules and pins")}
    assert found["Terminal"][1:] == ["traffic (heads)", "4", "4\n4 of them with the crowd", "0", "way out kept open"]
    assert found["KPU"][3:5] == ["0", "4"], "the rally comes there without them"


def test_bug_the_sheet_sent_units_to_an_officer_where_nobody_is_placed() -> None:
    data = along_town().model_dump(mode="json")
    data["sectors"][0]["officer_post"] = "Control room"
    instance = town(accompaniments=[WITH], sectors=data["sectors"])
    label = "Officer of this place stands at"
    assert facts(page(written(instance), "with"))[label] == "Control room"
    alone = Deployment.build(instance, {("with", "rope"): 1, ("with", "padal"): 1}, {})
    assert label not in facts(page(written(instance, alone), "with"))
