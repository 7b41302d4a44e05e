"""The law: the sign of each effect on each hazard, all else equal, over the plausible range of every constant."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimiser.model.harms import HARMS
from optimiser.model.instance import Objective
from optimiser.model.laws.constants import CONSTANTS, Law, make_law
from optimiser.model.laws.escalation_law import (
    CALM,
    CHANNELS,
    COOL,
    DISPERSE,
    DISPERSED,
    FAIL,
    GREEN,
    PROVOKE,
    QUIET,
    RED,
    SPILL,
    WORSEN,
    YELLOW,
    View,
    active_people,
    contagion,
    excess_posture,
    perceived_risk,
    saturating,
)
from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw

BOTH = [RiskLaw(), ThresholdLaw()]
FLAGS = st.sampled_from([0.0, 1.0])
SHARES = st.floats(0.0, 1.0)
CROWDS = st.floats(20.0, 20_000.0)
HEADS = st.floats(0.0, 500.0)
RANGES = {
    "people": CROWDS,
    "tension": SHARES,
    "share": st.floats(0.01, 0.5),
    "containment": HEADS,
    "dialogue": st.floats(0.0, 50.0),
    "visible": HEADS,
    "medical": st.floats(0.0, 50.0),
    "arrest": st.floats(0.0, 50.0),
    "personnel": HEADS,
    "public": HEADS,
    "property": HEADS,
    "records": st.floats(0.0, 50.0),
    "received": FLAGS,
    "marks": st.integers(0, 4).map(float),
    "failed": FLAGS,
    "exit_open": FLAGS,
    "spraying": FLAGS,
    "water": FLAGS,
    "liaison": SHARES,
    "stopped": FLAGS,
    "critical": FLAGS,
}
both_laws = pytest.mark.parametrize("law", BOTH, ids=lambda law: law.name)


@st.composite
def views(draw, *phases, **fixed):
    """A sector in one of the phases; `fixed` fields are as given."""
    drawn = {field: draw(values) for field, values in RANGES.items() if field not in fixed}
    return View(phase=draw(st.sampled_from(phases)), **drawn, **fixed)


laws = st.builds(Law, **{c.name: st.floats(c.low, c.high) for c in CONSTANTS})


def hazards(law, constants, view):
    return law.hazards(constants, view, law.mood(constants, view))


def harms(law, constants, view):
    return dict(zip((harm.id for harm in HARMS), law.harms(constants, view, law.mood(constants, view)), strict=True))


def legitimacy_moves(law, constants, view):
    """Tell whether legitimacy lies within its bounds, so that a change is not cut off by them."""
    return 0.0 < law.mood(constants, view).legitimacy < 1.0


def mood_moves(law, constants, view):
    """Tell whether legitimacy matters for activation: there is a grievance, and some but not all act upon it."""
    active = 1e-4 < law.mood(constants, view).activation < 1.0 - 1e-4
    return active and view.tension > 0.05 and legitimacy_moves(law, constants, view)


def no_higher(after, before, strict):
    """Assert the sign; `strict` where a real difference must show, beyond rounding and the law's last iteration."""
    assert after <= before + 1e-9
    if strict:
        assert after < before


# ---------------------------------------------------------------- the pieces


@pytest.mark.parametrize(("active", "expected"), [(1, 0.89974), (2, 0.68336), (5, 0.36872), (10, 0.20547)])
def test_perceived_risk_has_epsteins_values(active, expected):
    constants = make_law({"arrest_k": 2.3})
    assert perceived_risk(constants, 1.0, float(active)) == pytest.approx(expected, abs=5e-6)


@given(laws, HEADS, HEADS, st.floats(0.1, 5000), st.floats(0.1, 5000))
def test_perceived_risk_rises_with_containment_and_falls_with_the_active(constants, c1, c2, a1, a2):
    low_c, high_c, low_a, high_a = *sorted((c1, c2)), *sorted((a1, a2))
    assert 0.0 <= perceived_risk(constants, low_c, high_a) <= perceived_risk(constants, high_c, high_a) <= 1.0
    assert perceived_risk(constants, low_c, high_a) <= perceived_risk(constants, low_c, low_a)
    assert perceived_risk(constants, low_c, 0.0) == 1.0


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.floats(1e-3, 1e6))
def test_saturating_rises_from_0_to_1_with_one_half_at_half(a, b, half):
    low, high = sorted((a, b))
    assert 0.0 <= saturating(low, half) <= saturating(high, half) <= 1.0
    assert saturating(half, half) == 0.5
    assert saturating(0.0, half) == saturating(0.0, 0.0) == 0.0


@given(laws, CROWDS, st.floats(0.01, 0.5), st.floats(0.1, 50.0))
def test_differentiated_action_lowers_the_active_but_never_below_what_it_can_reach(constants, people, share, arrest):
    before, after = active_people(constants, people, share, 0.0), active_people(constants, people, share, arrest)
    assert before == share * people
    assert before * (1.0 - constants.arrest_gain) <= after < before


@given(laws, CROWDS, st.floats(1.01, 10.0))
def test_posture_is_in_excess_only_beyond_proportion_and_only_before_red(constants, people, factor):
    fitting = {GREEN: constants.visible_green * people, YELLOW: constants.visible_yellow * people}
    for phase, heads in fitting.items():
        assert excess_posture(constants, phase, heads, people) == 0.0
        assert excess_posture(constants, phase, heads * factor, people) == pytest.approx(1.0 - 1.0 / factor)
    assert excess_posture(constants, RED, people, people) == 0.0


@given(laws, st.floats(0, 1e5), st.floats(0, 1e5))
def test_contagion_rises_with_the_crowd(constants, a, b):
    assert contagion(constants, min(a, b)) <= contagion(constants, max(a, b)) < 1.0


# ---------------------------------------------------------------- bounds and units


@both_laws
@given(data=st.data())
def test_everything_is_finite_and_within_its_bounds(law, data):
    constants, view = data.draw(laws), data.draw(views(*range(5)))
    mood = law.mood(constants, view)
    assert 0.0 <= mood.active <= view.people
    for value in (mood.risk, mood.legitimacy, mood.excess, mood.activation):
        assert 0.0 <= value <= 1.0
    rates = (*law.hazards(constants, view, mood), *law.harms(constants, view, mood))
    assert len(rates) == len(CHANNELS) + len(HARMS)
    assert all(0.0 <= rate < math.inf for rate in rates)


@both_laws
@given(data=st.data())
def test_hazards_are_per_minute_and_constants_per_hour(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    mood = law.mood(constants, view)
    rates = law.hazards(constants, view, mood)
    assert 60.0 * rates[COOL] == pytest.approx(constants.cool * mood.legitimacy)
    assert 60.0 * rates[WORSEN] <= max(constants.worsen_green, constants.worsen_yellow)
    assert 60.0 * rates[SPILL] <= constants.spill


@both_laws
@pytest.mark.parametrize("phase", [QUIET, GREEN, YELLOW, RED, DISPERSED])
@given(data=st.data())
def test_where_nobody_is_nothing_happens(law, phase, data):
    constants, view = data.draw(laws), data.draw(views(phase, people=0.0))
    assert hazards(law, constants, view) == (0.0,) * len(CHANNELS)
    rates = harms(law, constants, view._replace(critical=0.0))
    assert set(rates.values()) == {0.0}


@both_laws
@given(data=st.data())
def test_before_and_after_the_crowd_only_a_stopped_process_costs(law, data):
    constants, view = data.draw(laws), data.draw(views(QUIET, GREEN, DISPERSED))
    rates = harms(law, constants, view)
    assert rates.pop("process_minutes") == view.critical * view.stopped
    assert set(rates.values()) == {0.0}
    if view.phase != GREEN:
        assert hazards(law, constants, view) == (0.0,) * len(CHANNELS)


# ---------------------------------------------------------------- signs on the hazards


@both_laws
@given(data=st.data())
def test_each_phase_has_its_own_ways_out(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    rates = hazards(law, constants, view)
    if view.phase == GREEN:
        assert rates[FAIL] == rates[CALM] == rates[DISPERSE] == rates[SPILL] == 0.0
    elif view.phase == YELLOW:
        assert rates[SPILL] == 0.0
        assert view.failed or rates[WORSEN] == 0.0, "red needs that negotiation has failed"
        assert not view.failed or rates[FAIL] == 0.0, "what has failed cannot fail again"
    else:
        assert rates[WORSEN] == rates[FAIL] == 0.0


@given(laws, views(GREEN, YELLOW, RED))
def test_a_mood_below_the_threshold_dies_out(constants, view):
    calm = view._replace(tension=min(view.tension, constants.threshold))
    mood = RiskLaw().mood(constants, calm)
    assert mood.activation == 0.0
    rates = RiskLaw().hazards(constants, calm, mood)
    assert rates[WORSEN] == rates[FAIL] == rates[SPILL] == 0.0


@both_laws
@pytest.mark.parametrize(
    ("field", "more"),
    [("dialogue", 5.0), ("received", 1.0)],
)
@given(data=st.data())
def test_dialogue_and_reception_lower_worsening_and_failing(law, field, more, data):
    constants = data.draw(laws)
    before = data.draw(views(GREEN, YELLOW, **{field: 0.0}))
    after = before._replace(**{field: more})
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    for channel in (WORSEN, FAIL):
        no_higher(then[channel], first[channel], first[channel] > 0.0 and mood_moves(law, constants, before))
    assert then[COOL] >= first[COOL]
    assert then[CALM] >= first[CALM]


@both_laws
@given(data=st.data())
def test_liaison_with_the_organisers_strengthens_dialogue(law, data):
    constants = data.draw(laws.filter(lambda c: c.liaison_gain > 1.01))
    before = data.draw(views(GREEN, YELLOW, liaison=0.0, dialogue=5.0))
    first, then = hazards(law, constants, before), hazards(law, constants, before._replace(liaison=1.0))
    for channel in (WORSEN, FAIL):
        no_higher(then[channel], first[channel], first[channel] > 0.0 and mood_moves(law, constants, before))


@both_laws
@given(data=st.data())
def test_each_waiting_mark_raises_worsening_and_failing(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, YELLOW))
    after = before._replace(marks=before.marks + 1.0)
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    for channel in (WORSEN, FAIL):
        no_higher(first[channel], then[channel], then[channel] > 0.0 and mood_moves(law, constants, after))
    assert then[COOL] <= first[COOL]


@both_laws
@given(data=st.data())
def test_in_one_and_the_same_mood_talks_last_longer_with_dialogue_and_reception_and_shorter_with_waiting(law, data):
    constants = data.draw(laws)
    view = data.draw(views(YELLOW, failed=0.0, dialogue=0.0, received=0.0, marks=0.0))
    mood = law.mood(constants, view)._replace(activation=data.draw(st.floats(0.01, 1.0)))

    def failing(**changes):
        return law.hazards(constants, view._replace(**changes), mood)[FAIL]

    assert 0.0 < failing(dialogue=5.0) < failing()
    assert failing(dialogue=1e9) > 0.4 * failing(), "a team delays but never forbids"
    assert failing(received=1.0) == pytest.approx(constants.fail_received * failing())
    for marks in (1.0, 3.0):
        assert failing(marks=marks) == pytest.approx((1.0 + constants.fail_mark * marks) * failing())


@both_laws
@given(data=st.data())
def test_hard_gear_in_view_of_a_calm_crowd_costs_legitimacy_and_provokes(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, visible=0.0, spraying=0.0))
    fitting = before._replace(visible=constants.visible_green * before.people)
    assert hazards(law, constants, fitting) == hazards(law, constants, before), "in proportion it changes nothing"
    after = before._replace(visible=2.0 * fitting.visible)
    first, then = law.mood(constants, before), law.mood(constants, after)
    no_higher(then.legitimacy, first.legitimacy, legitimacy_moves(law, constants, before))
    quiet, provoked = hazards(law, constants, before), hazards(law, constants, after)
    assert quiet[PROVOKE] == 0.0 < provoked[PROVOKE]
    no_higher(quiet[WORSEN], provoked[WORSEN], strict=False)


@given(laws, views(GREEN, visible=0.0, tension=0.9, share=0.3, dialogue=0.0, containment=0.0))
def test_hard_gear_in_view_of_a_tense_crowd_raises_worsening(constants, before):
    after = before._replace(visible=before.people)
    assume(legitimacy_moves(RiskLaw(), constants, before))
    first, then = hazards(RiskLaw(), constants, before), hazards(RiskLaw(), constants, after)
    assert then[WORSEN] > first[WORSEN] or then[WORSEN] == 0.0


@both_laws
@given(data=st.data())
def test_containment_lowers_the_way_to_red(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, YELLOW))
    after = before._replace(containment=before.containment + 50.0)
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    # where nearly everybody feels the risk already, or all have joined, more changes nothing that a float can show
    mood = law.mood(constants, before)
    strict = first[WORSEN] > 0.0 and mood.risk < 0.999 and 1e-4 < mood.activation < 1.0 - 1e-4
    no_higher(then[WORSEN], first[WORSEN], strict)
    no_higher(then[FAIL], first[FAIL], strict=False)
    assert then[CALM] >= first[CALM]
    assert then[DISPERSE] >= first[DISPERSE]


@both_laws
@given(data=st.data())
def test_at_equal_strength_indiscriminate_means_raise_it_against_differentiated_ones(law, data):
    constants = data.draw(laws)
    strength = data.draw(st.floats(4.0, 50.0))
    neither = data.draw(views(YELLOW, RED, arrest=0.0, spraying=0.0))
    spraying, arresting = neither._replace(spraying=1.0), neither._replace(arrest=strength)
    indiscriminate, differentiated = law.mood(constants, spraying), law.mood(constants, arresting)
    strict = mood_moves(law, constants, spraying)
    no_higher(differentiated.activation, indiscriminate.activation, strict)
    no_higher(indiscriminate.legitimacy, differentiated.legitimacy, legitimacy_moves(law, constants, neither))
    if neither.phase == RED:
        assert hazards(law, constants, spraying)[PROVOKE] > hazards(law, constants, arresting)[PROVOKE]


@both_laws
@given(data=st.data())
def test_without_a_way_out_nobody_disperses(law, data):
    constants, view = data.draw(laws), data.draw(views(YELLOW, RED, exit_open=0.0))
    assert hazards(law, constants, view)[DISPERSE] == 0.0
    opened = view._replace(exit_open=1.0)
    mood = law.mood(constants, opened)
    if mood.risk * mood.legitimacy > 0.0:
        assert hazards(law, constants, opened)[DISPERSE] > 0.0


@both_laws
@given(data=st.data())
def test_tension_raises_escalation(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    higher = view._replace(tension=min(1.0, view.tension + 0.1))
    first, then = hazards(law, constants, view), hazards(law, constants, higher)
    for channel in (WORSEN, FAIL, SPILL):
        no_higher(first[channel], then[channel], strict=False)
    mood = RiskLaw().mood(constants, view)
    if mood.activation > 0.0 and mood.legitimacy < 1.0 and higher.tension > view.tension + 0.01:
        assert RiskLaw().mood(constants, higher).activation > mood.activation


@given(laws, views(GREEN, YELLOW, failed=1.0), st.floats(1.5, 10.0))
def test_a_larger_crowd_at_the_same_ratios_worsens_faster(constants, view, factor):
    counts = ("people", "containment", "dialogue", "visible", "medical", "arrest", "personnel")
    larger = view._replace(**{field: factor * getattr(view, field) for field in counts})
    first, then = hazards(RiskLaw(), constants, view), hazards(RiskLaw(), constants, larger)
    assert first[WORSEN] < then[WORSEN] or first[WORSEN] <= 1e-9


# ---------------------------------------------------------------- harms


@both_laws
@given(data=st.data())
def test_medics_lower_injuries_of_everybody_alike_and_nothing_else(law, data):
    constants, before = data.draw(laws), data.draw(views(YELLOW, RED, medical=0.0))
    after = before._replace(medical=data.draw(st.floats(1.0, 50.0)))
    first, then = harms(law, constants, before), harms(law, constants, after)
    care = 1.0 - constants.medical_gain * saturating(after.medical, constants.medical_half * after.people)
    assert care < 1.0
    for harm in HARMS:
        factor = care if harm.part_of == "injuries" else 1.0
        assert then[harm.id] == pytest.approx(first[harm.id] * factor, rel=1e-9, abs=1e-15)


def test_each_injury_counts_the_same():
    weights = [field for field in Objective.model_fields if "injur" in field]
    assert weights == ["injury"]
    assert [harm.id for harm in HARMS if "injur" in harm.id] == [
        "injuries_participants",
        "injuries_public",
        "injuries_personnel",
    ]
    assert not any(
        group in field for field in Objective.model_fields for group in ("public", "personnel", "participant")
    )


@both_laws
@given(data=st.data())
def test_red_is_worse_than_yellow(law, data):
    constants = data.draw(laws)
    yellow = data.draw(views(YELLOW, visible=0.0, stopped=1.0))
    first, then = harms(law, constants, yellow), harms(law, constants, yellow._replace(phase=RED))
    assert then["process_minutes"] == first["process_minutes"]
    assert then["records"] >= first["records"] == 0.0
    for harm in {harm.id for harm in HARMS} - {"process_minutes", "records"}:
        assert first[harm] == pytest.approx(constants.yellow_harm * then[harm])


@both_laws
@given(data=st.data())
def test_an_unguarded_place_loses_most(law, data):
    constants, unguarded = data.draw(laws), data.draw(views(RED, containment=0.0))
    guarded = unguarded._replace(containment=unguarded.people)
    first, then = harms(law, constants, unguarded), harms(law, constants, guarded)
    for harm, kept in (("property", "property"), ("records", "records"), ("injuries_public", "public")):
        no_higher(then[harm], first[harm], strict=getattr(unguarded, kept) > 1e-3)


@both_laws
@given(data=st.data())
def test_water_at_the_ready_saves_property_and_only_that(law, data):
    constants, dry = data.draw(laws), data.draw(views(RED, water=0.0, property=50.0, containment=0.0))
    first, then = harms(law, constants, dry), harms(law, constants, dry._replace(water=1.0))
    assert then.pop("property") < first.pop("property")
    assert then == first


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


# ---------------------------------------------------------------- the constants


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_a_constant_has_range_unit_source_and_meaning(constant):
    assert 0.0 <= constant.low <= constant.default <= constant.high
    assert constant.low < constant.high
    assert constant.unit
    assert len(constant.meaning) > 10
    assert "assumed" in constant.source or "doi" in constant.source


def test_the_constants_are_the_fields_of_the_law():
    assert [c.name for c in CONSTANTS] == list(Law._fields)
    assert make_law() == Law(*(c.default for c in CONSTANTS))


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_one_constant_is_changed_and_the_others_stay(constant):
    changed = make_law({constant.name: constant.high + 1.0})
    assert changed._asdict() == {**make_law()._asdict(), constant.name: constant.high + 1.0}


@pytest.mark.parametrize("name", ["", "risk", "Threshold", "n_half "])
def test_an_unknown_constant_is_refused(name):
    with pytest.raises(KeyError):
        make_law({name: 1.0})
