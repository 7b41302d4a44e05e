"""A batch: the bytes do not depend on who did the work, nothing finished is lost or done again, whatever is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from support.drivers import CountingExecutor, how, start, wait_for, workers_of
from support.run_invariants import RunChecker, make_good
from support.stub_batch import cases, files, lightly
from support.stub_planning import SUMMARY

from optimiser.batch import driver
from optimiser.batch.case import PLAN, Case, CaseSettings, Subject, solve_case
from optimiser.batch.driver import BatchObserver
from optimiser.batch.run_batch import results, run_batch
from optimiser.batch.run_folder import Run
from optimiser.common.cancellation import cancelled_by
from optimiser.common.errors import Cancelled, FileTrouble
from optimiser.files.read import read
from optimiser.jobs.executor import InlineExecutor
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.process_identity import ProcessIdentity, this_process
from optimiser.jobs.task import TaskResult
from optimiser.output.write import describe_plan, dump
from optimiser.planning.optimise import optimise

SMALL = CaseSettings(scenarios=2, reporting=2, budget=10)


@pytest.fixture
def stood_in() -> Iterator[None]:
    with lightly():
        yield


def test_bug_cases_were_left_waiting_while_all_workers_were_started_again(tmp_path: Path, stood_in: None) -> None:
    executor = CountingExecutor(size=0)

    def come_back() -> None:
        executor.size = 2

    executor.after = come_back  # nobody at first, and two after somebody has waited
    assert run_batch(cases(1, 2, 3), tmp_path, executor=executor).counts["done"] == 3


# ------------------------------------------------------------ results


def test_a_result_is_what_the_command_line_prints(tmp_path: Path) -> None:
    instance = read("tiny-2")
    run_batch([Case(Subject(instance), 3, settings=SMALL)], tmp_path, executor=CountingExecutor())
    expected = dump(describe_plan(optimise(instance, seed=3, scenarios=2, reporting=2, budget=10))).encode()
    ((entry, content),) = results(tmp_path)
    assert content == expected
    assert (
        entry.summary["objective"]
        == optimise(instance, seed=3, scenarios=2, reporting=2, budget=10).evaluation.objective
    )


@pytest.mark.slow
def test_same_bytes_for_one_and_two_workers_in_any_order(tmp_path: Path) -> None:
    subject = Subject(read("tiny-2"))
    wanted = [Case(subject, seed, settings=SMALL) for seed in range(6)]
    run_batch(wanted, tmp_path / "one", workers=1)
    random.Random(1).shuffle(wanted)
    tally = run_batch(wanted, tmp_path / "two", workers=2)
    assert tally.counts["done"] == 6
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(set(files(tmp_path / "one").values())) == 6


def test_a_case_without_a_plan_is_a_result_and_ends_nothing(tmp_path: Path) -> None:
    wanted = [Case(Subject(read(name)), settings=SMALL) for name in ("infeasible/cap-too-low", "tiny-2")]
    tally = run_batch(wanted, tmp_path, executor=CountingExecutor())
    assert (tally.counts["failed"], tally.counts["done"]) == (1, 1)
    with Run(tmp_path, create=False) as run:
        failed, _ = run.ledger.entries()
        assert failed.error["kind"] == "Infeasible"
        assert failed.error["code"] == 5
        assert "cap" in failed.error["message"]
    assert run_batch(wanted, tmp_path, executor=(executor := CountingExecutor())).ended == executor.done == 0
    assert run_batch([], tmp_path, executor=(executor := CountingExecutor()), again=True).ended == executor.done == 1


def test_a_fault_of_the_program_is_kept_with_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no such thing")

    case = Case(Subject(read("tiny-2")), settings=SMALL)
    task = case.task()
    monkeypatch.setattr("optimiser.batch.case.optimise", broken)
    result = solve_case(case.subject.body, task.spec, task.version)
    assert result.content is None
    assert result.error["kind"] == "ZeroDivisionError"
    assert "broken" in result.error["trace"]


def test_a_worker_of_another_version_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(Subject(read("tiny-2")), settings=SMALL)
    task = case.task()
    assert "asks for 0.0.1" in solve_case(case.subject.body, task.spec, "0.0.1").error["message"]


def test_cases_of_another_version_are_left_alone(tmp_path: Path, stood_in, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("optimiser.batch.case.program_version", lambda: "0.0.1")
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            ledger.add(case.task() for case in cases(1, 2))
    tally = run_batch(cases(1), tmp_path, executor=CountingExecutor())
    assert (tally.total, tally.others, tally.counts["done"]) == (1, 2, 1)


def test_a_key_tells_everything_that_decides_a_result() -> None:
    town, other = Subject(read("tiny-2")), Subject(read("oku-250"))
    different = [
        Case(town),
        Case(other),
        Case(town, 2),
        Case(town, settings=CaseSettings(scenarios=2)),
        Case(town, settings=CaseSettings(certify=True)),
    ]
    keys = [case.task().key for case in different]
    assert len(set(keys)) == len(keys)
    assert Case(Subject(read("tiny-2"), name="elsewhere")).task().key == keys[0], "where a file lies decides nothing"
    assert Subject.of(town.body) == Subject(town.instance)


# ------------------------------------------------------------ resuming


def test_repeating_the_command_does_nothing_again(tmp_path: Path, stood_in) -> None:
    run_batch(cases(*range(20)), tmp_path, executor=CountingExecutor(3))
    before = {file: os.stat(tmp_path / file).st_ino for file in files(tmp_path)}
    executor = CountingExecutor(3)
    tally = run_batch(cases(*range(25)), tmp_path, executor=executor)
    assert (executor.done, tally.ended, tally.counts["done"]) == (5, 5, 25)
    assert {file: os.stat(tmp_path / file).st_ino for file in before} == before
    assert all(ends == ["done"] for ends in how(tmp_path).values())


def test_a_result_that_is_gone_is_made_again(tmp_path: Path, stood_in) -> None:
    run_batch(cases(*range(5)), tmp_path, executor=CountingExecutor())
    whole = files(tmp_path)
    gone, cut, *_ = whole
    (tmp_path / gone).unlink()
    (tmp_path / cut).write_bytes(whole[cut][:-1])
    assert run_batch([], tmp_path, executor=CountingExecutor()).ended == 2
    assert files(tmp_path) == whole


def test_interrupted_keeps_what_came_back_and_gives_back_the_rest(tmp_path: Path, stood_in) -> None:
    def interrupt() -> None:
        if executor.done == 8:
            executor.after = lambda: None
            raise KeyboardInterrupt

    executor = CountingExecutor(2, interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_batch(cases(*range(20)), tmp_path, executor=executor)
    assert executor.closed
    with Run(tmp_path, create=False) as run:
        assert run.ledger.counts() == {"waiting": 14, "running": 0, "done": 6, "failed": 0, "aside": 0}
    run_batch([], tmp_path, executor=CountingExecutor())
    assert {tuple(ends) for ends in how(tmp_path).values()} == {("done",), ("released", "done")}


def test_bug_a_batch_did_not_look_whether_it_was_called_off(tmp_path: Path, stood_in) -> None:
    enough = threading.Event()

    class Button(BatchObserver):
        def ended(self, entry, tally) -> None:
            enough.set()

    with pytest.raises(Cancelled), cancelled_by(enough):
        run_batch(cases(*range(40)), tmp_path, workers=2, observer=Button())
    with Run(tmp_path) as run:
        counts = run.ledger.counts()
        assert counts["done"] > 0
        assert counts["waiting"] > 0
        assert counts["running"] == 0


def test_a_case_whose_search_is_interrupted_has_no_result_and_waits(tmp_path: Path, monkeypatch) -> None:
    """In this process alone Ctrl-C comes in the search, which keeps its best plan; that would depend on the moment."""
    monkeypatch.setattr("optimiser.batch.case.optimise", lambda *_, **__: SimpleNamespace(interrupted=True))
    monkeypatch.setattr(driver, "warm_up", lambda *_: None)
    with pytest.raises(Cancelled):
        run_batch(cases(1), tmp_path, executor=InlineExecutor())
    with Run(tmp_path, create=False) as run:
        assert run.ledger.counts()["waiting"] == 1
    assert how(tmp_path) == {1: ["released"]}


def test_two_drivers_share_a_run(tmp_path: Path, stood_in) -> None:
    second: list[int] = []

    def join() -> None:
        if not second:
            second.append(run_batch([], tmp_path, executor=CountingExecutor(2)).ended)

    first = run_batch(cases(*range(10)), tmp_path, executor=CountingExecutor(2, join)).ended
    assert (first, second) == (2, [8])
    assert all(ends == ["done"] for ends in how(tmp_path).values())


# ------------------------------------------------------------ trouble with the disk


@pytest.mark.slow
def test_whatever_step_of_writing_fails_old_or_new_is_whole(tmp_path: Path, stood_in, monkeypatch) -> None:
    """The n-th write, fsync or rename of the driver fails, for every n; the command repeated ends as if nothing was."""
    run_batch(cases(*range(4)), tmp_path / "good", executor=CountingExecutor())
    good, count = files(tmp_path / "good"), 0
    for step in ("fsync", "replace", "open", "fdopen"):
        for number in range(1, 100):
            out, calls, real = tmp_path / f"{step}-{number}", 0, getattr(os, step)

            def failing(*arguments: Any, real=real, number=number, **more: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == number:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return real(*arguments, **more)

            with monkeypatch.context() as patch:
                patch.setattr(f"optimiser.common.atomic_files.os.{step}", failing)
                try:
                    run_batch(cases(*range(4)), out, executor=CountingExecutor())
                except FileTrouble as error:
                    assert "No space left" in str(error)
                    assert "results" in str(error) or "ledger.jsonl" in str(error)
            there = files(out)
            assert all(good[name] == content for name, content in there.items()), "half a file, or another one"
            run_batch(cases(*range(4)), out, executor=CountingExecutor())
            assert files(out) == good
            count += 1
            if calls < number:
                break
    assert count > 20


def test_a_ledger_that_is_full_stops_the_batch_and_names_itself(tmp_path: Path, stood_in, monkeypatch) -> None:
    real = Ledger.finish
    finished = []

    def full(self: Ledger, key: str, *rest: Any) -> None:
        if len(finished) == 3:
            self._query(f"PRAGMA max_page_count = {self._query('PRAGMA page_count')[0][0]}")
            self.store_input(random.Random(1).randbytes(100_000))
        real(self, key, *rest)
        finished.append(key)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "finish", full)
        with pytest.raises(FileTrouble, match=r"ledger\.sqlite: database or disk is full"):
            run_batch(cases(*range(8)), tmp_path, executor=CountingExecutor())
    with Run(tmp_path, create=False) as run:
        assert run.ledger.counts()["done"] == 2, "the second pair came back with the third, and fits together or not"
    assert run_batch([], tmp_path, executor=CountingExecutor()).counts["done"] == 8


def test_a_read_only_folder_is_named(tmp_path: Path, stood_in) -> None:
    (tmp_path / "results").write_text("in the way", encoding="utf-8")
    with pytest.raises(FileTrouble, match="results"):
        run_batch(cases(1), tmp_path, executor=CountingExecutor())


# ------------------------------------------------------------ workers and drivers that are killed


def test_a_case_that_kills_its_worker_twice_is_set_aside_and_the_others_go_on(tmp_path: Path, stood_in) -> None:
    tally = run_batch(cases(1, 1_000_000, 2, 2_000_000, 3), tmp_path, workers=2)
    assert tally.counts == {"waiting": 0, "running": 0, "done": 3, "failed": 1, "aside": 1}
    assert how(tmp_path)[1_000_000] == ["died", "died"]
    assert all(ends in (["done"], ["failed"]) for seed, ends in how(tmp_path).items() if seed != 1_000_000)


@pytest.mark.alone
def test_killed_at_random_instants_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    """Fifteen workers and five drivers are killed; the command is repeated until it comes through."""
    rng, count = random.Random(11), 150
    with lightly():
        checker = RunChecker(tmp_path / "killed", make_good(tmp_path / "good", count, CountingExecutor()))
    workers = drivers = 0
    while True:
        driver = start(checker.out, count)
        wait_for(driver, 1)
        while workers < 3 * (drivers + 1) and driver.poll() is None:
            time.sleep(rng.uniform(0.0, 0.02))
            for victim in workers_of(driver)[:1]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    victim.kill()
                    workers += 1
        if drivers < 5:
            wait_for(driver, rng.randrange(1, 8))
            time.sleep(rng.uniform(0.0, 0.01))
            driver.kill()
            drivers += 1
        _, said = driver.communicate()
        assert "Traceback" not in said, said  # its workers leave without a word
        checker.check()
        if driver.returncode == 0:
            break
    assert (workers >= 15, drivers) == (True, 5)
    with lightly():
        checker.finish(CountingExecutor())


@pytest.mark.slow
def test_workers_end_with_their_driver(tmp_path: Path) -> None:
    driver = start(tmp_path, 2_000)
    wait_for(driver, 3)
    workers = workers_of(driver)
    assert len(workers) == 2
    driver.kill()
    driver.communicate()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive


@pytest.mark.alone
def test_control_c_leaves_at_once_with_all_that_was_finished(tmp_path: Path) -> None:
    driver = start(tmp_path, 2_000)
    wait_for(driver, 20)
    before = time.monotonic()
    os.killpg(driver.pid, signal.SIGINT)  # as a terminal does, to everybody
    driver.communicate(timeout=20)
    assert time.monotonic() - before < 2.0
    assert driver.returncode != 0
    with Run(tmp_path, create=False) as run:
        counts = run.ledger.counts(PLAN)
        assert counts["done"] >= 20
        assert counts["running"] == counts["failed"] == counts["aside"] == 0
        assert len(files(tmp_path)) == counts["done"]


# ------------------------------------------------------------ many cases


def test_neither_memory_nor_the_queue_grows_with_the_number_of_cases(tmp_path: Path, monkeypatch) -> None:
    def nothing(body: bytes, spec: dict[str, Any], version: str) -> TaskResult:
        return TaskResult(b"{}", SUMMARY, {})

    monkeypatch.setattr(driver, "solve_case", nothing)
    most = {}
    for count in (50, 400):
        executor = CountingExecutor(4)
        tracemalloc.start()
        run_batch(cases(*range(count)), tmp_path / str(count), executor=executor)
        most[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert executor.most == 4
    assert most[400] < most[50] + 200_000, most


def test_observers_are_told(tmp_path: Path, stood_in) -> None:
    class Note(BatchObserver):
        def __init__(self) -> None:
            self.told: list[Any] = []

        def began(self, tally, new, redone) -> None:
            self.told.append(("began", tally.total, new, redone))

        def ended(self, entry, tally) -> None:
            self.told.append((entry.state, tally.left, tally.ended))

    note = Note()
    run_batch(cases(1, 2_000_000, 2), tmp_path, executor=CountingExecutor(1), observer=note)
    assert note.told == [("began", 3, 3, 0), ("done", 2, 1), ("failed", 1, 2), ("done", 0, 3)]


def test_a_system_without_room_for_a_process_ends_a_batch_that_can_go_on(
    tmp_path: Path, stood_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patched:
        patched.setattr("optimiser.jobs.process_executor._Worker.__init__", refuse)
        with pytest.raises(FileTrouble, match="no process can be started"):
            run_batch(cases(1, 2), tmp_path, workers=1)
    with Run(tmp_path) as run:
        assert run.ledger.counts()["waiting"] == 2  # given back
    assert run_batch([], tmp_path, executor=CountingExecutor()).counts["done"] == 2


def test_claims_of_a_dead_driver_are_taken_up(tmp_path: Path, stood_in) -> None:
    past = subprocess.run(
        [sys.executable, "-c", "from optimiser.jobs.process_identity import this_process; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
    )
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        for case in cases(1, 2, 3):
            ledger.store_input(case.subject.body)
            ledger.add([case.task()])
        ledger.lease(ProcessIdentity.of(past.stdout.strip()), 2)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / ".abc.json.123.part").write_text("half", encoding="utf-8")
    assert run_batch([], tmp_path, executor=CountingExecutor()).counts["done"] == 3
    assert how(tmp_path)[1] == ["lost", "done"]
    assert not list((tmp_path / "results").glob(".*"))
    assert this_process().alive
