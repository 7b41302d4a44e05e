"""What no plan can beat, and the proof of it."""

from __future__ import annotations

from optimiser.instance import Instance


def trivial_bound(instance: Instance) -> float:
    """Give a lower bound of the objective of every deployment on every set of scenarios, in points: zero.

    Proof: harms are integrals of rates that are never negative, weights and costs of placement are never negative
    (limits of their fields), and CVaR of a loss that is never negative is never negative.
    """
    assert all(w >= 0.0 for w in _weights(instance))
    return 0.0


def _weights(instance: Instance) -> tuple[float, ...]:
    o = instance.objective
    return (o.injury, o.process_minute, o.property, o.records, o.tail_weight, o.away, o.visible)
