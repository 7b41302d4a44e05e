"""What lies below the places of a map, small and sober: water, areas, borders, ways, and whose map it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimiser.output.drawing.map_layout import EDGE, Layout
from optimiser.output.drawing.paper import Canvas, ink, number, shorten

LOOKS: dict[str, dict[str, object]] = {  # by kind, those below first
    "area": {"fill": ink("hair"), "fill_opacity": 0.7},
    "water": {"fill": ink("accent"), "fill_opacity": 0.13, "stroke": ink("accent"), "stroke_opacity": 0.3},
    "border": {"stroke": ink("soft"), "stroke_opacity": 0.55, "stroke_width": 1, "stroke_dasharray": "7 3 1 3"},
    "path": {"stroke": ink("line"), "stroke_width": 0.8, "stroke_dasharray": "2 2"},
    "rail": {"stroke": ink("soft"), "stroke_opacity": 0.5, "stroke_width": 1.4, "stroke_dasharray": "5 3"},
    "road": {"stroke": ink("line"), "stroke_width": 1.7, "stroke_linejoin": "round"},
}
RIVER = 1.8  # px, water that is a line
NEAR = 0.7  # px within which a corner is not drawn by itself
CREDIT = 8.0  # px, letters of whose map it is


@dataclass(frozen=True)
class Ground:
    """Lines or areas of one kind, with the corners of each in km east and north."""

    kind: str
    filled: bool
    lines: Sequence[Sequence[tuple[float, float]]]
    credit: str = ""


def draw_ground(
    sheet: Canvas, grounds: Iterable[Ground], plan: Layout, origin: tuple[float, float], clip: str | None
) -> None:
    """Draw them, cut off at the edge of the map.

    Parameters
    ----------
    origin : km east and north at the upper left corner of the drawing.
    clip : what cuts off.
    """
    order = list(LOOKS)
    grounds = sorted(grounds, key=lambda ground: order.index(ground.kind))
    for ground in grounds:
        parts = [_draw(line, ground.filled, plan, origin) for line in ground.lines]
        look = {"fill": "none", **LOOKS[ground.kind]}
        if not ground.filled:
            look |= {"fill": "none", "stroke_width": look.get("stroke_width", RIVER)}
            look.setdefault("stroke", ink("line"))
        elif ground.kind in ("border", "path", "rail", "road"):
            look["fill"] = "none"
        if d := "".join(parts):
            sheet.add("path", d=d, clip_path=clip, **look)
    credits_ = ", ".join(dict.fromkeys(ground.credit for ground in grounds if ground.credit))
    if credits_:
        text = shorten(credits_, plan.width / 2.0, CREDIT)
        sheet.text(plan.width - EDGE / 2.0, plan.height - 5.0, text, CREDIT, "end", "soft", halo=True)


def _draw(line: Sequence[tuple[float, float]], closed: bool, plan: Layout, origin: tuple[float, float]) -> str:
    """Write a line as a path; nothing of what lies outside, or has no extent in px."""
    points = [(plan.scale * (east - origin[0]), plan.scale * (origin[1] - north)) for east, north in line]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) < 0.0 or min(xs) > plan.width or max(ys) < 0.0 or min(ys) > plan.height:
        return ""
    kept = [points[0]]
    for n, (x, y) in enumerate(points[1:], 2):
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > NEAR or (n == len(points) and not closed):
            kept.append((x, y))
    if len(kept) < (3 if closed else 2):
        return ""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in kept) + ("Z" if closed else "")
