"""What is firm and what is negotiable: ranges of plans that are about as good, and of no others."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from rich.console import Console
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.language import ENGLISH
from optimiser.files.read import read
from optimiser.model.admission import Forbidden
from optimiser.model.deployment import Deployment
from optimiser.output.documents.comparison import describe_firmness
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.comparison import firmness_sections
from optimiser.planning.programs.neighbourhood import Rules, single_exchanges
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.settings import Effort
from optimiser.questions.firmness import FIRM, Firmness, _Walk, find_firmness
from optimiser.simulation.simulator import Simulator

QUICK = {"scenarios": 60, "budget": 600, "workers": 1}


@pytest.fixture(scope="module")
def found() -> Firmness:
    return find_firmness(town(), posted(town()), within=0.1, **QUICK)


@pytest.mark.parametrize("within", [0.0, 0.3])
def test_ranges_are_those_of_plans_about_as_good_on_both_sets(within):
    """Every deployment is known here: no range goes beyond those that lose no more than they may."""
    narrower = 0
    for _, instance, plans in islice((c for c in instances(0, joined=True) if 20 < len(c[2]) < 3000), 4):
        effort = Effort(60, 60, 600)
        sets = [effort.another_set(instance, name) for name in ("firm", "firm-again")]
        with Simulator(instance) as simulator:
            worth = np.array([values(simulator, plans, fresh) for fresh in sets])
        plan = plans[int(np.argmin(worth.sum(axis=0)))]
        base = worth[:, np.all(plans == plan, axis=(1, 2))]
        good = plans[np.all(worth <= base * (1.0 + within) + 1e-9, axis=0)]
        found = find_firmness(instance, Deployment.of_numbers(instance, plan), within=within, **QUICK)
        assert found.plans <= len(good)
        ids = [p.id for p in instance.places], [k.id for k in (*instance.teams, *instance.vehicles)]
        for one in found.placings:
            p, k = ids[0].index(one.place), ids[1].index(one.kind)
            assert one.number == plan[p, k]
            assert good[:, p, k].min() <= one.least <= one.number <= one.most <= good[:, p, k].max()
            narrower += (one.least, one.most) != (plans[:, p, k].min(), plans[:, p, k].max())
    assert narrower > 0


def test_a_placement_is_firm_where_nearly_all_of_these_plans_have_it(found):
    assert found.plans > 20
    assert {one.firm for one in found.placings} == {True, False}
    for one in found.placings:
        assert one.firm == (one.share >= FIRM)
        assert one.most > 0
        assert (one.share == 1.0) == (one.least == one.most == one.number)
    assert any(one.number == 0 and not one.firm for one in found.placings)
    assert max(one.tried for one in found.placings) <= found.tried


def test_same_seed_same_answer_on_any_number_of_processors(found):
    again = find_firmness(town(), posted(town()), within=0.1, **{**QUICK, "workers": 2})
    assert describe_firmness(again) == describe_firmness(found)


def test_a_plan_is_made_where_none_is_given():
    made = find_firmness(town(), **QUICK)
    assert made.placings
    assert made.plans >= 1


def test_a_plan_that_breaks_rules_is_refused():
    instance = town().altered(cap=1)
    with pytest.raises(Forbidden):
        find_firmness(instance, posted(town()), **QUICK)


def test_the_terminal_says_which_placement_is_what(found):
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(to_terminal(firmness_sections(found, ENGLISH)))
    text = " ".join(capture.get().split())
    assert f"{found.plans:,} different plans are about as good: none loses more than 10 %" in text
    assert "negotiable" in text
    assert "firm" in text
    for one in found.placings:
        if one.least < one.most:
            assert f"{one.least} to {one.most}" in text


def test_few_scenarios_do():
    assert find_firmness(town(), posted(town()), **{**QUICK, "scenarios": 2}).plans >= 1


def test_bug_a_plan_was_not_about_as_good_as_itself_by_rounding():
    """Sums of costs differ in their last digit with the number of plans that they are added up for at once."""
    instance = read("oku-2015-zones")
    weights = dict.fromkeys(("injury", "process_minute", "property", "records", "participation_hour"), 0.0)
    instance = instance.altered(objective=instance.objective.altered(**weights))
    first, effort = candidates(instance)["risk first"].numbers(instance), Effort(2, 2, 100)
    plans = single_exchanges(Rules(instance), first).plans(first)
    with Simulator(instance) as simulator:
        for plan in plans[::50]:
            walk = _Walk(simulator, plan, effort, 0.0)
            walk.kept = {one.tobytes(): one for one in [plan, *plans]}
            found = walk.confirm(effort.another_set(instance, "firm-again"))
            assert any(np.array_equal(plan, one) for one in found.plans)


def test_one_plan_of_a_search_is_told_as_one(found):
    lines = [str(block) for block in firmness_sections(replace(found, searches=1), ENGLISH)[-1].blocks]
    assert any("from 1 plan of an independent search that is" in line for line in lines)


def test_what_is_only_as_good_on_the_first_set_does_not_count():
    instance, plan = town(), posted(town()).numbers(town())
    effort = Effort(60, 60, 600)
    with Simulator(instance) as simulator:
        walk = _Walk(simulator, plan, effort, within=0.1)
        again = effort.another_set(instance, "firm-again")
        worse = np.zeros_like(plan)
        lost = simulator.totals(np.stack([plan, worse]), again).mean(axis=1)
        assert lost[1] > 1.1 * lost[0]
        walk.kept = {each.tobytes(): each for each in (plan, worse)}
        (kept,) = walk.confirm(again).plans
    assert np.array_equal(kept, plan)
