"""Workers that are ready: one compiles, once, and whoever watches is told; a batch does so before its first case."""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from pathlib import Path

import pytest
from support.stub_batch import cases, lightly

from optimiser.batch import driver
from optimiser.batch.driver import BatchObserver
from optimiser.batch.run_batch import run_batch
from optimiser.common.errors import CacheWarning
from optimiser.common.message import Message
from optimiser.jobs import warm_up as module
from optimiser.jobs.executor import map_unordered
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.warm_up import warm_up
from optimiser.simulation.compiled_engine import compile, engine
from optimiser.simulation.compiled_engine.engine import Ready


def there(compile_it: bool) -> Ready:
    return Ready(True)


def not_there(compile_it: bool) -> Ready:
    return Ready(compile_it)


def die(compile_it: bool) -> Ready:
    os.kill(os.getpid(), signal.SIGKILL)
    return Ready(False)


def homeless(compile_it: bool) -> Ready:
    warnings.warn(CacheWarning("said by every worker"), stacklevel=1)
    return Ready(compile_it, trouble=Message("nowhere to keep it") if compile_it else None)


@pytest.mark.slow
@pytest.mark.parametrize(("load", "told"), [(there, 0), (not_there, 1), (die, 0)])
def test_one_worker_compiles_where_that_has_to_be(monkeypatch: pytest.MonkeyPatch, load, told: int) -> None:
    monkeypatch.setattr(module, "_load", load)
    executor, calls = ProcessExecutor(2), []
    warm_up(executor, lambda: calls.append(1))
    assert (len(calls), executor.free) == (told, 2)
    assert len(executor.pids()) == (load is not die)
    executor.close()


def test_nothing_is_compiled_where_the_machine_code_is_not_at_hand(tmp_path: Path, monkeypatch) -> None:
    """In a process that has never compiled, and may not find what others have."""
    for kept in (compile.player, compile.tryer, compile.law_code):
        kept.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(compile, "source_key", lambda: 1)  # another simulation than any that was compiled
        assert not engine.load(compile_it=False).there
    ready = engine.load(compile_it=True)
    assert ready.there
    assert [file.name.split(".")[0] for file in ready.files] == ["play", "attempt", "law-FacilitationLaw"]
    assert engine.load(compile_it=False) == ready


def test_nothing_to_wait_for_where_nothing_can_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RuntimeError("LLVM is not for this processor")

    monkeypatch.setattr(compile, "player", refuse)
    assert engine.load(compile_it=False) == Ready(True)


@pytest.mark.slow
def test_that_nothing_can_be_kept_is_said_once_for_all_workers(monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    monkeypatch.setattr(module, "_load", homeless)
    with contextlib.closing(ProcessExecutor(2)) as executor:
        with pytest.warns(CacheWarning) as told:
            warm_up(executor, lambda: None)
        assert list(map_unordered(executor, homeless, [(False,)] * 4))
    assert [str(w.message) for w in told] == ["nowhere to keep it"]
    assert capfd.readouterr().err == ""


def test_a_batch_has_its_workers_ready_before_the_first_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Note(BatchObserver):
        def compiling(self) -> None:
            told.append("compiling")

        def ended(self, entry, tally) -> None:
            told.append(entry.state)

    monkeypatch.setattr(module, "_load", not_there)
    with lightly():
        monkeypatch.setattr(driver, "warm_up", warm_up)
        for _ in range(2):  # nothing waits at the second time
            run_batch(cases(1, 2), tmp_path, workers=2, observer=Note())
    assert told == ["compiling", "done", "done"]
