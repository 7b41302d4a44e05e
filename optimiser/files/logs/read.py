"""From a file to the log of days that happened; whatever is wrong is told in one go, by sheet and cell."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import ADVISED, list_near, make_fault, suggest
from optimiser.common.message import Message
from optimiser.common.numerals import find_readings, read_number
from optimiser.common.parsing import MOST_BYTES, cut, file_fault
from optimiser.files.logs.layout import ABOUT, PARTS, phases_by_text, words_by_text
from optimiser.files.logs.sheet import LogSheet, open_log_sheet
from optimiser.files.logs.times import read_moment
from optimiser.files.plan_tables.names import KnownNames, fold_typed, list_told_names
from optimiser.files.plan_tables.sheets import CSV, WORKBOOK
from optimiser.files.workbook.cells import is_empty, take_text
from optimiser.files.xlsx.moments import DAY, Moment, Refused
from optimiser.model.instance import Instance
from optimiser.model.observed_log import COMPLETE, COPIED, Observation, ObservedDay, ObservedLog, Word
from optimiser.model.values.arguments import checked

KINDS = (CSV, WORKBOOK)
MOST_ROWS = 100_000  # assumed: a day of a large town has some thousand events
MOST_DAYS = 1_000  # assumed
LONGEST_NOTE, LONGEST_DAY = 500, 60  # characters; assumed
MOST = 1e9  # of whatever is counted; assumed
SIGNED = ("process",)  # words whose number may be negative: windows of the process that begin less those that end
CLOSE = 1.0  # minutes that a clock time and a minute beside it may differ: one of them was rounded
_EXPONENT = re.compile(r"-?\d(?:\.\d{1,17})?e[+-]\d{2,3}", re.ASCII)
WHAT_REPEATS = Message("rows that repeat others")
IN_TEMPLATE = Message("the template of a log lists all")


@checked()
def read_log(path: str | Path, instance: Instance) -> ObservedLog:
    """Read the log of one day or several.

    Parameters
    ----------
    path : a file `.csv` or `.xlsx`, as the template of a log has its columns.
    instance : that the days were of; rows name its places, teams and gatherings by identifier or by name.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is no such log; all faults, each with its cell.
    """
    source = str(path)
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=source, error=error.strerror)) from error
    return parse_log(raw, source, instance)


def parse_log(raw: bytes, source: str, instance: Instance) -> ObservedLog:
    """Read a log from the bytes of a file, see `read_log`.

    Parameters
    ----------
    source : name of the file, whose ending says what it is.

    Raises
    ------
    InputFault : all faults, each with its cell.
    """
    kind = PurePath(source).suffix.lower()
    if kind not in KINDS:
        expected, repair = Message("a file .csv or .xlsx"), Message("save the table as one of these")
        raise file_fault(source, "wrong-format", Message.chain("", [f"'{kind[:20]}'"]), expected, repair)
    sheet = open_log_sheet(raw, source, kind, PurePath(source).stem)
    return _Reader(sheet, instance).read(source)


class _Reader:
    """Takes a log row by row."""

    def __init__(self, sheet: LogSheet, instance: Instance) -> None:
        self.sheet, self.instance = sheet, instance
        self.faults: list[Fault] = list(sheet.faults)
        self.advised = 0
        self.numbers: dict[str, list[int]] = defaultdict(list)  # by day, of its rows in the sheet

        def places(told: Instance) -> Sequence[Any]:
            return (*told.sectors, *told.posts, *told.reinforcements)

        self.places = KnownNames(places(instance), list_told_names(instance, places))
        self.parts = {part: self._known(part) for part in PARTS}

    def _known(self, part: str) -> KnownNames:
        """Return the names of a part of the instance."""
        things = getattr(self.instance, part)
        return KnownNames(things, list_told_names(self.instance, lambda told: getattr(told, part)))

    def read(self, source: str) -> ObservedLog:
        """Read all rows.

        Raises
        ------
        InputFault : there are faults.
        """
        days: dict[str, list[Observation]] = defaultdict(list)
        if len(self.sheet.rows) > MOST_ROWS:
            expected = Message("at most {n:,} rows", n=MOST_ROWS)
            raise file_fault(source, "too-many", Message("more"), expected, Message("split the table"))
        for row, cells in self.sheet.rows:
            self._take(row, cells, days)
        if not days and not self.faults:
            expected, repair = Message("at least one row"), Message("write down what happened, a row for each")
            self._tell("too-few", 0, "what", Message("no row below the headers"), expected, repair)
        for day, rows in days.items():
            self._find_repeated(self.numbers[day], rows)
        if len(days) > MOST_DAYS:
            expected = Message("at most {n:,} days", n=MOST_DAYS)
            self._tell("too-many", 0, "day", Message("more"), expected, Message("split the table"))
        if self.faults:
            raise InputFault(source, cut(self.faults))
        return ObservedLog(tuple(ObservedDay.build(name, rows) for name, rows in days.items()))

    def _tell(self, code: str, row: int, key: str, found: object, expected: Message, repair: Message) -> None:
        self.faults.append(make_fault(code, self.sheet.at(row, key), found, expected, repair))

    def _take(self, row: int, cells: Sequence[Any], days: dict[str, list[Observation]]) -> None:
        given = {key: cells[n] for key, n in self.sheet.columns.items() if n < len(cells) and not is_empty(cells[n])}
        first = next((cell for cell in cells if not is_empty(cell)), "")
        if not given or (isinstance(first, str) and first.startswith("#")):
            return
        before = len(self.faults)
        day = self._text(row, given, "day", LONGEST_DAY)
        word = self._word(row, given)
        minute = self._minute(row, given, word)
        place, other = (self._place(row, given, key) for key in ("place", "other"))
        about = self._about(row, given, word)
        number, note = self._number(row, given, word), self._text(row, given, "note", LONGEST_NOTE)
        if len(self.faults) == before and word is not None and minute is not None:
            seen = Observation(minute, word.what, place, other, about, number, note or word.note)
            if word.note and note and note != word.note:
                seen = Observation(minute, word.what, place, other, about, number, word.note)
            days[day].append(seen)
            self.numbers[day].append(row)

    def _find_repeated(self, numbers: Sequence[int], rows: Sequence[Observation]) -> None:
        """Tell where rows of a day begin that were put into it before: each would be counted again."""
        runs: dict[tuple[Observation, ...], int] = {}
        for n in range(len(rows) - COPIED + 1):
            run = tuple(rows[n : n + COPIED])
            first = runs.setdefault(run, n)
            if n - first >= COPIED and len({row.minute for row in run}) > 1:
                expected = Message("each row once; from row {n} on the same is said", n=str(numbers[first] + 1))
                repair = Message("remove the rows that were copied, or give them a day of their own")
                self._tell("duplicate-row", numbers[n], "what", WHAT_REPEATS, expected, repair)
                return

    def _word(self, row: int, given: Mapping[str, Any]) -> Word | None:
        if "what" not in given:
            expected = Message("one of the words of a log")
            self._tell("missing-field", row, "what", None, expected, Message("fill the cell, or clear the row"))
            return None
        text, known = take_text(given["what"]), words_by_text()
        word = known.get(fold_typed(text))
        if word is None:
            self._unknown(row, "what", text, list(known))
        return word

    def _unknown(self, row: int, key: str, text: str, known: Sequence[str]) -> None:
        """Tell that a text is none of the words that may stand there; looking for similar ones is slow."""
        self.advised += 1
        near = self.advised <= ADVISED
        expected = list_near(fold_typed(text), known, IN_TEMPLATE) if near else Message("one of the words of a log")
        advice = suggest(fold_typed(text), known) if near else None
        self._tell("not-a-choice", row, key, text, expected, advice or Message("correct the word"))

    def _minute(self, row: int, given: Mapping[str, Any], word: Word | None) -> float | None:
        """Return the minute of a row; the column of minutes counts where both are filled and agree."""
        if not any(key in given for key in ("time", "minute")):
            if word is not None and word.what == COMPLETE:
                return 0.0  # it is said of the whole day
            key = "time" if "time" in self.sheet.columns else "minute"
            expected, repair = Message("when it happened"), Message("fill the cell, or clear the row")
            self._tell("missing-field", row, key, None, expected, repair)
            return None
        found: list[float] = []
        for key in ("time", "minute"):
            if key not in given:
                continue
            value = given[key]
            exact = self._exact(value) if key == "minute" else None
            minute = read_moment(value, self.instance) if exact is None else exact
            if isinstance(minute, Refused):
                self._tell(minute.code, row, key, minute.found, minute.expected, minute.repair)
                return None
            if not 0.0 <= minute <= self.instance.period.simulated:
                self._outside(row, key, value)
                return None
            found.append(minute)
        apart = (found[-1] - found[0]) % DAY  # a clock time does not say which day of an operation over midnight
        if min(apart, DAY - apart) > CLOSE:
            expected = Message("minute {n:.1f}, as the clock time says", n=found[0])
            self._tell("time-order", row, "minute", found[-1], expected, Message("correct one of the two, or empty it"))
            return None
        return found[-1]

    def _exact(self, value: Any) -> float | None:
        """Return minutes that stand in their own column, where a point is no mark of a clock time."""
        if isinstance(value, str):
            value = _read_plain(value)
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return float(value) if good else None

    def _outside(self, row: int, key: str, value: Any) -> None:
        instance = self.instance
        words = {"start": instance.clock(0.0), "end": instance.clock(instance.period.simulated)}
        expected = Message("a time of the operation, from {start} until {end} at the latest", **words)
        found = value if isinstance(value, str | int | float) else Message.chain("", [str(value)])
        self._tell("time-outside", row, key, found, expected, Message("correct the time, or remove the row"))

    def _place(self, row: int, given: Mapping[str, Any], key: str) -> str:
        if key not in given:
            return ""
        return self._find(
            row, key, take_text(given[key]), [self.places], "unknown-place", Message("a place of the instance")
        )

    def _about(self, row: int, given: Mapping[str, Any], word: Word | None) -> str:
        what = "" if word is None else word.what
        if "about" not in given:
            if what == "phase":
                expected, repair = Message("the phase that began"), Message("write green, yellow, red or dispersed")
                self._tell("missing-field", row, "about", None, expected, repair)
            return ""
        text = take_text(given["about"])
        if what == "phase":
            phase = phases_by_text().get(fold_typed(text))
            if phase is None:
                self._unknown(row, "about", text, list(phases_by_text()))
            return phase or ""
        names = [self.parts[part] for part in ABOUT.get(what, PARTS)]
        expected = Message("a gathering, team, vehicle, trigger or planned move of the instance")
        return self._find(row, "about", text, names, "unknown-kind", expected)

    def _find(self, row: int, key: str, text: str, groups: Sequence[KnownNames], code: str, expected: Message) -> str:
        """Return the identifier of the one thing that a cell names; empty, and a fault, where there is not one."""
        things = {thing.id for names in groups for thing in names.find(text)}
        if len(things) == 1:
            return str(things.pop())
        self.advised += 1
        advice = next((a for a in (n.suggest(text) for n in groups) if a), None) if self.advised <= ADVISED else None
        if things:
            expected = Message("one of {names}", names=", ".join(sorted(things)))
        self._tell(code, row, key, text, expected, advice or Message("correct the name"))
        return ""

    def _number(self, row: int, given: Mapping[str, Any], word: Word | None) -> float | None:
        if "number" not in given:
            return None
        value = given["number"]
        number = _read_plain(value) if isinstance(value, str) else value
        if not isinstance(number, Moment | bool) and isinstance(number, int | float) and not math.isnan(number):
            least = -MOST if word is not None and word.what in SIGNED else 0.0
            if least <= number <= MOST:
                return float(number)
            expected = Message("a number from 0 to {n:,}", n=int(MOST))
            self._tell(
                "out-of-range", row, "number", number, expected, Message("correct the number, or empty the cell")
            )
            return None
        readings = find_readings(value) if isinstance(value, str) else None
        expected = readings.expected if readings else Message("a number")
        repair = readings.repair if readings else Message("write a number, and everything else into the note")
        found = value if isinstance(value, str | int | float | bool) else Message.chain("", [str(value)])
        self._tell("wrong-type", row, "number", found, expected, repair)
        return None

    def _text(self, row: int, given: Mapping[str, Any], key: str, longest: int) -> str:
        value = given.get(key, "")
        text = f"{value.instant:%Y-%m-%d}" if isinstance(value, Moment) and value.instant else take_text(value)
        text = _unguard(text)
        if len(text) > longest or not text.replace("\n", " ").replace("\t", " ").isprintable():
            expected = Message("at most {n} characters, none of them a control character", n=str(longest))
            self._tell("bad-text", row, key, text, expected, Message("shorten the text"))
        return text


def _read_plain(text: str) -> int | float | None:
    """Read a number as people type it, or as programs write very small and very large ones."""
    bare = _unguard(text.strip())
    return float(bare) if _EXPONENT.fullmatch(bare) else read_number(bare)


def _unguard(text: str) -> str:
    """Leave out the apostrophe that guards a cell of a CSV file."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
