"""The Gantt chart: phases of sectors, who stands there, who is on the road, who waits at posts, over one told day."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from optimiser.common.language import ENGLISH, Language
from optimiser.output.drawing.axes import Axis, clock_ticks, middle
from optimiser.output.drawing.paper import Canvas, Rect, ink, number, shorten, text_width

SIZE, SMALL = 11.0, 10.0  # px, letters
HEAD, FOOT = 22.0, 8.0  # px
BAND, LANE, GAP = 17.0, 17.0, 9.0  # px, heights of a phase band, of a lane, and between groups
LABELS = (0.26, 190.0)  # room for names: a share of the width, and px at most
LANES = 0.35  # the same share on a phone, where only lanes have their names there
PHONE, NAME = 500, 15.0  # px: in narrower charts the name of a place stands above its band, so high
Kind = Literal["stand", "road", "back", "away"]
Sign = Literal["waits", "received", "unmet", "water"]


@dataclass(frozen=True)
class Bar:
    """A stretch of time: standing formed up, on the road there, on the way back, or away from a post."""

    kind: Kind
    begin: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Lane:
    """A line of bars with its name."""

    name: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Group:
    """A place: a band of phases if it is a sector, of heads that wait if it is a post, and lanes below.

    Attributes
    ----------
    phases : minutes from and until, and the phase.
    waiting : heads that wait from a minute on.
    signs : what happened to a delegation, or when water ran, by minute.
    """

    name: str
    phases: Sequence[tuple[float, float, str]] = ()
    waiting: Sequence[tuple[float, int]] = ()
    signs: Sequence[tuple[float, Sign]] = ()
    lanes: Sequence[Lane] = ()


def draw_gantt(
    groups: Sequence[Group],
    start: dt.datetime,
    minutes: float,
    *,
    width: int = 720,
    title: str = "",
    key: str = "gantt",
    language: Language = ENGLISH,
) -> str:
    """Draw a Gantt chart.

    Parameters
    ----------
    start : when the period begins.
    minutes : how long it is.

    Returns
    -------
    SVG text.
    """
    left = LANES * width if width < PHONE else min(LABELS[0] * width, LABELS[1])
    above = NAME if width < PHONE else 0.0
    right = width - 8.0
    across = Axis(0.0, minutes, left, right)
    height = HEAD + sum(above + BAND + LANE * len(g.lanes) + GAP for g in groups) + FOOT
    sheet = Canvas(width, height, title, key)
    for minute, text in clock_ticks(start, minutes, right - left, language):
        x = across.at(minute)
        sheet.line(f"M{number(x)} {number(HEAD - 4)}V{number(height - FOOT)}", "hair")
        sheet.text(middle(x, text, SIZE, width), HEAD - 9.0, text, SIZE, "middle", "soft")
    y = HEAD
    for group in groups:
        y = _draw_group(sheet, group, across, y, above, language) + GAP
    return sheet.done()


def _draw_group(sheet: Canvas, group: Group, across: Axis, y: float, above: float, language: Language) -> float:
    """Draw one place from a height on, its name above or beside its band; gives where it ends."""
    left = across.begin
    room = across.end if above else left - 8.0
    sheet.text(0.0, y + 12.0, shorten(group.name, room, SIZE, True), SIZE, bold=True)
    y += above
    band = Rect(across.begin, y + 1.0, across.end, y + BAND - 2.0)
    if group.waiting:
        _draw_waiting(sheet, group, across, band, language)
    else:
        sheet.box(band, "quiet")
        for begin, end, phase in group.phases:
            if phase != "quiet":
                sheet.phase(Rect(across.at(begin), band.top, across.at(end), band.bottom), phase)
        _draw_signs(sheet, group, across, (band.top + band.bottom) / 2.0)
    y += BAND
    for lane in group.lanes:
        margin = 0.0 if above else 8.0
        sheet.text(margin, y + 12.0, shorten(lane.name, left - margin - 6.0, SMALL), SMALL, colour="soft")
        for bar in lane.bars:
            _draw_bar(sheet, bar, across, y + LANE / 2.0)
        y += LANE
    return y


def _draw_waiting(sheet: Canvas, group: Group, across: Axis, band: Rect, language: Language) -> None:
    """Draw the heads that wait at a post as a step line, with numbers where there is room."""
    most = max(1, *(n for _, n in group.waiting))
    steps = [*group.waiting, (across.high, group.waiting[-1][1])]
    free = -math.inf
    for (begin, heads), (end, _) in pairwise(steps):
        x, u = across.at(begin), across.at(end)
        top = band.bottom - (band.bottom - band.top) * heads / most
        if heads > 0 and u > x:
            sheet.box(Rect(x, top, u, band.bottom), "accent", fill_opacity=0.28)
        text = language.number(f"{heads:,}")
        if u - x > text_width(text, SMALL) + 6.0 and x >= free:
            sheet.text(x + 3.0, band.bottom - 3.5, text, SMALL)
            free = x + text_width(text, SMALL) + 6.0
    sheet.line(f"M{number(band.left)} {number(band.bottom)}H{number(band.right)}", "soft", 0.8)


def _draw_signs(sheet: Canvas, group: Group, across: Axis, y: float) -> None:
    """Mark what became of a delegation, in shapes: a ring waits, a dot was received, a cross was not."""
    for minute, sign in group.signs:
        x = across.at(minute)
        if sign == "water":
            left, right, low = number(x - 4), number(x + 4), number(y + 1)
            drop = f"M{number(x)} {number(y - 6)}L{right} {low}A4.2 4.2 0 1 1 {left} {low}Z"
            sheet.area(drop, "accent", stroke=ink("paper"))
            continue
        fill = ink("ink" if sign == "received" else "paper")
        sheet.add("circle", cx=x, cy=y, r=5.5, fill=fill, stroke=ink("ink"), stroke_width=1.2)
        if sign == "unmet":
            sheet.line(f"M{number(x - 3)} {number(y - 3)}l6 6m0 -6l-6 6", "ink", 1.5)
        elif sign == "received":
            sheet.line(f"M{number(x - 2.8)} {number(y)}l2 2.4l3.6 -4.6", "paper", 1.5)


def _draw_bar(sheet: Canvas, bar: Bar, across: Axis, y: float) -> None:
    x, u = across.at(max(across.low, bar.begin)), across.at(min(across.high, bar.end))
    if u <= x:
        return
    if bar.kind == "stand":
        sheet.box(Rect(x, y - 5.5, u, y + 5.5), "accent", rx=1.5)
        if bar.text and text_width(bar.text, SMALL) + 6.0 < u - x:
            sheet.text(x + 4.0, y + 3.6, bar.text, SMALL, colour="paper")
    elif bar.kind == "road":
        sheet.line(f"M{number(x)} {number(y)}H{number(u)}", "accent", 2.4, stroke_dasharray="3 2")
    elif bar.kind == "away":
        sheet.box(Rect(x, y - 3.0, max(u, x + 2.0), y + 3.0), "soft")
    else:
        sheet.line(f"M{number(x)} {number(y)}H{number(u)}", "accent", 1.2)
