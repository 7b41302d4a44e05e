"""What is a plan worth against a crowd that goes where the line is thinnest? Plans against the three hand rules.

`python tests/long/displacing_crowd.py [INSTANCE GATHERING] [--scenarios N] [--reporting N] [--budget N] [--seed N]`

A plan is made for the instance as it is and for each chance of displacement. All are simulated for each chance, on
the same random numbers. Differences are paired, negative in favour of the plan, with 95 % intervals. Standard values
take some ten minutes.
"""

from __future__ import annotations

import argparse

import numpy as np

from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.optimise import optimise
from optimiser.planning.search.hand_rules import candidates
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator

CHANCES = (0.0, 0.3, 1.0)
MEASURING = "displacing crowd"  # name of a set of scenarios that no plan was chosen on


def displacing(instance: Instance, gathering: str, chance: float) -> Instance:
    """Let a gathering go where the line is thinnest with a chance."""
    gatherings = [
        {**g.model_dump(mode="json"), "displacement": chance} if g.id == gathering else g for g in instance.gatherings
    ]
    return instance.replace(gatherings=gatherings)


def tell(interval: Interval) -> str:
    """Write a difference with its interval."""
    return f"{interval.mean:+7.2f} [{interval.low:+6.2f}, {interval.high:+6.2f}]"


def main() -> None:
    """Make the plans and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", nargs="?", default="oku-250")
    parser.add_argument("gathering", nargs="?", default="pawai")
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--reporting", type=int, default=4000)
    parser.add_argument("--budget", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    worlds = {chance: displacing(read(asked.instance), asked.gathering, chance) for chance in CHANCES}
    effort = {"seed": asked.seed, "scenarios": asked.scenarios, "reporting": 2, "budget": asked.budget}
    plans: dict[str, Deployment] = {
        f"plan for {chance:g}": optimise(world, levers=False, over_law=False, **effort).deployment
        for chance, world in worlds.items()
    }
    rules = {str(name): rule for name, rule in candidates(worlds[0.0]).items()}
    print(f"{asked.instance}, {asked.gathering}: {asked.scenarios} planning scenarios, {asked.reporting} fresh ones")
    for chance, world in worlds.items():
        numbers = np.stack([plan.numbers(world) for plan in (*plans.values(), *rules.values())])
        with Simulator(world) as simulator:
            losses = simulator.totals(numbers, draw_set(world, asked.seed, asked.reporting, MEASURING))
        print(
            f"\ndisplacement {chance:g}: "
            + ", ".join(f"{n} {x:.2f}" for n, x in zip(rules, losses[3:].mean(1), strict=True))
        )
        for i, name in enumerate(plans):
            leads = [f"minus {rule} {tell(estimate(losses[i] - losses[3 + r]))}" for r, rule in enumerate(rules)]
            own = list(worlds).index(chance)
            print(f"{name:14} {losses[i].mean():7.2f}  " + "  ".join(leads), end="")
            print("" if i == own else f"  minus the plan for it {tell(estimate(losses[i] - losses[own]))}")


if __name__ == "__main__":
    main()
