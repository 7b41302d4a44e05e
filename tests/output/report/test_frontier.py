"""How many are enough, in the report: one file has the answer, the drawing and every level, in both languages."""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from support import tiny
from support.command_line import run
from support.sample_solution import solved

from optimiser.common.language import language
from optimiser.files.read import instances_folder
from optimiser.output.write import write_report
from optimiser.questions.frontier import Frontier
from optimiser.questions.frontier import frontier as make_frontier

QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1", "--budget", "30", "--quiet"]


@pytest.fixture(scope="module")
def frontier() -> Frontier:
    sectors = [
        {"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"talk": 1}},
        {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0},
    ]
    instance = tiny.build(sectors=sectors)
    return make_frontier(instance, [1, 20, 40], scenarios=4, reporting=4, budget=20, workers=1)


@pytest.mark.parametrize("code", ["en", "id"])
def test_the_section_comes_before_trust_with_answer_drawings_and_clash(frontier: Frontier, code: str) -> None:
    solution = solved()
    of_it = replace(frontier, instance=solution.instance)  # a report takes a frontier of its own instance only
    page = write_report(solution, language(code), frontier=of_it).decode()
    order = re.findall(r'<section id="([a-z]+)"', page)
    assert order.index("alternatives") < order.index("frontier") < order.index("trust")
    section = page[page.index('<section id="frontier"') :]
    section = section[: section.index("</section>")]
    assert frontier.levels[0].why  # nothing can be done with one head
    assert section.count('class="frontier"') == 2  # for wide screens, and for phones
    ids = re.findall(r'<pattern id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert all(f'id="{name}"' in page for name in re.findall(r"url\(#([^)]+)\)", section))
    curve, over_law = 1 + len(frontier.levels), len(frontier.planned)  # a heading, and all levels; all but the largest
    assert section.count("<tr>") == curve + over_law
    if code == "en":
        assert frontier.sentence() in section
        assert "these cannot be met together" in section
    assert "<script" not in page
    assert len(page.encode()) < 500_000


def test_without_it_the_report_says_how_to_get_it() -> None:
    page = write_report(solved()).decode()
    assert "optimiser plan town --out DIR --frontier" in page
    assert 'class="frontier"' not in page


def test_one_option_makes_the_whole_file(tmp_path: Path) -> None:
    done = run("plan", "tiny-2", "--out", tmp_path, "--frontier", *QUICK)
    assert done.exit_code == 0, done.output
    assert 'class="frontier"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert {"frontier.json", "frontier.svg", "plan.json"} <= {file.name for file in tmp_path.iterdir()}
    assert run("plan", "tiny-2", "--frontier", *QUICK).exit_code == 2


def test_bug_commands_in_a_report_named_the_instance_and_not_the_file_that_was_given(tmp_path: Path) -> None:
    """Each command of the report is run as it stands, but for its folder, so that a report says the same in any."""
    file, folder = tmp_path / "own town.toml", tmp_path / "out"
    file.write_text((instances_folder() / "tiny-2.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("plan", file, "--out", folder, *QUICK).exit_code == 0
    page = re.sub("<[^>]*>", "", html.unescape((folder / "report.html").read_text(encoding="utf-8")))
    commands = re.findall(r"optimiser ((?:plan|simulate) [^\n]*?(?:--frontier|--firm|--scenario \d+))", page)
    assert {command.partition(" ")[0] for command in commands} == {"plan", "simulate"}
    assert sum(command.endswith(("--frontier", "--firm")) for command in commands) == 2
    for command in commands:
        words = shlex.split(command.replace("DIR", str(folder)))
        assert words[1] == str(file)
        assert run(*words, *(QUICK if words[0] == "plan" else ())).exit_code == 0
