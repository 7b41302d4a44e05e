"""What to do now, a score and an exercise, asked on the board as a person asks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, fits, settle, wait_kept

if TYPE_CHECKING:
    from playwright.sync_api import Page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settle(page)


def test_what_to_do_now_is_answered_and_a_reload_loses_nothing(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("oku-250")
    open_board.expected.append("status of 422")
    page = open_board(key, PHONE)
    tab(page, "What now")
    page.locator(".now [data-key=at]").fill("11.20")
    page.locator(".now details[data-place=kpu] summary").click()
    page.locator("[data-key='sectors kpu phase']").select_option("yellow")
    page.locator("[data-key='sectors kpu people.pawai']").fill("500")
    page.locator("[data-key='sectors kpu delegation']").select_option("waiting")
    page.locator("[data-key='sectors kpu since']").fill("12:55")
    page.locator("[data-key='sectors kpu planned']").click()
    page.locator("[data-key=now-ask]").click()
    settle(page)
    assert "waits since: a time before that of the report" in page.inner_text(".now ul.bad")
    assert page.locator("[data-key='sectors kpu since']").get_attribute("aria-invalid") == "true"
    page.locator("[data-key='sectors kpu since']").fill("10:55")
    page.locator("[data-key=now-ask]").click()
    settle(page)
    said = page.inner_text(".now .answer")
    wait_kept(page)
    content = board.content(key)
    [sector] = content["situation"]["sectors"]
    teams = content["variants"][0]["places"]["kpu"]["teams"]
    assert {kind: n for kind, n in sector.pop("teams").items() if n} == teams
    assert sector == {
        **{"id": "kpu", "phase": "yellow", "people": {"pawai": 500}},
        **{"delegation": "waiting", "since": "10:55"},
    }
    asked = {"instance": "oku-250", "at": "11:20", "sectors": [{**sector, "teams": teams}]}
    found = board.ask(
        "POST",
        "/v1/now",
        {
            "instance": content["instance"],
            "deployment": {"instance": "oku-250", "places": content["variants"][0]["places"]},
            "situation": {"format": "optimiser-situation/1", **asked},
        },
    )
    best = found["best"]
    expected = "Stay as you are" if best is None else "Now: "
    assert page.inner_text(".now .answer b").startswith(expected)
    assert page.locator(".now .answer tbody tr").count() == 1 + len(found["options"])
    assert f"{found['kept']} nearest" in said
    page.reload()
    settle(page)
    tab(page, "What now")
    assert page.inner_text(".now .answer") == said
    assert fits(page)


def test_a_place_chosen_while_reporting_opens_its_part_of_the_report(board: RunningBoard, open_board: Pages) -> None:
    page = open_board(board.add_board("tiny-2"), LAPTOP)
    tab(page, "What now")
    page.locator(".spot[data-place=bawaslu]").click()
    assert page.locator(".now details[open]").get_attribute("data-place") == "bawaslu"
    assert page.get_by_role("tab", name="What now").get_attribute("aria-selected") == "true"
