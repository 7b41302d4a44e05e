"""Warnings: each kind is given where it is due, at its place, and not where things are merely as they may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.small import small_data
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.common.message import Message
from optimiser.files.apply_whatif import apply
from optimiser.files.examination import examine, inspect, list_new, list_remarks, tell_cut, tell_shift
from optimiser.files.read import GROUPS, parse, read, shipped
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.cautions import CAUTIONS, Caution, tell_cautions
from optimiser.model.instance import Instance
from optimiser.output.documents.schemas.publish import SCHEMAS

Data = dict[str, Any]


def calm() -> Data:
    """The small instance without its closure on the way of a march: nothing unusual."""
    data = small_data()
    data["travel"]["closures"] = []
    data["period"]["overtime"] = 0.0  # who is still out after the period is then cut off
    return data


def found(data: Data) -> list[tuple[str, str]]:
    return [(c.code, c.place) for c in examine(parse(data))]


def put(*way: str | int, value: Any) -> Callable[[Data], None]:
    """Make a change that sets one value."""

    def change(data: Data) -> None:
        here: Any = data
        for key in way[:-1]:
            here = here[key]
        here[way[-1]] = value

    return change


def several(*changes: Callable[[Data], None]) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for one in changes:
            one(data)

    return change


def by_degrees(data: Data, far: tuple[float, float] | None = None) -> None:
    """Lay the places out in degrees, the second sector far away if asked."""
    for n, place in enumerate([*data["sectors"], *data["posts"], *data["reinforcements"]]):
        del place["x"], place["y"]
        place["lat"], place["lon"] = -4.1 - n / 100, 104.1 + n / 100
    if far is not None:
        data["sectors"][1]["lat"], data["sectors"][1]["lon"] = far


def by_roads(data: Data) -> None:
    names = ["kpu", "market", "polres", "martapura"]
    roads = [{"a": a, "b": b, "km": 2.0} for a, b in pairwise(names)]
    data["travel"] = {"kind": "roads", "roads": roads, "closures": []}


def by_matrix(km: float) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        table = [[0.0 if i == j else 2.0 for j in range(4)] for i in range(4)]
        table[0][1] = km
        data["travel"] = {"kind": "matrix", "places": ["kpu", "market", "polres", "martapura"], "km": table}

    return change


def roads_with(*roads: Data, closures: tuple[Data, ...] = ()) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        by_roads(data)
        data["travel"]["roads"] += roads
        data["travel"]["closures"] = list(closures)

    return change


def unasked(data: Data) -> None:
    """Ask for no team by name."""
    data["sectors"][0]["minimum"], data["sectors"][0]["maximum"], data["pins"] = {}, {}, []


CLOSED = {"a": "kpu", "b": "market"}
GATHERING = ("gatherings", 0)
UNUSUAL: list[tuple[str, str, Callable[[Data], None]]] = [
    ("far-place", "sectors[1].lat", lambda data: by_degrees(data, (-41.28, 104.12))),
    ("far-place", "sectors[1].lat", lambda data: by_degrees(data, (4.12, 104.12))),
    ("far-place", "sectors[1].x", put("sectors", 1, "x", value=200.0)),
    ("odd-coordinates", "sectors[1].lat", lambda data: by_degrees(data, (0.0, 0.0))),
    ("odd-coordinates", "sectors[1].lat", lambda data: by_degrees(data, (-89.0, 104.0))),
    ("same-name", "sectors[1].name", put("sectors", 1, "name", value="  kpu ")),
    ("capitals", "sectors[1].id", put("sectors", 1, "id", value=" Market")),
    ("same-name", "posts[0].name", put("posts", 0, "name", value="Market")),
    ("two-roads", "travel.roads[3]", roads_with({"a": "market", "b": "kpu", "km": 3.0})),
    ("long-distance", "travel.roads[3].km", roads_with({"a": "kpu", "b": "bridge", "km": 350.0})),
    ("long-distance", "travel.km[0][1]", by_matrix(450.0)),
    ("long-distance", "reinforcements[0]", put("reinforcements", 0, "x", value=900.0)),
    ("closed-march", "gatherings[0].itinerary[1]", put("travel", "closures", value=[CLOSED])),
    ("closed-march", "gatherings[0].itinerary[1]", put("travel", "closures", value=[{**CLOSED, "start": "15:30"}])),
    (
        "closed-march",
        "gatherings[0].itinerary[1]",
        roads_with({"a": "kpu", "b": "polres", "km": 3.0}, closures=({"a": "kpu", "b": "market"},)),
    ),
    ("closed-outside", "travel.closures[0]", put("travel", "closures", value=[{**CLOSED, "start": "20:00"}])),
    ("cap-and-heads", "cap", put("cap", value=2500)),
    ("cap-and-heads", "cap", put("cap", value=4)),
    ("useless-kind", "teams[0]", several(unasked, put("roles", 0, "dialogue", value=0.0))),
    ("useless-kind", "teams[0]", several(unasked, put("teams", 0, "fitness", value=0.0))),
    ("useless-kind", "teams[2].available", put("teams", 2, "available", value="17:30")),
    (
        "useless-kind",
        "teams[2].available",
        several(put("period", "hours", value=24), put("teams", 2, "available", value="12:30")),
    ),
    ("useless-kind", "vehicles[0]", put("vehicles", 0, "seats", value=0)),
    ("unguarded", "sectors[0].records", put("sectors", 0, "staging_capacity", value=2)),
    (
        "unguarded",
        "sectors[0].critical",
        several(put("sectors", 0, "records", value=0.0), put("sectors", 0, "staging_capacity", value=2)),
    ),
    ("nobody-able", "presence.observers", put("presence", value={"expected": 10, "medical": False})),
    ("turnout", "gatherings[0].turnout", put(*GATHERING, "turnout", value=80_000)),
    ("turnout", "gatherings[0].turnout", put(*GATHERING, "turnout", value=3)),
    ("tension", "gatherings[0].tension", put(*GATHERING, "tension", value=1.0)),
    ("tension", "gatherings[0].tension", put(*GATHERING, "tension", value=0.0)),
    ("tension", "triggers[0].tension", put("triggers", 0, "tension", value=0.9)),
    ("tension", "triggers[0].tension", put("triggers", 0, "tension", value=0.0)),
    ("short-stay", "gatherings[0].itinerary[1].stay", put(*GATHERING, "itinerary", 1, "stay", value=1.3)),
    ("chance", "triggers[0].chance", put("triggers", 0, "chance", value=0.005)),
    ("no-official", "sectors[0].official", put("sectors", 0, "official", value=None)),
    ("chance", "sectors[0].official.chance", put("sectors", 0, "official", "chance", value=0.005)),
    ("chance", "doctrine.refusal", put("doctrine", value={"refusal": 0.9})),
    ("unused-text", "texts.id", put("texts", value={"id": {"A place that is not there": "x"}})),
    ("after-the-end", "gatherings[0].itinerary[1]", put(*GATHERING, "itinerary", 0, "stay", value=400)),
    ("after-the-end", "gatherings[0].arrives", put(*GATHERING, "arrives", value="17:55")),
    (
        "after-the-end",
        "triggers[0].at",
        several(put("triggers", 0, "at", value="17:55"), put("triggers", 0, "late", value=10)),
    ),
]


def test_nothing_usual_is_warned_of() -> None:
    assert found(calm()) == []
    for change in (by_roads, by_matrix(2.0), by_degrees):
        data = calm()
        change(data)
        assert found(data) == []


DRAWN = {("markov", "no-official"), ("markov-moving", "no-official"), ("markov-moving", "late-movement")}


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_shipped_instances_give_no_warning(group: str) -> None:
    for name in shipped(group):
        cautions = [c for c in examine(read(name)) if (group, c.code) not in DRAWN]
        assert cautions == [], name  # officials and times of the Markov families are drawn: these warnings are true


def test_bug_displacement_that_can_do_nothing_was_taken_without_a_word() -> None:
    data = calm()
    one = data["gatherings"][0]
    stops = [{**one["itinerary"][0], "route": name} for name in ("north", "south")]
    for weight, warned in ((0.0, True), (1.0, False)):
        routes = [{"id": "north"}, {"id": "south", "weight": weight}]
        gathering = {**one, "itinerary": stops, "routes": routes, "displacement": 0.5}
        told = found({**data, "gatherings": [gathering, *data["gatherings"][1:]]})
        assert (("no-choice", "gatherings[0].displacement") in told) == warned


def test_no_official_is_no_warning_where_nothing_runs_or_nobody_stops() -> None:
    data = calm()
    data["sectors"][0]["official"] = None
    assert ("no-official", "sectors[0].official") in found(data)
    assert found({**data, "sectors": [{**data["sectors"][0], "critical": []}, *data["sectors"][1:]]}) == []
    data["gatherings"] = [{**g, "chance": 0.0} for g in data["gatherings"]]
    assert "no-official" not in {code for code, _ in found(data)}


@pytest.mark.parametrize(("code", "place", "change"), UNUSUAL)
def test_what_is_unusual_is_said_at_its_place(code: str, place: str, change: Callable[[Data], None]) -> None:
    data = calm()
    change(data)
    assert (code, place) in found(data)


def test_every_kind_of_warning_is_tried() -> None:
    of_workbooks = {"hidden-rows", "example-rows"}
    cut_off = {"no-way"}
    moving = {
        "nobody-to-follow",
        "late-movement",
        "late-relief",
        "short-rest",
        "early-movement",
        "missed-leg",
        "never-left",
        "late-team",
    }  # see test_moving_cautions
    choosing = {"no-choice", "displaced"}  # the one above, the other of a what-if
    of_plans = {"no-relief"}  # see test_relief
    assert {code for code, _, _ in UNUSUAL} == set(CAUTIONS) - of_workbooks - cut_off - moving - choosing - of_plans


@pytest.mark.parametrize(
    "change",
    [
        several(put("sectors", 1, "x", value=29.0), put("gatherings", value=[])),
        put("cap", value=120),
        put("cap", value=15),
        put(*GATHERING, "turnout", value=5000),
        put(*GATHERING, "tension", value=0.9),
        put("triggers", 0, "tension", value=-0.5),
        put("triggers", 0, "chance", value=0.05),
        put("sectors", 0, "official", "chance", value=0.0),
        put("travel", "closures", value=[{**CLOSED, "start": "17:30"}]),  # the march is over by then
        put("travel", "closures", value=[{**CLOSED, "end": "14:00"}]),  # and has not begun
        put("teams", 0, "fitness", value=0.0),  # asked for by name
        put(*GATHERING, "itinerary", 1, "stay", value=150),  # an hour of it is cut off, the lesser part
        roads_with({"a": "polres", "b": "bridge", "km": 3.0}, closures=({"a": "polres", "b": "bridge"},)),
    ],
)
def test_what_may_well_be_meant_is_not_warned_of(change: Callable[[Data], None]) -> None:
    data = calm()
    change(data)
    assert found(data) == []


def test_places_of_a_whole_regency_may_lie_apart() -> None:
    data = calm()
    data["gatherings"] = []
    for n in range(12):
        data["sectors"].append({"id": f"s{n}", "name": f"Subdistrict {n}", "x": 5.0 * n, "y": 0.0})
    assert found(data) == []


def test_a_place_at_0_0_is_told_once_and_metres_for_kilometres_once() -> None:
    data = calm()
    by_degrees(data, (0.0, 0.0))
    about_places = {"far-place", "odd-coordinates", "long-distance"}
    assert [code for code, _ in found(data) if code in about_places] == ["odd-coordinates"]
    data = calm()
    by_matrix(4500.0)(data)
    data["travel"]["km"][1][0] = 4500.0
    (caution,) = [c for c in examine(parse(data)) if c.code == "long-distance"]
    assert "4,500 km" in caution.found
    assert "1 other entry is as long" in caution.found
    assert "metres" in caution.check


def test_a_crowd_that_no_way_leads_to_is_said() -> None:
    data = calm()
    cuts = tuple({"a": a, "b": b} for a, b in (("kpu", "market"), ("market", "polres")))
    roads_with(closures=cuts)(data)
    said = examine(parse(data))
    assert ("no-way", "gatherings[0].itinerary[1]") in [(c.code, c.place) for c in said]


def test_a_march_meets_a_closure_only_when_it_sets_out() -> None:
    data = calm()
    roads_with({"a": "kpu", "b": "polres", "km": 3.0}, closures=({**CLOSED, "start": "15:00"},))(data)
    (caution,) = examine(parse(data))
    assert "longer by 3 km" in caution.found
    assert "15:40" in caution.found  # arrives 14:00, 10 minutes late, stays 90
    assert "detour" in caution.check


# ------------------------------------------------------------ the end of the period


def later(minutes: int) -> Instance:
    data = calm()
    data["period"]["overtime"] = 0
    data["gatherings"][0]["itinerary"][0]["stay"] = 90 + minutes
    return parse(data)


def test_what_the_end_cuts_off_is_one_sentence() -> None:
    assert tell_cut(parse(calm())) is None
    said = tell_cut(later(180))
    assert said is not None
    assert "simulated until 18:00" in said
    assert "'People who ask for a recount' at 'Market' from about" in said
    data = calm()
    data["period"]["overtime"] = 0.5
    data["gatherings"][0]["itinerary"][1]["stay"] = 150  # until 18:49
    assert "until about 18:49" in str(tell_cut(parse(data)))


def test_bug_slower_travel_that_moves_the_last_stop_over_the_end_is_said() -> None:
    before = later(60)
    assert tell_cut(before) is None
    slower = apply(before, parse_whatifs({"changes": [{"do": "set", "path": "travel.march", "value": 0.6}]})[0])
    said = str(tell_shift(before, slower))
    assert "'Market'" in said
    assert "Figures that fall may owe it to that alone" in said
    assert "Figures that rise" in str(tell_shift(slower, before))
    assert tell_shift(before, before) is None
    assert tell_shift(before, apply(before, parse_phrases([("heads", "50")]))) is None


def test_a_shift_of_part_of_a_stay_is_said_too() -> None:
    before, after = later(70), later(90)
    assert tell_cut(before) is None
    assert "'Market'" in str(tell_shift(before, after))
    assert tell_shift(before, later(72)) is None


def test_bug_a_what_if_that_closes_the_way_of_a_march_is_warned_of() -> None:
    before = parse(calm())
    for phrase in ("kpu:market", "kpu:market@12:00-", "kpu:market@-17:00", "kpu:market@12:00-17:00"):
        after = apply(before, parse_phrases([("close", phrase)]))
        assert [c.code for c in list_new(examine(before), examine(after))] == ["closed-march"], phrase
    for phrase, code in (("kpu:market@20:00-", "closed-outside"), ("kpu:market@-12:30", "closed-outside")):
        after = apply(before, parse_phrases([("close", phrase)]))
        assert [c.code for c in list_new(examine(before), examine(after))] == [code], phrase
    stored = parse_whatifs({"changes": [{"do": "close", "a": "kpu", "b": "market", "end": "12:30"}]})[0]
    assert [c.code for c in list_new(examine(before), examine(apply(before, stored)))] == ["closed-outside"]


# ------------------------------------------------------------ what is made of them


def test_a_warning_has_all_its_parts_and_may_be_a_fault() -> None:
    caution = Caution("turnout", "gatherings[0].turnout", Message("80,000"), Message("fewer"), Message("count again"))
    assert str(caution) == "gatherings[0].turnout: 80,000; usual is fewer; count again [turnout]"
    assert str(caution.fault) == "gatherings[0].turnout = 80,000; expected fewer; count again [turnout]"
    with pytest.raises(KeyError):
        Caution("unheard-of", "", Message(""), Message(""), Message(""))
    assert tell_cautions(()) is None
    said = tell_cautions([caution] * 5)
    assert said is not None
    assert "2 more" in said
    assert "optimiser validate" in said


def test_notes_of_a_file_are_no_part_of_an_instance() -> None:
    instance = parse(calm())
    caution = Caution("hidden-rows", "sectors!A7", Message("hidden"), Message("none"), Message("show them"))
    noted = instance.note([caution])
    assert instance.noted == ()
    assert noted.noted == (caution,)
    assert noted == instance
    assert hash(noted) == hash(instance)
    assert noted.model_dump() == instance.model_dump()
    assert examine(noted) == (caution,)
    assert [str(heading) for heading, _ in list_remarks(noted)] == ["Warnings"]
    assert apply(noted, parse_phrases([("heads", "50")])).noted == (caution,)
    assert noted != apply(noted, parse_phrases([("heads", "50")]))


def test_validate_lists_warnings_and_strict_takes_them_for_faults(tmp_path: Path) -> None:
    data = calm()
    data["gatherings"][0]["turnout"] = 80_000
    file = tmp_path / "town.json"
    file.write_text(json.dumps(data))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["validate", str(file), *words])
        return done.exit_code, done.stdout

    code, said = run()
    assert code == 0
    assert "no faults" in " ".join(said.split())
    assert "1 warning" in said
    assert "gatherings[0].turnout: 80,000 people" in " ".join(said.split())
    code, said = run("--strict")
    assert code == 3
    assert "1 fault" in said
    for words in ((), ("--strict",)):
        code, said = run("--json", *words)
        document = json.loads(said)
        jsonschema.Draft202012Validator(SCHEMAS["faults"]()).validate(document)
        listed = document["faults" if words else "warnings"]
        assert [(one["code"], one["place"]) for one in listed] == [("turnout", "gatherings[0].turnout")]
        assert code == (3 if words else 0)
    data["gatherings"][0]["turnout"] = 800
    file.write_text(json.dumps(data))
    assert run("--strict")[0] == 0
    assert "warning" not in run()[1]


def test_inspect_reads_and_examines(tmp_path: Path) -> None:
    instance, cautions = inspect("tiny-2")
    assert instance == read("tiny-2")
    assert cautions == ()
