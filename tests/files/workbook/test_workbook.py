"""Workbooks are read back as they were written, whatever is wrong is told by sheet and cell, and none can do harm."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.faulty_workbooks import FOLDER, Formula, as_book, small_book
from support.random_instances import worlds
from support.refusals import listed, refusal
from support.small import small_data, small_instance

from optimiser.common.language import language
from optimiser.files.examination import inspect
from optimiser.files.read import GROUPS, parse, parse_workbook, read, shipped
from optimiser.files.workbook import EXAMPLE, fill_sheets, lay_out, read_sheets
from optimiser.files.workbook.cells import CHOICES, WORDS, name_cell, take
from optimiser.files.workbook.layout import REFERS, Column
from optimiser.files.workbook.pages import LOOKED_AT
from optimiser.files.xlsx.archive import Archive
from optimiser.files.xlsx.moments import Moment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.excel.template import write_template

ONES = ["kaur-2005", "muratara-2024", "oku-250", "tiny-2", "infeasible/one-officer", "markov/markov-4-01"]


def same(one: Instance, other: Instance) -> bool:
    """Tell whether two instances are equal, ranges and sources of numbers included."""
    return one == other and one.model_dump(mode="json") == other.model_dump(mode="json")


def there_and_back(instance: Instance, code: Any = "en") -> Instance:
    book = read_sheets(write_template(instance, language(code)), "book")
    assert book.faults == []
    return Instance.model_validate(book.data, context=SHAPE_ONLY)


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("name", ONES)
def test_a_shipped_instance_comes_back_whole(name: str) -> None:
    instance = read(name)
    assert same(parse_workbook(write_template(instance), name), instance)


def untold(instance: Instance) -> Instance:
    """Leave out translations, which change sides where the other language is written."""
    return instance.altered(texts={}, told={})


@pytest.mark.long
def test_every_shipped_instance_comes_back_whole_in_both_languages() -> None:
    for group in ("", *GROUPS):
        for name in shipped(group):
            instance = read(name)
            assert same(parse_workbook(write_template(instance, language("en")), name), instance), name
            came = parse_workbook(write_template(instance, language("id")), name)
            assert same(untold(came), untold(instance.told_in("id"))), name
            assert same(untold(came.told_in("en")), untold(instance)), name  # the first language is kept beside it


@pytest.mark.slow
@settings(max_examples=6)
@given(worlds(), st.sampled_from(["en", "id"]))
def test_a_random_world_comes_back_whole(world: Any, code: str) -> None:
    instance = world[0]
    assert same(there_and_back(instance, code), instance)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40)
NAME = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)
SOURCE = st.none() | NAME


@st.composite
def amounts(some: st.DrawFn, least: float, most: float, whole: bool = False) -> Any:
    """Draw a number with or without a range and a source."""
    number = st.integers(int(least), int(most)) if whole else st.floats(least, most)
    low, value, high = sorted(some(st.tuples(number, number, number)))
    extras = {
        "low": some(st.sampled_from([low, None])),
        "high": some(st.sampled_from([high, None])),
        "source": some(SOURCE),
    }
    kept = {name: extra for name, extra in extras.items() if extra is not None}
    return {"value": value, **kept} if kept else value


@st.composite
def rich(some: st.DrawFn) -> Instance:
    """Draw an instance whose texts and numbers are as odd as they may be, with a matrix, ranges everywhere."""
    places = ["kpu", "market", "polres", "martapura"]
    data = small_data(title=some(NAME), about=some(TEXT), cap=some(amounts(1, 1000, True)), historical=some(SOURCE))
    data["sectors"][0] |= {"name": some(NAME), "property": some(amounts(0, 1e6)), "officer_post": some(SOURCE)}
    data["sectors"][0]["minimum"] = {"talk": some(amounts(0, 9, True))}
    data["sectors"][0]["official"]["promised"] = some(st.none() | amounts(0, 1440))
    data["gatherings"][0] |= {"turnout": some(amounts(0, 1e6)), "militant": {"red": some(amounts(0, 1))}}
    data["gatherings"][0]["arrives"] = f"{some(st.integers(0, 23)):02}:{some(st.integers(0, 59)):02}"
    data["pins"][0]["why"] = some(TEXT)
    data["doctrine"] = {"waiting_marks": some(st.lists(amounts(0, 1440), max_size=4)), "name": some(NAME)}
    data["law"] = {"clash": some(amounts(0, 1e6)), "spill": some(st.floats(-1e6, 1e6))}
    data["travel"] = {
        "kind": "matrix",
        "places": places,
        "km": [[some(amounts(0, 10_000)) for _ in places] for _ in places],
        "roads": [{"a": "kpu", "b": "fork", "km": some(amounts(0.001, 1000))}],
    }
    minutes = some(st.integers(0, 600_000))
    data["period"]["start"] = dt.datetime(2024, 1, 1) + dt.timedelta(minutes=minutes)
    return Instance.model_validate(data, context=SHAPE_ONLY)


@pytest.mark.slow
@settings(max_examples=10)
@given(rich())
def test_no_text_range_or_digit_is_lost(instance: Instance) -> None:
    assert same(there_and_back(instance), instance)


def test_a_range_that_is_lost_would_be_noticed() -> None:
    data = small_data()
    plain = small_data()
    plain["gatherings"][0]["turnout"] = 400
    assert parse(data) == parse(plain)  # numbers are equal, whatever they remember
    assert not same(parse(data), parse(plain))


def test_every_field_of_an_instance_stands_in_a_sheet() -> None:
    """Fill every field that a model has, and miss none of them in the sheets."""
    columns = {f"{sheet.base}.{column.path}".strip(".") for sheet in lay_out() for column in sheet.columns}
    lists = {"sectors[].critical", "sectors[].official", "gatherings[].itinerary", "travel.km", "travel.places"}
    lists |= {"travel.roads", "travel.closures", "doctrine.waiting_marks", "law", "texts"}
    lists |= {"told"}  # of the program alone: no file has it

    def walk(model: Any, base: str) -> list[str]:
        found: list[str] = []
        for name, info in model.model_fields.items():
            path = f"{base}.{name}".strip(".")
            inner = re.findall(r"optimiser\.instance\.(\w+)", str(info.annotation))
            if inner and path != "historical":
                import optimiser.model.instance as models

                found += walk(getattr(models, inner[0]), path)
            else:
                found.append(path)
        return found

    for path in walk(Instance, ""):
        short = re.sub(r"^(sectors|gatherings)\.(critical|official|itinerary|minimum|maximum)", r"\1[].\2", path)
        known = short in columns or short in lists or any(c.startswith(f"{short}.") for c in columns)
        assert known, f"no sheet has {path}"


def test_an_identifier_that_names_something_says_what() -> None:
    for sheet in lay_out():
        for column in sheet.columns:
            if column.kind == "identifier" and column.path not in ("id", "name"):
                assert column.refers in REFERS.values(), f"{sheet.name}.{column.path}"


def test_the_example_is_sound_and_has_a_line_of_everything() -> None:
    filled = {page.sheet.name: len(page.rows) for page in fill_sheets(read(EXAMPLE))}
    empty = {name for name, rows in filled.items() if not rows}
    assert empty == {"roads", "routes", "matrix", "matrix_ranges", "accompaniments", "movements", "legs", "base_map"}


def test_the_example_of_the_page_works_as_it_is_told() -> None:
    book = as_book(write_template(read(EXAMPLE)))
    page = " ".join((Path(__file__).parents[3] / "docs" / "workbook.md").read_text(encoding="utf-8").split())
    book.add("gatherings", id="prayer", name="Prayer at the hall", turnout=300, arrives=dt.time(10, 30))
    (fault,) = refusal(parse_workbook, book.write(), "district.xlsx").faults
    told = f"{fault.place} = {fault.found}; expected {fault.expected}; {fault.repair} [{fault.code}]"
    assert f"`{told}`" in page
    book.add("itinerary", gathering="prayer", sector="kpu", stay=60)
    book.set("gatherings", "prayer", "turnout.low", 100)
    book.set("gatherings", "prayer", "turnout.high", 600)
    prayer = parse_workbook(book.write()).gatherings[-1]
    assert (prayer.turnout.low, prayer.turnout, prayer.turnout.high) == (100, 300, 600)


def test_the_page_names_every_way_to_say_yes_or_no_and_every_phase() -> None:
    page = (Path(__file__).parents[3] / "docs" / "workbook.md").read_text(encoding="utf-8")
    words = {"readme", *(word for words in WORDS.values() for word in words), *CHOICES["id"].values()}
    assert {word for word in words if not re.search(rf"\b{word}\b", page)} == set()
    assert f"first\n{LOOKED_AT} rows" in page
    assert len(list(FOLDER.glob("*.xlsx"))) == 37, "the page says thirty-seven"


# ---------------------------------------------------------------- what planners type


def cell_of(kind: Any, value: Any) -> Any:
    return take(value, Column("x", kind, choices=("green", "yellow", "red") if kind in ("choice", "list") else ()))


@pytest.mark.parametrize(
    ("kind", "typed", "taken"),
    [
        ("clock", Moment(14.5 / 24.0), "14:30"),
        ("clock", Moment(14.5 / 24.0 - 1e-8), "14:30"),
        ("clock", Moment(0.0), "00:00"),
        ("clock", 14.5 / 24.0, "14:30"),
        ("clock", "9.05", "09:05"),
        ("clock", " 14:30 ", "14:30"),
        ("clock", "14:30:00", "14:30"),
        ("clock", Moment(52_220 / 86_400), Moment(52_220 / 86_400)),  # 14:30:20
        ("clock", Moment(9.4), Moment(9.4)),
        ("clock", 14.3, 14.3),
        ("whole", 3.0, 3),
        ("whole", "12", 12),
        ("whole", 2.5, 2.5),
        ("number", "0,25", 0.25),
        ("number", "0.25", 0.25),
        ("number", "1.500", "1.500"),
        ("number", "1,500", "1,500"),
        ("number", "-999.000", "-999.000"),
        ("number", "0.125", 0.125),
        ("number", "1234.567", 1234.567),
        ("number", "1,5", 1.5),
        ("number", "1.500.000", 1_500_000.0),
        ("number", "1.500.00", "1.500.00"),
        ("number", "about 3", "about 3"),
        ("number", True, True),
        ("yes-no", "Ya", True),
        ("yes-no", "tidak", False),
        ("yes-no", True, True),
        ("yes-no", 0.0, False),
        ("yes-no", "perhaps", "perhaps"),
        ("choice", " Yellow ", "yellow"),
        ("choice", "kuning", "yellow"),
        ("list", "hijau; Red", ["green", "red"]),
        ("date", Moment(45524.25), "2024-08-20T06:00:00"),
        ("date", Moment(45524.0 + (13 * 3600 - 0.0004) / 86_400), "2024-08-20T13:00:00"),
        ("date", Moment(45524.25 - 1462.0, early=True), "2024-08-20T06:00:00"),
        ("date", Moment(9.4), Moment(9.4)),
        ("number", Moment(45413.0), Moment(45413.0)),
        ("date", "2024-08-20 13.00", "2024-08-20T13:00:00"),
        ("identifier", 7.0, "7"),
        ("identifier", " kpu ", "kpu"),
        ("text", 2024.0, "2024"),
        ("text", " kept as it is ", " kept as it is "),
    ],
)
def test_a_cell_is_taken_as_it_was_meant(kind: str, typed: Any, taken: Any) -> None:
    value = cell_of(kind, typed)
    assert value == taken
    assert type(value) is type(taken)


def test_empty_rows_notes_and_sheets_of_ones_own_are_left_alone() -> None:
    book = small_book()
    for name in ("sectors", "teams"):
        width = len(book.sheets[name][0])
        book.sheets[name].insert(3, [""] * width)
        book.sheets[name].insert(3, ["# from the chief's list", *[" "] * (width - 1)])
        book.sheets[name] += [["  "] * width, [""] * width]
    book.sheets["settings"].insert(0, ["Our plan", *[""] * 8])  # a title above the header
    book.sheets["_notes"] = [["anything", 1]]
    book.widen("posts", "#checked", "by hand")
    assert same(parse_workbook(book.write()), small_instance())


def test_sheets_and_columns_may_be_moved_and_written_large() -> None:
    book = small_book()
    names = list(book.sheets)
    book.sheets = {name.upper() if name == "sectors" else name: book.sheets[name] for name in reversed(names)}
    book.sheets["teams"] = [
        [str(v).upper() if n == 0 else v for v in line[::-1]] for n, line in enumerate(book.sheets["teams"])
    ]
    assert same(parse_workbook(book.write()), small_instance())


def test_a_formula_is_read_by_its_saved_value() -> None:
    book = small_book()
    book.set("sectors", "market", "public", Formula("=100*2|200"))
    assert same(parse_workbook(book.write()), small_instance())


def test_what_is_left_empty_has_its_default() -> None:
    book = small_book()
    for row in (("market", "staging_capacity"), ("market", "exit_open"), ("kpu", "ring")):
        book.set("sectors", *row, "")
    book.set("gatherings", "recount", "militant.green", "")
    assert same(parse_workbook(book.write()), small_instance())


def test_cells_have_the_names_that_spreadsheets_give_them() -> None:
    assert [name_cell("a", 0, n) for n in (0, 25, 26, 701, 702)] == ["a!A1", "a!Z1", "a!AA1", "a!ZZ1", "a!AAA1"]


# ---------------------------------------------------------------- workbooks that mean harm


OFFICE = "http://schemas.openxmlformats.org"


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**skeleton(), **parts}.items():
            archive.writestr(name, part)
    return stream.getvalue()


def skeleton(sheets: int = 1) -> dict[str, bytes]:
    """Give the parts of a workbook with one sheet called sectors, or many."""
    main = f'xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{OFFICE}/officeDocument/2006/relationships"'
    space = f'xmlns="{OFFICE}/package/2006/relationships"'

    def link(number: int, kind: str, target: str) -> str:
        kind = f"{OFFICE}/officeDocument/2006/relationships/{kind}"
        return f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'

    names = {number: "sectors" if number == 1 else f"s{number}" for number in range(1, sheets + 1)}
    titles = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in names.items())
    links = "".join(link(n, "worksheet", f"worksheets/sheet{n}.xml") for n in names)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types"/>',
        "_rels/.rels": f"<Relationships {space}>{link(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f"<workbook {main}><sheets>{titles}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {space}>{links}</Relationships>",
    }
    return {name: part.encode() for name, part in parts.items()}


def sheet(cells: str) -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'.encode()


def declaring(size: int, real: int) -> bytes:
    """Make an archive whose directory tells another size of the sheet than it has."""
    raw = bytearray(zipped({"xl/worksheets/sheet1.xml": sheet("<row/>" * (real // 6))}))
    entry = raw.rfind(b"PK\x01\x02", 0, raw.rfind(b"xl/worksheets/sheet1.xml"))
    raw[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(raw)


def far_apart() -> bytes:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped({"xl/worksheets/sheet1.xml": sheet(cells)})


def echoing() -> bytes:
    """Make a workbook in which many cells show the same long text."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = f'<sst xmlns="{space}"><si><t>{"x" * 1_000_000}</t></si></sst>'.encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5000))
    links = skeleton()["xl/_rels/workbook.xml.rels"].decode()
    kind = f"{OFFICE}/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    parts = {"xl/worksheets/sheet1.xml": sheet(cells), "xl/sharedStrings.xml": texts}
    return zipped({**parts, "xl/_rels/workbook.xml.rels": links.replace("</Relationships>", link).encode()})


def laughing() -> bytes:
    entities = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    return zipped({"xl/worksheets/sheet1.xml": f"{entities}]>".encode() + sheet("<row><c><v>&j;</v></c></row>")})


def laughing_list() -> bytes:
    body = skeleton()["xl/workbook.xml"]
    return zipped({"xl/workbook.xml": b'<!DOCTYPE l [<!ENTITY a "ha">]>' + body})


def crowded() -> bytes:
    many = {f"xl/worksheets/sheet{n}.xml": sheet("") for n in range(1, 3001)}
    return zipped({**skeleton(3000), **many})


def crowded_list() -> bytes:
    return zipped({**skeleton(3000), "xl/worksheets/sheet1.xml": sheet("")})


def laughing_aside() -> bytes:
    body = skeleton()["xl/workbook.xml"].decode()
    return zipped({"xl/workbook.xml": ('<!DOCTYPE l [<!ENTITY a "ha">]>' + body).encode("utf-16")})


HOSTILE = {
    "entities in another encoding": laughing_aside,
    "a list of sheets that is very long": lambda: zipped({"xl/workbook.xml": b"<a>" + b"<b/>" * 5_000_000 + b"</a>"}),
    "millions of empty texts": lambda: zipped({"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 3_000_000 + b"</sst>"}),
    "a row far below": lambda: zipped({"xl/worksheets/sheet1.xml": sheet('<row r="9999999"><c><v>1</v></c></row>')}),
    "declares 455 MB": lambda: declaring(455_000_000, 10_000_000),
    "holds more than it declares": lambda: declaring(2000, 100_000_000),
    "cells far apart": far_apart,
    "one text shown by thousands": echoing,
    "billion laughs": laughing,
    "entities in the list of sheets": laughing_list,
    "thousands of sheets": crowded,
    "thousands of sheets in the list": crowded_list,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_before_it_fills_the_memory(name: str) -> None:
    raw = HOSTILE[name]()
    assert len(raw) < 2_000_000
    parse_workbook(small_book().write())  # what is imported and remembered is no part of the measure
    tracemalloc.start()
    refused = refusal(parse_workbook, raw, "hostile")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {code for code, _ in listed(refused, "hostile")} <= {"too-large", "too-many", "not-a-workbook"}
    assert peak < 50_000_000


def test_macros_links_and_pictures_are_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    book = zipfile.ZipFile(io.BytesIO(small_book().write()))
    parts = {info.filename: book.read(info) for info in book.infolist()}
    parts |= {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE a>", "xl/media/a.png": b"y"}
    taken: list[str] = []
    take = Archive.take
    monkeypatch.setattr(Archive, "take", lambda self, name, *more: taken.append(name) or take(self, name, *more))
    assert same(parse_workbook(zipped(parts)), small_instance())
    assert "xl/worksheets/sheet1.xml" in taken
    assert not [name for name in taken if re.search("vba|external|media|drawing|comment", name)]


@pytest.mark.slow
@given(st.data())
def test_no_byte_of_a_workbook_brings_a_traceback(data: st.DataObject) -> None:
    """Flip bytes of a sound workbook, packed or with the sheets laid open: an instance or a refusal, nothing else."""
    raw = bytearray(_plain_archive())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    refused = refusal(parse_workbook, bytes(raw), "flipped")
    listed(refused, "flipped")


def _plain_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small_book().write())) as book, zipfile.ZipFile(stream, "w") as plain:
        for name in book.namelist():
            plain.writestr(zipfile.ZipInfo(name), book.read(name))
    return stream.getvalue()


def test_only_workbooks_bring_the_parser() -> None:
    code = "import sys, optimiser.files.read as r; r.read('tiny-2'); print([m for m in sys.modules if 'workbook' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------- what is hidden and read


def retouched(change: Any, name: str = "xl/worksheets/sheet2.xml") -> bytes:
    """Write the small workbook with one part changed as text."""
    book = zipfile.ZipFile(io.BytesIO(small_book().write()))
    parts = {info.filename: book.read(info) for info in book.infolist()}
    parts[name] = change(parts[name].decode()).encode()
    return zipped(parts)


def part_of(sheet: str) -> str:
    number = list(small_book().sheets).index(sheet) + 1
    return f"xl/worksheets/sheet{number}.xml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<row r="3"', '<row r="3" hidden="1"'),
        ('<row r="3"', '<row hidden="true" r="3"'),
        ('<row r="3"', '<row r="3" ht="0" customHeight="1"'),
    ],
)
def test_bug_hidden_rows_were_read_without_a_word(old: str, new: str) -> None:
    raw = retouched(lambda text: text.replace(old, new), part_of("gatherings"))
    instance = parse_workbook(raw)
    assert same(instance, small_instance())
    (caution,) = instance.noted
    assert (caution.code, caution.place) == ("hidden-rows", "gatherings!A3")
    assert "gatherings were read: 3" in caution.found


def test_an_empty_row_that_is_hidden_and_a_sheet_that_is_left_alone_are_no_matter() -> None:
    raw = retouched(lambda text: text.replace("</sheetData>", '<row r="90" hidden="1"/></sheetData>'), part_of("teams"))
    assert parse_workbook(raw).noted == ()
    assert parse_workbook(write_template(read("oku-250"))).noted == ()


def test_bug_a_hidden_sheet_was_read_without_a_word() -> None:
    sheet = 'name="gatherings"'
    raw = retouched(lambda text: text.replace(sheet, f'{sheet} state="hidden"'), "xl/workbook.xml")
    instance = parse_workbook(raw)
    assert same(instance, small_instance())
    assert [(c.code, c.place) for c in instance.noted] == [("hidden-rows", "gatherings!A1")]


def test_warnings_about_a_workbook_name_its_cells(tmp_path: Path) -> None:
    book = small_book()
    book.set("gatherings", "recount", "turnout", 80_000)
    book.set("gatherings", "recount", "turnout.high", 90_000)
    file = tmp_path / "town.xlsx"
    file.write_bytes(book.write())
    places = {c.code: c.place for c in inspect(file)[1]}
    row, column = book.find("gatherings", "recount", "turnout")
    assert places == {"turnout": name_cell("gatherings", row, column), "closed-march": "itinerary!A4"}


def test_bug_a_hidden_column_was_read_without_a_word() -> None:
    cols = '<cols><col min="3" max="3" width="9" hidden="1"/></cols><sheetData>'
    raw = retouched(lambda text: text.replace("<sheetData>", cols), part_of("gatherings"))
    instance = parse_workbook(raw)
    assert same(instance, small_instance())
    (caution,) = instance.noted
    assert (caution.code, caution.place) == ("hidden-rows", "gatherings!C1")
    assert "hidden column turnout" in caution.found
