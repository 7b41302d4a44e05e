"""A told day on the board: the map at a minute is what the events say, whichever way one came to it."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import TWO_FRAMES, settle, wait_kept, wait_played

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINUTES = (0, 37, 90, 140, 217, 300, 377, 480, 550)
NOTHING = {"people": 0, "phase": "quiet"}


@pytest.fixture(scope="module")
def places(board: Any) -> Any:
    return board.ask("POST", "/v1/draft", board.ask("GET", "/v1/instances/oku-250"))["places"]


@pytest.fixture
def key(board: Any, places: Any) -> str:
    return str(board.add_board("oku-250", places))


def tell(page: Page, number: int) -> None:
    """Have a day told by its number."""
    settle(page)
    page.fill("#told-number", str(number))
    page.press("#told-number", "Enter")
    settle(page)
    assert page.get_attribute(".time", "data-scenario") == str(number)


def go(page: Page, minute: float) -> None:
    page.locator(".time input[type=range]").fill(str(minute))


def drawn(page: Page) -> dict[str, dict[str, Any]]:
    """Read people and phase of each sector off the map; those that are not drawn are quiet."""
    found = page.eval_on_selector_all(".told-layer > g[data-at]", "all => all.map((one) => ({...one.dataset}))")
    return {one["at"]: {"people": int(one["people"]), "phase": one["phase"]} for one in found}


def count_events(events: list[dict[str, Any]], minute: float) -> dict[str, dict[str, Any]]:
    """Work out the same from the events, without any code of the board."""
    people: Counter[str] = Counter()
    phases: dict[str, str] = {}
    for event in events:
        if event["minute"] > minute:
            break
        if event["kind"] == "arrived":
            people[event["sector"]] += round(event["number"])
        elif event["kind"] in ("left", "marched", "spilled"):
            people[event["sector"]] -= round(event["number"])
        elif event["kind"] == "phase":
            phases[event["sector"]] = event["what"]
    return {sector: {"people": people[sector], "phase": phases.get(sector, "quiet")} for sector in {*people, *phases}}


def count_walking(events: list[dict[str, Any]], minute: float) -> tuple[Counter[int], bool]:
    """Work out the crowds on their way, and whether others may be: those who were dispersed and go on."""
    going: Counter[int] = Counter()
    for event in events:
        if event["kind"] in ("marched", "spilled") and event["minute"] <= minute:
            group = (event["what"], event["other"], event["number"])
            came = (
                e["minute"]
                for e in events
                if e["kind"] == "arrived"
                and (e["what"], e["sector"], e["number"]) == group
                and e["minute"] > event["minute"]
            )
            going[round(event["number"])] += next(came, minute) > minute
    return +going, any(e["note"] == "dispersed" and e["minute"] <= minute for e in events)


def count_cannons(events: list[dict[str, Any]], minute: float) -> int:
    """Work out how many sectors have a water cannon that runs."""
    running: Counter[str] = Counter()
    for event in events:
        if event["minute"] <= minute:
            running[event["sector"]] += {"spraying": 1, "empty": -1, "stopped_water": -1}.get(event["kind"], 0)
    return sum(number > 0 for number in running.values())


def test_people_and_phases_on_the_map_are_those_of_the_events(
    board: Any, places: Any, key: str, open_board: Any
) -> None:
    page = open_board(key)
    moved = red = spilled = sprayed = 0
    for number in (0, 27, 54):  # a usual day, one on which people leave a red sector, a hard one
        plan = {"instance": "oku-250", "places": places}
        asked = {"instance": "oku-250", "deployment": plan, "scenario": number}
        events = board.ask("POST", "/v1/day", asked)["events"]
        tell(page, number)
        spills = [math.ceil(event["minute"]) for event in events if event["kind"] in ("spilled", "spraying")]
        for minute in (*MINUTES, *spills):
            go(page, minute)
            seen, so = drawn(page), count_events(events, minute)
            assert page.locator(".told-layer .told-water").count() == count_cannons(events, minute), (number, minute)
            sprayed += count_cannons(events, minute)
            for sector in {*seen, *so}:
                assert seen.get(sector, NOTHING) == so.get(sector, NOTHING), (number, minute, sector)
            red += any(one["phase"] == "red" for one in so.values())
            marks = page.eval_on_selector_all("[data-crowd]", "all => all.map((one) => Number(one.dataset.crowd))")
            going, scattered = count_walking(events, minute)
            assert not going - Counter(marks), (number, minute)
            assert scattered or Counter(marks) == going, (number, minute)
            moved += len(marks)
        spilled += len(spills)
    assert moved, "no crowd was ever seen on its way"
    assert red, "no sector was ever seen red"
    assert spilled, "nobody ever left a red sector"
    assert sprayed, "no water cannon was ever seen"


def test_a_minute_looks_the_same_whichever_way_one_came_to_it(key: str, open_board: Any) -> None:
    page = open_board(key)
    tell(page, 54)
    look = "layer => [...layer.children].map((one) => one.outerHTML).join('\\n')"
    forward = {}
    for minute in MINUTES:
        go(page, minute)
        forward[minute] = page.eval_on_selector(".told-layer", look)
    assert len(set(forward.values())) == len(MINUTES)
    for minute in reversed(MINUTES):
        go(page, minute)
        assert page.eval_on_selector(".told-layer", look) == forward[minute], minute


def test_a_plan_that_changes_is_told_the_same_day_anew(key: str, open_board: Any) -> None:
    page = open_board(key)
    tell(page, 54)
    go(page, 300)
    page.locator(".chip").first.focus()
    with page.expect_request(lambda asked: asked.url.endswith("/v1/day")) as again:
        for press in ("Enter", "ArrowDown", "Enter"):
            page.keyboard.press(press)
    assert again.value.post_data_json["scenario"] == 54
    assert page.input_value(".time input[type=range]") == "300"
    with page.expect_response(lambda answer: answer.url.endswith("/v1/day")):
        page.keyboard.press("Control+z")


def test_a_line_of_the_ticker_leads_to_its_minute_and_is_not_read_aloud_again_and_again(
    key: str, open_board: Any
) -> None:
    page = open_board(key)
    tell(page, 54)
    line = page.locator(".ticker button", has_text="turns red").first
    line.click()
    assert line.inner_text().startswith(page.inner_text(".told-clock")[:5])
    assert page.locator(".ticker [aria-current]").count() == 1
    assert "red" in {one["phase"] for one in drawn(page).values()}
    assert page.locator("[aria-live] .ticker, [role=status] .ticker, .ticker[aria-live]").count() == 0
    before = page.get_attribute(".time input[type=range]", "aria-valuetext")
    page.get_by_role("button", name="Play").click()
    wait_played(page)
    assert page.get_attribute(".time input[type=range]", "aria-valuetext") == before
    page.get_by_role("button", name="Pause").click()
    assert page.get_attribute(".time input[type=range]", "aria-valuetext") == page.inner_text(".told-clock")


def test_whoever_wants_less_motion_gets_steps(key: str, open_board: Any) -> None:
    page = open_board(key, reduced_motion="reduce")
    tell(page, 0)
    seen = set()
    page.get_by_role("button", name="Play").click()
    while len(seen) < 3:
        page.evaluate(TWO_FRAMES)
        seen.add(float(page.input_value(".time input[type=range]")))
    assert seen <= {0.0, 10.0, 20.0, 30.0}


def test_a_told_day_is_there_again_after_a_reload(board: Any, open_board: Any) -> None:
    page = open_board(board.add_board("oku-250"))
    tell(page, 7)
    wait_kept(page)
    page.reload()
    settle(page)
    assert page.input_value("#told-number") == "7"


def test_replay_fits_a_phone(key: str, open_board: Any) -> None:
    page = open_board(key, size=(400, 850), lang="id")
    tell(page, 54)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    go(page, 200)
    page.locator(".time button.main").click()
    wait_played(page)
    assert float(page.input_value(".time input[type=range]")) > 200
    assert re.fullmatch(r"\d\d\.\d\d.*", page.inner_text(".told-clock"))


def test_strips_show_every_sector_where_people_come_and_lead_to_a_minute(
    board: Any, places: Any, key: str, open_board: Any
) -> None:
    page = open_board(key)
    tell(page, 54)
    plan = {"instance": "oku-250", "places": places}
    found = board.ask("POST", "/v1/strips", {"instance": "oku-250", "deployment": plan})
    strips = page.locator(".strip[role=img]")
    assert strips.count() == len(found["sectors"]) > 5
    red = found["sectors"][0]["red"]
    assert f"red {round(100 * max(red), 1):g} %" in strips.first.get_attribute("aria-label")
    go(page, 0)
    strips.first.click(position={"x": 100, "y": 8})
    assert float(page.input_value(".time input[type=range]")) > 30
