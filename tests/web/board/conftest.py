"""The board in a real Chromium: a server of its own on a free port, and pages of a size, in a language, in a mood."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.small import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 120_000.0  # ms; no test waits that long unless something is broken
LAPTOP, DESK, PHONE = (1366, 768), (1920, 1080), (400, 850)


class RunningBoard:
    """`optimiser board` in a process of its own.

    Attributes
    ----------
    address : of the server.
    token : that it asks for.
    """

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-m", "optimiser.cli", "board", "--folder", str(folder), "--no-browser", "--port", "0"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        assert "http://127.0.0.1:" in told, told + self.process.stdout.read()
        self.address, _, rest = told.partition("http://")[2].strip().partition("/board?token=")
        self.address, self.token = f"http://{self.address}", rest.partition("&")[0]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request that has to be answered well; gives its document."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
            return json.loads(answer.read() or b"null")

    def add_board(self, instance: str, places: Any = None, **content: Any) -> str:
        """Keep a new board with a plan, drafted where none is given; gives its key."""
        data = self.ask("GET", f"/v1/instances/{instance}")
        places = self.ask("POST", "/v1/draft", data)["places"] if places is None else places
        board = {"instance": data, "variants": [{"name": "plan", "places": places}], **content}
        return str(self.ask("POST", "/v1/boards", {"content": board})["id"])

    def page_of(self, key: str = "", lang: str = "en") -> str:
        """Give the address that opens the first page, or a board."""
        return f"{self.address}/board?token={self.token}&lang={lang}{f'#{key}' if key else ''}"

    def stop(self) -> None:
        """End it; one that still compiles is killed."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBoard]:
    running = RunningBoard(tmp_path_factory.mktemp("boards"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
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


OpenBoard = Callable[..., "Page"]


@pytest.fixture
def open_board(board: RunningBoard, chromium: Browser) -> Iterator[OpenBoard]:
    """Open boards: ``open_board(key, size, lang, color_scheme="dark", reduced_motion="reduce")``.

    Afterwards no page may have thrown, broken its policy, or asked another host for anything.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(key: str = "", size: tuple[int, int] = LAPTOP, lang: str = "en", **options: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = chromium.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: None if _is_own(asked.url, board) else faults.append(f"asked {asked.url}"))
        page.goto(board.page_of(key, lang))
        page.wait_for_selector(".stage svg" if key else ".start")
        return page

    yield open_one
    for context in contexts:
        with suppress(Exception):  # what a test broke is told by the test
            context.close()
    assert not faults


def _is_own(url: str, board: RunningBoard) -> bool:
    return url.startswith((board.address, "data:", "blob:"))
