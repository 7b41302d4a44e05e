"""The plan as a workbook: what it says is what the solution says, no name becomes a formula, sums follow."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from support.libreoffice import open_in_office, read_cells
from support.sample_solution import solved
from support.small import program
from support.town import posted, town

from optimiser.common.errors import OptimiserError
from optimiser.common.language import language
from optimiser.model.deployment import Deployment
from optimiser.output.excel.balance import list_needs
from optimiser.output.excel.book import Book
from optimiser.output.excel.plan_book import write_plan_book
from optimiser.planning.solution import Solution
from optimiser.questions.played_plan import list_events, pick
from optimiser.simulation.events import Event

EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", '=HYPERLINK("http://x")', "http://x", "{=1}", "0123", "\t=1")


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved()


def cells(content: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def formulas(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    return [formula for sheet in sheets for formula in re.findall(r"<f>([^<]*)</f>", sheet)]


def book_of(solution: Solution, code: Any = "en") -> bytes:
    instance = solution.instance
    return write_plan_book(solution, list_events(instance, solution.deployment, pick(instance, 1, 0)), language(code))


def test_the_workbook_says_what_losses_come_to_over_the_law(solution: Solution) -> None:
    sheets = cells(book_of(solution))
    assert {row[0]: row[2:4] for row in sheets["Harms"]}["loss over the law's ranges"] == [1.25, 83.0]
    rows = sheets["Summary"]
    begin = next(n for n, row in enumerate(rows) if row and row[0] == "Over the law's ranges")
    assert rows[begin + 2][:8] == ["nobody", -12.5, 3.5, 0.825, 0.45, 0.0, 2.5, 90.0]
    assert rows[begin + 3][:8] == ["historical", -4.5, 13.5, 0.55, 0.3, 0.025, 1.5, 70.0]
    assert rows[begin + 4][6:8] == [1.25, 83.0]
    without = cells(book_of(replace(solution, law_range=None)))
    assert "law's ranges" not in str(without)


def test_the_workbook_says_what_the_solution_says(solution: Solution) -> None:
    sheets = cells(book_of(solution))
    order = ["Summary", "Sectors", "Plotting", "Reserve", "Vehicles"]
    order += ["Required, have, need", "Limits", "Timeline", "Harms", "Settings", "_plan"]
    assert list(sheets) == order
    plotted = {(row[1], row[3]): (*row[5:8], row[9]) for row in sheets["Plotting"][1:] if len(row) > 9 and row[3]}
    assert plotted[("KPU", "Dalmas awal squad")] == (3.0, "", 30.0, dt.time(15, 8))
    assert plotted[("Polres", "Water cannon")] == ("", 1.0, 4.0, dt.time(13, 0))
    here = solution.deployment.places.values()
    assert len(plotted) == sum(len(place.teams) + len(place.vehicles) for place in here)
    waiting = {row[1]: row[3] for row in sheets["Reserve"][1:]}
    assert waiting["Dalmas lanjut squad"] == 60.0
    facts = {row[0]: row[1] for row in sheets["Settings"] if len(row) > 1}
    assert (facts["Seed"], facts["sha256"]) == (1.0, solution.instance.fingerprint())
    assert facts["claim"] == solution.certificate.sentence
    harms = {row[0]: row[1:4] for row in sheets["Harms"]}
    loss = solution.evaluation.loss
    assert loss.rare
    assert harms["loss in all"] == [loss.mean, f"({loss.unusual} of {loss.count})", ""]
    sure = replace(loss, half=0.25)
    other = cells(book_of(replace(solution, evaluation=replace(solution.evaluation, loss=sure))))
    assert {row[0]: row[1:4] for row in other["Harms"]}["loss in all"] == [sure.mean, sure.low, sure.high]
    said = [row[0] for row in sheets["Harms"] if row and str(row[0]).startswith("Figures without an interval")]
    assert len(said) == 1
    assert f"{loss.unusual} of {loss.count}: at most" in said[0]
    assert len(sheets["Timeline"]) > 20


def test_bug_the_first_sheet_began_with_the_claim_instead_of_who_where_and_when(solution: Solution) -> None:
    for code in ("en", "id"):
        summary = next(iter(cells(book_of(solution, code)).values()))
        labels = [str(row[0]) for row in summary]
        said, words = "\n".join(labels), language(code)
        order = ("How sure", "Who decides", "Where", "Heads", "How far to trust this", "Claim")
        found = [said.index(f"{words(name)}\n") for name in order]
        assert found == sorted(found)
        kpu = next(row for row in summary if row[0] == "KPU")
        assert "Dalmas awal" in kpu[1]
        assert re.search(r"\d\d[:.]\d\d", kpu[4])


def test_sums_agree_with_the_checker(solution: Solution) -> None:
    sheets = cells(book_of(solution))
    heads = solution.verdict.heads
    for sheet, label, column, total in (
        ("Sectors", 1, 3, heads.sectors),
        ("Plotting", 4, 7, heads.sectors + heads.posts),
        ("Reserve", 0, 3, heads.posts),
    ):
        (row,) = [r for r in sheets[sheet] if str(r[label]).startswith("heads ")]
        assert row[column] == total, sheet


def test_what_is_required_is_there_and_limits_hold(solution: Solution) -> None:
    least, most = list_needs(solution)
    assert all(need.have >= need.required for need in least)
    assert all(need.have <= need.required for need in most)
    asked = {need.what: (need.required, need.have) for need in least}
    assert asked["escort for Water cannon at Polres"] == (10, 60)
    assert asked["officer in charge of KPU, if anyone stands there"] == (1, 1)
    assert ("cap of 250 heads", 250) in {(need.what, need.required) for need in most}


def test_what_is_lacking_is_shown_as_need() -> None:
    least, _ = list_needs(solved(town(pins=[{"place": "kpu", "what": "talk", "at_least": 5}])))
    (pin,) = [need for need in least if need.what.startswith("pin:")]
    assert (pin.required, pin.have) == (5, 2)


def test_seats_are_counted_in_seats() -> None:
    posts = [{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0, "mobile": 0.5}]
    least, _ = list_needs(solved(town(posts=posts)))
    (seats,) = [need for need in least if need.unit == "seats"]
    waiting = 60 + 30 + 4 + 5
    assert (seats.required, seats.have) == (-(-waiting // 2), 90)


def test_a_plan_that_is_refused_is_not_written(solution: Solution) -> None:
    broken = Deployment.build(solution.instance, {("kpu", "talk"): 99}, {}, "too many")
    with pytest.raises(OptimiserError, match="withheld"):
        write_plan_book(replace(solution, deployment=broken), [])


def _named(name: str) -> Solution:
    """Solve the town with everything called like this."""
    data = town().model_dump(mode="json")
    for part in ("sectors", "posts", "roles", "teams", "vehicles", "gatherings", "triggers", "reinforcements"):
        for thing in data[part]:
            thing["name"] = name
    for sector in data["sectors"]:
        sector["officer_post"] = name
    data["title"] = name
    return solved(town(**data))


@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("http://x.example")'])
def test_no_name_becomes_a_formula_or_a_link(name: str, solution: Solution) -> None:
    hostile = _named(name)
    content = book_of(hostile)
    assert sorted(formulas(content)) == sorted(formulas(book_of(solution)))
    assert any(name in row for row in cells(content)["Plotting"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [n for n in archive.namelist() if "externalLink" in n]
        assert not [n for n in archive.namelist() if "_rels/sheet" in n]


def test_no_string_becomes_a_formula() -> None:
    """A hundred thousand strings that a spreadsheet might take for formulas, links or numbers: all stay text."""
    book = Book("strings")
    page = book.sheet("strings")
    texts = [f"{EVIL[n % len(EVIL)]}{n}" for n in range(100_000)]
    for row in range(1000):
        page.put_row(row, texts[100 * row : 100 * row + 100], "line")
    content = book.finish()
    assert formulas(content) == []
    assert [text for row in cells(content)["strings"] for text in row] == texts


def test_a_formula_would_be_noticed() -> None:
    book = Book("one")
    book.sheet("one").sheet.write_formula(0, 0, "=1+1", None, 2)
    assert formulas(book.finish()) == ["1+1"]


def test_names_that_steer_a_screen_are_made_plain() -> None:
    event = Event(1.0, "arrived", "kpu", "", "march\u202e", 5.0)
    sheet = cells(write_plan_book(solved(), [event]))["Timeline"]
    assert "\u202e" not in str(sheet)


@pytest.mark.parametrize("code", ["en", "id"])
def test_the_same_plan_gives_the_same_bytes(solution: Solution, code: Any) -> None:
    assert book_of(solution, code) == book_of(solved(), code)


def test_an_office_opens_the_plan_and_comes_to_the_same_sums(solution: Solution, tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(book_of(solution))
    saved = read_cells(open_in_office([tmp_path / "plan.xlsx"], tmp_path)[0])
    before = cells(book_of(solution))
    assert posted(solution.instance).fingerprint() == solution.deployment.fingerprint()
    for sheet in ("Sectors", "Plotting", "Reserve", "Required, have, need", "Limits"):
        numbers = [[v for v in row if isinstance(v, float)] for row in saved[sheet]]
        assert [n for n in numbers if n] == [
            n for n in [[v for v in row if isinstance(v, float)] for row in before[sheet]] if n
        ]


def test_bug_a_heading_stood_alone_at_the_foot_of_a_printed_page(tmp_path: Path) -> None:
    book = Book("pages")
    for high in range(20, 50, 2):  # lines of the first part; where a page ends is among them
        page = book.sheet(f"Summary {high}")
        page.widths(30, 15, 15, 15, 15, 15, 15, 15)
        page.whole_parts = True
        rows = ["Heading", *["line"] * high, "Heading", *["line"] * 8]
        for row, text in enumerate(rows):
            page.put(row, 0, text, "part" if text == "Heading" else "bold")
    (tmp_path / "pages.xlsx").write_bytes(book.finish())
    (printed,) = open_in_office([tmp_path / "pages.xlsx"], tmp_path, "pdf")
    command = [program("pdftotext"), "-layout", str(printed), "-"]
    sheets = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    assert len(sheets) > 15
    for sheet in sheets:
        assert [line.strip() for line in sheet.splitlines() if line.strip() in ("Heading", "line")][-1] == "line"
