"""What takes minutes of nations: every way to lend and every plan tried. Run by `make long`; prints its figures."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from support import nations

from optimiser.nation.coordinate import plan_nation

pytestmark = pytest.mark.long
QUICK = {"scenarios": 8, "reporting": 8, "workers": 1}


@pytest.mark.parametrize(("joined", "count"), [(False, 500), (True, 12)])
def test_no_bound_lies_above_the_best_way_to_lend(tmp_path: Path, capsys, joined: bool, count: int) -> None:
    """Nations of two or three districts, on the scenarios that they were planned on."""
    proved = beyond = 0
    most = 0.0
    for nation, districts, folder in itertools.islice(nations.several(100, tmp_path, joined=joined), count):
        try:
            optimum = nations.optimum(nation, districts, 3, 8)
        except OverflowError:  # too many plans to try
            beyond += 1
            continue
        how = {"rounds": 2, "budget": 500} if joined else {"rounds": 6, "gap": 0.0}
        accord = plan_nation(nation, folder, seed=3, **how, **QUICK)
        proved += nations.hold(accord, optimum)
        most = max(most, accord.value / optimum - 1.0 if optimum > 0.0 else 0.0)
    with capsys.disabled():
        tried = f"{count - beyond} of {count} tried whole, {proved} proved, worst plans {100 * most:.2f} % above"
        print(f"\nnations, {'with' if joined else 'without'} interplay: {tried}")
    assert beyond <= count // 2
