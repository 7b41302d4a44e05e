"""A base map that a person opens on the board, the law that is chosen there, and what is told to be firm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, settle, wait_kept

ROAD = [[104.16, -4.12], [104.18, -4.12], [104.19, -4.125]]
CREDIT = "<b>a city</b>"


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_base_map_is_opened_drawn_kept_and_removed(
    board: RunningBoard, open_board: Pages, tmp_path: Path, size: Any
) -> None:
    file = tmp_path / "roads.geojson"
    road = {
        "type": "Feature",
        "properties": {"highway": "primary"},
        "geometry": {"type": "LineString", "coordinates": ROAD},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [road]}), encoding="utf-8")
    key = board.add_board("oku-250")
    page = open_board(key, size)
    settle(page)
    page.locator("#bar [data-key=edit]").click()
    page.locator(".editor nav [data-key='tab base_map']").click()
    page.fill("#base-map-credit", CREDIT)
    page.set_input_files("#base-map-file", file)
    page.locator(".stage svg text", has_text=CREDIT).wait_for()
    assert page.locator(".editor-body", has_text="road").count() == 1
    wait_kept(page)
    (kept,) = board.ask("GET", f"/v1/boards/{key}")["content"]["instance"]["base_map"]
    assert (kept["kind"], kept["credit"]) == ("road", CREDIT)
    page.get_by_role("button", name="Remove the base map").click()
    page.locator(".stage svg text", has_text=CREDIT).wait_for(state="detached")


def test_a_file_that_is_no_map_is_refused_in_words(board: RunningBoard, open_board: Pages, tmp_path: Path) -> None:
    page = open_board(board.add_board("oku-250"))
    open_board.expected.append("422")
    settle(page)
    page.locator("#bar [data-key=edit]").click()
    page.locator(".editor nav [data-key='tab base_map']").click()
    for text, said in (("{", "The file is no GeoJSON."), ("{}", "a GeoJSON FeatureCollection")):
        (tmp_path / "wrong.geojson").write_text(text, encoding="utf-8")
        page.set_input_files("#base-map-file", tmp_path / "wrong.geojson")
        page.locator(".editor-body .bad", has_text=said).wait_for()


def test_the_law_is_chosen_in_the_bar_and_kept(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("tiny-2")
    page = open_board(key)
    settle(page)
    before = page.inner_text(".effect .loss b")
    with page.expect_request(
        lambda sent: sent.url.endswith("/v1/estimate") and '"law":"threshold"' in (sent.post_data or "")
    ):
        page.locator("#bar [data-key=law]").select_option("threshold")
    settle(page)
    assert page.inner_text(".effect .loss b") != before
    wait_kept(page)
    assert board.ask("GET", f"/v1/boards/{key}")["content"]["law"] == "threshold"


@pytest.mark.long
def test_what_is_firm_is_told_once_nobody_has_stepped_on_for_a_while(board: RunningBoard, open_board: Pages) -> None:
    page = open_board(board.add_board("tiny-2"))
    settle(page)
    page.locator("#bar .state", has_text="firm in").wait_for()
    assert page.locator("#bar .state", has_text="places").count() == 1
