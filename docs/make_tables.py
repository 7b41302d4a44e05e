"""Write the tables of the pages from the code: ``python docs/make_tables.py``.

A table stands between ``<!-- table: name -->`` and ``<!-- end of table -->``; the rest of the page is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from make_architecture import read_story, read_table, reduce_table

from optimiser.common import parsing
from optimiser.common.errors import InputFault
from optimiser.common.language import ENGLISH
from optimiser.files.rain import FACTORS
from optimiser.files.read import read
from optimiser.files.synthetic.sites import Province
from optimiser.files.synthetic.town import generate, stored
from optimiser.files.workbook import Column, lay_out
from optimiser.files.xlsx import archive, container, grid
from optimiser.model.cautions import CAUTIONS
from optimiser.model.harms import HARMS, weights
from optimiser.model.instance import Instance, Objective
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.values.words import SCALES
from optimiser.output.excel.template import cell, limits, unit
from optimiser.planning.programs.configurations import place_configurations
from optimiser.planning.programs.repair import PRICES, UNITS
from optimiser.simulation.events import KINDS

DOCS, ROOT = Path(__file__).parent, Path(__file__).parents[1]
PAGES = (
    DOCS / "architecture.md",
    DOCS / "model.md",
    DOCS / "questions.md",
    DOCS / "whatif.md",
    DOCS / "workbook.md",
    ROOT / "instances" / "README.md",
)
BROKEN = ROOT / "tests" / "data" / "faults" / "many-faults-at-once.xlsx"
LARGER = ((300, 1), (1000, 1))  # sectors and seed of the towns in the table that are not shipped as files
MOST = 100_000  # configurations of a sector that are counted
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def make_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Lay out a Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def rain() -> str:
    """List what rain multiplies, and by how much."""
    rows = ((f"`{name}`", f.what, f"{f.light:g}", f"{f.heavy:g}", f.source) for name, f in FACTORS.items())
    return make_table(("factor", "of", "light", "heavy", "source"), rows)


def packages() -> str:
    """List the packages, the lowest one first: what each says of itself, and what it may import."""
    rows = (
        (f"`{name}`", read_story(name), ", ".join(f"`{low}`" for low in below) or "-")
        for name, below in reduce_table(read_table()).items()
    )
    return make_table(("package", "holds", "may import, and what these may"), rows)


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
    rows = ((f"`{harm.id}`", harm.unit, f"{p:g}") for harm, p in zip(HARMS, points, strict=True))
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


def sheets() -> str:
    """List the sheets of a workbook."""
    rows = ((f"`{s.name}`", s.form, "yes" if s.required else "", s.help) for s in lay_out())
    return make_table(("sheet", "form", "must be there", "holds"), rows)


def columns() -> str:
    """List the columns of a workbook with their units and limits; those of the law have a table of their own."""
    rows = []
    for sheet in lay_out():
        for column in sheet.columns if sheet.name != "law" else ():
            name = f"**`{column.path}`**" if column.required else f"`{column.path}`"
            limit = "" if column.choices and column.kind != "choice" else limits(column, ENGLISH)
            holds = unit(column, ENGLISH) + (", *range*" if column.ranged else "")
            rows.append((f"`{sheet.name}`", name, holds, limit, _default(column), column.help))
    return make_table(("sheet", "column", "unit or kind", "limits or choices", "if left empty", "what it is"), rows)


def _default(column: Column) -> str:
    value = cell(column.default, column, ENGLISH)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def words() -> str:
    """List the words that may stand for a number."""
    rows = (
        (f"`{field}`", *anchor.words, f"{anchor.value:g}", f"{anchor.low:g} – {anchor.high:g}", anchor.like)
        for field, scale in SCALES.items()
        for anchor in scale
    )
    return make_table(("field", "word", "in Indonesian", "number", "range", "a day like it"), rows)


def faults() -> str:
    """Show what is said of a workbook that is broken in several ways."""
    try:
        read(BROKEN)
    except InputFault as refused:
        lines = str(refused).replace(str(BROKEN), BROKEN.name)
        return f"```\n{lines}\n```\n"
    raise AssertionError(BROKEN)


def warnings() -> str:
    """List the kinds of warnings."""
    return make_table(("warning", "says"), ((f"`{code}`", meaning) for code, meaning in CAUTIONS.items()))


def refusals() -> str:
    """List what is refused as a whole, with the limits that hold."""
    rows = (
        ("no `.xlsx`: another kind of file, an old or encrypted workbook, a damaged archive", "it cannot be looked at"),
        ("a part that declares entities, or is neither UTF-8 nor UTF-16", "a few lines of it could become gigabytes"),
        (
            "a sheet without a part of its own, or with elements, or an order of cells, that the format has not",
            "it would be open what was read",
        ),
        (f"more than {parsing.MOST_BYTES:,} bytes", "far above any instance within the limits of the format"),
        (f"more than {archive.MOST_BYTES:,} bytes unpacked, declared or real", "a small file may hold a large one"),
        (f"a directory of more than {archive.MOST_DIRECTORY:,} bytes", "about 1,000 parts; ours have 60"),
        (f"more than {archive.MOST_SHEETS} sheets", f"there are {len(lay_out())} to fill in"),
        (f"more than {archive.MOST_CELLS:,} cells in a sheet or in all, empty ones between counted", "memory"),
        (f"more than {container.MOST_TEXTS:,} texts, or {grid.MOST_TEXT:,} characters shown", "memory"),
    )
    return make_table(("refused", "why"), rows)


TABLES = {
    **{
        "packages": packages,
        "constants": constants,
        "events": events,
        "harms": harms,
        "prices": prices,
        "rain": rain,
        "towns": towns,
    },
    **{
        "sheets": sheets,
        "columns": columns,
        "faults": faults,
        "refusals": refusals,
        "warnings": warnings,
        "words": words,
    },
}


def fill(page: str) -> str:
    """Put the tables into the text of a page."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], page)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(fill(path.read_text(encoding="utf-8")), encoding="utf-8")
