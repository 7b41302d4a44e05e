"""An assembly that does not take place is no gain of participation, on any face of a what-if."""

from __future__ import annotations

import pytest
from support.whatif import TINY, asked, screen

from optimiser.output.words.advice import sentence
from optimiser.output.write import describe_answer

COUNTED = TINY.model_copy(
    update={"objective": TINY.objective.model_copy(update={"participation_hour": 1.0, "injury": 0.0, "records": 0.0})}
)
GONE = [{"do": "chance", "gathering": "large", "chance": 0.0}, {"do": "remove", "what": "small"}]


def flat(answer):
    return " ".join(screen(answer, width=100).split())


@pytest.mark.parametrize("change", GONE, ids=["chance", "remove"])
def test_bug_an_assembly_that_does_not_take_place_was_praised_as_participation_gained(change):
    answer = asked(change, instance=COUNTED)
    assert answer.suffered.harms["participation"].mean < -1.0  # hours that nobody means to hold any more
    said, document = flat(answer), describe_answer(answer)
    assert "participation lost, person-hours -" not in said
    assert "person-hours" not in sentence(answer)
    assert "participation left aside" in sentence(answer)
    gone, (before, after) = answer.assembly.absent[0], answer.assembly.people
    assert (before, after) == (300.0, 100.0 if gone == "Larger crowd" else 200.0)
    assert f"'{gone}' does not take place. On average {after:.0f} people come, instead of 300." in said
    assert "participation lost, person-hours not compared" in said
    assert document["assembly"]["people"] == {"before": before, "after": after}
    assert document["assembly"]["sentence"] in said
    assert document["assembly"]["absent"] == [gone]


def test_points_of_participation_that_nobody_means_to_hold_lower_no_loss():
    """All that the objective counts here is participation, so nothing else can be lower."""
    only = {"property": 0.0, "process_minute": 0.0}
    counted = COUNTED.model_copy(update={"objective": COUNTED.objective.model_copy(update=only)})
    answer = asked(*GONE, instance=counted)
    assert answer.suffered.loss.mean < -1.0
    assert answer.assembly.apart.mean == pytest.approx(0.0, abs=1e-9)
    assert "lowers the loss" not in sentence(answer)
    assert "people who come 300 0" in flat(answer)
    assert "can be held, instead of" not in flat(answer)


def test_where_the_same_people_assemble_participation_is_compared():
    answer = asked({"do": "set", "path": "law.fear", "value": 0.4}, instance=COUNTED)
    assert answer.assembly is None
    assert describe_answer(answer)["assembly"] is None
    assert "not compared" not in flat(answer)
    assert "participation lost, person-hours" in flat(answer)


OTHERS = [
    *GONE,
    {"do": "chance", "gathering": "large", "chance": 0.5},
    {"do": "set", "path": "gatherings.large.turnout", "value": 400.0},
    {"do": "rain", "strength": "heavy"},
]


@pytest.mark.parametrize("change", OTHERS, ids=["never", "remove", "chance", "turnout", "rain"])
def test_bug_points_and_the_share_held_of_other_people_looked_like_an_improvement(change):
    """A cancelled assembly was told as a lower loss and a higher share held."""
    answer = asked(change, instance=COUNTED)
    said, (before, after) = flat(answer), answer.assembly.people
    assert answer.assembly.others
    assert "can be held" not in said
    assert "participation held" not in said
    assert f"people who come {before:,.0f} {after:,.0f}" in said
    assert "points other people" in said
    assert "with other people" in sentence(answer)
    assert "a lower loss with fewer people is no better plan" in said
    assert "The change by itself -" not in said  # nor over the law's ranges
    assert "The change by itself +" not in said


def test_the_share_held_of_the_same_people_who_stay_longer_is_said():
    data = COUNTED.model_dump(mode="json")
    path = f"gatherings.{data['gatherings'][0]['id']}.itinerary.0.stay"
    answer = asked({"do": "set", "path": path, "value": 240.0}, instance=COUNTED)
    assert not answer.assembly.others
    assert "can be held, instead of" in flat(answer)
    assert "people come, instead of" not in flat(answer)


def test_bug_people_who_go_where_the_line_is_thinnest_were_said_to_mean_another_time():
    """They mean the route drawn for them: what they lose by another one is lost participation, and is compared."""
    large = next(g for g in COUNTED.gatherings if g.id == "large").model_dump(mode="json")
    sectors = [sector.id for sector in COUNTED.sectors]
    stops = [
        {"sector": sector, "stay": stay, "route": name}
        for sector, stay, name in ((sectors[0], 60.0, "short"), (sectors[1], 180.0, "long"))
    ]
    routed = {**large, "itinerary": stops, "routes": [{"id": "short"}, {"id": "long"}]}
    small = [g.model_dump(mode="json") for g in COUNTED.gatherings if g.id != "large"]
    instance = COUNTED.replace(gatherings=[routed, *small])
    answer = asked({"do": "set", "path": "gatherings.large.displacement", "value": 1.0}, instance=instance)
    assert answer.assembly is None
    assert "mean to stay for another time" not in flat(answer)
    assert answer.suffered.harms["participation"].mean != 0.0


def test_other_people_who_mean_as_many_hours_are_other_people():
    number = next(n for n, g in enumerate(COUNTED.gatherings) if g.id == "large")
    stay = float(COUNTED.gatherings[number].itinerary[0].stay)
    people = float(COUNTED.gatherings[number].turnout)
    shorter = {"do": "set", "path": "gatherings.large.itinerary.0.stay", "value": stay / 2.0}
    answer = asked(shorter, {"do": "set", "path": "gatherings.large.turnout", "value": 2.0 * people}, instance=COUNTED)
    assert answer.assembly is not None
    assert answer.assembly.others


def test_more_people_are_other_people_too():
    answer = asked({"do": "set", "path": "gatherings.large.turnout", "value": 400.0}, instance=COUNTED)
    assert answer.assembly.people == (300.0, 500.0)
    assert answer.assembly.absent == ()
    assert "On average 500 people come, instead of 300." in flat(answer)


def test_bug_translations_of_what_was_taken_away_were_warned_of():
    assert any("Larger crowd" in texts for texts in TINY.texts.values())
    assert asked({"do": "remove", "what": "large"}).cautions == ()
