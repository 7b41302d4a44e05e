"""Role-players of the crowd: how many stand for each gathering, where they are, and in what mood, over the day.

Where there are fewer role-players than people, each stands for as many. A role-player belongs to one gathering all day,
so the numbers of each gathering add up at every moment: before they come, in sectors, on the road, and done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.operation.exercise.draws import GatheringDraw
from optimiser.operation.exercise.injects import Inject
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.simpy_engine.timeline import Steps, Timeline
from optimiser.simulation.simulator import simulate

BEFORE, ROAD, DONE = "(before)", "(road)", "(done)"  # where role-players are who are in no sector
NEAR = 1e-9  # min between what is told of one moment
PLAYERS = 200  # role-players of the exercise at Terminal Batukuning, 27 Feb 2018
_COMING, _GOING = ("arrived",), ("left", "marched", "spilled")


@dataclass(frozen=True)
class Followed:
    """A day with what the people in it feel.

    Attributes
    ----------
    tension : 0 to 1, of the sector of each event when it happens; 0 where an event has no sector.
    loss : points.
    """

    events: tuple[Event, ...]
    tension: tuple[float, ...]
    loss: float


@dataclass(frozen=True)
class PlayerMove:
    """Role-players of one gathering who go from one place to another.

    Attributes
    ----------
    origin, goal : sectors, or `BEFORE`, `ROAD`, `DONE`.
    heading : sector that those on the road make for; else empty.
    persons : people of the day.
    players : role-players who stand for them.
    tension : 0 to 1, of the sector concerned.
    there : role-players of the gathering at each place afterwards.
    """

    minute: float
    gathering: str
    origin: str
    goal: str
    heading: str
    persons: int
    players: int
    tension: float
    there: Mapping[str, int]


def follow_day(instance: Instance, deployment: Deployment, scenario: Scenario, law: EscalationLaw) -> Followed:
    """Play a day and keep the tension of the sector of each event."""
    place = {s.id: n for n, s in enumerate(instance.sectors)}
    running: list[Timeline] = []
    tension: list[float] = []

    def look(timeline: Timeline) -> Steps:
        running.append(timeline)
        return
        yield

    def observe(event: Event) -> None:
        tension.append(float(running[0].state.tension[place[event.sector]]) if event.sector in place else 0.0)

    played, events = simulate(instance, deployment, scenario, law=law, observers=(observe,), processes=(look,))
    return Followed(tuple(events), tuple(tension), played.loss(instance.objective))


def share_players(turnout: Mapping[str, int], players: int) -> dict[str, int]:
    """Share role-players out among gatherings by turnout, by largest remainders; each that comes has one at least."""
    people = sum(turnout.values())
    if people <= players:
        return dict(turnout)
    coming = [g for g, n in turnout.items() if n]
    exact = {g: players * turnout[g] / people for g in coming}
    shares = {g: max(1, int(exact[g])) for g in coming}
    for g in sorted(coming, key=lambda g: (int(exact[g]) - exact[g], g))[: max(0, players - sum(shares.values()))]:
        shares[g] += 1
    return {g: shares.get(g, 0) for g in turnout}


def list_moves_of_players(
    instance: Instance, scenario: Scenario, followed: Followed, players: int
) -> tuple[PlayerMove, ...]:
    """List how role-players move through the day.

    Parameters
    ----------
    players : role-players there are.
    """
    turnout = {g.id: scenario.turnout[n] for n, g in enumerate(instance.gatherings)}
    shares = share_players(turnout, players)
    crowds = {g: _Crowd(g, turnout[g], shares[g]) for g in turnout}
    found: list[PlayerMove] = []
    for event, tension in zip(followed.events, followed.tension, strict=True):
        if event.what in crowds and event.kind in (*_COMING, *_GOING):
            found.extend(crowds[event.what].follow(event, tension))
    return tuple(found)


class _Crowd:
    """One gathering: where its people are, and the role-players who stand for them."""

    def __init__(self, name: str, people: int, players: int) -> None:
        self.name, self.share = name, players / people if people else 0.0
        self.people = {BEFORE: people}
        self.players = {BEFORE: players}
        self.road: dict[str, int] = {}  # people on the road, by where they go

    def follow(self, event: Event, tension: float) -> Iterator[PlayerMove]:
        persons = round(event.number)
        if event.kind in _GOING:
            goal = DONE if event.kind == "left" else ROAD
            if goal == ROAD:
                self.road[event.other] = self.road.get(event.other, 0) + persons
            yield self._move(event, event.sector, goal, persons, tension)
            return
        marched = min(persons, self.road.get(event.sector, 0))
        if marched:
            self.road[event.sector] -= marched
        waiting = min(persons - marched, self.people.get(BEFORE, 0))
        back = persons - marched - waiting  # dispersed before, and come again
        for origin, count in ((ROAD, marched), (BEFORE, waiting), (DONE, back)):
            if count:
                yield self._move(event, origin, event.sector, count, tension)

    def _move(self, event: Event, origin: str, goal: str, persons: int, tension: float) -> PlayerMove:
        self.people[origin] = self.people.get(origin, 0) - persons
        self.people[goal] = self.people.get(goal, 0) + persons
        before = self.players.get(origin, 0)
        left = min(before, round(self.people[origin] * self.share))
        self.players[origin] = left
        self.players[goal] = self.players.get(goal, 0) + before - left
        there = {place: n for place, n in self.players.items() if n}
        heading = event.other if goal == ROAD else ""
        return PlayerMove(event.minute, self.name, origin, goal, heading, persons, before - left, tension, there)


def count_at(moves: Sequence[PlayerMove], minute: float) -> dict[str, dict[str, int]]:
    """Return where the role-players of each gathering are at a minute."""
    found: dict[str, dict[str, int]] = {}
    for move in moves:
        if move.minute <= minute:
            found[move.gathering] = dict(move.there)
        else:
            found.setdefault(move.gathering, {BEFORE: sum(move.there.values())})
    return found


def is_movement(inject: Inject, move: PlayerMove) -> bool:
    """Return whether an inject is a movement of role-players."""
    where = {"arrives": move.goal, "grows": move.goal, "marches": move.origin, "spills": move.origin}.get(inject.kind)
    return where == inject.sector and inject.what == move.gathering and abs(inject.minute - move.minute) < NEAR


def count_role_players(inject: Inject, moves: Sequence[PlayerMove], draws: Mapping[str, GatheringDraw]) -> int | None:
    """Count the role-players whom an inject moves; None where it moves nobody, or each stands for one person.

    On a branch, of which no movements are listed, they are as many as stand for its people, at least one.
    """
    if inject.kind not in ("arrives", "grows", "marches", "stays", "spills", "blocked"):
        return None
    together = next((sum(m.there.values()) for m in moves if m.gathering == inject.what), 0)
    people = draws[inject.what].turnout
    if not together or together == people:
        return None
    moved = next((m.players for m in moves if is_movement(inject, m)), None)
    return max(1, round(inject.number * together / people)) if moved is None else moved
