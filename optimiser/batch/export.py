"""A run as one tidy table: a row for each case with its settings, its result and the claim about it.

The table is made from the results' files, each checked against the hash in the ledger; a file that is missing or was
changed is marked in its row, which has no figures then. What the cases of a run vary has a column of its own, with
the value that was in force in each case.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from optimiser.batch.case import PLAN, case_instance, summarise
from optimiser.batch.case_names import changes_of, plain_value
from optimiser.batch.run_folder import Run
from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.message import Message
from optimiser.files.typed.steps import find
from optimiser.jobs.task import LedgerEntry
from optimiser.model.harms import LISTED
from optimiser.model.laws.choice import DefaultLaw
from optimiser.output.documents.tables import guard_formula

Row = dict[str, Any]
HARM_COLUMNS = tuple(harm.id for harm in LISTED)  # injuries are those of participants, public and personnel together
# Columns in order, with their types. Points unless said otherwise. After them come those of what the cases vary.
COLUMNS: dict[str, type] = {
    "case": str,  # key
    "label": str,  # what people call it; no two cases share one
    "instance": str,
    "source": str,  # what it was listed as
    "instance_sha256": str,
    "whatif": str,  # title; empty where nothing was changed
    "seed": int,
    "scenarios": int,  # asked for
    "reporting": int,
    "budget": int,  # joint replications
    "solver": str,
    "engine": str,  # asked for
    "certify": bool,
    "uncertain": bool,
    "seconds_allowed": float,  # s; empty for no limit
    "law": str,
    "version": str,
    "state": str,
    "result": str,  # whole, missing, changed; empty where there is none
    "error": str,
    "message": str,
    "objective": float,
    "half_width": float,  # of the 95 % interval of the mean loss
    "law_low": float,  # the mean loss lies between these over the law's ranges
    "law_high": float,
    "planning": float,  # objective on the planning scenarios
    "chosen_on": int,  # so many planning scenarios
    "status": str,  # kind of the certificate
    "proved": bool,
    "bound": float,
    "gap": float,  # share
    "delta": float,  # no single exchange was shown to be better by more
    "true_gap": float,  # upper limit
    "replayable": bool,
    "checked": bool,
    "held": float,  # share of the time for which people come to assemble
    "attempts": int,
    "deaths": int,  # workers
    "seconds": float,  # s, of the last attempt; differs from run to run
    # means, with the ends of their 95 % intervals, in the units of `harms.HARMS`
    **{f"{harm}{end}": float for harm in HARM_COLUMNS for end in ("", "_low", "_high")},
}


def table_rows(run: Run) -> Iterator[Row]:
    """Return the rows of a run, in the order in which cases were listed."""
    entries = list(run.ledger.entries(kind=PLAN))
    varied = _Varied(run, entries)
    for entry in entries:
        yield {**_row(run, entry, run.names.of(entry)), **varied.cells(entry)}


class _Varied:
    """What the cases of a run vary: columns, and the value of each that was in force in a case."""

    def __init__(self, run: Run, entries: Iterable[LedgerEntry]) -> None:
        self.run = run
        self.names = tuple(dict.fromkeys(name for entry in entries for name in changes_of(entry.task.spec)))
        self._known: tuple[object, Mapping[str, Any]] | None = None  # the instance looked at last

    def cells(self, entry: LedgerEntry) -> Row:
        """Return the values of a case; nothing where it has no such thing."""
        made = changes_of(entry.task.spec)
        return {name: self._cell(entry, name, made) for name in self.names}

    def _cell(self, entry: LedgerEntry, name: str, made: Mapping[str, Any]) -> Any:
        kind, _, what = name.partition(":")
        if kind in ("lose", "gain"):
            return made.get(name, 0)
        if kind in ("set", "heads"):
            return plain_value(find(self._instance(entry), what if kind == "set" else "cap"))
        return made.get(name)

    def _instance(self, entry: LedgerEntry) -> Mapping[str, Any]:
        """Return the instance that a case plans, what-if included, as plain data."""
        task = entry.task
        if self._known is None or self._known[0] != (task.input, task.spec["whatif"]):
            try:
                data: Mapping[str, Any] = case_instance(self.run.ledger.read_input(task.input), task.spec)[
                    0
                ].model_dump(mode="json")
            except InputFault:  # what an earlier version took; nothing can be said of it
                data = {}
            self._known = ((task.input, task.spec["whatif"]), data)
        return self._known[1]


def _row(run: Run, entry: LedgerEntry, name: str) -> Row:
    spec, effort = entry.task.spec, entry.task.spec["effort"]
    attempts = run.ledger.attempts(entry.task.key)
    last = attempts[-1] if attempts else None
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        case=entry.task.key,
        label=name,
        instance=spec["instance"],
        source=spec["source"],
        instance_sha256=spec["instance_sha256"],
        whatif=spec["whatif"]["title"] if spec["whatif"] else "",
        seed=spec["seed"],
        scenarios=effort["scenarios"],
        reporting=effort["reporting"],
        budget=effort["budget"],
        solver=effort["solver"],
        engine=effort["engine"],
        certify=effort["certify"],
        uncertain=effort.get("uncertain", False),  # runs of earlier versions do not say
        seconds_allowed=effort["seconds"],
        law=spec.get("law") or DefaultLaw.name,
        version=entry.task.version,
        state=entry.state,
        result=run.results.condition(entry) if entry.state == "done" else "",
        error=entry.error.get("kind", ""),
        message=entry.error.get("message", ""),
        attempts=len(attempts),
        deaths=entry.deaths,
        seconds=last.ended - last.begun if last and last.ended is not None else None,
    )
    if row["result"] == "whole":
        document = json.loads(run.results.get(entry))
        settings = document["settings"]
        row.update(summarise(document), **{name: settings[name] for name in ("reporting", "budget", "law")})
        harms = document["evaluation"]["harms"]
        for harm in (harm for harm in HARM_COLUMNS if harm in harms):
            row.update({harm: harms[harm]["mean"], **{f"{harm}_{end}": harms[harm][end] for end in ("low", "high")}})
    return row


def _columns_of(rows: Sequence[Row]) -> dict[str, type]:
    """Return the columns of a table with their types; what cases vary is a number only where all of its values are."""
    found = dict(COLUMNS)
    for name in rows[0] if rows else ():
        if name not in found:
            kinds = {type(row[name]) for row in rows} - {type(None)}
            mixed = float if kinds == {int, float} else str
            found[name] = next(iter(kinds)) if len(kinds) == 1 else mixed
    return found


def write_csv(rows: Iterable[Row]) -> bytes:
    """Write the table as CSV; true and false in small letters, nothing where there is no value."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    rows = list(rows)
    columns = _columns_of(rows)
    writer.writerow(guard_formula(name) for name in columns)
    for row in rows:
        writer.writerow(guard_formula(_plain(row[name])) for name in columns)
    return text.getvalue().encode("utf-8", errors="replace")


def _text(value: Any) -> str | None:
    return None if value is None else str(_plain(value))


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(rows: Iterable[Row]) -> bytes:
    """Write the table as Parquet, with the types of `_columns_of`.

    Raises
    ------
    FileTrouble : pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise FileTrouble(
            Message("Parquet needs the extra table: python -m pip install '.[table]' in the folder of the project")
        ) from error
    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    rows = list(rows)
    columns = _columns_of(rows)
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    texts = [name for name, kind in columns.items() if kind is str and name not in COLUMNS]
    cells = [{**row, **{n: _text(row[n]) for n in texts}} for row in rows]
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(cells, schema), content)
    return content.getvalue()


WRITERS: Mapping[str, Callable[[Iterable[Row]], bytes]] = {".csv": write_csv, ".parquet": _write_parquet}
