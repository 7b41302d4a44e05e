"""The compiled engine: machine code on arrays, in several threads."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any, NamedTuple

import numpy as np
from numba.core import config
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from optimiser.common.cancellation import lookout
from optimiser.common.errors import CacheWarning
from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.model.harms import weights
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine import compile, kernels
from optimiser.simulation.compiled_engine.bounds_check import (
    look_at_minute,
    look_at_play,
    look_at_scenarios,
    look_at_tasks,
    look_at_trial,
)
from optimiser.simulation.compiled_engine.desks import Desk, Grown, WordLayout, need_of
from optimiser.simulation.compiled_engine.law_code import CannotCompile
from optimiser.simulation.compiled_engine.law_reasons import reason
from optimiser.simulation.compiled_engine.native_record import Packed
from optimiser.simulation.engine import Detail, EngineName, Ints, Replications, Trial
from optimiser.simulation.events import Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import LOOSE, Facts
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.situations.moment import Snapshots, Tasks

LOG = 1024  # events that a log has room for at first
SLICE = 20_000  # sectors played in a row by one thread: some 30 ms, so that an interrupt is obeyed at once
SHARES, LEAST = 4, 600  # slices for each thread, of at least so many sectors, some 1 ms: work ends together; assumed

NOT_COMPILED = (NumbaError, UnsupportedBytecodeError, TypeError, RuntimeError)  # by numba, the last by LLVM


def forbidden() -> Message | None:
    """Say why nothing at all may be compiled; None where it may."""
    if config.DISABLE_JIT:
        return Message("nothing is compiled while the environment variable NUMBA_DISABLE_JIT is set")
    return None


class _Cold(Exception):
    """The simulation would have to be compiled."""


class Ready(NamedTuple):
    """Whether the simulation is at hand.

    Attributes
    ----------
    there : planning need not wait for the compiler; also where nothing can be compiled, and SimPy plays.
    files : that hold its machine code; none where any of it is in memory alone.
    trouble : what a person should know of the machine code on disk, in one line.
    """

    there: bool
    files: tuple[Path, ...] = ()
    trouble: Message | None = None


def load(compile_it: bool, tell: Callable[[], None] | None = None) -> Ready:
    """Load the simulation with our law into this process.

    Parameters
    ----------
    compile_it : whether it may be compiled where its machine code is not on the disk, which takes half a minute.
    tell : called if it is compiled.
    """

    def refuse() -> None:
        raise _Cold

    if (why := forbidden()) is not None:
        return Ready(True, (), why)
    try:
        mark = compile.law_mark(DefaultLaw())
        with compile.watch_compiling(tell if compile_it else refuse):
            codes = (compile.player(), compile.tryer(), compile.law_code(mark))
    except _Cold:
        compile.disk_trouble()  # whoever compiles will find it again
        return Ready(False)
    except NOT_COMPILED:
        return Ready(True)
    files = tuple(file for code in codes if (file := compile.file_of(code)) is not None)
    return Ready(True, files if len(files) == len(codes) else (), compile.disk_trouble())


class CompiledEngine:
    """`compiled_engine.replay` as machine code.

    Parameters
    ----------
    instance : the problem.
    law : escalation law.
    threads : how many play at the same time.
    tell : called if the simulation has to be compiled first.

    Raises
    ------
    CannotCompile : the law cannot be compiled.
    """

    name: EngineName = "compiled"

    def __init__(
        self, instance: Instance, law: EscalationLaw, threads: int, tell: Callable[[], None] | None = None
    ) -> None:
        mark = compile.law_mark(law)
        self.numbers = compile.pack_numbers(law, mark)
        compile.check_compiles(mark)
        try:
            self.law = compile.address_of(compile.law_code(mark))  # seconds, and so before the simulation
            with compile.watch_compiling(tell):
                self.player, self.tryer = compile.player(), compile.tryer()
        except NOT_COMPILED as error:
            raise CannotCompile(reason(error, type(law).mood, law)) from error
        if (trouble := compile.disk_trouble()) is not None:
            warnings.warn(CacheWarning(trouble), stacklevel=2)
        self.instance, self.threads, self._tell = instance, max(1, threads), tell
        self.facts = index_instance(instance)
        self.weights = np.array(weights(instance.objective))
        self.packed = Packed(Facts, vars(self.facts), self.facts.sizes)
        self.loose = np.concatenate([self.packed[name].ravel() for name in LOOSE])
        self._desks = [Desk(self) for _ in range(self.threads)]
        self._lone_desks = [Desk(self, alone=True) for _ in range(self.threads)]
        self._futures: tuple[Scenarios | None, Any] = (None, None)
        self._pool: ThreadPoolExecutor | None = None
        self._stopped = Event()  # of the last call that was shared out among threads
        self._lock = Lock()  # one call at a time: threads of the caller would write into the same arrays

    def play(
        self, plans: Numbers, rows: Ints, columns: Ints, scenarios: Scenarios, detail: Detail = "totals"
    ) -> Replications:
        """See `Engine.play`."""
        look_at_play(self.facts, plans, rows, columns, scenarios)
        with self._lock:
            self._quieten()
            job = self._job(plans, rows, columns, scenarios, detail)
            sectors = len(self.instance.sectors)
            need = need_of(self.facts, plans, sectors)
            self._share_out(self.player, job, len(rows), sectors, [d.ready(scenarios, need) for d in self._desks])
        return _replications(job)

    def _job(self, plans: Numbers, rows: Ints, columns: Ints, scenarios: Scenarios, detail: Detail) -> Any:
        sectors, kinds, stations = (self.facts.sizes[a] for a in ("sectors", "kinds", "stations"))
        along = sectors + self.facts.posts
        at_stations = np.zeros((len(plans), stations, plans.shape[2]), dtype=np.int64)
        at_stations[:, : self.facts.posts] = plans[:, sectors:along]
        values = {
            "futures": self._packed_futures(scenarios),
            "row": rows,
            "column": columns,
            "teams": plans[:, :sectors, :kinds],
            "vehicles": plans[:, :sectors, kinds:],
            "reserve": at_stations[:, :, :kinds],
            "parked": at_stations[:, :, kinds:],
            "along_teams": plans[:, along:, :kinds],
            "along_vehicles": plans[:, along:, kinds:],
            "weights": self.weights,
            "by_sector": int(detail != "totals"),
            "detailed": int(detail == "everything"),
        }
        count = len(rows)
        sizes = {
            "replications": count,
            "deployments": len(plans),
            "courses": count if detail != "totals" else 0,
            "details": count if detail == "everything" else 0,
        }
        return Packed(kernels.Job, values, {**self.facts.sizes, **sizes})

    def tell(self, plan: Numbers, scenarios: Scenarios, column: int) -> list[Entry]:
        """Give the event log of one deployment in one scenario; the same entries as those of the SimPy engine."""
        return next(iter(self.tell_each(plan, scenarios, np.array([column]))))

    def tell_each(self, plan: Numbers, scenarios: Scenarios, columns: Ints) -> Iterator[list[Entry]]:
        """Give the event logs of one deployment in several scenarios, one after the other, see `tell`."""
        none = np.zeros(len(columns), dtype=np.int64)
        look_at_play(self.facts, plan[None], none, columns, scenarios)
        with self._lock:
            job = self._job(plan[None], none, columns, scenarios, "totals")
        desk = Desk(self, log=LOG).ready(scenarios, need_of(self.facts, plan[None], len(self.instance.sectors)))
        for i in range(len(columns)):
            desk.serve(self.player, job, i, i + 1)
            count = int(desk.state["log_count"])
            minutes, numbers = (desk.state[name][:count].tolist() for name in ("log_minute", "log_number"))
            rows = zip(minutes, desk.state["log_codes"][:count].tolist(), numbers, strict=True)
            yield [Entry(minute, kind, s, other, what, n, note) for minute, (kind, s, other, what, note), n in rows]

    def play_until(self, plan: Numbers, columns: Ints, scenarios: Scenarios, minute: float) -> Snapshots:
        """See `Engine.play_until`."""
        count, none = len(columns), np.zeros(len(columns), dtype=np.int64)
        look_at_play(self.facts, plan[None], none, columns, scenarios)
        look_at_minute(self.facts, minute)
        with self._lock:
            self._quieten()
            job, need = self._job(plan[None], none, columns, scenarios, "totals"), self._need(plan)
            values: dict[str, Any] = {"job": job, "ends": 1, "minute": minute, "source": np.arange(count)}

            def lay_out(layout: WordLayout) -> Packed:
                values["words"] = np.zeros((count, layout.length), dtype=np.int64)
                return _part(values, layout, count)

            layout = self._play_part(lay_out, count, scenarios, need, 0)
        return Snapshots(minute, plan, scenarios, columns, layout, values["words"])

    def play_on(self, moment: Snapshots, tasks: Tasks, detail: Detail = "totals") -> Replications:
        """See `Engine.play_on`."""
        look_at_tasks(self.facts, moment, tasks)
        count, scenarios = len(tasks.source), moment.scenarios
        none = np.zeros(count, dtype=np.int64)
        with self._lock:
            self._quieten()
            job = self._job(moment.plan[None], none, tasks.column, scenarios, detail)
            values = {"job": job, "ends": 0, "minute": moment.minute, "source": tasks.source, "fresh": int(tasks.fresh)}
            values |= {"order_first": tasks.first, "order_end": tasks.end, "order_what": tasks.orders.what}
            values |= {"order_numbers": tasks.orders.numbers, "order_value": tasks.orders.value}

            def lay_out(layout: WordLayout) -> Packed:
                values["words"] = moment.layout.widen(moment.words, layout)
                return _part(values, layout, count)

            self._play_part(lay_out, count, scenarios, moment.layout.needs, moment.layout.room)
        return _replications(job)

    def _play_part(
        self, lay_out: Callable[[WordLayout], Packed], count: int, scenarios: Scenarios, need: dict[str, int], room: int
    ) -> WordLayout:
        """Play parts of replications on desks of one layout, with arrays that are long enough for all of them."""
        with compile.watch_compiling(self._tell):
            run = compile.resumer()
        while True:
            room = max(room, *(desk.room for desk in self._desks))
            widest = {axis: max(n, *(d.need.get(axis, 0) for d in self._desks)) for axis, n in need.items()}
            desks = [desk.ready(scenarios, widest, room) for desk in self._desks]
            with suppress(Grown):
                self._share_out(run, lay_out(desks[0].layout), count, len(self.instance.sectors), desks)
                return desks[0].layout

    def _need(self, plan: Numbers) -> dict[str, int]:
        return need_of(self.facts, plan[None], len(self.instance.sectors))

    def attempt(self, trial: Trial, scenarios: Scenarios, end: int) -> None:
        """See `Engine.attempt`."""
        look_at_trial(self.facts, trial, scenarios, end)
        with self._lock:
            self._quieten()
            self._attempt(trial, scenarios, end)

    def _attempt(self, trial: Trial, scenarios: Scenarios, end: int) -> None:
        kinds = self.facts.sizes["kinds"]
        values = {
            "futures": self._packed_futures(scenarios),
            "sector": trial.sector,
            "teams": trial.numbers[:, :kinds],
            "vehicles": trial.numbers[:, kinds:],
            "end": end,
            "until": trial.until,
            "order": trial.order,
            "share": trial.share,
            "limit": trial.limit,
            "weights": self.weights,
        }
        count = len(trial.numbers)
        sizes = {**self.facts.sizes, "configurations": count, "scenarios": len(scenarios), "width": 0}
        work = Packed(kernels.Attempt, values, sizes)
        for name in ("loss", "total", "played"):
            work.put(name, getattr(trial, name))
        need = need_of(self.facts, trial.numbers[:, None], 1)
        desks = [desk.ready(scenarios, need) for desk in self._lone_desks]
        for desk in desks:
            desk.state["help"][:] = trial.help
        weight = max(1, end - int(trial.played.min(initial=0)))
        self._share_out(self.tryer, work, count, weight, desks)

    def _packed_futures(self, scenarios: Scenarios) -> Any:
        if self._futures[0] is not scenarios:
            look_at_scenarios(self.facts, scenarios)
            values = {
                "number": scenarios.number,
                "turnout": scenarios.turnout,
                "route": scenarios.route,
                "first": scenarios.first_group,
                "tension": scenarios.tension,
                "content": scenarios.content,
                "displaced": scenarios.displaced,
                "received": scenarios.received,
                "triggered": scenarios.triggered,
                "constants": scenarios.constants,
                "varied": scenarios.varied,
                "places": scenarios.places,
            }
            drawn = {"drawn": scenarios.constants.shape[1], "varied": len(scenarios.places)}
            sizes = {**self.facts.sizes, "scenarios": len(scenarios), **drawn}
            self._futures = (scenarios, Packed(kernels.Futures, values, sizes))
        return self._futures[1]

    def _share_out(self, run: Any, work: Any, count: int, weight: int, desks: list[Desk]) -> None:
        """Share items of work out among the threads, slice by slice; an item plays `weight` sectors."""
        each = -(-count // (SHARES * self.threads))
        size = max(1, min(SLICE, max(LEAST, each * weight)) // weight)
        slices = [(first, min(count, first + size)) for first in range(0, count, size)]
        look = lookout()
        if self.threads == 1 or len(slices) == 1:
            for first, last in slices:
                look()
                desks[0].serve(run, work, first, last)
            return

        stopped = self._stopped = Event()

        waiting_slices = iter(slices)  # whichever thread is free takes the next one

        def serve(turn: int) -> None:
            for first, last in waiting_slices:
                look()
                with desks[turn].busy:
                    if stopped.is_set():
                        return
                    desks[turn].serve(run, work, first, last)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="replay")
        try:
            waiting: list[Future[None]] = [self._pool.submit(serve, turn) for turn in range(self.threads)]
            for future in waiting:
                future.result()
        except BaseException:
            self._quieten()
            raise

    def _quieten(self) -> None:
        """Stop what an interrupted call left behind and wait for the slices in progress: they write into our arrays.

        An interrupt may hit anywhere, here too, so every call begins with it.
        """
        self._stopped.set()
        for desk in (*self._desks, *self._lone_desks):
            with desk.busy:
                pass

    def close(self, kill: bool = False) -> None:
        """See `Engine.close`."""
        if self._pool is not None:
            self._pool.shutdown(wait=not kill)
            self._pool = None


def _replications(job: Packed) -> Replications:
    """Give what happened as the other engine does."""
    visited, called = job["visited"].astype(bool), job["called"].astype(bool)
    harms, minutes, force = job["harms"], job["minutes"], job["force"]
    return Replications(job["total"], job["loss"], visited, called, job["events"], harms, minutes, force)


def _part(values: dict[str, Any], layout: WordLayout, count: int) -> Packed:
    """Give work that begins or ends in the middle of a day."""
    sizes = {"situations": len(values["words"]), "words": layout.length, "replications": count}
    return Packed(kernels.Part, values, {**sizes, "orders": len(values.get("order_what", ()))})
