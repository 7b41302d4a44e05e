"""The SimPy engine: any law and dispatch rule, in several processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.common.cancellation import let_through, lookout
from optimiser.model.deployment import Numbers
from optimiser.model.harms import weights
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine.bounds_check import (
    look_at_minute,
    look_at_play,
    look_at_scenarios,
    look_at_tasks,
    look_at_trial,
)
from optimiser.simulation.compiled_engine.replay import play_alone
from optimiser.simulation.dispatch import Dispatch
from optimiser.simulation.engine import Detail, EngineName, Ints, Replications, Trial
from optimiser.simulation.event_queue import Agenda, agenda_sizes, clear_queue
from optimiser.simulation.events import Replication
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Counts, split_numbers
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.scenario import Scenario, Scenarios
from optimiser.simulation.simpy_engine.resumption import capture, resume
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.situations.moment import Snapshots, Tasks

ROOM = 4096  # events that the agenda of a sector played alone has room for
SLICE = 64  # replications that a process gets at a time


class SimpyEngine:
    """`simpy_engine.timeline`: slower, and open to any law and dispatch rule.

    Worker processes are started by loky, so that a script that embeds the package needs no ``__main__`` guard.

    Parameters
    ----------
    instance : the problem.
    law, dispatch : exchangeable parts of the simulation.
    workers : processes; 1 simulates in this process.
    """

    name: EngineName = "simpy"

    def __init__(self, instance: Instance, law: EscalationLaw, dispatch: Dispatch, workers: int) -> None:
        self.instance, self.law, self.dispatch, self.workers = instance, law, dispatch, max(1, workers)
        self.facts = index_instance(instance)
        self.weights = weights(instance.objective)
        self._pool: Any = None

    def play(
        self, plans: Numbers, rows: Ints, columns: Ints, scenarios: Scenarios, detail: Detail = "totals"
    ) -> Replications:
        """See `Engine.play`."""
        look_at_scenarios(self.facts, scenarios)
        look_at_play(self.facts, plans, rows, columns, scenarios)
        counts = [split_numbers(self.instance, numbers) for numbers in plans]
        runs = [(counts[d], scenarios[n]) for d, n in zip(rows.tolist(), columns.tolist(), strict=True)]
        return self._replications(self._play(runs), detail)

    def _replications(self, played: list[Replication], detail: Detail) -> Replications:
        sectors, everything = len(self.instance.sectors), detail == "everything"
        points = [[_points(h, self.weights) for h in r.harms] for r in played]
        return Replications(
            np.array([_add(row) for row in points]),
            np.array([row for row in points if detail != "totals"]).reshape(-1, sectors),
            np.array([r.visited for r in played if detail != "totals"], dtype=bool).reshape(-1, sectors),
            np.array([r.called for r in played], dtype=bool),
            np.array([r.events for r in played], dtype=np.int64),
            np.array([r.harms for r in played if everything]),
            np.array([r.minutes for r in played if everything]),
            np.array([r.force for r in played if everything], dtype=np.int64),
        )

    def _play(self, runs: list[tuple[Counts, Scenario]]) -> list[Replication]:
        look = lookout()
        if self.workers == 1 or len(runs) < 2 * SLICE:
            return [self._play_one(run, look) for run in runs]
        chunks = [runs[i : i + SLICE] for i in range(0, len(runs), SLICE)]
        try:
            # futures of our own: those of `map` are cancelled before the workers are ended, which loky complains of
            waiting = [self._workers().submit(_play_chunk, chunk) for chunk in chunks]
            played: list[Replication] = []
            for future in waiting:
                look()
                with let_through():
                    future.exception()
                played += future.result()
            return played
        except KeyboardInterrupt:
            # what is queued would be played to its end before anything else: end it, and go on alone
            self.close(kill=True)
            self.workers = 1
            raise

    def _play_one(self, run: tuple[Counts, Scenario], look: Callable[[], None]) -> Replication:
        look()
        return Timeline(self.facts, *run, self.law, self.dispatch).run()

    def play_until(self, plan: Numbers, columns: Ints, scenarios: Scenarios, minute: float) -> Snapshots:
        """See `Engine.play_until`."""
        look_at_scenarios(self.facts, scenarios)
        look_at_play(self.facts, plan[None], np.zeros_like(columns), columns, scenarios)
        look_at_minute(self.facts, minute)
        counts, look, found = split_numbers(self.instance, plan), lookout(), []
        for n in columns.tolist():
            look()
            found.append(capture(Timeline(self.facts, counts, scenarios[n], self.law, self.dispatch), minute))
        return Snapshots(minute, plan, scenarios, columns, None, found)

    def play_on(self, moment: Snapshots, tasks: Tasks, detail: Detail = "totals") -> Replications:
        """See `Engine.play_on`."""
        look_at_tasks(self.facts, moment, tasks)
        counts, look = split_numbers(self.instance, moment.plan), lookout()
        orders, played = list(zip(*(row.tolist() for row in tasks.orders), strict=True)), []
        rows = zip(*(row.tolist() for row in (tasks.source, tasks.column, tasks.first, tasks.end)), strict=True)
        for source, column, first, end in rows:
            look()
            own, other = moment.scenarios[moment.columns[source]], moment.scenarios[column]
            scenario = replace(own, number=other.number, constants=other.constants, varied=other.varied)
            timeline = resume(moment.words[source], self.facts, counts, scenario, self.law, self.dispatch)
            timeline.begin_anew(tasks.fresh, orders[first:end])
            played.append(timeline.run())
        return self._replications(played, detail)

    def attempt(self, trial: Trial, scenarios: Scenarios, end: int) -> None:
        """See `Engine.attempt`; in this process, by the functions that the compiled engine compiles."""
        look_at_scenarios(self.facts, scenarios)
        look_at_trial(self.facts, trial, scenarios, end)
        size, look = (len(self.instance.places), trial.numbers.shape[1]), lookout()
        for c, numbers in enumerate(trial.numbers):
            plan = np.zeros(size, dtype=np.int64)
            plan[trial.sector] = numbers
            counts = split_numbers(self.instance, plan)
            while trial.played[c] < end and trial.total[c] <= trial.limit[c]:
                look()
                i = int(trial.played[c])
                n = int(trial.order[i])
                harms = self._play_alone(counts, scenarios[n], trial.sector, float(trial.until[n]), trial.help.tolist())
                trial.loss[c, i] = _points(harms, self.weights)
                trial.total[c] += trial.loss[c, i] * trial.share[i]
                trial.played[c] += 1

    def _play_alone(self, counts: Counts, scenario: Scenario, s: int, until: float, help_: list[float]) -> list[float]:
        """Return the harms of one sector simulated alone."""
        room = ROOM
        while True:
            st = PythonState(self.facts, counts, scenario, self.law, None)
            st.help = help_
            ag = Agenda(agenda_sizes({**self.facts.sizes, "cannons": st.cannons}, room))
            clear_queue(ag, len(st.phase))
            play_alone(st, ag, s, until)
            if not ag.full:
                return st.harms[s]
            room *= 2

    def close(self, kill: bool = False) -> None:
        """See `Engine.close`."""
        if self._pool is not None:
            self._pool.shutdown(wait=not kill, kill_workers=kill)
            self._pool = None

    def _workers(self) -> Any:
        if self._pool is None:
            from loky.process_executor import ProcessPoolExecutor  # noqa: PLC0415 - only when several are used

            self._pool = ProcessPoolExecutor(
                self.workers, initializer=_prepare, initargs=(self.instance, self.law, self.dispatch)
            )
        return self._pool


def _add(row: Sequence[float]) -> float:
    """Add numbers up in order, as machine code does; the built-in sum rounds otherwise from Python 3.12 on."""
    total = 0.0
    for number in row:
        total += number
    return total


def _points(harms: Sequence[float], factors: Sequence[float]) -> float:
    """Turn harms into points in the order of `HARMS`, as the compiled engine does; a sum by numpy may round apart."""
    loss = 0.0
    for harm, factor in zip(harms, factors, strict=True):
        loss += harm * factor
    return loss


_WORKER: dict[str, Any] = {}  # filled only inside worker processes


def _prepare(instance: Instance, law: EscalationLaw, dispatch: Dispatch) -> None:
    import signal  # noqa: PLC0415 - only in a worker: what ends a search is for the process that planned

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _WORKER.update(facts=index_instance(instance), law=law, dispatch=dispatch)


def _play_chunk(runs: list[tuple[Counts, Scenario]]) -> list[Replication]:
    w = _WORKER
    return [Timeline(w["facts"], c, s, w["law"], w["dispatch"]).run() for c, s in runs]
