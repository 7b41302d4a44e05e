"""What a question is answered with: how much is looked at, and by which means.

Public functions take each setting by its own name and put them together here; everything below them takes an `Effort`
and `Means`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.common.processors import processors
from optimiser.common.progress import Watcher
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw, find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import check_arguments
from optimiser.planning.programs.solver import SolverName
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import PLANNING, REPORTING, Scenarios, draw_set
from optimiser.simulation.simulator import Simulator

BUDGET, LEAST_BUDGET, SECTORS = 500_000, 50_000, 12  # joint replications by default, of so many sectors; assumed
EACH = 500  # joint replications for each planning scenario: more would only fit the plan to them; assumed
PLANNED = 1000  # planning scenarios by default; assumed
REPORTED, FOR_EACH = 20_000, 20  # reporting scenarios of so many sectors, and for each planning one, at most; assumed
ASIDE = 2  # scenarios of any other set for each planning one; assumed
SHARE = 5  # a search from the plan of a similar problem gets one such part of the budget, less is scarce; assumed


@dataclass(frozen=True)
class Effort:
    """How much is looked at.

    Attributes
    ----------
    scenarios : planning scenarios, which plans are chosen on.
    reporting : fresh scenarios, which every figure comes from.
    budget : joint replications after which a search ends.
    seconds : wall time after which a search begins no new iteration, and limit of each run of the solver; None for no
        limit. What it cut cannot be replayed.
    seed : of every random stream.
    uncertain : whether each scenario has its own constants of the law and inputs, drawn from their ranges.

    Raises
    ------
    BadSetting : a value breaks the rule of its name; all that do are named.
    """

    scenarios: int
    reporting: int
    budget: int
    seconds: float | None = None
    seed: int = 1
    uncertain: bool = False

    def __post_init__(self) -> None:
        for name, value in check_arguments("Effort()", **vars(self)).items():
            object.__setattr__(self, name, value)

    @property
    def aside(self) -> int:
        """Scenarios of a set on which something is chosen, or measured besides: never more than report."""
        return min(self.reporting, ASIDE * self.scenarios)

    def planning_set(self, instance: Instance) -> Scenarios:
        """Draw the planning scenarios of an instance."""
        return self.another_set(instance, PLANNING, self.scenarios)

    def reporting_set(self, instance: Instance) -> Scenarios:
        """Draw the reporting scenarios of an instance."""
        return self.another_set(instance, REPORTING, self.reporting)

    def another_set(self, instance: Instance, group: str, count: int | None = None) -> Scenarios:
        """Draw a set of any name, of `aside` scenarios if nothing else is said."""
        return draw_set(instance, self.seed, count or self.aside, group, self.uncertain)


@dataclass(frozen=True)
class Means:
    """What simulates and solves.

    Attributes
    ----------
    law, dispatch : exchangeable parts of the simulation.
    engine : ``compiled``, ``simpy``, or ``auto`` for the compiled one where it can simulate law and dispatch rule.
    workers : threads, or processes of the SimPy engine.
    solver : ``highs`` or ``cbc``.

    Raises
    ------
    BadSetting : a value breaks the rule of its name; all that do are named.
    """

    law: EscalationLaw = field(default_factory=DefaultLaw)
    dispatch: Dispatch = send_nearest
    engine: EngineName = "auto"
    workers: int = 1
    solver: SolverName = "highs"

    def __post_init__(self) -> None:
        for name, value in check_arguments("Means()", **vars(self)).items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(
        cls,
        law: EscalationLaw | str | None,
        dispatch: Dispatch,
        engine: EngineName,
        workers: int | None,
        solver: SolverName,
    ) -> Means:
        """Put arguments of a public function together: without a law the default one, by default all processors."""
        return cls(find_law(law), dispatch, engine, workers or processors(), solver)

    def simulator(self, instance: Instance, watcher: Watcher) -> Simulator:
        """Return a simulator of an instance; the watcher is told if it has to be compiled first."""
        return Simulator(instance, self.law, self.dispatch, self.workers, self.engine, watcher.compiling)


def default_budget(instance: Instance, scenarios: int) -> int:
    """Return the joint replications after which a search ends by default.

    Fewer where each takes longer, and fewer where there are few scenarios to tell deployments apart.
    """
    return min(EACH * scenarios, max(LEAST_BUDGET, BUDGET * SECTORS // max(SECTORS, len(instance.sectors))))


def default_reporting(instance: Instance, scenarios: int) -> int:
    """Return how many fresh scenarios figures come from by default, the same whatever is asked of an instance.

    Fewer where each takes longer, but never fewer than twice the planning ones.
    """
    most = REPORTED * SECTORS // max(SECTORS, len(instance.sectors))
    return max(ASIDE * scenarios, min(FOR_EACH * scenarios, most))


def is_scarce(instance: Instance, scenarios: int, budget: int) -> bool:
    """Tell whether a budget is small for so many scenarios: to look at every exchange would take most of it."""
    return budget < default_budget(instance, scenarios) // SHARE


def continued_budget(instance: Instance, scenarios: int) -> int:
    """Return the same for a search that starts from the plan of a similar problem, with one unit more for example."""
    return max(scenarios, default_budget(instance, scenarios) // SHARE)
