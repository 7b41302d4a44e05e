"""The instance as numbers by index, and a deployment as numbers: what everything that simulates computes on.

Order of indices: sectors, then posts, then reinforcements for places; stations are posts, then reinforcements; kinds
are `Instance.teams`; vehicle types are `Instance.vehicles`. A *slot* is a pair of sector and gathering that may meet.
Accompaniments have an index of their own: where their units stand is a sector. Times are minutes from the start.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Annotated as Shaped
from typing import Any

from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.distances import Distances
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.simulation.record import FloatGrids, FloatRows, Floats, IntGrids, IntRows, Ints, Record, list_fields

PHASE_COUNT = 5
PHASES = {"green": GREEN, "yellow": YELLOW, "red": RED}
# fields of which a scenario may bring numbers of its own; they are put one after another
LOOSE = (
    *("public", "officials", "property", "records", "restart"),
    *("endurance", "refill"),
    *("spread", "stop_stay", "ends_if_received", "regroup", "militant"),
    "trigger_tension",
    *("march", "form_up", "noise"),
    *("lapis", "lintas", "handover_strength", "relief", "shortest_rest", "required_risk", "ask_again", "refusal"),
    *("order_red", "warning", "time_to_leave", "evacuation", "evacuation_protected"),
)
LINE, WORDS, CARE = range(3)  # abilities that reserve is asked for: containment, dialogue, medical care


class Facts(Record):
    """All of an instance that a replication needs. Abilities are head equivalents of one whole team or vehicle.

    Made by `index_instance.index_instance`; shared by everything that simulates an instance, which reads it only.
    """

    horizon: float
    law: Law
    # sectors: persons, units, minutes
    public: Shaped[Floats, "sectors"]
    officials: Shaped[Floats, "sectors"]
    property: Shaped[Floats, "sectors"]
    records: Shaped[Floats, "sectors"]
    exit_open: Shaped[Ints, "sectors"]
    traffic_need: Shaped[Floats, "sectors"]
    spill_to: Shaped[Ints, "sectors"]
    has_official: Shaped[Ints, "sectors"]
    restart: Shaped[Floats, "sectors"]
    window_first: Shaped[Ints, "sectors and one"]
    window_from: Shaped[Floats, "windows"]
    window_until: Shaped[Floats, "windows"]
    # kinds of teams
    kind_role: Shaped[Ints, "kinds"]
    kind_size: Shaped[Ints, "kinds"]
    available: Shaped[Floats, "kinds"]
    containment: Shaped[FloatRows, "kinds", PHASE_COUNT]
    dialogue: Shaped[FloatRows, "kinds", PHASE_COUNT]
    medical: Shaped[FloatRows, "kinds", PHASE_COUNT]
    arrest: Shaped[FloatRows, "kinds", PHASE_COUNT]
    traffic: Shaped[FloatRows, "kinds", PHASE_COUNT]
    information: Shaped[FloatRows, "kinds", PHASE_COUNT]
    visible: Shaped[Floats, "kinds"]
    acts: Shaped[IntRows, "kinds", PHASE_COUNT]  # whether doctrine lets its role act in a phase
    holds_line: Shaped[Floats, "kinds"]  # 1 if its role can hold a line in some phase
    tire_after: Shaped[Floats, "kinds"]  # min on duty until the first step, infinite where nobody tires
    tire_step: Shaped[Floats, "kinds"]  # min from step to step
    waits: Shaped[Ints, "kinds"]  # may be called in some phase
    best_count: Shaped[IntRows, 3, PHASE_COUNT]  # kinds that may be called for an ability, strongest first
    best_kind: Shaped[IntGrids, 3, PHASE_COUNT, "kinds"]
    # vehicle types
    seats: Shaped[Ints, "vehicles"]
    speed: Shaped[Floats, "vehicles"]
    crew: Shaped[Ints, "vehicles"]
    crew_role: Shaped[Ints, "vehicles"]
    escort: Shaped[Ints, "vehicles"]
    escort_role: Shaped[Ints, "vehicles"]
    vehicle_containment: Shaped[FloatRows, "vehicles", PHASE_COUNT]
    vehicle_visible: Shaped[Floats, "vehicles"]
    vehicle_medical: Shaped[Floats, "vehicles"]
    protected: Shaped[Ints, "vehicles"]
    water: Shaped[Ints, "vehicles"]
    endurance: Shaped[Floats, "vehicles"]
    refill: Shaped[Floats, "vehicles"]
    rides: Shaped[Ints, "rides"]  # types with seats, most seats first
    # gatherings; their routes lie one after another, and so do the stops of routes
    spread: Shaped[Floats, "gatherings"]
    groups: Shaped[Ints, "gatherings"]
    route_first: Shaped[Ints, "gatherings and one"]
    route_open: Shaped[Ints, "routes"]  # whether it may be taken: its weight is above 0
    stop_first: Shaped[Ints, "routes and one"]
    stop_sector: Shaped[Ints, "stops"]
    stop_stay: Shaped[Floats, "stops"]
    ends_if_received: Shaped[Floats, "gatherings"]
    regroup: Shaped[Floats, "gatherings"]
    militant: Shaped[FloatRows, "gatherings", PHASE_COUNT]
    liaison: Shaped[Floats, "gatherings"]
    comes_as: Shaped[Ints, "gatherings"]
    # legs of accompaniments and movements lie one after another
    leg_first: Shaped[Ints, "moving and one"]
    leg_sector: Shaped[Ints, "legs"]  # or post, by place; -1 where they go with a gathering
    leg_gathering: Shaped[Ints, "legs"]  # -1 where they stand in a sector or rest at a post
    leg_until: Shaped[Floats, "legs"]  # min, infinite where no clock ends it
    leg_left: Shaped[Ints, "legs"]  # gathering that ends it by leaving the sector, -1 where none does
    start_first: Shaped[Ints, "sectors and one"]  # gatherings that may begin in a sector lie one after another
    start_gathering: Shaped[Ints, "starts"]
    slot_first: Shaped[Ints, "sectors and one"]  # slots of a sector lie one after another, by gathering
    slot_gathering: Shaped[Ints, "slots"]
    # triggers; the sectors they reach lie one after another
    reach_first: Shaped[Ints, "triggers and one"]
    reach_sector: Shaped[Ints, "reached"]
    trigger_tension: Shaped[Floats, "triggers"]
    trigger_rumour: Shaped[Ints, "triggers"]
    # stations
    posts: int
    keep: Shaped[Ints, "stations"]
    outside_phase: Shaped[Ints, "stations"]
    outside_delay: Shaped[Floats, "stations"]
    outside_speed: Shaped[Floats, "stations"]
    outside_reserve: Shaped[IntRows, "stations", "kinds"]
    # travel
    epochs: Shaped[Floats, "epochs"]
    km: Shaped[FloatGrids, "epochs", "places", "places"]
    near_count: Shaped[IntRows, "epochs", "sectors"]  # stations that can reach a sector, nearest in minutes first
    near: Shaped[IntGrids, "epochs", "sectors", "stations"]
    drive: float
    march: float
    form_up: float
    noise: float
    # doctrine
    lapis: float
    lintas: float
    handover_strength: float
    relief_every: float
    relief: float
    shortest_rest: float
    tiring: int  # whether anybody tires at all; otherwise nothing is kept of duty
    tire_loss: float  # share of ability lost in one step
    tire_most: int  # steps
    waiting_marks: Shaped[Floats, "marks"]
    required_risk: float
    ask_again: float
    refusal: float
    order_red: float
    warning: float
    time_to_leave: float
    evacuation: float
    evacuation_protected: float
    escort_stays: int  # whether crew and escort of a water cannon that waits are not called from it

    def __init__(self, sizes: Mapping[str, int], values: Mapping[str, Any], distances: Distances) -> None:
        super().__init__(sizes)
        self.sizes, self.distances = dict(sizes), distances
        for name, value in values.items():
            setattr(self, name, value)
        axes = {field.name: field.axes for field in list_fields(Facts)}
        self.loose: dict[str, tuple[int, tuple[int, ...]]] = {}  # where each such field begins, and its shape
        count = 0
        for name in LOOSE:
            shape = tuple(sizes[a] if isinstance(a, str) else a for a in axes[name])
            self.loose[name] = count, shape
            count += math.prod(shape)
        self.sizes["loose"] = count


def find_place(f: Facts, name: str, *index: int) -> int:
    """Return the place of a number among those of which a scenario may bring its own, from 0 to `loose`."""
    start, shape = f.loose[name]
    return start + (index[0] * math.prod(shape[1:]) + sum(index[1:]) if shape else 0)


def with_numbers(f: Facts, places: Sequence[int], numbers: Sequence[float]) -> Facts:
    """Return the facts with other numbers at some places."""
    if not places:
        return f
    own, names = copy(f), list(f.loose)
    starts = [start for start, _ in f.loose.values()]
    for place, number in zip(places, numbers, strict=True):
        name = names[bisect_right(starts, place) - 1]
        start, shape = f.loose[name]
        part: Any = getattr(own, name)
        if not shape:
            setattr(own, name, number)
            continue
        if part is getattr(f, name):
            part = [list(row) for row in part] if len(shape) > 1 else list(part)
            setattr(own, name, part)
        row, column = divmod(place - start, math.prod(shape[1:]))
        if len(shape) > 1:
            part[row][column] = number
        else:
            part[row] = number
    return own


@dataclass(frozen=True)
class Counts:
    """A deployment as numbers: teams and vehicles by sector, by post, and by accompaniment or movement."""

    teams: tuple[tuple[int, ...], ...]
    vehicles: tuple[tuple[int, ...], ...]
    reserve: tuple[tuple[int, ...], ...]
    parked: tuple[tuple[int, ...], ...]
    along_teams: tuple[tuple[int, ...], ...]
    along_vehicles: tuple[tuple[int, ...], ...]


def count(instance: Instance, deployment: Deployment) -> Counts:
    """Turn a deployment into rows of numbers in the order of the instance."""
    return split_numbers(instance, deployment.numbers(instance))


def split_numbers(instance: Instance, numbers: Numbers) -> Counts:
    """Turn numbers by place and kind into rows."""
    sectors, kinds = len(instance.sectors), len(instance.teams)
    posts = sectors + len(instance.posts)

    def rows(part: Numbers) -> tuple[tuple[int, ...], ...]:
        return tuple(map(tuple, part.tolist()))

    return Counts(
        rows(numbers[:sectors, :kinds]),
        rows(numbers[:sectors, kinds:]),
        rows(numbers[sectors:posts, :kinds]),
        rows(numbers[sectors:posts, kinds:]),
        rows(numbers[posts:, :kinds]),
        rows(numbers[posts:, kinds:]),
    )


def epoch(f: Facts, minute: float) -> int:
    """Return which state of the roads holds at a minute."""
    e = 0
    while e + 1 < len(f.epochs) and f.epochs[e + 1] <= minute:
        e += 1
    return e


def distance(f: Facts, minute: float, origin: int, goal: int) -> float:
    """Road kilometres between two places at a minute, infinite where closed."""
    return f.km[epoch(f, minute)][origin][goal]


def slot(f: Facts, s: int, g: int) -> int:
    """Find the slot of a sector and a gathering that may be there, by halving."""
    low, high = f.slot_first[s], f.slot_first[s + 1] - 1
    while low < high:
        middle = (low + high) // 2
        if f.slot_gathering[middle] < g:
            low = middle + 1
        else:
            high = middle
    return low
