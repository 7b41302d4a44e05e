"""The compiled engine: machine code on arrays, in several threads."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine import compile, kernels
from optimiser.simulation.compiled_engine.bounds_check import look_at_play, look_at_scenarios, look_at_trial
from optimiser.simulation.compiled_engine.law_code import CannotCompile
from optimiser.simulation.compiled_engine.law_reasons import reason
from optimiser.simulation.compiled_engine.native_record import Packed
from optimiser.simulation.engine import Detail, EngineName, Ints, Replications, Trial
from optimiser.simulation.event_queue import Agenda, agenda_sizes, clear_queue
from optimiser.simulation.events import Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import LOOSE, Facts
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.state import unit_sizes

LOG = 1024  # events that a log has room for at first
ROOM = 256  # events that an agenda has room for at first; it doubles when that is not enough
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
        self.instance, self.threads = instance, max(1, threads)
        self.facts = index_instance(instance)
        self.weights = np.array(weights(instance.objective))
        self.packed = Packed(Facts, vars(self.facts), self.facts.sizes)
        self.loose = np.concatenate([self.packed[name].ravel() for name in LOOSE])
        self._desks = [_Desk(self) for _ in range(self.threads)]
        self._lone_desks = [_Desk(self, alone=True) for _ in range(self.threads)]
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
            need = _need(self.facts, plans, sectors)
            self._share_out(self.player, job, len(rows), sectors, [d.ready(scenarios, need) for d in self._desks])
        visited, called = job["visited"].astype(bool), job["called"].astype(bool)
        harms, minutes, force = job["harms"], job["minutes"], job["force"]
        return Replications(job["total"], job["loss"], visited, called, job["events"], harms, minutes, force)

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
        desk = _Desk(self, log=LOG).ready(scenarios, _need(self.facts, plan[None], len(self.instance.sectors)))
        for i in range(len(columns)):
            desk.serve(self.player, job, i, i + 1)
            count = int(desk.state["log_count"])
            minutes, numbers = (desk.state[name][:count].tolist() for name in ("log_minute", "log_number"))
            rows = zip(minutes, desk.state["log_codes"][:count].tolist(), numbers, strict=True)
            yield [Entry(minute, kind, s, other, what, n, note) for minute, (kind, s, other, what, note), n in rows]

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
        need = _need(self.facts, trial.numbers[:, None], 1)
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

    def _share_out(self, run: Any, work: Any, count: int, weight: int, desks: list[_Desk]) -> None:
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


class _Desk:
    """The arrays on which one thread plays; they grow when something does not fit."""

    def __init__(self, engine: CompiledEngine, alone: bool = False, log: int = 0) -> None:
        self.engine, self.alone, self.room, self.log = engine, alone, ROOM, log
        self.busy = Lock()  # held by whoever plays on it
        self.need: dict[str, int] = {}
        self.scenarios: Scenarios | None = None
        self.state: Any = None
        self.agenda: Any = None
        self.loose = engine.loose.copy()
        self.facts = Packed(Facts, engine.packed.parts, engine.facts.sizes)  # the same arrays but for what is loose
        for name, (start, shape) in engine.facts.loose.items():
            self.facts.put(name, self.loose[start : start + math.prod(shape)].reshape(shape))

    def ready(self, scenarios: Scenarios, need: dict[str, int]) -> _Desk:
        """Get ready to play some scenarios, with arrays that are long enough for what is placed."""
        if any(self.need.get(axis, -1) < n for axis, n in need.items()):
            self._lay_out({axis: max(n, self.need.get(axis, 0)) for axis, n in need.items()})
        if self.scenarios is not scenarios:
            self.scenarios = None  # whatever interrupts what follows, nobody takes it for done
            self._load_set(scenarios)
            self.scenarios = scenarios
        return self

    def _lay_out(self, need: dict[str, int]) -> None:
        e = self.engine
        sizes = {**e.facts.sizes, **need, "log": self.log}
        sizes["outbox"] += self.room
        values: dict[str, Any] = {"facts": self.facts, "loose": self.loose, "logging": int(self.log > 0)}
        values |= {"law_code": e.law, "law_numbers": e.numbers.address}
        constant = np.array(e.facts.law)
        named = {name: constant[i : i + 1] for i, name in enumerate(Law._fields)}  # no copies
        values |= {"constant": constant, "constants": Packed(Law, named, {})}
        if self.alone:
            values["ring_at"] = np.full(sizes["sectors"], np.inf)
        self.need = {}
        self.state = Packed(compile.CompiledState, values, sizes)
        fresh = Agenda(agenda_sizes(sizes, self.room))
        clear_queue(fresh, sizes["sectors"])
        self.agenda = Packed(Agenda, vars(fresh), agenda_sizes(sizes, self.room))
        if self.scenarios is not None:
            self._load_set(self.scenarios)
        self.need = need

    def _load_set(self, scenarios: Scenarios) -> None:
        """Load what all scenarios of a set share; those that have numbers of their own bring them."""
        families = scenarios.families
        self.loose[:] = self.engine.loose
        self.state["constant"][:] = self.engine.facts.law
        self.state.put("clock_family", np.array(families.clocks, dtype=np.uint64))
        self.state.put("trip_family", np.array(families.trips, dtype=np.uint64))
        self.state.put("call_family", np.array(families.calls, dtype=np.uint64))

    def serve(self, run: Any, work: Any, first: int, last: int) -> None:
        """Play a slice; whatever did not fit is played again on longer arrays."""
        while first < last:
            first = run(self.state, self.agenda, work, first, last)
            if first < last:
                help_ = self.state["help"].copy()
                self.room *= 2
                self.log *= 2
                self._lay_out(self.need)
                self.state["help"][:] = help_


def _need(facts: Facts, plans: Numbers, sectors: int) -> dict[str, int]:
    """Give the length of the axes that depend on what is placed, shape (deployments, places, kinds)."""
    kinds, water = facts.sizes["kinds"], np.array(facts.water, dtype=bool)
    units = plans[:, sectors : sectors + facts.posts].sum(axis=(1, 2)).max(initial=0)
    cannons = plans[:, :, kinds:][:, :, water].sum(axis=(1, 2)).max(initial=0)
    return unit_sizes(facts, int(units), int(cannons))
