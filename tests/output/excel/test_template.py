"""The workbook to fill in: help, limits and choices from the models, the same bytes everywhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.command_line import run
from support.faulty_workbooks import as_book
from support.libreoffice import open_in_office, read_cells
from support.small import small_data, small_instance

from optimiser.common.language import language
from optimiser.files.read import parse, parse_workbook, read, shipped
from optimiser.files.workbook import EXAMPLE, lay_out, read_sheets
from optimiser.files.workbook.examples import find_unchanged
from optimiser.output.excel.template import write_template


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def test_a_template_is_made_validated_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    assert run("template", file, "--example").exit_code == 0
    assert "no faults" in run("validate", file).stdout
    before = file.read_bytes()
    again = run("template", file)
    assert (again.exit_code, "already there" in again.stderr) == (4, True)
    assert file.read_bytes() == before


def test_a_template_can_be_filled_with_an_instance_and_its_past(tmp_path: Path) -> None:
    assert run("template", tmp_path / "a.xlsx", "--from", "seram-timur-2024", "--lang", "id").exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "seram-timur-2024.historical.json"]
    again, meant = read(tmp_path / "a.xlsx"), read("seram-timur-2024")
    assert again.title == meant.texts["id"]["title"], "the workbook is in Indonesian, English is its translation"
    assert again.told_in("en").replace(texts={}, told={}) == meant.replace(texts={})


def test_bug_a_template_made_the_folder_that_was_mistyped(tmp_path: Path) -> None:
    done = run("template", tmp_path / "nowhere" / "town.xlsx")
    assert (done.exit_code, "there is no folder" in done.stderr) == (4, True)
    assert not (tmp_path / "nowhere").exists()


def test_another_ending_is_a_wrong_use(tmp_path: Path) -> None:
    assert run("template", tmp_path / "town.ods").exit_code == 2


def test_faults_of_a_workbook_are_told_on_the_command_line() -> None:
    from support.faulty_workbooks import FOLDER

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
    assert sources == {"_lists", "sectors", "posts", "roles", "teams", "gatherings", "routes", "movements"}


def test_a_template_speaks_the_reader_s_language_in_its_names_too() -> None:
    content = parts(write_template(small_instance(), language("id")))
    names = re.findall(r'<sheet name="([^"]+)"', content["xl/workbook.xml"])
    assert names[:5] == ["petunjuk", "pengaturan", "sektor", "proses penting", "pejabat"]
    assert not {sheet.name for sheet in lay_out()} & set(names)
    assert {"masyarakat sekitar", "jumlah massa"} <= set(
        re.findall(r"<t[^>]*>([^<]+)</t>", content["xl/sharedStrings.xml"])
    )
    whole = " ".join(content.values())
    assert "ya,tidak" in whole
    sources = set(re.findall(r"OFFSET\('?(\w+)'?!", whole))
    assert sources == {"_lists", "sektor", "pos", "peran", "tim", "massa", "pergeseran"}, (
        "drop-downs follow the sheets they name"
    )


MAKE = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from support.faulty_workbooks import as_book
from support.small import small_data, small_instance
from optimiser.output.excel.template import write_template
print(hashlib.sha256(write_template(small_instance())).hexdigest())
"""


def test_the_same_bytes_in_another_process() -> None:
    here = hashlib.sha256(write_template(small_instance())).hexdigest()
    program = MAKE.format(tests=str(Path(__file__).parents[2]))
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Jakarta", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == here


@pytest.mark.slow
@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])
def test_an_office_opens_saves_and_recalculates_templates(code: Any, tmp_path: Path) -> None:
    """What LibreOffice saved again is still the same instance, and no cell shows an error."""
    file = tmp_path / f"{code}.xlsx"
    file.write_bytes(write_template(small_instance(), language(code)))
    (saved,) = open_in_office([file], tmp_path)
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


# ---------------------------------------------------------------- empty, or with an example that is marked


def test_bug_example_rows_entered_a_real_plan_unseen_for_the_template_was_never_empty(tmp_path: Path) -> None:
    for lang in ("en", "id"):
        file = tmp_path / f"{lang}.xlsx"
        assert run("template", file, "--lang", lang).exit_code == 0
        data = read_sheets(file.read_bytes(), "book").data
        assert not [
            key for key in ("sectors", "posts", "roles", "teams", "gatherings", "triggers", "pins") if data[key]
        ]
        assert not data.get("travel", {}).get("closures")
        done = run("validate", file)
        assert done.exit_code == 3
        assert {"en": "sectors!A1", "id": "sektor!A1"}[lang] in done.stdout


def test_an_empty_template_has_every_sheet_column_and_drop_down(tmp_path: Path) -> None:
    empty, full = as_book(write_template(None)), as_book(write_template(read(EXAMPLE)))
    assert list(empty.sheets) == list(full.sheets)
    for name, lines in ((name, lines) for name, lines in full.sheets.items() if name[0] != "_"):
        header = [cell for cell in lines[0] if cell != "check"] if lines else []
        if lay_out_of(name).form != "grid":
            assert empty.sheets[name][0][: len(header)] == header
    content = parts(write_template(None))
    assert set(re.findall(r"OFFSET\('?(\w+)'?!", " ".join(content.values()))) == {
        "_lists", "sectors", "posts", "roles", "teams", "gatherings", "routes", "movements",
    }  # fmt: skip


def lay_out_of(name: str) -> Any:
    return next(sheet for sheet in lay_out() if sheet.name == name)


def test_a_filled_in_empty_template_is_the_instance_that_was_typed(tmp_path: Path) -> None:
    """Fill the empty workbook cell by cell with what the small instance has, as a planner would."""
    empty, filled = as_book(write_template(None)), as_book(write_template(small_instance()))
    for name, lines in ((name, lines) for name, lines in filled.sheets.items() if name[0] != "_"):
        if lay_out_of(name).form == "fields":
            for row, line in enumerate(lines):
                empty.sheets[name][row][: len(line)] = line
        elif lay_out_of(name).form == "table":
            empty.sheets[name] = lines
    assert parse_workbook(empty.write()).model_dump(mode="json") == small_instance().model_dump(mode="json")


def test_example_rows_are_marked_and_warned_of_until_they_are_changed(tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    assert run("template", file, "--example").exit_code == 0
    book = as_book(file.read_bytes())
    for name in ("sectors", "teams", "gatherings", "triggers", "reinforcements", "pins", "closures", "roles"):
        check = book.sheets[name][0].index("check")
        assert all("example of the template" in line[check] for line in book.sheets[name][2:]), name
    told = json.loads(run("validate", file, "--json").stdout)["warnings"]
    assert {"triggers!A3", "pins!A3", "reinforcements!A3", "closures!A3"} <= {w["place"] for w in told}
    assert {w["code"] for w in told} == {"example-rows"}
    assert run("validate", file, "--strict").exit_code == 3
    book.set("triggers", "hasil", "at", dt.time(13, 0))
    book.set("teams", "dokkes-tim", "source", "list of the Polres, 2025")
    file.write_bytes(book.write())
    after = {w["place"] for w in json.loads(run("validate", file, "--json").stdout)["warnings"]}
    assert after == {w["place"] for w in told} - {"triggers!A3", "teams!A7"}


def test_examples_are_found_in_every_kind_of_file_and_wherever_they_were_copied_to(tmp_path: Path) -> None:
    shown = read(EXAMPLE)
    data = small_data()
    data["triggers"] = [shown.triggers[0].model_dump(mode="json") | {"sectors": ["kpu"]}]
    data["sectors"][0]["official"] = shown.sectors[0].official.model_dump(mode="json")  # type: ignore[union-attr]
    data["period"] = {"start": "2024-08-20T09:00:00", "hours": 9.0}
    assert dict(find_unchanged(parse(data))) == {
        "triggers[0]": "Result announced",
        "sectors[0].official": "Member of the commission",
    }
    data["triggers"][0]["source"] = "announced by the commission"
    assert "triggers[0]" not in dict(find_unchanged(parse(data)))
    data["sectors"][0]["official"]["chance"]["high"] = 0.6  # what == of numbers leaves out is a change too
    assert dict(find_unchanged(parse(data))) == {}


def test_no_shipped_instance_looks_like_an_example() -> None:
    for name in shipped():
        assert list(find_unchanged(read(name))) == []


def test_a_plan_and_its_report_warn_of_example_rows(tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    run("template", file, "--example")
    done = run("plan", file, "--scenarios", 20, "--budget", 200, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "example of the template, unchanged" in " ".join(done.stdout.split())
    assert "example of the template, unchanged" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_an_example_or_an_instance_not_both(tmp_path: Path) -> None:
    assert run("template", tmp_path / "town.xlsx", "--example", "--from", "tiny-2").exit_code == 2
    assert list(tmp_path.iterdir()) == []
