"""Take the pictures of the board: ``python docs/make_board_pictures.py [PLAN]``, with Chromium driven by playwright.

`optimiser board` is started in a folder that goes again, with a plan where one is given, and worked with as a person
does: a unit is moved, a place is chosen, a day is played.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parent / "pictures"
INSTANCE = "oku-250"
LAPTOP, PHONE = (1366, 900), (400, 850)  # px
PATIENCE = 120_000  # ms
MOMENT = 1_000  # ms in which what is drawn last is drawn
LATE = 270  # minute of the told day that is shown


def take(plan: Path | None) -> None:
    """Start a board and take every picture."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (who makes other pictures does without it)

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        words = ["board", INSTANCE, *([str(plan)] if plan else []), "--folder", folder, "--no-browser"]
        server = subprocess.Popen(
            [sys.executable, "-m", "optimiser.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            assert server.stdout is not None
            address = "http" + server.stdout.readline().partition("http")[2].strip()
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            _move_a_unit(browser, address)
            _ask_why(browser, address)
            _play_a_day(browser, address, "board-day", LAPTOP, dark=True)
            _play_a_day(browser, address, "board-phone", PHONE)
            browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()


def _open(browser: Browser, address: str, size: tuple[int, int], dark: bool = False) -> Page:
    width, height = size
    mood = "dark" if dark else "light"
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=mood)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_selector(".stage svg", timeout=PATIENCE)
    _settle(page)
    return page


def _settle(page: Page) -> None:
    page.wait_for_timeout(MOMENT)
    page.wait_for_selector(".working", state="detached", timeout=PATIENCE)
    page.wait_for_timeout(MOMENT)


def _shoot(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


def _move_a_unit(browser: Browser, address: str) -> None:
    page = _open(browser, address, LAPTOP)
    page.focus("tr[data-place=kpu] .chip:last-of-type")
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    _settle(page)
    _shoot(page, "board-move")
    page = _open(browser, address, LAPTOP)
    page.keyboard.press("Control+z")  # the next pictures are of the plan as it was
    _settle(page)
    page.close()


def _ask_why(browser: Browser, address: str) -> None:
    page = _open(browser, address, LAPTOP)
    page.click("[data-key='place kpu']")
    _settle(page)
    page.locator(".why td", has_text="\u2026").first.wait_for(state="detached", timeout=PATIENCE)
    _shoot(page, "board-why")


def _play_a_day(browser: Browser, address: str, name: str, size: tuple[int, int], dark: bool = False) -> None:
    page = _open(browser, address, size, dark)
    page.select_option("#told-day", index=3)
    page.wait_for_selector(".ticker li", timeout=PATIENCE)
    page.fill(".time input[type=range]", str(LATE))
    _settle(page)
    if size == PHONE:
        page.evaluate("document.querySelector('.map').scrollIntoView()")
    _shoot(page, name)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
