"""What it takes to turn one deployment into another: which units move from where to where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Deployment, Numbers, count_unit_heads
from optimiser.model.distances import measure
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import find_assembly

BASE = ""  # the place of a unit that is held at base, or that is not there at all


@dataclass(frozen=True)
class Move:
    """Units of one kind that leave one place for another.

    Attributes
    ----------
    number : teams or vehicles.
    what : identifier of the kind.
    origin, goal : identifiers of places; empty for the base.
    heads : of these teams, or of the extra crews of these vehicles.
    """

    number: int
    what: str
    origin: str
    goal: str
    heads: int


def list_moves(instance: Instance, before: Deployment, after: Deployment) -> tuple[Move, ...]:
    """List the fewest moves from one deployment to another, short ways first where several would do.

    Kinds follow the order of the instance. What one of the deployments lacks altogether comes from the base or goes
    there.
    """
    old, new = before.numbers(instance, known_only=True), after.numbers(instance)
    kinds = [*(t.id for t in instance.teams), *(v.id for v in instance.vehicles)]
    sizes = [*(count_unit_heads(t, 1) for t in instance.teams), *(count_unit_heads(v, 1) for v in instance.vehicles)]
    places = [*(p.id for p in instance.places), BASE]
    km = _kilometres(instance)
    moves = []
    for k, kind in enumerate(kinds):
        for origin, goal, number in _pair(old[:, k], new[:, k], km):
            moves.append(Move(number, kind, places[origin], places[goal], number * sizes[k]))
    return tuple(moves)


def count_moved(moves: tuple[Move, ...]) -> int:
    """Count the teams and vehicles that move."""
    return sum(move.number for move in moves)


def _kilometres(instance: Instance) -> list[list[float]]:
    """Return road kilometres between places when the operation starts; the base comes last and is farther than all.

    Who moves with people or as planned is then where that begins.
    """
    row = {place.id: number for number, place in enumerate((*instance.sectors, *instance.posts))}
    starts = {moving.id: find_assembly(instance, moving) for moving in instance.moving}
    rows = [row[starts.get(place.id, place.id)] for place in instance.places]
    here = np.asarray(measure(instance).km[0], dtype=float)[np.ix_(rows, rows)]
    far = float(here[np.isfinite(here)].max(initial=0.0)) + 1.0
    km: list[list[float]] = np.pad(
        np.where(np.isfinite(here), here, 2.0 * far), ((0, 1), (0, 1)), constant_values=far
    ).tolist()
    return km


def _pair(old: Numbers, new: Numbers, km: list[list[float]]) -> list[tuple[int, int, int]]:
    """Pair places that lose units of one kind with places that gain them, nearest pairs first."""
    change = np.append(new - old, int(old.sum() - new.sum()))
    less = {int(p): -int(change[p]) for p in np.flatnonzero(change < 0)}
    more = {int(p): int(change[p]) for p in np.flatnonzero(change > 0)}
    pairs = []
    for _, origin, goal in sorted((km[a][b], a, b) for a in less for b in more):
        if number := min(less[origin], more[goal]):
            less[origin] -= number
            more[goal] -= number
            pairs.append((origin, goal, number))
    return pairs
