"""The line beside each sector says what the data say."""

from __future__ import annotations

import pytest
from support.sample_solution import solved
from support.town import town

from optimiser.common.number_format import percent
from optimiser.model.expected.visits import list_visits
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.words.reasons import give_reasons


def test_visits_follow_the_way_at_mean_times() -> None:
    # 13:30 and 10 min late; 3 km at a detour of 1.3 and 4 km/h take 58.5 min; KPU to mall is 2 ** 0.5 km
    visits = list_visits(town())
    assert [v.sector for v in visits] == ["terminal", "kpu", "mall"]
    assert [v.people for v in visits] == [1200] * 3
    walk = 60.0 * 1.3 * 2**0.5 / 4.0
    expected = [(40.0, 80.0), (138.5, 258.5), (258.5 + walk, 318.5 + walk)]
    for visit, times in zip(visits, expected, strict=True):
        assert (visit.start, visit.end) == pytest.approx(times)


def test_visits_end_with_the_operation() -> None:
    instance = town(period={"start": "2024-08-20T13:00:00", "hours": 3})
    assert [(v.sector, round(v.end, 1)) for v in list_visits(instance)] == [("terminal", 80.0), ("kpu", 180.0)]


def test_who_finds_a_road_closed_waits_and_gives_a_stop_up_after_its_stay() -> None:
    instance = town(travel={"closures": [{"a": "kpu", "b": "terminal"}]})
    first = list_visits(instance)[0]
    assert (first.sector, first.end) == ("terminal", 200.0)
    assert [v.sector for v in list_visits(instance)] == ["terminal", "mall"]
    until = town(travel={"closures": [{"a": "kpu", "b": "terminal", "end": "15:00"}]})
    assert [v.sector for v in list_visits(until)] == ["terminal", "kpu", "mall"]
    assert list_visits(until)[0].end == 140.0  # ready at 80, it looks again at 110 and 140


def test_line_tells_crowd_phases_windows_and_margins() -> None:
    solution = solved()
    lines = give_reasons(solution)
    assert set(lines) == {"terminal", "kpu", "mall"}
    line = lines["kpu"]
    assert line.startswith("About 1,200 people expected (March 15:18–17:18)")
    for phase, name in ((YELLOW, "yellow"), (RED, "red")):
        share = float(solution.evaluation.reached(phase)[1])
        assert (f"{name} in {percent(share)}" in line) is (share > 0.0)
    assert "recap 14:00–18:00 must go on" in line
    assert line.endswith(
        "one Dalmas awal squad fewer: +0.81 [+0.61, +1.01] points, "
        "one Dalmas awal squad more than there are: -0.20 [-0.30, -0.10] points."
    )


def test_margin_in_nobodys_favour_is_not_told() -> None:
    assert (
        "fewer" not in give_reasons(solved())["terminal"]
    )  # one fewer would help there: no reason for the team to stand there


def test_required_least_is_named() -> None:
    data = town().model_dump(mode="json")
    data["sectors"][1]["minimum"] = {"talk": 2, "rope": 1}
    line = give_reasons(solved(type(town()).model_validate(data, context=SHAPE_ONLY)))["kpu"]
    assert "at the required least: 2 Negotiators;" in line


def test_sector_without_a_crowd_says_so() -> None:
    data = town().model_dump(mode="json")
    data["sectors"].append({"id": "park", "name": "Park", "x": 9.0, "y": 9.0})
    line = give_reasons(solved(type(town()).model_validate(data, context=SHAPE_ONLY)))["park"]
    assert line == "No gathering is expected; nobody came in any scenario."
