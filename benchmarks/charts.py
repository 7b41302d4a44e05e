"""Line charts as plain SVG: a logarithmic axis each way, one line a method with its range, labels beside the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 780, 470  # px
LEFT, RIGHT, TOP, BOTTOM = 72, 160, 64, 56  # px around the plot
LINE = 16  # px between labels at least
FONT = "font-family='Helvetica, Arial, sans-serif'"
INK, FAINT = "#222222", "#d9d9d9"


@dataclass(frozen=True)
class Line:
    """One line of a chart; all values as they are, not as logarithms.

    Attributes
    ----------
    xs, middle, low, high : as many values each.
    dash : pattern of strokes, empty for a whole line.
    """

    name: str
    xs: Sequence[float]
    middle: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    colour: str
    dash: str = ""
    width: float = 1.8


class Axis:
    """A logarithmic axis from data to pixels; what lies below its least value is drawn there."""

    def __init__(self, least: float, most: float, begin: float, end: float) -> None:
        self.low, self.high = math.log10(least), math.log10(most)
        self.begin, self.end = begin, end

    def at(self, value: float) -> float:
        """Give the pixel of a value."""
        level = max(self.low, math.log10(value)) if value > 0.0 else self.low
        return self.begin + (level - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self) -> list[float]:
        """Give the powers of ten that lie on the axis."""
        return [10.0**e for e in range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)]


def draw_chart(title: str, subtitle: str, lines: Sequence[Line], x_title: str, y_title: str, floor: float) -> str:
    """Draw lines with their ranges.

    Parameters
    ----------
    floor : least value that is told apart from less, the foot of the vertical axis.

    Returns
    -------
    The text of an SVG file.
    """
    top = max(10.0 * floor, 1.2 * max(max(line.high) for line in lines))
    across = Axis(min(min(line.xs) for line in lines), max(max(line.xs) for line in lines), LEFT, WIDTH - RIGHT)
    up = Axis(floor, top, HEIGHT - BOTTOM, TOP)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>",
        _text(LEFT, 26, title, size=16, weight="bold"),
        _text(LEFT, 46, subtitle, size=12, colour="#555555"),
        *_frame(across, up, x_title, y_title, floor),
        *(_band(line, across, up) for line in lines),
        *(_stroke(line, across, up) for line in lines),
        *_labels(lines, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, text: str, size: int = 12, anchor: str = "start", **more: str) -> str:
    colour, weight = more.get("colour", INK), more.get("weight", "normal")
    turn = f" transform='rotate(-90 {x:.1f} {y:.1f})'" if more.get("turned") else ""
    look = f"{FONT} font-size='{size}' font-weight='{weight}' fill='{colour}' text-anchor='{anchor}'"
    return f"<text x='{x:.1f}' y='{y:.1f}' {look}{turn}>{escape(text)}</text>"


def _frame(across: Axis, up: Axis, x_title: str, y_title: str, floor: float) -> list[str]:
    """Draw grid, numbers and titles of both axes."""
    parts = []
    for value in up.ticks():
        y = up.at(value)
        parts.append(f"<path d='M{LEFT} {y:.1f}H{WIDTH - RIGHT}' stroke='{FAINT}'/>")
        sign = "≤ " if math.isclose(value, floor) else ""
        parts.append(_text(LEFT - 8, y + 4, f"{sign}{value:,.10g}", anchor="end"))
    for value in across.ticks():
        x = across.at(value)
        parts.append(f"<path d='M{x:.1f} {TOP}V{HEIGHT - BOTTOM}' stroke='{FAINT}'/>")
        parts.append(_text(x, HEIGHT - BOTTOM + 18, f"{value:,.0f}", anchor="middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, x_title, size=13, anchor="middle"))
    parts.append(_text(18, (TOP + HEIGHT - BOTTOM) / 2.0, y_title, size=13, anchor="middle", turned="yes"))
    return parts


def _band(line: Line, across: Axis, up: Axis) -> str:
    there = [f"{across.at(x):.1f} {up.at(v):.1f}" for x, v in zip(line.xs, line.high, strict=True)]
    back = [f"{across.at(x):.1f} {up.at(v):.1f}" for x, v in zip(line.xs, line.low, strict=True)]
    return f"<path d='M{'L'.join([*there, *reversed(back)])}Z' fill='{line.colour}' fill-opacity='0.10'/>"


def _stroke(line: Line, across: Axis, up: Axis) -> str:
    points = [(across.at(x), up.at(v)) for x, v in zip(line.xs, line.middle, strict=True)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = "".join(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{1.2 + line.width:.1f}'/>" for x, y in points)
    look = f"stroke='{line.colour}' stroke-width='{line.width}' stroke-dasharray='{line.dash}'"
    return f"<path d='M{path}' fill='none' {look}/><g fill='{line.colour}'>{dots}</g>"


def _labels(lines: Sequence[Line], across: Axis, up: Axis) -> list[str]:
    """Write each name beside the end of its line, moved apart where they would overlap."""
    ends = [(across.at(line.xs[-1]), up.at(line.middle[-1])) for line in lines]
    places = spread([y for _, y in ends], LINE, TOP, HEIGHT - BOTTOM)
    parts, edge = [], WIDTH - RIGHT
    for line, (x, y), place in zip(lines, ends, places, strict=True):
        parts.append(f"<path d='M{x + 4:.1f} {y:.1f}L{edge + 12} {place:.1f}' stroke='{line.colour}' fill='none'/>")
        weight = "bold" if line.width > 2.0 else "normal"
        parts.append(_text(edge + 16, place + 4, line.name, size=13, colour=line.colour, weight=weight))
    return parts


def spread(wanted: Sequence[float], apart: float, least: float, most: float) -> list[float]:
    """Move positions as little as needed so that any two are `apart` and all lie between `least` and `most`.

    Neighbours that would overlap form a block around the mean of what they want; blocks that meet are joined.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[list[float]] = []  # mean of wanted first positions, and number of labels
    for i in order:
        blocks.append([wanted[i], 1.0])
        while len(blocks) > 1 and blocks[-2][0] + apart * blocks[-2][1] > blocks[-1][0]:
            (first, n), (second, m) = blocks[-2:]
            blocks[-2:] = [[(first * n + (second - apart * n) * m) / (n + m), n + m]]
    flat = [start + apart * k for start, n in blocks for k in range(int(n))]
    for k in range(len(flat)):
        flat[k] = max(flat[k], least + apart * k)
    for k in reversed(range(len(flat))):
        flat[k] = min(flat[k], most - apart * (len(flat) - 1 - k))
    places = [0.0] * len(wanted)
    for i, place in zip(order, flat, strict=True):
        places[i] = place
    return places
