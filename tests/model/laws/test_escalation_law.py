"""The laws: the sign of each effect on each hazard, all else equal, over the plausible range of every constant."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.law_views import (
    CROWDS,
    HEADS,
    all_laws,
    harms,
    hazards,
    laws,
    legitimacy_moves,
    mood_moves,
    no_higher,
    views,
)

from optimiser.model.harms import HARMS
from optimiser.model.instance import Objective
from optimiser.model.laws.constants import make_law
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
    active_people,
    contagion,
    excess_posture,
    perceived_risk,
    saturating,
)
from optimiser.model.laws.facilitation_law import FacilitationLaw
from optimiser.model.laws.risk_law import RiskLaw

GRIEVANCE = pytest.mark.parametrize("law", [FacilitationLaw(), RiskLaw()], ids=lambda law: law.name)

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


@all_laws
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


@all_laws
@given(data=st.data())
def test_hazards_are_per_minute_and_constants_per_hour(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    mood = law.mood(constants, view)
    rates = law.hazards(constants, view, mood)
    assert 60.0 * rates[COOL] == pytest.approx(constants.cool * mood.legitimacy)
    assert 60.0 * rates[WORSEN] <= max(constants.worsen_green, constants.worsen_yellow)
    assert 60.0 * rates[SPILL] <= constants.spill


@all_laws
@pytest.mark.parametrize("phase", [QUIET, GREEN, YELLOW, RED, DISPERSED])
@given(data=st.data())
def test_where_nobody_is_nothing_happens(law, phase, data):
    constants, view = data.draw(laws), data.draw(views(phase, people=0.0))
    assert hazards(law, constants, view) == (0.0,) * len(CHANNELS)
    rates = harms(law, constants, view._replace(critical=0.0))
    assert set(rates.values()) == {0.0}


@all_laws
@given(data=st.data())
def test_without_disorder_only_a_stopped_process_and_being_kept_away_cost(law, data):
    constants, view = data.draw(laws), data.draw(views(QUIET, GREEN, DISPERSED))
    rates = harms(law, constants, view)
    assert rates.pop("process_minutes") == view.critical * view.stopped
    rates.pop("participation")
    assert set(rates.values()) == {0.0}
    if view.phase != GREEN:
        assert hazards(law, constants, view) == (0.0,) * len(CHANNELS)


# ---------------------------------------------------------------- signs on the hazards


@all_laws
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


@GRIEVANCE
@given(data=st.data())
def test_a_mood_below_the_threshold_dies_out(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    calm = view._replace(tension=min(view.tension, constants.threshold))
    mood = law.mood(constants, calm)
    assert mood.activation == 0.0
    rates = law.hazards(constants, calm, mood)
    assert rates[WORSEN] == rates[FAIL] == rates[SPILL] == 0.0


@all_laws
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


@all_laws
@given(data=st.data())
def test_liaison_with_the_organisers_strengthens_dialogue(law, data):
    constants = data.draw(laws.filter(lambda c: c.liaison_gain > 1.01))
    before = data.draw(views(GREEN, YELLOW, liaison=0.0, dialogue=5.0))
    first, then = hazards(law, constants, before), hazards(law, constants, before._replace(liaison=1.0))
    for channel in (WORSEN, FAIL):
        no_higher(then[channel], first[channel], first[channel] > 0.0 and mood_moves(law, constants, before))


@all_laws
@given(data=st.data())
def test_each_waiting_mark_raises_worsening_and_failing(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, YELLOW))
    after = before._replace(marks=before.marks + 1.0)
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    for channel in (WORSEN, FAIL):
        no_higher(first[channel], then[channel], then[channel] > 0.0 and mood_moves(law, constants, after))
    assert then[COOL] <= first[COOL]


@all_laws
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


@all_laws
@given(data=st.data())
def test_hard_gear_in_view_of_a_calm_crowd_costs_legitimacy_and_provokes(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, visible=0.0, personnel=0.0, in_view=0.0, spraying=0.0))
    fitting = before._replace(visible=constants.visible_green * before.people)
    assert hazards(law, constants, fitting) == hazards(law, constants, before), "in proportion it changes nothing"
    after = before._replace(visible=2.0 * fitting.visible)
    first, then = law.mood(constants, before), law.mood(constants, after)
    no_higher(then.legitimacy, first.legitimacy, legitimacy_moves(law, constants, before))
    quiet, provoked = hazards(law, constants, before), hazards(law, constants, after)
    assert quiet[PROVOKE] == 0.0 < provoked[PROVOKE]
    no_higher(quiet[WORSEN], provoked[WORSEN], strict=False)


@GRIEVANCE
@given(data=st.data())
def test_hard_gear_in_view_of_a_tense_crowd_raises_worsening(law, data):
    nobody = dict.fromkeys(("visible", "personnel", "in_view", "dialogue", "containment"), 0.0)
    fixed = {**nobody, "tension": 0.9, "share": 0.3}
    constants, before = data.draw(laws), data.draw(views(GREEN, **fixed))
    after = before._replace(visible=before.people)
    assume(legitimacy_moves(law, constants, before))
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    assert then[WORSEN] > first[WORSEN] or then[WORSEN] == 0.0


@all_laws
@given(data=st.data())
def test_containment_lowers_the_way_to_red(law, data):
    constants, before = data.draw(laws), data.draw(views(GREEN, YELLOW))
    after = before._replace(containment=before.containment + 50.0)
    first, then = hazards(law, constants, before), hazards(law, constants, after)
    # where nearly everybody feels the risk already, or all have joined, more changes nothing that a float can show
    mood = law.mood(constants, before)
    strict = first[WORSEN] > 0.0 and mood.risk < 0.999 and 1e-4 < mood.activation < 1.0 - 1e-4
    if isinstance(law, FacilitationLaw) and before.phase == GREEN:
        assert then == first, "a lawful assembly is no offence: a line deters nobody from it"
        return
    no_higher(then[WORSEN], first[WORSEN], strict)
    no_higher(then[FAIL], first[FAIL], strict=False)
    assert then[CALM] >= first[CALM]
    assert then[DISPERSE] >= first[DISPERSE]


@all_laws
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


@all_laws
@given(data=st.data())
def test_without_a_way_out_nobody_can_be_dispersed(law, data):
    """By the default law people tire of disorder all the same."""
    constants, view = data.draw(laws), data.draw(views(YELLOW, RED, exit_open=0.0))
    tired = constants.exhaustion if isinstance(law, FacilitationLaw) and view.phase == RED else 0.0
    assert 60.0 * hazards(law, constants, view)[DISPERSE] == pytest.approx(tired)
    opened = view._replace(exit_open=1.0)
    mood = law.mood(constants, opened)
    if mood.risk * mood.legitimacy > 0.0:
        assert hazards(law, constants, opened)[DISPERSE] > hazards(law, constants, view)[DISPERSE]


@all_laws
@given(data=st.data())
def test_tension_raises_escalation(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, RED))
    higher = view._replace(tension=min(1.0, view.tension + 0.1))
    first, then = hazards(law, constants, view), hazards(law, constants, higher)
    for channel in (WORSEN, FAIL, SPILL):
        no_higher(first[channel], then[channel], strict=False)
    for grievance in (FacilitationLaw(), RiskLaw()):
        mood = grievance.mood(constants, view)
        if mood.activation > 0.0 and mood.legitimacy < 1.0 and higher.tension > view.tension + 0.01:
            assert grievance.mood(constants, higher).activation > mood.activation


@GRIEVANCE
@given(data=st.data())
def test_a_larger_crowd_at_the_same_ratios_worsens_faster(law, data):
    constants, view = data.draw(laws), data.draw(views(GREEN, YELLOW, failed=1.0))
    factor = data.draw(st.floats(1.5, 10.0))
    counts = (
        "people",
        "containment",
        "dialogue",
        "visible",
        "medical",
        "arrest",
        "personnel",
        "exposed",
        "behind",
        "in_view",
    )
    larger = view._replace(**{field: factor * getattr(view, field) for field in counts})
    first, then = hazards(law, constants, view), hazards(law, constants, larger)
    assert first[WORSEN] < then[WORSEN] or first[WORSEN] <= 1e-9


# ---------------------------------------------------------------- harms


@all_laws
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


@all_laws
@given(data=st.data())
def test_red_is_worse_than_yellow(law, data):
    constants = data.draw(laws.filter(lambda c: 2.0 * c.disperse_yellow <= c.disperse_red))
    yellow = data.draw(views(YELLOW, visible=0.0, stopped=1.0))
    first, then = harms(law, constants, yellow), harms(law, constants, yellow._replace(phase=RED))
    assert then["process_minutes"] == first["process_minutes"]
    assert then["records"] >= first["records"] == 0.0
    for harm in {harm.id for harm in HARMS} - {"process_minutes", "records"}:
        no_higher(first[harm], then[harm], strict=False)
        if not isinstance(law, FacilitationLaw):
            assert first[harm] == pytest.approx(constants.yellow_harm * then[harm])


@all_laws
@given(data=st.data())
def test_an_unguarded_place_loses_most(law, data):
    constants, unguarded = data.draw(laws), data.draw(views(RED, containment=0.0))
    guarded = unguarded._replace(containment=unguarded.people)
    first, then = harms(law, constants, unguarded), harms(law, constants, guarded)
    for harm, kept in (("property", "property"), ("records", "records"), ("injuries_public", "public")):
        no_higher(then[harm], first[harm], strict=getattr(unguarded, kept) > 1e-3)


@all_laws
@given(data=st.data())
def test_water_at_the_ready_saves_property_and_only_that(law, data):
    constants, dry = data.draw(laws), data.draw(views(RED, water=0.0, property=50.0, containment=0.0))
    first, then = harms(law, constants, dry), harms(law, constants, dry._replace(water=1.0))
    assert then.pop("property") < first.pop("property")
    assert then == first
