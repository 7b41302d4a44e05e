"""A water cannon that waits keeps its crew and escort where the rule of presence is on; every engine agrees."""

from __future__ import annotations

import numpy as np
import pytest
from support.engine_comparison import assert_one_meaning
from support.town import crowd, town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.parts.presence import Presence
from optimiser.simulation.events import Translator
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

POSTED = {("kpu", "padal"): 1, ("polres", "shield"): 3}
CANNON = {("polres", "awc"): 1}
CLOCKS = "worsen_green worsen_yellow fail calm disperse_yellow disperse_red spill calm_words calm_received calm_alone"
NOTHING_HAPPENS = dict.fromkeys((*CLOCKS.split(), "exhaustion"), 0.0)


def world(escort_stays: bool | None, comes_as: str = "yellow", escort: int = 10) -> Instance:
    """Build the town with a crowd that asks for all there is; the rule is on or off, or there are no such rules."""
    people = [crowd(comes_as=comes_as, turnout=3000.0)]
    plain = town(gatherings=people, triggers=[], reinforcements=[], law=NOTHING_HAPPENS, doctrine={"refusal": 0.0})
    vehicles = tuple(v.altered(escort=escort) if v.water_cannon else v for v in plain.vehicles)
    presence = None if escort_stays is None else Presence(escort_stays=escort_stays)
    return plain.altered(presence=presence, vehicles=vehicles)


def called(instance: Instance, vehicles: dict[tuple[str, str], int] | None = None) -> int:
    """Play one day in every engine, and count the heads that are sent from the post."""
    plan = Deployment.build(instance, POSTED, CANNON if vehicles is None else vehicles).numbers(instance)
    log, _ = assert_one_meaning((instance, plan, draw(instance, 1, 1)), DefaultLaw())
    told = map(Translator(instance).event, log)
    return sum(int(event.number) for event in told if event.kind == "sent")


@pytest.mark.parametrize(("escort", "left"), [(10, 20), (11, 10), (20, 10), (30, 0)])
def test_whose_heads_a_waiting_cannon_needs_is_not_called_in_yellow(escort: int, left: int) -> None:
    assert called(world(None, escort=escort)) == 30
    assert called(world(True, escort=escort)) == left


def test_without_a_cannon_at_the_post_all_are_called() -> None:
    assert called(world(True), {}) == 30


def test_in_red_the_escort_goes_with_its_cannon() -> None:
    assert called(world(True, "red")) == 30


@pytest.mark.parametrize("comes_as", ["green", "yellow", "red"])
def test_with_the_rule_off_every_future_is_that_without_rules(comes_as: str) -> None:
    losses = []
    for rule in (None, False):
        instance = world(rule, comes_as)
        plan = Deployment.build(instance, POSTED, CANNON).numbers(instance)
        with Simulator(instance) as simulator:
            losses.append(simulator.totals(plan[None], draw(instance, 1, 30)))
    assert np.array_equal(*losses)
