"""Where units move, whatever is made passes the checker, and its rules are the rows of the requirements."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from support.moving_instances import compare_rows, disturb, draw_moving, make_plans

from optimiser.model.checker import check


def test_what_search_hand_rules_and_repair_make_passes_the_checker() -> None:
    made, moved = Counter[str](), 0
    for number in range(15):
        rng = random.Random(number)
        for way, instance, plan in make_plans(draw_moving(rng), rng, number):
            assert check(instance, plan).passed, (number, way)
            made[way] += 1
            moved += plan.numbers(instance)[-len(instance.moving) :].any()
    assert set(made) == {"hand rules", "nearest", "repair", "search"}
    assert moved > 5


@pytest.mark.slow
def test_checker_and_requirements_name_the_same_rule_place_and_kind() -> None:
    broken, feasible, compared = Counter[str](), 0, 0
    for number in range(20):
        rng = random.Random(number)
        for _, instance, plan in make_plans(draw_moving(rng), rng, 1):
            for _ in range(3):
                rows = disturb(instance, plan, rng)
                found, said = compare_rows(instance, rows)
                assert found == said, (number, rows)
                broken.update(code for code, _, _ in found)
                feasible += not found
                compared += 1
    assert 10 < feasible < compared / 2
    assert set(broken) >= {"availability", "cap", "staging", "maximum", "officer", "stands", "crew", "escort", "pin"}
