"""Synthetic rehearsals: days of a plan whose players do as the plan says, or are late by so many minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.exercise.draws import Draws, draw_same, note_draws
from optimiser.operation.score.reference import tell_days
from optimiser.questions.played_plan import pick
from optimiser.simulation.scenario import REPORTING, Scenarios, draw

BEST = Path(__file__).parents[2] / "instances" / "best"


@cache
def rehearsed(name: str = "oku-250") -> tuple[Instance, Deployment]:
    """Give an instance with the best plan that is known of it."""
    instance = read(name)
    places = json.loads((BEST / f"{name}.json").read_text(encoding="utf-8"))
    plan = {"format": "optimiser-deployment/1", "instance": name, "places": places}
    return instance, Deployment.model_validate(plan)


def late(instance: Instance, minutes: float) -> Instance:
    """Make the instance in which everything that players do by the clock takes so many minutes more."""
    doctrine, travel = instance.doctrine, instance.travel
    longer = {
        name: float(getattr(doctrine, name)) + minutes
        for name in ("lapis", "lintas", "evacuation", "evacuation_protected")
    }
    return instance.replace(
        doctrine={**doctrine.model_dump(mode="json"), **longer},
        travel={**travel.model_dump(mode="json"), "form_up": float(travel.form_up) + minutes},
    )


def days_of(scenarios: Scenarios, minutes: float = 0.0, name: str = "oku-250") -> Iterator[ObservedDay]:
    """Give the logs of days whose players are late by so many minutes, in every scenario."""
    instance, plan = rehearsed(name)
    slow = late(instance, minutes) if minutes else instance
    for day in tell_days(slow, plan, replace(scenarios, source=_source(slow))):
        yield replace(day, rows=_delay(day.rows, minutes)) if minutes else day


def _source(instance: Instance) -> str:
    return draw(instance, 1, 1, REPORTING).source


def _delay(rows: tuple[Observation, ...], minutes: float) -> tuple[Observation, ...]:
    """Put off first contacts, which the simulation has as soon as negotiators are there."""
    told = (replace(row, minute=row.minute + minutes) if row.what == "contact" else row for row in rows)
    return tuple(sorted(told, key=lambda row: row.minute))


def any_days(seed: int, count: int) -> Scenarios:
    """Draw days of all kinds."""
    return draw(rehearsed()[0], seed, count, REPORTING)


def played_days(seed: int, number: int, count: int) -> tuple[Draws, Scenarios]:
    """Draw days on which the same befalls the players, as if one exercise were rehearsed so many times."""
    instance, _ = rehearsed()
    draws = note_draws(instance, pick(instance, seed, number), seed)
    return draws, draw_same(instance, draws, np.arange(1000, 1000 + count))
