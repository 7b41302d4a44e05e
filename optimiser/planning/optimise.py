"""From an instance to a solution: hand rules, the search, the checker, and the evaluation on fresh scenarios."""

from __future__ import annotations

from collections.abc import Mapping

from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import checked
from optimiser.planning.assessment import assess, verified
from optimiser.planning.planning_scenarios import draw_both
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.exhaustive.elimination import eliminate_asked
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import joined_by_movements_alone
from optimiser.planning.search.stop_rules import StopRule
from optimiser.planning.settings import EACH, Effort, Means, default_budget, default_reporting, is_scarce
from optimiser.planning.solution import Settings, Solution
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName


@checked()
def optimise(
    instance: Instance,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    reporting: int | None = None,
    solver: SolverName = "highs",
    workers: int | None = None,
    seconds: float | None = None,
    budget: int | None = None,
    stop: StopRule | None = None,
    watcher: Watcher | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    extra: Mapping[str, Deployment] | None = None,
    levers: bool = True,
    engine: EngineName = "auto",
    certify: bool = False,
    over_law: bool = True,
    uncertain: bool = False,
) -> Solution:
    """Plan the deployment of one instance.

    Parameters
    ----------
    instance : the problem.
    seed : seed of every random stream; same seed, same result, whatever the number of processes.
    scenarios : planning scenarios the plan is chosen on. With a large budget the search goes on in more of them; where
        units that move are all that joins sectors, one with a scarce budget begins in few and may not come to all. The
        certificate says how many it were.
    reporting : fresh scenarios every reported figure comes from; see `settings.default_reporting`.
    solver : ``highs`` or ``cbc``.
    workers : threads, or processes of the SimPy engine; all cores by default.
    seconds : wall time after which the search begins no new iteration; a run that it cut is not replayable. What
        follows the search takes its own time.
    budget : joint replications after which the search ends, see `settings.default_budget`; the first candidates are
        simulated in any case. A sector simulated alone counts as its share of one.
    stop : a further stop rule.
    watcher : told about progress.
    law, dispatch : exchangeable parts of the simulation.
    extra : further deployments to show beside the plan, whether or not they pass the checker; those that pass are also
        first candidates of the loop.
    levers : whether to measure what the reception of a delegation would bring.
    engine : ``compiled``, ``simpy``, or ``auto`` for the compiled one where it can play law and dispatch rule.
    certify : whether to bound the distance from the true optimum, over all scenarios there could be; takes as long as
        planning some ten times. Where sectors influence each other all feasible deployments are looked at besides if
        they are not too many, see `search.exhaustive`, which takes up to ten minutes. Both speak of no fewer
        scenarios than are asked for, so that the search begins in all of them, whatever the budget.
    over_law : whether to simulate the plan and the others over the plausible constants of the law, see `law_range`;
        takes some tenth of the search.
    uncertain : whether each scenario has its own constants of the law and inputs, drawn from their ranges, so that the
        plan is chosen and its figures are given over them.

    Raises
    ------
    Infeasible : it is proved that no deployment meets the requirements.
    NoPlan : none was found within the limits.
    KeyboardInterrupt : interrupted before any deployment was found; `Cancelled` where that came from `cancelled_by`.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    Mismatch : one of `extra` is a plan of another instance.
    """
    watcher = watcher or Watcher()
    watcher.started(instance.title)
    means = Means.of(law, dispatch, engine, workers, solver)
    budget = default_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seconds, seed, uncertain)
    others = dict(extra or {})
    for other in others.values():
        other.belong(instance)
    first = candidates(instance)
    start = {**first, **{name: other for name, other in others.items() if check(instance, other).passed}}
    with means.simulator(instance, watcher) as simulator:
        if simulator.why_slow:
            watcher.slow(simulator.why_slow)
        alone = joined_by_movements_alone(instance, means.dispatch, means.law, uncertain)
        growing = alone and not certify and is_scarce(instance, scenarios, budget)  # a proof is of what was asked for
        planning, closer = (effort.planning_set(instance), None) if growing else draw_both(simulator, effort, first)
        state = search(
            simulator,
            planning,
            start,
            stop,
            watcher,
            solver=solver,
            seconds=seconds,
            budget=budget,
            spent=simulator.replications,
            closer=closer,
            first=EACH * scenarios,
            growing=growing,
        )
        if certify and not state.interrupted:
            eliminate_asked(state)
        verdict = verified(instance, state.deployment)
        asked = {"levers": levers, "over_law": over_law, "certify": certify}
        assessed = assess(state, {**first, **others}, effort, watcher, solver=solver, **asked)
        settings = Settings.of(assessed.effort, means, simulator)
    return Solution(
        instance=instance,
        deployment=state.deployment,
        planning_objective=state.value,
        evaluation=assessed.evaluation,
        alternatives=assessed.alternatives,
        levers=assessed.levers,
        margins=assessed.margins,
        certificate=assessed.certificate,
        verdict=verdict,
        history=state.history,
        settings=settings,
        replayable=state.replayable,
        interrupted=state.interrupted,
        law_range=assessed.law_range,
    )
