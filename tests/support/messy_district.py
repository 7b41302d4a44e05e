"""A district as a planner types it into the empty workbook: in Indonesian, and with what goes wrong in typing.

`sound_district` is the workbook as it was meant. `MESS` lists what is wrong in the messy one, cell by cell, and what
must be said of it. `TYPED` lists what is typed in people's way and understood.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from support.faulty_workbooks import Book, Formula, as_book

from optimiser.files.workbook.cells import name_cell
from optimiser.output.excel.template import write_template

Said = tuple[str, str, str]  # code, place and words of the repair
PHASES = "green, yellow, red"
ROWS: dict[str, list[dict[str, Any]]] = {
    "sectors": [
        {"id": "kpu", "name": "Kantor KPU Kabupaten", "lat": -4.13, "lon": 104.17, "ring": 1, "records": 12}
        | {"property": 20, "traffic_need": 4, "spill_to": "pasar", "source": "denah Bagops"},
        {"id": "bawaslu", "name": "Kantor Bawaslu", "lat": -4.12, "lon": 104.18, "ring": 1, "records": 2},
        {"id": "dprd", "name": "Gedung DPRD", "lat": -4.11, "lon": 104.16, "ring": 2, "property": 30},
        {"id": "pasar", "name": "Pasar Baru", "lat": -4.14, "lon": 104.19, "ring": 3, "public": 800, "property": 60},
        {"id": "terminal", "name": "Terminal", "lat": -4.106, "lon": 104.138, "ring": 3, "public": 300, "cover": 1},
    ],
    "critical": [
        {"sector": "kpu", "name": "Rekapitulasi", "start": dt.time(9, 0), "end": dt.time(16, 0), "restart": 45},
        {"sector": "bawaslu", "name": "Sidang", "start": dt.time(10, 0), "end": dt.time(12, 0)},
    ],
    "officials": [
        {"sector": "kpu", "name": "Ketua KPU", "chance": 0.4, "after": 45, "staff": 30},
        {"sector": "dprd", "name": "Ketua DPRD", "chance": 0.6, "after": 30},
    ],
    "limits": [
        {"sector": "kpu", "role": "nego", "minimum": 1, "maximum": 2},
        {"sector": "kpu", "role": "lanjut", "maximum": 2},
    ],
    "posts": [
        {"id": "mapolres", "name": "Mapolres", "lat": -4.125, "lon": 104.17, "staging_capacity": 300, "mobile": 0.5},
        {"id": "polsek-kota", "name": "Polsek Kota", "lat": -4.13, "lon": 104.15, "staging_capacity": 80},
    ],
    "roles": [
        {"id": "nego", "name": "Negosiator", "phases": PHASES, "dialogue": 1},
        {
            "id": "awal",
            "name": "Dalmas awal",
            "phases": "green, yellow",
            "containment.green": 1,
            "containment.yellow": 1,
        },
        {"id": "lanjut", "name": "Dalmas lanjut", "phases": "yellow, red", "containment.yellow": 1.5}
        | {"containment.red": 1, "visibility": 0.7},
        {"id": "lantas", "name": "Lantas", "phases": PHASES, "traffic": 1, "stands": "sectors"},
        {"id": "dokkes", "name": "Dokkes", "phases": PHASES, "medical": 1},
        {"id": "padal", "name": "Padal", "phases": PHASES, "officer": "ya"},
    ],
    "teams": [
        {"id": "tim-nego", "name": "Tim negosiator", "role": "nego", "size": 3, "count": 4, "home": "mapolres"},
        {"id": "regu-awal", "name": "Regu Dalmas awal", "role": "awal", "size": 10, "count": 6, "home": "mapolres"},
        {
            "id": "regu-lanjut",
            "name": "Regu Dalmas lanjut",
            "role": "lanjut",
            "size": 10,
            "count": 4,
            "home": "mapolres",
        },
        {"id": "regu-lantas", "name": "Regu lantas", "role": "lantas", "size": 4, "count": 5, "home": "polsek-kota"},
        {"id": "tim-dokkes", "name": "Tim Dokkes", "role": "dokkes", "size": 3, "count": 2, "home": "mapolres"},
        {"id": "perwira", "name": "Padal dan operator", "role": "padal", "size": 2, "count": 7, "home": "mapolres"},
        {"id": "regu-malam", "name": "Regu malam", "role": "awal", "size": 10, "count": 1, "home": "polsek-kota"}
        | {"available": dt.time(14, 0), "fitness": 0.9},
    ],
    "vehicles": [
        {"id": "truk", "name": "Truk Dalmas", "count": 2, "home": "mapolres", "crew": 2, "seats": 30, "speed": 40},
        {"id": "awc", "name": "AWC", "count": 1, "home": "mapolres", "crew": 4, "water_cannon": "ya", "endurance": 8}
        | {"refill": 30, "escort_role": "lanjut", "escort": 4, "speed": 30},
        {"id": "ambulans", "name": "Ambulans", "count": 2, "home": "mapolres", "crew": 2, "medical": 2},
    ],
    "gatherings": [
        {"id": "massa-a", "name": "Massa hitung ulang", "turnout": 800, "turnout.low": 400, "turnout.high": 1500}
        | {"arrives": dt.time(9, 30), "tension": 0.6, "liaison": "ya", "groups": 3},
        {"id": "massa-b", "name": "Massa pendamping", "turnout": 300, "arrives": dt.time(10, 0), "tension": 0.4},
        {"id": "doa", "name": "Doa bersama", "turnout": 150, "arrives": dt.time(13, 0), "tension": 0.15, "late": 15},
    ],
    "itinerary": [
        {"gathering": "massa-a", "sector": "terminal", "stay": 40},
        {"gathering": "massa-a", "sector": "kpu", "stay": 180},
        {"gathering": "massa-b", "sector": "bawaslu", "stay": 120},
        {"gathering": "doa", "sector": "pasar", "stay": 60},
    ],
    "triggers": [
        {"id": "hasil", "name": "Hasil dibacakan", "kind": "announcement", "at": dt.time(14, 0), "tension": 0.2}
        | {"sectors": "kpu, bawaslu", "chance": 0.8},
        {"id": "isu", "name": "Isu kotak suara", "kind": "rumour", "at": dt.time(11, 0), "chance": 0.5},
    ],
    "reinforcements": [
        {"id": "brimob", "name": "Brimob", "lat": -4.3, "lon": 104.36, "team": "regu-lanjut", "teams": 3, "delay": 30},
    ],
    "pins": [
        {"place": "kpu", "what": "tim-nego", "at_least": 1, "at_most": 3, "why": "perintah Kapolres"},
        {"place": "mapolres", "what": "awal", "at_least": 2},
    ],
    "closures": [{"a": "kpu", "b": "pasar", "start": dt.time(10, 0), "end": dt.time(15, 0)}],
    "waiting_marks": [{"after": 15}, {"after": 30}, {"after": 60}],
}
FIELDS: dict[str, dict[str, Any]] = {
    "settings": {
        "name": "kabupaten-contoh",
        "title": "Pengamanan rekapitulasi kabupaten contoh",
        "cap": 200,
        "period.start": dt.datetime(2024, 11, 27, 8, 0),
        "period.hours": 9,
    },
    "travel": {"kind": "coordinates", "detour": 1.3, "form_up": 5},
    "doctrine": {"lapis": 5, "lintas": 8, "required_risk": 0.85, "officer_per_sector": "ya", "order_red": 20},
    "objective": {"injury": 10, "tail": 0.9},
    "law": {"clash": 0.06},
}


@dataclass(frozen=True)
class Slip:
    """One thing that is wrong: the cell by its row and header, what stands there, and what must be said of it."""

    sheet: str
    row: str  # first cell of the row, ``kpu`` or ``kpu#2`` for the second row that begins so; empty for the header
    column: str
    typed: Any
    code: str
    repair: str  # words of it


@cache
def _sound() -> Book:
    book = as_book(write_template(None))
    for sheet, rows in ROWS.items():
        for row in rows:
            book.add(sheet, **row)
    for sheet, fields in FIELDS.items():
        for name, value in fields.items():
            book.set(sheet, name, "value", value)
    return book


def sound_district() -> Book:
    """Give the workbook as it was meant."""
    return copy.deepcopy(_sound())


def find_row(book: Book, sheet: str, row: str) -> int:
    """Find a row by its first cell; ``kpu#2`` is the second one that begins so."""
    name, _, number = row.partition("#")
    found = [n for n, line in enumerate(book.sheets[sheet]) if str(line[0]) == name]
    return found[int(number or 1) - 1]


def cell_of(book: Book, sheet: str, row: str, column: str) -> str:
    """Name a cell of the sound workbook by its row and header."""
    return name_cell(sheet, find_row(book, sheet, row) if row else 0, book.sheets[sheet][0].index(column))


MESS = (
    # the sheet of settings
    Slip("settings", "cap", "field", "capp", "unknown-field", "did you mean 'cap'?"),
    Slip("doctrine", "lintas", "value", "jam 9", "wrong-type", "2 h 30 min"),
    Slip("settings", "name", "value", "Kabupaten Contoh", "bad-identifier", "kabupaten-contoh"),
    Slip("settings", "title", "value", "", "missing-field", "fill"),
    # headers
    Slip("sectors", "", "property", "proprty", "unknown-field", "did you mean 'property'?"),
    Slip("teams", "", "size", "sizee", "unknown-field", "did you mean 'size'?"),
    # short names, and names that lead nowhere
    Slip("sectors", "dprd", "id", "Gedung DPRD", "bad-identifier", "write it as gedung-dprd"),
    Slip("sectors", "kpu", "spill_to", "pasr", "unknown-sector", "did you mean 'pasar' (sectors!A6)?"),
    Slip("teams", "tim-nego", "home", "Polres", "unknown-post", "did you mean 'mapolres' (posts!A3)?"),
    Slip("teams", "regu-lantas", "role", "Satlantas", "unknown-role", "did you mean 'lantas' (roles!A6)?"),
    Slip("teams", "regu-awal", "home", "gudang", "unknown-post", "name one, or add it"),
    Slip("vehicles", "truk", "home", "Polsek Kota", "bad-identifier", "write it as polsek-kota"),
    Slip("vehicles", "awc", "escort_role", "Dalmas lanjut", "bad-identifier", "did you mean 'lanjut' (roles!A5)?"),
    Slip("critical", "bawaslu", "sector", "bawslu", "unknown-sector", "did you mean 'bawaslu' (sectors!A4)?"),
    Slip("officials", "dprd", "sector", "Ketua", "unknown-sector", "name one"),
    Slip("limits", "kpu#2", "role", "lanjutan", "unknown-role", "did you mean 'lanjut' (roles!A5)?"),
    Slip(
        "itinerary", "massa-a", "gathering", "massa-aa", "unknown-gathering", "did you mean 'massa-a' (gatherings!A3)?"
    ),
    Slip("itinerary", "doa", "sector", "alun-alun", "unknown-sector", "name one, or add it"),
    Slip("triggers", "hasil", "sectors", "kpu, bawaslo", "unknown-sector", "did you mean 'bawaslu' (sectors!A4)?"),
    Slip("reinforcements", "brimob", "team", "regu-lanjt", "unknown-team", "did you mean 'regu-lanjut' (teams!A5)?"),
    Slip("pins", "mapolres", "what", "dalmas", "unknown-kind", "name one"),
    Slip("closures", "kpu", "b", "Pasar Baru", "bad-identifier", "did you mean 'pasar' (sectors!A6)?"),
    Slip("posts", "polsek-kota", "id", "kpu", "duplicate-id", "sectors!A3 has it"),
    # numbers
    Slip("sectors", "pasar", "public", "1.500", "wrong-type", "write 1500 if thousands are meant"),
    Slip("sectors", "terminal", "public", "200-300", "wrong-type", "200 into the column .low"),
    Slip("sectors", "bawaslu", "records", "±2", "wrong-type", "how far it may be off"),
    Slip("sectors", "bawaslu", "ring", 7, "out-of-range", "limits"),
    Slip("officials", "kpu", "chance", 40, "out-of-range", "write 0.4 if 40 % is meant"),
    Slip("posts", "mapolres", "staging_capacity", -300, "out-of-range", "limits"),
    Slip("teams", "regu-lanjut", "count", 2.5, "wrong-type", "write 2 or 3"),
    Slip("teams", "tim-dokkes", "count", "-", "wrong-type", "leave the cell empty"),
    Slip("gatherings", "massa-a", "turnout", 300, "range-order", "low"),
    Slip("gatherings", "massa-b", "turnout", "banyak", "wrong-type", "write a number"),
    Slip("vehicles", "ambulans", "count", Formula("=2/0|#DIV/0!"), "cell-error", "correct the formula"),
    Slip("vehicles", "awc", "endurance", Formula("=4*2|"), "cell-error", "write the value itself"),
    Slip("roles", "dokkes", "medical", "#N/A", "wrong-type", "write a number"),
    Slip("doctrine", "required_risk", "value", 1.85, "out-of-range", "limits"),
    Slip("law", "clash", "value", -1, "constant-range", "plausible"),
    Slip("waiting_marks", "30", "after", 10, "waiting-marks", "sort"),
    # times
    Slip("critical", "kpu", "end", "9 jam", "bad-clock", "'9 jam' is a duration; write 09:00"),
    Slip("gatherings", "massa-a", "arrives", 9.4, "bad-clock", "did you mean 09:40?"),
    Slip("gatherings", "doa", "arrives", dt.time(18, 30), "time-outside", "period"),
    Slip("triggers", "isu", "at", "11.00-12.00", "bad-clock", "one time"),
    Slip("teams", "regu-malam", "available", dt.datetime(2024, 11, 28, 14, 0), "time-outside", "correct the date"),
    Slip("closures", "kpu", "end", dt.time(9, 0), "time-order", "correct it"),
    # choices
    Slip("roles", "awal", "phases", "hijau, kuning, biru", "not-a-choice", "choose"),
    Slip("roles", "padal", "officer", "kadang", "wrong-type", "write yes or no"),
    Slip("triggers", "isu", "kind", "gosip", "not-a-choice", "choose"),
    Slip("pins", "kpu", "at_least", 4, "minimum-above-maximum", "correct"),
    Slip("limits", "kpu", "minimum", 3, "minimum-above-maximum", "correct"),
)


def _note(book: Book) -> Said:
    book.widen("gatherings", "", "cek ke Intelkam")
    return (
        "missing-header",
        name_cell("gatherings", 0, len(book.sheets["gatherings"][0]) - 1),
        "begin its header with #",
    )


def _sheet(book: Book) -> Said:
    book.sheets = {"reinforcement" if name == "reinforcements" else name: rows for name, rows in book.sheets.items()}
    return "unknown-sheet", "reinforcement", "did you mean 'reinforcements'?"


def _own_sheet(book: Book) -> Said:
    book.sheets["catatan"] = [["nomor telepon", "nama"], ["0812", "Kasat"]]
    return "unknown-sheet", "catatan", "begin its name with _"


def _opinion(book: Book) -> Said:
    book.widen("triggers", "paslon", "01")
    return "forbidden-field", name_cell("triggers", 0, len(book.sheets["triggers"][0]) - 1), "never a sign of threat"


def _merged(book: Book) -> Said:
    row, column = find_row(book, "itinerary", "massa-b"), book.sheets["itinerary"][0].index("stay")
    book.sheets["itinerary"][row + 1][column] = ""
    book.merged.append(("itinerary", row, column, row + 1, column))
    return "merged-cells", name_cell("itinerary", row, column), "unmerge"


WIDER: tuple[Callable[[Book], Said], ...] = (_note, _own_sheet, _opinion, _merged, _sheet)

TYPED = (  # sheet, row, column, what is typed, and what is read: understood, whatever else is wrong
    ("settings", "period.start", "value", "Rabu, 27/11/2024 08.00 WIB", "2024-11-27T08:00:00"),
    ("doctrine", "order_red", "value", "20 menit", 20.0),
    ("travel", "detour", "value", "1,3", 1.3),
    ("critical", "kpu", "start", "jam 9", "09:00"),
    ("critical", "kpu", "restart", "45 mnt", 45.0),
    ("critical", "bawaslu", "start", "10.00 WIB", "10:00"),
    ("critical", "bawaslu", "end", "jam 12 siang", "12:00"),
    ("officials", "dprd", "chance", "60%", 0.6),
    ("settings", "period.hours", "value", "9 jam", 9.0),
    ("officials", "kpu", "after", "45 menit", 45.0),
    ("gatherings", "massa-b", "arrives", "pukul 10.00", "10:00"),
    ("posts", "mapolres", "mobile", "50 persen", 0.5),
    ("gatherings", "doa", "turnout", "150 orang", 150.0),
    ("gatherings", "massa-a", "turnout.high", "1.500,0", 1500.0),
    ("gatherings", "massa-a", "groups", "\uff13", 3),
    ("itinerary", "massa-a#2", "stay", "3 jam", 180.0),
    ("sectors", "kpu", "lat", "-4,130", -4.13),
    ("sectors", "pasar", "id", "PASAR", "pasar"),
    ("teams", "regu-malam", "home", " Polsek-Kota\u00a0", "polsek-kota"),
    ("teams", "regu-malam", "fitness", "90 %", 0.9),
    ("roles", "lanjut", "phases", "kuning; merah", None),
    ("triggers", "hasil", "kind", "pengumuman", "announcement"),
    ("vehicles", "awc", "speed", "30 km/jam", 30.0),
    ("vehicles", "awc", "water_cannon", "Ya", True),
)


def messy_district(
    slips: Sequence[Slip] = MESS, wider: Sequence[Callable[[Book], Said]] = WIDER
) -> tuple[Book, list[Said]]:
    """Give the messy workbook, and what must be said of it.

    Parameters
    ----------
    slips, wider : what is wrong in it.
    """
    sound, book = sound_district(), sound_district()
    expected: list[Said] = []
    for sheet, row, column, typed, _ in TYPED:
        book.sheets[sheet][find_row(sound, sheet, row)][sound.sheets[sheet][0].index(column)] = typed
    for slip in slips:
        number = find_row(sound, slip.sheet, slip.row) if slip.row else 0
        book.sheets[slip.sheet][number][sound.sheets[slip.sheet][0].index(slip.column)] = slip.typed
        expected.append((slip.code, cell_of(sound, slip.sheet, slip.row, slip.column), slip.repair))
    expected += [change(book) for change in wider]
    if "reinforcements" in book.sheets:
        return book, expected
    named = [(code, place.replace("reinforcements!", "reinforcement!"), repair) for code, place, repair in expected]
    return book, named
