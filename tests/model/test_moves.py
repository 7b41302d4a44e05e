"""Moves turn one deployment into another, and no fewer units could."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.moves import BASE, count_moved, list_moves

TOWN = town()
KINDS = [*(t.id for t in TOWN.teams), *(v.id for v in TOWN.vehicles)]
PLANS = st.lists(st.integers(0, 3), min_size=len(TOWN.places) * len(KINDS), max_size=len(TOWN.places) * len(KINDS))


def deployment(numbers: list[int]) -> Deployment:
    return Deployment.of_numbers(TOWN, np.array(numbers).reshape(len(TOWN.places), len(KINDS)))


@given(PLANS, PLANS)
def test_moves_lead_from_one_deployment_to_the_other_with_the_fewest_units(first, second):
    before, after = deployment(first), deployment(second)
    numbers = before.numbers(TOWN)
    places = {p.id: i for i, p in enumerate(TOWN.places)}
    moves = list_moves(TOWN, before, after)
    for move in moves:
        k = KINDS.index(move.what)
        assert move.number > 0
        assert move.origin != move.goal
        if move.origin != BASE:
            numbers[places[move.origin], k] -= move.number
        if move.goal != BASE:
            numbers[places[move.goal], k] += move.number
    assert (numbers == after.numbers(TOWN)).all()
    change = after.numbers(TOWN) - before.numbers(TOWN)
    gained, lost = np.maximum(change, 0).sum(axis=0), np.maximum(-change, 0).sum(axis=0)
    assert count_moved(moves) == np.maximum(gained, lost).sum()


def test_the_nearest_place_gives_first():
    before = Deployment.build(TOWN, {("terminal", "rope"): 1, ("mall", "rope"): 1}, {})
    after = Deployment.build(TOWN, {("kpu", "rope"): 1}, {})
    moves = list_moves(TOWN, before, after)
    assert [(m.origin, m.goal) for m in moves] == [("mall", "kpu"), ("terminal", BASE)]
    rope = next(t for t in TOWN.teams if t.id == "rope")
    assert [m.heads for m in moves] == [rope.size, rope.size]
