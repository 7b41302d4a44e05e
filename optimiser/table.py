"""Response tables: configurations of one place and what they lose, by simulation.

Without interplay a sector's loss depends on its own configuration alone, so one joint replication fills one entry of
every sector's table at once and the table is exact for its scenarios. With interplay an entry is the change of the
*total* loss when only this place changes from the incumbent deployment, on the same random numbers: a model around
the incumbent, never reported as a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from optimiser.configuration import Configuration, ResponseTable, configuration_of, deployment_of, fits
from optimiser.deployment import Deployment
from optimiser.dispatch import Dispatch, send_nearest
from optimiser.engine import Floats
from optimiser.escalation import EscalationLaw, RiskLaw, ThresholdLaw, make_law
from optimiser.instance import Instance, VehicleType
from optimiser.scenario import Scenarios
from optimiser.simulation import Simulator


def interplay(
    instance: Instance, dispatch: Dispatch = send_nearest, law: EscalationLaw | None = None
) -> tuple[str, ...]:
    """Name what lets one place's configuration change another place's loss; empty when sectors are separate.

    Of a law or a dispatch rule of one's own nothing is known, so either counts as interplay.
    """
    callable_roles = {r.id for r in instance.roles if not r.officer and {"yellow", "red"} & set(r.phases)}
    reasons = []
    waits = any(p.staging_capacity > 0 for p in instance.posts) and any(
        t.role in callable_roles and t.count > 0 for t in instance.teams
    )
    if waits or any(_callable(instance, v) for v in instance.vehicles):
        reasons.append("sectors share callable reserve")
    if dispatch is not send_nearest:
        reasons.append("the dispatch rule is not the default one")
    if law is not None and type(law) not in (RiskLaw, ThresholdLaw):
        reasons.append("the escalation law is not one of ours")
    if any(r.teams > 0 for r in instance.reinforcements):
        reasons.append("sectors share reinforcements from outside")
    if any(len(g.itinerary) > 1 for g in instance.gatherings):
        reasons.append("gatherings march from sector to sector")
    if len(instance.sectors) > 1 and instance.gatherings and make_law(instance.law).spill > 0.0:
        reasons.append("people of a red sector spill over to another")
    return tuple(reasons)


def _callable(instance: Instance, vehicle: VehicleType) -> bool:
    """Tell whether a vehicle can wait at a post and be sent from it: a water cannon, or one that cares for the hurt."""
    useful = vehicle.water_cannon or (vehicle.medical > 0.0 and vehicle.crew_role is None)
    crew = vehicle.crew if vehicle.crew_role is None else 1
    room = any(crew <= p.staging_capacity for p in instance.posts)
    return useful and room and vehicle.count > 0 and vehicle.stands != "sectors"


def tabulate(
    simulator: Simulator, scenarios: Scenarios, choices: Mapping[str, Sequence[Configuration]], *, complete: bool
) -> dict[str, ResponseTable]:
    """Fill exact tables of an instance without interplay.

    Parameters
    ----------
    choices : configurations by place; a place without any gets no table.
    complete : whether they are all that the place can have.
    """
    instance = simulator.instance
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    rounds = max(len(c) for place, c in choices.items() if place in index)
    mixed = [
        deployment_of(instance, [c[min(r, len(c) - 1)] for place, c in choices.items() if place in index])
        for r in range(rounds)
    ]
    losses = simulator.losses(mixed, scenarios)  # (rounds, scenarios, sectors)
    tables = {}
    for place, configurations in choices.items():
        if place in index:
            loss = losses[: len(configurations), :, index[place]]
        else:
            loss = np.zeros((len(configurations), len(scenarios)))
        tables[place] = ResponseTable(place, list(configurations), loss, complete)
    return tables


def tabulate_around(
    simulator: Simulator,
    scenarios: Scenarios,
    incumbent: Deployment,
    choices: Mapping[str, Sequence[Configuration]] | None = None,
) -> tuple[dict[str, ResponseTable], Floats]:
    """Fill tables conditioned on the joint simulation of an incumbent.

    Parameters
    ----------
    choices : configurations by place; the neighbours of the incumbent's if left out.

    Returns
    -------
    Tables by place, whose entries are changes of total loss, and the incumbent's total loss by scenario.
    """
    instance = simulator.instance
    own = {p.id: configuration_of(instance, incumbent, p.id) for p in instance.places}
    if choices is None:
        choices = {place: neighbours(instance, c) for place, c in own.items()}
    others = {place: [c for c in options if c != own[place]] for place, options in choices.items()}
    variants = [
        deployment_of(instance, [c if place == p else own[p] for p in own])
        for place, options in others.items()
        for c in options
    ]
    base = simulator.course(incumbent.numbers(instance), scenarios).total
    plans = np.array([d.numbers(instance) for d in variants]).reshape(len(variants), len(own), -1)
    deltas = simulator.totals(plans, scenarios, base=incumbent.numbers(instance)) - base
    tables, row = {}, 0
    for place, options in others.items():
        loss = np.vstack([np.zeros((1, len(scenarios))), deltas[row : row + len(options)]])
        row += len(options)
        tables[place] = ResponseTable(place, [own[place], *options], loss, False)
    return tables, base


def keep_promising(tables: Mapping[str, ResponseTable], share: float) -> dict[str, list[Configuration]]:
    """Keep a share of all entries, those that cost least in the mean; the first of every table always stays.

    What is dropped gets no second, closer look; it may come back around another incumbent.
    """
    means = {c: float(m) for t in tables.values() for c, m in zip(t.configurations, t.loss.mean(axis=1), strict=True)}
    ranked = sorted(means, key=lambda c: means[c])
    kept = set(ranked[: max(1, round(share * len(ranked)))])
    return {
        place: [c for i, c in enumerate(table.configurations) if i == 0 or c in kept] for place, table in tables.items()
    }


def neighbours(instance: Instance, own: Configuration) -> list[Configuration]:
    """List configurations one step away that keep every rule that concerns the place alone.

    A step is a team or vehicle of one kind more or less; an officer comes with the first and goes with the last team,
    and a vehicle brings the teams that its crew and escort need. Whether there are enough is the program's business.
    """
    found: dict[Configuration, None] = {}
    for k, team in enumerate(instance.teams):
        for step in (1, -1):
            if 0 <= own.teams[k] + step <= team.count:
                found[_complete(instance, _with(own, k, step, -1, 0))] = None
    for w, vehicle in enumerate(instance.vehicles):
        for step in (1, -1):
            if 0 <= own.vehicles[w] + step <= vehicle.count:
                found[_complete(instance, _with(own, -1, 0, w, step))] = None
    found.pop(own, None)
    options = list(found)
    return [c for c, good in zip(options, fits(instance, options, own.place), strict=True) if good]


def _with(c: Configuration, k: int, teams: int, w: int, vehicles: int) -> Configuration:
    return Configuration(
        c.place,
        tuple(n + teams if i == k else n for i, n in enumerate(c.teams)),
        tuple(n + vehicles if i == w else n for i, n in enumerate(c.vehicles)),
    )


def _complete(instance: Instance, changed: Configuration) -> Configuration:
    """Add what must come along with a changed configuration."""
    changed = _with_escort(instance, changed)
    if instance.doctrine.officer_per_sector and any(s.id == changed.place for s in instance.sectors):
        changed = _with_officer(instance, changed)
    return changed


def _with_officer(instance: Instance, c: Configuration) -> Configuration:
    officers = [k for k, t in enumerate(instance.teams) if any(r.id == t.role and r.officer for r in instance.roles)]
    others = sum(c.vehicles) + sum(n for k, n in enumerate(c.teams) if k not in officers)
    present = sum(c.teams[k] for k in officers)
    if others and not present and officers:
        return _with(c, officers[0], 1, -1, 0)
    if not others and present:
        for k in officers:
            c = _with(c, k, -c.teams[k], -1, 0)
    return c


def _with_escort(instance: Instance, c: Configuration) -> Configuration:
    for role in (r.id for r in instance.roles):
        need = sum(
            n * ((v.crew if v.crew_role == role else 0) + (v.escort if v.escort_role == role else 0))
            for n, v in zip(c.vehicles, instance.vehicles, strict=True)
        )
        kinds = [k for k, t in enumerate(instance.teams) if t.role == role]
        have = sum(c.teams[k] * instance.teams[k].size for k in kinds)
        if need > have and kinds:
            more = -(-(need - have) // instance.teams[kinds[0]].size)
            c = _with(c, kinds[0], more, -1, 0)
    return c


def merge(tables: Iterable[ResponseTable]) -> dict[str, ResponseTable]:
    """Join tables of the same places and scenarios; later entries of the same configuration are dropped."""
    merged: dict[str, ResponseTable] = {}
    for table in tables:
        known = merged.get(table.place)
        if known is None:
            merged[table.place] = table
            continue
        seen = set(known.configurations)
        fresh = [i for i, c in enumerate(table.configurations) if c not in seen]
        merged[table.place] = ResponseTable(
            table.place,
            [*known.configurations, *(table.configurations[i] for i in fresh)],
            np.vstack([known.loss, table.loss[fresh]]),
            known.complete or table.complete,
        )
    return merged
