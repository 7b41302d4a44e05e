"""Many replications: in this process or in several, each simulated once, results independent of how they were shared out.

Worker processes are started by loky, so that a script that embeds the package needs no ``__main__`` guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.deployment import Deployment
from optimiser.dispatch import Dispatch, send_nearest
from optimiser.escalation import EscalationLaw, RiskLaw
from optimiser.facts import Counts, count, gather
from optimiser.instance import Instance
from optimiser.outcome import Event, Observer, Replication, weights
from optimiser.scenario import Scenario, Scenarios
from optimiser.timeline import Process, Timeline

Floats = NDArray[np.float64]
_CHUNK = 64  # replications a worker gets at a time


@dataclass(frozen=True)
class Outcome:
    """What a deployment did in a set of scenarios.

    Attributes
    ----------
    harms : (scenarios, sectors, harms) in the units of `optimiser.instance.HARM_UNITS`.
    minutes : (scenarios, sectors, phases) minutes in each phase.
    force : (scenarios, sectors) highest stage of force.
    """

    harms: Floats
    minutes: Floats
    force: NDArray[np.int64]

    def losses(self, instance: Instance) -> Floats:
        """Points by scenario and sector."""
        points: Floats = self.harms @ np.array(weights(instance.objective))
        return points


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
    """Play one deployment in one scenario and keep its event log.

    Parameters
    ----------
    law, dispatch : exchangeable parts.
    observers : each is called with every event as it happens.
    processes : a user's own SimPy processes; see `optimiser.timeline.Timeline`.

    Returns
    -------
    The replication and its events in the order in which they happened.
    """
    events: list[Event] = []

    def observe(event: Event) -> None:
        events.append(event)
        for observer in observers:
            observer(event)

    counts = count(instance, deployment)
    timeline = Timeline(gather(instance), counts, scenario, law, dispatch, observe, processes)
    return timeline.run(), events


class Simulator:
    """Plays deployments of one instance; remembers what it has played.

    Parameters
    ----------
    instance : the problem.
    law, dispatch : exchangeable parts of the simulation.
    workers : processes; 1 simulates in this process.
    """

    def __init__(
        self,
        instance: Instance,
        law: EscalationLaw | None = None,
        dispatch: Dispatch = send_nearest,
        workers: int = 1,
    ) -> None:
        self.instance, self.law, self.dispatch = instance, law or RiskLaw(), dispatch
        self.facts = gather(instance)
        self.workers = max(1, workers)
        self.replications = 0
        self._pool: Any = None
        self._known: dict[tuple[Counts, str, int, int], Floats] = {}
        self._factor = np.array(weights(instance.objective))

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(kill=error is not None)

    def close(self, kill: bool = False) -> None:
        """Stop the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=not kill, kill_workers=kill)
            self._pool = None

    def losses(self, deployments: Sequence[Deployment], scenarios: Scenarios) -> Floats:
        """Give the points of every deployment in every scenario and sector.

        Returns
        -------
        Array (deployments, scenarios, sectors). Nothing is simulated twice.
        """
        rows = [count(self.instance, d) for d in deployments]
        missing: dict[tuple[Counts, int], None] = {}
        for counts in rows:
            for i, scenario in enumerate(scenarios.items):
                if (counts, scenarios.group, scenarios.seed, scenario.number) not in self._known:
                    missing[counts, i] = None
        tasks = list(missing)
        for (counts, i), harms in zip(tasks, self._play(tasks, scenarios), strict=True):
            key = (counts, scenarios.group, scenarios.seed, scenarios.items[i].number)
            self._known[key] = harms @ self._factor
        return np.array(
            [[self._known[c, scenarios.group, scenarios.seed, s.number] for s in scenarios.items] for c in rows]
        )

    def _play(self, tasks: Sequence[tuple[Counts, int]], scenarios: Scenarios) -> list[Floats]:
        self.replications += len(tasks)
        played = [(counts, scenarios.items[i]) for counts, i in tasks]
        if self.workers == 1 or len(tasks) < 2 * _CHUNK:
            return [self._harms(counts, scenario) for counts, scenario in played]
        chunks = [played[i : i + _CHUNK] for i in range(0, len(played), _CHUNK)]
        results: list[Floats] = []
        for part in self._workers().map(_play_chunk, chunks):
            results.extend(part)
        return results

    def _harms(self, counts: Counts, scenario: Any) -> Floats:
        return np.array(Timeline(self.facts, counts, scenario, self.law, self.dispatch).run().harms)

    def _workers(self) -> Any:
        if self._pool is None:
            from loky.process_executor import ProcessPoolExecutor  # noqa: PLC0415 - only when several processes are used

            self._pool = ProcessPoolExecutor(
                self.workers, initializer=_prepare, initargs=(self.instance, self.law, self.dispatch)
            )
        return self._pool

    def outcome(self, deployment: Deployment, scenarios: Scenarios) -> Outcome:
        """Play one deployment in every scenario and keep everything."""
        counts = count(self.instance, deployment)
        self.replications += len(scenarios)
        runs = [(counts, s) for s in scenarios.items]
        if self.workers == 1 or len(runs) < 2 * _CHUNK:
            played = [Timeline(self.facts, c, s, self.law, self.dispatch).run() for c, s in runs]
        else:
            chunks = [runs[i : i + _CHUNK] for i in range(0, len(runs), _CHUNK)]
            played = [r for part in self._workers().map(_play_whole, chunks) for r in part]
        return Outcome(
            np.array([r.harms for r in played]),
            np.array([r.minutes for r in played]),
            np.array([r.force for r in played]),
        )


_WORKER: dict[str, Any] = {}  # filled only inside worker processes


def _prepare(instance: Instance, law: EscalationLaw, dispatch: Dispatch) -> None:
    import signal  # noqa: PLC0415 - only in a worker: Ctrl-C is for the process that planned

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORKER.update(facts=gather(instance), law=law, dispatch=dispatch)


def _play_whole(runs: list[tuple[Counts, Any]]) -> list[Any]:
    w = _WORKER
    return [Timeline(w["facts"], c, s, w["law"], w["dispatch"]).run() for c, s in runs]


def _play_chunk(runs: list[tuple[Counts, Any]]) -> list[Floats]:
    return [np.array(r.harms) for r in _play_whole(runs)]
