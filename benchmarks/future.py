"""Do plans hold tomorrow? Regret and optimism of plans on fresh scenarios, by seed.

``python benchmarks/future.py [INSTANCE ...] [--seeds 1,2,3,4,5]`` plans each instance by `optimise` with its defaults,
and once more with four times the scenarios and six times the budget, for two other seeds. All plans are simulated in
the same fresh scenarios. *Regret* is the paired difference to the best of all these plans, with its interval: as the
best one is chosen on the same scenarios, regret is told a little too large. *Optimism* is how much more is lost in
fresh scenarios than in those that the plan was chosen on.
"""

from __future__ import annotations

import argparse
import time
from statistics import mean

import numpy as np
from results import RESULTS, describe_machine
from results import version as version_of_all

from optimiser import Instance, Simulator, optimise, read
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.programs.configurations import placement_cost
from optimiser.planning.settings import default_budget
from optimiser.planning.solution import Solution
from optimiser.simulation.scenario import draw_set

INSTANCES = ("oku-250", "oku-250-static", "oku-recap-330")
FRESH = 20_000  # scenarios that no plan was chosen on
SCENARIOS, LONG = 1_000, 4  # planning scenarios by default, and their multiple for the plans that regret is against
LONG_BUDGET, LONG_SEEDS = 6, (101, 102)
PAGE = RESULTS / "future.md"


def plan(instance: Instance, seed: int, times: int = 1, effort: int = 1) -> tuple[Solution, float]:
    """Plan with defaults or a multiple of them, and tell the seconds of wall time; nothing is reported."""
    budget, begun = effort * default_budget(instance, SCENARIOS), time.perf_counter()
    asked = {"scenarios": times * SCENARIOS, "budget": budget, "levers": False, "over_law": False}
    return optimise(instance, seed=seed, reporting=2, **asked), time.perf_counter() - begun


def compare(instance: Instance, seeds: list[int]) -> list[str]:
    """Plan for every seed and write one line of the table each, and one for their mean."""
    found = [(f"seed {seed}", *plan(instance, seed)) for seed in seeds]
    long = [(f"long, seed {seed}", *plan(instance, seed, LONG, LONG_BUDGET)) for seed in LONG_SEEDS]
    fresh = draw_set(instance, 990_002, FRESH, "future")
    with Simulator(instance, workers=2) as simulator:
        plans = [solution.deployment for _, solution, _ in (*found, *long)]
        losses = simulator.losses(plans, fresh).sum(axis=2)
    losses += np.array([placement_cost(instance, deployment) for deployment in plans])[:, None]
    best = losses[int(losses.mean(axis=1).argmin())]
    lines, regrets = [], list[Interval]()
    for (name, solution, seconds), loss in zip((*found, *long), losses, strict=True):
        regrets.append(estimate(loss - best) if not np.array_equal(loss, best) else Interval(0.0, 0.0, FRESH, 0))
        optimism = 100.0 * (loss.mean() / solution.planning_objective - 1.0)
        share = 100.0 / best.mean()
        span = f"{share * regrets[-1].mean:.1f} % [{share * regrets[-1].low:.1f}, {share * regrets[-1].high:.1f}]"
        lines.append(f"| {instance.name} | {name} | {loss.mean():.2f} | {span} | {optimism:+.1f} % | {seconds:.0f} |")
    middle = 100.0 * mean(regret.mean for regret in regrets[: len(seeds)]) / best.mean()
    return [*lines, f"| {instance.name} | mean of the seeds | | {middle:.1f} % | | |"]


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="*", default=INSTANCES, help="names")
    parser.add_argument("--seeds", default="1,2,3,4,5", help="separated by commas")
    asked = parser.parse_args()
    head = ["# Plans on fresh scenarios", "", *(__doc__ or "").split("\n\n", 1)[1].strip().splitlines(), ""]
    head += [f"{FRESH:,} fresh scenarios. {version_of_all()}; {describe_machine()}.", ""]
    lines = ["| instance | plan | loss, points | regret | optimism | s |", "|---|---|---|---|---|---|"]
    for name in asked.instances:
        lines += compare(read(name), [int(seed) for seed in asked.seeds.split(",")])
        print(*lines[-len(asked.seeds.split(",")) - len(LONG_SEEDS) - 1 :], sep="\n", flush=True)
    PAGE.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
