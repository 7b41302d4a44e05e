"""A problem without interplay that is near one with interplay: where its best deployment is, a good start is not far.

Each stop of a march becomes a gathering of its own that arrives when the march would at its mean times, nobody spills
over, and what waits at the posts or moves is taken away from what there is. Nothing is claimed of it: its
deployments are starts for the joint search, which simulates them as they are.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.common.message import Message
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Gathering, Instance
from optimiser.model.parts.itinerary import Stop
from optimiser.model.values.quantity import Quantity
from optimiser.planning.magnitude import in_order
from optimiser.planning.programs.feasibility import nearest_to
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.search.hand_rules import NODES
from optimiser.planning.search.response_tables import joined_by_movements_alone
from optimiser.planning.search.search_state import Propose, Search, Step, Steps
from optimiser.planning.search.separable import relaxation_steps
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Facts, distance
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator

STARTS = 3  # first candidates whose reserve is tried; assumed
SCENARIOS = 100  # in which starts are looked for; assumed


def start_decoupled(state: Search, propose: Propose) -> Steps:
    """Try the deployments that would be best if sectors did not influence each other, beside different reserves.

    Where nothing joins sectors but units that move, that is the problem in which nobody moves: it leads away from the
    plans that are looked for, and nothing is tried.
    """
    instance, simulator = state.simulator.instance, state.simulator
    if joined_by_movements_alone(instance, simulator.dispatch, simulator.law, state.scenarios.uncertain):
        return
    sectors, posts = len(instance.sectors), state.rules.frame.posts
    for start in _best_apart(state, sectors):
        apart = decouple(instance, start[sectors:])
        planning, count = state.scenarios, min(SCENARIOS, len(state.scenarios))
        scenarios = draw_set(apart, planning.seed, count, planning.group, planning.uncertain)
        with Simulator(apart, simulator.law, workers=simulator.workers, engine=simulator.engine.name) as other:
            alone = np.concatenate([start[:sectors], np.zeros_like(start[posts.start : posts.stop])])
            inner = Search(other, scenarios, state.watcher, alone, math.inf, 0.0, charges=state.charges)
            try:
                with other.allowance(simulator.left):
                    inner.consider(alone)
                    for _ in relaxation_steps(inner, propose):
                        pass
            finally:
                simulator.sector_replications += other.sector_replications
        plan = np.concatenate([inner.best[:sectors], start[sectors:]])
        if instance.presence is not None and not state.rules.holds(plan):  # rules that sectors apart do not know
            wanted = Deployment.of_numbers(instance, plan)
            plan = nearest_to(instance, wanted, nodes=NODES).numbers(instance)
        if state.rules.holds(plan):
            state.consider(plan)
        yield Step(Message("planned as if sectors were apart"))


def _best_apart(state: Search, sectors: int) -> list[Numbers]:
    """Return the best of the first candidates that differ in what waits or moves."""
    worth = in_order(np.array([state.worth(start) for start in state.starts]), state.value)
    found: dict[bytes, Numbers] = {}
    for n in worth:
        found.setdefault(state.starts[n][sectors:].tobytes(), state.starts[n])
    return list(found.values())[:STARTS]


def decouple(instance: Instance, waiting: Numbers) -> Instance:
    """Cut every link between sectors.

    Parameters
    ----------
    waiting : numbers at the posts and of what moves, shape (posts + moving, kinds); they stay there.
    """
    facts, frame = index_instance(instance), Frame.of(instance)
    kept, split = waiting.sum(axis=0).tolist(), len(instance.teams)
    counted = sum(n * h for n, h, k in zip(kept, frame.heads, frame.kinds, strict=True) if k.counts)
    left = [max(0, int(kind.count) - n) for kind, n in zip(frame.kinds, kept, strict=True)]
    sectors = {s.id for s in instance.sectors}
    return instance.altered(
        cap=max(0, int(instance.cap) - counted),
        sectors=tuple(s.altered(cover=0, spill_to=None) for s in instance.sectors),
        posts=tuple(p.altered(staging_capacity=0, mobile=0.0) for p in instance.posts),
        teams=tuple(t.altered(count=n) for t, n in zip(instance.teams, left[:split], strict=True)),
        vehicles=tuple(v.altered(count=n) for v, n in zip(instance.vehicles, left[split:], strict=True)),
        accompaniments=(),
        movements=(),
        gatherings=tuple(part for g in instance.gatherings for part in _parts(instance, facts, g)),
        reinforcements=(),
        doctrine=instance.doctrine.altered(reserve_least=0),
        presence=None,
        pins=tuple(pin for pin in instance.pins if pin.place in sectors),
        law={**instance.law, "spill": Quantity(0.0, 0.0, 0.0)},
    )


def _parts(instance: Instance, facts: Facts, gathering: Gathering) -> list[Gathering]:
    """Return each stop that can be reached within the period as a gathering of its own, with its chance."""
    index = {s.id: i for i, s in enumerate(instance.sectors)}
    chances: dict[tuple[int, ...], float] = {}  # by the stops up to it; routes may begin alike
    parts: dict[tuple[int, ...], Gathering] = {}
    for way in gathering.ways:
        start = instance.minutes(gathering.arrives)
        for number, there in enumerate(way.stops):
            if number:
                here = way.stops[number - 1]
                start += float(here.stay)
                km = distance(facts, start, index[here.sector], index[there.sector])
                start += 60.0 * km / facts.march
                if not math.isfinite(start) or start >= facts.horizon:
                    break
            key = way.numbers[: number + 1]
            chances[key] = chances.get(key, 0.0) + way.share
            arrives = instance.clock(start) if number else gathering.arrives
            name = f"{gathering.id}-{number}" if way.route is None else f"{gathering.id}-{len(parts)}"
            parts.setdefault(key, _part(gathering, there, arrives, number, name))
    return [part.altered(chance=float(part.chance) * chances[key]) for key, part in parts.items()]


def _part(gathering: Gathering, stop: Stop, arrives: str, number: int, name: str) -> Gathering:
    together = {"arrival_spread": 0.0, "groups": 1} if number else {}  # whoever has marched comes as one body
    itinerary = (stop.altered(route=None),)
    return gathering.altered(
        id=name, itinerary=itinerary, routes=(), displacement=0.0, arrives=arrives, regroup=0.0, **together
    )
