"""The board as a person has it: a server that can be killed and started again, and what one does in its pages."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

PATIENCE = 300_000.0  # ms; no test waits that long unless something is broken: jobs stand behind all other processes
LAPTOP, DESK, PHONE = (1366, 768), (1920, 1080), (400, 850)
TOKEN = "token-of-the-boards-in-tests"
SETTLED = "body:not(:has([aria-busy=true]))"
TWO_FRAMES = "() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))"
INSIDE = 8  # px from the edge of the window that a pointer stays
LOOKS = 200  # at a goal that is to come under the pointer


class RunningBoard:
    """`optimiser board` in a process of its own.

    Attributes
    ----------
    address : of the server.
    token : that it asks for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.token, self.address = folder, TOKEN, ""
        self.start()

    def start(self, port: int = 0, token: str = TOKEN) -> None:
        """Start the server, at a free port unless one is given."""
        self.token = token
        words = ["board", "--folder", str(self.folder), "--no-browser", "--port", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "optimiser.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "OPTIMISER_TOKEN": token},
        )
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        assert "http://127.0.0.1:" in told, told + self.process.stdout.read()
        self.address = "http://" + told.partition("http://")[2].partition("/board?token=")[0]

    @property
    def port(self) -> int:
        """That it listens at."""
        return int(self.address.rpartition(":")[2])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request that has to be answered well; gives its document."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
            return json.loads(answer.read() or b"null")

    def add_board(self, instance: Any, places: Any = None, **content: Any) -> str:
        """Keep a new board of an example or of an instance, with a plan, drafted where none is given; gives its key."""
        data = self.ask("GET", f"/v1/instances/{instance}") if isinstance(instance, str) else instance
        places = self.ask("POST", "/v1/draft", data)["places"] if places is None else places
        board = {"instance": data, "variants": [{"name": "plan", "places": places}], **content}
        return str(self.ask("POST", "/v1/boards", {"content": board})["id"])

    def content(self, key: str) -> Any:
        """Return what is kept of a board."""
        return self.ask("GET", f"/v1/boards/{key}")["content"]

    def page_of(self, key: str = "", lang: str = "en") -> str:
        """Give the address that opens the first page, or a board."""
        return f"{self.address}/board?token={self.token}&lang={lang}{f'#{key}' if key else ''}"

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> None:
        """End it; one that still compiles is killed."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()


class Pages:
    """Pages of the board in a browser, watched: ``pages(key, size, lang, color_scheme="dark")`` opens one.

    Attributes
    ----------
    faults : what no page may do: throw, complain in the console, break its policy, ask another host for anything.
    expected : parts of complaints that a test brings about.
    """

    def __init__(self, board: RunningBoard, chromium: Browser) -> None:
        self.board, self.chromium = board, chromium
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self.expected: list[str] = []

    def __call__(
        self, key: str = "", size: tuple[int, int] = LAPTOP, lang: str = "en", address: str = "", **options: Any
    ) -> Page:
        """Open a page in a context of its own."""
        viewport = {"width": size[0], "height": size[1]}
        context = self.chromium.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))
        context.on("console", self._complain)
        context.on("request", lambda asked: None if self._is_own(asked.url) else self.faults.append(asked.url))
        page = context.new_page()
        self.show(page, key, lang, address)
        return page

    def show(self, page: Page, key: str = "", lang: str = "en", address: str = "") -> None:
        """Go to the first page, or to a board, and wait until it is there whole."""
        page.goto(address or self.board.page_of(key, lang))
        settle(page)

    def close(self) -> list[str]:
        """Close all of them; gives the faults that no test expected."""
        for context in self.contexts:
            with suppress(Exception):  # what a test broke is told by the test
                context.close()
        return [fault for fault in self.faults if not any(part in fault for part in self.expected)]

    def _complain(self, said: ConsoleMessage) -> None:
        """Note an error of the console; that a busy server is asked again (429) is none, but browsers tell it."""
        if said.type == "error" and "status of 429" not in said.text:
            self.faults.append(said.text)

    def _is_own(self, url: str) -> bool:
        return url.startswith((self.board.address, "data:", "blob:"))


# ---------------------------------------------------------------- what one does and sees


def settle(page: Page) -> None:
    """Wait until nothing is busy: the page says so of each of its parts, see `busy.js`."""
    page.wait_for_selector(SETTLED)


def wait_kept(page: Page) -> None:
    """Wait until the page says that all is kept."""
    page.locator("#bar .state", has_text=re.compile("^(saved|tersimpan)$")).wait_for()


def wait_played(page: Page) -> None:
    """Wait until the told day has gone on by itself."""
    slider = page.locator(".time input[type=range]")
    before = slider.input_value()
    while slider.input_value() == before:
        page.evaluate(TWO_FRAMES)


def row(page: Page, place: str) -> Locator:
    """Find the row of a place in the table; "" is what is held at base."""
    return page.locator(f'.places tr[data-place="{place}"]')


def chip(page: Page, place: str, kind: str) -> Locator:
    """Find the chip of a kind of unit at a place."""
    return page.locator(f'.chip[data-key="{place} {kind}"]')


def number_at(page: Page, place: str, kind: str) -> int:
    """Read how many units a chip says; 0 where there is none."""
    found = chip(page, place, kind)
    return int(found.locator("b").inner_text()) if found.count() else 0


def middle(found: Locator) -> tuple[float, float]:
    """Return where the middle of an element is in the window, px."""
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: Locator, goal: Locator, hold: str = "") -> None:
    """Drag something by mouse, with a key held; near an edge of the window the page moves, and the goal is followed."""
    settle(page)
    start.scroll_into_view_if_needed()
    page.mouse.move(*middle(start))
    page.mouse.down()
    if hold:
        page.keyboard.down(hold)
    for _ in range(LOOKS):
        x, y = there = middle(goal)
        page.mouse.move(x, min(max(y, INSIDE), page.viewport_size["height"] - INSIDE), steps=4)  # type: ignore[index]
        page.evaluate(TWO_FRAMES)
        if middle(goal) == there and goal.evaluate("one => one.classList.contains('over')"):
            break
    page.mouse.up()
    if hold:
        page.keyboard.up(hold)


def touch(page: Page, start: Locator, goal: Locator) -> None:
    """Drag something by one finger, through the browser's own handling of touch."""
    settle(page)
    start.scroll_into_view_if_needed()
    (x, y), (left, top) = middle(start), middle(goal)
    session = page.context.new_cdp_session(page)
    ways: Sequence[tuple[str, list[dict[str, float]]]] = [
        ("touchStart", [{"x": x, "y": y}]),
        *(("touchMove", [{"x": x + (left - x) * n / 4, "y": y + (top - y) * n / 4}]) for n in range(1, 5)),
        ("touchEnd", []),
    ]
    for kind, points in ways:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def tab_to(page: Page, wanted: str, most: int = 80) -> None:
    """Press Tab until what has the focus matches a selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def fits(page: Page) -> bool:
    """Tell whether nothing lies beside the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
