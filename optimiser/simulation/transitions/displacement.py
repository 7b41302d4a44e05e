"""A crowd that goes where the line is thinnest among what is in its reach: docs/model.md, section 5.

Attackers who watch and then choose are those of security games (Pita et al. 2008, ARMOR; Shieh et al. 2012, PROTECT).
This one is modest: it sees the heads in line at the moment and nothing of what is planned, and has only its own routes.
"""

from __future__ import annotations

import math

from optimiser.simulation import events
from optimiser.simulation.indexed_instance import Facts, distance
from optimiser.simulation.rates import lose_hours, strength
from optimiser.simulation.state import IN_VIEW, State, log_event


def displace(st: State, g: int, s: int, persons: int) -> None:
    """Let a gathering take the route whose next stop has the fewest heads in line now, the first of several.

    It may change to a route that may be drawn and that has led through the same sectors so far, if the next stop of
    that can be reached now. Where there is none, or once it has given a stop up, it keeps its own. Heads in line are
    those of whoever can hold a line in some phase, and extra crews; accompanying units count where they stand.

    Parameters
    ----------
    s : sector that it sets out from; -1 before it has assembled, when it may begin anywhere.
    persons : who go there; each loses what the route takes less than the one meant, see `_turn_aside`.
    """
    f, own = st.facts, st.route[g]
    if s >= 0 and st.goal[g] != st.stop[g] + 1:
        return
    made = st.stop[g] + 1 - f.stop_first[own] if s >= 0 else 0
    taken, goal, fewest, first, choice = own, -1, math.inf, -1, False
    for r in range(f.route_first[g], f.route_first[g + 1]):
        if f.route_open[r] and _leads_on(f, own, r, made):
            there = f.stop_sector[f.stop_first[r] + made]
            if s < 0 or math.isfinite(distance(f, st.now, s, there)):
                first = there if first < 0 else first
                choice = choice or there != first
                heads = strength(st, there)[IN_VIEW]
                if heads < fewest:
                    taken, goal, fewest = r, there, heads
    if taken != own:
        _turn_aside(st, g, taken, made, goal if s < 0 else s, persons)
    st.stop[g] = f.stop_first[taken] + max(0, made - 1)
    st.goal[g] = st.stop[g] + min(1, made)
    if choice:
        log_event(st, events.DISPLACED, goal if s < 0 else s, goal if s >= 0 else -1, g, fewest, 0)


def _turn_aside(st: State, g: int, taken: int, made: int, s: int, persons: int) -> None:
    """Go on by another route; where that takes less time than still meant, people lose the difference in this sector.

    Where it takes more, nothing is gained: the rest is spare, and comes off first where they lose or give up any.
    """
    means, ahead = _minutes_ahead(st.facts, st.route[g], made) - st.spare[g], _minutes_ahead(st.facts, taken, made)
    st.route[g], st.spare[g] = taken, max(0.0, ahead - means)
    lose_hours(st, g, s, persons, means - ahead)


def _minutes_ahead(f: Facts, r: int, made: int) -> float:
    """Minutes to stay at the stops of a route after so many of them."""
    minutes = 0.0
    for stop in range(f.stop_first[r] + made, f.stop_first[r + 1]):
        minutes += f.stop_stay[stop]
    return minutes


def give_up(st: State, g: int, minutes: float) -> float:
    """Return how many of some minutes of assembly that a gathering gives up it meant to have; spare ones come first."""
    meant = max(0.0, minutes - st.spare[g])
    st.spare[g] = max(0.0, st.spare[g] - minutes)
    return meant


def _leads_on(f: Facts, own: int, r: int, made: int) -> bool:
    """Return whether a route leads on from the stops that a gathering has made on its own."""
    if f.stop_first[r] + made >= f.stop_first[r + 1]:
        return False
    alike = 0
    while alike < made and f.stop_sector[f.stop_first[r] + alike] == f.stop_sector[f.stop_first[own] + alike]:
        alike += 1
    return alike == made
