"""Deployments one exchange away: a team or vehicle moved, swapped, called or held, with what must come along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Numbers
from optimiser.model.parts.movement import list_stops
from optimiser.planning.programs.sparse_rules import Exchanges, Flags, Ints, Rules, distinct

__all__ = ["Beyond", "Exchanges", "Flags", "Ints", "Rules", "exchanges_beyond", "neighbours", "single_exchanges"]


def single_exchanges(rules: Rules, numbers: Numbers, among: Ints | None = None) -> Exchanges:
    """List every feasible deployment that one exchange of a feasible one gives, without repetition.

    One team or vehicle moves to another place, is called from base or held there, or swaps places with one of another
    kind, at a place or at base. Between a stop of a gathering and who accompanies it all units move, or all of a kind.

    Parameters
    ----------
    among : places that may change; all if left out.
    """
    held = np.array([int(k.count) for k in rules.frame.kinds]) - numbers.sum(axis=0)
    found, staying = _propose(rules, numbers, among, np.flatnonzero(held > 0))
    good = rules.kept(numbers, found)
    if staying is not None:  # where officers may not go, they stay
        may = rules.kept(numbers, staying) & ~good
        found.rows[may], good = staying.rows[may], good | may
    found = _narrow(numbers, found.take(good))
    return found.take(distinct(found))


def neighbours(rules: Rules, numbers: Numbers, among: Ints | None = None) -> Exchanges:
    """List the single exchanges of a feasible deployment and those of all units of two places, without repetition.

    Where the last officer leads one place, another can be manned in no other way than by all who stand there: whatever
    leaves alone pays nowhere.

    Parameters
    ----------
    among : places that may change; all if left out.
    """
    parts = single_exchanges(rules, numbers, among), _exchanged_whole(rules, numbers, among)
    places, rows = (np.concatenate([getattr(part, name) for part in parts]) for name in ("places", "rows"))
    found = Exchanges(places, rows)
    return found.take(distinct(found))


@dataclass(frozen=True)
class Beyond:
    """Exchanges of a feasible deployment that break exactly one row of the rules, and so are possible with slack there.

    Attributes
    ----------
    exchanges : each may stand there more than once.
    row : the row that each breaks, shape (exchanges,).
    by : how far, in the unit of the row: negative where a least is missed.
    """

    exchanges: Exchanges
    row: Ints
    by: Ints

    def within(self, row: int, slack: int) -> Ints:
        """Tell, without repetition, what so much slack makes possible: positive for a most, negative for a least."""
        few = (np.sign(self.by) == np.sign(slack)) & (np.abs(self.by) <= abs(slack))
        found = np.flatnonzero((self.row == row) & few)
        return found[distinct(self.exchanges.take(found))]


def exchanges_beyond(rules: Rules, numbers: Numbers, among: Ints | None = None) -> Beyond:
    """List the single exchanges of a feasible deployment that break one row alone; see `single_exchanges`.

    All limits are asked at once: what breaks a row and no other is what slack in that row makes possible. Kinds of
    which none is left are called from base too; they break the row of what exists.
    """
    found, staying = _propose(rules, numbers, among, np.arange(rules.kinds))
    one, row, by = _alone(rules, numbers, found)
    parts = [(found.take(one), row, by)]
    if staying is not None:  # as in `single_exchanges`: officers stay where they may not go with so much slack
        breaks, far = np.full(len(found), -1), np.zeros(len(found), dtype=np.int64)
        breaks[one], far[one] = row, by
        one, row, by = _alone(rules, numbers, staying)
        late = ~rules.kept(numbers, found)[one] & ((breaks[one] != row) | (np.abs(by) < np.abs(far[one])))
        parts.append((staying.take(one[late]), row[late], by[late]))
    places, rows = (np.concatenate([getattr(part[0], name) for part in parts]) for name in ("places", "rows"))
    row, by = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    return Beyond(_narrow(numbers, Exchanges(places, rows)), row, by)


def _alone(rules: Rules, numbers: Numbers, exchanges: Exchanges) -> tuple[Ints, Ints, Ints]:
    """Return the exchanges that break one row alone, which, and by how much."""
    change, row, by = rules.breaches(numbers, exchanges)
    alone = (np.bincount(change, minlength=len(exchanges)) == 1) & rules.changed(numbers, exchanges)
    return change[alone[change]], row[alone[change]], by[alone[change]]


def _propose(rules: Rules, numbers: Numbers, among: Ints | None, spare: Ints) -> tuple[Exchanges, Exchanges | None]:
    """Make all exchanges with what must come along, feasible or not; and the same with officers who stay, if any."""
    goals = np.arange(rules.places) if among is None else among
    p, k = np.nonzero(numbers)
    here = np.isin(p, goals)
    some = p[here], k[here]
    parts = [
        _moved(rules, numbers, some, goals),
        _swapped(rules, numbers, some),
        _replaced(rules, numbers, some, spare),
        _called(rules, numbers, some, goals, spare),
        *_gone_along(rules, numbers, goals),
    ]
    places, rows = (np.concatenate([part[i] for part in parts]) for i in range(2))
    going = rules.complete(numbers, places, rows.copy())
    return going, rules.complete(numbers, places, rows, stay=True) if rules.officers else None


def _narrow(numbers: Numbers, exchanges: Exchanges) -> Exchanges:
    """Name one place alone where the other is left as it is, so that the same deployment has one name."""
    changed = np.any(exchanges.rows != numbers[exchanges.places], axis=2)
    side = np.stack([np.where(changed[:, 0], 0, 1), np.where(changed[:, 1], 1, 0)], axis=1)
    each = np.arange(len(exchanges))[:, None]
    return Exchanges(exchanges.places[each, side], exchanges.rows[each, side])


Part = tuple[Ints, Numbers]


def _part(numbers: Numbers, places: Ints, steps: Sequence[tuple[int, Ints, int]]) -> Part:
    """Change the numbers of two places: each step is a side, the kinds concerned and by how much."""
    rows = numbers[places].copy()
    each = np.arange(len(places))
    for side, kind, by in steps:
        rows[each, side, kind] += by
    same = places[:, 0] == places[:, 1]
    rows[same, 1] = rows[same, 0]
    return places, rows


def _moved(rules: Rules, numbers: Numbers, some: tuple[Ints, Ints], goals: Ints) -> Part:
    """One unit goes from where it stands to another place."""
    p, k = (np.repeat(part, len(goals)) for part in some)
    q = np.tile(goals, len(some[0]))
    good = (p != q) & rules.standing[q, k]
    p, k, q = p[good], k[good], q[good]
    return _part(numbers, np.stack([p, q], axis=1), [(0, k, -1), (1, k, 1)])


def _gone_along(rules: Rules, numbers: Numbers, goals: Ints) -> Iterator[Part]:
    """All units, or all of a kind, go along with people instead of standing where these stop, or the reverse.

    Or they go along otherwise with the same people. One after the other they might be too few for either to pay.
    """
    index = {sector.id: s for s, sector in enumerate(rules.instance.sectors)}
    met = {p: {index[stop] for stop in list_stops(rules.instance, moving)} for p, moving in rules.frame.moving}
    for p, stops in met.items():
        beside = [*sorted(stops), *(q for q, others in met.items() if q != p and others & stops)]
        for here, there in ((p, q) for q in beside):
            yield from _all_go(rules, numbers, here, there, goals)
            if there not in met:
                yield from _all_go(rules, numbers, there, here, goals)


def _all_go(rules: Rules, numbers: Numbers, here: int, there: int, goals: Ints) -> Iterator[Part]:
    kinds = np.flatnonzero(numbers[here] * rules.standing[there])
    if here in goals and there in goals and len(kinds):
        groups = [kinds, *(np.array([k]) for k in kinds if numbers[here, k] > 1)]
        places = np.tile([here, there], (len(groups), 1))
        rows = numbers[places].copy()
        for row, group in zip(rows, groups, strict=True):
            row[1, group] += row[0, group]
            row[0, group] = 0
        yield places, rows


def _exchanged_whole(rules: Rules, numbers: Numbers, among: Ints | None) -> Exchanges:
    """Two places change all their units; where one of them is empty, all of the other go there."""
    goals = np.arange(rules.places) if among is None else among
    one, other = (goals[side] for side in np.triu_indices(len(goals), 1))
    good = np.any(numbers[one] != numbers[other], axis=1)
    for here, there in ((one, other), (other, one)):
        good &= np.all(rules.standing[there] | (numbers[here] == 0), axis=1)
    places = np.stack([one[good], other[good]], axis=1)
    found = rules.complete(numbers, places, numbers[places[:, ::-1]].copy())
    return _narrow(numbers, found.take(rules.kept(numbers, found)))


def _swapped(rules: Rules, numbers: Numbers, some: tuple[Ints, Ints]) -> Part:
    """Two units of different kinds at different places change places."""
    p, k = some
    one, other = np.triu_indices(len(p), 1)
    good = (p[one] != p[other]) & (k[one] != k[other])
    good &= rules.standing[p[other], k[one]] & rules.standing[p[one], k[other]]
    one, other = one[good], other[good]
    steps = [(0, k[one], -1), (0, k[other], 1), (1, k[other], -1), (1, k[one], 1)]
    return _part(numbers, np.stack([p[one], p[other]], axis=1), steps)


def _replaced(rules: Rules, numbers: Numbers, some: tuple[Ints, Ints], spare: Ints) -> Part:
    """One unit changes places with one of another kind at base."""
    p, k = (np.repeat(part, len(spare)) for part in some)
    j = np.tile(spare, len(some[0]))
    good = (k != j) & rules.standing[p, j]
    p, k, j = p[good], k[good], j[good]
    return _part(numbers, np.stack([p, p], axis=1), [(0, k, -1), (0, j, 1)])


def _called(rules: Rules, numbers: Numbers, some: tuple[Ints, Ints], goals: Ints, spare: Ints) -> Part:
    """One unit comes from base to a place, or goes from a place to base."""
    q, j = np.repeat(goals, len(spare)), np.tile(spare, len(goals))
    good = rules.standing[q, j]
    place, kind = np.concatenate([q[good], some[0]]), np.concatenate([j[good], some[1]])
    by = np.concatenate([np.ones(good.sum(), dtype=np.int64), -np.ones(len(some[0]), dtype=np.int64)])
    places = np.stack([place, place], axis=1)
    rows = numbers[places].copy()
    rows[np.arange(len(place)), :, kind] += by[:, None]
    return places, rows
