"""What the machine code of a law of one's own is found by: its code and what it refers to, and nothing else."""

from __future__ import annotations

from optimiser.model.escalation_law import RiskLaw
from optimiser.simulation.compiled_engine.law_code import law_fingerprint


class Slow(RiskLaw):
    """A law with a constant that stands nowhere else."""

    name = "slow"

    def harms(self, law, view, mood):
        return (0.0010203 * view.people, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_bug_a_law_whose_constants_somebody_held_was_compiled_a_second_time():
    """How often something is referred to is a part of how Python writes code; numba holds what it has looked at."""
    before = law_fingerprint(Slow())
    held = [Slow.harms.__code__.co_consts[1]]
    assert isinstance(held[0], float)
    assert law_fingerprint(Slow()) == before
