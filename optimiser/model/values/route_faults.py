"""Faults in the routes of gatherings: stops of no route, routes without a stop, none that can be taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimiser.common.faults import suggest
from optimiser.common.message import Message
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Gathering, Instance


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
    if names and not any(float(route.weight) > 0.0 for route in gathering.routes):
        expected, repair = Message("a weight above 0"), Message("write how likely each is beside the others")
        yield make_finding("no-route", f"{where}.routes", 0, expected, repair)
