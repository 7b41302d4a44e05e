"""The plan on a map: a FeatureCollection by RFC 7946, longitude before latitude, that QGIS and others open.

Only positions that the instance gives are drawn. A place without degrees keeps its properties and has no geometry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import Said, make_fault
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.files.geojson.areas import turn_rings
from optimiser.model.clocks import find_late_start
from optimiser.model.deployment import Allotment, Deployment, count_heads_at, count_unit_heads
from optimiser.model.expected.stands import find_ride, list_passages, list_stands
from optimiser.model.harms import INDEPENDENT
from optimiser.model.instance import Gathering, Instance, Post, Reinforcement, Sector, Team, VehicleType
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Movement, Moving, find_assembly, list_stops
from optimiser.model.parts.notes import NOTES
from optimiser.model.parts.outline import parse_outline
from optimiser.model.values.base import Place
from optimiser.output.words.head_counts import with_start

FORMAT = "optimiser-geojson/1"
TOLD = ("green", "yellow", "red")  # phases whose minutes and chance are given
Feature = dict[str, Any]


def has_degrees(instance: Instance) -> bool:
    """Tell whether any place can be drawn on a map."""
    return any(_point(place) for place in _all(instance))


def map_plan(
    instance: Instance,
    deployment: Deployment | None = None,
    plan: Mapping[str, Any] | None = None,
    language: Language = ENGLISH,
    reasons: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Give places, marches and roads as features, with who stands where as properties.

    Parameters
    ----------
    deployment : who stands where; without it places are given alone.
    plan : document as `write.describe` makes it, for phases and reasons by sector; its reasons are in English.
    language : of what is said in words.
    reasons : by sector, in that language, see `give_reasons`; left out in another language than English if not given.

    Returns
    -------
    FeatureCollection of Points (sectors, posts, accompaniments and movements at their first stop, each place and time
    where these stand, reinforcements), LineStrings (marches, legs of movements, roads, closures), and the areas of
    sectors that have one; a property ``kind`` says which. ``left_out`` names lines of which an end has no position.

    Raises
    ------
    InputFault : no place has latitude and longitude.
    Mismatch : the deployment is of another instance.
    """
    if deployment is not None:
        deployment.belong(instance)
    if not has_degrees(instance):
        raise InputFault(instance.name, [_no_degrees(instance)])
    left_out: list[str] = []
    features = [
        *(_sector(instance, sector, deployment, plan, language, reasons) for sector in instance.sectors),
        *(_post(instance, post, deployment, language) for post in instance.posts),
        *(_moving(instance, moving, deployment, language) for moving in instance.moving),
        *(_reinforcement(instance, outside) for outside in instance.reinforcements),
        *(_march(instance, gathering, way, left_out) for gathering in instance.gatherings for way in gathering.ways),
        *(_legs(instance, movement, left_out) for movement in instance.movements),
        *(stand for moving in instance.moving for stand in _stands(instance, moving, deployment, language)),
        *_roads(instance, left_out),
        *(_outline(sector) for sector in instance.sectors),
    ]
    return {
        "type": "FeatureCollection",
        "name": instance.name,
        "title": instance.title,
        "format": FORMAT,
        "sha256": instance.fingerprint(),
        "left_out": left_out,
        "features": [feature for feature in features if feature is not None],
    }


def _all(instance: Instance) -> tuple[Place, ...]:
    return (*instance.sectors, *instance.posts, *instance.reinforcements)


def _no_degrees(instance: Instance) -> Fault:
    plane = any(place.x is not None for place in _all(instance))
    found = Message("positions in kilometres (x, y)") if plane else Message("no positions")
    repair = Message("give lat and lon to places, or read them from a map with --places; nothing is invented")
    return make_fault(
        "missing-coordinates", "sectors", Said(found), Message("lat and lon in degrees, which a map needs"), repair
    )


def _point(place: Place) -> list[float] | None:
    return None if place.lat is None or place.lon is None else [float(place.lon), float(place.lat)]


def _feature(kind: str, ident: str, geometry: Feature | None, properties: Mapping[str, Any]) -> Feature:
    kept = {name: value for name, value in properties.items() if value is not None}
    return {
        "type": "Feature",
        "id": f"{kind}:{ident}",
        "geometry": geometry,
        "properties": {"kind": kind, "id": ident, **kept},
    }


def _placed(kind: str, place: Place, properties: Mapping[str, Any]) -> Feature:
    point = _point(place)
    properties = {**properties, **{note: getattr(place, note, None) for note in NOTES}}
    geometry = None if point is None else {"type": "Point", "coordinates": point}
    return _feature(kind, place.id, geometry, {"name": place.name, **properties})


def _sector(
    instance: Instance,
    sector: Sector,
    deployment: Deployment | None,
    plan: Mapping[str, Any] | None,
    language: Language,
    reasons: Mapping[str, str] | None,
) -> Feature:
    crowds = [g.id for g in instance.gatherings if any(stop.sector == sector.id for stop in g.itinerary)]
    properties = {
        "ring": sector.ring,
        "public": int(sector.public),
        "staging_capacity": int(sector.staging_capacity),
        "officer_post": sector.officer_post,
        "official": sector.official.name if sector.official else None,
        "gatherings": crowds,
    }
    properties |= {**_who(instance, sector, deployment, language), **_expected(sector.id, plan)}
    if reasons is not None or language.code != ENGLISH.code:
        properties["why"] = (reasons or {}).get(sector.id)
    return _placed("sector", sector, properties)


def _outline(sector: Sector) -> Feature | None:
    """Give the area of a sector beside its point, so that a map may show either."""
    polygons = parse_outline(sector.outline) if sector.outline else None
    if polygons is None:
        return None
    bodies = [[[list(point) for point in ring] for ring in turn_rings(polygon)] for polygon in polygons]
    many = len(bodies) > 1
    geometry = {"type": "MultiPolygon" if many else "Polygon", "coordinates": bodies if many else bodies[0]}
    return _feature("area", sector.id, geometry, {"name": sector.name, "ring": sector.ring})


def _post(instance: Instance, post: Post, deployment: Deployment | None, language: Language) -> Feature:
    properties = {
        "staging_capacity": int(post.staging_capacity),
        "mobile": float(post.mobile),
        "keep": int(post.keep),
        "officer_post": post.officer_post,
    }
    return _placed("post", post, {**properties, **_who(instance, post, deployment, language)})


def _moving(instance: Instance, moving: Moving, deployment: Deployment | None, language: Language) -> Feature:
    """Give who moves where it is first, with its gathering or its legs, and name all sectors where it may stand."""
    first = find_assembly(instance, moving)
    point = next(_point(place) for place in (*instance.sectors, *instance.posts) if place.id == first)
    kind, goal = "accompaniment", dict[str, Any]()
    if isinstance(moving, Movement):
        kind, goal["legs"] = "movement", [leg.model_dump(exclude_none=True) for leg in moving.legs]
    else:
        goal["gathering"] = moving.gathering
    properties = {
        "name": moving.name,
        **goal,
        "stops": list(list_stops(instance, moving)),
        "staging_capacity": int(moving.staging_capacity),
        **_who(instance, moving, deployment, language),
        **{note: getattr(moving, note, None) for note in NOTES},
    }
    geometry = None if point is None else {"type": "Point", "coordinates": point}
    return _feature(kind, moving.id, geometry, properties)


def _legs(instance: Instance, movement: Movement, left_out: list[str]) -> Feature | None:
    """Give a straight line over the sectors where a movement stands on the likeliest ways; None where it has one."""
    stops = [stand.sector for stand in list_stands(instance, movement)]
    if len(set(stops)) < 2:
        return None
    properties = {"name": movement.name, "stops": stops}
    return _line(instance, "legs", movement.id, stops, properties, left_out)


def _stands(instance: Instance, moving: Moving, deployment: Deployment | None, language: Language) -> Iterator[Feature]:
    """Give each place where units of a movement stand, from when until when, on the likeliest ways of people."""
    here = deployment.places.get(moving.id, Allotment()) if deployment is not None else None
    if here is not None and not here.teams and not here.vehicles:
        return
    likeliest = list_passages(instance, moving, find_ride(instance, here) if here is not None else None)[0]
    points = {place.id: _point(place) for place in (*instance.sectors, *instance.posts)}
    times = [instance.period.start + dt.timedelta(minutes=m) for s in likeliest.stands for m in (s.formed, s.left)]
    for number, stand in enumerate(likeliest.stands):
        if not stand.lasts:
            continue
        begin, end = (time.replace(microsecond=0).isoformat() for time in times[2 * number : 2 * number + 2])
        properties = {
            "name": moving.name,
            "moving": moving.id,
            "place": stand.sector,
            "begin": begin,
            "end": end,
            "chance": round(likeliest.share, 3),
            **_who(instance, moving, deployment, language),
        }
        point = points[stand.sector]
        geometry = None if point is None else {"type": "Point", "coordinates": point}
        yield _feature("stand", f"{moving.id}:{number}", geometry, properties)


def _reinforcement(instance: Instance, outside: Reinforcement) -> Feature:
    team = next(team for team in instance.teams if team.id == outside.team)
    properties = {
        "team": outside.team,
        "heads_if_called": count_unit_heads(team, int(outside.teams)),
        "asked": outside.asked,
        "delay_minutes": float(outside.delay),
    }
    return _placed("reinforcement", outside, properties)


def _who(
    instance: Instance, place: Place | Moving, deployment: Deployment | None, language: Language
) -> dict[str, Any]:
    """Say who stands at a place: for people in one text, for programs by kind; heads with extra crews."""
    if deployment is None:
        return {}
    here = deployment.places.get(place.id, Allotment())
    teams = [(team, n) for team in instance.teams if (n := here.teams.get(team.id, 0))]
    vehicles = [(v, n) for v in instance.vehicles if (n := here.vehicles.get(v.id, 0))]
    units: list[tuple[Team | VehicleType, int]] = [*teams, *vehicles]
    late = {team.id: clock for team, _ in teams if (clock := find_late_start(instance, team))}
    return {
        "heads": count_heads_at(instance, here),
        "who": "; ".join(with_start(instance, kind, f"{n} x {kind.name}", language) for kind, n in units),
        "teams": {team.id: n for team, n in teams},
        "vehicles": {v.id: n for v, n in vehicles},
        "available": late or None,
    }


def _expected(sector: str, plan: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give minutes and chance of each phase, expected harms and the reason, where the plan says them."""
    if plan is None:
        return {}
    phases = plan.get("evaluation", {}).get("phases", {}).get(sector, {})
    told: dict[str, Any] = {}
    for phase in TOLD:
        if phase in phases:
            minutes, chance = phases[phase]["minutes"], phases[phase]["reached"]
            told |= {f"{phase}_minutes": round(minutes, 1), f"{phase}_chance": round(chance, 3)}
    entry: Mapping[str, Any] = next((entry for entry in plan.get("sectors", ()) if entry.get("id") == sector), {})
    harms = entry.get("harms", {})
    means = {harm.id: harms[harm.id]["mean"] for harm in INDEPENDENT if harm.id in harms}  # intervals are in the plan
    told |= {f"expected_{name}": round(mean, 3) for name, mean in means.items()}
    return {**told, "why": entry.get("why")}


def _march(instance: Instance, gathering: Gathering, way: Way, left_out: list[str]) -> Feature | None:
    """Give a way of a gathering that moves, sector by sector; one that stays has none."""
    stops = [stop.sector for stop in way.stops]
    if len(set(stops)) < 2:
        return None
    properties = {
        "name": gathering.name,
        "turnout": float(gathering.turnout),
        "arrives": gathering.arrives,
        "stops": stops,
    }
    if way.route is not None:
        drawn = float(gathering.chance) * way.share * (1.0 - float(gathering.displacement))
        properties |= {"route": way.route, "chance": round(drawn, 3)}
        if gathering.displacement:
            properties["displacement"] = round(float(gathering.chance * gathering.displacement), 3)
    ident = gathering.id if way.route is None else f"{gathering.id}:{way.route}"
    return _line(instance, "march", ident, stops, properties, left_out)


def _roads(instance: Instance, left_out: list[str]) -> Iterator[Feature | None]:
    travel = instance.travel
    closed = {frozenset((c.a, c.b)) for c in travel.closures if c.start is None and c.end is None}
    for road in travel.roads:
        properties: dict[str, Any] = {"km": float(road.km), "closed": frozenset((road.a, road.b)) in closed}
        yield _line(instance, "road", f"{road.a}:{road.b}", [road.a, road.b], properties, left_out)
    for closure in travel.closures:
        properties = {"start": closure.start, "end": closure.end}
        yield _line(instance, "closure", f"{closure.a}:{closure.b}", [closure.a, closure.b], properties, left_out)


def _line(
    instance: Instance, kind: str, ident: str, ends: list[str], properties: Mapping[str, Any], left_out: list[str]
) -> Feature | None:
    """Give a straight line over places; None, and named, where one has no position, as a junction of roads has none."""
    where = {place.id: _point(place) for place in _all(instance)}
    points = [where.get(end) for end in ends]
    if not all(points):
        left_out.append(f"{kind} {ident}")
        return None
    return _feature(kind, ident, {"type": "LineString", "coordinates": points}, properties)
