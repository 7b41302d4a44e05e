"""A district from a faulty file, mended in place, and the files that a board hands out."""

from __future__ import annotations

import io
import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, settle, wait_kept

from optimiser.files.read import read

FAULTS = {"cap": -5, "sectors[1].x": "east", "gatherings[0].tension": 7}


def spoil(data: Any) -> Any:
    """Give a district three faults."""
    data = {**data, "cap": FAULTS["cap"]}
    data["sectors"][1]["x"] = FAULTS["sectors[1].x"]
    data["gatherings"][0]["tension"] = FAULTS["gatherings[0].tension"]
    return data


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=pytest.mark.long), PHONE])
def test_faults_of_a_file_are_mended_in_place(
    board: RunningBoard, open_board: Pages, tmp_path: Path, size: Any
) -> None:
    file = tmp_path / "district.json"
    file.write_text(json.dumps(spoil(board.ask("GET", "/v1/instances/tiny-2"))), encoding="utf-8")
    page = open_board("", size)
    open_board.expected.extend(["422", "400"])
    page.set_input_files("#file", file)
    page.locator(".editor-state", has_text="3 faults").wait_for()
    assert page.locator("#bar [data-key=plan]").is_disabled()
    for place, mended in (("cap", "40"), ("sectors[1].x", "2"), ("gatherings[0].tension", "0.5")):
        page.locator(".editor-state .go").first.wait_for()
        tab = {"cap": "settings", "sectors[1].x": "sectors", "gatherings[0].tension": "gatherings"}[place]
        page.locator(f".editor nav [data-key='tab {tab}']").click()
        field = page.locator(f"input[data-path='{place}']")
        if not field.count():
            page.locator(f"[data-key='more {place.partition('.')[0]}']").click()
        field.fill(mended)
    page.locator(".editor-state", has_text="No faults").wait_for()
    page.locator("[data-key=done]").click()
    settle(page)
    wait_kept(page)
    assert page.locator("#bar [data-key=plan]").is_enabled()


def test_files_that_are_handed_out_open_and_have_the_plan(
    board: RunningBoard, open_board: Pages, tmp_path: Path
) -> None:
    key = board.add_board("oku-250")
    page = open_board(key, accept_downloads=True)
    settle(page)
    page.locator("[data-key=downloads]").click()
    settle(page)

    def download(name: str) -> bytes:
        with page.expect_download() as coming:
            page.locator("dialog li button", has_text=name).click()
        path = tmp_path / coming.value.suggested_filename
        coming.value.save_as(path)
        page.locator("dialog .good", has_text=name).wait_for()
        return path.read_bytes()

    plan = board.content(key)["variants"][0]["places"]
    names = [one.name for one in read("oku-250").sectors if one.id in plan]
    assert len(names) > 3
    orders = unescape(download("orders.html").decode())
    assert not [name for name in names if name not in orders]
    for name in ("orders.xlsx", "instance.xlsx"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(download(name)))
        told = str([book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names])
        assert not [one for one in names if one not in told], name
    table = download("deployment.csv").decode()
    assert "dalmas-awal-regu" in table or "Dalmas awal" in table
    (tmp_path / "again.xlsx").write_bytes((tmp_path / "oku-250-instance.xlsx").read_bytes())
    assert read(tmp_path / "again.xlsx").name == "oku-250"
