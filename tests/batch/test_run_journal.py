"""A ledger that is lost is made anew: from the results that are whole, and from nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.drivers import CountingExecutor, how
from support.stub_batch import cases, files, lightly
from typer.testing import CliRunner

from optimiser.batch.driver import BatchObserver
from optimiser.batch.run_batch import run_batch
from optimiser.batch.run_folder import Run
from optimiser.cli import app

LEDGER, JOURNAL = "ledger.sqlite", "ledger.jsonl"


def close(out: Path) -> None:
    """Have all that the ledger knows in its one file."""
    with Run(out) as run:
        run.ledger._query("PRAGMA wal_checkpoint(TRUNCATE)")
    for side in ("-wal", "-shm"):
        (out / f"{LEDGER}{side}").unlink(missing_ok=True)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """Make a run of eight cases that are done."""
    with lightly():
        run_batch(cases(*range(8)), tmp_path / "run", executor=CountingExecutor())
        close(tmp_path / "run")
        yield tmp_path / "run"


def cut(share: float) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        raw = file.read_bytes()
        file.write_bytes(raw[: int(share * len(raw))])

    return damage


def scramble(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 4 :] = random.Random(3).randbytes(len(raw) - len(raw) // 4)
    file.write_bytes(raw)


DAMAGES = {
    "gone": Path.unlink,
    "empty": cut(0.0),
    "ten bytes": lambda file: file.write_bytes(file.read_bytes()[:10]),
    "a quarter": cut(0.25),
    "half": cut(0.5),
    "nearly all": cut(0.95),
    "scrambled": scramble,
    "another thing": lambda file: file.write_text("not a ledger", encoding="ascii"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_bug_a_damaged_ledger_cost_all_that_was_done(out: Path, damage: str) -> None:
    before, told = files(out), []

    class Note(BatchObserver):
        def restored(self, count: int) -> None:
            told.append(count)

    DAMAGES[damage](out / LEDGER)
    listed = CliRunner().invoke(app, ["runs", "list", str(out)])
    assert listed.exit_code == 4
    assert "optimiser batch --out" in listed.stderr, listed.stderr
    executor = CountingExecutor()
    tally = run_batch(cases(*range(10)), out, executor=executor, observer=Note())
    assert (tally.counts["done"], executor.done, told) == (10, 2, [8])
    assert {name: content for name, content in files(out).items() if name in before} == before
    assert list(how(out)) == list(range(10)), "in the order in which they were listed at first"
    assert CliRunner().invoke(app, ["runs", "show", str(out), "tiny-2, seed 3"]).exit_code in (0, 1)  # of a stand-in
    kept = [file.name for file in out.iterdir() if "damaged" in file.name]
    assert bool(kept) == (damage not in ("gone", "empty"))


def test_batch_without_cases_makes_a_ledger_anew(out: Path) -> None:
    cut(0.4)(out / LEDGER)
    done = CliRunner().invoke(app, ["batch", "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    assert "made anew from 8 results that are whole" in done.stderr
    assert "8 done" in done.stdout


def test_only_whole_results_are_taken_over(out: Path) -> None:
    before = files(out)
    first, second, third, *_ = sorted(name for name in before if name.startswith("results/"))
    (out / first).unlink()
    (out / second).write_bytes(before[second][:-1])
    (out / third).write_bytes(before[third].replace(b'"seed"', b'"sead"'))
    cut(0.4)(out / LEDGER)
    executor = CountingExecutor()
    assert run_batch(cases(*range(8)), out, executor=executor).counts["done"] == 8
    assert executor.done == 3
    assert files(out) == before


def test_whatever_of_the_journal_is_damaged_nothing_false_is_taken_over(out: Path) -> None:
    """The journal is cut, scrambled and mixed up; what is taken over is right, and the rest is done again."""
    raw, before, rng = (out / JOURNAL).read_bytes(), files(out), random.Random(5)
    for number in range(30):
        spoilt = bytearray(raw[: rng.randrange(len(raw))] if number % 3 == 0 else raw)
        for _ in range(number % 7):
            spoilt[rng.randrange(max(1, len(spoilt) - 1))] = rng.randrange(256)
        (out / JOURNAL).write_bytes(spoilt)
        (out / LEDGER).unlink()
        run_batch(cases(*range(8)), out, executor=CountingExecutor())
        assert files(out) == before
        assert sorted(how(out)) == list(range(8))
        close(out)


def test_a_line_whose_case_was_edited_is_passed_over(out: Path) -> None:
    lines = [json.loads(line) for line in (out / JOURNAL).read_text(encoding="ascii").splitlines() if line]
    for line in lines:
        if "case" in line:
            line["spec"]["seed"] += 100
    (out / JOURNAL).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    (out / LEDGER).unlink()
    with Run(out) as run:
        assert not list(run.ledger.entries())


def test_half_a_line_at_the_end_costs_nothing_that_comes_after_it(out: Path) -> None:
    with (out / JOURNAL).open("ab") as stream:
        stream.write(b'\n{"case": "12')
    run_batch(cases(8, 9), out, executor=CountingExecutor())
    (out / LEDGER).unlink()
    close(out)
    with Run(out) as run:
        assert run.ledger.counts()["done"] == 10


def test_bug_a_result_edited_without_a_change_of_its_size_was_never_made_again(out: Path) -> None:
    before = files(out)
    name = next(name for name in before if name.startswith("results/"))
    (out / name).write_bytes(before[name].replace(b'"seed"', b'"sead"'))
    executor = CountingExecutor()
    run_batch([], out, executor=executor)
    assert (executor.done, files(out)) == (1, before)
