"""Who relieves whom by the movements of a plan, and who is on duty for longer than doctrine allows and is not relieved.

By mean times, like all that papers say of movements. Where relief is like for like (`doctrine.relief_every`) people who
are no part of the plan relieve everybody, so that no relief and no shortage is listed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from optimiser.common.message import ClockTime, Message
from optimiser.model.cautions import Caution
from optimiser.model.clocks import find_first_minute, span_window
from optimiser.model.deployment import Allotment, Deployment, count_unit_heads
from optimiser.model.expected.stands import Stand, find_ride, list_stands
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance, Sector
from optimiser.model.parts.fitness import list_fitness
from optimiser.model.parts.movement import Moving

TOGETHER = 60.0  # min between who leaves and who comes at most, for one to relieve the other; assumed

Stands = Mapping[str, tuple[Stand, ...]]
_End = tuple[str, Stand, bool]  # movement, stand in a sector, and whether it is at a post after or before


@dataclass(frozen=True)
class Takeover:
    """Units of one movement leave a sector as those of another come there; one of them rests after or before.

    Attributes
    ----------
    goes, comes : identifiers of the movements.
    gone, come : their stands in the sector.
    planned : whether the one goes to a post, and the other comes from a post.
    """

    goes: str
    comes: str
    gone: Stand
    come: Stand
    planned: bool

    @property
    def sector(self) -> str:
        """Where it takes place."""
        return self.gone.sector

    @property
    def gap(self) -> float:
        """Minutes during which neither stands there; negative where both do."""
        return self.come.formed - self.gone.left


@dataclass(frozen=True)
class Relief:
    """One relief that a plan holds units for.

    Attributes
    ----------
    sector : where.
    minute : at which who is relieved leaves.
    formed : minute at which who relieves has formed up.
    goes, comes : identifiers of the movements.
    relieved, relieving : numbers of teams by kind, in the order of the instance.
    heads, fresh : heads of those teams.
    """

    sector: str
    minute: float
    formed: float
    goes: str
    comes: str
    relieved: tuple[tuple[str, int], ...]
    relieving: tuple[tuple[str, int], ...]
    heads: int
    fresh: int


@dataclass(frozen=True)
class Overdue:
    """Heads of teams at one place that nobody relieves when their longest duty is over.

    Attributes
    ----------
    place : sector, accompaniment or movement.
    minute : from which the first of them are on duty for too long.
    heads : all of them until the operation ends.
    """

    place: str
    minute: float
    heads: int


def list_reliefs(instance: Instance, deployment: Deployment) -> tuple[Relief, ...]:
    """List who relieves whom by the movements of a plan, in order of time; whoever does must have a role in common."""
    placed = {m.id: here for m in instance.movements if (here := _find(deployment, m.id)).teams}
    stands = {
        m.id: list_stands(instance, m, find_ride(instance, placed[m.id])) for m in instance.movements if m.id in placed
    }
    roles = {team.id: team.role for team in instance.teams}
    found = []
    for change in pair_changes(instance, stands):
        goes, comes = placed[change.goes], placed[change.comes]
        if {roles[k] for k in goes.teams} & {roles[k] for k in comes.teams}:
            kinds = (_kinds(instance, goes), _kinds(instance, comes))
            heads = (_heads(instance, goes), _heads(instance, comes))
            times = (change.gone.left, change.come.formed)
            found.append(Relief(change.sector, *times, change.goes, change.comes, *kinds, *heads))
    return tuple(found)


def pair_changes(instance: Instance, stands: Stands) -> list[Takeover]:
    """Pair who leaves a sector for a post with who comes there, and who comes from a post with who leaves.

    The nearest in time first; who leaves is relieved once, and who comes relieves once.
    """
    posts, length = {post.id for post in instance.posts}, instance.period.minutes
    leaving = [one for ident, row in stands.items() for one in _leave(ident, row, posts, length)]
    coming = [one for ident, row in stands.items() for one in _come(ident, row, posts)]
    pairs = [
        (abs(come.formed - gone.left), gone.left, goes, comes, gone, come, to_post and from_post)
        for goes, gone, to_post in leaving
        for comes, come, from_post in coming
        if goes != comes and gone.sector == come.sector and (to_post or from_post)
        if abs(come.formed - gone.left) <= TOGETHER
    ]
    found, done = [], set[tuple[str, str, float]]()
    for _, _, goes, comes, gone, come, planned in sorted(pairs, key=lambda pair: pair[:4]):
        ends = {("goes", goes, gone.left), ("comes", comes, come.formed)}
        if not ends & done:
            done |= ends
            found.append(Takeover(goes, comes, gone, come, planned))
    return sorted(found, key=lambda change: (change.gone.left, change.goes))


def list_overdue(instance: Instance, deployment: Deployment) -> tuple[Overdue, ...]:
    """List by place who is on duty for longer than doctrine allows, and nobody relieves, in the order of the instance.

    Duty begins when the first people may come to the sector where a team stands, or its first window opens, and after
    enough rest when it forms up in one. Called reserve and crews of vehicles are left out: nobody knows when those are
    called, and these sit.
    """
    due, found = list_begins(instance), []
    for place in instance.places:
        here = _find(deployment, place.id)
        if not here.teams or not isinstance(place, Sector | Moving):
            continue
        spells = [(due[place.id], instance.period.minutes)] if place.id in due else []
        if isinstance(place, Moving):
            spells = list_spells(instance, list_stands(instance, place, find_ride(instance, here)), due)
        first, heads = math.inf, 0
        for team, fitness in zip(instance.teams, list_fitness(instance), strict=True):
            begin, relieved = find_first_minute(instance, team), fitness.relieved
            over = [s for start, end in spells if (s := max(start, begin) + fitness.longest) < end and not relieved]
            if (n := here.teams.get(team.id, 0)) and over:
                first, heads = min(first, *over), heads + count_unit_heads(team, n)
        if heads:
            found.append(Overdue(place.id, first, heads))
    return tuple(found)


def find_relief_cautions(instance: Instance, deployment: Deployment) -> Iterator[Caution]:
    """Warn once of everybody in a plan whom nobody relieves."""
    overdue = list_overdue(instance, deployment)
    if not overdue:
        return
    found = Message(
        "{heads} at {places} are on duty for longer than {hours} h from {clock}, and nobody in this plan relieves them",
        heads=Message.plural("{n} head", "{n} heads", sum(one.heads for one in overdue)),
        places=Message.plural("{n} place", "{n} places", len(overdue)),
        hours=f"{float(instance.doctrine.longest_duty) / 60.0:g}",
        clock=ClockTime(instance.clock(min(one.minute for one in overdue))),
    )
    check = Message("let units relieve each other, as optimiser movements proposes, or have more")
    yield Caution("no-relief", "deployment", found, Message("fresh units by then"), check)


def list_begins(instance: Instance) -> dict[str, float]:
    """Give the minute at which duty begins by sector: first people, at the earliest, or a window before them."""
    due, found = list_due(instance), dict[str, float]()
    for sector in instance.sectors:
        if sector.id in due:
            found[sector.id] = min(due[sector.id], *(span_window(instance, w)[0] for w in sector.critical), math.inf)
    return found


def list_spells(instance: Instance, stands: tuple[Stand, ...], due: Mapping[str, float]) -> list[tuple[float, float]]:
    """List from when until when units that move are on duty, a rest at a post that is too short included.

    Parameters
    ----------
    due : minutes of `list_begins`.
    """
    posts, least = {post.id for post in instance.posts}, float(instance.doctrine.shortest_rest)
    opens = {s.id: min(span_window(instance, w)[0] for w in s.critical) for s in instance.sectors if s.critical}
    spells: list[tuple[float, float]] = []
    fresh = True
    for stand in stands:
        here, formed = due.get(stand.sector, math.inf), stand.formed
        if stand is stands[0]:  # who begins here is there before a window, but not as long as others guard records
            formed = min(formed, opens.get(stand.sector, math.inf))
        begin = spells[-1][0] if not fresh else max(formed, here)
        if stand.sector not in posts and begin < stand.left:
            spells[len(spells) - (not fresh) :] = [(begin, stand.left)]
            fresh = False
        elif stand.sector in posts and stand.left - stand.formed >= least:
            fresh = True
    return spells


def _leave(ident: str, stands: tuple[Stand, ...], posts: Collection[str], length: float) -> Iterator[_End]:
    for stand, after in pairwise(stands):
        if stand.sector not in posts and stand.left < length:
            yield ident, stand, after.sector in posts


def _come(ident: str, stands: tuple[Stand, ...], posts: Collection[str]) -> Iterator[_End]:
    for before, stand in pairwise(stands):
        if stand.sector not in posts:
            yield ident, stand, before.sector in posts


def _find(deployment: Deployment, place: str) -> Allotment:
    return deployment.places.get(place, Allotment())


def _kinds(instance: Instance, here: Allotment) -> tuple[tuple[str, int], ...]:
    return tuple((team.id, n) for team in instance.teams if (n := here.teams.get(team.id, 0)))


def _heads(instance: Instance, here: Allotment) -> int:
    return sum(count_unit_heads(team, here.teams.get(team.id, 0)) for team in instance.teams)
