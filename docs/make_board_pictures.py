"""Take the pictures of the board: ``python docs/make_board_pictures.py [DIR]``, with Chromium driven by playwright.

`optimiser board` is started in a folder that goes again and worked with as a person does, at three sizes, light and
dark, in both languages. Every view of one such mode goes onto one sheet, `pictures/board/SIZE-MOOD-LANGUAGE.webp`, at
half the width or less: twelve sheets of a few hundred kB, where single pictures would be ten times that. Four views
stand in board.md at full width. Where a folder is given every picture is left there as it was taken.
"""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS = Path(__file__).parent
PICTURES, SHEETS = DOCS / "pictures", DOCS / "pictures" / "board"
INSTANCE, PLAN, LOG = "oku-250", "examples/oku-250-plan.json", "examples/oku-250-rehearsal.csv"
SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "phone": (400, 850)}
WIDTHS = {"laptop": (600, 3), "desk": (600, 3), "phone": (240, 9)}  # px of a picture on its sheet, and how many abreast
MOODS, LOCALES = ("light", "dark"), {"en": "en-GB", "id": "id-ID"}
ALONE = {  # pictures that stand in board.md, by mode and view
    ("laptop", "light", "en", "move"): "board-move",
    ("laptop", "light", "en", "why"): "board-why",
    ("laptop", "dark", "en", "day"): "board-day",
    ("phone", "light", "en", "day"): "board-phone",
}
QUALITY = 32  # of webp
PATIENCE = 1_800_000  # ms, for a machine that does much else
MOMENT = 600  # ms in which what is drawn last is drawn
LATE = 270  # minute of the told day that is shown
SETTLED = "body:not(:has([aria-busy=true]))"


# ---------------------------------------------------------------- views, in the order in which they are worked through


def start(page: Page) -> None:
    """Show the first page; the board is kept there."""
    page.goto(page.url.partition("#")[0])


def plan(page: Page) -> None:
    """Show the plan that the board begins with."""
    page.locator(".cards a.card").first.click()
    page.wait_for_selector(".chip")


def move(page: Page) -> None:
    """Move a unit, which breaks a rule, by keyboard."""
    _pick(page, "kpu", "ArrowDown", "Enter")


def unit(page: Page) -> None:
    """Open the form of a unit."""
    page.keyboard.press("Control+z")
    page.click(".places tr[data-place=kpu] .chip:last-of-type")


def why(page: Page) -> None:
    """Choose a place."""
    page.keyboard.press("Escape")
    page.locator("tr[data-place=kpu] .place-name").click()
    page.locator(".why td", has_text="\u2026").first.wait_for(state="detached")


def whatif(page: Page) -> None:
    """Ask what if a crowd were twice as large, once; later the form alone is shown."""
    _tab(page, "whatif")
    if page.evaluate("window.firstMode"):
        page.click("[data-key=whatif-ask]")
        page.wait_for_selector(".whatif .answer")
    else:
        page.click("[data-key=whatif-add]")


def variants(page: Page) -> None:
    """Show variants side by side: the plan, what was made of it, and a copy."""
    _tab(page, "variants")
    if page.evaluate("window.firstMode"):
        page.click("[data-key='show 0']")
        _settle(page)
        page.click("[data-key=copy]")
        _settle(page)
        _tab(page, "places")
        _pick(page, "kpu", "ArrowDown", "Enter")
        _tab(page, "variants")


def now(page: Page) -> None:
    """Report what is going on, once, and show what is to be done."""
    _tab(page, "now")
    if page.evaluate("window.firstMode"):
        page.fill(".now [data-key=at]", "11:20")
        page.click(".now details[data-place=kpu] summary")
        page.select_option("[data-key='sectors kpu phase']", "yellow")
        page.fill("[data-key='sectors kpu people.pawai']", "500")
        page.select_option("[data-key='sectors kpu delegation']", "waiting")
        page.fill("[data-key='sectors kpu since']", "10:55")
        page.click("[data-key='sectors kpu planned']")
        page.click("[data-key=now-ask]")
    page.wait_for_selector(".now .answer")
    _settle(page)
    page.locator(".now .answer").scroll_into_view_if_needed()


def score(page: Page) -> None:
    """Score the log that ships, once."""
    _tab(page, "score")
    if page.evaluate("window.firstMode"):
        page.set_input_files("#score-logs", DOCS / LOG)
        page.click("[data-key=score-ask]")
    page.wait_for_selector(".score .answer")


def exercise(page: Page) -> None:
    """Make an exercise, once."""
    _tab(page, "exercise")
    if page.evaluate("window.firstMode"):
        page.check("[data-key='theme delegation']")
        page.click("[data-key=exercise-ask]")
    page.wait_for_selector(".exercise .answer")


def injects(page: Page) -> None:
    """Show the injects of the exercise."""
    page.locator(".exercise .answer table").first.evaluate("one => one.scrollIntoView({block: 'center'})")


def day(page: Page) -> None:
    """Tell a hard day."""
    _tab(page, "places")
    page.select_option("#told-day", index=3)
    page.wait_for_selector(".ticker li")
    page.fill(".time input[type=range]", str(LATE))
    if page.evaluate("innerWidth") < 640:
        page.evaluate("document.querySelector('.map').scrollIntoView()")
    else:
        page.evaluate("scrollTo(0, 0)")


def strips(page: Page) -> None:
    """Show the chance of each phase, with the told day."""
    page.evaluate("document.querySelector('.strips').scrollIntoView()")


def files(page: Page) -> None:
    """Show what can be saved."""
    page.evaluate("scrollTo(0, 0)")
    page.click("[data-key=downloads]")


def district(page: Page) -> None:
    """Open the forms of the district."""
    page.keyboard.press("Escape")
    page.click("#bar [data-key=edit]")
    page.wait_for_selector(".editor-body .field")


def crowds(page: Page) -> None:
    """Show who comes, with one of them opened."""
    page.click(".editor nav [data-key='tab gatherings']")
    page.locator(".editor-body [aria-expanded=false]").first.click()
    if page.evaluate("innerWidth") < 960:
        page.locator(".editor nav").evaluate("one => one.scrollIntoView()")


def printed(page: Page) -> None:
    """Show what the print button prints."""
    page.click("[data-key=done]")
    _settle(page)
    page.emulate_media(media="print")  # of either mood: paper is white
    page.evaluate("scrollTo(0, 0)")


VIEWS: tuple[Callable[[Page], None], ...] = (
    *(start, plan, move, unit, why, whatif, variants, now, score, exercise, injects),
    *(day, strips, files, district, crowds, printed),
)


# ---------------------------------------------------------------- how they are taken


def take(left: Path) -> None:
    """Take every picture, leave it in a folder, and lay out the sheets."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (who makes other pictures does without it)

    SHEETS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        words = ["board", INSTANCE, str(DOCS / PLAN), "--folder", folder, "--no-browser"]
        server = subprocess.Popen(
            [sys.executable, "-m", "optimiser.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            assert server.stdout is not None
            address = "http" + server.stdout.readline().partition("http")[2].strip()
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for number, (size, mood, language) in enumerate(_modes()):
                name = f"{size}-{mood}-{language}"
                there = address.replace("lang=en", f"lang={language}")
                shots = _walk(browser, there, size, mood, language, left / name, number == 0)
                for view, shot in shots.items():
                    if alone := ALONE.get((size, mood, language, view)):
                        shutil.copy(shot, PICTURES / f"{alone}.png")
                _lay_out(browser, shots, *WIDTHS[size], SHEETS / f"{name}.webp")
            browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()


def _modes() -> Iterator[tuple[str, str, str]]:
    """Yield every mode; figures of a view are those of the first."""
    yield from ((size, mood, language) for size in SIZES for mood in MOODS for language in LOCALES)


def _walk(
    browser: Browser, address: str, size: str, mood: str, language: str, left: Path, first: bool
) -> dict[str, Path]:
    """Go through all views in one page; gives the pictures by view."""
    width, height = SIZES[size]
    left.mkdir(parents=True, exist_ok=True)
    shown: Any = {"viewport": {"width": width, "height": height}, "color_scheme": mood, "locale": LOCALES[language]}
    page = browser.new_page(**shown)
    page.set_default_timeout(PATIENCE)
    page.add_init_script(f"window.firstMode = {str(first).lower()}")
    page.goto(address)
    shots = {}
    for view in VIEWS:
        _settle(page)
        view(page)
        _settle(page)
        shots[view.__name__] = left / f"{view.__name__}.png"
        page.screenshot(path=shots[view.__name__])
    page.close()
    return shots


def _lay_out(browser: Browser, shots: dict[str, Path], width: int, abreast: int, file: Path) -> None:
    """Lay pictures out on one sheet, each with its name."""
    cells = "".join(
        f"<figure><figcaption>{view}</figcaption>"
        f"<img src='data:image/png;base64,{base64.b64encode(shot.read_bytes()).decode()}'></figure>"
        for view, shot in shots.items()
    )
    page = browser.new_page(viewport={"width": abreast * (width + 8) + 8, "height": 100})
    page.set_content(
        "<style>body { margin: 8px; background: #888; display: grid; gap: 8px;"
        f" grid-template-columns: repeat({abreast}, {width}px); font: 13px sans-serif }} figure {{ margin: 0 }}"
        f" img {{ display: block; width: {width}px }}</style>{cells}"
    )
    box = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    asked = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": True}
    clip = {"x": 0, "y": 0, "width": box[0], "height": box[1], "scale": 1}
    shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", {**asked, "clip": clip})
    file.write_bytes(base64.b64decode(shot["data"]))
    page.close()


def _settle(page: Page) -> None:
    page.wait_for_selector(SETTLED)
    page.wait_for_timeout(MOMENT)
    page.wait_for_selector(SETTLED)


def _tab(page: Page, name: str) -> None:
    page.click(f"#tab-{name}")
    _settle(page)
    page.evaluate("scrollTo(0, 0)")
    if page.evaluate("innerWidth") < 960:
        page.evaluate("document.querySelector('.tabs').scrollIntoView()")


def _pick(page: Page, place: str, *keys: str) -> None:
    page.focus(f"tr[data-place={place}] .chip:last-of-type")
    for key in ("Enter", *keys):
        page.keyboard.press(key)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as there:
            take(Path(there))
