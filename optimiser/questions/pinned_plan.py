"""The plan that pins fix entirely: a planner's own, or the one that was used, which is simulated whatever it breaks."""

from __future__ import annotations

import numpy as np

from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs.requirements import MOST, Frame, pinned


def pinned_plan(instance: Instance) -> Deployment | None:
    """Return the plan that the pins of an instance fix.

    Where no pin says anything, what cannot stand somewhere does not stand there. Other rules play no part.

    Returns
    -------
    None where the pins leave the number of any kind at any place open, or contradict one another.
    """
    frame = Frame.of(instance)
    least = np.zeros((len(instance.places), len(frame.kinds)), dtype=np.int64)
    most = np.full_like(least, MOST)
    named = np.zeros(least.shape, dtype=bool)
    for p, place in enumerate(instance.places):
        for _, pin in frame.pins.get(place.id, ()):
            kinds, _ = pinned(frame, pin)  # a pin about heads fixes the number of no kind
            named[p, kinds] = True
            if pin.at_most is not None:
                most[p, kinds] = np.minimum(most[p, kinds], pin.at_most)
            if pin.at_least is not None and len(kinds) == 1:
                least[p, kinds] = np.maximum(least[p, kinds], pin.at_least)
    for k, kind in enumerate(frame.kinds):
        barred = [not frame.may_stand(p, k) for p in range(len(least))]
        most[(np.array(barred, dtype=bool) | (not kind.count)) & ~named[:, k], k] = 0
    if not instance.pins or np.any(least != most):
        return None
    return Deployment.of_numbers(instance, least, Message("the pinned plan"))
