"""Lists of cases: what is asked for is what is solved, and all that is wrong is said at once, with its place."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import pytest
import xlsxwriter
from typer.testing import CliRunner

from optimiser.batch import list_cases as listing
from optimiser.batch.case import Case, CaseSettings
from optimiser.batch.list_cases import list_cases
from optimiser.cli import app
from optimiser.common.errors import Fault, InputFault
from optimiser.files.read import instances_folder

SWEEP = """
format = "optimiser-sweep/1"
instances = ["tiny-2"]
whatifs = ["--heads 30"]
seeds = "1:3"
scenarios = 20
budget = 100
[vary]
"gatherings.large.turnout" = [150, 200, 300]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two instances and what may lie beside them."""
    monkeypatch.chdir(tmp_path)
    towns = tmp_path / "towns"
    towns.mkdir()
    text = (instances_folder() / "tiny-2.toml").read_text(encoding="utf-8")
    (towns / "b.toml").write_text(text.replace('name = "tiny-2"', 'name = "b"', 1), encoding="utf-8")
    (towns / "a.toml").write_text(text.replace('name = "tiny-2"', 'name = "a"', 1), encoding="utf-8")
    return tmp_path


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def said(cases: Sequence[Case]) -> list[tuple[str, str, int]]:
    return [(c.subject.instance.name, c.whatif.title if c.whatif else "", c.seed) for c in cases]


def faults_of(*names: str, **more) -> list[Fault]:
    with pytest.raises(InputFault) as caught:
        list(list_cases(names, **more))
    return list(caught.value.faults)


def told(faults: Sequence[Fault]) -> list[tuple[str, str]]:
    return [(fault.code, str(fault.place)) for fault in faults]


# ------------------------------------------------------------ what is asked for


def test_names_globs_and_folders(folder: Path) -> None:
    assert said(list(list_cases(["tiny-2", "towns/a.toml"], "1:3"))) == [
        ("tiny-2", "", 1),
        ("tiny-2", "", 2),
        ("a", "", 1),
        ("a", "", 2),
    ]
    both = [("a", "", 1), ("b", "", 1)]
    assert said(list(list_cases(["towns/*.toml"]))) == both
    write(folder / "towns" / "plan.json", '{"format": "optimiser-plan/1"}')
    write(folder / "towns" / "sweep.toml", SWEEP)
    write(folder / "towns" / "change.toml", 'format = "optimiser-whatif/1"')
    write(folder / "towns" / ".hidden.toml", "")
    write(folder / "towns" / "notes.txt", "")
    assert said(list(list_cases(["towns"]))) == both
    assert list(list_cases([])) == []


@pytest.mark.parametrize("name", ["towns[1]", "t*wns", "towns?", "[!x]owns", "towns[", "**"])
def test_bug_a_folder_whose_name_has_signs_of_a_pattern_led_to_another_folder(folder: Path, name: str) -> None:
    for other in ("towns1", "txwns", "towns2", "yowns"):  # what the name would fit if it were a pattern
        shutil.copytree(folder / "towns", folder / other)
        (folder / other / "a.toml").write_text(
            (folder / other / "a.toml").read_text().replace('name = "a"', 'name = "no"')
        )
    shutil.copytree(folder / "towns", folder / name)
    sweep = 'format = "optimiser-sweep/1"\ninstances = ["*.toml"]\n'
    (folder / name / "b.toml").unlink()
    write(folder / name / "sweep", sweep)
    (folder / name / "sweep").rename(folder / f"{name}.toml")  # beside the folder, and in it
    write(folder / f"{name}.toml", sweep.replace("*.toml", f"{name}/*.toml"))
    assert said(list(list_cases([f"{name}.toml"]))) == [("a", "", 1)]
    write(folder / name / "b.toml", sweep.replace("*.toml", "[a].toml"))
    assert said(list(list_cases([f"{name}/b.toml"]))) == [("a", "", 1)]
    assert said(list(list_cases([str(folder / name / "b.toml")]))) == [("a", "", 1)]
    (folder / name / "b.toml").unlink()
    assert said(list(list_cases([f"{name}/*.toml"]))) == [("a", "", 1)]  # as it is typed
    assert said(list(list_cases([f"{folder}/{name}/*.toml"]))) == [("a", "", 1)]
    shutil.rmtree(folder / name)


def test_a_file_whose_name_has_signs_of_a_pattern_is_that_file(folder: Path) -> None:
    shutil.copy(folder / "towns" / "b.toml", folder / "towns" / "[a].toml")
    write(folder / "towns" / "sweep.toml", 'format = "optimiser-sweep/1"\ninstances = ["[a].toml"]\n')
    assert said(list(list_cases(["towns/sweep.toml", "towns/[a].toml"]))) == [("b", "", 1), ("b", "", 1)]


def test_every_instance_as_it_is_and_with_every_whatif(folder: Path) -> None:
    found = list(list_cases(["tiny-2"], "5", ["--heads 30", "--set cap=20"], CaseSettings(scenarios=7)))
    titles = [title for _, title, _ in said(found)]
    assert titles[0] == ""
    assert len(set(titles)) == 3
    assert {(case.seed, case.settings.scenarios) for case in found} == {(5, 7)}


def test_a_table(folder: Path) -> None:
    (folder / "lists").mkdir()
    shutil.copy(folder / "towns" / "a.toml", folder / "lists" / "beside.toml")
    head = "instance,whatif,seed,scenarios,reporting,budget,seconds\n"
    text = head + "tiny-2,,1:3,20,30,400,1.5\nbeside.toml,--heads 30,,,,,\n"
    file = write(folder / "lists" / "cases.csv", text)
    found = list(list_cases([file], "9", settings=CaseSettings(scenarios=50)))
    assert [(name, seed) for name, _, seed in said(found)] == [("tiny-2", 1), ("tiny-2", 2), ("a", 9)]
    assert found[0].settings == CaseSettings(20, 30, 400, 1.5)
    assert found[2].settings == CaseSettings(50)
    assert found[2].whatif is not None


def test_a_workbook_is_a_table_or_an_instance(folder: Path) -> None:
    with xlsxwriter.Workbook("cases.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("instance", "seed"))
        sheet.write_row(1, 0, ("tiny-2", 3))
    assert CliRunner().invoke(app, ["template", "town.xlsx", "--from", "tiny-2"]).exit_code == 0
    assert said(list(list_cases(["cases.xlsx", "town.xlsx"]))) == [("tiny-2", "", 3), ("tiny-2", "", 1)]


@pytest.mark.parametrize("kind", [".csv", ".xlsx", ".toml"])
def test_what_planners_type_is_understood_in_tables_workbooks_and_sweeps(folder: Path, kind: str) -> None:
    typed = ["--lose SQUAD=1 --rain lebat", "--at-most KPU:20 orang --period 8.00-10.30", "--forbid Squad"]
    file = f"cases{kind}"
    if kind == ".csv":
        write(folder / file, "instance,whatif\n" + "".join(f'tiny-2,"{text}"\n' for text in typed))
    elif kind == ".toml":
        quoted = ", ".join(f"'{text}'" for text in typed)
        head = 'format = "optimiser-sweep/1"\nunchanged = false\ninstances = ["tiny-2"]\n'
        write(folder / file, f"{head}whatifs = [{quoted}]\n")
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate([("instance", "whatif"), *(("tiny-2", text) for text in typed)]):
                sheet.write_row(row, 0, cells)
    found = [case.whatif for case in list_cases([file])]
    assert [[change.do for change in one.changes] for one in found if one is not None] == [
        ["lose", "rain"],
        ["limit", "period"],
        ["limit"],
    ]


def test_a_sweep_is_every_combination(folder: Path) -> None:
    found = list(list_cases([write(folder / "sweep.toml", SWEEP)], "7"))
    assert len({case.task().key for case in found}) == len(found) == 2 * 3 * 2
    assert {case.seed for case in found} == {1, 2}
    assert {case.settings for case in found} == {CaseSettings(20, budget=100)}
    assert not any(case.whatif is None for case in found)
    write(folder / "sweep.toml", SWEEP.replace("scenarios", "unchanged = false\nscenarios").partition("[vary]")[0])
    assert [case.whatif is None for case in list_cases(["sweep.toml"])] == [False, False]
    other = SWEEP.replace('["tiny-2"]', '["towns/*.toml", "oku-250"]').partition("[vary]")[0]
    names = [name for name, _, _ in said(list(list_cases([write(folder / "sweep.toml", other)])))]
    assert names == [*4 * ["a"], *4 * ["b"], *4 * ["oku-250"]]


def test_an_instance_is_read_once_however_often_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = listing.read
    monkeypatch.setattr(listing, "read", lambda path: read.append(path) or real(path))
    text = "instance,whatif,seed\n" + "towns/a.toml,--heads 30,1:50\ntowns/b.toml,,1:50\n" * 20
    assert len(list(list_cases([write(folder / "cases.csv", text)]))) == 20 * 2 * 49
    assert len(read) == 2


# ------------------------------------------------------------ what is wrong


def test_what_is_no_instance_is_said_with_its_place(folder: Path) -> None:
    found = faults_of("nowhere.toml", "towns/*.json", "no-such-town", "tiny-2")
    assert told(found) == [("unknown-instance", name) for name in ("nowhere.toml", "towns/*.json", "no-such-town")]
    (folder / "empty").mkdir()
    assert told(faults_of("empty")) == [("unknown-instance", "empty")]


def test_all_faults_of_all_lists_at_once(folder: Path) -> None:
    table = write(
        folder / "cases.csv",
        "instance,whatif,seed,scenarios,seconds\n"
        "tiny-2,,1:x,,\n"
        ",,1,,\n"
        "tiny-2,--hats 30,1,1,-2\n"
        "nowhere,,1,,\n"
        "tiny-2,--lose vehicle:awc,1,,\n"
        "tiny-2,,1,,\n",
    )
    broken = write(folder / "broken.toml", 'format = "optimiser-instance/1"\n')
    found = faults_of(table, broken, seeds="x", whatifs=["--hats 2"])
    codes = told(found)
    assert codes[:2] == [("bad-text", "--seeds: seeds"), ("bad-text", "--whatif: whatif")]
    rows = [(code, place.removeprefix(f"{table}, ")) for code, place in codes if place.startswith(table)]
    assert rows == [
        ("bad-text", "row 2: seeds"),
        ("missing-field", "row 3"),
        ("bad-text", "row 4: whatif"),
        ("out-of-range", "row 4: scenarios"),
        ("out-of-range", "row 4: seconds"),
        ("unknown-instance", "row 5"),
        ("unknown-kind", "row 6: changes[0] (lose)"),
    ]
    assert {code for code, place in codes if place.startswith(broken)} == {"missing-field"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SWEEP.replace("scenarios = 20", "scenarios = 1"), "out-of-range"),
        (SWEEP.replace("[vary]", "[vary"), "bad-syntax"),
        (SWEEP.replace("--heads", "--hats"), "bad-text"),
        (SWEEP.replace('"1:3"', '"1:x"'), "bad-text"),
        (SWEEP.replace('"tiny-2"', '"nowhere"'), "unknown-instance"),
    ],
    ids=["value", "syntax", "whatif", "seeds", "instance"],
)
def test_bug_a_fault_of_a_sweep_was_listed_twice(folder: Path, text: str, expected: str) -> None:
    file = write(folder / "sweep.toml", text)
    (fault,) = faults_of(file)
    assert fault.code == expected
    assert "sweep.toml" in fault.place


def test_a_whatif_that_does_not_fit_is_said_once(folder: Path) -> None:
    (fault,) = faults_of("towns/a.toml", seeds="1:100", whatifs=["--lose vehicle:awc"])
    assert told([fault]) == [("unknown-kind", "towns/a.toml: changes[0] (lose)")]
    vary = SWEEP.replace("gatherings.large", "gatherings.none")
    assert [f.code for f in faults_of(write(folder / "sweep.toml", vary))] == [
        "unknown-field"
    ] * 2  # as it is, and with --heads 30


def test_bug_a_fault_of_an_instance_hid_behind_another_one_of_its_row(folder: Path) -> None:
    table = write(folder / "cases.csv", "instance,whatif,seed\nnowhere,--hats 3,zz\n")
    assert [code for code, _ in told(faults_of(table))] == ["bad-text", "bad-text", "unknown-instance"]
    text = SWEEP.replace("--heads", "--hats").replace('"tiny-2"', '"nowhere", "no/*.toml"')
    sweep = write(folder / "sweep.toml", text)
    found = told(faults_of(sweep))
    assert [code for code, _ in found] == ["bad-text", "unknown-instance", "unknown-instance"]
    assert all("sweep.toml" in place for _, place in found)


def test_bug_a_comma_in_a_cell_cut_its_end_off(folder: Path) -> None:
    table = write(folder / "cases.csv", "instance,whatif\ntiny-2,--heads 30, --lose vehicle:awc\ntiny-2,,,\n")
    (fault,) = faults_of(table)
    assert (fault.code, fault.found) == ("too-many", "'--lose vehicle:awc'")
    assert fault.place.endswith("row 2")


@pytest.mark.parametrize("content", ["instance\n{}\n", "instance,whatif\ntiny-2,{}.toml\n", None])
def test_bug_a_name_too_long_was_told_as_trouble_with_the_ledger(folder: Path, content: str | None) -> None:
    name = "x" * 300
    text = content.format(name) if content else SWEEP.replace('"tiny-2"', f'"{name}"')
    listed = write(folder / ("cases.csv" if content else "sweep.toml"), text)
    for asked in (listed, name):
        (fault,) = faults_of(asked)
        assert fault.code == "unknown-instance"


def test_a_folder_that_cannot_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", locked)
    (fault,) = faults_of("towns")
    assert "Permission denied" in fault.found


def test_a_flood_of_faults_is_cut(folder: Path) -> None:
    file = write(folder / "cases.csv", "instance,seed\n" + "tiny-2,x\n" * 3000)
    found = faults_of(file)
    assert (len(found), found[-1].code) == (1001, "more-faults")


def test_bug_refused_input_left_an_empty_folder(folder: Path) -> None:
    write(folder / "cases.csv", "instance,seed\ntiny-2,1:3\ntiny-2,x\n")
    before = sorted(folder.rglob("*"))
    done = CliRunner().invoke(app, ["batch", "cases.csv", "--out", "deep/run", "--scenarios", "2"])
    assert done.exit_code == 3
    assert "row 3" in done.stderr
    assert sorted(folder.rglob("*")) == before


def test_bug_all_values_that_vary_were_combined_before_the_first_case(folder: Path) -> None:
    values = ", ".join(map(str, range(1, 41)))
    paths = [f'"gatherings.{name}.turnout" = [{values}]' for name in ("large", *"abcdef")]  # 40**7 combinations
    head, _, _ = SWEEP.partition("[vary]")
    sweep = write(folder / "sweep.toml", head + "[vary]\n" + "\n".join(paths))
    cases = list_cases([sweep])
    with mock.patch.object(listing, "apply"):
        assert said([next(cases)])[0][0] == "tiny-2"
