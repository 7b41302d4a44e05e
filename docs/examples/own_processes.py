"""SimPy processes of your own, beside those of the simulation: one that observes, and one that acts.

A process is a generator function of the `Timeline`. It waits with ``clock.timeout`` or ``clock.at``. One that changes
the state calls ``tick()`` first, changes it with functions of `optimiser.simulation.transitions`, and calls
``settle()``.
"""

import optimiser
from optimiser.simulation.simpy_engine.timeline import Steps, Timeline
from optimiser.simulation.transitions import people

EVERY = 15.0  # min between two looks
RAIN = 60.0  # min after which half of everybody goes home

instance = optimiser.read("tiny-2")
plan = optimiser.optimise(instance, scenarios=10, budget=50, workers=1).deployment
counted: list[tuple[float, int]] = []


def count_people(timeline: Timeline) -> Steps:
    """Count all people in all sectors every quarter of an hour."""
    while True:
        yield timeline.clock.timeout(EVERY)
        counted.append((timeline.clock.now, sum(timeline.state.people)))


def rain(timeline: Timeline) -> Steps:
    """Send half of every gathering home after an hour."""
    yield timeline.clock.at(RAIN, "user")
    timeline.tick()
    for sector in range(len(instance.sectors)):
        present = dict(timeline.state.crowd(sector))
        for gathering, persons in present.items():
            people.leave(timeline.state, gathering, sector, persons // 2)
    timeline.settle()


scenario = optimiser.draw(instance, seed=1, count=1, group="reporting")[0]
_, events = optimiser.simulate(instance, plan, scenario, processes=[count_people, rain])

assert [minute for minute, _ in counted] == [EVERY * n for n in range(1, 8)]
assert [people for minute, people in counted if minute < RAIN] == [300, 300, 300]
assert [people for minute, people in counted if minute > RAIN] == [150, 150, 150]
assert sum(event.number for event in events if event.kind == "left" and event.minute == RAIN) == 150
print(counted)
