"""Put what the commands of the tutorial print into its pages: ``python docs/make_tutorial.py``.

A block of commands is run line by line in an empty folder, in the order of the page. A mark says which lines of the
last command's output are shown: ``<!-- output: 6 lines from SECTORS -->``, from the first line that begins so.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import tempfile
from pathlib import Path

from typer.testing import CliRunner

from optimiser.cli import app

DOCS = Path(__file__).parent
PAGES = tuple(DOCS / name for name in ("tutorial.md", "tutorial.id.md"))
WIDTH = "100"  # columns of the output
_PARTS = re.compile(
    r"(?P<run>^```\n(?P<commands>(?:optimiser [^\n]*\n)+)```\n)"
    r"|(?P<open><!-- output: (?P<count>\d+) lines from (?P<start>[^\n]+?) -->\n).*?(?P<close><!-- end of output -->)",
    re.MULTILINE | re.DOTALL,
)


def fill(page: str, folder: Path) -> str:
    """Run the commands of a page in a folder, and return the page with what they print.

    Raises
    ------
    AssertionError : a command fails, or has no such line in its output.
    """
    last = ""

    def part(found: re.Match[str]) -> str:
        nonlocal last
        if found["run"]:
            for command in found["commands"].splitlines():
                last = run(command)
            return found["run"]
        lines = [line.rstrip() for line in last.splitlines()]
        first = next((n for n, line in enumerate(lines) if line.startswith(found["start"])), None)
        assert first is not None, f"no line begins with {found['start']}:\n{last}"
        shown = "\n".join(lines[first : first + int(found["count"])]).rstrip()
        return f"{found['open']}```text\n{shown}\n```\n{found['close']}"

    with contextlib.chdir(folder):
        return _PARTS.sub(part, page)


def run(command: str) -> str:
    """Run one command and return its standard output."""
    done = CliRunner(env={"COLUMNS": WIDTH}).invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, f"{command}\n{done.output}"
    return done.stdout


if __name__ == "__main__":
    for path in PAGES:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ.pop("OPTIMISER_LANG", None)
            path.write_text(fill(path.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
