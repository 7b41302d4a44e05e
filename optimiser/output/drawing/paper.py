"""What every drawing is made on: a sheet of SVG elements, how wide a text is, and how a phase looks.

Colours are CSS variables with a value of their own behind them, so that a drawing follows the page it stands in, light
or dark, and can be looked at alone. A phase has a pattern besides its colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from optimiser.common.number_format import plain

FONT = 12.0  # px, size of letters unless something else is said
# Widths of letters as shares of their size, rounded up from Arial, Helvetica and Liberation Sans, which drawings ask
# for, so that what does not overlap here overlaps on screen hardly ever.
NARROW, WIDE = 0.33, 0.92
WIDTHS = {**dict.fromkeys("ijlI.,:;'|!()[] ft-", NARROW), **dict.fromkeys("mwMW%@", WIDE)}
CAPITAL, COMMON, UNKNOWN = 0.72, 0.57, 1.05  # the last: scripts whose letters fill a square
BOLD = 1.08  # how much wider bold letters are
ELLIPSIS, LOOSE = "…", " ,;:-"  # the latter never stand before the former
INK = {
    "paper": "#ffffff",
    "panel": "#f4f6f8",
    "ink": "#1a222b",
    "soft": "#55616d",
    "line": "#cdd5dc",
    "hair": "#e6eaee",
    "accent": "#1f5fa8",
    "good": "#0b6b4f",
    "bad": "#a3122f",
    "quiet": "#dfe4e9",
    "green": "#3aa583",
    "yellow": "#f2c230",
    "red": "#a3122f",
    "dispersed": "#8d99a5",
    "mark": "#1a222b",
}
PATTERNS = {  # strokes in a tile of 8 x 8 px, by phase; green and quiet are plain
    "yellow": "M-2 10L10 -2M-2 2L2 -2M6 10L10 6",
    "red": "M0 0L8 8M8 0L0 8",
    "dispersed": "M0 4H8",
}
STROKES = {
    "yellow": ("mark", 0.6, 1.0),
    "red": ("paper", 0.75, 1.1),
    "dispersed": ("ink", 0.4, 1.0),
}  # with opacity, px


def ink(name: str) -> str:
    """Give a colour by its name in `INK`, as CSS."""
    return f"var(--{name},{INK[name]})"


def text_width(text: str, size: float = FONT, bold: bool = False) -> float:
    """Give the width of a text in px, rather too much than too little."""
    width = sum(WIDTHS.get(c, (CAPITAL if c.isupper() else COMMON) if ord(c) < 0x250 else UNKNOWN) for c in text)
    return width * size * (BOLD if bold else 1.0)


def shorten(text: str, room: float, size: float = FONT, bold: bool = False) -> str:
    """Cut a text so that it fits into so many px, with an ellipsis where something is missing."""
    if text_width(text, size, bold) <= room:
        return text
    while text and text_width(text.rstrip(LOOSE) + ELLIPSIS, size, bold) > room:
        text = text[:-1]
    return text.rstrip(LOOSE) + ELLIPSIS


def wrap(text: str, room: float, size: float = FONT, most: int = 2, bold: bool = False) -> list[str]:
    """Break a text into at most so many lines that fit into so many px; the last one is cut where it must be."""
    lines: list[str] = []
    words = text.split()
    while words:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold) <= room:
            line += f" {words.pop(0)}"
        if len(lines) == most - 1 and words:
            line = " ".join([line, *words])
            words = []
        lines.append(shorten(line, room, size, bold))
    return lines


def number(value: float) -> str:
    """Write a coordinate: a tenth of a px is enough."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def path(points: Iterable[tuple[float, float]], close: bool = False) -> str:
    """Write a line through points; those that lie on the way between their neighbours are left out."""
    kept: list[tuple[str, str]] = []
    for x, y in points:
        point = (number(x), number(y))
        if len(kept) > 1 and (kept[-1][1] == kept[-2][1] == point[1] or kept[-1][0] == kept[-2][0] == point[0]):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + ("Z" if close else "")


@dataclass(frozen=True)
class Rect:
    """A rectangle of a drawing in px, from its upper left to its lower right corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, px."""
        return self.right - self.left, self.bottom - self.top

    def overlap(self, other: Rect) -> float:
        """Give the area that two rectangles share, in px²."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)

    def grow(self, by: float) -> Rect:
        """Give a rectangle that is larger on every side."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Canvas:
    """An SVG drawing that grows element by element.

    Parameters
    ----------
    width, height : px.
    title : what it shows, for those who cannot see it.
    key : begins every identifier in it, so that several drawings can stand in one page.
    """

    def __init__(self, width: float, height: float, title: str, key: str) -> None:
        self.width, self.height, self.title, self.key = width, height, title, key
        self.parts: list[str] = []
        self.patterns: set[str] = set()

    def add(self, tag: str, content: str = "", /, **attributes: object) -> None:
        """Add an element; ``stroke_width`` becomes ``stroke-width``; content must be escaped already."""
        words = "".join(f' {_name(k)}="{_value(v)}"' for k, v in attributes.items() if v is not None)
        self.parts.append(f"<{tag}{words}>{content}</{tag}>" if content else f"<{tag}{words}/>")

    def line(self, d: str, colour: str = "ink", width: float = 1.0, **more: object) -> None:
        """Draw a path without filling it."""
        self.add("path", d=d, fill="none", stroke=ink(colour), stroke_width=width, **more)

    def area(self, d: str, colour: str, opacity: float | None = None, **more: object) -> None:
        """Fill a path."""
        self.add("path", d=d, fill=ink(colour), fill_opacity=opacity, **more)

    def box(self, rect: Rect, colour: str, **more: object) -> None:
        """Fill a rectangle."""
        self.add("rect", **_corners(rect), fill=ink(colour), **more)

    def phase(self, rect: Rect, phase: str) -> None:
        """Fill a rectangle with the colour and pattern of a phase."""
        self.box(rect, phase)
        if phase in PATTERNS:
            self.add("rect", **_corners(rect), fill=self.pattern(phase))

    def phase_area(self, d: str, phase: str) -> None:
        """Fill a path with the colour and pattern of a phase."""
        self.area(d, phase)
        if phase in PATTERNS:
            self.add("path", d=d, fill=self.pattern(phase))

    def pattern(self, phase: str) -> str:
        """Name the pattern of a phase as a filling."""
        self.patterns.add(phase)
        return f"url(#{self.key}-{phase})"

    def arc(self, x: float, y: float, r: float, begin: float, end: float, colour: str, width: float) -> None:
        """Draw a share of a circle, clockwise from the top; what is small but not nothing stays visible."""
        end = min(0.999, max(end, begin + 0.04))
        a, b = 2.0 * math.pi * begin - math.pi / 2.0, 2.0 * math.pi * end - math.pi / 2.0
        big = int(end - begin > 0.5)
        d = f"M{number(x + r * math.cos(a))} {number(y + r * math.sin(a))}A{number(r)} {number(r)} 0 {big} 1 "
        self.line(d + f"{number(x + r * math.cos(b))} {number(y + r * math.sin(b))}", colour, width)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = FONT,
        anchor: str = "start",
        colour: str = "ink",
        bold: bool = False,
        halo: bool = False,
        turned: bool = False,
        long: float | None = None,
    ) -> None:
        """Write a text that ends, begins or has its middle at a point on the line it stands on.

        Parameters
        ----------
        halo : whether the colour of the paper surrounds it, so that it can be read across lines.
        turned : whether it is written upwards.
        long : px that it takes whatever the letters are; None as they come.
        """
        self.add(
            "text",
            escape(plain(text)),
            x=x,
            y=y,
            font_size=size if size != FONT else None,
            text_anchor=anchor if anchor != "start" else None,
            fill=ink(colour),
            font_weight="700" if bold else None,
            stroke=ink("paper") if halo else None,
            stroke_width=3.0 if halo else None,
            paint_order="stroke" if halo else None,
            stroke_linejoin="round" if halo else None,
            textLength=long,
            lengthAdjust="spacingAndGlyphs" if long is not None else None,
            transform=f"rotate(-90 {number(x)} {number(y)})" if turned else None,
        )

    def mark(self, name: str, d: str, colour: str) -> str:
        """Define an arrow head as a path that points to the right in a square of 10; gives how it is named."""
        self.parts.append(
            f'<marker id="{self.key}-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
            f'orient="auto" markerUnits="userSpaceOnUse"><path d="{d}" fill="{ink(colour)}"/></marker>'
        )
        return f"url(#{self.key}-{name})"

    def done(self) -> str:
        """Give the drawing as text."""
        tiles = "".join(_tile(f"{self.key}-{phase}", phase) for phase in sorted(self.patterns))
        size = f'viewBox="0 0 {number(self.width)} {number(self.height)}" width="{number(self.width)}" '
        size += f'height="{number(self.height)}"'
        look = f'role="img" font-family="Arial, Helvetica, sans-serif" font-size="{number(FONT)}"'
        name = f"<title>{escape(plain(self.title))}</title>" if self.title else ""
        if not self.title:
            look = look.replace('role="img"', 'aria-hidden="true"')
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{name}'
        defs = f"<defs>{tiles}</defs>" if tiles else ""
        return "\n".join([head + defs, *self.parts, "</svg>"])


def spread(wanted: Sequence[float], apart: float, least: float, most: float) -> list[float]:
    """Move positions as little as needed so that any two are `apart` and all lie between `least` and `most`.

    Neighbours that would overlap form a block around the mean of what they want; blocks that meet are joined.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, int]] = []  # mean of wanted first positions, and number of texts
    for i in order:
        blocks.append((wanted[i], 1))
        while len(blocks) > 1 and blocks[-2][0] + apart * blocks[-2][1] > blocks[-1][0]:
            (first, n), (second, m) = blocks[-2:]
            blocks[-2:] = [((first * n + (second - apart * n) * m) / (n + m), n + m)]
    flat = [start + apart * k for start, n in blocks for k in range(n)]
    for k in range(len(flat)):
        flat[k] = max(flat[k], least + apart * k)
    for k in reversed(range(len(flat))):
        flat[k] = min(flat[k], most - apart * (len(flat) - 1 - k))
    places = [0.0] * len(wanted)
    for i, place in zip(order, flat, strict=True):
        places[i] = place
    return places


def _tile(name: str, phase: str) -> str:
    colour, opacity, width = STROKES[phase]
    stroke = f'stroke="{ink(colour)}" stroke-opacity="{opacity}" stroke-width="{width}"'
    inside = f'<path d="{PATTERNS[phase]}" fill="none" {stroke}/>'
    return f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">{inside}</pattern>'


def _corners(rect: Rect) -> dict[str, object]:
    return {"x": rect.left, "y": rect.top, "width": rect.right - rect.left, "height": rect.bottom - rect.top}


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else escape(str(value))
