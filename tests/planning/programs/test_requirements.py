"""The rows against the checker, which knows nothing of them, and the words a planner reads."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from support.tiny import MARCH, ROLES, build, deploy, draw, holds

from optimiser.model.checker import check
from optimiser.model.checking.presence import PRESENCE_CODES
from optimiser.planning.programs.feasibility import conflict
from optimiser.planning.programs.repair import repair
from optimiser.planning.programs.requirements import Frame, local, overall, require
from optimiser.planning.search.hand_rules import candidates


@pytest.mark.parametrize(
    ("accompanied", "moving", "seeds"),
    [
        pytest.param(False, False, 100, marks=pytest.mark.long),
        pytest.param(True, False, 100, marks=pytest.mark.long),
        pytest.param(True, True, 100, marks=pytest.mark.long),
        (False, False, 25),
        (True, True, 35),
    ],
)
def test_rows_break_where_the_checker_finds_a_violation(accompanied: bool, moving: bool, seeds: int) -> None:
    broken, passed = Counter[str](), 0
    for seed in range(seeds):
        rng = random.Random(seed)
        instance = draw(rng, accompanied=accompanied, moving=moving)
        requirements = require(instance)
        counts = [k.count for k in Frame.of(instance).kinds]
        for _ in range(40):
            few = rng.choice([0.05, 0.1, 0.3, 0.6])
            rows = [
                [rng.randint(1, c + (rng.random() < 0.1)) if rng.random() < few else 0 for c in counts]
                for _ in instance.places
            ]
            found = {r.code for r in requirements if not holds(r, np.array([rows])).all()}
            said = {v.code for v in check(instance, deploy(instance, rows)).violations}
            if "crew" in said:  # then crew and escort together are missing too, whether or not an escort is there
                found, said = found - {"escort"}, said - {"escort"}
            assert found == said, (seed, rows)
            broken.update(found)
            passed += not found
    assert passed > 0.6 * seeds
    everything = "availability cap staging minimum maximum crew escort stands officer seats cover reserve pin"
    assert set(broken) == set(everything.split())  # every rule was broken somewhere


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accompanied", "moving", "seeds"),
    [
        pytest.param(False, False, 200, marks=pytest.mark.long),
        pytest.param(True, False, 200, marks=pytest.mark.long),
        pytest.param(True, True, 200, marks=pytest.mark.long),
        (True, True, 50),
    ],
)
def test_rows_of_presence_break_where_the_checker_finds_a_violation(
    accompanied: bool, moving: bool, seeds: int
) -> None:
    broken, met, joint, passed = Counter[str](), Counter[str](), 0, 0
    for seed in range(seeds):
        rng = random.Random(seed)
        instance = draw(rng, accompanied=accompanied, moving=moving, attended=True)
        requirements = [r for r in require(instance) if r.code.startswith("presence")]
        counts = [k.count for k in Frame.of(instance).kinds]
        joint += any(r.place is None and r.code != "presence-reserve-share" for r in requirements)
        for _ in range(40):
            few = rng.choice([0.1, 0.3, 0.6, 0.8])
            rows = [[rng.randint(1, c) if rng.random() < few else 0 for c in counts] for _ in instance.places]
            found = {r.code for r in requirements if not holds(r, np.array([rows])).all()}
            said = {v.code for v in check(instance, deploy(instance, rows)).violations if v.code in PRESENCE_CODES}
            assert found == said, (seed, rows)
            broken.update(found)
            met.update({r.code for r in requirements} - found)
            passed += not found
    assert passed > 0.3 * seeds
    assert joint > 0.3 * seeds or not accompanied
    assert set(broken) == set(met) == set(PRESENCE_CODES)  # every rule was broken somewhere, and kept somewhere


def test_names_are_a_planners_words() -> None:
    sectors = [
        {
            "id": "kpu",
            "name": "KPU OKU",
            "x": 0.0,
            "y": 0.0,
            "staging_capacity": 80,
            "minimum": {"line": 2},
            "maximum": {"phh": 1},
            "cover": 2,
        }
    ]
    posts = [{"id": "polres", "name": "Polres", "x": 1.0, "y": 0.0, "mobile": 0.5}]
    vehicles = [
        {
            "id": "awc",
            "name": "AWC",
            "count": 1,
            "home": "polres",
            "crew": 4,
            "crew_role": "phh",
            "escort_role": "line",
            "escort": 8,
            "stands": "posts",
        }
    ]
    pins = [
        {"place": "polres", "what": "awc", "at_least": 1, "why": "ordered"},
        {"place": "kpu", "what": "talk", "at_most": 1},
    ]
    instance = build(
        sectors=sectors,
        posts=posts,
        vehicles=vehicles,
        pins=pins,
        cap=250,
        doctrine={"reserve_least": 3, "reserve_reach": 20.0},
    )
    names = [r.name for r in require(instance)]
    for name in (
        "only 2 teams of Dalmas awal exist",
        "only 1 team of Brimob exists",
        "only 1 of AWC exists",
        "cap of 250 heads",
        "Negotiator only in sectors",
        "AWC only at posts",
        "staging capacity of 80 heads at KPU OKU",
        "at least 2 teams of Dalmas awal at KPU OKU",
        "at most 1 team of PHH at KPU OKU",
        "crew for AWC at Polres",
        "escort for AWC at Polres",
        "officer in charge of KPU OKU, if anyone stands there",
        "seats for 0.5 of the heads at Polres",
        "pin: at least 1 of AWC at Polres (ordered)",
        "pin: at most 1 of Negotiators at KPU OKU",
        "2 teams ready to be called within 20 min of KPU OKU",
        "at least 3 teams ready to be called at all posts",
    ):
        assert names.count(name) == 1, name


@pytest.mark.parametrize("mobile", [0.1, 0.3, 1 / 3, 0.7, 0.123456789, 1.0])
def test_seats_are_asked_for_exactly(mobile: float) -> None:
    instance = build(
        posts=[{"id": "p", "name": "P", "x": 0.0, "y": 0.0, "mobile": mobile, "staging_capacity": 100}],
        teams=[{"id": "one", "name": "One", "role": "line", "size": 1, "count": 100, "home": "p"}],
        vehicles=[{"id": "car", "name": "Car", "count": 100, "home": "p", "crew": 0, "seats": 1}],
    )
    seats = next(r for r in local(Frame.of(instance), 2) if r.code == "seats")
    for heads in range(101):
        need = -(-(Fraction(repr(mobile)) * heads) // 1)
        empty = [0, 0]
        given = np.array([[empty, empty, [heads, n]] for n in (int(need) - 1, int(need))])
        assert holds(seats, given).tolist() == [False, True] or need == 0


def test_limits_of_all_places_hold_for_one_alone() -> None:
    for requirement in overall(Frame.of(build()), [0, 3]):
        for row in requirement.rows:
            assert row.least is None
            assert row.most is not None
            assert row.most >= 0
            assert all(c >= 0 for c in row.terms.values())
            assert {p for p, _ in row.terms} <= {0, 3}


def test_the_most_of_a_sector_is_of_all_who_may_be_there_and_can_be_repaired() -> None:
    """A least that goes with the march clashes with a most of where it stops; to allow more there mends it."""
    march = {**MARCH, "itinerary": [{"sector": "s0"}, {"sector": "s1"}]}
    sectors = [
        {"id": "s0", "name": "Hospital", "x": 0.0, "y": 0.0, "maximum": {"line": 0}},
        {"id": "s1", "name": "KPU", "x": 1.0, "y": 0.0},
    ]
    instance = build(
        gatherings=[march],
        sectors=sectors,
        accompaniments=[{"id": "a", "name": "With the march", "gathering": "march"}],
        pins=[{"place": "a", "what": "line", "at_least": 1}],
    )
    (most,) = [r for r in require(instance) if r.code == "maximum"]
    assert (
        most.name == "at most 0 teams of Dalmas awal at Hospital, with those who come there with people or as planned"
    )
    assert most.name in conflict(instance)
    mended = repair(instance)
    assert [(c.code, c.place, c.what, c.required, c.have) for c in mended.changes if c.code == "maximum"] == [
        ("maximum", "s0", "line", 1, 0)
    ]
    for plan in candidates(mended.repaired).values():
        assert check(mended.repaired, plan).passed


def test_a_pin_on_a_name_of_two_things_means_the_team_kind() -> None:
    teams = [
        {"id": "line", "name": "Reserve line", "role": "phh", "size": 5, "count": 1, "home": "polres"},
        {"id": "rope", "name": "Rope", "role": "line", "size": 5, "count": 1, "home": "polres"},
    ]
    instance = build(teams=teams, vehicles=[], pins=[{"place": "kpu", "what": "line", "at_least": 1}])
    (pin,) = [r for r in require(instance) if r.code == "pin"]
    assert pin.name == "pin: at least 1 of Reserve line at KPU OKU"
    assert dict(pin.rows[0].terms) == {(0, 0): 1}


def test_a_pin_on_heads_counts_them_as_the_checker_does() -> None:
    """Extra crews are heads, crews of a role are not; a role without a team is no name for heads."""
    vehicles = [
        {"id": "truck", "name": "Truck", "count": 3, "home": "polres", "crew": 2},
        {"id": "awc", "name": "AWC", "count": 1, "home": "polres", "crew": 4, "crew_role": "line"},
    ]
    instance = build(vehicles=vehicles, pins=[{"place": "kpu", "what": "heads", "at_least": 9, "at_most": 30}])
    pins = [r for r in require(instance) if r.code == "pin"]
    assert [str(r.name) for r in pins] == ["pin: at least 9 heads at KPU OKU", "pin: at most 30 heads at KPU OKU"]
    rng = np.random.default_rng(1)
    table = rng.integers(0, 3, size=(200, len(instance.places), len(instance.teams) + 2))
    found = [{v.code for v in check(instance, deploy(instance, rows)).violations} for rows in table]
    assert [("pin" not in codes) for codes in found] == (holds(pins[0], table) & holds(pins[1], table)).tolist()
    assert 0 < sum("pin" in codes for codes in found) < len(found)
    unmanned = build(
        roles=[*ROLES, {"id": "ghost", "name": "Ghost", "phases": ["green"]}],
        pins=[{"place": "kpu", "what": "ghost", "at_least": 1}],
    )
    (pin,) = [r for r in require(unmanned) if r.code == "pin"]
    assert not pin.rows[0].terms
