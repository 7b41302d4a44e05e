"""The independent verifier of a nation's plans, from files alone: who lends what, and whether every plan holds.

It counts what is lent from the table of loans and what is used from the plans, and leaves the rules of a district to
`model.checker`. It shares no code with what chooses; what borrowing means is said once, in `files.read_nation`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import decode, split_table
from optimiser.files.formats import demand_format
from optimiser.files.plan_origin import read_plan
from optimiser.files.read import read, read_document
from optimiser.files.read_nation import district_file, read_district, read_nation
from optimiser.model.checker import check
from optimiser.model.nation import Nation, lend
from optimiser.model.verdict import Violation

LOANS, PLANS = "loans.csv", "plans"  # in the folder of a run: the table of loans, and the folder of the plans
COLUMNS = ("district", "pool", "teams")  # of the table of loans; further ones are for people
SUMMARY = "summary.json"  # in the folder of a run: what is claimed of the whole
NOT_VERIFIED: dict[str, Message] = {  # parts of the summary that are read and not verified
    "certificate": Message("certificate, objective and bound"),
    "loss": Message("expected loss"),
    "saved": Message("what lending saves"),
    "harms": Message("expected harms"),
    "pools": Message("prices of the pools"),
    "rounds": Message("rounds of prices"),
}


@dataclass(frozen=True)
class Audit:
    """What the verifier found.

    Attributes
    ----------
    violations : of all rules; the place of what a district's plan breaks begins with the district.
    districts, pools : how many were looked at.
    teams : teams lent in all.
    not_verified : what the summary in the folder claims and nobody has verified here, of `NOT_VERIFIED`.
    elsewhere : districts whose plan names the sha256 of another instance than the district with what it borrows.
    """

    violations: tuple[Violation, ...]
    districts: int
    pools: int
    teams: int
    not_verified: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether no rule is broken."""
        return not self.violations

    def sentence(self) -> Message:
        """Say the result in one sentence."""
        words = {
            "districts": self.districts,
            "pools": self.pools,
            "teams": self.teams,
            "violations": Message.plural("{n} violation", "{n} violations", len(self.violations)),
        }
        if self.passed:
            return Message(
                "Checked from the files: {teams:,} teams lent by {pools:,} pools, plans of {districts:,} districts "
                "with what they borrow, {violations}.",
                **words,
            )
        return Message(
            "Refused, checked from the files: {teams:,} teams lent by {pools:,} pools, plans of {districts:,} "
            "districts with what they borrow, {violations}.",
            **words,
        )

    def caveats(self) -> tuple[Message, ...]:
        """Say what is to be known besides the rules."""
        lines = []
        if self.elsewhere:
            words = {"districts": ", ".join(self.elsewhere)}
            lines.append(Message("These plans name another version of their district (sha256): {districts}.", **words))
        if self.not_verified:
            parts = Message.chain(", ", (NOT_VERIFIED[name] for name in self.not_verified))
            lines.append(Message("Not verified, only written in the summary: {parts}.", parts=parts))
        return tuple(lines)

    def all_of_it(self) -> Message:
        """Say the result, and every violation on a line of its own."""
        lines = (Message("  - {line}", line=violation.sentence) for violation in self.violations)
        return Message.chain("\n", [self.sentence(), *lines])


def audit(nation_file: str | Path, run: str | Path) -> Audit:
    """Verify the loans and plans in the folder of a run.

    Raises
    ------
    FileTrouble : a file cannot be read; a plan that is missing is a violation instead.
    InputFault : a file says something that cannot be used.
    """
    nation, folder = read_nation(nation_file), Path(run)
    loans = _read_loans(folder / LOANS)
    elsewhere: list[str] = []
    violations = [*_of_pools(nation, loans), *_of_plans(nation, Path(nation_file).parent, folder, loans, elsewhere)]
    counts = (len(nation.districts), len(nation.pools), sum(loans.values()))
    return Audit(tuple(violations), *counts, _claims(folder / SUMMARY), tuple(elsewhere))


def _claims(file: Path) -> tuple[str, ...]:
    """List what the summary of a run claims; nothing where there is none.

    Raises
    ------
    InputFault : it is of a later version.
    """
    if not file.is_file():
        return ()
    document = read_document(file)
    demand_format(document, str(file))
    return tuple(name for name in NOT_VERIFIED if name in document)


def _read_loans(file: Path) -> Counter[tuple[str, str]]:
    """Read teams by district and pool; rows of the same pair add up."""
    try:
        text = decode(file.read_bytes(), str(file))
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=error.strerror)) from error
    loans, faults = Counter[tuple[str, str]](), []
    names, *rows = split_table(text, str(file)) or [[]]
    if not set(COLUMNS) <= set(names):
        expected, repair = Message("the columns {names}", names=", ".join(COLUMNS)), Message("add them")
        found = ", ".join(names)
        raise InputFault(str(file), [make_fault("missing-header", FILE, found, expected, repair)])
    for number, cells in enumerate(rows, 2):
        if not any(cells):
            continue
        row = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
        teams = row["teams"]
        if teams.isascii() and teams.isdigit() and int(teams) <= 10_000:
            loans[row["district"], row["pool"]] += int(teams)
        else:
            place, expected = f"teams, {number}", Message("a whole number, {limits}", limits="0 to 10000")
            faults.append(make_fault("wrong-type", place, teams, expected, Message("correct it")))
    if faults:
        raise InputFault(str(file), faults)
    return loans


def _of_pools(nation: Nation, loans: Counter[tuple[str, str]]) -> Iterator[Violation]:
    """No pool lends more than it has, nor to whom it does not serve, nor is there any other pool."""
    pools, lent = {pool.id: pool for pool in nation.pools}, Counter[str]()
    for (district, name), teams in loans.items():
        lent[name] += teams
        if name not in pools:
            message = Message("{district} borrows from '{pool}', which is no pool", district=district, pool=name)
            yield Violation("unknown-pool", district, name, teams, 0, message)
        elif teams and district not in pools[name].serves:
            message = Message("'{pool}' lends to {district}, which it does not serve", district=district, pool=name)
            yield Violation("not-served", district, name, teams, 0, message)
    for pool in nation.pools:
        if lent[pool.id] > pool.count:
            words = {"pool": pool.name, "lent": lent[pool.id], "most": int(pool.count)}
            message = Message("'{pool}' lends {lent:,} teams and has {most:,}", **words)
            yield Violation("lent-more", "", pool.id, lent[pool.id], int(pool.count), message)


def _of_plans(
    nation: Nation, home: Path, run: Path, loans: Counter[tuple[str, str]], elsewhere: list[str]
) -> Iterator[Violation]:
    """Every district is written with what it has borrowed, and has a plan of its own that keeps every rule with it.

    Parameters
    ----------
    elsewhere : filled with the districts whose plan names another instance by its sha256.
    """
    for district in nation.districts:
        words, pools = {"district": district.name}, nation.serving(district.id)
        instance = read_district(home, district.id, pools)
        lent = lend(instance, pools, {pool.id: loans[district.id, pool.id] for pool in pools})
        written = district_file(run, district.id)
        if not written.is_file() or read(written).model_dump() != lent.model_dump():
            message = Message("{district}: the file of the run is not the district with what it borrows", **words)
            yield Violation("wrong-district", district.id, "", 0, 0, message)
        file = run / PLANS / f"{district.id}.json"
        if not file.is_file():
            message = Message("{district} has no plan", **words)
            yield Violation("no-plan", district.id, "", 0, 1, message)
            continue
        plan, origin = read_plan(file, lent)
        if origin.same is False:
            elsewhere.append(district.id)
        if plan.instance != district.id:
            message = Message("the plan of {district} is one for '{instance}'", instance=plan.instance, **words)
            yield Violation("wrong-plan", district.id, plan.instance, 0, 0, message)
        for broken in check(lent, plan).violations:
            place = f"{district.id}/{broken.place}" if broken.place else district.id
            message = Message("{district}: {message}", message=broken.message, **words)
            yield Violation(broken.code, place, broken.what, broken.found, broken.required, message)
