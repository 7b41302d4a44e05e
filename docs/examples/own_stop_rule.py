"""A stop rule of your own: any function that takes the progress and returns whether to stop."""

import optimiser
from optimiser.planning.search.stop_rules import any_of, unchanged

seen: list[optimiser.Progress] = []


def good_enough(progress: optimiser.Progress) -> bool:
    """Stop once the best plan is a fifth better than the first one."""
    seen.append(progress)
    return progress.best <= 0.8 * seen[0].best


instance = optimiser.read("seram-timur-2024")
solution = optimiser.optimise(instance, stop=any_of(good_enough, unchanged(5)), scenarios=60, workers=1)

steps = [step for step in seen if step.iteration]
assert all(step.best > 0.8 * seen[0].best and step.unchanged < 5 for step in steps[:-1])
assert solution.planning_objective <= seen[-1].best
print(f"{len(seen)} iterations: from {seen[0].best:.2f} to {seen[-1].best:.2f} points")
print(solution.certificate.sentence)
