"""The answer: a checked deployment, what it does on fresh scenarios, what it is compared with, what may be claimed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from optimiser.common.message import Message
from optimiser.common.notebook import make_card
from optimiser.common.number_format import ends
from optimiser.common.progress import Progress
from optimiser.common.version import installed
from optimiser.files.examination import examine_plan, tell_cut
from optimiser.model.cautions import Caution
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.verdict import Verdict
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import Comparison, Evaluation
from optimiser.planning.law_range import LawRange
from optimiser.planning.margins import Margin
from optimiser.planning.settings import Effort, Means
from optimiser.simulation.engine import EngineName
from optimiser.simulation.simulator import Simulator

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Settings:
    """Everything that decides the result, besides the instance.

    Attributes
    ----------
    seed : seed of every stream.
    scenarios : planning scenarios that were asked for; the certificate says how many the plan was chosen on.
    reporting : reporting scenarios.
    solver : ``highs`` or ``cbc``.
    law : name of the escalation law.
    budget : joint replications after which the loop begins no new iteration.
    engine : what simulated, ``compiled`` or ``simpy``; the numbers are the same.
    uncertain : whether each scenario had its own constants of the law and inputs.
    versions : of this package and of those that decide the result.
    """

    seed: int
    scenarios: int
    reporting: int
    solver: str
    law: str
    budget: int
    engine: EngineName
    uncertain: bool = False
    versions: dict[str, str] = field(default_factory=installed)

    @classmethod
    def of(cls, effort: Effort, means: Means, simulator: Simulator) -> Settings:
        """Note what was used; the simulator knows which engine it was."""
        used = (means.solver, simulator.law.name, effort.budget, simulator.engine.name, effort.uncertain)
        return cls(effort.seed, effort.scenarios, effort.reporting, *used)


@dataclass(frozen=True)
class Alternative:
    """Another deployment on the same reporting scenarios.

    Attributes
    ----------
    name : hand rule, ``historical``, or the planner's own.
    evaluation : what it does.
    against : the plan minus this alternative, paired; negative is in the plan's favour.
    verdict : of the checker; an alternative from elsewhere may violate requirements and is shown all the same.
    """

    name: str
    evaluation: Evaluation
    against: Comparison
    verdict: Verdict


@dataclass(frozen=True)
class Lever:
    """What it would bring if an official promised to receive the delegation: with minus without, paired."""

    sector: str
    minutes: float
    change: Comparison


@dataclass(frozen=True)
class Solution:
    """What planning gives back.

    Attributes
    ----------
    deployment : the plan; it passed the checker.
    planning_objective : its objective on the planning scenarios, which flatters it.
    evaluation : on the reporting scenarios; every printed figure comes from here.
    alternatives : hand rules and the historical plan on the same reporting scenarios.
    levers : reception of the delegation, official by official.
    margins : one team or vehicle fewer and one more, sector by sector, on fresh scenarios; the same as `explain` says.
    replayable : False where the clock decided anything.
    interrupted : True where the user ended the loop.
    law_range : the plan, then each alternative, over the plausible constants of the law, and the plan less each of
        them; None where the user ended the loop or did not ask for it.
    """

    instance: Instance
    deployment: Deployment
    planning_objective: float
    evaluation: Evaluation
    alternatives: tuple[Alternative, ...]
    levers: tuple[Lever, ...]
    margins: tuple[Margin, ...]
    certificate: Certificate
    verdict: Verdict
    history: tuple[Progress, ...]
    settings: Settings
    replayable: bool
    interrupted: bool
    law_range: LawRange | None = None

    def frame(self) -> pd.DataFrame:
        """The plan as a data frame, one row a place and kind; see `Deployment.table`."""
        return self.deployment.table(self.instance)

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What is unusual in the instance and in the plan, see `examination.examine_plan`."""
        return examine_plan(self.instance, self.deployment)

    @property
    def not_counted(self) -> Message | None:
        """What is expected after the end of the period, in one sentence; None where nothing is."""
        return tell_cut(self.instance)

    @property
    def proved(self) -> bool:
        """Whether a distance to the optimum is proved for as many planning scenarios as were asked for, or more."""
        return self.certificate.proved and self.certificate.scenarios >= self.settings.scenarios

    @property
    def optimism(self) -> float:
        """Points by which the planning scenarios flatter the plan: reporting minus planning objective."""
        return self.evaluation.objective - self.planning_objective

    def summary(self) -> dict[str, Any]:
        """The figures a caller asks for first.

        The half-width is half of the interval's width, whose ends need not be equally far from the mean, see
        `Interval`; None where few scenarios carry the mean. The ends of the band are of the loss over the law's ranges,
        None where that was not measured.
        """
        half = self.evaluation.loss.half
        return {
            "objective": self.evaluation.objective,
            "half_width": half if math.isfinite(half) else None,
            "band": list(self.law_range.losses[0]) if self.law_range else None,
            "certificate": self.certificate.sentence,
            "checked": self.verdict.passed,
        }

    def _repr_html_(self) -> str:
        """Show plan, loss and claim in a notebook."""
        loss = self.evaluation.loss
        interval = f"[{loss.low:.1f}, {loss.high:.1f}]" if math.isfinite(loss.half) else ends(loss)
        band = self.law_range.losses[0] if self.law_range else None
        over_law = f"; between {band.low:.1f} and {band.high:.1f} over the law's ranges" if band else ""
        facts = {
            "expected loss": f"{loss.mean:.1f} {interval} points{over_law}",
            "claim": self.certificate.sentence,
            "checked": self.verdict.sentence(),
        }
        if self.interrupted:
            facts["interrupted"] = "the best plan until then"
        table = self.frame()[["place_name", "role", "number", "heads"]]
        return make_card(self.instance.title, facts, tuple(table.columns), table.itertuples(index=False, name=None))
