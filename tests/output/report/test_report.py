"""The report: everything in it, nothing that runs or calls, small, the same every time."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.sample_solution import solved, town_values
from support.town import town

from optimiser.common.errors import OptimiserError
from optimiser.common.language import language
from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.blocks import Paragraph, Section
from optimiser.output.write import write_report
from optimiser.planning.search.hand_rules import proportional

MOST = 500_000  # bytes
SCRIPT = "<script>document.title='RAN'</script>"
IMAGE = "<img src=x onerror=\"document.title='RAN'\">"
HOSTILE = (
    SCRIPT,
    IMAGE,
    "'\"><svg onload=document.title='RAN'>",
    "{{ 7 * 7 }}",
    "</style></title></textarea>" + SCRIPT,
)


@pytest.fixture(scope="module")
def page() -> str:
    return write_report(solved()).decode()


def hostile() -> Instance:
    """Give the town with a hostile name wherever a name may stand."""
    data = town_values()
    number = 0

    def spoil(part: Any) -> None:
        nonlocal number
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            if isinstance(value, dict | list):
                spoil(value)
            elif key in ("name", "title", "about", "officer_post", "source") and isinstance(value, str):
                number += 1
                part[key] = f"{HOSTILE[number % len(HOSTILE)]} {number}"

    spoil(data)
    data["name"] = "town"
    assert number > 30
    return Instance.model_validate(data, context=SHAPE_ONLY)


class Reader(HTMLParser):
    """Collects elements and attributes as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def look_at(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_every_part_is_there(page: str) -> None:
    solution = solved()
    plain = html.unescape(re.sub(r"<[^>]+>", " ", page))
    for said in (
        solution.certificate.sentence,
        solution.verdict.sentence(),
        "who meets the crowd",
        "Callable reserve",
        "Held at base",
        "injured people, all alike",
        "Against other plans",
        "between 1.25 and 83.0 over the law's ranges",
        "Mean loss over the law's ranges, points: the plan 1.25 to 83.0; nobody 2.50 to 90.0",
        solution.instance.fingerprint(),
        "13:00 to 19:00",
        *(sector.name for sector in solution.instance.sectors),
        *(f"{name} {number}" for name, number in solution.settings.versions.items()),
    ):
        assert said in plain, said
    assert plain.index("who meets the crowd") < plain.index("Sectors ")


def test_every_drawing_is_whole_xml_with_names_of_its_own(page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) > 20
    for svg in drawings:
        ElementTree.fromstring(svg)
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))


def test_nothing_is_asked_of_anywhere_else(page: str) -> None:
    reader = look_at(page)
    assert not {"script", "link", "iframe", "object", "embed", "form", "base", "img"} & reader.tags
    assert "default-src 'none'" in html.unescape(page)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        if name in ("href", "src"):
            assert value is not None
            assert value.startswith("#")
    outside = re.findall(r"(?:https?:)?//[\w.]+", page)
    assert set(outside) <= {"http://www.w3.org"}  # the name of SVG, which nobody opens


def test_same_solution_same_bytes(page: str) -> None:
    assert write_report(solved()).decode() == page


def test_language_of_the_reader() -> None:
    text = write_report(solved(), language("id")).decode()
    assert '<html lang="id">' in text
    assert "Selasa, 20 Agustus 2024" in text
    assert "13.00" in text
    assert "13:00" not in text


def test_more_sections_stand_before_trust() -> None:
    text = write_report(solved(), more=[Section("How many are enough?", [Paragraph("So many.")], "frontier")]).decode()
    assert text.index("How many are enough?") < text.index('id="frontier"') < text.index('id="trust"')


def test_a_refused_plan_is_not_reported() -> None:
    solution = solved()
    broken = solution.alternatives[1].evaluation.deployment
    with pytest.raises(OptimiserError, match="withheld"):
        write_report(replace(solution, deployment=broken, verdict=check(solution.instance, broken)))


@pytest.mark.parametrize(
    "name",
    [
        "oku-250",
        "families/town-100-tight-marches-1",
        pytest.param("families/town-300-tight-marches-1", marks=pytest.mark.long),
    ],
)
def test_report_is_small(name: str) -> None:
    instance = read(name)
    page = write_report(solved(instance, proportional(instance)))
    assert len(page) < MOST
    if len(instance.sectors) > 40:
        assert "where most is lost" in page.decode()


def test_matrix_without_coordinates_says_so() -> None:
    bare = town().model_dump(mode="json")
    for part in (*bare["sectors"], *bare["posts"], *bare["reinforcements"]):
        part["x"] = part["y"] = None
    assert "There is no map" in write_report(solved(town().model_validate(bare, context=SHAPE_ONLY))).decode()


def test_bug_a_hash_made_the_page_wider_than_a_phone(page: str, tmp_path: Path) -> None:
    file = tmp_path / "phone.html"
    measured = "document.title = 'wide ' + phone.contentDocument.documentElement.scrollWidth"
    frame = f'<iframe id="phone" width="390" height="800" style="border:0" srcdoc="{html.escape(page)}"'
    file.write_text(f'<!DOCTYPE html><title>x</title>{frame} onload="{measured}"></iframe>', encoding="utf-8")
    wide = re.search(r"<title>wide (\d+)</title>", show(file, tmp_path))
    assert wide is not None
    assert int(wide[1]) <= 390


def test_bug_a_figure_and_its_interval_were_one_word_on_a_phone(page: str) -> None:
    assert "<br> <small>" in page
    assert "<br><small>" not in page


# ---------------------------------------------------------------- hostile names


def test_hostile_names_stay_text() -> None:
    text = write_report(solved(hostile())).decode()
    reader = look_at(text)
    assert "script" not in reader.tags
    assert "img" not in reader.tags
    assert not any(name.startswith("on") for name, _ in reader.attributes)
    assert html.escape(SCRIPT).replace("&#x27;", "&#39;") in text
    assert "{{ 7 * 7 }}" in text


def show(file: Path, folder: Path) -> str:
    """Load a page in Chromium without a window and give what became of it, scripts having run or not."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if browser is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed where CI is set")
        pytest.skip("Chromium is not installed")
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    quiet += ("--disable-component-update", "--disable-sync", f"--user-data-dir={folder / 'profile'}")
    command = [browser, *quiet, "--virtual-time-budget=2000", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hostile_names_do_not_run_in_a_browser(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(write_report(solved(hostile())))
    assert "<title>RAN</title>" not in show(file, tmp_path)
    file.write_text(f"<!DOCTYPE html><title>x</title>{SCRIPT}{IMAGE}")
    assert "<title>RAN</title>" in show(file, tmp_path)  # or nothing was tested


def test_the_policy_alone_would_stop_a_script(page: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page.replace("<main>", f"<main>{SCRIPT}{IMAGE}"))
    assert "<title>RAN</title>" not in show(file, tmp_path)


def test_disorder_that_lasts_beyond_the_end_is_said_not_to_be_counted() -> None:
    data = town_values()
    gathering = data["gatherings"][0]
    gathering.update(tension=1.0, comes_as="red", arrives="18:00")
    gathering["itinerary"] = [{**gathering["itinerary"][0], "stay": 1000.0}]
    instance = Instance.model_validate(data)
    assert "What comes after 03:00 is not counted:" in html.unescape(write_report(solved(instance)).decode())
