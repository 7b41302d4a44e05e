"""The workbook to fill in: help, limits and choices from the models, the same bytes everywhere."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from broken import as_book
from conftest import small_data, small_instance
from opened import open_in_office, read_cells
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.language import language
from optimiser.reading import parse, parse_workbook, read
from optimiser.workbook import lay_out
from optimiser.write.template import write_template


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def test_a_template_is_made_validated_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    assert run("template", file).exit_code == 0
    assert "no faults" in run("validate", file).stdout
    before = file.read_bytes()
    again = run("template", file)
    assert (again.exit_code, "already there" in again.stderr) == (4, True)
    assert file.read_bytes() == before


def test_a_template_can_be_filled_with_an_instance_and_its_past(tmp_path: Path) -> None:
    assert run("template", tmp_path / "a.xlsx", "--from", "seram-timur-2024", "--lang", "id").exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "seram-timur-2024.historical.json"]
    assert read(tmp_path / "a.xlsx") == read("seram-timur-2024")


def test_bug_a_template_made_the_folder_that_was_mistyped(tmp_path: Path) -> None:
    done = run("template", tmp_path / "nowhere" / "town.xlsx")
    assert (done.exit_code, "there is no folder" in done.stderr) == (4, True)
    assert not (tmp_path / "nowhere").exists()


def test_another_ending_is_a_wrong_use(tmp_path: Path) -> None:
    assert run("template", tmp_path / "town.ods").exit_code == 2


def test_faults_of_a_workbook_are_told_on_the_command_line() -> None:
    from broken import FOLDER

    done = run("validate", FOLDER / "negative-capacity.xlsx", "--json")
    assert done.exit_code == 3
    assert '"place": "sectors!K3"' in done.stdout


def test_help_units_and_limits_are_those_of_the_models() -> None:
    content = parts(write_template(small_instance()))
    comments = " ".join(text for name, text in content.items() if "comments" in name)
    sheets = " ".join(text for name, text in content.items() if "worksheets/" in name)
    for sheet in lay_out():
        for column in sheet.columns if sheet.form == "table" else ():
            if column.help:
                assert column.help.replace("&", "&amp;") in comments, column
    assert "<formula1>-10000</formula1><formula2>10000</formula2>" in sheets  # x and y in km
    assert '"coordinates,matrix,roads"' in sheets.replace("&quot;", '"')


def test_drop_downs_follow_the_sheets_they_name() -> None:
    content = parts(write_template(small_instance()))
    sources = set(re.findall(r"OFFSET\('?(\w+)'?!", " ".join(content.values())))
    assert sources == {"_lists", "sectors", "posts", "roles", "teams", "gatherings"}


def test_a_template_speaks_the_reader_s_language_and_keeps_its_names() -> None:
    english, indonesian = (parts(write_template(small_instance(), language(code))) for code in ("en", "id"))
    names = [re.findall(r'<sheet name="(\w+)"', content["xl/workbook.xml"]) for content in (english, indonesian)]
    assert names[0] == names[1]
    assert "ya,tidak" in " ".join(indonesian.values())


MAKE = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from broken import as_book
from conftest import small_data, small_instance
from optimiser.write.template import write_template
print(hashlib.sha256(write_template(small_instance())).hexdigest())
"""


def test_the_same_bytes_in_another_process() -> None:
    here = hashlib.sha256(write_template(small_instance())).hexdigest()
    program = MAKE.format(tests=str(Path(__file__).parent))
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Jakarta", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == here


def test_an_office_opens_saves_and_recalculates_templates(tmp_path: Path) -> None:
    """What LibreOffice saved again is still the same instance, and no cell shows an error."""
    codes: tuple[Any, ...] = ("en", "id")
    files = [tmp_path / f"{code}.xlsx" for code in codes]
    for code, file in zip(codes, files, strict=True):
        file.write_bytes(write_template(small_instance(), language(code)))
    for saved in open_in_office(files, tmp_path):
        again = read(saved)
        assert again == small_instance()
        assert again.model_dump(mode="json") == small_instance().model_dump(mode="json")
        lists = read_cells(saved)["_lists"]
        assert [row[1] for row in lists][:4] == ["kpu", "market", "polres", ""]
        assert [row[2] for row in lists][:4] == ["nego", "dalmas", "brimob", "chief"]


def test_warnings_stand_beside_their_rows_and_are_not_read_back() -> None:
    data = small_data()
    data["cap"], data["gatherings"][0]["turnout"] = 4000, 80_000
    data["sectors"][1]["name"] = data["sectors"][0]["name"]
    instance = parse(data)
    raw = write_template(instance)
    assert parse_workbook(raw) == instance
    book = as_book(raw)
    told = {
        (sheet, line[0]): line[lines[0].index("check")]
        for sheet, lines in book.sheets.items()
        for line in lines[1:]
        if "check" in lines[0] and line[lines[0].index("check")]
    }
    assert set(told) == {
        ("settings", "cap"),
        ("gatherings", "recount"),
        ("itinerary", "recount"),
        ("sectors", "market"),
    }
    assert "80,000 people" in told["gatherings", "recount"]
    assert "way of 'People who ask for a recount'" in told["itinerary", "recount"]
    calm = as_book(write_template(read("tiny-2")))
    assert not [sheet for sheet, lines in calm.sheets.items() if "check" in lines[0]]
