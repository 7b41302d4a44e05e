"""The programs over offers, against every choice there is."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from optimiser.nation.master_program import Bids, choose_offers, find_prices


def draw(seed: int) -> Bids:
    """A few districts with a few offers each; the first borrows nothing."""
    rng = random.Random(seed)
    owner, loans, objective = [], [], []
    for d in range(rng.choice([2, 3, 4])):
        worst = rng.uniform(5.0, 20.0)
        for i in range(rng.choice([1, 3, 4])):
            owner.append(d)
            loans.append([rng.randint(0, 2) if i else 0 for _ in range(2)])
            objective.append(worst - rng.uniform(0.0, 2.0) * sum(loans[-1]))
    return Bids(np.array(owner), np.array(loans), np.array(objective), np.array([rng.randint(0, 3), rng.randint(0, 3)]))


def every(bids: Bids):
    """List every choice that no pool forbids, with its value."""
    rows = [np.flatnonzero(bids.owner == d) for d in range(bids.districts)]
    for which in itertools.product(*rows):
        if (bids.loans[list(which)].sum(axis=0) <= bids.most).all():
            yield which, float(bids.objective[list(which)].sum())


@pytest.mark.parametrize("seed", range(30))
def test_the_best_choice_is_found_and_prices_bound_it(seed: int) -> None:
    bids = draw(seed)
    best = min(value for _, value in every(bids))
    which = choose_offers(bids, 0.0)
    assert bids.owner[which].tolist() == list(range(bids.districts))
    assert (bids.loans[which].sum(axis=0) <= bids.most).all()
    assert bids.objective[which].sum() == pytest.approx(best)
    prices = find_prices(bids)
    assert (prices >= 0.0).all()
    cost = bids.objective + bids.loans @ prices
    bound = sum(cost[bids.owner == d].min() for d in range(bids.districts)) - float(bids.most @ prices)
    assert bound <= best + 1e-9


def test_what_nobody_wants_more_of_costs_nothing() -> None:
    bids = Bids(np.array([0, 0]), np.array([[0], [1]]), np.array([5.0, 3.0]), np.array([2]))
    assert find_prices(bids).tolist() == [0.0]
    assert choose_offers(bids, 0.0).tolist() == [1]
