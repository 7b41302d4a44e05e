"""What a batch is asked to solve, from files, globs, folders, tables and sweeps to cases; all faults in one go."""

from __future__ import annotations

import glob
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.batch.case import Case, Effort, Subject
from optimiser.batch.case_table import KINDS as TABLES
from optimiser.batch.case_table import Row, read_rows
from optimiser.batch.sweep import Seeds, Sweep, beside, parse_seeds, read_sweep, read_whatif, vary
from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import clarify, read_number
from optimiser.common.parsing import cut
from optimiser.files.apply_whatif import apply
from optimiser.files.read import read, read_document, read_historical
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.whatif import WhatIf

KEPT = 32  # instances, and what-ifs tried on them, that are remembered
ENDINGS = (".toml", ".json", ".xlsx")


def list_cases(
    names: Iterable[str], seeds: str = "1", whatifs: Sequence[str] = (), effort: Effort | None = None
) -> Iterator[Case]:
    """Give the cases that are asked for, one by one.

    Parameters
    ----------
    names : instance files, shipped instances, globs, folders, tables (CSV or workbook) and sweeps (TOML).
    seeds : for what does not name its own, see `parse_seeds`.
    whatifs : phrases as on the command line of ``whatif``, or files; every instance is planned as it is and with each.
    effort : for what does not name its own.

    Raises
    ------
    InputFault : when all cases were given: everything that was wrong with others, each fault with its file and row.
    """
    lister = _Lister(effort or Effort())
    with lister.noting("--seeds"):
        lister.seeds = parse_seeds(seeds)
    changes: list[WhatIf | None] = [None]
    for text in whatifs:
        with lister.noting("--whatif"):
            changes += read_whatif(text)
    for name in names:
        yield from lister.named(name, changes)
    if lister.faults:
        once = {repr(fault): fault for fault in lister.faults}  # values that vary share a path that is wrong
        raise InputFault("cases", cut(list(once.values())))


@dataclass
class _Noting:
    """Notes the faults of a block instead of raising them, each with where it was asked for."""

    faults: list[Fault]
    where: str

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, InputFault):
            for fault in error.faults:
                place = Message("{where}: {place}", where=self.where, place=fault.place)
                self.faults.append(replace(fault, place=place))
        elif isinstance(error, FileTrouble):
            expected, repair = Message("a file that can be read"), Message("correct the name")
            self.faults.append(make_fault("unknown-instance", self.where, error.message, expected, repair))
        else:
            return False
        return True


@dataclass
class _Lister:
    """Makes cases and remembers what is wrong with others.

    Attributes
    ----------
    subjects : instances read last, None where one has faults that are noted.
    fitting : what-ifs that were tried last, by instance, and whether they fit.
    """

    effort: Effort
    seeds: Seeds = (range(1, 2),)
    faults: list[Fault] = field(default_factory=list)
    subjects: OrderedDict[str, Subject | None] = field(default_factory=OrderedDict)
    fitting: OrderedDict[tuple[str, str], bool] = field(default_factory=OrderedDict)

    def noting(self, where: str) -> _Noting:
        """Note faults."""
        return _Noting(self.faults, where)

    def named(self, name: str, changes: Sequence[WhatIf | None]) -> Iterator[Case]:
        """Give the cases of one name on the command line."""
        for path in self._expand(name):
            suffix = Path(path).suffix.lower()
            if suffix in TABLES and os.path.isfile(path):
                rows: list[Row] | None = []
                with self.noting(path):
                    rows = read_rows(Path(path))
                if rows is not None:
                    yield from self._table(Path(path), rows)
                    continue
            sweep, before = None, len(self.faults)
            if suffix == ".toml" and os.path.isfile(path):
                with self.noting(path):
                    sweep = read_sweep(Path(path))
            if sweep is not None:
                yield from self._sweep(Path(path), sweep)
            elif len(self.faults) == before:
                yield from self._cases(path, path, changes, self.seeds, self.effort)

    def _expand(self, name: str, sweep: Path | None = None) -> list[str]:
        """Give the files that a glob or a folder stands for; else the name itself.

        Parameters
        ----------
        sweep : the file that names it, beside which files are looked for first.
        """
        pattern, where = name, None if sweep is None else str(sweep)
        name = beside(name, None if sweep is None else sweep.parent)
        if os.path.isdir(name):  # unlike a `Path`, it does not mind a name that is too long for one
            files: list[str] | None = None
            with self.noting(where or name):
                files = _instances_in(name)
            if files is None:
                return []
            found = [f for f in files if not Path(f).name.startswith((".", "~")) and not _is_other(f)]
        elif glob.has_magic(pattern) and not os.path.exists(name):
            found = _match(pattern, None if sweep is None else sweep.parent)
        else:
            return [name]
        if not found:
            expected, repair = Message("at least one instance file"), Message("correct the name")
            place = name if where is None else Message("{file}, {name}", file=where, name=name)
            self.faults.append(make_fault("unknown-instance", place, Message("nothing"), expected, repair))
        return found

    def _cases(
        self, path: str, where: str, changes: Iterable[WhatIf | None], seeds: Seeds, effort: Effort
    ) -> Iterator[Case]:
        subject = self._subject(path, where)
        if subject is not None:
            for change in changes:
                if change is None or self._fits(subject, change, where):
                    yield from (Case(subject, seed, change, effort) for span in seeds for seed in span)

    def _subject(self, path: str, where: str) -> Subject | None:
        if path not in self.subjects:
            subject = None
            with self.noting(where):
                instance = read(path)
                subject = Subject(instance, read_historical(path, instance), path)
            self._remember(self.subjects, path, subject)
        return self.subjects[path]

    def _fits(self, subject: Subject, change: WhatIf, where: str) -> bool:
        key = subject.mark, change.model_dump_json()
        if key not in self.fitting:
            fits = False
            with self.noting(where):
                apply(subject.instance, change)
                fits = True
            self._remember(self.fitting, key, fits)
        return self.fitting[key]

    @staticmethod
    def _remember(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
        known[key] = value
        if len(known) > KEPT:
            known.popitem(last=False)

    def _table(self, file: Path, rows: Sequence[Row]) -> Iterator[Case]:
        for row in rows:
            where = Message("{file}, row {n}", file=str(file), n=str(row.number))
            before = len(self.faults)
            changes: list[WhatIf | None] = [None]
            seeds, effort = self.seeds, self.effort
            with self.noting(where):
                if "whatif" in row.cells:
                    changes = list(read_whatif(row.cells["whatif"], file.parent))
            with self.noting(where):
                seeds = parse_seeds(row.cells["seed"]) if "seed" in row.cells else seeds
            with self.noting(where):
                effort = _row_effort(effort, row.cells)
            if "instance" not in row.cells:
                expected, repair = Message("the file or name of an instance"), Message("fill the cell")
                self.faults.append(make_fault("missing-field", where, Message("nothing"), expected, repair))
                continue
            path = beside(row.cells["instance"], file.parent)
            if len(self.faults) == before:
                yield from self._cases(path, where, changes, seeds, effort)
            else:
                self._subject(path, where)  # so that what is wrong there is said in the same go

    def _sweep(self, file: Path, sweep: Sweep) -> Iterator[Case]:
        before, where = len(self.faults), str(file)
        changes: list[WhatIf | None] = [None] if sweep.unchanged else []
        for text in sweep.whatifs:
            with self.noting(where):
                changes += read_whatif(text, file.parent)
        seeds = self.seeds
        if sweep.seeds is not None:
            texts = sweep.seeds if isinstance(sweep.seeds, tuple) else (sweep.seeds,)
            with self.noting(where):
                seeds = parse_seeds(",".join(map(str, texts)))
        given = {name: getattr(sweep, name) for name in vars(self.effort) if hasattr(sweep, name)}
        effort = replace(self.effort, **{name: value for name, value in given.items() if value is not None})
        good = len(self.faults) == before
        for name in sweep.instances:
            for path in self._expand(name, file):
                here = Message("{file}, {name}", file=where, name=name)
                if good:
                    varied = vary(changes, sweep.vary)  # one by one: there may be any number of them
                    yield from self._cases(path, here, varied, seeds, effort)
                else:
                    self._subject(path, here)  # so that what is wrong there is said in the same go


def _match(pattern: str, folder: Path | None) -> list[str]:
    """List the files that fit a pattern; folders at its beginning that are there by that name are no pattern.

    Parameters
    ----------
    folder : where the pattern begins, taken as it is whatever signs its name has; the current one if None.
    """
    above = "" if folder is None else str(folder)
    parts, taken = Path(pattern).parts, 0
    while taken + 1 < len(parts) and os.path.isdir(os.path.join(above, *parts[: taken + 1])):
        taken += 1
    there, rest = os.path.join(above, *parts[:taken]), os.path.join(*parts[taken:])
    found = glob.glob(os.path.join(glob.escape(there), rest), recursive=True)
    return sorted(str(Path(file)) for file in found)


def _instances_in(folder: str) -> list[str]:
    """List files in a folder that may be instances.

    Raises
    ------
    FileTrouble : the folder cannot be read.
    """
    try:
        return [str(file) for file in sorted(Path(folder).iterdir()) if file.suffix.lower() in ENDINGS]
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=folder, error=error.strerror)) from error


def _is_other(file: str) -> bool:
    """Tell whether a file in a folder says that it is something else than an instance."""
    if not file.lower().endswith((".toml", ".json")):
        return False
    try:
        kind = str(read_document(file).get("format", ""))
    except (InputFault, FileTrouble):
        return False
    return kind.startswith("optimiser-") and not kind.startswith("optimiser-instance/")


def _row_effort(effort: Effort, cells: Mapping[str, str]) -> Effort:
    """Give the effort that a row asks for.

    Raises
    ------
    InputFault : numbers that cannot be used, all of them.
    """
    given = {name: _number(cells[name]) for name in ("scenarios", "reporting", "budget", "seconds") if name in cells}
    try:
        checked = Sweep.model_validate({"instances": ("",), **given})
    except ValidationError as error:
        faults = list_field_faults(error.errors(include_url=False), Sweep.model_json_schema())
        raise InputFault("row", clarify(faults)) from None
    return replace(effort, **{name: getattr(checked, name) for name in given})


def _number(text: str) -> int | float | str:
    """Read the number in a cell; whole numbers may have a fraction of nothing, as tables of other programs do."""
    number = read_number(text)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return text if number is None else number
