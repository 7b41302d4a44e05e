"""A run as one tidy table: a row for each case with what it was, what came of it and what may be claimed.

The table is made from the results' files, each checked against the hash in the ledger; a file that is missing or was
changed is said to be so in its row, and gives no figures.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from optimiser.case import PLAN, summarise
from optimiser.errors import FileTrouble
from optimiser.message import Message
from optimiser.run import Run
from optimiser.task import Entry
from optimiser.write.tables import guard

Row = dict[str, Any]
# Columns in order, with their types. Points unless said otherwise.
COLUMNS: dict[str, type] = {
    "case": str,  # key
    "instance": str,
    "source": str,  # what it was listed as
    "instance_sha256": str,
    "whatif": str,  # title; empty where nothing was changed
    "seed": int,
    "scenarios": int,
    "reporting": int,
    "budget": int,  # joint replications
    "solver": str,
    "version": str,
    "state": str,
    "result": str,  # whole, missing, changed; empty where there is none
    "error": str,
    "message": str,
    "objective": float,
    "half_width": float,  # of the 95 % interval of the mean loss
    "planning": float,  # objective on the planning scenarios
    "status": str,  # kind of the certificate
    "proved": bool,
    "bound": float,
    "gap": float,  # share
    "delta": float,  # no single exchange was shown to be better by more
    "true_gap": float,  # upper limit
    "injuries": float,  # persons
    "replayable": bool,
    "checked": bool,
    "attempts": int,
    "deaths": int,  # workers
    "seconds": float,  # s, of the last attempt; differs from run to run
}


def tidy(run: Run) -> Iterator[Row]:
    """Give the rows of a run, in the order in which cases were listed."""
    for entry in run.ledger.entries(kind=PLAN):
        yield _row(run, entry)


def _row(run: Run, entry: Entry) -> Row:
    spec, effort = entry.task.spec, entry.task.spec["effort"]
    attempts = run.ledger.attempts(entry.task.key)
    last = attempts[-1] if attempts else None
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        case=entry.task.key,
        instance=spec["instance"],
        source=spec["source"],
        instance_sha256=spec["instance_sha256"],
        whatif=spec["whatif"]["title"] if spec["whatif"] else "",
        seed=spec["seed"],
        scenarios=effort["scenarios"],
        reporting=effort["reporting"] or 2 * effort["scenarios"],
        budget=effort["budget"],
        solver=effort["solver"],
        version=entry.task.version,
        state=entry.state,
        result=run.shelf.condition(entry) if entry.state == "done" else "",
        error=entry.error.get("kind", ""),
        message=entry.error.get("message", ""),
        attempts=len(attempts),
        deaths=entry.deaths,
        seconds=last.ended - last.begun if last and last.ended is not None else None,
    )
    if row["result"] == "whole":
        document = json.loads(run.shelf.get(entry))
        row.update(summarise(document), budget=document["settings"]["budget"])
    return row


def write_csv(rows: Iterator[Row]) -> bytes:
    """Write the table as CSV; true and false in small letters, nothing where there is no value."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(guard(_plain(row[name])) for name in COLUMNS)
    return text.getvalue().encode("utf-8", errors="replace")


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_parquet(rows: Iterator[Row]) -> bytes:
    """Write the table as Parquet, with the types of `COLUMNS`.

    Raises
    ------
    FileTrouble : pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise FileTrouble(
            Message("Parquet needs the extra table: pip install 'deployment-optimiser[table]'")
        ) from error
    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), content)
    return content.getvalue()


WRITERS: Mapping[str, Callable[[Iterator[Row]], bytes]] = {".csv": write_csv, ".parquet": write_parquet}
