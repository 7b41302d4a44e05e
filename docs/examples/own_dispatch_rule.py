"""A dispatch rule of your own: reserve is kept for sectors in red.

A rule is a function of the state of the simulation and of the sector that calls. It may decide anything itself with
the functions of `optimiser.simulation.dispatch`, or leave it to the rule that ships. SimPy simulates with it.
"""

import optimiser
from optimiser.model.laws.escalation_law import RED
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.state import State


def only_for_red(state: State, caller: int) -> None:
    """Answer a sector in red as usual, and no other one."""
    if state.phase[caller] == RED:
        send_nearest(state, caller)


instance = optimiser.read("seram-timur-2024")
plan = optimiser.optimise(instance, scenarios=20, budget=60, workers=1, levers=False).deployment
scenarios = optimiser.draw(instance, seed=1, count=40, group="reporting")

calls = {"usual": set(), "only for red": set()}
for name, rule in (("usual", send_nearest), ("only for red", only_for_red)):
    for scenario in scenarios.items:
        phases = dict.fromkeys((sector.id for sector in instance.sectors), "quiet")
        _, events = optimiser.simulate(instance, plan, scenario, dispatch=rule)
        for event in events:
            if event.kind == "phase":
                phases[event.sector] = event.what
            elif event.kind == "asked":
                calls[name].add(phases[event.sector])

assert "yellow" in calls["usual"]
assert calls["only for red"] <= {"red"}
with optimiser.Simulator(instance, dispatch=only_for_red) as simulator:
    kept = optimiser.evaluate(simulator, plan, scenarios)
with optimiser.Simulator(instance) as simulator:
    usual = optimiser.evaluate(simulator, plan, scenarios)
print("reserve only for red, less the usual rule:", optimiser.compare(kept, usual).loss, "points")
