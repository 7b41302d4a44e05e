"""Simulators that are kept between requests, so that a plan is evaluated in a fraction of a second."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from optimiser.common.cancellation import lookout
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.operation.now.advice import Advice, advise
from optimiser.operation.now.report import SituationReport
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.simulation.scenario import REPORTING, Scenarios, draw
from optimiser.simulation.simulator import Simulator
from optimiser.web.job_errors import Busy

INSTANCES = 4  # instances that are kept warm; assumed: as many districts as are worked on at once
EVALUATIONS = 6  # of each
HELD = (
    200 << 20
)  # bytes of evaluations of each that are kept at most, besides the last one; 20,000 scenarios of a sector are 2 MB
ASKING = 5  # requests that are estimated or wait for it; others of the server's threads stay free for pages; assumed
LOOK = 0.1  # s after which one that waits for its turn looks whether it was called off
Key = tuple[str, int, int]  # a deployment, the seed and the number of scenarios


class WarmInstance:
    """One instance under one law, with scenarios and evaluations that are remembered.

    Attributes
    ----------
    lock : whoever asks holds it.
    users : threads that ask or wait; counted by `WarmSimulators`.
    """

    def __init__(self, instance: Instance, law: str, workers: int) -> None:
        self.instance, self.lock, self.users = instance, threading.Lock(), 0
        self._law, self._workers = law, workers
        self._simulator: Simulator | None = None
        self._known: OrderedDict[Key, Evaluation] = OrderedDict()

    def evaluate(self, deployment: Deployment, seed: int, scenarios: int) -> Evaluation:
        """Evaluate a deployment on reporting scenarios; the numbers are those of `evaluate` in a process of its own."""
        key = deployment.model_dump_json(), seed, scenarios
        found = self._known.pop(key, None)
        if found is None:
            found = evaluate(self._warm(), deployment, self._draw(seed, scenarios))
        self._known[key] = found
        while len(self._known) > EVALUATIONS or (len(self._known) > 1 and sum(map(_size, self._known.values())) > HELD):
            self._known.popitem(last=False)
        return found

    def advise(self, deployment: Deployment, report: SituationReport, seed: int, futures: int) -> Advice:
        """Say what to do now; the answer is that of `advise` in a process of its own."""
        return advise(self.instance, deployment, report, seed=seed, futures=futures, simulator=self._warm())

    def _warm(self) -> Simulator:
        if self._simulator is None:  # takes a while, so not before its turn
            self._simulator = Simulator(self.instance, find_law(self._law), workers=self._workers)
        return self._simulator

    def close(self) -> None:
        """Let go of its threads."""
        if self._simulator is not None:
            self._simulator.close()

    def _draw(self, seed: int, scenarios: int) -> Scenarios:
        """Draw scenarios, or take those that an evaluation which is kept was simulated on."""
        for (_, same, number), found in self._known.items():
            if (same, number) == (seed, scenarios):
                return found.played.scenarios
        return draw(self.instance, seed, scenarios, REPORTING)


def _size(evaluation: Evaluation) -> int:
    """Return the bytes of what an evaluation holds for each scenario and sector."""
    outcome = evaluation.outcome
    return int(outcome.harms.nbytes + outcome.minutes.nbytes + outcome.force.nbytes)


class WarmSimulators:
    """Instances that were asked about lately, by what they say and by law; those of different clients never mix.

    Parameters
    ----------
    workers : threads of each simulator.
    most : instances that are kept; the one that nobody has asked about for longest goes first.
    """

    def __init__(self, workers: int, most: int = INSTANCES) -> None:
        self.workers, self.most = workers, most
        self._lock, self._asking = threading.Lock(), 0
        self._warm: OrderedDict[tuple[str, str], WarmInstance] = OrderedDict()

    @contextmanager
    def borrow(self, instance: Instance, law: str) -> Iterator[WarmInstance]:
        """Lend the warm simulator of an instance; who comes meanwhile with the same instance waits, or is called off.

        Raises
        ------
        Busy : so many ask at the same time that nothing else would be answered; those who ask again get their turn.
        """
        key = (instance.model_dump_json(), law)
        with self._lock:
            if self._asking >= ASKING:
                raise Busy(Message("too much is being estimated at the same time; ask again in a second"))
            self._asking += 1
            warm = self._warm.pop(key, None) or WarmInstance(instance, law, self.workers)
            self._warm[key] = warm
            warm.users += 1
            self._make_room()
        try:
            look = lookout()
            while not warm.lock.acquire(timeout=LOOK):
                look()
            try:
                yield warm
            finally:
                warm.lock.release()
        finally:
            with self._lock:
                warm.users -= 1
                self._asking -= 1
                self._make_room()

    def _make_room(self) -> None:
        """Let go of what nobody has asked for longest; what somebody uses or waits for stays until it is given back."""
        idle = [key for key, warm in self._warm.items() if not warm.users]
        for key in idle[: max(0, len(self._warm) - self.most)]:
            self._warm.pop(key).close()

    def close(self) -> None:
        """Let go of all of them."""
        with self._lock:
            for warm in self._warm.values():
                warm.close()
            self._warm.clear()
