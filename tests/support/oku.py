"""The exercise town oku-250 with a plan in which the water cannon waits."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.operation.exercise.exercise import Exercise, make_exercise


@cache
def oku() -> Instance:
    return read("oku-250")


@cache
def awc_plan() -> Deployment:
    """Give a good plan with the water cannon, so that every theme can be trained."""
    file = Path(__file__).with_name("oku_250_with_water_cannon.json")
    return Deployment(instance="oku-250", title="A plan with the AWC", places=json.loads(file.read_text("utf-8")))


@cache
def exercise() -> Exercise:
    """Give an exercise of all themes."""
    return make_exercise(oku(), awc_plan(), scenarios=600)
