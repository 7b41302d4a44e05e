"""The instance that a what-if makes of another one; whatever does not fit is said in one go."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import Said, make_fault, suggest, write_place
from optimiser.common.message import Message
from optimiser.files.read import parse
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import a, checked
from optimiser.model.whatif import Add, Cap, Change, Close, Gain, Keep, Limit, Lose, Put, Receive, Remove, Shift, WhatIf

KEPT = "kept"  # why a pin is there that leaves a place as the plan has it


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
        repair = suggest(ident, known) or Message("correct the name")
        self.refuse(codes.get(parts[0], "unknown-place"), ident, expected, repair)
        return None

    def _set(self, change: Put) -> None:
        *way, last = change.path.split(".")
        here: Any = self.data
        for key in way:
            here = _step(here, key)
        if isinstance(here, list):
            found = next((i for i, item in enumerate(here) if _answers(item, last)), None)
            if found is not None:
                here[found] = change.value
                return
        if isinstance(here, dict):
            here[last] = change.value  # whether there is such a field, and whether it fits, reading says
            return
        expected, repair = Message("a field of the instance"), Message("name it as in the file, parts by their id")
        self.refuse("unknown-field", change.path, expected, repair)

    def _heads(self, change: Cap) -> None:
        self.data["cap"] = int(change.cap)

    def _lose(self, change: Lose) -> None:
        kind = self._named(self._kind_of(change.what), "teams", "vehicles")
        if kind is not None:
            there = _plain(kind["count"])
            if change.number > there:
                expected = Message("at most the {n} that there are", n=there)
                self.refuse("out-of-range", change.number, expected, Message("lose fewer"))
            kind["count"] = there - change.number

    def _kind_of(self, unit: str) -> str:
        """Return the kind of a single unit: ``awc-1`` is one of the kind ``awc``."""
        known = {item["id"]: _plain(item["count"]) for part in ("teams", "vehicles") for item in self.data[part]}
        kind, dash, number = unit.rpartition("-")
        single = unit not in known and dash and number.isdecimal() and 1 <= int(number) <= known.get(kind, 0)
        return kind if single else unit

    def _gain(self, change: Gain) -> None:
        kind = self._named(change.what, "teams", "vehicles")
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
        self.data["travel"]["closures"].append(change.model_dump(mode="json", exclude={"do"}))

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
        start = dt.datetime.fromisoformat(self.data["period"]["start"])
        early = 0
        for gathering in gatherings:
            clock = dt.time.fromisoformat(gathering["arrives"])
            since = (clock.hour * 60 + clock.minute - start.hour * 60 - start.minute) % 1440 + change.minutes
            arrives = f"{start + dt.timedelta(minutes=since):%H:%M}"
            if since >= 60 * _plain(self.data["period"]["hours"]):
                expected = Message("a time before the operation ends")
                found = Said("{gathering} at {time}", gathering=gathering["id"], time=arrives)
                self.refuse("time-outside", found, expected, Message("shift it less"))
                continue  # it stays where it was, so that reading does not say the same again
            gathering["arrives"] = arrives
            early = max(early, -since)
        self.data["period"]["start"] = (start - dt.timedelta(minutes=early)).isoformat()
        self.data["period"]["hours"] = _plain(self.data["period"]["hours"]) + early / 60.0

    def _limit(self, change: Limit) -> None:
        self.data["pins"].append(change.model_dump(mode="json", exclude={"do"}))

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
    return here.get(key) if isinstance(here, Mapping) else None


def find(data: Any, path: str) -> Any:
    """Return what stands at the path of a field, as ``set`` takes it, in an instance as plain data; None if nothing."""
    for key in path.split("."):
        data = _step(data, key)
    return data


def _answers(item: Any, key: str) -> bool:
    return isinstance(item, Mapping) and key in (item.get("id"), item.get("name"))


def _plain(number: Any) -> Any:
    """Return the number of a quantity that is written as plain data."""
    return number["value"] if isinstance(number, Mapping) else number


def changed_parts(before: Instance, after: Instance) -> tuple[str, ...]:
    """Name the fields of an instance that two of them do not have in common."""
    fields: Iterable[str] = type(before).model_fields
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
