"""The default law: calm without force, encounters bounded by the smaller side, means that hit everybody cost."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.law_views import HEADS, harms, hazards, laws, legitimacy_moves, mood_moves, no_higher, views

from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import CALM, DISPERSE, GREEN, RED, WORSEN, YELLOW, View
from optimiser.model.laws.facilitation_law import FacilitationLaw, encounters

LAW = FacilitationLaw()
COUNTS = st.floats(0.0, 1e5)

# ---------------------------------------------------------------- calm, with force and without


@given(laws, views(YELLOW, RED, containment=0.0))
def test_a_crowd_calms_where_nobody_of_the_police_is(constants, view):
    mood = LAW.mood(constants, view)
    if mood.legitimacy > 0.0 and mood.activation < 1.0:
        assert hazards(LAW, constants, view)[CALM] > 0.0


@pytest.mark.parametrize(("field", "more"), [("dialogue", 5.0), ("received", 1.0)])
@given(data=st.data())
def test_talk_and_reception_calm_it_further(field, more, data):
    constants, before = data.draw(laws), data.draw(views(YELLOW, RED, **{field: 0.0}))
    mood = LAW.mood(constants, before)
    assume(mood.legitimacy > 0.0 and mood.activation < 1.0)
    after = before._replace(**{field: more})
    assert hazards(LAW, constants, after)[CALM] > hazards(LAW, constants, before)[CALM]


def test_calm_worked_out_by_hand():
    """Yellow, nobody of the police, little tension, received: 1.5 x (0.5 + 0.35) + 1 x (1 - 0.2) an hour."""
    view = _sector(YELLOW, people=500.0, received=1.0, tension=0.2)
    assert 60.0 * hazards(LAW, make_law(), view)[CALM] == pytest.approx(1.5 * 0.85 + 0.8)


@given(laws, views(YELLOW, RED, containment=0.0, spraying=0.0), st.sampled_from((0.0, 0.1)))
def test_nobody_is_dispersed_or_deterred_by_nobody(constants, view, share):
    """Even where nobody is militant, so that a line of any size would hold."""
    alone = view._replace(share=share, sprayed=0.0)
    assert LAW.mood(constants, alone).risk == 0.0
    assert hazards(LAW, constants, alone)[DISPERSE] == pytest.approx(
        constants.exhaustion / 60.0 if view.phase == RED else 0.0
    )


@given(laws, views(RED))
def test_one_person_destroys_less_than_many(constants, view):
    few, many = (view._replace(people=n, records=10.0, property=10.0, containment=0.0) for n in (10.0, 1000.0))
    first, then = harms(LAW, constants, few), harms(LAW, constants, many)
    assert 0.0 < first["records"] < then["records"]
    assert first["property"] < then["property"]


@given(laws, views(RED, containment=0.0, exit_open=0.0, spraying=0.0))
def test_disorder_that_nobody_meets_ends_by_exhaustion(constants, view):
    assert hazards(LAW, constants, view)[DISPERSE] == pytest.approx(constants.exhaustion / 60.0)


# ---------------------------------------------------------------- deterrence, posture, withdrawal


@given(laws, views(GREEN), HEADS)
def test_a_line_deters_nobody_from_a_lawful_assembly(constants, view, line):
    assert LAW.mood(constants, view._replace(containment=line)).activation == LAW.mood(constants, view).activation


@given(laws, views(GREEN, visible=0.0, in_view=0.0), st.floats(1.01, 5.0))
def test_many_heads_in_view_are_hard_posture_even_without_gear(constants, alone, factor):
    heads = factor * constants.visible_green * alone.people / constants.presence
    many = LAW.mood(constants, alone._replace(in_view=heads))
    assert many.excess == pytest.approx(1.0 - 1.0 / factor)
    no_higher(many.legitimacy, LAW.mood(constants, alone).legitimacy, legitimacy_moves(LAW, constants, alone))


@given(COUNTS, COUNTS)
def test_encounters_are_never_more_than_the_smaller_side(one, other):
    assert 0.0 <= encounters(one, other) <= min(one, other)
    assert encounters(one, other) == encounters(other, one)
    assert encounters(one, 0.0) == encounters(0.0, other) == 0.0


@given(laws, views(YELLOW, RED), st.floats(0.0, 1e4))
def test_personnel_are_not_hurt_by_their_own_number(constants, view, heads):
    there = view._replace(exposed=heads, behind=0.0)
    rate = 60.0 * harms(LAW, constants, there)["injuries_personnel"]
    assert rate <= constants.line_hurt * min(LAW.mood(constants, there).active, heads) + 1e-9


@given(laws, views(YELLOW, RED, exposed=0.0, behind=0.0))
def test_who_has_withdrawn_is_not_hurt(constants, view):
    assert harms(LAW, constants, view)["injuries_personnel"] == 0.0


@given(laws, views(YELLOW, RED, exposed=0.0))
def test_a_line_covers_those_behind_it_as_far_as_it_holds(constants, view):
    alone = harms(LAW, constants, view._replace(containment=0.0))["injuries_personnel"]
    assert alone == pytest.approx(harms(LAW, constants, view._replace(containment=1e-9))["injuries_personnel"])
    assert harms(LAW, constants, view._replace(containment=1e9))["injuries_personnel"] == pytest.approx(0.0)


@given(laws, views(YELLOW, exit_open=1.0))
def test_being_heard_disperses_nobody(constants, view):
    heard = view._replace(received=1.0, dialogue=view.dialogue + 5.0)
    assert hazards(LAW, constants, heard)[DISPERSE] == hazards(LAW, constants, view)[DISPERSE]


@given(laws, views(GREEN, YELLOW, RED))
def test_a_few_who_are_determined_count_for_many(constants, view):
    mood = LAW.mood(constants, view)
    more = mood._replace(active=mood.active + 30.0)
    first, then = LAW.hazards(constants, view, mood), LAW.hazards(constants, view, more)
    no_higher(first[WORSEN], then[WORSEN], strict=first[WORSEN] > 1e-9)


# ---------------------------------------------------------------- means that hit everybody


@given(laws, views(GREEN, YELLOW, RED, sprayed=0.0))
def test_wide_area_means_make_others_side_with_those_who_act_and_are_remembered(constants, before):
    after = before._replace(sprayed=1.0)
    first, then = LAW.mood(constants, before), LAW.mood(constants, after)
    assert then.active > first.active
    no_higher(then.legitimacy, first.legitimacy, legitimacy_moves(LAW, constants, before))
    no_higher(first.activation, then.activation, strict=mood_moves(LAW, constants, before))


@given(laws, views(RED, exit_open=1.0, spraying=0.0))
def test_people_are_hurt_when_a_crowd_is_dispersed_and_more_of_them_by_water(constants, view):
    fewest = view.people * constants.rush * (1.0 - constants.medical_gain)
    for spraying in (0.0, 1.0):
        seen = view._replace(spraying=spraying, containment=0.0)
        pushed = hazards(LAW, constants, seen)[DISPERSE] - constants.exhaustion / 60.0
        least = pushed * fewest * (1.0 + constants.rush_spray * spraying)
        assert harms(LAW, constants, seen)["injuries_participants"] >= least * (1.0 - 1e-9)


@given(laws, views(YELLOW, RED, exit_open=1.0, containment=0.0, spraying=0.0))
def test_a_closed_way_out_makes_a_crush(constants, view):
    assume(view.phase == RED or LAW.mood(constants, view).activation > 1e-4)
    first = harms(LAW, constants, view)["injuries_participants"]
    assert harms(LAW, constants, view._replace(exit_open=0.0))["injuries_participants"] > first > 0.0


@given(laws, views(YELLOW, RED, exit_open=1.0))
def test_a_crowd_without_a_way_out_finds_that_unjust(constants, view):
    open_, closed = LAW.mood(constants, view), LAW.mood(constants, view._replace(exit_open=0.0))
    no_higher(closed.legitimacy, open_.legitimacy, strict=legitimacy_moves(LAW, constants, view))
    green = view._replace(phase=GREEN)
    assert LAW.mood(constants, green._replace(exit_open=0.0)) == LAW.mood(constants, green)


# ---------------------------------------------------------------- disorder and participation


@given(laws, views(YELLOW, spraying=0.0, containment=0.0))
def test_yellow_without_anybody_who_acts_harms_nobody(constants, view):
    calm = view._replace(tension=0.0)
    rates = harms(LAW, constants, calm)
    process, kept_away = rates.pop("process_minutes"), rates.pop("participation")
    assert process >= 0.0
    assert kept_away >= 0.0
    assert set(rates.values()) == {0.0}


@given(laws, views(GREEN, YELLOW, RED))
def test_participation_is_lost_by_disorder_and_by_fear_alone(constants, view):
    lost = 60.0 * harms(LAW, constants, view)["participation"]
    excess, ended = LAW.mood(constants, view).excess, view.phase == RED or (view.phase == YELLOW and not view.exit_open)
    assert lost == pytest.approx(view.taking_part * (1.0 if ended else constants.fear * excess))
    assert 0.0 <= lost <= view.taking_part * (1.0 + 1e-12) + 1e-300


def _sector(phase, **fields):
    """A sector in which everything that is not given is nothing."""
    return View(*([0.0] * len(View._fields)))._replace(phase=phase, share=0.1, exit_open=1.0, **fields)
