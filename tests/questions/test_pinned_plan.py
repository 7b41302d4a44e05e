"""A plan that pins fix entirely is a plan, whatever it breaks; one that they leave open is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import run
from support.town import town

from optimiser.common.errors import Infeasible
from optimiser.files.apply_whatif import apply
from optimiser.files.read import instances_folder, read, read_deployment
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.evaluation import evaluate
from optimiser.questions.pinned_plan import pinned_plan
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1", "--quiet"]


def keep(instance: Instance, plan: Deployment) -> Instance:
    """Pin a plan as the what-if that keeps every place does."""
    changes = [{"do": "keep", "place": place.id} for place in instance.places]
    (whatif,) = parse_whatifs({"format": "optimiser-whatif/1", "changes": changes})
    return apply(instance, whatif, plan)


def historical() -> Deployment:
    return read_deployment(instances_folder() / "kaur-2005.historical.json", read("kaur-2005"))


def test_keeping_every_place_fixes_the_plan() -> None:
    instance = read("kaur-2005")
    fixed = pinned_plan(keep(instance, historical()))
    assert fixed is not None
    assert (fixed.numbers(instance) == historical().numbers(instance)).all()


@pytest.mark.parametrize("left_out", [0, -1])
def test_one_place_left_open_fixes_nothing(left_out: int) -> None:
    instance = keep(read("kaur-2005"), historical())
    open_again = instance.places[left_out].id
    pins = tuple(pin for pin in instance.pins if pin.place != open_again)
    assert pinned_plan(instance.altered(pins=pins)) is None
    assert pinned_plan(read("kaur-2005")) is None


def test_pins_that_contradict_one_another_fix_nothing() -> None:
    instance = keep(read("kaur-2005"), historical())
    pin = next(pin for pin in instance.pins if pin.at_least)
    more = pin.altered(**{"at_least": pin.at_least + 1, "at_most": pin.at_least + 1})
    assert pinned_plan(instance.altered(pins=(*instance.pins, more))) is None


def test_none_of_a_role_is_none_of_its_kinds() -> None:
    instance = town()
    roles = [{"place": p.id, "what": role.id, "at_most": 0} for p in instance.places for role in instance.roles]
    vehicles = [{"place": p.id, "what": v.id, "at_most": 0} for p in instance.places for v in instance.vehicles]
    fixed = pinned_plan(town(pins=[*roles, *vehicles]))
    assert fixed is not None
    assert not fixed.numbers(instance).any()


def broken() -> Deployment:
    teams = {("kpu", "dalmas-awal-regu"): 5, ("kpu", "dokkes-tim"): 1, ("mapolres", "dalmas-lanjut-regu"): 2}
    return Deployment.build(read("kaur-2005"), teams, {}, "mine")


def test_a_pinned_plan_that_breaks_rules_is_named_and_played_by_whatif(tmp_path: Path) -> None:
    instance, plan = read("kaur-2005"), tmp_path / "mine.json"
    plan.write_text(broken().model_dump_json(), encoding="utf-8")
    kept = [word for place in instance.places for word in ("--keep", place.id)]
    done = run("whatif", "kaur-2005", plan, *kept, "--json", *QUICK)
    assert done.exit_code == Infeasible.exit_code, done.output
    document = json.loads(done.stdout)
    assert document["clashing"]
    codes = [v["code"] for v in document["pinned"]["verdict"]["violations"]]
    assert codes == [v.code for v in check(instance, broken()).violations]
    with Simulator(instance) as simulator:
        played = evaluate(simulator, broken(), draw(instance, 1, 6, REPORTING))
    assert document["pinned"]["evaluation"]["loss"]["mean"] == played.loss.mean
    shown = run("whatif", "kaur-2005", plan, *kept, *QUICK)
    assert "cannot be met together" in shown.stderr
    assert "THE PINNED PLAN, PLAYED ALL THE SAME" in shown.stdout
    assert "Over 6 reporting scenarios" in shown.stdout


@pytest.mark.slow
def test_plan_simulate_and_explain_take_the_pinned_plan(tmp_path: Path) -> None:
    file = tmp_path / "pinned.json"
    file.write_text(keep(read("kaur-2005"), broken()).altered(historical=None).model_dump_json())
    planned = run("plan", file, *QUICK)
    assert planned.exit_code == Infeasible.exit_code, planned.output
    assert "THE PINNED PLAN, PLAYED ALL THE SAME" in planned.stdout
    played = run("simulate", file)
    assert played.exit_code == 0, played.output
    assert "The checker refused this deployment" in played.stdout
    explained = run("explain", file, "--trajectories", 0, "--json", *QUICK)
    assert explained.exit_code == 0, explained.output
    document = json.loads(explained.stdout)
    assert document["clash"]
    assert not document["verdict"]["passed"]


def test_of_several_pins_of_one_thing_the_strictest_counts() -> None:
    instance, plan = read("kaur-2005"), historical()
    pins = keep(instance, plan).pins
    loose = [pin.altered(**{"at_least": 0, "at_most": 9}) for pin in pins if pin.at_least]
    assert loose
    fixed = pinned_plan(instance.altered(pins=(*pins, *loose)))
    assert fixed is not None
    assert (fixed.numbers(instance) == plan.numbers(instance)).all()
