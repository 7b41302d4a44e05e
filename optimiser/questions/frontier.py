"""How many are enough? The best plan found for each amount of a resource, on the same futures.

Every level is planned on the same planning scenarios and shown on the same reporting scenarios, so that levels are
compared in pairs. A plan that is feasible with less is feasible with more; each level therefore keeps the best of all
plans that are feasible there, and the planning objective never rises along the curve.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean
from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.escalation_law import EscalationLaw, RiskLaw
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import a, checked, maybe
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.planning.settings import Effort, Means, continued_budget
from optimiser.questions.resources import Resource, supply
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

TOLERANCE = 0.1  # of the largest level's loss: what is not worth more people; assumed, to be set by the planner


@dataclass(frozen=True)
class Level:
    """One amount of the resource and the best plan found for it.

    Attributes
    ----------
    amount : heads allowed, teams or vehicles that exist.
    instance : the problem with that amount; see `resources.supply`.
    deployment : the plan; None where there is none.
    planning : its objective on the planning scenarios, in points; infinite where there is none.
    used : of the resource, in the plan: heads that count in the cap, teams or vehicles.
    evaluation : on the reporting scenarios.
    against : this level minus the largest one, paired.
    before : this level minus the next lower one that has a plan, paired; None for the first.
    why : where there is no plan, the requirements that clash; empty where none was found and nothing is proved.
    spent : the budget ended the search of this level, which was not done.
    """

    amount: int
    instance: Instance
    deployment: Deployment | None = None
    planning: float = math.inf
    used: int = 0
    evaluation: Evaluation | None = None
    against: Comparison | None = None
    before: Comparison | None = None
    why: tuple[str, ...] = ()
    spent: bool = False


@dataclass(frozen=True)
class Frontier:
    """Levels of a resource, the smallest first.

    Attributes
    ----------
    tolerance : points by which a level may lose more than the largest one and still be called enough.
    share : the same as a share of the largest level's loss, where it was given so.
    scenarios, reporting, seed, budget : how it was made; the budget is in joint replications, for each level.
    law : name of the escalation law that every level was played under.
    """

    instance: Instance
    resource: Resource
    levels: tuple[Level, ...]
    tolerance: float
    share: float | None
    seed: int
    scenarios: int
    reporting: int
    budget: int
    law: str = RiskLaw.name

    @property
    def planned(self) -> tuple[Level, ...]:
        """Levels that have a plan."""
        return tuple(level for level in self.levels if level.evaluation is not None)

    @property
    def knee(self) -> Level | None:
        """The smallest level that is not shown to lose more than the largest one by more than the tolerance.

        All smaller ones are shown to. Going up from the smallest and stopping at the first that is not, the confidence
        of 95 % (one-sided 97.5 %) is that of all statements together: fixed-sequence testing. None where too few
        scenarios tell that level from the largest for anything to be shown of it, see `unclear`.
        """
        return None if self.unclear else self._first

    @property
    def unclear(self) -> Level | None:
        """The level that would be the knee, where too few scenarios tell it from the largest to show anything."""
        first = self._first
        return first if first is not None and first.against is not None and first.against.loss.rare else None

    @property
    def _first(self) -> Level | None:
        return next((x for x in self.planned if x.against is None or x.against.loss.low <= self.tolerance), None)

    @property
    def sure(self) -> Level | None:
        """The smallest level that is, as are all larger ones, shown to lose no more than the tolerance beyond it."""
        found = None
        for level in reversed(self.planned):
            if not self.enough(level):
                break
            found = level
        return found

    def enough(self, level: Level) -> bool:
        """Tell whether a level is shown to lose no more than the tolerance beyond the largest one.

        Where they differ in few scenarios, or in none, nothing is shown, see `evaluation.enough`: what one of
        them loses may be rarer than that. Two levels with the same plan lose the same.
        """
        if level.against is None:
            return level.evaluation is not None
        return level.against.loss.high <= self.tolerance

    def word(self, level: Level) -> Message:
        """Say in a word what is shown of a level."""
        if level.evaluation is None:
            return Message("not possible, see below") if level.why else Message("no plan found")
        if level.against is None:
            return Message("the largest")
        if level is self.knee:
            return Message("the fewest not shown to be too few")
        if level.against.loss.low > self.tolerance:
            return Message("too few")
        return Message("enough") if self.enough(level) else Message("not decided")

    def sentence(self, language: Language = ENGLISH) -> str:
        """Answer how many are enough, in words that carry their condition."""
        knee, sure = self._first, self.sure
        if knee is None or sure is None:
            return language("No level has a plan.")
        last, unit, tolerance = self.planned[-1], self.unit(language), figure(self.tolerance, language=language)
        largest = language.number(f"{last.amount:,}")
        if len(self.planned) == 1:
            return language("Of all levels only {largest} {unit} has a plan.", largest=largest, unit=unit)
        exact = self.tolerance <= 0.0  # "by more than 0 points" says no more than that it loses more
        if knee.against is None or knee is last:
            if exact:
                return language(
                    "Every smaller level that has a plan is shown to lose more than {largest} {unit}: no level looked "
                    "at below {largest} is enough.",
                    largest=largest,
                    unit=unit,
                )
            return language(
                "Every smaller level that has a plan is shown to lose more than {largest} {unit}, by more than "
                "{tolerance} points: no level looked at below {largest} is enough.",
                largest=largest,
                unit=unit,
                tolerance=tolerance,
            )
        words = {
            "knee": language.number(f"{knee.amount:,}"),
            "unit": unit,
            "largest": largest,
            "tolerance": tolerance,
            "mean": mean(knee.against.loss, True, language),
            "ends": ends(knee.against.loss, True, language),
        }
        said = [
            language(
                "So few scenarios tell {knee} {unit} from {largest} that nothing is shown of them: the difference is "
                "{mean} points. More --scenarios may tell how many are enough.",
                **words,
            )
            if self.unclear
            else language(
                "{knee} {unit} are the fewest not shown to lose more than {largest}: the difference is {mean} {ends} "
                "points.",
                **words,
            )
            if exact
            else language(
                "{knee} {unit} are the fewest not shown to lose more than {largest} by more than {tolerance} points: "
                "the difference is {mean} {ends} points.",
                **words,
            )
        ]
        if knee is self.planned[0] and not self.unclear:
            said.append(language("It is the smallest level that has a plan; fewer may be enough."))
        if sure is last:
            said.append(
                language("No smaller level is shown to lose no more than it.")
                if exact
                else language("No smaller level is shown to stay within {tolerance} points of it.", tolerance=tolerance)
            )
        elif sure.against is not None:
            said.append(
                language(
                    "From {sure} on it is shown that nothing is lost beyond {largest}.",
                    sure=language.number(f"{sure.amount:,}"),
                    largest=largest,
                )
                if exact
                else language(
                    "From {sure} on it is shown that no more than {tolerance} points are lost beyond {largest}.",
                    sure=language.number(f"{sure.amount:,}"),
                    tolerance=tolerance,
                    largest=largest,
                )
            )
        return " ".join(said)

    def unit(self, language: Language = ENGLISH) -> str:
        """Name what is counted."""
        sort = self.resource.sort
        return language("heads") if sort == "heads" else language("teams") if sort == "team" else language("vehicles")


@checked(resource=maybe(a(Resource, Message("name it, Resource('team', 'dalmas')"))))
def frontier(
    instance: Instance,
    amounts: Sequence[int],
    resource: Resource | None = None,
    *,
    seed: int = 1,
    scenarios: int = 300,
    reporting: int | None = None,
    budget: int | None = None,
    tolerance: float | None = None,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    extra: Mapping[str, Deployment] | None = None,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
) -> Frontier:
    """Plan an instance for each amount of a resource and compare the levels.

    Parameters
    ----------
    amounts : of the resource, in any order.
    resource : heads if left out.
    scenarios : planning scenarios, the same for every level.
    reporting : fresh scenarios that every figure comes from, the same for every level; twice the planning ones.
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
    effort = Effort(scenarios, reporting or 2 * scenarios, budget, seed=seed)
    levels = _share(_plan_levels(instance, sorted(set(amounts)), resource, extra or {}, effort, means, watcher))
    watcher.reporting(Message("levels"))
    with means.simulator(instance, watcher) as simulator:
        levels = _evaluate(levels, simulator, effort.reporting_set(instance), resource)
    planned = [level.evaluation for level in levels if level.evaluation is not None]
    share = TOLERANCE if tolerance is None else None
    if tolerance is None:
        tolerance = TOLERANCE * planned[-1].loss.mean if planned else 0.0
    made = (effort.seed, effort.scenarios, effort.reporting, effort.budget, means.law.name)
    return Frontier(instance, resource, tuple(levels), tolerance, share, *made)


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
    planning, known = effort.planning_set(instance), dict(extra)
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
    """Give each level the best of all plans that are feasible there, so that the planning objective never rises."""
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
    """Play every plan once on the reporting scenarios; nothing of what is simulated depends on how many exist."""
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


def _used(level: Level, resource: Resource) -> int:
    """Count what a plan uses of the resource."""
    assert level.deployment is not None
    frame, numbers = Frame(level.instance), level.deployment.numbers(level.instance).sum(axis=0)
    if resource.sort == "heads":
        return sum(int(n) * h for n, h, kind in zip(numbers, frame.heads, frame.kinds, strict=True) if kind.counts)
    part = resource.part(level.instance)
    return int(numbers[next(k for k, kind in enumerate(frame.kinds) if kind is part)])
