"""A new district from nothing, and one from a workbook with faults, which are mended where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import DESK, LAPTOP, PHONE, Pages, RunningBoard, fits, settle, wait_kept
from support.faulty_workbooks import small_book

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = pytest.mark.long


def section(page: Page, name: str) -> None:
    page.locator(f".editor nav [data-key='tab {name}']").click()


def write(page: Page, path: str, value: str) -> None:
    page.fill(f"[data-path='{path}']", value)


def key_of(page: Page) -> str:
    return page.url.rpartition("#")[2]


@pytest.mark.parametrize(
    ("size", "planned"), [(LAPTOP, False), (DESK, False), (PHONE, False), pytest.param(PHONE, True, marks=LONG)]
)
def test_a_district_is_written_from_nothing(board: RunningBoard, open_board: Pages, size: Any, planned: bool) -> None:
    page = open_board("", size)
    page.fill("#blank-title", "Kabupaten Contoh")
    page.fill("#blank-middle", "-4.12, 104.17")
    page.press("#blank-middle", "Enter")
    page.wait_for_selector(".editor-body")
    settle(page)
    section(page, "sectors")
    write(page, "sectors[0].name", "Kantor KPU")
    page.get_by_role("button", name="Farther").click()  # it lies beyond what there is
    page.locator("[data-key='survey']").click()
    assert page.inner_text("#said")
    page.locator(".stage svg").click(position={"x": 60, "y": 60})
    assert page.text_content("#said") == "", "what was asked for is done"
    assert page.locator(":focus").get_attribute("data-path") == "sectors[1].name"
    page.keyboard.type("Alun-alun")  # in place of the name that it has to begin with
    page.locator("[data-key='add sectors']").click()
    open_board.expected.append("422")  # what is not written yet is a fault
    page.fill("[data-path='sectors[2].lat']", "-4.15, 104.2")  # both at once, typed
    write(page, "sectors[2].name", "Terminal")
    settle(page)
    page.locator(".editor-state .good").wait_for()
    section(page, "gatherings")
    page.locator("[data-key='add gatherings']").click()
    page.locator(".editor-state", has_text="2 faults").wait_for()
    assert "still empty; expected: a clock time" in page.inner_text(".editor-body")
    write(page, "gatherings[0].name", "Massa aksi")
    write(page, "gatherings[0].turnout", "600")
    write(page, "gatherings[0].arrives", "09:00")
    page.locator(".editor-state", has_text="No faults").wait_for()
    settle(page)
    assert fits(page)
    page.locator("[data-key=done]").click()
    settle(page)
    wait_kept(page)
    assert "Kabupaten Contoh" in page.inner_text("#bar h1")
    assert page.locator(".spot[data-place]").count() >= 4  # three sectors and a post
    assert page.locator(".places .chip").count() > 3
    assert page.locator(".effect h3 + .good").count() == 1
    kept = board.content(key_of(page))
    assert [one["name"] for one in kept["instance"]["sectors"]] == ["Kantor KPU", "Alun-alun", "Terminal"]
    assert [kept["instance"]["sectors"][2][one] for one in ("lat", "lon")] == [-4.15, 104.2]
    first, second = (one["lon"] for one in kept["instance"]["sectors"][:2])
    assert second < first - 0.002, "farther than the map was wide"
    assert kept["variants"][0]["places"]
    if planned:
        page.locator("#bar [data-key=plan]").click()
        page.locator("#said", has_text="'Plan 1'").wait_for()
        settle(page)
        assert page.locator(".effect h3 + .good").count() == 1


FAULTS = (  # of the workbook: sheet, row, column, what stands there; and the place that the board says it at
    ("gatherings", "recount", "turnout", "about 400 or so", "gatherings[0].turnout"),
    ("teams", "dalmas", "home", "polress", "teams[1].home"),
    ("itinerary", "recount", "sector", "nowhere", "gatherings[0].itinerary[0].sector"),
)
MENDED = {"gatherings[0].turnout": "400", "teams[1].home": "polres", "gatherings[0].itinerary[0].sector": "kpu"}


@pytest.mark.parametrize("size", [LAPTOP, DESK, PHONE])
def test_a_workbook_with_faults_is_mended_at_its_fields(
    board: RunningBoard, open_board: Pages, tmp_path: Path, size: Any
) -> None:
    book = small_book()
    for sheet, line, column, value, _ in FAULTS:
        book.set(sheet, line, column, value)
    file = tmp_path / "kabupaten.xlsx"
    file.write_bytes(book.write())
    page = open_board("", size)
    open_board.expected.append("422")
    page.set_input_files("#file", file)
    page.locator(".editor-state", has_text="3 faults").wait_for()
    page.locator(".reading summary").click()
    assert "about 400 or so" in page.inner_text(".reading"), "what the file said is there to be read"
    assert page.locator("#bar [data-key=plan]").is_disabled()
    for left in (2, 1, 0):
        settle(page)
        page.locator(".editor-state .go").first.click()
        field = page.locator(":focus")
        path = next(place for place in MENDED if (field.get_attribute("data-path") or "").startswith(place))
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(MENDED[path])
        else:
            field.fill(MENDED[path])
        said = "No faults" if not left else "1 fault;" if left == 1 else f"{left} faults;"
        page.locator(".editor-state", has_text=said).wait_for()
    page.locator("[data-key=done]").click()
    settle(page)
    wait_kept(page)
    assert page.locator("#bar [data-key=plan]").is_enabled()
    assert page.locator(".places .chip").count() > 0
    assert fits(page)
    kept = board.content(key_of(page))["instance"]
    assert (kept["gatherings"][0]["turnout"]["value"], kept["teams"][1]["home"]) == (400, "polres")
