"""Crowd and phases over time in many scenarios: what the event logs of one deployment come to.

A plan is read by the hour: how many people stand where at eleven, and how likely disorder is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Deployment
from optimiser.model.instance import PHASES, Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import QUIET, EscalationLaw
from optimiser.output.words.movements import PRESENT, last_shown
from optimiser.simulation import events
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName, Floats, Ints, choose
from optimiser.simulation.events import Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import Scenarios, belong
from optimiser.simulation.simpy_engine.timeline import Timeline

BINS = 96  # parts of the time that is followed: 5 min of a day of 8 h; assumed, finer than any picture shows
FOLLOWED = (events.PHASE, events.ARRIVED, events.LEFT, events.MARCHED, events.SPILLED)
LEAVING = (events.LEFT, events.MARCHED, events.SPILLED)


@dataclass(frozen=True)
class Chronicle:
    """How crowd and phases of some sectors go, over a set of scenarios.

    Attributes
    ----------
    edges : minutes from the start at which the parts of what is followed begin, and its end, shape (bins + 1,).
    people : persons present at the edges, shape (scenarios, bins + 1, sectors).
    shares : mean share of each part that a sector spends in each phase, shape (bins, sectors, phases).
        Times the length of the parts they add up to the mean minutes in each phase.
    """

    edges: Floats
    people: Ints
    shares: Floats

    def crowd(self, levels: Sequence[float]) -> Floats:
        """Give quantiles of the crowd over scenarios, each a number that was there, shape (levels, edges, sectors)."""
        found: Floats = np.quantile(self.people, levels, axis=0, method="inverted_cdf").astype(float)
        return found


def chronicle(
    instance: Instance,
    deployment: Deployment,
    scenarios: Scenarios,
    sectors: Sequence[int] | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    engine: EngineName = "auto",
) -> Chronicle:
    """Play a deployment in every scenario and follow crowd and phases, until the period is over and people are gone.

    Parameters
    ----------
    sectors : those to be followed, by number; all by default.
    law, dispatch : exchangeable parts of the simulation.
    engine : what plays; the numbers are the same.

    Raises
    ------
    Mismatch : deployment or scenarios belong to another instance.
    """
    belong(instance, scenarios)
    chosen = range(len(instance.sectors)) if sectors is None else sectors
    told = _play(instance, deployment, scenarios, find_law(law), dispatch, engine)
    logs = [[entry for entry in log if entry.sector in chosen and entry.kind in FOLLOWED] for log in told]
    return read_logs(logs, chosen, last_shown(instance.period, _gone(logs, instance.period.simulated)))


def _gone(logs: Iterable[Iterable[Entry]], horizon: float) -> float:
    """Return the minute at which the last people are gone in any scenario; the horizon where they never are."""
    last = 0.0
    for log in logs:
        phases: dict[int, int] = {}
        for entry in log:
            if entry.kind == events.PHASE:
                phases[entry.sector], last = entry.what, max(last, entry.minute)
        if any(PHASES[phase] in PRESENT for phase in phases.values()):
            return horizon
    return last


def read_logs(logs: Iterable[Iterable[Entry]], sectors: Sequence[int], horizon: float, bins: int = BINS) -> Chronicle:
    """Follow crowd and phases through event logs.

    Parameters
    ----------
    logs : the entries of each replication, in order of time.
    sectors : numbers of those to be followed.
    horizon : minutes that are followed.
    bins : parts of equal length that they are cut into.
    """
    edges = np.linspace(0.0, horizon, bins + 1)
    column = {s: i for i, s in enumerate(sectors)}
    spent = np.zeros((bins + 1, len(column), len(PHASES)))
    crowds = []
    for log in logs:
        people = np.zeros((bins + 1, len(column)), dtype=np.int64)
        since, phase = [0.0] * len(column), [QUIET] * len(column)
        for entry in log:
            i = column.get(entry.sector, -1)
            if i < 0:
                continue
            if entry.kind == events.PHASE:
                _spend(spent[:, i, phase[i]], edges, since[i], entry.minute)
                since[i], phase[i] = entry.minute, entry.what
            elif entry.kind == events.ARRIVED or entry.kind in LEAVING:
                change = round(entry.number) if entry.kind == events.ARRIVED else -round(entry.number)
                people[edges.searchsorted(entry.minute) :, i] += change
        for i in range(len(column)):
            _spend(spent[:, i, phase[i]], edges, since[i], horizon)
        crowds.append(people)
    shares = np.diff(spent, axis=0) / (max(1, len(crowds)) * horizon / bins)
    return Chronicle(edges, np.array(crowds, dtype=np.int64).reshape(-1, bins + 1, len(column)), shares)


def _spend(spent: Floats, edges: Floats, begin: float, end: float) -> None:
    """Add the minutes of a span that have passed by each edge."""
    spent += np.minimum(np.maximum(edges, begin), end) - begin


def _play(
    instance: Instance,
    deployment: Deployment,
    scenarios: Scenarios,
    law: EscalationLaw,
    dispatch: Dispatch,
    wanted: EngineName,
) -> Iterator[Sequence[Entry]]:
    """Give the event log of every scenario, from the compiled engine where it can play."""
    engine = choose(instance, law, dispatch, 1, wanted).engine
    try:
        tell_each = getattr(engine, "tell_each", None)
        if tell_each is not None:
            yield from tell_each(deployment.numbers(instance), scenarios, np.arange(len(scenarios)))
            return
        facts, counts = index_instance(instance), count(instance, deployment)
        for scenario in scenarios.items:
            log: list[Entry] = []
            Timeline(facts, counts, scenario, law, dispatch, log.append).run()
            yield log
    finally:
        engine.close()
