"""Workbooks as planners and others break them, each with the faults that must be told: code, cell, a word of repair.

Each begins as the small instance written out, cell by cell, and gets one or a few changes. ``python tests/broken.py
FOLDER`` writes them all, to be looked at in a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from conftest import small_instance

from optimiser.write.template import write_template

Cells = dict[str, list[list[Any]]]


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
    book = python_calamine.load_workbook(io.BytesIO(_sound()))
    names = [name for name in book.sheet_names if name not in ("readme", "_lists")]
    return Book({name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names})


@dataclass(frozen=True)
class Broken:
    """A broken workbook.

    Attributes
    ----------
    faults : code, place and a word of the repair, in any order.
    """

    name: str
    make: Callable[[], bytes]
    faults: tuple[tuple[str, str, str], ...]


ALL: list[Broken] = []


def broken(*faults: tuple[str, str, str]) -> Callable[[Callable[[Book], bytes | None]], None]:
    """Register a change of the small workbook, or bytes of its own, with the faults it must bring."""

    def register(change: Callable[[Book], bytes | None]) -> None:
        def make() -> bytes:
            book = small_book()
            return change(book) or book.write()

        ALL.append(Broken(change.__name__.replace("_", "-"), make, faults))

    return register


# ---------------------------------------------------------------- single values


@broken(("out-of-range", "sectors!K3", "limits"))
def negative_capacity(book: Book) -> None:
    book.set("sectors", "kpu", "staging_capacity", -20)


@broken(("wrong-type", "teams!E4", "type"))
def half_a_team(book: Book) -> None:
    book.set("teams", "dalmas", "count", 2.5)


@broken(("wrong-type", "gatherings!C3", "type"))
def thousands_that_may_be_decimals(book: Book) -> None:
    book.set("gatherings", "recount", "turnout", "1.500")


@broken(("bad-clock", "gatherings!H3", "14:30"), ("bad-clock", "triggers!D3", "14:30"))
def clock_in_words_and_as_a_number(book: Book) -> None:
    book.set("gatherings", "recount", "arrives", "half past two")
    book.set("triggers", "result", "at", 16.3)


@broken(("bad-date", "settings!B8", "2024-08-20 13:00"))
def date_in_words(book: Book) -> None:
    book.set("settings", "period.start", "value", "20 Agustus 2024")


@broken(("not-a-choice", "gatherings!T3", "choose"), ("wrong-type", "sectors!M4", "type"))
def words_that_are_no_choice(book: Book) -> None:
    book.set("gatherings", "recount", "comes_as", "blue")
    book.set("sectors", "market", "exit_open", "perhaps")


@broken(("bad-identifier", "posts!A3", "rename"))
def capitals_in_a_short_name(book: Book) -> None:
    book.set("posts", "polres", "id", "Polres OKU")


@broken(("range-order", "gatherings!C3", "low"))
def low_above_the_value(book: Book) -> None:
    book.set("gatherings", "recount", "turnout.low", 500)


@broken(("missing-field", "gatherings!C3", "fill"))
def a_range_without_a_value(book: Book) -> None:
    book.set("gatherings", "recount", "turnout", "")


@broken(("cell-error", "sectors!H4", "formula"))
def formula_that_shows_an_error(book: Book) -> None:
    book.set("sectors", "market", "public", Formula("=1/0|#DIV/0!"))


@broken(("cell-error", "posts!G3", "write the value"))
def formula_that_was_never_calculated(book: Book) -> None:
    book.set("posts", "polres", "staging_capacity", Formula("=60*2|"))


# ---------------------------------------------------------------- sheets and headers


@broken(("unknown-sheet", "sektor", "did you mean 'sectors'?"), ("missing-field", "sectors", "add the sheet"))
def sheet_in_another_language(book: Book) -> None:
    book.sheets = {{"sectors": "sektor"}.get(name, name): lines for name, lines in book.sheets.items()}
    for name in ("critical", "officials", "limits", "itinerary"):
        book.sheets[name] = book.sheets[name][:2]
    del book.sheets["gatherings"]


@broken(("missing-field", "teams", "add the sheet"))
def sheet_left_out(book: Book) -> None:
    del book.sheets["teams"]


@broken(("unknown-field", "sectors!H1", "did you mean 'public'?"))
def column_misspelt(book: Book) -> None:
    book.rename("sectors", "public", "publik")


@broken(("forbidden-field", "gatherings!V1", "never a sign of threat"), ("forbidden-field", "teams!K1", "out of scope"))
def columns_for_opinion_and_arms(book: Book) -> None:
    book.widen("gatherings", "candidate_support", 0.6)
    book.widen("teams", "firearms", 2)


@broken(("unknown-field", "sectors!R1", "a sheet of its own"))
def column_that_is_a_sheet(book: Book) -> None:
    book.widen("sectors", "critical", "10:00")


@broken(("missing-header", "posts!A1", "headers"))
def header_removed(book: Book) -> None:
    del book.sheets["posts"][:2]


@broken(("missing-header", "sectors!R1", "name the column"))
def values_beside_the_table(book: Book) -> None:
    book.widen("sectors", "", "ask the chief")


@broken(("missing-field", "roles!A1", "add the column"))
def column_left_out(book: Book) -> None:
    book.drop("roles", "phases")


@broken(("duplicate-key", "teams!K1", "remove or rename"))
def column_twice(book: Book) -> None:
    book.widen("teams", "count", 4)


@broken(("merged-cells", "teams!F4", "unmerge"))
def merged_homes(book: Book) -> None:
    row, column = book.find("teams", "dalmas", "home")
    book.sheets["teams"][row + 1][column] = ""
    book.set("teams", "brimob", "home", "polres")
    book.merged.append(("teams", row, column, row, column + 1))
    book.set("teams", "dalmas", "available", "")


# ---------------------------------------------------------------- things that name each other


@broken(("unknown-role", "teams!C4", "did you mean 'line'?"), ("unknown-post", "vehicles!D3", "name one"))
def names_that_lead_nowhere(book: Book) -> None:
    book.set("teams", "dalmas", "role", "lines")
    book.set("vehicles", "truck", "home", "garage")


@broken(("unknown-sector", "critical!A4", "did you mean 'market'?"), ("bad-clock", "critical!C4", "14:30"))
def row_of_a_sector_that_is_not_there(book: Book) -> None:
    book.add("critical", sector="markt", name="Count", start="tomorrow", end="15:00")


@broken(("missing-field", "itinerary!A5", "fill"))
def stop_of_nobody(book: Book) -> None:
    book.add("itinerary", sector="kpu", stay=10)


@broken(("duplicate-key", "officials!A4", "remove one"), ("duplicate-key", "limits!B4", "remove one"))
def two_officials_and_two_limits(book: Book) -> None:
    book.add("officials", sector="kpu", name="Another")
    book.add("limits", sector="kpu", role="talk", minimum=1)


@broken(("duplicate-id", "posts!A4", "sectors!A4"))
def one_name_for_two_places(book: Book) -> None:
    book.add("posts", id="market", name="Yard", x=1, y=2)


@broken(("time-outside", "gatherings!H3", "settings!B8"), ("time-order", "critical!D3", "exchange"))
def times_that_do_not_fit(book: Book) -> None:
    book.set("gatherings", "recount", "arrives", dt.time(7, 0))
    book.set("critical", "kpu", "end", dt.time(13, 10))


@broken(("too-few", "gatherings!A4", "the sheet itinerary"))
def gathering_that_goes_nowhere(book: Book) -> None:
    book.add("gatherings", id="prayer", name="Prayer", turnout=100, arrives=dt.time(14, 0))


@broken(("missing-coordinates", "sectors!A4", "add"))
def half_a_position(book: Book) -> None:
    book.set("sectors", "market", "y", "")


@broken(("matrix-places", "matrix!A3", "same order"), ("matrix-diagonal", "matrix!B2", "set it to 0"))
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


@broken(("unknown-field", "settings!A6", "did you mean 'cap'?"), ("missing-field", "settings!A1", "add its row"))
def setting_misspelt(book: Book) -> None:
    book.set("settings", "cap", "field", "capp")


@broken(
    ("duplicate-key", "doctrine!A24", "row 3"),
    ("unknown-constant", "law!A50", "did you mean 'clash'?"),
    ("waiting-marks", "waiting_marks!A5", "sort"),
)
def rules_that_clash(book: Book) -> None:
    book.add("doctrine", field="lapis", value=4)
    book.sheets["doctrine"].insert(9, ["# a row that is not read"] + [""] * 8)
    book.add("law", field="clashes", value=1)
    book.sheets["law"].insert(1, [""] * 9)
    book.sheets["waiting_marks"][4][0] = 20


@broken(
    ("out-of-range", "settings!B6", "limits"),
    ("unknown-field", "sectors!H1", "public"),
    ("unknown-role", "teams!C3", "talk"),
    ("time-outside", "triggers!D3", "settings"),
)
def many_faults_at_once(book: Book) -> None:
    book.set("settings", "cap", "value", -1)
    book.rename("sectors", "public", "publik")
    book.set("teams", "nego", "role", "tlak")
    book.set("triggers", "result", "at", dt.time(23, 0))


# ---------------------------------------------------------------- no workbooks


@broken(("not-a-workbook", "(file)", ".xlsx"))
def text_with_another_ending(book: Book) -> bytes:
    return b"sector;heads\nkpu;20\n"


@broken(("not-a-workbook", "(file)", "unencrypted"))
def old_or_encrypted(book: Book) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


@broken(("not-a-workbook", "(file)", ".xlsx"))
def cut_off(book: Book) -> bytes:
    return book.write()[:-100]


@broken(("not-a-workbook", "(file)", ".xlsx"))
def archive_of_something_else(book: Book) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<none/>")
    return stream.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in ALL:
        (folder / f"{one.name}.xlsx").write_bytes(one.make())
