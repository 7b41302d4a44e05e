"""The files in the folder of a run of a nation: their names, and reading loans and claims."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import Path

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import decode, split_table
from optimiser.files.formats import demand_format
from optimiser.files.read import read_document

LOANS, PLANS = "loans.csv", "plans"  # the table of loans, and the folder of the plans
COLUMNS = ("district", "pool", "teams")  # of the table of loans; further ones are for people
SUMMARY = "summary.json"  # what is claimed of the whole
MOST_TEAMS = 10_000  # in one row of the table of loans
NOT_VERIFIED: dict[str, Message] = {  # parts of the summary that are read and not verified
    "certificate": Message("certificate, objective and bound"),
    "loss": Message("expected loss"),
    "law_range": Message("band over the law's ranges"),
    "saved": Message("what lending saves"),
    "harms": Message("expected harms"),
    "pools": Message("prices of the pools"),
    "rounds": Message("rounds of prices"),
}


def read_claims(file: Path) -> tuple[str, ...]:
    """List what the summary of a run claims and nothing verifies, of `NOT_VERIFIED`; nothing where there is none.

    Raises
    ------
    InputFault : it is of a later version.
    """
    if not file.is_file():
        return ()
    document = read_document(file)
    demand_format(document, str(file))
    return tuple(name for name in NOT_VERIFIED if name in document)


def read_loans(file: Path) -> Counter[tuple[str, str]]:
    """Read teams by district and pool; rows of the same pair add up.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is no table of loans; all faults.
    """
    try:
        text = decode(file.read_bytes(), str(file))
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=error.strerror)) from error
    names, *rows = split_table(text, str(file)) or [[]]
    if not set(COLUMNS) <= set(names):
        expected, repair = Message("the columns {names}", names=", ".join(COLUMNS)), Message("add them")
        found = ", ".join(names)
        raise InputFault(str(file), [make_fault("missing-header", FILE, found, expected, repair)])
    loans, faults = Counter[tuple[str, str]](), []
    for number, cells in enumerate(rows, 2):
        if not any(cells):
            continue
        row = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
        teams = row["teams"]
        if teams.isascii() and teams.isdigit() and int(teams) <= MOST_TEAMS:
            loans[row["district"], row["pool"]] += int(teams)
        else:
            place, expected = f"teams, {number}", Message("a whole number, {limits}", limits="0 to 10000")
            faults.append(make_fault("wrong-type", place, teams, expected, Message("correct it")))
    if faults:
        raise InputFault(str(file), faults)
    return loans
