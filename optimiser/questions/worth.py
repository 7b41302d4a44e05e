"""What one more team or vehicle is worth: the optimum without it less the optimum with it.

Neither optimum is known. Where sectors are separate both are enclosed, each from above by a plan and from below by a
proved bound on independent sets of scenarios, and the interval carries the sampling error and both gaps (after Mak,
Morton, Wood 1999). Where sectors influence each other bounds are too loose for that: then the value is that of the two
plans found, and said to be no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure, span
from optimiser.common.progress import Watcher
from optimiser.model.admission import demand
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import a, checked, list_of, maybe
from optimiser.planning.certificate import LOST_IN
from optimiser.planning.evaluation import CONFIDENCE, Comparison, Evaluation, compare, evaluate, student
from optimiser.planning.law_range import LawRange, play_over_law, summarise_draws
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.local.local_search import local_search
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import Ending, after_replications, gap_below
from optimiser.planning.settings import Effort, Means, continued_budget, default_budget, default_reporting
from optimiser.planning.true_gap import ENOUGH, SETS
from optimiser.questions.resources import Resource, supply
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName, Floats, Spent
from optimiser.simulation.scenario import Scenarios, draw_set
from optimiser.simulation.simulator import Simulator

SET = 200  # scenarios of each independent set by default; assumed


@dataclass(frozen=True)
class Enclosure:
    """An interval of the difference of two unknown optima.

    Attributes
    ----------
    low, high : points; at least 0, because nobody has to use what is there.
    gap_without, gap_with : mean over the sets of plan less bound, in points: what of the width is not sampling.
    sets, scenarios : independent sets, and scenarios of each.
    confidence : of the interval, two-sided, the error split between its ends.
    spent : sets on which the budget ended one of the two searches; with more of it the interval might be narrower.
    """

    low: float
    high: float
    gap_without: float
    gap_with: float
    sets: int
    scenarios: int
    confidence: float
    spent: int


@dataclass(frozen=True)
class Worth:
    """What one more of a kind is worth.

    Attributes
    ----------
    resource : the kind of team or type of vehicle.
    heads : by which the cap grows.
    deployment : the plan found with one more.
    change : that plan minus the one without, paired on the reporting scenarios; negative is in favour of one more.
    placing : what standing there costs, with minus without, in points.
    optimum : the value in terms of both optima; None where no bound is worth saying.
    why : why there is none.
    spent : the budget ended the search for the plan with one more, which was not done.
    """

    resource: Resource
    heads: int
    deployment: Deployment
    change: Comparison
    placing: float
    optimum: Enclosure | None
    why: str
    spent: bool

    def sentence(self, instance: Instance, language: Language = ENGLISH) -> str:
        """Say what may be claimed."""
        name = self.resource.name(instance, language)
        if self.optimum is not None:
            low, high = (figure(v, language=language) for v in (self.optimum.low, self.optimum.high))
            return language(
                "One more {name} lowers the optimum by {low} to {high} points, with {percent} % confidence: {sets} "
                "independent sets of {n} scenarios, both optima enclosed on each.",
                name=name,
                low=low,
                high=high,
                percent=f"{100 * self.optimum.confidence:g}",
                sets=self.optimum.sets,
                n=language.number(f"{self.optimum.scenarios:,}"),
            )
        return language(
            "With one more {name} the plan found changes the loss by {change} points. That is the value of the plans "
            "found, not of the optima: {why}.",
            name=name,
            change=span(self.change.loss, True, language),
            why=language(self.why),
        )


@dataclass(frozen=True)
class Appraisal:
    """What one more of each kind is worth, on the same scenarios.

    Attributes
    ----------
    deployment : the plan without any of them.
    worths : in the order of the instance: kinds of team, then types of vehicle.
    spent : the budget ended the search for the plan without any of them, which was not done.
    law : name of the escalation law that all was simulated under.
    law_range : the plan without any of them, then each with one more, over the plausible constants of the law, and each
        with one more less the plan without.
    """

    instance: Instance
    deployment: Deployment
    worths: tuple[Worth, ...]
    seed: int
    scenarios: int
    reporting: int
    budget: int
    spent: bool
    law: str = DefaultLaw.name
    law_range: LawRange | None = None


@checked(resources=maybe(list_of(a(Resource, Message("name it, Resource('team', 'dalmas')")))))
def worth(
    instance: Instance,
    resources: Iterable[Resource] | None = None,
    plan: Deployment | None = None,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    reporting: int | None = None,
    budget: int | None = None,
    sets: int = SETS,
    size: int = SET,
    confidence: float = CONFIDENCE,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> Appraisal:
    """Work out what one more of each kind of team and type of vehicle is worth.

    Parameters
    ----------
    resources : what to look at; everything that the instance has if left out.
    plan : without one more; planned anew if left out. It must not have been chosen on the reporting scenarios.
    scenarios : planning scenarios on which the plans with one more are chosen.
    reporting : fresh scenarios for paired differences, see `settings.default_reporting`.
    budget : joint replications for each plan with one more; a fifth of that of a plan if left out.
    sets, size : independent sets for the difference of the optima, and scenarios of each.
    law, dispatch : exchangeable parts of the simulation; of the optima nothing is said under one of your own.

    Raises
    ------
    Forbidden : the plan given breaks a rule; every violation is named.
    Infeasible, NoPlan : there is no plan without one more.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    InputFault : the instance does not have a resource.
    """
    watcher = watcher or Watcher()
    if plan is not None:
        demand(instance, plan)
    means = Means.of(law, dispatch, engine, workers, solver)
    budget = continued_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seed=seed)
    wanted = every(instance) if resources is None else tuple(Resource.of(str(r), instance) for r in resources)
    with means.simulator(instance, watcher) as simulator:
        state = start_plan(simulator, plan, effort, means, watcher)
        base = _Base.of(state, effort, means)
        bounds = _Sets(state, replace(effort, scenarios=size), sets, means) if not base.unbounded else None
        losses, constants = base.play(simulator, base.plan.deployment)
        worths, ranged = [], [losses]
        for resource in wanted:
            watcher.reporting(Message("one more: {resource}", resource=resource))
            with means.simulator(supply(instance, resource, resource.amount(instance) + 1), watcher) as there:
                worths.append(base.value(there, resource, bounds, confidence))
                ranged.append(base.play(there, worths[-1].deployment)[0])
    pairs = [(number, 0) for number in range(1, len(ranged))]
    over_law = summarise_draws(np.concatenate(ranged, axis=1), pairs, constants)
    made = (effort.seed, effort.scenarios, effort.reporting, effort.budget, state.spent, means.law.name)
    return Appraisal(instance, base.plan.deployment, tuple(worths), *made, over_law)


def start_plan(simulator: Simulator, plan: Deployment | None, effort: Effort, means: Means, watcher: Watcher) -> Search:
    """Plan the instance without one more with the budget of a plan; improve the plan that is given instead."""
    instance, full = simulator.instance, default_budget(simulator.instance, effort.scenarios)
    if plan is not None:
        return improve_plan(simulator, draw_planning(simulator, effort), plan.numbers(instance), effort, means)
    watcher.started(instance.title)
    planning = draw_planning(simulator, replace(effort, budget=full))
    return search(
        simulator,
        planning,
        candidates(instance),
        after_replications(full),
        watcher,
        solver=means.solver,
        budget=full,
        spent=simulator.replications,
        interruptible=False,
    )


@dataclass(frozen=True)
class _Base:
    """The plan without one more, and what plans with one more are chosen and compared on.

    Attributes
    ----------
    unbounded : why nothing can be said about the optima; empty where it can.
    """

    plan: Evaluation
    planning: Scenarios
    reporting: Scenarios
    effort: Effort
    means: Means
    unbounded: str

    @classmethod
    def of(cls, state: Search, effort: Effort, means: Means) -> _Base:
        """Evaluate the plan of a search on fresh scenarios."""
        instance = state.simulator.instance
        fresh = effort.reporting_set(instance)
        plan = evaluate(state.simulator, state.deployment, fresh)
        return cls(plan, state.scenarios, fresh, effort, means, _no_bound(instance, means.law, means.dispatch))

    def play(self, simulator: Simulator, plan: Deployment) -> tuple[Floats, int]:
        """Simulate a plan of the simulator's instance over the plausible constants of the law, see `play_over_law`."""
        return play_over_law(simulator, plan.numbers(simulator.instance)[None], self.reporting)

    def value(self, simulator: Simulator, resource: Resource, bounds: _Sets | None, confidence: float) -> Worth:
        """Find a plan with one more, which the simulator's instance has, and compare it with the one without."""
        more, instance = simulator.instance, self.plan.played.instance
        before = self.plan.deployment.numbers(instance)
        state = improve_plan(simulator, self.planning, before, self.effort, self.means)
        deployment = Deployment.of_numbers(more, state.best, f"one more {resource.kind}")
        change = compare(evaluate(simulator, deployment, self.reporting), self.plan)
        optimum, why = bounds.enclose(simulator, state.best, confidence) if bounds else (None, self.unbounded)
        heads = int(more.cap) - int(instance.cap)
        placing = change.objective - change.loss.mean if instance.objective.tail_weight <= 0.0 else math.nan
        return Worth(resource, heads, deployment, change, placing, optimum, why, state.spent)


def every(instance: Instance) -> tuple[Resource, ...]:
    """List all kinds of team and types of vehicle."""
    teams = (Resource("team", t.id) for t in instance.teams)
    return (*teams, *(Resource("vehicle", v.id) for v in instance.vehicles))


def _no_bound(instance: Instance, law: EscalationLaw, dispatch: Dispatch) -> str:
    """Say why nothing can be said about the optima; empty where it can."""
    if joined := interplay(instance, dispatch, law):
        return Message("no bound is tight enough where {reason}", reason=joined[0])
    return Message("the mean of the worst cases is too low on a set") if instance.objective.tail_weight > 0.0 else ""


def improve_plan(simulator: Simulator, planning: Scenarios, plan: Numbers, effort: Effort, means: Means) -> Search:
    """Find the best plan near another one that is feasible; never one that is worse on the planning scenarios."""
    instance = simulator.instance
    if not interplay(instance, simulator.dispatch, simulator.law):
        return _close_gap(simulator, planning, plan, effort, means)
    state = Search(simulator, planning, Watcher(), plan, math.inf, 0.0)
    state.consider(plan)
    try:
        with simulator.allowance(effort.budget):
            for _ in local_search(state, state.best):
                pass
    except Spent:
        state.ended = Ending.BUDGET
    return state


def _close_gap(simulator: Simulator, scenarios: Scenarios, plan: Numbers, effort: Effort, means: Means) -> Search:
    """Search from a plan until its bound is near enough."""
    start, stop = {"plan": Deployment.of_numbers(simulator.instance, plan)}, gap_below(ENOUGH)
    return search(simulator, scenarios, start, stop, solver=means.solver, budget=effort.budget, interruptible=False)


class _Sets:
    """Independent sets of scenarios, with what the plan without one more loses there and what no plan can beat.

    With f the plan's objective on a set and b the proved bound of all plans there, b lies below the optimum in the mean
    and f above it. So f without - b with lies above the value in the mean, and b without - f with below it; both are
    taken on the same set, where what is common to them cancels.
    """

    def __init__(self, without: Search, effort: Effort, sets: int, means: Means) -> None:
        self.effort, self.means, simulator, plan = effort, means, without.simulator, without.best
        draws = (draw_set(simulator.instance, effort.seed, effort.scenarios, f"worth-{i}") for i in range(sets))
        self.scenarios = list(draws)
        self.without = [self._bound(simulator, plan, fresh) for fresh in self.scenarios]
        self.lost = sum(int(np.count_nonzero(simulator.totals(plan[None], fresh))) for fresh in self.scenarios)

    def _bound(self, simulator: Simulator, plan: Numbers, fresh: Scenarios) -> tuple[float, float, bool]:
        """Return the plan's objective on a set, a proved bound of every plan's, and whether the budget ended it."""
        state = _close_gap(simulator, fresh, plan, self.effort, self.means)
        return state.worth(plan), state.bound, state.spent

    def enclose(self, simulator: Simulator, plan: Numbers, confidence: float) -> tuple[Enclosure | None, str]:
        """Enclose the value of what the simulator's instance has more, given a plan that uses it."""
        if self.lost < LOST_IN:
            words = {"lost": self.lost, "asked": LOST_IN}
            why = Message("the plan lost something in {lost} scenarios only; {asked} are asked for", **words)
            return None, why
        more = [self._bound(simulator, plan, fresh) for fresh in self.scenarios]
        highs = [f - b for (f, _, _), (_, b, _) in zip(self.without, more, strict=True)]
        lows = [b - f for (_, b, _), (f, _, _) in zip(self.without, more, strict=True)]
        below, above = (_mean([f - b for f, b, _ in pairs]) for pairs in (self.without, more))
        low, high = _mean(lows) - _half(lows, confidence), _mean(highs) + _half(highs, confidence)
        spent = sum(a or b for (*_, a), (*_, b) in zip(self.without, more, strict=True))
        sets, size = len(self.scenarios), self.effort.scenarios
        return Enclosure(max(0.0, low), max(0.0, high), below, above, sets, size, confidence, spent), ""


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _half(values: Sequence[float], confidence: float) -> float:
    """Half-width of the two-sided interval: each end fails with half of the error."""
    return student(confidence, len(values) - 1) * float(np.std(values, ddof=1)) / math.sqrt(len(values))
