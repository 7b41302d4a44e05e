"""What of observed days the law can be asked about, for any constants: what stood where, how long, and what rang.

Given what a log tells, people, phases and units of a day do not depend on the constants of the law, and neither does
what the law sees, but for one number: tension, which nobody can measure. So a day is recorded once as a short program:
spans in which nothing changed, and between them what moves tension. `weigh_days` runs it for any constants and any
tension that gatherings came with.

The functions here use records, numbers and tuples only, as those of `simulation`: they run in Python and compiled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated as Shaped
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import SPILL, View, saturating
from optimiser.simulation.rates import ask_law
from optimiser.simulation.record import FloatGrids, FloatRows, Floats, IntRows, Ints, Record
from optimiser.simulation.state import CHANNEL_COUNT, CONSTANT_COUNT, HARM_COUNT

(
    COME,  # sector, gathering: people with a tension of their own join those there; persons there, persons coming
    JOIN,  # sector, register: people with a tension from elsewhere do
    STEP,  # sector: one step of tension; its sign
    STRIKE,  # sector: a trigger; its change, and the information strength against it, -1 where it is no rumour
    EMPTY,  # sector: nobody is left
    KEEP,  # sector, register: people leave with the tension of those there
    SPAN,  # sector, view: nothing changed; minutes, and persons of whom a share may spill over, 0 where none can
) = range(7)
NO_RING = -1
VIEW_SIZE = len(View._fields)
LEAST = 1e-12  # per min: what rang counts as possible at this rate, so that a search can leave what the logs rule out
FEWEST = 1e-9  # injured that a law must expect for any to be possible
IMPOSSIBLE = -1e30  # logarithm of a likelihood


class Injured(NamedTuple):
    """Injured who were counted.

    Attributes
    ----------
    day : its index.
    sector : its index, -1 where they were counted in all of them together.
    harms : indices of the harms that they are of.
    number : persons.
    """

    day: int
    sector: int
    harms: tuple[int, ...]
    number: float


class ProgramStep(NamedTuple):
    """One step of the program of a day.

    Attributes
    ----------
    code : one of `COME` to `SPAN`.
    sector : its index.
    item : gathering, register or view.
    ring : channel that rang at the end of a span, `NO_RING` where none did.
    first, second : two numbers, see there.
    """

    code: int
    sector: int
    item: int
    ring: int
    first: float
    second: float


@dataclass
class Recorded:
    """A day as a program, see `recording`.

    Attributes
    ----------
    steps, views : in order.
    came : gatherings whose people came with a tension of their own.
    spilled : of each time people spilled over, how many of how many.
    registers : how many.
    """

    steps: list[ProgramStep] = field(default_factory=list)
    views: list[tuple[float, ...]] = field(default_factory=list)
    came: set[int] = field(default_factory=set)
    spilled: list[tuple[int, int]] = field(default_factory=list)
    registers: int = 0

    @property
    def rings(self) -> list[int]:
        """How often each channel rang."""
        return [sum(step.code == SPAN and step.ring == c for step in self.steps) for c in range(CHANNEL_COUNT)]


@dataclass(frozen=True)
class Weighed:
    """What constants make of observed days.

    Attributes
    ----------
    log : logarithm of the likelihood of what was seen, but for a constant, shape (days,).
    expected : rings that the law has for each channel given what went before, shape (days, channels).
    harms : that the law has, shape (days, sectors, harms).
    impossible : rings that the law gives no chance, shape (days,).
    """

    log: NDArray[np.float64]
    expected: NDArray[np.float64]
    harms: NDArray[np.float64]
    impossible: NDArray[np.float64]


class Days(Record):
    """Observed days as numbers, and what constants make of them."""

    constants: Law
    constant: Shaped[Floats, CONSTANT_COUNT]  # compiled code: what `constants` reads, in their order
    step_first: Shaped[Ints, "days and one"]  # steps of all days lie one after another
    code: Shaped[IntRows, "steps", 4]  # code, sector, index, ring of a `ProgramStep`
    number: Shaped[FloatRows, "steps", 2]
    seen: Shaped[FloatRows, "views", VIEW_SIZE]
    came_with: Shaped[FloatRows, "days", "gatherings"]  # tension that gatherings bring
    # injured who were counted, those of all days one after another, see `Injured`
    injured_first: Shaped[Ints, "days and one"]
    injured_number: Shaped[Floats, "injured"]
    injured_sector: Shaped[Ints, "injured"]
    injured_harm: Shaped[IntRows, "injured", HARM_COUNT]  # 1 for harms that they are of
    # scratch
    tension: Shaped[Floats, "sectors"]
    kept: Shaped[Floats, "registers"]
    # answers
    log: Shaped[Floats, "days"]  # likelihood of what rang, of what did not, and of the injured; logarithm
    expected: Shaped[FloatRows, "days", CHANNEL_COUNT]  # rings, as the law has them given what went before
    harms: Shaped[FloatGrids, "days", "sectors", HARM_COUNT]
    impossible: Shaped[Floats, "days"]  # rings that the law gives no chance


def weigh_days(days: Days) -> int:
    """Work out the likelihood of every day: log hazards of what rang, less the integrals of all that could have rung.

    Hazards are constant within a span, so this is exact. A clock whose ringing would have changed nothing and so was
    not seen counts for nothing: spilling over where nobody would have gone. Injured who were counted are Poisson.
    """
    settle_law(days)
    for d in range(len(days.log)):
        weigh_day(days, d)
    return 0


def settle_law(days: Any) -> None:
    """Let the law have the constants that were written down; compiled code reads them where they were written."""
    days.constants = Law(*days.constant)


def weigh_day(days: Days, d: int) -> None:
    """Run the program of one day, then look at the injured."""
    days.log[d] = days.impossible[d] = 0.0
    for c in range(CHANNEL_COUNT):
        days.expected[d][c] = 0.0
    for s in range(len(days.tension)):
        days.tension[s] = 0.0
        for h in range(HARM_COUNT):
            days.harms[d][s][h] = 0.0
    for i in range(days.step_first[d], days.step_first[d + 1]):
        code, s, index = days.code[i][0], days.code[i][1], days.code[i][2]
        first, second = days.number[i][0], days.number[i][1]
        if code == SPAN:
            add_span(days, d, i, s)
        elif code in (COME, JOIN):
            coming = days.came_with[d][index] if code == COME else days.kept[index]
            days.tension[s] = (days.tension[s] * first + coming * second) / (first + second)
        elif code == STEP:
            days.tension[s] = bound_tension(days.tension[s] + first * days.constants.tension_step)
        elif code == STRIKE:
            change = first
            if second >= 0.0 and change > 0.0:
                change *= 1.0 - days.constants.rumour_gain * saturating(second, days.constants.rumour_half)
            days.tension[s] = bound_tension(days.tension[s] + change)
        elif code == EMPTY:
            days.tension[s] = 0.0
        else:
            days.kept[index] = days.tension[s]
    for i in range(days.injured_first[d], days.injured_first[d + 1]):
        add_injured(days, d, i)
    if not abs(days.log[d]) < -IMPOSSIBLE:
        days.log[d] = IMPOSSIBLE


def add_injured(days: Days, d: int, i: int) -> None:
    """Add what the law says of injured who were counted; what does not depend on the law is left out."""
    mean, only = 0.0, days.injured_sector[i]
    for s in range(len(days.tension)):
        if only < 0 or s == only:
            for h in range(HARM_COUNT):
                mean += days.harms[d][s][h] * days.injured_harm[i][h]
    mean = max(FEWEST, mean)
    days.log[d] += days.injured_number[i] * math.log(mean) - mean


def bound_tension(tension: float) -> float:
    """Return a tension that is none below 0 or above 1."""
    return min(1.0, max(0.0, tension))


def add_span(days: Days, d: int, i: int, s: int) -> None:
    """Add what the law says of a time in which nothing changed in a sector."""
    minutes, movable, ring = days.number[i][0], days.number[i][1], days.code[i][3]
    _, hazards, harms = ask_law(days, view_of(days.seen[days.code[i][2]], days.tension[s]))
    for c in range(CHANNEL_COUNT):
        if c == SPILL and math.floor(movable * days.constants.spill_share) < 1:
            continue
        days.expected[d][c] += hazards[c] * minutes
        days.log[d] -= hazards[c] * minutes
        if c == ring:
            days.log[d] += math.log(max(LEAST, hazards[c]))
            days.impossible[d] += 1.0 if hazards[c] <= LEAST else 0.0
    for h in range(HARM_COUNT):
        days.harms[d][s][h] += harms[h] * minutes


def view_of(v: Floats, tension: float) -> View:
    """Return what the law sees: numbers as they were recorded, and the tension there is now."""
    return View(
        int(v[0]),
        v[1],
        tension,
        v[3],
        v[4],
        v[5],
        v[6],
        v[7],
        v[8],
        v[9],
        v[10],
        v[11],
        v[12],
        v[13],
        v[14],
        v[15],
        v[16],
        v[17],
        v[18],
        v[19],
        v[20],
        v[21],
        v[22],
        v[23],
        v[24],
        v[25],
        v[26],
    )
