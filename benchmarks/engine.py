"""How fast is the SimPy engine? Replications of an instance against a plain heapq loop of M/M/3, in the same run.

``python benchmarks/engine.py [instance]``; a bare time says little about another machine, the ratio says more.
"""

from __future__ import annotations

import argparse
import heapq
import statistics
import time
from collections.abc import Callable
from random import Random

from optimiser import draw, read
from optimiser.facts import count
from optimiser.handrules import candidates
from optimiser.survey import gather
from optimiser.timeline import Timeline

LAMBDA, MU, SERVERS = 2.4, 1.0, 3  # customers and services per unit of time: 80 % load


def serve(customers: int, seed: int) -> int:
    """Play an M/M/3 queue until so many customers have left, with nothing but a heap; gives the number of events."""
    chance, queue, waiting, busy, left, events = Random(seed), [], 0, 0, 0, 0
    heapq.heappush(queue, (chance.expovariate(LAMBDA), True))
    while left < customers:
        now, arrival = heapq.heappop(queue)
        events += 1
        if arrival:
            heapq.heappush(queue, (now + chance.expovariate(LAMBDA), True))
            waiting += 1
        else:
            busy -= 1
            left += 1
        if waiting and busy < SERVERS:
            waiting -= 1
            busy += 1
            heapq.heappush(queue, (now + chance.expovariate(MU), False))
    return events


def measure(work: Callable[[], int], repeats: int) -> list[float]:
    """Give what `work` counts per second of one core, once for each repeat."""
    rates = []
    for _ in range(repeats):
        begun = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - begun))
    return rates


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", nargs="?", default="oku-250")
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    instance = read(options.instance)
    facts, scenarios = gather(instance), draw(instance, 1, options.replications)
    rule, deployment = next(iter(candidates(instance).items()))
    counts = count(instance, deployment)
    loop = measure(lambda: serve(options.customers, 1), options.repeats)
    events = measure(lambda: sum(Timeline(facts, counts, s).run().events for s in scenarios.items), options.repeats)
    logged = sum(Timeline(facts, counts, s).run().events for s in scenarios.items) / len(scenarios)
    print(
        f"{instance.name}, deployment '{rule}', {len(scenarios)} scenarios, {options.repeats} repeats: median (range)"
    )
    say("replications/s", [rate / logged for rate in events])
    say("logged events/s", events)
    say("heapq M/M/3 events/s", loop)
    say("logged events per heapq event", [a / b for a, b in zip(events, loop, strict=True)])


def say(what: str, rates: list[float]) -> None:
    """Print a median with its range."""
    print(f"{what:>30}: {statistics.median(rates):.4g} ({min(rates):.4g} to {max(rates):.4g})")


if __name__ == "__main__":
    main()
