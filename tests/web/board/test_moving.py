"""Units are moved by mouse, touch, keyboard and dialog, and what that breaks and changes is said at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import (
    DESK,
    LAPTOP,
    PHONE,
    TWO_FRAMES,
    Pages,
    RunningBoard,
    chip,
    drag,
    fits,
    middle,
    number_at,
    row,
    settle,
    tab_to,
    touch,
    wait_kept,
)

from optimiser import read
from optimiser.model.deployment import Deployment
from optimiser.questions.plan_comparison import compare_plans

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = pytest.mark.long
SIZES = (LAPTOP, pytest.param(DESK, marks=LONG), PHONE)
SCENARIOS = 20_000  # days of the refined estimate


@pytest.fixture
def key(board: RunningBoard) -> str:
    """Three squads at the commission, one at the supervisor."""
    return board.add_board("tiny-2")


def squads(page: Page) -> tuple[int, int, int]:
    """Read how many squads are at the commission, at the supervisor and at base."""
    kpu, bawaslu, base = (number_at(page, place, "squad") for place in ("kpu", "bawaslu", ""))
    return kpu, bawaslu, base


@pytest.mark.parametrize("size", SIZES)
def test_an_example_is_opened_and_says_who_stands_where_and_what_it_costs(open_board: Pages, size: Any) -> None:
    page = open_board(size=size)
    page.locator("button.card", has_text="four squads").click()
    settle(page)
    assert squads(page) == (3, 1, 0)
    page.locator(".stage svg .spot[data-place=kpu]").wait_for(state="attached")
    assert "points" in page.inner_text(".effect .loss")
    assert page.locator(".effect h3 + .good").count() == 1
    assert fits(page)
    assert re.fullmatch(r".*#[0-9a-f]{16}", page.url)


@pytest.mark.parametrize("size", [LAPTOP, pytest.param(DESK, marks=LONG)])
def test_a_squad_is_dragged_by_mouse_to_a_row(board: RunningBoard, key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    assert squads(page) == (2, 2, 0)
    assert page.inner_text("#said") == "1 × Squad: Election commission to Election supervisor"
    wait_kept(page)
    assert board.content(key)["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 2}


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), DESK])
def test_a_squad_is_dragged_by_mouse_to_a_mark_on_the_map(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    drag(page, chip(page, "kpu", "squad"), page.locator(".spot[data-place=bawaslu]"))
    assert squads(page) == (2, 2, 0)
    assert page.locator(".shade, .spot.over, tr.over").count() == 0


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), PHONE])
def test_a_squad_is_dragged_by_a_finger(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size, has_touch=True)
    touch(page, chip(page, "kpu", "squad"), row(page, "bawaslu").locator(".chips"))
    assert squads(page) == (2, 2, 0)
    assert page.locator("dialog").count() == 0


def test_squads_are_moved_by_keyboard_alone(key: str, open_board: Pages) -> None:
    page = open_board(key)
    tab_to(page, ".chip[data-key='kpu squad']")
    for press in ("Enter", "ArrowDown", "+"):
        page.keyboard.press(press)
    assert page.inner_text("#said") == "2 × Squad, to Election supervisor"
    page.keyboard.press("Enter")
    assert squads(page) == (1, 3, 0)
    assert page.evaluate("document.activeElement.dataset.key") == "bawaslu squad"


def test_only_rows_that_changed_are_drawn_anew(board: RunningBoard, open_board: Pages) -> None:
    page = open_board(board.add_board("oku-250"))
    page.evaluate("document.querySelectorAll('.places tr[data-place] th').forEach((cell) => (cell.known = true))")
    start, goal = chip(page, "kpu", "dalmas-awal-regu"), row(page, "bawaslu")
    before = number_at(page, "bawaslu", "dalmas-awal-regu")
    drag(page, start, goal)
    settle(page)
    assert number_at(page, "bawaslu", "dalmas-awal-regu") == before + 1
    known = "[...document.querySelectorAll('.places tr[data-place]')].filter((one) => !one.firstChild.known)"
    drawn = set(page.evaluate(f"{known}.map((one) => one.dataset.place)"))
    broken = set(page.evaluate("[...document.querySelectorAll('.places tr.broken')].map((one) => one.dataset.place)"))
    assert {"kpu", "bawaslu"} <= drawn <= {"kpu", "bawaslu"} | broken


def test_bug_what_was_put_down_where_it_was_stayed_picked_up(key: str, open_board: Pages) -> None:
    page = open_board(key)
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "Enter"):
        page.keyboard.press(press)
    assert squads(page) == (3, 1, 0)
    assert page.locator(".chip[aria-pressed=true]").count() == 0


def test_escape_puts_back_what_was_picked_up(key: str, open_board: Pages) -> None:
    page = open_board(key)
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "ArrowDown", "Escape"):
        page.keyboard.press(press)
    assert squads(page) == (3, 1, 0)
    assert page.inner_text("#said") == "Squad stays at Election commission."
    assert page.locator(".chip[aria-pressed=true], tr.over").count() == 0


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), pytest.param(DESK, marks=LONG), PHONE])
def test_squads_are_moved_through_the_dialog(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    chip(page, "kpu", "squad").click()
    page.fill("#move-number", "2")
    page.select_option("#move-to", label="Held at base")
    page.get_by_role("button", name="Move", exact=True).click()
    page.locator("dialog").wait_for(state="detached")
    assert squads(page) == (1, 1, 2)
    chip(page, "", "squad").click()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert squads(page) == (1, 1, 2)


def test_bug_rules_that_arrive_while_one_drags_take_the_squad_out_of_the_hand(key: str, open_board: Pages) -> None:
    page = open_board(key)
    settle(page)
    waiting: list[Any] = []
    page.route("**/v1/rules", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks what it is given
    with page.expect_request("**/v1/rules"):
        drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    page.mouse.move(*middle(chip(page, "kpu", "squad")))
    page.mouse.down()
    page.mouse.move(*middle(row(page, "bawaslu")), steps=4)
    with page.expect_response("**/v1/rules"):
        waiting.pop().continue_()
    page.unroute("**/v1/rules")
    settle(page)
    page.mouse.up()
    assert squads(page) == (1, 3, 0)
    assert page.locator(".shade").count() == 0


def test_bug_a_button_that_was_drawn_anew_while_it_was_pressed_did_nothing(key: str, open_board: Pages) -> None:
    page = open_board(key)
    waiting: list[Any] = []
    page.route("**/v1/rules", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks what it is given
    with page.expect_request("**/v1/rules"):
        drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    wait_kept(page)
    page.mouse.move(*middle(page.locator("#bar [data-key=undo]")))
    page.mouse.down()
    with page.expect_response("**/v1/rules"):
        waiting.pop().continue_()
    page.unroute("**/v1/rules")
    settle(page)
    page.mouse.up()
    assert squads(page) == (3, 1, 0)


@pytest.mark.parametrize("size", [LAPTOP, pytest.param(PHONE, marks=LONG)])
def test_bug_a_row_outside_the_window_could_not_be_reached_by_dragging(
    board: RunningBoard, open_board: Pages, size: Any
) -> None:
    page = open_board(board.add_board("oku-250"), size)
    settle(page)
    start, goal = chip(page, "kpu", "padal-tim"), row(page, "")
    start.scroll_into_view_if_needed()
    assert middle(goal)[1] > size[1], "it is outside the window"
    before = number_at(page, "", "padal-tim")
    drag(page, start, goal)
    assert number_at(page, "", "padal-tim") == before + 1
    settle(page)
    there = page.evaluate("scrollY")
    page.mouse.move(size[0] / 2, size[1] - 8, steps=4)
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("scrollY") == there, "it moves only while something is dragged"


def test_shift_drags_all_of_a_kind(key: str, open_board: Pages) -> None:
    page = open_board(key)
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"), hold="Shift")
    assert squads(page) == (0, 4, 0)


@pytest.mark.parametrize("size", SIZES)
def test_a_broken_rule_is_said_at_its_place_and_in_the_list(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    settle(page)
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "ArrowDown", "ArrowDown", "Enter"):  # to the post, where nobody can wait
        page.keyboard.press(press)
    row(page, "base").locator("small.bad").wait_for()
    said = row(page, "base").locator("small.bad").inner_text().removeprefix("\u26a0 ")
    assert "Base" in said
    assert "rule broken" in page.inner_text(".effect h3 + .bad")
    assert said in page.locator(".broken-rules li").all_inner_texts()
    page.keyboard.press("Control+z")
    page.wait_for_selector(".effect h3 + .good")
    assert row(page, "base").locator("small.bad").count() == 0


def test_steps_are_undone_and_done_again_by_buttons_and_keys(key: str, open_board: Pages) -> None:
    page = open_board(key)
    undo, redo = (page.locator(f"#bar [data-key={name}]") for name in ("undo", "redo"))
    assert undo.is_disabled()
    assert redo.is_disabled()
    for _ in range(2):
        drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    assert squads(page) == (1, 3, 0)
    undo.click()
    assert squads(page) == (2, 2, 0)
    page.keyboard.press("Control+z")
    assert squads(page) == (3, 1, 0)
    page.keyboard.press("Control+z")
    assert squads(page) == (3, 1, 0)
    redo.click()
    assert squads(page) == (2, 2, 0)
    page.keyboard.press("Control+y")
    assert squads(page) == (1, 3, 0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    assert squads(page) == (1, 3, 0)
    page.keyboard.press("Control+z")
    drag(page, chip(page, "bawaslu", "squad"), row(page, "kpu"))
    assert redo.is_disabled(), "what was undone before another step cannot be done again"


def test_bug_where_no_interval_can_be_given_none_is_shown(key: str, open_board: Pages) -> None:
    page = open_board(key)
    settle(page)
    assert "[" not in page.inner_text(".effect .loss")
    assert "(all 20,000 days alike)" in page.inner_text(".effect .loss")
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    settle(page)
    assert (
        page.inner_text(".effect .difference") == "this step: no difference is shown +11 points (all 20,000 days alike)"
    )


@pytest.mark.long
def test_the_refined_estimate_is_bit_for_bit_that_of_the_package(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("oku-250")
    before = board.content(key)["variants"][0]["places"]
    page = open_board(key)
    settle(page)
    estimates: list[Any] = []
    page.on("response", lambda answer: estimates.append(answer) if answer.url.endswith("/v1/estimate") else None)
    drag(page, chip(page, "halaman-polres", "dalmas-lanjut-regu"), page.locator(".spot[data-place=kpu]"))
    settle(page)
    wait_kept(page)
    asked = [one for one in estimates if one.request.post_data_json["scenarios"] == SCENARIOS]
    shown = asked[-1].json()["deployments"][1]["against_first"]["loss"]

    plans = [Deployment(instance="oku-250", places=places) for places in (before, _kept(board, key))]
    against = compare_plans(read("oku-250"), plans, scenarios=SCENARIOS).plans[1].against_first
    assert against is not None
    found = against.loss
    assert (shown["mean"], shown["low"], shown["high"]) == (found.mean, found.low, found.high)
    width = (found.high - found.low) / 2
    decimals = 1 if width >= 1 else 2 if width >= 0.1 else 3
    assert f"{abs(found.mean):.{decimals}f} points" in page.inner_text(".effect .difference")


def _kept(board: RunningBoard, key: str) -> Any:
    return board.content(key)["variants"][0]["places"]
