"""How good the best plan may be: an estimate of the optimum from independent searches, no bound and no proof.

Searches that begin at deployments drawn at random, each with random numbers of its own, end at several deployments. How
far their ends lie apart says how much is left to be found, as long as it is not much more than that (statistical
optimum estimation: Golden and Alt 1979; Giddings, Rardin and Uzsoy 2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.admission import demand
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import checked
from optimiser.planning.magnitude import close_to, relative_gap
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.local.local_search import Knowledge, local_search
from optimiser.planning.search.local.perturbation import Perturbation
from optimiser.planning.search.search_state import Search
from optimiser.planning.settings import Effort, Means, default_budget
from optimiser.questions.worth import start_plan
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName, Spent
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

SEARCHES = 10  # independent searches; with 5 no form of estimate held often enough
REACH = 2.0  # spreads of their ends below the best of them that the optimum may lie; measured, see docs/search.md
AWAY = 40  # random exchanges between a hand rule and the deployment that a search begins at; assumed
IDLE = 20  # perturbations in a row that lead to nothing new to simulate before a search is complete; assumed


@dataclass(frozen=True)
class OptimumEstimate:
    """An estimate of the optimum on the planning scenarios; no bound, and no proof.

    Attributes
    ----------
    deployment : the plan that the question is about.
    best : the best deployment known, of the plan and the ends of the searches.
    value : objective of the plan on the planning scenarios, in points.
    bound : what is proved: no deployment is below it on these scenarios, in points.
    ends : objectives of the ends of independent searches on the same scenarios, the lowest first, in points; empty
        where the plan is proved optimal.
    same : searches that ended at the deployment at which the best of them did.
    budget : joint replications of each search.
    """

    instance: Instance
    deployment: Deployment
    best: Deployment
    value: float
    bound: float
    ends: tuple[float, ...]
    same: int
    seed: int
    scenarios: int
    budget: int
    law: str = DefaultLaw.name

    @property
    def proved(self) -> bool:
        """Whether the plan is proved optimal on these scenarios."""
        return relative_gap(self.value, self.bound) == 0.0

    @property
    def high(self) -> float:
        """The best value known, in points; the optimum is at most that."""
        return min((self.value, *self.ends))

    @property
    def low(self) -> float | None:
        """The lower end of the estimate, in points.

        None where there is no estimate: the plan is better than the searches by more than they reach, so that they are
        too weak to tell.
        """
        if self.proved:
            return self.value
        low = self.ends[0] - REACH * (self.ends[-1] - self.ends[0])
        if self.high < low - close_to(self.high):
            return None
        return min(self.high, max(low, self.bound, 0.0))


@checked()
def estimate_optimum(
    instance: Instance,
    plan: Deployment | None = None,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    budget: int | None = None,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> OptimumEstimate:
    """Estimate the optimum on the planning scenarios from ten independent searches; no bound, and no proof.

    Parameters
    ----------
    plan : set beside the searches; planned anew if left out.
    scenarios : planning scenarios, the same for the plan and all searches.
    budget : joint replications for each independent search; as many as for a plan if left out.
    law, dispatch : exchangeable parts of the simulation.

    Raises
    ------
    Forbidden : the plan given breaks a rule; every violation is named.
    Infeasible, NoPlan : there is no plan.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    """
    watcher = watcher or Watcher()
    if plan is not None:
        demand(instance, plan)
    means = Means.of(law, dispatch, engine, workers, solver)
    whole = default_budget(instance, scenarios)
    effort = Effort(scenarios, scenarios, whole if budget is None else budget, seed=seed)
    with means.simulator(instance, watcher) as simulator:
        state = _state_of(simulator, plan, replace(effort, budget=whole), means, watcher)
    ends = [] if state.closed else list(_ends(state, effort, means, watcher))
    ends.sort(key=lambda end: end.value)
    same = sum(np.array_equal(end.best, ends[0].best) for end in ends)
    asked = plan or state.deployment
    best = ends[0].deployment if ends and ends[0].value < state.value - close_to(state.value) else asked
    values = tuple(end.value for end in ends)
    made = (effort.seed, effort.scenarios, effort.budget, means.law.name)
    return OptimumEstimate(instance, asked, best, state.value, state.bound, values, same, *made)


def _state_of(simulator: Simulator, plan: Deployment | None, effort: Effort, means: Means, watcher: Watcher) -> Search:
    """Return the plan with its planning scenarios, objective and bound; of a plan that is given nothing is proved."""
    if plan is None:
        return start_plan(simulator, None, effort, means, watcher)
    state = Search(simulator, draw_planning(simulator, effort), watcher, plan.numbers(simulator.instance), np.inf, 0.0)
    state.consider(state.best)
    return state


def _ends(state: Search, effort: Effort, means: Means, watcher: Watcher) -> Iterator[Search]:
    """Search anew, each time from a deployment drawn at random, with a simulator that has simulated nothing yet."""
    instance = state.simulator.instance
    rules = [rule.numbers(instance) for rule in candidates(instance).values()]
    for number in range(SEARCHES):
        watcher.reporting(Message("independent search {number} of {searches}", number=number + 1, searches=SEARCHES))
        with means.simulator(instance, watcher) as simulator:
            yield search_alone(simulator, state.scenarios, rules, effort, number)


def search_alone(
    simulator: Simulator, scenarios: Scenarios, rules: list[Numbers], effort: Effort, number: int
) -> Search:
    """Search from a deployment drawn at random, by exchanges and perturbations alone.

    Parameters
    ----------
    rules : feasible deployments; the start is some random exchanges away from one of them.
    number : of the search; each has random numbers of its own.
    """
    state = Search(simulator, scenarios, Watcher(), rules[0], np.inf, 0.0)
    chance = Perturbation(state, seed=effort.seed, stream=f"independent-{number}")
    rule = rules[chance.draw(len(rules))]
    start = chance.exchange(rule, AWAY)
    state.consider(rule if start is None else start)
    with simulator.allowance(effort.budget), suppress(Spent):
        _improve(state, chance)
    return state


def _improve(state: Search, chance: Perturbation) -> None:
    """Local search, then perturbations of the best deployment, until nothing new is left to simulate."""
    knowledge, idle = Knowledge(state), 0
    plan: Numbers | None = state.best
    while plan is not None and idle < IDLE:
        before = state.simulator.sector_replications
        for _ in local_search(state, plan, knowledge):
            pass
        idle = idle + 1 if state.simulator.sector_replications == before else 0
        plan = chance.perturb()
