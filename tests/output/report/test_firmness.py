"""What is firm, in report and workbook: at the plan, and at each place with number, range and word."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import pytest
import python_calamine
from support.command_line import run
from support.sample_solution import solved

from optimiser.common.errors import Mismatch
from optimiser.common.language import language
from optimiser.model.deployment import Deployment
from optimiser.output.write import write_plan_book, write_report, write_solution
from optimiser.planning.evaluation import Interval
from optimiser.questions.firmness import Firmness, Placing

QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1", "--budget", "30", "--quiet"]
TOLD = (
    Placing("kpu", "talk", 2, 2, 2, 1.0, 7),
    Placing("kpu", "rope", 3, 1, 4, 0.5, 9),
    Placing("mall", "care", 0, 0, 1, 0.9, 3),
    Placing("polres", "shield", 6, 6, 6, 1.0, 4),
)


def found(plan: Deployment | None = None) -> Firmness:
    solution = solved()
    beyond = Interval(0.1, 0.1, 50, 40)
    told = (12, 0.02, 0.5, 2, 80, beyond, 1, 50, 100)
    return Firmness(solution.instance, plan or solution.deployment, TOLD, *told)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "en",
            (
                "Firm in 1 of 2 places; of 3 placements 2 are firm.",
                "3 (1–4)",
                "negotiable",
                "It may stay",
                "Medical team 0 (0–1)",
            ),
        ),
        (
            "id",
            (
                "Tetap di 1 dari 2 tempat; dari 3 penempatan, 2 tetap.",
                "3 (1–4)",
                "dapat dirundingkan",
                "Boleh dipertahankan",
            ),
        ),
    ],
)
def test_a_planner_reads_what_is_firm_in_report_and_workbook(code: str, words: tuple[str, ...]) -> None:
    solution, tongue = solved(), language(code)
    page = write_report(solution, tongue, firmness=found()).decode()
    order = re.findall(r'<section id="([a-z]+)"', page)
    assert order.index("frontier") < order.index("firm") < order.index("trust")
    section = page[page.index('<section id="firm"') :]
    section = html.unescape(re.sub("<[^>]*>", " ", section[: section.index("</section>")]))
    assert all(word in section for word in words)
    assert words[0] in html.unescape(page[: page.index('<section id="map"')])
    book = python_calamine.load_workbook(io.BytesIO(write_plan_book(solution, (), tongue, found())))
    summary = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert any(words[0] in map(str, row) for row in summary)
    name = {"en": "Firm or negotiable", "id": "Tetap atau dirundingkan"}[code]
    rows = book.get_sheet_by_name(name).to_python()
    assert [row[2:6] for row in rows[1:5]] == [[2, 2, 2, 1.0], [3, 1, 4, 0.5], [0, 0, 1, 0.9], [6, 6, 6, 1.0]]
    assert [row[6] == words[2] for row in rows[1:5]] == [False, True, True, False]
    assert any(words[0] in str(row[0]) for row in rows)


def test_without_it_the_report_says_how_to_get_it() -> None:
    page = write_report(solved()).decode()
    assert "optimiser plan town --out DIR --firm" in page
    assert "of 3 placements" not in page


def test_what_is_firm_in_another_plan_is_refused(tmp_path: Path) -> None:
    other = found(Deployment(instance=solved().instance.name))
    with pytest.raises(Mismatch):
        write_solution(solved(), tmp_path, firmness=other)
    assert not list(tmp_path.iterdir())


def test_one_option_puts_it_into_all_files(tmp_path: Path) -> None:
    done = run("plan", "tiny-2", "--out", tmp_path, "--firm", *QUICK)
    assert done.exit_code == 0, done.output
    assert {"firm.json", "plan.xlsx", "report.html"} <= {file.name for file in tmp_path.iterdir()}
    assert "--out DIR --firm" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert run("plan", "tiny-2", "--firm", *QUICK).exit_code == 2
