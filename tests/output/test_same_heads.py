"""The same heads stand at the same place on every paper, screen, workbook and file of a plan."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support.late_town import HEADS, LATE, late_town, shifts
from support.sample_solution import solved

from optimiser.output.blocks import lines, plain_text
from optimiser.output.map_pictures import picture_map
from optimiser.output.orders.files import order
from optimiser.output.pictures import list_groups
from optimiser.output.sections.plan import plan_sections
from optimiser.output.write import describe_plan, write_orders, write_solution
from optimiser.planning.solution import Solution
from optimiser.questions.played_plan import list_events, pick


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved(late_town(), shifts(late_town()))


@pytest.fixture(scope="module")
def folder(solution: Solution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    write_solution(solution, folder)
    write_orders(solution.instance, solution.deployment, folder, document=describe_plan(solution))
    return folder


# ---------------------------------------------------------------- what is shown, by place


class Tables(HTMLParser):
    """Reads every table of a page: rows of cells, each cell with the texts in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


def pages_heads(file: Path, names: dict[str, str]) -> list[tuple[str, int]]:
    """List what a page says: of every table with a place and its heads, each row."""
    reader = Tables()
    reader.feed(file.read_text(encoding="utf-8"))
    return [found for table in reader.tables for found in table_heads(table, names)]


def table_heads(table: list[list[str]], names: dict[str, str]) -> list[tuple[str, int]]:
    """Read rows under a heading of places and one of heads; what comes from outside is no place of the plan."""
    head = [str(cell).strip().lower() for cell in table[0]] if table else []
    if not head or head[0] not in ("sector", "post", "place") or "heads" not in head:
        return []
    column = head.index("heads")
    found = []
    for row in table[1:]:
        place = next((ident for ident, name in names.items() if str(row[0]).strip().startswith(name)), None)
        if place is not None and len(row) > column and str(row[column]).strip():
            found.append((place, int(row[column])))
    return found


@pytest.fixture(scope="module")
def names(solution: Solution) -> dict[str, str]:
    return {place.id: place.name for place in solution.instance.places}


def agree(found: list[tuple[str, int]], *places: str) -> None:
    """Assert that heads were found for these places, and everywhere the same."""
    assert set(places) <= {place for place, _ in found}
    assert {(place, heads) for place, heads in found if HEADS[place] != heads} == set()


def sums(rows: Any) -> list[tuple[str, int]]:
    """Add up what several rows say of a place."""
    total = Counter[str]()
    for place, heads in rows:
        total[place] += int(heads)
    return list(total.items())


STOOD = ("kpu", "mall", "terminal")


def test_the_checker_counts_the_same(solution: Solution) -> None:
    heads = solution.verdict.heads
    assert heads.sectors == sum(HEADS[place] for place in STOOD)
    assert heads.posts == HEADS["polres"]
    assert heads.sectors + heads.posts == heads.counted + heads.outside
    assert heads.crews == 10


def test_files_for_programs(solution: Solution, folder: Path, names: dict[str, str]) -> None:
    assert json.loads((folder / "plan.json").read_text())["heads_by_place"] == HEADS
    features = json.loads((folder / "plan.geojson").read_text())["features"]
    places = [f["properties"] for f in features if f["properties"]["kind"] in ("sector", "post")]
    agree([(p["id"], p["heads"]) for p in places], *HEADS)
    with (folder / "deployment.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["place"]]
    agree(sums((row["place"], row["heads"]) for row in rows), *STOOD, "polres")
    assert {(row["place"], row["available"]) for row in rows if row["id"] == "late"} == {
        ("kpu", "16:00"),
        ("polres", "16:00"),
    }
    assert {row["available"] for row in rows if row["id"] != "late"} == {""}


def test_screen(solution: Solution, names: dict[str, str]) -> None:
    sections = plan_sections(solution)
    found = []
    for section in sections:
        for block in section.blocks:
            if block.kind == "table":
                head = [column.title for column in block.columns]
                found += table_heads([head, *([told(value) for value in row] for row in block.rows)], names)
    agree(found, *STOOD, "polres")


def told(value: Any) -> str:
    """Give the text of a cell."""
    return "\n".join(plain_text(line) for line in lines(value))


def test_report_and_orders(folder: Path, names: dict[str, str]) -> None:
    agree(pages_heads(folder / "report.html", names), *STOOD, "polres")
    agree(pages_heads(folder / "orders.html", names), *STOOD, "polres")


def test_pictures(solution: Solution) -> None:
    drawing = picture_map(solution.instance, solution.deployment, solution.evaluation)
    shown = set(re.findall(r">(\d+)</text>", drawing))
    assert {str(HEADS[place]) for place in (*STOOD, "polres")} <= shown
    events = list_events(solution.instance, solution.deployment, pick(solution.instance, 1, 0))
    groups = {group.name: group for group in list_groups(solution.instance, solution.deployment, events)}
    assert [bar.text for bar in groups["KPU"].lanes[0].bars] == [
        f"{HEADS['kpu'] - LATE} heads",
        f"{HEADS['kpu']} heads",
    ]
    assert groups["Polres, waiting"].waiting[0] == (0.0, HEADS["polres"] - LATE)


def test_workbook_of_the_plan(folder: Path, names: dict[str, str]) -> None:
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx"))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    back = {name: ident for ident, name in names.items()}
    agree([(back[row[1]], int(row[3])) for row in sheets["Sectors"][1:] if row[1] in back], *STOOD)
    agree(sums((back[row[1]], row[7] or 0) for row in sheets["Plotting"][1:] if row[1] in back), *STOOD, "polres")
    agree(sums((back[row[0]], row[3]) for row in sheets["Reserve"][1:] if row[0] in back and row[3] != ""), "polres")


def test_papers_one_by_one(solution: Solution, folder: Path, names: dict[str, str]) -> None:
    papers = {paper.key: paper for paper in order(solution.instance, solution.deployment).papers}
    back = {name: ident for ident, name in names.items()}
    for place in (*STOOD, "polres"):
        assert sum(unit.heads for unit in papers[place].units) == HEADS[place]
    assert {told(v) for _, v in papers["mall"].sections[0].blocks[0].pairs} >= {"12; room for 500"}
    assert {told(v) for _, v in papers["kpu"].sections[0].blocks[0].pairs} >= {"34, from 16:00 44; room for 500"}
    assigned, place = [], ""
    for section in papers["ics-204"].sections:
        for row in section.blocks[0].rows if section.blocks[0].kind == "table" else ():
            place = back.get(told(row[0]), place)
            assigned.append((place, int(told(row[3]))))
    agree(sums(assigned), *STOOD, "polres")
    (in_time,) = [section.blocks[0] for section in papers["review"].sections if section.heading.startswith("6.")]
    due = {told(row[0]): told(row[1]) for row in in_time.rows}
    assert due["KPU"] == "34 heads by 15:14; 44 heads by 16:00"
    assert due["Polres"] == "52 heads by 13:00; 62 heads by 16:00"
    book = CalamineWorkbook.from_path(str(folder / "orders.xlsx"))
    for place in (*STOOD, "polres"):
        (name,) = [name for name in book.sheet_names if name.endswith(f" {place}")]
        rows = book.get_sheet_by_name(name).to_python()
        (together,) = [row for row in rows if row and row[0] == "Together"]
        assert [int(v) for v in together[1:] if v != ""] == [HEADS[place]]
