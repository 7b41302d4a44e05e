"""Pictures of a plan: what `optimiser.output.drawing` needs, taken from an instance and a solution."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, plain
from optimiser.model.clocks import span_window
from optimiser.model.deployment import Deployment, count_heads_over_time, count_unit_heads
from optimiser.model.expected.visits import SURE, list_visits
from optimiser.model.harms import INDEPENDENT
from optimiser.model.instance import PHASES, Instance, Sector
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.model.parts.movement import find_assembly
from optimiser.model.parts.outline import parse_outline
from optimiser.model.values.base import Place
from optimiser.output.drawing.bars import BarRow, draw_bars
from optimiser.output.drawing.fan import Fan, draw_fan
from optimiser.output.drawing.gantt import Bar, Group, Lane, Sign, draw_gantt
from optimiser.output.drawing.map import draw_map
from optimiser.output.drawing.map_layout import Layout, MapSpot, March, arrange_map
from optimiser.output.words.bands import tell_band
from optimiser.output.words.events import Chronicle
from optimiser.output.words.movements import (
    AlongStand,
    ReserveColumn,
    find_end,
    list_along_stands,
    list_columns,
    list_phases,
    list_waiting,
)
from optimiser.planning.evaluation import Evaluation
from optimiser.planning.solution import Solution
from optimiser.simulation.events import Event

KM_PER_DEGREE = 111.195  # km, one degree of a great circle of the mean earth, 6371.0088 km
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SPOTS = 160  # places on a map, those first where people are; more would cover one another
ALIKE = 5  # places whose names begin alike, from which on the beginning says nothing; assumed
GROUPS = 14  # most sectors in a Gantt chart, and most posts: what a page has room for
SIGNS: dict[str, Sign] = {
    "waiting": "waits",
    "received": "received",
    "refused": "unmet",
    "failed": "unmet",
    "spraying": "water",
}
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


def _kilometres(places: Sequence[Place]) -> dict[str, tuple[float, float]]:
    """Lay places with coordinates flat, km east and north of anywhere; degrees go before x and y where any has them."""
    degrees = {p.id: (float(p.lat), float(p.lon)) for p in places if p.lat is not None and p.lon is not None}
    if not degrees:
        return {p.id: (float(p.x), float(p.y)) for p in places if p.x is not None and p.y is not None}
    middle = math.cos(math.radians(sum(lat for lat, _ in degrees.values()) / len(degrees)))
    return {ident: (lon * middle * KM_PER_DEGREE, lat * KM_PER_DEGREE) for ident, (lat, lon) in degrees.items()}


# ---------------------------------------------------------------- over time


def picture_fan(
    instance: Instance, told: Chronicle, column: int, sector: int, *, key: str, language: Language = ENGLISH
) -> str:
    """Draw crowd and phases of one sector over the day.

    Parameters
    ----------
    told : a chronicle that follows the sector.
    column : its place there.
    sector : its number in the instance.
    """
    windows = [
        (span_window(instance, w)[0], min(instance.period.minutes, span_window(instance, w)[1]), plain(w.name))
        for w in instance.sectors[sector].critical
    ]
    fan = Fan(
        told.edges.tolist(),
        told.crowd(QUANTILES)[:, :, column].tolist(),
        told.shares[:, column].tolist(),
        PHASES,
        windows,
    )
    name = plain(instance.sectors[sector].name)
    title = language("{sector}: people over the day, and how likely each phase is", sector=name)
    return draw_fan(fan, instance.period.start, title=title, key=key, language=language)


def picture_gantt(
    instance: Instance,
    deployment: Deployment,
    events: Sequence[Event],
    *,
    width: int = 720,
    key: str = "gantt",
    language: Language = ENGLISH,
) -> str:
    """Draw teams and vehicles over one told scenario; empty if nobody comes and nobody stands anywhere."""
    groups = list_groups(instance, deployment, events, language)
    if not groups:
        return ""
    title = language("Teams and vehicles over one scenario")
    start, end = instance.period.start, find_end(instance, events)
    return draw_gantt(groups, start, end, width=width, title=title, key=key, language=language)


def short_names(instance: Instance) -> dict[str, str]:
    """Give the part of the name of each place that tells it apart, by identifier.

    That is what stands before the comma; or, where as many as `ALIKE` begin with it, what stands behind; or all of it.
    """
    places = (*instance.places, *instance.reinforcements)
    parts = {p.id: [part.strip() for part in plain(p.name).partition(",")] for p in places}
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


def list_groups(
    instance: Instance, deployment: Deployment, events: Sequence[Event], language: Language = ENGLISH
) -> list[Group]:
    """Give sectors in the order in which people come there, then posts, with who stands and who moves.

    Sectors that nobody visits are left out. Of many, those are shown that are red for longest, then yellow, and of
    many posts those from which most is sent.
    """
    end = find_end(instance, events)
    columns, phases = list_columns(instance, events), list_phases(events, end)
    names, heads = short_names(instance), list_heads_over_time(instance, deployment)
    along = [(m, list_along_stands(events, m.id, find_assembly(instance, m), end)) for m in instance.moving]
    worst = sorted(phases, key=lambda ident: [-_minutes(phases[ident], phase) for phase in ("red", "yellow", "green")])
    groups = []
    for ident, spans in ((ident, spans) for ident, spans in phases.items() if ident in worst[:GROUPS]):
        lanes = []
        if ident in heads:
            lanes.append(Lane(language("placed here"), list(_placed(heads[ident], end, language))))
        for a, stays in along:
            if a.id in heads and any(stay.sector == ident for stay in stays):
                text = language.plural("{n} head", "{n} heads", heads[a.id][-1][1])
                lanes.append(
                    Lane(names[a.id], [bar for stay in stays if stay.sector == ident for bar in _stay(stay, text)])
                )
        here = [c for c in columns if c.sector == ident]
        for origin in dict.fromkeys(c.origin for c in here):
            bars = [bar for c in here if c.origin == origin for bar in _bars(c, end, language)]
            lanes.append(Lane(language("from {place}", place=names.get(origin, origin)), bars))
        groups.append(Group(names[ident], spans, (), _signs(events, ident), lanes))
    crews = {vehicle.id: count_unit_heads(vehicle, 1) for vehicle in instance.vehicles}
    waiting = list_waiting(columns, {post.id: heads[post.id] for post in instance.posts if post.id in heads}, crews)
    busy = sorted(waiting, key=lambda post: -sum(c.heads for c in columns if c.origin == post))[:GROUPS]
    for post, steps in ((post, steps) for post, steps in waiting.items() if post in busy):
        lanes = []
        for vehicle in instance.vehicles:
            rides = [c for c in columns if c.origin == post and any(kind == vehicle.id for kind, _ in c.rides)]
            if rides:
                bars = [Bar("away", c.sent, min(end, c.home)) for c in rides]
                lanes.append(Lane(language("{vehicle} away", vehicle=plain(vehicle.name)), bars))
        groups.append(Group(language("{post}, waiting", post=names[post]), (), steps, (), lanes))
    return groups


def _minutes(spans: Sequence[tuple[float, float, str]], phase: str) -> float:
    return sum(end - begin for begin, end, name in spans if name == phase)


def list_heads_over_time(instance: Instance, deployment: Deployment) -> dict[str, list[tuple[float, int]]]:
    """Give the heads of each place where anybody is, with the minutes from which there are so many."""
    found = {place: count_heads_over_time(instance, here) for place, here in deployment.places.items()}
    return {place: steps for place, steps in found.items() if steps[-1][1]}


def _placed(steps: Sequence[tuple[float, int]], end: float, language: Language) -> Iterator[Bar]:
    """Give a bar for each time in which as many heads stand in a sector."""
    for (minute, heads), (until, _) in pairwise([*steps, (end, 0)]):
        if heads and minute < until:
            yield Bar("stand", minute, until, language.plural("{n} head", "{n} heads", heads))


def _stay(stay: AlongStand, text: str) -> Iterator[Bar]:
    if stay.sent < stay.formed:
        yield Bar("road", stay.sent, stay.formed)
    if stay.formed < stay.left:
        yield Bar("stand", stay.formed, stay.left, text)


def _bars(column: ReserveColumn, end: float, language: Language) -> Iterator[Bar]:
    text = language.number(f"{column.heads:,}") if column.heads else ""
    yield Bar("road", column.sent, min(end, column.formed))
    if math.isfinite(column.formed):
        yield Bar("stand", column.formed, min(end, column.released), text)
    if math.isfinite(column.released):
        yield Bar("back", column.released, min(end, column.back))


def _signs(events: Sequence[Event], ident: str) -> list[tuple[float, Sign]]:
    return [(e.minute, SIGNS[e.kind]) for e in events if e.sector == ident and e.kind in SIGNS]


# ---------------------------------------------------------------- against other plans


def picture_harms(solution: Solution, *, key: str = "harm", language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Draw each harm under the plan and under every alternative; gives heading and drawing of each."""
    plans = [(language("this plan"), solution.evaluation)]
    plans += [(plain(language(other.name)), other.evaluation) for other in solution.alternatives]
    found = []
    for number, (name, heading, unit) in enumerate(list_harms(language)):
        intervals = [(who, e.loss if name == "loss" else e.harms[name]) for who, e in plans]
        if not any(interval.mean > 0.0 for _, interval in intervals):
            continue
        rows = [BarRow(who, i.mean, max(0.0, i.low), i.high, first=n == 0) for n, (who, i) in enumerate(intervals)]
        title = language("{harm}: mean and 95 % interval by plan", harm=heading)
        ranged = solution.law_range if name == "loss" else None
        note = tell_band(ranged.losses[0], language) if ranged is not None else ""
        drawn = draw_bars(rows, unit, title=title, key=f"{key}-{number}", language=language, note=note)
        found.append((heading, drawn))
    return found


def list_harms(language: Language = ENGLISH) -> list[tuple[str, str, str]]:
    """Give name, heading and unit of what the plan is judged by."""
    return [
        ("loss", language("Expected loss"), language("points")),
        *((harm.id, capitalise(language(harm.label)), language(harm.measure)) for harm in INDEPENDENT),
    ]
