"""Many replications: in this process or in several, each simulated once, the numbers independent of who played them.

Worker processes are started by loky, so that a script that embeds the package needs no ``__main__`` guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple

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


class _Run(NamedTuple):
    """What is remembered of a replication: points by sector, who was visited, whether reserve was called."""

    loss: Floats
    visited: tuple[bool, ...]
    called: bool


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
        self._known: dict[tuple[Counts, str, int, int], _Run] = {}
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
        found = self._runs([(counts, s) for counts in rows for s in scenarios.items], scenarios)
        return np.array([f.loss for f in found]).reshape(len(rows), len(scenarios), -1)

    def changes(
        self, incumbent: Deployment, variants: Sequence[tuple[int, Deployment]], scenarios: Scenarios
    ) -> Floats:
        """Give the change of total loss when one place of an incumbent changes, in points.

        A scenario in which nobody ever came to the changed sector, or in which no reserve was ever asked for when a
        post changes, cannot differ; it is not simulated.

        Parameters
        ----------
        variants : (index of the changed place, deployment), sectors first, then posts.

        Returns
        -------
        Array (variants, scenarios).
        """
        own = count(self.instance, incumbent)
        base = self._runs([(own, s) for s in scenarios.items], scenarios)
        size = len(self.instance.sectors)
        rows = [count(self.instance, d) for _, d in variants]
        which = [
            (v, i)
            for v, (place, _) in enumerate(variants)
            for i, run in enumerate(base)
            if (run.visited[place] if place < size else run.called)
        ]
        found = self._runs([(rows[v], scenarios.items[i]) for v, i in which], scenarios)
        result = np.zeros((len(variants), len(scenarios)))
        for (v, i), run in zip(which, found, strict=True):
            result[v, i] = run.loss.sum() - base[i].loss.sum()
        return result

    def _runs(self, wanted: Sequence[tuple[Counts, Scenario]], scenarios: Scenarios) -> list[_Run]:
        """Give what is known of each replication, simulating what is not known yet."""
        keys = [(counts, scenarios.group, scenarios.seed, s.number) for counts, s in wanted]
        missing = {key: pair for key, pair in zip(keys, wanted, strict=True) if key not in self._known}
        for key, played in zip(missing, self._play(list(missing.values())), strict=True):
            loss = np.array(played.harms) @ self._factor
            self._known[key] = _Run(loss, played.visited, played.called)
        return [self._known[key] for key in keys]

    def outcome(self, deployment: Deployment, scenarios: Scenarios) -> Outcome:
        """Play one deployment in every scenario and keep everything."""
        counts = count(self.instance, deployment)
        played = self._play([(counts, s) for s in scenarios.items])
        return Outcome(
            np.array([r.harms for r in played]),
            np.array([r.minutes for r in played]),
            np.array([r.force for r in played]),
        )

    def _play(self, runs: Sequence[tuple[Counts, Scenario]]) -> list[Replication]:
        self.replications += len(runs)
        if self.workers == 1 or len(runs) < 2 * _CHUNK:
            return [Timeline(self.facts, c, s, self.law, self.dispatch).run() for c, s in runs]
        chunks = [runs[i : i + _CHUNK] for i in range(0, len(runs), _CHUNK)]
        try:
            # futures of our own: those of `map` are cancelled before the workers are ended, which loky complains of
            waiting = [self._workers().submit(_play_chunk, chunk) for chunk in chunks]
            return [r for future in waiting for r in future.result()]
        except KeyboardInterrupt:
            # what is queued would be played to its end before anything else: end it, and go on alone
            self.close(kill=True)
            self.workers = 1
            raise

    def _workers(self) -> Any:
        if self._pool is None:
            from loky.process_executor import ProcessPoolExecutor  # noqa: PLC0415 - only when several processes are used

            self._pool = ProcessPoolExecutor(
                self.workers, initializer=_prepare, initargs=(self.instance, self.law, self.dispatch)
            )
        return self._pool


_WORKER: dict[str, Any] = {}  # filled only inside worker processes


def _prepare(instance: Instance, law: EscalationLaw, dispatch: Dispatch) -> None:
    import signal  # noqa: PLC0415 - only in a worker: Ctrl-C is for the process that planned

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORKER.update(facts=gather(instance), law=law, dispatch=dispatch)


def _play_chunk(runs: list[tuple[Counts, Scenario]]) -> list[Replication]:
    w = _WORKER
    return [Timeline(w["facts"], c, s, w["law"], w["dispatch"]).run() for c, s in runs]
