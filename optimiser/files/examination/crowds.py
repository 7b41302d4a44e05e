"""What is unusual in who comes, in what mood, and on which way."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from optimiser.common.message import Message
from optimiser.files.examination.means import count_heads
from optimiser.model.cautions import Caution
from optimiser.model.distances import Distances, measure
from optimiser.model.expected.follow import StopTimes, follow
from optimiser.model.expected.visits import list_visits
from optimiser.model.instance import Instance
from optimiser.model.parts.itinerary import Way, may_displace

MOST_PEOPLE = 20_000  # persons; assumed: the largest shipped gathering has 3,000
MOST_A_HEAD = 200  # persons for each head of personnel that exists; assumed: shipped instances have up to 48
FEWEST_PEOPLE = 10  # persons; assumed: 3 is what is left of 3.000 where a point separates thousands
TENSION = (0.05, 0.95)  # of 1; assumed: shipped instances have 0.15 to 0.94
TENSION_CHANGE = 0.5  # of 1, either way; assumed: the largest of shipped instances
SLIGHT = 0.02  # of 1, a chance; assumed: 0.5 per cent may have been meant as 0.5
SHORTEST_STAY = 5.0  # minutes; assumed: 1.3 is what is left of 1.30 for an hour and a half
REFUSED = 0.5  # of 1; assumed: when most calls are refused there is no reserve
LATER = 0.01  # km; assumed: a way that is longer by less is the same way


def find_crowd_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is unusual in gatherings, triggers and officials, and which ways are closed to them."""
    yield from _turnouts(instance)
    yield from _tensions(instance)
    yield from _chances(instance)
    yield from _choices(instance)
    yield from _stays(instance)
    yield from _unheard(instance)
    yield from _ways(instance)


def _turnouts(instance: Instance) -> Iterator[Caution]:
    most = min(MOST_PEOPLE, MOST_A_HEAD * max(count_heads(instance), 1))
    for i, gathering in enumerate(instance.gatherings):
        people = float(gathering.turnout)
        if FEWEST_PEOPLE <= people <= most:
            continue
        found = Message("{people:,.10g} people are expected of '{name}'", people=people, name=gathering.name)
        usual = Message("{low} to {high:,} people, with the personnel of this file", low=f"{FEWEST_PEOPLE}", high=most)
        check = Message("check the number, and what separates thousands and decimals in it")
        yield Caution("turnout", f"gatherings[{i}].turnout", found, usual, check)


def _tensions(instance: Instance) -> Iterator[Caution]:
    low, high = TENSION
    check = Message("check it against other gatherings; 0 is calm, 1 is the most")
    for i, gathering in enumerate(instance.gatherings):
        if not low <= float(gathering.tension) <= high:
            found = Message("tension {value:g} of '{name}'", value=float(gathering.tension), name=gathering.name)
            usual = Message("{low} to {high}", low=f"{low:g}", high=f"{high:g}")
            yield Caution("tension", f"gatherings[{i}].tension", found, usual, check)
    for i, trigger in enumerate(instance.triggers):
        change = float(trigger.tension)
        if change == 0.0 or abs(change) > TENSION_CHANGE:
            found = Message("'{name}' changes tension by {value:g}", value=change, name=trigger.name)
            usual = Message("up to {most} either way, and not 0", most=f"{TENSION_CHANGE:g}")
            yield Caution("tension", f"triggers[{i}].tension", found, usual, check)


def _chances(instance: Instance) -> Iterator[Caution]:
    percent = Message("a chance is a share of 1: write 50 % as 0.5")
    for i, trigger in enumerate(instance.triggers):
        if float(trigger.chance) < SLIGHT:
            found = Message("chance {value:g} of '{name}'", value=float(trigger.chance), name=trigger.name)
            usual = Message("{low} to {high}", low=f"{SLIGHT:g}", high="1")
            yield Caution("chance", f"triggers[{i}].chance", found, usual, percent)
    for i, sector in enumerate(instance.sectors):
        if sector.official is not None and 0.0 < float(sector.official.chance) < SLIGHT:
            words = {"value": float(sector.official.chance), "name": sector.name}
            found = Message("chance {value:g} that a delegation is received at '{name}'", **words)
            usual = Message("0, or {low} to {high}", low=f"{SLIGHT:g}", high="1")
            yield Caution("chance", f"sectors[{i}].official.chance", found, usual, percent)
    refusal = float(instance.doctrine.refusal)
    if refusal > REFUSED:
        found = Message("chance {value:g} that a call for reserve is refused", value=refusal)
        yield Caution("chance", "doctrine.refusal", found, Message("up to {most}", most=f"{REFUSED:g}"), percent)


def _unheard(instance: Instance) -> Iterator[Caution]:
    """Find sectors where people stop at a process and no official is named: then nobody asks to be heard there."""
    visited = {visit.sector for visit in list_visits(instance)}
    usual = Message("an official wherever people may ask to be heard")
    check = Message(
        "name the official, with chance 0 if nobody will receive a delegation: without one nobody waits there, and the "
        "crowd is calmer than it may be"
    )
    for i, sector in enumerate(instance.sectors):
        if sector.critical and sector.official is None and sector.id in visited:
            words = {"name": sector.name, "process": sector.critical[0].name}
            found = Message("people stop at '{name}', where {process} runs, and no official is named there", **words)
            yield Caution("no-official", f"sectors[{i}].official", found, usual, check)


def _choices(instance: Instance) -> Iterator[Caution]:
    """Find gatherings that are to go where the line is thinnest and have one route that they can take."""
    usual = Message("two routes of a weight above 0, among which it can choose")
    check = Message("give a weight to the other routes that it may take, or leave displacement out")
    for i, gathering in enumerate(instance.gatherings):
        if gathering.displacement > 0.0 and not may_displace(gathering):
            found = Message("displacement of '{name}' does nothing: it has one route to take", name=gathering.name)
            yield Caution("no-choice", f"gatherings[{i}].displacement", found, usual, check)


def _stays(instance: Instance) -> Iterator[Caution]:
    for i, gathering in enumerate(instance.gatherings):
        for j, stop in enumerate(gathering.itinerary):
            if float(stop.stay) < SHORTEST_STAY:
                found = Message("'{name}' stays {minutes:g} minutes", name=gathering.name, minutes=float(stop.stay))
                usual = Message("{low} minutes or more", low=f"{SHORTEST_STAY:g}")
                check = Message("a stay is written in minutes: 90, not 1.30")
                yield Caution("short-stay", f"gatherings[{i}].itinerary[{j}].stay", found, usual, check)


def _ways(instance: Instance) -> Iterator[Caution]:
    """Find crowds that no road leads to, and closures that lie on the way of an announced march."""
    known = {sector.id: i for i, sector in enumerate(instance.sectors)}
    closures = instance.travel.closures
    if not closures and instance.travel.kind != "roads":
        return
    distances = measure(instance)
    usually = measure(instance.altered(travel=instance.travel.altered(closures=())))
    sectors, posts = len(instance.sectors), len(instance.posts)
    stations = distances.km[:, sectors : sectors + posts, :sectors]
    cut_off = [not np.isfinite(stations[:, :, s]).any() for s in range(sectors)]
    ways = [(i, way) for i, gathering in enumerate(instance.gatherings) for way in gathering.ways if way.share > 0.0]
    for i, way in ways:
        gathering = instance.gatherings[i]
        for number, stop in zip(way.numbers, way.stops, strict=True):
            if cut_off[known[stop.sector]]:
                words = {"sector": instance.sectors[known[stop.sector]].name, "name": gathering.name}
                found = Message("'{name}' comes to '{sector}', and no way leads there from any post", **words)
                usual = Message("a way that is open at some time of the operation")
                check = Message("check the closures and roads around it")
                yield Caution("no-way", f"gatherings[{i}].itinerary[{number}]", found, usual, check)
        for leg in follow(gathering, way, instance, distances):
            if leg.stop + 1 < len(way.stops):
                yield from _march(instance, i, way, leg, distances, usually)


def _march(
    instance: Instance, number: int, way: Way, leg: StopTimes, distances: Distances, usually: Distances
) -> Iterator[Caution]:
    """Compare the way of a march with the same way when nothing is closed, at the times when it may set out."""
    gathering = instance.gatherings[number]
    ends = [way.stops[leg.stop + further].sector for further in (0, 1)]
    a, b = (distances.places.index(end) for end in ends)
    # it sets out at its mean time; no earlier than without delay, and seldom later than with twice the mean
    late = float(gathering.late)
    first, last = distances.at(leg.ready - late), distances.at(leg.ready + late)
    if leg.ready - late >= instance.period.simulated:
        return
    longest = max(float(distances.km[e][a][b]) for e in range(first, last + 1))
    open_km = float(usually.km[0][a][b])
    if not longest > open_km + LATER:
        return
    names = {sector.id: sector.name for sector in instance.sectors}
    words = {"gathering": gathering.name, "a": names[ends[0]], "b": names[ends[1]]}
    words["clock"] = instance.clock(leg.ready)
    found = Message("the way of '{gathering}' from '{a}' to '{b}', about {clock}, is closed", **words)
    check = Message("keep the way of a lawful march open, or agree another one; in the model it waits for it to open")
    if math.isfinite(longest):
        further = {**words, "km": f"{longest - open_km:.3g}"}
        found = Message(
            "a closure makes the way of '{gathering}' from '{a}' to '{b}', about {clock}, longer by {km} km", **further
        )
        check = Message("keep the way of a lawful march open, or agree another one; in the model it takes the detour")
    usual = Message("an open way for a march that was announced")
    yield Caution("closed-march", f"gatherings[{number}].itinerary[{way.numbers[leg.stop + 1]}]", found, usual, check)
