"""Observed days as calibration takes them: entries of a replay, injured, and what a coarse log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import cut
from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.calibration.recording import Injured
from optimiser.operation.day_log import COUNTED
from optimiser.simulation import events
from optimiser.simulation.events import NO_NOTE, Entry, Translator
from optimiser.simulation.index_instance import index_instance

REACHED = {"green": GREEN, "yellow": YELLOW, "red": RED}
FILL_IN = Message("fill it in, or do not say that everything of this day was written down")
_CROWDS = (events.ARRIVED, events.LEFT, events.MARCHED, events.SPILLED)
_ANYWHERE = (events.BACK, events.REFILLED, events.MOVES, events.MOVED)  # not in a sector
_NAMED = (events.TRIGGERED, events.FORMED, events.RELEASED, events.BACK, events.MOVES, events.MOVED)
_HARMS = tuple([harm.id for harm in HARMS].index(name) for name in COUNTED["injured"])


@dataclass(frozen=True)
class CoarseDay:
    """What of a log that is not complete is used: nothing but this.

    Attributes
    ----------
    name : of the day.
    reached : of each sector with a phase written down, the highest: it is taken for the highest of the day.
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
        self.instance, self.facts = instance, index_instance(instance)
        self.sectors = {sector.id: s for s, sector in enumerate(instance.sectors)}
        self.places = {name: i for i, name in enumerate(translator.places[:-1])}
        self.kinds = {kind: i for i, kind in enumerate(translator.kinds)}
        self.what = [{name: i for i, name in enumerate(names[:-1])} for names in translator.what]
        self.notes = {str(note): i for i, note in reversed(list(enumerate(events.NOTES)))}

    def entries(self, day: ObservedDay) -> list[Entry]:
        """Return the rows of a complete day that tell what events tell, as entries.

        Raises
        ------
        InputFault : rows lack what a replay needs: a place, who or what, a number; all of them.
        """
        entries, faults = [], []
        for row in day.rows:
            kind = self.kinds.get(row.what)
            if kind is None:
                continue
            entry = self._entry(row, kind)
            fault = self._find_fault(entry)
            if fault is not None:
                where = Message.chain(", ", [day.name or Message("the day"), self.instance.clock(row.minute)])
                faults.append(make_fault("missing-field", str(where), row.what, fault, FILL_IN))
            elif self._is_of_use(entry):
                entries.append(entry)
        if faults:
            raise InputFault("log", cut(faults))
        return entries

    def _entry(self, row: Observation, kind: int) -> Entry:
        what = self.what[kind].get(row.about, -1)
        if what < 0 and kind in _CROWDS and len(self.instance.gatherings) == 1 and not row.about:
            what = 0
        place, other = self.places.get(row.place, -1), self.places.get(row.other, -1)
        number = -1.0 if row.number is None else row.number
        return Entry(row.minute, kind, place, other, what, number, self.notes.get(row.note, NO_NOTE))

    def _find_fault(self, entry: Entry) -> Message | None:
        """Say what a row lacks without which nobody knows what people did."""
        if entry.kind not in (*_CROWDS, events.PHASE):
            return None
        if not 0 <= entry.sector < len(self.instance.sectors):
            return Message("a sector")
        if entry.what < 0:
            return Message("the gathering") if entry.kind in _CROWDS else Message("the phase")
        if entry.kind in _CROWDS:
            if entry.number < 0.0:
                return Message("a number of people")
            f = self.facts
            if entry.what not in f.slot_gathering[f.slot_first[entry.sector] : f.slot_first[entry.sector + 1]]:
                return Message("a gathering that can come to this sector")
        return None

    def _is_of_use(self, entry: Entry) -> bool:
        """Return whether a row says where, and of whom or what, as far as its kind needs that."""
        inside = 0 <= entry.sector < len(self.instance.sectors) or entry.kind in _ANYWHERE
        return inside and (entry.what >= 0 or entry.kind not in _NAMED)

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
