"""What to do now, a score and an exercise, asked on the board as a person asks them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, fits, settle, wait_kept

from optimiser import read
from optimiser.common.language import ENGLISH
from optimiser.files.logs.read import read_log
from optimiser.files.plan_origin import read_plan
from optimiser.operation.exercise.themes import THEMES
from optimiser.operation.score.score import score_days
from optimiser.output.score.review import make_score_files
from optimiser.output.score.words import ScoreWords

if TYPE_CHECKING:
    from playwright.sync_api import Page

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PLAN, LOG = EXAMPLES / "oku-250-plan.json", EXAMPLES / "oku-250-rehearsal.csv"


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settle(page)


def test_what_to_do_now_is_answered_and_a_reload_loses_nothing(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("empat-lawang-2024")
    open_board.expected.append("status of 422")
    page = open_board(key, PHONE)
    tab(page, "What now")
    page.locator(".now [data-key=at]").fill("11.20")
    page.locator(".now details[data-place=bawaslu] summary").click()
    page.locator("[data-key='sectors bawaslu phase']").select_option("yellow")
    page.locator("[data-key='sectors bawaslu people.massa']").fill("300")
    page.locator("[data-key='sectors bawaslu delegation']").select_option("waiting")
    page.locator("[data-key='sectors bawaslu since']").fill("12:55")
    page.locator("[data-key='sectors bawaslu planned']").click()
    page.locator("[data-key=now-ask]").click()
    settle(page)
    assert "waits since: a time before that of the report" in page.inner_text(".now ul.bad")
    assert page.locator("[data-key='sectors bawaslu since']").get_attribute("aria-invalid") == "true"
    page.locator("[data-key='sectors bawaslu since']").fill("10:55")
    with page.expect_response("**/v1/now") as answered:
        page.locator("[data-key=now-ask]").click()
    settle(page)
    said = page.inner_text(".now .answer")
    wait_kept(page)
    content = board.content(key)
    [sector] = content["situation"]["sectors"]
    teams = content["variants"][0]["places"]["bawaslu"]["teams"]
    assert {kind: n for kind, n in sector.pop("teams").items() if n} == teams
    assert sector == {
        **{"id": "bawaslu", "phase": "yellow", "people": {"massa": 300}},
        **{"delegation": "waiting", "since": "10:55"},
    }
    sent = answered.value.request.post_data_json
    assert sent["deployment"]["places"] == content["variants"][0]["places"]
    assert {one: sent["situation"][one] for one in ("instance", "at")} == {
        "instance": "empat-lawang-2024",
        "at": "11:20",
    }
    found = answered.value.json()
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


def test_a_log_is_scored_as_on_the_command_line_and_its_faults_are_named_by_cell(
    board: RunningBoard, open_board: Pages, tmp_path: Path
) -> None:
    instance, plan = read("oku-250"), read_plan(PLAN, read("oku-250"))[0]
    key = board.add_board("oku-250", plan.model_dump(mode="json")["places"])
    open_board.expected.append("status of 422")
    page = open_board(key, LAPTOP)
    tab(page, "Score")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("time,place,what happened\n09:40,kpu,people arrive\n09:99,nowhere,first contact\n")
    page.set_input_files("#score-logs", wrong)
    page.locator("[data-key=score-ask]").click()
    settle(page)
    assert page.locator(".score ul.bad b").all_inner_texts() == ["wrong.csv, A3", "wrong.csv, B3"]
    page.set_input_files("#score-logs", LOG)
    page.locator("[data-key=score-ask]").click()
    settle(page)
    scored = score_days(instance, plan, read_log(LOG, instance))
    [day] = scored.days
    words = ScoreWords(instance, ENGLISH)
    for reading in day.readings:
        cells = page.locator(f".score tr[data-measure={reading.measure.id}]").locator("th, td").all_inner_texts()
        name = words.name(reading.measure)
        rating = "–" if reading.rating == "-" else reading.rating
        assert [name.lower(), rating, words.simulated(reading)] == [cells[0].lower(), cells[1], cells[4]]
        assert cells[2].split(";")[0] == words.found(reading).split(";")[0]
    assert day.weakest is not None
    assert words.name(day.weakest.measure).lower() in page.locator(".score .answer p").nth(1).inner_text().lower()
    said = page.inner_text(".score .answer")
    wait_kept(page)
    with page.expect_download() as saved:
        page.locator("[data-key='score review.html']").click()
    assert make_score_files(scored)["review.html"] == saved.value.path().read_bytes()
    page.reload()
    settle(page)
    tab(page, "Score")
    assert page.inner_text(".score .answer") == said
    assert not page.locator("[data-other]").count()
    page.locator("[data-key=law]").select_option(index=1)
    settle(page)
    assert page.locator("[data-other]").count() == 1


def test_an_exercise_is_made_and_stands_in_a_table(board: RunningBoard, open_board: Pages) -> None:
    key = board.add_board("oku-250")
    page = open_board(key, PHONE)
    tab(page, "Exercise")
    assert page.locator(".exercise .theme").count() == len(THEMES)
    page.locator("[data-key='theme delegation']").check()
    page.locator("[data-key='exercise hard']").fill("60")
    page.locator("[data-key=exercise-ask]").click()
    settle(page)
    wait_kept(page)
    made = board.ask("GET", f"/v1/jobs/{board.content(key)['jobs']['exercise']}/result")
    assert (made["settings"]["themes"], made["settings"]["hard"]) == (["delegation"], 0.6)
    labels = [one["label"] for one in made["injects"]]
    assert page.locator(".exercise table").first.locator("tbody th").all_inner_texts() == labels
    ways = [one for condition in made["conditions"] for one in condition["branches"] if one["injects"]]
    assert page.locator(".exercise table").count() == 1 + len(ways)
    assert "{" not in page.inner_text(".exercise .answer")
    assert "undefined" not in page.inner_text(".exercise .answer")
    with page.expect_download() as saved:
        page.locator("[data-key='exercise exercise.json']").click()
    assert json.loads(saved.value.path().read_bytes()) == made
    assert fits(page)
