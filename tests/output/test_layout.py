"""Pages as people see and print them: what stands in the first screenful, no word broken, no page almost empty."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.browser import measure_page, measure_pages, print_pages
from support.moving_district import moving_district, moving_plan
from support.sample_solution import solved

from optimiser.common.language import language
from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.output.render_terminal import to_terminal
from optimiser.output.report.report import write_report
from optimiser.output.sections.plan import plan_sections
from optimiser.output.write import describe_plan, write_orders
from optimiser.planning.search.hand_rules import proportional
from optimiser.planning.solution import Solution

LEAST_LINES = 9  # on a printed page, running lines included: what is worth a sheet of paper
SCREENS = ((1200, 800), (400, 800))  # px
WIDTHS = (1200, 700, 400, 320)  # px at which no word may be broken
# words of table cells that stand on two lines; those that no column could hold are left out, they may be broken
BROKEN = """
const found = [];
for (const cell of document.querySelectorAll('th, td')) {
  if (cell.classList.contains('endless')) continue;
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const match of node.data.matchAll(/[^\\s\\u00a0\\u2013\\/-]+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const tops = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
      if (tops.size > 1) found.push(match[0]);
    }
  }
}
return [found, document.documentElement.scrollWidth - window.innerWidth];
"""
# how far down each row of the overview ends, and where the lines about trust do
BOTTOMS = """
const rows = [...document.querySelectorAll('table.dense tbody tr')];
const seen = row => [row.innerText.replace(/\\s+/g, ' '), row.getBoundingClientRect().bottom];
return [rows.map(seen), [...document.querySelectorAll('.pairs')].slice(0, 1).map(seen)];
"""

# tables that are wider than the page, cells whose text runs over the end of their row, commands broken within an option
CUT = """
const found = [];
for (const box of document.querySelectorAll('.scroll'))
  if (box.scrollWidth > box.clientWidth + 1) found.push(['wide', box.innerText.slice(0, 80)]);
for (const row of document.querySelectorAll('tbody tr')) {
  const range = document.createRange();
  range.selectNodeContents(row);
  const bottom = Math.max(0, ...[...range.getClientRects()].filter(r => r.width > 1).map(r => r.bottom));
  if (bottom > row.getBoundingClientRect().bottom + 2) found.push(['over', row.innerText.slice(0, 80)]);
}
for (const part of document.querySelectorAll('.typed span')) {
  const size = parseFloat(window.getComputedStyle(part).fontSize);
  if (part.offsetHeight > 1.9 * size) found.push(['typed', part.innerText]);
}
return [found, document.querySelectorAll('.typed span').length];
"""


@cache
def planned(name: str) -> Solution:
    instance = read(name)
    plan = proportional(instance.altered(movements=()))
    return solved(instance, plan=plan, verdict=check(instance, plan), margins={})


@pytest.mark.slow
def test_no_word_of_a_table_is_broken_at_any_width(tmp_path: Path) -> None:
    solution, code = planned("oku-250"), language("id")
    orders = write_orders(solution.instance, solution.deployment, tmp_path, language=code)[0]
    for found in measure_pages([write_report(solution, code), orders.read_bytes()], WIDTHS, [BROKEN], tmp_path):
        for width, ((broken, beyond),) in zip(WIDTHS, found, strict=True):
            assert broken == [], width
            assert beyond <= 0, width


@pytest.mark.slow
@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
def test_bug_tables_of_the_orders_were_cut_on_a_phone_and_commands_broken_within_an_option(
    code: str, tmp_path: Path
) -> None:
    """The day was wider than the screen, and what stands at posts was struck through by the next name."""
    solution, words = planned("oku-250"), language(code)
    told = describe_plan(solution)
    orders = write_orders(solution.instance, solution.deployment, tmp_path, document=told, language=words)[0]
    report = write_report(solution, words)
    for number, page in enumerate(measure_pages([orders.read_bytes(), report], (1200, 400), [CUT], tmp_path)):
        for width, ((found, typed),) in zip((1200, 400), page, strict=True):
            assert found == [], (number, width)
            assert typed or number, "no command was looked at"


@pytest.mark.slow
@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
def test_no_printed_page_is_almost_empty_and_no_word_on_paper_is_broken(code: str, tmp_path: Path) -> None:
    solution, words = planned("oku-250"), language(code)
    if code == "en":
        page = tmp_path / "report.html"
        page.write_bytes(write_report(solution, words))
    else:
        told = describe_plan(solution)
        page = write_orders(solution.instance, solution.deployment, tmp_path, document=told, language=words)[0]
    sheets = print_pages(page, tmp_path)
    counts = [len([line for line in sheet.splitlines() if line.strip()]) for sheet in sheets]
    assert min(counts) >= LEAST_LINES, counts
    text = html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page.read_text(), flags=re.DOTALL))
    known = {*tokens(text), words("page")}
    assert {word for sheet in sheets for word in tokens(sheet) if not composed(word, known)} == set()


@pytest.mark.slow
def test_bug_a_page_of_the_order_was_left_half_empty_for_the_sake_of_the_signatures(tmp_path: Path) -> None:
    solution = planned("oku-250")
    told = describe_plan(solution)
    page = write_orders(solution.instance, solution.deployment, tmp_path, document=told, language=language("id"))[0]
    sheets = print_pages(page, tmp_path)
    (number,) = (number for number, sheet in enumerate(sheets) if "V. Penilaian risiko" in sheet)
    runs_on = "Kabar bohong" in sheets[number + 1]  # of its last points: the page is full
    assert "VI. Komunikasi" in sheets[number] or runs_on


def tokens(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w]+", text) if word and not word.isdigit()]


def composed(word: str, known: set[str]) -> bool:
    """Tell whether a word of a page is one of the text, or several of it that stand close together."""
    ends = {0}
    for end in range(1, len(word) + 1):
        if any(start in ends and word[start:end] in known for start in range(end)):
            ends.add(end)
    return len(word) in ends


@cache
def moving() -> Solution:
    instance = moving_district()
    plan = moving_plan(instance)
    return solved(instance, plan=plan, verdict=check(instance, plan), margins={})


@pytest.mark.slow
@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
def test_movements_fit_on_paper_and_on_a_phone(code: str, tmp_path: Path) -> None:
    """The sheet of each is one page; no word of the pages is broken, and no table is wider than the screen."""
    solution, words = moving(), language(code)
    told = describe_plan(solution)
    orders = write_orders(solution.instance, solution.deployment, tmp_path, document=told, language=words)[0]
    sheets = print_pages(orders, tmp_path)
    kind = words("Order sheet, movement")
    pages = [sheet for sheet in sheets if kind in sheet]
    assert len(pages) == len(solution.instance.movements)
    assert all(words("Signature") in sheet for sheet in pages)
    contents = orders.read_bytes(), write_report(solution, words)
    for page in measure_pages(contents, (1200, 400), (BROKEN, CUT), tmp_path):
        for width, ((broken, beyond), (found, _typed)) in zip((1200, 400), page, strict=True):
            assert broken == [], width
            assert beyond <= 0, width
            assert found == [], width


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
def test_first_screenful_says_who_where_when_and_how_sure(code: str, tmp_path: Path) -> None:
    solution = planned("oku-250")
    page = write_report(solution, language(code))
    sectors = [s for s in solution.instance.sectors if any(s.id in _stops(g) for g in solution.instance.gatherings)]
    found: list[Any] = measure_page(page, tuple(width for width, _ in SCREENS), BOTTOMS, tmp_path)
    for (rows, sure), (width, high) in zip(found, SCREENS, strict=True):
        seen = [text for text, bottom in rows if bottom <= high]
        for sector in sectors:
            row = next(text for text in seen if sector.name.partition(",")[0] in text)
            assert re.search(r"\d\d[:.]\d\d", row), width
            assert "%" in row, width
        assert sure[0][1] < high / 2, width
        assert sure[0][0].count("%") >= 2, width


def _stops(gathering: Any) -> set[str]:
    return {stop.sector for stop in gathering.itinerary}


@pytest.mark.parametrize("code", ["en", "id"])
def test_first_thirty_lines_of_the_terminal_say_the_same(code: str) -> None:
    from rich.console import Console

    solution = planned("oku-250")
    console = Console(width=100)
    with console.capture() as captured:
        console.print(to_terminal(plan_sections(solution, language(code))))
    first = "\n".join(captured.get().splitlines()[:30])
    for visit in {stop for g in solution.instance.gatherings for stop in _stops(g)}:
        name = next(s.name for s in solution.instance.sectors if s.id == visit).partition(",")[0].split()[0]
        assert name in first
    assert first.count("▲") >= 7
    assert language(code)("Claim") not in first
