"""What every command shows to a reader of Indonesian: no English word that the catalogue could have told otherwise.

Texts of the catalogue are set into marks, and only those: a text that is told past it, or told without being in it,
stands outside. Outside may stand what the file says, what is typed, and names that are the same in every language.
"""

from __future__ import annotations

import html
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import make_messages
import pytest
import python_calamine
from babel.messages.catalog import Catalog
from support.marked_texts import Marks, strangers
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.cli.shared.helping import translate_fault
from optimiser.common.faults import CODES as FAULTS
from optimiser.common.language import language
from optimiser.files.read import read, shipped
from optimiser.files.role_library import shipped_roles
from optimiser.files.workbook import EXAMPLE, lay_out
from optimiser.files.workbook.cells import CHOICES
from optimiser.model.cautions import CAUTIONS
from optimiser.model.checker import CODES
from optimiser.model.instance import Instance
from optimiser.model.uncertain_inputs import list_inputs

SMALL = "--scenarios 8 --reporting 12 --budget 60"
ANSWERS = {  # by command: its exit code
    f"plan town.toml --out first --orders {SMALL}": 0,
    f"whatif town.toml first/plan.json --lose vehicle:ambulance --receive-delegation kpu=20min {SMALL}": 0,
    f"explain town.toml first/plan.json --trajectories 1 {SMALL}": 0,
    f"frontier town.toml {SMALL}": 0,
    f"worth town.toml first/plan.json {SMALL}": 0,
    f"presence town.toml first/plan.json {SMALL}": 0,
    "firm town.toml first/plan.json --scenarios 30 --budget 60": 0,
    "optimum town.toml first/plan.json --scenarios 30 --budget 60": 0,
    "simulate town.toml first/plan.json --scenarios 20": 0,
    "orders town.toml first/plan.json --out papers": 0,
    "exercise town.toml first/plan.json --scenarios 100 --out drill": 0,
    "check town.toml first/plan.json": 0,
    "validate town.toml": 0,
    "repair town.toml": 0,
    "repair infeasible/one-officer": 0,
    "plan infeasible/one-officer": 5,
    "template empty.xlsx": 0,
    "geojson infeasible/one-officer --out map.geojson": 3,
    "plan nowhere": 4,
}
TYPED = (
    "simulate scenario dir frontier firm lose vehicle ambulance receive delegation kpu min nowhere first papers empty "
    "off drill exercise stop bukan latihan"
)
FILES = "written deployment events geojson html json csv orders report xlsx plan explanation svg"
NAMES = "highs highspy numba numpy pulp simpy compiled sha ics afcd deployment optimiser ya tidak facilitation"
KEPT = "default field help limits unit value low high source readme lists negotiator"  # names of a workbook's columns


@cache
def collected() -> Catalog:
    """Give the texts of code and templates; collecting them takes seconds."""
    return make_messages.collect()


class Known(Marks):
    """Sets the texts of the catalogue into marks, and no others."""

    def __init__(self) -> None:
        texts = [m.id for m in collected()]
        self.one = {text for text in texts if isinstance(text, str)}
        self.many = {text[0] for text in texts if not isinstance(text, str)}

    def gettext(self, text: str) -> str:
        return self.mark(text) if text in self.one else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        told = one if number == 1 else many
        return self.mark(told) if one in self.many else told

    def mark(self, text: str) -> str:
        """Mark every word by itself: columns of a table break between words."""
        return re.sub(r"⟦[^⟧]*⟧", lambda part: re.sub(r"[^\s⟦⟧]+", r"⟦\g<0>⟧", part[0][1:-1]), super().gettext(text))


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """Give an instance in an empty folder, and a catalogue that shows what it tells."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(language("id"), "_catalogue", Known())
    shutil.copy(EXAMPLE, tmp_path / "town.toml")
    return read(EXAMPLE)


def outside(text: str, town: Instance) -> set[str]:
    start = language("id").date(town.period.start.date())
    others = [read(name) for name in ("infeasible/one-officer",)]
    files = [*shipped(""), *(one.model_dump_json() for one in others)]
    said = " ".join([TYPED, FILES, NAMES, KEPT, start, *CODES, *FAULTS, *CAUTIONS, *files])
    text = text.replace("markov-moving", "markov")  # a folder; "moving" by itself would be English
    known = strangers(text, town, said, " ".join(shipped("infeasible")), "families infeasible markov")
    return {word for word in known if not re.fullmatch(r"[a-f]{2,8}", word)}  # parts of a hash


@pytest.mark.slow
@pytest.mark.long
def test_no_command_tells_past_the_catalogue(town: Instance) -> None:
    for command, code in ANSWERS.items():
        done = CliRunner().invoke(app, [*shlex.split(command), "--lang", "id"])
        assert done.exit_code == code, f"{command}\n{done.output}"
        assert outside(done.output, town) == set(), command
    for file in (Path("first/report.html"), Path("papers/orders.html"), Path("drill/exercise.html")):
        page = re.sub(
            r"<style.*?</style>|<title.*?</title>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL
        ).replace("town.toml", "")
        assert outside(html.unescape(re.sub(r"<[^>]+>", " ", page)), town) == set(), file
    fields = " ".join(f"{sheet.name} {column.path}" for sheet in lay_out() for column in sheet.columns)
    fields += " " + " ".join(role.id for role in shipped_roles())  # identifiers, the same in every language
    fields += " " + " ".join(CHOICES["id"].values())  # words of cells, which are read back
    fields = re.sub("[_.-]", " ", fields)
    for file in (Path("first/plan.xlsx"), Path("papers/orders.xlsx"), Path("drill/exercise.xlsx"), Path("empty.xlsx")):
        book = python_calamine.load_workbook(file)
        for name in book.sheet_names:
            cells = " ".join(str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row)
            assert outside(cells, town) <= set(fields.split()), f"{file} {name}"


def test_every_assumed_number_has_a_name_and_a_unit_in_the_catalogue() -> None:
    known = {m.id for m in collected()}
    for name in ("oku-250", "kaur-2005", "seram-timur-2024", "muratara-2024"):
        for one in list_inputs(read(name)):
            assert one.unit in known | {"1", ""}, one
            for value in one.name.values.values():  # type: ignore[attr-defined]
                assert not hasattr(value, "values") or value.one in known, one


# ---------------------------------------------------------------- the parser's own words


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optimiser.cli", *words, "--lang", "id"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["plan", "whatif", "template"])
def test_help_is_indonesian_to_the_last_line(command: str) -> None:
    done = run(command, "-h")
    assert done.returncode == 0
    assert done.stdout.startswith("Pemakaian: optimiser")
    assert {"Argumen:", "Pilihan:"} <= set(done.stdout.split())
    english = re.compile(r"\b(Usage|Options|Arguments|default|required|env var|Show this|the|and|of)\b")
    assert not english.search(done.stdout.replace("OPTIONS", "")), done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["frobnicate"], "tidak ada perintah 'frobnicate'"),
        (["plan"], "argumen INSTANCE belum diisi"),
        (["plan", "tiny-2", "--sed", "1"], "tidak ada pilihan --sed"),
        (["plan", "tiny-2", "--seed", "x"], "nilai keliru untuk --seed: seharusnya bilangan bulat"),
        (["plan", "tiny-2", "--scenarios", "1"], "nilai keliru untuk --scenarios: seharusnya 2 atau lebih"),
        (["plan", "tiny-2", "--solver", "x"], "nilai keliru untuk --solver: 'x' bukan salah satu dari 'highs', 'cbc'"),
        (["plan", "tiny-2", "--orders"], "--orders memerlukan --out DIR"),
        (["plan", "tiny-2", "tiny-2"], "tidak ada tempat untuk: tiny-2"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_use_is_told_in_indonesian(words: list[str], told: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Pemakaian keliru: {told}" in done.stderr
    assert "Usage" not in done.stderr


def test_a_fault_of_an_unknown_form_stays_as_it_is() -> None:
    assert language("id")(translate_fault("Something new went wrong.")) == "Something new went wrong."
