"""Observed days as calibration takes them: entries of a replay, injured, and what a coarse log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.calibration.problem import Injured
from optimiser.operation.day_log import COUNTED
from optimiser.simulation import events
from optimiser.simulation.events import NO_NOTE, Entry, Translator

REACHED = {"green": GREEN, "yellow": YELLOW, "red": RED}
_HARMS = tuple([harm.id for harm in HARMS].index(name) for name in COUNTED["injured"])


@dataclass(frozen=True)
class CoarseDay:
    """What of a log that is not complete is used: nothing but this.

    Attributes
    ----------
    name : of the day.
    reached : of each sector with a phase written down, the highest; it may have been higher.
    injured : who were counted, by sector, -1 where no sector was said.
    """

    name: str
    reached: dict[int, int]
    injured: dict[int, float]

    @property
    def empty(self) -> bool:
        """Whether it says nothing that is used."""
        return not self.reached and not self.injured


class DayReader:
    """Reads observed days of one instance."""

    def __init__(self, instance: Instance) -> None:
        translator = Translator(instance)
        self.sectors = {sector.id: s for s, sector in enumerate(instance.sectors)}
        self.places = {name: i for i, name in enumerate(translator.places[:-1])}
        self.kinds = {kind: i for i, kind in enumerate(translator.kinds)}
        self.what = [{name: i for i, name in enumerate(names[:-1])} for names in translator.what]
        self.notes = {str(note): i for i, note in reversed(list(enumerate(events.NOTES)))}

    def entries(self, day: ObservedDay) -> Iterator[Entry]:
        """Give the rows of a complete day that tell what events tell, as entries."""
        for row in day.rows:
            kind = self.kinds.get(row.what)
            if kind is not None:
                yield self._entry(row, kind)

    def _entry(self, row: Observation, kind: int) -> Entry:
        what = self.what[kind].get(row.about, -1)
        place, other = self.places.get(row.place, -1), self.places.get(row.other, -1)
        number = 0.0 if row.number is None else row.number
        return Entry(row.minute, kind, place, other, what, number, self.notes.get(row.note, NO_NOTE))

    def injured(self, day: ObservedDay, number: int) -> Iterator[Injured]:
        """Give the injured who were counted on a day, by sector; several rows of one sector add up."""
        for s, persons in self._count(day).items():
            yield Injured(number, s, _HARMS, persons)

    def coarse(self, day: ObservedDay) -> CoarseDay:
        """Take of a log that is not complete what it can be held to."""
        reached: dict[int, int] = {}
        for row in day.of("phase"):
            if row.about in REACHED and row.place in self.sectors:
                s = self.sectors[row.place]
                reached[s] = max(reached.get(s, GREEN), REACHED[row.about])
        return CoarseDay(day.name, reached, self._count(day))

    def _count(self, day: ObservedDay) -> dict[int, float]:
        counted: dict[int, float] = {}
        for row in day.of("injured"):
            if row.number is not None:
                s = self.sectors.get(row.place, -1)
                counted[s] = counted.get(s, 0.0) + row.number
        return counted
