"""One sector over a day on which its crowd comes and goes at fixed minutes: what is expected, without noise.

Between these, and the minutes at which those who stay on look again, the situation of a sector is a Markov chain with
constant rates; at such a minute it changes as the rules say (docs/model.md, section 2). What is expected is therefore a
product of matrix exponentials and of these changes. `markov_moving` puts sectors together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from markov import Floats, Place, Situation
from numpy.typing import NDArray

from optimiser.model.harms import weights
from optimiser.model.instance import Instance, Sector
from optimiser.model.laws.escalation_law import (
    CALM,
    COOL,
    DISPERSE,
    DISPERSED,
    FAIL,
    GREEN,
    PROVOKE,
    QUIET,
    RED,
    WORSEN,
    YELLOW,
)
from optimiser.model.laws.facilitation_law import FacilitationLaw

LAW = FacilitationLaw()
LINGER = 30.0  # minutes after which those who stayed on look again whether they can go, docs/model.md section 2
PAUSE = 1.0  # minutes after which they look first: when the next group would be due to go, which there is none of
TAIL = 18  # terms beyond mean + 8 standard deviations that are still summed; what is left is below 1e-20
CLOCKS = {
    GREEN: (WORSEN, COOL, PROVOKE),
    YELLOW: (WORSEN, FAIL, CALM, DISPERSE, COOL, PROVOKE),
    RED: (CALM, DISPERSE, COOL),
    DISPERSED: (),
}  # that can ring at all
FIRST, GONE = "all", "gone"  # the crowd is there, or nobody is; in between: those who stayed on in "yellow" or "red"
Teams = tuple[int, ...]
State = tuple[str, Situation]


class Day:
    """One sector over the day: its situations, and how they change at fixed minutes whatever stands there.

    Attributes
    ----------
    come, leave, end : minutes at which the crowd comes, is due to leave, and the period is over.
    states : who is there, and the situation; the first one is that in which the crowd comes.
    calm : whether a state holds no units, shape (states,).
    changes : what happens at fixed minutes: minute, and the number of the state that each becomes, shape (states,).
    """

    def __init__(self, instance: Instance, sector: Sector) -> None:
        self.instance, self.place = instance, Place(instance, sector.id)
        crowd = self.place.crowd
        self.come = float(instance.minutes(crowd.arrives))
        self.leave, self.end = self.come + float(crowd.itinerary[0].stay), float(instance.period.minutes)
        self.crowds = {FIRST: self.place, GONE: self.place, **{name: self._staying(name) for name in ("yellow", "red")}}
        self.states = self._list_states()
        self.index = {state: number for number, state in enumerate(self.states)}
        self.calm: NDArray[np.bool_] = np.array([at.phase not in (YELLOW, RED) for _, at in self.states])
        self.changes = tuple(self._list_changes())

    def _staying(self, phase: str) -> Place:
        """Those who stay on when the crowd is due to leave in a phase: all militant in disorder, with nothing to lose.

        The share that is militant in that phase, rounded up, stays; docs/model.md section 2.
        """
        place = Place(self.instance, self.place.sector.id)
        place.people, place.meant = float(math.ceil(place.people * place.shares[phase])), 0.0
        place.shares |= {"yellow": 1.0, "red": 1.0}
        return place

    def _list_states(self) -> list[State]:
        """List what can be while the crowd is there, then what can be when it is gone, or all but those who stay on."""
        here = self._reach([self.place.start()])
        later: list[State] = []
        for phase, name in ((YELLOW, "yellow"), (RED, "red")):
            left = self._reach([at for at in here if at.phase == phase])
            later += [(name, at) for at in left if at.phase != DISPERSED]
        nobody = [Situation(QUIET, False, 0.0, stopped) for stopped in (False, True)]
        return [*((FIRST, at) for at in here), *later, *((GONE, at) for at in nobody)]

    def _reach(self, starts: Sequence[Situation]) -> list[Situation]:
        """List every situation that clocks can lead to, whatever stands there."""
        known, todo = set(starts), list(starts)
        law = self.place.law
        still = {COOL} if law.cool == 0.0 else set()
        still |= {PROVOKE} if law.provoke == 0.0 else set()
        for at in todo:
            rings = [c for c in CLOCKS[at.phase] if c not in still and (c != WORSEN or at.phase == GREEN or at.failed)]
            hazards = tuple(float(c in rings) for c in range(7))
            for goal, _ in self.place.jumps(at, hazards):
                if goal not in known:
                    known.add(goal)
                    todo.append(goal)
        return todo

    def _list_changes(self) -> Iterator[tuple[float, NDArray[np.intp]]]:
        """When the crowd is due to leave, all go but the militants of a crowd in disorder; these go once it is calm."""
        goes, looks = np.arange(len(self.states)), np.arange(len(self.states))
        for number, (who, at) in enumerate(self.states):
            away = self.index[GONE, Situation(QUIET, False, 0.0, at.stopped)]
            if who == FIRST:
                stay = {YELLOW: "yellow", RED: "red"}.get(at.phase)
                goes[number] = away if stay is None else self.index[stay, at]
            elif at.phase == GREEN:
                looks[number] = away
        minute, change = self.leave, goes
        while minute < self.end:
            yield minute, change
            minute, change = minute + (PAUSE if minute == self.leave else LINGER), looks

    def goal(self, who: str, at: Situation) -> int:
        """Give the number of a state: where those who stayed on are dispersed, nobody is there."""
        if at.phase == DISPERSED and who != FIRST:
            return self.index[GONE, Situation(QUIET, False, 0.0, at.stopped)]
        return self.index[who, at]


@dataclass(frozen=True)
class Jumps:
    """Jumps at constant rates, to be summed by uniformisation (Jensen 1953): all terms are positive.

    Attributes
    ----------
    step : probabilities of one jump, shape (states, states); rows sum to 1, or to less where some are lost from sight.
    rate : jumps per minute.
    """

    step: Floats
    rate: float

    @classmethod
    def of(cls, generator: Floats) -> Jumps:
        """Make them of rates per minute, shape (states, states)."""
        rate = float(-generator.diagonal().min())
        step = np.eye(len(generator)) + generator / (rate or 1.0)
        np.fill_diagonal(step, np.maximum(step.diagonal(), 0.0))
        return cls(step, rate)

    def terms(self, minutes: float) -> tuple[Floats, Floats]:
        """Give the probability of 0, 1, ... jumps, and the minutes that are expected to be spent after as many."""
        mean = self.rate * minutes
        count = int(mean + 8.0 * math.sqrt(mean) + TAIL)
        chances = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1.0, count + 1.0)]))
        beyond = np.append(np.cumsum(chances[::-1])[::-1][1:], 0.0)
        return chances, beyond * (minutes / beyond.sum()) if mean > 0.0 else np.where(chances > 0.0, minutes, 0.0)

    def ahead(self, here: Floats, minutes: float) -> tuple[Floats, Floats]:
        """Give probabilities after so many minutes, and the expected minutes in each state until then."""
        there, stays = np.zeros(len(here)), np.zeros(len(here))
        for chance, spent in zip(*self.terms(minutes), strict=True):
            there += chance * here
            stays += spent * here
            here = here @ self.step
        return there, stays

    def back(self, rest: Floats, points: Floats, minutes: float) -> Floats:
        """Give what is lost from so many minutes earlier, by state, if `rest` is lost from later; points a minute."""
        both, found = np.stack([rest, points], axis=1), np.zeros(len(rest))
        for terms in zip(*self.terms(minutes), strict=True):
            found += both @ np.array(terms)
            both = self.step @ both
        return found


class Course:
    """What is expected in one sector with so many teams of each kind there, all day or part of it.

    Attributes
    ----------
    generator : jumps per minute, shape (states, states).
    points : loss per minute, shape (states,).
    """

    def __init__(self, day: Day, teams: Teams) -> None:
        self.day, size = day, len(day.states)
        value = np.array(weights(day.instance.objective))
        self.generator, self.points = np.zeros((size, size)), np.zeros(size)
        for number, (who, at) in enumerate(day.states):
            place = day.crowds[who]
            view = place.view(teams, at)
            mood = LAW.mood(place.law, view)
            self.points[number] = float(np.dot(place.harms(view, mood), value))
            for goal, rate in place.jumps(at, LAW.hazards(place.law, view, mood)):
                self.generator[number, day.goal(who, goal)] += rate
                self.generator[number, number] -= rate

    @cached_property
    def whole(self) -> Jumps:
        """All jumps."""
        return Jumps.of(self.generator)

    @cached_property
    def held(self) -> Jumps:
        """Jumps from disorder to disorder: whoever is held still is, and is lost from sight where it ends."""
        still = np.where(self.day.calm, 0.0, 1.0)
        return Jumps.of(self.generator * still[:, None] * still[None, :])

    @cached_property
    def value(self) -> float:
        """What is expected to be lost if they stand there all day."""
        return self.forward([self.day.end])[0][-1]

    def start(self) -> Floats:
        """Give the probability of each state when the crowd comes, shape (states,)."""
        here = np.zeros(len(self.day.states))
        here[0] = 1.0
        return here

    def forward(self, minutes: Sequence[float]) -> tuple[list[float], list[Floats]]:
        """Give what is lost until each of some minutes, in order, and the probability of each state then."""
        return self.follow(self.whole, self.start(), self.day.come, minutes)

    def follow(
        self, jumps: Jumps, here: Floats, begin: float, minutes: Sequence[float]
    ) -> tuple[list[float], list[Floats]]:
        """Follow probabilities from a minute on through others, in order; some may be lost from sight."""
        lost, losses, found = 0.0, [], []
        for minute in minutes:
            for until, change in self._steps(begin, minute):
                here, stays = jumps.ahead(here, until - begin)
                lost, begin = lost + float(stays @ self.points), until
                if change is not None:
                    here = np.bincount(change, here, len(here))
            losses.append(lost)
            found.append(here)
        return losses, found

    def backward(self, minutes: Sequence[float]) -> list[Floats]:
        """Give what is lost from each of some minutes, in order, to the end, by state at that minute, (states,)."""
        rest, end, found = np.zeros(len(self.points)), self.day.end, []
        for minute in reversed(minutes):
            steps = list(self._steps(minute, end))
            for number in range(len(steps) - 1, -1, -1):
                until, change = steps[number]
                begin = steps[number - 1][0] if number else minute
                if change is not None:
                    rest = rest[change]
                rest = self.whole.back(rest, self.points, until - begin)
            end = minute
            found.append(rest)
        return found[::-1]

    def _steps(self, begin: float, end: float) -> Iterator[tuple[float, NDArray[np.intp] | None]]:
        """List the minutes after one up to another at which states change, each with the change, and the other."""
        for minute, change in self.day.changes:
            if begin < minute <= end:
                yield minute, change
        if not any(minute == end for minute, _ in self.day.changes):
            yield end, None
