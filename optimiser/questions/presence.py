"""What the rules of presence cost: for each rule in force the plan found without it, against the plan that keeps all.

Every plan is improved from the one that keeps all rules, on the same planning scenarios, with the same effort as that
one was. Whatever plan is found is tried under every set of rules that it keeps, so none is worse than another one that
it might be: what a rule costs is never negative there. That estimates the price, and the search limits the estimate:
where it finds no better plan that is no proof that a rule costs nothing. What is told is the difference on fresh
scenarios, in pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import span
from optimiser.common.progress import Watcher
from optimiser.model.admission import demand
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.parts.presence import NAMES, Presence, RuleName
from optimiser.model.values.arguments import checked
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.law_range import LawRange, play_over_law, summarise_draws
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.search_state import Search
from optimiser.planning.settings import Effort, Means, continued_budget, default_reporting
from optimiser.questions.worth import improve_plan, start_plan
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator


@dataclass(frozen=True)
class RulePrice:
    """What some rules of presence cost.

    Attributes
    ----------
    rules : that are off, by their fields.
    deployment : the plan found without them.
    change : the plan that keeps all rules minus that one, paired on the reporting scenarios; above 0 is what they cost.
    spent : the budget ended the search for the plan without them, which was not done.
    """

    rules: tuple[RuleName, ...]
    deployment: Deployment
    change: Comparison
    spent: bool

    @property
    def same(self) -> bool:
        """Whether both plans lost the same in every scenario that was played."""
        return self.change.loss.mean == 0.0 and not self.change.loss.unusual

    def sentence(self, language: Language = ENGLISH) -> str:
        """Say what may be claimed."""
        loss = self.change.loss
        if self.same:
            return language(
                "The search found no better plan without it: an estimate that the search limits, no proof that it "
                "costs nothing."
            )
        points = span(loss, True, language)
        if loss.low > 0.0:
            return language("It costs {points} points.", points=points)
        return language("Not shown to cost anything: {points} points.", points=points)


@dataclass(frozen=True)
class PresencePrice:
    """What each rule of presence costs by itself, and all together, on the same scenarios.

    Attributes
    ----------
    deployment : the plan that keeps all rules.
    evaluation : of it, on the reporting scenarios.
    prices : of each rule in force, in the order of the fields; last of all of them, where there are several.
    spent : the budget ended the search for the plan that keeps all.
    law : name of the escalation law that all was simulated under.
    law_range : the plan that keeps all, then each other, over the plausible constants of the law, and differences.
    """

    instance: Instance
    deployment: Deployment
    evaluation: Evaluation
    prices: tuple[RulePrice, ...]
    seed: int
    scenarios: int
    reporting: int
    budget: int
    spent: bool
    law: str = DefaultLaw.name
    law_range: LawRange | None = None


@checked()
def price_presence(
    instance: Instance,
    plan: Deployment | None = None,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    reporting: int | None = None,
    budget: int | None = None,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> PresencePrice:
    """Work out what each rule of presence in force costs, and all of them together.

    Parameters
    ----------
    plan : one that keeps every rule, to begin at; planned anew if left out. It must not have been chosen on the
        reporting scenarios.
    scenarios : planning scenarios on which plans are chosen.
    reporting : fresh scenarios for paired differences, see `settings.default_reporting`.
    budget : joint replications for each plan; a fifth of that of a plan if left out.
    law, dispatch : exchangeable parts of the simulation.

    Raises
    ------
    InputFault : the instance has no rule of presence in force.
    Forbidden : the plan given breaks a rule; every violation is named.
    Infeasible, NoPlan : there is no plan that keeps all rules.
    """
    watcher = watcher or Watcher()
    presence = demand_rules(instance, plan)
    means = Means.of(law, dispatch, engine, workers, solver)
    budget = continued_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seed=seed)
    rules: list[tuple[RuleName, ...]] = [(rule,) for rule in presence.in_force]
    rules += [presence.in_force] if len(rules) > 1 else []
    worlds = [instance, *(instance.altered(presence=presence.without(*off)) for off in rules)]
    with ExitStack() as opened:
        simulators = [opened.enter_context(means.simulator(world, watcher)) for world in worlds]
        first = start_plan(simulators[0], plan, effort, means, watcher)
        states = _search(simulators, rules, first, effort, means, watcher)
        plans = _share(states, worlds)
        watcher.reporting(Message("rules of presence"))
        fresh = effort.reporting_set(instance)
        played = [evaluate(simulator, one, fresh) for simulator, one in zip(simulators, plans, strict=True)]
        ranged = _range_over_law(simulators, plans, fresh)
    prices = tuple(
        RulePrice(off, one, compare(played[0], without), state.spent)
        for off, one, without, state in zip(rules, plans[1:], played[1:], states[1:], strict=True)
    )
    made = (effort.seed, effort.scenarios, effort.reporting, effort.budget, states[0].spent, means.law.name)
    return PresencePrice(instance, plans[0], played[0], prices, *made, ranged)


def demand_rules(instance: Instance, plan: Deployment | None) -> Presence:
    """Return the rules of presence that can be priced.

    Raises
    ------
    InputFault : none is in force.
    Forbidden : the plan to begin at breaks a rule; every violation is named.
    """
    presence = instance.presence
    if presence is None or not presence.in_force:
        expected, repair = Message("a rule of presence in force"), Message("write a part presence into the instance")
        raise InputFault(instance.name, [make_fault("missing-field", "presence", None, expected, repair)])
    if plan is not None:
        demand(instance, plan)
    return presence


def _search(
    simulators: Sequence[Simulator],
    rules: Sequence[tuple[RuleName, ...]],
    first: Search,
    effort: Effort,
    means: Means,
    watcher: Watcher,
) -> list[Search]:
    """Improve the plan that keeps all rules, and from there the plan without each; all with the same effort."""
    start = first.best
    states = []
    for number, simulator in enumerate(simulators):
        off = rules[number - 1] if number else ()
        named = Message("without any rule of presence")
        if len(off) == 1:
            named = Message("without the rule '{rule}'", rule=NAMES[off[0]])
        watcher.reporting(named if off else Message("all rules of presence"))
        states.append(improve_plan(simulator, first.scenarios, start, effort, means))
        start = states[0].best
    return states


def _share(states: Sequence[Search], worlds: Sequence[Instance]) -> list[Deployment]:
    """Give each set of rules the best of all plans found that keep it, on the planning scenarios."""
    found, plans = [state.deployment for state in states], []
    for number, (state, world) in enumerate(zip(states, worlds, strict=True)):
        fit = [i for i, plan in enumerate(found) if check(world, plan).passed]
        _, _, best = min((state.worth(found[i].numbers(world)), i != number, i) for i in fit)  # its own, if as good
        plans.append(found[best])
    return plans


def _range_over_law(simulators: Sequence[Simulator], plans: Sequence[Deployment], fresh: Scenarios) -> LawRange | None:
    """Simulate every plan over the plausible constants of the law, the one that keeps all less each other."""
    ranged = [
        play_over_law(simulator, plan.numbers(simulator.instance)[None], fresh)
        for simulator, plan in zip(simulators, plans, strict=True)
    ]
    pairs = [(0, number) for number in range(1, len(plans))]
    return summarise_draws(np.concatenate([losses for losses, _ in ranged], axis=1), pairs, ranged[0][1])
