"""A simulated day as a log: everything that happened in it, as if somebody had written all of it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from optimiser.model.deployment import Deployment
from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.model.values.arguments import checked
from optimiser.operation.standing import follow_people, follow_units
from optimiser.simulation.events import Event, Replication

# rows of harms that people count, and which harms of the simulation each of them adds up
COUNTED = {
    "injured": ("injuries_participants", "injuries_public", "injuries_personnel"),
    "records": ("records",),
    "participation": ("participation",),
    "process_minutes": ("process_minutes",),
}


@checked()
def log_of(
    instance: Instance,
    events: Iterable[Event],
    replication: Replication | None = None,
    deployment: Deployment | None = None,
    name: str = "",
) -> ObservedDay:
    """Return a complete log of a simulated day: every event, in its order.

    Parameters
    ----------
    events : of the day in order of time, as `simulate` returns them.
    replication : its harms, told by sector as counted at its end; None leaves them out.
    deployment : the plan; with it the log also says when people could first be talked to, and where an officer is.
    name : of the day.
    """
    told = list(events)
    rows = [Observation(e.minute, e.kind, e.sector, e.other, e.what, float(e.number), str(e.note)) for e in told]
    if deployment is not None:
        rows = sorted([*rows, *_see_people(instance, deployment, told)], key=lambda row: row.minute)
    if replication is not None:
        harms = [tuple(float(h) for h in sector) for sector in replication.harms]
        rows += count_harms(instance, harms)
    return ObservedDay(name, tuple(rows), complete=True)


def _see_people(instance: Instance, deployment: Deployment, events: Sequence[Event]) -> Iterator[Observation]:
    """Tell when people of each sector first had somebody to talk to, and from when to when an officer was there."""
    roles = {role.id: role for role in instance.roles}
    speakers = {team.id for team in instance.teams if float(roles[team.role].dialogue) > 0.0}
    officers = {team.id for team in instance.teams if roles[team.role].officer}
    people = follow_people(instance, events)
    spoken = follow_units(instance, deployment, events, speakers)
    led = follow_units(instance, deployment, events, officers)
    for sector, times in people.items():
        meets = [max(p.start, s.start) for p in times for s in spoken.get(sector, ()) if s.meets(p)]
        if meets:
            yield Observation(min(meets), "contact", sector)
        for span in led.get(sector, ()):
            yield Observation(span.start, "officer", sector)
            if span.end < instance.period.simulated:
                yield Observation(span.end, "officer_gone", sector)


def count_harms(instance: Instance, harms: Sequence[Sequence[float]]) -> list[Observation]:
    """Return the rows that tell the harms of a simulated day, for every sector, as counted at its end.

    Parameters
    ----------
    harms : by sector and harm, in the order of `HARMS`.
    """
    column = {harm.id: i for i, harm in enumerate(HARMS)}
    end = instance.period.simulated
    return [
        Observation(end, what, sector.id, number=sum(of_one[column[part]] for part in parts))
        for sector, of_one in zip(instance.sectors, harms, strict=True)
        for what, parts in COUNTED.items()
    ]
