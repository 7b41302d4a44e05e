"""What can be done now: each thing as orders, and the rules of doctrine that it must not break.

Wide-area means are never among them. A candidate that breaks a rule that is kept now is left out, and counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.operation.now.report import SituationReport
from optimiser.simulation.engine import Floats, Ints
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Facts, distance
from optimiser.simulation.situations import orders as do
from optimiser.simulation.situations.moment import Order, Snapshots
from optimiser.simulation.state import WAITING

RECEPTION = 10.0  # min until an official who sets out now receives a delegation; assumed
MOST_SECTORS = 5  # sectors that something is tried for: those that lose most; assumed
LINES = (1, 2, 4)  # teams of a line that are sent together; assumed
OFTEN = 0.5  # share of situations in which something is so, that it counts as so; assumed
RESERVE_RULES = ("reserve", "cover", "presence-reserve-share")  # what waits is there to be sent
Action = Literal["send", "move", "release", "receive"]


@dataclass(frozen=True)
class Candidate:
    """One thing that can be done now.

    Attributes
    ----------
    action : what kind of thing.
    sector : identifier of the sector that it is for.
    origin : identifier of the place that teams come from; empty otherwise.
    teams : by kind of team; none where nobody is sent.
    minutes : until it takes effect, where that is certain: on the road from a sector, until a reception.
    orders : that carry it out.
    """

    action: Action
    sector: str
    origin: str
    teams: Mapping[str, int]
    minutes: float
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class WhoIsWhere:
    """Who is where at the minute of a report: what is reported, and the usual number of what is not.

    Attributes
    ----------
    teams : that stand in sectors without those that move as planned, shape (sectors, kinds).
    reserve : at stations, shape (stations, kinds).
    numbers : everybody as a deployment, shape (places, kinds).
    called : whether called teams are in a sector, waiting : whether a delegation waits, shape (sectors,).
    """

    teams: Ints
    reserve: Ints
    numbers: Numbers
    called: Floats
    waiting: Floats


def take_stock(instance: Instance, moment: Snapshots, rows: Ints, report: SituationReport) -> WhoIsWhere:
    """Work out who is where.

    Parameters
    ----------
    rows : situations that futures begin from.
    """
    facts = index_instance(instance)

    def usual(name: str) -> Ints:
        middle: Ints = np.floor(np.median(moment.field(name)[rows], axis=0)).astype(np.int64)
        return middle

    teams, reserve, parked, vehicles = (usual(name) for name in ("placed_teams", "reserve", "parked", "vehicles"))
    called = (moment.field("first_column")[rows] >= 0).mean(axis=0)
    waiting = (moment.field("delegation")[rows] == WAITING).mean(axis=0)
    standing = usual("teams")
    sectors = {s.id: i for i, s in enumerate(instance.sectors)}
    posts = {p.id: i for i, p in enumerate(instance.posts)}
    teams = np.where(called[:, None] > OFTEN, np.maximum(teams, standing), teams)
    for one in report.sectors:
        if one.teams is not None:
            teams[sectors[one.id]] = [int(one.teams.get(team.id, 0)) for team in instance.teams]
            called[sectors[one.id]] = 0.0
        if one.delegation is not None:
            waiting[sectors[one.id]] = float(one.delegation == "waiting")
    for post in report.posts:
        if post.teams is not None:
            reserve[posts[post.id]] = [int(post.teams.get(team.id, 0)) for team in instance.teams]
    numbers = moment.plan.copy()
    count, kinds = len(instance.sectors), len(instance.teams)
    cannons = np.array(facts.water, dtype=bool)
    numbers[:count, :kinds] = teams
    numbers[:count, kinds:] = np.where(cannons, numbers[:count, kinds:], vehicles)
    numbers[count : count + facts.posts, :kinds] = reserve[: facts.posts]
    numbers[count : count + facts.posts, kinds:] = np.where(
        cannons, numbers[count : count + facts.posts, kinds:], parked[: facts.posts]
    )
    return WhoIsWhere(teams, reserve, numbers, called, waiting)


def list_candidates(instance: Instance, standing: WhoIsWhere, losing: Sequence[int], minute: float) -> list[Candidate]:
    """List what can be done for some sectors.

    Parameters
    ----------
    losing : indices of sectors, the one that loses most first.
    """
    facts, found = index_instance(instance), []
    for s in losing[:MOST_SECTORS]:
        if standing.waiting[s] > OFTEN and facts.has_official[s]:
            orders = (Order(do.RECEIVE, (s,), RECEPTION),)
            found.append(Candidate("receive", instance.sectors[s].id, "", {}, RECEPTION, orders))
        found += _sent(instance, facts, standing, s, minute)
        found += _moved(instance, facts, standing, s, losing, minute)
    for s in range(len(instance.sectors)):
        if standing.called[s] > OFTEN:
            found.append(Candidate("release", instance.sectors[s].id, "", {}, 0.0, (Order(do.RELEASE, (s,)),)))
    return found


def _sent(instance: Instance, facts: Facts, standing: WhoIsWhere, s: int, minute: float) -> Iterator[Candidate]:
    """List what posts can send to a sector."""
    roles = {role.id: role for role in instance.roles}
    for p, post in enumerate(instance.posts):
        if not math.isfinite(distance(facts, minute, len(instance.sectors) + p, s)):
            continue
        led = any(standing.teams[s, k] for k, team in enumerate(instance.teams) if roles[team.role].officer)
        officer = next(
            (k for k, t in enumerate(instance.teams) if roles[t.role].officer and standing.reserve[p, k] > 0), None
        )
        for k, team in enumerate(instance.teams):
            role, there = roles[team.role], int(standing.reserve[p, k])
            if role.officer or not there or facts.available[k] > minute:
                continue
            line = max(facts.containment[k]) > 0.0
            for n in sorted({min(n, there) for n in (LINES if line else (1,))}):
                pack = {k: n} if led or officer is None else {officer: 1, k: n}
                orders = [*(Order(do.TAKE, (p, kind, m)) for kind, m in pack.items()), Order(do.SEND, (p, s))]
                teams = {instance.teams[kind].id: m for kind, m in pack.items()}
                yield Candidate("send", instance.sectors[s].id, post.id, teams, 0.0, tuple(orders))


def _moved(
    instance: Instance, facts: Facts, standing: WhoIsWhere, s: int, losing: Sequence[int], minute: float
) -> Iterator[Candidate]:
    """List what the sectors that lose least can give: a team of a line from each."""
    roles = {role.id: role for role in instance.roles}
    calm = [other for other in reversed(losing) if other != s and standing.teams[other].any()][:MOST_SECTORS]
    ways = [distance(facts, minute, len(instance.sectors) + p, s) for p in range(facts.posts)]
    if not ways:
        return
    home = int(np.argmin(ways))
    for other in calm:
        km = distance(facts, minute, other, s)
        for k, team in enumerate(instance.teams):
            if standing.teams[other, k] and max(facts.containment[k]) > 0.0 and not roles[team.role].officer:
                minutes = 60.0 * km / facts.march
                if math.isfinite(minutes):
                    order = Order(do.MOVE, (other, s, k, 1, home), minutes)
                    origin = instance.sectors[other].id
                    yield Candidate("move", instance.sectors[s].id, origin, {team.id: 1}, minutes, (order,))


def take_allowed(
    instance: Instance, standing: WhoIsWhere, candidates: Sequence[Candidate], most: int
) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Take the first candidates that keep every rule of doctrine that is kept now; gives those passed over too.

    What waits is there to be sent: rules that only hold reserve back are not asked.

    Parameters
    ----------
    most : how many are taken.
    """
    now = _broken(instance, standing.numbers)
    allowed: list[Candidate] = []
    refused: list[tuple[Candidate, str]] = []
    for one in candidates:
        if len(allowed) == most:
            break
        new = sorted(_broken(instance, _after(instance, standing.numbers, one)) - now) if one.teams else ()
        if new:
            refused.append((one, new[0][0]))
        else:
            allowed.append(one)
    return allowed, refused


def _broken(instance: Instance, numbers: Numbers) -> set[tuple[str, str, str]]:
    """List the rules that a deployment breaks, where and with what."""
    places, kinds = [p.id for p in instance.places], [t.id for t in instance.teams]
    types = [v.id for v in instance.vehicles]
    teams = {(p, k): int(numbers[i, j]) for i, p in enumerate(places) for j, k in enumerate(kinds)}
    vehicles = {(p, v): int(numbers[i, len(kinds) + j]) for i, p in enumerate(places) for j, v in enumerate(types)}
    verdict = check(instance, Deployment.build(instance, teams, vehicles))
    return {(v.code, v.place, v.what) for v in verdict.violations if v.code not in RESERVE_RULES}


def _after(instance: Instance, numbers: Numbers, one: Candidate) -> Numbers:
    """Return who is where once a candidate is carried out."""
    after = numbers.copy()
    places = {p.id: i for i, p in enumerate(instance.places)}
    for k, team in enumerate(instance.teams):
        n = one.teams.get(team.id, 0)
        if n:
            after[places[one.origin], k] -= n
            after[places[one.sector], k] += n
    return after
