"""Every feasible deployment, simulated jointly until it has lost more than the best one: docs/search.md, section 6.

Losses are never negative and no weight is, so what a deployment has lost in the scenarios simulated so far, with the
cost of its placement, is a lower bound of its objective. Where that reaches the best objective it is excluded. What
happens in a scenario depends only on the places that anybody came to, and on the posts if reserve was called: all
deployments that have the same there share one replication.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.cancellation import held_back, lookout
from optimiser.common.message import Message
from optimiser.common.progress import Progress
from optimiser.planning.magnitude import close_to, relative_gap
from optimiser.planning.programs.configurations import tail_weights
from optimiser.planning.search.exhaustive.course_plan import CoursePlan, plan_course
from optimiser.planning.search.exhaustive.listing import Ints, Listing, list_deployments
from optimiser.planning.search.search_state import Search, Step, Steps
from optimiser.planning.search.stop_rules import Ending
from optimiser.simulation.engine import Floats, Spent

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ExhaustiveParams:
    """Limits, and what decides how fast it is; all assumed.

    Attributes
    ----------
    most : feasible deployments beyond which they are not listed.
    asked : joint replications that it may be expected to take where it is asked for: some ten minutes.
    share : part of what is left of the budget that it may be expected to take, and take, where it is not.
    least : part of the scenarios that a deployment is taken to need at least, before any is simulated, where not asked.
    pilots : deployments, evenly from the list, that are simulated in all scenarios to know what to expect.
    first, growth : deployments that are simulated before it is looked which others fare the same, and by which factor
        they grow.
    chunk : deployments that are simulated at once.
    dense : sets of places with no more combinations than this are looked up in an array, others in a sorted list.
    """

    most: int = 10_000_000
    asked: float = 40e6
    share: float = 0.5
    least: float = 0.1
    pilots: int = 24
    first: int = 1024
    growth: int = 8
    chunk: int = 65_536
    dense: int = 1 << 24


PARAMS = ExhaustiveParams()
TOO_LONG = Message("looking at all deployments takes too long")


def eliminate_unasked(state: Search) -> Steps:
    """Eliminate all deployments but the best if half of the budget that is left will do; see `eliminate`."""
    left = PARAMS.share * state.simulator.left
    try:
        with state.simulator.allowance(left):
            few = left / max(1.0, PARAMS.least * len(state.scenarios))
            yield from eliminate(state, min(left, PARAMS.asked), int(min(few, PARAMS.most)))
    except Spent:
        yield Step(TOO_LONG)


def eliminate_asked(state: Search) -> None:
    """Eliminate all deployments but the best after a search, with a budget of its own; see `eliminate`.

    An interrupt ends it, as it does the search.
    """
    begun = time.monotonic() - (state.history[-1].seconds if state.history else 0.0)
    try:
        with held_back(), state.simulator.allowance(PARAMS.asked):
            look = lookout()
            for step in eliminate(state):
                look()
                if step.note:
                    _tell(state, step, time.monotonic() - begun)
    except Spent:
        _tell(state, Step(TOO_LONG, finished=True), time.monotonic() - begun)
    except KeyboardInterrupt:
        state.ended = Ending.INTERRUPT


def _tell(state: Search, step: Step, seconds: float) -> None:
    """Tell the watcher of one more step of a search that is over: its budget does not count here."""
    before = state.history[-1] if state.history else None
    progress = Progress(
        iteration=before.iteration + 1 if before else 1,
        best=state.value,
        bound=state.bound,
        gap=relative_gap(state.value, state.bound),
        replications=state.played,
        seconds=seconds,
        unchanged=before.unchanged if before else 0,
        finished=step.finished,
        note=step.note,
    )
    state.history = (*state.history, progress)
    state.watcher.stepped(progress)


def eliminate(state: Search, allowed: float = PARAMS.asked, most: int = PARAMS.most) -> Steps:
    """Find the best of all feasible deployments and prove it, where they are not too many.

    Parameters
    ----------
    allowed : joint replications; nothing is done where it is expected to take more.
    most : feasible deployments; nothing is done where there are more.

    Raises
    ------
    Spent : see `Simulator.allowance`; nothing is proved then, and the best found is kept.
    """
    if not state.provable or state.closed:
        return
    listing = list_deployments(state.rules, int(min(allowed, most)))
    if listing is None:
        return
    yield Step(Message.plural("{n} feasible deployment", "{n} feasible deployments", len(listing.codes)))
    course = plan_course(state, listing, _shares(state), PARAMS.pilots)
    if course.expected > allowed:
        yield Step(TOO_LONG)
        return
    race, next_look = _Elimination(state, listing, course), 1
    for passes, scenario in enumerate(course.order.tolist(), 1):
        if not len(race.alive):
            break
        race.advance(scenario)
        if passes == next_look:
            race.consider_best()
            next_look *= 2
            yield Step(Message("{n:,} deployments may still be better", n=len(race.alive)))
        else:
            yield Step()
    while len(race.alive):
        race.consider_best()
        yield Step()
    state.listed = len(listing.codes)
    state.prove(math.inf)  # every feasible deployment was excluded or simulated
    yield Step(Message("all {n:,} feasible deployments looked at", n=state.listed), finished=True)


def _shares(state: Search) -> Floats:
    """Return what a point in each scenario counts at least in the objective, whatever the deployment.

    That is the mean, and the tail of the best deployment: for any other its own tail counts more (Rockafellar, Uryasev
    2000).
    """
    o, count = state.simulator.instance.objective, len(state.scenarios)
    share = np.full(count, 1.0 / count)
    if o.tail_weight > 0.0:
        losses = state.simulator.totals(state.best[None], state.scenarios)[0]
        share += float(o.tail_weight) * tail_weights(losses, float(o.tail))
    return share


class _Elimination:
    """The deployments that may still be better than the best, and what is known of them.

    Attributes
    ----------
    alive : their numbers in the listing, ascending, shape (alive,).
    lower : lower bound of the objective of each, in points, shape (alive,).
    """

    def __init__(self, state: Search, listing: Listing, course: CoursePlan) -> None:
        self.state, self.listing, self.course = state, listing, course
        self.alive, self.lower = listing.codes, listing.costs(state.cost)
        self._exclude()

    def advance(self, scenario: int) -> None:
        """Simulate all in one scenario and exclude those that cost too much."""
        self.lower += self.course.share[scenario] * self._points(scenario)
        self._exclude()

    def consider_best(self) -> None:
        """Simulate the deployment with the lowest bound in every scenario; it is excluded or becomes the best."""
        if len(self.alive):
            best = int(np.argmin(self.lower))
            self.state.consider(self.listing.plans(self.alive[[best]])[0])
            self.lower[best] = math.inf
            self._exclude()

    def _exclude(self) -> None:
        keep = self.lower < self.state.value - close_to(self.state.value)
        self.alive, self.lower = self.alive[keep], self.lower[keep]

    def _points(self, scenario: int) -> Floats:
        """Return what each deployment loses in a scenario, by weight, shape (alive,)."""
        points, several = np.full(len(self.alive), np.nan), np.array([len(grid) > 1 for grid in self.listing.grids])
        open_, guess, most = np.arange(len(self.alive)), self.course.depends[scenario], PARAMS.first
        while len(open_):
            which = open_[self._first_of_each(self.alive[open_], guess)[:most]]
            points[which], depends = self._play(which, scenario)
            open_ = open_[np.isnan(points[open_])]
            sets, number, many = np.unique(depends[:, several], axis=0, return_inverse=True, return_counts=True)
            for i in np.flatnonzero(~sets.all(axis=1)).tolist():  # what depends on all places is like no other
                those = which[number.reshape(-1) == i]
                points[open_] = self._look_up(
                    self.alive[those], points[those], self.alive[open_], _among(several, sets[i])
                )
                open_ = open_[np.isnan(points[open_])]
            guess, most = _among(several, sets[np.argmax(many)]), PARAMS.growth * most
        return points

    def _play(self, which: Ints, scenario: int) -> tuple[Floats, Flags]:
        """Simulate deployments in one scenario, part by part, see `Simulator.fates`."""
        parts = [
            self.state.simulator.fates(self.listing.plans(self.alive[part]), self.state.scenarios, scenario)
            for part in np.split(which, range(PARAMS.chunk, len(which), PARAMS.chunk))
        ]
        lost, depends = zip(*parts, strict=True)
        return np.concatenate(lost), np.concatenate(depends)

    def _first_of_each(self, codes: Ints, places: Flags) -> Ints:
        """Return one deployment of each group that has the same at some places, by index, ascending."""
        keys, size = self.listing.keys(codes, places)
        if size == self.listing.combinations:  # at all of them: no two have the same
            return np.arange(len(keys))
        if size > PARAMS.dense:
            return np.sort(np.unique(keys, return_index=True)[1])
        first = np.full(size, -1)
        first[keys[::-1]] = np.arange(len(keys))[::-1]  # what is written last stays
        return np.sort(first[first >= 0])

    def _look_up(self, played: Ints, lost: Floats, wanted: Ints, places: Flags) -> Floats:
        """Return the points of those that have the same at some places as one that was played; not a number else."""
        keys, size = self.listing.keys(played, places)
        asked, _ = self.listing.keys(wanted, places)
        if size <= PARAMS.dense:
            table = np.full(size, np.nan)
            table[keys] = lost
            return table[asked]
        order = np.argsort(keys, kind="stable")
        keys, lost = keys[order], lost[order]
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[at] == asked, lost[at], np.nan)


def _among(several: Flags, some: Flags) -> Flags:
    """Tell which places are among some of those with several configurations, shape (places,)."""
    places = several.copy()
    places[several] = some
    return places
