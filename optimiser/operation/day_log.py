"""A simulated day as a log: everything that happened in it, as if somebody had written all of it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.simulation.events import Event, Replication

# rows of harms that people count, and which harms of the simulation each of them adds up
COUNTED = {
    "injured": ("injuries_participants", "injuries_public", "injuries_personnel"),
    "records": ("records",),
    "participation": ("participation",),
    "process_minutes": ("process_minutes",),
}


def log_of(
    instance: Instance, events: Iterable[Event], replication: Replication | None = None, name: str = ""
) -> ObservedDay:
    """Return a complete log of a simulated day: every event, and its harms by sector as counted at its end.

    Parameters
    ----------
    events : of the day in order of time, as `simulate` returns them.
    replication : its harms; None leaves them out.
    name : of the day.
    """
    rows = [Observation(e.minute, e.kind, e.sector, e.other, e.what, float(e.number), str(e.note)) for e in events]
    if replication is not None:
        rows += _count_harms(instance, replication)
    return ObservedDay(name, tuple(rows), complete=True)


def _count_harms(instance: Instance, replication: Replication) -> Iterator[Observation]:
    column = {harm.id: i for i, harm in enumerate(HARMS)}
    for sector, harms, visited in zip(instance.sectors, replication.harms, replication.visited, strict=True):
        for what, parts in COUNTED.items():
            total = sum(harms[column[part]] for part in parts)
            if visited or total:
                yield Observation(instance.period.simulated, what, sector.id, number=total)
