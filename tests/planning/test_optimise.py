"""From instance to solution: what a planner is promised of every shipped instance."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.town import posted, town

import optimiser
from optimiser.common.errors import Infeasible, OptimiserError
from optimiser.common.progress import Watcher
from optimiser.files.read import instances_folder, read, read_deployment, shipped
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.planning.evaluation import compare, score
from optimiser.planning.optimise import optimise
from optimiser.planning.planning_scenarios import PILOTS, draw_planning
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.stop_rules import after_iterations
from optimiser.planning.settings import Effort
from optimiser.questions.what_if.answer import whatif
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

SHOWN = {"oku-425-pleno-moving", "oku-recap-330-moving"}  # by their twins and oku-250, whose plan moves too
FEASIBLE = sorted(set(shipped()) - {"infeasible-1"} - SHOWN)
SMALL = {"scenarios": 10, "reporting": 24, "workers": 1, "levers": False, "over_law": False}


def quick(instance, **more):
    return optimise(instance, **{**SMALL, "budget": 800, **more})


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_feasible_instance_is_planned_checked_and_no_worse_than_its_hand_rules(name):
    instance = read(instances_folder() / f"{name}.toml")
    extra = {}
    if instance.historical:
        extra["historical"] = read_deployment(instances_folder() / instance.historical)
    seen = {}

    class Listener(Watcher):
        def candidate(self, name, objective):
            seen[name] = objective

    solution = quick(instance, extra=extra, budget=300, watcher=Listener())
    assert solution.verdict.passed
    assert check(instance, solution.deployment).passed
    assert {"proportional", "risk first", "greedy"} <= set(seen)
    assert solution.planning_objective <= min(seen.values()) + 1e-9
    for alternative in solution.alternatives:
        again = compare(solution.evaluation, alternative.evaluation)
        assert alternative.against.loss == again.loss
        assert alternative.against.loss.half >= 0.0
    assert solution.certificate.bound <= solution.planning_objective
    assert solution.replayable


@pytest.mark.slow
def test_oku_250_is_no_toy():
    """Its best plan is not at a corner, and all phases occur."""
    instance = read(instances_folder() / "oku-250.toml")
    solution = quick(instance, budget=20_000, scenarios=200, reporting=500, workers=2)
    frame = solution.frame()
    teams = frame[frame["what"] == "team"]
    sectors, posts = teams[teams["kind"] == "sector"], teams[teams["kind"] == "post"]
    assert teams[teams["kind"].isin(("sector", "accompaniment"))]["place"].nunique() >= 4
    assert sectors.groupby("place")["heads"].sum().max() < 0.5 * teams["heads"].sum()
    assert posts["heads"].sum() >= 20
    assert "negotiator-tim" in set(sectors["id"])
    for phase in (GREEN, YELLOW, RED):
        assert solution.evaluation.anywhere(phase) > 0.0
    assert all(a.against.loss.mean < 0.0 for a in solution.alternatives)


def test_tiny_2_equals_the_answer_worked_out_by_hand():
    instance = read(instances_folder() / "tiny-2.toml")
    solution = quick(instance)
    assert [solution.deployment.team_count(s.id, "squad") for s in instance.sectors] == [3, 1]
    # instances/README.md, from the formulas alone; the placement cost of four squads away from home comes on top
    by_hand = 163.7437
    cost = 4 * float(instance.objective.away)
    assert solution.evaluation.loss.mean == pytest.approx(by_hand, abs=5e-5)
    assert solution.planning_objective == pytest.approx(by_hand + cost, abs=5e-5)
    assert solution.certificate.kind == "proved-optimal"
    assert solution.certificate.gap == 0.0


def test_the_infeasible_instance_names_what_clashes():
    instance = read(instances_folder() / "infeasible-1.toml")
    with pytest.raises(Infeasible) as caught:
        quick(instance)
    words = " ".join(caught.value.clashing)
    assert "Election commission" in words
    assert "Parliament" in words
    assert "5 teams of Squad" in words
    assert caught.value.exit_code == 5


def test_solution_is_a_data_frame_and_figures():
    solution = quick(town())
    frame = solution.frame()
    assert isinstance(frame, pd.DataFrame)
    assert set(frame["kind"]) <= {"sector", "post", "base"}
    assert frame.loc[frame["what"] == "team", "heads"].gt(0).all()
    assert solution.summary()["checked"]
    assert solution.optimism == pytest.approx(solution.evaluation.objective - solution.planning_objective)


def test_a_plan_of_ones_own_is_shown_with_its_violations_and_never_a_candidate():
    instance = town()
    broken = Deployment.build(instance, {("kpu", "rope"): 6, ("mall", "rope"): 6}, {})
    seen = []

    class Listener(Watcher):
        def candidate(self, name, objective):
            seen.append(name)

    solution = quick(instance, extra={"own": broken, "sensible": posted(instance)}, watcher=Listener())
    assert "sensible" in seen
    assert "own" not in seen
    own = next(a for a in solution.alternatives if a.name == "own")
    assert not own.verdict.passed
    assert {"availability", "officer"} <= {v.code for v in own.verdict.violations}
    assert own.evaluation.loss.mean > 0.0
    assert solution.deployment.fingerprint() != broken.fingerprint()


def test_every_reported_figure_comes_from_scenarios_the_choice_never_saw():
    instance = town()
    solution = quick(instance)
    numbers = solution.deployment.numbers(instance)
    with Simulator(instance) as simulator:
        fresh = simulator.losses([solution.deployment], draw(instance, 1, 24, REPORTING))[0].sum(axis=1)
        chosen_on = simulator.totals(numbers[None], draw_planning(simulator, Effort(10, 24, 800)))[0]
    assert np.allclose(solution.evaluation.losses, fresh)
    assert score(instance, solution.deployment, chosen_on) == pytest.approx(solution.planning_objective)
    for alternative in solution.alternatives:
        assert len(alternative.evaluation.losses) == 24


def test_levers_are_measured_where_a_crowd_comes_and_nobody_has_promised():
    solution = quick(town(), levers=True, budget=100)
    assert [lever.sector for lever in solution.levers] == ["kpu"]
    assert solution.levers[0].change.loss.mean < 0.0


def test_interrupted_planning_gives_the_best_so_far():
    class Impatient(Watcher):
        def stepped(self, progress):
            raise KeyboardInterrupt

    solution = quick(town(), watcher=Impatient())
    assert solution.interrupted
    assert not solution.replayable
    assert solution.verdict.passed
    assert solution.alternatives == ()


def test_a_deployment_that_the_checker_refuses_is_never_given_out(monkeypatch):
    instance = town()
    from optimiser.planning import assessment

    monkeypatch.setattr(assessment, "check", lambda i, d: replace(check(i, d), violations=(object(),)))
    with pytest.raises(OptimiserError, match="checker refuses"):
        quick(instance, stop=after_iterations(1))


def test_bug_an_own_stop_rule_was_told_as_a_gap_that_was_left_open():
    """Where sectors are separate nothing else keeps a proof away, so the rule is the only reason there is."""
    solution = quick(read("oku-250-separate"), stop=after_iterations(1))
    assert not solution.certificate.proved
    assert solution.certificate.reasons == ("a stop rule ended the search first",)
    assert solution.replayable


def test_a_run_cut_by_the_clock_is_not_replayable():
    solution = quick(town(), seconds=0.0)
    assert not solution.replayable


def test_both_solvers_give_the_same_objective_where_it_is_proved():
    instance = read(instances_folder() / "tiny-2.toml")
    a, b = quick(instance, solver="highs"), quick(instance, solver="cbc")
    assert a.planning_objective == pytest.approx(b.planning_objective, abs=1e-9)


SCRIPT = """
import hashlib, optimiser
from optimiser.output.documents.plan import describe_plan, dump
from optimiser.files.read import instances_folder
instance = optimiser.read(instances_folder() / "seram-timur-2024.toml")
solution = optimiser.optimise(instance, seed=3, scenarios=20, reporting=50, workers=WORKERS, budget=600)
print(hashlib.sha256(dump(describe_plan(solution)).encode()).hexdigest())
"""


@pytest.mark.slow
def test_same_seed_same_bytes_in_other_processes_and_with_another_hash_seed():
    digests = set()
    for hash_seed, workers in (("0", 1), ("77", 2)):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.replace("WORKERS", str(workers))],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


def test_hand_rules_of_the_town_pass_the_checker():
    instance = town()
    for plan in candidates(instance).values():
        assert check(instance, plan).passed


def test_names_of_the_package_are_there():
    assert set(optimiser.__all__) <= set(dir(optimiser))
    for name in optimiser.__all__:
        assert getattr(optimiser, name)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = optimiser.nonsense
    assert json.dumps(optimiser.__all__)


def test_bug_a_run_that_the_clock_cut_called_itself_replayable():
    """The step on which it was cut often had nothing to tell, and only steps that told something were looked at."""
    cut = optimise(town(), seed=1, scenarios=40, seconds=0.05, budget=10**9, levers=False, workers=1)
    assert not cut.replayable
    assert "the clock ended the search first" in cut.certificate.reasons
    spent = optimise(town(), seed=1, scenarios=40, budget=400, levers=False, workers=1)
    assert spent.replayable
    assert "the budget ended first" in spent.certificate.reasons
    assert spent.history[-1].replications <= 400


def test_whoever_gets_simpy_is_told_why():
    told = []

    class Ear(Watcher):
        def slow(self, why):
            told.append(why)

    few = {"scenarios": 3, "reporting": 4, "budget": 20, "levers": False, "over_law": False, "workers": 1}
    optimise(read("tiny-2"), **few, engine="simpy", watcher=Ear())
    assert told == ["asked for"]
    optimise(read("tiny-2"), **few, watcher=Ear())
    assert len(told) == 1


@pytest.mark.parametrize("wrong", [{"scenarios": 0}, {"reporting": 0}, {"budget": -1}])
def test_bug_no_scenario_and_a_budget_below_one_are_refused(wrong):
    with pytest.raises(ValueError, match="whole number, 1 "):
        quick(read("tiny-2"), **wrong)


def test_the_pool_of_scenarios_is_part_of_the_budget_of_a_plan_and_of_a_what_if():
    class Listener(Watcher):
        def __init__(self):
            self.seen = []

        def stepped(self, progress):
            self.seen.append(progress.replications)

    instance, budget, scenarios = read("kaur-2005"), 4_000, 40
    with Simulator(instance) as simulator:
        draw_planning(simulator, Effort(scenarios, 40, budget))
        pool = simulator.replications
    assert pool > 0.1 * budget
    told = {"scenarios": scenarios, "reporting": 40, "budget": budget, "workers": 1}
    planned, asked = Listener(), Listener()
    plan = quick(instance, **{**told, "watcher": planned}).deployment
    change = parse_whatifs({"changes": ["--heads 50"]})[0]
    whatif(instance, plan, change, watcher=asked, **told)
    for listener, least in (
        (planned, pool),
        (asked, pool / PILOTS),
    ):  # the latter has one pilot
        assert min(listener.seen) > least
        assert max(listener.seen) <= budget
