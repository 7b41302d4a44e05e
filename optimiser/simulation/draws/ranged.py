"""Inputs with a range that vary from scenario to scenario, and where the simulation reads them.

Some say who comes and when: they are read where scenarios are drawn. Others are read while a replication runs: there a
scenario brings its own numbers, which take the place of those in the facts of the instance. What decides which
deployments are allowed, who is there to be deployed, or how far it is, is the same in all scenarios.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.model.instance import Instance
from optimiser.model.laws.ranges import PlausibleRange
from optimiser.model.uncertain_inputs import Input, Path, change, list_inputs, number_at
from optimiser.model.values.derived import derived
from optimiser.simulation.draws.streams import Real, for_each, put_beside
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import PHASES, Facts, find_place

Pattern = tuple[str, ...]  # a path without its numbers
DRAWN: tuple[Pattern, ...] = (
    *(("gatherings", name) for name in ("turnout", "turnout_spread", "late", "tension", "tension_spread", "chance")),
    ("gatherings", "displacement"),
    ("gatherings", "routes", "weight"),
    *(("sectors", "official", name) for name in ("chance", "after", "spread", "promised")),
    ("triggers", "late"),
    ("triggers", "chance"),
)
PLAYED: Mapping[Pattern, str] = {  # with the field of the facts
    ("sectors", "public"): "public",
    ("sectors", "property"): "property",
    ("sectors", "records"): "records",
    ("sectors", "official", "staff"): "officials",
    ("sectors", "critical", "restart"): "restart",
    ("gatherings", "arrival_spread"): "spread",
    ("gatherings", "itinerary", "stay"): "stop_stay",
    ("gatherings", "ends_if_received"): "ends_if_received",
    ("gatherings", "regroup"): "regroup",
    **{("gatherings", "militant", phase): "militant" for phase in PHASES},
    ("triggers", "tension"): "trigger_tension",
    ("vehicles", "endurance"): "endurance",
    ("vehicles", "refill"): "refill",
    **{("travel", name): name for name in ("march", "form_up", "noise")},
    **{
        ("doctrine", name): name
        for name in (
            *("lapis", "lintas", "handover_strength", "relief", "shortest_rest", "required_risk", "ask_again"),
            *("refusal", "order_red", "warning", "time_to_leave", "evacuation", "evacuation_protected"),
        )
    },
}
SHUT = (("gatherings", "displacement"), ("gatherings", "routes", "weight"))  # what is 0 there stays 0
QUICKEST: Mapping[Pattern, str] = {  # the end at which people and units come soonest
    ("gatherings", "itinerary", "stay"): "low",
    ("travel", "march"): "high",
    ("travel", "form_up"): "low",
    ("travel", "noise"): "high",
}


@dataclass(frozen=True, eq=False)
class Varying:
    """What of an instance varies within ranges.

    Attributes
    ----------
    inputs : those that vary.
    places : of the numbers in the facts that they change, see `indexed_instance.find_place`.
    parts : of each of these, the inputs by their path; it is the highest of them, and never below `least`.
    least : what does not vary of such a number.
    """

    inputs: tuple[Input, ...]
    places: tuple[int, ...]
    parts: tuple[tuple[Path, ...], ...]
    least: tuple[float, ...]


NOTHING = Varying((), (), (), ())


@derived
def list_varying(instance: Instance) -> Varying:
    """List the inputs that vary from scenario to scenario, and the numbers in the facts that they change."""
    known = (*DRAWN, *PLAYED)
    inputs = [one for one in list_inputs(instance, law=False) if _pattern(one.path) in known]
    inputs = [one for one in inputs if one.value > 0.0 or _pattern(one.path) not in SHUT]
    varies = {one.path for one in inputs}
    parts: dict[int, list[Path]] = {}
    least: dict[int, float] = {}
    for one in inputs:
        for place, fixed in _places(instance, one.path, varies):
            parts.setdefault(place, []).append(one.path)
            least[place] = fixed
    return Varying(tuple(inputs), tuple(parts), tuple(map(tuple, parts.values())), tuple(least.values()))


def name_input(instance: Instance, path: Path) -> str:
    """Name an input for its stream: parts by their identifier where they have one, so that a new part disturbs none."""
    part: Any = instance
    names = []
    for step in path:
        part = part[step] if isinstance(step, int) or isinstance(part, dict) else getattr(part, step)
        names.append(str(getattr(part, "id", step) if isinstance(step, int) else step))
    return ".".join(names)


def draw_inputs(varying: Varying, shares: Mapping[Path, Real]) -> dict[Path, Real]:
    """Draw every input of every scenario: as often below the value of the file as above it, evenly in either part.

    Parameters
    ----------
    shares : uniform numbers by input, shape (scenarios,).
    """
    drawn = {
        one.path: for_each(PlausibleRange(one.low, one.value, one.high).at, shares[one.path]) for one in varying.inputs
    }
    return {one.path: np.rint(drawn[one.path]) if one.whole else drawn[one.path] for one in varying.inputs}


def put_into_facts(varying: Varying, drawn: Mapping[Path, Real], count: int) -> Real:
    """Return the numbers of the facts that every scenario has of its own, shape (scenarios, places)."""
    rows = []
    for paths, least in zip(varying.parts, varying.least, strict=True):
        rows.append(np.maximum.reduce([np.full(count, least), *(drawn[path] for path in paths)]))
    return put_beside(rows, count)


def quickest_facts(instance: Instance, uncertain: bool) -> Facts:
    """Return facts in which nobody comes later than in any scenario, whatever varies."""
    if not uncertain:
        return index_instance(instance)
    ends = {
        one.path: getattr(one, QUICKEST[_pattern(one.path)])
        for one in list_varying(instance).inputs
        if _pattern(one.path) in QUICKEST
    }
    return index_instance(change(instance, ends) if ends else instance)


def _pattern(path: Path) -> Pattern:
    return tuple(step for step in path if isinstance(step, str))


def _places(instance: Instance, path: Path, varies: Collection[Path]) -> Iterator[tuple[int, float]]:
    """Find the numbers of the facts that an input changes; with each, what it is never below."""
    field = PLAYED.get(_pattern(path))
    if field is None:
        return
    f, numbers = index_instance(instance), [step for step in path if isinstance(step, int)]
    if field == "restart":
        windows = [
            ("sectors", numbers[0], "critical", j, "restart") for j in range(len(instance.sectors[numbers[0]].critical))
        ]
        fixed = [number_at(instance, window) for window in windows if window not in varies]
        yield find_place(f, field, numbers[0]), max(fixed, default=-np.inf)  # a sector has one, that of its longest
    elif field == "stop_stay":
        ways = [way for gathering in instance.gatherings for way in gathering.ways]
        first = f.route_first[numbers[0]]
        for r in range(first, f.route_first[numbers[0] + 1]):
            for j, number in enumerate(ways[r].numbers):
                if number == numbers[1]:
                    yield find_place(f, field, f.stop_first[r] + j), -np.inf
    elif field == "militant":
        yield find_place(f, field, numbers[0], PHASES[str(path[-1])]), -np.inf
    else:
        yield find_place(f, field, *numbers), -np.inf
