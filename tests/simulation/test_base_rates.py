"""Ordinary gatherings end with anybody hurt or anything broken about as often as others have counted it.

Counts, their sources and what can be compared with them: docs/base_rates.md. The mix of gatherings is
`support.ordinary`, assumed.
"""

from __future__ import annotations

from functools import cache

import pytest
from support.ordinary import SIZES, Shares, ordinary

COUNT = 300  # scenarios of each kind of gathering
FACTOR = 3.0  # between a share of the model and a count; no count is nearer to what it is compared with
INJURED, DAMAGE = 0.016, 0.037  # of 7,305 events, United States 2020 (Chenoweth and Pressman 2020)
VIOLENT = 2 / 142  # of places with demonstrations, Indonesia, a week of September 2022 (Polri)
AT_MOST = 0.03  # of demonstrations of any cause, violent or met by police, United States 2019 (ACLED)


@cache
def shares(mood: str) -> Shares:
    return ordinary(mood, COUNT)


def near(share: float, counted: float) -> bool:
    return counted / FACTOR <= share <= counted * FACTOR


def test_usual_gatherings_of_mixed_causes_are_violent_as_often_as_counted():
    assert near(shares("usual").any, VIOLENT)
    assert shares("usual").any < AT_MOST


def test_tense_gatherings_hurt_and_damage_as_often_as_those_of_an_angry_summer():
    assert near(shares("tense").injured, INJURED)
    assert near(shares("tense").damage, DAMAGE)


@pytest.mark.parametrize(("calmer", "tenser"), [("calm", "usual"), ("usual", "tense"), ("tense", "very tense")])
def test_the_words_for_moods_stand_in_their_order(calmer, tenser):
    for less, more in zip(shares(calmer), shares(tenser), strict=True):
        assert less < more


def test_calm_gatherings_hurt_nobody():
    assert shares("calm").any < 0.0005


def test_the_sizes_of_the_mix_add_up():
    assert sum(SIZES.values()) == pytest.approx(1.0)
