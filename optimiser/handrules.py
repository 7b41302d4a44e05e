"""What a planner would do by hand: the first candidates of the loop, and what its result is compared with.

Each rule says what it would like to have where; `optimiser.allocation.nearest` makes it feasible. The rules know the
expected crowd only, nothing of the simulation.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

from optimiser.allocation import nearest
from optimiser.deployment import Deployment
from optimiser.escalation import make_law
from optimiser.instance import Instance, Role, Team
from optimiser.travel import measure

Wanted = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Outlook:
    """What is known without simulating.

    Attributes
    ----------
    crowd : expected person-minutes, by sector.
    active : most people expected to be ready to act in disorder, by sector.
    risk : crowd x tension x militant share in disorder, half as much again per critical window, by sector.
    front : kinds that stand in sectors from the beginning; officers apart.
    back : kinds that wait at posts until the phase is theirs.
    officers : kinds with an officer in charge.
    """

    crowd: dict[str, float]
    active: dict[str, float]
    risk: dict[str, float]
    front: tuple[Team, ...]
    back: tuple[Team, ...]
    officers: tuple[Team, ...]

    def busiest(self, instance: Instance, by: dict[str, float]) -> list[str]:
        """Sectors with a crowd in falling order of a measure, no more than there are officers for."""
        order = sorted((s for s in by if by[s] > 0.0), key=lambda s: (-by[s], s))
        officers = sum(int(t.count) for t in self.officers)
        return order[:officers] if instance.doctrine.officer_per_sector else order


def foresee(instance: Instance) -> Outlook:
    """Work out the expected crowd of every sector and sort the kinds of teams by where they belong."""
    crowd, active, risk = ({s.id: 0.0 for s in instance.sectors} for _ in range(3))
    for g in instance.gatherings:
        for stop in g.itinerary:
            ready = float(g.turnout) * float(g.militant.yellow)
            crowd[stop.sector] += float(g.turnout) * float(stop.stay)
            active[stop.sector] = max(active[stop.sector], ready)
            risk[stop.sector] += ready * float(g.tension)
    for s in instance.sectors:
        risk[s.id] *= 1.0 + 0.5 * len(s.critical)
    roles = {r.id: r for r in instance.roles}
    fielded = [t for t in instance.teams if t.count > 0]
    officers = tuple(t for t in fielded if roles[t.role].officer)
    back = tuple(t for t in fielded if t not in officers and _waits(roles[t.role]))
    front = tuple(t for t in fielded if t not in officers and t not in back)
    return Outlook(crowd, active, risk, front, back, officers)


def _waits(role: Role) -> bool:
    return role.stands == "posts" or (role.stands == "anywhere" and "green" not in role.phases)


def proportional(instance: Instance) -> Deployment:
    """Spread every kind over the sectors in proportion to the expected crowd; what may not act yet waits at posts."""
    outlook = foresee(instance)
    sectors = outlook.busiest(instance, outlook.crowd)
    wanted: Wanted = {}
    total = sum(outlook.crowd[s] for s in sectors)
    for s in sectors:
        for team in outlook.front:
            wanted[s, team.id] = int(team.count) * outlook.crowd[s] / total
    return _settle(instance, outlook, sectors, wanted, "proportional")


def risk_first(instance: Instance) -> Deployment:
    """Fill the sectors in falling order of risk, each to the containment doctrine asks reserve for, then the next.

    That containment follows from P = 1 - exp(-k C / A) (Epstein 2002). What is left over waits at posts.
    """
    outlook = foresee(instance)
    sectors = outlook.busiest(instance, outlook.risk)
    stock = {t.id: int(t.count) for t in outlook.front}
    wanted: Wanted = {}
    for s in sectors:
        missing = _required(instance) * outlook.active[s]
        for team in outlook.front:
            each = _containment(instance, team)
            need = math.ceil(missing / each) if each > 0.0 else 1
            given = min(stock[team.id], max(0, need))
            stock[team.id] -= given
            missing -= given * each
            wanted[s, team.id] = given
    return _settle(instance, outlook, sectors, wanted, "risk first", stock)


def greedy(instance: Instance) -> Deployment:
    """Place team after team where the expected number of unimpressed active people falls most.

    The measure, the sum of A exp(-k C / A), is separable and convex, so greedy is optimal for it (Armentrout et al.).
    Kinds without containment go round the sectors in order of risk.
    """
    outlook = foresee(instance)
    sectors = outlook.busiest(instance, outlook.risk)
    k = make_law(instance.law).arrest_k
    wanted: Wanted = {}
    held = dict.fromkeys(sectors, 0.0)
    stock = {t.id: int(t.count) for t in outlook.front}
    for team in outlook.front if sectors else ():
        each = _containment(instance, team)
        if each <= 0.0:
            for i in range(int(team.count)):
                place = sectors[i % len(sectors)], team.id
                wanted[place] = wanted.get(place, 0) + 1
            stock[team.id] = 0
            continue

        def gain(s: str, each: float = each) -> float:
            a = outlook.active[s]
            return a * (math.exp(-k * held[s] / a) - math.exp(-k * (held[s] + each) / a)) if a > 0.0 else 0.0

        heap = [(-gain(s), s) for s in sectors]
        heapq.heapify(heap)
        while stock[team.id] > 0 and heap[0][0] < -0.5:  # half a person: below that it is kept in reserve
            _, s = heapq.heappop(heap)
            held[s] += each
            stock[team.id] -= 1
            wanted[s, team.id] = wanted.get((s, team.id), 0) + 1
            heapq.heappush(heap, (-gain(s), s))
    return _settle(instance, outlook, sectors, wanted, "greedy", stock)


RULES: dict[str, Callable[[Instance], Deployment]] = {
    "proportional": proportional,
    "risk first": risk_first,
    "greedy": greedy,
}


def candidates(instance: Instance) -> dict[str, Deployment]:
    """Give what every hand rule would do, all feasible.

    Raises
    ------
    Infeasible : no deployment is feasible, so no rule can have one.
    """
    return {name: rule(instance) for name, rule in RULES.items()}


def _required(instance: Instance) -> float:
    """Containment for each active person that gives the perceived risk below which doctrine asks for reserve."""
    share = min(0.999, float(instance.doctrine.required_risk))
    return -math.log(1.0 - share) / make_law(instance.law).arrest_k


def _containment(instance: Instance, team: Team) -> float:
    role = next(r for r in instance.roles if r.id == team.role)
    return float(role.containment.yellow if "yellow" in role.phases else role.containment.green) * int(team.size)


def _settle(
    instance: Instance,
    outlook: Outlook,
    sectors: list[str],
    wanted: Wanted,
    title: str,
    left: dict[str, int] | None = None,
) -> Deployment:
    """Add officers, reserve and vehicles to what a rule wants in sectors, and make it feasible."""
    for i, s in enumerate(sectors):
        if outlook.officers:
            wanted[s, outlook.officers[i % len(outlook.officers)].id] = 1
    near = _near(instance, outlook)
    for team in outlook.back:
        for post, share in near.items():
            wanted[post, team.id] = int(team.count) * share
    for kind, number in (left or {}).items():
        for post, share in near.items():
            wanted[post, kind] = number * share
    posts = list(near)
    for vehicle in instance.vehicles:
        places = sectors if vehicle.medical > 0.0 and vehicle.stands != "posts" and sectors else posts
        for i in range(int(vehicle.count)):
            place = places[i % len(places)], vehicle.id
            wanted[place] = wanted.get(place, 0) + 1
    weights = {t.id: float(t.size) for t in instance.teams} | {v.id: 10.0 for v in instance.vehicles}
    return nearest(instance, wanted, weights).model_copy(update={"title": title})


def _near(instance: Instance, outlook: Outlook) -> dict[str, float]:
    """Share the reserve over posts with room by nearness to the crowd: weight 1 / (1 + mean km)."""
    km = measure(instance).km[0]
    size, total = len(instance.sectors), sum(outlook.crowd.values())
    weight: dict[str, float] = {}
    for i, post in enumerate(instance.posts):
        far = [float(km[size + i][j]) for j in range(size)]
        mean = (
            sum(min(far[j], 1e3) * outlook.crowd[s.id] for j, s in enumerate(instance.sectors)) / total
            if total
            else 0.0
        )
        weight[post.id] = (1.0 if post.staging_capacity > 0 else 0.0) / (1.0 + mean)
    whole = sum(weight.values())
    return {p: w / whole for p, w in weight.items()} if whole else dict.fromkeys(weight, 0.0)
