"""What the checker says of a deployment: violations, and where the heads are."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.common.message import Message


@dataclass(frozen=True)
class Violation:
    """One rule broken at one place.

    Attributes
    ----------
    code : name of the rule, one of `CODES`.
    place : identifier of the sector, post or accompaniment; empty where the rule is about all places.
    what : identifier of the team kind, role, vehicle type or other thing concerned; empty where there is none.
    found : number found, in the unit of the rule (teams, vehicles, heads or seats).
    required : least or most that was allowed, same unit; 0 for what must not be there.
    message : the same as a sentence for a planner, with names.
    """

    code: str
    place: str
    what: str
    found: int
    required: int
    message: Message

    @property
    def sentence(self) -> Message:
        """The message with the name of the rule, for a reader in any language."""
        return Message("{message} [{code}]", message=self.message, code=self.code)

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True)
class HeadCount:
    """Where the heads are. Always sectors + posts + accompanying + lost = counted + outside.

    Attributes
    ----------
    sectors, posts : heads there, of teams and of extra crews.
    crews : those of all these who are extra crews: of vehicles that take no crew from a team.
    lost : heads at places that the instance does not have; 0 in a deployment that passes.
    counted : deployed heads that count under the cap.
    cap : most heads that may count.
    outside : deployed heads that do not count under the cap.
    base : heads that would count, extra crews included, held at base.
    accompanying : heads that accompany a gathering, of teams and of extra crews.
    """

    sectors: int
    posts: int
    crews: int
    lost: int
    counted: int
    cap: int
    outside: int
    base: int
    accompanying: int = 0


@dataclass(frozen=True)
class Verdict:
    """What the checker found.

    Attributes
    ----------
    violations : all of them, in the order of the rules and of the instance.
    heads : where the heads are.
    rules : number of rules that were applied.
    """

    violations: tuple[Violation, ...]
    heads: HeadCount
    rules: int

    @property
    def passed(self) -> bool:
        """Return whether no rule is broken."""
        return not self.violations

    def sentence(self) -> Message:
        """Say the result in one sentence."""
        found = Message.plural("{n} violation", "{n} violations", len(self.violations))
        words = {"rules": self.rules, "violations": found}
        if self.passed:
            return Message("The checker passed this deployment: {rules} rules, {violations}.", **words)
        return Message("The checker refused this deployment: {rules} rules, {violations}.", **words)

    def all_of_it(self) -> Message:
        """Say the result, and every violation on a line of its own."""
        lines = (Message("  - {line}", line=violation.sentence) for violation in self.violations)
        return Message.chain("\n", [self.sentence(), *lines])

    def __str__(self) -> str:
        return str(self.all_of_it())
