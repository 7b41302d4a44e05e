"""A sitting at the board, one page from the first page to the papers, at each of the three sizes.

What takes a search is asked at one size, in the files of its subject; all else that a person does is done here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import (
    DESK,
    LAPTOP,
    PHONE,
    Pages,
    RunningBoard,
    chip,
    drag,
    fits,
    number_at,
    row,
    settle,
    touch,
    wait_kept,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOWN_ON_PAPER = ("#bar h1", ".map svg", ".places table", ".effect .loss", ".strips")
PRESSED = ("#bar .tools", ".map .zoom", ".time", ".tabs", ".places .note")


def squads(page: Page) -> list[int]:
    """Read how many squads are at the commission, at the supervisor, at the post and at base."""
    return [number_at(page, place, "squad") for place in ("kpu", "bawaslu", "base", "")]


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)
    assert fits(page), name


@pytest.mark.parametrize("size", [LAPTOP, DESK, PHONE])
def test_a_sitting_from_the_first_page_to_the_papers(
    board: RunningBoard, open_board: Pages, tmp_path: Any, size: Any
) -> None:
    page = open_board(size=size, has_touch=size == PHONE, accept_downloads=True)
    assert fits(page)
    page.locator("button.card", has_text="four squads").click()
    settle(page)
    key = page.url.rpartition("#")[2]
    _move(page, size)
    _break_a_rule_and_undo(page)
    _compare_variants(page)
    _ask(page)
    _tell_a_day(page)
    _print(page)
    _change_language(page)
    _save_orders(page, tmp_path)
    _change_in_a_second_window(board, open_board, page, key)


def _move(page: Page, size: tuple[int, int]) -> None:
    """Move by mouse or finger, by keyboard, and through the form of a unit."""
    if size == PHONE:
        touch(page, chip(page, "kpu", "squad"), row(page, "bawaslu").locator(".chips"))
    else:
        drag(page, chip(page, "kpu", "squad"), page.locator(".spot[data-place=bawaslu]"))
    assert squads(page) == [2, 2, 0, 0]
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(press)
    assert squads(page) == [1, 3, 0, 0]
    chip(page, "bawaslu", "squad").click()
    page.select_option("#move-to", label="Held at base")
    page.get_by_role("button", name="Move", exact=True).click()
    page.locator("dialog").wait_for(state="detached")
    assert squads(page) == [1, 2, 0, 1]
    settle(page)
    assert re.search(r"this step: .*points", page.inner_text(".effect .difference"))


def _break_a_rule_and_undo(page: Page) -> None:
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "ArrowDown", "ArrowDown", "Enter"):  # to the post, where nobody can wait
        page.keyboard.press(press)
    row(page, "base").locator("small.bad").wait_for()
    assert "rule broken" in page.inner_text(".effect h3 + .bad")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".effect h3 + .good")
    for left in ([1, 3, 0, 0], [2, 2, 0, 0], [3, 1, 0, 0]):
        page.locator("#bar [data-key=undo]").click()
        assert squads(page) == left
    page.locator("#bar [data-key=redo]").click()
    assert squads(page) == [2, 2, 0, 0]


def _compare_variants(page: Page) -> None:
    tab(page, "Variants")
    page.locator("[data-key=copy]").click()
    settle(page)
    page.locator("[data-key='name 1']").fill("Three and one")
    page.locator("[data-key='name 1']").press("Tab")
    tab(page, "Who stands where")
    drag(page, chip(page, "bawaslu", "squad"), row(page, "kpu"))
    tab(page, "Variants")
    assert page.locator(".side thead th").nth(1).inner_text() == "Three and one"
    assert page.locator(".side tr", has_text="expected loss").locator(".part").count() == 1


def _ask(page: Page) -> None:
    """Ask why, and fill in what is asked of a day; the search for an answer is not waited for here."""
    tab(page, "What if")
    for kind in ("bigger", "later", "lose", "cap", "close", "rain"):
        page.select_option("#whatif-kind", kind)
        page.locator("[data-key=whatif-add]").click()
    assert page.locator(".changes li").count() == 6
    assert fits(page)
    for _ in range(6):
        page.locator(".changes button").first.click()
    page.locator(".spot[data-place=kpu]").click()
    settle(page)
    assert page.inner_text("#why-title") == "Election commission"
    tab(page, "Who stands where")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    row(page, "bawaslu").locator(".place-name").click()
    settle(page)
    assert page.inner_text("#why-title") == "Election supervisor"
    top, bar = (
        page.evaluate(f"document.querySelector('{one}').getBoundingClientRect().toJSON()") for one in (".tabs", "#bar")
    )
    assert max(0, bar["bottom"]) - 1 <= top["top"] <= size_of(page)[1] / 2, "what was asked for is in view"
    assert fits(page)


def size_of(page: Page) -> tuple[int, int]:
    """Return the size of the window, px."""
    shown = page.viewport_size
    assert shown
    return shown["width"], shown["height"]


def _tell_a_day(page: Page) -> None:
    page.fill("#told-number", "3")
    page.press("#told-number", "Enter")
    page.wait_for_selector(".time[data-scenario='3']")
    settle(page)
    slider = page.locator(".time input[type=range]")
    before = float(slider.input_value())
    page.get_by_role("button", name="What happens next").click()
    assert float(slider.input_value()) > before
    assert page.locator(".ticker [aria-current=true]").count() == 1
    assert fits(page)


def _print(page: Page) -> None:
    """Press the button, and look at what is put on paper."""
    tab(page, "Who stands where")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.locator("#bar [data-key=print]").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print", color_scheme="dark")
    assert [one for one in SHOWN_ON_PAPER if not page.locator(one).is_visible()] == []
    assert [one for one in PRESSED if page.locator(one).first.is_visible()] == []
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert fits(page)
    page.emulate_media(media="screen", color_scheme="light")


def _change_language(page: Page) -> None:
    page.locator("#bar a[hreflang=id]").click()
    page.locator("html[lang=id]").wait_for(state="attached")
    page.wait_for_selector(".chip")
    settle(page)
    assert "Kantor Bawaslu" in row(page, "bawaslu").inner_text()
    assert fits(page)
    page.locator("#bar a[hreflang=en]").click()
    page.locator("html[lang=en]").wait_for(state="attached")
    page.wait_for_selector(".chip")
    settle(page)


def _save_orders(page: Page, folder: Any) -> None:
    page.locator("[data-key=downloads]").click()
    settle(page)
    assert fits(page)
    with page.expect_download() as coming:
        page.locator("dialog li button", has_text="orders.html").click()
    orders = coming.value.path().read_text(encoding="utf-8")
    assert "Election commission" in orders
    assert "Squad" in orders
    page.keyboard.press("Escape")


def _change_in_a_second_window(board: RunningBoard, open_board: Pages, page: Page, key: str) -> None:
    wait_kept(page)
    second = page.context.new_page()
    open_board.show(second, key)
    drag(second, chip(second, "kpu", "squad"), row(second, ""))
    wait_kept(second)
    page.bring_to_front()
    open_board.expected.append("409")
    chip(page, "kpu", "squad").focus()
    for press in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(press)
    page.wait_for_selector("#bar .conflict")
    assert fits(page)
    page.get_by_role("button", name="Load it").click()
    page.wait_for_selector("#bar .conflict", state="detached")
    settle(page)
    assert squads(page) == [2, 1, 0, 1]
    assert board.content(key)["variants"][1]["places"]["kpu"]["teams"] == {"squad": 2}
