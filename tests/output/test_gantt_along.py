"""The Gantt chart shows where accompanying units are: standing, on the road, and standing again."""

from __future__ import annotations

from support.along_town import along_plan, along_town

from optimiser.common.language import language
from optimiser.output.pictures import list_groups
from optimiser.simulation.events import Event


def test_the_gantt_shows_where_accompanying_units_are() -> None:
    instance = along_town()
    told = [
        Event(30.0, "arrived", "terminal", "", "march", 300),
        Event(30.0, "phase", "terminal", "", "green"),
        Event(70.0, "moves", "terminal", "kpu", "with", 6),
        Event(128.0, "phase", "kpu", "", "green"),
        Event(132.0, "moved", "kpu", "", "with", 6),
    ]
    groups = {group.name: group for group in list_groups(instance, along_plan(instance), told, language("en"))}
    lanes = {
        name: [
            (bar.kind, bar.begin, bar.end, bar.text)
            for lane in group.lanes
            for bar in lane.bars
            if "Beside" in lane.name
        ]
        for name, group in groups.items()
    }
    assert lanes["Terminal"] == [("stand", 0.0, 70.0, "38 heads")]
    (road, stand) = lanes["KPU"]
    assert road == ("road", 70.0, 132.0, "")
    assert (stand[0], stand[1], stand[3]) == ("stand", 132.0, "38 heads")
