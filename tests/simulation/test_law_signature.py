"""The signature of a law: the same in every process, and another one whenever the law says something else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pytest

from optimiser.common.errors import OptimiserError
from optimiser.model.laws.choice import LAWS, DefaultLaw
from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw
from optimiser.simulation.law_signature import sign

PROGRAM = """
import math
import numpy
import optimiser
from optimiser.model.laws.escalation_law import Mood
from optimiser.model.laws.choice import LAWS, DefaultLaw
from optimiser.model.laws.risk_law import rational_mood
from optimiser.simulation.law_signature import sign
{filler}
STEP = {step}
ROW = numpy.array([1.0, {cell}])

def halve(value):
    return value / {half}

class Own(optimiser.RiskLaw):
    name = "own"
    share = {share}

    def mood(self, law, view):
        usual = rational_mood(law, view)
        return Mood(*usual[:4], self.weigh(usual.activation))

    def weigh(self, value):
        return min(1.0, STEP * self.share * halve(value) * ROW[1] * math.sqrt(4.0))

law = Own()
{more}
print(sign(law))
"""
USUAL = {"filler": "", "step": 1.0, "cell": 2.0, "half": 2.0, "share": 0.5, "more": ""}
OTHER = [
    {"step": 1.5},
    {"cell": 2.5},
    {"half": 3.0},
    {"share": 0.25},
    {"more": "law.share = 0.125"},
    {"more": "Own.name = 'other'"},
    {"more": "Own.harms = lambda self, law, view, mood: (0.0,) * 6"},
    {"more": "law.table = {'a': [1, 2]}"},
]


def signed(folder: Path, **parts: object) -> str:
    """Give the signature that a program of its own finds."""
    file = folder / f"law_{len(list(folder.iterdir()))}.py"
    file.write_text(PROGRAM.format(**{**USUAL, **parts}), encoding="utf-8")
    return subprocess.run([sys.executable, file], capture_output=True, text=True, check=True).stdout.strip()


def test_a_signature_is_the_same_in_every_process_and_file(tmp_path: Path) -> None:
    found = {signed(tmp_path), signed(tmp_path), signed(tmp_path, filler="# a comment\n\n\n\n")}
    assert len(found) == 1
    assert len(found.pop()) == 16


def test_a_law_that_says_something_else_has_another_signature(tmp_path: Path) -> None:
    found = [signed(tmp_path), *(signed(tmp_path, **parts) for parts in OTHER)]
    assert len(set(found)) == len(found), dict(zip(map(str, [{}, *OTHER]), found, strict=True))


def test_the_default_law_has_none_and_the_others_that_ship_have() -> None:
    assert sign(None) == sign(DefaultLaw()) == ""
    assert sign(ThresholdLaw()) == sign(ThresholdLaw()) != ""
    assert len({sign(law()) for law in LAWS.values()}) == len(LAWS) == 3


def test_a_law_that_travelled_has_the_signature_that_it_had() -> None:
    class Own(RiskLaw):
        name = "own"

        def __init__(self, factor: float) -> None:
            self.factor, self.row = factor, np.ones(3)

    assert sign(cloudpickle.loads(cloudpickle.dumps(Own(2.0)))) == sign(Own(2.0)) != sign(Own(3.0))


def test_a_law_that_keeps_what_nothing_tells_apart_is_refused() -> None:
    law = RiskLaw()
    law.random = np.random.default_rng(1)  # type: ignore[attr-defined]
    with pytest.raises(OptimiserError, match="'random' of the law 'risk'"):
        sign(law)
