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
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.escalation_law import CHANNELS
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.uncertain_inputs import Path, number_at
from optimiser.model.values.arguments import checked, one_of
from optimiser.simulation.draws.people import draw_gathering, draw_reception, draw_trigger
from optimiser.simulation.draws.ranged import NOTHING, draw_inputs, list_varying, name_input, put_into_facts
from optimiser.simulation.draws.streams import (
    Keys,
    Real,
    Whole,
    draw_exponentials,
    draw_uniforms,
    for_each,
    list_streams,
    put_beside,
)

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
    "varied",
)  # arrays, one row a scenario


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
    varied : numbers that take the place of those in the facts of the instance, see `draws.ranged`.
    places : of these in the facts.
    families : of the streams that are drawn from later.
    source : fingerprint of what it was drawn from, see `fingerprint`.
    uncertain : whether it was drawn with constants of the law and inputs of its own.
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
    varied: tuple[float, ...]
    places: tuple[int, ...]
    families: Families
    source: str
    uncertain: bool


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
    varied : numbers in place of those in the facts of the instance, shape (scenarios, places), see `draws.ranged`.
    places : of these in the facts, the same for all.
    uncertain : whether they were drawn with constants of the law and inputs of their own.
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
    varied: Real
    places: tuple[int, ...]
    families: Families
    source: str
    uncertain: bool

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
            tuple(self.varied[n].tolist()),
            self.places,
            self.families,
            self.source,
            self.uncertain,
        )

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
        mine, others = ((s.seed, s.group, s.source, s.families, s.places) for s in (self, other))
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
    uncertain : whether each scenario has its own constants of the law and its own inputs, from their ranges.

    Raises
    ------
    BadSetting : an argument is none that can be used.
    """
    return draw_set(instance, seed, count, group, uncertain)


def draw_set(instance: Instance, seed: int, count: int, group: str, uncertain: bool = False) -> Scenarios:
    """Draw scenarios of a set of any name; its arguments are taken as they are, see `draw`."""

    def streams(name: str) -> Keys:
        return list_streams(name_stream(seed, group, name), np.arange(count))

    varying = list_varying(instance) if uncertain else NOTHING
    drawn = draw_own_inputs(instance, seed, group, np.arange(count)) if uncertain else {}

    def known(*path: str | int) -> float | Real:
        return drawn[path] if path in drawn else float(number_at(instance, path))

    gatherings = [
        draw_gathering(instance, g, known, streams(f"gathering:{one.id}")) for g, one in enumerate(instance.gatherings)
    ]
    turnout, route, first, tension, content, displaced = (
        put_beside([row[i] for row in gatherings], count) for i in range(6)
    )
    before = np.cumsum([0, *(len(g.ways) for g in instance.gatherings)])[:-1]
    received = [draw_reception(one, s, known, streams(f"official:{one.id}")) for s, one in enumerate(instance.sectors)]
    triggered = [
        draw_trigger(instance, one, t, known, streams(f"trigger:{one.id}")) for t, one in enumerate(instance.triggers)
    ]
    laws = {c.name: plausible_range(instance.law, c) for c in CONSTANTS} if uncertain else {}
    constants = [for_each(one.at, draw_uniforms(streams(f"law:{name}"), 0)) for name, one in laws.items()]
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
        put_beside(received, count),
        put_beside(triggered, count),
        put_beside(constants, count),
        put_into_facts(varying, drawn, count),
        varying.places,
        _families(instance, seed, group),
        fingerprint(instance, uncertain, uncertain),
        uncertain,
    )


def vary(instance: Instance, scenarios: Scenarios, constants: Real) -> Scenarios:
    """Return all scenarios with the first constants of the law, then all with the second ones, and so on.

    Parameters
    ----------
    constants : of the law, in the order of `CONSTANTS`, shape (rows, constants); those of the scenarios are put aside.
    """
    places = np.tile(np.arange(len(scenarios)), len(constants))
    repeated = scenarios.take(places, scenarios.weight[places])
    source = fingerprint(instance, True, scenarios.uncertain)
    return replace(repeated, constants=constants.repeat(len(scenarios), axis=0), source=source)


def draw_own_inputs(instance: Instance, seed: int, group: str, numbers: Whole) -> dict[Path, Real]:
    """Draw the inputs that scenarios have of their own where these are uncertain, by path, shape (scenarios,).

    Parameters
    ----------
    numbers : of the scenarios, shape (scenarios,).
    """
    varying = list_varying(instance)
    keys = {
        one.path: list_streams(name_stream(seed, group, f"input:{name_input(instance, one.path)}"), numbers)
        for one in varying.inputs
    }
    return draw_inputs(varying, {path: draw_uniforms(key, 0) for path, key in keys.items()})


def certain(instance: Instance, scenarios: Scenarios) -> Scenarios:
    """Return the same scenarios with the constants of the instance in all of them; inputs of their own they keep."""
    return replace(
        scenarios, constants=scenarios.constants[:, :0], source=fingerprint(instance, False, scenarios.uncertain)
    )


def fingerprint(instance: Instance, law: bool = False, inputs: bool = False) -> str:
    """Hash what of an instance decides its scenarios; whatever else is changed in it, they are the same.

    Parameters
    ----------
    law : whether the constants of the law are drawn too.
    inputs : whether inputs with a range are.
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
    laws = ([tuple(plausible_range(instance.law, c)) for c in CONSTANTS],) if law else ()
    varying = list_varying(instance).inputs if inputs else ()
    ranges = (tuple((one.path, one.low, one.value, one.high) for one in varying),) if varying else ()
    return hashlib.sha256(repr((period, places, chances, crowds, triggers, *laws, *ranges)).encode()).hexdigest()


def belong(instance: Instance, scenarios: Scenarios | Scenario) -> None:
    """Refuse scenarios that would be others if they were drawn of this instance.

    Raises
    ------
    Mismatch : they were drawn of another instance, or before something in it was changed that they depend on.
    """
    if scenarios.source == fingerprint(instance, _own_law(scenarios), scenarios.uncertain):
        return
    raise Mismatch(
        Message(
            "the scenarios were not drawn of the instance '{name}' as it is now: crowds, officials, triggers, "
            "places, the start or the ranges they were drawn from differ; draw them again of this instance",
            name=instance.name,
        )
    )


def _own_law(scenarios: Scenarios | Scenario) -> bool:
    return bool(np.shape(scenarios.constants)[-1])


def first_rings(scenarios: Scenarios, channel: int) -> Real:
    """Return the first unit exponential of one clock of every sector, shape (scenarios, sectors)."""
    rows = [
        draw_exponentials(list_streams(clocks[channel], scenarios.number), 0) for clocks in scenarios.families.clocks
    ]
    return put_beside(rows, len(scenarios))


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


def _known(number: float | None) -> float | None:
    return None if number is None else float(number)
