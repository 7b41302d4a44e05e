"""Nothing is lost or mixed up: reload, two windows, a server that is killed, another language, another's token."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import TOKEN, TWO_FRAMES, Pages, RunningBoard, chip, drag, number_at, row, settle, wait_kept

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def key(board: RunningBoard) -> str:
    return board.add_board("tiny-2")


@pytest.fixture
def mortal(tmp_path: Path, chromium: Browser) -> Iterator[tuple[RunningBoard, Pages]]:
    """Start a board that may be killed, with pages of its own."""
    running = RunningBoard(tmp_path)
    pages = Pages(running, chromium)
    pages.expected.append("Failed to load resource")  # while nobody answers
    yield running, pages
    faults = pages.close()
    running.stop()
    assert not faults


def two_windows(key: str, open_board: Pages) -> tuple[Page, Page]:
    """Open a board twice, and have the first change it."""
    first = open_board(key)
    second = first.context.new_page()
    open_board.show(second, key)
    settle(second)
    first.bring_to_front()
    drag(first, chip(first, "kpu", "squad"), row(first, "bawaslu"))
    wait_kept(first)
    second.bring_to_front()
    open_board.expected.append("409")
    drag(second, chip(second, "kpu", "squad"), row(second, ""))
    second.wait_for_selector("#bar .conflict")
    return first, second


def test_a_stale_change_of_a_second_window_is_refused_and_what_is_there_can_be_loaded(
    board: RunningBoard, key: str, open_board: Pages
) -> None:
    _, second = two_windows(key, open_board)
    assert board.content(key)["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 2}
    second.get_by_role("button", name="Load it").click()
    second.wait_for_selector("#bar .conflict", state="detached")
    settle(second)
    assert [number_at(second, place, "squad") for place in ("kpu", "bawaslu", "")] == [2, 2, 0]
    drag(second, chip(second, "kpu", "squad"), row(second, ""))
    wait_kept(second)
    assert board.content(key)["variants"][0]["places"]["kpu"]["teams"] == {"squad": 1}


def test_a_stale_change_of_a_second_window_can_be_kept_as_a_new_board(
    board: RunningBoard, key: str, open_board: Pages
) -> None:
    first, second = two_windows(key, open_board)
    second.get_by_role("button", name="Keep mine as a new board").click()
    second.wait_for_selector("#bar .conflict", state="detached")
    wait_kept(second)
    new = second.url.rpartition("#")[2]
    assert new != key
    assert board.content(key)["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 2}
    assert board.content(new)["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 1}
    drag(second, chip(second, "bawaslu", "squad"), row(second, "kpu"))
    wait_kept(second)
    first.bring_to_front()
    drag(first, chip(first, "kpu", "squad"), row(first, "bawaslu"))
    wait_kept(first)
    assert board.content(key)["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 3}
    assert "bawaslu" not in board.content(new)["variants"][0]["places"]


@pytest.mark.long
@pytest.mark.parametrize("token", [TOKEN, pytest.param("another-token-of-the-next-start", marks=pytest.mark.long)])
def test_a_change_made_while_the_server_was_killed_arrives_by_itself(
    mortal: tuple[RunningBoard, Pages], token: str
) -> None:
    running, pages = mortal
    key, port = running.add_board("tiny-2"), running.port
    page = pages(key)
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    wait_kept(page)
    running.kill()
    for _ in range(2):  # nobody answers, and work goes on
        chip(page, "kpu", "squad").focus()
        for press in ("Enter", "ArrowDown", "Enter"):
            page.keyboard.press(press)
    page.locator("#bar .state", has_text="not saved").wait_for()
    assert number_at(page, "bawaslu", "squad") == 4
    if token == TOKEN:
        running.start(port)
    else:  # which is asked for until the address that the new server prints is opened beside the old window
        with page.expect_response(lambda answer: answer.status == 401):
            running.start(port, token)
        pages.show(page.context.new_page())
    wait_kept(page)
    kept = running.content(key)
    assert kept["variants"][0]["places"]["bawaslu"]["teams"] == {"squad": 4}
    assert len(kept["undo"]) == 3
    page.bring_to_front()
    page.locator("#bar [data-key=undo]").click()
    settle(page)
    assert number_at(page, "bawaslu", "squad") == 3


@pytest.mark.long
def test_a_plan_goes_on_after_the_server_was_killed(mortal: tuple[RunningBoard, Pages]) -> None:
    running, pages = mortal
    key, port = running.add_board("oku-250"), running.port
    page = pages(key)
    settle(page)
    page.locator("#bar [data-key=plan]", has_text="Plan").click()
    page.locator("#bar .state", has_text="planning: ").wait_for()
    running.kill()
    running.start(port)
    page.reload()
    page.locator("#bar .state", has_text="planning: ").wait_for()
    page.locator("#bar [data-key=plan]", has_text="Stop").click()
    page.locator("#said", has_text="'Plan 1'").wait_for()
    wait_kept(page)
    assert [one["name"] for one in running.content(key)["variants"]] == ["plan", "Plan 1"]


def test_bug_a_large_board_lost_what_was_done_just_before_a_reload(board: RunningBoard, open_board: Pages) -> None:
    """A page that goes may send 64 kB and no more, and one that comes may be quicker than what is sent."""
    places = board.content(board.add_board("oku-250"))["variants"][0]["places"]
    key = board.add_board("oku-250", places, undo=[places] * 100)
    page = open_board(key)
    assert len(str(board.content(key))) > 64_000
    page.route(
        f"**/v1/boards/{key}", lambda route: route.abort() if route.request.method == "PUT" else route.continue_()
    )
    open_board.expected.append("ERR_FAILED")
    before = number_at(page, "bawaslu", "padal-tim")
    drag(page, chip(page, "kpu", "padal-tim"), row(page, "bawaslu"))
    page.unroute(f"**/v1/boards/{key}")
    page.reload()
    settle(page)
    assert number_at(page, "bawaslu", "padal-tim") == before + 1
    wait_kept(page)
    assert len(board.content(key)["undo"]) == 101
    assert page.evaluate("localStorage.length") == 0


def test_bug_a_change_made_while_an_earlier_one_had_no_answer_was_lost_with_the_page(
    board: RunningBoard, key: str, open_board: Pages
) -> None:
    """The server has the earlier one, and takes what is sent while the page goes for that of another window."""
    page = open_board(key)
    unanswered: list[Any] = []
    page.route(
        f"**/v1/boards/{key}",
        lambda route: unanswered.append(route.fetch()) if route.request.method == "PUT" else route.continue_(),
    )
    open_board.expected.append("409")
    for _ in range(2):
        chip(page, "kpu", "squad").focus()
        for press in ("Enter", "ArrowDown", "Enter"):
            page.keyboard.press(press)
        while not unanswered:
            page.evaluate(TWO_FRAMES)
    assert len(board.content(key)["undo"]) == 1
    page.unroute(f"**/v1/boards/{key}")
    page.reload()
    settle(page)
    assert number_at(page, "bawaslu", "squad") == 3
    wait_kept(page)
    assert len(board.content(key)["undo"]) == 2
    assert page.evaluate("localStorage.length") == 0


def wait_for_job(board: RunningBoard, key: str) -> None:
    """Wait until the board that is kept has a job."""
    while not board.content(key)["job"]:
        time.sleep(0.05)


def test_bug_each_window_that_waited_for_a_plan_added_it(board: RunningBoard, key: str, open_board: Pages) -> None:
    """Two of one browser and one of another, which cannot take turns."""
    first, third = open_board(key), open_board("", lang="id")
    waiting: list[Any] = []  # for news of the job, so that it is not over before all of them are there
    for page in (first, third):
        page.context.route("**/events", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks it
    with first.expect_request("**/events"):
        first.locator("#bar [data-key=plan]").click()
    wait_for_job(board, key)
    second = first.context.new_page()
    open_board.show(second, key)
    open_board.show(third, key, "id")
    while len(waiting) < 3:
        first.evaluate(TWO_FRAMES)
    for route in waiting:
        route.continue_()
    open_board.expected.append("409")
    for page in (first, second, third):
        page.locator("#said", has_text="1'").wait_for()
        settle(page)
        wait_kept(page)
        assert page.locator("#bar .conflict").count() == 0
        assert page.locator("#bar h1").inner_text().endswith(" 1")
    kept = board.content(key)
    assert len(kept["variants"]) == 2
    assert kept["job"] is None
    assert sum(bool(one["document"]) for one in kept["variants"]) == 1
    drag(third, chip(third, "kpu", "squad"), row(third, "bawaslu"))
    wait_kept(third)
    assert board.content(key)["variants"][1]["places"]["bawaslu"]["teams"] == {"squad": 2}


def test_another_language_keeps_the_work(board: RunningBoard, key: str, open_board: Pages) -> None:
    page = open_board(key)
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.locator("html[lang=id]").wait_for(state="attached")
    page.wait_for_selector(".chip")
    assert number_at(page, "bawaslu", "squad") == 2
    assert "Kantor Bawaslu" in row(page, "bawaslu").inner_text()
    settle(page)
    page.locator("#bar [data-key=undo]").click()
    wait_kept(page)
    page.locator("#bar a[hreflang=en]").click()
    page.locator("html[lang=en]").wait_for(state="attached")
    page.wait_for_selector(".chip")
    assert number_at(page, "bawaslu", "squad") == 1
    assert board.content(key)["redo"]


def test_a_page_without_the_token_is_refused_and_the_token_stays_out_of_the_address(
    board: RunningBoard, key: str, open_board: Pages
) -> None:
    page = open_board(key)
    assert "token" not in page.url
    assert page.evaluate("document.cookie") == ""
    open_board.expected.append("401")
    bare: Any = page.context.browser.new_context()  # type: ignore[union-attr]
    open_board.contexts.append(bare)
    stranger = bare.new_page()
    for address in ("/board", "/board/main.js", f"/v1/boards/{key}", "/board?token=a-token-that-somebody-guessed"):
        assert stranger.goto(board.address + address).status == 401
        assert "Election" not in stranger.content()
