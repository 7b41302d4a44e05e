"""The search for a deployment: what it alternates, and when it ends.

Where sectors influence each other, iterated local search with a trust-region program and no-good cuts; where they do
not, column generation, which proves its optimum.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from optimiser.common.cancellation import held_back, lookout
from optimiser.common.message import Message
from optimiser.common.progress import Progress, Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.decoupled_start import start_decoupled
from optimiser.planning.search.exhaustive.elimination import eliminate_unasked
from optimiser.planning.search.local.descent import FIRST, descend
from optimiser.planning.search.local.local_search import Knowledge, local_search
from optimiser.planning.search.local.perturbation import Perturbation
from optimiser.planning.search.no_good_cuts import cut_off
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Propose, Search, Step, Steps
from optimiser.planning.search.separable import bound_joint, generate_columns
from optimiser.planning.search.stop_rules import Ending, StopRule, after_seconds, any_of
from optimiser.planning.search.trust_region import trust_region
from optimiser.simulation.engine import Floats, Spent
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

IDLE = 20  # perturbations in a row that lead to nothing new to simulate before the search is complete; assumed
LEADERS = 8  # deployments that a search goes on from in more scenarios; assumed


def search(
    simulator: Simulator,
    scenarios: Scenarios,
    candidates: Mapping[str, Deployment],
    stop: StopRule | None = None,
    watcher: Watcher | None = None,
    *,
    solver: SolverName = "highs",
    seconds: float | None = None,
    budget: int | None = None,
    spent: int = 0,
    charges: Floats | None = None,
    interruptible: bool = True,
    near: bool = False,
    closer: Scenarios | None = None,
    first: int | None = None,
    growing: bool = False,
) -> Search:
    """Start from the best candidate and improve it until a limit is reached or nothing is left to try.

    Parameters
    ----------
    candidates : deployments by name; all are simulated, whatever the budget, and the result is no worse than the best
        of them in the scenarios that it is chosen on.
    stop : a stop rule of the caller.
    seconds : wall time after which no new iteration begins, and limit of each run of the solver; what the clock cut
        cannot be replayed.
    budget : joint replications that the search may take, candidates included.
    spent : joint replications of the budget that drawing the planning scenarios has taken.
    charges : points that one unit of each kind costs besides its placement, at least 0, shape (kinds,): value and
        bound are then those of the objective with these charges. Nothing if left out.
    interruptible : whether a keyboard interrupt ends the search and keeps the best deployment so far; otherwise it is
        passed on.
    near : whether the first candidate is a plan of a similar problem. Where sectors influence each other and no other
        candidate is better, its exchanges are tried at once: what is found is near it.
    closer, first : more scenarios than those above, in which a search under interplay goes on once it has taken so
        many joint replications; the result is then that of these.
    growing : whether, under interplay, the search begins in a few of the scenarios and goes on in more and more of
        them; the result is that of those it came to.
    """
    most, watcher = math.inf if budget is None else budget, watcher or Watcher()
    joined = interplay(simulator.instance, simulator.dispatch, simulator.law, scenarios.uncertain)
    all_of_them = scenarios if joined and growing else None
    begin = scenarios.first(min(FIRST, len(scenarios))) if all_of_them else scenarios
    state = _simulate_candidates(simulator, begin, candidates, watcher, charges, spent)
    propose = partial(allocate, solver=solver, seconds=seconds, charges=charges)
    method = iterated_local_search(state, propose, near, all_of_them) if joined else generate_columns(state, propose)
    if joined and closer is not None and first is not None:
        method = then_closer(state, method, closer, first)
    run = _Run(state, watcher, stop or any_of(), seconds, most)
    with simulator.allowance(most - state.played), closing(method) as steps:
        try:
            with held_back():
                state.ended = run.take(steps)
        except Spent:
            state.ended = Ending.BUDGET
            run.tell(Step(Message("budget spent")))
        except KeyboardInterrupt:
            if not interruptible:
                raise
            state.ended = Ending.INTERRUPT
    return state


def iterated_local_search(
    state: Search, propose: Propose, near: bool = False, growing: Scenarios | None = None
) -> Steps:
    """Search where sectors influence each other: the joint simulation decides, everything else only proposes.

    Iterated local search (Lourenco, Martin, Stuetzle 2003, doi 10.1007/0-306-48056-5_11) from starts that a problem
    without interplay and an integer program within a trust region lead to (local branching: Fischetti and Lodi 2003,
    doi 10.1007/s10107-003-0395-5); small problems are closed by no-good cuts (Laporte and Louveaux 1993,
    doi 10.1016/0167-6377(93)90002-X). All comparisons use common random numbers.
    """
    # Descent: with a small budget the first better exchange, in few scenarios and then in more.
    if growing is not None:
        yield from descend(state, growing)

    # Bound: each sector by itself, until anything can come from elsewhere.
    if state.provable:
        bound_joint(state)
        yield Step(Message("bound {bound:.4g}", bound=state.bound))

    if growing is None and not (near and np.array_equal(state.best, state.starts[0])):
        # Decoupled start: optima of the problem in which sectors do not influence each other.
        yield from start_decoupled(state, propose)

        # Trust-region program: response tables around the incumbent propose a few moves at a time.
        yield from trust_region(state, propose)

    # Local search: a better single exchange, again and again, until none promises to be.
    knowledge = Knowledge(state)
    yield from local_search(state, state.best, knowledge)

    # Cuts: in a small problem each deployment that was simulated is excluded until the bound closes the gap.
    if state.provable:
        yield from cut_off(state, propose)
        yield from eliminate_unasked(state)

    yield from _perturb_and_repeat(state, knowledge)


def then_closer(state: Search, method: Steps, closer: Scenarios, first: int) -> Steps:
    """Search with a part of the budget, then go on from the deployments that led, in more scenarios.

    A search that goes on in the same ones fits the plan to them: see docs/search.md.
    """
    with state.simulator.allowance(first - state.played), suppress(Spent), closing(method):
        yield from (replace(step, finished=False) for step in method)
    if state.closed:
        yield Step(Message("proved"), finished=True)
        return
    bounded = state.bound > trivial_bound(state.simulator.instance)
    state.turn_to(closer, LEADERS)
    yield Step(Message("went on in {n:,} scenarios", n=len(closer)))
    if bounded:
        bound_joint(state)
    knowledge = Knowledge(state)
    yield from local_search(state, state.best, knowledge)
    yield from _perturb_and_repeat(state, knowledge)


def _perturb_and_repeat(state: Search, knowledge: Knowledge) -> Steps:
    """Make random exchanges of the incumbent, then search locally; only what is better is accepted."""
    perturbation, idle = Perturbation(state), 0
    while idle < IDLE:
        before = state.simulator.sector_replications
        plan = perturbation.perturb()
        if plan is None:
            yield Step(Message("nothing to exchange"), finished=True)
            return
        yield from local_search(state, plan, knowledge)
        idle = idle + 1 if state.simulator.sector_replications == before else 0
    yield Step(Message("nothing new to play"), finished=True)


def _simulate_candidates(
    simulator: Simulator,
    scenarios: Scenarios,
    candidates: Mapping[str, Deployment],
    watcher: Watcher,
    charges: Floats | None,
    spent: int,
) -> Search:
    """Simulate the first candidates in the scenarios that the search begins in."""
    plans = {name: d.numbers(simulator.instance) for name, d in candidates.items()}
    first = next(iter(plans.values()))
    bound = trivial_bound(simulator.instance)
    state = Search(simulator, scenarios, watcher, first, math.inf, bound, charges=charges, spent_before=spent)
    state.starts = tuple(plans.values())
    for name, plan in plans.items():
        watcher.candidate(name, state.worth(plan))
        state.consider(plan)
    return state


@dataclass
class _Run:
    """Takes the steps of a search, tells the watcher of each, and ends the search by its limits."""

    state: Search
    watcher: Watcher
    stop: StopRule
    seconds: float | None
    budget: float
    begun: float = field(init=False, default_factory=time.monotonic)
    iteration: int = field(init=False, default=0)
    unchanged: int = field(init=False, default=0)

    def take(self, steps: Steps) -> Ending:
        """Take steps until one is the last or a limit is reached, and return why the search ended."""
        late = after_seconds(math.inf if self.seconds is None else self.seconds)
        before, look = self.state.value, lookout()
        for step in steps:
            look()
            self.iteration += 1
            self.unchanged = 0 if self.state.value < before else self.unchanged + 1
            before = self.state.value
            progress = self.tell(step)
            on_time = not late(progress)
            stopped = on_time and self.stop(progress)
            if step.finished:
                break
            if not on_time:
                return Ending.CLOCK
            if stopped:
                return Ending.BUDGET if progress.replications >= self.budget else Ending.RULE
        return Ending.COMPLETE

    def tell(self, step: Step) -> Progress:
        """Return the progress after a step, and tell the watcher where the step is worth it."""
        state = self.state
        progress = Progress(
            iteration=self.iteration,
            best=state.value,
            bound=state.bound,
            gap=relative_gap(state.value, state.bound),
            replications=state.played,
            seconds=time.monotonic() - self.begun,
            unchanged=self.unchanged,
            finished=step.finished,
            note=step.note,
            budget=int(self.budget) if math.isfinite(self.budget) else None,
            limit=self.seconds,
        )
        if step.note or step.finished:
            state.history = (*state.history, progress)
            self.watcher.stepped(progress)
        return progress
