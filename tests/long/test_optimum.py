"""An estimate of the optimum against optima that are known: how often it holds them. Run by `make long`.

Searches are kept so short that they do not all end at the optimum; an estimate from those would show nothing.
"""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pytest
from markov_moving_optimum import list_options
from markov_optimum import best_two_of
from support.enumeration import instances, values

from optimiser.files.read import read
from optimiser.model.instance import Instance
from optimiser.planning.programs.configurations import unit_costs
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.settings import Effort
from optimiser.questions.optimum import SEARCHES, OptimumEstimate, search_alone
from optimiser.simulation.scenario import Scenarios, draw
from optimiser.simulation.simulator import Simulator

pytestmark = pytest.mark.long
ROUNDING = 1e-9
KINDS = ({}, {"accompanied": True}, {"moving": True}, {"displacing": True}, {"attended": True})
MOVING = [f"markov-moving-{sectors}-{number:02d}" for number in range(1, 9) for sectors in (4, 6)]


def estimated(instance: Instance, scenarios: Scenarios, seed: int, budget: int) -> OptimumEstimate:
    """Estimate without a plan: its value is that of the best search."""
    rules = [rule.numbers(instance) for rule in candidates(instance).values()]
    effort, ends = Effort(len(scenarios), len(scenarios), budget, seed=seed), []
    for number in range(SEARCHES):
        with Simulator(instance) as simulator:
            ends.append(search_alone(simulator, scenarios, rules, effort, number))
    ends.sort(key=lambda end: end.value)
    plan, found = ends[0].deployment, tuple(end.value for end in ends)
    same = sum(np.array_equal(end.best, ends[0].best) for end in ends)
    return OptimumEstimate(instance, plan, plan, found[0], 0.0, found, same, seed, len(scenarios), budget)


class Count:
    """How many estimates hold, how many are of searches that missed the optimum, and how wide they are."""

    def __init__(self) -> None:
        self.cases = self.held = self.missed = self.missed_held = 0
        self.widths: list[float] = []

    def add(self, found: OptimumEstimate, optimum: float) -> None:
        assert found.low is not None
        assert found.high >= optimum * (1.0 - ROUNDING)
        held, missed = found.low <= optimum * (1.0 + ROUNDING), found.high > optimum * (1.0 + ROUNDING)
        self.cases += 1
        self.held += held
        self.missed += missed
        self.missed_held += held and missed
        self.widths.append(100.0 * (1.0 - found.low / found.high))

    def __str__(self) -> str:
        middle, most = np.quantile(self.widths, [0.5, 0.9])
        return (
            f"{self.held} of {self.cases} hold, {self.missed_held} of the {self.missed} whose searches missed the "
            f"optimum; width {middle:.2f} % at the median, {most:.1f} % in nine of ten"
        )


def test_an_estimate_holds_the_optimum_of_200_small_towns(capsys):
    """Interplay of every sort in turn; the optimum of all deployments."""
    count = Count()
    kinds = [(c for c in instances(800_000, joined=True, **kind) if 300 <= len(c[2]) <= 4000) for kind in KINDS]
    for turn in cycle(kinds):
        number, instance, plans = next(turn)
        scenarios = draw(instance, number, 20)
        with Simulator(instance) as simulator:
            worth = values(simulator, plans, scenarios)
        if worth.min() > 1e-6 and worth.max() > 1.05 * worth.min():
            count.add(estimated(instance, scenarios, number, 600), worth.min())
        if count.cases == 200:
            break
    with capsys.disabled():
        print(f"\nestimate of the optimum, small towns: {count}")
    assert count.missed > 0
    assert count.held >= 190


def optimum_of(instance: Instance, scenarios: Scenarios) -> float:
    """Work out the optimum on some scenarios: choices of the moving Markov family do not influence each other."""
    ids = [place.id for place in instance.places]
    with Simulator(instance) as simulator:
        nobody = np.zeros((len(ids), len(instance.teams)), dtype=np.int64)
        base, choices = float(simulator.totals(nobody[None], scenarios).mean()), []
        for options in list_options(instance):
            plans = np.repeat(nobody[None], len(options.numbers), axis=0)
            plans[:, [ids.index(place) for place in options.places]] = options.numbers
            lost = np.concatenate([simulator.totals(some, scenarios).mean(axis=1) for some in chunks(plans)])
            costs = np.array([unit_costs(instance, place) for place in options.places])
            choices.append((options.numbers.sum(axis=1), lost - base + (options.numbers * costs).sum(axis=(1, 2))))
    return base + best_two_of(instance, choices)[0]


def chunks(plans: np.ndarray) -> list[np.ndarray]:
    return [plans[begin : begin + 500] for begin in range(0, len(plans), 500)]


def test_an_estimate_holds_the_optimum_of_the_moving_markov_family(capsys):
    """The optimum on the planning scenarios, worked out from all choices."""
    count = Count()
    for number, name in enumerate(MOVING):
        instance = read(f"markov-moving/{name}")
        scenarios = draw(instance, 6000 + number, 40)
        optimum = optimum_of(instance, scenarios)
        count.add(estimated(instance, scenarios, number, 3000), optimum)
    with capsys.disabled():
        print(f"\nestimate of the optimum, moving Markov family: {count}")
    assert count.missed > 0
    assert count.held >= 0.95 * count.cases
