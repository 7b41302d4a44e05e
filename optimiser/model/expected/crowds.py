"""Where a crowd is expected, as the rules of presence mean it, and when, by mean times."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.model.distances import measure
from optimiser.model.expected.follow import follow
from optimiser.model.instance import Instance
from optimiser.model.values.derived import derived


@dataclass(frozen=True)
class CrowdStay:
    """A crowd in a sector on one way of its gathering.

    Attributes
    ----------
    way : number of the way in `Gathering.ways`.
    start, end : minutes from the start of the operation, cut at its end.
    """

    way: int
    start: float
    end: float


@dataclass(frozen=True)
class ExpectedCrowd:
    """A gathering of more people than doctrine names, at a sector that it may come to while the operation lasts."""

    gathering: str
    sector: str
    stays: tuple[CrowdStay, ...]


@dataclass(frozen=True)
class Crowds:
    """All of them, in the order of gatherings and of their ways."""

    all: tuple[ExpectedCrowd, ...]


@derived
def _list(instance: Instance) -> Crowds:
    found: dict[tuple[str, str], list[CrowdStay]] = {}
    least = float(instance.presence.expected) if instance.presence else 0.0
    distances, length = measure(instance), instance.period.minutes
    for gathering in instance.gatherings if instance.presence else ():
        if float(gathering.turnout) <= least or not float(gathering.chance):
            continue
        for number, way in enumerate(gathering.ways):
            for leg in follow(gathering, way, instance, distances) if way.share > 0.0 else ():
                if leg.arrives < length:
                    stay = CrowdStay(number, leg.arrives, min(leg.leaves, length))
                    found.setdefault((gathering.id, way.stops[leg.stop].sector), []).append(stay)
    return Crowds(tuple(ExpectedCrowd(gathering, sector, tuple(stays)) for (gathering, sector), stays in found.items()))


def list_crowds(instance: Instance) -> tuple[ExpectedCrowd, ...]:
    """List where crowds are expected; none where the instance has no rules of presence.

    Whether a gathering comes, and by which of its ways, does not matter: whoever comes is to be met.
    """
    return _list(instance).all
