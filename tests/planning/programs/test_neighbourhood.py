"""Exchanges: each gives a feasible deployment, none is left out, none comes twice."""

from __future__ import annotations

import itertools
import random
from itertools import islice

import numpy as np
import pytest
from support import tiny
from support.enumeration import every, instances
from support.town import posted, town

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.programs.neighbourhood import Exchanges, Rules, neighbours, single_exchanges


def plans_of(rules: Rules, plan: np.ndarray, among: np.ndarray | None = None) -> set[bytes]:
    return {p.tobytes() for p in single_exchanges(rules, plan, among).plans(plan)}


def one_exchange_away(plan: np.ndarray, other: np.ndarray) -> bool:
    """Tell by definition whether one unit moves, is called or held, or swaps with another at a place or at base."""
    by = other - plan
    places, kinds = np.nonzero(by)
    steps = sorted((int(by[p, k]), int(p), int(k)) for p, k in zip(places, kinds, strict=True))
    if any(abs(n) != 1 for n, _, _ in steps):
        return False
    if len(steps) == 1:
        return True  # called or held
    if len(steps) == 2:
        (down, p, k), (up, q, j) = steps
        return (down, up) == (-1, 1) and (k == j) != (p == q)  # moved, or swapped with one at base
    if len(steps) == 4:
        signs = [n for n, _, _ in steps]
        (_, p, k), (_, q, j), (_, r, i), (_, t, h) = steps
        return signs == [-1, -1, 1, 1] and p != q and k != j and {(r, i), (t, h)} == {(p, j), (q, k)}
    return False


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_exchanges_are_all_that_is_feasible_and_one_exchange_away(first):
    """Where nobody has to be in charge, no rule adds anything but crews and escorts that were short."""
    rng = random.Random(first)
    for _, instance, plans in islice(_leaderless(first), 12):
        rules, known = Rules(instance), {p.tobytes() for p in plans}
        for plan in rng.sample(list(plans), min(4, len(plans))):
            found = plans_of(rules, plan)
            expected = {other.tobytes() for other in plans if one_exchange_away(plan, other)}
            assert expected <= found
            assert plan.tobytes() not in found
            assert found <= known
            for code in found - expected:  # something had to come along: crews or escorts of a kind that guards
                by = np.frombuffer(code, dtype=np.int64).reshape(plan.shape) - plan
                assert any(by[:, kinds].max() > 0 for kinds, _ in rules.guards)


def _leaderless(first: int):
    for number in itertools.count(first):
        data = tiny.draw(random.Random(number)).model_dump(mode="json", exclude_none=True)
        data["doctrine"]["officer_per_sector"] = False
        instance = Instance.model_validate(data, context=SHAPE_ONLY)
        plans = every(instance)
        if plans is not None and len(plans) > 2:
            yield number, instance, plans


@pytest.mark.parametrize(
    "kind",
    [
        {"joined": False},
        {"joined": True},
        {"joined": True, "accompanied": True},
        {"joined": True, "accompanied": True, "moving": True},
    ],
    ids=("apart", "joined", "along", "moving"),
)
def test_every_exchange_passes_the_checker(kind):
    rng, seen = random.Random(1), 0
    for _, instance, plans in islice(instances(100, **kind), 12):
        rules = Rules(instance)
        for plan in rng.sample(list(plans), min(3, len(plans))):
            found = single_exchanges(rules, plan)
            made = found.plans(plan)
            assert len({p.tobytes() for p in made}) == len(made)
            for other in rng.sample(list(made), min(15, len(made))):
                assert check(instance, Deployment.of_numbers(instance, other)).passed
                seen += 1
    assert seen > 200


def test_an_officer_comes_along_and_goes_when_nobody_is_left():
    instance = town(reinforcements=[])
    rules, kinds = Rules(instance), [t.id for t in instance.teams]
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {}).numbers(instance)
    rope, padal = kinds.index("rope"), kinds.index("padal")
    found = single_exchanges(rules, plan).plans(plan)
    gone = found[found[:, 1, rope] == 0]
    gone = gone[gone[:, 0, rope] + gone[:, 2, rope] == 1]
    assert {tuple(p[:3, padal]) for p in gone} >= {(1, 0, 0), (0, 0, 1)}


def test_no_officer_comes_along_where_those_of_the_sectors_are_in_charge():
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "mall"}]
    instance = town(movements=[{"id": "m", "name": "M", "legs": legs}], reinforcements=[])
    rules, kinds, places = Rules(instance), [t.id for t in instance.teams], [p.id for p in instance.places]
    rope, padal, m = kinds.index("rope"), kinds.index("padal"), places.index("m")
    for led, comes in ((("kpu", "mall"), 0), (("kpu",), 1)):
        units = {("kpu", "rope"): 2, **{(place, "padal"): 1 for place in led}}
        plan = Deployment.build(instance, units, {}).numbers(instance)
        found = single_exchanges(rules, plan).plans(plan)
        went = found[(found[:, m, rope] == 1) & (found[:, 0, rope] + found[:, 1, rope] + found[:, 2, rope] == 1)]
        assert {int(n) for n in went[:, m, padal]} == {comes}, led
        assert all(check(instance, Deployment.of_numbers(instance, p)).passed for p in went)


def test_crews_and_escorts_come_along():
    instance = town(reinforcements=[])
    rules = Rules(instance)
    kinds = [*(t.id for t in instance.teams), *(v.id for v in instance.vehicles)]
    plan = Deployment.build(instance, {}, {}).numbers(instance)
    found = single_exchanges(rules, plan).plans(plan)
    with_awc = found[found[:, :, kinds.index("awc")].sum(axis=1) > 0]
    assert len(with_awc)
    assert np.all(with_awc[:, :, kinds.index("shield")].sum(axis=1) == 1)


def test_only_places_that_are_asked_for_change():
    instance = town()
    rules, plan = Rules(instance), posted(instance).numbers(instance)
    some = plans_of(rules, plan, np.array([0, 3]))
    whole = plans_of(rules, plan)
    changed = {code: np.any(np.frombuffer(code, dtype=np.int64).reshape(plan.shape) != plan, axis=1) for code in whole}
    assert some == {code for code, where in changed.items() if not where[[1, 2]].any()}
    assert 0 < len(some) < len(whole)


def test_keep_asks_every_rule():
    """Against the rules one by one, for exchanges made at random, good or bad."""
    rng = np.random.default_rng(5)
    kept = 0
    for _, instance, plans in islice(instances(300, joined=True), 30):
        rules, plan = Rules(instance), plans[rng.integers(len(plans))]
        places = rng.integers(rules.places, size=(100, 2))
        rows = plan[places] + rng.choice([-1, 0, 0, 0, 1], size=(100, 2, rules.kinds))
        rows[places[:, 0] == places[:, 1], 1] = rows[places[:, 0] == places[:, 1], 0]
        exchanges = Exchanges(places, rows)
        good = [rules.holds(p) and np.any(p != plan) for p in exchanges.plans(plan)]
        made = rules.keep(plan, exchanges).plans(plan)
        assert np.array_equal(made, exchanges.plans(plan)[good])
        assert all(rules.holds(p) for p in plans[:50])
        kept += len(made)
    assert kept > 20


def test_beside_gives_the_neighbours_that_fit_their_place():
    instance = town()
    rules, plan = Rules(instance), posted(instance).numbers(instance)
    found = rules.beside(plan, np.array([1, 3]))
    assert set(found.places.ravel()) == {1, 3}
    for place, row in zip(found.places[:, 0], found.rows[:, 0], strict=True):
        assert rules.local[place].hold(row[None])[0]
        assert np.any(row != plan[place])
    keys = [(p, r.tobytes()) for p, r in zip(found.places[:, 0], found.rows[:, 0], strict=True)]
    assert len(set(keys)) == len(keys)


def test_bug_the_same_deployment_came_twice():
    """An officer who moves away is replaced at once: then one place changes, and two were named."""
    instance = town(reinforcements=[])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {}).numbers(instance)
    made = single_exchanges(Rules(instance), plan).plans(plan)
    assert len({p.tobytes() for p in made}) == len(made)


def test_bug_an_officer_who_has_to_stay_kept_the_last_team_from_moving():
    """A pin asks for an officer there: the team may go and leave the officer alone."""
    pins = [{"place": "kpu", "what": "padal", "at_least": 1}]
    instance = town(pins=pins, reinforcements=[])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {}).numbers(instance)
    held = Deployment.build(instance, {("kpu", "padal"): 1}, {}).numbers(instance)
    assert check(instance, Deployment.of_numbers(instance, held)).passed
    assert held.tobytes() in plans_of(Rules(instance), plan)


def test_rules_bent_by_a_plan_hold_it_and_nothing_that_breaks_them_further() -> None:
    instance = town(pins=[{"place": "mall", "what": "talk", "at_least": 1}])
    broken = Deployment.build(instance, {("kpu", "rope"): 7, ("kpu", "padal"): 1}, {}).numbers(instance)
    assert not Rules(instance).holds(broken)
    bent = Rules(instance, bent=broken)
    assert bent.holds(broken)
    ropes = [team.id for team in instance.teams].index("rope")
    more = broken.copy()
    more[[p.id for p in instance.places].index("kpu"), ropes] += 1
    assert not bent.holds(more)


def test_all_of_a_stop_or_all_of_a_kind_may_go_along_and_come_back():
    instance = town(accompaniments=[{"id": "a", "name": "A", "gathering": "march"}], reinforcements=[])
    rules, kinds = Rules(instance), [t.id for t in instance.teams]
    rope, care, padal = (kinds.index(name) for name in ("rope", "care", "padal"))
    there = Deployment.build(instance, {("kpu", "rope"): 3, ("kpu", "care"): 2, ("kpu", "padal"): 1}, {})
    along = Deployment.build(instance, {("a", "rope"): 3, ("a", "care"): 2, ("a", "padal"): 1}, {})
    plan, gone = there.numbers(instance), along.numbers(instance)
    assert gone.tobytes() in plans_of(rules, plan)
    assert plan.tobytes() in plans_of(rules, gone)
    part = plan.copy()
    part[1, rope], part[4, rope], part[4, padal] = 0, 3, 1
    assert part.tobytes() in plans_of(rules, plan)
    part[1, care] = 1  # this would be two exchanges
    assert part.tobytes() not in plans_of(rules, plan)


def test_nobody_goes_along_from_where_the_gathering_never_stops():
    instance = town(accompaniments=[{"id": "a", "name": "A", "gathering": "march"}])
    (march,) = instance.gatherings
    short = instance.altered(gatherings=(march.altered(itinerary=march.itinerary[:2]),))
    plan = Deployment.build(short, {("mall", "rope"): 3, ("mall", "padal"): 1}, {}).numbers(short)
    gone = Deployment.build(short, {("a", "rope"): 3, ("a", "padal"): 1}, {}).numbers(short)
    assert gone.tobytes() not in plans_of(Rules(short), plan)


def test_all_who_go_along_may_go_along_otherwise_with_the_same_people():
    ways = [{"id": "a", "name": "A", "gathering": "march"}, {"id": "b", "name": "B", "gathering": "march"}]
    instance = town(accompaniments=ways, reinforcements=[])
    one, other = (
        Deployment.build(instance, {(way, "rope"): 3, (way, "care"): 2, (way, "padal"): 1}, {}).numbers(instance)
        for way in "ab"
    )
    assert other.tobytes() in plans_of(Rules(instance), one)


def test_neighbours_are_single_exchanges_and_those_of_all_units_of_two_places():
    whole = 0
    for _, instance, plans in islice(_leaderless(0), 20):
        rules = Rules(instance)
        for plan in plans[:: max(1, len(plans) // 4)]:
            single, codes = plans_of(rules, plan), [p.tobytes() for p in neighbours(rules, plan).plans(plan)]
            assert len(set(codes)) == len(codes)
            assert single <= set(codes) <= {p.tobytes() for p in plans}
            for one, other in itertools.combinations(range(rules.places), 2):
                changed = plan.copy()
                changed[[one, other]] = plan[[other, one]]
                if rules.holds(changed) and np.any(changed != plan):
                    assert changed.tobytes() in codes
                    whole += changed.tobytes() not in single
    assert whole > 10
