"""A plan questioned: why these teams here, which limits bind, what comes next, and what the decision hangs on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.common.processors import processors
from optimiser.common.progress import Watcher
from optimiser.model.admission import playable
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.escalation_law import EscalationLaw, RiskLaw
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import checked
from optimiser.model.verdict import Verdict
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.planning.programs.feasibility import nearest_to
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.programs.pinned_plan import pinned_plan
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import NODES, candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.planning.settings import default_budget
from optimiser.questions.margins import Margin, measure_margins
from optimiser.questions.why.binding_limits import Limit, find_limits
from optimiser.questions.why.rival_plans import Rival, find_rivals
from optimiser.questions.why.sensitivity import Bench, Sensitivity, available, screen
from optimiser.questions.why.stress import Stress, stress
from optimiser.questions.why.uncertain_inputs import list_inputs
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import PLANNING, REPORTING, draw, draw_set
from optimiser.simulation.simulator import Simulator

MARGINS_ON = "margins"  # name of the set of scenarios that margins and slack are measured on
NEAREST = Message("nearest allowed plan")  # name of the rival that changes least to keep every rule


@dataclass(frozen=True)
class Explanation:
    """What was found out about one plan.

    Attributes
    ----------
    verdict : what the checker says of the plan, which may break rules.
    clash : where it is proved that no plan keeps every rule, the requirements that clash; otherwise empty.
    evaluation : the plan on the reporting scenarios.
    margins : one team fewer and one more, sector by sector.
    limits : requirements that the plan breaks, and those without slack, whose slack would bring most first.
    rivals : the next best plans; of a plan that breaks rules also the nearest one that breaks none, if there is any.
    sensitivity : over every input with a range.
    stress : the worst crowd found within the ranges; None where no input about the crowd has one.
    screened : whether trajectories of Morris were played; they need SALib.
    law : name of the escalation law that all was played under.
    """

    instance: Instance
    deployment: Deployment
    verdict: Verdict
    clash: tuple[str, ...]
    evaluation: Evaluation
    margins: tuple[Margin, ...]
    limits: tuple[Limit, ...]
    rivals: tuple[Rival, ...]
    sensitivity: Sensitivity
    stress: Stress | None
    screened: bool
    seed: int
    scenarios: int
    reporting: int
    trajectories: int
    law: str = RiskLaw.name

    @property
    def nearest(self) -> Rival | None:
        """The nearest plan that keeps every rule, as a rival of one that does not."""
        return next((rival for rival in self.rivals if rival.name == NEAREST), None)


@checked()
def explain(
    instance: Instance,
    plan: Deployment | None = None,
    *,
    seed: int = 1,
    scenarios: int = 300,
    reporting: int | None = None,
    budget: int | None = None,
    trajectories: int = 4,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    extra: Mapping[str, Deployment] | None = None,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
) -> Explanation:
    """Question a plan.

    A plan that breaks rules is played and explained like any other. What is said of changes to it then takes its own
    breaches for granted, as far as they go, and never counts a further one as possible.

    Parameters
    ----------
    plan : it may break rules; if left out, the one that the pins fix entirely, or else one made anew.
    scenarios : planning scenarios; what to compare with is chosen on them.
    reporting : fresh scenarios that every figure comes from; twice as many. A plan that was chosen with the same seed
        never saw them.
    budget : joint replications for planning, where no plan is given.
    trajectories : of Morris; 0 leaves them out.
    extra : further plans to compare with, by name.
    law, dispatch : exchangeable parts of the simulation.

    Raises
    ------
    Unplayable : the plan given names what the instance does not have.
    Infeasible, NoPlan : no plan is given nor fixed by pins, and there is none.
    Mismatch : one of `extra` is a plan of another instance.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    """
    for other in (extra or {}).values():
        other.belong(instance)
    watcher, workers, law = watcher or Watcher(), workers or processors(), law or RiskLaw()
    plan = pinned_plan(instance) if plan is None else plan
    passed = plan is None or playable(instance, plan).passed
    watcher.started(instance.title)
    reporting = reporting or 2 * scenarios
    budget = default_budget(instance, scenarios) if budget is None else budget
    planning, fresh = draw(instance, seed, scenarios, PLANNING), draw(instance, seed, reporting, REPORTING)
    known, clash = _know(instance, plan, passed)
    others = {**known, **(extra or {})}
    always = {name: other for name, other in known.items() if name == NEAREST}
    with Simulator(instance, law, dispatch, workers, engine, watcher.compiling) as simulator:
        if plan is None:
            first = {name: other for name, other in others.items() if check(instance, other).passed}
            found = search(simulator, planning, first, after_replications(budget), watcher, solver, budget=budget)
            if found.interrupted:
                raise KeyboardInterrupt
        else:
            found = Search(simulator, planning, watcher, plan.numbers(instance), math.inf, 0.0)
            found.rules = found.rules if passed else Rules(instance, bent=found.best)
            found.consider(found.best)
        watcher.reporting(Message("the plan and the next best ones"))
        evaluation = evaluate(simulator, found.deployment, fresh)
        rivals = find_rivals(found, evaluation, others, fresh, always)
        watcher.reporting(Message("one team fewer and one more, sector by sector"))
        aside = draw_set(instance, seed, reporting, MARGINS_ON)
        margins = measure_margins(simulator, found.rules, found.best, aside)
        watcher.reporting(Message("limits that bind"))
        limits = find_limits(found, aside)
    watcher.reporting(Message("assumed numbers, low and high"))
    plans = np.stack([found.best, *(rival.deployment.numbers(instance) for rival in rivals)])
    bench, inputs = Bench(instance, plans, seed, workers, engine, law, dispatch), list_inputs(instance)
    names = [rival.name for rival in rivals]
    sensitivity = screen(bench, inputs, names, REPORTING, scenarios=scenarios, trajectories=trajectories)
    watcher.reporting(Message("the worst plausible crowd"))
    crowd = [one for one in inputs if one.crowd]
    worst = stress(bench, crowd, REPORTING, start=sensitivity.worst, reporting=reporting) if crowd else None
    return Explanation(
        instance=instance,
        deployment=found.deployment,
        verdict=check(instance, found.deployment),
        clash=clash,
        evaluation=evaluation,
        margins=margins,
        limits=limits,
        rivals=rivals,
        sensitivity=sensitivity,
        stress=worst,
        screened=available() and trajectories > 0,
        seed=seed,
        scenarios=scenarios,
        reporting=reporting,
        trajectories=trajectories,
        law=law.name,
    )


def _know(instance: Instance, plan: Deployment | None, passed: bool) -> tuple[dict[str, Deployment], tuple[str, ...]]:
    """Make plans to compare with; where there are none a plan that is given is explained all the same."""
    try:
        known = candidates(instance)
        if plan is not None and not passed:
            known[NEAREST] = nearest_to(instance, plan, nodes=NODES).altered(title=NEAREST)
    except (Infeasible, NoPlan) as error:
        if plan is None:
            raise
        return {}, error.clashing if isinstance(error, Infeasible) else ()
    return known, ()
