"""The earlier laws: what of them is their own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.law_views import harms, laws, views

from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import CALM, DISPERSE, GREEN, RED, YELLOW, View
from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw


@pytest.mark.parametrize("law", [RiskLaw(), ThresholdLaw()], ids=lambda law: law.name)
@given(data=st.data())
def test_they_know_no_participation_and_calm_comes_with_perceived_risk_alone(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED, containment=0.0))
    assert harms(law, constants, view)["participation"] == 0.0
    mood = law.mood(constants, view)
    if mood.active > 0.0 and view.phase != GREEN and not view.spraying:
        rates = law.hazards(constants, view, mood)
        assert rates[CALM] == rates[DISPERSE] == 0.0


@given(laws, views(GREEN, YELLOW, RED), st.floats(0.0, 500.0), st.sampled_from([0.0, 1.0]))
def test_they_look_neither_at_who_is_exposed_nor_at_what_was_used_before(constants, view, exposed, sprayed):
    other, law = view._replace(exposed=exposed, sprayed=sprayed), RiskLaw()
    mood = law.mood(constants, view)
    assert law.mood(constants, other) == mood
    assert law.hazards(constants, other, mood) == law.hazards(constants, view, mood)
    assert law.harms(constants, other, mood) == law.harms(constants, view, mood)


# ---------------------------------------------------------------- the threshold law


def joined(mean, spread):
    """Share that joins when thresholds are normal with this mean and spread, by the law itself."""
    law = type("Spread", (ThresholdLaw,), {"spread": spread})()
    view = View(*([0.0] * len(View._fields)))._replace(phase=GREEN, people=100.0, share=0.1)
    # grievance and risk off: the mean is then the law's own, and the threshold constant shifts it
    return law.mood(make_law({"threshold": mean - 0.25, "risk_aversion": 0.0}), view).activation


def test_a_hair_more_spread_turns_nobody_into_everybody():
    """Granovetter 1978: normal thresholds with mean 25 of 100 jump at a spread of 12.22."""
    assert joined(0.25, 0.1220) < 0.1
    assert joined(0.25, 0.1225) > 0.99


def test_a_hair_less_mean_turns_nobody_into_everybody():
    assert joined(0.25, ThresholdLaw.spread) < 0.1
    assert joined(0.24, ThresholdLaw.spread) > 0.99


@given(st.floats(0.2, 0.5), st.floats(0.05, 0.3))
def test_what_joined_is_at_rest(mean, spread):
    share = joined(mean, spread)
    further = 0.5 * (1.0 + math.erf((share - mean) / (spread * math.sqrt(2.0))))
    # 200 rounds end before rest only where the two curves all but touch
    assert further == pytest.approx(share, abs=1e-4)
