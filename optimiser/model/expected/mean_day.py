"""Where crowds and movements stand by mean times, as rules of presence ask: the same for every deployment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from optimiser.model.distances import Distances, measure
from optimiser.model.expected.crowds import ExpectedCrowd, list_crowds
from optimiser.model.expected.stands import Passage, count_passages, list_passages
from optimiser.model.instance import Instance
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Moving
from optimiser.model.values.derived import derived


@dataclass(frozen=True)
class MeanDay:
    """The day of an instance by mean times, nobody held and all on foot; see `of`.

    Attributes
    ----------
    distances : of the instance, measured once as long as the day is in use.
    """

    instance: Instance
    distances: Distances
    _passages: dict[str, tuple[Passage, ...]] = field(default_factory=dict, repr=False)

    @staticmethod
    @derived
    def of(instance: Instance) -> MeanDay:
        """Return the mean day of an instance, the same one as long as it is in use."""
        return MeanDay(instance, measure(instance))

    @cached_property
    def ways(self) -> dict[str, tuple[Way, ...]]:
        """Ways of each gathering, see `Gathering.ways`."""
        return {gathering.id: gathering.ways for gathering in self.instance.gatherings}

    @cached_property
    def crowds(self) -> tuple[ExpectedCrowd, ...]:
        """Crowds that are expected, see `list_crowds`."""
        return list_crowds(self.instance)

    def passages(self, moving: Moving) -> tuple[Passage, ...]:
        """Return all passages of units that move; none where only the likeliest are listed, as none is certain then."""
        if moving.id not in self._passages:
            found = list_passages(self.instance, moving)
            self._passages[moving.id] = found if count_passages(self.instance, moving) == len(found) else ()
        return self._passages[moving.id]
