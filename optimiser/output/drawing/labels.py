"""Placing: marks are moved apart, and labels are put where they cover neither a mark nor one another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from optimiser.output.drawing.paper import Rect

GAP = 3.0  # px between a label and anything else
# degrees clockwise from the right, best first
TURNS: tuple[int, ...] = (0, 180, 270, 90, 315, 45, 225, 135, 340, 20, 200, 160)
TURNS += (290, 250, 70, 110, 300, 240, 60, 120, 330, 30, 210, 150)
_WAYS = {turn: tuple(round(at(math.radians(turn)), 9) for at in (math.cos, math.sin)) for turn in TURNS}  # across, down
FEW = 12  # of them, where there are many labels
STEPS = (0.0, 5.0, 10.0, 22.0, 38.0, 58.0, 82.0, 110.0, 140.0)  # px further away than as near as can be
CROSSING = 5.0  # what a leader costs for each line that it crosses, in places it is moved down the list
TRIES, MANY = 24, 40  # tries, and labels from which on there are three
CELL = 24.0  # px, of the squares by which points of lines are looked up
CLEAR = 1.0  # px that a leader stays away from others
SAMPLES = 12  # points of a leader that are looked at
ROUNDS = 200  # of moving marks apart, at most


@dataclass(frozen=True)
class Wish:
    """A label that wants to stand beside a mark.

    Attributes
    ----------
    x, y, radius : the mark, in px.
    width, height : the label, in px.
    shapes : other widths and heights that it may have, the better first: the same words broken otherwise.
    """

    x: float
    y: float
    radius: float
    width: float
    height: float
    shapes: tuple[tuple[float, float], ...] = ()


def part(
    points: Sequence[tuple[float, float]], radii: Sequence[float], frame: Rect, gap: float = 2.0
) -> list[tuple[float, float]]:
    """Move round marks apart until none covers another, as far as the frame lets them.

    Those that lie upon each other part along a direction that depends on their order alone.
    """
    places = [list(p) for p in points]
    for _ in range(ROUNDS if len(places) < 60 else ROUNDS // 4):
        moved = False
        for i in range(len(places)):
            for j in range(i + 1, len(places)):
                dx, dy = places[j][0] - places[i][0], places[j][1] - places[i][1]
                need, apart = radii[i] + radii[j] + gap, math.hypot(dx, dy)
                if apart >= need - 1e-6:
                    continue
                moved = True
                if apart < 1e-6:
                    dx, dy, apart = math.cos(2.4 * j), math.sin(2.4 * j), 1.0  # the golden angle
                push = (need - min(apart, need)) / 2.0 / apart
                for k, sign in ((i, -1.0), (j, 1.0)):
                    places[k][0] += sign * push * dx
                    places[k][1] += sign * push * dy
        for place, radius in zip(places, radii, strict=True):
            place[0] = min(max(place[0], frame.left + radius), frame.right - radius)
            place[1] = min(max(place[1], frame.top + radius), frame.bottom - radius)
        if not moved:
            break
    return [(x, y) for x, y in places]


def place(
    wishes: Sequence[Wish],
    obstacles: Sequence[Rect],
    frame: Rect,
    crossed: Sequence[tuple[float, float]] = (),
) -> list[Rect | None]:
    """Give every label a place, those that come first before the others.

    Where some find no room they try again as the first, a few times; the try that leaves out the fewest counts.

    Parameters
    ----------
    wishes : labels, the most wanted first.
    obstacles : what no label and no leader may cover: marks, legends.
    frame : what no label may leave.
    crossed : points of lines that no label may cover, and that leaders had better not cross; close to one another.

    Returns
    -------
    Where each label stands; None where there is no room.
    """
    order = list(range(len(wishes)))
    ways = _Points(crossed)
    best: dict[int, Rect] | None = None
    for _ in range(TRIES if len(wishes) < MANY else 3):
        found = _place_in_order(wishes, order, obstacles, frame, ways)
        if best is None or len(found) > len(best):
            best = found
        missing = [i for i in order if i not in found]
        if not missing:
            break
        order = [*missing, *(i for i in order if i in found)]
    assert best is not None
    return [best.get(i) for i in range(len(wishes))]


def place_dots(wishes: Sequence[Wish], radius: float, obstacles: Sequence[Rect], frame: Rect) -> list[Rect]:
    """Give each mark a dot for a number: beside it, or upon it where there is no room for that either."""
    small = [replace(wish, width=2.0 * radius, height=2.0 * radius, shapes=()) for wish in wishes]
    upon = [Rect(w.x - radius, w.y - radius, w.x + radius, w.y + radius) for w in wishes]
    return [rect or own for rect, own in zip(place(small, obstacles, frame), upon, strict=True)]


class _Points:
    """Points of lines, looked up by the squares they lie in."""

    def __init__(self, points: Iterable[tuple[float, float]] = ()) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
        self.add(points)

    def add(self, points: Iterable[tuple[float, float]]) -> None:
        for x, y in points:
            self._cells.setdefault((int(x // CELL), int(y // CELL)), []).append((x, y))

    def inside(self, rect: Rect) -> bool:
        """Tell whether a point lies within a rectangle."""
        near = (point for cell in _squares(rect) for point in self._cells.get(cell, ()))
        return any(rect.left < x < rect.right and rect.top < y < rect.bottom for x, y in near)


class _Boxes:
    """Rectangles, looked up by the squares they cover."""

    def __init__(self, rects: Iterable[Rect]) -> None:
        self._cells: dict[tuple[int, int], list[Rect]] = {}
        for rect in rects:
            self.add(rect)

    def add(self, rect: Rect) -> None:
        for cell in _squares(rect.grow(CLEAR)):
            self._cells.setdefault(cell, []).append(rect)

    def meet(self, rect: Rect) -> bool:
        """Tell whether one of them overlaps another rectangle."""
        left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
        near = (other for cell in _squares(rect) for other in self._cells.get(cell, ()))
        return any(o.left < right and left < o.right and o.top < bottom and top < o.bottom for o in near)

    def cover(self, points: Iterable[tuple[float, float]], but: Wish) -> bool:
        """Tell whether one of them, other than the mark of a wish, covers a point."""
        return any(
            rect.overlap(_around((x, y))) > 0.0 and not _holds(rect, but)
            for x, y in points
            for rect in self._cells.get((int(x // CELL), int(y // CELL)), ())
        )


def _squares(rect: Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(rect.left // CELL), int(rect.right // CELL) + 1):
        for row in range(int(rect.top // CELL), int(rect.bottom // CELL) + 1):
            yield column, row


def _place_in_order(
    wishes: Sequence[Wish],
    order: Sequence[int],
    obstacles: Sequence[Rect],
    frame: Rect,
    ways: _Points,
) -> dict[int, Rect]:
    """Give labels the best place that is left, one after the other."""
    taken, drawn = _Boxes(obstacles), _Points()
    found: dict[int, Rect] = {}
    for i in order:
        wish = wishes[i]
        best: tuple[float, Rect] | None = None
        for rank, rect in enumerate(_candidates(wish, len(wishes) >= MANY)):
            if best is not None and rank >= best[0]:
                break
            if rect.left < frame.left or rect.right > frame.right or rect.top < frame.top or rect.bottom > frame.bottom:
                continue
            wide = rect.grow(GAP - 1.0)
            if taken.meet(wide) or ways.inside(wide) or drawn.inside(wide):
                continue
            points = list_leader(wish, rect)
            if not points and _nearest(wishes, rect) != i:  # without a line it would be read as the name of another
                continue
            if taken.cover(points, wish) or any(drawn.inside(_around(point)) for point in points):
                continue
            cost = rank + CROSSING * sum(ways.inside(_around(point)) for point in points)
            if best is None or cost < best[0]:
                best = (cost, rect)
        if best:
            found[i] = best[1]
            taken.add(best[1])
            drawn.add(list_leader(wish, best[1]))
    return found


def _nearest(wishes: Sequence[Wish], rect: Rect) -> int:
    """Return the mark that is nearest to a label, rim to edge."""
    gaps = [math.hypot(_off(w.x, rect.left, rect.right), _off(w.y, rect.top, rect.bottom)) - w.radius for w in wishes]
    return min(range(len(gaps)), key=gaps.__getitem__)


def _off(at: float, low: float, high: float) -> float:
    return max(low - at, 0.0, at - high)


def _around(point: tuple[float, float]) -> Rect:
    x, y = point
    return Rect(x - CLEAR, y - CLEAR, x + CLEAR, y + CLEAR)


def _candidates(wish: Wish, crowded: bool) -> Iterator[Rect]:
    """Give the places of a label, the best first: near before far, in its first shape before in others."""
    shapes = [wish, *(replace(wish, width=w, height=h) for w, h in (() if crowded else wish.shapes))]
    for step in STEPS:
        for shape in shapes:
            for turn in TURNS[:FEW] if crowded else TURNS:
                yield _beside(shape, turn, step)


def list_leader(wish: Wish, rect: Rect) -> list[tuple[float, float]]:
    """List points of the line from a mark to its label, close to one another; none where no line is drawn."""
    way = leader(wish, rect)
    if way is None:
        return []
    (x, y), (u, v) = way
    count = max(SAMPLES, int(math.hypot(u - x, v - y) / 3.0))
    return [(x + k / count * (u - x), y + k / count * (v - y)) for k in range(count + 1)]


def leader(wish: Wish, rect: Rect) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Give the line from a mark to its label, or None where they stand side by side."""
    x, y = min(max(wish.x, rect.left), rect.right), min(max(wish.y, rect.top), rect.bottom)
    apart = math.hypot(x - wish.x, y - wish.y)
    if apart < wish.radius + GAP + 8.0:
        return None
    share = wish.radius / apart
    return (wish.x + share * (x - wish.x), wish.y + share * (y - wish.y)), (x, y)


def _beside(wish: Wish, turn: int, step: float) -> Rect:
    """Lay a label beside its mark in a direction."""
    across, down = _WAYS[turn]
    reach = wish.radius + GAP + step
    x = wish.x + across * reach + (0.5 * wish.width * _side(across))
    y = wish.y + down * reach + (0.5 * wish.height * _side(down))
    return Rect(x - 0.5 * wish.width, y - 0.5 * wish.height, x + 0.5 * wish.width, y + 0.5 * wish.height)


def _side(share: float) -> float:
    return 0.0 if abs(share) < 1e-6 else math.copysign(1.0, share)


def _holds(rect: Rect, wish: Wish) -> bool:
    return rect.left <= wish.x <= rect.right and rect.top <= wish.y <= rect.bottom
