"""How quick the board is: first paint, size of the page, rules and estimate after a drop, frames of a told day.

    python benchmarks/board.py [--drops 200] [--town 100]

It starts a server of its own, drives a real Chromium by playwright, and prints a table with the load of the machine.
Times are taken in the page: from the release of a unit until the page shows what the rules say, and until it shows the
paired estimate of that step.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from itertools import cycle
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from optimiser.common.language import ENGLISH
from optimiser.web.board.page import FILES, board_page, read_file

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKEN = "token-of-the-boards-measured"
FOLLOW = 4000.0  # ms that frames are counted for

WATCH = """() => {
  const seen = (window.seen = {});
  new MutationObserver(() => {
    const now = performance.now();
    if (seen.drop === undefined) return;
    if (document.querySelector(".effect .difference")) seen.estimate ??= now - seen.drop;
  }).observe(document.querySelector(".effect"), { childList: true, subtree: true });
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (String(asked[0]).endsWith("/v1/rules")) {
      const drop = seen.drop;
      const shown = () => { if (drop === seen.drop) seen.rules ??= performance.now() - drop; };
      answer.clone().text().then(() => requestAnimationFrame(shown));
    }
    return answer;
  };
  const drop = () => Object.assign(seen, { drop: performance.now(), rules: undefined, estimate: undefined });
  addEventListener("pointerup", drop, { capture: true });
}"""
FRAMES = """length => new Promise((done) => {
  const begun = performance.now();
  let frames = 0;
  const next = (now) => {
    frames += 1;
    now - begun < length ? requestAnimationFrame(next) : done(1000 * frames / (now - begun));
  };
  requestAnimationFrame(next);
})"""
PAINT = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return paint ? paint.startTime - page.responseStart : null;
}"""


class Server:
    """The board in a process of its own, in a folder of its own."""

    def __init__(self, folder: str) -> None:
        words = [sys.executable, "-m", "optimiser.cli", "board", "--folder", folder, "--no-browser"]
        environment = {**os.environ, "OPTIMISER_TOKEN": TOKEN}
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        assert self.process.stdout is not None
        self.address = "http://" + self.process.stdout.readline().partition("http://")[2].partition("/board?")[0]

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers)) as answer:
            return json.loads(answer.read())

    def add(self, instance: Any) -> str:
        places = self.ask("/v1/draft", instance)["places"]
        content = {"instance": instance, "variants": [{"name": "plan", "places": places}]}
        return f"{self.address}/board?token={TOKEN}&lang=en#{self.ask('/v1/boards', {'content': content})['id']}"


def widen(instance: Any, sectors: int) -> Any:
    """Make a town of so many sectors: copies of those there are, each a kilometre farther, with their crowds."""
    town = json.loads(json.dumps(instance))
    town.pop("travel", None)
    town["sectors"], town["gatherings"] = [], []
    for number in range(sectors):
        first = instance["sectors"][number % len(instance["sectors"])]
        step = number // len(instance["sectors"])
        town["sectors"].append(
            {
                "id": f"s{number}",
                "name": f"{first['name']} {number}",
                "lat": _bare(first["lat"]) + 0.012 * (step % 4),
                "lon": _bare(first["lon"]) + 0.012 * (step // 4),
            }
        )
        town["gatherings"].append(
            {
                "id": f"g{number}",
                "name": f"Crowd {number}",
                "turnout": 120,
                "tension": 0.5,
                "arrives": "09:30",
                "itinerary": [{"sector": f"s{number}", "stay": 240}],
            }
        )
    for name in ("accompaniments", "movements", "pins", "triggers", "presence", "texts", "travel"):
        town.pop(name, None)
    return town


def _bare(value: Any) -> float:
    return float(value["value"] if isinstance(value, dict) else value)


def paint(page: Page, address: str, times: int = 7) -> float:
    """Return the median of first contentful paint after the first byte, ms."""
    found = []
    for _ in range(times):
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_selector(".chip")
        found.append(page.evaluate(PAINT))
    return statistics.median(one for one in found if one is not None)


def drop(page: Page, drops: int) -> tuple[list[float], list[float]]:
    """Drag units from row to row; gives ms until rules and until the estimate are shown."""
    page.set_viewport_size({"width": 1366, "height": 2400})  # so that every row is in view
    page.evaluate(WATCH)
    rules, estimates = [], []
    pairs = cycle(
        [
            ("kpu", "bawaslu"),
            ("kantor-bupati", "kpu"),
            ("bawaslu", "gedung-kesenian"),
            ("gedung-kesenian", "kantor-bupati"),
        ]
    )
    while len(estimates) < drops:
        start, goal = next(pairs)
        found = page.locator(f'.places tr[data-place="{start}"] .chip')
        if not found.count():
            continue
        found.last.scroll_into_view_if_needed()
        ends = [one.bounding_box() for one in (found.last, page.locator(f'.places tr[data-place="{goal}"] .chips'))]
        (x, y), (left, top) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in ends if box]
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(left, top, steps=3)
        page.mouse.up()
        page.wait_for_selector(".effect .difference")
        page.wait_for_selector(".effect .working", state="detached")
        seen = page.evaluate("({ ...window.seen })")
        rules.append(seen["rules"])
        estimates.append(seen["estimate"])
    return rules, estimates


def replay(page: Page, address: str) -> float:
    """Play a told day; gives pictures a second."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(".chip")
    page.wait_for_selector(".effect .working", state="detached")
    page.fill("#told-number", "54")
    page.press("#told-number", "Enter")
    page.wait_for_selector(".ticker li")
    page.get_by_role("button", name="Play").click()
    return float(page.evaluate(FRAMES, FOLLOW))


def at(values: list[float], share: float) -> float:
    """Return the value that such a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--drops", type=int, default=200)
    options.add_argument("--town", type=int, default=100, help="sectors of the larger town")
    asked = options.parse_args()
    size = len(board_page(ENGLISH).encode()) + sum(len(read_file(name)) for name in FILES)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        server = Server(folder)
        try:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(60_000)
            instance = server.ask("/v1/instances/oku-250")
            small, town = server.add(instance), server.add(widen(instance, asked.town))
            first = paint(page, small)
            page.wait_for_selector(".effect .working", state="detached")
            rules, estimates = drop(page, asked.drops)
            frames = [replay(page, address) for address in (small, town)]
            browser.close()
        finally:
            server.process.kill()
            server.process.wait()
    lines = [
        ("first paint after the first byte, ms", first, None, 300),
        ("page with all its files, kB", size / 1000, None, 300),
        (f"drop to rules, ms, {len(rules)} drops", at(rules, 0.5), at(rules, 0.95), 100),
        (f"drop to paired estimate, ms, {len(estimates)} drops", at(estimates, 0.5), at(estimates, 0.95), 1000),
        ("pictures a second of a told day, oku-250", frames[0], None, 30),
        (f"the same, a town of {asked.town} sectors", frames[1], None, 15),
    ]
    print(f"{'':50} {'median':>8} {'95 %':>8} {'asked':>8}")
    for name, median, most, promised in lines:
        print(f"{name:50} {median:8.0f} {'' if most is None else f'{most:.0f}':>8} {promised:8}")
    print(f"{os.cpu_count()} processors, load {' '.join(f'{one:.1f}' for one in os.getloadavg())}")


if __name__ == "__main__":
    main()
