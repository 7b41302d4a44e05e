"""Many replications, each simulated once; the numbers are the same by any engine and number of threads."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.harms import weights
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.parts.notes import UNHASHED
from optimiser.model.values.arguments import a, checked, within
from optimiser.simulation.compiled_engine.law_code import is_ours
from optimiser.simulation.course import Course, depends_on, may_differ
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import Allowance, EngineName, Floats, Ints, Spent, Trial, choose
from optimiser.simulation.events import Entry, Event, Observer, Replication, Translator
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import Scenario, Scenarios, belong
from optimiser.simulation.scenario import fingerprint as source_of
from optimiser.simulation.simpy_engine.timeline import Process, Timeline

KEPT = 64 * 2**20  # bytes of totals that are remembered; the oldest are forgotten first
COURSES = 16  # deployments whose course is remembered
Flags = NDArray[np.bool_]
Key = tuple[bytes, int]  # a deployment, and the number of a set of scenarios


@dataclass(frozen=True)
class Outcome:
    """What a deployment did in a set of scenarios.

    Attributes
    ----------
    harms : (scenarios, sectors, harms) in the units of `harms.HARMS`.
    minutes : (scenarios, sectors, phases) minutes in each phase.
    force : (scenarios, sectors) highest stage of force.
    """

    harms: Floats
    minutes: Floats
    force: Ints

    def losses(self, instance: Instance) -> Floats:
        """Points by scenario and sector."""
        points: Floats = self.harms @ np.array(weights(instance.objective))
        return points


@dataclass(frozen=True)
class Conditions:
    """What a replication depends on, besides the deployment."""

    instance: Instance
    law: EscalationLaw
    dispatch: Dispatch
    scenarios: Scenarios

    def like(self, other: Conditions) -> bool:
        """Return whether the same deployment does the same here and there, bit for bit; False where it is not known."""
        return (
            (self.law is other.law or (is_ours(self.law) and type(self.law) is type(other.law)))
            and self.dispatch is other.dispatch
            and len(self.scenarios) == len(other.scenarios)
            and self.scenarios.begins_like(other.scenarios)
            and (self.instance is other.instance or _what_plays(self.instance) == _what_plays(other.instance))
        )


@checked(scenario=a(Scenario, Message("take one of a set, draw(instance, 1, 10)[0]")))
def simulate(
    instance: Instance,
    deployment: Deployment,
    scenario: Scenario,
    *,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
    observers: Sequence[Observer] = (),
    processes: Sequence[Process] = (),
) -> tuple[Replication, list[Event]]:
    """Simulate one deployment in one scenario with SimPy and keep its event log.

    Parameters
    ----------
    law, dispatch : exchangeable parts.
    observers : each is called with every event as it happens.
    processes : a user's own SimPy processes; see `timeline.Timeline`.

    Returns
    -------
    The replication and its events in the order in which they happened.

    Raises
    ------
    Mismatch, BadSetting : deployment or scenario belong to another instance; an argument is none that can be used.
    """
    belong(instance, scenario)
    events: list[Event] = []
    translator = Translator(instance)

    def observe(entry: Entry) -> None:
        event = translator.event(entry)
        events.append(event)
        for observer in observers:
            observer(event)

    counts = count(instance, deployment)
    timeline = Timeline(index_instance(instance), counts, scenario, law, dispatch, observe, processes)
    return timeline.run(), events


class Simulator(Allowance):
    """Plays deployments of one instance, and no other's (`Mismatch`); remembers what it has played.

    Parameters
    ----------
    instance : the problem.
    law, dispatch : exchangeable parts of the simulation.
    workers : threads or processes; 1 simulates in this one.
    engine : ``auto`` takes the compiled engine where it can play law and dispatch rule, SimPy otherwise.
    tell : called if the simulation has to be compiled first, which takes a while.
    """

    @checked(workers=within(1, 1024))
    def __init__(
        self,
        instance: Instance,
        law: EscalationLaw | None = None,
        dispatch: Dispatch = send_nearest,
        workers: int = 1,
        engine: EngineName = "auto",
        tell: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(len(instance.sectors))
        self.instance, self.law, self.dispatch = instance, law or DefaultLaw(), dispatch
        self.workers = workers
        choice = choose(instance, self.law, dispatch, workers, engine, tell)
        self.engine, self.why_slow = choice.engine, choice.why
        self.facts = self.engine.facts
        self._totals: dict[Key, Floats] = {}
        self._courses: dict[Key, Course] = {}
        self._outcomes: WeakValueDictionary[tuple[bytes, int, int], Outcome] = WeakValueDictionary()
        self._sets: list[Scenarios] = []  # the longest known of each
        self._sources = {source_of(instance)}
        self._kept = 0  # bytes in totals

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(kill=error is not None)

    def close(self, kill: bool = False) -> None:
        """Let go of threads or processes."""
        self.engine.close(kill)

    def turn_to(self, instance: Instance) -> Simulator | None:
        """Return a simulator of an instance that shares the engine, if every replication is the same there.

        Cap, pins, numbers of teams and vehicles, and what else only says which deployments are feasible, play no part
        in a replication. None where anything else differs. Of what deployments are compared by it remembers nothing:
        a budget counts what is simulated, and a search would go further the more was known before.
        """
        if _what_plays(instance) != _what_plays(self.instance):
            return None
        other = copy.copy(self)
        other.instance = instance
        Allowance.__init__(other, len(instance.sectors))
        other._totals, other._courses, other._kept = {}, {}, 0
        return other

    def losses(self, deployments: Sequence[Deployment], scenarios: Scenarios) -> Floats:
        """Return the points of every deployment in every scenario and sector.

        Returns
        -------
        Array (deployments, scenarios, sectors).
        """
        return np.array([self.course(d.numbers(self.instance), scenarios).loss for d in deployments])

    def course(self, plan: Numbers, scenarios: Scenarios) -> Course:
        """Simulate one deployment in every scenario, or remember how it fared.

        Parameters
        ----------
        plan : numbers by place and kind, shape (places, kinds).
        """
        key, n = (plan.tobytes(), self._set_of(scenarios)), len(scenarios)
        known = self._courses.pop(key, None)
        have = 0 if known is None else len(known.called)
        if have < n:
            columns = np.arange(have, n)
            self._allow(len(columns))
            played = self.engine.play(plan[None], np.zeros_like(columns), columns, scenarios, "sectors")
            self.sector_replications += len(columns) * len(self.instance.sectors)
            parts = (played.loss, played.visited, played.called)
            if known is not None:
                parts = (
                    np.concatenate([known.loss, played.loss]),
                    np.concatenate([known.visited, played.visited]),
                    np.concatenate([known.called, played.called]),
                )
            known = Course(*parts, scenarios.weight)
        assert known is not None
        self._courses[key] = known  # at the end: the oldest are forgotten first
        while len(self._courses) > COURSES:
            del self._courses[next(iter(self._courses))]
        return Course(known.loss[:n], known.visited[:n], known.called[:n], scenarios.weight)

    def totals(
        self,
        plans: Numbers,
        scenarios: Scenarios,
        begin: int = 0,
        end: int | None = None,
        base: Numbers | None = None,
    ) -> Floats:
        """Return the total points of many deployments in the scenarios from `begin` up to `end` (exclusive), by weight.

        Parameters
        ----------
        plans : shape (deployments, places, kinds).
        base : a deployment that the others differ little from, shape (places, kinds). Where nobody ever came to a
            sector that differs or where units that move may stand, nobody who goes where the line is thinnest may
            compare it, and no reserve was asked for where a post differs, the total is that of the base.

        Returns
        -------
        Array (deployments, end - begin). Nothing that is remembered is simulated again.

        Raises
        ------
        ValueError : there are not so many scenarios.
        Spent : see `allowance`.
        """
        end = len(scenarios) if end is None else end
        if not 0 <= begin <= end <= len(scenarios):
            raise ValueError(f"scenarios {begin} to {end} of {len(scenarios)}")
        known_as = self._set_of(scenarios)
        keys = [(plan.tobytes(), known_as) for plan in plans]
        found = np.full((len(plans), end - begin), np.nan)
        if base is not None:
            course = self.course(base, scenarios)
            same = ~may_differ(self.facts, plans != base, course, scenarios, begin, end)
            np.copyto(found, course.total[begin:end], where=same)
        place: dict[Key, int] = {}
        for i, key in enumerate(keys):
            known = self._totals.get(key)
            if known is not None:
                here = known[begin:end]
                np.copyto(found[i, : len(here)], here, where=~np.isnan(here))
            place.setdefault(key, i)
        firsts = np.array(sorted(place.values()), dtype=np.int64)
        rows, columns = np.nonzero(np.isnan(found[firsts]))
        if len(rows):
            rows, columns = firsts[rows], columns + begin
            self._allow(len(rows))
            points = self.engine.play(plans, rows, columns, scenarios).total
            found[rows, columns - begin] = points * scenarios.weight[columns]
            self.sector_replications += len(rows) * len(self.instance.sectors)
        for i, key in enumerate(keys):
            found[i] = found[place[key]]
        for i in firsts:
            self._keep(keys[i], found[i], begin, end)
        return found

    def fates(self, plans: Numbers, scenarios: Scenarios, column: int) -> tuple[Floats, Flags]:
        """Simulate deployments in one scenario, and tell which places that depends on; nothing is remembered.

        Parameters
        ----------
        plans : shape (deployments, places, kinds).
        column : index of the scenario.

        Returns
        -------
        Points by weight, as `totals` gives them, shape (deployments,), and the places, shape (deployments, places):
        every deployment that has the same there has the same points in this scenario.

        Raises
        ------
        Spent : see `allowance`.
        """
        self._admit(scenarios)
        self._allow(len(plans))
        rows = np.arange(len(plans))
        played = self.engine.play(plans, rows, np.full_like(rows, column), scenarios, "sectors")
        self.sector_replications += len(plans) * len(self.instance.sectors)
        displaced = scenarios.displaced[column] == 1
        return played.total * scenarios.weight[column], depends_on(self.facts, played.visited, played.called, displaced)

    def _admit(self, scenarios: Scenarios) -> None:
        if scenarios.source not in self._sources:
            belong(self.instance, scenarios)
            self._sources.add(scenarios.source)

    def _set_of(self, scenarios: Scenarios) -> int:
        """Return the number of a set of scenarios: those that are the beginning of others are of the same set."""
        self._admit(scenarios)
        for number, known in enumerate(self._sets):
            if scenarios.begins_like(known):
                if len(scenarios) > len(known):
                    self._sets[number] = scenarios
                return number
        self._sets.append(scenarios)
        return len(self._sets) - 1

    def _keep(self, key: Key, total: Floats, begin: int, end: int) -> None:
        """Remember totals of a deployment; those that were not asked for are not a number."""
        known = self._totals.pop(key, None)
        if known is None or len(known) < end:
            longer = np.full(end, np.nan)
            if known is not None:
                longer[: len(known)] = known
                self._kept -= known.nbytes
            known = longer
            self._kept += known.nbytes
        known[begin:end] = total
        self._totals[key] = known
        while self._kept > KEPT and len(self._totals) > 1:
            self._kept -= self._totals.pop(next(iter(self._totals))).nbytes

    def attempt(self, trial: Trial, scenarios: Scenarios, end: int) -> None:
        """Simulate configurations of one sector alone, see `engine.Trial`."""
        self._admit(scenarios)
        need, first = np.maximum(end - trial.played, 0), 0
        while first < len(need):
            last = first + int(np.searchsorted(np.cumsum(need[first:]), self._sectors_left, side="right"))
            if last == first:
                raise Spent
            part = trial.part(first, last)
            before = int(part.played.sum())
            self.engine.attempt(part, scenarios, end)
            self.sector_replications += int(part.played.sum()) - before
            first = last

    def played(self, scenarios: Scenarios) -> Conditions:
        """Return what replications of these scenarios depend on."""
        return Conditions(self.instance, self.law, self.dispatch, scenarios)

    def outcome(self, deployment: Deployment, scenarios: Scenarios) -> Outcome:
        """Simulate one deployment in every scenario and keep everything; as long as somebody does, only once."""
        plans = deployment.numbers(self.instance)[None]
        key = (plans.tobytes(), self._set_of(scenarios), len(scenarios))
        known = self._outcomes.get(key)
        if known is not None:
            return known
        columns = np.arange(len(scenarios))
        played = self.engine.play(plans, np.zeros_like(columns), columns, scenarios, "everything")
        self.sector_replications += len(columns) * len(self.instance.sectors)
        outcome = Outcome(played.harms, played.minutes, played.force)
        for array in vars(outcome).values():  # whoever asks again is given the same one
            array.setflags(write=False)
        self._outcomes[key] = outcome
        return outcome


def _what_plays(instance: Instance) -> dict[str, Any]:
    """Return what replications depend on, as plain data."""
    only_feasible: Any = {
        **dict.fromkeys(("name", "title", "about", "texts", "told", "cap", "pins", "historical", "source"), True),
        "base_map": True,
        "sectors": {
            "__all__": {"minimum", "maximum", "cover", "staging_capacity", "officer_post", *UNHASHED["sectors"]}
        },
        "posts": {"__all__": {"staging_capacity", "mobile", *UNHASHED["posts"]}},
        "accompaniments": {"__all__": {"staging_capacity", *UNHASHED["accompaniments"]}},
        "movements": {"__all__": {"staging_capacity", *UNHASHED["movements"]}},
        "presence": True,
        "teams": {"__all__": {"count", "counts", *UNHASHED["teams"]}},
        "vehicles": {"__all__": {"count", "counts", *UNHASHED["vehicles"]}},
    }
    escort_stays = instance.presence is not None and instance.presence.escort_stays
    return {**instance.model_dump(exclude=only_feasible), "escort_stays": escort_stays}
