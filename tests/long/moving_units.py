"""What is it worth that units move? The best static plan known against plans whose units go with people, and move.

`python tests/long/moving_units.py [INSTANCE] [--static-budget N] [--budget N] [--scenarios N] [--reporting N]
[--movements N] [--twin INSTANCE]`

Three plans for one instance: no unit moves, and no rule of presence limits who stands where; units may accompany
gatherings, as `optimiser movements` proposes; units may move as proposed there too. The first has a budget of its own,
so that it is the best static plan known. With a twin, an instance of the same facts, the plan of that one is the
fourth: it is chosen as that file has it and played in this one, without its rules of presence. All are simulated on the
same fresh scenarios; differences are paired, with 95 % intervals. Standard values take some ten minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from optimiser.files.examination.proposals import propose_moving
from optimiser.files.read import read
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Accompaniment, Movement
from optimiser.planning.evaluation import estimate
from optimiser.planning.optimise import optimise
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator

MEASURING = "moving units, measuring"  # name of a set of scenarios that no plan was chosen on


def let_move(instance: Instance, movements: int) -> dict[str, Instance]:
    """Give the instance without anything that moves, with accompaniments, and with so many movements too."""
    found = (*instance.moving, *propose_moving(instance, most=movements))
    along = tuple(one for one in found if isinstance(one, Accompaniment))
    moving = tuple(one for one in found if isinstance(one, Movement))
    return {
        "static": instance.altered(accompaniments=(), movements=(), presence=None),
        "accompanying": instance.altered(accompaniments=along, movements=()),
        "moving": instance.altered(accompaniments=along, movements=moving),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Plan, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", nargs="?", default="oku-250")
    for name, value in (("static-budget", 3_000_000), ("budget", 500_000), ("scenarios", 1000), ("reporting", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--movements", type=int, default=4)
    parser.add_argument("--twin")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    losses = {}
    variants = let_move(read(asked.instance), asked.movements)
    if asked.twin:
        variants["twin"] = read(asked.twin)
    for name, instance in variants.items():
        budget = asked.static_budget if name == "static" else asked.budget
        scenarios = asked.scenarios if name != "static" else max(asked.scenarios, budget // 500)
        quick = {"levers": False, "over_law": False}
        solution = optimise(instance, seed=asked.seed, scenarios=scenarios, budget=budget, **quick)
        where = read(asked.instance).altered(presence=None) if name == "twin" else instance
        plan = solution.deployment.altered(instance=where.name)
        with Simulator(where) as simulator:
            fresh = draw_set(where, asked.seed, asked.reporting, MEASURING)
            losses[name] = simulator.totals(plan.numbers(where)[None], fresh)[0]
        used = [m.name for m in where.moving if m.id in plan.places]
        print(f"{name}: {estimate(losses[name])}; budget {budget:,}; moves: {', '.join(used) or 'nobody'}", flush=True)
    static = losses.pop("static")
    for name, others in losses.items():
        change = estimate(others - static)
        print(f"{name} minus static: {change}, {np.mean(others - static) / np.mean(static):+.1%}")
    for name in ("accompanying", *(["twin"] if asked.twin else [])):
        print(f"moving minus {name}: {estimate(losses['moving'] - losses[name])}")


if __name__ == "__main__":
    main()
