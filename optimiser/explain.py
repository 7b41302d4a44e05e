"""Why these people stand in this sector: what is expected, what simulation showed, what one team is worth.

Everything is read from the instance and the solution; nothing is simulated here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimiser.escalation import GREEN, RED, YELLOW
from optimiser.facts import distance
from optimiser.figures import percent, plain, signed
from optimiser.instance import Gathering, Instance, Sector
from optimiser.solution import Solution
from optimiser.survey import gather

SHOWN = 0.005  # points: a margin below this is not worth a planner's line; assumed


@dataclass(frozen=True)
class Visit:
    """A gathering in a sector, as expected: mean times, nobody sent home on the way.

    Attributes
    ----------
    start, end : minutes from the start of the operation, cut at its end.
    people : expected turnout.
    """

    gathering: Gathering
    sector: str
    start: float
    end: float
    people: int


def list_visits(instance: Instance) -> tuple[Visit, ...]:
    """Follow every gathering along its way at its mean times, in order of time."""
    facts = gather(instance)
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    visits: list[Visit] = []
    for g in instance.gatherings:
        start = instance.minutes(g.arrives) + float(g.late)
        for number, stop in enumerate(g.itinerary):
            if number:
                km = distance(facts, start, index[g.itinerary[number - 1].sector], index[stop.sector])
                start += 60.0 * km / facts.march
            if not start < facts.horizon:  # too late, or the way is closed
                break
            assembling = float(g.arrival_spread) if number == 0 else 0.0
            end = start + max(float(stop.stay), assembling)
            visits.append(Visit(g, stop.sector, start, min(end, facts.horizon), round(float(g.turnout))))
            start = end
    return tuple(sorted(visits, key=lambda v: (v.start, v.gathering.id)))


def explain(solution: Solution) -> dict[str, str]:
    """Give a line for each sector, by its identifier: crowd, phases reached, critical windows, least, margins."""
    visits = list_visits(solution.instance)
    reached = {phase: solution.evaluation.reached(phase) for phase in (GREEN, YELLOW, RED)}
    lines = {}
    for i, sector in enumerate(solution.instance.sectors):
        here = [v for v in visits if v.sector == sector.id]
        parts = [
            _crowd(solution.instance, here),
            _phases(*(float(share[i]) for share in reached.values())),
            _windows(sector),
            _required(solution, sector),
            _margin(solution, sector),
        ]
        text = "; ".join(part for part in parts if part)
        lines[sector.id] = f"{text[0].upper()}{text[1:]}." if text else ""
    return lines


def _crowd(instance: Instance, visits: list[Visit]) -> str:
    if not visits:
        return "no gathering is expected"
    people = sum({v.gathering.id: v.people for v in visits}.values())
    times = ", ".join(
        f"{plain(v.gathering.name)} {instance.clock(v.start)}-{instance.clock(v.end)}" for v in visits[:3]
    )
    more = f" and {len(visits) - 3} more" if len(visits) > 3 else ""
    return f"about {people:,} people expected ({times}{more})"


def _phases(green: float, yellow: float, red: float) -> str:
    if yellow == red == 0.0:
        return "never worse than green in any scenario" if green > 0.0 else "nobody came in any scenario"
    shares = [f"{name} in {percent(share)}" for name, share in (("yellow", yellow), ("red", red)) if share > 0.0]
    return f"{', '.join(shares)} of scenarios"


def _windows(sector: Sector) -> str:
    return ", ".join(f"{plain(w.name)} {w.start}-{w.end} must go on" for w in sector.critical)


def _required(solution: Solution, sector: Sector) -> str:
    """Name the roles that stand at exactly the least that is required here, so that no margin explains them."""
    roles = {team.id: team.role for team in solution.instance.teams}
    here = solution.plan.places.get(sector.id)
    bound = []
    for role in solution.instance.roles:
        least = int(sector.minimum.get(role.id, 0))
        have = sum(n for kind, n in here.teams.items() if roles[kind] == role.id) if here else 0
        if least and have == least:
            bound.append(f"{least} {plain(role.name)}")
    return f"at the required least: {', '.join(bound)}" if bound else ""


def _margin(solution: Solution, sector: Sector) -> str:
    """Say which team would be missed most here, and which further one would help most, on planning scenarios."""
    fewer: list[tuple[float, str]] = []
    more: list[tuple[float, str]] = []
    for team in solution.instance.teams:
        less, plus = solution.margins.get((sector.id, team.id), (None, None))
        if less is not None and math.isfinite(less) and less >= SHOWN:
            fewer.append((less, plain(team.name)))
        if plus is not None and math.isfinite(plus) and plus <= -SHOWN:
            more.append((plus, plain(team.name)))
    parts = []
    if fewer:
        value, name = max(fewer, key=lambda pair: pair[0])
        parts.append(f"one {name} fewer: {signed(value, abs(value))} points")
    if more:
        value, name = min(more, key=lambda pair: pair[0])
        parts.append(f"one {name} more: {signed(value, abs(value))}" + ("" if fewer else " points"))
    return ", ".join(parts)
