"""The programs over offers, against every choice there is."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from optimiser.nation.master_program import MasterColumns, choose_columns, find_prices


def draw(seed: int) -> MasterColumns:
    """A few districts with a few offers each; the first borrows nothing."""
    rng = random.Random(seed)
    owner, loans, objective = [], [], []
    for d in range(rng.choice([2, 3, 4])):
        worst = rng.uniform(5.0, 20.0)
        for i in range(rng.choice([1, 3, 4])):
            owner.append(d)
            loans.append([rng.randint(0, 2) if i else 0 for _ in range(2)])
            objective.append(worst - rng.uniform(0.0, 2.0) * sum(loans[-1]))
    return MasterColumns(
        np.array(owner), np.array(loans), np.array(objective), np.array([rng.randint(0, 3), rng.randint(0, 3)])
    )


def every(columns: MasterColumns):
    """List every choice that no pool forbids, with its value."""
    rows = [np.flatnonzero(columns.district == d) for d in range(columns.districts)]
    for which in itertools.product(*rows):
        if (columns.loans[list(which)].sum(axis=0) <= columns.most).all():
            yield which, float(columns.objective[list(which)].sum())


@pytest.mark.parametrize("seed", range(30))
def test_the_best_choice_is_found_and_prices_bound_it(seed: int) -> None:
    columns = draw(seed)
    best = min(value for _, value in every(columns))
    which = choose_columns(columns, 0.0)
    assert columns.district[which].tolist() == list(range(columns.districts))
    assert (columns.loans[which].sum(axis=0) <= columns.most).all()
    assert columns.objective[which].sum() == pytest.approx(best)
    prices = find_prices(columns)
    assert (prices >= 0.0).all()
    cost = columns.objective + columns.loans @ prices
    bound = sum(cost[columns.district == d].min() for d in range(columns.districts)) - float(columns.most @ prices)
    assert bound <= best + 1e-9


def test_what_nobody_wants_more_of_costs_nothing() -> None:
    columns = MasterColumns(np.array([0, 0]), np.array([[0], [1]]), np.array([5.0, 3.0]), np.array([2]))
    assert find_prices(columns).tolist() == [0.0]
    assert choose_columns(columns, 0.0).tolist() == [1]
