"""`optimiser runs`: a run is listed, shown, compared and exported as it is, and what was changed since is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jsonschema
import pandas as pd
import pytest
from click.testing import Result
from support.drivers import CountingExecutor
from support.stub_batch import lightly
from typer.testing import CliRunner

from optimiser.batch import export
from optimiser.batch.case import Case, CaseSettings, Subject
from optimiser.batch.export import COLUMNS
from optimiser.batch.paired_runs import match_cases
from optimiser.batch.run_batch import run_batch
from optimiser.batch.run_folder import Run
from optimiser.batch.sweep import read_whatif
from optimiser.cli import app
from optimiser.files.read import parse, read
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.task import Task
from optimiser.model.harms import LISTED
from optimiser.model.whatif import Cap, WhatIf
from optimiser.output.documents.schemas.publish import SCHEMAS

SMALL = CaseSettings(scenarios=30, reporting=40)
NAMES = ["tiny-2, seed 1", "tiny-2, seed 2", "tiny-2, heads 30, seed 1", "cap-too-low, seed 1"]


def wanted(effort: CaseSettings) -> Iterator[Case]:
    town = Subject(read("tiny-2"), name="tiny-2")
    (fewer,) = read_whatif("--heads 30")
    yield from (Case(town, seed, settings=effort) for seed in (1, 2))
    yield Case(town, 1, fewer, effort)
    yield Case(Subject(read("infeasible/cap-too-low")), settings=effort)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of three plans and one case without one."""
    out = tmp_path_factory.mktemp("runs") / "run"
    run_batch(wanted(SMALL), out, executor=CountingExecutor())
    return out


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """Make a run of which one result is missing, one was changed, and a case waits."""
    run_batch(wanted(SMALL), tmp_path, executor=CountingExecutor())
    with Run(tmp_path) as run:
        first, second, third, _ = run.ledger.entries()
        run.results.path(first.task.key).unlink()
        place = run.results.path(second.task.key)
        place.write_bytes(place.read_bytes().replace(b"1", b"2"))
        run.ledger.requeue(third.task.key)
    return tmp_path


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, [*map(str, ("runs", *arguments))], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output
    return done


# ------------------------------------------------------------ list and show


def test_list_says_what_became_of_each(made: Path) -> None:
    lines = run("list", made).stdout.splitlines()
    assert [sum(f" {name} " in line for line in lines) for name in NAMES] == [1, 1, 1, 1]
    (failed,) = (line for line in lines if "cap-too-low" in line)
    assert "failed" in failed
    assert "these requirements cannot be met" in failed
    assert "3 done, 1 failed" in "\n".join(lines)
    assert sum("proved optimal" in line for line in lines) == 3


def test_list_gives_one_state_and_json(made: Path) -> None:
    assert "tiny-2" not in run("list", made, "--state", "failed").stdout.split("3 done")[0]
    document = json.loads(run("list", made, "--json").stdout)
    assert [case["state"] for case in document["cases"]] == ["done", "done", "done", "failed"]
    assert document["cases"][0]["summary"]["status"] == "proved-optimal"


def test_show_by_label_and_by_digits(made: Path) -> None:
    by_label = run("show", made, NAMES[2]).stdout
    key = json.loads(run("show", made, NAMES[2], "--json").stdout)["case"]
    assert run("show", made, key[:12]).stdout == by_label
    assert "30" in by_label
    assert "Proved optimal" in by_label
    assert f"{key}.json" in "".join(by_label.split())
    document = json.loads(run("show", made, key[:12], "--json").stdout)
    assert document["plan"] == json.loads((made / "results" / f"{key}.json").read_bytes())
    assert [attempt["how"] for attempt in document["attempts"]] == ["done"]


def test_show_says_why_there_is_no_plan(made: Path) -> None:
    text = run("show", made, NAMES[3]).stdout
    assert "failed" in text
    assert "cap" in text
    assert json.loads(run("show", made, NAMES[3], "--json").stdout)["plan"] is None


@pytest.mark.parametrize("name", ["no such case", "", "0x"])
def test_a_case_that_is_not_one_is_refused(made: Path, name: str) -> None:
    done = run("show", made, name, code=3)
    assert "unknown-case" in done.stderr or "one case" in done.stderr
    assert "optimiser runs list" in done.stderr


def test_unknown_case_is_the_code_of_a_case_that_is_none_or_several(made: Path) -> None:
    from optimiser.common.errors import InputFault

    with Run(made, create=False) as opened:
        for text, words in (("nobody", "no such case"), ("", "4 cases")):
            with pytest.raises(InputFault) as caught:
                opened.find(text)
            (fault,) = caught.value.faults
            assert fault.code == "unknown-case"
            assert words in fault.expected


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    for command in (("list",), ("show", "x"), ("compare", "a", "b"), ("export", "--to", "x.csv")):
        done = run(command[0], tmp_path, *command[1:], code=4)
        assert "there is no ledger" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["runs", "list"], ["batch", "tiny-2", "--out"], ["batch", "--out"]])
def test_bug_a_folder_whose_name_is_too_long_was_a_fault_of_the_program(words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "x" * 300])
    assert done.exit_code == 4
    assert "File name too long" in done.stderr or "there is no ledger" in done.stderr


def test_a_result_without_an_interval_is_shown_as_such(tmp_path: Path) -> None:
    """Few scenarios of a tiny town that all lose the same carry no interval; a batch made an error of it."""
    calm = parse({**read("muba-2024").model_dump(mode="json"), "law": {"fear": 0.0}})  # 2 of 40 lose anything
    run_batch([Case(Subject(calm), settings=CaseSettings(2, 40, 20))], tmp_path, executor=CountingExecutor())
    text = run("show", tmp_path, "muba-2024, seed 1").stdout
    assert "of 40)" in text
    assert "Figures without an interval" in text
    assert json.loads(run("list", tmp_path, "--json").stdout)["cases"][0]["summary"]["half_width"] is None


def test_bug_a_result_that_is_gone_or_was_changed_was_listed_as_done_with_its_figures(spoilt: Path) -> None:
    listed = run("list", spoilt, code=4)
    lines = {name: line for name in NAMES for line in listed.stdout.splitlines() if f" {name} " in line}
    assert "the result is missing" in lines[NAMES[0]]
    assert "the result was changed or damaged" in lines[NAMES[1]]
    assert "proved optimal" not in lines[NAMES[0]] + lines[NAMES[1]]
    assert "2 results are missing or were changed" in " ".join(listed.stderr.split())
    document = json.loads(run("list", spoilt, "--json", code=4).stdout)
    assert [case["result"] for case in document["cases"]] == ["missing", "changed", None, None]
    jsonschema.validate(document, SCHEMAS["cases"]())
    run("list", spoilt, "--state", "failed")


def test_bug_one_result_that_is_gone_kept_two_runs_from_being_compared(made: Path, spoilt: Path) -> None:
    with Run(spoilt) as opened:  # the second is whole again, the first is still missing
        entry = opened.find(NAMES[1])
        opened.results.put(entry.task.key, (made / "results" / f"{entry.task.key}.json").read_bytes())
    done = run("compare", made, spoilt, "--json", code=4)
    assert [pair["first"]["label"] for pair in json.loads(done.stdout)["pairs"]] == [NAMES[1]]
    assert "is missing" in done.stderr
    assert "1 pair was not compared" in done.stderr


# ------------------------------------------------------------ compare


def test_compare_pairs_two_cases_on_the_same_random_numbers(made: Path) -> None:
    (pair,) = json.loads(run("compare", made, NAMES[0], NAMES[2], "--json").stdout)["pairs"]
    documents = [json.loads(run("show", made, name, "--json").stdout)["plan"] for name in (NAMES[0], NAMES[2])]
    before, after = (d["evaluation"]["loss"]["mean"] for d in documents)
    assert pair["first"]["loss"]["mean"] == before
    assert pair["change"]["loss"]["mean"] == pytest.approx(pair["second"]["loss"]["mean"] - before)
    assert pair["second"]["loss"]["mean"] == pytest.approx(after)
    assert pair["change"]["loss"]["mean"] > 10.0
    assert "all 40 alike" in run("compare", made, NAMES[0], NAMES[2]).stdout, "tiny-2 knows no chance"


def test_compare_pairs_what_two_runs_have_in_common(made: Path, tmp_path: Path) -> None:
    run_batch(list(wanted(SMALL))[:2], tmp_path, executor=CountingExecutor())
    text = run("compare", made, tmp_path).stdout
    assert text.count("the same plan") == 2
    assert "1 case has no partner" in text
    document = json.loads(run("compare", made, tmp_path, "--json").stdout)
    assert (len(document["pairs"]), document["alone"]) == (2, 1)
    assert all(pair["change"]["loss"]["mean"] == 0.0 for pair in document["pairs"])


# ------------------------------------------------------------ export


def test_export_is_one_row_a_case_and_both_formats_say_the_same(made: Path, tmp_path: Path) -> None:
    run("export", made, "--to", tmp_path / "run.csv")
    run("export", made, "--to", tmp_path / "run.parquet")
    first, second = pd.read_csv(tmp_path / "run.csv"), pd.read_parquet(tmp_path / "run.parquet")
    assert list(first) == list(second) == [*COLUMNS, "heads"]
    assert len(first) == 4
    with Run(made, create=False) as opened:
        for entry, (_, row) in zip(opened.ledger.entries(), second.iterrows(), strict=True):
            assert row["case"] == entry.task.key
            for name in ("objective", "bound", "gap", "status", "half_width"):
                value = entry.summary[name] if entry.state == "done" else None
                assert pd.isna(row[name]) if value is None else row[name] == value, name
    assert first["objective"].to_list()[:3] == second["objective"].to_list()[:3]
    assert first["whatif"].fillna("").to_list() == second["whatif"].to_list() == ["", "", "heads 30", ""]
    assert list(second["result"]) == ["whole", "whole", "whole", ""]
    found = duckdb.sql(
        f"SELECT whatif, count(*), avg(objective) FROM '{tmp_path / 'run.parquet'}' WHERE state = 'done'"
        " GROUP BY whatif ORDER BY whatif"
    ).fetchall()
    assert [(whatif, count) for whatif, count, _ in found] == [("", 2), ("heads 30", 1)]
    assert found[0][2] == pytest.approx(second["objective"][:2].mean())


def varied() -> Iterator[Case]:
    town = Subject(read("tiny-2"), name="tiny-2")
    wishes = ("--set gatherings.large.turnout=150 --heads 30", "--set gatherings.large.turnout=250", "--lose squad")
    for words in (None, *wishes):
        yield Case(town, 1, read_whatif(words)[0] if words else None, SMALL)


def test_bug_what_a_sweep_varies_had_no_columns_and_most_harms_were_left_out(tmp_path: Path) -> None:
    run_batch(varied(), tmp_path / "run", executor=CountingExecutor())
    run("export", tmp_path / "run", "--to", tmp_path / "run.csv")
    run("export", tmp_path / "run", "--to", tmp_path / "run.parquet")
    for table in (pd.read_csv(tmp_path / "run.csv"), pd.read_parquet(tmp_path / "run.parquet")):
        assert table["set:gatherings.large.turnout"].to_list() == [200, 150, 250, 200], "as it was in each case"
        assert table["heads"].to_list() == [40, 30, 40, 40]
        assert table["lose:squad"].to_list() == [0, 0, 0, 1]
        with Run(tmp_path / "run", create=False) as opened:
            for entry, (_, row) in zip(opened.ledger.entries(), table.iterrows(), strict=True):
                harms = opened.document(entry)["evaluation"]["harms"]
                for harm in (harm.id for harm in LISTED):
                    assert row[harm] == pytest.approx(harms[harm]["mean"])
                    low = harms[harm]["low"]
                    assert pd.isna(row[f"{harm}_low"]) if low is None else row[f"{harm}_low"] == pytest.approx(low)


@pytest.mark.slow
def test_bug_cases_that_differ_had_the_same_label(tmp_path: Path) -> None:
    town = Subject(read("tiny-2"), name="tiny-2")
    efforts = (SMALL, CaseSettings(scenarios=30, reporting=40, certify=True), CaseSettings(scenarios=20, reporting=40))
    titled = (WhatIf(title="fewer", changes=(Cap(cap=n),)) for n in (30, 31))
    wanted = [*(Case(town, 1, settings=effort) for effort in efforts), *(Case(town, 1, w, SMALL) for w in titled)]
    run_batch(wanted, tmp_path, executor=CountingExecutor())
    labels = [case["label"] for case in json.loads(run("list", tmp_path, "--json").stdout)["cases"]]
    assert labels == [
        "tiny-2, seed 1, scenarios 30, certify false",
        "tiny-2, seed 1, scenarios 30, certify true",
        "tiny-2, seed 1, scenarios 20, certify false",
        "tiny-2, fewer, seed 1, heads=30",
        "tiny-2, fewer, seed 1, heads=31",
    ]
    for name in labels:
        assert run("show", tmp_path, name).stdout
    run("export", tmp_path, "--to", tmp_path / "run.csv")
    assert pd.read_csv(tmp_path / "run.csv")["label"].to_list() == labels


def test_bug_cases_of_two_runs_were_paired_by_a_label_that_others_had_too(tmp_path: Path) -> None:
    town = Subject(read("tiny-2"), name="tiny-2")
    few, more = CaseSettings(scenarios=20, reporting=40), SMALL
    run_batch([Case(town, 1, settings=effort) for effort in (few, more)], tmp_path / "a", executor=CountingExecutor())
    run_batch([Case(town, 1, settings=effort) for effort in (more, few)], tmp_path / "b", executor=CountingExecutor())
    with Run(tmp_path / "a") as first, Run(tmp_path / "b") as second:
        for here, there in match_cases(first, second):
            assert there is not None
            assert there.task.spec["effort"] == here.task.spec["effort"]


def test_export_says_what_is_missing_or_was_changed_and_gives_no_figures_of_it(spoilt: Path, tmp_path: Path) -> None:
    done = run("export", spoilt, "--to", tmp_path / "run.csv", code=4)
    assert "tiny-2, seed 1" in done.stderr
    assert "is missing" in done.stderr
    assert "was changed or damaged" in done.stderr
    assert "2 results have no figures" in done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "run.csv").read_text(encoding="utf-8"))))
    assert [(row["state"], row["result"], row["objective"]) for row in rows] == [
        ("done", "missing", ""),
        ("done", "changed", ""),
        ("waiting", "", ""),
        ("failed", "", ""),
    ]


def test_show_of_a_changed_result_is_refused(spoilt: Path) -> None:
    assert "was changed or damaged" in run("show", spoilt, NAMES[1], code=4).stderr
    assert "is missing" in run("compare", spoilt, NAMES[0], NAMES[1], code=4).stderr
    assert "waiting" in run("show", spoilt, NAMES[2]).stdout


def test_other_endings_are_refused(made: Path, tmp_path: Path) -> None:
    assert ".parquet" in run("export", made, "--to", tmp_path / "run.txt", code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_its_extra_is_said(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert "pip install '.[table]'" in run("export", made, "--to", tmp_path / "run.parquet", code=4).stderr


def test_hostile_titles_are_no_formulas(tmp_path: Path) -> None:
    case = Case(Subject(read("tiny-2"), name="=1+1.toml"), settings=SMALL)
    with lightly(), Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.store_input(case.subject.body)
        ledger.add([case.task()])
    with Run(tmp_path) as opened:
        text = export.write_csv(export.table_rows(opened)).decode()
    assert ",=1+1" not in text
    assert "=1+1.toml" in text


def test_bug_a_folder_that_holds_jobs_of_a_server_was_shown_as_a_fault_of_the_program(tmp_path: Path) -> None:
    run_batch(wanted(SMALL), tmp_path, executor=CountingExecutor())
    with Run(tmp_path) as run:
        spec = {"do": "plan", "instance": "tiny-2", "numbers": {"seed": 1}}
        run.ledger.add([Task("0" * 32, "job", spec, run.ledger.store_input(b"{}"))])
    asked = CliRunner().invoke(app, ["runs", "show", str(tmp_path), NAMES[0]])
    assert asked.exit_code == 0, asked.output
    assert CliRunner().invoke(app, ["runs", "show", str(tmp_path), "0" * 32]).exit_code == 3


@pytest.mark.slow
def test_bug_what_batches_print_as_json_named_no_format(made: Path) -> None:
    lists = {
        "batch": ("batch", "--out", str(made)),
        "cases": ("runs", "list", str(made)),
        "pairs": ("runs", "compare", str(made), NAMES[0], NAMES[1]),
    }
    wanted = [*lists.items(), *(("case", ("runs", "show", str(made), name)) for name in NAMES)]
    for name, words in wanted:
        document = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
        assert document["format"] == f"optimiser-{name}/1"
        jsonschema.validate(document, SCHEMAS[name]())
