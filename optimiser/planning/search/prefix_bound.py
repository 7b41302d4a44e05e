"""What no plan can beat, and the proof of it: docs/search.md, section 6.

The joint simulation of a sector begins as if it were alone. Until somebody comes from elsewhere, or help that was
called can be there, its events are those of the sector simulated alone with what is placed there, whatever the other
sectors do. Losses only grow, so what it has lost by then is a lower bound of what it loses, for that configuration of
the sector and any deployment of the rest. Choosing the configurations by integer program bounds the best deployment.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from optimiser.model.harms import weights
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import highest_hazards
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import DISPERSE, FAIL, SPILL, WORSEN
from optimiser.model.parts.movement import list_stops
from optimiser.planning.programs.requirements import Frame
from optimiser.simulation.draws.ranged import quickest_facts
from optimiser.simulation.indexed_instance import CARE, LINE, WORDS, Facts
from optimiser.simulation.scenario import Scenarios, first_rings

Floats = NDArray[np.float64]
ROUNDS = 12  # of the recursion for earliest minutes; every round gives valid ones, later ones are not smaller


def trivial_bound(instance: Instance) -> float:
    """Return a lower bound of the objective of every deployment on every set of scenarios, in points: zero.

    Proof: harms are integrals of rates that are never negative, weights and costs of placement are never negative
    (limits of their fields), and CVaR of a loss that is never negative is never negative.
    """
    o = instance.objective
    assert all(w >= 0.0 for w in (*weights(o), o.tail_weight, o.away, o.visible))
    return 0.0


def unreached(instance: Instance, scenarios: Scenarios) -> Floats:
    """Return the minute before which nobody can come to a sector from another one, shape (scenarios, sectors).

    Whatever the deployment: earliest minutes of coming, of yellow, of red and of dispersing follow from each other
    (a clock needs at least its unit exponential divided by its highest hazard; people need their way). Starting from 0,
    every round of the recursion stays below the true earliest minutes, because it is monotone.

    A gathering that goes where the line is thinnest may be at any stop of its routes once its first group comes: where
    it begins and goes on to depends on other sectors.

    Where units move to, some may be that are not placed there, from the start: there it is minute 0.
    """
    f = quickest_facts(instance, scenarios.uncertain)
    laws = [Law(*row) for row in scenarios.constants.tolist()] if scenarios.constants.size else [f.law]
    top = np.array([highest_hazards(law, len(f.waiting_marks)) for law in laws])  # of each scenario, or of all
    rings = {c: _minutes(first_rings(scenarios, c), top[:, [c]]) for c in (WORSEN, FAIL, DISPERSE, SPILL)}
    gathered, disorder, red_arrival = _beginnings(f, scenarios)
    anywhere = _displaced(f, scenarios)
    disorder, red_arrival = np.minimum(disorder, anywhere), np.minimum(red_arrival, anywhere)
    walk = np.min(np.array(f.km), axis=0)[: len(f.public), : len(f.public)] * 60.0 / f.march
    shape = (len(scenarios), len(f.public))
    comes, spills_in, dispersed, yellow = (np.zeros(shape) for _ in range(4))
    elsewhere = np.zeros(shape)
    for _ in range(ROUNDS):
        marched, marched_late = _marches(f, scenarios, walk, dispersed, yellow)
        elsewhere = np.minimum(np.minimum(marched, anywhere), spills_in)
        comes = np.minimum(gathered, elsewhere)
        yellow = np.minimum(np.minimum(disorder, np.minimum(marched_late, spills_in)), comes + rings[WORSEN])
        red = np.minimum(red_arrival, yellow + rings[FAIL])
        dispersed = yellow + rings[DISPERSE]
        spills_in = np.full(shape, np.inf)
        for s, goal in enumerate(f.spill_to):
            if goal >= 0:
                there = red[:, s] + rings[SPILL][:, s] + walk[s, goal]
                spills_in[:, goal] = np.minimum(spills_in[:, goal], there)
    index = {sector.id: s for s, sector in enumerate(instance.sectors)}
    for moving in instance.moving:
        elsewhere[:, [index[stop] for stop in list_stops(instance, moving)]] = 0.0
    return elsewhere


def _minutes(exponentials: Floats, rate: Floats) -> Floats:
    """Minutes that a clock needs at least at its highest hazard, shape (scenarios, sectors).

    Parameters
    ----------
    rate : per minute, shape (scenarios, 1), or (1, 1) if it is the same in all.
    """
    never = np.full_like(exponentials, np.inf)
    return np.divide(exponentials, rate, out=never, where=rate > 0.0)


def _routes(f: Facts) -> Iterator[tuple[int, int]]:
    """List every gathering with each of its routes."""
    for g in range(len(f.groups)):
        yield from ((g, r) for r in range(f.route_first[g], f.route_first[g + 1]))


def _first_group(scenarios: Scenarios, g: int, r: int) -> Floats:
    """Minute at which a gathering comes by a route that is drawn, infinite where it does not; shape (scenarios,)."""
    taken = (scenarios.turnout[:, g] > 0) & (scenarios.route[:, g] == r) & (scenarios.displaced[:, g] == 0)
    return np.where(taken, scenarios.first_group[:, g], np.inf)


def _beginnings(f: Facts, scenarios: Scenarios) -> tuple[Floats, Floats, Floats]:
    """Minutes at which people come of themselves: anyhow, in disorder, and in red; shape (scenarios, sectors)."""
    anyhow, disorder, red = (np.full((len(scenarios), len(f.public)), np.inf) for _ in range(3))
    for g, r in _routes(f):
        s = f.stop_sector[f.stop_first[r]]
        first = _first_group(scenarios, g, r)
        for least, phase in ((anyhow, 1), (disorder, 2), (red, 3)):
            if f.comes_as[g] >= phase:
                least[:, s] = np.minimum(least[:, s], first)
    return anyhow, disorder, red


def _displaced(f: Facts, scenarios: Scenarios) -> Floats:
    """Minutes before which no gathering that goes where the line is thinnest comes; shape (scenarios, sectors)."""
    least = np.full((len(scenarios), len(f.public)), np.inf)
    for g, r in _routes(f):
        loose = (scenarios.turnout[:, g] > 0) & (scenarios.displaced[:, g] == 1)
        first = np.where(loose, scenarios.first_group[:, g], np.inf)
        for s in f.stop_sector[f.stop_first[r] : f.stop_first[r + 1]]:
            least[:, s] = np.minimum(least[:, s], first)
    return least


def _marches(f: Facts, scenarios: Scenarios, walk: Floats, dispersed: Floats, yellow: Floats) -> tuple[Floats, Floats]:
    """Earliest minutes at which marches come to their further stops: anyhow, and in disorder.

    A stop whose way is closed at some time may be given up after as long as its stay, from wherever the gathering is.
    """
    anyhow, late = (np.full_like(dispersed, np.inf) for _ in range(2))
    closed = ~np.isfinite(np.max(np.array(f.km), axis=0))
    for g, r in _routes(f):
        first, end = f.stop_first[r], f.stop_first[r + 1]
        there = {stop: np.full(len(scenarios), np.inf) for stop in range(first, end)}
        there[first] = _first_group(scenarios, g, r)
        for stop in range(first, end):
            s = f.stop_sector[stop]
            leaves = np.minimum(there[stop] + f.stop_stay[stop], np.maximum(there[stop], dispersed[:, s]))
            for further in range(stop + 1, end):
                goal = f.stop_sector[further]
                disorderly = np.maximum(leaves, yellow[:, s])
                there[further] = np.minimum(there[further], leaves + walk[s, goal])
                anyhow[:, goal] = np.minimum(anyhow[:, goal], leaves + walk[s, goal])
                late[:, goal] = np.minimum(late[:, goal], disorderly + walk[s, goal])
                if not closed[s, goal]:
                    break
                leaves = leaves + f.stop_stay[further]
    return anyhow, late


def helpless(instance: Instance, uncertain: bool = False) -> Floats:
    """Return the minutes from a call until help can be there at the earliest, shape (sectors, 3), infinite if never.

    By what is asked for: containment, dialogue, medical care. Whatever the deployment: every station is taken to have
    what it could have, vehicles at their highest speed, and noise of travel at its least.

    Parameters
    ----------
    uncertain : whether inputs vary from scenario to scenario, anywhere within their ranges.
    """
    f, frame = quickest_facts(instance, uncertain), Frame.of(instance)
    sectors, posts = len(f.public), f.posts
    walk_or_ride = max([f.march, *(v.speed for v in instance.vehicles if v.count)])
    speed = np.array([walk_or_ride] * posts + f.outside_speed[posts:])
    km = np.min(np.array(f.km), axis=0)[sectors:, :sectors]
    road = np.where(np.isfinite(km), 60.0 * km / speed[:, None] * max(1.0 - f.noise, 1e-12), np.inf)
    minutes = np.array(f.outside_delay)[:, None] + road + f.form_up
    able = _able(instance, f, frame)
    return np.array([np.where(able[:, a, None], minutes, np.inf).min(axis=0, initial=np.inf) for a in range(3)]).T


def _able(instance: Instance, f: Facts, frame: Frame) -> NDArray[np.bool_]:
    """Tell whether a station may have something to send for each need, shape (stations, 3)."""
    kinds = range(len(instance.teams))
    wait = [k for k in frame.callables if instance.teams[k].count and frame.stands(k) != "sectors"]
    useful = {
        a: {k for row, n in zip(f.best_kind[a], f.best_count[a], strict=True) for k in row[:n]} for a in (WORDS, CARE)
    }
    vehicles = [v for v in instance.vehicles if v.count and v.stands != "sectors"]
    by_post = {
        LINE: bool(wait) or any(v.water_cannon for v in vehicles),
        WORDS: any(k in useful[WORDS] for k in wait),
        CARE: any(k in useful[CARE] for k in wait) or any(v.medical > 0.0 for v in vehicles),
    }
    able = np.zeros((len(f.outside_reserve), 3), dtype=bool)
    for p, place in enumerate(instance.posts):
        room = place.staging_capacity > 0 or any(not v.crew or v.crew_role for v in vehicles)
        able[p] = [room and by_post[a] for a in (LINE, WORDS, CARE)]
    for p in range(len(instance.posts), len(able)):
        sent = {k for k in kinds if f.outside_reserve[p][k]}
        able[p] = [bool(sent), bool(sent & useful[WORDS]), bool(sent & useful[CARE])]
    return able
