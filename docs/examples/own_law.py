"""A law of escalation of your own: a crowd half as ready to act as in `RiskLaw`, one of those that ship.

By default the package compiles such a law, in seconds, and simulates with it a hundred times faster than SimPy; where
numba cannot compile it, SimPy simulates and `Watcher.slow` receives the reason. The numbers are the same.
"""

import optimiser
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import Mood, View
from optimiser.model.laws.risk_law import rational_mood


class Composed(optimiser.RiskLaw):
    """Half the activation; hazards and harms follow from it as in the law that it is derived from."""

    name = "composed"
    readiness = 0.5

    def mood(self, law: Law, view: View) -> Mood:
        """Say how the crowd sees its situation."""
        usual = rational_mood(law, view)
        return Mood(usual.active, usual.risk, usual.legitimacy, usual.excess, self.readiness * usual.activation)


instance = optimiser.read("seram-timur-2024")
plan = optimiser.optimise(instance, scenarios=20, budget=60, workers=1, levers=False).deployment
scenarios = optimiser.draw(instance, seed=1, count=160, group="reporting")

with optimiser.Simulator(instance, law=Composed(), engine="simpy") as simulator:  # for 160 scenarios not worth a minute
    composed = optimiser.evaluate(simulator, plan, scenarios)
with optimiser.Simulator(instance, law="risk", engine="simpy") as simulator:
    usual = optimiser.evaluate(simulator, plan, scenarios)

less = optimiser.compare(composed, usual)
assert less.loss.high < 0.0
print(f"the law risk: {usual.loss} points; {Composed.name}: {composed.loss} points")

again = optimiser.optimise(
    instance, law=Composed(), engine="simpy", scenarios=5, reporting=5, budget=20, workers=1, levers=False
)
assert again.settings.law == "composed"
