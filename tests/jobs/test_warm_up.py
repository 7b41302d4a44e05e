"""Workers that are ready: one compiles, once, and whoever watches is told; a batch does so before its first case."""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from pathlib import Path

import pytest
from support.light import cases, lightly

from optimiser.batch import run_batch as batch
from optimiser.batch.run_batch import Observer, run_batch
from optimiser.common.errors import CacheWarning
from optimiser.common.message import Message
from optimiser.jobs import warm_up as readiness
from optimiser.jobs.warm_up import make_ready
from optimiser.jobs.workers import Processes, gather
from optimiser.simulation.compiled_engine import compile as compiled
from optimiser.simulation.compiled_engine import engine as machine
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


@pytest.mark.parametrize(("load", "told"), [(there, 0), (not_there, 1), (die, 0)])
def test_one_worker_compiles_where_that_has_to_be(monkeypatch: pytest.MonkeyPatch, load, told: int) -> None:
    monkeypatch.setattr(readiness, "_load", load)
    crew, calls = Processes(2), []
    make_ready(crew, lambda: calls.append(1))
    assert (len(calls), crew.room) == (told, 2)
    assert len(crew.pids()) == (load is not die)
    crew.close()


def test_nothing_is_compiled_where_the_machine_code_is_not_at_hand(tmp_path: Path, monkeypatch) -> None:
    """In a process that has never compiled, and may not find what others have."""
    for kept in (compiled.player, compiled.tryer, compiled.law_code):
        kept.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(compiled, "source_key", lambda: 1)  # another simulation than any that was compiled
        assert not machine.load(compile_it=False).there
    ready = machine.load(compile_it=True)
    assert ready.there
    assert [file.name.split(".")[0] for file in ready.files] == ["play", "attempt", "law-RiskLaw"]
    assert machine.load(compile_it=False) == ready


def test_nothing_to_wait_for_where_nothing_can_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RuntimeError("LLVM is not for this processor")

    monkeypatch.setattr(compiled, "player", refuse)
    assert machine.load(compile_it=False) == Ready(True)


def test_that_nothing_can_be_kept_is_said_once_for_all_workers(monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    monkeypatch.setattr(readiness, "_load", homeless)
    with contextlib.closing(Processes(2)) as crew:
        with pytest.warns(CacheWarning) as told:
            make_ready(crew, lambda: None)
        assert list(gather(crew, homeless, [(False,)] * 4))
    assert [str(w.message) for w in told] == ["nowhere to keep it"]
    assert capfd.readouterr().err == ""


def test_a_batch_has_its_workers_ready_before_the_first_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Note(Observer):
        def compiling(self) -> None:
            told.append("compiling")

        def ended(self, entry, tally) -> None:
            told.append(entry.state)

    monkeypatch.setattr(readiness, "_load", not_there)
    with lightly():
        monkeypatch.setattr(batch, "make_ready", make_ready)
        for _ in range(2):  # nothing waits at the second time
            run_batch(cases(1, 2), tmp_path, workers=2, observer=Note())
    assert told == ["compiling", "done", "done"]
