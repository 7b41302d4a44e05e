"""Workers: what they do is told once, one that dies takes only its own piece along, and a script needs no guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from optimiser.common.cancellation import cancelled_by
from optimiser.common.errors import Cancelled, FileTrouble
from optimiser.common.processors import processors
from optimiser.jobs.executor import CallResult, InlineExecutor, map_unordered
from optimiser.jobs.process_executor import ProcessExecutor, _Worker


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("cannot be made again from its text")
        self.one, self.two = one, two


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def raise_it(what: str) -> None:
    if what == "odd":
        raise Unpicklable(1, 2)
    raise {"key": KeyError, "exit": SystemExit}[what]("no such thing")


def die_once(mark: str, value: int) -> int:
    if value == 3 and not Path(mark).exists():
        Path(mark).touch()
        die()
    return value * value


@pytest.fixture
def executor() -> Iterator[ProcessExecutor]:
    with_two = ProcessExecutor(2)
    yield with_two
    with_two.close()


def all_of(executor: ProcessExecutor, count: int) -> dict[object, CallResult]:
    found: list[CallResult] = []
    for _ in range(200):
        found += executor.wait(0.5)
        if len(found) == count:
            break
    assert len(found) == len({e.ticket for e in found}) == count
    return {e.ticket: e for e in found}


def test_every_piece_of_work_is_told_once(executor: ProcessExecutor) -> None:
    assert (executor.size, executor.free) == (2, 2)
    assert executor.wait(0.0) == []
    for number in range(6):
        executor.submit(number, pow, number, 2)
    assert executor.free == -4
    assert {ticket: e.value for ticket, e in all_of(executor, 6).items()} == {n: n * n for n in range(6)}
    assert (executor.free, len(executor.pids())) == (2, 2)


def test_functions_and_closures_of_a_script_are_work_too(executor: ProcessExecutor) -> None:
    factor = 3
    executor.submit("a", lambda value: factor * value, 14)
    assert all_of(executor, 1)["a"].value == 42


def test_what_is_raised_comes_back(executor: ProcessExecutor) -> None:
    executor.submit("key", raise_it, "key")
    executor.submit("odd", raise_it, "odd")
    ended = all_of(executor, 2)
    assert isinstance(ended["key"].error, KeyError)
    assert not ended["key"].died
    assert "Unpicklable: cannot be made again" in str(ended["odd"].error)
    executor.submit("fine", pow, 2, 3)
    assert all_of(executor, 1)["fine"].value == 8


def test_a_result_that_cannot_be_pickled_is_an_error(executor: ProcessExecutor) -> None:
    executor.submit("lock", lambda: __import__("threading").Lock())
    assert isinstance(all_of(executor, 1)["lock"].error, TypeError)


def test_a_worker_that_dies_takes_only_its_own_piece_along(executor: ProcessExecutor) -> None:
    executor.submit("dies", die)
    executor.submit("exits", raise_it, "exit")
    for number in range(4):
        executor.submit(number, pow, number, 2)
    ended = all_of(executor, 6)
    assert {ticket for ticket, e in ended.items() if e.died} == {"dies", "exits"}
    assert [ended[n].value for n in range(4)] == [0, 1, 4, 9]


def test_a_worker_killed_while_it_had_nothing_to_do_costs_nothing(executor: ProcessExecutor) -> None:
    for wait in (0.0, 0.5):  # it may not be gone yet when it is given work
        executor.submit("one", pow, 2, 2)
        all_of(executor, 1)
        (pid,) = executor.pids()
        os.kill(pid, signal.SIGKILL)
        time.sleep(wait)
        executor.submit("two", pow, 3, 2)
        ended = all_of(executor, 1)["two"]
        assert (ended.value, ended.died) == (9, False)
        assert pid not in executor.pids()


def test_workers_that_never_begin_are_not_made_for_ever(
    executor: ProcessExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimiser.jobs.process_executor.run_worker", sys.exit)
    for number in range(4):
        executor.submit(number, pow, number, 2)
    assert {e.died for e in all_of(executor, 4).values()} == {True}


def test_bug_what_came_back_was_lost_where_no_process_could_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    executor, hire, hired = ProcessExecutor(3), _Worker.__init__, []

    def hire_one(self: _Worker, behind: bool) -> None:
        if hired:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        hire(self, behind)
        hired.append(1)

    monkeypatch.setattr(_Worker, "__init__", hire_one)
    for number in range(3):
        executor.submit(number, pow, number, 2)
    assert {ticket: e.value for ticket, e in all_of(executor, 3).items()} == {0: 0, 1: 1, 2: 4}  # one does it all
    (pid,) = executor.pids()
    executor.submit("alone", die)
    assert all_of(executor, 1)["alone"].died
    executor.submit("nobody", pow, 2, 2)
    with pytest.raises(FileTrouble, match="no process can be started"):  # nobody is there to do it
        executor.wait(0.0)
    hired.clear()
    assert all_of(executor, 1)["nobody"].value == 4
    assert pid not in executor.pids()
    executor.close()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be blocked")
def test_bug_the_first_worker_could_be_interrupted_while_it_was_loading() -> None:
    """In a process that has started none: the helper processes of Python and loky are started with the first one."""
    program = (
        "import signal\n"
        "from loky.backend import get_context\n"
        "from optimiser.jobs.process_executor import _signals_blocked\n"
        "from optimiser.jobs.worker_process import END_SIGNALS\n"
        "if __name__ == '__main__':\n"
        "    with _signals_blocked():\n"
        "        process = get_context('loky').Process(target=int)\n"
        "        process.start()\n"
        "        print(set(END_SIGNALS) <= signal.pthread_sigmask(signal.SIG_BLOCK, []))\n"
        "    process.join()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_program_that_waits_for_all_its_children_disturbs_nothing(executor: ProcessExecutor) -> None:
    executor.submit("one", pow, 2, 2)
    all_of(executor, 1)
    (pid,) = executor.pids()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    executor.close()
    assert executor.pids() == []


@pytest.mark.alone
def test_closing_ends_the_workers_at_once() -> None:
    executor = ProcessExecutor(2)
    for number in range(4):
        executor.submit(number, time.sleep, 600)
    workers = [psutil.Process(pid) for pid in executor.pids()]
    assert len(workers) == 2
    executor.close()
    assert psutil.wait_procs(workers, timeout=5)[1] == []
    assert (executor.free, executor.pids()) == (2, [])


def test_map_unordered_gives_all_with_their_numbers_and_takes_no_more_than_there_is_room_for(
    executor: ProcessExecutor,
) -> None:
    taken = 0

    def pieces() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for number in range(20):
            taken += 1
            yield (number, 2)

    found = {}
    for number, value in map_unordered(executor, pow, pieces()):
        found[number] = value
        assert taken <= len(found) + 4
    assert found == {n: n * n for n in range(20)}
    assert list(map_unordered(executor, pow, [])) == []


def test_map_unordered_gives_a_piece_again_whose_worker_died_and_not_a_third_time(
    executor: ProcessExecutor, tmp_path: Path
) -> None:
    pieces = [(str(tmp_path / "mark"), value) for value in range(6)]
    assert dict(map_unordered(executor, die_once, pieces)) == {n: n * n for n in range(6)}
    with pytest.raises(RuntimeError, match="piece 0 killed its worker twice"):
        list(map_unordered(executor, die, [()]))


def test_map_unordered_raises_what_the_work_raises(executor: ProcessExecutor) -> None:
    with pytest.raises(KeyError, match="no such thing"):
        list(map_unordered(executor, raise_it, [("key",)]))


@pytest.mark.alone
def test_bug_map_unordered_did_not_look_whether_it_was_called_off(executor: ProcessExecutor) -> None:
    enough = threading.Event()
    timer = threading.Timer(1.0, enough.set)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(Cancelled), cancelled_by(enough):
        list(map_unordered(executor, time.sleep, [(20,), (20,)]))
    assert time.monotonic() - begun < 5.0
    timer.join()


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from optimiser.jobs.executor import map_unordered\n"
        "from optimiser.jobs.process_executor import ProcessExecutor\n"
        "print('begun')\n"
        "def square(x): return x * x\n"
        "executor = ProcessExecutor(2)\n"
        "print(sorted(map_unordered(executor, square, [(2,), (3,)])))\n"
        "executor.close()\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["begun", "[(0, 4), (1, 9)]"]


def test_as_many_workers_as_this_process_may_use_processors() -> None:
    assert ProcessExecutor().size == processors() >= 1


def test_bug_fewer_workers_than_one_were_waited_for_without_end() -> None:
    for workers in (-1, 0):
        with pytest.raises(ValueError, match=f"{workers} workers"):
            ProcessExecutor(workers)


def test_a_crew_of_this_process_does_one_piece_at_a_time() -> None:
    executor, done = InlineExecutor(), []
    executor.submit("a", done.append, 1)
    assert (executor.size, executor.free, done) == (1, 0, [])
    executor.submit("b", raise_it, "key")
    assert [e.ticket for e in executor.wait(0.0)] == ["a"]
    assert done == [1]
    assert isinstance(executor.wait(0.0)[0].error, KeyError)
    assert executor.wait(0.0) == []
    assert dict(map_unordered(executor, pow, [(2, 2), (3, 2)])) == {0: 4, 1: 9}
    executor.submit("c", done.append, 2)
    executor.close()
    assert (executor.wait(0.0), done) == ([], [1])
