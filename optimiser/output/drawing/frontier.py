"""The frontier as a picture: loss and each harm against the amount of a resource, with 95 % intervals.

One large panel for the points that decide, and a small one for each harm. What is known is drawn twice, by colour and
by form: the knee is a ring and a dashed line, levels without a plan are hatched.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, ends, mean, plain
from optimiser.model.harms import INDEPENDENT
from optimiser.output.words.bands import tell_levels
from optimiser.planning.evaluation import Interval
from optimiser.questions.frontier import Frontier, Level

WIDTH, LEFT, RIGHT = 760, 64, 24  # px
PHONE, CLOSE = 500, 44  # px: below that width panels stand one below the other, with so much to their left
MAIN, SMALL, GAP = 250, 108, 58  # heights of panels and what lies between them, px
LINE, LETTER = 18, 6.8  # px: height of a line of the note, and width of a letter at most on average
TICKS = 5  # of the vertical axis, about
# Colours follow the page that the drawing stands in, and have values of their own for a drawing that stands alone.
STYLE = """
.frontier { font: 13px system-ui, sans-serif; --f-ink: var(--ink, #1b1b1b); --f-soft: var(--soft, #5c5c5c);
  --f-curve: #0072b2; --f-knee: #b84e00; --f-rule: var(--line, #d4d4d4); --f-page: var(--paper, #fff);
  background: var(--f-page); max-width: 100%; height: auto }
@media screen and (prefers-color-scheme: dark) { .frontier { --f-ink: var(--ink, #eee); --f-soft: var(--soft, #b3b3b3);
  --f-curve: #56b4e9; --f-knee: #e69f00; --f-rule: var(--line, #444); --f-page: var(--paper, #181818) } }
.frontier text { fill: var(--f-ink) } .frontier .soft { fill: var(--f-soft) } .frontier .head { font-weight: 600 }
.frontier .rule { stroke: var(--f-rule) } .frontier .curve { fill: none; stroke: var(--f-curve); stroke-width: 2 }
.frontier .whisker { stroke: var(--f-curve); stroke-width: 1.5 } .frontier .dot { fill: var(--f-curve) }
.frontier .ring { fill: var(--f-page); stroke: var(--f-knee); stroke-width: 3 }
.frontier .knee { stroke: var(--f-knee); stroke-dasharray: 5 4 }
.frontier .called { fill: var(--f-knee); font-weight: 600 }
.frontier .over { stroke: var(--f-page); stroke-width: 5; paint-order: stroke }
.frontier .hatch { stroke: var(--f-soft) }
"""


def draw_frontier(
    frontier: Frontier, language: Language = ENGLISH, *, width: int = WIDTH, key: str = "frontier"
) -> str:
    """Draw a frontier.

    Parameters
    ----------
    width : px; below 500 panels stand one below the other.
    key : of the names in the drawing, so that several can stand in one page.

    Returns
    -------
    One SVG element with its own style, light and dark; names are escaped.
    """
    phone = width < PHONE
    columns, left, top = (1, CLOSE, 60) if phone else (2, LEFT, 40)
    rows = -(-len(INDEPENDENT) // columns)
    note = _tell_bands(frontier, language, width - left - RIGHT)
    below = top + MAIN + GAP + LINE * len(note)  # where the small panels begin
    height = below + 16 + rows * (SMALL + GAP)
    name = plain(frontier.resource.name(frontier.instance, language))
    title = language("{name} against expected loss", name=name)
    wide = (width - columns * (left + RIGHT)) / columns
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="frontier" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title><desc>{escape(plain(frontier.sentence(language)))}</desc>",
        f"<style>{STYLE}</style>",
        f'<defs><pattern id="{key}-closed" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>',
    ]
    losses = [(level, level.evaluation.loss) for level in frontier.planned if level.evaluation]
    label = language("Expected loss, points")
    box = (left, top, width - left - RIGHT, MAIN)
    parts += _panel(frontier, losses, label, box, language, key, (top - 32 if phone else top - 14))
    for number, line in enumerate(note):
        y = top + MAIN + 54 + LINE * number
        parts.append(f'<text class="soft" x="{left:.1f}" y="{y:.1f}">{escape(line)}</text>')
    for i, harm in enumerate(INDEPENDENT):
        label = f"{capitalise(language(harm.label))}, {language(harm.measure)}"
        x = left + (i % columns) * (wide + left + RIGHT)
        y = below + 24 + (i // columns) * (SMALL + GAP)
        values = [(level, level.evaluation.harms[harm.id]) for level in frontier.planned if level.evaluation]
        parts += _panel(frontier, values, label, (x, y, wide, SMALL), language, key)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _tell_bands(frontier: Frontier, language: Language, width: float) -> list[str]:
    """Say in lines of a width, px, how far the smallest, the knee and the largest level move over the law's ranges."""
    if frontier.law_range is None:
        return []
    planned = frontier.planned
    shown = [i for i, level in enumerate(planned) if i in (0, len(planned) - 1) or level is frontier.knee]
    names = [f"{language.number(f'{planned[i].amount:,}')} {frontier.unit(language)}" for i in shown]
    said = tell_levels(names, [frontier.law_range.losses[i] for i in shown], language)
    return textwrap.wrap(said, int(width / LETTER))


def _panel(
    frontier: Frontier,
    values: Sequence[tuple[Level, Interval]],
    label: str,
    box: tuple[float, float, float, float],
    language: Language,
    key: str,
    called_at: float | None = None,
) -> Iterator[str]:
    """Draw one panel: axes, curve with intervals, knee, levels without a plan.

    Parameters
    ----------
    box : left, top, width and height of what lies between the axes, px.
    called_at : of the large panel, how far down the knee is named, px.
    """
    left, top, width, height = box
    main = called_at is not None
    amounts = [level.amount for level in frontier.levels]
    first, span = amounts[0], max(1, amounts[-1] - amounts[0])
    most = max((i.high if math.isfinite(i.high) else i.mean for _, i in values), default=1.0) or 1.0
    ticks = _ticks(most)
    pad = min(16.0, width / 20)

    def across(amount: int) -> float:
        return left + pad + (width - 2 * pad) * (amount - first) / span

    def up(value: float) -> float:
        return top + height * (1.0 - min(1.0, max(0.0, value) / ticks[-1]))

    yield f'<text class="head" x="{left:.1f}" y="{top - 14:.1f}">{escape(label)}</text>'
    for tick in ticks:
        number = language.number(f"{tick:g}")
        yield f'<line class="rule" x1="{left:.1f}" x2="{left + width:.1f}" y1="{up(tick):.1f}" y2="{up(tick):.1f}"/>'
        yield f'<text class="soft" text-anchor="end" x="{left - 8:.1f}" y="{up(tick) + 4:.1f}">{number}</text>'
    every = max(1, math.ceil(len(amounts) * 44 / width))
    for i, amount in enumerate(amounts):
        if i % every == 0:
            number = language.number(f"{amount:,}")
            x, y = across(amount), top + height + 18
            yield f'<text class="soft" text-anchor="middle" x="{x:.1f}" y="{y:.1f}">{number}</text>'
    if main:
        unit, y = frontier.unit(language), top + height + 36
        yield f'<text class="soft" text-anchor="end" x="{left + width:.1f}" y="{y:.1f}">{escape(unit)}</text>'
    yield from _closed(frontier, across, box, key)
    if main:
        yield from _told(frontier, across, top, height, language)
    knee = frontier.knee
    if knee is not None:
        x = across(knee.amount)
        yield f'<line class="knee" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{top + height:.1f}"/>'
        if main:
            number = language.number(f"{knee.amount:,}")
            called = escape(language("fewest not shown to be too few: {knee}", knee=number))
            x, y = left + width, called_at or 0.0
            yield f'<text class="called" text-anchor="end" x="{x:.1f}" y="{y:.1f}">{called}</text>'
    points = " ".join(f"{across(level.amount):.1f},{up(i.mean):.1f}" for level, i in values)
    yield f'<polyline class="curve" points="{points}"/>'
    for level, interval in values:
        x = across(level.amount)
        if math.isfinite(interval.half):
            low, high = up(interval.low), up(interval.high)
            yield f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
            for y in (low, high):
                yield f'<line class="whisker" x1="{x - 4:.1f}" x2="{x + 4:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        kind, radius = ("ring", 6) if level is knee else ("dot", 4)
        told = f"{level.amount:,}: {mean(interval)} {ends(interval)}"
        yield (
            f'<circle class="{kind}" cx="{x:.1f}" cy="{up(interval.mean):.1f}" r="{radius}">'
            f"<title>{escape(language.number(told))}</title></circle>"
        )


def _closed(
    frontier: Frontier, across: Callable[[int], float], box: tuple[float, float, float, float], key: str
) -> Iterator[str]:
    """Hatch the levels without a plan."""
    left, top, width, height = box
    closed = [level for level in frontier.levels if level.evaluation is None]
    if not closed:
        return
    gaps = sorted(level.amount for level in frontier.levels)
    step = min((b - a for a, b in pairwise(gaps)), default=1)
    half = (across(gaps[0] + step) - across(gaps[0])) / 2
    for level in closed:
        low, high = max(left, across(level.amount) - half), min(left + width, across(level.amount) + half)
        place = f'x="{low:.1f}" y="{top:.1f}" width="{high - low:.1f}" height="{height:.1f}"'
        yield f'<rect class="closed" fill="url(#{key}-closed)" {place}/>'


def _told(
    frontier: Frontier, across: Callable[[int], float], top: float, height: float, language: Language
) -> Iterator[str]:
    """Write into the hatched levels why nothing is drawn there."""
    closed = [across(level.amount) for level in frontier.levels if level.evaluation is None]
    if closed:
        x, y = (closed[0] + closed[-1]) / 2, top + height / 2
        name = escape(language("no plan"))
        yield f'<text class="head over" text-anchor="middle" x="{x:.1f}" y="{y:.1f}">{name}</text>'


def _ticks(most: float) -> list[float]:
    """Give round numbers from 0 to at least the most."""
    raw = most / TICKS
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if unit * m >= raw)
    return [float(f"{step * i:.12g}") for i in range(math.ceil(most / step - 1e-9) + 1)]
