"""What movements cost the compiled engine: time per logged event with and without them, and against another checkout.

``python benchmarks/engines_moving.py [CHECKOUT]`` prints medians of seven rounds with their ranges: processor time of
one thread, each pair one after the other in every round. With a checkout from before units could move, instances in
which none do are played in both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import Any

import numpy as np

from optimiser import Simulator, draw, read
from optimiser.planning.search.hand_rules import candidates

ROUNDS = 7
COUNT = 4000  # scenarios of a measurement; more where days are short
SHORTEST = 0.3  # s that a measurement lasts at least
MOVING = ("oku-250", "markov-moving/markov-moving-4-01", "markov-moving/markov-moving-8-05")
STILL = ("tiny-2", "markov/markov-8-05", "oku-recap-330", "families/town-12-tight-marches-1")


def play_when_told() -> None:
    """Child process: read an instance's name and a plan in numbers, then play once for every line."""
    name, moving, numbers = json.loads(sys.stdin.readline())
    instance = read(name)
    if not moving:
        instance = instance.altered(movements=())
    plans, engine, scenarios = np.array([numbers]), Simulator(instance, workers=1).engine, draw(instance, 1, COUNT)
    columns, times = np.arange(COUNT), 1

    def play() -> tuple[float, int]:
        begun, events = time.process_time(), 0
        for _ in range(times):
            events += int(engine.play(plans, np.zeros_like(columns), columns, scenarios).events.sum())
        return time.process_time() - begun, events

    play()
    while play()[0] < SHORTEST:
        times *= 2
    for _ in sys.stdin:
        print(*play(), flush=True)


def start(checkout: str, name: str, numbers: Any, moving: bool = True) -> subprocess.Popen[str]:
    """Start a child with the source of a checkout; `moving` tells whether the instance keeps its movements."""
    command = [sys.executable, os.path.abspath(__file__), "--play"]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": checkout},
    )
    assert child.stdin
    child.stdin.write(json.dumps([name, moving, numbers]) + "\n")
    return child


def compare(first: subprocess.Popen[str], second: subprocess.Popen[str]) -> tuple[str, str, str]:
    """Play both in turn; returns nanoseconds per event of each, and the ratio."""
    found: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for times, child in zip(found, (first, second), strict=True):
            assert child.stdin
            assert child.stdout
            child.stdin.write("\n")
            child.stdin.flush()
            seconds, events = child.stdout.readline().split()
            times.append(1e9 * float(seconds) / int(events))
    for child in (first, second):
        child.communicate()
    ratios = [a / b for a, b in zip(*found, strict=True)]
    return _show(found[0], ".0f"), _show(found[1], ".0f"), _show(ratios, ".2f")


def _show(values: list[float], digits: str) -> str:
    return f"{median(values):{digits}} [{min(values):{digits}}, {max(values):{digits}}]"


def main() -> None:
    """Measure and print."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    print("ns per logged event: units move, the same instance without movements, ratio")
    for name in MOVING:
        instance = read(name)
        plans = candidates(instance)
        moving = next(plan for rule, plan in plans.items() if rule.endswith("moving"))
        rows = moving.numbers(instance).tolist()
        still = next(iter(plans.values())).numbers(instance.altered(movements=())).tolist()
        print(name, *compare(start(here, name, rows), start(here, name, still, False)), sep="; ", flush=True)
    for checkout in sys.argv[1:]:  # whose instances without movements have the same format
        print("ns per logged event, nobody moves: this checkout, the other one, ratio")
        for name in STILL:
            instance = read(name)
            rows = candidates(instance)["proportional"].numbers(instance).tolist()
            print(name, *compare(start(here, name, rows), start(checkout, name, rows)), sep="; ", flush=True)


if __name__ == "__main__":
    play_when_told() if sys.argv[1:] == ["--play"] else main()
