"""How far it is: kilometres between every two places, as closures come and go, and which posts are within reach."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.model.clocks import span_closure
from optimiser.model.instance import Instance
from optimiser.model.parts.travel_data import Closure, Travel
from optimiser.model.values.base import Place
from optimiser.model.values.derived import derived

EARTH_RADIUS = 6371.0088  # km, mean radius (IUGG)
SLACK = 1e-6  # km, assumed: 1 mm, above rounding and below the precision of any map, so that a limit itself is within
LOOK_AGAIN = 30.0  # min, assumed: people and units on the move who find their way closed look again after this long

Pair = frozenset[str]


@dataclass(frozen=True)
class Distances:
    """Road kilometres between places, constant within an epoch.

    Attributes
    ----------
    places : identifiers of sectors, then posts, then reinforcements, the order of rows and columns.
    epochs : minutes from the start at which a closure begins or ends, shape (epochs,), sorted; the first is 0.
    km : kilometres from row to column, shape (epochs, places, places); infinite where there is no way.
    """

    places: tuple[str, ...]
    epochs: NDArray[np.float64]
    km: NDArray[np.float64]

    def at(self, minute: float) -> int:
        """Return the index of the epoch that holds at a minute; an epoch holds from its first minute on."""
        return max(0, int(np.searchsorted(self.epochs, minute, side="right")) - 1)

    def opens(self, a: int, b: int, minute: float) -> float:
        """Return the first minute, not before `minute`, at which a way leads from a to b; infinite if none will."""
        for e in range(self.at(minute), len(self.epochs)):
            if math.isfinite(self.km[e][a][b]):
                return max(minute, float(self.epochs[e]))
        return math.inf

    def sets_out(self, a: int, b: int, minute: float, patience: float) -> float:
        """Return the minute at which people who look from time to time whether a way leads from a to b set out.

        They look at `minute`, every `LOOK_AGAIN` minutes, and once more after their patience, min; infinite if they
        have found no way by then.
        """
        looks = minute
        while math.isinf(self.km[self.at(looks)][a][b]):
            if looks >= minute + patience or math.isinf(self.opens(a, b, looks)):
                return math.inf
            looks = min(looks + LOOK_AGAIN, minute + patience)
        return looks


@derived
def measure(instance: Instance) -> Distances:
    """Measure all distances of an instance, in every epoch of the day as it is played.

    Coordinates: great-circle kilometres (haversine) or the Euclidean distance, times the detour. Matrix: its entry.
    Roads: the shortest path (Dijkstra 1959). Where a place has no coordinates, no entry or no road, or where the
    direct connection is closed, the distance is infinite; a place is always 0 from itself.
    """
    places = (*instance.sectors, *instance.posts, *instance.reinforcements)
    epochs = _epochs(instance)
    closed = [_closed_at(instance, minute) for minute in epochs]
    grids = {pairs: _grid(instance.travel, places, pairs) for pairs in dict.fromkeys(closed)}
    distances = Distances(tuple(p.id for p in places), np.array(epochs), np.stack([grids[pairs] for pairs in closed]))
    distances.epochs.flags.writeable = distances.km.flags.writeable = False
    return distances


@derived
def mark_reach(instance: Instance) -> NDArray[np.bool_]:
    """Return which posts are within doctrine's reserve reach of a sector, shape (sectors, posts).

    Columns drive from the post to the sector at the speed of columns in town. Only closures with neither start nor
    end count: a reserve is judged by the roads as they usually are.
    """
    always = frozenset(_pair(c) for c in instance.travel.closures if c.start is None and c.end is None)
    km = _grid(instance.travel, (*instance.sectors, *instance.posts), always)
    furthest = instance.doctrine.reserve_reach * instance.travel.drive / 60.0 + SLACK
    sectors = len(instance.sectors)
    within: NDArray[np.bool_] = np.less_equal(km[sectors:, :sectors].T, furthest)
    within.flags.writeable = False
    return within


def _pair(closure: Closure) -> Pair:
    return frozenset((closure.a, closure.b))


def _epochs(instance: Instance) -> list[float]:
    marks = {0.0}
    for closure in instance.travel.closures:
        marks.update(m for m in span_closure(instance, closure) if m < instance.period.simulated)
    return sorted(marks)


def _closed_at(instance: Instance, minute: float) -> frozenset[Pair]:
    closed = set()
    for closure in instance.travel.closures:
        start, end = span_closure(instance, closure)
        if start <= minute < end:
            closed.add(_pair(closure))
    return frozenset(closed)


def _grid(travel: Travel, places: Sequence[Place], closed: frozenset[Pair]) -> NDArray[np.float64]:
    """Kilometres between places while some connections are closed, shape (places, places)."""
    if travel.kind == "roads":
        return _along_roads(travel, [p.id for p in places], closed)
    km = _by_matrix(travel, places) if travel.kind == "matrix" else _by_coordinates(places) * travel.detour
    index = {p.id: i for i, p in enumerate(places)}
    for pair in closed:
        ends = [index[end] for end in pair if end in index]
        if len(ends) == 2:
            km[ends[0], ends[1]] = km[ends[1], ends[0]] = np.inf
    np.fill_diagonal(km, 0.0)
    return km


def _by_matrix(travel: Travel, places: Sequence[Place]) -> NDArray[np.float64]:
    row = {name: i for i, name in enumerate(travel.places)}
    known = [i for i, place in enumerate(places) if place.id in row]
    rows = [row[places[i].id] for i in known]
    km = np.full((len(places), len(places)), np.inf)
    if known:
        km[np.ix_(known, known)] = np.array(travel.km, dtype=float)[np.ix_(rows, rows)]
    return km


def _by_coordinates(places: Iterable[Place]) -> NDArray[np.float64]:
    """Straight kilometres: over the sphere where both places have degrees, in the plane where both have x and y."""
    table = [[math.nan if v is None else float(v) for v in (p.lat, p.lon, p.x, p.y)] for p in places]
    lat, lon, x, y = np.array(table).T
    lat, lon = np.radians(lat), np.radians(lon)
    # haversine, accurate for short distances, where the cosine rule loses digits
    h = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    sphere = 2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    plane = np.hypot(x[:, None] - x, y[:, None] - y)
    km = np.where(np.isnan(sphere), plane, sphere)
    return np.where(np.isnan(km), np.inf, km)


def _along_roads(travel: Travel, names: Sequence[str], closed: Collection[Pair]) -> NDArray[np.float64]:
    """Shortest paths over the open roads; both ways are equally long."""
    node = {name: i for i, name in enumerate(names)}
    ways: dict[int, dict[int, float]] = {}
    for road in travel.roads:
        if frozenset((road.a, road.b)) in closed:
            continue
        a, b = node.setdefault(road.a, len(node)), node.setdefault(road.b, len(node))
        km = min(float(road.km), ways.get(a, {}).get(b, math.inf))
        ways.setdefault(a, {})[b] = km
        ways.setdefault(b, {})[a] = km
    outgoing = [list(ways.get(i, {}).items()) for i in range(len(node))]
    km_table = np.array([_shortest(outgoing, origin)[: len(names)] for origin in range(len(names))])
    shortest: NDArray[np.float64] = np.minimum(km_table, km_table.T)
    return shortest  # the sum of a path may differ in the last bit by direction


def _shortest(outgoing: Sequence[Sequence[tuple[int, float]]], origin: int) -> list[float]:
    """Kilometres from one node to all (Dijkstra 1959)."""
    best = [math.inf] * len(outgoing)
    best[origin] = 0.0
    queue = [(0.0, origin)]
    while queue:
        so_far, here = heapq.heappop(queue)
        if so_far > best[here]:
            continue
        for there, km in outgoing[here]:
            longer = so_far + km
            if longer < best[there]:
                best[there] = longer
                heapq.heappush(queue, (longer, there))
    return best
