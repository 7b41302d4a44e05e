"""A claim is made only under its condition, and stop rules stop."""

from __future__ import annotations

import pytest

from optimiser.bound import trivial_bound
from optimiser.certificate import certify, relative_gap
from optimiser.progress import Progress
from optimiser.stop import after_iterations, after_replications, after_seconds, any_of, gap_below, unchanged

WHY = ("gatherings march",)


def test_optimal_is_said_only_with_exact_tables_and_a_closed_gap():
    proved = certify(10.0, 10.0, 50, 7, exact=True, reasons=())
    assert proved.kind == "proved-optimal"
    assert "Proved optimal for these 50 scenarios" in proved.sentence
    for c in (
        certify(10.0, 9.9, 50, 7, exact=True, reasons=()),
        certify(10.0, 10.0, 50, 7, exact=False, reasons=WHY),
        certify(10.0, 0.0, 50, 7, exact=False, reasons=WHY),
    ):
        assert c.kind != "proved-optimal"
        assert "roved optimal" not in c.sentence


def test_within_needs_a_bound_of_the_true_problem():
    within = certify(10.0, 9.9, 50, 7, exact=True, reasons=())
    assert within.kind == "within"
    assert within.proved
    assert "1.00 %" in within.sentence
    model_only = certify(10.0, 9.9, 50, 7, exact=False, reasons=WHY)
    assert model_only.kind == "bound-only"
    assert not model_only.proved
    assert WHY[0] in model_only.sentence
    assert "No proof of optimality" in model_only.sentence


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(10.0, 8.0, 0.2), (0.0, 0.0, 0.0), (5.0, 5.0, 0.0), (5.0, 6.0, 0.0)]
)
def test_gap(objective, bound, gap):
    assert relative_gap(objective, bound) == pytest.approx(gap)


def test_a_gap_that_matters_is_not_rounded_away():
    assert relative_gap(1000.0, 999.99) > 0.0


def test_trivial_bound_is_zero_because_weights_are_never_negative():
    from town import town

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
