"""How much of lawful assembly could take place: person-hours that were meant, and the share of them not lost."""

from __future__ import annotations

import numpy as np

from optimiser.model.instance import Gathering, Instance
from optimiser.model.parts.itinerary import Way
from optimiser.planning.evaluation import Evaluation
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios


def meant_hours(instance: Instance, scenarios: Scenarios) -> Floats:
    """Return the person-hours of lawful assembly that people mean to have in each scenario, shape (scenarios,).

    Those who come, times the stays at the stops of the route drawn. The share that is ready to act in green is
    left out, as it is where participation is counted as lost. Walks between stops are no part of it. No plan
    changes what is meant: a gathering that goes where the line is thinnest means the route drawn too.
    """
    hours = [_hours(g, way) for g in instance.gatherings for way in g.ways]
    if not hours:
        return np.zeros(len(scenarios))
    meant: Floats = (scenarios.turnout * np.array(hours)[scenarios.route]).sum(axis=1)
    return meant


def _hours(gathering: Gathering, way: Way) -> float:
    return (1.0 - float(gathering.militant.green)) * sum(float(stop.stay) for stop in way.stops) / 60.0


def share_held(evaluation: Evaluation) -> float | None:
    """Return which share of the person-hours that people mean to assemble can be held, 0 to 1; None if nobody comes.

    1 - mean person-hours lost / mean person-hours meant, over the scenarios of an evaluation; 0 where more is lost than
    was meant, by people who were to stay longer than they meant.
    """
    meant = float(meant_hours(evaluation.played.instance, evaluation.played.scenarios).mean())
    if meant <= 0.0:
        return None
    return max(0.0, 1.0 - evaluation.harms["participation"].mean / meant)
