"""Write the tables of `docs/model.md` and `instances/README.md` from the code: ``python docs/make_tables.py``.

A table stands between ``<!-- table: name -->`` and ``<!-- end of table -->``; the rest of the page is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from optimiser.configuration import place_configurations
from optimiser.escalation import CONSTANTS
from optimiser.instance import HARM_UNITS, HARMS, Instance, Objective
from optimiser.outcome import KINDS, weights
from optimiser.province import Province
from optimiser.repair import PRICES, UNITS
from optimiser.synthetic import generate, stored

PAGES = (Path(__file__).with_name("model.md"), Path(__file__).parents[1] / "instances" / "README.md")
LARGER = ((300, 1), (1000, 1))  # sectors and seed of the towns in the table that are not shipped as files
MOST = 100_000  # configurations of a sector that are counted
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


def prices() -> str:
    """List what each measure of a repair costs."""
    rows = ((f"`{name}`", UNITS[name], f"{price}") for name, price in PRICES.items())
    return make_table(("measure", "one unit", "points, assumed"), rows)


def towns() -> str:
    """List the synthetic towns: one row for the twins of a size and seed."""
    header = (
        *(
            "sectors",
            "seed",
            "towns",
            "posts",
            "sectors visited",
            "people",
            "gatherings, marching",
            "gatherings, apart",
        ),
        *("heads, tight", "heads, loose", "most configurations of a sector", "of all sectors"),
    )
    sizes = dict.fromkeys([*((town.sectors, town.seed) for town in stored()), *LARGER])
    return make_table(header, (tuple(f"{n:,}" for n in _town(*size)) for size in sizes))


def _town(sectors: int, seed: int) -> tuple[int, ...]:
    province = Province(sectors, seed)
    visited = {stop.site for crowd in province.crowds for stop in crowd.stops}
    apart, marching = generate(sectors, "tight", "none", seed), generate(sectors, "loose", "marches", seed)
    grids = count_configurations(apart)
    return (
        *(sectors, seed, province.towns, province.posts, len(visited), sum(crowd.persons for crowd in province.crowds)),
        *(len(marching.gatherings), len(apart.gatherings), int(apart.cap), int(marching.cap), max(grids), sum(grids)),
    )


def count_configurations(instance: Instance) -> list[int]:
    """Count the feasible configurations of each sector; those with the same limits have the same ones.

    Only for instances without pins, where nothing but these limits is a sector's own.
    """
    known: dict[str, int] = {}
    counts = []
    for sector in instance.sectors:
        limits = repr((int(sector.staging_capacity), sorted(sector.minimum.items()), sorted(sector.maximum.items())))
        if limits not in known:
            known[limits] = len(place_configurations(instance, sector.id, MOST)[0])
        counts.append(known[limits])
    return counts


TABLES = {"constants": constants, "events": events, "harms": harms, "prices": prices, "towns": towns}


def fill(page: str) -> str:
    """Put the tables into the text of a page."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], page)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(fill(path.read_text(encoding="utf-8")), encoding="utf-8")
