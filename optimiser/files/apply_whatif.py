"""The instance that a what-if makes of another one; whatever does not fit is said in one go."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import Said, make_fault, suggest, write_place
from optimiser.common.message import Message
from optimiser.files.followers import leave_out, leave_out_pins, let_move, settle_displacement, shift_waits, tell_move
from optimiser.files.rain import let_rain
from optimiser.files.read import parse
from optimiser.files.typed.day import DAY, Day, list_clocks, tell_span
from optimiser.files.typed.field_values import read_value
from optimiser.files.typed.names import KIND_NAMES, UNITS, PartNames, bare_number
from optimiser.files.typed.presence import attend
from optimiser.files.typed.steps import advise_step, answers, key_of, step_into
from optimiser.files.typed.unclear import Unclear
from optimiser.model.cautions import Caution
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.notes import fit_call_signs
from optimiser.model.values.arguments import a, checked
from optimiser.model.values.base import EVERYBODY
from optimiser.model.whatif import (
    Add,
    Arrive,
    Attend,
    Cap,
    Chance,
    Change,
    Close,
    Gain,
    Hours,
    Keep,
    LetMove,
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
    split_reference,
)

T = TypeVar("T")

MOVING = ("accompaniment", "movement")  # kinds of places whose units move
KEPT = "kept"  # why a pin is there that leaves a place as the plan has it
EVERYWHERE = "everywhere"  # why a pin is there that stands at every place alike
LOST = "lost"  # why a pin is there that leaves nothing at a post
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
    counts = {t.id: int(t.count) for t in instance.teams} | {v.id: int(v.count) for v in instance.vehicles}
    try:
        fit_call_signs((*editor.data["teams"], *editor.data["vehicles"]), counts)
        changed = parse(editor.data, source)
    except InputFault as error:
        raise InputFault(source, [*editor.faults, *error.faults]) from None
    if editor.faults:
        raise InputFault(source, editor.faults)
    return changed.note((*instance.noted, *editor.cautions))


class _Editor:
    """Changes an instance that is written as plain data; notes what does not fit."""

    def __init__(self, instance: Instance, plan: Deployment | None) -> None:
        self.instance, self.plan = instance, plan
        self.data: dict[str, Any] = {**{f"{kind}s": [] for kind in MOVING}, **instance.model_dump(mode="json")}
        self.faults: list[Fault] = []
        self.cautions: list[Caution] = []
        self.names, self.day = PartNames(self.data), Day(self.data)
        self.place = ""
        self.rained = False

    @property
    def moving(self) -> tuple[str, ...]:
        """The kinds of places whose units move, of which there are any."""
        return tuple(kind for kind in MOVING if self.data[f"{kind}s"])

    @property
    def places(self) -> tuple[str, ...]:
        """The kinds of places, of which there are any."""
        return ("sector", "post", *self.moving)

    def refuse(self, code: str, found: object, expected: Message, repair: Message) -> None:
        """Note that a change does not fit."""
        self.faults.append(make_fault(code, self.place, found, expected, repair))

    def make(self, change: Change) -> None:
        """Make one change; one that does not fit is left out, so that reading says nothing of it again."""
        getattr(self, f"_{change.do}")(change)

    def _look(self, found: str, look: Callable[[], T]) -> T | None:
        """Return what is found, or note why it is not."""
        try:
            return look()
        except Unclear as unclear:
            self.refuse(unclear.code, found, unclear.expected, unclear.repair)
            return None

    def _named(self, reference: str, *kinds: str) -> dict[str, Any] | None:
        """Find a part by its identifier, with or without its kind."""
        found = self._look(reference, lambda: self.names.find(reference, kinds))
        return None if found is None else found[1]

    def _set(self, change: Put) -> None:
        *way, last = change.path.split(".")
        here: Any = self.data
        for key in way:
            here = step_into(here, key)
        try:
            value = read_value(change.path, change.value, step_into(here, last), self.day.settle)
        except Unclear as unclear:
            self.refuse(unclear.code, change.value, unclear.expected, unclear.repair)
            return
        if isinstance(here, list):
            found = next((i for i, item in enumerate(here) if answers(item, last)), None)
            if found is not None:
                here[found] = value
                return
        if isinstance(here, dict):
            here[key_of(here, last)] = value  # whether there is such a field, and whether it fits, reading says
            return
        repair = advise_step(self.data, change.path) or Message("name it as in the file, parts by their id")
        self.refuse("unknown-field", change.path, Message("a field of the instance"), repair)

    def _heads(self, change: Cap) -> None:
        self.data["cap"] = int(change.cap)

    def _lose(self, change: Lose) -> None:
        known = {part["id"] for kind in ("teams", "vehicles", "roles", "posts") for part in self.data[kind]}
        places = ("sector", *MOVING)
        place = next((k for k in places if any(part["id"] == change.what for part in self.data[f"{k}s"])), None)
        if change.what not in known and place is not None:
            words = {"name": change.what, "kind": KIND_NAMES[place]}
            expected = Message("a team, a vehicle or a post; '{name}' is {kind}", **words)
            repair = Message("write --forbid {name} if nobody is to be in it", name=change.what)
            if place == "sector":
                repair = Message("write --close {name} if nobody can get there", name=change.what)
            self.refuse("unknown-kind", change.what, expected, repair)
            return
        found = self._look(change.what, lambda: self.names.find_unit(change.what, (*UNITS, "post")))
        if found is None:
            return
        kind, part = found
        there = 1 if kind == "post" else bare_number(part["count"])
        if change.number > there:
            expected = Message("at most the {n} that there are", n=there)
            self.refuse("out-of-range", change.number, expected, Message("lose fewer"))
        elif kind == "post":
            self._empty(part)
        else:
            part["count"] = there - change.number

    def _vacate(self, change: Vacate) -> None:
        typed = f"post:{split_reference(change.post)[1]}"
        found = self._look(typed, lambda: self.names.find(change.post, ("post",), ("team", "vehicle")))
        if found is not None:
            self._empty(found[1])

    def _empty(self, post: dict[str, Any]) -> None:
        """Have nobody wait and nothing kept at a post."""
        post.update(staging_capacity=0, keep=0, mobile=0.0)
        roomless = [v["id"] for v in self.data["vehicles"] if v["crew_role"] is not None or not bare_number(v["crew"])]
        self.data["pins"] += [{"place": post["id"], "what": v, "at_most": 0, "why": LOST} for v in roomless]

    def _gain(self, change: Gain) -> None:
        found = self._look(change.what, lambda: self.names.find_unit(change.what))
        if found is not None:
            found[1]["count"] = bare_number(found[1]["count"]) + change.number

    def _add(self, change: Add) -> None:
        self.data[change.part].append(copy.deepcopy(change.data))

    def _remove(self, change: Remove) -> None:
        kinds = ("gathering", "trigger", "reinforcement", *self.moving)
        kind, item = self._look(change.what, lambda: self.names.find(change.what, kinds)) or ("", {})
        if kind:
            self.data[f"{kind}s"] = [other for other in self.data[f"{kind}s"] if other is not item]
        if kind == "gathering":
            self.cautions += leave_out(self.data, item["id"], item["name"], self.plan)
        elif kind in MOVING:
            leave_out_pins(self.data, {item["id"]})

    def _close(self, change: Close) -> None:
        ends = [self._end(ref) for ref in (change.a, change.b) if ref is not None]
        hours = self._look(tell_span(change), lambda: self.day.settle_closing(change))
        if hours is None or None in ends:
            return
        a, *others = (str(end) for end in ends)
        for b in others or self.names.list_neighbours(a):
            self.data["travel"]["closures"].append({"a": a, "b": b, **hours})

    def _end(self, reference: str) -> str | None:
        """Return the identifier of one end of a way: a place, help from outside, or a junction of roads."""
        kind, ident = split_reference(reference)
        ends = {road[end] for road in self.data["travel"]["roads"] for end in ("a", "b")}
        if not kind and ident in ends:
            return ident
        found = self._named(reference, "sector", "post", "reinforcement")
        return None if found is None else str(found["id"])

    def _receive(self, change: Receive) -> None:
        if change.sector is None:
            sectors = [s for s in self.data["sectors"] if s["official"] is not None]
            if not sectors:
                expected, repair = Message("a sector with an official"), Message("name an official in the file")
                self.refuse("unknown-sector", Message("none"), expected, repair)
        else:
            sector = self._named(change.sector, "sector")
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
            gathering = self._named(change.gathering, "gathering")
            gatherings = [] if gathering is None else [gathering]
        self._bring([(gathering, self.day.count(gathering["arrives"]) + change.minutes) for gathering in gatherings])

    def _arrive(self, change: Arrive) -> None:
        gathering = self._named(change.gathering, "gathering")
        at = self._look(change.at, lambda: self.day.settle(change.at))
        if gathering is not None and at is not None:
            self._bring([(gathering, self.day.place(at))])

    def _chance(self, change: Chance) -> None:
        gathering = self._named(change.gathering, "gathering")
        if gathering is not None:
            gathering["chance"] = change.model_dump(mode="json")["chance"]  # with the range of a word

    def _route(self, change: Takes) -> None:
        """Give each route that is named its share, and the others what is left, by their weights."""
        gathering = self._named(change.gathering, "gathering")
        if gathering is None:
            return
        shares = {name: float(share) for name, share in change.shares.items()}
        weights = {route["id"]: bare_number(route["weight"]) for route in gathering["routes"]}
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
            self.cautions += settle_displacement(self.data, change.gathering)

    def _bring(self, arrivals: Sequence[tuple[dict[str, Any], int]]) -> None:
        """Have gatherings come at minutes from the start; the operation starts earlier where one is before it."""
        start = dt.datetime.fromisoformat(self.data["period"]["start"])
        early = 0
        for gathering, since in arrivals:
            arrives = f"{start + dt.timedelta(minutes=since):%H:%M}"
            if since >= 60 * bare_number(self.data["period"]["hours"]):
                expected = Message("a time before the operation ends")
                found = Said("{gathering} at {time}", gathering=gathering["id"], time=arrives)
                repair = Message("shift it less, or end later: {typed}", typed=LATER)
                self.refuse("time-outside", found, expected, repair)
                continue  # it stays where it was, so that reading does not say the same again
            shift_waits(self.data, self.day, gathering["id"], since - self.day.count(gathering["arrives"]))
            gathering["arrives"] = arrives
            early = max(early, -since)
        self.data["period"]["start"] = (start - dt.timedelta(minutes=early)).isoformat()
        self.data["period"]["hours"] = bare_number(self.data["period"]["hours"]) + early / 60.0

    def _period(self, change: Hours) -> None:
        """Start at the clock time that is nearest to the operation, and end as soon as the other comes after that."""
        span = self._look(tell_span(change), lambda: self.day.settle_span(change))
        if span is None:
            return
        period, (start, end) = self.data["period"], span
        first = 0 if start is None else self.day.place(start)
        last = 60 * bare_number(period["hours"]) if end is None else self.day.count(end)
        begins = dt.datetime.fromisoformat(period["start"]) + dt.timedelta(minutes=first)
        outside = [
            (what, clock) for what, clock in list_clocks(self.data) if not 0 <= self.day.count(clock) - first < DAY
        ]
        for what, clock in outside:  # a clock time from before the start would become one of the next day
            expected = Message("a time from {start} on, when the operation starts", start=f"{begins:%H:%M}")
            repair = Message("start by then, or change or remove it as well")
            self.refuse("time-outside", Said("{what} at {time}", what=what, time=clock), expected, repair)
        if not outside:
            period["start"], period["hours"] = begins.isoformat(), ((last - first) % DAY or DAY) / 60.0

    def _presence(self, change: Attend) -> None:
        self._look(change.rule or "presence", lambda: attend(self.data, change, self.instance.presence))

    def _rain(self, change: Rain) -> None:
        if self.rained:
            expected, repair = Message("one rain"), Message("leave one out, or write their factors as one")
            self.refuse("too-many", Message("a second rain"), expected, repair)
            return
        self.rained = True
        let_rain(self.data, change)

    def _limit(self, change: Limit) -> None:
        if change.place is None and (along := self._find_forbidden(change)) is not None:
            self.data["pins"].append({"place": along, "what": EVERYBODY, "at_most": 0})
            return
        what = change.what if change.what == EVERYBODY else self._find_kind(change)
        if what is None:
            return
        pin = {**change.model_dump(mode="json", exclude={"do"}), "what": what}
        if change.place is not None:
            where = self._look(change.place, lambda: self.names.find(str(change.place), self.places))
            self.data["pins"] += [] if where is None else [{**pin, "place": where[1]["id"]}]
        elif change.at_most == 0 and not change.at_least:
            places = [place["id"] for part in self.places for place in self.data[f"{part}s"]]
            self.data["pins"] += [{**pin, "place": place, "why": EVERYWHERE} for place in places]
        else:
            expected = Message("a place, where a number above 0 is meant")
            self.refuse("unknown-place", Message("nothing"), expected, Message("name the place"))

    def _find_forbidden(self, change: Limit) -> str | None:
        """Return the moving place that nobody is to be in; None where a kind of unit is meant."""
        kind, ident = split_reference(change.what)
        if kind not in ("", *MOVING) or change.at_most != 0 or change.at_least:
            return None
        if not kind and any(part["id"] == ident for group in UNITS for part in self.data[f"{group}s"]):
            return None
        sections = [f"{kind}s"] if kind else [f"{one}s" for one in MOVING]
        return next((ident for section in sections for part in self.data[section] if part["id"] == ident), None)

    def _find_kind(self, change: Limit) -> str | None:
        """Return the identifier of the team, role or vehicle that a limit is about."""
        found = self._named(change.what, *UNITS)
        return None if found is None else str(found["id"])

    def _move(self, change: LetMove) -> None:
        here, onward = (self._named(reference, "sector") for reference in (change.here, change.onward))
        what = change.what
        unit = None if what is None else self._look(what, lambda: self.names.find_unit(what))
        if here is not None and onward is not None and (what is None or unit is not None):
            ends, part = (here, onward), None if unit is None else unit[1]
            self._look(tell_move(change), lambda: let_move(self.data, self.day, change, ends, part))

    def _keep(self, change: Keep) -> None:
        place = self._named(change.place, *self.places)
        if place is None:
            return
        if self.plan is None:
            expected = Message("a plan that says who stands there")
            self.refuse("unknown-place", change.place, expected, Message("name a plan"))
            return
        ident = str(place["id"])
        kinds = [(t.id, self.plan.team_count(ident, t.id)) for t in self.instance.teams]
        kinds += [(v.id, self.plan.vehicle_count(ident, v.id)) for v in self.instance.vehicles]
        for what, n in kinds:
            self.data["pins"].append({"place": ident, "what": what, "at_least": n, "at_most": n, "why": KEPT})
