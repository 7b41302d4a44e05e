"""What we may say about the result, in exact words, each only under its condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimiser.common.message import Message
from optimiser.planning.magnitude import relative_gap

Kind = Literal["proved-optimal", "within", "bound-only"]
LOST_IN = 100  # scenarios in which the deployment must lose something before its true gap is spoken of; assumed
WORTH_SAYING = 0.5  # share of the bound: an objective farther above it is no claim of quality; assumed


@dataclass(frozen=True)
class LocalStatement:
    """What is known about every deployment one exchange away, on scenarios of its own.

    Attributes
    ----------
    compared : exchanges that were compared.
    better, worse : exchanges shown to be so; their simultaneous interval excludes 0.
    ties : exchanges that made no difference in any scenario.
    seldom : further exchanges that made one in too few scenarios to be judged, see `evaluation.enough`.
    delta : points by which no compared exchange is better, with this confidence for all of them at once.
    scenarios : scenarios simulated at most.
    confidence : simultaneous, over all exchanges.
    possible : single exchanges that there are; where they are too many, only every second, third ... is compared.
    """

    compared: int
    better: int
    worse: int
    ties: int
    seldom: int
    delta: float
    scenarios: int
    confidence: float
    possible: int

    @property
    def undecided(self) -> int:
        """Exchanges of which neither was shown."""
        return self.compared - self.better - self.worse - self.ties - self.seldom

    @property
    def sentence(self) -> Message:
        """The statement in words."""
        words = {
            "delta": self.delta,
            "compared": self.compared,
            "possible": self.possible,
            "scenarios": self.scenarios,
            "found": self._found(),
            "confidence": 100 * self.confidence,
        }
        if self.compared == self.possible:
            return Message(
                "No single exchange (a team or vehicle moved, swapped, called or held) was shown to be better by more "
                "than {delta:.3g} points: {compared:,} compared on {scenarios:,} fresh scenarios, {found}; "
                "simultaneous {confidence:g} % confidence.",
                **words,
            )
        return Message(
            "No compared exchange (a team or vehicle moved, swapped, called or held) was shown to be better by more "
            "than {delta:.3g} points: {compared:,} of {possible:,} compared on {scenarios:,} fresh scenarios, {found}; "
            "simultaneous {confidence:g} % confidence.",
            **words,
        )

    def _found(self) -> Message:
        words = {"better": self.better, "undecided": self.undecided, "ties": self.ties, "seldom": self.seldom}
        if self.better and self.seldom:
            return Message(
                "{better:,} seem better, {undecided:,} undecided, {ties:,} ties, {seldom:,} that matter in too few of "
                "them to be judged",
                **words,
            )
        if self.seldom:
            return Message(
                "{undecided:,} undecided, {ties:,} ties, {seldom:,} that matter in too few of them to be judged",
                **words,
            )
        if self.better:
            return Message("{better:,} seem better, {undecided:,} undecided, {ties:,} ties", **words)
        return Message("{undecided:,} undecided, {ties:,} ties", **words)


@dataclass(frozen=True)
class TrueGap:
    """How far the deployment is from the true optimum, over all scenarios there could be (Mak, Morton, Wood 1999).

    Attributes
    ----------
    gap : mean over independent sets of scenarios of the deployment's objective less the proved bound, in points.
    high : upper confidence limit of the true gap, in points.
    objective : mean over the same sets of the deployment's objective, in points.
    sets, scenarios : how many sets, and how many scenarios each has.
    confidence : one-sided.
    lost : scenarios of all sets together in which the deployment lost something. Where they are few, loss is rare, and
        an interval of means says nothing.
    """

    gap: float
    high: float
    objective: float
    sets: int
    scenarios: int
    confidence: float
    lost: int

    @property
    def share(self) -> float:
        """Upper limit as a share of the least that the true optimum may then be; infinite if that is nothing."""
        if self.high <= 0.0:
            return 0.0
        return self.high / (self.objective - self.high) if self.objective > self.high else float("inf")

    @property
    def sentence(self) -> Message:
        """The statement in words."""
        words = {
            "share": 100 * self.share,
            "high": self.high,
            "confidence": 100 * self.confidence,
            "sets": self.sets,
            "scenarios": self.scenarios,
            "lost": self.lost,
            "asked": LOST_IN,
        }
        if self.lost < LOST_IN:
            return Message(
                "Nothing can be said of the true optimum: in {sets} independent sets of {scenarios:,} scenarios this "
                "deployment lost something in {lost:,} only; {asked} are asked for.",
                **words,
            )
        if self.share > 1.0:
            return Message(
                "The true optimum is lower by {high:.3g} points at most, with {confidence:g} % confidence, which is "
                "too much to be a claim of quality: {sets} independent sets of {scenarios:,} scenarios, a bound "
                "proved on each.",
                **words,
            )
        return Message(
            "Within {share:.2f} % ({high:.3g} points) of the true optimum with {confidence:g} % confidence: {sets} "
            "independent sets of {scenarios:,} scenarios, a bound proved on each.",
            **words,
        )


@dataclass(frozen=True)
class Certificate:
    """A claim about a deployment on the planning scenarios, and what was found out besides.

    Attributes
    ----------
    kind : ``proved-optimal``, ``within`` (a share) or ``bound-only`` (a bound too loose to be a claim of quality).
    objective : objective of the deployment on the planning scenarios, in points.
    bound : proved lower bound of every deployment's objective on the same scenarios.
    gap : (objective - bound) / objective.
    scenarios : number of planning scenarios that it was chosen on, which may be fewer or more than were asked for.
    reasons : why nothing stronger may be said; empty when optimality is proved.
    compared : deployments compared on the planning scenarios, itself among them: each was simulated in all of them, or
        until it had cost as much as this one in all.
    local : about single exchanges; None where not asked for, or where it would say nothing new.
    true_gap : about all scenarios there could be; None unless asked for.
    listed : feasible deployments that there are, if the proof looked at each of them; 0 if it did not.
    """

    kind: Kind
    objective: float
    bound: float
    gap: float
    scenarios: int
    reasons: tuple[str, ...]
    compared: int
    local: LocalStatement | None = None
    true_gap: TrueGap | None = None
    listed: int = 0

    @property
    def proved(self) -> bool:
        """Whether a statement about the distance to the optimum was proved that is worth the name."""
        return self.kind != "bound-only"

    @property
    def sentence(self) -> Message:
        """The claim in words; nothing is said that its condition does not carry."""
        beside = [part.sentence for part in (self.true_gap, self.local) if part is not None]
        return Message.chain(" ", [self._on_these(), *beside])

    def _on_these(self) -> Message:
        if self.kind == "proved-optimal" and self.listed:
            return Message(
                "Proved optimal for these {n:,} scenarios: all {listed:,} feasible deployments were looked at, each "
                "until it had cost as much as this one costs in all of them. For other scenarios this says nothing.",
                n=self.scenarios,
                listed=self.listed,
            )
        if self.kind == "proved-optimal":
            return Message(
                "Proved optimal for these {n:,} scenarios: every feasible deployment was simulated or excluded by "
                "a proved bound, and the integer program closed its gap. For other scenarios this says nothing.",
                n=self.scenarios,
            )
        if self.kind == "within":  # a within-claim has a bound above nothing
            return Message(
                "Within {above:.2f} % of the optimum for these {n:,} scenarios: a lower bound was proved.",
                above=100 * (self.objective / self.bound - 1.0),
                n=self.scenarios,
            )
        words = {
            "why": Message.chain("; ", self.reasons),
            "best": self._best_of(),
            "bound": self.bound,
            "below": 100 * self.gap,
        }
        if self.bound <= 0.0:
            return Message(
                "No proof of optimality ({why}). {best}; the proved lower bound is {bound:.4g} points, which is "
                "trivial.",
                **words,
            )
        return Message(
            "No proof of optimality ({why}). {best}; the proved lower bound is {bound:.4g} points, which is "
            "{below:.0f} % below.",
            **words,
        )

    def _best_of(self) -> Message:
        if self.compared <= 1:
            return Message("Compared with no other deployment on the {n:,} planning scenarios", n=self.scenarios)
        return Message(
            "The best of {compared:,} deployments compared on the same {n:,} planning scenarios",
            compared=self.compared,
            n=self.scenarios,
        )


def certify(objective: float, bound: float, scenarios: int, compared: int, reasons: tuple[str, ...]) -> Certificate:
    """Choose the strongest statement whose condition holds.

    Parameters
    ----------
    bound : of the true problem on these scenarios, proved.
    reasons : why the gap, if there is one, was not closed.
    """
    gap = relative_gap(objective, bound)
    if gap == 0.0:
        return Certificate("proved-optimal", objective, bound, 0.0, scenarios, (), compared)
    kind: Kind = "within" if objective - bound <= WORTH_SAYING * bound else "bound-only"
    return Certificate(kind, objective, bound, gap, scenarios, reasons, compared)
