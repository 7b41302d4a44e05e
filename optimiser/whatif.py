"""What-ifs as data: a named, ordered list of small changes that makes one instance of another.

A what-if can be stored and asked again of the same instance or of another one; whatever does not fit is said in one go.
"""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, ValidationError

from optimiser.deployment import Deployment
from optimiser.errors import Fault, FileTrouble, InputFault
from optimiser.faults import Keys, Said, make_fault, suggest, write_place
from optimiser.instance import Clock, Heads, Identifier, Instance, Minutes, Model, Name
from optimiser.reading import parse
from optimiser.shape import explain

FORMAT: Literal["optimiser-whatif/1"] = "optimiser-whatif/1"
Number = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
MOST_CHANGES = 1_000  # of one what-if; assumed: a person writes some tens
MOST_BYTES = 1_000_000  # of a file that holds what-ifs; assumed


class Put(Model):
    """Set one field, named by its path: ``sectors.kpu.official.chance``, parts of a list by their identifiers."""

    do: Literal["set"] = "set"
    path: Annotated[str, Field(min_length=1, max_length=400)]
    value: Any


class Cap(Model):
    """Deploy at most so many heads."""

    do: Literal["heads"] = "heads"
    cap: Heads


class Lose(Model):
    """Have fewer teams of a kind, or vehicles of a type; ``awc-1`` is one of the kind ``awc``."""

    do: Literal["lose"] = "lose"
    what: Identifier
    number: Number = 1


class Gain(Model):
    """Have more teams of a kind, or vehicles of a type."""

    do: Literal["gain"] = "gain"
    what: Identifier
    number: Number = 1


class Add(Model):
    """Add a gathering, a trigger, help from outside or another part, written as in an instance file."""

    do: Literal["add"] = "add"
    part: Literal["gatherings", "triggers", "reinforcements", "sectors", "posts", "teams", "vehicles", "pins"]
    data: dict[str, Any]


class Remove(Model):
    """Take away a gathering, a trigger or help from outside."""

    do: Literal["remove"] = "remove"
    what: Identifier


class Close(Model):
    """Close a road, or the direct connection between two places; all the time, or between two clock times."""

    do: Literal["close"] = "close"
    a: Identifier
    b: Identifier
    start: Clock | None = None
    end: Clock | None = None


class Receive(Model):
    """Officials have agreed to receive the delegation within so many minutes; all of them where no sector is named."""

    do: Literal["receive"] = "receive"
    minutes: Minutes
    sector: Identifier | None = None


class Shift(Model):
    """Gatherings come earlier (negative) or later by so many minutes; all of them where none is named.

    Where one would then come before the operation starts, the operation starts earlier by as much as that takes, and
    ends when it did.
    """

    do: Literal["shift"] = "shift"
    minutes: Annotated[int, Field(ge=-1440, le=1440, strict=True)]
    gathering: Identifier | None = None


class Limit(Model):
    """Ask for at least and at most so many of a team kind, role or vehicle type at a place."""

    do: Literal["limit"] = "limit"
    place: Identifier
    what: Identifier
    at_least: Amount | None = None
    at_most: Amount | None = None


class Keep(Model):
    """Leave everything at a place as it is in the plan that the what-if is asked of."""

    do: Literal["keep"] = "keep"
    place: Identifier


Change: TypeAlias = Put | Cap | Lose | Gain | Add | Remove | Close | Receive | Shift | Limit | Keep
KINDS: dict[str, type[Model]] = {str(kind.model_fields["do"].default): kind for kind in get_args(Change)}


class WhatIf(Model):
    """A named, ordered list of small changes.

    Attributes
    ----------
    changes : applied one after another.
    """

    format: Literal["optimiser-whatif/1"] = FORMAT
    name: Identifier = "what-if"
    title: Name = "what if"
    changes: Annotated[
        tuple[Annotated[Change, Field(discriminator="do")], ...], Field(min_length=1, max_length=MOST_CHANGES)
    ]


def read_whatifs(path: str | Path) -> tuple[WhatIf, ...]:
    """Read the what-ifs of a TOML or JSON file: one, or a list of them under the key ``whatifs``.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all its faults.
    """
    import json  # noqa: PLC0415 - one of the two is needed

    file, source = Path(path), str(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        expected = f"at most {MOST_BYTES:,} bytes"
        raise InputFault(source, [make_fault("too-large", "(file)", Said("more"), expected, "ask fewer at once")])
    try:
        text = raw.decode("utf-8-sig")
        data = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        repair = "correct the text"
        raise InputFault(source, [make_fault("bad-syntax", "(file)", str(error), "TOML or JSON", repair)]) from error
    return parse_whatifs(data, source)


def parse_whatifs(data: Any, source: str = "what-if") -> tuple[WhatIf, ...]:
    """Make what-ifs of a dictionary as it stands in a file.

    Raises
    ------
    InputFault : all faults.
    """
    many = isinstance(data, Mapping) and "whatifs" in data
    listed = data["whatifs"] if many else [data]
    if not isinstance(listed, list) or not listed:
        raise InputFault(source, [make_fault("wrong-type", "whatifs", listed, "a list of what-ifs", "write a list")])
    faults = [f for n, one in enumerate(listed) for f in _find_faults(one, ("whatifs", n) if many else ())]
    if faults:
        raise InputFault(source, faults)
    return tuple(WhatIf.model_validate(one) for one in listed)


class _Frame(Model):
    """A what-if whose changes are not looked at yet."""

    format: Literal["optimiser-whatif/1"] = FORMAT
    name: Identifier = "what-if"
    title: Name = "what if"
    changes: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MOST_CHANGES)]


def _find_faults(data: Any, prefix: Keys) -> list[Fault]:
    """Find the faults of one what-if: of its frame first, then of each change by its kind."""
    try:
        _Frame.model_validate(data)
    except ValidationError as error:
        return explain(error.errors(include_url=False), _Frame.model_json_schema(), prefix)
    faults = []
    for number, change in enumerate(data["changes"]):
        keys, kind = (*prefix, "changes", number), KINDS.get(str(change.get("do")))
        if kind is None:
            expected = f"one of {', '.join(KINDS)}"
            faults.append(
                make_fault(
                    "not-a-choice", write_place((*keys, "do")), change.get("do"), expected, "choose one of these"
                )
            )
            continue
        try:
            kind.model_validate(change)
        except ValidationError as error:
            faults += explain(error.errors(include_url=False), kind.model_json_schema(), keys)
    return faults


def apply(instance: Instance, whatif: WhatIf, plan: Deployment | None = None) -> Instance:
    """Make the changed instance.

    Parameters
    ----------
    plan : what ``keep`` is about.

    Raises
    ------
    InputFault : changes do not fit the instance, or what they make of it has faults; all of them.
    """
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
    return changed


class _Editor:
    """Changes an instance that is written as plain data; notes what does not fit."""

    def __init__(self, instance: Instance, plan: Deployment | None) -> None:
        self.instance, self.plan = instance, plan
        self.data: dict[str, Any] = copy.deepcopy(instance.model_dump(mode="json"))
        self.faults: list[Fault] = []
        self.place = ""

    def refuse(self, code: str, found: object, expected: str, repair: str) -> None:
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
        expected = f"one of {', '.join(known)}" if known else f"one of the {parts[0]}, of which there are none"
        self.refuse(codes.get(parts[0], "unknown-place"), ident, expected, suggest(ident, known) or "correct the name")
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
        self.refuse(
            "unknown-field", change.path, "a field of the instance", "name it as in the file, parts by their id"
        )

    def _heads(self, change: Cap) -> None:
        self.data["cap"] = int(change.cap)

    def _lose(self, change: Lose) -> None:
        kind = self._named(self._kind_of(change.what), "teams", "vehicles")
        if kind is not None:
            there = _plain(kind["count"])
            if change.number > there:
                self.refuse("out-of-range", change.number, f"at most the {there} that there are", "lose fewer")
            kind["count"] = there - change.number

    def _kind_of(self, unit: str) -> str:
        """Give the kind of a single unit: ``awc-1`` is one of the kind ``awc``."""
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
                self.refuse("unknown-sector", Said("none"), "a sector with an official", "name an official in the file")
        else:
            sector = self._named(change.sector, "sectors")
            sectors = [] if sector is None else [sector]
        for sector in sectors:
            if sector["official"] is None:
                self.refuse("unknown-sector", change.sector, "a sector with an official", "name another sector")
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
            gathering["arrives"] = f"{start + dt.timedelta(minutes=since):%H:%M}"
            early = max(early, -since)
            if since >= 60 * _plain(self.data["period"]["hours"]):
                self.refuse("time-outside", gathering["arrives"], "a time before the operation ends", "shift it less")
        self.data["period"]["start"] = (start - dt.timedelta(minutes=early)).isoformat()
        self.data["period"]["hours"] = _plain(self.data["period"]["hours"]) + early / 60.0

    def _limit(self, change: Limit) -> None:
        self.data["pins"].append(change.model_dump(mode="json", exclude={"do"}))

    def _keep(self, change: Keep) -> None:
        if self.plan is None:
            self.refuse("unknown-place", change.place, "a plan that says who stands there", "name a plan")
        if self.plan is None or self._named(change.place, "sectors", "posts") is None:
            return
        ident = change.place
        kinds = [(t.id, self.plan.team_count(ident, t.id)) for t in self.instance.teams]
        kinds += [(v.id, self.plan.vehicle_count(ident, v.id)) for v in self.instance.vehicles]
        for what, n in kinds:
            self.data["pins"].append({"place": ident, "what": what, "at_least": n, "at_most": n, "why": "kept"})


def _step(here: Any, key: str) -> Any:
    """Go one step into plain data: a field, or a part of a list by its identifier, name or number from 0."""
    if isinstance(here, list):
        return next((item for i, item in enumerate(here) if _answers(item, key) or key == str(i)), None)
    return here.get(key) if isinstance(here, Mapping) else None


def _answers(item: Any, key: str) -> bool:
    return isinstance(item, Mapping) and key in (item.get("id"), item.get("name"))


def _plain(number: Any) -> Any:
    """Give the number of a quantity that is written as plain data."""
    return number["value"] if isinstance(number, Mapping) else number


def changed_parts(before: Instance, after: Instance) -> tuple[str, ...]:
    """Name the fields of an instance that two of them do not have in common."""
    fields: Iterable[str] = type(before).model_fields
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
