"""The interval of what one more team is worth, on instances whose optima are known: it has to hold in 183 of 200."""

from __future__ import annotations

import pytest
from markov import exact_tables, exact_value
from markov_optimum import find_optimum, stored
from support.town import posted, town

from optimiser.files.read import read
from optimiser.model.admission import Forbidden
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.configurations import cost_matrix
from optimiser.questions.resources import supply
from optimiser.questions.worth import every
from optimiser.questions.worth import worth as find_worth
from optimiser.simulation.scenario import PLANNING, draw
from optimiser.simulation.simulator import Simulator

SLACK = 1e-9  # points: rounding of two exact optima


def run(number: int, some: list[str], size: int, scenarios: int) -> tuple[bool, float, float]:
    """Whether the interval holds the truth, the truth, and the width of the interval, in points."""
    name = some[number % len(some)]
    instance = read(f"markov/{name}")
    kinds = every(instance)
    resource = kinds[(number // len(some)) % len(kinds)]
    found = find_worth(
        instance, [resource], seed=3000 + number, scenarios=scenarios, size=size, budget=20_000, workers=2
    )
    said = found.worths[0].optimum
    assert said is not None, name
    more = supply(instance, resource, resource.amount(instance) + 1)
    true = float(stored()[name]["optimum"]) - exact_value(more, find_optimum(more, exact_tables(more)))
    assert true >= -SLACK
    return said.low <= true + SLACK and true - SLACK <= said.high, true, said.high - said.low


def names(*sizes: int) -> list[str]:
    return [name for name in stored() if int(name.split("-")[1]) in sizes]


@pytest.mark.long  # a minute; the next one asks more of it
def test_the_interval_of_the_optima_holds_the_truth() -> None:
    runs = [run(number, names(4), 20, 30) for number in range(10)]
    assert sum(holds for holds, _, _ in runs) >= 8  # chance of fewer 1.2 % at 95 %
    assert any(true > 0.01 for _, true, _ in runs), "nothing was worth anything"


@pytest.mark.long
def test_the_interval_holds_the_truth_in_183_of_200(capsys) -> None:
    runs = [run(number, names(4, 6, 8), 200, 400) for number in range(200)]
    held, widths = sum(holds for holds, _, _ in runs), sorted(width for _, _, width in runs)
    tight = sum(width < true for _, true, width in runs)
    with capsys.disabled():
        print(
            f"\nworth of one more team: {held} of 200 hold the truth, median width {widths[100]:.3g} points, "
            f"narrower than the value itself in {tight}"
        )
    assert held >= 183


def test_one_more_team_is_never_worse_on_the_planning_scenarios() -> None:
    instance = town()
    plan = posted(instance)
    found = find_worth(instance, None, plan, scenarios=8, reporting=12, budget=300, workers=1)
    assert [str(w.resource) for w in found.worths] == [str(r) for r in every(instance)]
    scenarios = draw(instance, 1, 8, PLANNING)
    cost = cost_matrix(instance)
    with Simulator(instance) as simulator:

        def worth(deployment: Deployment) -> float:
            numbers = deployment.numbers(instance)
            return float(simulator.totals(numbers[None], scenarios).mean() + (numbers * cost).sum())

        for one in found.worths:
            more = supply(instance, one.resource, one.resource.amount(instance) + 1)
            assert check(more, one.deployment).passed
            assert worth(one.deployment) <= worth(found.deployment) + 1e-9
            assert one.optimum is None
            assert one.why == "no bound is tight enough where sectors share callable reserve"


def test_nothing_is_said_where_loss_is_rare() -> None:
    instance = read("markov/markov-4-01")
    kinds = every(instance)[:1]
    (one,) = find_worth(instance, kinds, scenarios=10, size=5, sets=2, budget=2_000, workers=1).worths
    assert one.optimum is None
    assert "100 are asked for" in one.why


def test_a_plan_that_breaks_a_rule_is_refused_with_every_violation() -> None:
    broken = Deployment.build(town(), {("kpu", "rope"): 2}, {})
    with pytest.raises(Forbidden, match=r"(?s)refused this deployment.*\[officer\]") as caught:
        find_worth(town(), plan=broken, scenarios=4, reporting=4, workers=1)
    assert caught.value.exit_code == 3
