"""The exercise town oku-250 with the best plan that is known of it."""

from __future__ import annotations

import json
from functools import cache

from optimiser.files.read import instances_folder, read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.operation.exercise.exercise import Exercise, make_exercise


@cache
def oku() -> Instance:
    return read("oku-250")


@cache
def best_plan() -> Deployment:
    places = json.loads((instances_folder() / "best" / "oku-250.json").read_text(encoding="utf-8"))
    return Deployment(instance="oku-250", title="Best plan known", places=places)


@cache
def exercise() -> Exercise:
    """Give an exercise of all themes."""
    return make_exercise(oku(), best_plan(), scenarios=600)
