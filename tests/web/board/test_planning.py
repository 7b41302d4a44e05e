"""Planning from the board: what is pinned holds, progress is seen, stopping keeps the best, a reload loses nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, chip, drag, number_at, row, settle, wait_kept

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROGRESS = re.compile(r"planning: [\d.,]+ points so far, \d+ s")


def plan(page: Page) -> None:
    page.locator("#bar [data-key=plan]", has_text="Make a plan").click()


def wait_for_plan(page: Page, name: str = "Plan 1") -> None:
    page.locator("#said", has_text=f"'{name}'").wait_for()
    settle(page)
    wait_kept(page)


def test_what_is_pinned_stays_where_it_is_and_all_else_is_planned(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("tiny-2")  # three squads to one, which is best
    page = open_board(key)
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    drag(page, chip(page, "kpu", "squad"), row(page, ""))
    chip(page, "bawaslu", "squad").click()
    page.get_by_role("button", name=re.compile("^Pin")).click()
    page.locator(".chip.pinned").wait_for()
    plan(page)
    wait_for_plan(page)
    assert [number_at(page, place, "squad") for place in ("kpu", "bawaslu", "")] == [2, 2, 0]
    made = board.content(key)["variants"][1]
    assert made["pinned"] == ["bawaslu squad"]
    assert made["document"]
    chip(page, "bawaslu", "squad").click()
    page.get_by_role("button", name=re.compile("unpin")).click()
    page.locator(".chip.pinned").wait_for(state="detached")
    plan(page)
    wait_for_plan(page, "Plan 2")
    assert [number_at(page, place, "squad") for place in ("kpu", "bawaslu", "")] == [3, 1, 0]


def test_a_plan_that_no_rules_allow_says_what_clashes(board: RunningBoard, open_board: Pages) -> None:
    data = board.ask("GET", "/v1/instances/tiny-2")
    pins = [{"place": "kpu", "what": "squad", "at_least": 3}, {"place": "bawaslu", "what": "squad", "at_least": 2}]
    page = open_board(board.add_board({**data, "pins": pins}, {}))
    plan(page)
    said = page.locator("#bar .state", has_text="No plan: ")
    said.wait_for()
    assert "Squad" in said.inner_text()
    assert page.locator("#bar [data-key=plan]").inner_text() == "\u25b6 Make a plan"


def test_bug_leaving_the_page_lost_the_plan_that_was_being_made(board: RunningBoard, open_board: Pages) -> None:
    """The stream of its events ends with the page, which was taken for the end of the job."""
    key = board.add_board("oku-250")
    page = open_board(key)
    plan(page)
    stop = page.locator("#bar [data-key=plan]", has_text="Stop")
    page.locator("#bar .state", has_text="looking for a first plan").wait_for()
    page.reload()
    settle(page)
    assert board.content(key)["job"]
    stop.click()
    page.locator("#bar .state", has_text="No plan: cancelled").wait_for()
    page.locator("#bar [data-key=plan]", has_text="Make a plan").wait_for()


@pytest.mark.long
def test_a_reload_finds_the_plan_in_progress_and_stop_keeps_the_best_so_far(
    board: RunningBoard, open_board: Pages
) -> None:
    key = board.add_board("oku-250")
    page = open_board(key)
    settle(page)
    plan(page)
    page.locator("#bar .state", has_text=PROGRESS).wait_for()
    page.reload()
    page.locator("#bar .state", has_text=PROGRESS).wait_for()
    assert board.content(key)["job"]
    page.locator("#bar [data-key=plan]", has_text="Stop").click()
    wait_for_plan(page)
    assert page.locator("#bar [data-key=plan]").inner_text() == "\u25b6 Make a plan"
    kept = board.content(key)
    assert kept["job"] is None
    assert [one["name"] for one in kept["variants"]] == ["plan", "Plan 1"]
    assert kept["shown"] == 1
    best = board.ask("GET", f"/v1/jobs/{kept['variants'][1]['document']}/result")
    assert kept["variants"][1]["places"] == best["deployment"]["places"]
    assert page.locator(".effect h3 + .good").count() == 1
    assert page.locator(".ghost").count() > 0  # where the plan before has others


def test_a_later_reload_finds_everything(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("tiny-2")
    page = open_board(key, LAPTOP)
    for _ in range(2):
        drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    page.locator("#bar [data-key=undo]").click()
    page.fill("#told-number", "3")
    page.press("#told-number", "Enter")
    page.wait_for_selector(".time[data-scenario='3']")
    wait_kept(page)
    other = open_board(key, PHONE)  # as good as a reload, and somebody else's telephone
    for again in (page, other):
        again.reload()
        again.wait_for_selector(".time[data-scenario='3']")
        settle(again)
        assert number_at(again, "bawaslu", "squad") == 2
        assert again.locator(".effect .difference").count() == 0  # of a step that was made in another window
        again.locator("#bar [data-key=redo]").click()
        assert number_at(again, "bawaslu", "squad") == 3
        for _ in range(2):
            again.locator("#bar [data-key=undo]").click()
        assert number_at(again, "bawaslu", "squad") == 1
        again.locator("#bar [data-key=redo]").click()
        wait_kept(again)
