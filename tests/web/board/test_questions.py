"""Variants, what-ifs, why, and a told day, asked as a person asks them."""

from __future__ import annotations

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
    wait_kept,
)

from optimiser import read
from optimiser.model.deployment import Deployment
from optimiser.questions.plan_comparison import compare_plans

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long  # some of them wait for what takes longer where a machine is busy

SIDE = 4_000  # days that variants are compared on


@pytest.fixture
def key(board: RunningBoard) -> str:
    return board.add_board("tiny-2")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def names(page: Page) -> list[str]:
    return [str(one.input_value()) for one in page.locator(".variant-list input").all()]


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
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
    page.locator(".side thead th", has_text="Two and two").wait_for()
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
    loss.locator(".part", has_text="\u2212").wait_for()
    assert page.locator(".side thead th").all_inner_texts() == ["Two and two", "plan"]
    page.get_by_role("button", name="Remove Two and two").click()
    assert names(page) == ["plan"]
    wait_kept(page)
    kept = board.content(key)
    assert [one["name"] for one in kept["variants"]] == ["plan"]
    assert (kept["shown"], kept["compared"]) == (0, 0)


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
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
    page.wait_for_selector(".answer")
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
    page.locator(".effect .loss b", has_text=before).wait_for()


@pytest.mark.parametrize("size", [LAPTOP, DESK])
def test_why_says_what_one_more_and_one_fewer_would_change(key: str, open_board: Pages, size: Any) -> None:
    page = open_board(key, size)
    settle(page)
    row(page, "kpu").locator(".place-name").click()
    page.wait_for_selector(".why td b")
    assert page.inner_text("#why-title") == "Election commission"
    assert "200 people" in page.inner_text(".why ul")
    lines = page.locator(".why tbody tr")
    assert lines.count() == 1  # nobody is at base who could come
    assert "one fewer, held at base" in lines.first.inner_text()
    assert "+15 (all 4,000 days alike)" in lines.first.inner_text()
    page.locator(".spot[data-place=bawaslu]").click()
    page.locator("#why-title", has_text="Election supervisor").wait_for()
    tab(page, "Who stands where")
    drag(page, chip(page, "kpu", "squad"), row(page, ""))
    page.locator(".spot[data-place=bawaslu]").click()
    page.locator(".why tbody tr", has_text="one more, from base").locator("b").wait_for()
    assert page.locator(".why tbody tr").count() == 2


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_day_is_chosen_stepped_through_and_played(board: RunningBoard, open_board: Pages, size: Any) -> None:
    page = open_board(board.add_board("oku-250"), size)
    settle(page)
    page.locator("#told-day option", has_text="hard").first.wait_for(state="attached")
    page.select_option("#told-day", index=2)
    page.wait_for_selector(".ticker li")
    slider = page.locator(".time input[type=range]")
    slider.fill("120")
    assert page.inner_text(".told-clock") == page.get_attribute(".time input[type=range]", "aria-valuetext")
    page.get_by_role("button", name="What happens next").click()
    later = float(slider.input_value())
    assert later > 120
    page.get_by_role("button", name="What happened before").click()
    assert float(slider.input_value()) <= 120
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Pause").click()
    stood = float(slider.input_value())
    assert stood > 120 or later > stood
    page.wait_for_timeout(200)
    assert float(slider.input_value()) == stood
    page.locator(".ticker button").nth(1).click()
    assert page.locator(".ticker li").nth(1).get_attribute("aria-current") == "true"
    assert number_at(page, "kpu", "padal-tim") == 1
