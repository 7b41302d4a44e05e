"""Write the tables of `docs/model.md` from the code: ``python docs/make_tables.py``.

A table stands between ``<!-- table: name -->`` and ``<!-- end of table -->``; the rest of the page is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from optimiser.escalation import CONSTANTS
from optimiser.instance import HARM_UNITS, HARMS, Objective
from optimiser.outcome import KINDS, weights

PAGE = Path(__file__).with_name("model.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def make_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Lay out a Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def constants() -> str:
    """List the constants of the law."""
    header = ("constant", "unit", "low", "default", "high", "meaning", "source")
    rows = (
        (f"`{c.name}`", c.unit, f"{c.low:g}", f"{c.default:g}", f"{c.high:g}", c.meaning, c.source) for c in CONSTANTS
    )
    return make_table(header, rows)


def events() -> str:
    """List the kinds of event."""
    return make_table(("event", "meaning"), ((f"`{kind}`", meaning) for kind, meaning in KINDS.items()))


def harms() -> str:
    """List the harms with their units and default points."""
    points = weights(Objective())
    rows = ((f"`{h}`", unit, f"{p:g}") for h, unit, p in zip(HARMS, HARM_UNITS, points, strict=True))
    return make_table(("harm", "unit", "points per unit by default"), rows)


TABLES = {"constants": constants, "events": events, "harms": harms}


def fill(page: str) -> str:
    """Put the tables into the text of a page."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], page)


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
