"""A state as the SimPy engine has it: lists, the law itself, and an observer of what happens."""

from __future__ import annotations

from typing import Any

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.indexed_instance import Counts, Facts, with_numbers
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.state import State, begin, unit_sizes


class PythonState(State):
    """A state of lists, with the law, and with an observer that is handed every entry as it happens."""

    def __init__(self, facts: Facts, counts: Counts, scenario: Scenario, law: EscalationLaw, observe: Any) -> None:
        waiting = sum(map(sum, (*counts.reserve, *counts.parked)))
        water = [w for w, is_water in enumerate(facts.water) if is_water]
        cannons = sum(row[w] for row in (*counts.vehicles, *counts.parked) for w in water)
        super().__init__({**facts.sizes, **unit_sizes(facts, waiting, cannons), "log": 0})
        self.facts, self.law, self.observe = with_numbers(facts, scenario.places, scenario.varied), law, observe
        self.logging = int(observe is not None)
        outside = facts.sizes["stations"] - facts.posts
        self.placed_along_teams = [list(row) for row in counts.along_teams]
        self.placed_along_vehicles = [list(row) for row in counts.along_vehicles]
        self.placed_teams = [list(row) for row in counts.teams]
        self.placed_vehicles = [list(row) for row in counts.vehicles]
        self.placed_reserve = [*map(list, counts.reserve), *([0] * facts.sizes["kinds"] for _ in range(outside))]
        self.placed_parked = [*map(list, counts.parked), *([0] * facts.sizes["vehicles"] for _ in range(outside))]
        self.number = scenario.number
        self.turnout, self.first, self.route = list(scenario.turnout), list(scenario.first), list(scenario.route)
        self.start_tension, self.content = list(scenario.tension), list(scenario.content)
        self.displaced = list(scenario.displaced)
        self.received, self.triggered = list(scenario.received), list(scenario.triggered)
        self.clock_family = [list(row) for row in scenario.families.clocks]
        self.trip_family = [list(row) for row in scenario.families.trips]
        self.call_family = list(scenario.families.calls)
        self.constants = Law(*scenario.constants) if scenario.constants else facts.law
        begin(self)

    def crowd(self, s: int) -> dict[int, int]:
        """Persons in a sector, by gathering."""
        slots = range(self.facts.slot_first[s], self.facts.slot_first[s + 1])
        return {self.facts.slot_gathering[b]: self.present[b] for b in slots if self.present[b]}

    def called(self, s: int) -> list[int]:
        """Columns that were called to a sector and are there."""
        found, c = [], self.first_column[s]
        while c >= 0:
            found.append(c)
            c = self.column_next[c]
        return found
