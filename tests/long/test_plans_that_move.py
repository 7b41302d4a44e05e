"""What takes minutes: plans whose units move, at full size. Run by `make long`; each prints its figure."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from support.engine_comparison import LAWS, assert_one_meaning
from support.moving_instances import break_rows, compare_rows, disturb, draw_moving, make_plans
from support.random_instances import worlds
from support.tiny import attend, deploy

from optimiser.model.checker import CODES, check
from optimiser.model.checking.presence import PRESENCE_CODES
from optimiser.planning.programs.requirements import require
from optimiser.simulation import events

pytestmark = pytest.mark.long
SECONDS = 1800.0  # most that each test takes; what it has reached by then is its figure


@pytest.mark.parametrize("name", list(LAWS))
def test_engines_agree_on_worlds_in_which_units_move_leg_by_leg(name, capsys):
    """Promises 2 and 24: SimPy, the functions in Python and the compiled ones, bit for bit."""
    seen, end = Counter[str](), time.monotonic() + SECONDS

    @seed(24)
    @given(world=worlds(moving=True))
    @settings(
        max_examples=10_000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def compare(world) -> None:
        if seen["moves"] < 3400 and time.monotonic() < end:
            log, _ = assert_one_meaning(world, LAWS[name])
            first = len(world[0].accompaniments)  # events of what moves by legs name it by its number
            along = {e.kind for e in log if e.kind in (events.MOVES, events.MOVED, events.HELD) and e.what >= first}
            seen["worlds"] += 1
            seen["moves"] += events.MOVES in along
            seen["held"] += events.HELD in along

    compare()
    with capsys.disabled():
        print(
            f"\nengines: {seen['worlds']:,} worlds with movements under the law '{name}', equal bit for bit; "
            f"units set out in {seen['moves']:,} and are held in {seen['held']:,}"
        )
    assert seen["worlds"] >= 1000
    assert seen["moves"] > seen["worlds"] / 4  # where a movement rests or is empty nobody may set out


def test_every_deployment_of_10000_where_units_move_passes_the_checker(capsys):
    """Promises 3 and 24: whatever search, hand rules, nearest deployments and repair make breaks no rule."""
    made, moved, end = Counter[str](), 0, time.monotonic() + SECONDS
    for number in itertools.count():
        if made.total() >= 10_000 or time.monotonic() > end:
            break
        rng = random.Random(number)
        for way, instance, plan in make_plans(draw_moving(rng), rng, number):
            verdict = check(instance, plan)
            assert verdict.passed, (number, way, verdict.all_of_it())
            made[way] += 1
            moved += plan.numbers(instance)[-len(instance.moving) :].any()
    with capsys.disabled():
        said = ", ".join(f"{n:,} of {way}" for way, n in sorted(made.items()))
        print(
            f"\nchecker: {made.total():,} deployments of {number:,} instances where units move, 0 violations ({said})"
        )
        print(f"units are placed in accompaniments or movements in {moved:,}")
    assert made.total() >= 3000
    assert moved > made.total() / 10


def test_checker_and_requirements_agree_row_by_row_where_units_move(capsys):
    """Promise 3: on 10,000 deployments, most of them infeasible, they name the same rule, place and kind or role."""
    broken, feasible, compared, end = Counter[str](), 0, 0, time.monotonic() + SECONDS
    for number in itertools.count(500_000):
        if compared >= 10_000 or time.monotonic() > end:
            break
        rng = random.Random(number)
        for _, instance, plan in make_plans(draw_moving(rng), rng, 1):
            for _ in range(2):
                rows = disturb(instance, plan, rng)
                found, said = compare_rows(instance, rows)
                assert found == said, (number, rows)
                broken.update(code for code, _, _ in found)
                feasible += not found
                compared += 1
    with capsys.disabled():
        print(f"\nrows: checker and requirements agree on {compared:,} deployments, {feasible:,} of them feasible")
        print(", ".join(f"{code} {n:,}" for code, n in broken.most_common()))
    assert compared >= 3000
    assert feasible < compared / 2
    assert set(broken) == set(CODES) - {"unknown", *PRESENCE_CODES}


def test_checker_and_requirements_agree_where_units_move_under_rules_of_presence(capsys):
    """Promise 3: on 10,000 deployments of instances with movements and rules of presence they break the same rules."""
    broken, kept, feasible, compared, end = Counter[str](), Counter[str](), 0, 0, time.monotonic() + SECONDS
    instances = 0
    for number in itertools.count(700_000):
        if compared >= 10_000 or time.monotonic() > end:
            break
        rng = random.Random(number)
        instances += 1
        for _, instance, plan in make_plans(attend(rng, draw_moving(rng)), rng, 1):
            asked = {requirement.code for requirement in require(instance)}
            for _ in range(6):
                rows = disturb(instance, plan, rng)
                found = {code for code, _, _ in break_rows(instance, rows)}
                said = {v.code for v in check(instance, deploy(instance, rows)).violations}
                if "crew" in said:  # then the rows lack its escort too, even if there is nothing to escort
                    found, said = found - {"escort"}, said - {"escort"}
                assert found == said, (number, rows)
                broken.update(found)
                kept.update(asked - found)
                feasible += not found
                compared += 1
    with capsys.disabled():
        print(f"\npresence: {compared:,} deployments of {instances:,} instances with movements, 0 differences;")
        print(f"{feasible:,} feasible; " + ", ".join(f"{code} {n:,}" for code, n in broken.most_common()))
    assert compared >= 3000
    assert feasible < compared / 2
    assert set(PRESENCE_CODES) <= set(broken)
    assert set(PRESENCE_CODES) <= set(kept)
