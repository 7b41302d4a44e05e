"""Hand rules against small towns worked out by hand: always feasible, always the same, and each true to its idea."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import numpy as np
import pytest
from support.tiny import build, draw

from optimiser.common.errors import Infeasible
from optimiser.model.checker import check
from optimiser.model.instance import Instance
from optimiser.planning.search.hand_rules import (
    accompanied_crowd,
    candidates,
    expected_active,
    expected_crowd,
    expected_risk,
    greedy,
    proportional,
    risk_first,
)

ARREST = 2.3  # k of P = 1 - exp(-k C / A)


def crowd(turnout: float, *sectors: str, stay: float = 60.0, **more: Any) -> dict[str, Any]:
    name = f"g-{turnout:g}-{'-'.join(sectors)}"
    way = [{"sector": s, "stay": stay} for s in sectors]
    return {"id": name, "name": name, "turnout": turnout, "arrives": "14:00", "itinerary": way, **more}


def town(**changes: Any) -> Instance:
    """Three sectors and two posts; Dalmas holds lines from the beginning, Brimob acts in red only."""
    parts: dict[str, Any] = {
        "cap": 500,
        "sectors": [
            {"id": s, "name": s, "x": float(i), "y": 0.0, "staging_capacity": 200}
            for i, s in enumerate(("a", "b", "c"))
        ],
        "posts": [
            {"id": "near", "name": "Near", "x": 0.0, "y": 1.0},
            {"id": "far", "name": "Far", "x": 0.0, "y": 40.0},
        ],
        "teams": [
            {"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": 12, "home": "near"},
            {"id": "nego", "name": "Negotiators", "role": "talk", "size": 3, "count": 4, "home": "near"},
            {"id": "brimob", "name": "Brimob", "role": "phh", "size": 10, "count": 5, "home": "near"},
            {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 3, "home": "near"},
        ],
        "vehicles": [
            {
                "id": "awc",
                "name": "AWC",
                "count": 1,
                "home": "near",
                "crew": 4,
                "crew_role": "phh",
                "escort_role": "phh",
                "escort": 4,
            },
            {"id": "ambulance", "name": "Ambulance", "count": 2, "home": "near", "medical": 1.0},
            {"id": "truck", "name": "Truck", "count": 2, "home": "near", "seats": 30},
        ],
        "gatherings": [crowd(600, "a"), crowd(200, "b")],
    }
    return build(**{**parts, **changes})


def teams(plan, kind: str, *places: str) -> list[int]:
    return [plan.team_count(p, kind) for p in places]


def test_every_rule_is_feasible_wherever_anything_is() -> None:
    feasible = infeasible = 0
    for seed in range(60):
        rng = random.Random(seed)
        instance = draw(rng)
        going = [crowd(rng.choice([30, 400]), *rng.sample(["s0", "s1"], rng.choice([1, 2]))) for _ in range(2)]
        parts = build(gatherings=going, sectors=[s.model_dump(exclude_none=True) for s in instance.sectors]).gatherings
        instance = instance.altered(gatherings=parts)
        try:
            found = candidates(instance)
        except Infeasible:
            infeasible += 1
            continue
        feasible += 1
        assert list(found) == ["proportional", "risk first", "greedy"]
        for name, plan in found.items():
            assert check(instance, plan).passed, (seed, name)
            assert plan.title == name
        assert found == candidates(instance)
    assert feasible > 10
    assert infeasible > 5


def test_expected_crowd_risk_and_active_by_hand() -> None:
    sectors = [
        {"id": "a", "name": "A", "critical": [{"name": "recap", "start": "14:00", "end": "17:00"}]},
        {"id": "b", "name": "B"},
        {"id": "c", "name": "C"},
    ]
    going = [
        crowd(100, "a", "b", stay=90.0, tension=0.5, militant={"green": 0.1, "yellow": 0.2, "red": 0.4}),
        crowd(300, "b", stay=999.0, tension=0.2, militant={"yellow": 0.1}),
    ]
    instance = town(sectors=sectors, gatherings=going)
    assert expected_crowd(instance).tolist() == [150.0, 150.0 + 300.0 * 6, 0.0]  # the period has six hours
    assert expected_active(instance) == pytest.approx([20.0, 20.0 + 30.0, 0.0])
    assert expected_risk(instance) == pytest.approx([10.0 * 1.5, 10.0 + 6.0, 0.0])


def test_a_crowd_that_comes_in_disorder_is_taken_as_such() -> None:
    militant = {"yellow": 0.1, "red": 0.4}
    instance = town(gatherings=[crowd(100, "a", comes_as="red", militant=militant)])
    assert expected_active(instance).tolist() == [40.0, 0.0, 0.0]
    assert sum(teams(proportional(instance), "brimob", "a")) == 5


def test_proportional_shares_out_by_crowd() -> None:
    plan = proportional(town())
    assert teams(plan, "dalmas", "a", "b", "c") == [9, 3, 0]
    assert teams(plan, "nego", "a", "b", "c") == [3, 1, 0]
    assert teams(plan, "padal", "a", "b", "c") == [1, 1, 0]  # an officer where anyone is, the third at base
    assert teams(plan, "brimob", "a", "b", "c") == [0, 0, 0]
    assert teams(plan, "brimob", "near", "far") == [5, 0]
    assert plan.vehicle_count("near", "awc") == 1
    assert plan.vehicle_count("near", "truck") == 2
    assert [plan.vehicle_count(s, "ambulance") for s in "ab"] == [2, 0]


def test_proportional_rounds_by_largest_remainder() -> None:
    going = [crowd(100, "a"), crowd(90, "b"), crowd(10, "c")]
    dalmas = [{"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": 5, "home": "near"}]
    instance = town(gatherings=going, teams=dalmas, vehicles=[], doctrine={"officer_per_sector": False})
    # quotas 2.5, 2.25, 0.25: the one left over goes to the largest remainder
    assert teams(proportional(instance), "dalmas", "a", "b", "c") == [3, 2, 0]


def test_a_short_cap_cuts_every_kind_alike() -> None:
    instance = town(cap=98)  # half of what there is: 12 x 10 + 4 x 3 + 5 x 10 + 3 + 2 x 2 + 2 x 2 = 193, and a rest
    for plan in candidates(instance).values():
        heads = check(instance, plan).heads
        assert 80 <= heads.counted <= 98
        assert sum(teams(plan, "dalmas", "a", "b", "c", "near", "far")) in (5, 6)
        assert sum(teams(plan, "brimob", "near", "far")) in (2, 3)


def test_risk_first_fills_one_sector_after_the_other() -> None:
    # 600 x 0.12 = 72 active: P >= 0.85 needs C >= 72 x 1.897 / 2.3 = 59.4, that is six teams; 24 need two
    assert ARREST * 50 / 72 < -math.log(0.15) < ARREST * 60 / 72
    plan = risk_first(town())
    assert teams(plan, "dalmas", "a", "b", "c") == [6, 2, 0]
    assert teams(plan, "dalmas", "near", "far") == [4, 0]  # the rest waits, near the crowd
    assert teams(plan, "brimob", "near", "far") == [5, 0]
    assert teams(plan, "nego", "a", "b") == [2, 2]


def test_risk_first_serves_the_riskiest_when_there_is_not_enough() -> None:
    dalmas = [{"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": 4, "home": "near"}]
    chief = [{"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 3, "home": "near"}]
    going = [crowd(200, "a", tension=0.9), crowd(300, "b", tension=0.3)]
    instance = town(teams=dalmas + chief, vehicles=[], gatherings=going)
    assert teams(risk_first(instance), "dalmas", "a", "b") == [2, 2]
    calm = town(
        teams=dalmas + chief, vehicles=[], gatherings=[crowd(600, "a", tension=0.9), crowd(300, "b", tension=0.3)]
    )
    assert teams(risk_first(calm), "dalmas", "a", "b") == [4, 0]


def loose(counts: tuple[int, ...], active: np.ndarray) -> float:
    """Expected active people that no containment reaches: sum of A exp(-k C / A)."""
    return sum(a * math.exp(-ARREST * 10 * n / a) for n, a in zip(counts, active, strict=True) if a > 0.0)


def test_greedy_is_optimal_for_its_own_measure() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        going = [crowd(rng.randrange(300, 3000), s, militant={"yellow": 0.15}) for s in "abc"]
        count = rng.choice([3, 5, 7])
        dalmas = [{"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": count, "home": "near"}]
        instance = town(gatherings=going, teams=dalmas, vehicles=[], doctrine={"officer_per_sector": False})
        active = expected_active(instance)
        placed = tuple(teams(greedy(instance), "dalmas", "a", "b", "c"))
        every = [n for n in itertools.product(range(count + 1), repeat=3) if sum(n) <= count]
        assert sum(placed) == count  # with crowds of this size every team is worth its place
        assert loose(placed, active) == pytest.approx(min(loose(n, active) for n in every))


def test_greedy_keeps_back_what_is_hardly_worth_it() -> None:
    plan = greedy(town(gatherings=[crowd(100, "a")]))  # 12 active: the third team would reach 0.3 persons
    falls = [12 * (math.exp(-ARREST * 10 * n / 12) - math.exp(-ARREST * 10 * (n + 1) / 12)) / 10 for n in range(4)]
    worthwhile = sum(fall >= 0.01 for fall in falls)
    assert teams(plan, "dalmas", "a") == [worthwhile]
    assert teams(plan, "dalmas", "near") == [12 - worthwhile]


def test_without_any_crowd_nobody_is_placed_in_a_sector() -> None:
    for plan in candidates(town(gatherings=[])).values():
        assert not set(plan.places) & {"a", "b", "c"}


def test_requirements_are_kept_even_where_nobody_is_expected() -> None:
    sectors = [
        {"id": "a", "name": "A", "x": 0.0, "y": 0.0},
        {"id": "b", "name": "B", "x": 1.0, "y": 0.0},
        {"id": "c", "name": "C", "x": 2.0, "y": 0.0, "minimum": {"talk": 1}, "cover": 2},
    ]
    for plan in candidates(town(sectors=sectors, doctrine={"reserve_least": 3})).values():
        assert teams(plan, "nego", "c")[0] >= 1
        assert teams(plan, "padal", "c")[0] >= 1
        assert sum(teams(plan, "brimob", "near", "far")) + sum(teams(plan, "dalmas", "near", "far")) >= 3


def test_a_sector_without_an_officer_is_left_alone() -> None:
    chief = [{"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 1, "home": "near"}]
    instance = town(teams=[*(t.model_dump(exclude_none=True) for t in town().teams[:3]), *chief])
    for plan in candidates(instance).values():
        assert sum(bool(plan.places.get(s)) for s in "abc") == 1


def test_a_vehicle_goes_where_its_crew_is() -> None:
    # the far post is where Brimob has to be, so the AWC waits there too
    pins = [{"place": "near", "what": "brimob", "at_most": 0}]
    for plan in candidates(town(pins=pins)).values():
        assert check(town(pins=pins), plan).passed
    crowded = [{"id": "near", "name": "Near", "x": 0.0, "y": 1.0, "staging_capacity": 9}]
    posts = [*crowded, {"id": "far", "name": "Far", "x": 0.0, "y": 40.0}]
    for plan in candidates(town(posts=posts)).values():
        assert teams(plan, "brimob", "near", "far") == [0, 5]
        assert plan.vehicle_count("far", "awc") == 1


def test_a_thousand_sectors() -> None:
    rng = random.Random(2)
    sectors = [
        {"id": f"s{i}", "name": f"S{i}", "x": rng.random(), "y": rng.random(), "minimum": {"talk": int(i % 20 == 0)}}
        for i in range(1000)
    ]
    going = [crowd(rng.choice([50, 400, 900]), f"s{i}") for i in range(0, 1000, 3)]
    kinds = [
        {**t.model_dump(exclude_none=True), "count": count}
        for t, count in zip(town().teams, (300, 200, 100, 500), strict=True)
    ]
    instance = town(sectors=sectors, gatherings=going, teams=kinds, cap=3000)
    for plan in candidates(instance).values():
        assert check(instance, plan).passed


# --- who accompanies a gathering -------------------------------------------------------------------------------------

MARCH = crowd(600, "a", "b")
ALONG = {"id": "along", "name": "Along", "gathering": MARCH["id"]}


def placed(plan, kind: str) -> dict[str, int]:
    return {place: here.teams[kind] for place, here in plan.places.items() if kind in here.teams}


def test_the_share_of_all_stops_of_a_march_goes_with_it():
    """600 people for two hours of march and for one hour at c: two parts of three go along, whatever the stops are."""
    crowds = [MARCH, crowd(600, "c")]
    apart, together = town(gatherings=crowds), town(gatherings=crowds, accompaniments=[ALONG])
    assert placed(proportional(apart), "dalmas") == {"a": 4, "b": 4, "c": 4}
    assert placed(proportional(together), "dalmas") == {"c": 4, "along": 8}
    assert accompanied_crowd(together).tolist() == [0.0, 0.0, 600.0, 1200.0]
    assert accompanied_crowd(apart).tolist() == expected_crowd(apart).tolist() == [600.0, 600.0, 600.0]


def test_nobody_accompanies_by_the_other_rules():
    crowds = [MARCH, crowd(600, "c")]
    apart, together = town(gatherings=crowds), town(gatherings=crowds, accompaniments=[ALONG])
    for rule in (risk_first, greedy):
        assert rule(together).places == rule(apart).places


def test_no_more_go_along_than_fit_at_every_stop():
    sectors = [{"id": s, "name": s, "x": float(i), "y": 0.0, "staging_capacity": 45} for i, s in enumerate("abc")]
    instance = town(sectors=sectors, gatherings=[MARCH], accompaniments=[ALONG])
    plan = proportional(instance)
    assert check(instance, plan).passed
    assert placed(plan, "dalmas")["along"] == 4


def test_no_water_cannon_goes_along():
    cannon = {"id": "awc", "name": "AWC", "count": 2, "home": "near", "water_cannon": True, "medical": 1.0}
    instance = town(gatherings=[MARCH], accompaniments=[ALONG], vehicles=[{**cannon, "endurance": 5.0}])
    plan = proportional(instance)
    assert check(instance, plan).passed
    assert "awc" not in plan.places["along"].vehicles


@pytest.mark.slow
@pytest.mark.parametrize("moving", [False, True])
def test_random_rules_pass_the_checker_where_units_move(moving):
    seen = 0
    for seed in range(60):
        instance = draw(random.Random(seed), accompanied=True, moving=moving)
        try:
            plans = candidates(instance)
        except Infeasible:
            continue
        for name, plan in plans.items():
            assert check(instance, plan).passed, (seed, name)
            seen += any(m.id in plan.places for m in instance.moving)
    assert seen > 10


# --- who moves as planned --------------------------------------------------------------------------------------------

DAY = [crowd(600, "a"), crowd(600, "b", arrives="16:00"), crowd(600, "c")]  # each for an hour, a and c at the same time
THEN = {"id": "then", "name": "Then", "legs": [{"sector": "a", "until": "15:30"}, {"sector": "b"}]}
AFTERWARDS = {
    "id": "afterwards",
    "name": "Afterwards",
    "legs": [{"gathering": "g-600-a", "until": "15:30"}, {"sector": "b"}],
}
PART = {"id": "part", "name": "Part", "legs": [{"sector": "c", "until": "15:30"}, {"sector": "b"}]}


def test_the_people_of_both_legs_count_for_who_moves():
    assert accompanied_crowd(town(gatherings=DAY, movements=[THEN])).tolist() == [0.0, 0.0, 600.0, 1200.0]
    plan = proportional(town(gatherings=DAY, movements=[THEN]))
    assert placed(plan, "dalmas") == {"c": 4, "then": 8}
    assert placed(plan, "padal") == {"c": 1, "then": 1}


def test_people_whom_several_meet_count_for_each_in_equal_parts():
    instance = town(gatherings=DAY, movements=[THEN, PART])
    assert accompanied_crowd(instance).tolist() == [0.0, 0.0, 0.0, 900.0, 900.0]
    along = {"id": "along", "name": "Along", "gathering": MARCH["id"]}  # at b for half of the march
    legs = [{"sector": "b", "until": "18:00"}, {"sector": "c"}]
    both = town(gatherings=[MARCH], accompaniments=[along], movements=[{"id": "then", "name": "Then", "legs": legs}])
    assert accompanied_crowd(both).tolist() == [0.0, 0.0, 0.0, 900.0, 300.0]


def test_one_line_by_risk_serves_one_stop_after_the_other():
    """72 active need six teams; those who move are at a and at b, so that six are left for c."""
    assert placed(risk_first(town(gatherings=DAY)), "dalmas") == {"a": 6, "b": 6}
    assert placed(risk_first(town(gatherings=DAY, movements=[THEN])), "dalmas") == {"then": 6, "c": 6}


def test_a_line_by_risk_stays_where_who_moves_is_enough():
    """480 people need five teams, 600 six: one more stands at c, the others wait."""
    crowds = [crowd(480, "a"), crowd(480, "b", arrives="16:00"), crowd(600, "c", tension=0.1)]
    assert placed(risk_first(town(gatherings=crowds, movements=[THEN])), "dalmas") == {"then": 5, "c": 6, "near": 1}
    full = [{"id": s, "name": s, "x": float(i), "y": 0.0, "staging_capacity": 35} for i, s in enumerate("abc")]
    assert placed(risk_first(town(gatherings=crowds, movements=[THEN], sectors=full)), "dalmas")["then"] == 3


def test_greedy_is_as_good_as_any_placing_where_some_move():
    for seed in range(20):
        rng = random.Random(seed)
        going = [
            crowd(rng.randrange(300, 3000), s, arrives=f"{hour}:00", militant={"yellow": 0.15})
            for s, hour in (("a", 14), ("b", 16), ("c", 14))
        ]
        count = rng.choice([3, 5, 7])
        dalmas = [{"id": "dalmas", "name": "Dalmas", "role": "line", "size": 10, "count": count, "home": "near"}]
        instance = town(
            gatherings=going,
            teams=dalmas,
            vehicles=[],
            doctrine={"officer_per_sector": False},
            movements=[THEN],
        )
        active = expected_active(instance)
        a, b, c, then = teams(greedy(instance), "dalmas", "a", "b", "c", "then")
        every = [n for n in itertools.product(range(count + 1), repeat=4) if sum(n) <= count]
        best = min(loose((n[0] + n[3], n[1] + n[3], n[2]), active) for n in every)
        assert loose((a + then, b + then, c), active) == pytest.approx(best)


def test_who_comes_too_late_meets_nobody_and_nobody_is_sent():
    legs = [{"sector": "a", "until": "18:00"}, {"sector": "b"}]
    late = town(gatherings=DAY, movements=[{"id": "late", "name": "Late", "legs": legs}])
    assert accompanied_crowd(late).tolist() == [0.0, 600.0, 600.0, 600.0]  # the stop at a is met, that at b is not
    missed = town(gatherings=DAY[1:], movements=[{"id": "late", "name": "Late", "legs": legs}])
    for rule, plan in candidates(missed).items():
        assert "late" not in plan.places, rule


def test_bug_people_whom_nobody_can_be_sent_to_move_with_are_met_where_they_are():
    """Both officers must stand at a and b: nobody goes with people, who count for their sectors then.

    Who moves from a to b by the clock is led by the officers there.
    """
    chief = {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 2, "home": "near"}
    parts = {
        "gatherings": DAY[:2],
        "teams": [*(t.model_dump(exclude_none=True) for t in town().teams[:3]), chief],
        "pins": [{"place": place, "what": "dalmas", "at_least": 1} for place in "ab"],
    }
    for rule in (proportional, risk_first, greedy):
        assert placed(rule(town(**parts, movements=[AFTERWARDS])), "dalmas") == placed(rule(town(**parts)), "dalmas")
        led = rule(town(**parts, movements=[THEN]))
        assert (placed(led, "padal"), placed(led, "dalmas")["then"] >= 6) == ({"a": 1, "b": 1}, True)
    assert list(candidates(town(**parts, movements=[AFTERWARDS]))) == ["proportional", "risk first", "greedy"]


def test_bug_people_whom_no_room_lets_units_go_with_are_met_where_they_are():
    narrow = {**ALONG, "staging_capacity": 1}
    plan = proportional(town(gatherings=[MARCH, crowd(600, "c")], accompaniments=[narrow]))
    assert placed(plan, "dalmas") == {"a": 4, "b": 4, "c": 4}


def test_bug_nobody_accompanies_by_the_other_rules_where_some_move_either():
    crowds = [MARCH, *DAY[1:]]
    apart, together = (town(gatherings=crowds, movements=[THEN], accompaniments=along) for along in ([], [ALONG]))
    for rule in (risk_first, greedy):
        assert rule(together).places == rule(apart).places


def test_bug_rules_are_drawn_where_only_units_that_move_keep_a_rule_of_presence():
    """One negotiating team, and a crowd at a, then one at b: nobody who stays is at both."""
    nego = {"id": "nego", "name": "Negotiators", "role": "talk", "size": 3, "count": 1, "home": "near"}
    others = [team.model_dump(exclude_none=True) for team in town().teams if team.id != "nego"]
    off = dict.fromkeys(("officer", "observers", "medical", "backed", "records", "windows", "one_officer"), False)
    parts = {"gatherings": DAY[:2], "teams": [*others, nego], "presence": {**off, "reserve_share": 0.0}}
    with pytest.raises(Infeasible):
        candidates(town(**parts))
    for name, plan in candidates(town(**parts, movements=[THEN])).items():
        assert name.endswith("moving")
        assert placed(plan, "nego") == {"then": 1}
