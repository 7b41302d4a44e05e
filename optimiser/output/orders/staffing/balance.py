"""The line that an expected crowd asks for if it turns, beside what stands there and what waits in reach."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimiser.model.distances import mark_reach
from optimiser.model.instance import PHASES, Sector, Team, VehicleType
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import active_people
from optimiser.model.values.base import CallPhase
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import stands_there
from optimiser.output.orders.staffing.callable import list_for_line
from optimiser.output.words.head_counts import tell_late
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Counts, count
from optimiser.simulation.indexed_instance import Facts as Numbers


@dataclass(frozen=True)
class Balance:
    """The line that the expected crowd of a sector asks for in a phase, beside what there is, in head equivalents.

    Attributes
    ----------
    required : asked for at the most people expected; where units come and go, when most would be missing.
    here, ready, outside : what stands there, what waits in reach, and all that may come from outside.
    along : what stands there then because it came with these people, or as planned.
    here_late, ready_late : how much of what stands there, and of what waits in reach, comes later, and from when.
    """

    sector: Sector
    phase: CallPhase
    required: float
    here: float
    ready: float
    outside: float
    along: float = 0.0
    here_late: tuple[str, ...] = ()
    ready_late: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """What would be missing."""
        return max(0, math.ceil(self.required - self.here - self.along - self.ready - self.outside - 1e-9))


def list_balances(at: Situation) -> Iterator[Balance]:
    """Compare the line that the expected crowd would ask for in yellow and red with what stands and waits in reach.

    Head equivalents by the rule of dispatch: `A ln(1 / (1 - required_risk)) / arrest_k`, A the active people.
    """
    instance = at.instance
    if not at.visits:
        return
    facts, counts = index_instance(instance), count(instance, at.deployment)
    near = mark_reach(instance)
    for i, sector in enumerate(instance.sectors):
        if sector.id not in at.visits:
            continue
        posts = [post for post, is_near in zip(instance.posts, near[i], strict=True) if is_near]
        phases: tuple[CallPhase, CallPhase] = ("yellow", "red")
        for phase in phases:
            number = PHASES.index(phase)
            here = _line(facts, number, counts.teams[i], counts.vehicles[i])
            called = Counter(team.id for post in posts for team in list_for_line(at, post, phase))
            sent = [called[team.id] for team in instance.teams]
            moments = [_meet(at, facts, counts, i, number, minute, crowd) for minute, crowd in at.crowds[sector.id]]
            required, along = max(moments, key=lambda moment: moment[0] - moment[1])
            yield Balance(
                *(sector, phase, required, here, _line(facts, number, sent, ()), _outside(at, facts, number)),
                along=along,
                here_late=_late_line(at, facts, number, counts.teams[i], counts.vehicles[i], at.stand(sector)),
                ready_late=_late_line(at, facts, number, sent, (), at.stand(sector)),
            )


def _meet(
    at: Situation, facts: Numbers, counts: Counts, number: int, phase: int, minute: float, crowd: Mapping[str, int]
) -> tuple[float, float]:
    """Give the line that a sector asks for with some people at once, and what of it comes with them or as planned."""
    sector, people = at.instance.sectors[number], float(sum(crowd.values()))
    teams, vehicles = list(counts.teams[number]), [0] * len(at.instance.vehicles)
    before = list(teams)
    for a, moving in enumerate(at.instance.moving):
        if stands_there(at, moving, sector.id, minute, crowd):
            teams = [n + more for n, more in zip(teams, counts.along_teams[a], strict=True)]
            vehicles = [n + more for n, more in zip(vehicles, counts.along_vehicles[a], strict=True)]
    along = _line(facts, phase, [n - less for n, less in zip(teams, before, strict=True)], vehicles)
    return _required_line(at, facts, sector, phase, teams, people), along


def _line(facts: Numbers, phase: int, teams: Sequence[int], vehicles: Sequence[int]) -> float:
    """Containment of teams and vehicles in a phase, head equivalents; water cannons are left out."""
    total = math.fsum(n * facts.containment[k][phase] for k, n in enumerate(teams))
    return total + math.fsum(
        n * facts.vehicle_containment[w][phase] for w, n in enumerate(vehicles) if not facts.water[w]
    )


def _late_line(
    at: Situation, facts: Numbers, phase: int, teams: Sequence[int], vehicles: Sequence[int], needed: float
) -> tuple[str, ...]:
    """Say how much of a line comes later than at the minute at which it must stand."""
    held: list[tuple[Team | VehicleType, float]] = [
        (team, n * facts.containment[k][phase])
        for k, (team, n) in enumerate(zip(at.instance.teams, teams, strict=True))
    ]
    held += [
        (vehicle, n * facts.vehicle_containment[w][phase])
        for w, (vehicle, n) in enumerate(zip(at.instance.vehicles, vehicles, strict=False))
        if not facts.water[w]
    ]
    return tell_late(at.instance, held, at.language, needed)


def _outside(at: Situation, facts: Numbers, phase: int) -> float:
    """Containment of all reinforcements that may be asked for in a phase, head equivalents."""
    index = {team.id: k for k, team in enumerate(at.instance.teams)}
    sent = [0] * len(index)
    for outside in at.instance.reinforcements:
        if PHASES.index(outside.asked) <= phase:
            sent[index[outside.team]] += int(outside.teams)
    return _line(facts, phase, sent, ())


def _required_line(
    at: Situation, facts: Numbers, sector: Sector, phase: int, teams: Sequence[int], people: float
) -> float:
    """Head equivalents that a sector asks for with so many people, and these teams there."""
    law, visits = make_law(at.instance.law), at.visits[sector.id]
    index = {g.id: i for i, g in enumerate(at.instance.gatherings)}
    come = [v.people * v.most for v in visits]
    share = math.fsum(n * facts.militant[index[v.gathering.id]][phase] for n, v in zip(come, visits, strict=True))
    share /= math.fsum(come) or 1.0
    arrest = math.fsum(n * facts.arrest[k][phase] for k, n in enumerate(teams))
    active = active_people(law, people, share, arrest)
    return active * -math.log(1.0 - min(0.999, facts.required_risk)) / law.arrest_k
