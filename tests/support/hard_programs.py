"""Integer programs that no solver solves soon."""

from __future__ import annotations

import random

import pulp


def knapsack(items: int, limits: int, seed: int = 1) -> pulp.LpProblem:
    """A random knapsack with several limits: hard for its size. The objective has a constant of 1000."""
    rng = random.Random(seed)
    problem = pulp.LpProblem("knapsack", pulp.LpMinimize)
    x = [problem.add_variable(f"x{i}", cat="Binary") for i in range(items)]
    weights = [[rng.randint(10, 1000) for _ in x] for _ in range(limits)]
    worth = [sum(w[i] for w in weights) / limits + rng.randint(0, 500) for i in range(items)]
    problem.setObjective(1000 - pulp.lpSum(c * v for c, v in zip(worth, x, strict=True)))
    for w in weights:
        problem += pulp.lpSum(c * v for c, v in zip(w, x, strict=True)) <= sum(w) // 2
    return problem


def split(items: int = 50, rows: int = 5) -> pulp.LpProblem:
    """Split several lists of numbers into halves at once: no solver finds one soon (Cornuejols and Dawande 1998)."""
    rng = random.Random(3)
    problem = pulp.LpProblem("split", pulp.LpMinimize)
    x = [problem.add_variable(f"x{i}", cat="Binary") for i in range(items)]
    problem.setObjective(pulp.lpSum(x))
    for _ in range(rows):
        numbers = [rng.randrange(100) for _ in x]
        problem += pulp.lpSum(c * v for c, v in zip(numbers, x, strict=True)) == sum(numbers) // 2
    return problem
