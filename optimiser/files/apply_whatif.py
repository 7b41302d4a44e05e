"""The instance that a what-if makes of another one; whatever does not fit is said in one go."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import Said, make_fault, suggest, write_place
from optimiser.common.message import Message
from optimiser.files.rain import let_rain
from optimiser.files.read import parse
from optimiser.files.typed.field_values import read_value
from optimiser.files.typed.unclear import Unclear
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import a, checked
from optimiser.model.values.references import advise_name
from optimiser.model.whatif import (
    Add,
    Arrive,
    Cap,
    Chance,
    Change,
    Close,
    Gain,
    Hours,
    Keep,
    Limit,
    Lose,
    Put,
    Rain,
    Receive,
    Remove,
    Shift,
    Takes,
    Vacate,
    WhatIf,
)

KEPT = "kept"  # why a pin is there that leaves a place as the plan has it
EVERYWHERE = "everywhere"  # why a pin is there that stands at every place alike
LOST = "lost"  # why a pin is there that leaves nothing at a post
DAY = 1440  # minutes
DIGITS = 9  # of a share of 1; what sums leave behind them is no share
LATER = "--period -HH:MM"  # how a later end is typed


@checked(whatif=a(WhatIf))
def apply(instance: Instance, whatif: WhatIf, plan: Deployment | None = None) -> Instance:
    """Make the changed instance.

    Parameters
    ----------
    plan : what ``keep`` is about.

    Raises
    ------
    InputFault : changes do not fit the instance, or what they make of it has faults; all of them.
    Mismatch : the plan is of another instance.
    """
    if plan is not None:
        plan.belong(instance)
    source = f"what-if '{whatif.name}'"
    editor = _Editor(instance, plan)
    for number, change in enumerate(whatif.changes):
        editor.place = f"{write_place(('changes', number))} ({change.do})"
        try:
            editor.make(change)
        except (AttributeError, KeyError, TypeError, ValueError):
            parse(
                editor.data, source
            )  # a field set before has a shape that this change cannot work on: reading says it
            raise
    try:
        changed = parse(editor.data, source)
    except InputFault as error:
        raise InputFault(source, [*editor.faults, *error.faults]) from None
    if editor.faults:
        raise InputFault(source, editor.faults)
    return changed.note(instance.noted)


class _Editor:
    """Changes an instance that is written as plain data; notes what does not fit."""

    def __init__(self, instance: Instance, plan: Deployment | None) -> None:
        self.instance, self.plan = instance, plan
        self.data: dict[str, Any] = copy.deepcopy(instance.model_dump(mode="json"))
        self.faults: list[Fault] = []
        self.place = ""

    def refuse(self, code: str, found: object, expected: Message, repair: Message) -> None:
        """Note that a change does not fit."""
        self.faults.append(make_fault(code, self.place, found, expected, repair))

    def make(self, change: Change) -> None:
        """Make one change."""
        getattr(self, f"_{change.do}")(change)

    def _named(self, ident: str, *parts: str) -> dict[str, Any] | None:
        """Find a part by its identifier."""
        known: dict[str, dict[str, Any]] = {item["id"]: item for part in parts for item in self.data[part]}
        if ident in known:
            return known[ident]
        codes = {"sectors": "unknown-sector", "teams": "unknown-kind", "gatherings": "unknown-gathering"}
        expected = Message("one of {names}", names=", ".join(known) or "-")
        titles = {str(item["name"]).lower(): name for name, item in known.items()}
        repair = advise_name(ident, dict.fromkeys(known, ""), titles) or Message("correct the name")
        self.refuse(codes.get(parts[0], "unknown-place"), ident, expected, repair)
        return None

    def _set(self, change: Put) -> None:
        *way, last = change.path.split(".")
        here: Any = self.data
        for key in way:
            here = _step(here, key)
        try:
            value = read_value(change.path, change.value, _step(here, last))
        except Unclear as unclear:
            self.refuse("bad-text", change.value, unclear.expected, unclear.repair)
            return
        if isinstance(here, list):
            found = next((i for i, item in enumerate(here) if _answers(item, last)), None)
            if found is not None:
                here[found] = value
                return
        if isinstance(here, dict):
            here[_key(here, last)] = value  # whether there is such a field, and whether it fits, reading says
            return
        expected, repair = Message("a field of the instance"), Message("name it as in the file, parts by their id")
        self.refuse("unknown-field", change.path, expected, repair)

    def _heads(self, change: Cap) -> None:
        self.data["cap"] = int(change.cap)

    def _lose(self, change: Lose) -> None:
        if self._is_post(change.what):
            self._vacate(Vacate(post=change.what))
            return
        if any(sector["id"] == change.what for sector in self.data["sectors"]):
            expected = Message("a team, a vehicle or a post; '{name}' is a sector", name=change.what)
            repair = Message("write --close {name} if nobody can get there", name=change.what)
            self.refuse("unknown-kind", change.what, expected, repair)
            return
        kind = self._named(self._kind_of(change.what), "teams", "vehicles")
        if kind is not None:
            there = _plain(kind["count"])
            if change.number > there:
                expected = Message("at most the {n} that there are", n=there)
                self.refuse("out-of-range", change.number, expected, Message("lose fewer"))
            kind["count"] = there - change.number

    def _kind_of(self, unit: str) -> str:
        """Return the kind of a single unit, ``awc-1``, or the only kind of a role; else the identifier as it is."""
        known = {item["id"]: _plain(item["count"]) for part in ("teams", "vehicles") for item in self.data[part]}
        if unit in known:
            return unit
        of_role = [team["id"] for team in self.data["teams"] if team["role"] == unit]
        if len(of_role) == 1:
            return str(of_role[0])
        kind, dash, number = unit.rpartition("-")
        single = dash and number.isdecimal() and 1 <= int(number) <= known.get(kind, 0)
        return kind if single else unit

    def _is_post(self, ident: str) -> bool:
        kinds = {item["id"] for part in ("teams", "vehicles") for item in self.data[part]}
        return ident not in kinds and any(post["id"] == ident for post in self.data["posts"])

    def _vacate(self, change: Vacate) -> None:
        post = self._named(change.post, "posts")
        if post is not None:
            post.update(staging_capacity=0, keep=0, mobile=0.0)
            roomless = [v["id"] for v in self.data["vehicles"] if v["crew_role"] is not None or not _plain(v["crew"])]
            self.data["pins"] += [{"place": post["id"], "what": v, "at_most": 0, "why": LOST} for v in roomless]

    def _gain(self, change: Gain) -> None:
        kind = self._named(self._kind_of(change.what), "teams", "vehicles")
        if kind is not None:
            kind["count"] = _plain(kind["count"]) + change.number

    def _add(self, change: Add) -> None:
        self.data[change.part].append(copy.deepcopy(change.data))

    def _remove(self, change: Remove) -> None:
        parts = ("gatherings", "triggers", "reinforcements")
        item = self._named(change.what, *parts)
        for part in parts:
            self.data[part] = [other for other in self.data[part] if other is not item]

    def _close(self, change: Close) -> None:
        ends = [change.b] if change.b is not None else self._neighbours(change.a)
        hours = {"start": change.start, "end": change.end}
        self.data["travel"]["closures"] += [{"a": change.a, "b": end, **hours} for end in ends]

    def _neighbours(self, ident: str) -> list[str]:
        """List where ways lead from a place: along its roads, or to every other place where there are none."""
        if self._named(ident, "sectors", "posts") is None:
            return []
        if self.data["travel"]["kind"] == "roads":
            ends = [(road["a"], road["b"]) for road in self.data["travel"]["roads"]]
            return sorted({b if a == ident else a for a, b in ends if ident in (a, b)})
        parts = ("sectors", "posts", "reinforcements")
        return [place["id"] for part in parts for place in self.data[part] if place["id"] != ident]

    def _receive(self, change: Receive) -> None:
        if change.sector is None:
            sectors = [s for s in self.data["sectors"] if s["official"] is not None]
            if not sectors:
                expected, repair = Message("a sector with an official"), Message("name an official in the file")
                self.refuse("unknown-sector", Message("none"), expected, repair)
        else:
            sector = self._named(change.sector, "sectors")
            sectors = [] if sector is None else [sector]
        for sector in sectors:
            if sector["official"] is None:
                expected, repair = Message("a sector with an official"), Message("name another sector")
                self.refuse("unknown-sector", change.sector, expected, repair)
            else:
                sector["official"]["promised"] = float(change.minutes)

    def _shift(self, change: Shift) -> None:
        if change.gathering is None:
            gatherings = self.data["gatherings"]
        else:
            gathering = self._named(change.gathering, "gatherings")
            gatherings = [] if gathering is None else [gathering]
        self._move([(gathering, self._minute(gathering["arrives"]) + change.minutes) for gathering in gatherings])

    def _arrive(self, change: Arrive) -> None:
        gathering = self._named(change.gathering, "gatherings")
        if gathering is not None:
            self._move([(gathering, self._nearest(change.at))])

    def _chance(self, change: Chance) -> None:
        gathering = self._named(change.gathering, "gatherings")
        if gathering is not None:
            gathering["chance"] = float(change.chance)

    def _route(self, change: Takes) -> None:
        """Give each route that is named its share, and the others what is left, by their weights."""
        gathering = self._named(change.gathering, "gatherings")
        if gathering is None:
            return
        shares = {name: float(share) for name, share in change.shares.items()}
        weights = {route["id"]: _plain(route["weight"]) for route in gathering["routes"]}
        others = sum(weight for name, weight in weights.items() if name not in shares)
        left = round(1.0 - sum(shares.values()), DIGITS)
        if strange := [name for name in shares if name not in weights]:
            expected = Message("one of {names}", names=", ".join(weights) or "-")
            repair = suggest(strange[0], list(weights)) or Message("correct the name")
            self.refuse("unknown-route", strange[0], expected, repair)
        elif left < 0.0 or (left > 0.0 and others <= 0.0):
            expected = Message("shares that make 100 % together, where no other route is left, else no more than that")
            self.refuse("out-of-range", f"{1.0 - left:.0%}", expected, Message("correct the shares"))
        else:
            for route in gathering["routes"]:
                name = route["id"]
                route["weight"] = shares[name] if name in shares else left * weights[name] / (others or 1.0)

    def _nearest(self, clock: str) -> int:
        """Return the minute of a clock time; outside the operation on its nearer side, negative before it."""
        minute, length = self._minute(clock), 60 * _plain(self.data["period"]["hours"])
        return minute - DAY if minute >= length and DAY - minute < minute - length else minute

    def _minute(self, clock: str) -> int:
        """Return the minutes from the start of the operation to a clock time, 0 to 1439."""
        start, time = dt.datetime.fromisoformat(self.data["period"]["start"]), dt.time.fromisoformat(clock)
        return (time.hour * 60 + time.minute - start.hour * 60 - start.minute) % DAY

    def _move(self, arrivals: Sequence[tuple[dict[str, Any], int]]) -> None:
        """Have gatherings come at minutes from the start; the operation starts earlier where one is before it."""
        start = dt.datetime.fromisoformat(self.data["period"]["start"])
        early = 0
        for gathering, since in arrivals:
            arrives = f"{start + dt.timedelta(minutes=since):%H:%M}"
            if since >= 60 * _plain(self.data["period"]["hours"]):
                expected = Message("a time before the operation ends")
                found = Said("{gathering} at {time}", gathering=gathering["id"], time=arrives)
                self.refuse(
                    "time-outside", found, expected, Message("shift it less, or end later: {typed}", typed=LATER)
                )
                continue  # it stays where it was, so that reading does not say the same again
            gathering["arrives"] = arrives
            early = max(early, -since)
        self.data["period"]["start"] = (start - dt.timedelta(minutes=early)).isoformat()
        self.data["period"]["hours"] = _plain(self.data["period"]["hours"]) + early / 60.0

    def _period(self, change: Hours) -> None:
        """Start at the clock time that is nearest to the operation, and end as soon as the other comes after that."""
        period = self.data["period"]
        first = 0 if change.start is None else self._nearest(change.start)
        last = 60 * _plain(period["hours"]) if change.end is None else self._minute(change.end)
        start = dt.datetime.fromisoformat(period["start"]) + dt.timedelta(minutes=first)
        outside = [
            (what, clock) for what, clock in _list_clocks(self.data) if not 0 <= self._minute(clock) - first < DAY
        ]
        for what, clock in outside:  # a clock time from before the start would become one of the next day
            expected = Message("a time from {start} on, when the operation starts", start=f"{start:%H:%M}")
            repair = Message("start by then, or change or remove it as well")
            self.refuse("time-outside", Said("{what} at {time}", what=what, time=clock), expected, repair)
        if not outside:
            period["start"], period["hours"] = start.isoformat(), ((last - first) % DAY or DAY) / 60.0

    def _rain(self, change: Rain) -> None:
        let_rain(self.data, change)

    def _limit(self, change: Limit) -> None:
        pin = change.model_dump(mode="json", exclude={"do"})
        if change.place is not None:
            self.data["pins"].append(pin)
        elif change.at_most == 0 and not change.at_least:
            places = [place["id"] for part in ("sectors", "posts") for place in self.data[part]]
            self.data["pins"] += [{**pin, "place": place, "why": EVERYWHERE} for place in places]
        else:
            expected = Message("a place, where a number above 0 is meant")
            self.refuse("unknown-place", Message("nothing"), expected, Message("name the place"))

    def _keep(self, change: Keep) -> None:
        if self.plan is None:
            expected = Message("a plan that says who stands there")
            self.refuse("unknown-place", change.place, expected, Message("name a plan"))
        if self.plan is None or self._named(change.place, "sectors", "posts") is None:
            return
        ident = change.place
        kinds = [(t.id, self.plan.team_count(ident, t.id)) for t in self.instance.teams]
        kinds += [(v.id, self.plan.vehicle_count(ident, v.id)) for v in self.instance.vehicles]
        for what, n in kinds:
            self.data["pins"].append({"place": ident, "what": what, "at_least": n, "at_most": n, "why": KEPT})


def _step(here: Any, key: str) -> Any:
    """Go one step into plain data: a field, or a part of a list by its identifier, name or number from 0."""
    if isinstance(here, list):
        return next((item for i, item in enumerate(here) if _answers(item, key) or key == str(i)), None)
    return here.get(_key(here, key)) if isinstance(here, Mapping) else None


def _key(here: Mapping[str, Any], typed: str) -> str:
    """Return the field of a table that is meant, in whatever case; those of the format are in lower case."""
    return typed if typed in here else typed.strip().lower()


def _list_clocks(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the clock times that must lie in the operation, each with the identifier of what it belongs to."""
    for sector in data["sectors"]:
        yield from ((sector["id"], window["start"]) for window in sector["critical"])
    for part, field in (("teams", "available"), ("gatherings", "arrives"), ("triggers", "at")):
        yield from ((item["id"], item[field]) for item in data[part] if item[field] is not None)


def find(data: Any, path: str) -> Any:
    """Return what stands at the path of a field, as ``set`` takes it, in an instance as plain data; None if nothing."""
    for key in path.split("."):
        data = _step(data, key)
    return data


def _answers(item: Any, key: str) -> bool:
    names = (item.get("id"), item.get("name")) if isinstance(item, Mapping) else ()
    return key.strip().casefold() in (str(name).casefold() for name in names if name is not None)


def _plain(number: Any) -> Any:
    """Return the number of a quantity that is written as plain data."""
    return number["value"] if isinstance(number, Mapping) else number


def changed_parts(before: Instance, after: Instance) -> tuple[str, ...]:
    """Name the fields of an instance that two of them do not have in common."""
    fields: Iterable[str] = type(before).model_fields
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
