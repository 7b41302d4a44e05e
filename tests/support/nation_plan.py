"""A plan of a nation made without searching, for tests of what writes and shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optimiser.nation.columns import DistrictColumn, DistrictResult, NationSettings
from optimiser.nation.nation_plan import NationPlan, Round
from optimiser.planning.settings import Effort
from support import nations


def ended(rng: np.random.Generator, teams: int, value: float, worse: float = 0.0) -> DistrictResult:
    """Make a result at random; ``worse`` is added to every loss, in points."""
    harms = tuple(map(tuple, rng.random((40, 6)).tolist()))
    return DistrictResult(DistrictColumn((teams,), value, ()), harms, tuple((rng.random(40) + worse).tolist()))


def make_plan(tmp_path: Path, value: float, bound: float, joined: int = 0) -> NationPlan:
    nation, _ = nations.draw(2, tmp_path)
    rng = np.random.default_rng(1)
    results = tuple(ended(rng, int(i == 0), value / 2) for i in range(len(nation.districts)))
    alone = (ended(rng, 0, 1.5 * value, worse=1.0), *results[1:])
    settings = NationSettings(tmp_path, Effort(100, 40, 10), 0.01)
    rounds = (Round(1, 2, value, bound, 0.0, 3),)
    return NationPlan(nation, settings, results, alone, value, bound, (0.5,), joined, rounds)
