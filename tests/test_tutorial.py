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


def quick(page: str) -> str:
    """Return a page whose commands simulate less wherever nothing is shown of what they print."""
    parts = re.split(r"(^```\n(?:optimiser [^\n]*\n)+```\n)", page, flags=re.MULTILINE)
    for n in range(1, len(parts), 2):
        if "<!-- output:" not in parts[n + 1]:
            fewer = re.sub(r"--scenarios \d+( --budget \d+)?", "--scenarios 10", parts[n])
            fewer = fewer.replace("optimiser explain", "optimiser explain --trajectories 0")
            parts[n] = re.sub(
                r"^(optimiser (?:plan|whatif|frontier|worth|explain) .*)", r"\1 --budget 40", fewer, flags=re.M
            )
    return "".join(parts)


@pytest.mark.long
@pytest.mark.parametrize("as_written", [False, True])
@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.id.md"])
def test_a_tutorial_works_as_it_is_written_and_shows_what_is_printed(
    name: str, as_written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fewer scenarios every day where nothing is shown of what a command prints."""
    monkeypatch.delenv("OPTIMISER_LANG", raising=False)
    page = (DOCS / name).read_text(encoding="utf-8")
    page = page if as_written else quick(page)
    assert make_tutorial.fill(page, tmp_path) == page, "run: python docs/make_tutorial.py"
    made = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    named = set(re.findall(r"`((?:oku|first|papers|hasil)/[a-z.]+|district\.xlsx|kota\.xlsx)`", page))
    assert named
    assert named <= made


def test_most_commands_of_the_tutorial_stay_as_they_are() -> None:
    shown = quick(TUTORIAL)
    assert "optimiser plan oku-250 --out oku --scenarios 50 --budget 600\n" in shown
    assert "optimiser plan district.xlsx --out first --scenarios 10 --budget 40\n" in shown
    assert [c.split()[1] for c in re.findall(r"^optimiser .*", shown, re.MULTILINE)] == [c.split()[1] for c in COMMANDS]


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
