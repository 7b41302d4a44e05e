"""Crowds that nobody had in view when constants were chosen: what any credible law must give, signs only.

Each is a street of its own (`support.ordinary_street`), with constants as they ship. Differences are paired on the
same random numbers, with 95 % intervals.
"""

from __future__ import annotations

from typing import Any

from support.ordinary_street import play, street

from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.planning.evaluation import Comparison, Evaluation, compare

HARMED = tuple(harm.id for harm in HARMS if harm.part_of == "injuries")
WELCOME = {"name": "Official", "chance": 1.0, "after": 20.0, "spread": 5.0}


def peaceful(evaluation: Evaluation) -> float:
    return evaluation.worst_phase()["peaceful"]


def against(instance: Instance, teams: dict[str, int], others: dict[str, int]) -> Comparison:
    return compare(play(instance, **teams), play(instance, **others))


def changed(instance: Instance, other: Instance, **teams: int) -> Comparison:
    return compare(play(instance, **teams), play(other, **teams), across=True)


# ---------------------------------------------------------------- a crowd of football, 8,000


def football() -> Instance:
    """No demand, some who look for trouble, three hours."""
    return street(
        8000,
        sector={"property": 100.0, "public": 500},
        tension=0.4,
        militant={"green": 0.01, "yellow": 0.03, "red": 0.1},
        itinerary=[{"sector": "street", "stay": 180.0}],
    )


def test_a_football_crowd_with_dialogue_fares_better_than_with_shields_in_view():
    """Ten dialogue teams against fifty squads with shields (Stott, Adang, Livingstone, Schreiber 2007: sign)."""
    found = against(football(), {"talk": 10}, {"shields": 50})
    assert found.sentence == "better"
    assert found.harms["injuries"].high < 0.0


def test_dialogue_beside_a_soft_line_helps_a_football_crowd():
    found = against(football(), {"talk": 10, "soft": 10}, {"soft": 10})
    assert found.sentence == "better"


# ---------------------------------------------------------------- a sit-in of 40


def sit_in() -> Instance:
    return street(
        40, sector={"property": 10.0, "public": 20}, tension=0.4, itinerary=[{"sector": "street", "stay": 300.0}]
    )


def test_a_sit_in_that_is_left_alone_stays_peaceful():
    alone = play(sit_in())
    assert peaceful(alone) > 0.8
    assert alone.worst_phase()["red"] < 0.01


def test_a_hundred_shields_at_a_sit_in_gain_nobody_anything():
    found = against(sit_in(), {"shields": 10}, {})
    assert found.loss.low > 0.0
    assert found.harms["participation"].low > 0.0
    assert found.harms["injuries"].mean >= 0.0


# ---------------------------------------------------------------- a delegation that was promised a hearing


def waiting(official: Any) -> Instance:
    return street(500, sector={"property": 20.0, "official": official}, tension=0.6)


def test_a_crowd_whose_delegation_is_not_received_is_worse_off_than_one_that_expected_nothing():
    """What was promised and not kept costs more than what was never promised; what is kept gains."""
    never, nobody, received = (
        play(waiting(official), talk=1, soft=2) for official in ({**WELCOME, "chance": 0.0}, None, WELCOME)
    )
    assert compare(never, nobody, across=True).loss.low > 0.0
    assert compare(received, nobody, across=True).loss.high < 0.0


# ---------------------------------------------------------------- a march that meets a closed bridge


def march(closed: bool) -> Instance:
    bridge = [{"a": "street", "b": "goal"}] if closed else []
    itinerary = [{"sector": "street", "stay": 40.0}, {"sector": "goal", "stay": 90.0}]
    return street(1500, goal={"property": 20.0}, closures=bridge, tension=0.5, itinerary=itinerary)


def test_a_lawful_march_that_meets_a_closed_bridge_is_no_success():
    """Closing its way loses what it came for, and lowers neither loss nor injuries."""
    found = changed(march(True), march(False), talk=1, soft=2)
    assert found.harms["participation"].low > 0.0
    assert found.loss.low > 0.0
    assert found.harms["injuries"].high >= 0.0


# ---------------------------------------------------------------- a mourning procession of 10,000


def mourning() -> Instance:
    itinerary = [{"sector": "street", "stay": 120.0}]
    militant = {"green": 0.001, "yellow": 0.01, "red": 0.05}
    return street(10_000, tension="calm", itinerary=itinerary, liaison=True, militant=militant)


def test_ten_thousand_mourners_need_nobody_in_line():
    alone = play(mourning())
    assert peaceful(alone) > 0.98
    assert alone.harms["injuries"].mean < 0.01


def test_six_hundred_shields_at_a_mourning_procession_make_it_no_better():
    found = against(mourning(), {"shields": 60}, {"talk": 4})
    assert found.loss.mean >= 0.0
    assert found.harms["injuries"].mean >= 0.0
    assert peaceful(play(mourning(), shields=60)) <= peaceful(play(mourning(), talk=4))


def test_injuries_are_counted_alike_in_every_vignette():
    """Signs above are about injured people, whoever they are: the sum is that of its parts."""
    found = play(football(), 50, shields=50).harms
    assert abs(found["injuries"].mean - sum(found[name].mean for name in HARMED)) < 1e-9
