"""The ledger: nothing is lost, nothing done twice, claims of the dead are given back, and the file says whose it is."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from optimiser.common.errors import FileTrouble
from optimiser.jobs import ledger as module
from optimiser.jobs import ledger_file
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.ledger_file import MIGRATIONS
from optimiser.jobs.process_identity import ProcessIdentity, this_process
from optimiser.jobs.task import Task

FIRST = Path(__file__).parents[1] / "data/ledgers/1.sql"  # a ledger as the first version of the format has it


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def task(key: str, **more) -> Task:
    return Task(key, **{"kind": "plan", **more})


def states(ledger: Ledger) -> dict[str, str]:
    return {entry.task.key: entry.state for entry in ledger.entries()}


def test_a_task_is_listed_once_and_in_order(ledger: Ledger) -> None:
    assert ledger.add([task("b", spec={"seed": 2}), task("a")]) == 2
    assert ledger.add([task("a"), task("c")]) == 1
    assert list(states(ledger)) == ["b", "a", "c"]
    assert ledger.entry("b").task == task("b", spec={"seed": 2})
    with pytest.raises(KeyError):
        ledger.entry("d")


def test_a_list_that_breaks_off_lists_nothing(ledger: Ledger) -> None:
    def broken() -> Iterator[Task]:
        yield task("a", input=ledger.store_input(b"town"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.add(broken())
    assert states(ledger) == {}
    with pytest.raises(KeyError):
        ledger.read_input(Ledger.store_input.__doc__ or "")
    assert ledger.add([task("a")]) == 1


def test_bug_what_the_caller_s_own_files_do_was_trouble_with_the_ledger(ledger: Ledger) -> None:
    def lost() -> Iterator[Task]:
        yield Task("one", "plan")
        raise FileNotFoundError(2, "No such file or directory", "towns.txt")

    with pytest.raises(FileNotFoundError, match=r"towns\.txt"):
        ledger.add(lost())
    assert list(ledger.entries()) == []


def test_an_input_is_kept_once(ledger: Ledger) -> None:
    mark = ledger.store_input(b"a town" * 1000)
    assert ledger.store_input(b"a town" * 1000) == mark
    assert ledger.read_input(mark) == b"a town" * 1000


def test_life_of_a_task(ledger: Ledger) -> None:
    ledger.add([task("a"), task("b"), task("c")])
    assert [entry.task.key for entry in ledger.lease(this_process(), 2)] == ["a", "b"]
    assert ledger.entry("a").owner == str(this_process())
    ledger.finish("a", {"objective": 1.5}, 10, "abc")
    ledger.fail("b", {"kind": "Infeasible", "code": 5, "message": "no"})
    done, failed, waiting = ledger.entries()
    assert (done.state, done.summary, done.size, done.sha256) == ("done", {"objective": 1.5}, 10, "abc")
    assert (failed.state, failed.error["code"], waiting.state) == ("failed", 5, "waiting")
    assert ledger.counts() == {"waiting": 1, "running": 0, "done": 1, "failed": 1, "aside": 0}
    assert [a.how for a in ledger.attempts("a")] == ["done"]
    assert all(a.ended is not None and a.ended >= a.begun for a in ledger.attempts("a"))


def test_only_what_is_meant_for_the_caller_is_claimed(ledger: Ledger) -> None:
    ledger.add([task("old", version="1"), task("other", kind="simulate", version="2"), task("mine", version="2")])
    assert [e.task.key for e in ledger.lease(this_process(), 9, "plan", "2")] == ["mine"]
    assert ledger.counts("plan", "2")["running"] == ledger.counts("plan", "1")["waiting"] == 1


def test_a_task_that_kills_two_workers_is_set_aside(ledger: Ledger) -> None:
    ledger.add([task("a"), task("b")])
    ledger.lease(this_process(), 1)
    assert ledger.record_death("a", {"message": "died"}) == "waiting"
    assert [e.task.key for e in ledger.lease(this_process(), 9)] == ["a", "b"]
    assert ledger.record_death("a", {"message": "died"}) == "aside"
    assert ledger.entry("a").error == {"message": "died"}
    assert ledger.lease(this_process(), 9) == []
    assert [a.how for a in ledger.attempts("a")] == ["died", "died"]
    assert ledger.retry("failed", "aside", version="") == 1
    assert ledger.lease(this_process(), 9)[0].deaths == 0


def test_claims_of_the_dead_are_given_back_and_of_the_living_not(ledger: Ledger) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = replace(this_process(), pid=child.pid, started=this_process().started)
    program = "from optimiser.jobs.process_identity import this_process; print(this_process())"
    past = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    dead = ProcessIdentity.of(past.stdout.strip())
    ledger.add([task(key) for key in "abcde"])
    ledger.lease(this_process(), 1)
    ledger.lease(dead, 1)
    ledger.lease(replace(dead, host="elsewhere"), 1)
    ledger.lease(replace(other, started=1.0), 1)  # its number is in use again, by a later process
    assert ledger.reclaim() == 3
    child.communicate(b"\n")
    assert states(ledger) == {"a": "running", "b": "waiting", "c": "waiting", "d": "waiting", "e": "waiting"}
    assert [a.how for a in ledger.attempts("b")] == ["lost"]
    assert ledger.release(this_process(), "ab") == 1
    assert states(ledger)["a"] == "waiting"


def test_a_process_that_ended_and_was_not_asked_for_yet_is_dead() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "from optimiser.jobs.process_identity import this_process; print(this_process())"],
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    owner = ProcessIdentity.of(child.stdout.read().decode().strip())
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not owner.alive
    child.communicate()
    assert not owner.alive
    assert this_process().alive


def test_many_threads_claim_each_task_once(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as shared:
        shared.add(task(str(i)) for i in range(200))
        taken: list[str] = []

        def work(own: Ledger) -> None:
            while entries := own.lease(this_process(), 3):
                for entry in entries:
                    taken.append(entry.task.key)
                    own.finish(entry.task.key, {})

        others = [Ledger(tmp_path / "ledger.sqlite") for _ in range(2)]
        threads = [threading.Thread(target=work, args=(own,)) for own in (shared, shared, *others)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for other in others:
            other.close()
        assert sorted(taken, key=int) == [str(i) for i in range(200)]
        assert shared.counts()["done"] == 200


def test_bug_an_interrupt_right_after_the_commit_left_a_claim_that_nobody_knew_of(ledger, monkeypatch) -> None:
    ledger.add([task("a"), task("b")])
    real = Ledger.transaction

    @contextlib.contextmanager
    def interrupted(self: Ledger) -> Iterator[None]:
        with real(self):
            yield
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "transaction", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ledger.lease(this_process(), 2)
    assert states(ledger) == {"a": "waiting", "b": "waiting"}
    assert [attempt.how for attempt in ledger.attempts("a")] == ["released"]


def test_entries_are_read_in_pages_while_the_ledger_changes(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 7)
    ledger.add(task(str(i)) for i in range(50))
    seen = []
    for entry in ledger.entries("waiting"):
        ledger.finish(entry.task.key, {})
        seen.append(entry.task.key)
    assert seen == [str(i) for i in range(50)]
    assert len(list(ledger.entries("done"))) == 50


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    """The n-th page that is written does not fit, for every n until all of it does."""
    refused = 0
    for more in range(1, 100):
        with Ledger(tmp_path / str(more) / "ledger.sqlite") as ledger:
            ledger.add(task(f"old-{i}", spec={"text": "x" * 500}) for i in range(20))
            ledger.lease(this_process(), 3)
            before = list(ledger.entries())
            pages = ledger._query("PRAGMA page_count")[0][0]
            ledger._query(f"PRAGMA max_page_count = {pages + more}")
            new = [task(f"new-{i}", spec={"text": "y" * 500}) for i in range(50)]
            try:
                ledger.add(new)
            except FileTrouble as error:
                refused += 1
                assert "ledger.sqlite" in str(error)
                assert "full" in str(error)
                assert list(ledger.entries()) == before
                ledger._query("PRAGMA max_page_count = 1000000")
                assert ledger.add(new) == 50
            else:
                break
    assert 5 <= refused < 99


def test_what_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("dear diary " * 100, encoding="utf-8")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()
    for file in (text, other):
        before = file.read_bytes()
        with pytest.raises(FileTrouble, match=file.name):
            Ledger(file)
        assert file.read_bytes() == before
    with pytest.raises(FileTrouble, match="no ledger"):
        Ledger(tmp_path / "none.sqlite", create=False)
    with pytest.raises(FileTrouble):
        Ledger(text / "below.sqlite")


def test_a_ledger_of_a_later_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(file).close()
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(FileTrouble, match="later version"):
        Ledger(file)


def test_a_ledger_of_the_first_version_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with sqlite3.connect(file) as db:
        db.executescript(FIRST.read_text(encoding="utf-8"))
    db.close()
    with Ledger(file) as ledger:
        assert states(ledger) == {"a": "done", "b": "failed", "c": "waiting"}
        assert ledger.entry("a").summary == {"objective": 1.5}
        assert ledger.read_input(ledger.entry("a").task.input) == b"town"
        assert [a.how for a in ledger.attempts("a")] == ["died", "done"]


def test_an_older_ledger_is_brought_up_to_date_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ledger.sqlite"
    with Ledger(file) as ledger:
        ledger.add([task("a")])
    monkeypatch.setattr(ledger_file, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE tasks ADD COLUMN colour TEXT; ANALYZE"))
    for _ in range(2):
        with Ledger(file) as ledger:
            assert ledger._query("SELECT key, colour FROM tasks") == [("a", None)]
            assert states(ledger) == {"a": "waiting"}


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ledger.sqlite"
    with Ledger(file) as ledger:
        ledger.add([task("a")])
    with monkeypatch.context() as patch:
        patch.setattr(ledger_file, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE tasks ADD COLUMN colour TEXT; NONSENSE"))
        with pytest.raises(FileTrouble):
            Ledger(file)
    with Ledger(file) as ledger:
        assert states(ledger) == {"a": "waiting"}
        assert ledger._query("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_every_commit_is_forced_to_the_disk(ledger: Ledger) -> None:
    assert ledger._query("PRAGMA journal_mode") == [("wal",)]
    assert ledger._query("PRAGMA synchronous") == [(2,)]
