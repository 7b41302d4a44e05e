"""Response tables: configurations of one place and what they lose, by simulation.

Without interplay a sector's loss depends on its own configuration alone, and its table is filled by simulating it alone
(`search.columns`). With interplay an entry is the change of the *total* loss when only this place changes from the
incumbent deployment, on the same random numbers: a model around the incumbent, never reported as a result.
"""

from __future__ import annotations

import numpy as np

from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance, VehicleType
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.parts.itinerary import may_displace
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.simulation.compiled_engine.law_code import is_ours
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import Floats, Ints
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

(SPILL,) = (constant for constant in CONSTANTS if constant.name == "spill")


def interplay(
    instance: Instance, dispatch: Dispatch = send_nearest, law: EscalationLaw | None = None, uncertain: bool = False
) -> tuple[Message, ...]:
    """Name what lets one place's configuration change another place's loss; empty when sectors are separate.

    Of a law or a dispatch rule of one's own nothing is known, so either counts as interplay.

    Parameters
    ----------
    uncertain : whether scenarios have constants of the law and inputs of their own, anywhere within their ranges.
    """
    callable_roles = {r.id for r in instance.roles if not r.officer and {"yellow", "red"} & set(r.phases)}
    reasons = []
    waits = any(p.staging_capacity > 0 for p in instance.posts) and any(
        t.role in callable_roles and t.count > 0 for t in instance.teams
    )
    if waits or any(_callable(instance, v) for v in instance.vehicles):
        reasons.append(Message("sectors share callable reserve"))
    if dispatch is not send_nearest:
        reasons.append(Message("the dispatch rule is not the default one"))
    if law is not None and not is_ours(law):
        reasons.append(Message("the escalation law is not one of ours"))
    if any(r.teams > 0 for r in instance.reinforcements):
        reasons.append(Message("sectors share reinforcements from outside"))
    if any(len(way.stops) > 1 for g in instance.gatherings for way in g.ways):
        reasons.append(Message("gatherings march from sector to sector"))
    if any(may_displace(g) for g in instance.gatherings):
        reasons.append(Message("gatherings go where the line is thinnest"))
    if instance.accompaniments:
        reasons.append(Message("units accompany gatherings from sector to sector"))
    if instance.movements:
        reasons.append(Message("units move from sector to sector"))
    spill = plausible_range(instance.law, SPILL)
    if len(instance.sectors) > 1 and instance.gatherings and (spill.high if uncertain else spill.value) > 0.0:
        reasons.append(Message("people of a red sector spill over to another"))
    return tuple(reasons)


def joined_by_movements_alone(
    instance: Instance, dispatch: Dispatch = send_nearest, law: EscalationLaw | None = None, uncertain: bool = False
) -> bool:
    """Tell whether sectors influence each other because units move from one to another, and not otherwise."""
    return bool(instance.movements) and len(interplay(instance, dispatch, law, uncertain)) == 1


def _callable(instance: Instance, vehicle: VehicleType) -> bool:
    """Tell whether a vehicle can wait at a post and be sent from it: a water cannon, or one that cares for the hurt."""
    useful = vehicle.water_cannon or (vehicle.medical > 0.0 and vehicle.crew_role is None)
    crew = vehicle.crew if vehicle.crew_role is None else 1
    room = any(crew <= p.staging_capacity for p in instance.posts)
    return useful and room and vehicle.count > 0 and vehicle.stands != "sectors"


def tabulate_around(
    simulator: Simulator, scenarios: Scenarios, incumbent: Numbers, rules: Rules, among: Ints
) -> tuple[dict[str, ResponseTable], Floats]:
    """Fill tables conditioned on the joint simulation of an incumbent, with its configurations and those beside them.

    Parameters
    ----------
    incumbent : numbers by place and kind, shape (places, kinds).
    among : places whose tables are filled; the others have the incumbent's configuration alone.

    Returns
    -------
    Tables by place, whose entries are changes of total loss and whose first configuration is the incumbent's, and the
    incumbent's total loss by scenario.
    """
    instance = simulator.instance
    beside = rules.beside(incumbent, among)
    base = simulator.course(incumbent, scenarios).total
    changes = simulator.totals(beside.plans(incumbent), scenarios, base=incumbent) - base
    tables = {}
    for p, place in enumerate(instance.places):
        here = np.flatnonzero(beside.places[:, 0] == p)
        numbers = np.concatenate([incumbent[[p]], beside.rows[here, 0]])
        loss = np.concatenate([np.zeros((1, len(scenarios))), changes[here]])
        tables[place.id] = ResponseTable.of(instance, place.id, numbers, loss)
    return tables, base
