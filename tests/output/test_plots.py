"""What a program or a notebook is given besides plans: drawings, tidy frames, sweeps, and no number without sense."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.sample_solution import solved
from support.town import posted

import optimiser
from optimiser import Progress, Simulator, Watcher, draw, evaluate, optimise, read
from optimiser.batch.case import CaseSettings, summarise
from optimiser.batch.data_frames import tabulate, tabulate_run
from optimiser.batch.run_batch import run_batch
from optimiser.batch.sweep_grid import list_grid
from optimiser.common.errors import BadSetting, InputFault, Mismatch
from optimiser.common.message import Message
from optimiser.model.whatif import WhatIf
from optimiser.output.plots import Drawing, plot_day, plot_frontier, plot_harms, plot_hours, plot_map
from optimiser.output.write import describe_plan, write_report, write_solution
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.solution import Solution
from optimiser.questions.frontier import Frontier, Level
from optimiser.questions.resources import Resource

FEW = CaseSettings(scenarios=4, reporting=4, budget=30)


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved()


def test_drawings_stand_alone_and_show_themselves(solution: Solution, tmp_path: Path) -> None:
    sector = solution.instance.sectors[0].id
    drawn = [plot_map(solution), plot_day(solution), plot_hours(solution, sector, scenarios=6)]
    drawn += [*plot_harms(solution).values(), plot_map(solution, lang="id")]
    for drawing in drawn:
        assert isinstance(drawing, Drawing)
        assert ET.fromstring(drawing).tag.endswith("svg")
        assert drawing._repr_svg_() == drawing
        assert "nan" not in drawing
        assert "inf" not in drawing.lower().replace("info", "")
    assert set(plot_harms(solution)) <= {"loss", *solution.evaluation.harms}
    assert plot_map(solution) != plot_map(solution, lang="id")
    assert plot_map(solution).save(tmp_path / "map.svg").read_text(encoding="utf-8") == plot_map(solution)


def test_drawings_look_at_what_they_are_given(solution: Solution) -> None:
    with pytest.raises(BadSetting, match="sector = 'moon'; expected one of 'terminal'"):
        plot_hours(solution, "moon")
    with pytest.raises(BadSetting, match="plan first"):
        plot_map(solution.instance)
    with pytest.raises(BadSetting, match="lang"):
        plot_day(solution, lang="fr")


def test_a_frontier_is_drawn_and_belongs_to_its_instance(solution: Solution, tmp_path: Path) -> None:
    level = Level(100, solution.instance, solution.deployment, 3.0, 90, solution.evaluation)
    frontier = Frontier(solution.instance, Resource("heads"), (level,), 0.1, None, 1, 4, 8, 20)
    assert ET.fromstring(plot_frontier(frontier)).tag.endswith("svg")
    other = Frontier(read("tiny-2"), Resource("heads"), (level,), 0.1, None, 1, 4, 8, 20)
    for call in (
        lambda: write_report(solution, frontier=other),
        lambda: write_solution(solution, tmp_path, frontier=other),
    ):
        with pytest.raises(Mismatch, match="frontier is of 'tiny-2'"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_many_solutions_are_one_tidy_frame(solution: Solution) -> None:
    frame = tabulate([solution, solution], [{"turnout": 1}, {"turnout": 2}])
    assert frame["turnout"].tolist() == [1, 2]
    row = frame.iloc[0]
    assert row["objective"] == solution.evaluation.objective
    assert row["instance_sha256"] == solution.instance.fingerprint()
    for name, interval in {"loss": solution.evaluation.loss, **solution.evaluation.harms}.items():
        assert row[name] == interval.mean
        missing = math.isinf(interval.half)
        assert (row[f"{name}_low"] != row[f"{name}_low"]) == missing or row[f"{name}_low"] is None
    assert set(summarise(describe_plan(solution))) <= set(frame.columns)
    with pytest.raises(ValueError, match="zip"):
        tabulate([solution], [{}, {}])
    with pytest.raises(ValueError, match="labels property, seed are names of columns"):
        tabulate([solution], [{"seed": 77, "property": 5.0, "turnout": 1}])
    with pytest.raises(BadSetting, match="a list"):
        tabulate(solution)


def test_a_sweep_from_python_is_planned_and_read_as_a_frame(tmp_path: Path) -> None:
    instance = read("tiny-2")
    march = instance.gatherings[0].id
    values = {f"gatherings.{march}.turnout": [100, 200]}
    cases = list(list_grid([instance], seeds=(1, 2), values=values, settings=FEW))
    assert len(cases) == 4
    assert run_batch(cases, tmp_path / "run", workers=1).counts["done"] == 4
    frame = tabulate_run(tmp_path / "run")
    assert len(frame) == 4
    assert sorted(frame["seed"]) == [1, 1, 2, 2]
    with pytest.raises(InputFault, match="turnouts"):
        list_grid([instance], values={f"gatherings.{march}.turnouts": [100]})
    with pytest.raises(BadSetting, match=r"seeds\[1\] = 2\.0"):
        list_grid([instance], seeds=(1, 2.0))
    assert len(list(list_grid([instance], whatifs=[None, WhatIf(changes=({"do": "heads", "cap": 5},))]))) == 2


class Ear(Watcher):
    def __init__(self) -> None:
        self.heard: list[Progress] = []

    def stepped(self, progress: Progress) -> None:
        self.heard.append(progress)


@pytest.mark.slow
def test_progress_knows_where_it_ends() -> None:
    ear = Ear()
    solution = optimise(
        read("oku-250"), scenarios=4, reporting=4, budget=300, seconds=1e6, levers=False, workers=1, watcher=ear
    )
    assert ear.heard
    assert {p.budget for p in ear.heard} == {300}
    assert {p.limit for p in ear.heard} == {1e6}
    shares = [p.share for p in ear.heard]
    assert all(share is not None and 0.0 < share <= 1.0 for share in shares)
    assert shares == sorted(shares)
    assert all("budget" not in step and "limit" not in step for step in describe_plan(solution)["history"])
    assert Progress(1, 1.0, 0.0, 1.0, 10, 2.0, 0, False, "x").share is None
    assert Progress(1, 1.0, 0.0, 1.0, 10, 2.0, 0, True, "x").share == 1.0
    assert Progress(1, 1.0, 0.0, 1.0, 10, 2.0, 0, False, "x", 40, 4.0).share == 0.5


def test_bug_inf_was_shown_where_no_interval_can_be_given() -> None:
    rare = estimate([0.0] * 99 + [5.0])
    assert math.isinf(rare.half)
    assert str(rare) == "0.050 (1 of 100)"
    assert str(Interval(1.0, math.inf, 1, 1)) == "1.000 [?, ?]"
    assert str(Interval(1.0, 0.5, 40, 30)) == "1.000 ± 0.500"
    instance = solved().instance
    with Simulator(instance) as simulator:
        evaluation = evaluate(simulator, posted(instance), draw(instance, 1, 1, "reporting"))
    found = solved(evaluation=evaluation)
    assert found.summary()["half_width"] is None
    json.dumps(found.summary(), allow_nan=False)
    assert "inf" not in found._repr_html_()
    json.dumps(Message("within {n} points", n=math.inf).pack(), allow_nan=False)
    assert Message.unpack(Message("within {n:.1f} points", n=math.inf).pack()) == "within inf points"


def test_a_resource_that_the_instance_has_not_is_refused() -> None:
    with pytest.raises(InputFault, match="unicorn"):
        optimiser.frontier(read("tiny-2"), [3], Resource("team", "unicorn"))
    with pytest.raises(InputFault, match="unicorn"):
        optimiser.worth(read("tiny-2"), [Resource("vehicle", "unicorn")])
