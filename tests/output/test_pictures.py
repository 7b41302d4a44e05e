"""Pictures of a plan: what of an instance and a solution comes into a drawing."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.geojson import located
from support.sample_solution import solved, town_values
from support.small import small_instance
from support.town import posted, town

from optimiser.common.language import language
from optimiser.files.read import parse, read, shipped
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.drawing import labels
from optimiser.output.drawing.map_layout import SIZE, Layout, MapSpot, March, along, arrange_map, bend, rim
from optimiser.output.drawing.paper import text_width
from optimiser.output.map_pictures import _spots, list_marches, picture_map, short_names
from optimiser.output.pictures import list_groups, picture_fan, picture_gantt, picture_harms
from optimiser.output.words.events import chronicle
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import REPORTING, draw


def texts(svg):
    return [e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_map_names_every_place_and_shows_heads():
    instance = town()
    shown = texts(picture_map(instance, posted(instance)))
    names = short_names(instance)
    for place in (*instance.places, *instance.reinforcements):
        assert names[place.id] in shown
    assert "N" not in shown  # x and y say nothing of the north
    assert "N" in texts(picture_map(read("oku-250"), Deployment(instance="oku-250", title="nobody")))


WITH_MAPS = ("oku-250", "oku-250-separate", "oku-2015-zones", "oku-425-pleno", "oku-recap-330")
TOWNS = sorted((Path(__file__).parents[2] / "instances" / "families").glob("town-12-*-marches-*.toml"))


@cache
def layout(name: str, width: int) -> tuple[list[MapSpot], list[March], Layout]:
    instance = read(name)
    spots, numbers = _spots(instance, proportional(instance), None, language("en"))
    marches = [
        March(going.letter, tuple(numbers[stop] for stop in going.stops), going.people)
        for going in list_marches(instance)
    ]
    return spots, marches, arrange_map(spots, marches, width)


@pytest.mark.parametrize("width", [736, 348])
@pytest.mark.parametrize("name", [*WITH_MAPS, *map(str, TOWNS)], ids=lambda name: Path(str(name)).stem)
def test_bug_names_on_maps_lay_over_marches_and_were_cut_and_leaders_went_through_posts(name: str, width: int) -> None:
    spots, marches, plan = layout(name, width)
    for i, (rect, lines) in plan.names.items():
        assert " ".join(lines) == f"{spots[i].name} {spots[i].note}".strip()
        for march in marches:
            for stops in pairwise(march.stops):
                curve = bend(plan.marks, plan.radii, stops)
                points = [along(curve, k / 300.0) for k in range(301)]
                assert not any(rect.left < x < rect.right and rect.top < y < rect.bottom for x, y in points)
        x, y = plan.marks[i]
        way = labels.list_leader(labels.Wish(x, y, plan.radii[i] + 2.0, *rect.size), rect)
        for j, (mark, radius) in enumerate(zip(plan.marks, plan.radii, strict=True)):
            assert i == j or not any(math.dist(point, mark) < radius for point in way), spots[j].name
        for j, (other, _lines) in plan.names.items():
            inside = [other.left < u < other.right and other.top < v < other.bottom for u, v in way]
            assert i == j or not any(inside), spots[j].name
    if Path(name).stem in WITH_MAPS and width > 500:
        assert len(plan.names) == len(spots)  # there is room for all


EVERY = sorted(
    {*shipped(), *(f"families/{file.stem}" for file in TOWNS), "families/town-30-loose-none-1"} - {"infeasible-1"}
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width"),
    [(name, 348) for name in EVERY]  # the narrower, the less room
    + [(n, 736) if n in WITH_MAPS else pytest.param(n, 736, marks=pytest.mark.long) for n in EVERY],
)
def test_bug_a_name_on_a_map_stood_nearer_to_another_mark_than_to_its_own(name: str, width: int) -> None:
    """Or a line leads to it."""
    if not any(sector.x is not None or sector.lat is not None for sector in read(name).sectors):
        return  # no map
    spots, _marches, plan = layout(name, width)
    rims = [radius + rim(spot) for radius, spot in zip(plan.radii, spots, strict=True)]
    for i, (rect, _lines) in plan.names.items():
        gaps = []
        for (x, y), ring in zip(plan.marks, rims, strict=True):
            u, v = min(max(x, rect.left), rect.right), min(max(y, rect.top), rect.bottom)
            gaps.append(math.dist((x, y), (u, v)) - ring)
        line = labels.leader(labels.Wish(*plan.marks[i], rims[i], *rect.size), rect)
        assert line or gaps[i] == min(gaps), (spots[i].name, spots[gaps.index(min(gaps))].name)


def said(instance: Instance, width: int) -> str:
    """Give all words of a map."""
    return " ".join(texts(picture_map(instance, proportional(instance), width=width))).replace("\u00a0", " ")


@pytest.mark.slow
@pytest.mark.parametrize("width", [736, 348])
@pytest.mark.parametrize("name", [*WITH_MAPS, "families/town-100-loose-marches-1"])
def test_bug_names_that_found_no_room_on_a_map_vanished(name: str, width: int) -> None:
    """They have a number, each beside its mark, and stand below the map."""
    instance = read(name)
    spots, _marches, plan = layout(name, width)
    untold = set(range(len(spots))) - {*plan.names, *plan.numbers}
    if len(spots) > 60:
        assert not plan.numbers
        assert f"{len(untold)} of {len(spots)} places find no room for a name here" in said(instance, width)
        return
    assert not untold
    assert not {*plan.names} & {*plan.numbers}
    shown = said(instance, width)
    for i, spot in enumerate(spots):
        assert " ".join(f"{spot.name}".split()) in shown, spot.name
        if i in plan.numbers:
            n = list(plan.numbers).index(i) + 1
            assert f"{n} {spot.name}" in shown
            rect = plan.numbers[i]
            near = math.dist(plan.marks[i], ((rect.left + rect.right) / 2.0, (rect.top + rect.bottom) / 2.0))
            assert near < plan.radii[i] + 160.0
    assert all(text_width(line, SIZE) <= width - 20.0 for line in plan.below)


def test_distances_on_the_map_are_those_of_the_instance():
    from optimiser.model.distances import measure
    from optimiser.output.map_pictures import _kilometres

    instance = read("oku-250")
    where, known = _kilometres(instance.sectors), measure(instance)
    for i, a in enumerate(instance.sectors):
        for j, b in enumerate(instance.sectors):
            (x, y), (u, v) = where[a.id], where[b.id]
            straight = known.km[0][i][j] / float(instance.travel.detour)
            assert abs(((x - u) ** 2 + (y - v) ** 2) ** 0.5 - straight) <= 1e-3 * straight + 1e-9


def test_without_coordinates_there_is_no_map():
    bare = town().model_dump(mode="json")
    for part in (*bare["sectors"], *bare["posts"], *bare["reinforcements"]):
        part["x"] = part["y"] = None
    instance = town().model_validate(bare, context=SHAPE_ONLY)
    assert picture_map(instance, posted(instance)) == ""


def test_gatherings_have_letters_in_order_of_time():
    going = list_marches(read("oku-250"))
    assert list(dict.fromkeys(g.letter for g in going)) == ["A", "B", "C"]
    assert [g.start for g in going] == sorted(g.start for g in going)
    ways = {g.stops: g.share for g in going if g.letter == "B"}
    assert max(ways, key=ways.get)[:2] == ("terminal", "gedung-kesenian")
    assert sum(ways.values()) == pytest.approx(1.0)


def test_bug_units_that_move_were_named_after_their_first_place_alone() -> None:
    """The map and the table of a plan said 'Bawaslu' for who is at Bawaslu and then at the KPU."""
    legs = [{"sector": "terminal", "until": "15:00"}, {"sector": "mall"}]
    instance = town(movements=[{"id": "m", "name": "Bawaslu, then KPU", "legs": legs}])
    names = short_names(instance)
    assert names["m"] == "Bawaslu, then KPU"
    sector = {"id": "b", "name": "Bawaslu, supervision", "x": 0.0, "y": 0.0}
    sectors = [*(s.model_dump(mode="json") for s in instance.sectors), sector]
    more = town(sectors=sectors, movements=[{"id": "m", "name": "Bawaslu, then KPU", "legs": legs}])
    assert short_names(more) == {**names, "b": "Bawaslu"}  # a place is still told apart by its beginning


def test_names_are_cut_at_the_comma_only_where_they_stay_apart():
    sectors = [
        {"id": "a", "name": "Hall, north", "x": 0.0, "y": 0.0},
        {"id": "b", "name": "Hall, south", "x": 1.0, "y": 0.0},
        {"id": "c", "name": "Market, old town", "x": 2.0, "y": 0.0},
    ]
    names = short_names(town(sectors=sectors, gatherings=[], triggers=[]))
    assert (names["a"], names["b"], names["c"]) == ("Hall, north", "Hall, south", "Market")


def test_bug_names_that_begin_alike_were_all_cut_to_their_beginning():
    parts = ("market", "terminal", "hospital", "parliament", "recap venue")
    sectors = [{"id": f"s{n}", "name": f"Town 1, {part}", "x": float(n), "y": 0.0} for n, part in enumerate(parts)]
    names = short_names(town(sectors=sectors, gatherings=[], triggers=[]))
    assert tuple(names[f"s{n}"] for n in range(5)) == parts
    sectors.append({"id": "other", "name": "Town 2, market", "x": 9.0, "y": 0.0})
    names = short_names(town(sectors=sectors, gatherings=[], triggers=[]))
    assert (names["s0"], names["s1"], names["other"]) == ("Town 1, market", "terminal", "Town 2")


EVENTS = [
    Event(30.0, "phase", "kpu", "", "green"),
    Event(50.0, "phase", "kpu", "", "yellow"),
    Event(50.0, "waiting", "kpu", "", "recount"),
    Event(50.0, "sent", "kpu", "polres", "", 20.0, "by vehicle"),
    Event(56.0, "came", "kpu", "polres", "", 20.0),
    Event(60.0, "formed", "kpu", "", "dalmas", 2.0, "called"),
    Event(62.0, "back", "", "polres", "truck", 1.0),
]


def test_gantt_shows_who_stands_who_is_sent_and_what_waits():
    instance = small_instance()
    instance = instance.altered(period=instance.period.model_copy(update={"overtime": 0.0}))
    plan = Deployment.build(instance, {("kpu", "nego"): 1, ("polres", "dalmas"): 3}, {("polres", "truck"): 1})
    kpu, post = list_groups(instance, plan, EVENTS)
    assert kpu.name == "KPU"
    assert [lane.name for lane in kpu.lanes] == ["placed here", "from Polres"]
    assert [(b.kind, b.begin, b.end) for b in kpu.lanes[1].bars] == [("road", 50.0, 60.0), ("stand", 60.0, 300.0)]
    assert kpu.signs == [(50.0, "waits")]
    assert post.waiting == [(0.0, 32), (50.0, 10), (62.0, 12)]  # 30 in teams and 2 who drive the truck
    assert [(b.begin, b.end) for b in post.lanes[0].bars] == [(50.0, 62.0)]
    shown = texts(picture_gantt(instance, plan, EVENTS))
    assert {"KPU", "3 heads", "20", "32", "Truck away"} <= set(shown)


def test_of_many_sectors_the_worst_are_told():
    sectors = [{"id": f"s{i}", "name": f"S{i}", "x": float(i), "y": 0.0} for i in range(20)]
    instance = town(sectors=sectors, gatherings=[], triggers=[])
    events = [Event(float(i), "phase", f"s{i}", "", "green") for i in range(20)]
    events += [Event(100.0, "phase", "s18", "", "yellow"), Event(150.0, "phase", "s19", "", "red")]
    groups = list_groups(instance, Deployment(instance="town", title="nobody"), events)
    assert len(groups) == 14
    assert [g.name for g in groups[-2:]] == ["S18", "S19"]


def test_nothing_to_tell_gives_no_gantt():
    instance = small_instance()
    assert picture_gantt(instance, Deployment(instance="small", title="nobody"), []) == ""


def test_fan_has_clock_times_in_the_form_of_the_language():
    instance = town()
    told = chronicle(instance, posted(instance), draw(instance, 1, 6, REPORTING), [1], engine="simpy")
    assert "14:00" in texts(picture_fan(instance, told, 0, 1, key="f"))
    assert "14.00" in texts(picture_fan(instance, told, 0, 1, key="f", language=language("id")))


def test_harms_that_nobody_suffers_are_not_drawn():
    data = town_values()
    data["gatherings"][0].update(tension=1.0, comes_as="red")
    shown = [heading for heading, _ in picture_harms(solved(Instance.model_validate(data, context=SHAPE_ONLY)))]
    assert shown[0] == "Expected loss"
    assert "Records lost" in shown
    data["sectors"][1]["records"] = 0
    harms = picture_harms(solved(Instance.model_validate(data, context=SHAPE_ONLY)))
    assert "Records lost" not in [heading for heading, _ in harms]
    for _, svg in harms:
        assert {"this plan", "nobody", "historical"} <= set(texts(svg))


def test_the_area_of_a_sector_is_drawn_behind_everything() -> None:
    data = located()
    data["sectors"][0]["outline"] = "POLYGON ((104.17 -4.11, 104.18 -4.11, 104.18 -4.13, 104.17 -4.11))"
    with_area, without = (parse(d) for d in (data, located()))
    nobody = Deployment(instance="small")
    drawn, plain = (picture_map(instance, nobody) for instance in (with_area, without))
    assert drawn.count("evenodd") == 1
    assert "evenodd" not in plain
    assert drawn.index("evenodd") < drawn.index("<circle")
