"""From a workbook to a situation report; whatever is wrong is told in one go, by sheet and cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import read_number
from optimiser.common.parsing import MOST_BYTES, cut, file_fault, oversize
from optimiser.common.typed.answers import read_answer
from optimiser.files.logs.times import read_moment
from optimiser.files.plan_tables.names import KnownNames, fold_typed, list_told_names
from optimiser.files.workbook.cells import is_empty, name_cell, take_text
from optimiser.files.workbook.open_workbook import find_broken
from optimiser.files.xlsx.container import Container
from optimiser.files.xlsx.moments import Moment, Refused
from optimiser.model.instance import Instance
from optimiser.operation.now.report import FORMAT, SituationReport, parse_situation
from optimiser.operation.now.sheets import (
    ANSWERS,
    CLOCKS,
    COLUMNS,
    DELEGATION_WORDS,
    LABELS,
    PHASE_WORDS,
    SHEETS,
    by_text,
)

UNKNOWN = {  # code of a name that nothing has, by the parts of an instance that it may be of; of others a place
    ("sectors",): "unknown-sector",
    ("gatherings",): "unknown-gathering",
    ("teams",): "unknown-team",
    ("teams", "vehicles"): "unknown-kind",
}


def read_report_book(path: str | Path, instance: Instance) -> SituationReport:
    """Read a situation report from a workbook, see `report.read_situation`."""
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(path), error=error.strerror)) from error
    return parse_report_book(raw, str(path), instance)


def parse_report_book(raw: bytes, source: str, instance: Instance) -> SituationReport:
    """Read a situation report from the bytes of a workbook, see `report.read_situation`.

    Raises
    ------
    InputFault : all faults, each with its cell.
    """
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    return _ReportBook(Container(raw, source), instance).read(source)


class _ReportBook:
    """Takes a report sheet by sheet."""

    def __init__(self, container: Container, instance: Instance) -> None:
        self.instance = instance
        self.cells: dict[str, str] = {}  # where what the report says stands
        self.faults: list[Fault] = []
        sheets = by_text(SHEETS)
        self.grids = {
            key: (title, container.read(number).rows)
            for number, title in enumerate(container.titles)
            if (key := sheets.get(fold_typed(title))) is not None
        }
        for number, title in enumerate(container.titles):
            if fold_typed(title) in sheets:
                self.faults += find_broken(title, container.read(number), 0)
        self.names = {
            part: KnownNames(getattr(instance, part), list_told_names(instance, lambda t, p=part: getattr(t, p)))  # type: ignore[misc]
            for part in ("sectors", "posts", "reinforcements", "gatherings", "teams", "vehicles")
        }

    def read(self, source: str) -> SituationReport:
        if "report" not in self.grids:
            expected = Message("a sheet {name}", name=SHEETS["report"])
            repair = Message("fill in the template of a situation")
            raise file_fault(source, "missing-header", Message("no such sheet"), expected, repair)
        said: dict[str, Any] = {"format": FORMAT, **self._head()}
        listed = said.pop("listed", None)
        sectors: dict[str, dict[str, Any]] = {}
        posts: dict[str, dict[str, Any]] = {}
        self._take_sectors(sectors)
        self._take_people(sectors)
        self._take_units(sectors, posts)
        said |= {"sectors": list(sectors.values()), "posts": list(posts.values())}
        road = self._road()
        if road or listed:
            said["road"] = road
        if self.faults:
            raise InputFault(source, cut(self.faults))
        try:
            return parse_situation(said, self.instance, source)
        except InputFault as refused:
            raise InputFault(
                source, [replace(fault, place=self._locate(fault.place)) for fault in refused.faults]
            ) from None

    def _locate(self, place: str) -> str:
        """Return the cell of what a fault is about: its own, or that of the part that it belongs to."""
        while place and place not in self.cells:
            place = place.rpartition(".")[0]
        return self.cells.get(place, self.cells.get("at", self.grids["report"][0]))

    def _tell(self, code: str, cell: str, found: object, expected: Message, repair: Message) -> None:
        self.faults.append(make_fault(code, cell, found, expected, repair))

    def _head(self) -> dict[str, Any]:
        title, rows = self.grids["report"]
        labels, said = by_text(LABELS), dict[str, Any]()
        for number, cells in enumerate(rows):
            key = labels.get(fold_typed(take_text(cells[0]))) if cells else None
            if key is None:
                continue
            self.cells[key] = name_cell(title, number, 1)
            value = cells[1] if len(cells) > 1 else ""
            if not is_empty(value):
                said[key] = self._value(
                    "arrives" if key == "at" else "stopped" if key == "listed" else key, value, self.cells[key]
                )
        return said

    def _table(self, key: str) -> list[tuple[int, dict[str, Any]]]:
        """List the rows below the header of a sheet, each with its number and what stands in its columns."""
        if key not in self.grids:
            return []
        title, rows = self.grids[key]
        known = by_text(COLUMNS[key])
        header = rows[0] if rows else []
        columns = {
            n: known.get(fold_typed(take_text(cell)), f"+{n}") for n, cell in enumerate(header) if not is_empty(cell)
        }
        missing = next((column for column in COLUMNS[key] if column not in columns.values()), None)
        if missing is not None:
            expected = Message("the column {name}", name=COLUMNS[key][missing])
            self._tell(
                "missing-header", name_cell(title, 0, 0), None, expected, Message("take the template of a situation")
            )
            return []
        self.cells |= {f"{key}/{column}": name_cell(title, 0, n) for n, column in columns.items()}
        places = {column: n for n, column in columns.items()}
        found = []
        for number, cells in enumerate(rows[1:], 1):
            told = {column: cells[n] for column, n in places.items() if n < len(cells) and not is_empty(cells[n])}
            self.cells |= {f"{key}/{number}/{column}": name_cell(title, number, n) for column, n in places.items()}
            if told:
                found.append((number, told))
        return found

    def _find(self, value: Any, parts: Sequence[str], cell: str, expected: Message) -> tuple[str, str] | None:
        """Find the one thing that a cell names: its part of the instance and its identifier."""
        text = take_text(value)
        found = {(part, thing.id) for part in parts for thing in self.names[part].find(text)}
        if len(found) == 1:
            return found.pop()
        if found:
            expected = Message("one of {names}", names=", ".join(sorted(ident for _, ident in found)))
        advice = next((a for a in (self.names[part].suggest(text) for part in parts) if a), None)
        self._tell(
            UNKNOWN.get(tuple(parts), "unknown-place"), cell, text, expected, advice or Message("correct the name")
        )
        return None

    def _value(self, column: str, value: Any, cell: str) -> Any:
        """Turn a cell into what the report has; what is none of it stays, to be told by the report."""
        if column in CLOCKS:
            minute = read_moment(value, self.instance)
            if isinstance(minute, Refused):
                self._tell(minute.code, cell, minute.found, minute.expected, minute.repair)
                return None
            return self.instance.clock(minute)
        if column in ANSWERS:
            answer = value if isinstance(value, bool) else read_answer(take_text(value))
            if answer is None:
                self._tell("wrong-type", cell, take_text(value), Message("yes or no"), Message("write yes or no"))
            return answer
        if column in ("phase", "delegation"):
            words = PHASE_WORDS if column == "phase" else DELEGATION_WORDS
            return by_text(words).get(fold_typed(take_text(value)), take_text(value))
        if isinstance(value, Moment):
            return str(value)
        number = read_number(value) if isinstance(value, str) else value
        if isinstance(number, float) and number.is_integer():
            return int(number)
        return value if number is None else number

    def _sector(self, sectors: dict[str, dict[str, Any]], ident: str, cell: str) -> tuple[dict[str, Any], str]:
        one = sectors.setdefault(ident, {"id": ident})
        place = f"sectors[{list(sectors).index(ident)}]"
        self.cells.setdefault(place, cell)
        return one, place

    def _take_sectors(self, sectors: dict[str, dict[str, Any]]) -> None:
        seen = set()
        for number, told in self._table("sectors"):
            if set(told) <= {"place"}:
                continue
            cell = self.cells[f"sectors/{number}/place"]
            found = self._find(told.get("place", ""), ("sectors",), cell, Message("a sector of the instance"))
            if found is None:
                continue
            if found in seen:
                self._tell("duplicate-id", cell, found[1], Message("each place once"), Message("put them together"))
            seen.add(found)
            one, place = self._sector(sectors, found[1], cell)
            for column in COLUMNS["sectors"]:
                if column in told and column != "place":
                    self.cells[f"{place}.{column}"] = where = self.cells[f"sectors/{number}/{column}"]
                    one[column] = self._value(column, told[column], where)

    def _take_people(self, sectors: dict[str, dict[str, Any]]) -> None:
        for number, told in self._table("people"):
            if "number" not in told:
                continue
            ends = [
                self._find(told.get(key, ""), (part,), self.cells[f"people/{number}/{key}"], expected)
                for key, part, expected in (
                    ("place", "sectors", Message("a sector of the instance")),
                    ("gathering", "gatherings", Message("a gathering of the instance")),
                )
            ]
            if ends[0] is None or ends[1] is None:
                continue
            cell = self.cells[f"people/{number}/number"]
            one, place = self._sector(sectors, ends[0][1], self.cells[f"people/{number}/place"])
            people = one.setdefault("people", {})
            if ends[1][1] in people:
                self._tell(
                    "duplicate-id", cell, ends[1][1], Message("each gathering once in a place"), Message("add them up")
                )
            people[ends[1][1]] = self._value("number", told["number"], cell)
            self.cells[f"{place}.people.{ends[1][1]}"] = cell

    def _take_units(self, sectors: dict[str, dict[str, Any]], posts: dict[str, dict[str, Any]]) -> None:
        rows = self._table("units")
        kinds: dict[str, tuple[str, str]] = {}
        for column, cell in [(k[6:], c) for k, c in self.cells.items() if k.startswith("units/+")]:
            heading = self.grids["units"][1][0][int(column[1:])]
            kind = self._find(
                heading, ("teams", "vehicles"), cell, Message("a kind of team or vehicle of the instance")
            )
            if kind is not None:
                kinds[column] = kind
                self.cells[".".join(kind)] = cell
        for number, told in rows:
            given = {column: value for column, value in told.items() if column in kinds}
            if not given:
                continue
            at = self.cells[f"units/{number}/place"]
            found = self._find(
                told.get("place", ""), ("sectors", "posts"), at, Message("a sector or post of the instance")
            )
            if found is None:
                continue
            if found[0] == "sectors":
                one, place = self._sector(sectors, found[1], at)
            else:
                one = posts.setdefault(found[1], {"id": found[1]})
                place = f"posts[{list(posts).index(found[1])}]"
                self.cells.setdefault(place, at)
            for column, value in given.items():
                part, name = kinds[column]
                self.cells[f"{place}.{part}.{name}"] = cell = self.cells[f"units/{number}/{column}"]
                if part == "vehicles" and found[0] == "sectors":
                    expected = Message("nothing: vehicles of sectors are not reported")
                    self._tell("contradiction", cell, take_text(value), expected, Message("leave the cell empty"))
                one.setdefault(part, {})[name] = self._value("number", value, cell)

    def _road(self) -> list[Mapping[str, Any]]:
        columns: list[Mapping[str, Any]] = []
        parts = {
            "start": (("posts", "reinforcements"), Message("a post, or help from outside")),
            "sector": (("sectors",), Message("a sector of the instance")),
            "kind": (("teams",), Message("a kind of team of the instance")),
        }
        for number, told in self._table("road"):
            where = {column: self.cells[f"road/{number}/{column}"] for column in COLUMNS["road"]}
            named = {key: self._find(told.get(key, ""), *parts[key][:1], where[key], parts[key][1]) for key in parts}
            for key in ("number", "arrives"):
                if key not in told:
                    self._tell(
                        "missing-field",
                        where[key],
                        None,
                        Message("a value"),
                        Message("fill the cell, or clear the row"),
                    )
            if None in named.values() or not {"number", "arrives"} <= set(told):
                continue
            start, sector, kind = (str(one[1]) for one in named.values() if one is not None)
            place = f"road[{len(columns)}]"
            self.cells |= {place: where["start"], f"{place}.arrives": where["arrives"]}
            self.cells |= {f"{place}.teams.{kind}": where["number"], f"{place}.sector": where["sector"]}
            teams = {kind: self._value("number", told["number"], where["number"])}
            arrives = self._value("arrives", told["arrives"], where["arrives"])
            columns.append({"start": start, "sector": sector, "teams": teams, "arrives": arrives})
        return columns
