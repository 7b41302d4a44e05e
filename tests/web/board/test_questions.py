"""Variants, what-ifs, why, and a told day, asked as a person asks them."""

from __future__ import annotations

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
    number_at,
    row,
    settle,
    wait_kept,
    wait_played,
)

from optimiser import read
from optimiser.model.deployment import Deployment
from optimiser.questions.plan_comparison import compare_plans

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = pytest.mark.long
SIDE = 4_000  # days that variants are compared on


@pytest.fixture
def key(board: RunningBoard) -> str:
    return board.add_board("tiny-2")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settle(page)


def names(page: Page) -> list[str]:
    return [str(one.input_value()) for one in page.locator(".variant-list input").all()]


def test_bug_a_name_that_was_being_written_went_when_figures_came(key: str, open_board: Pages) -> None:
    page = open_board(key)
    waiting: list[Any] = []
    page.route("**/v1/estimate", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks what it is given
    with page.expect_request("**/v1/estimate"):
        page.get_by_role("tab", name="Variants").click()
    page.locator("[data-key='name 0']").fill("Pagi")
    with page.expect_response("**/v1/estimate"):
        waiting.pop().continue_()
    page.unroute("**/v1/estimate")
    settle(page)
    page.locator("[data-key='name 0']").press("Tab")
    assert names(page) == ["Pagi"]
    assert "Pagi" in page.inner_text("#bar h1")


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), PHONE])
def test_variants_are_copied_renamed_compared_and_dropped(
    board: RunningBoard, key: str, open_board: Pages, size: Any
) -> None:
    page = open_board(key, size)
    tab(page, "Variants")
    page.get_by_role("button", name="Copy the one that is shown").click()
    page.locator("[data-key='name 1']").fill("Two and two")
    page.locator("[data-key='name 1']").press("Tab")
    tab(page, "Who stands where")
    drag(page, chip(page, "kpu", "squad"), row(page, "bawaslu"))
    settle(page)
    assert row(page, "kpu").locator(".ghost").inner_text() == "1 Squad, Line"
    assert "against 'plan': " in page.inner_text(".effect")
    tab(page, "Variants")
    assert page.locator(".side thead th").all_inner_texts() == ["plan", "Two and two"]
    loss = page.locator(".side tr", has_text="expected loss")
    plans = [
        Deployment(instance="tiny-2", places=one["places"])
        for one in (wait_kept(page), board.content(key))[1]["variants"]
    ]
    found = compare_plans(read("tiny-2"), plans, scenarios=SIDE).plans[1].against_first
    assert found is not None
    assert loss.locator(".part").inner_text() == f"no difference is shown +{found.loss.mean:.0f} (all 4,000 days alike)"
    assert fits(page)
    page.locator("[data-key='compare 1']").click()
    page.locator("[data-key='show 0']").click()
    settle(page)
    assert "\u2212" in loss.locator(".part").inner_text()
    assert page.locator(".side thead th").all_inner_texts() == ["Two and two", "plan"]
    page.get_by_role("button", name="Remove Two and two").click()
    assert names(page) == ["plan"]
    wait_kept(page)
    kept = board.content(key)
    assert [one["name"] for one in kept["variants"]] == ["plan"]
    assert (kept["shown"], kept["compared"]) == (0, 0)


@pytest.mark.parametrize("size", [LAPTOP, pytest.param(PHONE, marks=LONG)])
def test_a_what_if_becomes_a_variant_of_the_district_as_it_would_be(
    board: RunningBoard, key: str, open_board: Pages, size: Any
) -> None:
    page = open_board(key, size)
    settle(page)
    before = page.inner_text(".effect .loss b")
    tab(page, "What if")
    page.select_option("#field-gathering", label="Smaller crowd")
    page.fill("#field-factor", "8")
    page.locator("[data-key=whatif-add]").click()
    assert page.locator(".changes li").count() == 1
    page.locator("[data-key=whatif-ask]").click()
    settle(page)
    wait_kept(page)
    assert "Squad: Election supervisor to Election commission" in page.inner_text(".answer")
    made = board.content(key)["variants"][1]
    assert made["name"].startswith("A crowd is larger or smaller: Smaller crowd, 8")
    changed = {
        "instance": board.content(key)["instance"],
        "whatif": {"changes": made["whatif"]},
        "deployment": {"instance": "tiny-2", "places": made["places"]},
    }
    instance = board.ask("POST", "/v1/apply", changed)
    assert instance["gatherings"][1]["turnout"] == 800
    level = board.ask(
        "POST", "/v1/estimate", {"instance": instance, "scenarios": SIDE, "deployments": [changed["deployment"]] * 2}
    )["deployments"][0]["evaluation"]["loss"]["mean"]
    assert page.inner_text(".effect .loss b") != before
    assert page.inner_text(".effect .loss b").startswith(f"{level:.0f} points")
    page.reload()
    settle(page)
    assert page.inner_text(".effect .loss b").startswith(f"{level:.0f} points")
    tab(page, "Variants")
    page.locator("[data-key='show 0']").click()
    settle(page)
    assert page.inner_text(".effect .loss b") == before


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), DESK])
def test_why_says_what_one_more_and_one_fewer_would_change(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    settle(page)
    row(page, "kpu").locator(".place-name").click()
    settle(page)
    assert page.inner_text("#why-title") == "Election commission"
    assert "200 people" in page.inner_text(".why ul")
    lines = page.locator(".why tbody tr")
    assert lines.count() == 1  # nobody is at base who could come
    assert "one fewer, held at base" in lines.first.inner_text()
    assert "+15 (all 4,000 days alike)" in lines.first.inner_text()
    page.locator(".spot[data-place=bawaslu]").click()
    settle(page)
    assert page.inner_text("#why-title") == "Election supervisor"
    tab(page, "Who stands where")
    drag(page, chip(page, "kpu", "squad"), row(page, ""))
    page.locator(".spot[data-place=bawaslu]").click()
    settle(page)
    assert page.locator(".why tbody tr", has_text="one more, from base").locator("b").count() == 1
    assert page.locator(".why tbody tr").count() == 2


@pytest.mark.parametrize("size", [pytest.param(LAPTOP, marks=LONG), PHONE])
def test_a_day_is_chosen_stepped_through_and_played(board: RunningBoard, open_board: Pages, size: Any) -> None:
    page = open_board(board.add_board("oku-250"), size)
    settle(page)
    page.select_option("#told-day", index=2)
    settle(page)
    slider = page.locator(".time input[type=range]")
    slider.fill("120")
    assert page.inner_text(".told-clock") == page.get_attribute(".time input[type=range]", "aria-valuetext")
    current = page.locator(".ticker li[aria-current=true]")
    before = current.inner_text()
    page.get_by_role("button", name="What happens next").click()
    assert float(slider.input_value()) >= 120  # it shows whole minutes
    assert current.inner_text() != before
    page.get_by_role("button", name="What happened before").click()
    assert float(slider.input_value()) <= 120
    page.get_by_role("button", name="Play").click()
    wait_played(page)
    page.get_by_role("button", name="Pause").click()
    stood = float(slider.input_value())
    page.evaluate(TWO_FRAMES)
    assert float(slider.input_value()) == stood
    page.locator(".ticker button").nth(1).click()
    assert page.locator(".ticker li").nth(1).get_attribute("aria-current") == "true"
    assert number_at(page, "kpu", "padal-tim") == 1
