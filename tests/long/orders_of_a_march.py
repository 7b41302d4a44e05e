"""Is a plan fitted to one script? A march in every order of its stops: the plan against standing plans and hand rules.

`python tests/long/orders_of_a_march.py [INSTANCE GATHERING] [--movements N] [--scenarios N] [--reporting N]
[--budget N] [--static-budget N] [--statics N] [--seed N] [--no-presence]`

Plans are made for the instance as it is, and so are the rules; then for the instance with movements that `optimiser
movements` proposes. Beside them stand plans in which nobody moves, made once with a budget of their own, from seeds of
their own, and without rules of presence, which could not be kept then.
Then the gathering takes each order of its stops for certain, with nothing planned anew, and all are simulated on the
same random numbers. Where the instance has routes the plan is shown on each of them too. Differences are paired, plan
minus other, negative in favour of the plan, with 95 % intervals; the best plan in which nobody moves and the best rule
of an order are chosen on scenarios of their own. Standard values take some ten minutes.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from optimiser.files.examination.proposals import propose_moving
from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Gathering, Instance
from optimiser.model.parts.itinerary import Stop
from optimiser.model.parts.movement import Movement
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.optimise import optimise
from optimiser.planning.search.hand_rules import candidates
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator

DRAWN = "as they are drawn"
CHOOSING, MEASURING = "orders, choosing", "orders, measuring"  # names of sets of scenarios that no plan was chosen on
PLAN, STATIC, RULE = "plan", "nobody moves", "best rule"
Floats = NDArray[np.float64]


def list_orders(gathering: Gathering) -> dict[str, tuple[Stop, ...]]:
    """List every order of the stops of a gathering's first route, the stated one first."""
    stops = tuple(stop.altered(route=None) for stop in gathering.ways[0].stops)
    return {" > ".join(stop.sector for stop in order): order for order in itertools.permutations(stops)}


def list_routes(gathering: Gathering) -> dict[str, tuple[Stop, ...]]:
    """List the routes as they are drawn, then each alone, the likeliest first; nothing where there are none."""
    ways = sorted((way for way in gathering.ways if way.route and way.share > 0.0), key=lambda way: -way.share)
    found = {f"{way.route} ({way.share:.0%})": tuple(s.altered(route=None) for s in way.stops) for way in ways}
    return {DRAWN: (), **found} if found else {}


def put(instance: Instance, gathering: Gathering, stops: tuple[Stop, ...]) -> Instance:
    """Have a gathering take one way for certain; as the file has it where no stops are given."""
    if not stops:
        return instance
    sure = gathering.altered(itinerary=stops, routes=(), displacement=0.0)
    return instance.altered(gatherings=tuple(sure if g.id == sure.id else g for g in instance.gatherings))


def play(instance: Instance, plans: Sequence[Deployment], seed: int, count: int, group: str) -> Floats:
    """Return the losses of plans in fresh scenarios of an instance, shape (plans, scenarios)."""
    with Simulator(instance) as simulator:
        numbers = np.stack([plan.numbers(instance) for plan in plans])
        losses: Floats = simulator.totals(numbers, draw_set(instance, seed, count, group))
    return losses


def compare(
    instance: Instance,
    gathering: Gathering,
    plans: Mapping[str, Deployment],
    ways: Mapping[str, tuple[Stop, ...]],
    seed: int,
    count: int,
) -> dict[str, tuple[Floats, dict[str, str]]]:
    """Return, for each way, the losses of all plans, shape (plans, scenarios), and the best of each sort.

    Parameters
    ----------
    plans : the plan, those in which nobody moves, and the rules, by name.
    """
    names, found = list(plans), {}
    sorts = {
        STATIC: [i for i, name in enumerate(names) if name.startswith(STATIC)],
        RULE: [i for i, name in enumerate(names) if name != PLAN and not name.startswith(STATIC)],
    }
    for name, stops in ways.items():
        sure = put(instance, gathering, stops)
        glance = play(sure, list(plans.values()), seed, count, CHOOSING).mean(axis=1)
        losses = play(sure, list(plans.values()), seed, count, MEASURING)
        found[name] = losses, {sort: names[min(these, key=lambda i: glance[i])] for sort, these in sorts.items()}
    return found


def tell(interval: Interval) -> str:
    """Write a difference with its interval."""
    return f"{interval.mean:+7.2f} [{interval.low:+6.2f}, {interval.high:+6.2f}]"


def show(title: str, names: Sequence[str], found: Mapping[str, tuple[Floats, dict[str, str]]]) -> None:
    """Print a table: way, loss of the plan, plan minus the best of each sort and which it was; and the means below."""
    width = max(map(len, (*found, "mean but for the first")))
    print(f"\n{title}\n{'':{width}} {'loss':>7}  plan minus the best that does not move and the best rule")
    leads: dict[str, dict[str, Floats]] = {}
    for way, (losses, best) in found.items():
        leads[way] = {sort: losses[0] - losses[names.index(name)] for sort, name in best.items()}
        row = "  ".join(f"{tell(estimate(lead)):>24} {best[sort]}" for sort, lead in leads[way].items())
        print(f"{way:{width}} {losses[0].mean():7.2f} {row}")
    every = list(leads.values())
    for label, part in (("mean", every), ("mean but for the first", every[1:])):
        if part:  # the same random numbers in each order, so that scenarios are what is independent
            row = "  ".join(
                f"{tell(estimate(np.mean([one[sort] for one in part], axis=0)))} {sort}" for sort in part[0]
            )
            print(f"{label:{width}} {'':7} {row}")
    for sort in (STATIC, RULE):
        ends = [estimate(lead[sort]) for lead in every]
        better, worse = sum(one.high < 0.0 for one in ends), sum(one.low > 0.0 for one in ends)
        print(f"against {sort}: shown better in {better} of {len(ends)}, shown worse in {worse}", flush=True)


def make(instance: Instance, seed: int, budget: int | None, scenarios: int) -> Deployment:
    """Return the plan for an instance."""
    quick = {"reporting": 2, "levers": False, "over_law": False}
    return optimise(instance, seed=seed, scenarios=scenarios, budget=budget, **quick).deployment


def main() -> None:
    """Make the plans and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", nargs="?", default="oku-250")
    parser.add_argument("gathering", nargs="?", default="pawai")
    parser.add_argument("--movements", type=int, default=4, help="proposed ones in the second instance; 0 for none")
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--reporting", type=int, default=4000)
    parser.add_argument("--budget", type=int)
    parser.add_argument("--static-budget", type=int, default=3_000_000)
    parser.add_argument("--statics", type=int, default=3, help="plans in which nobody moves, from as many seeds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-presence", action="store_true", help="no plan has to keep rules of presence")
    asked = parser.parse_args()
    instance = read(asked.instance)
    if asked.no_presence:
        instance = instance.altered(presence=None)
    gathering = next(g for g in instance.gatherings if g.id == asked.gathering)
    standing = instance.altered(accompaniments=(), movements=(), presence=None)
    many = max(asked.scenarios, asked.static_budget // 500)
    seeds = range(asked.seed, asked.seed + asked.statics)
    statics = {f"{STATIC}, seed {seed}": make(standing, seed, asked.static_budget, many) for seed in seeds}
    found = tuple(m for m in propose_moving(instance, most=asked.movements) if isinstance(m, Movement))
    variants = {"as it is": instance}
    if found:
        variants["with the movements proposed"] = instance.altered(movements=(*instance.movements, *found))
    print(f"{instance.name}, {gathering.id}: {asked.scenarios} planning scenarios, {asked.reporting} in each row")
    for variant, moving in variants.items():
        plan = make(moving, asked.seed, asked.budget, asked.scenarios)
        plans = {PLAN: plan, **statics, **candidates(moving)}
        used = [m.name for m in moving.moving if m.id in plan.places]
        print(f"\n{variant.upper()}: the plan moves {', '.join(used) or 'nobody'}", flush=True)
        for title, ways in (
            ("On each route of the file", list_routes(gathering)),
            ("In each order of the stops, the stated one first", list_orders(gathering)),
        ):
            if ways:
                show(title, list(plans), compare(moving, gathering, plans, ways, asked.seed, asked.reporting))


if __name__ == "__main__":
    main()
