"""Regret on fresh scenarios is against the best of all plans, and none of them is better than that."""

from __future__ import annotations

import re

import future
import pytest

from optimiser import read


def test_regret_is_never_negative_and_none_for_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FRESH", 60), ("SCENARIOS", 10), ("LONG_BUDGET", 1)):
        monkeypatch.setattr(future, name, value)
    *lines, mean = future.compare(read("kaur-2005"), [1, 2])
    regrets = [float(re.split(r" \| ", line)[3].split(" %")[0]) for line in lines]
    losses = [float(re.split(r" \| ", line)[2]) for line in lines]
    assert len(lines) == 4
    assert min(regrets) == 0.0
    best = min(losses)
    assert regrets == pytest.approx([100.0 * (loss / best - 1.0) for loss in losses], abs=0.2)
    assert float(mean.split("|")[4].strip(" %")) == pytest.approx(sum(regrets[:2]) / 2, abs=0.1)
