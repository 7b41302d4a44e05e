"""Every kind of event has words of its own, and what only repeats itself is told once."""

from __future__ import annotations

import re

import pytest
from support.town import posted, town

from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.sections.simulation import join_repeated
from optimiser.output.words.wording import Wording
from optimiser.questions.played_plan import list_events, pick
from optimiser.simulation.events import KINDS, Event


@pytest.fixture(scope="module")
def wording() -> Wording:
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "mall"}]
    return Wording(town(movements=[{"id": "patrol", "name": "Patrol", "legs": legs}]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_without_gaps(wording: Wording, kind: str) -> None:
    told = wording.tell(Event(5.0, kind, "kpu", "polres", "march", 3.0, "why"))
    assert told not in ("", kind)
    assert not set("{}") & set(told)


@pytest.mark.parametrize(
    ("event", "told", "why"),
    [
        (Event(0, "arrived", "kpu", what="march", number=1200), "1,200 people (March) arrive", ""),
        (Event(0, "marched", "kpu", "mall", "march", 900), "900 people (March) march on to Mall", ""),
        (Event(0, "phase", "kpu", what="red", note="unrest"), "turns red; Kapolda commands", "unrest"),
        (Event(0, "phase", "kpu", what="quiet"), "turns quiet", ""),
        (Event(0, "received", "kpu"), "commission receives the delegation", ""),
        (Event(0, "received", "mall"), "an official receives the delegation", ""),
        (Event(0, "mark", "kpu", number=15), "the delegation has waited 15 min unmet", ""),
        (Event(0, "triggered", "kpu", what="result", number=0.2), "Result: tension +0.20", ""),
        (Event(0, "formed", "kpu", what="care", number=2, note="called"), "2 x Medical team formed up", "called"),
        (Event(0, "sent", "kpu", "polres", number=30), "30 heads set out from Polres", ""),
        (Event(0, "came", "kpu", "outside", number=1), "1 head arrives from Brimob barracks", ""),
        (Event(0, "back", "", "polres", "awc", 1), "1 x Water cannon callable again", ""),
        (Event(0, "asked", "kpu", number=19.53, note="line, medics"),
         "asks for reserve: line, medics; the line lacks 19.5 head equivalents", ""),
        (Event(0, "moves", "kpu", "mall", "patrol", 3), "3 teams set out for Mall (Patrol)", ""),
        (Event(0, "moves", "kpu", "mall", "patrol", 0), "vehicles set out for Mall (Patrol)", ""),
        (Event(0, "moved", "mall", "", "patrol", 1), "1 team has formed up (Patrol)", ""),
        (Event(0, "held", "kpu", "mall", "patrol", 1, "the sector is in disorder"),
         "1 team cannot set out for Mall yet (Patrol)", "the sector is in disorder"),
        (Event(0, "process", "kpu", note="due"), "the critical process begins", ""),
        (Event(0, "process", "kpu", note="stops"), "the critical process stops", ""),
    ],
    ids=lambda part: part.kind if isinstance(part, Event) else "",
)  # fmt: skip
def test_words(wording: Wording, event: Event, told: str, why: str) -> None:
    assert (wording.tell(event), wording.why(event)) == (told, why)


def test_place_is_named(wording: Wording) -> None:
    assert wording.where(Event(0, "phase", "kpu")) == "KPU"
    assert wording.where(Event(0, "back", "", "polres")) == "Polres"


def test_braces_in_a_name_are_only_braces() -> None:
    data = town().model_dump(mode="json")
    data["gatherings"][0]["name"] = "{people} {0.__class__}"
    wording = Wording(type(town()).model_validate(data, context=SHAPE_ONLY))
    told = wording.tell(Event(0, "arrived", "kpu", what="march", number=2))
    assert told == "2 people ({people} {0.__class__}) arrive"


def test_a_whole_scenario_is_told_with_names() -> None:
    instance = town(gatherings=[{**town().model_dump(mode="json")["gatherings"][0], "tension": 0.9, "turnout": 5000.0}])
    wording = Wording(instance)
    events = list_events(instance, posted(instance), pick(instance, 1, 0))
    assert {"arrived", "phase", "asked", "sent", "formed"} <= {e.kind for e in events}
    for event in events:
        assert not re.search(r"[{}]|\bnan\b|\binf\b", wording.tell(event))
        assert wording.where(event) or event.kind == "refilled"  # a tank may be filled on the road


def test_repeats_are_folded_and_none_is_lost() -> None:
    ask = [Event(float(m), "asked", "kpu", number=5.0, note="line") for m in (0, 10, 20)]
    other = Event(10.0, "asked", "mall", number=5.0, note="line")
    phase = Event(25.0, "phase", "kpu", what="red")
    again = Event(26.0, "asked", "kpu", number=5.0, note="line")
    more = Event(30.0, "asked", "kpu", number=6.0, note="line")
    folded = join_repeated([ask[0], ask[1], other, ask[2], phase, again, more])
    assert folded == [(ask[0], ask[1:]), (other, []), (phase, []), (again, []), (more, [])]


def test_what_is_no_call_is_never_folded() -> None:
    same = [Event(1.0, "arrived", "kpu", what="march", number=5)] * 3
    assert join_repeated(same) == [(event, []) for event in same]
