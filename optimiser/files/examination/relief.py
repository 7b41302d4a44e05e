"""Who relieves whom by the movements of a plan, and who is on duty for longer than doctrine allows and is not relieved.

By mean times, like all that papers say of movements. Where relief is like for like (`doctrine.relief_every`) people who
are no part of the plan relieve everybody, so that no relief and no shortage is listed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise

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
_Time = tuple[str, str, float]  # whether a movement leaves or comes, that movement, and the minute
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

    @property
    def times(self) -> tuple[_Time, _Time]:
        """When the one leaves, and when the other comes: each happens once, however many it is paired with."""
        return ("goes", self.goes, self.gone.left), ("comes", self.comes, self.come.formed)


@dataclass(frozen=True)
class Relief:
    """One relief that a plan holds units for.

    Attributes
    ----------
    sector : where.
    minute : at which who is relieved leaves.
    formed : minute at which who relieves has formed up.
    goes, comes : identifiers of the movements.
    relieved, relieving : numbers of teams by kind that are relieved, and of those that come for them, of the same roles
        and so many at least, in the order of the instance.
    heads, fresh : heads of those teams.
    unrelieved : numbers of teams by kind that leave with these, and nobody of all who come is left to relieve; told
        with the first of several who relieve the others.
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
    unrelieved: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Overdue:
    """Heads of teams at one place that nobody relieves when their longest duty is over.

    Attributes
    ----------
    place : sector, accompaniment or movement.
    since : minutes in order of time, with how many more heads are on duty for too long from each on.
    """

    place: str
    since: tuple[tuple[float, int], ...]

    @property
    def heads(self) -> int:
        """All of them until the operation ends."""
        return sum(n for _, n in self.since)


def list_reliefs(instance: Instance, deployment: Deployment) -> tuple[Relief, ...]:
    """List who relieves whom by the movements of a plan, in order of time: a role is relieved by the same role alone.

    Team for team, the nearest in time first, so that several may relieve one. An officer in charge is with every
    movement, so officers alone make no relief, unless nobody else leaves.
    """
    placed = {m.id: here for m in instance.movements if (here := _find(deployment, m.id)).teams}
    stands = {
        m.id: list_stands(instance, m, find_ride(instance, placed[m.id])) for m in instance.movements if m.id in placed
    }
    roles, officers = {team.id: team.role for team in instance.teams}, {r.id for r in instance.roles if r.officer}
    rest: dict[_Time, Counter[str]] = {}  # teams by kind who are not relieved, or relieve nobody, so far
    found: list[tuple[Takeover, Counter[str], Counter[str]]] = []
    for change in _list_changes(instance, stands):
        gone, come = (rest.setdefault(time, Counter(placed[time[1]].teams)) for time in change.times)
        common = _count_roles(gone, roles) & _count_roles(come, roles)
        nobody_else = all(roles[kind] in officers for kind in placed[change.goes].teams)
        if common.keys() - officers or (common and nobody_else):
            found.append((change, _take(gone, common, roles), _take(come, common, roles)))
    reliefs = []
    for change, relieved, relieving in sorted(
        found, key=lambda one: (one[0].gone.left, one[0].goes, one[0].come.formed)
    ):
        gone, come = (rest[time] for time in change.times)
        more = Counter({kind: n for kind, n in come.items() if roles[kind] in {roles[k] for k in relieved}})
        come.subtract(more)
        left, fresh, alone = (_order(instance, teams) for teams in (relieved, relieving + more, gone))
        gone.clear()  # told with the first who relieve the others
        times = change.gone.left, change.come.formed
        heads = _heads(instance, left), _heads(instance, fresh)
        reliefs.append(Relief(change.sector, *times, change.goes, change.comes, left, fresh, *heads, alone))
    return tuple(reliefs)


def pair_changes(instance: Instance, stands: Stands) -> list[Takeover]:
    """Pair who leaves a sector for a post with who comes there, and who comes from a post with who leaves.

    The nearest in time first; who leaves is relieved once, and who comes relieves once.
    """
    found, done = [], set[_Time]()
    for change in _list_changes(instance, stands):
        if not done.intersection(change.times):
            done.update(change.times)
            found.append(change)
    return sorted(found, key=lambda change: (change.gone.left, change.goes))


def _list_changes(instance: Instance, stands: Stands) -> list[Takeover]:
    """List all who leave and come in one sector within `TOGETHER`, the nearest in time first."""
    posts, length = {post.id for post in instance.posts}, instance.period.minutes
    leaving = [one for ident, row in stands.items() for one in _leave(ident, row, posts, length)]
    coming = [one for ident, row in stands.items() for one in _come(ident, row, posts)]
    found = [
        Takeover(goes, comes, gone, come, to_post and from_post)
        for goes, gone, to_post in leaving
        for comes, come, from_post in coming
        if goes != comes and gone.sector == come.sector and (to_post or from_post)
        if abs(come.formed - gone.left) <= TOGETHER
    ]
    return sorted(found, key=lambda change: (abs(change.gap), change.gone.left, change.goes, change.comes))


def list_overdue(instance: Instance, deployment: Deployment) -> tuple[Overdue, ...]:
    """List by place who is on duty for longer than doctrine allows, and nobody relieves, in the order of the instance.

    Duty begins when the first people may come to the sector where a team stands, or its first window opens, and after
    enough rest when it forms up in one. Called reserve and crews of vehicles are left out: nobody knows when those are
    called, and these sit. So is who goes, or is done, before a relief would be over (`doctrine.relief`).
    """
    due, found = list_begins(instance), []
    for place in instance.places:
        here = _find(deployment, place.id)
        if not here.teams or not isinstance(place, Sector | Moving):
            continue
        spells = [(due[place.id], instance.period.minutes)] if place.id in due else []
        if isinstance(place, Moving):
            spells = list_spells(instance, list_stands(instance, place, find_ride(instance, here)), due)
        since = []
        for team, fitness in zip(instance.teams, list_fitness(instance), strict=True):
            begin, relieved = find_first_minute(instance, team), fitness.relieved
            ends = [(max(start, begin) + fitness.longest, end) for start, end in spells if not relieved]
            over = [minute for minute, end in ends if minute < end - float(instance.doctrine.relief)]
            if (n := here.teams.get(team.id, 0)) and over:
                since.append((min(over), count_unit_heads(team, n)))
        if since:
            found.append(Overdue(place.id, tuple(sorted(since))))
    return tuple(found)


def join_overdue(instance: Instance, overdue: Iterable[Overdue]) -> list[tuple[ClockTime, int]]:
    """Give the clock times from which heads are on duty for too long, in order, with how many more are from each on."""
    since = sorted(one for place in overdue for one in place.since)
    return [
        (ClockTime(clock), sum(n for _, n in same))
        for clock, same in groupby(since, key=lambda one: instance.clock(one[0]))
    ]


def find_relief_cautions(instance: Instance, deployment: Deployment) -> Iterator[Caution]:
    """Warn once of everybody in a plan whom nobody relieves."""
    overdue = list_overdue(instance, deployment)
    if not overdue:
        return
    (clock, first), *later = join_overdue(instance, overdue)
    words: dict[str, object] = {
        "heads": Message.plural("{n} head", "{n} heads", sum(one.heads for one in overdue)),
        "places": Message.plural("{n} place", "{n} places", len(overdue)),
        "hours": f"{float(instance.doctrine.longest_duty) / 60.0:g}",
        "clock": clock,
    }
    found = Message(
        "{heads} at {places} are on duty for longer than {hours} h from {clock}, and nobody in this plan relieves them",
        **words,
    )
    if later:
        found = Message(
            "{heads} at {places} come to be on duty for longer than {hours} h, {first} of them from {clock} and the "
            "last from {last}, and nobody in this plan relieves them",
            **{**words, "first": first, "last": later[-1][0]},
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
        if stand.sector not in posts and stand.lasts and stand.left < length:
            yield ident, stand, after.sector in posts


def _come(ident: str, stands: tuple[Stand, ...], posts: Collection[str]) -> Iterator[_End]:
    for before, stand in pairwise(stands):
        if stand.sector not in posts and stand.lasts:
            yield ident, stand, before.sector in posts


def _find(deployment: Deployment, place: str) -> Allotment:
    return deployment.places.get(place, Allotment())


def _count_roles(teams: Counter[str], roles: Mapping[str, str]) -> Counter[str]:
    found = Counter[str]()
    for kind, n in teams.items():
        found[roles[kind]] += n
    return found


def _take(teams: Counter[str], wanted: Counter[str], roles: Mapping[str, str]) -> Counter[str]:
    """Take so many teams of each role out of those that are left."""
    taken, wanted = Counter[str](), wanted.copy()
    for kind, n in teams.items():
        taken[kind] = min(n, wanted[roles[kind]])
        wanted[roles[kind]] -= taken[kind]
    teams.subtract(taken)
    return +taken


def _order(instance: Instance, teams: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((team.id, n) for team in instance.teams if (n := teams[team.id]) > 0)


def _heads(instance: Instance, kinds: Iterable[tuple[str, int]]) -> int:
    sizes = {team.id: team for team in instance.teams}
    return sum(count_unit_heads(sizes[kind], n) for kind, n in kinds)
