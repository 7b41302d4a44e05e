"""Papers let accompanying units form up no later than the simulation lets them act; before that they change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.town import crowd, town

from optimiser.model.deployment import Deployment
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

ALONG = [{"id": "a", "name": "Beside the march", "gathering": "march"}]


def day(**team: Any) -> Instance:
    """A march comes to the terminal at 15:00, where others are from 13:40 on; `team` changes the squads."""
    stops = [{"sector": "terminal", "stay": 60.0}, {"sector": "kpu", "stay": 60.0}]
    march = crowd(id="march", name="March", arrives="15:00", itinerary=stops)
    angry = {"tension": 0.8, "comes_as": "yellow", "itinerary": [{"sector": "terminal", "stay": 200.0}]}
    others = crowd(id="others", name="Others", arrives="13:40", late=10.0, **angry)
    teams = [{**t, **(team if t["id"] == "rope" else {})} for t in town().model_dump(mode="json")["teams"]]
    return town(gatherings=[march, others], accompaniments=ALONG, teams=teams)


def losses(instance: Instance) -> np.ndarray:
    plan = Deployment.build(instance, {("a", "rope"): 3, ("a", "padal"): 1}, {})
    with Simulator(instance) as simulator:
        return simulator.totals(plan.numbers(instance)[None], draw(instance, 1, 200))[0]


def test_bug_papers_let_them_form_up_later_than_the_simulation_counts_them():
    """Whoever is at their first stop before the march is faced by them, as by the units of the sector."""
    assert list_due(day())["a"] == list_due(day())["terminal"] == 40.0
    assert np.array_equal(losses(day()), losses(day(available="13:40")))
    assert not np.array_equal(losses(day()), losses(day(available="14:50")))
