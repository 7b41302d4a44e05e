"""Firm or negotiable: which placements all plans that are about as good have in common.

Such plans are looked for by random walks, from the plan and from the ends of independent searches: an exchange at a
placement drawn at random is kept as long as the plan that it leads to is not shown to lose more than so much above the
plan asked about. What was found on one set of scenarios must hold on another one, which no plan was looked for on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.admission import demand
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import between, checked
from optimiser.planning.evaluation import CONFIDENCE, Interval, estimate, student
from optimiser.planning.magnitude import close_to
from optimiser.planning.programs.neighbourhood import single_exchanges
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.settings import Effort, Means, continued_budget
from optimiser.planning.true_gap import FEWEST
from optimiser.questions.worth import start_plan
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName, Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

FIRM = 0.95  # share of the plans from which on a placement is called firm; assumed
WITHIN = 0.02  # share of its objective that a plan may lose more and still be about as good; assumed
SEARCHES = 4  # independent searches; assumed
STEPS, WORK = 800, 24_000_000  # exchanges that are tried, and sectors simulated for them, at most; assumed
FIRST = 0.125  # share of the scenarios after which an exchange is given up that is shown to cost too much; assumed
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Placing:
    """One kind at one place, in the plan and in all plans that are about as good.

    Attributes
    ----------
    place, kind : identifiers.
    number : units in the plan.
    least, most : in all of these plans.
    share : of these plans that have as many there as the plan.
    tried : exchanges tried that change it.
    """

    place: str
    kind: str
    number: int
    least: int
    most: int
    share: float
    tried: int

    @property
    def firm(self) -> bool:
        """Whether nearly all of these plans have as many there."""
        return self.share >= FIRM


@dataclass(frozen=True)
class Firmness:
    """What the plans have in common that are about as good as one.

    Attributes
    ----------
    placings : by place and kind, of which any of these plans has one there.
    plans : different plans that are about as good, itself included.
    within : share of the plan's objective that they may lose more.
    points : the same in points, the larger of both sets of scenarios.
    searches : ends of independent searches among them.
    tried : exchanges that were tried.
    beyond : points that the plan loses more than the best of them, on the scenarios that did not find it.
    scenarios : of each of the two sets.
    """

    instance: Instance
    deployment: Deployment
    placings: tuple[Placing, ...]
    plans: int
    within: float
    points: float
    searches: int
    tried: int
    beyond: Interval
    seed: int
    scenarios: int
    budget: int
    law: str = DefaultLaw.name

    @property
    def places(self) -> tuple[str, ...]:
        """Places where the plan has somebody."""
        return tuple(dict.fromkeys(one.place for one in self.placings if one.number))

    @property
    def firm_places(self) -> tuple[str, ...]:
        """Those of them where all that the plan has there is firm."""
        open_to_change = {one.place for one in self.placings if one.number and not one.firm}
        return tuple(place for place in self.places if place not in open_to_change)


@checked(within=between(0.0, 1.0))
def find_firmness(
    instance: Instance,
    plan: Deployment | None = None,
    *,
    within: float = WITHIN,
    seed: int = 1,
    scenarios: int = 1000,
    budget: int | None = None,
    workers: int | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    watcher: Watcher | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> Firmness:
    """Find out which placements of a plan are firm and which are negotiable.

    Parameters
    ----------
    plan : planned anew if left out.
    within : share of the plan's objective that other plans may lose more and still count.
    scenarios : planning scenarios; the two sets that plans are judged on are as large and independent of them.
    budget : joint replications for each independent search; a fifth of that of a plan if left out.
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
    budget = continued_budget(instance, scenarios) if budget is None else budget
    effort = Effort(scenarios, scenarios, budget, seed=seed)
    with means.simulator(instance, watcher) as simulator:
        numbers = plan.numbers(instance) if plan is not None else None
        if numbers is None:
            numbers = start_plan(simulator, None, effort, means, watcher).best
        ends = list(_ends(simulator, effort, means, watcher))
        watcher.reporting(Message("plans that are about as good"))
        walk = _Walk(simulator, numbers, effort, within)
        walk.go([numbers, *ends])
        found = walk.confirm(effort.another_set(instance, "firm-again"))
    searches = len({end.tobytes() for end in ends} & {one.tobytes() for one in found.plans})
    placings = tuple(_placings(instance, numbers, found.plans, walk.tried))
    settings = (effort.seed, effort.scenarios, effort.budget, means.law.name)
    told = (len(found.plans), within, max(walk.allowed, found.allowed), searches, walk.steps, found.beyond)
    deployment = plan or Deployment.of_numbers(instance, numbers, "plan")
    return Firmness(instance, deployment, placings, *told, *settings)


def _ends(simulator: Simulator, effort: Effort, means: Means, watcher: Watcher) -> Iterator[Numbers]:
    """Plan again, each time on scenarios of its own."""
    instance, first = simulator.instance, candidates(simulator.instance)
    for number in range(SEARCHES):
        watcher.reporting(Message("independent search {number} of {searches}", number=number + 1, searches=SEARCHES))
        own = effort.another_set(instance, f"firm-{number}")
        yield search(simulator, own, first, solver=means.solver, budget=effort.budget, interruptible=False).best


@dataclass(frozen=True)
class _Confirmed:
    """The plans that are about as good on both sets; `beyond` as in `Firmness`, `allowed` points on the second."""

    plans: list[Numbers]
    allowed: float
    beyond: Interval


class _Walk:
    """Random walks among plans that are about as good as one.

    Attributes
    ----------
    kept : the plans that were found, without repetition.
    tried : exchanges tried that change a number, shape (places, kinds).
    steps : exchanges tried.
    """

    def __init__(self, simulator: Simulator, plan: Numbers, effort: Effort, within: float) -> None:
        self.simulator, self.plan, self.within = simulator, plan, within
        self.fresh = effort.another_set(simulator.instance, "firm")
        self.state = Search(simulator, self.fresh, Watcher(), plan, np.inf, 0.0)
        self.base = simulator.totals(plan[None], self.fresh)[0]
        self.value = self.state.objective(plan, self.base)
        self.allowed = within * self.value
        self.tailed = simulator.instance.objective.tail_weight > 0.0
        self.key = name_stream(effort.seed, "firm", simulator.instance.name)
        self.kept: dict[bytes, Numbers] = {}
        self.tried, self.steps, self.draws = np.zeros(plan.shape, dtype=np.int64), 0, 0

    def go(self, starts: list[Numbers]) -> None:
        """Walk from each of some plans that is about as good itself, with the same number of steps."""
        begins = [start for start in starts if self._as_good(start)]
        self.kept = {start.tobytes(): start for start in [self.plan, *begins]}
        most = WORK // (len(self.fresh) * max(1, len(self.simulator.instance.sectors)))
        for start in begins:
            here = start
            for _ in range(max(1, min(STEPS, most) // len(begins))):
                there = self._step(here)
                if there is not None and self._as_good(there):
                    here = there
                    self.kept.setdefault(there.tobytes(), there)

    def _draw(self, count: int) -> int:
        self.draws += 1
        return int(count * uniform(self.key, self.draws))

    def _step(self, plan: Numbers) -> Numbers | None:
        """Draw a placement that there is, here or in the plan asked about, and an exchange that changes it."""
        occupied = np.argwhere((plan > 0) | (self.plan > 0))
        if not len(occupied):
            return None
        place, kind = occupied[self._draw(len(occupied))]
        others = [self._draw(len(plan)) for _ in range(3)]
        found = single_exchanges(self.state.rules, plan, np.unique([place, *others]))
        if not len(found):
            return None
        plans = found.plans(plan)
        changing = np.flatnonzero(plans[:, place, kind] != plan[place, kind])
        if not len(changing):
            return None
        there: Numbers = plans[changing[self._draw(len(changing))]]
        self.tried += there != plan
        self.steps += 1
        return there

    def _as_good(self, plan: Numbers) -> bool:
        """Tell whether a plan is not shown to lose more than it may on the first set; early if it is."""
        if plan.tobytes() in self.kept:
            return True
        few = int(FIRST * len(self.fresh))
        if few >= FEWEST and not self.tailed:
            losses = self.simulator.totals(plan[None], self.fresh, 0, few)[0]
            if self._at_least(plan, losses, self.base[:few]) > self.allowed:
                return False
        losses = self.simulator.totals(plan[None], self.fresh)[0]
        return self._at_least(plan, losses, self.base) <= self.allowed + close_to(self.value)

    def _lost_more(self, plan: Numbers, losses: Floats, base: Floats) -> Floats:
        """Return the points that a plan loses more than the one asked about by scenario, with costs of placement."""
        more: Floats = losses - base + float(((plan - self.plan) * self.state.cost).sum())
        return more

    def _at_least(self, plan: Numbers, losses: Floats, base: Floats) -> float:
        """Return the points that a plan is shown to lose more: the low end of an interval, in pairs.

        Where the tail counts there is no interval, and it is the difference itself.
        """
        if self.tailed:
            return self.state.objective(plan, losses) - self.state.objective(self.plan, base)
        more = self._lost_more(plan, losses, base)
        return float(more.mean() - student(CONFIDENCE, len(more) - 1) * more.std(ddof=1) / np.sqrt(len(more)))

    def confirm(self, again: Scenarios) -> _Confirmed:
        """Return those that are not shown to lose more than they may on another set either."""
        plans = list(self.kept.values())
        base, *losses = self.simulator.totals(np.stack([self.plan, *plans]), again)
        value = self.state.objective(self.plan, base)
        most = self.within * value + close_to(value)
        kept = [(one, lost) for one, lost in zip(plans, losses, strict=True) if self._at_least(one, lost, base) <= most]
        best, lost = min(kept, key=lambda pair: self._value(pair[0]))
        return _Confirmed([one for one, _ in kept], self.within * value, estimate(-self._lost_more(best, lost, base)))

    def _value(self, plan: Numbers) -> float:
        return self.state.objective(plan, self.simulator.totals(plan[None], self.fresh)[0])


def _placings(instance: Instance, plan: Numbers, plans: list[Numbers], tried: NDArray[np.int64]) -> Iterator[Placing]:
    """List every place and kind of which any plan has one, with what all plans have there."""
    every = np.stack(plans)
    kinds = (*instance.teams, *instance.vehicles)
    for p, k in np.argwhere(every.any(axis=0)):
        here = every[:, p, k]
        share = float((here == plan[p, k]).mean())
        numbers = (int(plan[p, k]), int(here.min()), int(here.max()))
        yield Placing(instance.places[p].id, kinds[k].id, *numbers, share, int(tried[p, k]))
