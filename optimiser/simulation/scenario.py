"""Randomness as data: every random quantity of a future comes from a stream with a name.

A stream is named by seed, set of scenarios, what it is for, and the scenario's number. Its k-th value is computed
from the name and k alone, so a stream never runs out, needs no memory, and adding a sector or a gathering disturbs no
other draw. A replication is then a deterministic function of instance, deployment and scenario, and two deployments
see the same future.

Planning and reporting scenarios are different sets: plans are chosen on the first, printed figures come from the
second.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.common.random_streams import FIRST, MASK, SECOND, STEP, UNIT, name_stream
from optimiser.model.instance import Gathering, Instance, Sector, Trigger
from optimiser.model.laws.constants import CONSTANTS, Constant
from optimiser.model.laws.escalation_law import CHANNELS
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.values.arguments import checked, one_of

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Keys = NDArray[np.uint64]

PLANNING, REPORTING = "planning", "reporting"
_DRAWN = (
    "number",
    "weight",
    "turnout",
    "route",
    "first_group",
    "tension",
    "content",
    "displaced",
    "received",
    "triggered",
    "constants",
)  # arrays, one row a scenario
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Families:
    """Keys of the streams that are drawn from while a replication runs; a scenario's own key is `stream` of one.

    Attributes
    ----------
    clocks : unit exponentials, by sector and channel.
    trips : travel noise, by station and sector.
    calls : refusals, by sector.
    """

    clocks: tuple[tuple[int, ...], ...]
    trips: tuple[tuple[int, ...], ...]
    calls: tuple[int, ...]


@dataclass(frozen=True)
class Scenario:
    """One future.

    Attributes
    ----------
    number : its number in the set.
    turnout : persons, by gathering; 0 where it does not take place.
    route : number of the route that is taken, by gathering; routes of all gatherings are numbered one after another.
    first : minutes of the first group's arrival, by gathering.
    tension : initial tension 0 to 1, by gathering.
    content : uniform number that decides whether a gathering goes home once received, by gathering.
    displaced : whether a gathering goes where the line is thinnest instead of by the route drawn, 0 or 1, by gathering.
    received : minutes of waiting until the delegation is received, infinite if never, by sector.
    triggered : minutes at which a trigger strikes, infinite if it does not, by trigger.
    constants : of the law, in the order of `CONSTANTS`; none where those of the instance hold.
    families : of the streams that are drawn from later.
    source : fingerprint of what it was drawn from, see `fingerprint`.
    """

    number: int
    turnout: tuple[int, ...]
    route: tuple[int, ...]
    first: tuple[float, ...]
    tension: tuple[float, ...]
    content: tuple[float, ...]
    displaced: tuple[int, ...]
    received: tuple[float, ...]
    triggered: tuple[float, ...]
    constants: tuple[float, ...]
    families: Families
    source: str

    @property
    def uncertain(self) -> bool:
        """Whether it has constants of the law of its own."""
        return len(self.constants) > 0


@dataclass(frozen=True, eq=False)
class Scenarios:
    """A set of futures of one instance, drawn with one seed; see `Scenario`. Its arrays cannot be written to.

    Attributes
    ----------
    number : names the streams of each scenario, shape (scenarios,).
    weight : what each counts in a mean, 1 where all count alike, shape (scenarios,); see `take`.
    turnout : persons, shape (scenarios, gatherings).
    route : numbers of routes, shape (scenarios, gatherings).
    first, tension, content : shape (scenarios, gatherings).
    displaced : 0 or 1, shape (scenarios, gatherings).
    received : shape (scenarios, sectors).
    triggered : shape (scenarios, triggers).
    constants : of the law, shape (scenarios, constants); without any column where those of the instance hold.
    source : fingerprint of what they were drawn from, see `fingerprint`.
    """

    seed: int
    group: str
    number: Whole
    weight: Real
    turnout: Whole
    route: Whole
    first_group: Real
    tension: Real
    content: Real
    displaced: Whole
    received: Real
    triggered: Real
    constants: Real
    families: Families
    source: str

    def __post_init__(self) -> None:
        for name in _DRAWN:  # what was played of them is remembered
            array = getattr(self, name).view()
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.turnout)

    def __getitem__(self, place: int) -> Scenario:
        n = range(len(self))[place]
        return Scenario(
            int(self.number[n]),
            tuple(self.turnout[n].tolist()),
            tuple(self.route[n].tolist()),
            tuple(self.first_group[n].tolist()),
            tuple(self.tension[n].tolist()),
            tuple(self.content[n].tolist()),
            tuple(self.displaced[n].tolist()),
            tuple(self.received[n].tolist()),
            tuple(self.triggered[n].tolist()),
            tuple(self.constants[n].tolist()),
            self.families,
            self.source,
        )

    @property
    def uncertain(self) -> bool:
        """Whether each has constants of the law of its own."""
        return bool(self.constants.shape[1])

    @property
    def items(self) -> tuple[Scenario, ...]:
        """All of them, one by one."""
        return tuple(self[n] for n in range(len(self)))

    def first(self, count: int) -> Scenarios:
        """Return the first `count` of them."""
        return replace(self, **{name: getattr(self, name)[:count] for name in _DRAWN})

    def take(self, places: Whole, weight: Real) -> Scenarios:
        """Return some of them, each as often as it is named, with weights.

        Parameters
        ----------
        places : of scenarios in this set, shape (taken,).
        weight : of each, shape (taken,).
        """
        return replace(self, **{**{name: getattr(self, name)[places] for name in _DRAWN}, "weight": weight})

    def begins_like(self, other: Scenarios) -> bool:
        """Return whether as many as both have are the same ones, whatever was made of either since they were drawn."""
        if self is other:
            return True
        n = min(len(self), len(other))
        mine, others = ((s.seed, s.group, s.source, s.families) for s in (self, other))
        return mine == others and all(
            np.array_equal(getattr(self, name)[:n], getattr(other, name)[:n]) for name in _DRAWN
        )


@checked(group=one_of((PLANNING, REPORTING)))
def draw(instance: Instance, seed: int, count: int, group: str = PLANNING, uncertain: bool = False) -> Scenarios:
    """Draw scenarios of an instance.

    Parameters
    ----------
    seed : 0 or more; another one gives a set of its own.
    count : number of scenarios; the first of a larger set are those of a smaller one.
    group : ``planning`` for scenarios that plans are chosen on, ``reporting`` for those that figures come from.
    uncertain : whether each scenario has its own constants of the law, from their plausible ranges.

    Raises
    ------
    BadSetting : an argument is none that can be used.
    """
    return draw_set(instance, seed, count, group, uncertain)


def draw_set(instance: Instance, seed: int, count: int, group: str, uncertain: bool = False) -> Scenarios:
    """Draw scenarios of a set of any name; its arguments are taken as they are, see `draw`."""

    def streams(name: str) -> Keys:
        return _streams(name_stream(seed, group, name), np.arange(count))

    gatherings = [_draw_gathering(instance, g, streams(f"gathering:{g.id}")) for g in instance.gatherings]
    turnout, route, first, tension, content, displaced = (
        _columns([row[i] for row in gatherings], count) for i in range(6)
    )
    before = np.cumsum([0, *(len(g.ways) for g in instance.gatherings)])[:-1]
    received = [_draw_reception(s, streams(f"official:{s.id}")) for s in instance.sectors]
    triggered = [_draw_trigger(instance, t, streams(f"trigger:{t.id}")) for t in instance.triggers]
    constants = [_draw_constant(instance, c, streams(f"law:{c.name}")) for c in CONSTANTS if uncertain]
    return Scenarios(
        seed,
        group,
        np.arange(count),
        np.ones(count),
        turnout.astype(np.int64),
        route.astype(np.int64) + before,
        first,
        tension,
        content,
        displaced.astype(np.int64),
        _columns(received, count),
        _columns(triggered, count),
        _columns(constants, count),
        _families(instance, seed, group),
        fingerprint(instance, uncertain),
    )


def vary(instance: Instance, scenarios: Scenarios, constants: Real) -> Scenarios:
    """Return all scenarios with the first constants of the law, then all with the second ones, and so on.

    Parameters
    ----------
    constants : of the law, in the order of `CONSTANTS`, shape (rows, constants); those of the scenarios are put aside.
    """
    places = np.tile(np.arange(len(scenarios)), len(constants))
    repeated = scenarios.take(places, scenarios.weight[places])
    return replace(repeated, constants=constants.repeat(len(scenarios), axis=0), source=fingerprint(instance, True))


def fingerprint(instance: Instance, uncertain: bool = False) -> str:
    """Hash what of an instance decides its scenarios; whatever else is changed in it, they are the same.

    Parameters
    ----------
    uncertain : whether the constants of the law are drawn too.
    """
    period, stations = instance.period.start.isoformat(), (*instance.posts, *instance.reinforcements)
    officials = [s.official for s in instance.sectors]
    chances = [
        None if o is None else (float(o.chance), float(o.after), float(o.spread), _known(o.promised)) for o in officials
    ]
    crowds = [
        (g.id, g.arrives, *map(float, (g.turnout, g.turnout_spread, g.late, g.tension, g.tension_spread)))
        + ((float(g.chance), *((way.route, way.share) for way in g.ways)) if g.routes or g.chance != 1.0 else ())
        + (("displacement", float(g.displacement)) if g.displacement else ())
        for g in instance.gatherings
    ]
    triggers = [(t.id, t.at, float(t.late), float(t.chance)) for t in instance.triggers]
    places = ([s.id for s in instance.sectors], [p.id for p in stations])
    law = ([tuple(plausible_range(instance.law, c)) for c in CONSTANTS],) if uncertain else ()
    return hashlib.sha256(repr((period, places, chances, crowds, triggers, *law)).encode()).hexdigest()


def _known(number: float | None) -> float | None:
    return None if number is None else float(number)


def belong(instance: Instance, scenarios: Scenarios | Scenario) -> None:
    """Refuse scenarios that would be others if they were drawn of this instance.

    Raises
    ------
    Mismatch : they were drawn of another instance, or before something in it was changed that they depend on.
    """
    if scenarios.source == fingerprint(instance, scenarios.uncertain):
        return
    raise Mismatch(
        Message(
            "the scenarios were not drawn of the instance '{name}' as it is now: crowds, officials, triggers, "
            "places, the start or drawn constants of the law differ; draw them again of this instance",
            name=instance.name,
        )
    )


def first_rings(scenarios: Scenarios, channel: int) -> Real:
    """Return the first unit exponential of one clock of every sector, shape (scenarios, sectors)."""
    rows = [_exponentials(_streams(clocks[channel], scenarios.number), 0) for clocks in scenarios.families.clocks]
    return _columns(rows, len(scenarios))


def _families(instance: Instance, seed: int, group: str) -> Families:
    def named(name: str) -> int:
        return name_stream(seed, group, name)

    sectors = [s.id for s in instance.sectors]
    stations = [p.id for p in (*instance.posts, *instance.reinforcements)]
    return Families(
        tuple(tuple(named(f"clock:{s}:{c}") for c in CHANNELS) for s in sectors),
        tuple(tuple(named(f"trip:{p}:{s}") for s in sectors) for p in stations),
        tuple(named(f"call:{s}") for s in sectors),
    )


def _columns(rows: Sequence[Real], count: int) -> Real:
    """Put draws side by side, shape (scenarios, things drawn)."""
    return np.array(rows, dtype=float).reshape(len(rows), count).T.copy()


def _draw_gathering(instance: Instance, g: Gathering, keys: Keys) -> tuple[Real, ...]:
    """Turnout (log-normal with mean `turnout`), route, minute of the first group, tension, what decides on going home.

    The last one is whether it goes where the line is thinnest.

    A gathering that does not take place is one to which nobody comes.
    """
    sigma = float(g.turnout_spread)
    factor = _each(lambda u: math.exp(sigma * _NORMAL.inv_cdf(u) - 0.5 * sigma * sigma), _uniforms(keys, 0))
    first = instance.minutes(g.arrives) + float(g.late) * _exponentials(keys, 1)
    tension = float(g.tension) + float(g.tension_spread) * (2.0 * _uniforms(keys, 2) - 1.0)
    turnout = np.where(_uniforms(keys, 5) < float(g.chance), np.rint(float(g.turnout) * factor), 0.0)
    upto = np.cumsum([way.share for way in g.ways])[:-1]
    route = np.searchsorted(upto, _uniforms(keys, 4), side="right").astype(float)
    displaced = (_uniforms(keys, 6) < float(g.displacement)).astype(float)
    return turnout, route, first, np.minimum(1.0, np.maximum(0.0, tension)), _uniforms(keys, 3), displaced


def _draw_reception(sector: Sector, keys: Keys) -> Real:
    official = sector.official
    if official is None:
        return np.full(len(keys), np.inf)
    if official.promised is not None:
        return np.full(len(keys), float(official.promised))
    wait = float(official.after) + float(official.spread) * (2.0 * _uniforms(keys, 1) - 1.0)
    return np.where(_uniforms(keys, 0) < float(official.chance), np.maximum(0.0, wait), np.inf)


def _draw_trigger(instance: Instance, trigger: Trigger, keys: Keys) -> Real:
    minute = instance.minutes(trigger.at) + float(trigger.late) * _exponentials(keys, 1)
    return np.where(_uniforms(keys, 0) < float(trigger.chance), minute, np.inf)


def _draw_constant(instance: Instance, constant: Constant, keys: Keys) -> Real:
    return _each(plausible_range(instance.law, constant).at, _uniforms(keys, 0))


def _streams(family: int, numbers: Whole) -> Keys:
    """`stream` of every number of a family."""
    return _mixed(np.uint64(family) ^ _mixed(numbers.astype(np.uint64) + np.uint64(1)))


def _mixed(z: Keys) -> Keys:
    """`mix` of every key; whole numbers of 64 bits wrap by themselves."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
    return z ^ (z >> np.uint64(31))


def _uniforms(keys: Keys, k: int) -> Real:
    """`uniform` of every key."""
    mixed = _mixed(keys + np.uint64((k + 1) * STEP & MASK))
    values: Real = ((mixed >> np.uint64(11)).astype(float) + 0.5) * UNIT
    return values


def _exponentials(keys: Keys, k: int) -> Real:
    """`exponential` of every key."""
    return _each(lambda u: -math.log(u), _uniforms(keys, k))


def _each(function: Callable[[float], float], values: Real) -> Real:
    """Apply a function of the standard library, whose last bit does not depend on its neighbours in an array."""
    return np.array([function(v) for v in values.tolist()])
