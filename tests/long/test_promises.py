"""What takes minutes: the promises of docs/trust.md at full size. Run by `make long`; each prints its figure."""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm
from support import tiny
from support.laws import ConstantLaw
from support.small_town import enumerate_all, truth
from support.small_town import tiny as small_town
from support.town import crowd, town

from optimiser.common.errors import Infeasible, InputFault
from optimiser.common.progress import Watcher
from optimiser.files.read import instances_folder, read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import DISPERSED, GREEN, RED, YELLOW
from optimiser.planning.programs.allocation import nearest
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import after_iterations, after_replications
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simulator import Simulator

pytestmark = pytest.mark.long


def test_intervals_cover_the_markov_chain(capsys):
    """Promise 1: 12 laws, 50 seeds each; 99 % intervals of four occupation times cover the exact value."""
    instance = town(gatherings=[crowd()], triggers=[], reinforcements=[])
    facts, counts = index_instance(instance), count(instance, Deployment(instance="town"))
    rng = np.random.default_rng(1)
    inside = total = 0
    for _ in range(12):
        law = ConstantLaw()
        up, down, out = rng.uniform(0.005, 0.03, 2), rng.uniform(0.005, 0.02, 2), rng.uniform(0.002, 0.01, 2)
        law.rates = {
            GREEN: (up[0], 0.0, 0.0, 0.0),
            YELLOW: (up[1], 0.0, down[0], out[0]),
            RED: (0.0, 0.0, down[1], out[1]),
        }
        generator = np.array(
            [
                [-up[0], up[0], 0.0, 0.0],
                [down[0], -down[0] - up[1] - out[0], up[1], out[0]],
                [0.0, down[1], -down[1] - out[1], out[1]],
                [0.0, 0.0, 0.0, 0.0],
            ]
        )
        block = np.zeros((8, 8))
        block[:4, :4], block[:4, 4:] = generator, np.eye(4)
        expected = expm(block * instance.period.minutes)[0, 4:]
        for seed in range(50):
            runs = [Timeline(facts, counts, s, law).run().minutes[1] for s in draw(instance, seed, 100).items]
            sample = np.array(runs)[:, [GREEN, YELLOW, RED, DISPERSED]]
            half = stats.t.ppf(0.995, 99) * sample.std(axis=0, ddof=1) / math.sqrt(100)
            inside += int((np.abs(sample.mean(axis=0) - expected) <= half).sum())
            total += 4
    with capsys.disabled():
        print(f"\nMarkov chain: {inside} of {total} 99 % intervals cover ({100 * inside / total:.2f} %)")
    assert 0.97 <= inside / total <= 1.0


def test_every_deployment_of_10000_random_instances_passes_the_checker(capsys):
    """Promise 3: what the program makes, the checker passes; what it calls infeasible is named."""
    rng = random.Random(7)
    feasible = infeasible = 0
    for _ in range(10_000):
        instance = tiny.draw(rng)
        wanted = {(p.id, k.id): rng.choice([0.0, 0.5, 1.0, 2.0]) for p in instance.places for k in instance.teams}
        try:
            plan = nearest(instance, wanted)
        except Infeasible as error:
            infeasible += 1
            assert error.clashing
            continue
        verdict = check(instance, plan)
        assert verdict.passed, verdict.sentence()
        feasible += 1
    with capsys.disabled():
        print(f"\nchecker: {feasible} deployments, 0 violations; {infeasible} instances proved infeasible")
    assert feasible > 3000


def test_enumeration_agrees_on_1000_tiny_instances(capsys):
    """Promise 4: where the loop says proved, trying every deployment finds no better one."""
    agreed = 0
    number = 0
    while agreed < 1000:
        number += 1
        rng = random.Random(50_000 + number)
        instance = small_town(rng, joined=False)
        plans = enumerate_all(instance)
        if not plans:
            continue
        scenarios = draw(instance, number, 3)
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, {"any": rng.choice(plans)}, after_iterations(9), Watcher())
            best = truth(simulator, plans, scenarios)
        assert found.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert found.value == pytest.approx(best, rel=1e-9, abs=1e-9)
        agreed += 1
    with capsys.disabled():
        print(f"\nenumeration: {agreed} of {agreed} agree")


def test_the_loop_never_ends_worse_than_it_began(capsys):
    """Promise 6, with interplay: 500 random instances and starts; and how far from the enumerated optimum it ends."""
    breaches = tried = number = 0
    regrets, reached = [], Counter()
    while tried < 500:
        number += 1
        rng = random.Random(90_000 + number)
        instance = small_town(rng, joined=True)
        plans = enumerate_all(instance)
        if not plans:
            continue
        scenarios = draw(instance, number, 3)
        with Simulator(instance) as simulator:
            first = {str(i): p for i, p in enumerate(rng.sample(plans, min(2, len(plans))))}
            start = truth(simulator, list(first.values()), scenarios)
            found = search(simulator, scenarios, first, after_replications(2000), Watcher())
            best = truth(simulator, plans, scenarios)
        assert found.bound <= best + 1e-9
        breaches += found.value > start + 1e-9
        with Simulator(instance) as simulator:  # and one that grows, wherever its budget ends
            more, budget = draw(instance, number, 100), rng.randrange(40, 600)
            grown = search(simulator, more, first, budget=budget, growing=True)
        with Simulator(instance) as other:
            breaches += grown.value > truth(other, list(first.values()), grown.scenarios) + 1e-9
        reached[len(grown.scenarios)] += 1
        regrets.append((found.value - best, best))
        tried += 1
    exact = sum(lost < 1e-9 for lost, _ in regrets)
    whole = 100.0 * sum(lost for lost, _ in regrets) / sum(best for _, best in regrets)
    with capsys.disabled():
        print(f"\nloop: {breaches} breaches in {tried}; {exact} optimal, total regret {whole:.2f} %")
        print(f"growing: ended in so many scenarios, how often: {dict(sorted(reached.items()))}")
    assert breaches == 0
    assert len(reached) == 4


def test_200000_broken_files_give_faults_and_no_traceback(tmp_path, capsys):
    """Promise 12: mutated bytes of a real instance are read or refused, nothing else."""
    original = (instances_folder() / "tiny-2.toml").read_bytes()
    path = tmp_path / "broken.toml"
    rng = random.Random(3)
    refused = accepted = 0
    for _ in range(200_000):
        data = bytearray(original)
        for _ in range(rng.choice([1, 1, 2, 5])):
            where = rng.randrange(len(data))
            action = rng.random()
            if action < 0.4:
                data[where] = rng.randrange(256)
            elif action < 0.7:
                del data[where : where + rng.randrange(1, 30)]
            else:
                data[where:where] = bytes(rng.choice(b'[]{}="\n#.,-0129aeE') for _ in range(rng.randrange(1, 8)))
        path.write_bytes(bytes(data))
        try:
            read(path)
            accepted += 1
        except InputFault as error:
            refused += 1
            assert error.faults
    with capsys.disabled():
        print(f"\nfuzz: 200,000 files, {refused} refused with faults, {accepted} still good, 0 tracebacks")


def test_the_same_logs_in_every_order(capsys):
    """Promise 8 for the simulation: scenarios played in any order, in one or two processes, give the same harms."""
    instance = town()
    scenarios = draw(instance, 1, 300)
    plan = Deployment.build(instance, {("kpu", "rope"): 3, ("kpu", "padal"): 1, ("polres", "shield"): 4}, {})
    digests = set()
    for workers in (1, 2, 2):
        with Simulator(instance, workers=workers) as simulator:
            digests.add(hashlib.sha256(simulator.outcome(plan, scenarios).harms.tobytes()).hexdigest())
    facts, counts = index_instance(instance), count(instance, plan)
    harms = {s.number: Timeline(facts, counts, s).run().harms for s in reversed(scenarios.items)}
    digests.add(hashlib.sha256(np.array([harms[n] for n in range(300)]).tobytes()).hexdigest())
    with capsys.disabled():
        print(f"\norder and processes: {len(digests)} distinct results in 4 runs")
    assert len(digests) == 1
