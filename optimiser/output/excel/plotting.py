"""The sheet that a plan is read back from: one row a unit, with place, times, numbers, heads and coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.files.plan_tables.layout import SHEET, STAMP, TITLES
from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import Allotment, Deployment, count_unit_heads
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance, Post, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.model.parts.notes import NOTES, find_notes, join_notes
from optimiser.model.values.base import Place
from optimiser.output.excel.book import Book, BookSheet, clock_value

NEEDED = ("ring", "place", "officer_post", "unit", "role", "teams", "vehicles", "heads", "home", "start", "end")
DEGREES = ("lat", "lon")  # written where places have them
IDENTIFIERS = ("place_id", "unit_id")
LOOKS = {
    "ring": "ring",
    "place": "bold",
    "role": "pale",
    "teams": "whole",
    "vehicles": "whole",
    "heads": "whole",
    "start": "clock",
    "end": "clock",
    "lat": "number",
    "lon": "number",
    "place_id": "pale",
    "unit_id": "pale",
}
WIDTHS = {
    "ring": 5,
    "place": 28,
    "officer_post": 20,
    "unit": 28,
    "role": 28,
    "teams": 7,
    "vehicles": 11,
    "heads": 9,
    "home": 20,
    "start": 8,
    "end": 8,
    "lat": 11,
    "lon": 11,
    "call_sign": 16,
    "contact": 24,
    "equipment": 30,
    "place_id": 16,
    "unit_id": 18,
}
Station = Sector | Post | Moving
Unit = Team | VehicleType


def write_plotting(page: BookSheet, instance: Instance, deployment: Deployment, language: Language) -> None:
    """Write who stands where, one row for each kind of unit: plotting personel. Sectors by ring, posts, who moves.

    Each stands there from when the line must stand, or, if it is later, from when it can be used; at a post from the
    start of the operation, or that. Heads follow from numbers by formulas of ours, with their values, so that a changed
    number is counted at once.
    """
    rows, due, first = list(_rows(instance, deployment)), list_due(instance), deployment.first_numbers(instance)
    keys = _columns(instance)
    page.widths(*(WIDTHS[key] for key in keys))
    right = {n for n, key in enumerate(keys) if LOOKS.get(key) in ("whole", "ring", "number", "clock")}
    page.head(0, [language(TITLES[key]) for key in keys], right)
    page.sheet.freeze_panes(1, 2)
    page.sheet.repeat_rows(0)
    heads = keys.index("heads")
    for number, (place, unit, count) in enumerate(rows, 1):
        values = _values(instance, place, unit, count, due)
        values |= {note: plain(join_notes(note, unit, place, first[place.id, unit.id], count)) for note in NOTES}
        page.put_row(number, [values.get(key) for key in keys], [LOOKS.get(key, "text") for key in keys])
        if values["heads"]:
            counted = keys.index("teams" if isinstance(unit, Team) else "vehicles")
            cell = f"{chr(65 + counted)}{number + 1}"
            page.put_formula(number, heads, f"={cell}*{values['heads'] // count}", values["heads"], "whole")
    if rows:
        page.sheet.autofilter(0, 0, len(rows), len(keys) - 1)
        total = sum(int(page.values.get((n, heads), 0.0)) for n in range(1, len(rows) + 1))
        letter = chr(65 + heads)
        page.put(len(rows) + 1, keys.index("role"), language("heads placed"), "sum")
        page.put_formula(len(rows) + 1, heads, f"=SUBTOTAL(109,{letter}2:{letter}{len(rows) + 1})", total, "total")
    note = language("A plan is read back from this sheet alone: change numbers, or add rows with place and unit.")
    page.put(len(rows) + 3, 1, f"# {note}", "line")  # in one cell: merged cells are not read


def write_stamp(book: Book, instance: Instance, deployment: Deployment, language: Language) -> None:
    """Write, on a hidden sheet, what the workbook was made for, so that it is known when it is read back."""
    page = book.sheet(STAMP)
    page.sheet.hide()
    told = (("instance", instance.name), ("sha256", instance.fingerprint()), ("plan", deployment.fingerprint()))
    for row, (name, value) in enumerate((*told, ("title", plain(deployment.title)), ("sheet", language(SHEET)))):
        page.put_row(row, (name, value))


def _rows(instance: Instance, deployment: Deployment) -> Iterator[tuple[Station, Unit, int]]:
    by_ring = sorted(instance.sectors, key=lambda sector: sector.ring)
    places: tuple[Station, ...] = (*by_ring, *instance.posts, *instance.moving)
    for place in places:
        here = deployment.places.get(place.id, Allotment())
        units: tuple[Unit, ...] = (*instance.teams, *instance.vehicles)
        for unit in units:
            counts = here.teams if isinstance(unit, Team) else here.vehicles
            if n := counts.get(unit.id, 0):
                yield place, unit, n


def _columns(instance: Instance) -> list[str]:
    """List the columns that say something about an instance."""
    notes = find_notes((*instance.places, *instance.teams, *instance.vehicles))
    degrees = DEGREES if any(place.lat is not None for place in (*instance.sectors, *instance.posts)) else ()
    return [*NEEDED, *degrees, *notes, *IDENTIFIERS]


def _values(instance: Instance, place: Station, unit: Unit, count: int, due: Mapping[str, float]) -> dict[str, Any]:
    homes, roles = {p.id: p.name for p in instance.posts}, {r.id: r.name for r in instance.roles}
    team = isinstance(unit, Team)
    values: dict[str, Any] = {
        "ring": place.ring if isinstance(place, Sector) else None,
        "place": plain(place.name),
        "officer_post": plain(getattr(place, "officer_post", None) or ""),
        "unit": plain(unit.name),
        "role": plain(roles[unit.role]) if isinstance(unit, Team) else "",
        "teams": count if team else None,
        "vehicles": None if team else count,
        "heads": count_unit_heads(unit, count) or None,
        "home": plain(homes[unit.home]),
        "start": clock_value(instance.clock(max(due.get(place.id, 0.0), find_first_minute(instance, unit)))),
        "end": clock_value(instance.clock(instance.period.minutes)),
        "place_id": place.id,
        "unit_id": unit.id,
    }
    if isinstance(place, Place) and place.lat is not None and place.lon is not None:
        values |= {"lat": float(place.lat), "lon": float(place.lon)}
    return values
