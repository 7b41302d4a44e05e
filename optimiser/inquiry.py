"""A plan questioned: why these teams here, which limits bind, what comes next, and what the decision hangs on."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.admission import demand
from optimiser.binding import Limit, find_limits
from optimiser.checker import check
from optimiser.deployment import Deployment
from optimiser.engine import EngineName
from optimiser.evaluation import Evaluation, evaluate
from optimiser.handrules import candidates
from optimiser.inputs import list_inputs
from optimiser.instance import Instance
from optimiser.loop import search
from optimiser.margins import Margin, measure_margins
from optimiser.planning import default_budget
from optimiser.progress import Watcher
from optimiser.rivals import Rival, find_rivals
from optimiser.scenario import PLANNING, REPORTING, draw
from optimiser.search import Search
from optimiser.sensitivity import Bench, Sensitivity, available, screen
from optimiser.simulation import Simulator
from optimiser.solver import SolverName
from optimiser.stop import after_replications
from optimiser.stress import Stress, stress

MARGINS_ON = "margins"  # name of the set of scenarios that margins and slack are measured on


@dataclass(frozen=True)
class Inquiry:
    """What was found out about one plan.

    Attributes
    ----------
    evaluation : the plan on the reporting scenarios.
    margins : one team fewer and one more, sector by sector.
    limits : requirements without slack, those whose slack would bring most first.
    rivals : the next best plans.
    sensitivity : over every input with a range.
    stress : the worst crowd found within the ranges; None where no input about the crowd has one.
    screened : whether trajectories of Morris were played; they need SALib.
    """

    instance: Instance
    plan: Deployment
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


def inquire(
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
) -> Inquiry:
    """Question a plan.

    Parameters
    ----------
    plan : made anew if left out.
    scenarios : planning scenarios; what to compare with is chosen on them.
    reporting : fresh scenarios that every figure comes from; twice as many. A plan that was chosen with the same seed
        never saw them.
    budget : joint replications for planning, where no plan is given.
    trajectories : of Morris; 0 leaves them out.
    extra : further plans to compare with, by name.

    Raises
    ------
    Forbidden : the plan given breaks a rule; every violation is named.
    Infeasible, NoPlan : there is no plan.
    """
    watcher, workers = watcher or Watcher(), workers or os.cpu_count() or 1
    if plan is not None:
        demand(instance, plan)
    watcher.started(instance.title)
    reporting = reporting or 2 * scenarios
    budget = default_budget(instance, scenarios) if budget is None else budget
    planning, fresh = draw(instance, seed, scenarios, PLANNING), draw(instance, seed, reporting, REPORTING)
    others = {**candidates(instance), **(extra or {})}
    with Simulator(instance, workers=workers, engine=engine, tell=watcher.compiling) as simulator:
        if plan is None:
            first = {name: other for name, other in others.items() if check(instance, other).passed}
            found = search(simulator, planning, first, after_replications(budget), watcher, solver, budget=budget)
            if found.interrupted:
                raise KeyboardInterrupt
        else:
            found = Search(simulator, planning, watcher, plan.numbers(instance), math.inf, 0.0)
            found.consider(found.best)
        watcher.reporting("the plan and the next best ones")
        evaluation = evaluate(simulator, found.deployment, fresh)
        rivals = find_rivals(found, evaluation, others, fresh)
        watcher.reporting("one team fewer and one more, sector by sector")
        aside = draw(instance, seed, reporting, MARGINS_ON)
        margins = measure_margins(simulator, found.best, aside)
        watcher.reporting("limits that bind")
        limits = find_limits(found, aside)
    watcher.reporting("assumed numbers, low and high")
    plans = np.stack([found.best, *(rival.deployment.numbers(instance) for rival in rivals)])
    bench, inputs = Bench(instance, plans, seed, workers, engine), list_inputs(instance)
    names = [rival.name for rival in rivals]
    sensitivity = screen(bench, inputs, names, REPORTING, scenarios=scenarios, trajectories=trajectories)
    watcher.reporting("the worst plausible crowd")
    crowd = [one for one in inputs if one.crowd]
    worst = stress(bench, crowd, REPORTING, start=sensitivity.worst, reporting=reporting) if crowd else None
    return Inquiry(
        instance=instance,
        plan=found.deployment,
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
    )
