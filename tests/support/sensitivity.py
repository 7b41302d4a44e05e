"""A test bench of two deployments of the small instance, and inputs of it by their place."""

from __future__ import annotations

import numpy as np
from support.small import small_instance

from optimiser.model.deployment import Deployment
from optimiser.model.uncertain_inputs import list_inputs
from optimiser.planning.settings import Means
from optimiser.questions.why.sensitivity import Bench

TURNOUT = ("gatherings", 0, "turnout")


def bench() -> Bench:
    instance = small_instance()
    strong = Deployment.build(instance, {("kpu", "dalmas"): 3, ("kpu", "nego"): 2, ("kpu", "chief"): 1}, {})
    weak = Deployment.build(instance, {("kpu", "nego"): 1, ("kpu", "chief"): 1}, {})
    return Bench(instance, np.stack([d.numbers(instance) for d in (weak, strong)]), 4, Means())


def some(*names: str):
    return [one for one in list_inputs(small_instance()) if one.where in names]
