"""Clock times that lie outside the period: on which side, and what becomes of closures that are written with them."""

from __future__ import annotations

from typing import Any

import pytest
from support.small import small_data

from optimiser.common.errors import InputFault
from optimiser.files.examination import examine
from optimiser.files.read import parse
from optimiser.model.clocks import place_clock, span_closure, span_window
from optimiser.model.instance import Instance


def town(begins: str, hours: float, overtime: float = 0.0, /, **closure: Any) -> Instance:
    """Two places with one closure between them, nobody coming."""
    data = {
        "name": "town",
        "title": "Town",
        "period": {"start": f"2024-08-20T{begins}:00", "hours": hours, "overtime": overtime},
        "cap": 30,
        "sectors": [{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0}],
        "posts": [{"id": "yard", "name": "Yard", "x": 1.0, "y": 0.0}],
        "roles": [
            {
                "id": "line",
                "name": "Line",
                "phases": ["green", "yellow", "red"],
                "containment": {"green": 1.0},
                "officer": True,
            }
        ],
        "teams": [{"id": "squad", "name": "Squad", "role": "line", "size": 10, "count": 3, "home": "yard"}],
        "travel": {"closures": [{"a": "yard", "b": "kpu", **closure}]},
    }
    return parse(data)


DAY, NIGHT = ("08:00", 8), ("20:00", 8)  # to 16:00, and over midnight to 04:00


@pytest.mark.parametrize(
    ("period", "closure", "span"),
    [
        # in the period, and all of it
        (DAY, {}, (0, 480)),
        (DAY, {"start": "09:00", "end": "10:00"}, (60, 120)),
        (DAY, {"start": "09:00"}, (60, 480)),
        (DAY, {"end": "09:00"}, (0, 60)),
        (DAY, {"start": "08:00"}, (0, 480)),
        # a start before the period: closed from its start
        (DAY, {"start": "07:00"}, (0, 480)),
        (DAY, {"start": "07:00", "end": "09:00"}, (0, 60)),
        (DAY, {"start": "07:00", "end": "17:00"}, (0, 480)),
        (NIGHT, {"start": "18:00"}, (0, 480)),
        (NIGHT, {"start": "18:00", "end": "21:00"}, (0, 60)),
        # an end before it, or at its start: open already
        (DAY, {"end": "07:00"}, (0, 0)),
        (DAY, {"end": "08:00"}, (0, 0)),
        (DAY, {"start": "06:00", "end": "07:00"}, (0, 0)),
        (DAY, {"start": "22:00", "end": "07:00"}, (0, 0)),
        (NIGHT, {"end": "19:00"}, (0, 0)),
        # after it
        (DAY, {"end": "17:00"}, (0, 480)),
        (DAY, {"start": "15:00", "end": "17:00"}, (420, 480)),
        (DAY, {"start": "17:00"}, (0, 0)),
        (DAY, {"start": "16:00"}, (0, 0)),
        (DAY, {"start": "17:00", "end": "19:00"}, (0, 0)),
        (NIGHT, {"start": "05:00"}, (0, 0)),
        (NIGHT, {"end": "06:00"}, (0, 480)),
        # over midnight
        (DAY, {"start": "15:00", "end": "07:00"}, (420, 480)),
        (DAY, {"start": "15:00", "end": "08:00"}, (420, 480)),
        (DAY, {"start": "22:00", "end": "09:00"}, (0, 60)),
        (NIGHT, {"start": "23:30", "end": "00:30"}, (210, 270)),
        (NIGHT, {"start": "03:00", "end": "19:00"}, (420, 480)),
        # an operation of 24 hours has every clock time once
        (("08:00", 24), {"start": "07:00"}, (1380, 1440)),
        (("08:00", 24), {"start": "22:00", "end": "08:00"}, (840, 1440)),
    ],
)
def test_bug_a_closure_is_in_force_when_its_clock_times_say(
    period: tuple[str, float], closure: dict[str, str], span: tuple[float, float]
) -> None:
    instance = town(*period, **closure)
    assert span_closure(instance, instance.travel.closures[0]) == span
    # what is never in force is said, and nothing else of it
    said = [c.place for c in examine(instance) if c.code == "closed-outside" and c.place.endswith("[0]")]
    assert said == (["travel.closures[0]"] if span == (0, 0) else [])


@pytest.mark.parametrize(
    ("closure", "span"),
    [
        ({}, (0, 720)),
        ({"end": "17:00"}, (0, 540)),
        ({"end": "22:00"}, (0, 720)),
        ({"start": "15:00", "end": "07:00"}, (420, 720)),
        ({"start": "17:00", "end": "19:00"}, (540, 660)),
        ({"start": "09:00", "end": "10:00"}, (60, 120)),
    ],
)
def test_a_closure_holds_and_ends_while_people_go_home_too(closure: dict[str, str], span: tuple[float, float]) -> None:
    """From 08:00 to 16:00, and four hours more as the day is played."""
    instance = town("08:00", 8, 4, **closure)
    assert span_closure(instance, instance.travel.closures[0]) == span
    said = [c.place for c in examine(instance) if c.code == "closed-outside" and c.place.endswith("[0]")]
    assert said == (["travel.closures[0]"] if span[0] >= 480 else [])


@pytest.mark.parametrize(
    ("period", "closure"),
    [
        (DAY, {"start": "09:00", "end": "09:00"}),
        (DAY, {"start": "17:00", "end": "17:00"}),
        (DAY, {"start": "15:00", "end": "09:00"}),
        (DAY, {"start": "07:30", "end": "07:00"}),
        (DAY, {"start": "19:00", "end": "17:00"}),
        (NIGHT, {"start": "02:00", "end": "22:00"}),
        (("08:00", 24), {"start": "10:00", "end": "09:00"}),
    ],
)
def test_bug_a_closure_that_ends_no_later_than_it_starts_is_refused(
    period: tuple[str, float], closure: dict[str, str]
) -> None:
    with pytest.raises(InputFault) as refused:
        town(*period, **closure)
    (fault,) = refused.value.faults
    assert (fault.code, fault.place) == ("time-order", "travel.closures[0].end")
    assert closure["end"] in fault.found
    assert closure["start"] in fault.expected


def test_a_day_later_is_told_where_a_start_just_before_the_operation_can_only_be_that() -> None:
    cautions = examine(town("08:00", 24, start="07:00"))
    assert [(c.code, c.place) for c in cautions] == [("closed-outside", "travel.closures[0].start")]
    assert "until 07:00 of the next day" in cautions[0].found
    assert examine(town("08:00", 24, start="05:00")) == ()


def test_a_clock_time_outside_lies_on_its_nearer_side() -> None:
    instance = town(*DAY)
    assert [place_clock(instance, c) for c in ("08:00", "16:00", "16:01", "23:00", "07:59", "01:00")] == [
        0.0,
        480.0,
        481.0,
        900.0,
        -1.0,
        -420.0,
    ]


def test_bug_a_window_of_a_whole_day_is_a_day_long_everywhere() -> None:
    from optimiser.planning.search.hand_rules import expected_risk

    data = small_data()
    data["period"]["hours"] = 24
    start = data["period"]["start"][11:16]
    place = next(i for i, s in enumerate(data["sectors"]) if s["id"] == data["gatherings"][0]["itinerary"][0]["sector"])
    data["sectors"][place]["critical"] = []
    calm = expected_risk(parse(data))[place]
    data["sectors"][place]["critical"] = [{"name": "count", "start": start, "end": start}]
    instance = parse(data)
    assert span_window(instance, instance.sectors[place].critical[0]) == (0.0, 1440.0)
    assert expected_risk(instance)[place] == pytest.approx(2.0 * calm)
    assert calm > 0.0
