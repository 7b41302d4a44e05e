"""The way of a gathering as data: its stops, and the routes of which each scenario draws one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from optimiser.common.faults import suggest
from optimiser.common.message import Message
from optimiser.model.values.base import Identifier, Minutes, Model, Share, Source
from optimiser.model.values.quantity import Amount
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Gathering, Instance


Displacement = Annotated[Share, Field(description="chance to go, among its routes, where the line is thinnest")]


class Stop(Model):
    """One stop of a gathering's way."""

    sector: Identifier
    stay: Minutes = Field(90.0, validate_default=True, description="minutes until it marches on or goes home")
    route: Identifier | None = Field(None, description="the route that has this stop; every route if left out")


class Route(Model):
    """One of the ways that a gathering may take; each scenario draws one of them."""

    id: Identifier
    weight: Annotated[float, Amount("chance relative to the other routes", 0, 1000)] = Field(1.0, validate_default=True)
    source: Source = "assumed"


class Way(NamedTuple):
    """The stops of one route in their order.

    Attributes
    ----------
    route : its name; None where the gathering has no routes to choose from.
    share : its chance, 0 to 1.
    numbers : of its stops in the itinerary.
    stops : its stops.
    """

    route: str | None
    share: float
    numbers: tuple[int, ...]
    stops: tuple[Stop, ...]


def list_ways(itinerary: Sequence[Stop], routes: Sequence[Route]) -> tuple[Way, ...]:
    """List the routes with their stops and chances; the itinerary alone where there are no routes."""
    total = sum(float(route.weight) for route in routes)
    chances: dict[str | None, float] = {None: 1.0}
    if routes:
        chances = {route.id: float(route.weight) / total if total else 0.0 for route in routes}
    ways = []
    for name, share in chances.items():
        numbers = tuple(j for j, stop in enumerate(itinerary) if stop.route in (None, name))
        ways.append(Way(name, share, numbers, tuple(itinerary[j] for j in numbers)))
    return tuple(ways)


def may_displace(gathering: Gathering) -> bool:
    """Return whether a gathering may choose between routes by the lines that it finds."""
    return gathering.displacement > 0.0 and sum(way.share > 0.0 for way in gathering.ways) > 1


def find_route_faults(instance: Instance) -> Iterator[Finding]:
    """Check that routes and their stops belong together, and that some route can be taken."""
    for i, gathering in enumerate(instance.gatherings):
        yield from _stops(f"gatherings[{i}]", gathering)
        yield from _routes(f"gatherings[{i}]", gathering)


def _stops(where: str, gathering: Gathering) -> Iterator[Finding]:
    names = [route.id for route in gathering.routes]
    for j, stop in enumerate(gathering.itinerary):
        if stop.route is not None and stop.route not in names:
            place = f"{where}.itinerary[{j}].route"
            repair = suggest(stop.route, names) or Message("name one, or add it")
            relies = (place, f"{where}.routes")
            yield make_finding("unknown-route", place, stop.route, Message("a route of this gathering"), repair, relies)


def _routes(where: str, gathering: Gathering) -> Iterator[Finding]:
    names = [route.id for route in gathering.routes]
    stopped = {stop.route for stop in gathering.itinerary}
    for j, name in enumerate(names):
        place = f"{where}.routes[{j}].id"
        if name in names[:j]:
            expected, repair = Message("an identifier used once in a gathering"), Message("rename one of them")
            earlier = f"{where}.routes[{names.index(name)}].id"
            yield make_finding("duplicate-id", place, name, expected, repair, (place, earlier))
        elif not stopped & {None, name}:
            expected, repair = Message("at least one stop"), Message("write its stops, or leave the route out")
            yield make_finding("route-without-stop", place, name, expected, repair, (place, f"{where}.itinerary"))
    if gathering.displacement > 0.0 and len(names) < 2:
        place, relies = f"{where}.displacement", (f"{where}.displacement", f"{where}.routes")
        expected = Message("at least two routes, among which it can choose where the line is thinnest")
        repair = Message("write its routes, or leave displacement out")
        yield make_finding("no-choice-of-routes", place, gathering.displacement, expected, repair, relies)
    if names and not any(float(route.weight) > 0.0 for route in gathering.routes):
        expected, repair = Message("a weight above 0"), Message("write how likely each is beside the others")
        yield make_finding("no-route", f"{where}.routes", 0, expected, repair)
