"""Where everything on a map is: marks that do not cover each other, and names beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from optimiser.output.drawing import labels
from optimiser.output.drawing.paper import Rect, text_width, wrap

SIZE = 11.0  # px, letters of names
LINE = 13.0  # px from line to line
MANY, CROWDED = 20, 60  # places from which on marks become smaller
EDGE = 14.0  # px kept free around
BADGE, DOT = 8.0, 7.0  # px, radius of a letter, and of the number of a place whose name finds no room
SHORT, TALL = 0.52, 0.74  # least and most height of a wide map, as a share of its width; a narrow one is upright
UPRIGHT, TALLEST = 1.05, 1.3
PHONE = 500  # px, maps below are narrow
FINE = 60  # points of a way that no name may cover
LINES = 4  # of a name, at most
LISTED = 12  # places without a name that have a number; more would cover the map, and are counted; assumed
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
        [_inside(p, frame) for p in true], [r + rim(s) for r, s in zip(radii, spots, strict=True)], frame
    )
    bent = [bend(marks, radii, stops) for march in marches for stops in pairwise(march.stops)]
    crossed = [along(curve, k / FINE) for curve in bent for k in range(FINE + 1)]
    taken = [Rect(x - r, y - r, x + r, y + r) for (x, y), r in zip(marks, radii, strict=True)]
    outer = Rect(4.0, 4.0, width - 4.0, height - 4.0)
    letters = _letters(marches, marks, radii, taken, outer)
    taken += letters.values()
    limit = width * (0.3 if width < PHONE else 0.19)
    texts = [[_name(s, share * limit) for share in BROADER] for s in spots]
    wishes = [
        labels.Wish(*mark, r + rim(s), *_size(text[0], s), tuple(_size(t, s) for t in text[1:] if t != text[0]))
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
            at = along(bend(marks, radii, march.stops[:2]), 0.45)
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


def rim(spot: MapSpot) -> float:
    """Px around a mark that its rings take."""
    return 8.0 if spot.kind == "sector" and spot.yellow > 0.0 else 2.0


def _inside(point: tuple[float, float], frame: Rect) -> tuple[float, float]:
    """Move what lies outside to the edge, along the way to the middle."""
    cx, cy = (frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0
    dx, dy = point[0] - cx, point[1] - cy
    far = max(abs(dx) / (frame.right - cx - 10.0), abs(dy) / (frame.bottom - cy - 10.0))
    return point if far <= 1.0 else (cx + dx / far, cy + dy / far)


Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def bend(marks: Sequence[tuple[float, float]], radii: Sequence[float], stops: Sequence[int]) -> Curve:
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


def along(curve: Curve, t: float) -> tuple[float, float]:
    """Give the point of a curve at a share of its way, 0 to 1."""
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
    (x0, y0), (x1, y1), (x2, y2) = curve
    return a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2
