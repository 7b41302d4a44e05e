"""Units that move, in an instance as plain data: what changes of gatherings do to them, and a movement asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from optimiser.common.message import Message
from optimiser.files.examination.proposals import NAME, first_part, name_apart
from optimiser.files.typed.day import Day
from optimiser.files.typed.names import bare_number
from optimiser.files.typed.unclear import Unclear
from optimiser.model.cautions import Caution
from optimiser.model.deployment import Deployment
from optimiser.model.parts.movement import SECTIONS, Leg
from optimiser.model.whatif import LetMove

Part = dict[str, Any]
LEAST_LEGS = 2  # a movement with fewer goes nowhere
WITHIN = 1  # min between the ends of two legs, at least


def settle_displacement(data: Part, gathering: str) -> Iterator[Caution]:
    """Let a gathering not go where the line is thinnest if it takes a route for certain; say so where it still does."""
    number, one = next((i, one) for i, one in enumerate(data["gatherings"]) if one["id"] == gathering)
    if sum(bare_number(route["weight"]) > 0.0 for route in one["routes"]) == 1:
        one["displacement"] = 0.0
    elif (chance := bare_number(one["displacement"])) > 0.0:
        words = {"name": one["name"], "chance": f"{chance:.0%}"}
        found = Message("'{name}' goes where the line is thinnest with chance {chance}, whatever its routes", **words)
        usual = Message("shares of routes for a gathering that goes by the route drawn")
        check = Message("set its displacement to 0 too if it is to take its routes by these shares")
        yield Caution("displaced", f"gatherings[{number}].displacement", found, usual, check)


def leave_out(data: Part, gathering: str, title: str, plan: Deployment | None = None) -> Iterator[Caution]:
    """Take a gathering that is gone out of accompaniments and of the legs of movements, and say what is left of them.

    Who only accompanied it, or has fewer than two legs left or rest alone, is at base: the place is gone, and pins at
    it with it.

    Parameters
    ----------
    gathering, title : its identifier and its name.
    plan : nothing is said of what holds no units in it; of all where it is not known.
    """
    yield from _leave_out_accompaniments(data, gathering, title, plan)
    usual = Message("a gathering that takes place")
    stay = []
    for number, movement in enumerate(data["movements"]):
        legs = [_forget(leg, gathering) for leg in movement["legs"] if leg.get("gathering") != gathering]
        lost = len(movement["legs"]) - len(legs)
        words = {"name": movement["name"], "gathering": title}
        if lost and legs:
            legs[-1] = {**legs[-1], "until": None, "until_left": None}
        goes_on = len(legs) >= LEAST_LEGS and not all(leg.get("post") for leg in legs)
        if not lost or goes_on:
            stay.append({**movement, "legs": legs})
        if not lost or not _holds(plan, movement["id"]):
            continue
        if goes_on:
            found = Message("'{name}' leaves out its leg with '{gathering}', which is gone", **words)
            check = Message("write another leg if its units are to be elsewhere meanwhile")
            yield Caution("nobody-to-follow", f"movements[{number}].legs", found, usual, check)
        else:
            found = Message("'{name}' is left out: '{gathering}' is gone, and its units are at base", **words)
            check = Message("place the units elsewhere, or write another movement")
            yield Caution("nobody-to-follow", f"movements[{number}]", found, usual, check)
    gone = {movement["id"] for movement in data["movements"]} - {movement["id"] for movement in stay}
    data["movements"] = stay
    leave_out_pins(data, gone)


def leave_out_pins(data: Part, gone: set[str]) -> None:
    """Take out what is asked for at places that are gone."""
    data["pins"] = [pin for pin in data["pins"] if pin["place"] not in gone]


def _holds(plan: Deployment | None, place: str) -> bool:
    """Tell whether any units are at a place in a plan; they may be where none is known."""
    here = None if plan is None else plan.places.get(place)
    return plan is None or (here is not None and any((*here.teams.values(), *here.vehicles.values())))


def _leave_out_accompaniments(data: Part, gathering: str, title: str, plan: Deployment | None) -> Iterator[Caution]:
    for number, along in enumerate(data["accompaniments"]):
        if along["gathering"] == gathering and _holds(plan, along["id"]):
            words = {"name": along["name"], "gathering": title}
            found = Message("'{name}' is left out: '{gathering}' is gone, and its units are at base", **words)
            usual = Message("a gathering that takes place")
            check = Message("place the units elsewhere, or write another movement")
            yield Caution("nobody-to-follow", f"accompaniments[{number}]", found, usual, check)
    gone = {along["id"] for along in data["accompaniments"] if along["gathering"] == gathering}
    data["accompaniments"] = [along for along in data["accompaniments"] if along["id"] not in gone]
    leave_out_pins(data, gone)


def _forget(leg: Part, gathering: str) -> Part:
    """Return a leg that waits for a gathering no longer; the clock alone ends it."""
    return {**leg, "until_left": None} if leg.get("until_left") == gathering else leg


def shift_waits(data: Part, day: Day, gathering: str, minutes: int) -> None:
    """Move the ends of legs that wait until a gathering has left, by as much as it comes later; earlier if negative.

    Their clock times say how long to wait for it at the latest, so they hang on it; other ends are appointments of
    their own and stay. An end moves no further than those of the legs before and after it, and than the operation.
    """
    start = dt.datetime.fromisoformat(data["period"]["start"])
    for movement in data["movements"]:
        legs = movement["legs"]
        for j, leg in enumerate(legs):
            if leg.get("until_left") != gathering or not leg.get("until"):
                continue
            before = [day.count(other["until"]) for other in legs[:j] if other.get("until")]
            after = [day.count(other["until"]) for other in legs[j + 1 :] if other.get("until")]
            least = max(before) + WITHIN if before else min(0, minutes)
            most = min(after) - WITHIN if after else int(day.length)
            moved = max(least, min(day.count(leg["until"]) + minutes, most))
            leg["until"] = f"{start + dt.timedelta(minutes=moved):%H:%M}"


def tell_move(change: LetMove) -> str:
    """Write a change as it is typed."""
    what, number = f"{change.what}:" if change.what else "", "" if change.number is None else f"={change.number}"
    return f"{what}{change.here}>{change.onward}@{change.at}{number}"


def let_move(data: Part, day: Day, change: LetMove, ends: tuple[Part, Part], unit: Part | None) -> None:
    """Add the movement that a change asks for, and have so many units in it; one that goes there already is used.

    Parameters
    ----------
    ends : sectors where they stand first and then.
    unit : team or vehicle that is named, if any.

    Raises
    ------
    Unclear : it leads nowhere, at no time of the operation, or there are fewer units.
    """
    here, onward = ends
    at = day.settle(change.at)
    if here is onward:
        raise Unclear(Message("two sectors"), Message("write where they go from there"), "nowhere-to-go")
    if not 0 < day.place(at) < day.length:
        expected, repair = Message("a time while the operation lasts"), Message("write an earlier or a later time")
        raise Unclear(expected, repair, "time-outside")
    if unit is not None and unit.get("water_cannon"):
        words = {"what": unit["id"], "here": here["id"], "onward": onward["id"]}
        repair = Message("place it: --pin {here}:{what}=1, or --pin {onward}:{what}=1", **words)
        raise Unclear(Message("units other than a water cannon, which stays at one place"), repair, "unknown-kind")
    if unit is not None and (change.number or 0) > bare_number(unit["count"]):
        expected = Message("at most the {n} that there are", n=bare_number(unit["count"]))
        raise Unclear(expected, Message("move fewer"), "out-of-range")
    place = _find_movement(data, here, onward, at)
    if unit is not None:
        least = 1 if change.number is None else change.number
        data["pins"].append({"place": place, "what": unit["id"], "at_least": least, "at_most": change.number})


def _find_movement(data: Part, here: Part, onward: Part, at: str) -> str:
    """Return the identifier of a movement from one sector to another by the clock, added where there is none."""
    legs = [Leg(sector=here["id"], until=at), Leg(sector=onward["id"])]
    for movement in data["movements"]:
        if [Leg.model_validate(leg) for leg in movement["legs"]] == legs:
            return str(movement["id"])
    taken = {place["id"] for part in ("sectors", "posts", *SECTIONS) for place in data[part]}
    ident = name_apart(f"{here['id']}-then-{onward['id']}", taken)
    name = f"{first_part(here['name'])} → {first_part(onward['name'])}"[:NAME]
    data["movements"].append({"id": ident, "name": name, "legs": [leg.model_dump(mode="json") for leg in legs]})
    return ident
