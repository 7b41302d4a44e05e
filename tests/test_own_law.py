"""A law of one's own in every question: it is what plays, nothing is claimed that is proved of other laws only."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path

import jsonschema
import pytest
from support import nations
from support.drivers import CountingExecutor, how
from typer.testing import CliRunner

from optimiser import (
    FacilitationLaw,
    Simulator,
    WhatIf,
    draw,
    evaluate,
    explain,
    frontier,
    optimise,
    plan_nation,
    read,
    whatif,
    worth,
)
from optimiser.batch.case import Case, CaseSettings, Subject, solve_case
from optimiser.batch.paired_runs import pair
from optimiser.batch.run_batch import run_batch
from optimiser.batch.run_folder import Run
from optimiser.cli import app
from optimiser.common.errors import OptimiserError
from optimiser.files.apply_whatif import apply
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import Harms, Mood, View
from optimiser.model.laws.risk_law import ThresholdLaw
from optimiser.model.nation import lend
from optimiser.model.whatif import Cap
from optimiser.nation.columns import own_seed, plan_of
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.documents.frontier import describe_frontier, describe_worth
from optimiser.output.documents.nation import describe_accord
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.planning.law_range import draw_constants

QUICK = {"scenarios": 4, "reporting": 8, "budget": 20, "workers": 1, "engine": "simpy"}


class Harsh(FacilitationLaw):
    """Twice the harm rates of the default law; the text keeps it from being compiled."""

    name = "harsh"
    words = ("twice", "as", "much")

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor

    def harms(self, law: Law, view: View, mood: Mood) -> Harms:
        text = "".join(self.words)
        first = super().harms(law, view, mood)
        return tuple(self.factor * rate for rate in first) if text else first  # type: ignore[return-value]


# nothing is lost that ends with a stock, or otherwise than at a rate: twice the rates are then twice the loss
WEIGHTS = "objective.property=0", "objective.records=0", "objective.participation_hour=0"
TOWN = apply(read("tiny-2"), parse_phrases([("set", text) for text in WEIGHTS]))


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the constants of a law a few times only: most of what SimPy would simulate here otherwise."""
    monkeypatch.setattr("optimiser.planning.law_range.draw_constants", partial(draw_constants, draws=3))


@cache
def planned():
    """Give a plan made under the law that ships."""
    return optimise(TOWN, scenarios=8, reporting=8, budget=40, workers=1, levers=False).deployment


def lost(instance, plan, law, count: int = 8) -> float:
    """Give the mean loss of a plan, played outright."""
    with Simulator(instance, law, engine="simpy") as simulator:
        return evaluate(simulator, plan, draw(instance, 1, count, "reporting")).loss.mean


def test_bug_a_what_if_was_answered_under_another_law() -> None:
    answer = whatif(TOWN, planned(), WhatIf(changes=(Cap(cap=30),)), law=Harsh(), **QUICK)
    assert answer.before.loss.mean == pytest.approx(lost(TOWN, planned(), Harsh()))
    assert answer.after.loss.mean == pytest.approx(lost(answer.changed, answer.deployment, Harsh()))
    assert answer.settings.law == "harsh"
    assert any("law" in reason for reason in answer.certificate.reasons)


def test_a_what_if_beside_a_simulator_of_another_law_is_refused() -> None:
    with Simulator(TOWN, engine="simpy") as simulator, pytest.raises(ValueError, match="another law"):
        whatif(TOWN, planned(), WhatIf(changes=(Cap(cap=30),)), law=Harsh(), simulator=simulator)


def test_bug_a_frontier_was_drawn_under_another_law() -> None:
    found = frontier(TOWN, [30, 60], law=Harsh(), **QUICK)
    for level in found.planned:
        assert level.evaluation is not None
        assert level.evaluation.loss.mean == pytest.approx(lost(TOWN, level.deployment, Harsh()))
    document = describe_frontier(found)
    assert document["settings"]["law"] == found.law == "harsh"
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMAS["frontier"]())


def test_bug_what_one_more_is_worth_was_said_of_another_law() -> None:
    found = worth(TOWN, plan=planned(), sets=2, size=4, law=Harsh(), **QUICK)
    usual = worth(TOWN, plan=planned(), sets=2, size=4, **QUICK)
    for one, other in zip(found.worths, usual.worths, strict=True):
        assert (one.optimum, other.optimum is None) == (None, other.optimum is None)
        assert "law" in str(one.why), "no bound is claimed of a law that nothing is known of"
    document = describe_worth(found)
    assert document["settings"]["law"] == "harsh"
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMAS["worth"]())


@pytest.mark.slow
@pytest.mark.long  # compiles a law anew; that of a what-if, which is forgotten in the same way, is not
def test_bug_a_plan_was_explained_under_another_law() -> None:
    found = explain(TOWN, planned(), trajectories=0, draws=6, law=Harsh(), **QUICK)
    usual = explain(TOWN, planned(), trajectories=0, draws=6, **QUICK)
    assert found.evaluation.loss.mean == pytest.approx(lost(TOWN, planned(), Harsh()))
    assert found.evaluation.loss.mean == pytest.approx(2.0 * usual.evaluation.loss.mean)
    swings = [{one.input.path: one.swing for one in i.sensitivity.influences} for i in (found, usual)]
    law = [path for path in swings[1] if path[0] == "law" and swings[1][path] > 0.01]
    assert law
    for path in law:
        assert swings[0][path] == pytest.approx(2.0 * swings[1][path]), path
    if found.stress is not None and usual.stress is not None:
        assert found.stress.usual.mean == pytest.approx(2.0 * usual.stress.usual.mean)
    document = describe_explanation(found)
    assert document["settings"]["law"] == "harsh"
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMAS["explanation"]())


@pytest.mark.slow
@pytest.mark.long  # compiles a law anew; that of a what-if, which is forgotten in the same way, is not
def test_bug_a_batch_took_no_law(tmp_path: Path) -> None:
    effort = CaseSettings(scenarios=4, reporting=8, budget=20, engine="simpy")
    town = Subject(TOWN, name="tiny-2")
    laws = (None, Harsh(), Harsh(3.0), ThresholdLaw())
    run_batch([Case(town, 1, settings=effort, law=law) for law in laws], tmp_path, executor=CountingExecutor())
    assert how(tmp_path) == {1: ["done"]}
    with Run(tmp_path) as run:
        for entry, law in zip(run.ledger.entries(), laws, strict=True):
            alone = optimise(TOWN, law=law, over_law=False, **QUICK)
            document = run.document(entry)
            assert document["settings"]["law"] == (law.name if law else "facilitation")
            assert document["evaluation"]["loss"]["mean"] == pytest.approx(alone.evaluation.loss.mean)
        plain, twice, thrice, threshold = run.ledger.entries()
        assert "law harsh" in run.names.of(twice)
        assert len({run.names.of(entry) for entry in (plain, twice, thrice, threshold)}) == 4
        found = pair(run, twice, run, thrice, laws=[Harsh(), Harsh(3.0)])
        assert found.after.loss.mean == pytest.approx(lost(TOWN, found.after.deployment, Harsh(3.0)))
        with pytest.raises(OptimiserError, match="under the law 'harsh'"):
            pair(run, twice, run, plain)
        assert pair(run, plain, run, threshold).change.loss.mean is not None
    listed = json.loads(CliRunner().invoke(app, ["runs", "list", str(tmp_path), "--json"]).stdout)
    assert [case["law"] for case in listed["cases"]] == [None, "harsh", "harsh", "threshold"]
    jsonschema.validate(listed, SCHEMAS["cases"]())


def test_cases_of_a_law_wait_until_it_is_given_again(tmp_path: Path) -> None:
    effort = CaseSettings(scenarios=4, reporting=8, budget=20, engine="simpy")
    wanted = [Case(Subject(TOWN), seed, settings=effort, law=law) for law in (Harsh(), None) for seed in (1, 2)]
    with Run(tmp_path) as run:
        for case in wanted:
            run.ledger.store_input(case.subject.body)
            run.ledger.add([case.task()])
    tally = run_batch([], tmp_path, executor=CountingExecutor())
    assert (tally.counts["done"], tally.others) == (2, 2), "who does not have the law leaves its cases alone"
    tally = run_batch(wanted[:1], tmp_path, executor=CountingExecutor())
    assert (tally.counts["done"], tally.others) == (4, 0)


def test_a_worker_refuses_a_law_that_is_another_one_there() -> None:

    task = Case(Subject(TOWN), law=Harsh()).task()
    said = solve_case(Subject(TOWN).body, task.spec, task.version, Harsh(3.0)).error
    assert "this worker runs version" in said["message"]


@pytest.mark.slow
def test_a_law_travels_to_workers(tmp_path: Path) -> None:
    effort = CaseSettings(scenarios=4, reporting=8, budget=20, engine="simpy")
    tally = run_batch([Case(Subject(TOWN), 1, settings=effort, law=Harsh())], tmp_path, workers=1)
    assert tally.counts["done"] == 1
    with Run(tmp_path) as run:
        (entry,) = run.ledger.entries()
        assert run.document(entry)["settings"]["law"] == "harsh"


@pytest.mark.slow
@pytest.mark.long  # compiles a law anew; that of a what-if, which is forgotten in the same way, is not
def test_bug_a_nation_was_planned_under_another_law(tmp_path: Path) -> None:
    nation, districts = nations.draw(1, tmp_path)
    how_ = {"scenarios": 4, "reporting": 8, "rounds": 1, "budget": 20, "cache": tmp_path / "answers", "workers": 1}
    usual = plan_nation(nation, tmp_path, **how_)
    harsh = plan_nation(nation, tmp_path, law=Harsh(), **how_)  # the answers that are kept are of another law
    assert (usual.joined, harsh.joined) == (0, len(districts)), "of a law of one's own nothing is known"
    assert harsh.kind == "bound-only"
    document = describe_accord(harsh)
    assert (document["settings"]["law"], describe_accord(usual)["settings"]["law"]) == ("harsh", "facilitation")
    for one, district in zip(harsh.results, districts, strict=True):
        pools = nation.serving(district.name)
        lent = lend(district, pools, {pool.id: n for pool, n in zip(pools, one.column.loans, strict=True)})
        fresh = draw(lent, own_seed(1, district.name), 8, "reporting")
        with Simulator(lent, Harsh(), engine="simpy") as simulator:
            assert evaluate(simulator, plan_of(lent, one.column), fresh).losses.tolist() == list(one.losses)
