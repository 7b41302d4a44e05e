"""The table of docs/base_rates.md: shares of ordinary gatherings by mood, and what other constants would give."""

from __future__ import annotations

import pytest
from support.ordinary import ordinary

COUNT = 5_000
MOODS = ("calm", "usual", "tense", "very tense")
OTHERS = ({}, {"threshold": 0.15}, {"legitimacy_0": 0.45})
FACTOR = 3.0


@pytest.mark.long
def test_shares_by_mood_lie_within_a_factor_of_public_counts():
    for law in OTHERS:
        for mood in MOODS:
            print(
                law,
                mood,
                " ".join(f"{name} {share:.2%}" for name, share in ordinary(mood, COUNT, law)._asdict().items()),
            )
    usual, tense = ordinary("usual", COUNT), ordinary("tense", COUNT)
    assert 2 / 142 / FACTOR <= usual.any <= 0.03
    assert 0.016 / FACTOR <= tense.injured <= 0.016 * FACTOR
    assert 0.037 / FACTOR <= tense.damage <= 0.037 * FACTOR
