"""The fan: how many people stand in a sector over the day, how sure that is, and how likely each phase is then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimiser.common.language import ENGLISH, Language
from optimiser.output.drawing.axes import Axis, clock_ticks, label, middle, ticks
from optimiser.output.drawing.paper import Canvas, number, path, shorten, text_width

SIZE = 11.0  # px, letters of axes
CROWD, CHANCE, GAP = 104.0, 48.0, 16.0  # px, heights of both parts and between them
FOOT = 20.0  # px below, for clock times
STACK = ("red", "yellow", "green")  # from the foot of the lower part upwards; quiet and dispersed stay empty
BANDS = (0.16, 0.3)  # opacity of the outer and the inner band


@dataclass(frozen=True)
class Fan:
    """What is drawn of a sector.

    Attributes
    ----------
    edges : minutes from the start, shape (bins + 1,).
    crowd : quantiles of the crowd at the edges: lowest, low, middle, high, highest, shape (5, bins + 1).
    shares : of each part of the period in each of `phases`, shape (bins, phases).
    phases : names of the phases in order.
    windows : when something must go on: minutes from and until, and its name.
    """

    edges: Sequence[float]
    crowd: Sequence[Sequence[float]]
    shares: Sequence[Sequence[float]]
    phases: Sequence[str]
    windows: Sequence[tuple[float, float, str]] = ()


def draw_fan(
    fan: Fan, start: dt.datetime, *, width: int = 340, title: str = "", key: str = "fan", language: Language = ENGLISH
) -> str:
    """Draw a fan above the chances of the phases.

    Parameters
    ----------
    start : when the period begins.

    Returns
    -------
    SVG text.
    """
    rows = [w for w in fan.windows if w[1] > w[0]]
    head = 16.0 + 15.0 * len(rows)
    most = max(1.0, *fan.crowd[-1])
    marks = [t for t in ticks(0.0, most, 4) if t == round(t)]
    left = max(text_width(label(m, marks, language), SIZE) for m in marks) + 10.0
    left = max(left, text_width("100 %", SIZE) + 10.0)
    right = width - 10.0
    across = Axis(fan.edges[0], fan.edges[-1], left, right)
    up = Axis(0.0, most * 1.04, head + CROWD, head)
    foot = head + CROWD + GAP + CHANCE
    chance = Axis(0.0, 1.0, foot, foot - CHANCE)
    sheet = Canvas(width, foot + FOOT, title, key)
    for minute, text in clock_ticks(start, fan.edges[-1], right - left, language):
        at = number(across.at(minute))
        sheet.line(
            f"M{at} {number(head)}V{number(head + CROWD)}M{at} {number(foot - CHANCE)}V{number(foot + 3)}", "hair"
        )
        sheet.text(middle(across.at(minute), text, SIZE, width), foot + 15.0, text, SIZE, "middle", "soft")
    for value in marks:
        sheet.line(f"M{number(left)} {number(up.at(value))}H{number(right)}", "line" if value == 0.0 else "hair")
        sheet.text(left - 5.0, up.at(value) + 4.0, label(value, marks, language), SIZE, "end", "soft")
    sheet.text(0.0, 10.0, language("people"), SIZE, "start", "soft")
    for i, (begin, end, name) in enumerate(rows):
        y, x, u = head - 4.0 - 15.0 * (len(rows) - 1 - i), across.at(begin), across.at(end)
        sheet.line(f"M{number(x)} {number(y - 4)}V{number(y)}H{number(u)}V{number(y - 4)}", "accent", 1.4)
        text = shorten(name, right - left - 44.0, 10.0)
        begin_at = min(x + 3.0, right - text_width(text, 10.0))
        sheet.text(begin_at, y - 3.5, text, 10.0, "start", "accent", halo=True)
    _draw_bands(sheet, fan, across, up)
    _draw_chances(sheet, fan, across, chance)
    for value, text in ((0.0, "0"), (0.5, "50 %"), (1.0, "100 %")):
        sheet.line(f"M{number(left)} {number(chance.at(value))}H{number(right)}", "line" if value == 0.0 else "hair")
        if value != 0.5:
            sheet.text(left - 5.0, chance.at(value) + (8.0 if value else 2.0), text, SIZE, "end", "soft")
    return sheet.done()


def _draw_bands(sheet: Canvas, fan: Fan, across: Axis, up: Axis) -> None:
    xs = [across.at(edge) for edge in fan.edges]
    for (low, high), opacity in zip(((0, 4), (1, 3)), BANDS, strict=True):
        there = [(x, up.at(v)) for x, v in zip(xs, fan.crowd[high], strict=True)]
        back = [(x, up.at(v)) for x, v in zip(xs, fan.crowd[low], strict=True)]
        sheet.area(path([*there, *reversed(back)], close=True), "accent", opacity)
    sheet.line(path((x, up.at(v)) for x, v in zip(xs, fan.crowd[2], strict=True)), "accent", 2.0)


def _draw_chances(sheet: Canvas, fan: Fan, across: Axis, chance: Axis) -> None:
    """Stack the chances of the phases, the worst at the foot; a dark line divides them."""
    floor = [0.0] * len(fan.shares)
    for phase in STACK:
        column = list(fan.phases).index(phase)
        if not any(row[column] > 0.0 for row in fan.shares):
            continue
        top = [f + row[column] for f, row in zip(floor, fan.shares, strict=True)]
        upper, lower = _steps(fan, across, chance, top), _steps(fan, across, chance, floor)
        sheet.phase_area(path([*upper, *reversed(lower)], close=True), phase)
        sheet.line(path(upper), "ink", 0.7)
        floor = top


def _steps(fan: Fan, across: Axis, chance: Axis, values: Sequence[float]) -> list[tuple[float, float]]:
    """Turn a value for each part of the period into the corners of its stairs."""
    points = []
    for (begin, end), value in zip(pairwise(fan.edges), values, strict=True):
        y = chance.at(min(1.0, value))
        points += [(across.at(begin), y), (across.at(end), y)]
    return points
