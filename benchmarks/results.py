"""Where benchmarks keep what they measure: rows in files, tables between the marks of a page, the machine in words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from optimiser import Simulator, draw, read
from optimiser.model.laws.choice import LAWS, DefaultLaw, LawName
from optimiser.planning.search.hand_rules import proportional

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SHORT = RESULTS / "short"  # of the short forms; not stored in the repository
MARKED = ("oku-250", "kaur-2005", "families/town-12-tight-marches-1", "markov/markov-8-05")  # what the mark plays


@cache
def version() -> str:
    """Give the version of package and law that is measured; there is one table for each."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return f"{project['project']['version']}, law {DefaultLaw.name} {mark_of(DefaultLaw.name)}"


def mark_of(law: LawName) -> str:
    """Give six hexadecimal digits that differ where the law, the timeline or the instances give other losses.

    A version that is not released yet may move its results, and a table of the earlier ones would look like a new one.
    """
    lost = []
    for name in MARKED:
        instance = read(name)
        with Simulator(instance, law=LAWS[law](), workers=1, engine="simpy") as simulator:
            losses = simulator.losses([proportional(instance)], draw(instance, 1, 8))
        lost += [f"{loss:.6g}" for loss in losses.sum(axis=2)[0]]
    return hashlib.sha256(" ".join(lost).encode()).hexdigest()[:6]


class Rows:
    """Rows of one file, a JSON object a line, each written as soon as it is known.

    Parameters
    ----------
    file : is made with its folder if it does not exist. A last line that was cut short is forgotten.
    key : names of the columns that no two rows have in common.
    """

    def __init__(self, file: Path, key: Sequence[str]) -> None:
        self.file, self.key = file, tuple(key)
        self.all: list[dict[str, Any]] = []
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                self.all.append(json.loads(line))
            except json.JSONDecodeError:
                if number < len(lines):
                    raise
                self._write()

    @property
    def keys(self) -> set[tuple[Any, ...]]:
        """What is stored."""
        return {tuple(row[k] for k in self.key) for row in self.all}

    def add(self, row: dict[str, Any]) -> None:
        """Add a row and have it written at once."""
        self.all.append(row)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(_line(row))
            file.flush()
            os.fsync(file.fileno())

    def drop(self, unwanted: Callable[[dict[str, Any]], bool]) -> None:
        """Forget rows."""
        self.all = [row for row in self.all if not unwanted(row)]
        if self.file.exists():
            self._write()

    def _write(self) -> None:
        """Write the whole file anew, in one step."""
        other = self.file.with_suffix(".part")
        other.write_text("".join(map(_line, self.all)), encoding="utf-8")
        other.replace(self.file)


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def fill(page: Path, mark: str, text: str) -> None:
    """Put text between the marks of a page, ``<!-- mark: begin -->`` and ``<!-- mark: end -->``.

    Raises
    ------
    ValueError : the page has no such marks.
    """
    old = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    if begin not in old or end not in old:
        raise ValueError(f"{page.name} has no marks for '{mark}'")
    new = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL)
    page.write_text(new, encoding="utf-8")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def describe_machine() -> str:
    """Say what is measured on, and when: processor, cores, operating system, Python, packages that decide the speed."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"^model name\s*: (.*)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        name = found[1] if found else name
    packages = ", ".join(f"{p} {metadata.version(p)}" for p in ("numpy", "numba", "simpy", "highspy"))
    system = f"{platform.system()} {platform.machine()}"
    today = dt.date.today().isoformat()
    return f"{name}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}; {packages}; {today}"
