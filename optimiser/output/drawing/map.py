"""The map: sectors, posts and help from outside where they are, who stands there, and how people march."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given
from optimiser.output.drawing import labels
from optimiser.output.drawing.axes import ticks
from optimiser.output.drawing.paper import Canvas, Rect, ink, number, text_width, wrap

SIZE = 11.0  # px, letters of names
LINE = 13.0  # px from line to line
MANY, CROWDED = 20, 60  # places from which on marks become smaller
EDGE = 14.0  # px kept free around
BADGE, DOT = 8.0, 7.0  # px, radius of a letter, and of the number of a place whose name finds no room
SHORT, TALL = 0.52, 0.74  # least and most height of a wide map, as a share of its width; a narrow one is upright
UPRIGHT, TALLEST = 1.05, 1.3
PHONE = 500  # px, maps below are narrow
WIDER = 0.15  # share of its width by which a text is wider in DejaVu Sans than in what is measured
FINE = 60  # points of a way that no name may cover
LINES = 4  # of a name, at most
LISTED = 12  # places without a name that have a number; more would cover the map, and are counted; assumed
CORNERS = {"along": ((0, -1), (1, 0), (0, 1), (-1, 0)), "outside": ((0, -1), (1, 0.8), (-1, 0.8))}  # of marks, radii
BROADER = (1.0, 1.7, 0.7)  # widths that a name may have, in shares of the usual one


@dataclass(frozen=True)
class MapSpot:
    """A place on the map.

    Attributes
    ----------
    east, north : km, from any origin.
    heads : personnel placed there.
    ring : of a sector, 1 is the inner one.
    yellow, red : of a sector: share of scenarios in which it turns yellow or worse, and red.
    reach : of a post: straight km that count as within reach, 0 where it is not drawn.
    note : written below the name.
    outline : of a sector's area: its rings, holes among them, each with its corners east and north in km.
    """

    kind: Literal["sector", "post", "along", "outside"]
    name: str
    east: float
    north: float
    heads: int
    ring: int = 2
    yellow: float = 0.0
    red: float = 0.0
    reach: float = 0.0
    note: str = ""
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True)
class March:
    """The way of a gathering: numbers of the spots it goes to, in order."""

    letter: str
    stops: tuple[int, ...]
    people: int


@dataclass(frozen=True)
class Layout:
    """Where everything on a map is, in px: what the drawing is made of, and what tests look at.

    Attributes
    ----------
    scale : px per km.
    marks : centre of every spot, moved where two would cover each other.
    radii : of every mark.
    true : where every spot is.
    names : rectangle and lines of each label that found room, by number of its spot.
    numbers : circle of each spot whose label found none, in the order in which they are named below the map.
    below : lines that name these.
    letters : rectangle of each letter of a march, by number of the march.
    """

    width: float
    height: float
    scale: float
    marks: list[tuple[float, float]]
    radii: list[float]
    true: list[tuple[float, float]]
    names: dict[int, tuple[Rect, list[str]]]
    letters: dict[int, Rect]
    numbers: dict[int, Rect]
    below: list[str]


def draw_map(
    spots: Sequence[MapSpot],
    marches: Sequence[March] = (),
    *,
    width: int = 720,
    title: str = "",
    key: str = "map",
    north: bool = True,
    language: Language = ENGLISH,
) -> str:
    """Draw a map.

    Parameters
    ----------
    spots : places in the order in which they want their names to be shown.
    north : whether upwards is known to be north.

    Returns
    -------
    SVG text.

    Raises
    ------
    ValueError : there is nothing to draw.
    """
    plan = arrange_map(spots, marches, width)
    below = plan.below or _tell_untold(spots, plan, language)
    sheet = Canvas(plan.width, plan.height + (LINE * len(below) + 6.0 if below else 0.0), title, key)
    sheet.box(Rect(0, 0, plan.width, plan.height), "panel", rx=6)
    _draw_outlines(sheet, spots, plan)
    _draw_reach(sheet, spots, plan)
    _draw_marches(sheet, marches, plan)
    for i, spot in enumerate(spots):
        _draw_spot(sheet, spot, plan, i, language)
    for i, (rect, lines) in plan.names.items():
        wish = labels.Wish(
            *plan.marks[i], plan.radii[i] + _rim(spots[i]), rect.right - rect.left, rect.bottom - rect.top
        )
        if way := labels.leader(wish, rect):
            (x, y), (u, v) = way
            sheet.line(f"M{number(x)} {number(y)}L{number(u)} {number(v)}", "soft", 0.7)
        middle = rect.left > plan.marks[i][0] - 1 or rect.right < plan.marks[i][0] + 1
        for n, text in enumerate(lines):
            y = rect.top + LINE * n + 10.0
            left = rect.left >= plan.marks[i][0]
            x, anchor = (rect.left, "start") if left else (rect.right, "end")
            if not middle:
                x, anchor = (rect.left + rect.right) / 2.0, "middle"
            bold = spots[i].kind == "sector"
            long = text_width(text, SIZE, bold)
            near = min(rect.left, plan.width - rect.right) < WIDER * long  # wide letters would leave the drawing
            sheet.text(x, y, text, SIZE, anchor, "ink", bold=bold, halo=True, long=long if near else None)
    _draw_numbers(sheet, plan, below)
    _draw_scale(sheet, plan, north, language)
    return sheet.done()


def arrange_map(spots: Sequence[MapSpot], marches: Sequence[March], width: int) -> Layout:
    """Find a place for everything.

    Raises
    ------
    ValueError : there is nothing to draw.
    """
    if not spots:
        raise ValueError("a map needs a place")
    core = [s for s in spots if s.kind != "outside"] or list(spots)
    west, east = min(s.east for s in core), max(s.east for s in core)
    south, north = min(s.north for s in core), max(s.north for s in core)
    shares = (UPRIGHT, TALLEST) if width < PHONE else (SHORT, TALL)
    room = 46.0 if width < PHONE else 70.0  # for names at the sides
    across, up = max(east - west, 1e-3), max(north - south, 1e-3)
    height = min(max(up / across, shares[0]), shares[1]) * width
    scale = min((width - 2 * room) / across, (height - 2 * 44.0) / up)
    scale = min(scale, width / 0.5)  # not closer than half a km across
    cx, cy = (west + east) / 2.0, (south + north) / 2.0
    frame = Rect(EDGE, EDGE, width - EDGE, height - EDGE)
    foot = Rect(0.0, height - 34.0, 150.0, height)  # scale bar
    compass = Rect(width - 34.0, 0.0, width, 44.0)
    true = [(width / 2.0 + scale * (s.east - cx), height / 2.0 - scale * (s.north - cy)) for s in spots]
    radii = _radii(spots)
    marks = labels.part(
        [_inside(p, frame) for p in true], [r + _rim(s) for r, s in zip(radii, spots, strict=True)], frame
    )
    bent = [_bend(marks, radii, stops) for march in marches for stops in pairwise(march.stops)]
    crossed = [_along(curve, k / FINE) for curve in bent for k in range(FINE + 1)]
    taken = [Rect(x - r, y - r, x + r, y + r) for (x, y), r in zip(marks, radii, strict=True)]
    outer = Rect(4.0, 4.0, width - 4.0, height - 4.0)
    letters = _letters(marches, marks, radii, taken, outer)
    taken += letters.values()
    limit = width * (0.3 if width < PHONE else 0.19)
    texts = [[_name(s, share * limit) for share in BROADER] for s in spots]
    wishes = [
        labels.Wish(*mark, r + _rim(s), *_size(text[0], s), tuple(_size(t, s) for t in text[1:] if t != text[0]))
        for mark, r, s, text in zip(marks, radii, spots, texts, strict=True)
    ]
    names = {}
    for i, rect in enumerate(labels.place(wishes, [*taken, foot, compass], outer, crossed)):
        if rect is not None:
            names[i] = (rect, min(texts[i], key=lambda text: math.dist(_size(text, spots[i]), rect.size)))
    taken += [rect for rect, _ in names.values()]
    missing = [i for i in range(len(spots)) if i not in names]
    missing = missing if len(missing) <= LISTED else []
    dots = labels.place_dots([wishes[i] for i in missing], DOT, [*taken, foot, compass], outer)
    numbers = dict(zip(missing, dots, strict=True))
    named = [
        f"{n}\u00a0{spots[i].name}{f' ({spots[i].note})' if spots[i].note else ''}" for n, i in enumerate(numbers, 1)
    ]
    below = wrap("; ".join(named), width - 2.0 * EDGE, SIZE, len(named) + LINES) if named else []
    return Layout(width, height, scale, marks, radii, true, names, letters, numbers, below)


def _letters(
    marches: Sequence[March],
    marks: Sequence[tuple[float, float]],
    radii: Sequence[float],
    taken: Sequence[Rect],
    frame: Rect,
) -> dict[int, Rect]:
    """Put the letter of a march on its first leg, or beside where it stays or where the leg has no room."""
    found: dict[int, Rect] = {}
    for m, march in enumerate(marches):
        if not march.letter or not march.stops:
            continue
        busy = [*taken, *found.values()]
        if len(march.stops) > 1:
            at = _along(_bend(marks, radii, march.stops[:2]), 0.45)
            rect = Rect(at[0] - BADGE, at[1] - BADGE, at[0] + BADGE, at[1] + BADGE)
            if not any(rect.overlap(other) for other in busy):
                found[m] = rect
                continue
        first = march.stops[0]
        wish = labels.Wish(*marks[first], radii[first] + 4.0, 2.0 * BADGE, 2.0 * BADGE)
        place = labels.place([wish], busy, frame)[0]
        if place is not None:
            found[m] = place
    return found


def _size(lines: Sequence[str], spot: MapSpot) -> tuple[float, float]:
    """Give width and height of a name, px."""
    return max(text_width(line, SIZE, spot.kind == "sector") for line in lines), LINE * len(lines)


def _name(spot: MapSpot, limit: float) -> list[str]:
    """Break a name into lines, and put its note below; a word that is wider stands alone, and nothing is cut."""
    lines = []
    for text, bold in ((spot.name, spot.kind == "sector"), (spot.note, False)):
        longest = max((text_width(word, SIZE, bold) for word in text.split()), default=0.0)
        lines += wrap(text, max(limit, longest), SIZE, LINES, bold)
    return lines


def _radii(spots: Sequence[MapSpot]) -> list[float]:
    large = 17.0 if len(spots) <= MANY else 12.0 if len(spots) <= CROWDED else 8.0
    most = max([1, *(s.heads for s in spots if s.kind != "outside")])
    sizes = [0.6 if s.kind == "outside" else max(0.45, math.sqrt(s.heads / most)) for s in spots]
    return [large * size for size in sizes]


def _rim(spot: MapSpot) -> float:
    """Px around a mark that its rings take."""
    return 8.0 if spot.kind == "sector" and spot.yellow > 0.0 else 2.0


def _inside(point: tuple[float, float], frame: Rect) -> tuple[float, float]:
    """Move what lies outside to the edge, along the way to the middle."""
    cx, cy = (frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0
    dx, dy = point[0] - cx, point[1] - cy
    far = max(abs(dx) / (frame.right - cx - 10.0), abs(dy) / (frame.bottom - cy - 10.0))
    return point if far <= 1.0 else (cx + dx / far, cy + dy / far)


Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def _bend(marks: Sequence[tuple[float, float]], radii: Sequence[float], stops: Sequence[int]) -> Curve:
    """Bend a way a little to its right, so that there and back are two lines; from rim to rim."""
    (x, y), (u, v) = marks[stops[0]], marks[stops[1]]
    dx, dy = u - x, v - y
    far = math.hypot(dx, dy) or 1.0
    mx, my = (x + u) / 2.0 - 0.13 * dy, (y + v) / 2.0 + 0.13 * dx
    a, b = math.atan2(my - y, mx - x), math.atan2(my - v, mx - u)
    near, away = min(radii[stops[0]] + 4.0, far / 3.0), min(radii[stops[1]] + 5.0, far / 3.0)
    begin = (x + near * math.cos(a), y + near * math.sin(a))
    end = (u + away * math.cos(b), v + away * math.sin(b))
    return begin, (mx, my), end


def _along(curve: Curve, t: float) -> tuple[float, float]:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
    (x0, y0), (x1, y1), (x2, y2) = curve
    return a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2


def _draw_outlines(sheet: Canvas, spots: Sequence[MapSpot], plan: Layout) -> None:
    """Draw areas lightly, behind everything; every spot is as far from where it truly is as its area."""
    for spot, (x, y) in zip(spots, plan.true, strict=True):
        rings = [
            "L".join(
                f"{number(x + plan.scale * (east - spot.east))} {number(y - plan.scale * (north - spot.north))}"
                for east, north in ring[:-1]
            )
            for ring in spot.outline
        ]
        if rings:
            look = {"fill_rule": "evenodd", "stroke": ink("ink"), "stroke_opacity": 0.35}
            sheet.area("".join(f"M{ring}Z" for ring in rings), "ink", 0.07, clip_path=_frame(sheet, plan), **look)


def _frame(sheet: Canvas, plan: Layout) -> str:
    """Return what cuts off at the edge of the map."""
    clip = f"{sheet.key}-frame"
    if not any(clip in p for p in sheet.parts):
        whole = f'<rect width="{number(plan.width)}" height="{number(plan.height)}" rx="6"/>'
        sheet.parts.append(f'<clipPath id="{clip}">{whole}</clipPath>')
    return f"url(#{clip})"


def _draw_reach(sheet: Canvas, spots: Sequence[MapSpot], plan: Layout) -> None:
    for spot, (x, y) in zip(spots, plan.true, strict=True):
        r = spot.reach * plan.scale
        if r > 0.0:
            look = {"stroke_dasharray": "2 4", "stroke_opacity": 0.8, "clip_path": _frame(sheet, plan)}
            sheet.add("circle", cx=x, cy=y, r=r, fill=ink("accent"), fill_opacity=0.04, stroke=ink("accent"), **look)


def _draw_marches(sheet: Canvas, marches: Sequence[March], plan: Layout) -> None:
    going = [m for m in marches if len(m.stops) > 1]
    head = sheet.mark("head", "M0 0L10 5L0 10L3 5Z", "ink") if going else ""
    most = max([1, *(m.people for m in going)])
    for march in going:
        for stops in pairwise(march.stops):
            (x, y), (mx, my), (u, v) = _bend(plan.marks, plan.radii, stops)
            d = f"M{number(x)} {number(y)}Q{number(mx)} {number(my)} {number(u)} {number(v)}"
            width = 1.2 + 2.3 * math.sqrt(march.people / most)
            sheet.line(d, "ink", round(width, 1), stroke_opacity=0.72, marker_end=head)
    for m, rect in plan.letters.items():
        x, y = (rect.left + rect.right) / 2.0, (rect.top + rect.bottom) / 2.0
        sheet.add("circle", cx=x, cy=y, r=BADGE, fill=ink("ink"))
        sheet.text(x, y + 4.0, marches[m].letter, SIZE, "middle", "paper", bold=True)


def _draw_spot(sheet: Canvas, spot: MapSpot, plan: Layout, i: int, language: Language) -> None:
    (x, y), r, (tx, ty) = plan.marks[i], plan.radii[i], plan.true[i]
    if spot.kind != "outside" and math.hypot(x - tx, y - ty) > r:
        sheet.line(f"M{number(tx)} {number(ty)}L{number(x)} {number(y)}", "soft", 0.7)
        sheet.add("circle", cx=tx, cy=ty, r=1.6, fill=ink("soft"))
    if spot.kind == "sector":
        thick = {1: 3.0, 2: 1.8}.get(spot.ring, 1.2)
        dash = "3 2" if spot.ring > 2 else None
        look = {"stroke": ink("ink"), "stroke_width": thick, "stroke_dasharray": dash}
        sheet.add("circle", cx=x, cy=y, r=r, fill=ink("paper"), **look)
        if spot.red > 0.0:
            sheet.arc(x, y, r + 4.5, 0.0, spot.red, "red", 5.0)
        if spot.yellow > spot.red:
            sheet.arc(x, y, r + 4.0, spot.red, spot.yellow, "yellow", 3.5)
    elif spot.kind == "post":
        square = Rect(x - 0.9 * r, y - 0.9 * r, x + 0.9 * r, y + 0.9 * r)
        sheet.box(square, "accent", rx=2, stroke=ink("paper"), stroke_width=1)
    else:
        d = "L".join(f"{number(x + r * across)} {number(y + r * down)}" for across, down in CORNERS[spot.kind])
        sheet.area(f"M{d}Z", "accent", stroke=ink("paper"), stroke_width=1)
    text = language.number(f"{spot.heads:,}")
    if spot.kind != "outside" and spot.heads and text_width(text, 10.0) < 2.0 * r - 2.0:
        sheet.text(x, y + 3.6, text, 10.0, "middle", "ink" if spot.kind == "sector" else "paper")


def _tell_untold(spots: Sequence[MapSpot], plan: Layout, language: Language) -> list[str]:
    """Say how many places have neither name nor number; nothing where all have."""
    untold = len(spots) - len(plan.names) - len(plan.numbers)
    if not untold:
        return []
    said = language("{n} of {all} places find no room for a name here; tables name all.", n=untold, all=len(spots))
    return wrap(said, plan.width - 2.0 * EDGE, SIZE, LINES)


def _draw_numbers(sheet: Canvas, plan: Layout, below: Sequence[str]) -> None:
    """Draw the numbers of spots without a name, and below the map what they are called."""
    for n, (i, rect) in enumerate(plan.numbers.items(), 1):
        (x, y), (u, v) = plan.marks[i], ((rect.left + rect.right) / 2.0, (rect.top + rect.bottom) / 2.0)
        if math.hypot(u - x, v - y) > plan.radii[i] + 3.0 * DOT:
            sheet.line(f"M{number(x)} {number(y)}L{number(u)} {number(v)}", "soft", 0.7)
        sheet.add("circle", cx=u, cy=v, r=DOT, fill=ink("paper"), stroke=ink("ink"), stroke_width=1)
        sheet.text(u, v + 3.5, f"{n}", 10.0, "middle", "ink")
    for row, text in enumerate(below, 1):
        sheet.text(EDGE, plan.height + LINE * row, text, SIZE)


def _draw_scale(sheet: Canvas, plan: Layout, north: bool, language: Language) -> None:
    """Draw the scale bar, and the arrow to the north."""
    round_ = [k for k in ticks(0.0, 110.0 / plan.scale, 3) if k > 0.0] or [100.0 / plan.scale]
    km = max(round_)
    x, y = 14.0, plan.height - 12.0
    far = x + km * plan.scale
    sheet.line(f"M{x} {number(y - 4)}V{number(y)}H{number(far)}V{number(y - 4)}", "ink", 1.2)
    text = language("{km} km", km=given(km, language)) if km >= 0.1 else language("{m} m", m=given(1000 * km, language))
    sheet.text(x, y - 7.0, text, SIZE)
    if north:
        x, y = plan.width - 18.0, 30.0
        sheet.area(f"M{x} {y - 20}L{x + 6} {y}L{x} {y - 4}L{x - 6} {y}Z", "ink")
        sheet.text(x, y + 11.0, language("N"), SIZE, "middle", bold=True)
