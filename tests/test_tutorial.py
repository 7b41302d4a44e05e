"""The tutorial works as it is written: every command, in its order, in an empty folder, and prints what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import make_tutorial
import pytest

DOCS = Path(__file__).parents[1] / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^optimiser .*", TUTORIAL, re.MULTILINE)


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.id.md"])
def test_a_tutorial_works_as_it_is_written_and_shows_what_is_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPTIMISER_LANG", raising=False)
    page = (DOCS / name).read_text(encoding="utf-8")
    assert make_tutorial.fill(page, tmp_path) == page, "run: python docs/make_tutorial.py"
    made = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    named = set(re.findall(r"`((?:oku|first|papers|hasil)/[a-z.]+|district\.xlsx|kota\.xlsx)`", page))
    assert named
    assert named <= made


def test_an_output_that_is_stale_is_noticed(tmp_path: Path) -> None:
    mark = "<!-- output: 1 lines from {} -->\n```text\n{}\n```\n<!-- end of output -->"
    page = "```\noptimiser validate tiny-2\n```\n" + mark.format("tiny-2", "outdated")
    filled = make_tutorial.fill(page, tmp_path)
    assert "tiny-2: 2 sectors" in filled
    assert "outdated" not in filled
    with pytest.raises(AssertionError, match="no line begins with"):
        make_tutorial.fill("```\noptimiser validate tiny-2\n```\n" + mark.format("Nothing", ""), tmp_path)


def test_the_tutorial_meets_every_command_a_planner_needs() -> None:
    met = {shlex.split(c)[1] for c in COMMANDS}
    assert {
        "template",
        "validate",
        "plan",
        "whatif",
        "frontier",
        "worth",
        "explain",
        "check",
        "simulate",
        "orders",
    } <= met
