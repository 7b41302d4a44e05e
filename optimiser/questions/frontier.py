"""How many are enough? The best plan found for each amount of a resource, on the same scenarios.

Every level is planned on the same planning scenarios and shown on the same reporting scenarios, so that levels are
compared in pairs. A plan that is feasible with less is feasible with more; each level therefore keeps the best of all
plans that are feasible there, and the planning objective never rises along the curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import a, checked, maybe
from optimiser.planning.evaluation import Evaluation, compare, evaluate
from optimiser.planning.law_range import LawRange, play_over_law, summarise_draws
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.planning.settings import Effort, Means, continued_budget, default_reporting
from optimiser.questions.levels import Frontier, Level
from optimiser.questions.resources import Resource, supply
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

TOLERANCE = 0.1  # of the largest level's loss: what is not worth more people; assumed, to be set by the planner

__all__ = ["Frontier", "Level", "frontier"]


@checked(resource=maybe(a(Resource, Message("name it, Resource('team', 'dalmas')"))))
def frontier(
    instance: Instance,
    amounts: Sequence[int],
    resource: Resource | None = None,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    reporting: int | None = None,
    budget: int | None = None,
    tolerance: float | None = None,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    extra: Mapping[str, Deployment] | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> Frontier:
    """Plan an instance for each amount of a resource and compare the levels.

    Parameters
    ----------
    amounts : of the resource, in any order.
    resource : heads if left out.
    scenarios : planning scenarios, the same for every level.
    reporting : fresh scenarios that every figure comes from, the same for every level, see
        `settings.default_reporting`.
    budget : joint replications for each level; a fifth of that of a plan if left out.
    tolerance : points that are not worth more of the resource; a tenth of the largest level's loss if left out.
    extra : further first candidates, used wherever they are feasible.
    law, dispatch : exchangeable parts of the simulation.

    Returns
    -------
    The frontier; levels without a plan say which requirements clash.

    Raises
    ------
    BadSetting : an argument is none that can be used; all that are wrong are named.
    InputFault : the instance does not have the resource.
    Mismatch : one of `extra` is a plan of another instance.
    KeyboardInterrupt : interrupted; there is no half of a frontier.
    """
    for other in (extra or {}).values():
        other.belong(instance)
    resource = Resource.of(str(resource), instance) if resource else Resource("heads")
    watcher = watcher or Watcher()
    means = Means.of(law, dispatch, engine, workers, solver)
    budget = continued_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seed=seed)
    levels = _share(_plan_levels(instance, sorted(set(amounts)), resource, extra or {}, effort, means, watcher))
    watcher.reporting(Message("levels"))
    with means.simulator(instance, watcher) as simulator:
        fresh = effort.reporting_set(instance)
        levels = _evaluate(levels, simulator, fresh, resource)
        watcher.reporting(Message("the plausible constants of the law"))
        ranged = _range_over_law(levels, simulator, fresh)
    planned = [level.evaluation for level in levels if level.evaluation is not None]
    share = TOLERANCE if tolerance is None else None
    if tolerance is None:
        tolerance = TOLERANCE * planned[-1].loss.mean if planned else 0.0
    made = (effort.seed, effort.scenarios, effort.reporting, effort.budget, means.law.name)
    return Frontier(instance, resource, tuple(levels), tolerance, share, *made, ranged)


def _plan_levels(
    instance: Instance,
    amounts: Sequence[int],
    resource: Resource,
    extra: Mapping[str, Deployment],
    effort: Effort,
    means: Means,
    watcher: Watcher,
) -> list[Level]:
    """Plan each level, from hand rules, further candidates and the plan of the level below."""
    with means.simulator(instance, watcher) as simulator:
        planning, known = draw_planning(simulator, effort), dict(extra)
    part, levels = resource.part(instance), list[Level]()
    named = Message("Heads") if part is None else part.name
    for amount in amounts:
        watcher.started(Message("{resource}: {amount}", resource=named, amount=amount))
        level = Level(amount, supply(instance, resource, amount))
        with means.simulator(level.instance, watcher) as simulator:
            level = _plan(level, simulator, planning, known, effort, means, watcher)
        levels.append(level)
        if level.deployment is not None:
            known = {**extra, Message("the level below"): level.deployment}
    return levels


def _plan(
    level: Level,
    simulator: Simulator,
    planning: Scenarios,
    known: Mapping[str, Deployment],
    effort: Effort,
    means: Means,
    watcher: Watcher,
) -> Level:
    """Search one level from hand rules and the plans known."""
    first = {name: plan for name, plan in known.items() if check(level.instance, plan).passed}
    try:
        first = {**first, **candidates(level.instance)}
    except Infeasible as error:
        if not first:
            return replace(level, why=error.clashing)
    except NoPlan:
        if not first:
            return level
    state = search(
        simulator,
        planning,
        first,
        after_replications(effort.budget),
        watcher,
        solver=means.solver,
        budget=effort.budget,
        interruptible=False,
    )
    return replace(level, deployment=state.deployment, planning=state.value, spent=state.spent)


def _share(levels: Sequence[Level]) -> list[Level]:
    """Return each level the best of all plans that are feasible there, so that the planning objective never rises."""
    plans = [(level.planning, i, level.deployment) for i, level in enumerate(levels) if level.deployment is not None]
    result = []
    for level in levels:
        fitting = [(value, i, plan) for value, i, plan in plans if check(level.instance, plan).passed]
        if fitting:
            value, _, plan = min(fitting, key=lambda one: one[:2])
            result.append(replace(level, deployment=plan, planning=value))
        else:
            result.append(level)
    return result


def _evaluate(levels: Sequence[Level], simulator: Simulator, fresh: Scenarios, resource: Resource) -> list[Level]:
    """Simulate every plan once on the reporting scenarios; nothing of what is simulated depends on how many exist."""
    played: dict[str, Evaluation] = {}
    for level in levels:
        if level.deployment is not None and level.deployment.fingerprint() not in played:
            played[level.deployment.fingerprint()] = evaluate(simulator, level.deployment, fresh)
    done = [
        replace(level, evaluation=played[level.deployment.fingerprint()], used=_used(level, resource))
        if level.deployment is not None
        else level
        for level in levels
    ]
    planned = [i for i, level in enumerate(done) if level.evaluation is not None]
    for place, i in enumerate(planned):
        here, last = done[i].evaluation, done[planned[-1]].evaluation
        before = done[planned[place - 1]].evaluation if place else None
        assert here is not None
        assert last is not None
        done[i] = replace(
            done[i],
            against=compare(here, last) if i != planned[-1] else None,
            before=compare(here, before) if before is not None else None,
        )
    return done


def _range_over_law(levels: Sequence[Level], simulator: Simulator, fresh: Scenarios) -> LawRange | None:
    """Simulate every plan once over the plausible constants of the law; None where no level has one."""
    plans = [level.deployment for level in levels if level.deployment is not None]
    if not plans:
        return None
    once = {plan.fingerprint(): plan for plan in plans}
    rows = [list(once).index(plan.fingerprint()) for plan in plans]
    losses, constants = play_over_law(
        simulator, np.stack([plan.numbers(simulator.instance) for plan in once.values()]), fresh
    )
    last = len(plans) - 1
    return summarise_draws(losses[:, rows], [(level, last) for level in range(last)], constants)


def _used(level: Level, resource: Resource) -> int:
    """Count what a plan uses of the resource."""
    assert level.deployment is not None
    frame, numbers = Frame.of(level.instance), level.deployment.numbers(level.instance).sum(axis=0)
    if resource.sort == "heads":
        return sum(int(n) * h for n, h, kind in zip(numbers, frame.heads, frame.kinds, strict=True) if kind.counts)
    part = resource.part(level.instance)
    return int(numbers[next(k for k, kind in enumerate(frame.kinds) if kind is part)])
