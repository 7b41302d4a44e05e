"""Configurations: what one place gets, whether it fits there, what it costs, and its losses by scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs.requirements import Frame, Row, local, overall

ON_THE_WAY = 4  # times the limit that may be looked at at once while configurations are listed; assumed
BLOCK = 256  # configurations that are compared with all others at once; assumed
_FAR = np.iinfo(np.int64).max // 4  # no limit


@dataclass(frozen=True)
class Configuration:
    """What one place gets.

    Attributes
    ----------
    place : identifier of a sector, post or accompaniment.
    teams : number of teams, by index of `Instance.teams`.
    vehicles : number of vehicles, by index of `Instance.vehicles`.
    """

    place: str
    teams: tuple[int, ...]
    vehicles: tuple[int, ...]


@dataclass
class ResponseTable:
    """Configurations of one place and their losses.

    Attributes
    ----------
    place : identifier of the place.
    configurations : what is tabulated, without repetition.
    loss : points by configuration and scenario, shape (configurations, scenarios): the loss of the place, or its change
        of the joint loss of an incumbent.
    complete : whether every feasible configuration of the place's declared grid is tabulated.
    """

    place: str
    configurations: list[Configuration]
    loss: NDArray[np.float64]
    complete: bool = False

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of teams and vehicles, shape (configurations, kinds)."""
        rows = [(*c.teams, *c.vehicles) for c in self.configurations]
        return np.array(rows, dtype=np.int64).reshape(len(rows), -1)

    @classmethod
    def of(
        cls,
        instance: Instance,
        place: str,
        numbers: NDArray[np.int64],
        loss: NDArray[np.float64],
        complete: bool = False,
    ) -> ResponseTable:
        """Make a table of numbers, shape (configurations, kinds)."""
        split = len(instance.teams)
        rows = [Configuration(place, tuple(row[:split]), tuple(row[split:])) for row in numbers.tolist()]
        return cls(place, rows, loss, complete)


def configuration_of(instance: Instance, deployment: Deployment, place: str) -> Configuration:
    """Read what a deployment gives to one place; empty where it gives nothing."""
    teams = tuple(deployment.team_count(place, t.id) for t in instance.teams)
    return Configuration(place, teams, tuple(deployment.vehicle_count(place, v.id) for v in instance.vehicles))


def deployment_of(instance: Instance, configurations: Iterable[Configuration], title: str = "deployment") -> Deployment:
    """Put configurations of different places together; places without one get nothing."""
    teams, vehicles = {}, {}
    for c in configurations:
        teams.update({(c.place, t.id): n for t, n in zip(instance.teams, c.teams, strict=True)})
        vehicles.update({(c.place, v.id): n for v, n in zip(instance.vehicles, c.vehicles, strict=True)})
    return Deployment.build(instance, teams, vehicles, title)


def empty(instance: Instance, place: str) -> Configuration:
    """Nothing at all at one place."""
    return Configuration(place, (0,) * len(instance.teams), (0,) * len(instance.vehicles))


def placement_cost(instance: Instance, deployment: Deployment) -> float:
    """Return the small cost of standing where one stands, in points.

    `Objective.away` for each team away from its home post, and `Objective.visible` for each visible hard unit (a team
    or vehicle with visibility) in a sector or beside people who are accompanied. What is held at base costs nothing.
    """
    total = 0.0
    for place in instance.places:
        if place.id in deployment.places:
            here = configuration_of(instance, deployment, place.id)
            total += float(np.dot([*here.teams, *here.vehicles], unit_costs(instance, place.id)))
    return total


def cost_matrix(instance: Instance) -> NDArray[np.float64]:
    """Return the placement cost of one unit of each kind at each place, in points, shape (places, kinds)."""
    return np.array([unit_costs(instance, place.id) for place in instance.places])


def unit_costs(instance: Instance, place: str) -> NDArray[np.float64]:
    """Return the placement cost of one unit of each kind at a place, in points: team kinds, then vehicle types."""
    sector = all(post.id != place for post in instance.posts)  # or with people from one to the next
    hard = {role.id for role in instance.roles if role.visibility > 0.0}
    away, visible = float(instance.objective.away), float(instance.objective.visible) if sector else 0.0
    teams = [away * (t.home != place) + visible * (t.role in hard) for t in instance.teams]
    return np.array([*teams, *(visible * (v.visibility > 0.0) for v in instance.vehicles)])


class LocalRules:
    """Every rule that concerns one place alone, as rows: least <= numbers @ factors <= most.

    Availability and the cap count as if there were no other place.

    Parameters
    ----------
    bent : numbers at the place, shape (kinds,), that may break rules: these may then be broken as far and no further.
    """

    def __init__(self, instance: Instance, place: str, bent: NDArray[np.int64] | None = None) -> None:
        rows = _rows(instance, place)
        kinds = Frame.of(instance).kinds
        weights = [{k: coefficient for (_, k), coefficient in row.terms.items()} for row in rows]
        self.counts = [_most(k, int(kind.count), rows, weights) for k, kind in enumerate(kinds)]
        self.factors = np.array([[w.get(k, 0) for w in weights] for k in range(len(kinds))], dtype=np.int64)
        self.least = np.array([-_FAR if row.least is None else row.least for row in rows], dtype=np.int64)
        self.most = np.array([_FAR if row.most is None else row.most for row in rows], dtype=np.int64)
        if bent is not None:
            value = bent @ self.factors
            self.least, self.most = np.minimum(self.least, value), np.maximum(self.most, value)

    def hold(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which configurations keep all of them, shape (configurations,), for numbers (configurations, kinds)."""
        value = numbers @ self.factors
        good: NDArray[np.bool_] = np.all((value >= self.least) & (value <= self.most), axis=1)
        good &= np.all(numbers >= 0, axis=1)
        return good

    def grid(self, limit: int) -> NDArray[np.int64] | None:
        """List all that keep them, shape (configurations, kinds), in the order of `place_configurations`.

        Kind after kind every number that the rows still allow is tried for all at once.

        Returns
        -------
        None where there are more than `limit`, or where so many are looked at on the way.
        """
        adds = self.factors * np.array(self.counts, dtype=np.int64)[:, None]
        most_added, least_added = np.maximum(adds, 0).sum(axis=0), np.minimum(adds, 0).sum(axis=0)
        found = int(np.all((most_added >= self.least) & (least_added <= self.most)))
        factors = self.factors * (
            (least_added < self.least) | (most_added > self.most)
        )  # others hold whatever is chosen
        steps: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []  # by kind: which was added to, and how many
        sums = {r: np.zeros(found, dtype=np.int64) for r in range(len(self.least))}
        for k, count in enumerate(self.counts):
            if found * (count + 1) > ON_THE_WAY * limit:
                return None
            good, rest = np.ones((found, count + 1), dtype=bool), adds[k + 1 :]
            for r in np.flatnonzero(factors[k]).tolist():  # what was possible before in any other row still is
                added = np.arange(count + 1) * factors[k, r]
                good &= sums[r][:, None] >= self.least[r] - np.maximum(rest[:, r], 0).sum() - added
                good &= sums[r][:, None] <= self.most[r] - np.minimum(rest[:, r], 0).sum() - added
            before, number = np.nonzero(good)
            steps.append((before, number))
            found = len(number)
            asked = np.flatnonzero(np.any(factors[k + 1 :], axis=0)).tolist()  # by kinds that come later
            sums = {r: sums[r][before] + factors[k, r] * number for r in asked}
        if found > limit:
            return None
        chosen, which = np.zeros((found, len(self.counts)), dtype=np.int64), np.arange(found)
        for k, (before, number) in reversed(list(enumerate(steps))):
            chosen[:, k] = number[which]
            which = before[which]
        return chosen


def fits(instance: Instance, configurations: Sequence[Configuration], place: str) -> NDArray[np.bool_]:
    """Tell which configurations of a place keep every rule that concerns it alone, shape (configurations,)."""
    if not configurations:
        return np.ones(0, dtype=bool)
    return LocalRules(instance, place).hold(np.array([[*c.teams, *c.vehicles] for c in configurations], dtype=np.int64))


def place_configurations(instance: Instance, place: str, limit: int) -> tuple[list[Configuration], bool]:
    """List the configurations of one place that keep every rule that concerns it alone.

    Availability and the cap count as if there were no other place. The empty configuration comes first, where it is
    allowed; kinds late in the instance change fastest.

    Parameters
    ----------
    limit : most configurations listed.

    Returns
    -------
    Configurations, and whether they are all there are.
    """
    split, rows = len(instance.teams), _rows(instance, place)
    found: list[Configuration] = []
    for numbers in _numbers(instance, rows):
        if len(found) == limit:
            return found, False
        found.append(Configuration(place, numbers[:split], numbers[split:]))
    return found, True


def _rows(instance: Instance, place: str) -> list[Row]:
    """Rows that one place has to keep by itself."""
    frame = Frame.of(instance)
    p = next(i for i, known in enumerate(instance.places) if known.id == place)
    return [row for requirement in (*overall(frame, [p]), *local(frame, p)) for row in requirement.rows]


def _numbers(instance: Instance, rows: Sequence[Row]) -> Iterator[tuple[int, ...]]:
    """Count through all numbers by kind, leaving out whatever can no longer meet a row (interval reasoning)."""
    weights = [{k: coefficient for (_, k), coefficient in row.terms.items()} for row in rows]
    counts = [_most(k, int(kind.count), rows, weights) for k, kind in enumerate(Frame.of(instance).kinds)]
    lowest, highest = [], []  # what the kinds not yet chosen can add to each row
    for k in range(len(counts) + 1):
        rest = [[w.get(j, 0) * counts[j] for j in range(k, len(counts))] for w in weights]
        lowest.append([sum(min(0, v) for v in values) for values in rest])
        highest.append([sum(max(0, v) for v in values) for values in rest])

    def possible(sums: Sequence[int], k: int) -> bool:
        return all(
            (row.least is None or s + high >= row.least) and (row.most is None or s + low <= row.most)
            for row, s, low, high in zip(rows, sums, lowest[k], highest[k], strict=True)
        )

    def choose(chosen: tuple[int, ...], sums: list[int]) -> Iterator[tuple[int, ...]]:
        k = len(chosen)
        if not possible(sums, k):
            return
        if k == len(counts):
            yield chosen
            return
        for n in range(counts[k] + 1):
            yield from choose((*chosen, n), [s + w.get(k, 0) * n for s, w in zip(sums, weights, strict=True)])

    return choose((), [0] * len(rows))


def _most(k: int, count: int, rows: Sequence[Row], weights: Sequence[dict[int, int]]) -> int:
    """Most units of a kind that a row allows by itself, where nothing in it makes up for them."""
    alone = [
        row.most // w[k]
        for row, w in zip(rows, weights, strict=True)
        if row.most is not None and w.get(k, 0) > 0 and min(w.values()) >= 0
    ]
    return min([count, *alone])


def tail_weights(losses: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Weights whose sum with the losses is CVaR: the mean of the worst share 1 - level, the last scenario in part.

    Parameters
    ----------
    losses : points by equally likely scenario, shape (scenarios,); ties go to the earlier scenario.
    level : 0 (the mean) to below 1; a share of less than one scenario means the worst one.

    Returns
    -------
    Weights of at least 0 with sum 1, shape (scenarios,). For every other choice of weights between 0 and
    1 / ((1 - level) scenarios) with sum 1 the weighted sum is not larger (Rockafellar and Uryasev 2000).
    """
    size = max(1.0, (1.0 - level) * len(losses))
    weights = np.zeros(len(losses))
    order = np.argsort(-losses, kind="stable")
    whole = int(size)
    weights[order[:whole]] = 1.0 / size
    if whole < len(losses):
        weights[order[whole]] = (size - whole) / size
    return weights


def undominated(numbers: NDArray[np.int64], worth: NDArray[np.float64], equal: Sequence[int]) -> NDArray[np.bool_]:
    """Tell which configurations of a place are worth keeping, shape (configurations,).

    A configuration goes where another one is nowhere worse and needs no more of anything: whatever plan holds the first
    may hold the second instead.

    Parameters
    ----------
    numbers : teams and vehicles, shape (configurations, kinds), no two rows the same.
    worth : points, less is better, shape (configurations, criteria).
    equal : kinds of which fewer may be a fault elsewhere; they must be equally many.
    """
    # whatever makes another one go comes before it in this order, so that those kept so far are all that matter
    order = np.lexsort((numbers.sum(axis=1), worth.sum(axis=1)))
    kept = order[:0]
    for first in range(0, len(order), BLOCK):
        block = order[first : first + BLOCK]
        block = block[~_dominated(numbers, worth, equal, block, kept)]
        kept = np.concatenate([kept, block[~_dominated(numbers, worth, equal, block, block)]])
    keep = np.zeros(len(numbers), dtype=bool)
    keep[kept] = True
    return keep


def _dominated(
    numbers: NDArray[np.int64],
    worth: NDArray[np.float64],
    equal: Sequence[int],
    which: NDArray[np.intp],
    rivals: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Tell which of some configurations another one of the rivals makes go, shape (which,)."""
    better = which[:, None] != rivals
    for k, column in enumerate(numbers.T):
        compare = np.equal if k in equal else np.less_equal
        better &= compare(column[rivals], column[which][:, None])
    for column in worth.T:
        better &= column[rivals] <= column[which][:, None]
    dominated: NDArray[np.bool_] = better.any(axis=1)
    return dominated
