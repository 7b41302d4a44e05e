"""The comparison of documents notices every change, and nothing that is meant to differ."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from compare_documents import DOCUMENTS, compare_documents, compare_engines, compare_folders, main

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
PLAN = next(ROOT.glob("tests/**/plan-with-harms-by-sector.json"))
NAME = "plan/tiny-2/plan.json"
TASK = "plan/tiny-2"
RUN = {"case": "a" * 64, "label": "tiny-2, seed 1", "version": "0.1.0+abc", "objective": 163.5, "seconds": 1.25}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Make two folders that hold the same plan."""
    for side in ("before", "after"):
        (tmp_path / side / TASK).mkdir(parents=True)
        shutil.copy(PLAN, tmp_path / side / NAME)
    return tmp_path / "before", tmp_path / "after"


def differences(folders: tuple[Path, Path]) -> list[str]:
    return list(compare_folders(*folders, [TASK], DOCUMENTS))


def table(**changes: object) -> bytes:
    row = {**RUN, **changes}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()


def test_the_same_plan_is_the_same(folders: tuple[Path, Path]) -> None:
    assert differences(folders) == []


def test_one_number_is_noticed_and_its_place_named(folders: tuple[Path, Path]) -> None:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    before = plan["sectors"][0]["harms"]["records"]["mean"]
    plan["sectors"][0]["harms"]["records"]["mean"] = after = before + 1e-12
    assert before != after
    for folder, text in zip(folders, (json.loads(PLAN.read_text(encoding="utf-8")), plan), strict=True):
        (folder / NAME).write_text(json.dumps(text, indent=2), encoding="utf-8")
    assert differences(folders) == [f"{NAME}: sectors[0].harms.records.mean: {before} -> {after}"]


def test_a_file_that_is_missing_or_new_is_noticed(folders: tuple[Path, Path]) -> None:
    (folders[1] / NAME).rename(folders[1] / TASK / "other.json")
    assert differences(folders) == [f"{NAME}: is no longer made", f"{TASK}/other.json: was not made before"]


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('{"a": 1.0}', '{"a": 1.00}', 'line 1: "{\\"a\\": 1.0}" -> "{\\"a\\": 1.00}"'),
        ('{"a": 1.0}', '{"a": 1}', "a: 1.0 -> 1"),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "top: fields in another order"),
        ('{"a": 1, "b": 2}', '{"a": 1, "c": 2}', "top: fields gone: ['b'], new: ['c']"),
        ('{"a": [1]}', '{"a": [1, 2]}', "a: 1 entries -> 2"),
        ('{"a": 0.0}', '{"a": -0.0}', "a: 0.0 -> -0.0"),
        ('{"a": NaN}', '{"a": null}', "a: NaN -> null"),
        ("{}\n", "{}", "ends of lines or of the file"),
    ],
    ids=["spelling", "type", "order", "fields", "length", "sign", "not a number", "end"],
)
def test_every_byte_counts(before: str, after: str, place: str) -> None:
    assert compare_documents("a.json", before.encode(), after.encode()) == [f"a.json: {place}"]


def test_versions_are_put_aside_and_nothing_beside_them() -> None:
    before = b'{"versions": {"numpy": "2.4.6"}, "version": "1"}'
    assert compare_documents(NAME, before, before.replace(b"2.4.6", b"2.5.0")) == []
    assert compare_documents(NAME, before, before.replace(b'"1"', b'"2"')) == [f'{NAME}: version: "1" -> "2"']


def test_of_a_run_keys_and_times_are_put_aside_and_nothing_beside_them() -> None:
    case = b'{"case": "ab", "version": "1", "sha256": "cd", "attempts": [{"begun": 1.0}], "seed": 1}'
    other = b'{"case": "ef", "version": "2", "sha256": "01", "attempts": [{"begun": 9.5}], "seed": 1}'
    assert compare_documents("batch/case.json", case, other) == []
    assert compare_documents("batch/case.json", case, other.replace(b"1}", b"2}")) == ["batch/case.json: seed: 1 -> 2"]
    assert compare_documents("plan/case.json", case, other) != []
    other = table(case="b" * 64, version="0.1.0+def", seconds=9.5)
    assert compare_documents("batch/cases.csv", table(), other) == []
    assert compare_documents("batch/cases.csv", table(), table(objective="163.50")) != []


def test_engines_that_differ_are_noticed(tmp_path: Path) -> None:
    for engine in ("compiled", "simpy"):
        (tmp_path / "engines/tiny-2" / engine).mkdir(parents=True)
    plan = '{"engine": "compiled", "mean": 1.5}'
    compiled, simpy = (tmp_path / "engines/tiny-2" / engine / "plan.json" for engine in ("compiled", "simpy"))
    compiled.write_text(plan, encoding="utf-8")
    assert len(list(compare_engines(tmp_path, ["engines/tiny-2"]))) == 1, "a plan is missing"
    simpy.write_text(plan.replace("compiled", "simpy"), encoding="utf-8")
    assert list(compare_engines(tmp_path, ["engines/tiny-2"])) == []
    simpy.write_text(plan.replace("1.5", "1.25"), encoding="utf-8")
    assert list(compare_engines(tmp_path, ["engines/tiny-2"])) != []


def test_trees_are_compared_and_documents_used_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = "validate/infeasible-1"
    command = [str(ROOT), str(ROOT), "--keep", str(tmp_path), "--only", task]
    assert main(command) == 0
    assert "2 documents of 1 tasks: the same" in capsys.readouterr().out
    document = tmp_path / task / "printed-1.json"
    document.write_text(document.read_text(encoding="utf-8").replace("infeasible-1", "other"), encoding="utf-8")
    assert main(command) == 1
    told = capsys.readouterr().out
    assert f"0 tasks to run, 1 kept in {tmp_path}" in told
    assert f"{task}/printed-1.json: " in told


def test_nothing_compared_is_not_the_same(tmp_path: Path) -> None:
    assert main([str(ROOT), str(ROOT), "--only", "none/such"]) == 1
