"""The same queue by several means: three servers, Poisson arrivals, exponential services, 80 % load (M/M/3).

Yardsticks for a simulation engine. Every function plays until so many customers have left and gives their mean wait
for a server. Each is written the way its tool's own pages write such a queue.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
from numba import njit

LAMBDA, MU, SERVERS = 2.4, 1.0, 3  # customers and services per unit of time


def expected_wait() -> float:
    """Give the mean wait in the long run, by Erlang's C formula."""
    load = LAMBDA / MU
    last = load**SERVERS / math.factorial(SERVERS) * SERVERS / (SERVERS - load)
    busy = last / (sum(load**k / math.factorial(k) for k in range(SERVERS)) + last)
    return busy / (SERVERS * MU - LAMBDA)


def play_heapq(customers: int, seed: int) -> float:
    """Nothing but a heap of events: about the least that a discrete-event simulation in pure Python can cost."""
    chance, queue, waiting, busy, left, waited = Random(seed), [], deque(), 0, 0, 0.0
    heapq.heappush(queue, (chance.expovariate(LAMBDA), True))
    while left < customers:
        now, arrival = heapq.heappop(queue)
        if arrival:
            heapq.heappush(queue, (now + chance.expovariate(LAMBDA), True))
            waiting.append(now)
        else:
            busy -= 1
            left += 1
        if waiting and busy < SERVERS:
            waited += now - waiting.popleft()
            busy += 1
            heapq.heappush(queue, (now + chance.expovariate(MU), False))
    return waited / (left + busy)


@njit(cache=True)
def _serve(customers, seed, rate, speed, servers):
    np.random.seed(seed)
    queue = [(np.random.exponential(1.0 / rate), 1)]
    waiting, first, busy, left, waited = [0.0], 1, 0, 0, 0.0
    while left < customers:
        now, arrival = heapq.heappop(queue)
        if arrival == 1:
            heapq.heappush(queue, (now + np.random.exponential(1.0 / rate), 1))
            waiting.append(now)
        else:
            busy -= 1
            left += 1
        if first < len(waiting) and busy < servers:
            waited += now - waiting[first]
            first += 1
            busy += 1
            heapq.heappush(queue, (now + np.random.exponential(1.0 / speed), 0))
    return waited / (left + busy)


def play_numba(customers: int, seed: int) -> float:
    """The same heap of events, compiled: about the least that it can cost at all."""
    return float(_serve(customers, seed, LAMBDA, MU, SERVERS))


def play_simpy(customers: int, seed: int) -> float:
    """SimPy: a process a customer and one resource."""
    import simpy  # noqa: PLC0415 - only what is measured is loaded

    chance, waits, env = Random(seed), [], simpy.Environment()
    desk, done = simpy.Resource(env, SERVERS), env.event()

    def customer() -> Iterator[Any]:
        came = env.now
        with desk.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(chance.expovariate(MU))
        left[0] += 1
        if left[0] == customers:
            done.succeed()

    def source() -> Iterator[Any]:
        while True:
            yield env.timeout(chance.expovariate(LAMBDA))
            env.process(customer())

    left = [0]
    env.process(source())
    env.run(until=done)
    return sum(waits) / len(waits)


def play_ciw(customers: int, seed: int) -> float:
    """Ciw: a network of one node."""
    import ciw  # noqa: PLC0415 - only what is measured is loaded

    ciw.seed(seed)
    arrivals, services = ciw.dists.Exponential(rate=LAMBDA), ciw.dists.Exponential(rate=MU)
    network = ciw.create_network(
        arrival_distributions=[arrivals], service_distributions=[services], number_of_servers=[SERVERS]
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers)
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return float(sum(waits) / len(waits))


def play_salabim(customers: int, seed: int) -> float:
    """Salabim: a component a customer and one resource, generators as processes, monitors off."""
    import salabim  # noqa: PLC0415 - only what is measured is loaded

    chance, waits = Random(seed), []
    env = salabim.Environment(trace=False, random_seed=seed, yieldless=False)
    desk = salabim.Resource("desk", capacity=SERVERS, monitor=False)

    class Customer(salabim.Component):  # type: ignore[misc]
        def process(self) -> Iterator[Any]:
            came = env.now()
            yield self.request(desk)
            waits.append(env.now() - came)
            yield self.hold(chance.expovariate(MU))
            self.release()
            left[0] += 1
            if left[0] == customers:
                env.main().activate()

    class Source(salabim.Component):  # type: ignore[misc]
        def process(self) -> Iterator[Any]:
            while True:
                yield self.hold(chance.expovariate(LAMBDA))
                Customer(mode=None)

    left = [0]
    Source()
    env.run(till=salabim.inf)
    return sum(waits) / len(waits)


# Customers of one measurement: about a second each on the machine of the stored results.
QUEUES: dict[str, tuple[Callable[[int, int], float], int, str | None]] = {
    "numba, the same heap": (play_numba, 3_000_000, None),
    "heapq, plain Python": (play_heapq, 200_000, None),
    "SimPy": (play_simpy, 30_000, None),
    "Ciw": (play_ciw, 15_000, "ciw"),
    "salabim": (play_salabim, 8_000, "salabim"),
}
