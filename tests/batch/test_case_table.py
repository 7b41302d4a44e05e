"""Tables of cases: what a row says is what is read, from every spreadsheet's CSV and from a workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from support.command_line import run

from optimiser.batch import case_table
from optimiser.batch.case_table import COLUMNS, TableRow, read_case_table
from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.faults import NEAREST


def read(tmp_path: Path, text: str | bytes) -> list[TableRow] | None:
    file = tmp_path / "cases.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_case_table(file)


def faults(tmp_path: Path, text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(InputFault) as caught:
        read(tmp_path, text)
    return [(fault.code, fault.found) for fault in caught.value.faults]


EXPECTED = [
    TableRow(2, {"instance": "a", "whatif": "--heads 30, or so", "seed": "1:3"}),
    TableRow(4, {"instance": "b"}),
]


@pytest.mark.parametrize(
    "text",
    [
        'instance,whatif,seed\na,"--heads 30, or so",1:3\n,,\nb,,\n',
        '\ufeffinstance,whatif,seed\r\na,"--heads 30, or so",1:3\r\n\r\nb\r\n',
        "Instance ; WHATIF;seed\na;--heads 30, or so ; 1:3\n;;\n b;;\n",
        "seed\tinstance\twhatif\n1:3\ta\t--heads 30, or so\n\n\tb\n",
    ],
    ids=["commas", "windows, with mark", "semicolons", "tabs, other order"],
)
def test_every_kind_of_csv(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == EXPECTED


def test_a_cell_may_hold_lines(tmp_path: Path) -> None:
    assert read(tmp_path, 'instance,whatif\na,"--heads\n30"\n') == [
        TableRow(2, {"instance": "a", "whatif": "--heads\n30"})
    ]


def test_a_header_with_faults_names_all(tmp_path: Path) -> None:
    text = "instanze,seed,seed,colour\na,1,2,3\n"
    expected = [("unknown-field", "'instanze'"), ("unknown-field", "'colour'"), ("duplicate-key", "'seed'")]
    assert faults(tmp_path, text) == [*expected, ("missing-field", "nothing")]
    assert faults(tmp_path, "") == [("missing-field", "nothing")]


def test_a_column_that_is_none_is_told_with_the_nearest_and_where_to_find_all(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("instance,scenario,colour\na,1,2\n")
    with pytest.raises(InputFault) as caught:
        read_case_table(tmp_path / "cases.csv")
    first, second = caught.value.faults
    assert first.expected.startswith("one of 8, such as scenarios, ")
    assert "scenarios" in first.repair
    for fault in (first, second):
        assert fault.expected.endswith("; `optimiser batch -h` lists all")
        assert sum(column in fault.expected.split(";")[0] for column in COLUMNS) == NEAREST


def test_the_help_lists_all_columns() -> None:
    text = " ".join(run("batch", "-h").stdout.split())
    assert ", ".join(COLUMNS) in text


def test_a_table_that_is_too_long_or_no_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [code for code, _ in faults(tmp_path, b"instance\n\xff\xfe\n")] == ["not-text"]
    monkeypatch.setattr(case_table, "MOST_ROWS", 3)
    assert read(tmp_path, "instance\na\nb\n") is not None
    assert [code for code, _ in faults(tmp_path, "instance\na\nb\nc\n")] == ["too-many"]
    monkeypatch.setattr(case_table, "MOST_BYTES", 10)
    assert [code for code, _ in faults(tmp_path, "instance\na\nb\n")] == ["too-large"]
    with pytest.raises(FileTrouble, match="cannot be read"):
        read_case_table(tmp_path / "none.csv")


def test_a_cell_that_is_too_long_is_a_fault(tmp_path: Path) -> None:
    assert [code for code, _ in faults(tmp_path, f"instance,seed\n{'x' * 200_000},1\n")] == ["bad-syntax"]


def test_a_workbook_is_a_table_if_its_first_sheet_is(tmp_path: Path) -> None:
    file = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Any name")
        for number, row in enumerate([("instance", "whatif", "seed"), ("a", "--heads 30, or so", "1:3"), (), ("b",)]):
            sheet.write_row(number, 0, row)
        sheet.write_row(4, 0, ("c", "", 7))
    assert read_case_table(file) == [*EXPECTED, TableRow(5, {"instance": "c", "seed": "7"})]
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("instance").write_row(0, 0, ("name", "value"))
    assert read_case_table(file) is None
