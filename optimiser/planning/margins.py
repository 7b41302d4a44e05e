"""Why so many here: what one team fewer would lose and one more would gain, sector by sector, on fresh scenarios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Numbers
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.programs.neighbourhood import Exchanges, Rules
from optimiser.planning.programs.requirements import Requirement, local
from optimiser.planning.search.focus import worst_places
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

MARGINS_ON = "margins"  # name of the set of scenarios that margins, and the value of slack, are measured on
WORK = 4_000_000  # sectors that are simulated for margins, if scenarios are not fewer than the fewest; assumed
FEWEST = 30  # scenarios below which an interval is not worth printing; assumed
SECTORS, LEAST = 40, 12  # sectors that are looked at, at most, and where simulating takes long; assumed


@dataclass(frozen=True)
class Margin:
    """One unit of a kind fewer or more at a sector, paired with the plan as it is.

    Attributes
    ----------
    place, kind : identifiers; the place is a sector, an accompaniment or a movement.
    by : -1 or 1.
    change : of the expected loss, in points; None where the place could not be so.
    held : whether such a unit is held at base; one more where none is left has to come from elsewhere.
    why : rule of the place, or of a stop of its units, that would be broken; empty where none would.
    """

    place: str
    kind: str
    by: int
    change: Interval | None
    held: bool
    why: str


def measure_margins(
    simulator: Simulator, rules: Rules, plan: Numbers, fresh: Scenarios, most: int | None = None
) -> tuple[Margin, ...]:
    """Measure every kind in sectors and with gatherings, fewer where it stands there, more where it may stand.

    What must come along does: an officer for a sector that had none, crews and escorts. Rules of the place are kept,
    and limits of stops that it shares with who comes there; whether there are enough units is said beside it. Each
    interval is 95 % by itself.

    Parameters
    ----------
    rules : of the instance, bent by the plan where it breaks some.
    plan : numbers by place and kind, shape (places, kinds).
    fresh : scenarios that the plan was not chosen on; fewer are simulated where there are many sectors and kinds.
    most : sectors that are looked at, those where most is lost; chosen by what it takes if left out.
    """
    instance = simulator.instance
    if most is None:
        each = 2 * len(rules.frame.kinds) * FEWEST * len(instance.sectors)
        most = min(SECTORS, max(LEAST, WORK // max(1, each)))
    sectors = worst_places(simulator.course(plan, fresh).mean, most)
    along = np.arange(len(instance.places) - len(instance.moving), len(instance.places)) if most else sectors[:0]
    steps = rules.unit_steps(plan, np.concatenate([sectors, along]))
    count = len(steps.place)
    if not count:
        return ()
    in_sectors = max(1, int((steps.place < len(instance.sectors)).sum()))  # who goes along costs no sector precision
    few = fresh.first(min(len(fresh), max(FEWEST, WORK // (in_sectors * len(instance.sectors)))))
    crowded = _find_crowded(rules, plan, steps.exchanges)
    good = rules.allowed_locally(plan, steps.exchanges) & np.array([not name for name in crowded])
    base = simulator.totals(plan[None], few)[0]
    changes = np.full((count, len(few)), math.nan)
    changes[good] = simulator.totals(steps.exchanges.take(good).plans(plan), few, base=plan) - base
    held = np.array([int(kind.count) for kind in rules.frame.kinds]) - plan.sum(axis=0)
    margins = []
    for i in np.lexsort((steps.by, steps.kind, steps.place)):  # sector by sector, one fewer before one more
        p, k, by = int(steps.place[i]), int(steps.kind[i]), int(steps.by[i])
        change = estimate(changes[i]) if good[i] else None
        why = "" if good[i] else crowded[i] or _broken(rules, p, plan[p], steps.exchanges.rows[i, 0])
        margins.append(Margin(instance.places[p].id, rules.frame.kinds[k].id, by, change, bool(held[k] > 0), why))
    return tuple(margins)


def _find_crowded(rules: Rules, plan: Numbers, exchanges: Exchanges) -> list[str]:
    """Name the limit of a stop, of all who may be there, that each exchange of one place breaks; empty where none is.

    What a plan breaks itself may be broken as far as it does.
    """
    places, names = exchanges.places[:, 0], [""] * len(exchanges)
    changes = exchanges.rows[:, 0] - plan[places]
    for requirement in (*rules.frame.passing, *rules.frame.presence[None]):
        for row in requirement.rows:
            each = np.zeros_like(plan)
            for cell, coefficient in row.terms.items():
                each[cell] = coefficient
            have, by = int((each * plan).sum()), (each[places] * changes).sum(axis=1)
            over = np.zeros(len(by), dtype=bool) if row.most is None else by > max(0, row.most - have)
            if row.least is not None:
                over |= by < min(0, row.least - have)
            for i in np.flatnonzero(over):
                names[i] = names[i] or requirement.name
    return names


def _broken(rules: Rules, place: int, before: Numbers, row: Numbers) -> str:
    """Name the first rule of a place that a configuration breaks, further than the plan does."""
    for requirement in local(rules.frame, place):
        for one in requirement.rows:
            old, new = (sum(c * int(numbers[k]) for (_, k), c in one.terms.items()) for numbers in (before, row))
            short = one.least is not None and new < min(one.least, old)
            if short or (one.most is not None and new > max(one.most, old)):
                return requirement.name
    # what was taken came back at once, because a rule asks for it
    asked = (*local(rules.frame, place), *rules.frame.passing)
    return next((r.name for r in asked if r.code == "officer" and _is_for(r, place)), "")


def _is_for(requirement: Requirement, place: int) -> bool:
    """Tell whether it is a place that asks for what a requirement has others give."""
    return any(c > 0 and p == place for row in requirement.rows for (p, _), c in row.terms.items())
