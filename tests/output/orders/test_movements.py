"""Units that move as planned: a sheet of their own, and one answer on every paper to where they are and when."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support.along_day import day, journey, march, near, play
from support.read_papers import all_text, facts, listed, page, rows, written
from support.sample_solution import solved
from support.town import crowd, town

from optimiser.common.language import language
from optimiser.files.examination import examine
from optimiser.model.deployment import Deployment
from optimiser.model.expected import stands
from optimiser.model.expected.stands import count_passages, list_passages, list_stands
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance
from optimiser.output.documents.geojson import map_plan
from optimiser.output.orders.files import order
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import list_coming, tell_extra
from optimiser.output.orders.staffing.balance import list_balances
from optimiser.output.overview.along import list_companions
from optimiser.output.overview.day import list_place_days
from optimiser.output.sections.roster import companions_blocks
from optimiser.output.write import describe_plan, write_orders, write_solution

MALL_FIRST = {
    "id": "patrol",
    "name": "Mall, then KPU",
    "legs": [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}],
}
GATE = {
    "id": "gate",
    "name": "Terminal, then beside the march",
    "legs": [{"sector": "terminal", "until": "15:00", "until_left": "march"}, {"gathering": "march"}],
    "call_sign": "Elang 9",
}
TEAMS = {
    ("terminal", "padal"): 1,
    ("kpu", "rope"): 1,
    ("kpu", "padal"): 1,
    ("patrol", "rope"): 2,
    ("patrol", "padal"): 1,
    ("gate", "talk"): 2,
    ("gate", "padal"): 1,
    ("polres", "shield"): 2,
}
HEADS = {"terminal": 2, "kpu": 10 + 2, "mall": 0, "polres": 2 * 10, "patrol": 2 * 10 + 2, "gate": 2 * 3 + 2}


def moving_town(**changes: Any) -> Instance:
    return town(**{"movements": [MALL_FIRST, GATE], **changes})


def plan_of(instance: Instance, vehicles: Any = None) -> Deployment:
    return Deployment.build(instance, TEAMS, vehicles or {})


def papers(instance: Instance | None = None, vehicles: Any = None) -> Any:
    instance = instance or moving_town()
    return written(instance, plan_of(instance, vehicles))


def situation(instance: Instance | None = None, vehicles: Any = None) -> Situation:
    instance = instance or moving_town()
    return Situation(instance, plan_of(instance, vehicles))


# ---------------------------------------------------------------- when they are where


def test_stands_are_those_of_the_simulation() -> None:
    """Nothing happens but the programme: the mall until 14:30, 2.6 km on foot to the KPU, 4 minutes to form up."""
    instance = day(accompaniments=[], movements=[MALL_FIRST])
    told = journey(play(instance, Deployment.build(instance, {("patrol", "rope"): 2}, {})))
    first, last = list_stands(instance, instance.movements[0])
    assert told == near((last.sent, "moves", "mall", "kpu"), (last.formed, "moved", "kpu", ""))
    assert (first.left, last.sent) == (90.0, 90.0)
    assert last.formed == pytest.approx(90.0 + 60.0 * 1.3 * 2.0**0.5 / 4.0 + 4.0)


def test_who_has_seats_for_all_is_there_as_early_as_in_the_simulation() -> None:
    instance = day(accompaniments=[], movements=[MALL_FIRST])
    plan = Deployment.build(instance, {("patrol", "rope"): 2}, {("patrol", "truck"): 1})
    at = Situation(instance, plan)
    last = at.stands(instance.movements[0])[-1]
    told = journey(play(instance, plan))
    assert told == near((last.sent, "moves", "mall", "kpu"), (last.formed, "moved", "kpu", ""))
    assert last.formed < list_stands(instance, instance.movements[0])[-1].formed - 10.0
    crowded = Situation(instance, Deployment.build(instance, {("patrol", "rope"): 4}, {("patrol", "truck"): 1}))
    assert crowded.ride(instance.movements[0]) is None


def test_who_follows_a_crowd_is_where_the_simulation_has_them() -> None:
    instance = day(accompaniments=[], movements=[GATE])
    told = journey(play(instance, Deployment.build(instance, {("gate", "talk"): 1}, {})))
    stands = list_stands(instance, instance.movements[0])
    steps = []
    for before, stand in pairwise(stands):
        steps += [(stand.sent, "moves", before.sector, stand.sector), (stand.formed, "moved", stand.sector, "")]
    assert [stand.sector for stand in stands] == ["terminal", "kpu", "mall"]
    assert told == near(*steps)


@pytest.mark.parametrize("end", ["16:30", None])
def test_bug_papers_followed_a_leg_that_was_over_before_its_way_opened(end: str | None) -> None:
    """In the simulation whoever is held by a closed way goes to where the leg of that minute is."""
    legs = [{"sector": "mall", "until": "14:30"}, {"sector": "kpu", "until": "15:30"}, {"sector": "terminal"}]
    closed = {"a": "mall", "b": "kpu", "start": "14:00", "end": end}
    instance = day(accompaniments=[], movements=[{**MALL_FIRST, "legs": legs}], travel={"closures": [closed]})
    told = journey(play(instance, Deployment.build(instance, {("patrol", "rope"): 2}, {})))
    first, last = list_stands(instance, instance.movements[0])
    assert (first.sector, first.left, last.sector) == ("mall", 150.0, "terminal")
    assert told[0][:2] == (pytest.approx(90.0), "held")
    assert told[1:] == near((last.sent, "moves", "mall", "terminal"), (last.formed, "moved", "terminal", ""))
    (missed,) = [c for c in examine(instance) if c.code == "missed-leg"]
    assert missed.place == "movements[0].legs[1]"
    assert str(missed.found).endswith("before 15:30")


def test_bug_who_goes_on_before_the_line_of_a_sector_must_stand_is_there_from_the_start() -> None:
    """The first people come to the mall at 17:16; whoever leaves it at 14:30 does not form up there then."""
    instance = moving_town()
    assert list_due(instance)["mall"] > 90.0
    assert list_due(instance)["patrol"] == 0.0
    at = situation()
    assert [at.stands(m)[0].formed for m in instance.movements] == [at.stand(m) for m in instance.movements]


def test_the_times_of_a_movement_are_the_same_on_every_paper(folder: Path) -> None:
    at, written_papers = situation(), papers()
    events = {day.place.id: day.stops for day in list_place_days(at)}
    steps = rows(page(written_papers, "order"), "Movements as planned")
    review = all_text(page(written_papers, "review")).splitlines()
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx")).get_sheet_by_name("Movements").to_python()
    table = repr(next(iter(companions_blocks(solved(at.instance, at.deployment), language("en")))))
    for movement in at.instance.movements:
        stands = at.stands(movement)
        clocks = [(at.names[s.sector], at.clock(s.formed)) for s in stands]
        sheet = page(written_papers, movement.id)
        legs = rows(sheet, "Where you stand, and when you go on")
        assert [(row[1].splitlines()[0], row[2]) for row in legs] == clocks
        assert [row[3] for row in legs[:-1]] == [at.clock(s.sent) for s in stands[1:]]
        assert (facts(sheet)["Forms up at"], facts(sheet)["Formed up by"]) == clocks[0]
        assert events[movement.id] == tuple((s.sector, s.formed, s.left) for s in stands)
        listed = [row for row in steps if row[2].startswith(movement.name)]
        assert [(row[5], row[8]) for row in listed] == clocks[1:]
        assert [row[1] for row in listed] == [at.clock(s.sent) for s in stands[1:]]
        assert [row[7] for row in listed] == [row[7] for row in legs[:-1]]
        for (place, formed), sent in zip(clocks[1:], stands[1:], strict=True):
            i = review.index(f"{movement.name}: to {place}")
            assert review[i + 1] == f"sets out {at.clock(sent.sent)}, formed up {formed}"
        shown = [row for row in book if row[0] == movement.name]
        assert [(row[2], f"{row[3]:%H:%M}") for row in shown] == clocks
        assert [f"{row[6 + 2]:.0f}" for row in shown[:-1]] == [row[7] for row in legs[:-1]]
        for stand in stands:
            assert f"{at.names[stand.sector]} {at.clock(stand.formed)}–{at.clock(stand.left)}" in table
            sector = next(s for s in at.instance.sectors if s.id == stand.sector)
            (coming,) = [c for c in list_coming(at, sector) if c.moving == movement]
            assert coming.formed == (stand.formed,)
            assert at.clock(stand.formed) in all_text(page(written_papers, stand.sector))
    stages = rows(page(written_papers, "ics-204"), "5. Resources assigned, by stage of those who move")
    told = iter(stages)
    for movement in at.instance.movements:
        stands = at.stands(movement)
        sets_out = [*(at.clock(s.sent) for s in stands[1:]), "stays"]
        for number, (stand, sent) in enumerate(zip(stands, sets_out, strict=True), 1):
            row = next(told)
            assert row[0] == (movement.name if number == 1 else "")
            assert row[2:6] == [str(number), at.names[stand.sector], at.clock(stand.formed), sent]
    by = {row[0]: row[5] for row in rows(page(written_papers, "ics-204"), "5. Resources assigned, movements") if row[0]}
    assert by == {m.name: f"{at.names[at.stands(m)[0].sector]}, {at.clock(at.stand(m))}" for m in at.instance.movements}


# ---------------------------------------------------------------- the sheet


def test_a_movement_has_a_sheet_of_its_own() -> None:
    sheet = page(papers(), "patrol")
    assert (sheet.kind, sheet.title, sheet.one_page) == ("Order sheet, movement", "Mall, then KPU", True)
    assert facts(sheet)["Heads that move"] == f"{HEADS['patrol']}; room for 500"
    assert rows(sheet, "Where you stand, and when you go on") == [
        ["1", "Mall", "13:00", "14:30", "at 14:30", "1.8", "on foot", "28"],
        ["2", "KPU", "15:01", "stays", "until released", "–", "–", "–"],
    ]
    places = {row[0]: row[3:5] for row in rows(sheet, "Who is in charge of you where you stand")}
    assert places == {"Mall": ["0", "nobody is placed there: you are in charge"], "KPU": [str(HEADS["kpu"]), ""]}
    said = all_text(sheet)
    assert "stay until it is green or empty, report, then go on" in said
    assert "You are no reserve" in said
    assert "With people" not in said


def test_what_ends_a_stand_is_said() -> None:
    sheet = page(papers(), "gate")
    legs = rows(sheet, "Where you stand, and when you go on")
    assert [row[4] for row in legs] == [
        "once March has gone on, at 15:00 at the latest",
        "when the crowd marches on",
        "until released",
    ]
    assert [row[1] for row in legs] == ["Terminal", "KPU\nwith March", "Mall\nwith March"]
    assert "go where they go, at their pace, vehicles too, whichever way they take" in all_text(sheet)
    assert "Organisers, March" in all_text(sheet)
    assert "Radio channel, call sign Elang 9" in all_text(sheet)


def test_vehicles_with_seats_for_all_are_named_with_the_minutes_of_their_ride() -> None:
    sheet = page(papers(vehicles={("patrol", "truck"): 1}), "patrol")
    walk = rows(page(papers(), "patrol"), "Where you stand, and when you go on")[0]
    ride = rows(sheet, "Where you stand, and when you go on")[0]
    assert (walk[6], ride[6]) == ("on foot", "ride: 1 × Truck")
    assert int(ride[7]) < int(walk[7])
    assert "30 seats for 22 heads of teams: into a sector all ride" in all_text(sheet)
    few = moving_town(vehicles=[{"id": "car", "name": "Car", "count": 1, "home": "polres", "seats": 4}])
    assert "4 seats for 22 heads of teams: all go on foot" in all_text(
        page(papers(few, {("patrol", "car"): 1}), "patrol")
    )


def test_a_closed_road_is_said_where_it_holds_units_back() -> None:
    travel = {"closures": [{"a": "mall", "b": "kpu", "start": "14:00", "end": "15:30"}]}
    legs = rows(page(papers(moving_town(travel=travel)), "patrol"), "Where you stand, and when you go on")
    assert legs[0][3:5] == ["15:30", "at 14:30; the road is closed: set out at 15:30"]


# ---------------------------------------------------------------- where they come


def test_a_sector_says_from_when_until_when_they_stand_there_and_counts_them_apart() -> None:
    written_papers = papers()
    kpu = page(written_papers, "kpu")
    assert facts(kpu)["Heads here"] == f"{HEADS['kpu']}; room for 500"
    told = listed(kpu, "With the crowd or as planned, not counted here")
    assert told == [
        "Mall, then KPU: 22 heads, from 15:01, and stay",
        "Terminal, then beside the march (Elang 9): 8 heads with March, about 15:22, while it is here",
        "Under the officer in charge here while they stand here.",
    ]
    mall = page(written_papers, "mall")
    assert mall.kind.startswith("Accepted risk, nobody is placed for the whole day")
    told = listed(mall, "With the crowd or as planned, not counted here")
    assert told[0] == "Mall, then KPU: 22 heads, 13:00 until 14:30, then to KPU"
    assert "or as planned" in all_text(mall)
    assert facts(mall)["Nearest officer in charge"].splitlines()[0].endswith("while they are here")


def test_a_sector_where_only_a_movement_stands_is_not_said_to_have_nobody() -> None:
    data = town().model_dump(mode="json")
    data["sectors"].append({"id": "park", "name": "Park", "x": 1.0, "y": 1.0})
    legs = [{"sector": "park", "until": "15:00"}, {"sector": "kpu"}]
    instance = moving_town(sectors=data["sectors"], movements=[{**MALL_FIRST, "legs": legs}, GATE])
    written_papers = papers(instance)
    assert "Nobody is placed and nothing is expected at" not in all_text(page(written_papers, "order"))
    (first, *_) = rows(page(written_papers, "patrol"), "Who is in charge of you where you stand")
    assert first[4] == "nobody is placed there: you are in charge"


def test_a_task_is_done_by_who_is_there_for_a_time() -> None:
    legs = [{"sector": "kpu", "until": "16:00"}, {"sector": "mall"}]
    instance = moving_town(movements=[{**MALL_FIRST, "legs": legs}, {**GATE, "legs": legs}])
    yellow = rows(page(papers(instance), "kpu"), "Tasks by phase")[1][3]
    assert "2 × Negotiator team, who are here from 15:08 until 16:00: Terminal" in yellow


def test_the_order_and_the_forms_name_movements() -> None:
    written_papers = papers()
    steps = rows(page(written_papers, "order"), "Movements as planned")
    assert [row[0] for row in steps] == ["1", "2", "3"]
    assert [row[1] for row in steps] == sorted(row[1] for row in steps)
    assert steps[2][2].endswith("as in no. 1")
    asked = rows(page(written_papers, "ics-215"), "Required by rules and pins")
    assert ["Mall, then KPU", "officer in charge (teams)", "1", "1", "0", "every movement"] in asked
    assert "On the move 30" in all_text(page(written_papers, "order"))


def test_forms_say_that_officers_of_sectors_are_in_charge_of_who_moves_by_the_clock() -> None:
    instance = moving_town(movements=[MALL_FIRST])
    here = {("patrol", "rope"): 1, ("mall", "padal"): 1, ("kpu", "padal"): 1}
    made = written(instance, Deployment.build(instance, here, {}))
    sheet = all_text(page(made, "patrol"))
    assert "Leader of these units" in sheet
    assert "Received: leader of these units" in repr(page(made, "patrol"))
    assert "Officer in charge (Padal)" in all_text(page(papers(), "patrol"))
    asked = rows(page(made, "ics-215"), "Required by rules and pins")
    of_sectors = "every movement; of the sectors where it stands"
    assert ["Mall, then KPU", "officer in charge (teams)", "1", "1", "0", of_sectors] in asked


def test_a_crowd_meets_who_stands_there_then_and_nobody_who_has_gone() -> None:
    """A squad of ten holds as much as five in yellow; the march is at the KPU from 15:08 until 17:08."""

    def along(legs: list[dict[str, str]]) -> float:
        instance = moving_town(movements=[{**MALL_FIRST, "legs": legs}, GATE])
        found = {(b.sector.id, b.phase): b.along for b in list_balances(situation(instance))}
        return found["kpu", "yellow"]

    assert along([{"sector": "kpu", "until": "18:00"}, {"sector": "mall"}]) == pytest.approx(10.0)
    assert along([{"sector": "kpu", "until": "16:00"}, {"sector": "mall"}]) == 0.0
    assert along([{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]) == pytest.approx(10.0)
    assert along([{"sector": "mall", "until": "18:00"}, {"sector": "kpu"}]) == 0.0


def test_the_overview_says_when_they_are_in_a_sector() -> None:
    at = situation()
    told = {sector.id: list_companions(at, sector) for sector in at.instance.sectors}
    assert told["mall"] == ["+22 Mall, then KPU 13:00–14:30", "+8 Terminal, then beside the march"]
    assert told["kpu"][0] == "+22 Mall, then KPU 15:01–19:00"


BOTH = {
    "id": "both",
    "name": "With the rally, then with the march",
    "legs": [{"gathering": "rally"}, {"gathering": "march"}],
}


def day_of_two() -> Situation:
    """Lay out a day with a rally at the terminal that goes to KPU on two days of three and to the mall on the third.

    The march is at KPU from 15:08 until 17:08, and at the mall afterwards. Who goes with the rally to KPU meets the
    march there; who goes with it to the mall comes to KPU with the march.
    """
    stops = [
        {"sector": "terminal", "stay": 30.0},
        {"sector": "kpu", "stay": 20.0, "route": "to-kpu"},
        {"sector": "mall", "stay": 20.0, "route": "to-mall"},
    ]
    routes = [{"id": "to-kpu", "weight": 2.0}, {"id": "to-mall", "weight": 1.0}]
    rally = crowd(id="rally", name="Rally", arrives="13:10", routes=routes, itinerary=stops)
    instance = day(rally, accompaniments=[], movements=[BOTH])
    teams = {("both", "rope"): 1, ("both", "care"): 1, ("kpu", "rope"): 1}
    return Situation(instance, Deployment.build(instance, teams, {}))


def test_bug_units_that_come_with_one_crowd_or_another_were_listed_twice() -> None:
    """The overview listed them once for each crowd, and the sheet named their medics twice."""
    at = day_of_two()
    kpu, mall = (next(s for s in at.instance.sectors if s.id == ident) for ident in ("kpu", "mall"))
    assert [round(one.share, 2) for one in list_coming(at, kpu)] == [0.67, 0.33]
    for sector in (kpu, mall):
        assert list_companions(at, sector) == [f"+{at.heads('both')} With the rally, then with the march"]
        assert tell_extra(at, sector) == f"+ {at.heads('both')} with the crowd (With the rally, then with the march)"
    red = rows(page(order(at.instance, at.deployment, draft=True), "kpu"), "Tasks by phase")[2][3]
    assert red.count("who come with the crowd: With the rally, then with the march.") == 1


def test_bug_a_sector_was_twice_on_the_sheet_of_a_movement_and_nobody_knew_why() -> None:
    """With each line the sheet says with which people units come there."""
    at = day_of_two()
    sheet = page(order(at.instance, at.deployment, draft=True), "both")
    listed = [row[0] for row in rows(sheet, "Who is in charge of you where you stand")]
    assert listed.count("KPU\nwith Rally") == listed.count("KPU\nwith March") == 1


def test_bug_who_comes_after_the_crowd_has_left_was_promised_while_it_is_there() -> None:
    """The rally leaves the mall as the march is about to leave KPU: who walks there finds nobody, and goes on."""
    stops = [{"sector": "terminal", "stay": 30.0}, {"sector": "mall", "stay": 105.0}]
    rally = crowd(id="rally", name="Rally", arrives="13:10", itinerary=stops)
    instance = day(rally, accompaniments=[], movements=[BOTH])
    at = Situation(instance, Deployment.build(instance, {("both", "rope"): 1}, {}))
    passing = next(stand for stand in at.stands(instance.movements[0]) if stand.sector == "kpu")
    assert passing.left == passing.formed
    kpu = next(s for s in instance.sectors if s.id == "kpu")
    assert list_coming(at, kpu) == []
    assert list_companions(at, kpu) == []


def test_bug_who_is_away_for_a_rest_was_said_to_meet_who_stands_there_meanwhile() -> None:
    """People who march from the terminal to KPU and back are there twice, and are met each time by who stands there."""
    stops = [{"sector": place, "stay": 30.0} for place in ("terminal", "kpu", "terminal")]
    people = crowd(id="march", name="March", arrives="13:10", itinerary=stops)
    between = [{"sector": "terminal", "until": "15:30"}, {"post": "polres"}]
    legs = [{"post": "polres", "until": "14:05"}, *between]
    movements = [
        {"id": "with", "name": "With them", "legs": [{"gathering": "march"}]},
        {"id": "between", "name": "Between", "legs": legs},
    ]
    instance = town(gatherings=[people], triggers=[], movements=movements)
    at = Situation(instance, Deployment.build(instance, {("with", "rope"): 1, ("between", "rope"): 1}, {}))
    terminal = instance.sectors[0]
    again, meanwhile = at.stands(instance.movements[0]), at.stands(instance.movements[1])[1]
    assert again[0].left < meanwhile.formed < meanwhile.left < again[2].formed
    assert [one.formed for one in list_coming(at, terminal) if one.moving.id == "with"] == [
        (again[0].formed,),
        (again[2].formed,),
    ]
    told = rows(page(order(instance, at.deployment, draft=True), "between"), "Who is in charge of you where you stand")
    assert [row[4] for row in told] == ["nobody is placed there: you are in charge"]


def test_bug_the_assignment_list_told_of_who_moves_the_first_place_alone() -> None:
    told = rows(page(papers(), "ics-204"), "5. Resources assigned, by stage of those who move")
    assert told == [
        ["Mall, then KPU", "22", "1", "Mall", "13:00", "14:30", "nobody is placed there: see its sheet"],
        ["", "", "2", "KPU", "15:01", "stays", ""],
        ["Terminal, then beside the march", "8", "1", "Terminal", "13:30", told[2][5], ""],
        ["", "", "2", "KPU", told[3][4], told[3][5], ""],
        ["", "", "3", "Mall", told[4][4], "stays", "nobody is placed there: see its sheet"],
    ]


def test_the_papers_are_told_in_indonesian() -> None:
    instance = moving_town()
    sheet = page(order(instance, plan_of(instance), language=language("id")), "patrol")
    assert sheet.kind == "Lembar perintah, pergeseran"
    assert "Anda bukan cadangan" in all_text(sheet)


# ---------------------------------------------------------------- files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moving")
    solution = solved(moving_town(), plan_of(moving_town()))
    write_solution(solution, folder, language=language("id"))
    write_solution(solution, folder)
    write_orders(solution.instance, solution.deployment, folder, document=describe_plan(solution))
    return folder


def test_the_same_heads_move_in_every_file(folder: Path) -> None:
    assert json.loads((folder / "plan.json").read_text())["heads_by_place"] == HEADS
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx"))
    table = book.get_sheet_by_name("Movements").to_python()
    heads = {row[0]: int(row[9]) for row in table[1:] if row[0] and row[9] != ""}
    assert heads == {"Mall, then KPU": HEADS["patrol"], "Terminal, then beside the march": HEADS["gate"]}
    assert int(table[-1][9]) == HEADS["patrol"] + HEADS["gate"]
    plotted = [row for row in book.get_sheet_by_name("Plotting").to_python() if row[1] == "Mall, then KPU"]
    assert sum(int(row[7]) for row in plotted) == HEADS["patrol"]
    papers_book = CalamineWorkbook.from_path(str(folder / "orders.xlsx"))
    (name,) = [name for name in papers_book.sheet_names if name.endswith(" patrol")]
    (together,) = [row for row in papers_book.get_sheet_by_name(name).to_python() if row and row[0] == "Together"]
    assert [int(v) for v in together[1:] if v != ""] == [HEADS["patrol"]]


def test_a_map_has_a_movement_at_its_first_place_and_a_line_over_its_legs() -> None:
    data = moving_town().model_dump(mode="json")
    for place in (*data["sectors"], *data["posts"], *data["reinforcements"]):
        place |= {"lat": -4.0 + place.pop("y") / 100.0, "lon": 104.0 + place.pop("x") / 100.0}
    instance = town(**{key: data[key] for key in ("sectors", "posts", "reinforcements", "movements")})
    features = {feature["id"]: feature for feature in map_plan(instance, plan_of(instance))["features"]}
    point, line = features["movement:patrol"], features["legs:patrol"]
    assert point["geometry"] == {"type": "Point", "coordinates": [104.04, -3.99]}
    assert point["properties"]["legs"] == [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    assert (point["properties"]["heads"], point["properties"]["stops"]) == (HEADS["patrol"], ["mall", "kpu"])
    assert line["geometry"]["coordinates"] == [[104.04, -3.99], [104.03, -4.0]]
    assert features["legs:gate"]["properties"]["stops"] == ["terminal", "kpu", "mall"]


# ---------------------------------------------------------------- ways of many gatherings


def many_ways(gatherings: int) -> Instance:
    """Units wait for one gathering after another, each of which may take three routes, by weights of its own."""
    sectors = ("kpu", "mall", "terminal")
    crowds = []
    for g in range(gatherings):
        routes = [{"id": name, "weight": 1.0 + 0.1 * (g + 1) * n} for n, name in enumerate("abc")]
        stops = [{"sector": s, "stay": 10.0 + n, "route": "abc"[n]} for n, s in enumerate(sectors)]
        first = {"sector": "terminal", "stay": 10.0}
        crowds.append(march(routes=routes, itinerary=[first, *stops]) | {"id": f"g{g}", "name": f"G{g}"})
    legs = [{"gathering": crowd["id"]} for crowd in crowds]
    return day(gatherings=crowds, accompaniments=[], movements=[{"id": "m", "name": "M", "legs": legs}])


def test_bug_ways_of_many_gatherings_multiplied_without_end() -> None:
    """Twelve gatherings with three routes each go half a million ways between them; the likeliest are told."""
    instance = many_ways(12)
    passages = list_passages(instance, instance.movements[0])
    assert count_passages(instance, instance.movements[0]) == 3**12
    assert len(passages) == stands.PASSAGES
    assert 0.0 < sum(passage.share for passage in passages) < 1.0


def test_the_likeliest_of_many_ways_are_those_of_all_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = many_ways(4)
    every = [passage.share for passage in list_passages(instance, instance.movements[0])]
    assert len(every) == 81
    assert sum(every) == pytest.approx(1.0)
    monkeypatch.setattr(stands, "PASSAGES", 20)
    assert [p.share for p in list_passages(instance, instance.movements[0])] == pytest.approx(every[:20])


def test_papers_say_that_ways_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = many_ways(4)
    plan = Deployment.build(instance, {("m", "rope"): 2, ("m", "padal"): 1}, {})
    whole = all_text(page(written(instance, plan), "m"))
    assert "likeliest are told" not in whole
    heading = "With the crowd or as planned, not counted here"
    (whole,) = listed(page(written(instance, plan), "kpu"), heading)[:1]
    assert "at least" not in whole
    monkeypatch.setattr(stands, "PASSAGES", 20)
    assert "Of 81 combinations of their ways the 20 likeliest are told:" in all_text(page(written(instance, plan), "m"))
    cut = listed(page(written(instance, plan), "kpu"), heading)[0]
    assert "(at least " in cut


def test_bug_units_that_only_pass_had_two_times_at_which_they_set_out() -> None:
    """On foot to the mall they take 81 minutes, so that the half hour there is over on the way."""
    legs = [{"sector": "terminal", "until": "14:00"}, {"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    instance = day(accompaniments=[], movements=[{"id": "late", "name": "Late", "legs": legs}])
    orders = written(instance, Deployment.build(instance, {("late", "rope"): 1, ("late", "padal"): 1}, {}))
    sheet = page(orders, "late")
    told = [row[1:5] for row in rows(sheet, "Where you stand, and when you go on")]
    assert told[1] == ["Mall", "15:24", "15:24", "at once: the time there, until 14:30, is over by then"]
    assert [row[0] for row in rows(sheet, "Who is in charge of you where you stand")] == ["Terminal", "KPU"]
    stages = rows(page(orders, "ics-204"), "5. Resources assigned, by stage of those who move")
    assert [row[2:6] for row in stages] == [["1", "Terminal", "13:30", "14:00"], ["2", "KPU", "15:55", "stays"]]
    # who sets out later than half past two does not go there, which the sheet tells those who decide on the road
    leave_out = "Leave out a place if its time is over when you would set out for it: Mall (14:30)."
    assert leave_out in listed(sheet, "Orders")
    assert not [line for line in listed(page(papers(), "patrol"), "Orders") if line.startswith("Leave out")]


def test_bug_the_officer_of_a_sector_formed_up_hours_after_units_in_its_charge() -> None:
    """At the mall people come at 17:36; units without an officer of their own stand there from 13:00."""
    instance = moving_town(movements=[MALL_FIRST])
    teams = {("mall", "padal"): 1, ("kpu", "padal"): 1, ("patrol", "rope"): 1}
    alone = Situation(instance, Deployment.build(instance, teams, {}))
    mall = next(s for s in instance.sectors if s.id == "mall")
    assert alone.clock(alone.stand(mall)) == "13:00"
    assert [alone.clock(stand.formed) for stand in alone.stands(instance.movements[0])] == ["13:00", "15:01"]
    led = Situation(instance, Deployment.build(instance, {**teams, ("patrol", "padal"): 1}, {}))
    assert led.clock(led.stand(mall)) == "17:36"
