"""How the broken workbooks in ``tests/data/faults`` were made, and how to make another.

Each began as the small instance written out, cell by cell, and got one or a few changes, as planners and others break
workbooks. The tests read the stored files and not these recipes: a file stays as it is when the format grows, as the
files of planners do. For a new one write a recipe here and call ``python tests/support/faulty_workbooks.py its-name``,
which stores the file and prints what is said of it now; what should be said of it goes into
``tests/data/faults/expected.toml`` by hand.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from support.small import small_instance

from optimiser.common.errors import InputFault
from optimiser.files.read import read
from optimiser.output.excel.template import write_template

Cells = dict[str, list[list[Any]]]
FOLDER = Path(__file__).parents[1] / "data/faults"
STORED = sorted(file for file in FOLDER.iterdir() if file.name != "expected.toml")
EXPECTED: dict[str, list[tuple[str, str, str]]] = {  # by file: code, place, words of the repair
    name: [(code, place, words) for code, place, words in entry["faults"]]
    for name, entry in tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8")).items()
}
SPARE = ("vehicles", "triggers", "pins", "travel", "closures", "doctrine", "waiting_marks", "objective")
SPARE += ("law", "limits")  # what an instance can do without
MADE = dt.datetime(2024, 1, 1)  # so that a recipe makes the same bytes each time


class Formula(str):
    """A formula, with its saved result after a bar; none where nothing follows."""


@dataclass
class Book:
    """Sheets that can be changed before they are written."""

    sheets: Cells
    merged: list[tuple[str, int, int, int, int]] = field(default_factory=list)

    def find(self, sheet: str, row: str, column: str) -> tuple[int, int]:
        """Find a cell by the first cell of its row and by its header."""
        cells = self.sheets[sheet]
        return next(n for n, line in enumerate(cells) if line[0] == row), cells[0].index(column)

    def set(self, sheet: str, row: str, column: str, value: Any) -> None:
        r, c = self.find(sheet, row, column)
        self.sheets[sheet][r][c] = value

    def add(self, sheet: str, **values: Any) -> None:
        header = self.sheets[sheet][0]
        self.sheets[sheet].append([values.get(str(name), "") for name in header])

    def rename(self, sheet: str, column: str, name: str) -> None:
        header = self.sheets[sheet][0]
        header[header.index(column)] = name

    def drop(self, sheet: str, column: str) -> None:
        number = self.sheets[sheet][0].index(column)
        for line in self.sheets[sheet]:
            del line[number]

    def widen(self, sheet: str, name: str, value: Any) -> None:
        for number, line in enumerate(self.sheets[sheet]):
            line.append(name if number == 0 else value if number == 2 else "")

    def write(self) -> bytes:
        stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        file = xlsxwriter.Workbook(stream, options)
        file.set_properties({"created": MADE})
        clock, date = file.add_format({"num_format": "hh:mm"}), file.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, lines in self.sheets.items():
            sheet = file.add_worksheet(name)
            for r, line in enumerate(lines):
                for c, value in enumerate(line):
                    if isinstance(value, Formula):
                        text, _, result = value.partition("|")
                        sheet.write_formula(r, c, text, None, float(result) if result[:1].isdigit() else result)
                    elif isinstance(value, dt.time | dt.datetime):
                        sheet.write_datetime(r, c, value, date if isinstance(value, dt.datetime) else clock)
                    elif value != "":
                        sheet.write(r, c, value)
            for where in self.merged:
                if where[0] == name:
                    sheet.merge_range(*where[1:], lines[where[1]][where[2]])
        file.close()
        return stream.getvalue()


@cache
def _sound() -> bytes:
    return write_template(small_instance())


def small_book() -> Book:
    """Give the small instance as sheets of plain values."""
    return as_book(_sound())


def as_book(raw: bytes) -> Book:
    """Give a workbook as sheets of plain values."""
    book = python_calamine.load_workbook(io.BytesIO(raw))
    names = [name for name in book.sheet_names if name not in ("readme", "_lists")]
    return Book({name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names})


Recipe = Callable[[Book], bytes | None]
RECIPES: dict[str, Recipe] = {}


def recipe(change: Recipe) -> Recipe:
    """List a change of the small workbook, or bytes of its own, by the name of the file that it makes."""
    RECIPES[change.__name__.replace("_", "-")] = change
    return change


def make(name: str) -> bytes:
    """Make a broken workbook, the same bytes each time; sheets of no matter are left out, so that it is small."""
    book, sound = small_book(), small_book()
    own = RECIPES[name](book)
    for sheet, lines in sound.sheets.items():
        if book.sheets.get(sheet) == lines and (len(lines) <= 2 or sheet in SPARE):
            del book.sheets[sheet]
    return own or book.write()


# ---------------------------------------------------------------- single values


@recipe
def negative_capacity(book: Book) -> None:
    book.set("sectors", "kpu", "staging_capacity", -20)


@recipe
def half_a_team(book: Book) -> None:
    book.set("teams", "dalmas", "count", 2.5)


@recipe
def thousands_that_may_be_decimals(book: Book) -> None:
    book.set("gatherings", "recount", "turnout", "1.500")


@recipe
def clock_in_words_and_as_a_number(book: Book) -> None:
    book.set("gatherings", "recount", "arrives", "half past two")
    book.set("triggers", "result", "at", 16.3)


@recipe
def date_in_words(book: Book) -> None:
    book.set("settings", "period.start", "value", "20 Agustus 2024")


@recipe
def words_that_are_no_choice(book: Book) -> None:
    book.set("gatherings", "recount", "comes_as", "blue")
    book.set("sectors", "market", "exit_open", "perhaps")


@recipe
def capitals_in_a_short_name(book: Book) -> None:
    book.set("posts", "polres", "id", "Polres OKU")


@recipe
def low_above_the_value(book: Book) -> None:
    book.set("gatherings", "recount", "turnout.low", 500)


@recipe
def a_range_without_a_value(book: Book) -> None:
    book.set("gatherings", "recount", "turnout", "")


@recipe
def formula_that_shows_an_error(book: Book) -> None:
    book.set("sectors", "market", "public", Formula("=1/0|#DIV/0!"))


@recipe
def formula_that_was_never_calculated(book: Book) -> None:
    book.set("posts", "polres", "staging_capacity", Formula("=60*2|"))


# ---------------------------------------------------------------- sheets and headers


@recipe
def sheet_in_another_language(book: Book) -> None:
    book.sheets = {{"sectors": "sectores"}.get(name, name): lines for name, lines in book.sheets.items()}
    for name in ("critical", "officials", "limits", "itinerary"):
        book.sheets[name] = book.sheets[name][:2]
    del book.sheets["gatherings"]


@recipe
def sheet_left_out(book: Book) -> None:
    del book.sheets["teams"]


@recipe
def column_misspelt(book: Book) -> None:
    book.rename("sectors", "public", "publik")


@recipe
def columns_for_opinion_and_arms(book: Book) -> None:
    book.widen("gatherings", "candidate_support", 0.6)
    book.widen("teams", "firearms", 2)


@recipe
def column_that_is_a_sheet(book: Book) -> None:
    book.widen("sectors", "critical", "10:00")


@recipe
def header_removed(book: Book) -> None:
    del book.sheets["posts"][:2]


@recipe
def values_beside_the_table(book: Book) -> None:
    book.widen("sectors", "", "ask the chief")


@recipe
def column_left_out(book: Book) -> None:
    book.drop("roles", "phases")


@recipe
def column_twice(book: Book) -> None:
    book.widen("teams", "count", 4)


@recipe
def merged_homes(book: Book) -> None:
    row, column = book.find("teams", "dalmas", "home")
    book.sheets["teams"][row + 1][column] = ""
    book.set("teams", "brimob", "home", "polres")
    book.merged.append(("teams", row, column, row, column + 1))
    book.set("teams", "dalmas", "available", "")


# ---------------------------------------------------------------- things that name each other


@recipe
def names_that_lead_nowhere(book: Book) -> None:
    book.set("teams", "dalmas", "role", "lines")
    book.set("vehicles", "truck", "home", "garage")


@recipe
def row_of_a_sector_that_is_not_there(book: Book) -> None:
    book.add("critical", sector="markt", name="Count", start="tomorrow", end="15:00")


@recipe
def stop_of_nobody(book: Book) -> None:
    book.add("itinerary", sector="kpu", stay=10)


@recipe
def two_officials_and_two_limits(book: Book) -> None:
    book.add("officials", sector="kpu", name="Another")
    book.add("limits", sector="kpu", role="talk", minimum=1)


@recipe
def one_name_for_two_places(book: Book) -> None:
    book.add("posts", id="market", name="Yard", x=1, y=2)


@recipe
def times_that_do_not_fit(book: Book) -> None:
    book.set("gatherings", "recount", "arrives", dt.time(7, 0))
    book.set("critical", "kpu", "end", dt.time(13, 10))


@recipe
def gathering_that_goes_nowhere(book: Book) -> None:
    book.add("gatherings", id="prayer", name="Prayer", turnout=100, arrives=dt.time(14, 0))


@recipe
def half_a_position(book: Book) -> None:
    book.set("sectors", "market", "y", "")


@recipe
def matrix_out_of_order(book: Book) -> None:
    book.set("travel", "kind", "value", "matrix")
    book.sheets["matrix"] = [
        ["[km]", "kpu", "market", "polres", "martapura"],
        ["kpu", 1, 2, 1, 20],
        ["polres", 2, 0, 1, 18],
        ["polres", 1, 1, 0, 19],
        ["martapura", 20, 18, 19, 0],
    ]
    book.sheets["closures"] = book.sheets["closures"][:2]


# ---------------------------------------------------------------- fields and constants


@recipe
def setting_misspelt(book: Book) -> None:
    book.set("settings", "cap", "field", "capp")


@recipe
def rules_that_clash(book: Book) -> None:
    book.add("doctrine", field="lapis", value=4)
    book.sheets["doctrine"].insert(9, ["# a row that is not read"] + [""] * 8)
    book.add("law", field="clashes", value=1)
    book.sheets["law"].insert(1, [""] * 9)
    book.sheets["waiting_marks"][4][0] = 20


@recipe
def many_faults_at_once(book: Book) -> None:
    book.set("settings", "cap", "value", -1)
    book.rename("sectors", "public", "publik")
    book.set("teams", "nego", "role", "tlak")
    book.set("triggers", "result", "at", dt.time(23, 0))


# ---------------------------------------------------------------- no workbooks


@recipe
def text_with_another_ending(book: Book) -> bytes:
    return b"sector;heads\nkpu;20\n"


@recipe
def old_or_encrypted(book: Book) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


@recipe
def cut_off(book: Book) -> bytes:
    return book.write()[:-100]


@recipe
def archive_of_something_else(book: Book) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), "<none/>")  # without the time of today
    return stream.getvalue()


def _store(name: str) -> None:
    file = FOLDER / f"{name}.xlsx"
    file.write_bytes(make(name))
    try:
        read(file)
    except InputFault as refused:
        print(refused)
    else:
        print(f"{file}: no faults")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(set(RECIPES) - {file.stem for file in FOLDER.glob("*.xlsx")}):
        _store(name)
