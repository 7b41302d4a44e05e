"""Who plays: the compiled engine where law and dispatch rule allow it, the SimPy engine otherwise; the bits are equal.

Both play pairs of a deployment and a scenario, in several threads or processes if there are many; the numbers do not
depend on that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.situations.moment import Snapshots, Tasks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EngineName = Literal["auto", "compiled", "simpy"]


class Replications(NamedTuple):
    """What happened, by replication.

    Attributes
    ----------
    total : points of all sectors, added up in their order, shape (replications,).
    loss : points, shape (replications, sectors); empty where only totals were asked for, as is the next.
    visited : whether anybody ever came, shape (replications, sectors).
    called : whether reserve was ever asked for, shape (replications,).
    events : number of logged events, shape (replications,).
    harms, minutes, force : by sector, as in `simulation.Outcome`; empty unless details were asked for.
    """

    total: Floats
    loss: Floats
    visited: NDArray[np.bool_]
    called: NDArray[np.bool_]
    events: Ints
    harms: Floats
    minutes: Floats
    force: Ints


@dataclass
class Trial:
    """Configurations of one sector that are played alone, scenario after scenario until one costs too much.

    Attributes
    ----------
    sector : its index.
    numbers : shape (configurations, kinds).
    until : minute at which somebody may come from elsewhere, shape (scenarios,); infinite if nobody can.
    help : min from a call until containment, dialogue or medical care could be there; infinite if none can.
    order : scenarios by number, in the order in which they are played, shape (scenarios,).
    share : weight of each scenario in `total`, in that order, shape (scenarios,).
    loss : points in that order, shape (configurations, scenarios that may be played); 0 where not played.
    total : weighted points of what is played, shape (configurations,).
    played : scenarios played, always the first of the order, shape (configurations,).
    limit : points that `total` may reach before a configuration is given up, shape (configurations,).
    """

    sector: int
    numbers: Numbers
    until: Floats
    help: Floats
    order: Ints
    share: Floats
    loss: Floats
    total: Floats
    played: Ints
    limit: Floats

    @classmethod
    def of(cls, sector: int, numbers: Numbers, until: Floats, help_: Floats) -> Trial:
        """Begin to try configurations in all scenarios as they come, without a limit."""
        count, scenarios = len(numbers), len(until)
        return cls(
            sector,
            numbers,
            until,
            help_,
            np.arange(scenarios),
            np.ones(scenarios),
            np.zeros((count, scenarios)),
            np.zeros(count),
            np.zeros(count, dtype=np.int64),
            np.full(count, np.inf),
        )

    def part(self, first: int, last: int) -> Trial:
        """Return some of the configurations, without those from `last` on; the same arrays, not copies."""
        rows = slice(first, last)
        return replace(
            self,
            numbers=self.numbers[rows],
            loss=self.loss[rows],
            total=self.total[rows],
            played=self.played[rows],
            limit=self.limit[rows],
        )


Detail = Literal["totals", "sectors", "everything"]


class Engine(Protocol):
    """What plays replications."""

    name: EngineName
    facts: Facts

    def play(
        self, plans: Numbers, rows: Ints, columns: Ints, scenarios: Scenarios, detail: Detail = "totals"
    ) -> Replications:
        """Simulate deployment `rows[i]` of `plans` in scenario `columns[i]`, for every i.

        Parameters
        ----------
        plans : shape (deployments, places, kinds).
        rows, columns : shape (replications,).
        detail : what is wanted besides totals: losses by sector, or harms, minutes and force as well.
        """
        ...

    def play_until(self, plan: Numbers, columns: Ints, scenarios: Scenarios, minute: float) -> Snapshots:
        """Simulate a deployment in some scenarios up to a minute, exclusive.

        Parameters
        ----------
        plan : shape (places, kinds).
        columns : shape (situations,).
        minute : 0 to the end of the operation.
        """
        ...

    def play_on(self, moment: Snapshots, tasks: Tasks, detail: Detail = "totals") -> Replications:
        """Simulate from situations to the end; without an order, what the undisturbed day does, bit for bit."""
        ...

    def attempt(self, trial: Trial, scenarios: Scenarios, end: int) -> None:
        """Simulate the configurations of a trial up to scenario `end` (exclusive) or until they cost too much."""
        ...

    def close(self, kill: bool = False) -> None:
        """Let go of threads or processes."""
        ...


class Spent(Exception):
    """What was asked for would take more replications than may be simulated; see `Allowance.allowance`."""


class Allowance:
    """Counts what an engine simulated, and limits what it may simulate for deployments to be compared.

    Parameters
    ----------
    sectors : of the instance.

    Attributes
    ----------
    sector_replications : sectors simulated so far; a joint replication simulates all of them.
    """

    def __init__(self, sectors: int) -> None:
        self._sectors, self._limit = sectors, math.inf  # of `replications`
        self.sector_replications = 0

    @property
    def replications(self) -> int:
        """Joint replications simulated so far; a sector alone counts as its share of one."""
        return -(-self.sector_replications // self._sectors)

    @property
    def left(self) -> float:
        """Joint replications that may still be simulated; infinite without a limit."""
        return self._limit - self.replications

    @property
    def _sectors_left(self) -> float:
        return self._limit * self._sectors - self.sector_replications

    @contextmanager
    def allowance(self, most: float) -> Iterator[None]:
        """Limit the joint replications that may be simulated inside a ``with`` block; what goes beyond raises `Spent`.

        Within the block of another allowance there is no more than that has left.
        """
        before, self._limit = self._limit, min(self._limit, self.replications + most)
        try:
            yield
        finally:
            self._limit = before

    @contextmanager
    def reserved(self, count: int) -> Iterator[None]:
        """Keep joint replications of an allowance back for what comes after a ``with`` block."""
        self._limit -= count
        try:
            yield
        finally:
            self._limit += count

    def _allow(self, count: int) -> None:
        if count * self._sectors > self._sectors_left:
            raise Spent


@dataclass(frozen=True)
class Choice:
    """An engine, and why not the faster one; empty where it is that."""

    engine: Engine
    why: str


def choose(
    instance: Instance,
    law: EscalationLaw,
    dispatch: Dispatch,
    workers: int,
    wanted: EngineName = "auto",
    tell: Callable[[], None] | None = None,
) -> Choice:
    """Take the compiled engine if it can simulate this law and dispatch rule, the SimPy engine if not.

    Parameters
    ----------
    workers : threads or processes.
    wanted : ``auto``, or the name of an engine.
    tell : called if the simulation has to be compiled first, which takes a while.

    Raises
    ------
    OptimiserError : the compiled engine is wanted and cannot simulate them.
    """
    why: str = Message("asked for") if wanted == "simpy" else ""
    if not why and dispatch is not send_nearest:
        why = Message("the dispatch rule is one of your own")
    if not why:
        from optimiser.simulation.compiled_engine.engine import CompiledEngine, forbidden  # noqa: PLC0415 - numba takes a while
        from optimiser.simulation.compiled_engine.law_code import CannotCompile  # noqa: PLC0415

        try:
            why = forbidden() or ""
            if not why:
                return Choice(CompiledEngine(instance, law, workers, tell), "")
        except CannotCompile as error:
            why = Message("the law '{law}' cannot be compiled: {error}", law=law.name, error=error.message)
    if wanted == "compiled":
        raise OptimiserError(Message("the compiled engine cannot be used: {why}", why=why))
    from optimiser.simulation.simpy_engine.worker_pool import SimpyEngine  # noqa: PLC0415 - only where it is used

    return Choice(SimpyEngine(instance, law, dispatch, workers), why)
