"""Drawings: whole XML, hostile names as text, nothing that covers anything else, marks that tell the phases apart."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.common.language import language
from optimiser.model.instance import PHASES
from optimiser.output.drawing import labels, legend
from optimiser.output.drawing.axes import Axis, clock_ticks, label, ticks
from optimiser.output.drawing.bars import BarRow, draw_bars
from optimiser.output.drawing.fan import Fan, draw_fan
from optimiser.output.drawing.gantt import Bar, Group, Lane, draw_gantt
from optimiser.output.drawing.map import draw_map
from optimiser.output.drawing.map_layout import LINE, SIZE, MapSpot, March, arrange_map
from optimiser.output.drawing.paper import PATTERNS, Canvas, Rect, path, shorten, text_width, wrap
from optimiser.output.drawing.strip import draw_axis, draw_strip

START = dt.datetime(2024, 8, 20, 9, 0)
HOSTILE = "<script>alert(1)</script>&\"'\u202e\x00"
SVG = "{http://www.w3.org/2000/svg}"


def fan():
    crowd = [[0.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 20.0, 0.0], [0.0, 30.0, 5.0], [0.0, 40.0, 9.0]]
    shares = [[0.2, 0.5, 0.2, 0.1, 0.0], [0.0, 0.2, 0.5, 0.2, 0.1]]
    return Fan([0.0, 240.0, 480.0], crowd, shares, PHASES, [(60.0, 420.0, HOSTILE)])


def groups():
    lane = Lane(HOSTILE, [Bar("road", 60.0, 70.0), Bar("stand", 70.0, 200.0, "20"), Bar("back", 200.0, 210.0)])
    spans = [(0.0, 60.0, "green"), (60.0, 200.0, "yellow"), (200.0, 300.0, "red"), (300.0, 480.0, "dispersed")]
    signs = [(10.0, "waits"), (20.0, "received"), (90.0, "unmet"), (250.0, "water")]
    post = Group("post", (), [(0.0, 40), (60.0, 20)], (), [Lane("truck", [Bar("away", 60.0, 80.0)])])
    return [Group(HOSTILE, spans, (), signs, [lane]), post]


def spots():
    return [
        MapSpot("sector", HOSTILE, 0.0, 0.0, 40, 1, 0.3, 0.1),
        MapSpot("sector", "KPU", 1.0, 2.0, 0, 3),
        MapSpot("post", "Polres", 0.5, 0.5, 20, reach=2.0),
        MapSpot("outside", "Brimob", 30.0, 0.0, 90, note=HOSTILE),
    ]


DRAWN = {
    "fan": lambda: draw_fan(fan(), START, title=HOSTILE),
    "gantt": lambda: draw_gantt(groups(), START, 480.0, title=HOSTILE),
    "gantt on a phone": lambda: draw_gantt(groups(), START, 480.0, width=348, title=HOSTILE),
    "bars": lambda: draw_bars(
        [BarRow(HOSTILE, 2.0, 1.0, 3.0, True), BarRow("b", 3.0, 2.0, 4.0)], HOSTILE, title=HOSTILE
    ),
    "map": lambda: draw_map(spots(), [March("A", (0, 1), 500), March("B", (0,), 50)], title=HOSTILE),
    "map on a phone": lambda: draw_map(spots(), [March("A", (0, 1), 500)], width=348, title=HOSTILE),
}


@pytest.mark.parametrize("name", DRAWN)
def test_drawing_is_whole_xml_with_hostile_names_as_text_alone(name):
    svg = DRAWN[name]()
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "<script>alert(1)</script>&\"'??"
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    shapes = {"path", "rect", "circle", "text"}
    assert tags <= {"svg", "title", "defs", "pattern", "marker", "clipPath", *shapes}
    for element in root.iter():
        assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib)
    assert svg == DRAWN[name]()


@pytest.mark.parametrize("name", DRAWN)
def test_drawing_refers_to_nothing_outside_itself(name):
    svg = DRAWN[name]()
    named = set(re.findall(r'id="([^"]+)"', svg))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= named
    assert svg.count("url(") == svg.count("url(#")
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_leaves_the_drawing(name):
    root = ElementTree.fromstring(DRAWN[name]())
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        long = text_width(text.text, float(text.get("font-size", 12)), text.get("font-weight") == "700")
        x, anchor = float(text.get("x")), text.get("text-anchor", "start")
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * long
        assert left >= -0.1, text.text
        assert left + long <= width + 0.1, text.text
        assert 0.0 < float(text.get("y")) < height


@pytest.mark.parametrize("name", ["fan", "gantt", "gantt on a phone"])
def test_bug_the_last_clock_time_was_cut_off_in_a_wide_letter(name):
    root = ElementTree.fromstring(DRAWN[name]())
    clocks = [t for t in root.iter(f"{SVG}text") if re.fullmatch(r"\d\d[:.]\d\d", t.text or "")]
    assert len(clocks) > 2
    for text in clocks:
        half = 1.15 * text_width(text.text, float(text.get("font-size"))) / 2.0  # as wide as DejaVu Sans
        assert half - 0.1 <= float(text.get("x")) <= float(root.get("width")) - half + 0.1, text.text


def test_bug_the_name_of_a_lane_was_cut_off_on_a_phone():
    for said in ("placed here", "ditempatkan di sini", "dari Yard of the Polres"):
        group = Group("KPU", lanes=[Lane(said, [Bar("stand", 0.0, 480.0)])])
        assert f">{said}<" in draw_gantt([group], START, 480.0, width=348)


def test_disorderly_phases_have_patterns_that_differ():
    assert len({PATTERNS[phase] for phase in ("yellow", "red", "dispersed")}) == 3
    svg = draw_gantt(groups(), START, 480.0)
    for phase in ("yellow", "red", "dispersed"):
        assert f'fill="url(#gantt-{phase})"' in svg


# ---------------------------------------------------------------- texts and axes


@given(st.text(max_size=60), st.floats(0.0, 400.0))
def test_a_shortened_text_fits_or_is_only_the_ellipsis(text, room):
    short = shorten(text, room)
    assert short in (text, "…") or text_width(short) <= room


def test_wrapping_loses_nothing_until_the_last_line():
    assert wrap("one two three", 1000.0) == ["one two three"]
    assert wrap("aaaa bbbb cccc", text_width("aaaa bbbb"), most=3) == ["aaaa bbbb", "cccc"]
    assert wrap("aaaa bbbb cccc dddd", text_width("aaaa"), most=2)[-1].endswith("…")


def test_clock_ticks_are_full_times_that_do_not_overlap():
    start = dt.datetime(2024, 8, 20, 22, 20)
    found = clock_ticks(start, 300.0, 200.0)
    assert found[0] == (40.0, "23:00")
    assert [text for _, text in found][1] in ("00:00", "01:00")
    for (a, _), (b, _) in pairwise(found):
        assert (b - a) * 200.0 / 300.0 >= text_width("00:00", 11.0)
    assert clock_ticks(start, 300.0, 200.0, language("id"))[0][1] == "23.00"


@given(st.floats(0.01, 1e6))
def test_ticks_are_few_and_within(high):
    found = ticks(0.0, high, 4)
    assert found[0] == 0.0
    assert 2 <= len(found) <= 6
    assert found[-1] <= high * (1.0 + 1e-9)


def test_labels_of_ticks_carry_what_tells_them_apart():
    assert [label(v, [0.0, 0.25, 0.5]) for v in (0.0, 0.25, 0.5)] == ["0", "0.25", "0.5"]
    assert label(0.25, [0.25], language("id")) == "0,25"
    assert label(1500.0, [0.0, 1500.0], language("id")) == "1.500"


def test_axis_of_a_single_value_stays_at_its_beginning():
    assert Axis(3.0, 3.0, 10.0, 90.0).at(3.0) == 10.0


def test_path_leaves_out_what_lies_on_the_way():
    assert path([(0, 0), (1, 0), (2, 0), (2, 5), (2, 9)]) == "M0 0L2 0L2 9"


# ---------------------------------------------------------------- the map


def crowd_of(number, spread, seed):
    rng = random.Random(seed)
    kinds = ["sector", "sector", "sector", "post"]
    return [
        MapSpot(
            rng.choice(kinds), f"Place {i} of the town", rng.gauss(0, spread), rng.gauss(0, spread), rng.randint(0, 60)
        )
        for i in range(number)
    ]


@pytest.mark.parametrize("width", [736, 348])
@pytest.mark.parametrize("number", [2, 12, 40, pytest.param(100, marks=pytest.mark.long)])
def test_no_label_covers_a_label_a_mark_or_the_edge(number, width):
    for seed in range(3):
        town = crowd_of(number, 2.0, seed)
        plan = arrange_map(town, [March("A", (0, 1), 300), March("B", (1,), 30)], width)
        names = [rect for rect, _ in plan.names.values()] + list(plan.letters.values())
        for one, other in combinations(names, 2):
            assert one.overlap(other) == 0.0
        for rect in names:
            assert rect.left >= 0.0
            assert rect.right <= plan.width
            assert rect.top >= 0.0
            assert rect.bottom <= plan.height
            for (x, y), r in zip(plan.marks, plan.radii, strict=True):
                assert rect.overlap(Rect(x - r, y - r, x + r, y + r)) == 0.0
        for rect, lines in plan.names.values():
            assert rect.bottom - rect.top >= LINE * len(lines) - 1e-9
            assert max(text_width(line, SIZE) for line in lines) <= rect.right - rect.left + 1e-9
        if number <= 12:
            assert len(plan.names) == number  # with room for all, none is left out


@pytest.mark.slow
def test_marks_that_would_cover_one_another_are_moved_apart():
    for number in (2, 5, 30):
        plan = arrange_map([MapSpot("sector", f"S{i}", 0.0, 0.0, 10) for i in range(number)], [], 736)
        for i, j in combinations(range(number), 2):
            (x, y), (u, v) = plan.marks[i], plan.marks[j]
            assert (x - u) ** 2 + (y - v) ** 2 >= (plan.radii[i] + plan.radii[j]) ** 2


def test_what_is_far_outside_stands_at_the_edge_and_makes_the_town_no_smaller():
    near = [MapSpot("sector", "A", 0.0, 0.0, 10), MapSpot("sector", "B", 3.0, 1.0, 10)]
    far = MapSpot("outside", "Brimob", 40.0, 1.0, 90)
    alone, both = arrange_map(near, [], 736), arrange_map([*near, far], [], 736)
    assert both.scale == alone.scale
    assert 650 < both.marks[2][0] < 736


def test_scale_bar_is_as_long_as_it_says():
    town = [MapSpot("sector", "A", 0.0, 0.0, 10), MapSpot("sector", "B", 5.0, 2.0, 10)]
    svg = draw_map(town)
    bar = re.search(r'd="M14(?:\.0)? [\d.]+V[\d.]+H([\d.]+)V', svg)
    km = re.search(r">([\d.]+) km<", svg)
    assert bar is not None
    assert km is not None
    assert (float(bar[1]) - 14.0) / arrange_map(town, [], 720).scale == pytest.approx(float(km[1]), abs=0.01)


def test_north_is_shown_only_where_it_is_known():
    town = [MapSpot("sector", "A", 0.0, 0.0, 10), MapSpot("sector", "B", 5.0, 2.0, 10)]
    assert ">N<" in draw_map(town)
    assert ">N<" not in draw_map(town, north=False)


def test_gatherings_that_stay_and_help_alone_can_be_drawn():
    assert ">B<" in draw_map(spots(), [March("B", (0,), 50)])
    draw_map([MapSpot("outside", "Brimob", 0.0, 0.0, 90)])


def test_a_map_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a place"):
        draw_map([])


def test_a_label_without_room_is_left_out():
    frame = Rect(0.0, 0.0, 100.0, 40.0)
    wishes = [labels.Wish(20.0, 20.0, 5.0, 60.0, 12.0), labels.Wish(20.0, 20.0, 5.0, 200.0, 12.0)]
    first, second = labels.place(wishes, [], frame)
    assert first is not None
    assert second is None


def test_every_sign_is_explained_in_whole_xml():
    keys = [
        *legend.list_map_keys("k", 10.0),
        *legend.list_phase_keys("k", True),
        *legend.list_fan_keys("k"),
        *legend.list_gantt_keys("k"),
        legend.march_key("k"),
        legend.outside_key("k"),
    ]
    for svg, text in keys:
        ElementTree.fromstring(svg)
        assert text


def test_patterns_of_two_drawings_have_names_of_their_own():
    drawn = []
    for key in ("a", "b"):
        sheet = Canvas(10.0, 10.0, "", key)
        sheet.phase(Rect(0.0, 0.0, 5.0, 5.0), "red")
        drawn.append(sheet.done())
    assert 'id="a-red"' in drawn[0]
    assert 'id="b-red"' in drawn[1]


# ---------------------------------------------------------------- one place over the day


def test_strips_show_hours_crowds_shares_and_personnel_where_they_are():
    svg = draw_strip(
        START, 480.0, crowds=[(120.0, 240.0)], shares=(0.5, 0.1), heads=[60.0, 90.0], windows=[(0.0, 480.0)]
    )
    boxes = [(r.get("x"), r.get("width"), r.get("fill")) for r in ElementTree.fromstring(svg).iter("rect")]
    assert ("25.00%", "25.00%", "var(--green,#3aa583)") in boxes
    assert {fill for x, _, fill in boxes if x == "25.00%"} >= {"var(--red,#a3122f)", "var(--yellow,#f2c230)"}
    assert ("12.50%", "6.25%", "var(--accent,#1f5fa8)") in boxes  # some of the personnel is there
    assert ("18.75%", "81.25%", "var(--accent,#1f5fa8)") in boxes
    assert next(ElementTree.fromstring(draw_axis(START, 480.0)).iter("text")).text == "10:00"
    calm = draw_strip(START, 480.0, crowds=[(120.0, 240.0)])
    assert "--green" not in calm  # where nothing was simulated no phase is shown
