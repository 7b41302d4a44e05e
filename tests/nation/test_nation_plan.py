"""The claim about a nation, each only under its condition, and intervals of what all districts lose together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.nations import make_plan

from optimiser.planning.evaluation import estimate


def test_each_claim_has_its_condition(tmp_path: Path) -> None:
    proved, within, loose, trivial = (make_plan(tmp_path, 100.0, bound) for bound in (100.0, 98.0, 20.0, 0.0))
    assert (proved.kind, within.kind, loose.kind, trivial.kind) == ("proved-optimal", "within", *["bound-only"] * 2)
    assert proved.sentence.startswith("Proved optimal for these 100 scenarios of each of 2 districts")
    assert within.sentence.startswith("Within 2.04 % of the optimum for these 100 scenarios of each of 2 districts")
    assert "the proved lower bound is 20 points, which is 80 % below" in loose.sentence
    assert "rounds of prices ended first" in loose.sentence
    assert "which is trivial" in trivial.sentence


def test_interplay_is_named_where_it_keeps_the_bound_loose(tmp_path: Path) -> None:
    assert "in 2 districts sectors influence each other" in make_plan(tmp_path, 100.0, 5.0, joined=2).sentence


def test_what_all_lose_together_is_the_mean_of_sums(tmp_path: Path) -> None:
    one = make_plan(tmp_path, 100.0, 98.0)
    sums = np.array(one.results[0].losses) + np.array(one.results[1].losses)
    assert one.loss == estimate(sums)
    assert one.loss.mean == pytest.approx(one.loss_of(0).mean + one.loss_of(1).mean)
    hurt = sum(np.array(s.harms)[:, :3].sum(axis=1).mean() for s in one.results)
    assert one.harms["injuries"].mean == pytest.approx(hurt)


def test_independent_districts_have_the_interval_of_independent_sums() -> None:
    rng = np.random.default_rng(3)
    apart = rng.exponential(size=(50, 4_000))
    together = estimate(apart.sum(axis=0))
    root = np.sqrt(sum(estimate(row).half ** 2 for row in apart))
    assert together.half == pytest.approx(root, rel=0.06)


def test_loans_and_what_pools_lend(tmp_path: Path) -> None:
    one = make_plan(tmp_path, 100.0, 98.0)
    assert one.loans() == (("district-1", "bko", 1),)
    assert one.lent == (1,)


def test_what_lending_saves_is_paired_by_future(tmp_path: Path) -> None:
    one = make_plan(tmp_path, 100.0, 98.0)
    points, injured = one.saved
    assert one.value_alone == 200.0
    by_hand = estimate(np.array(one.alone[0].losses) - np.array(one.results[0].losses))  # the other is as it is
    assert (points.mean, points.half) == pytest.approx((by_hand.mean, by_hand.half), rel=1e-12)
    assert points.low > 0.5
    harms = [np.array(s.harms)[:, :3].sum(axis=1) for s in (one.alone[0], one.results[0])]
    assert injured.mean == pytest.approx((harms[0] - harms[1]).mean())
