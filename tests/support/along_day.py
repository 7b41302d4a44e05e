"""A day with a march and whoever moves: its minutes are worked out by hand, and every engine plays it."""

from __future__ import annotations

from typing import Any

import pytest
from support.engine_comparison import assert_one_meaning
from support.town import crowd, town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.simulation.events import Event, Translator
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Process, Timeline

CLOCKS = (
    *("worsen_green", "worsen_yellow", "fail", "calm", "calm_words", "calm_received", "calm_alone", "disperse_yellow"),
    *("disperse_red", "spray_disperse", "exhaustion", "cool", "provoke", "provoke_spray", "spill"),
)
STILL = dict.fromkeys(CLOCKS, 0.0)  # nothing happens but what the programme of the day says
STOPS = [{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 120.0}, {"sector": "mall", "stay": 60.0}]
OUT, TO_KPU, TO_MALL = 70.0, 58.5, 60.0 * 1.3 * 2.0**0.5 / 4.0  # min: when it leaves the terminal, then on foot
FROM_TERMINAL = 60.0 * 1.3 * 17.0**0.5 / 4.0  # min on foot to the mall
FORM_UP = 4.0  # min
WITH = {"id": "with", "name": "With the march", "gathering": "march"}
UNITS = {("with", "rope"): 2, ("with", "talk"): 1}
TERMINAL, KPU, MALL = range(3)


def march(**changes: Any) -> dict[str, Any]:
    common = {"arrives": "13:30", "tension": 0.0, "itinerary": STOPS, "militant": {}, "ends_if_received": 0.0}
    return crowd(id="march", name="March", **{**common, **changes})


def rest(until: float, phase: str, **changes: Any) -> dict[str, Any]:
    """Other people, at the terminal from 13:10 in disorder, who all leave at a minute from the start."""
    stops = [{"sector": "terminal", "stay": until - 10.0}]
    common = {"arrives": "13:10", "tension": 0.0, "comes_as": phase, "itinerary": stops, "militant": {}}
    return crowd(id="rest", name="Rest", **{**common, **changes})


def day(*others: dict[str, Any], **changes: Any) -> Instance:
    common = {"gatherings": [march(), *others], "accompaniments": [WITH], "triggers": [], "reinforcements": []}
    return town(**{**common, "law": STILL, "doctrine": {"refusal": 0.0, "relief_every": 0.0}, **changes})


def place(instance: Instance, teams: Any = None, vehicles: Any = None) -> Deployment:
    return Deployment.build(instance, UNITS if teams is None else teams, vehicles or {})


def play(instance: Instance, plan: Deployment | None = None, seed: int = 1) -> list[Event]:
    """Play one scenario in every engine; gives what happened."""
    numbers = (plan or place(instance)).numbers(instance)
    log, _ = assert_one_meaning((instance, numbers, draw(instance, seed, 1)), DefaultLaw())
    return [Translator(instance).event(entry) for entry in log]


def journey(told: list[Event]) -> list[tuple[Any, str, str, str]]:
    """List what accompanying units did: minute, what, where, where to."""
    return [(e.minute, e.kind, e.sector, e.other) for e in told if e.kind in ("moves", "moved", "held")]


def near(*steps: tuple[float, str, str, str]) -> list[tuple[Any, str, str, str]]:
    return [(pytest.approx(minute), *rest) for minute, *rest in steps]


def watch(instance: Instance, minutes: list[float], plan: Deployment | None = None, *also: Process) -> list[list[int]]:
    """Give the teams formed up in each sector at some minutes, after whatever happens then."""
    seen = []

    def look(t: Timeline) -> Any:
        for minute in minutes:
            yield t.clock.at(minute, "user")
            seen.append([sum(row) for row in t.state.teams])

    counts = count(instance, plan or place(instance))
    Timeline(index_instance(instance), counts, draw(instance, 1, 1)[0], processes=(look, *also)).run()
    return seen


VAN = {"id": "van", "name": "Van", "count": 1, "home": "polres", "seats": 8, "protected": True, "crew": 3}
