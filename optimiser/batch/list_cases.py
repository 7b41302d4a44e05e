"""From files, globs, folders, tables and sweeps to the cases of a batch; all faults in one go."""

from __future__ import annotations

import contextlib
import glob
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.batch.case import Case, CaseSettings, Subject
from optimiser.batch.case_files import list_instances, match_pattern, path_beside
from optimiser.batch.case_table import KINDS as TABLES
from optimiser.batch.case_table import TableRow, read_case_table
from optimiser.batch.sweep import Seeds, Sweep, parse_seeds, read_sweep, read_whatif, vary_values
from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import clarify, read_number
from optimiser.common.parsing import cut
from optimiser.files.apply_whatif import apply
from optimiser.files.read import read, read_historical
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.whatif import WhatIf

KEPT = 32  # instances, and what-ifs tried on them, that are remembered


def list_cases(
    names: Iterable[str],
    seeds: str = "1",
    whatifs: Sequence[str] = (),
    settings: CaseSettings | None = None,
    law: str | None = None,
) -> Iterator[Case]:
    """Yield the cases that are asked for, one by one.

    Parameters
    ----------
    names : instance files, shipped instances, globs, folders, tables (CSV or workbook) and sweeps (TOML).
    seeds : for what does not name its own, see `parse_seeds`.
    whatifs : phrases as on the command line of ``whatif``, or files; every instance is planned as it is and with each.
    settings, law : for what does not name its own.

    Raises
    ------
    InputFault : after the last case: everything that was wrong with others, each fault with its file and row.
    """
    lister = _CaseLister(_Wanted(settings=settings or CaseSettings(), law=law))
    with lister.noting("--seeds"):
        lister.default.seeds = parse_seeds(seeds)
    for text in whatifs:
        with lister.noting("--whatif"):
            lister.default.changes += read_whatif(text)
    for name in names:
        yield from lister.list_named(name)
    if lister.faults:
        once = {repr(fault): fault for fault in lister.faults}  # values that vary share a path that is wrong
        raise InputFault("cases", cut(list(once.values())))


@dataclass
class _Wanted:
    """What is wanted of an instance: every change with every combination of values that vary and every seed."""

    settings: CaseSettings
    law: str | None = None
    seeds: Seeds = (range(1, 2),)
    changes: list[WhatIf | None] = field(default_factory=lambda: [None])
    vary: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass
class _CaseLister:
    """Makes cases and remembers what is wrong with others.

    Attributes
    ----------
    default : what is wanted of an instance that does not say.
    subjects : instances read last, None where one has faults that are noted.
    fitting : what-ifs that were tried last, by instance, and whether they fit.
    """

    default: _Wanted
    faults: list[Fault] = field(default_factory=list)
    subjects: OrderedDict[str, Subject | None] = field(default_factory=OrderedDict)
    fitting: OrderedDict[tuple[str, str], bool] = field(default_factory=OrderedDict)

    @contextlib.contextmanager
    def noting(self, where: str) -> Iterator[None]:
        """Note the faults of a block instead of raising them, each with where it was asked for."""
        try:
            yield
        except InputFault as error:
            for fault in error.faults:
                place = Message("{where}: {place}", where=where, place=fault.place)
                self.faults.append(replace(fault, place=place))
        except FileTrouble as error:
            expected, repair = Message("a file that can be read"), Message("correct the name")
            self.faults.append(make_fault("unknown-instance", where, error.message, expected, repair))

    def list_named(self, name: str) -> Iterator[Case]:
        """Yield the cases of one name on the command line."""
        for path in self._expand(name):
            file, before = Path(path), len(self.faults)
            rows: list[TableRow] | None = None
            sweep: Sweep | None = None
            with self.noting(path):
                if file.suffix.lower() in TABLES and os.path.isfile(path):
                    rows = read_case_table(file)
                elif file.suffix.lower() == ".toml" and os.path.isfile(path):
                    sweep = read_sweep(file)
            if rows is not None:
                yield from self._list_table(file, rows)
            elif sweep is not None:
                yield from self._list_sweep(file, sweep)
            elif len(self.faults) == before:
                yield from self._list_instance(path, path, self.default)

    def _list_table(self, file: Path, rows: Sequence[TableRow]) -> Iterator[Case]:
        for row in rows:
            where = Message("{file}, row {n}", file=str(file), n=str(row.number))
            wanted = self._wanted_of_row(file, row, where)
            if "instance" in row.cells:
                yield from self._list_instance(path_beside(row.cells["instance"], file.parent), where, wanted)
            else:
                expected, repair = Message("the file or name of an instance"), Message("fill the cell")
                self.faults.append(make_fault("missing-field", where, Message("nothing"), expected, repair))

    def _wanted_of_row(self, file: Path, row: TableRow, where: str) -> _Wanted | None:
        """Return what a row of a table wants; None where that has faults, which are noted."""
        wanted, before = _Wanted(self.default.settings, self.default.law, self.default.seeds), len(self.faults)
        with self.noting(where):
            if "whatif" in row.cells:
                wanted.changes = list(read_whatif(row.cells["whatif"], file.parent))
        with self.noting(where):
            if "seed" in row.cells:
                wanted.seeds = parse_seeds(row.cells["seed"])
        with self.noting(where):
            wanted.settings, wanted.law = _settings_of_row(wanted, row.cells)
        return wanted if len(self.faults) == before else None

    def _list_sweep(self, file: Path, sweep: Sweep) -> Iterator[Case]:
        wanted = self._wanted_of_sweep(file, sweep)
        for name in sweep.instances:
            where = Message("{file}, {name}", file=str(file), name=name)
            for path in self._expand(name, file):
                yield from self._list_instance(path, where, wanted)

    def _wanted_of_sweep(self, file: Path, sweep: Sweep) -> _Wanted | None:
        """Return what a sweep wants of each instance; None where that has faults, which are noted."""
        given = {name: getattr(sweep, name) for name in vars(self.default.settings) if hasattr(sweep, name)}
        settings = replace(self.default.settings, **{k: value for k, value in given.items() if value is not None})
        changes: list[WhatIf | None] = [None] if sweep.unchanged else []
        wanted, before = (
            _Wanted(settings, sweep.law or self.default.law, self.default.seeds, changes, sweep.vary),
            len(self.faults),
        )
        for text in sweep.whatifs:
            with self.noting(str(file)):
                changes += read_whatif(text, file.parent)
        if sweep.seeds is not None:
            texts = sweep.seeds if isinstance(sweep.seeds, tuple) else (sweep.seeds,)
            with self.noting(str(file)):
                wanted.seeds = parse_seeds(",".join(map(str, texts)))
        return wanted if len(self.faults) == before else None

    def _expand(self, name: str, sweep: Path | None = None) -> list[str]:
        """List the files that a glob or a folder stands for; else the name itself.

        Parameters
        ----------
        sweep : the file that names it, beside which files are looked for first.
        """
        folder = None if sweep is None else sweep.parent
        path = path_beside(name, folder)
        found: list[str] = []
        if os.path.isdir(path):  # unlike a `Path`, it does not mind a name that is too long for one
            before = len(self.faults)
            with self.noting(path if sweep is None else str(sweep)):
                found = list_instances(path)
            if len(self.faults) > before:
                return []
        elif glob.has_magic(name) and not os.path.exists(path):
            found = match_pattern(name, folder)
        else:
            return [path]
        if not found:
            expected, repair = Message("at least one instance file"), Message("correct the name")
            place = path if sweep is None else Message("{file}, {name}", file=str(sweep), name=path)
            self.faults.append(make_fault("unknown-instance", place, Message("nothing"), expected, repair))
        return found

    def _list_instance(self, path: str, where: str, wanted: _Wanted | None) -> Iterator[Case]:
        """Yield the cases of one instance; where nothing is wanted, only note what is wrong with it in the same go."""
        subject = self._subject(path, where)
        if subject is not None and wanted is not None:
            for change in vary_values(wanted.changes, wanted.vary):  # one by one: there may be any number of them
                if change is None or self._fits(subject, change, where):
                    seeds = (seed for span in wanted.seeds for seed in span)
                    yield from (Case(subject, seed, change, wanted.settings, wanted.law) for seed in seeds)

    def _subject(self, path: str, where: str) -> Subject | None:
        if path not in self.subjects:
            subject = None
            with self.noting(where):
                instance = read(path)
                subject = Subject(instance, read_historical(path, instance), path)
            self._remember(self.subjects, path, subject)
        return self.subjects[path]

    def _fits(self, subject: Subject, change: WhatIf, where: str) -> bool:
        key = subject.digest, change.model_dump_json()
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


def _settings_of_row(wanted: _Wanted, cells: Mapping[str, str]) -> tuple[CaseSettings, str | None]:
    """Return the settings and the law that a row asks for.

    Raises
    ------
    InputFault : numbers and names that cannot be used, all of them.
    """
    given = {name: _number(cells[name]) for name in ("scenarios", "reporting", "budget", "seconds") if name in cells}
    law = {"law": cells["law"]} if "law" in cells else {}
    try:
        checked = Sweep.model_validate({"instances": ("",), **given, **law})
    except ValidationError as error:
        faults = list_field_faults(error.errors(include_url=False), Sweep.model_json_schema())
        raise InputFault("row", clarify(faults)) from None
    settings = replace(wanted.settings, **{name: getattr(checked, name) for name in given})
    return settings, checked.law or wanted.law


def _number(text: str) -> int | float | str:
    """Read the number in a cell; whole numbers may have a fraction of nothing, as tables of other programs do."""
    number = read_number(text)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return text if number is None else number
