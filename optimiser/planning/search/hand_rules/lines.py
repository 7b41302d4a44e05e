"""How strong the lines are that stand before people, as teams are placed."""

from __future__ import annotations

from optimiser.model.instance import Team
from optimiser.model.laws.escalation_law import perceived_risk
from optimiser.planning.search.hand_rules.draft import Draft
from optimiser.planning.search.hand_rules.expected import Meetings, add_up, count_active


class Lines:
    """How strong a line is met where, as teams are placed: by sector, apart for stops where others come there too."""

    def __init__(self, plan: Draft, met: Meetings) -> None:
        self.plan, instance = plan, plan.instance
        self.teams = [team for team in instance.teams if plan.strength(team) > 0.0]
        found = add_up(instance, lambda g, _: count_active(g), lambda stop, sector: ((sector, met.get(stop, ())),))
        self.active = list(found.values())
        self.strength = [0.0] * len(found)
        index = {place: p for p, place in enumerate(plan.forward)}
        self.places = [[index[place] for place in (sector, *moving)] for sector, moving in found]
        self.stops: list[list[int]] = [[] for _ in plan.forward]
        for c, places in enumerate(self.places):
            for p in places:
                self.stops[p].append(c)

    def least(self, place: int) -> float:
        """Return the least perceived risk at any stop of a place."""
        return min((self._risk(stop) for stop in self.stops[place]), default=1.0)

    def fall(self, place: int, team: Team) -> float:
        """Return by how much active people whom no line reaches become fewer, per head, with one more team."""
        more = self.plan.strength(team)
        falls = (self.active[c] * (self._risk(c, more) - self._risk(c)) for c in self.stops[place])
        return float(sum(falls) / team.size)

    def add(self, place: int, team: Team) -> None:
        """Place one team."""
        for stop in self.stops[place]:
            self.strength[stop] += self.plan.strength(team)

    def beside(self, place: int) -> set[int]:
        """Return the places that share a stop with one, itself among them."""
        return {place, *(other for stop in self.stops[place] for other in self.places[stop])}

    def _risk(self, stop: int, more: float = 0.0) -> float:
        return perceived_risk(self.plan.law, self.strength[stop] + more, self.active[stop])
