"""A server that is killed at any instant has every change that the page had shown as saved, and never half a file."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.board_pages import Pages, RunningBoard, chip, number_at, settle, wait_kept

from optimiser.web.app import BOARDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long  # some of them wait for what takes longer where a machine is busy

LONGEST = 1200.0  # ms from the first change to the kill


def change(page: Page) -> None:
    """Move one squad by keyboard, to wherever there is room."""
    start, press = ("kpu", "ArrowDown") if number_at(page, "kpu", "squad") > 1 else ("bawaslu", "ArrowUp")
    chip(page, start, "squad").focus()
    for key in ("Enter", press, "Enter"):
        page.keyboard.press(key)


def work(page: Page, until: float) -> tuple[int, int]:
    """Change the board until a number of ms are over; gives changes, and how many were shown as saved."""
    made = saved = 0
    begun = page.evaluate("performance.now()")
    while page.evaluate("performance.now()") < begun + until:
        change(page)
        made += 1
        page.wait_for_timeout(random.Random(made).choice((0.0, 50.0, 350.0)))
        if page.inner_text("#bar .state") == "saved":
            saved = made
    return made, saved


def kill_often(folder: Path, chromium: Browser, times: int) -> None:
    running = RunningBoard(folder)
    pages = Pages(running, chromium)
    pages.expected.append("Failed to load resource")  # while nobody answers
    try:
        key, port = running.add_board("tiny-2"), running.port
        page = pages(key)
        settle(page)
        steps, chance = 0, random.Random(1)
        for time in range(times):
            made, saved = work(page, chance.uniform(0.0, LONGEST))
            running.kill()
            document = json.loads((folder / BOARDS / f"{key}.json").read_bytes())
            assert not saved or len(document["content"]["undo"]) >= min(200, steps + saved), (
                time,
                "lost what was saved",
            )
            steps += made
            running.start(port)
            wait_kept(page)  # what was not sent yet is sent
            assert len(running.content(key)["undo"]) == min(200, steps), time
            squads = running.content(key)["variants"][0]["places"]["bawaslu"]["teams"]["squad"]
            assert squads == number_at(page, "bawaslu", "squad"), time
        assert not pages.close()
    finally:
        pages.close()
        running.stop()


def test_a_board_whose_server_is_killed_three_times_loses_nothing(tmp_path: Path, chromium: Browser) -> None:
    kill_often(tmp_path, chromium, times=3)


@pytest.mark.long
def test_a_board_whose_server_is_killed_fifty_times_loses_nothing(tmp_path: Path, chromium: Browser) -> None:
    kill_often(tmp_path, chromium, times=50)
