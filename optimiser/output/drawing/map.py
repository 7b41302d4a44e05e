"""The map: sectors, posts and help from outside where they are, who stands there, and how people march."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given
from optimiser.output.drawing import labels
from optimiser.output.drawing.axes import ticks
from optimiser.output.drawing.base_map import Ground, draw_ground
from optimiser.output.drawing.map_layout import (
    BADGE,
    DOT,
    EDGE,
    LINE,
    LINES,
    SIZE,
    Layout,
    MapSpot,
    March,
    arrange_map,
    bend,
    rim,
)
from optimiser.output.drawing.paper import Canvas, Rect, ink, number, text_width, wrap

WIDER = 0.15  # share of its width by which a text is wider in DejaVu Sans than in what is measured
CORNERS = {"along": ((0, -1), (1, 0), (0, 1), (-1, 0)), "outside": ((0, -1), (1, 0.8), (-1, 0.8))}  # of marks, radii


def draw_map(
    spots: Sequence[MapSpot],
    marches: Sequence[March] = (),
    *,
    width: int = 720,
    title: str = "",
    key: str = "map",
    north: bool = True,
    language: Language = ENGLISH,
    layout: Layout | None = None,
    grounds: Sequence[Ground] = (),
) -> str:
    """Draw a map.

    Parameters
    ----------
    spots : places in the order in which they want their names to be shown.
    north : whether upwards is known to be north.
    layout : of these spots and marches; arranged if None.
    grounds : what lies below everything else.

    Returns
    -------
    SVG text.

    Raises
    ------
    ValueError : there is nothing to draw.
    """
    plan = layout or arrange_map(spots, marches, width)
    below = plan.below or _tell_untold(spots, plan, language)
    sheet = Canvas(plan.width, plan.height + (LINE * len(below) + 6.0 if below else 0.0), title, key)
    sheet.box(Rect(0, 0, plan.width, plan.height), "panel", rx=6)
    if grounds:
        (x, y), first = plan.true[0], spots[0]
        origin = first.east - x / plan.scale, first.north + y / plan.scale
        draw_ground(sheet, grounds, plan, origin, _frame(sheet, plan))
    _draw_outlines(sheet, spots, plan)
    _draw_reach(sheet, spots, plan)
    _draw_marches(sheet, marches, plan)
    for i, spot in enumerate(spots):
        _draw_spot(sheet, spot, plan, i, language)
    for i, (rect, lines) in plan.names.items():
        wish = labels.Wish(
            *plan.marks[i], plan.radii[i] + rim(spots[i]), rect.right - rect.left, rect.bottom - rect.top
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
            (x, y), (mx, my), (u, v) = bend(plan.marks, plan.radii, stops)
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
