"""Settings of a call are checked as those of a file are, by the same rule wherever a name is an argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.town import posted, town

import optimiser
from optimiser import RiskLaw, Simulator, Watcher, WhatIf, draw, read
from optimiser.batch.case import Case, CaseSettings, Subject
from optimiser.batch.list_cases import list_cases
from optimiser.batch.run_batch import run_batch
from optimiser.batch.sweep_grid import list_grid
from optimiser.common.errors import BadSetting, InputFault
from optimiser.model.values.arguments import RULES, check_arguments, checked, whole
from optimiser.nation.coordinate import plan_nation

WRONG: dict[str, tuple[Any, ...]] = {
    "seed": (1.0, 1.5, True, np.float64(1.0), np.True_, "1", None, -1, float("nan")),
    "scenarios": (0, -1, 1.5, 1.0, True, "5", 10**9),
    "reporting": (0, -1, 1.5, False),
    "budget": (0, -5, 1.5, float("nan"), "many"),
    "workers": (0, -1, 1.0, True, "all"),
    "seconds": (float("nan"), -1.0, float("inf"), "5", True),
    "engine": ("gpu", None, "SimPy", 1),
    "solver": ("gurobi", None, ""),
    "law": (RiskLaw, "kindness", object()),
    "dispatch": (None, "nearest", 3),
    "watcher": (Watcher, object(), print),
    "stop": ("now", 3),
    "levers": (1, None, "yes"),
    "certify": (1, "no"),
    "instance": ("tiny-2", None, {}, optimiser.Instance),
    "extra": ([], {"mine": "plan.json"}, {1: None}, "plan"),
    "gap": (float("nan"), -0.1, 2.0, "1 %"),
}


def callers() -> dict[str, Callable[..., Any]]:
    """Give what takes settings, by name."""
    names = [name for name in optimiser.__all__ if name[0].islower()]
    functions = {name: getattr(optimiser, name) for name in names}
    return {**functions, "Simulator": Simulator.__init__, "run_batch": run_batch, "plan_nation": plan_nation}


def pairs() -> list[tuple[str, str]]:
    return [(f, name) for f, call in callers().items() for name in inspect.signature(call).parameters if name in WRONG]


@pytest.mark.parametrize(("function", "name"), pairs())
def test_bug_settings_were_taken_as_they_came(function: str, name: str) -> None:
    call, good = callers()[function], fitting(callers()[function])
    for value in WRONG[name]:
        if value is None and name == "instance" and function == "read_deployment":
            continue  # a deployment may name its instance itself
        if name == "scenarios" and function == "evaluate":
            continue
        with pytest.raises(BadSetting) as refused:
            call(**{**good, name: value})
        assert any(fault.place.startswith(name) for fault in refused.value.faults), (value, refused.value)
        assert all(fault.repair and fault.expected for fault in refused.value.faults)


def fitting(call: Callable[..., Any]) -> dict[str, Any]:
    """Fill in what has no default; nothing is run with it, since one other argument is wrong."""
    instance = town()
    there = {
        "self": object.__new__(Simulator),
        "instance": instance,
        "plan": posted(instance),
        "deployment": posted(instance),
        "whatif": WhatIf(changes=({"do": "heads", "cap": 90},)),
        "seed": 1,
        "count": 3,
        "amounts": (3, 4),
        "cases": (),
        "path": "plan.json",
        "out": "run",
        "nation": object(),
        "folder": ".",
        "report": None,
        "days": (),
        "logs": (),
        "events": (),
        "exercise": None,
    }
    if call is optimiser.simulate:
        there["scenario"] = draw(instance, 1, 1)[0]
    needed = {n: p for n, p in inspect.signature(call).parameters.items() if p.default is p.empty}
    return {name: there[name] for name in needed if name in there}


def test_every_setting_of_a_public_function_has_a_rule() -> None:
    looked = 0
    for name, call in callers().items():
        settings = set(inspect.signature(call).parameters) & set(WRONG)
        looked += len(settings)
        assert not settings - set(RULES), name
        assert not settings or hasattr(call, "__wrapped__"), f"{name} does not look at its arguments"
    assert looked > 50


@pytest.mark.parametrize("one", [1, np.int64(1), np.int32(1), np.uint8(1)])
def test_bug_one_seed_was_four(one: Any) -> None:
    scenarios = draw(town(), one, 5)
    assert type(scenarios.seed) is int
    assert scenarios.first_group.tolist() == draw(town(), 1, 5).first_group.tolist()
    assert Case(Subject(town()), seed=one).task().key == Case(Subject(town()), seed=1).task().key


def test_it_says_where_a_float_comes_from() -> None:
    with pytest.raises(BadSetting, match=r"seed = 1\.0; .* write 1, or int\(\.\.\.\).* column has a gap"):
        draw(town(), 1.0, 5)
    with pytest.raises(BadSetting, match=r"this is the class itself; make an object of it, RiskLaw\(\)"):
        Simulator(town(), law=RiskLaw)
    with pytest.raises(BadSetting, match=r"read it first"):
        optimiser.optimise("tiny-2")


def test_everything_wrong_is_said_in_one_go() -> None:
    with pytest.raises(BadSetting) as refused:
        optimiser.optimise(read("tiny-2"), seed=True, engine="gpu", workers=-1, seconds=float("nan"))
    assert [fault.place for fault in refused.value.faults] == ["seed", "workers", "seconds", "engine"]
    assert str(refused.value).startswith("optimise(): seed = true; expected a whole number, 0 or more; ")
    assert isinstance(refused.value, ValueError)


def test_cases_and_their_effort_are_looked_at() -> None:
    for wrong in (1.0, True, -1):
        with pytest.raises(BadSetting, match="seed"):
            Case(Subject(town()), seed=wrong)
    for name, value in (("scenarios", 0), ("budget", 1.5), ("engine", "gpu"), ("seconds", float("inf"))):
        with pytest.raises(BadSetting, match=name):
            CaseSettings(**{name: value})
    assert CaseSettings(scenarios=np.int64(5)) == CaseSettings(scenarios=5)


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("law", RiskLaw, r"make an object of it, RiskLaw\(\)"),
        ("law", 3, "methods mood, hazards and harms"),
        ("subject", "tiny-2", "class Subject"),
        ("whatif", "--heads 5", "class WhatIf"),
        ("settings", CaseSettings, r"make an object of it, CaseSettings\(\)"),
    ],
)
def test_bug_a_case_took_anything_for_its_law(name: str, wrong: Any, said: str) -> None:
    with pytest.raises(BadSetting, match=said) as refused:
        Case(**{"subject": Subject(town()), name: wrong})
    assert [fault.place for fault in refused.value.faults] == [name]


def test_bug_a_subject_took_the_name_of_an_instance() -> None:
    with pytest.raises(BadSetting, match="read it first"):
        Subject("tiny-2")


@pytest.mark.parametrize("wrong", [300, "300", None, [], {"low": 1}])
def test_bug_a_single_value_that_varies_was_no_list(wrong: Any) -> None:
    with pytest.raises(BadSetting, match=r"values\[cap\].* a list of 1 or more"):
        list_grid([town()], values={"cap": wrong})


@pytest.mark.parametrize("wrong", [300, "cap", ["cap"], {3: [1]}, {"": [1]}])
def test_bug_values_that_vary_had_no_paths(wrong: Any) -> None:
    with pytest.raises(BadSetting, match="values"):
        list_grid([town()], values=wrong)


def test_values_that_vary_may_be_an_array() -> None:
    plain, array = (
        list(list_grid([read("tiny-2")], values={"cap": values})) for values in ([50, 60], np.array([50, 60]))
    )
    assert [case.task().key for case in plain] == [case.task().key for case in array]


def test_a_checked_function_is_called_with_what_was_settled() -> None:
    @checked(other=lambda place, value: whole(place, value, 3))
    def function(seed: int, other: int = 2, **more: int) -> tuple[int, int, dict[str, int]]:
        return seed, other, more

    assert function(np.int64(4), third=5) == (4, 2, {"third": 5})
    with pytest.raises(BadSetting, match="other = 2; expected a whole number, 3 or more"):
        function(1, 2)
    with pytest.raises(TypeError, match="seed"):
        function()
    assert check_arguments("x", seed=np.int64(2), unknown="kept out") == {"seed": 2}


def test_a_table_with_a_gap_and_a_sweep_say_where_the_point_comes_from(tmp_path: Path) -> None:
    table, sweep = tmp_path / "cases.csv", tmp_path / "sweep.toml"
    table.write_text("instance,seed\ntiny-2,1.0\ntiny-2,True\ntiny-2,3\n", encoding="utf-8")
    with pytest.raises(InputFault) as refused:
        list(list_cases([str(table)]))
    first, second = refused.value.faults
    assert "a data frame makes 1.0 of 1" in first.repair
    assert "row 2" in first.place
    assert (second.found, "row 3" in second.place) == ("'True'", True)
    for seeds in ("1.0", "true", "[1, 2.0]", "[true]"):
        sweep.write_text(f'format = "optimiser-sweep/1"\ninstances = ["tiny-2"]\nseeds = {seeds}\n', encoding="utf-8")
        with pytest.raises(InputFault, match="seeds"):
            list(list_cases([str(sweep)]))
    sweep.write_text('format = "optimiser-sweep/1"\ninstances = ["tiny-2"]\nseeds = [1, 4]\n', encoding="utf-8")
    assert [case.seed for case in list_cases([str(sweep)])] == [1, 4]
