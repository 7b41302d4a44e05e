"""A local search with common random numbers, as good as we could make it: the strongest rival that is not ours.

It starts from a random feasible deployment (or the best hand rule, if warm) and a few scenarios. Neighbours are one
unit added, removed, moved to another place, replaced by one of another kind, or two units of different kinds that
change places; all are repaired. Steps towards sectors that lose much are tried earlier. A neighbour is compared with
the incumbent on the same scenarios, block after block, and dropped as soon as it looks worse. The first better one is
taken, and the same step is tried again. Where no neighbour is better the search goes on with twice as many scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
from rivals_oracle import Floats, Oracle, Spent
from rivals_space import Ints

# Tuned by hand on five instances of the Markov family at budgets of 1e3 to 1e5.
START = 16  # scenarios of the first level
BLOCK = 8  # scenarios of the first comparison at least; every further one doubles what was compared
PARTS = 16  # the first comparison takes at least this part of the level
SURE = 0.5  # standard errors above 0 at which a neighbour is dropped
GREED = 0.5  # how far the order of steps follows the losses of sectors: 0 not at all, 1 nothing else
SKIP = 0.9  # share of sectors that are visited, below which playing only what can differ is worth its price

Step = tuple[tuple[int, ...], tuple[int, ...]]  # cells that lose a unit, cells that get one


class LocalSearch:
    """One run of the search.

    Attributes
    ----------
    best : the incumbent.
    losses : its points by scenario of the present level.
    """

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.space = oracle, oracle.space
        self.chance = Random(f"local {oracle.seed}")
        self.best = oracle.starts(1)[0]
        self.losses: Floats = np.zeros(0)
        self.skips = False
        self.weight = np.ones(self.space.shape[0])
        places, kinds = self.space.cells.T
        self.at = {(int(p), int(k)): c for c, (p, k) in enumerate(zip(places, kinds, strict=True))}

    def run(self) -> Ints:
        """Search until the budget is spent; gives the incumbent."""
        level = START
        try:
            if self.oracle.warm:
                starts = self.oracle.starts(3)
                self.best = starts[int(np.argmin([self.oracle.value(s, 0, START) for s in starts]))]
            while True:
                self.widen(level)
                while self.move():
                    pass
                level *= 2
        except Spent:
            return self.best

    def widen(self, level: int) -> None:
        """Go on with so many scenarios."""
        self.oracle.reach(level)
        self.losses = self.oracle.losses(self.best[None], 0, level, base=self.best)[0]
        course = self.oracle.simulator.course(self.space.numbers(self.best), self.oracle.scenarios)
        loss = course.loss.mean(axis=0)
        self.skips = bool(course.visited.mean() < SKIP)
        self.weight = np.ones(self.space.shape[0])
        self.weight[: len(loss)] = 1.0 - GREED + GREED * loss / max(loss.mean(), 1e-9)

    def move(self) -> bool:
        """Take the first better neighbour, and its step again as long as that is better; False if there is none."""
        seen = {self.best.tobytes()}
        for step in self.steps():
            neighbour = self.neighbour(step)
            if neighbour.tobytes() in seen:
                continue
            seen.add(neighbour.tobytes())
            if self.better(neighbour):
                while self.possible(step) and self.better(self.neighbour(step)):
                    pass
                return True
        return False

    def better(self, neighbour: Ints) -> bool:
        """Compare a neighbour with the incumbent, block after block, and take it if it is better.

        The first block is another one each time, so that no neighbour is dropped for good by the same few scenarios.
        """
        level, size = len(self.losses), max(BLOCK, len(self.losses) // PARTS)
        begin, found, have = self.chance.randrange(level // size) * size, np.full(level, np.nan), 0
        while have < level:
            end = min(level, begin + min(level - have, max(size, have)))
            near = self.best if self.skips else None
            found[begin:end] = self.oracle.losses(neighbour[None], begin, end, base=near)[0]
            have += end - begin
            begin = end % level
            worse = (found - self.losses)[~np.isnan(found)]
            if have < level and worse.mean() > 0.0 and worse.mean() > SURE * worse.std() / np.sqrt(have):
                return False
        if self.oracle.objective(found) < self.oracle.objective(self.losses):
            self.best, self.losses = neighbour, found
            return True
        return False

    def neighbour(self, step: Step) -> Ints:
        """Take a step from the incumbent and repair what it breaks."""
        wish = self.best.copy()
        np.subtract.at(wish, list(step[0]), 1)
        np.add.at(wish, list(step[1]), 1)
        return self.space.repair(wish)

    def possible(self, step: Step) -> bool:
        """Tell whether a step can be taken again."""
        return all(self.best[c] > 0 for c in step[0]) and all(self.best[c] < self.space.upper[c] for c in step[1])

    def steps(self) -> Iterator[Step]:
        """Give all steps from the incumbent in random order, those towards places of much weight earlier."""
        steps = [*self.lone_steps(), *self.swaps()]
        weights = [max((self.weight[self.space.cells[c, 0]] for c in come), default=1.0) for _, come in steps]
        order = sorted((self.chance.expovariate(max(w, 1e-3)), i) for i, w in enumerate(weights))
        return (steps[i] for _, i in order)

    def lone_steps(self) -> Iterator[Step]:
        """Give the steps of one unit: added, removed, moved, or replaced by one of another kind."""
        x, (place, kind) = self.best, self.space.cells.T
        room = np.flatnonzero(x < self.space.upper)
        idle = [int(k.count) for k in self.space.frame.kinds] - np.bincount(kind, x, self.space.shape[1])
        yield from (((), (int(d),)) for d in room[idle[kind[room]] > 0])
        for c in map(int, np.flatnonzero(x > 0)):
            yield (c,), ()
            yield from (((c,), (int(d),)) for d in room[(kind[room] == kind[c]) & (place[room] != place[c])])
            yield from (((c,), (int(d),)) for d in room[(place[room] == place[c]) & (kind[room] != kind[c])])

    def swaps(self) -> Iterator[Step]:
        """Give the steps in which two units of different kinds change places."""
        place, kind = self.space.cells.T
        some = np.flatnonzero(self.best > 0)
        for c in map(int, some):
            for d in map(int, some[(some > c) & (kind[some] != kind[c]) & (place[some] != place[c])]):
                there = self.at.get((int(place[d]), int(kind[c])))
                here = self.at.get((int(place[c]), int(kind[d])))
                if there is not None and here is not None:
                    yield (c, d), (there, here)


def search_locally(oracle: Oracle) -> tuple[Ints, float | None]:
    """Search until the budget is spent; gives the incumbent and its mean in the scenarios it was chosen on."""
    search = LocalSearch(oracle)
    best = search.run()
    return best, oracle.objective(search.losses) if len(search.losses) else None
