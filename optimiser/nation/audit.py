"""The independent verifier of a nation's plans, from files alone: loans within pools, plans that keep every rule.

It counts what is lent from the table of loans and what is used from the plans, and leaves the rules of a district to
`model.checker`. It shares no code with what chooses; what borrowing means is defined once, in `files.read_nation`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimiser.common.message import Message
from optimiser.files.plan_origin import read_plan
from optimiser.files.read import read
from optimiser.files.read_nation import district_file, read_district, read_nation
from optimiser.model.checker import check
from optimiser.model.nation import District, Nation, lend
from optimiser.model.verdict import Violation
from optimiser.nation.run_files import LOANS, NOT_VERIFIED, PLANS, SUMMARY, read_claims, read_loans


@dataclass(frozen=True)
class Audit:
    """What the verifier found.

    Attributes
    ----------
    violations : of all rules; the place of what a district's plan breaks begins with the district.
    districts, pools : how many were checked.
    teams : teams lent in all.
    not_verified : what the summary in the folder claims and is not verified here, of `NOT_VERIFIED`.
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
        """Return the result in one sentence."""
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
        """Return what is to be known besides the rules."""
        lines = []
        if self.elsewhere:
            words = {"districts": ", ".join(self.elsewhere)}
            lines.append(Message("These plans name another version of their district (sha256): {districts}.", **words))
        if self.not_verified:
            parts = Message.chain(", ", (NOT_VERIFIED[name] for name in self.not_verified))
            lines.append(Message("Not verified, only written in the summary: {parts}.", parts=parts))
        return tuple(lines)

    def all_of_it(self) -> Message:
        """Return the result, and every violation on a line of its own."""
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
    loans = read_loans(folder / LOANS)
    violations, elsewhere = [*_of_pools(nation, loans)], []
    for district in nation.districts:
        found, same = _of_district(nation, district, Path(nation_file).parent, folder, loans)
        violations += found
        elsewhere += [] if same else [district.id]
    counts = (len(nation.districts), len(nation.pools), sum(loans.values()))
    return Audit(tuple(violations), *counts, read_claims(folder / SUMMARY), tuple(elsewhere))


def _of_pools(nation: Nation, loans: Counter[tuple[str, str]]) -> Iterator[Violation]:
    """No pool lends more than it has, nor to a district that it does not serve, nor is there any other pool."""
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


def _of_district(
    nation: Nation, district: District, home: Path, run: Path, loans: Counter[tuple[str, str]]
) -> tuple[list[Violation], bool]:
    """A district is written with what it has borrowed, and has a plan of its own that keeps every rule with it.

    Returns
    -------
    Violations, and whether the plan does not name another instance by its sha256.
    """
    words, pools = {"district": district.name}, nation.serving(district.id)
    instance = read_district(home, district.id, pools)
    lent = lend(instance, pools, {pool.id: loans[district.id, pool.id] for pool in pools})
    written, found = district_file(run, district.id), list[Violation]()
    if not written.is_file() or read(written).model_dump() != lent.model_dump():
        message = Message("{district}: the file of the run is not the district with what it borrows", **words)
        found.append(Violation("wrong-district", district.id, "", 0, 0, message))
    file = run / PLANS / f"{district.id}.json"
    if not file.is_file():
        return [*found, Violation("no-plan", district.id, "", 0, 1, Message("{district} has no plan", **words))], True
    plan, origin = read_plan(file, lent)
    if plan.instance != district.id:
        message = Message("the plan of {district} is one for '{instance}'", instance=plan.instance, **words)
        found.append(Violation("wrong-plan", district.id, plan.instance, 0, 0, message))
    for broken in check(lent, plan).violations:
        place = f"{district.id}/{broken.place}" if broken.place else district.id
        message = Message("{district}: {message}", message=broken.message, **words)
        found.append(Violation(broken.code, place, broken.what, broken.found, broken.required, message))
    return found, origin.same is not False
