"""The list of feasible deployments holds each of them once, and gives up where there are more than are asked for."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances
from support.town import town

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search.exhaustive import listing
from optimiser.planning.search.exhaustive.listing import list_deployments

KINDS = ({}, {"accompanied": True}, {"moving": True}, {"attended": True})


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_every_feasible_deployment_is_listed_once(kinds):
    for _, instance, plans in islice(instances(0, joined=True, **kinds), 6):
        found = list_deployments(Rules(instance), len(plans))
        assert found is not None
        mine = found.plans(found.codes)
        assert len(mine) == len(plans)
        assert {plan.tobytes() for plan in mine} == {plan.tobytes() for plan in plans}
        assert np.all(np.diff(found.codes) > 0)
        for plan in mine[:: 1 + len(mine) // 20]:
            assert check(instance, Deployment.of_numbers(instance, plan)).passed


def test_blocks_of_any_size_list_the_same(monkeypatch):
    for _, instance, plans in islice(instances(30, joined=True), 4):
        monkeypatch.setattr(listing, "BLOCK", 7)
        found = list_deployments(Rules(instance), len(plans))
        assert found is not None
        assert {plan.tobytes() for plan in found.plans(found.codes)} == {plan.tobytes() for plan in plans}


def test_more_than_are_asked_for_are_not_listed(monkeypatch):
    cases = (c for c in instances(0, joined=True) if len(c[2]) > 2)
    for _, instance, plans in islice(cases, 4):
        assert list_deployments(Rules(instance), len(plans) - 1) is None
        monkeypatch.setattr(listing, "LOOKED", 0)
        monkeypatch.setattr(listing, "BLOCK", 1)
        assert list_deployments(Rules(instance), len(plans)) is None
        monkeypatch.undo()
    assert list_deployments(Rules(town()), 1000) is None


def test_placement_costs_are_those_of_each_deployment():
    for _, instance, plans in islice(instances(60, joined=True), 3):
        found = list_deployments(Rules(instance), len(plans))
        assert found is not None
        cost = np.random.default_rng(1).random(plans.shape[1:])
        every = np.tensordot(found.plans(found.codes), cost, axes=2)
        assert found.costs(cost) == pytest.approx(every)
