"""What we may say about the result, in exact words, each only under its condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["proved-optimal", "within", "bound-only"]


@dataclass(frozen=True)
class Certificate:
    """A claim about a deployment on the planning scenarios.

    Attributes
    ----------
    kind : ``proved-optimal``, ``within`` (a share) or ``bound-only`` (no claim of quality beyond a trivial bound).
    objective : objective of the deployment on the planning scenarios, in points.
    bound : proved lower bound of every deployment's objective on the same scenarios.
    gap : (objective - bound) / objective.
    scenarios : number of planning scenarios.
    reasons : why nothing stronger may be said; empty when optimality is proved.
    compared : deployments that were simulated on all planning scenarios.
    """

    kind: Kind
    objective: float
    bound: float
    gap: float
    scenarios: int
    reasons: tuple[str, ...]
    compared: int

    @property
    def proved(self) -> bool:
        """Whether a statement about the distance to the optimum was proved that is worth the name."""
        return self.kind != "bound-only"

    @property
    def sentence(self) -> str:
        """The claim in words; nothing is said that its condition does not carry."""
        n = self.scenarios
        if self.kind == "proved-optimal":
            return (
                f"Proved optimal for these {n} scenarios: every feasible configuration of every place was simulated, "
                f"and the integer program closed its gap. For other scenarios this says nothing."
            )
        if self.kind == "within":
            return f"Within {100 * self.gap:.2f} % of the optimum for these {n} scenarios: a lower bound was proved."
        why = "; ".join(self.reasons)
        return (
            f"No proof of optimality ({why}). The best of {self.compared} deployments simulated on the same {n} "
            f"planning scenarios; the only proved lower bound is {self.bound:.4g} points, and it is trivial."
        )


def relative_gap(objective: float, bound: float) -> float:
    """Give (objective - bound) / objective, at least 0, and 0 where nothing is left to gain."""
    if objective - bound <= 1e-9 * max(1.0, abs(objective)):
        return 0.0
    return (objective - bound) / abs(objective) if objective else 1.0


def certify(
    objective: float, bound: float, scenarios: int, compared: int, *, exact: bool, reasons: tuple[str, ...]
) -> Certificate:
    """Choose the strongest statement whose condition holds.

    Parameters
    ----------
    exact : no interplay, and every feasible configuration of the declared grid was tabulated, so that `bound` is the
        bound of the true problem on these scenarios and not only of a model of it.
    """
    gap = relative_gap(objective, bound)
    if exact and gap == 0.0:
        return Certificate("proved-optimal", objective, bound, 0.0, scenarios, (), compared)
    if exact and bound > 0.0:
        return Certificate("within", objective, bound, gap, scenarios, reasons, compared)
    return Certificate("bound-only", objective, bound, gap, scenarios, reasons, compared)
