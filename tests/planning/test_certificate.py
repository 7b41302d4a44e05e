"""A claim is made only under its condition, and stop rules stop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimiser.common.progress import Progress
from optimiser.planning.certificate import LocalStatement, TrueGap, certify
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.stop_rules import (
    after_iterations,
    after_replications,
    after_seconds,
    any_of,
    gap_below,
    unchanged,
)

WHY = ("gatherings march",)


def test_optimal_is_said_only_where_the_gap_is_closed():
    proved = certify(10.0, 10.0, 50, 7, ())
    assert proved.kind == "proved-optimal"
    assert "Proved optimal for these 50 scenarios" in proved.sentence
    for c in (
        certify(10.0, 9.9, 50, 7, ()),
        certify(10.0, 9.999999, 50, 7, WHY),
        certify(10.0, 0.0, 50, 7, WHY),
    ):
        assert c.kind != "proved-optimal"
        assert "roved optimal" not in c.sentence


def test_a_loose_bound_is_shown_and_claims_nothing():
    within = certify(10.0, 9.9, 50, 7, ())
    assert within.kind == "within"
    assert within.proved
    assert "Within 1.01 % of the optimum for these 50 scenarios" in within.sentence
    loose = certify(10.0, 2.0, 50, 7, WHY)
    assert loose.kind == "bound-only"
    assert not loose.proved
    assert WHY[0] in loose.sentence
    assert "No proof of optimality" in loose.sentence
    assert "the proved lower bound is 2 points, which is 80 % below" in loose.sentence
    assert "trivial" in certify(10.0, 0.0, 50, 7, WHY).sentence


def test_statements_about_exchanges_and_the_true_optimum_join_the_claim():
    local = LocalStatement(412, 0, 200, 48, 30, 0.35, 2000, 0.95, possible=412)
    assert local.undecided == 134
    far = TrueGap(0.1, 0.2, 10.2, 10, 200, 0.95, lost=900)
    said = replace(certify(10.0, 2.0, 50, 7, WHY), local=local, true_gap=far).sentence
    assert (
        "No single exchange (a team or vehicle moved, swapped, called or held) was shown to be better by more than "
        "0.35 points: 412 compared on 2,000 fresh scenarios, 134 undecided, 48 ties, 30 that matter in too few "
        "of them to be judged; simultaneous 95 % confidence."
    ) in said
    assert "Within 2.00 % (0.2 points) of the true optimum with 95 % confidence" in said
    some = replace(local, possible=1300).sentence
    assert some.startswith("No compared exchange (a team")
    assert "412 of 1,300 compared on 2,000" in some
    assert "2 seem better, 132 undecided, 48 ties, 30 that matter" in replace(local, better=2).sentence
    assert "2,000 fresh scenarios, 164 undecided, 48 ties; simul" in replace(local, seldom=0).sentence
    assert "2 seem better, 162 undecided, 48 ties; simul" in replace(local, better=2, seldom=0).sentence
    assert replace(far, high=0.0, objective=0.0).share == 0.0
    assert "too much to be a claim of quality" in replace(far, objective=0.3).sentence
    assert "too much to be a claim of quality" in replace(far, objective=0.1).sentence


def test_bug_rare_losses_made_the_true_gap_zero():
    """Where no set held a scenario in which anything is lost, all gaps were 0 and so was their limit."""
    rare = TrueGap(0.0, 0.0, 0.0, 10, 500, 0.95, lost=2)
    assert "Within" not in rare.sentence
    assert "lost something in 2 only; 100 are asked for" in rare.sentence


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(10.0, 8.0, 0.2), (0.0, 0.0, 0.0), (5.0, 5.0, 0.0), (5.0, 6.0, 0.0)]
)
def test_gap(objective, bound, gap):
    assert relative_gap(objective, bound) == pytest.approx(gap)


def test_a_gap_that_matters_is_not_rounded_away():
    assert relative_gap(1000.0, 999.99) > 0.0


def test_trivial_bound_is_zero_because_weights_are_never_negative():
    from support.town import town

    assert trivial_bound(town()) == 0.0


def progress(**changes):
    values = {
        "iteration": 3,
        "best": 10.0,
        "bound": 5.0,
        "gap": 0.5,
        "replications": 100,
        "seconds": 2.0,
        "unchanged": 1,
        "finished": False,
        "note": "",
    }
    return Progress(**{**values, **changes})


@pytest.mark.parametrize(
    ("rule", "reached", "before"),
    [
        (after_iterations(3), {"iteration": 3}, {"iteration": 2}),
        (after_replications(100), {"replications": 100}, {"replications": 99}),
        (after_seconds(2.0), {"seconds": 2.0}, {"seconds": 1.9}),
        (gap_below(0.1), {"gap": 0.1}, {"gap": 0.11}),
        (unchanged(4), {"unchanged": 4}, {"unchanged": 3}),
    ],
)
def test_stop_rules(rule, reached, before):
    assert rule(progress(**reached))
    assert not rule(progress(**before))
    assert any_of(rule, after_iterations(99))(progress(**reached))
    assert not any_of(rule, after_iterations(99))(progress(**before))


def test_bug_within_is_not_said_where_the_objective_is_far_above_the_bound():
    assert certify(0.012, 0.006, 100, 5, ("the budget ended first",)).kind == "bound-only"
    assert certify(0.012, 0.010, 100, 5, ("the budget ended first",)).kind == "within"
