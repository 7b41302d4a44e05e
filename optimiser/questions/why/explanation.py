"""A plan questioned: why these teams here, which limits bind, what comes next, and what the decision hangs on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.admission import playable
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.uncertain_inputs import list_inputs
from optimiser.model.values.arguments import checked
from optimiser.model.verdict import Verdict
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.planning.law_range import LawRange, few_scenarios, range_over_law
from optimiser.planning.margins import MARGINS_ON, Margin, measure_margins
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.feasibility import nearest_to
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import NODES, candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.planning.settings import Effort, Means, default_budget, default_reporting
from optimiser.questions.pinned_plan import pinned_plan
from optimiser.questions.why.binding_limits import BindingLimit, find_limits
from optimiser.questions.why.joint_draws import DRAWS, JointDraws, draw_jointly
from optimiser.questions.why.rival_plans import EXCHANGE, Rival, find_rivals
from optimiser.questions.why.routes import Routes, ask_routes, list_certain
from optimiser.questions.why.sensitivity import Bench, Sensitivity, salib_installed, screen
from optimiser.questions.why.standing import Standing, ask_standing
from optimiser.questions.why.stress import Stress, stress
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import REPORTING, Scenarios
from optimiser.simulation.simulator import Simulator

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
    stress : the worst crowd found within the ranges and over the routes; None where nothing about the crowd is open.
    routes : the plan on each route; None where no gathering may take more than one.
    screened : whether trajectories of Morris were simulated; they need SALib.
    law : name of the escalation law that all was simulated under.
    law_range : the plan, then each rival, over the plausible constants of the law, and the plan less each of them.
    standing : for accompaniments and movements in use, the plan against their units standing at one of their stops.
    standing_range : the same as `law_range`, for the plan and those in which units stand; None where none move.
    joint : the plan, the hand rules and other plans over joint draws of law and inputs; None where there are no others,
        or none were asked for.
    """

    instance: Instance
    deployment: Deployment
    verdict: Verdict
    clash: tuple[str, ...]
    evaluation: Evaluation
    margins: tuple[Margin, ...]
    limits: tuple[BindingLimit, ...]
    rivals: tuple[Rival, ...]
    sensitivity: Sensitivity
    stress: Stress | None
    screened: bool
    seed: int
    scenarios: int
    reporting: int
    trajectories: int
    law: str = DefaultLaw.name
    routes: Routes | None = None
    law_range: LawRange | None = None
    standing: tuple[Standing, ...] = ()
    standing_range: LawRange | None = None
    joint: JointDraws | None = None

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
    scenarios: int = 1000,
    reporting: int | None = None,
    budget: int | None = None,
    trajectories: int = 4,
    draws: int = DRAWS,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    extra: Mapping[str, Deployment] | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> Explanation:
    """Question a plan.

    A plan that breaks rules is simulated and explained like any other. What is said of changes to it then takes its own
    breaches for granted, as far as they go, and never counts a further one as possible.

    Parameters
    ----------
    plan : it may break rules; if left out, the one that the pins fix entirely, or else one made anew.
    scenarios : planning scenarios; what to compare with is chosen on them.
    reporting : fresh scenarios that every figure comes from, see `settings.default_reporting`. A plan that was chosen
        with the same seed never saw them.
    budget : joint replications for planning, where no plan is given.
    trajectories : of Morris; 0 leaves them out.
    draws : of all numbers with a range together, in each of which all plans at hand are compared; 0 leaves them out.
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
    watcher = watcher or Watcher()
    means = Means.of(law, dispatch, engine, workers, solver)
    plan = pinned_plan(instance) if plan is None else plan
    passed = plan is None or playable(instance, plan).passed
    watcher.started(instance.title)
    budget = default_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seed=seed)
    known, clash = _know(instance, plan, passed)
    others = {**known, **(extra or {})}
    with means.simulator(instance, watcher) as simulator:
        planning = draw_planning(simulator, effort)
        if plan is None:
            state = _plan(simulator, planning, others, effort, means, watcher)
        else:
            state = _question(simulator, planning, plan, passed, watcher)
        nearest = {name: other for name, other in known.items() if name == NEAREST}
        evaluation, rivals, margins, limits = _look_around(state, others, nearest, effort, watcher)
        ranged = _range_over_law(state, rivals, effort, watcher)
        watcher.reporting(Message("units that move, standing still"))
        standing = ask_standing(simulator, evaluation, effort)
        still_ranged = _range_over_law(state, standing, effort, watcher) if standing else None
    sensitivity, worst = _vary(instance, state, rivals, effort, means, trajectories, watcher)
    plans = _at_hand(state, others, rivals)
    joint = _draw(state, plans, draws, effort, means, watcher)
    routes = _route(state, plans, effort, means, watcher)
    return Explanation(
        instance=instance,
        deployment=state.deployment,
        verdict=check(instance, state.deployment),
        clash=clash,
        evaluation=evaluation,
        margins=margins,
        limits=limits,
        rivals=rivals,
        sensitivity=sensitivity,
        stress=worst,
        screened=salib_installed() and trajectories > 0,
        seed=effort.seed,
        scenarios=effort.scenarios,
        reporting=effort.reporting,
        trajectories=trajectories,
        law=means.law.name,
        routes=routes,
        law_range=ranged,
        standing=standing,
        standing_range=still_ranged,
        joint=joint,
    )


def _plan(
    simulator: Simulator,
    planning: Scenarios,
    others: Mapping[str, Deployment],
    effort: Effort,
    means: Means,
    watcher: Watcher,
) -> Search:
    """Make the plan that is explained where none is given, from those of the others that keep every rule."""
    first = {name: other for name, other in others.items() if check(simulator.instance, other).passed}
    return search(
        simulator,
        planning,
        first,
        after_replications(effort.budget),
        watcher,
        solver=means.solver,
        budget=effort.budget,
        spent=simulator.replications,
        interruptible=False,
    )


def _question(simulator: Simulator, planning: Scenarios, plan: Deployment, passed: bool, watcher: Watcher) -> Search:
    """Take the plan that is given as the incumbent; rules that it breaks are bent as far as it does."""
    state = Search(simulator, planning, watcher, plan.numbers(simulator.instance), math.inf, 0.0)
    state.rules = state.rules if passed else Rules(simulator.instance, bent=state.best)
    state.consider(state.best)
    return state


def _look_around(
    state: Search, others: Mapping[str, Deployment], always: Mapping[str, Deployment], effort: Effort, watcher: Watcher
) -> tuple[Evaluation, tuple[Rival, ...], tuple[Margin, ...], tuple[BindingLimit, ...]]:
    """Evaluate the plan on fresh scenarios, the next best ones, one unit more and less, and the limits that bind."""
    simulator, instance = state.simulator, state.simulator.instance
    fresh = effort.reporting_set(instance)
    watcher.reporting(Message("the plan and the next best ones"))
    evaluation = evaluate(simulator, state.deployment, fresh)
    rivals = find_rivals(state, evaluation, others, fresh, always)
    watcher.reporting(Message("one team fewer and one more, sector by sector"))
    aside = effort.another_set(instance, MARGINS_ON)
    margins = measure_margins(simulator, state.rules, state.best, aside)
    watcher.reporting(Message("limits that bind"))
    return evaluation, rivals, margins, find_limits(state, aside)


def _range_over_law(state: Search, others: Sequence[Rival | Standing], effort: Effort, watcher: Watcher) -> LawRange:
    """Simulate the plan and others over the plausible constants of the law."""
    watcher.reporting(Message("the plausible constants of the law"))
    instance = state.simulator.instance
    plans = np.stack([state.best, *(other.deployment.numbers(instance) for other in others)])
    pairs = [(0, number) for number in range(1, len(plans))]
    return range_over_law(state.simulator, plans, effort.reporting_set(instance), pairs)


def _vary(
    instance: Instance,
    state: Search,
    rivals: Sequence[Rival],
    effort: Effort,
    means: Means,
    trajectories: int,
    watcher: Watcher,
) -> tuple[Sensitivity, Stress | None]:
    """Vary every input with a range, and look for the worst crowd within ranges and routes; None where it has none."""
    watcher.reporting(Message("assumed numbers, low and high"))
    plans = np.stack([state.best, *(rival.deployment.numbers(instance) for rival in rivals)])
    bench, inputs = Bench(instance, plans, effort.seed, means), list_inputs(instance)
    names = [rival.name for rival in rivals]
    sensitivity = screen(bench, inputs, names, REPORTING, scenarios=effort.scenarios, trajectories=trajectories)
    watcher.reporting(Message("the worst plausible crowd"))
    routes = list_certain(instance)
    weights = {path for way in routes for path in way.values}  # moved all together, from one certain route to another
    crowd = [one for one in inputs if one.crowd and one.path not in weights]
    if not crowd and not routes:
        return sensitivity, None
    start = sensitivity.worst
    return sensitivity, stress(bench, crowd, REPORTING, start=start, routes=routes, reporting=effort.reporting)


def _at_hand(state: Search, others: Mapping[str, Deployment], rivals: Sequence[Rival]) -> dict[str, Numbers]:
    """List the plans at hand that keep every rule: those by hand and the next best ones."""
    instance = state.simulator.instance
    plans = {**others, **{rival.name: rival.deployment for rival in rivals}}
    return {name: plan.numbers(instance) for name, plan in plans.items() if check(instance, plan).passed}


def _draw(
    state: Search, plans: Mapping[str, Numbers], draws: int, effort: Effort, means: Means, watcher: Watcher
) -> JointDraws | None:
    """Look at the plan, those by hand and others but exchanges of its own units over joint draws of law and inputs."""
    instance = state.simulator.instance
    plans = {name: numbers for name, numbers in plans.items() if not name.startswith(EXCHANGE)}
    if not plans or not draws:
        return None
    watcher.reporting(Message("law and inputs, drawn together"))
    bench = Bench(instance, np.stack([state.best, *plans.values()]), effort.seed, means)
    return draw_jointly(bench, list(plans), list_inputs(instance), few_scenarios(instance, effort.reporting), draws)


def _route(
    state: Search, plans: Mapping[str, Numbers], effort: Effort, means: Means, watcher: Watcher
) -> Routes | None:
    """Look at the plan, those by hand and the next best ones on each route that a gathering may take."""
    instance = state.simulator.instance
    if not list_certain(instance):
        return None
    watcher.reporting(Message("routes, one by one"))
    bench = Bench(instance, np.stack([state.best, *plans.values()]), effort.seed, means)
    return ask_routes(bench, list(plans), REPORTING, scenarios=effort.scenarios, reporting=effort.aside)


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
