"""What the machine code of a law of one's own is found by: its code and what it refers to, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys

from optimiser.model.laws.choice import LAWS
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.law_code import law_fingerprint


class Slow(RiskLaw):
    """A law with a constant that stands nowhere else."""

    name = "slow"

    def harms(self, law, view, mood):
        return (0.0010203 * view.people, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_bug_a_law_whose_constants_somebody_held_was_compiled_a_second_time():
    """How often something is referred to is a part of how Python writes code; numba holds what it has looked at."""
    before = law_fingerprint(Slow())
    held = [Slow.harms.__code__.co_consts[1]]
    assert isinstance(held[0], float)
    assert law_fingerprint(Slow()) == before


def test_bug_two_laws_kept_on_disk_by_two_processes_answered_to_one_name():
    """The address of machine code is looked up by its name, so that one law answered for another one after it.

    The number that numba puts into a name counts what a process has compiled; in two processes it is the same.
    """
    names = []
    for law in (*(law() for law in LAWS.values()), Slow()):
        (made,) = compile.law_code(compile.law_mark(law)).overloads.values()
        names.append(re.sub(r"B\d+v\d+", "", made.fndesc.llvm_func_name))
    assert len(set(names)) == len(LAWS) + 1


WITH_A_HARM_MORE = """
from dataclasses import replace

from optimiser.model import harms

harms.HARMS = (replace(harms.HARMS[0], id="heat"), *harms.HARMS)

from optimiser.model.laws.risk_law import RiskLaw
from optimiser.simulation import state
from optimiser.simulation.compiled_engine import compile


class Warm(RiskLaw):
    def harms(self, law, view, mood):
        return (view.people, 0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


code = compile.law_code(compile.law_mark(Warm()))
(signature,) = code.overloads
print(state.HARM_COUNT, harms.HARMS[state.PROCESS].id, compile.address_of(code) > 0)
"""


def test_bug_a_harm_more_fell_to_the_slow_engine_because_their_number_was_written_out():
    told = subprocess.run([sys.executable, "-c", WITH_A_HARM_MORE], capture_output=True, text=True, check=False)
    assert told.stdout.split() == ["8", "process_minutes", "True"], told.stderr
