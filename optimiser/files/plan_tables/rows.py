"""From the rows of a table to a plan; whatever is wrong is told in one go, by sheet and cell."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import ADVISED, Said, make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import find_readings, read_number
from optimiser.common.parsing import cut, file_fault
from optimiser.common.typed.amounts import read_amount
from optimiser.files.plan_tables.layout import AGAIN, COUNT, PLACE, SUMS, UNIT, UNITS, name_kind
from optimiser.files.plan_tables.names import KnownNames, fold_typed, list_told_names
from optimiser.files.plan_tables.sheets import WORKBOOK, PlanSheet, open_plan_sheet
from optimiser.files.workbook.cells import is_empty, take, take_text
from optimiser.files.workbook.layout import Column
from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import Deployment, count_unit_heads
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance, Post, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.model.values.base import Place

PLACED = Message("a place of the instance")
SAME_DEGREES = 1e-6  # degrees, 0.1 m: what programs round coordinates to
Unit = Team | VehicleType


@dataclass(frozen=True)
class PlanTable:
    """A plan that was read from a table.

    Attributes
    ----------
    made_for : sha256 of the instance that its workbook was made for; None where it does not say.
    edited : whether somebody changed who stands where since the workbook was made; None where that is not known.
    sheet : of the workbook that was read; empty for a CSV file.
    hidden : rows of the workbook that were read and that nobody sees, counted from 1.
    """

    deployment: Deployment
    made_for: str | None
    edited: bool | None
    sheet: str
    hidden: tuple[int, ...] = ()


def parse_plan_table(raw: bytes, source: str, kind: str, instance: Instance) -> PlanTable:
    """Read a plan from a table, as `deployment.csv`, `plan.xlsx` and `orders.xlsx` hold it or as people type it.

    Parameters
    ----------
    raw : content of the file.
    source : its name in messages.
    kind : `sheets.CSV` or `sheets.WORKBOOK`.
    instance : that the plan is of; rows name its places, teams and vehicles by identifier or by name.

    Raises
    ------
    InputFault : all faults, each with its cell.
    """
    name = PurePath(source).stem
    sheet = open_plan_sheet(raw, source, kind, name)
    reader = _Reader(sheet, instance)
    deployment = reader.read(name[:120] or "plan")
    stamp = sheet.stamp if kind == WORKBOOK else {}
    owner = stamp.get("instance", instance.name)
    if reader.faults and (owner != instance.name or reader.is_elsewhere()):
        found = Message("a plan of '{name}'", name=owner) if owner != instance.name else Message("no place of it")
        expected, repair = (
            Message("a plan of '{name}'", name=instance.name),
            Message("name the instance that it was made for"),
        )
        raise file_fault(source, "unknown-instance", found, expected, repair)
    if reader.faults or deployment is None:
        raise InputFault(source, cut(reader.faults))
    written = stamp.get("plan")
    edited = None if written is None else written != deployment.fingerprint()
    hidden = tuple(sorted(row + 1 for row, _ in sheet.rows if row in sheet.hidden))
    return PlanTable(deployment, stamp.get("sha256"), edited, sheet.title if kind == WORKBOOK else "", hidden)


SEVERAL = 3  # rows; assumed: fewer with unknown places are slips


class _Reader:
    """Takes a table row by row, and remembers in which cells every number stood."""

    def __init__(self, sheet: PlanSheet, instance: Instance) -> None:
        self.sheet, self.instance = sheet, instance
        self.faults: list[Fault] = list(sheet.faults)
        # a workbook made for another version repeats what that one said; whoever reads it is warned as a whole
        self.repeats = sheet.stamp.get("sha256") in (None, instance.fingerprint())
        self.place_names = list_told_names(instance, lambda told: told.places)
        self.unit_names = list_told_names(instance, lambda told: (*told.teams, *told.vehicles))
        self.role_names = list_told_names(instance, lambda told: told.roles)
        self.places = KnownNames(instance.places, self.place_names)
        self.units = KnownNames([*instance.teams, *instance.vehicles], self.unit_names)
        self.due = list_due(instance)
        self.above: dict[str, Any] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.cells: dict[str, list[str]] = defaultdict(list)
        self.advised = 0

    def read(self, title: str) -> Deployment | None:
        """Read all rows; None where there are faults."""
        if not self.sheet.rows and not self.sheet.stamp:
            expected, repair = Message("at least one row"), Message("add rows with place, unit and number")
            self._tell("too-few", 0, "place", Message("no row below the headers"), expected, repair)
        for row, cells in self.sheet.rows:
            self._take(row, cells)
        self._count()
        if self.faults:
            return None
        kinds = {team.id for team in self.instance.teams}
        teams = {key: n for key, n in self.counts.items() if key[1] in kinds}
        vehicles = {key: n for key, n in self.counts.items() if key[1] not in kinds}
        return Deployment.build(self.instance, teams, vehicles, title)

    def is_elsewhere(self) -> bool:
        """Return whether there are several rows, and none names a place of the instance."""
        unknown = {fault.place for fault in self.faults if fault.code == "unknown-place"}
        return len(self.sheet.rows) >= SEVERAL and len(unknown) >= len(self.sheet.rows) and not self.counts

    def _tell(self, code: str, row: int, key: str, found: object, expected: Message, repair: Message) -> None:
        self.faults.append(make_fault(code, self.sheet.at(row, key), found, expected, repair))

    def _take(self, row: int, cells: Sequence[Any]) -> None:
        given = {
            key: cells[number]
            for key, number in self.sheet.columns.items()
            if number < len(cells) and not is_empty(cells[number])
        }
        first = next((cell for cell in cells if not is_empty(cell)), "")
        if isinstance(first, str) and first.startswith("#"):
            return
        if take_text(given.get("kind", "")).lower() in name_kind("base"):
            return  # what is held at base is what is not placed
        if _is_sum(given):
            return
        self._repeat(given)
        place = self._find(row, given, PLACE, self.places, PLACED, "unknown-place")
        unit = self._find(row, given, UNIT, self.units, Message("a team or vehicle of the instance"), "unknown-kind")
        told = {key for key in COUNT if key in given}
        if place is None and unit is None and told <= {"heads"} and not any(k in given for k in (*PLACE, *UNIT)):
            return  # a sum
        for thing, keys, expected in (
            (place, PLACE, PLACED),
            (unit, UNIT, Message("a team or vehicle of the instance")),
        ):
            if thing is None and not any(key in given for key in keys):
                key = next(key for key in keys if key in self.sheet.columns)
                self._tell("missing-field", row, key, None, expected, Message("fill the cell, or clear the row"))
        if place is None or unit is None:
            return
        number = self._number(row, given, unit)
        if number is not None:
            self.counts[place.id, unit.id] += number
            self.cells[unit.id] += [self.sheet.at(row, next(key for key in COUNT if key in given))]
            if self.repeats:
                self._verify(row, given, place, unit)

    def _repeat(self, given: dict[str, Any]) -> None:
        """Put what stands above in the place of "idem"."""
        for key in (*PLACE, *UNIT):
            if key in given and fold_typed(take_text(given[key])) in AGAIN and key in self.above:
                given[key] = self.above[key]
        self.above |= {key: given[key] for key in (*PLACE, *UNIT) if key in given}

    def _teams_of_role(self, text: str) -> list[Any]:
        """Return the kinds of team of a role that is named in place of a team."""
        roles = KnownNames(self.instance.roles, self.role_names).find(text)
        return [team for team in self.instance.teams if team.role in {role.id for role in roles}]

    def _find(
        self, row: int, given: Mapping[str, Any], keys: Sequence[str], names: KnownNames, expected: Message, code: str
    ) -> Any:
        """Return the one thing that the cells of a row name; None, and a fault, where they do not."""
        found: list[tuple[str, list[Any]]] = []
        for key in keys:
            if key in given:
                text = take_text(given[key])
                things = names.find(text)
                if not things and names is self.units:
                    things = self._teams_of_role(text)
                if not things:
                    self.advised += 1
                    advice = names.suggest(text) if self.advised <= ADVISED else None
                    self._tell(code, row, key, text, expected, advice or Message("correct the name"))
                found.append((key, things))
        if not found or any(not things for _, things in found):
            return None
        (key, things), *others = found
        left = [thing for thing in things if all(thing in more for _, more in others)]
        if len(left) == 1:
            return left[0]
        if left:
            ids = ", ".join(thing.id for thing in left)
            told = Message("one of {names}, which have the same name or role", names=ids)
            self._tell("duplicate-id", row, key, take_text(given[key]), told, Message("write its id"))
            return None
        other, things = others[0]
        told = Message("'{name}', as {cell} says", name=things[0].name, cell=self.sheet.at(row, other))
        repair = Message("correct one of the two, or empty it")
        self._tell(code, row, key, take_text(given[key]), told, repair)
        return None

    # ------------------------------------------------------------ how many

    def _number(self, row: int, given: Mapping[str, Any], unit: Unit) -> int | None:
        """Return how many; heads alone do where they are whole teams."""
        own, foreign = ("teams", "vehicles") if isinstance(unit, Team) else ("vehicles", "teams")
        numbers = {key: self._whole(row, key, given[key]) for key in COUNT if key in given}
        if any(number is None for number in numbers.values()):
            return None
        if numbers.get(foreign):
            repair = Message("write the number in the column {name}", name=own)
            self._tell(
                "wrong-type", row, foreign, given[foreign], Message("nothing for '{name}'", name=unit.id), repair
            )
            return None
        each = count_unit_heads(unit, 1)
        counts = [(key, numbers[key]) for key in ("number", own) if key in numbers]
        if len({number for _, number in counts}) > 1:
            expected = Message("{n}, as {cell} says", n=str(counts[0][1]), cell=self.sheet.at(row, "number"))
            self._tell("wrong-type", row, own, given[own], expected, Message("correct one of the two, or empty it"))
            return None
        if counts:
            number = counts[0][1]
            if self.repeats and "heads" in numbers and numbers["heads"] != (number or 0) * each:
                words = {"heads": str((number or 0) * each), "n": str(number), "each": str(each)}
                expected = Message("{heads}, which {n} of {each} heads are", **words)
                self._tell(
                    "wrong-type", row, "heads", given["heads"], expected, Message("correct one of the two, or empty it")
                )
                return None
            return number
        return self._of_heads(row, given, unit, each, numbers.get("heads"))

    def _of_heads(self, row: int, given: Mapping[str, Any], unit: Unit, each: int, heads: int | None) -> int | None:
        key = next(key for key in COUNT if key in self.sheet.columns)
        if heads is None or not isinstance(unit, Team):
            self._tell("missing-field", row, key, None, Message("how many"), Message("fill the cell, or clear the row"))
            return None
        if heads % each:
            low = heads - heads % each
            words = {"each": str(each), "low": str(low), "high": str(low + each)}
            expected = Message("whole teams of {each} heads: {low} or {high}", **words)
            repair = Message("units move formed: write whole teams")
            self._tell("wrong-type", row, "heads", given["heads"], expected, repair)
            return None
        return heads // each

    def _whole(self, row: int, key: str, value: Any) -> int | None:
        number = read_amount(value, UNITS[key]) if isinstance(value, str) else value
        if isinstance(number, float) and not isinstance(number, bool) and number.is_integer():
            number = int(number)
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= 1_000_000:
            return number
        readings = find_readings(value) if isinstance(value, str) else None
        expected = readings.expected if readings else Message("a whole number, 0 or more")
        repair = readings.repair if readings else Message("units move formed: write whole teams")
        found = Said(str(value)) if not isinstance(value, str | float | int | bool) else value
        self._tell("wrong-type", row, key, found, expected, repair)
        return None

    def _count(self) -> None:
        """Tell where more is placed than there is, in every cell that has a part in it."""
        total: Counter[str] = Counter()
        for (_, ident), n in self.counts.items():
            total[ident] += n
        units: tuple[Unit, ...] = (*self.instance.teams, *self.instance.vehicles)
        for unit in units:
            if total[unit.id] > int(unit.count):
                cells = list(dict.fromkeys(self.cells[unit.id]))
                words = {"n": str(int(unit.count)), "unit": unit.id, "cells": ", ".join(cells[1:]) or "-"}
                expected = Message("at most {n} of '{unit}' in all; they stand in {cells} too", **words)
                if len(cells) == 1:
                    expected = Message("at most {n} of '{unit}'", n=words["n"], unit=unit.id)
                repair = Message("place fewer")
                self.faults.append(make_fault("out-of-range", cells[0], total[unit.id], expected, repair))

    # ------------------------------------------------------------ what only repeats the instance

    def _verify(self, row: int, given: Mapping[str, Any], place: Sector | Post | Moving, unit: Unit) -> None:
        """Tell what a row says otherwise than the instance: it would be lost, for it is no part of a plan."""
        expected = self._repeated(place, unit)
        for key, value in expected.items():
            if key in given and not _says(given[key], key, value):
                shown = str(value[0] if isinstance(value, tuple) else value)
                told = Message("{value}, as the instance has it", value=shown)
                repair = Message("change it in the instance, not in the plan")
                found = given[key] if isinstance(given[key], str | float | int) else Said(str(given[key]))
                self._tell("wrong-type", row, key, found, told, repair)

    def _repeated(self, place: Sector | Post | Moving, unit: Unit) -> dict[str, Any]:
        instance, first = self.instance, find_first_minute(self.instance, unit)
        repeated: dict[str, Any] = {
            "what": name_kind("team" if isinstance(unit, Team) else "vehicle"),
            "kind": name_kind(type(place).__name__.lower()),
            # deployment.csv has the name of a vehicle there
            "role": self.role_names[unit.role] if isinstance(unit, Team) else self.unit_names[unit.id],
            "home": self.place_names[unit.home],
            "start": tuple(instance.clock(m) for m in (first, max(first, self.due.get(place.id, 0.0)))),
            "end": (instance.clock(instance.period.minutes),),
        }
        if isinstance(place, Place) and place.lat is not None and place.lon is not None:
            repeated |= {"lat": float(place.lat), "lon": float(place.lon)}
        return repeated


def _is_sum(given: Mapping[str, Any]) -> bool:
    """Return whether a row adds others up: it begins with such a word, and has no unit or no place."""
    named = [fold_typed(take_text(given[key])) for key in (*PLACE, *UNIT) if key in given]
    return len(named) == 1 and re.split(r"[\s:.]", named[0])[0] in SUMS


def _says(found: Any, key: str, value: Any) -> bool:
    """Return whether a cell says the same as a value of the instance."""
    if key in ("start", "end"):
        return bool(take(found, Column(key, "clock")) in value)
    if key in ("lat", "lon"):
        readings = find_readings(found) if isinstance(found, str) else None  # -4,125 is no thousands of degrees
        number = read_number(readings.decimals if readings else found) if isinstance(found, str) else found
        return isinstance(number, int | float) and abs(number - value) <= SAME_DEGREES
    return fold_typed(take_text(found)) in map(fold_typed, value)
