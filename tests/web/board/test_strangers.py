"""Names that are hostile, long or written from right to left run nothing and break no layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import DESK, LAPTOP, PHONE, Pages, RunningBoard, chip, drag, fits, row, settle, wait_kept

from optimiser.common.number_format import plain

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = pytest.mark.long
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "Long" * 29,
    "\u202eמשטרה العربية\u202c",
    "\U0001f46e\U0001f3fd\u200d\u2640\ufe0f \U0001f6a8",
    "{n} $title ${texts} &lt;b&gt; 'a' \"b\"",
)


def rename(data: Any) -> dict[str, str]:
    """Give every sector and team a hostile name; gives who is called how."""
    called = {}
    things = [*data["sectors"], *data["posts"], *data["teams"], *data["gatherings"]]
    for number, thing in enumerate(things):
        thing["name"] = called[thing["id"]] = f"{HOSTILE[number % len(HOSTILE)]} {number}"[:119]
    data["title"] = HOSTILE[0] + HOSTILE[1]
    data.pop("texts", None)
    return called


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), pytest.param(DESK, marks=LONG), PHONE])
@pytest.mark.parametrize(("name", "kind"), [("tiny-2", "squad"), pytest.param("oku-250", "padal-tim", marks=LONG)])
def test_hostile_names_run_nothing_and_break_no_layout(
    board: RunningBoard, open_board: Pages, size: Any, name: str, kind: str
) -> None:
    data = board.ask("GET", f"/v1/instances/{name}")
    called = rename(data)
    places = board.ask("POST", "/v1/draft", data)["places"]
    variants = [{"name": name, "places": places} for name in HOSTILE]
    key = board.add_board(data, places, title=HOSTILE[1], variants=variants)
    page = open_board("", size)
    dialogs: list[str] = []
    page.on("dialog", lambda shown: (dialogs.append(shown.message), shown.dismiss()))
    assert page.get_by_text(HOSTILE[1]).count()
    assert fits(page)
    open_board.show(page, key)
    assert page.locator("#bar h1").inner_text().startswith(data["title"])
    assert row(page, "kpu").locator(".place-name").inner_text() == plain(called["kpu"])
    drag(page, chip(page, "kpu", kind), row(page, "bawaslu"))
    settle(page)
    chip(page, "bawaslu", kind).click()
    assert plain(called[kind]) in page.inner_text("#move-title")
    assert fits(page)
    page.keyboard.press("Escape")
    settle(page)
    page.fill("#told-number", "54")
    page.press("#told-number", "Enter")
    settle(page)
    assert fits(page)
    for tab in ("variants", "whatif", "why", "now", "score", "exercise"):
        page.locator(f"#tab-{tab}").click()
        settle(page)
        assert fits(page), tab
    page.locator("#tab-places").click()
    page.locator(".spot[data-place=kpu]").click()
    settle(page)
    page.locator("#tab-variants").click()
    settle(page)
    assert page.locator(".variant-list input").nth(1).input_value() == HOSTILE[1]
    assert fits(page)
    page.locator("[data-key=downloads]").click()
    settle(page)
    assert fits(page)
    page.keyboard.press("Escape")
    page.locator("[data-key=edit]").click()
    settle(page)
    for number in range(page.locator(".editor nav .tab").count()):
        page.locator(".editor nav .tab").nth(number).click()
        assert fits(page), number
    wait_kept(page)
    assert page.locator("main img, main script").count() == 0
    assert not dialogs


@pytest.mark.long
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_telephone_needs_no_scrolling_sideways_in_any_view(board: RunningBoard, open_board: Pages, lang: str) -> None:
    page = open_board("", PHONE, lang)
    assert fits(page)
    open_board.show(page, board.add_board("oku-250"), lang)
    assert fits(page)
    row(page, "kpu").locator(".place-name").click()
    settle(page)
    assert fits(page)
    for tab in ("variants", "whatif"):
        page.locator(f"#tab-{tab}").click()
        settle(page)
        assert fits(page), tab
    _look_at_the_district(page)


def _look_at_the_district(page: Page) -> None:
    page.locator("[data-key=edit]").click()
    settle(page)
    for number in range(page.locator(".editor nav .tab").count()):
        page.locator(".editor nav .tab").nth(number).click()
        assert fits(page), number
