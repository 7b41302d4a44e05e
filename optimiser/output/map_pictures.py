"""The map of a plan: what `optimiser.output.drawing` needs for it, taken from an instance and a deployment."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.deployment import Deployment, count_unit_heads
from optimiser.model.expected.visits import SURE, list_visits
from optimiser.model.instance import Instance, Sector
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.model.parts.base_map import is_area, parse_shape
from optimiser.model.parts.movement import find_assembly
from optimiser.model.parts.outline import parse_outline
from optimiser.model.values.base import Place
from optimiser.output.drawing.base_map import Ground
from optimiser.output.drawing.map import draw_map
from optimiser.output.drawing.map_layout import Layout, MapSpot, March, arrange_map
from optimiser.planning.evaluation import Evaluation

KM_PER_DEGREE = 111.195  # km, one degree of a great circle of the mean earth, 6371.0088 km
SPOTS = 160  # places on a map, those first where people are; more would cover one another
ALIKE = 5  # places whose names begin alike, from which on the beginning says nothing; assumed
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def picture_map(
    instance: Instance,
    deployment: Deployment,
    evaluation: Evaluation | None = None,
    *,
    width: int = 720,
    key: str = "map",
    language: Language = ENGLISH,
) -> str:
    """Draw a deployment on the map; empty if fewer than two of its places have coordinates."""
    drawn = draw_places(instance, deployment, evaluation, width=width, key=key, language=language)
    return drawn.svg if drawn else ""


@dataclass(frozen=True)
class DrawnPlaces:
    """A map with where everything is on it.

    Attributes
    ----------
    svg : the drawing.
    numbers : of each place among the spots of the layout, by identifier.
    """

    svg: str
    layout: Layout
    numbers: Mapping[str, int]


def draw_places(
    instance: Instance,
    deployment: Deployment,
    evaluation: Evaluation | None = None,
    *,
    width: int = 720,
    key: str = "map",
    language: Language = ENGLISH,
) -> DrawnPlaces | None:
    """Draw a deployment on the map; None if fewer than two of its places have coordinates."""
    spots, numbers = _spots(instance, deployment, evaluation, language)
    if len(spots) < 2:
        return None
    marches = _list_ways(instance, numbers)
    layout = arrange_map(spots, marches, width)
    svg = draw_map(
        spots,
        marches,
        width=width,
        title=language("Map of {title}", title=plain(instance.title)),
        key=key,
        north=any(p.lat is not None for p in (*instance.sectors, *instance.posts)),
        language=language,
        layout=layout,
        grounds=list(_list_grounds(instance)),
    )
    return DrawnPlaces(svg, layout, numbers)


def _list_ways(instance: Instance, numbers: Mapping[str, int]) -> list[March]:
    """List the ways of gatherings, each as far as the places are among the spots."""
    return [
        March(going.letter, tuple(numbers[stop] for stop in takewhile(numbers.__contains__, going.stops)), going.usual)
        for going in list_marches(instance)
    ]


@dataclass(frozen=True)
class Going:
    """One way of a gathering on the map.

    Attributes
    ----------
    letter : of the gathering; empty beyond the alphabet.
    stops : the sectors it goes to.
    people : expected if it takes place.
    start : minute at which it begins.
    share : chance that it takes place and goes this way, 0 to 1.
    """

    letter: str
    name: str
    stops: tuple[str, ...]
    people: int
    start: float
    share: float

    @property
    def is_sure(self) -> bool:
        """Whether it is taken on every day."""
        return self.share > 1.0 - SURE

    @property
    def usual(self) -> int:
        """Expected people of this way in the mean over all days."""
        return round(self.people * self.share)


def list_marches(instance: Instance) -> list[Going]:
    """Give the ways of every gathering that comes within the period, in order of time."""
    first = {v.gathering.id: v for v in reversed(list_visits(instance))}
    order = sorted(first.values(), key=lambda v: (v.start, v.gathering.id))
    letters = [*LETTERS, *[""] * max(0, len(order) - len(LETTERS))]
    return [
        Going(letter, plain(v.gathering.name), tuple(s.sector for s in way.stops), v.people, v.start, share)
        for letter, v in zip(letters, order, strict=False)
        for way in v.gathering.ways
        if (share := float(v.gathering.chance) * way.share)
    ]


def _spots(
    instance: Instance, deployment: Deployment, evaluation: Evaluation | None, language: Language
) -> tuple[list[MapSpot], dict[str, int]]:
    """Give every place that has coordinates, those first whose names matter most, and its number by identifier."""
    places: Sequence[Place] = (*instance.sectors, *instance.posts, *instance.reinforcements)
    where, names = _kilometres(places), short_names(instance)
    teams, heads = {t.id: t for t in instance.teams}, deployment.heads_by_place(instance)
    yellow = evaluation.reached(YELLOW) if evaluation else [0.0] * len(instance.sectors)
    red = evaluation.reached(RED) if evaluation else [0.0] * len(instance.sectors)
    km = float(instance.doctrine.reserve_reach) * float(instance.travel.drive) / 60.0 / float(instance.travel.detour)
    visited = {stop.sector for g in instance.gatherings for stop in g.itinerary}
    found: list[tuple[float, str, MapSpot]] = []

    for i, sector in enumerate(instance.sectors):
        if sector.id in where:
            n, either = heads[sector.id], max(float(yellow[i]), float(red[i]))
            spot = MapSpot(
                "sector",
                names[sector.id],
                *where[sector.id],
                n,
                sector.ring,
                either,
                float(red[i]),
                outline=_outline(sector, where[sector.id]),
            )
            found.append((-n - 1000.0 * (sector.id in visited), sector.id, spot))
    for post in instance.posts:
        if post.id in where:
            n = heads[post.id]
            reach = km if n and instance.travel.kind == "coordinates" else 0.0
            found.append((-n - 500.0, post.id, MapSpot("post", names[post.id], *where[post.id], n, reach=reach)))
    for along in instance.moving:
        first = find_assembly(instance, along)
        if heads[along.id] and first in where:
            n = heads[along.id]
            found.append((-n - 450.0, along.id, MapSpot("along", names[along.id], *where[first], n)))
    for outside in instance.reinforcements:
        if outside.id in where:
            n = count_unit_heads(teams[outside.team], int(outside.teams))
            words = {"km": f"{_away(where, outside.id, instance):.0f}", "n": language.number(f"{n:,}")}
            text = language("{n} heads, {km} km away", **words)
            found.append((-400.0, outside.id, MapSpot("outside", names[outside.id], *where[outside.id], n, note=text)))
    found.sort(key=lambda entry: entry[:2])
    found = found[:SPOTS]
    return [spot for _, _, spot in found], {ident: i for i, (_, ident, _) in enumerate(found)}


def _outline(sector: Sector, where: tuple[float, float]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Lay the rings of a sector's area flat around its own point, so that it lies where the point does."""
    polygons = parse_outline(sector.outline) if sector.outline else None
    if polygons is None or sector.lat is None or sector.lon is None:
        return ()
    lat, lon = float(sector.lat), float(sector.lon)
    middle = math.cos(math.radians(lat))
    return tuple(
        tuple((where[0] + (x - lon) * middle * KM_PER_DEGREE, where[1] + (y - lat) * KM_PER_DEGREE) for x, y in ring)
        for polygon in polygons
        for ring in polygon
    )


def _away(where: dict[str, tuple[float, float]], ident: str, instance: Instance) -> float:
    """Straight km from a place to the nearest sector."""
    x, y = where[ident]
    near = [math.hypot(where[s.id][0] - x, where[s.id][1] - y) for s in instance.sectors if s.id in where]
    return min(near, default=0.0)


def _list_grounds(instance: Instance) -> Iterator[Ground]:
    """Lay the base map flat as the places are; nothing of it where these are in kilometres."""
    places: Sequence[Place] = (*instance.sectors, *instance.posts, *instance.reinforcements)
    middle = _find_middle(places)
    if middle is None:
        return
    for one in instance.base_map:
        lines = [[_lay_flat(point, middle) for point in line] for line in parse_shape(one.shape) or ()]
        yield Ground(one.kind, is_area(one.shape), lines, plain(one.credit or ""))


def _find_middle(places: Sequence[Place]) -> float | None:
    """Return the cosine of the mean latitude, by which degrees of longitude are shorter; None without degrees."""
    degrees = [float(p.lat) for p in places if p.lat is not None and p.lon is not None]
    return math.cos(math.radians(sum(degrees) / len(degrees))) if degrees else None


def _lay_flat(point: tuple[float, float], middle: float) -> tuple[float, float]:
    """Return km east and north of a point in degrees of longitude and latitude."""
    return point[0] * middle * KM_PER_DEGREE, point[1] * KM_PER_DEGREE


def _kilometres(places: Sequence[Place]) -> dict[str, tuple[float, float]]:
    """Lay places with coordinates flat, km east and north of anywhere; degrees go before x and y where any has them."""
    middle = _find_middle(places)
    if middle is None:
        return {p.id: (float(p.x), float(p.y)) for p in places if p.x is not None and p.y is not None}
    known = ((p.id, p.lon, p.lat) for p in places if p.lat is not None and p.lon is not None)
    return {ident: _lay_flat((float(lon), float(lat)), middle) for ident, lon, lat in known}


def short_names(instance: Instance) -> dict[str, str]:
    """Give the part of the name of each place that tells it apart, by identifier.

    That is what stands before the comma; or, where as many as `ALIKE` begin with it, what stands behind; or all of it.
    Who moves keeps the whole name: *Bawaslu, then KPU* says where first and where then.
    """
    places = (*instance.places, *instance.reinforcements)
    parts = {p.id: [part.strip() for part in plain(p.name).partition(",")] for p in places}
    parts |= {moving.id: [plain(moving.name), "", ""] for moving in instance.moving}
    first, last = (Counter(part[end] for part in parts.values()) for end in (0, 2))
    names = {}
    for p in places:
        before, _, behind = parts[p.id]
        if before and first[before] == 1:
            names[p.id] = before
        elif behind and first[before] >= ALIKE and last[behind] == 1 and behind not in first:
            names[p.id] = behind
        else:
            names[p.id] = plain(p.name)
    return names
