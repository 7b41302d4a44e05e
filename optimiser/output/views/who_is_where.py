"""Who is where at each minute of a told day: what a screen draws on a map, taken from the events alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Any

from optimiser.model.deployment import Deployment, count_unit_heads
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import find_assembly
from optimiser.output.pictures import list_heads_over_time
from optimiser.output.words.movements import (
    AlongStand,
    ReserveColumn,
    find_end,
    list_along_stands,
    list_columns,
    list_waiting,
    list_walks,
)
from optimiser.simulation.events import Event

Steps = list[tuple[float, int]]


def describe_whereabouts(instance: Instance, deployment: Deployment, events: Sequence[Event]) -> dict[str, Any]:
    """Describe who is where on a told day, from its events as the report reads them.

    Returns
    -------
    The minute with which a picture of the day ends; the heads that stand at each sector and post from a minute on;
    people, reserve columns and units that move as planned, each on its ways. What never happens is null.
    """
    end = find_end(instance, events)
    columns, placed = list_columns(instance, events), list_heads_over_time(instance, deployment)
    stands = {
        along.id: list_along_stands(events, along.id, find_assembly(instance, along), end)
        for along in instance.moving
        if along.id in placed
    }
    crews = {vehicle.id: count_unit_heads(vehicle, 1) for vehicle in instance.vehicles}
    heads = list_waiting(columns, {p.id: placed[p.id] for p in instance.posts if p.id in placed}, crews)
    for sector in instance.sectors:
        found = _stand_here(sector.id, placed, columns, stands, end)
        if found:
            heads[sector.id] = found
    return {
        "until": end,
        "heads": {place: [list(step) for step in steps] for place, steps in heads.items()},
        "walks": [vars(walk) for walk in list_walks(events)],
        "columns": [_column_values(column) for column in columns],
        "moving": [
            {"place": ident, "heads": placed[ident][-1][1], "origin": before.sector, **_stand_values(after)}
            for ident, stays in stands.items()
            for before, after in pairwise(stays)
        ],
    }


def _stand_here(
    sector: str,
    placed: dict[str, Steps],
    columns: Iterable[ReserveColumn],
    stands: dict[str, tuple[AlongStand, ...]],
    end: float,
) -> Steps:
    """Give the heads that stand in a sector from a minute on: placed there, called there, and passing through."""
    changes: Steps = []
    before = 0
    for minute, now in placed.get(sector, []):
        changes.append((minute, now - before))
        before = now
    for column in columns:
        if column.sector == sector and column.heads:
            changes += [(column.formed, column.heads), (column.released, -column.heads)]
    for ident, stays in stands.items():
        for stay in (stay for stay in stays if stay.sector == sector and stay.formed < stay.left):
            changes.append((stay.formed, placed[ident][-1][1]))
            if stay.left < end:
                changes.append((stay.left, -placed[ident][-1][1]))
    steps: Steps = []
    for minute, several in groupby(sorted(c for c in changes if math.isfinite(c[0])), key=lambda change: change[0]):
        steps.append((minute, (steps[-1][1] if steps else 0) + sum(more for _, more in several)))
    return steps


def _column_values(column: ReserveColumn) -> dict[str, Any]:
    times = {name: _finite(getattr(column, name)) for name in ("sent", "came", "formed", "released", "back", "home")}
    rides = sum(number for _, number in column.rides)
    return {"origin": column.origin, "sector": column.sector, "heads": column.heads, "rides": rides, **times}


def _stand_values(stay: AlongStand) -> dict[str, Any]:
    return {"sector": stay.sector, "sent": stay.sent, "formed": stay.formed, "left": stay.left}


def _finite(minute: float) -> float | None:
    return minute if math.isfinite(minute) else None
