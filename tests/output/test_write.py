"""Files are whole, exact and the same everywhere; nothing unchecked is written, and no name becomes a formula."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import math
import os
import stat
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from support.sample_solution import SCENARIOS, solved
from support.town import posted, town

from optimiser.common.errors import FileTrouble, OptimiserError
from optimiser.files.read import read_deployment
from optimiser.model.admission import Unplayable
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.documents.tables import RISKY
from optimiser.output.write import (
    check_folder,
    describe_plan,
    dump,
    plan_schema,
    write_deployment,
    write_events,
    write_files,
    write_rehearsal,
    write_solution,
)
from optimiser.planning.certificate import LocalStatement
from optimiser.planning.solution import Solution
from optimiser.questions.played_plan import rehearse
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import simulate

NAMES = ("deployment.csv", "events.csv", "plan.xlsx", "report.html", "plan.json")


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


# ------------------------------------------------------------ the plan


def test_plan_keeps_to_its_published_schema(solution: Solution) -> None:
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(dump(describe_plan(solution))))


def test_the_schema_knows_a_statement_on_single_exchanges(solution: Solution) -> None:
    local = LocalStatement(5, 0, 1, 1, 1, 0.5, 40, 0.95, 10)
    told = replace(solution, certificate=replace(solution.certificate, local=local))
    jsonschema.Draft202012Validator(plan_schema()).validate(json.loads(dump(describe_plan(told))))


@pytest.mark.parametrize("part", ["certificate", "deployment", "heads", "evaluation", "settings", "replayable"])
def test_schema_misses_no_part(solution: Solution, part: str) -> None:
    document = json.loads(dump(describe_plan(solution)))
    del document[part]
    assert not jsonschema.Draft202012Validator(plan_schema()).is_valid(document)


def test_schema_refuses_what_it_does_not_know(solution: Solution) -> None:
    document = json.loads(dump(describe_plan(solution)))
    document["evaluation"]["guess"] = 1
    assert not jsonschema.Draft202012Validator(plan_schema()).is_valid(document)


def test_plan_reads_back_as_the_same_deployment(solution: Solution, tmp_path: Path) -> None:
    write_solution(solution, tmp_path)
    again = read_deployment(tmp_path / "plan.json")
    assert again.fingerprint() == solution.deployment.fingerprint()
    assert check(solution.instance, again).passed


def test_plan_says_what_the_solution_says(solution: Solution) -> None:
    document = json.loads(dump(describe_plan(solution)))
    assert document["settings"]["seed"] == 1
    assert document["evaluation"]["scenarios"] == SCENARIOS
    assert document["evaluation"]["loss"]["mean"] == solution.evaluation.loss.mean
    assert document["objective"]["optimism"] == solution.optimism
    assert document["certificate"]["sentence"] == solution.certificate.sentence
    assert sum(document["evaluation"]["worst_phase"].values()) == pytest.approx(1.0)
    assert [a["verdict"]["passed"] for a in document["alternatives"]] == [True, False]
    assert document["levers"][0]["sector"] == "kpu"
    margins = document["sectors"][1]["margins"]
    assert [(m["team"], m["fewer"], m["more"]) for m in margins] == [("rope", 0.8123, -0.2), ("care", None, 0.1)]
    assert (margins[0]["intervals"]["fewer"]["low"], margins[1]["intervals"]["fewer"]) == (0.8123 - 0.2, None)


def test_plan_tells_neither_time_nor_place_of_work(solution: Solution) -> None:
    text = dump(describe_plan(solution))
    assert "seconds" not in text
    assert str(Path.cwd()) not in text
    assert describe_plan(solution) == describe_plan(replace(solution, history=slower(solution)))


def slower(solution: Solution) -> tuple:
    return tuple(replace(p, seconds=p.seconds + 100.0) for p in solution.history)


def test_minutes_in_phases_add_up_to_the_day_as_it_is_simulated(solution: Solution) -> None:
    phases = describe_plan(solution)["evaluation"]["phases"]
    for sector in solution.instance.sectors:
        total = sum(part["minutes"] for part in phases[sector.id].values())
        assert total == pytest.approx(solution.instance.period.simulated)


def test_json_has_no_number_that_is_none() -> None:
    text = dump({"a": math.inf, "b": [math.nan, 1.5], "c": {"d": 0.1 + 0.2}, "e": "inf", "f": True})

    def refuse(name: str) -> float:
        raise AssertionError(name)

    values = json.loads(text, parse_constant=refuse)
    assert values == {"a": None, "b": [None, 1.5], "c": {"d": 0.1 + 0.2}, "e": "inf", "f": True}


def test_fingerprint_follows_the_content_of_the_instance() -> None:
    assert town().fingerprint() == town().fingerprint()
    assert town().fingerprint() != town(cap=249).fingerprint()


MAKE = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from support.sample_solution import solved
from optimiser.output.write import write_solution
for file in write_solution(solved(), {folder!r}):
    print(hashlib.sha256(file.read_bytes()).hexdigest())
"""


@pytest.mark.slow
def test_same_bytes_in_other_processes(solution: Solution, tmp_path: Path) -> None:
    here = [hashlib.sha256(f.read_bytes()).hexdigest() for f in write_solution(solution, tmp_path / "here")]
    program = MAKE.format(tests=str(Path(__file__).parents[1]), folder=str(tmp_path / "other"))
    environment = {**os.environ, "PYTHONHASHSEED": "271828"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == here


# ------------------------------------------------------------ the door


def test_plan_with_a_bad_verdict_is_withheld(solution: Solution, tmp_path: Path) -> None:
    broken = Deployment.build(solution.instance, {("kpu", "talk"): 99}, {})
    stained = replace(solution, verdict=check(solution.instance, broken))
    with pytest.raises(OptimiserError, match="withheld"):
        write_solution(stained, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_plan_that_its_verdict_is_not_about_is_withheld(solution: Solution, tmp_path: Path) -> None:
    broken = Deployment.build(solution.instance, {("kpu", "talk"): 99}, {})
    with pytest.raises(OptimiserError, match="only 5 can be used") as caught:
        write_solution(replace(solution, deployment=broken), tmp_path / "out")
    assert caught.value.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_plan_made_under_another_law_is_not_told_under_this_one(solution: Solution, tmp_path: Path) -> None:
    own = replace(solution, settings=replace(solution.settings, law="of my own"))
    with pytest.raises(OptimiserError, match="'of my own'"):
        write_solution(own, tmp_path / "out")
    with pytest.raises(OptimiserError, match="'threshold'"):
        write_solution(solution, tmp_path / "out", law="threshold")
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------ tables


def test_deployment_table_keeps_every_row(solution: Solution) -> None:
    table = solution.frame()
    written = rows(write_deployment(table))
    assert [row["id"] for row in written] == list(table["id"])
    assert sum(int(row["heads"]) for row in written) == int(table["heads"].sum())


def test_events_are_those_of_the_first_reporting_scenario(solution: Solution, tmp_path: Path) -> None:
    write_solution(solution, tmp_path)
    written = rows((tmp_path / "events.csv").read_bytes())
    scenario = draw(solution.instance, 1, SCENARIOS, REPORTING).items[0]
    events = simulate(solution.instance, solution.deployment, scenario)[1]
    assert len(written) == len(events) > 10
    for row, event in zip(written, events, strict=True):
        assert row["clock"] == solution.instance.clock(event.minute)
        assert (float(row["minute"]), row["kind"], row["sector"]) == (event.minute, event.kind, event.sector)
        assert float(row["number"]) == event.number


@pytest.mark.parametrize("start", RISKY)
def test_no_text_becomes_a_formula(start: str) -> None:
    event = Event(1.0, "phase", f"{start}cmd|' /C calc'!A0", note=f"{start}1+1")
    row = rows(write_events(town(), [event]))[0]
    assert row["sector"] == f"'{event.sector}"
    assert row["note"] == f"'{event.note}"


def test_names_in_the_deployment_do_not_become_formulas() -> None:
    data = town().model_dump(mode="json")
    data["sectors"][1]["name"] = '=HYPERLINK("http://example.org","KPU")'
    data["roles"][0]["name"] = "@SUM(1)"
    instance = type(town()).model_validate(data, context=SHAPE_ONLY)
    written = rows(write_deployment(posted(instance).table(instance)))
    cells = [cell for row in written for cell in row.values()]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert any(cell.startswith("'@SUM") for cell in cells)
    assert not any(cell.startswith(RISKY) for cell in cells)


def test_numbers_stay_numbers() -> None:
    row = rows(write_events(town(), [Event(0.0, "triggered", "kpu", number=-0.25)]))[0]
    assert float(row["number"]) == -0.25


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    note = 'said "no", then\nleft; ' + "ä €"
    assert rows(write_events(town(), [Event(0.0, "refused", note=note)]))[0]["note"] == note


# ------------------------------------------------------------ rehearsals


def test_rehearsal_is_written_whole(tmp_path: Path) -> None:
    instance = town()
    rehearsal = rehearse(instance, posted(instance), seed=3, scenario=2, scenarios=5)
    files = write_rehearsal(rehearsal, tmp_path / "a" / "b")
    document = json.loads(files[1].read_text())
    assert document["scenario"] == 2
    assert document["evaluation"]["scenarios"] == 5
    events = simulate(instance, posted(instance), draw(instance, 3, 3, REPORTING).items[2])[1]
    assert [e["minute"] for e in document["events"]] == [e.minute for e in events]
    assert len(rows(files[0].read_bytes())) == len(events)


def test_what_the_instance_does_not_have_is_not_played() -> None:
    instance = town()
    stranger = Deployment.model_validate({"instance": "town", "places": {"moon": {"teams": {"talk": 1}}}})
    with pytest.raises(Unplayable, match="moon"):
        rehearse(instance, stranger)


# ------------------------------------------------------------ whole or not at all

OLD = {name: f"old {name}".encode() for name in NAMES}
NEW = {name: f"new {name}".encode() for name in NAMES}


def fail_at(monkeypatch: pytest.MonkeyPatch, name: str, at: int, error: BaseException) -> None:
    """Let the n-th call of a function of `os` fail."""
    true, calls = getattr(os, name), []

    def failing(*args, **kwargs):
        calls.append(args)
        if len(calls) == at:
            raise error
        return true(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


@pytest.mark.parametrize("name", ["open", "fdopen", "fsync", "replace"])
@pytest.mark.parametrize("at", range(1, len(NAMES) + 2))  # the folder itself comes last
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_trouble_leaves_old_or_new_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, at: int, error: BaseException
) -> None:
    write_files(tmp_path, OLD)
    reached = at <= len(NAMES) + (name in ("open", "fsync"))
    with monkeypatch.context() as patch:
        fail_at(patch, name, at, error)
        if not reached:
            write_files(tmp_path, NEW)
        else:
            with pytest.raises(FileTrouble if isinstance(error, OSError) else KeyboardInterrupt) as caught:
                write_files(tmp_path, NEW)
            if isinstance(error, OSError):
                assert str(tmp_path) in str(caught.value)
                assert "No space left" in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(NAMES)
    for file in NAMES:
        assert (tmp_path / file).read_bytes() in (OLD[file], NEW[file])
    if reached and name != "replace" and at <= len(NAMES):  # before the first renaming
        assert all((tmp_path / file).read_bytes() == OLD[file] for file in NAMES)


def test_trouble_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fail_at(monkeypatch, "replace", 2, OSError(errno.EROFS, "Read-only file system"))
    with pytest.raises(FileTrouble, match=r"events\.csv: could not be written: Read-only file system"):
        write_files(tmp_path, NEW)


def test_folder_in_the_way_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(FileTrouble, match=r"plan\.json"):
        write_files(tmp_path, {"plan.json": b"new"})
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    for act in (lambda f: write_files(f, NEW), check_folder):
        with pytest.raises(FileTrouble, match="file"):
            act(tmp_path / "file" / "out")
    assert (tmp_path / "file").read_text() == "old"


def test_folder_without_permission(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(FileTrouble, match="no permission"):
        check_folder(tmp_path / "out")


def test_looking_at_a_folder_makes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def write_changed_copy(folder: Path) -> Path:
    write_files(folder, {"plan.json": b"new"})
    return folder / "plan.json"


def test_bug_a_file_written_in_place_lost_its_mode(tmp_path: Path) -> None:
    for mode in (0o600, 0o640, 0o644, 0o660, 0o400, 0o606):
        (tmp_path / "plan.json").unlink(missing_ok=True)
        (tmp_path / "plan.json").write_bytes(b"old")
        (tmp_path / "plan.json").chmod(mode)
        file = write_changed_copy(tmp_path)
        assert file.read_bytes() == b"new"
        assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_rights_that_the_mask_leaves(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        file = write_changed_copy(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_nobody_may_read_a_file_that_is_being_written_who_could_not_read_the_old_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_bytes(b"old")
    (tmp_path / "plan.json").chmod(0o600)
    seen, true = [], os.open

    def watching(path, flags, mode=0o777, **more):
        number = true(path, flags, mode, **more)
        seen.append(stat.S_IMODE(os.fstat(number).st_mode) & 0o077 if str(path).endswith(".part") else 0)
        return number

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watching)
        write_files(tmp_path, {"plan.json": b"new"})
    assert seen
    assert not any(seen)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_keeps_its_owner_and_its_group(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b"old")
    os.chown(tmp_path / "plan.json", 12345, 23456)
    found = write_changed_copy(tmp_path).stat()
    assert (found.st_uid, found.st_gid) == (12345, 23456)


def test_where_the_group_cannot_be_kept_the_new_one_gets_what_all_others_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    for mode, left in ((0o660, 0o600), (0o664, 0o644), (0o646, 0o646)):
        (tmp_path / "plan.json").write_bytes(b"old")
        (tmp_path / "plan.json").chmod(mode)
        assert stat.S_IMODE(write_changed_copy(tmp_path).stat().st_mode) == left


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system knows no such lists")
def test_a_file_keeps_its_access_control_list(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"old")
    entries = [(0x01, 6, -1), (0x02, 4, 12345), (0x04, 0, -1), (0x10, 4, -1), (0x20, 0, -1)]  # one more user may read
    rights = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    try:
        os.setxattr(file, "system.posix_acl_access", rights)
    except OSError:
        pytest.skip("this disk knows no such lists")
    write_changed_copy(tmp_path)
    assert os.getxattr(file, "system.posix_acl_access") == rights
    os.removexattr(file, "system.posix_acl_access")
    file.chmod(0o600)
    os.setxattr(tmp_path, "system.posix_acl_default", rights)  # what the folder gives to new files
    write_changed_copy(tmp_path)
    with pytest.raises(OSError, match="No data"):
        os.getxattr(file, "system.posix_acl_access")


def test_bug_a_link_was_replaced_by_what_was_written(tmp_path: Path) -> None:
    """Also one that leads through another, and one whose file is yet to be made."""
    outside, folder = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    folder.mkdir()
    (outside / "mine.json").write_text("mine")
    (outside / "mine.json").chmod(0o600)
    (outside / "second").symlink_to("mine.json")
    (folder / "plan.json").symlink_to(outside / "second")
    (folder / "plan.xlsx").symlink_to(outside / "later.xlsx")
    write_files(folder, {"plan.json": b"new", "plan.xlsx": b"made"})
    assert (folder / "plan.json").is_symlink()
    assert (outside / "second").is_symlink()
    assert (outside / "mine.json").read_bytes() == b"new"
    assert stat.S_IMODE((outside / "mine.json").stat().st_mode) == 0o600
    assert (outside / "later.xlsx").read_bytes() == b"made"
    assert sorted(p.name for p in (*outside.iterdir(), *folder.iterdir())) == sorted(
        ["later.xlsx", "mine.json", "second", "plan.json", "plan.xlsx"]
    )


def test_what_no_file_can_replace_is_left_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "device").symlink_to(os.devnull)
    for name, reason in (("pipe", "a pipe"), ("circle", "levels of symbolic links"), ("device", "a device")):
        with pytest.raises(FileTrouble, match=reason):
            write_files(tmp_path, {name: b"new"})
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert (tmp_path / "circle").is_symlink()


def test_a_link_is_replaced_where_what_is_written_must_stay_inside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "plan.json").symlink_to(outside)
    write_files(folder, {"plan.json": b"new"}, follow=False)
    assert outside.read_text() == "mine"
    assert (folder / "plan.json").read_bytes() == b"new"
    assert not (folder / "plan.json").is_symlink()
