"""The loop: simulate, tabulate, allocate, simulate again, until a stop rule ends it; the best deployment is kept."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import partial

from optimiser.common.message import Message
from optimiser.common.progress import Progress, Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.local_search import joint_steps
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.separable import separate_steps
from optimiser.planning.search.stop_rules import StopRule
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator, Spent


def search(
    simulator: Simulator,
    scenarios: Scenarios,
    candidates: Mapping[str, Deployment],
    stop: StopRule,
    watcher: Watcher,
    solver: SolverName = "highs",
    seconds: float | None = None,
    budget: float = math.inf,
    charges: Floats | None = None,
) -> Search:
    """Start from the best candidate and improve it until `stop` says so or nothing is left to try.

    A keyboard interrupt ends the loop and keeps the best deployment so far; so does the budget, in joint replications,
    once the first candidates were simulated (`Simulator.limit`). No run of the solver lasts longer than
    `seconds` where they are given; one that is cut by the clock makes the result not replayable.

    Parameters
    ----------
    charges : points that one unit of each kind costs besides its placement, at least 0, shape (kinds,): value and
        bound are then those of the objective with these charges. Nothing if left out.
    """
    found = _start(simulator, scenarios, candidates, watcher, charges)
    propose = partial(allocate, solver=solver, seconds=seconds, charges=charges)
    joined = interplay(simulator.instance, simulator.dispatch, simulator.law)
    steps = joint_steps(found, propose) if joined else separate_steps(found, propose)
    simulator.limit = budget
    begun, unchanged, before, iteration = time.monotonic(), 0, found.value, 0

    def tell(finished: bool, note: str) -> Progress:
        gap, done = relative_gap(found.value, found.bound), simulator.replications
        since = time.monotonic() - begun
        most = int(budget) if math.isfinite(budget) else None
        state = (iteration, found.value, found.bound, gap, done, since, unchanged, finished, note, most, seconds)
        progress = Progress(*state)
        if note or finished:
            found.history = (*found.history, progress)
            watcher.stepped(progress)
        return progress

    try:
        for finished, note in steps:
            iteration += 1
            unchanged = 0 if found.value < before else unchanged + 1
            before = found.value
            if stop(tell(finished, note)) or finished:
                found.spent = not finished and simulator.replications >= budget
                break
    except Spent:
        found.spent = True
        tell(False, Message("budget spent"))
    except KeyboardInterrupt:
        found.interrupted = True
    finally:
        simulator.limit = math.inf
    return found


def _start(
    simulator: Simulator,
    scenarios: Scenarios,
    candidates: Mapping[str, Deployment],
    watcher: Watcher,
    charges: Floats | None,
) -> Search:
    """Simulate the first candidates; the search never ends worse than the best of them."""
    plans = {name: d.numbers(simulator.instance) for name, d in candidates.items()}
    first = next(iter(plans.values()))
    bound = trivial_bound(simulator.instance)
    found = Search(simulator, scenarios, watcher, first, float("inf"), bound, charges=charges)
    found.starts = tuple(plans.values())
    for name, plan in plans.items():
        watcher.candidate(name, found.worth(plan))
        found.consider(plan)
    return found
