"""Free texts: carried into papers, workbooks and documents; never into the law, nor into the hash of an instance."""

from __future__ import annotations

import pytest
from support.geojson import by_id, located
from support.plan_tables import as_workbook, read_back
from support.sample_solution import solved, town_values

from optimiser.files.read import parse, parse_workbook
from optimiser.files.xlsx.container import Container
from optimiser.model.deployment import Deployment
from optimiser.output.documents.notes import list_notes
from optimiser.output.excel.template import write_template
from optimiser.output.write import describe_plan, map_plan, write_orders

NOTES = {"call_sign": "Rajawali 1", "contact": "Danki 0812", "equipment": "rope, loudhailer"}


@pytest.fixture(scope="module")
def noted():
    data = located()
    for part in ("sectors", "posts", "teams", "vehicles"):
        data[part][0] |= {name: f"{text} {part}" for name, text in NOTES.items()}
    data["posts"][0]["officer_post"] = "Guard room"
    data["sectors"][0]["outline"] = "POLYGON ((104 -4, 105 -4, 105 -5, 104 -4))"
    return parse(data)


def test_notes_come_back_from_a_workbook_and_do_not_count_in_the_hash(noted) -> None:
    assert parse_workbook(write_template(noted)).model_dump() == noted.model_dump()
    assert noted.fingerprint() == parse(located()).fingerprint()
    assert noted != parse(located())


def test_notes_stand_on_sheets_and_in_the_workbook_of_orders(noted, tmp_path) -> None:
    plan = Deployment.build(noted, {("kpu", "nego"): 1, ("polres", "dalmas"): 1}, {("polres", "truck"): 1})
    write_orders(noted, plan, tmp_path, draft=True)
    page, raw = (tmp_path / "orders.html").read_text(), (tmp_path / "orders.xlsx").read_bytes()
    container = Container(raw, "orders")
    book = " ".join(str(cell) for n in range(len(container.titles)) for row in container.read(n).rows for cell in row)
    for text in NOTES.values():
        for part in ("sectors", "posts", "teams", "vehicles"):
            assert f"{text} {part}" in page
            assert f"{text} {part}" in book
    assert "Guard room" in page
    assert read_back(raw, ".xlsx", noted).deployment.fingerprint() == plan.fingerprint()


def test_notes_are_in_documents_where_there_are_any(noted) -> None:
    assert [(note["part"], note["id"]) for note in list_notes(noted)] == [
        ("sectors", "kpu"),
        ("posts", "polres"),
        ("teams", "nego"),
        ("vehicles", "truck"),
    ]
    assert list_notes(noted)[1]["officer_post"] == "Guard room"
    features = by_id(map_plan(noted))
    assert features["sector:kpu"]["properties"]["call_sign"] == "Rajawali 1 sectors"
    assert features["area:kpu"]["geometry"]["type"] == "Polygon"
    assert describe_plan(solved())["notes"] == []


def test_a_plan_does_not_depend_on_notes() -> None:
    data = town_values()
    plain = parse(data)
    data["teams"][0] |= NOTES
    noted = parse(data)
    assert solved(noted).evaluation.losses.tolist() == solved(plain).evaluation.losses.tolist()


def test_the_list_of_who_stands_where_has_columns_of_notes_only_where_there_are_any(noted) -> None:
    plan = Deployment.build(noted, {("kpu", "nego"): 1}, {})
    for instance, there in ((noted, True), (parse(located()), False)):
        container = Container(as_workbook(instance, plan), "plan")
        header = container.read(container.titles.index("Plotting")).rows[0]
        assert ("call sign" in header) is there
