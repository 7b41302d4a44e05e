"""Subroutines are optimised once, within the entry point; a law is compiled apart from the simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit, types
from numba.core import event
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from support.town import posted, town

from optimiser.model.laws.risk_law import RiskLaw, rational_mood
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.subroutine import SUBROUTINE, _Library, as_subroutine
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


def share(x, y):
    return x / y


def twice(x, y):
    return 2.0 * share(x, y)


def entry(x, y):
    return twice(x, y) + share(x, 4.0)


class Compiling(event.Listener):
    """The functions that are compiled."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, e: event.Event) -> None:
        self.names.append(e.data["dispatcher"].py_func.__name__)

    def on_end(self, e: event.Event) -> None:
        pass


class OwnLaw(RiskLaw):
    """A law of one's own, not compiled by any other test."""

    def mood(self, law, view):
        return rational_mood(law, view)

    def harms(self, law, view, mood):
        return (0.002 * view.people, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_what_we_replace_in_numba_is_what_numba_calls() -> None:
    for name in ("_optimize_final_module", "_finalize_final_module"):
        assert name in vars(_Library)
        assert name in vars(CPUCodeLibrary)
        assert name in CPUCodeLibrary.finalize.__code__.co_names
    assert issubclass(_Library, JITCodeLibrary)


def test_machine_code_is_made_of_the_entry_point_alone(monkeypatch) -> None:
    made: list[str] = []
    finish = JITCodeLibrary._finalize_final_module

    def note(library: JITCodeLibrary) -> None:
        made.append(library.name)
        finish(library)

    monkeypatch.setattr(JITCodeLibrary, "_finalize_final_module", note)
    for function in (share, twice):
        assert as_subroutine(function) is function
    run = njit(entry)
    run.compile((types.float64, types.float64))
    assert [name for name in made if name in ("share", "twice", "entry")] == ["entry"]
    assert run(3.0, 7.0) == entry(3.0, 7.0) == 2.0 * (3.0 / 7.0) + 0.75
    with pytest.raises(ZeroDivisionError):
        run(3.0, 0.0)
    assert SUBROUTINE["no_cpython_wrapper"]


def test_a_law_of_ones_own_is_compiled_without_the_simulation() -> None:
    instance = town()
    scenarios, plan = draw(instance, 2, 20), posted(instance).numbers(instance)
    with Simulator(instance) as usual:
        risk = usual.course(plan, scenarios).loss
    seen, told = Compiling(), []
    listening = event.install_listener("numba:compile", seen)
    with listening, Simulator(instance, OwnLaw(), tell=lambda: told.append(1)) as fast:
        assert fast.engine.name == "compiled"
        loss = fast.course(plan, scenarios).loss
    assert {"mood", "hazards", "harms"} <= set(seen.names)
    assert not {"play_all", "try_all", "run", "refresh"} & set(seen.names)
    assert not told, "nobody has to wait for the simulation"
    assert not np.array_equal(loss, risk)
    with Simulator(instance, OwnLaw(), engine="simpy") as slow:
        assert np.array_equal(slow.course(plan, scenarios).loss, loss)
    with Simulator(instance) as usual:
        assert np.array_equal(usual.course(plan, scenarios).loss, risk)


def test_code_without_an_address_is_not_called() -> None:
    class Nowhere:
        overloads = compile.player().overloads

    class Lost:
        qualname = llvm_func_name = "lost"

    (made,) = Nowhere.overloads.values()
    Nowhere.overloads = {0: made._replace(fndesc=Lost)}
    with pytest.raises(RuntimeError, match="lost has no machine code"):
        compile.address_of(Nowhere)
