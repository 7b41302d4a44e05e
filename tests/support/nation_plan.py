"""A plan of a nation made without searching, for tests of what writes and shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optimiser.nation.district_subproblem import Offer, Settled, Terms
from optimiser.nation.nation_plan import Accord, Round
from support import nations


def ended(rng: np.random.Generator, teams: int, value: float, worse: float = 0.0) -> Settled:
    """Settle at random; ``worse`` is added to every loss, in points."""
    harms = tuple(map(tuple, rng.random((40, 6)).tolist()))
    return Settled(Offer((teams,), value, ()), harms, tuple((rng.random(40) + worse).tolist()))


def accord(tmp_path: Path, value: float, bound: float, joined: int = 0) -> Accord:
    nation, _ = nations.draw(2, tmp_path)
    rng = np.random.default_rng(1)
    settled = tuple(ended(rng, int(i == 0), value / 2) for i in range(len(nation.districts)))
    alone = (ended(rng, 0, 1.5 * value, worse=1.0), *settled[1:])
    terms = Terms(tmp_path, 1, 100, 40, 0.01, 10)
    rounds = (Round(1, 2, value, bound, 0.0, 3),)
    return Accord(nation, terms, settled, alone, value, bound, (0.5,), joined, rounds)
