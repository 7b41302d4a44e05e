"""Configurations: there and back, all of them, what they cost, and which of them matter."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from support.tiny import build, deploy, draw, numbers

from optimiser.model.checker import check
from optimiser.planning.programs.configurations import (
    Configuration,
    LocalRules,
    configuration_of,
    deployment_of,
    empty,
    fits,
    place_configurations,
    placement_cost,
    tail_weights,
    undominated,
    unit_costs,
)

ELSEWHERE = {"cover", "reserve"}  # rules that one place cannot keep alone


def test_there_and_back() -> None:
    instance = build()
    plan = deploy(instance, ((2, 1, 0, 1, 0), (0,) * 5, (0, 0, 1, 0, 1), (0,) * 5))
    parts = [configuration_of(instance, plan, place.id) for place in instance.places]
    assert parts[0] == Configuration("kpu", (2, 1, 0, 1), (0,))
    assert parts[1] == empty(instance, "dprd")
    assert parts[2] == Configuration("polres", (0, 0, 1, 0), (1,))
    assert deployment_of(instance, parts).fingerprint() == plan.fingerprint()
    assert deployment_of(instance, [parts[0]], "half").title == "half"
    assert len({*parts, *parts}) == 4  # hashable, and equal when they say the same


def alone(instance, place: str) -> set[Configuration]:
    """Try every number at one place; what the checker says about other places does not count."""
    counts = [k.count for k in (*instance.teams, *instance.vehicles)]
    split, good = len(instance.teams), set()
    for row in itertools.product(*(range(c + 1) for c in counts)):
        c = Configuration(place, row[:split], row[split:])
        found = check(instance, deployment_of(instance, [c])).violations
        if not any(v.place in ("", place) and v.code not in ELSEWHERE for v in found):
            good.add(c)
    return good


@pytest.mark.slow
def test_enumeration_agrees_with_trying_everything() -> None:
    for seed in range(25):
        instance = draw(random.Random(seed))
        for place in instance.places:
            found, complete = place_configurations(instance, place.id, 10_000)
            assert complete
            assert len(found) == len(set(found))
            assert set(found) == alone(instance, place.id)
            rules = LocalRules(instance, place.id)
            numbers_ = rules.grid(10_000)
            assert [(*c.teams, *c.vehicles) for c in found] == [tuple(row) for row in numbers_.tolist()]
            assert rules.grid(len(found) - 1) is None
            assert fits(instance, found, place.id).all()


def test_fits_agrees_with_enumeration() -> None:
    for seed in range(10):
        instance = draw(random.Random(seed))
        place = instance.places[seed % 3].id
        split = len(instance.teams)
        every = list(itertools.product(*(range(k.count + 2) for k in (*instance.teams, *instance.vehicles))))
        configurations = [Configuration(place, row[:split], row[split:]) for row in every]
        good = {c for c, kept in zip(configurations, fits(instance, configurations, place), strict=True) if kept}
        assert good == set(place_configurations(instance, place, 10_000)[0])
    assert fits(instance, [], place).shape == (0,)


def test_enumeration_stops_at_the_limit_and_says_so() -> None:
    instance = build()
    every, complete = place_configurations(instance, "polres", 10_000)
    assert complete
    assert every[0] == empty(instance, "polres")
    assert place_configurations(instance, "polres", len(every)) == (every, True)
    assert place_configurations(instance, "polres", len(every) - 1) == (every[:-1], False)
    assert place_configurations(instance, "polres", 0) == ([], False)


def test_many_kinds_are_enumerated_without_trying_the_impossible() -> None:
    # 3^40 combinations, of which the staging capacity leaves 1 + 40
    teams = [{"id": f"t{i}", "name": "T", "role": "line", "size": 10, "count": 2, "home": "polres"} for i in range(40)]
    sectors = [{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "staging_capacity": 10}]
    instance = build(teams=teams, sectors=sectors, vehicles=[], doctrine={"officer_per_sector": False})
    found, complete = place_configurations(instance, "kpu", 1000)
    assert complete
    assert len(found) == 41


def test_placement_cost_by_hand() -> None:
    instance = build(objective={"away": 0.1, "visible": 0.01})
    # at the sector: 2 + 1 + 1 + 1 teams away from home, of which the hard ones are Brimob and the AWC
    assert placement_cost(instance, deploy(instance, ((2, 1, 1, 1, 1), *((0,) * 5,) * 3))) == pytest.approx(0.52)
    # at posts nothing is visible; Brimob is at home in the terminal, the others in the Polres
    assert placement_cost(instance, deploy(instance, ((0,) * 5, (0,) * 5, (2, 0, 1, 0, 1), (1, 0, 1, 0, 0)))) == (
        pytest.approx(0.1 + 0.1)
    )
    assert placement_cost(instance, deploy(instance, ((0,) * 5,) * 4)) == 0.0
    assert unit_costs(instance, "terminal").tolist() == [0.1, 0.1, 0.0, 0.1, 0.0]


@pytest.mark.parametrize(
    ("level", "weights"),
    [
        (0.0, [0.25, 0.25, 0.25, 0.25]),
        (0.5, [0.0, 0.5, 0.0, 0.5]),
        (0.25, [1 / 3, 1 / 3, 0.0, 1 / 3]),
        (0.4, [1 / 6, 5 / 12, 0.0, 5 / 12]),
        (0.75, [0.0, 0.0, 0.0, 1.0]),
        (0.99, [0.0, 0.0, 0.0, 1.0]),
    ],
)
def test_tail_weights_by_hand(level: float, weights: list[float]) -> None:
    assert tail_weights(np.array([2.0, 3.0, 1.0, 9.0]), level) == pytest.approx(weights)


def test_tail_is_the_worst_of_all_weightings() -> None:
    rng = np.random.default_rng(3)
    for level in (0.0, 0.3, 0.77, 0.9):
        losses = rng.normal(size=30)
        weights = tail_weights(losses, level)
        assert weights.sum() == pytest.approx(1.0)
        most = 1.0 / max(1.0, (1.0 - level) * 30)
        assert weights.max() <= most + 1e-12
        for _ in range(50):
            other = np.minimum(rng.dirichlet(np.ones(30)), most)
            other += (most - other) * (1.0 - other.sum()) / (most - other).sum() if other.sum() < 1.0 else 0.0
            assert other @ losses <= weights @ losses + 1e-9


def test_undominated_by_hand() -> None:
    numbers = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [2, 0]])
    worth = np.array([[5.0], [4.0], [5.0], [4.0], [4.5]])
    # the third needs more than the first for the same, the fourth more than the second, the last too
    assert undominated(numbers, worth, ()).tolist() == [True, True, False, False, False]
    # if the second kind must not become less, the third and fourth have no rival but each other
    assert undominated(numbers, worth, [1]).tolist() == [True, True, True, True, False]


def test_undominated_looks_at_every_criterion() -> None:
    numbers = np.array([[0], [1]])
    assert undominated(numbers, np.array([[1.0, 3.0], [3.0, 1.0]]), ()).tolist() == [True, True]
    assert undominated(numbers, np.array([[1.0, 1.0], [3.0, 1.0]]), ()).tolist() == [True, False]


@pytest.mark.parametrize("equal", [(), (1,), (0, 3)])
def test_undominated_is_what_no_other_one_makes_go(equal: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    for size in (1, 30, 700):  # the last is more than is compared at once
        table = np.unique(rng.integers(0, 6, (size, 5)), axis=0)
        table = table[rng.permutation(len(table))]
        for criteria in (1, 3):
            worth = rng.integers(0, 6, (len(table), criteria)).astype(float)
            goes = [
                any(
                    i != j
                    and (table[j] <= table[i]).all()
                    and all(table[j, k] == table[i, k] for k in equal)
                    and (worth[j] <= worth[i]).all()
                    for j in range(len(table))
                )
                for i in range(len(table))
            ]
            assert (undominated(table, worth, equal) == ~np.array(goes)).all()


def test_tiny_instances_can_be_tried_completely() -> None:
    instance = build(
        teams=[{"id": "dalmas", "name": "D", "role": "line", "size": 20, "count": 1, "home": "polres"}], vehicles=[]
    )
    assert numbers(instance).shape == (2**4, 4, 1)
    assert numbers(instance, more=1).shape == (3**4, 4, 1)
