"""The board in a real Chromium: one server of its own on a free port, and pages of a size, in a language, in a mood."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from support.board_pages import Pages, RunningBoard
from support.small import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBoard]:
    running = RunningBoard(tmp_path_factory.mktemp("boards"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium; the test is skipped without it or without playwright, but never where a change is decided on."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        if os.environ.get("CI"):
            raise
        pytest.skip("playwright is not installed")
    path = program("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_board(board: RunningBoard, chromium: Browser) -> Iterator[Pages]:
    """Open pages of boards, see `Pages`; afterwards no page may have done what none may."""
    pages = Pages(board, chromium)
    yield pages
    assert not pages.close()
