"""Which sectors a post's reserve reaches: distances measured for the checker alone.

Nothing here is shared with `distances`; two independent measurements must agree, or one of them is wrong.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from optimiser.model.instance import Instance
from optimiser.model.parts.travel_data import Travel
from optimiser.model.values.base import Place

EARTH_RADIUS = 6371.0088  # km, mean radius (IUGG)
SLACK = 1e-6  # km, assumed: 1 mm, far above float rounding (1e-12 km), far below any map's precision


def list_reach(instance: Instance, posts: Iterable[Place]) -> Iterator[list[str]]:
    """List for each post the sectors within reserve reach, driving; what is closed for good is honoured."""
    travel, sectors = instance.travel, instance.sectors
    furthest = instance.doctrine.reserve_reach * travel.drive / 60 + SLACK
    closed = {frozenset((c.a, c.b)) for c in travel.closures if c.start is None and c.end is None}
    ways: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for road in travel.roads:
        if frozenset((road.a, road.b)) not in closed:
            ways[road.a].append((road.b, float(road.km)))
            ways[road.b].append((road.a, float(road.km)))
    row = {place: number for number, place in enumerate(travel.places)}
    for post in posts:
        if travel.kind == "roads":
            near = _near(ways, post.id, furthest)
            yield [sector.id for sector in sectors if sector.id in near]
        else:
            direct = [sector for sector in sectors if frozenset((post.id, sector.id)) not in closed]
            yield [sector.id for sector in direct if _direct_km(travel, row, post, sector) <= furthest]


def _near(ways: Mapping[str, Sequence[tuple[str, float]]], origin: str, furthest: float) -> set[str]:
    """Find the places and junctions whose shortest way from the origin is at most `furthest` km (Dijkstra 1959)."""
    near: set[str] = set()
    queue = [(0.0, origin)]
    while queue:
        so_far, here = heapq.heappop(queue)
        if here in near:
            continue
        near.add(here)
        for there, km in ways.get(here, ()):
            if so_far + km <= furthest:
                heapq.heappush(queue, (so_far + km, there))
    return near


def _direct_km(travel: Travel, row: Mapping[str, int], a: Place, b: Place) -> float:
    """Return the road kilometres from a to b by matrix or coordinates; infinite where nothing is known of them."""
    if travel.kind == "matrix":
        return float(travel.km[row[a.id]][row[b.id]]) if a.id in row and b.id in row else math.inf
    if a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None:
        return _great_circle(a.lat, a.lon, b.lat, b.lon) * travel.detour
    if a.x is not None and a.y is not None and b.x is not None and b.y is not None:
        return math.hypot(a.x - b.x, a.y - b.y) * travel.detour
    return math.inf


def _great_circle(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Measure km over the sphere by the angle between two unit vectors, atan2(|u x v|, u . v); degrees in."""
    u, v = _unit(lat_a, lon_a), _unit(lat_b, lon_b)
    across = math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    along = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    return EARTH_RADIUS * math.atan2(across, along)


def _unit(lat: float, lon: float) -> tuple[float, float, float]:
    """Turn degrees into a unit vector."""
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
