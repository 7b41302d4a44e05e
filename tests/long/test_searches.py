"""What takes minutes: proofs and engines of the search at full size. Run by `make long`; each prints its figure."""

from __future__ import annotations

import itertools
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from markov import exact_value
from markov_optimum import read_plan, stored
from support.engine_comparison import LAWS, assert_one_meaning
from support.enumeration import instances, values, weighed
from support.random_instances import worlds

from optimiser.common.progress import Watcher
from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.certificate import relative_gap
from optimiser.planning.search.exhaustive.elimination import eliminate
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_iterations, after_replications, any_of
from optimiser.planning.settings import Effort
from optimiser.planning.true_gap import bound_true_gap
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

pytestmark = pytest.mark.long
FACTORS = (1.0, 1e-9, 3.7e-5, 1e9)  # by which the weights of objectives are multiplied in turn
PLAYED: Counter[str] = Counter()


@pytest.mark.parametrize("name", list(LAWS))
def test_engines_agree_on_5000_worlds_bit_for_bit(name, capsys):
    """Logs, harms, minutes and force of the compiled engine, its functions in Python, and SimPy; two laws."""

    @given(world=worlds())
    @settings(
        max_examples=5000,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def compare(world) -> None:
        assert_one_meaning(world, LAWS[name])
        PLAYED[name] += 1

    compare()
    with capsys.disabled():
        print(f"\nengines: {PLAYED[name]:,} worlds under the law '{name}', equal bit for bit")
    assert PLAYED[name] >= 5000


def test_proofs_agree_with_every_deployment_of_1000_separate_instances(capsys):
    """Officers, crews, escorts, pins, minima, costs of placement and tails, in any mixture."""
    agreed = deployments = tailed = 0
    for number, drawn, plans in islice(instances(100_000, joined=False), 1000):
        instance = weighed(drawn, FACTORS[number % len(FACTORS)])
        scenarios = draw(instance, number, 4)
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, start, after_iterations(99), Watcher())
            worth = values(simulator, plans, scenarios)
        assert relative_gap(found.value, found.bound) == 0.0
        assert found.bound <= worth.min() <= found.value * (1.0 + 1e-12)
        assert found.value <= worth.min() * (1.0 + 1e-9)
        assert check(instance, found.deployment).passed
        agreed += 1
        deployments += len(plans)
        tailed += instance.objective.tail_weight > 0.0
    with capsys.disabled():
        print(f"\nproofs: {agreed} of {agreed} agree, {deployments:,} deployments played, {tailed} with a tail")


@pytest.mark.parametrize(
    "kind",
    [{}, {"accompanied": True}, {"accompanied": True, "moving": True}, {"displacing": True}],
    ids=("apart", "along", "moving", "displacing"),
)
def test_bounds_under_interplay_hold_for_500_joint_instances(kind, capsys):
    """Shared reserve, marches, spill-over, help from outside: no bound above the best of all deployments."""
    held = proved = optimal = deployments = 0
    for number, drawn, plans in islice(instances(200_000, joined=True, **kind), 500):
        instance = weighed(drawn, FACTORS[number % len(FACTORS)])
        scenarios = draw(instance, number, 3)
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            stop = any_of(after_iterations(25), after_replications(2500))
            found = search(simulator, scenarios, start, stop, Watcher())
        with Simulator(instance) as other:
            worth = values(other, plans, scenarios)
        slack = 1e-12 * worth.min()
        assert found.bound <= worth.min() + slack
        assert worth.min() - slack <= found.value <= worth[number % len(plans)] + slack
        assert check(instance, found.deployment).passed
        held += 1
        proved += relative_gap(found.value, found.bound) == 0.0
        optimal += found.value <= worth.min() + slack
        deployments += len(plans)
    with capsys.disabled():
        print(
            f"\njoint bounds: {held} of {held} hold, {proved} proved, {optimal} optimal, "
            f"{deployments:,} deployments played"
        )
    assert proved > 100


def test_no_proof_by_looking_at_all_deployments_is_refuted_in_500_joint_instances(capsys):
    """Interplay of every sort in turn; each proof against all deployments, the weights in other currencies."""
    kinds = ({}, {"accompanied": True}, {"moving": True}, {"displacing": True}, {"attended": True})
    agreed = deployments = spent = full = 0
    some = [islice((c for c in instances(300_000, joined=True, **kind) if len(c[2]) < 5000), 100) for kind in kinds]
    for number, drawn, plans in itertools.chain.from_iterable(some):
        instance = weighed(drawn, FACTORS[number % len(FACTORS)])
        scenarios, start = draw(instance, number, 6), plans[number % len(plans)]
        with Simulator(instance) as simulator:
            found = Search(simulator, scenarios, Watcher(), start, np.inf, 0.0)
            found.consider(start)
            open_ = not found.closed
            for _ in eliminate(found):
                pass
            spent += simulator.replications
        with Simulator(instance) as other:
            worth = values(other, plans, scenarios)
        assert found.closed
        assert not open_ or found.listed == len(plans)
        assert worth.min() * (1.0 - 1e-12) <= found.value <= worth.min() * (1.0 + 1e-9)
        assert check(instance, found.deployment).passed
        agreed += 1
        deployments += len(plans)
        full += len(plans) * len(scenarios)
    with capsys.disabled():
        print(
            f"\nall looked at: {agreed} of {agreed} agree, {deployments:,} deployments, "
            f"{100 * spent / full:.0f} % of their replications"
        )


def test_the_true_gap_is_covered_on_the_markov_family(capsys):
    """200 plans, each chosen on scenarios of its own: the 95 % limit holds for at least 183, and proofs hold."""
    rows = stored()
    names = [name for name in rows if name.startswith(("markov-4-", "markov-6-", "markov-8-"))]
    covered = proved = runs = 0
    shares = []
    for run in range(200):
        name = names[run % len(names)]
        instance, row = read(f"markov/{name}"), rows[name]
        seed = 1000 + run
        with Simulator(instance, workers=2) as simulator:
            planning = draw(instance, seed, 40)
            found = search(simulator, planning, candidates(instance), after_replications(20_000), Watcher())
            optimum = read_plan(instance, row["plan"]).numbers(instance)
            best = Search(simulator, planning, Watcher(), optimum, np.inf, 0.0).worth(optimum)
            assert found.bound <= best + 1e-9 * best
            if relative_gap(found.value, found.bound) == 0.0:
                assert found.value <= best + 1e-9 * best
                proved += 1
            said = bound_true_gap(simulator, found.best, Effort(40, 40, 20_000, seed=seed), Watcher())
        true = exact_value(instance, found.deployment) - float(row["optimum"])
        assert true >= -1e-6
        covered += said.high >= true
        shares.append(100.0 * said.high / float(row["optimum"]))
        runs += 1
    with capsys.disabled():
        print(
            f"\ntrue gap: {covered} of {runs} covered at 95 %, {proved} plans proved optimal on their scenarios, "
            f"median limit {np.median(shares):.2f} % of the optimum"
        )
    assert covered >= 183
