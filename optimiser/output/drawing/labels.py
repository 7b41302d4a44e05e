"""Placing: marks are moved apart, and labels are put where they cover neither a mark nor one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.output.drawing.paper import Rect

GAP = 3.0  # px between a label and anything else
TURNS = (0, 180, 270, 90, 315, 45, 225, 135, 340, 20, 200, 160)  # degrees clockwise from the right, best first
STEPS = (0.0, 10.0, 22.0, 38.0, 58.0, 82.0)  # px further away than as near as can be
CROSSING = 5.0  # what a label costs for each point of a line that it covers, in places it is moved down the list
TRIES = 4
ROUNDS = 200  # of moving marks apart, at most


@dataclass(frozen=True)
class Wish:
    """A label that wants to stand beside a mark.

    Attributes
    ----------
    x, y, radius : the mark, in px.
    width, height : the label, in px.
    """

    x: float
    y: float
    radius: float
    width: float
    height: float


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
    obstacles : what no label may cover: marks, legends.
    frame : what no label may leave.
    crossed : points of lines that a label had better not cover.

    Returns
    -------
    Where each label stands; None where there is no room.
    """
    order = list(range(len(wishes)))
    best: dict[int, Rect] | None = None
    for _ in range(TRIES):
        found = _place_in_order(wishes, order, obstacles, frame, crossed)
        if best is None or len(found) > len(best):
            best = found
        missing = [i for i in order if i not in found]
        if not missing:
            break
        order = [*missing, *(i for i in order if i in found)]
    assert best is not None
    return [best.get(i) for i in range(len(wishes))]


def _place_in_order(
    wishes: Sequence[Wish],
    order: Sequence[int],
    obstacles: Sequence[Rect],
    frame: Rect,
    crossed: Sequence[tuple[float, float]],
) -> dict[int, Rect]:
    """Give labels the best place that is left, one after the other."""
    taken = list(obstacles)
    found: dict[int, Rect] = {}
    for i in order:
        wish = wishes[i]
        best: tuple[float, Rect] | None = None
        for rank, (step, turn) in enumerate((step, turn) for step in STEPS for turn in TURNS):
            rect = _beside(wish, turn, step)
            if rect.left < frame.left or rect.right > frame.right or rect.top < frame.top or rect.bottom > frame.bottom:
                continue
            wide = rect.grow(GAP - 1.0)
            if (best is not None and rank >= best[0]) or any(wide.overlap(other) > 0.0 for other in taken):
                continue
            cost = rank + CROSSING * sum(wide.left < x < wide.right and wide.top < y < wide.bottom for x, y in crossed)
            if step:
                cost += CROSSING * sum(_meets(wish, rect, other) for other in taken if not _holds(other, wish))
            if best is None or cost < best[0]:
                best = (cost, rect)
        if best:
            found[i] = best[1]
            taken.append(best[1])
    return found


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
    across, down = round(math.cos(math.radians(turn)), 9), round(math.sin(math.radians(turn)), 9)
    reach = wish.radius + GAP + step
    x = wish.x + across * reach + (0.5 * wish.width * _side(across))
    y = wish.y + down * reach + (0.5 * wish.height * _side(down))
    return Rect(x - 0.5 * wish.width, y - 0.5 * wish.height, x + 0.5 * wish.width, y + 0.5 * wish.height)


def _side(share: float) -> float:
    return 0.0 if abs(share) < 1e-6 else math.copysign(1.0, share)


def _holds(rect: Rect, wish: Wish) -> bool:
    return rect.left <= wish.x <= rect.right and rect.top <= wish.y <= rect.bottom


def _meets(wish: Wish, rect: Rect, other: Rect) -> bool:
    """Tell whether the way from a mark to its label crosses something else, looked at in ten points."""
    x, y = min(max(wish.x, rect.left), rect.right), min(max(wish.y, rect.top), rect.bottom)
    for k in range(1, 10):
        px, py = wish.x + k / 10.0 * (x - wish.x), wish.y + k / 10.0 * (y - wish.y)
        if other.left < px < other.right and other.top < py < other.bottom:
            return True
    return False
