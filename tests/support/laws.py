"""Laws of one's own that several tests simulate: each is compiled once in a process."""

from __future__ import annotations

from typing import ClassVar

from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.laws.risk_law import RiskLaw


class ConstantLaw(RiskLaw):
    """Hazards that depend on the phase alone, per minute: the phase of a sector is then a small Markov chain."""

    name = "constant"
    rates: ClassVar = {GREEN: (0.02, 0, 0, 0), YELLOW: (0.01, 0, 0.015, 0.004), RED: (0.0, 0, 0.012, 0.006)}

    def hazards(self, law, view, mood):
        if view.people <= 0.0 or view.phase not in self.rates:
            return (0.0,) * 7
        return (*(float(r) for r in self.rates[view.phase]), 0.0, 0.0, 0.0)
