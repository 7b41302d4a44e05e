"""Parts that a what-if adds, from a workbook or a table: as in an instance, with faults by cell."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from support.small import small_instance

from optimiser.common.errors import InputFault
from optimiser.files.apply_whatif import apply
from optimiser.files.read_parts import read_parts
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.output.excel.template import write_template


def book(tmp_path: Path, **sheets: list[tuple[object, ...]]) -> Path:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as file:
        for name, rows in sheets.items():
            page = file.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    (tmp_path / "added.xlsx").write_bytes(stream.getvalue())
    return tmp_path / "added.xlsx"


def table(tmp_path: Path, name: str, text: str) -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputFault) as caught:
        read_parts(path)
    return [(fault.code, fault.place) for fault in caught.value.faults]


GATHERINGS = [("id", "name", "turnout", "arrives"), ("extra", "More people", 300, "14.30")]


def test_a_workbook_and_a_table_add_the_same_gathering(tmp_path: Path) -> None:
    stops = [("gathering", "sector", "stay"), ("extra", "market", 20), ("extra", "kpu", "")]
    text = "id;name;turnout;arrives;itinerary\nextra;More people;300;14.30;market:20, kpu\n"
    files = (
        book(tmp_path, gatherings=GATHERINGS, itinerary=stops),
        table(tmp_path, "gatherings.csv", text),
        table(
            tmp_path,
            "added.toml",
            '[[gatherings]]\nid = "extra"\nname = "More people"\nturnout = 300\narrives = "14:30"\n'
            'itinerary = [{ sector = "market", stay = 20 }, { sector = "kpu" }]\n',
        ),
    )
    changed = [apply(small_instance(), parse_phrases([("add", str(file))])) for file in files]
    assert changed[0] == changed[1] == changed[2]
    assert [g.id for g in changed[0].gatherings] == ["recount", "extra"]
    assert [(s.sector, float(s.stay)) for s in changed[0].gatherings[1].itinerary] == [("market", 20.0), ("kpu", 90.0)]


def test_ranges_and_groups_of_a_table_are_read(tmp_path: Path) -> None:
    text = "id,name,turnout,turnout.low,turnout.source,arrives,itinerary,militant.red\na,A,30,10,seen,14:00,kpu,0.5\n"
    ((part, found),) = read_parts(table(tmp_path, "gatherings.csv", text))
    assert part == "gatherings"
    assert found["turnout"] == {"value": 30, "low": 10, "source": "seen"}
    assert found["militant"] == {"red": 0.5}


def test_a_template_is_filled_in_where_something_is_added(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(write_template(None))
    assert faults(tmp_path / "empty.xlsx") == [("too-few", "(file)")]


def test_faults_name_their_cell(tmp_path: Path) -> None:
    rows = [("id", "name", "turnout", "arives"), ("Ex tra", "More", 3_000_000, "14:30")]
    found = faults(book(tmp_path, gatherings=rows, settings=[("field", "value"), ("cap", 30)]))
    assert ("unknown-field", "gatherings!D1") in found
    assert ("bad-identifier", "gatherings!A2") in found
    assert ("out-of-range", "gatherings!C2") in found
    assert ("unknown-sheet", "cap") in found or ("unknown-sheet", "settings") in found
    text = "id;name;turnout;arrives;itinerary\nextra;;300;25:00;kpu:x\n"
    assert faults(table(tmp_path, "gatherings.csv", text)) == [
        ("missing-field", "gatherings!B2"),
        ("bad-clock", "gatherings!D2"),
        ("wrong-type", "gatherings!E2"),
    ]


def test_a_table_has_the_name_of_its_part(tmp_path: Path) -> None:
    assert faults(table(tmp_path, "people.csv", "id\na\n")) == [("unknown-sheet", "(file)")]


def test_bug_parts_did_not_take_what_the_instance_takes(tmp_path: Path) -> None:
    """Names in capitals, and a table with the name of its sheet in Indonesian."""
    stops = [("gathering", "sector", "stay"), ("Extra", " Market", 20), ("extra", "KPU", "")]
    files = (
        book(tmp_path, gatherings=GATHERINGS, itinerary=stops),
        table(
            tmp_path, "massa.csv", "id;nama;jumlah massa;tiba;itinerary\nEXTRA;More people;300;14.30;Market:20, KPU\n"
        ),
    )
    for file in files:
        (part, data), *others = read_parts(file)
        assert (part, data["id"], others) == ("gatherings", "extra", [])
        assert [stop["sector"] for stop in data["itinerary"]] == ["market", "kpu"]
