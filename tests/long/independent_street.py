"""A referee: one street with one crowd, simulated from the equations of docs/model.md alone.

It shares no code with the simulation: no law, no engine, no indices, no streams of random numbers. It reads an instance
with one sector, one gathering of one stop and no callable reserve, and plays its day with a generator of numpy, one
replication after the other. Between two events everything is constant, so a ringing time is one exponential of the sum
of the hazards; clocks keep no memory, because exponentials have none.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.model.instance import Instance, Role, Trigger, VehicleType

QUIET, GREEN, YELLOW, RED, DISPERSED = range(5)
NAMES = {GREEN: "green", YELLOW: "yellow", RED: "red"}
OUTCOMES = (
    *(f"share that was {name}" for name in ("yellow", "red", "dispersed", "sprayed")),
    *(f"minutes {name}" for name in ("quiet", "green", "yellow", "red", "dispersed")),
    *("hurt participants", "hurt public", "hurt personnel", "process", "property", "records", "participation"),
)
LOOK_AGAIN = 30.0  # minutes: militants who stayed on, and people who come back after being dispersed


def read_constants() -> dict[str, float]:
    """Read the defaults of the table of constants in section 3 of the page."""
    page = (Path(__file__).parents[2] / "docs/model.md").read_text(encoding="utf-8")
    table = page.split("<!-- table: constants -->")[1].split("<!-- end of table -->")[0]
    rows = (row.split("|") for row in table.splitlines() if row.startswith("| `"))
    return {row[1].strip(" `"): float(row[4]) for row in rows}


CONSTANTS = read_constants()


def saturate(a: float, half: float) -> float:
    """Return a / (a + half), and 0 where a is 0."""
    return a / (a + half) if a > 0.0 else 0.0


def meet(a: float, b: float) -> float:
    """Return how many of two sides meet: never more than the smaller."""
    return a * b / (a + b) if a > 0.0 and b > 0.0 else 0.0


@dataclass
class Line:
    """What stands in the street, as one phase sees it, in head equivalents; `holding` and `acting` in heads."""

    containment: float = 0.0
    cannons: float = 0.0  # containment of all water cannons together while they have water
    cannon: float = 0.0  # of one of them
    dialogue: float = 0.0
    medical: float = 0.0
    arrest: float = 0.0
    traffic: float = 0.0
    information: float = 0.0
    holding: float = 0.0  # heads of teams with containment
    acting: float = 0.0  # heads of all whose role may act


class Street:
    """One sector, its crowd and what stands there.

    Parameters
    ----------
    teams, vehicles : how many of each kind stand in the sector.
    changed : constants that differ from those of the instance.
    """

    def __init__(
        self,
        instance: Instance,
        teams: Mapping[str, int],
        vehicles: Mapping[str, int],
        changed: Mapping[str, float] | None = None,
    ) -> None:
        self.sector, self.crowd, self.doctrine = instance.sectors[0], instance.gatherings[0], instance.doctrine
        self.triggers = instance.triggers
        self.law = {**CONSTANTS, **instance.law, **(changed or {})}
        self.clock = instance.minutes
        self.end = 60.0 * (float(instance.period.hours) + float(instance.period.overtime))
        self.lines = {phase: Line() for phase in NAMES}
        self.visibility = self.crews = self.shown = 0.0  # shown: heads that count as posture without any gear
        self.cannon: VehicleType | None = None
        self.protected = False
        roles = {role.id: role for role in instance.roles}
        for team in instance.teams:
            heads = teams.get(team.id, 0) * int(team.size)
            driving = sum(vehicles.get(v.id, 0) * int(v.crew) for v in instance.vehicles if v.crew_role == team.role)
            self._place(roles[team.role], heads, driving, float(team.fitness))
        for vehicle in instance.vehicles:
            self._park(vehicle, vehicles.get(vehicle.id, 0))

    def _place(self, role: Role, heads: int, driving: int, fitness: float) -> None:
        self.visibility += float(role.visibility) * (heads - driving)
        holds = {phase: float(getattr(role.containment, name)) for phase, name in NAMES.items() if name in role.phases}
        self.shown += heads * any(holds.values())
        for phase, line in self.lines.items():
            if phase in holds:
                able = (heads - driving) * fitness
                line.containment += holds[phase] * able
                line.dialogue += float(role.dialogue) * able
                line.medical += float(role.medical) * able
                line.arrest += float(role.arrest) * able
                line.traffic += float(role.traffic) * able
                line.information += float(role.information) * able
                line.acting += heads
                line.holding += heads * (holds[phase] > 0.0)

    def _park(self, vehicle: VehicleType, number: int) -> None:
        crew = number * int(vehicle.crew) if vehicle.crew_role is None else 0
        self.crews += crew
        self.visibility += float(vehicle.visibility) * number
        for phase, line in self.lines.items():
            strength = float(getattr(vehicle.containment, NAMES[phase])) * number
            line.medical += float(vehicle.medical) * number
            if vehicle.water_cannon:
                line.cannons += strength
                line.cannon = strength / number if number else 0.0
            else:
                line.containment += strength
        if vehicle.water_cannon and number:
            self.cannon = vehicle
        self.protected |= vehicle.protected and number > 0

    def count_exposed(self, phase: int, risk: float) -> float:
        """Count the heads that can be hurt: line, crews, and whoever else may act, as far as the line does not hold."""
        line = self.lines[phase]
        return line.holding + self.crews + (line.acting - line.holding) * (1.0 - risk)

    def play(self, seed: int, count: int) -> NDArray[np.float64]:
        """Play so many days; returns the outcomes in the order of `OUTCOMES`, shape (count, outcomes)."""
        rng = np.random.default_rng(seed)
        return np.array([Day(self, rng).run() for _ in range(count)])


@dataclass(frozen=True)
class Mood:
    """What section 3 says of the street between two events."""

    strength: float  # C
    share: float  # s
    active: float  # A
    risk: float  # P
    excess: float  # e
    talk: float
    legitimacy: float  # L
    activation: float  # x
    contagion: float  # c


class Day:
    """One replication."""

    def __init__(self, street: Street, rng: np.random.Generator) -> None:
        self.street, self.rng = street, rng
        self.now, self.steps = 0.0, 0
        self.agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self.phase, self.tension = QUIET, 0.0
        self.people = self.militants = 0  # of them, militants of a crowd that went home in disorder
        self.failed = self.received = self.sprayed = False
        self.waiting, self.refused, self.marks, self.wait = False, False, 0, 0
        self.handovers = 0
        self.runs_again = -1.0  # minute from which the critical process runs, once red has ended
        self.officials = float(street.sector.official.staff) if street.sector.official else 0.0
        self.reds, self.ordered = 0, 0.0  # times red has begun; minute from which water is ordered
        self.tank = float(street.cannon.endurance) if street.cannon else 0.0
        self.filling, self.spraying, self.since = False, False, 0.0
        self.minutes, self.harms, self.water = [0.0] * 5, [0.0] * 7, False
        self._draw()

    # ---- what the scenario draws once

    def _draw(self) -> None:
        street, rng, crowd = self.street, self.rng, self.street.crowd
        sigma = float(crowd.turnout_spread)
        turnout = round(float(crowd.turnout) * math.exp(sigma * rng.standard_normal() - 0.5 * sigma * sigma))
        if rng.random() >= float(crowd.chance):
            turnout = 0
        first = street.clock(crowd.arrives) + float(crowd.late) * rng.exponential()
        half = float(crowd.tension_spread)
        mood = min(1.0, max(0.0, float(crowd.tension) + half * (2.0 * rng.random() - 1.0)))
        self.delay = self._reception()
        self.leaves = first + float(crowd.itinerary[0].stay)
        groups = int(crowd.groups)
        apart = float(crowd.arrival_spread) / (groups - 1) if groups > 1 else 0.0
        manner = {"green": GREEN, "yellow": YELLOW, "red": RED}[crowd.comes_as]
        for k in range(groups):
            self.at(first + k * apart, self.come, turnout // groups + (k < turnout % groups), mood, manner)
        self.at(self.leaves, self.go_home)
        for trigger in street.triggers:
            if rng.random() < float(trigger.chance):
                self.at(street.clock(trigger.at) + float(trigger.late) * rng.exponential(), self.strike, trigger)
        every, minute = float(street.doctrine.relief_every), 0.0
        while every > 0.0 and (minute := minute + every) < street.end:
            self.at(minute, self.hand_over, float(street.doctrine.relief))

    def _reception(self) -> float:
        official = self.street.sector.official
        if official is None:
            return math.inf
        if official.promised is not None:
            return float(official.promised)
        after = float(official.after) + float(official.spread) * (2.0 * self.rng.random() - 1.0)
        return max(0.0, after) if self.rng.random() < float(official.chance) else math.inf

    # ---- the loop

    def at(self, minute: float, action: Callable[..., None], *details: Any) -> None:
        """Put something on the agenda."""
        self.steps += 1
        heapq.heappush(self.agenda, (minute, self.steps, action, details))

    def run(self) -> list[float]:
        """Play until the end of overtime."""
        end = self.street.end
        while self.now < end:
            hazards, rates = {}, [0.0] * 7
            if self.people:
                mood = self.look()
                hazards, rates = self.hazards(mood), self.rates(mood)
            total = sum(hazards.values()) / 60.0
            ring = self.now + self.rng.exponential() / total if total > 0.0 else math.inf
            planned = self.agenda[0][0] if self.agenda else math.inf
            self._count(rates, min(ring, planned, end))
            if self.now == end:
                break
            if ring < planned:
                self.ring(self._choose(hazards))
            else:
                _, _, action, details = heapq.heappop(self.agenda)
                action(*details)
        self.harms[4] = min(self.harms[4], float(self.street.sector.property))
        self.harms[5] = min(self.harms[5], float(self.street.sector.records))
        reached = [float(self.minutes[phase] > 0.0) for phase in (YELLOW, RED, DISPERSED)]
        return [*reached, float(self.water), *self.minutes, *self.harms]

    def _choose(self, hazards: dict[str, float]) -> str:
        """Choose one clock, each with its share of the hazard."""
        left = self.rng.random() * sum(hazards.values())
        for name, hazard in hazards.items():
            left -= hazard
            if left < 0.0:
                return name
        return max(hazards, key=hazards.__getitem__)  # what rounding leaves

    def _count(self, rates: list[float], then: float) -> None:
        """Add up what goes on until then; rates per hour."""
        span = then - self.now
        self.minutes[self.phase] += span
        for k, rate in enumerate(rates):
            self.harms[k] += rate * span / 60.0
        for window in self.street.sector.critical:
            opens, closes = self.street.clock(window.start), self.street.clock(window.end)
            from_, to = max(self.now, opens), min(then, closes)
            stopped = to if self.phase == RED else min(to, self.runs_again)
            lost = max(0.0, stopped - from_)
            if self.phase == YELLOW:
                lost += self.street.law["yellow_process"] * max(0.0, to - max(from_, self.runs_again))
            self.harms[3] += lost
        self.now = then

    # ---- people

    def come(self, size: int, mood: float, manner: int) -> None:
        """People arrive, with their mood, in a phase."""
        if size <= 0:
            return
        before = self.people
        self.tension = (before * self.tension + size * mood) / (before + size)
        self.people += size
        if before == 0:
            if self.phase != DISPERSED or manner == GREEN:
                self.forget()
            self.begin_to_wait(manner)
        if before == 0 or manner > self.phase:
            self.turn(manner)

    def go_home(self) -> None:
        """The programme is over; in disorder the militants stay on."""
        if self.phase in (YELLOW, RED):
            self.militants = math.ceil(float(getattr(self.street.crowd.militant, NAMES[self.phase])) * self.people)
        self.leave(self.militants, int(self.street.crowd.groups))

    def leave(self, militants: int, groups_left: int) -> None:
        """One of the groups that are left goes home, then the next; who stays on looks again and again."""
        crowd = self.street.crowd
        if self.people == 0:
            return
        if groups_left:
            self.go(math.ceil((self.people - min(militants, self.people)) / groups_left))
            pause = max(1.0, float(crowd.arrival_spread) / int(crowd.groups))
            self.at(self.now + pause, self.leave, militants, groups_left - 1)
            return
        if self.phase in (YELLOW, RED):
            self.at(self.now + LOOK_AGAIN, self.leave, militants, 0)
        else:
            self.go(self.people)

    def go(self, size: int) -> None:
        """So many people go home."""
        self.people -= size
        self.militants = min(self.militants, self.people)
        if size and self.people == 0:
            self.empty(QUIET)

    def disperse(self) -> None:
        """Everybody leaves; a share comes back."""
        crowd = self.street.crowd
        left = max(0.0, self.leaves - self.now)
        back = math.floor(float(crowd.regroup) * self.people) if left > LOOK_AGAIN else 0
        self.at(self.now + LOOK_AGAIN, self.come, back, self.tension, YELLOW)
        hours = ((self.people - back) * left + back * LOOK_AGAIN) / 60.0
        self.harms[6] += hours * (1.0 - float(crowd.militant.green))
        self.empty(DISPERSED)

    def empty(self, phase: int) -> None:
        """Nobody is left."""
        self.people = self.militants = 0
        self.turn(phase)
        self.waiting = False
        self.wait += 1

    # ---- talking

    def forget(self) -> None:
        """Who comes finds nothing of an earlier crowd; water alone is remembered by the gathering, all day."""
        self.refused = self.received = self.failed = False
        self.marks = 0

    def begin_to_wait(self, manner: int) -> None:
        """A delegation begins to wait, or does so anew, where the first people arrive and it has no answer yet."""
        if self.street.sector.official is None or self.refused or self.received or manner == RED:
            return
        self.waiting = True
        self.wait += 1
        marks = [float(mark) for mark in self.street.doctrine.waiting_marks]
        for mark in marks:
            self.at(self.now + mark, self.pass_mark, self.wait, mark == max(marks))
        if self.delay < math.inf:
            self.at(self.now + self.delay, self.receive, self.wait)

    def pass_mark(self, wait: int, last: bool) -> None:
        """A waiting mark passes; at the last one a delegation that nobody will receive is refused."""
        if self.waiting and wait == self.wait:
            self.marks += 1
            if last and self.delay == math.inf:
                self.waiting, self.refused = False, True

    def receive(self, wait: int) -> None:
        """An official receives the delegation."""
        if self.waiting and wait == self.wait:
            self.waiting, self.received, self.failed = False, True, False

    def strike(self, trigger: Trigger) -> None:
        """A trigger changes the tension of the people who stand there."""
        if self.people == 0:
            return
        change = float(trigger.tension)
        if trigger.kind == "rumour" and change > 0.0:
            law, informed = self.street.law, self.street.lines[self.phase].information
            change *= 1.0 - law["rumour_gain"] * saturate(informed, law["rumour_half"])
        self.tension = min(1.0, max(0.0, self.tension + change))

    # ---- phases

    def turn(self, phase: int) -> None:
        """The street changes its phase, with all that follows at once."""
        before, self.phase = self.phase, phase
        if phase == before:
            return
        doctrine, sector = self.street.doctrine, self.street.sector
        if before == RED:
            self.stop_water()
            restart = max((float(window.restart) for window in sector.critical), default=0.0)
            self.runs_again = self.now + restart
        if phase == YELLOW and before != RED:
            self.hand_over(float(doctrine.lapis))
        if phase == RED:
            self.refused |= self.waiting
            self.waiting, self.reds = False, self.reds + 1
            self.hand_over(float(doctrine.lintas))
            if self.reds == 1:
                minutes = doctrine.evacuation_protected if self.street.protected else doctrine.evacuation
                self.at(self.now + float(minutes), self.evacuate)
            if self.street.cannon:
                self.ordered = self.now + float(doctrine.order_red)
                self.at(self.ordered, self.test_gates, self.reds)

    def evacuate(self) -> None:
        """Officials are safe, whatever became of red meanwhile."""
        self.officials = 0.0

    def is_still(self, red: int) -> bool:
        """Tell whether the street is still red without a break."""
        return self.phase == RED and red == self.reds

    def hand_over(self, minutes: float) -> None:
        """The line is weaker for some minutes."""
        self.handovers += 1
        self.at(self.now + minutes, self.steady)

    def steady(self) -> None:
        """One handover is over."""
        self.handovers -= 1

    def ring(self, clock: str) -> None:
        """A clock of the law rings."""
        step = self.street.law["tension_step"]
        if clock == "worsen":
            self.turn(YELLOW if self.phase == GREEN else RED)
        elif clock == "fail":
            self.failed = True
        elif clock == "calm":
            self.turn(GREEN if self.phase == YELLOW else YELLOW)
            self.failed = False
        elif clock == "disperse":
            self.disperse()
        elif clock == "cool":
            self.tension = max(0.0, self.tension - step)
        else:
            self.tension = min(1.0, self.tension + step)

    # ---- water

    def gates_are_open(self) -> bool:
        """A way out, medics, and a line that does not hold without the water cannon."""
        medics = self.street.lines[RED].medical > 0.0
        return (
            self.exit_is_open() and medics and self.look(water=False).risk < float(self.street.doctrine.required_risk)
        )

    def exit_is_open(self) -> bool:
        """Tell whether there is a way out."""
        sector = self.street.sector
        return sector.exit_open and self.street.lines[self.phase].traffic >= float(sector.traffic_need)

    def test_gates(self, red: int) -> None:
        """Before the warning."""
        if not self.is_still(red) or self.filling:
            return
        doctrine = self.street.doctrine
        if self.gates_are_open():
            self.at(self.now + float(doctrine.warning) + float(doctrine.time_to_leave), self.test_again, red)
        else:
            self.at(self.now + float(doctrine.ask_again), self.test_gates, red)

    def test_again(self, red: int) -> None:
        """After the time to leave."""
        if not self.is_still(red):
            return
        if self.gates_are_open():
            self.spraying = self.sprayed = self.water = True
            self.since = self.now
            self.at(self.now + self.tank, self.run_dry, red)
        else:
            self.at(self.now + float(self.street.doctrine.ask_again), self.test_gates, red)

    def stop_water(self) -> None:
        """Red has ended."""
        if self.spraying:
            self.spraying = False
            self.tank -= self.now - self.since

    def run_dry(self, red: int) -> None:
        """The tank is empty."""
        if self.is_still(red):
            self.spraying, self.tank, self.filling = False, 0.0, True
            self.at(self.now + float(self.street.cannon.refill), self.fill)

    def fill(self) -> None:
        """The tank is full again."""
        self.filling, self.tank = False, float(self.street.cannon.endurance)
        if self.phase == RED and self.now >= self.ordered:
            self.test_gates(self.reds)

    # ---- the law

    def look(self, water: bool = True) -> Mood:
        """Say what the law says of the mood, with what one water cannon adds to the line or without it."""
        n, law, street, line = self.people, self.street.law, self.street, self.street.lines[self.phase]
        strength = line.containment + (line.cannons - (0.0 if water else line.cannon)) * self.has_water()
        if self.handovers:
            strength *= float(street.doctrine.handover_strength)
        share = float(getattr(street.crowd.militant, NAMES[self.phase]))
        if self.phase != GREEN:
            share = max(share, self.militants / n)
        m = share + law["unite"] * (1.0 - share) * self.sprayed
        active = m * n * (1.0 - law["arrest_gain"] * saturate(line.arrest, law["arrest_half"] * m * n))
        ratio = strength / active if active > 0.0 else math.inf
        risk = 1.0 - math.exp(-law["arrest_k"] * ratio) if strength > 0.0 else 0.0
        posture = street.visibility + law["presence"] * (street.shown + street.crews)
        fit = {GREEN: law["visible_green"], YELLOW: law["visible_yellow"]}.get(self.phase, math.inf) * n
        excess = max(0.0, 1.0 - fit / posture) if posture > 0.0 else 0.0
        words = line.dialogue * (law["liaison_gain"] if street.crowd.liaison else 1.0)
        talk = saturate(words, law["dialogue_half"] * n)
        legitimacy = law["legitimacy_0"] + law["dialogue_gain"] * talk + law["received_gain"] * self.received
        legitimacy -= law["mark_loss"] * self.marks + law["visible_loss"] * excess
        legitimacy -= law["indiscriminate_loss"] * self.spraying + law["lasting_loss"] * self.sprayed
        legitimacy -= law["enclosed_loss"] * (self.phase != GREEN and not self.exit_is_open())
        legitimacy = min(1.0, max(0.0, legitimacy))
        deterrence = 0.0 if self.phase == GREEN else law["risk_aversion"] * risk
        grievance = self.tension * (1.0 - legitimacy) - deterrence - law["threshold"]
        activation = max(0.0, grievance) / (1.0 - law["threshold"])
        contagion = saturate(n + law["commitment"] * active, law["n_half"])
        return Mood(strength, share, active, risk, excess, talk, legitimacy, activation, contagion)

    def has_water(self) -> bool:
        """Tell whether a water cannon with water stands there."""
        return self.street.cannon is not None and not self.filling

    def force(self, mood: Mood) -> float:
        """Return the hazard of dispersal by force, per hour."""
        law, out = self.street.law, self.exit_is_open()
        if self.phase == YELLOW:
            return law["disperse_yellow"] * mood.risk * out
        push = law["disperse_red"] * mood.risk * (0.5 + 0.5 * mood.legitimacy)
        return (push + law["spray_disperse"] * self.spraying) * out

    def hazards(self, mood: Mood) -> dict[str, float]:
        """Return the hazards of the clocks, per hour."""
        law, x = self.street.law, mood.activation
        calm = law["calm"] * mood.risk + law["calm_words"] * mood.talk + law["calm_received"] * self.received
        calm = (calm * mood.legitimacy + law["calm_alone"] * (1.0 - self.tension)) * (1.0 - x)
        found = {"cool": law["cool"] * mood.legitimacy, "provoke": law["provoke"] * mood.excess}
        if self.phase == GREEN:
            return found | {"worsen": law["worsen_green"] * mood.contagion * x}
        if self.phase == RED:
            found |= {"provoke": law["provoke_spray"] * self.spraying, "calm": 0.5 * calm}
            return found | {"disperse": self.force(mood) + law["exhaustion"]}
        found |= {"calm": calm, "disperse": self.force(mood)}
        if self.failed:
            return found | {"worsen": law["worsen_yellow"] * mood.contagion * x}
        fail = law["fail"] * x * (1.0 + law["fail_mark"] * self.marks) / (1.0 + mood.talk)
        return found | {"fail": fail * (law["fail_received"] if self.received else 1.0)}

    def count_lawful(self) -> float:
        """Return K: the lawful people, as long as the gathering means to stay."""
        return self.people * (1.0 - float(self.street.crowd.militant.green)) if self.now < self.leaves else 0.0

    def rates(self, mood: Mood) -> list[float]:
        """Return the rates of the seven harms, per hour; that of the process is counted apart."""
        law, sector, n = self.street.law, self.street.sector, self.people
        active, risk = mood.active, mood.risk
        medical, exposed = self.street.lines[self.phase].medical, self.street.count_exposed(self.phase, risk)
        kept = self.phase == RED or (self.phase == YELLOW and not self.exit_is_open())
        lost = self.count_lawful() * (1.0 if kept else law["fear"] * mood.excess)
        if self.phase == GREEN:
            return [0.0] * 6 + [lost]
        level = 1.0 if self.phase == RED else law["yellow_level"] * mood.activation
        care = 1.0 - law["medical_gain"] * saturate(medical, law["medical_half"] * n)
        apart = 1.0 - law["spray_distance"] * self.spraying
        nearby = saturate(active, law["active_half"])
        crowding = 1.0 + law["closed_crush"] * (not self.exit_is_open())
        fled = self.force(mood) * n * law["rush"] * (1.0 + law["rush_spray"] * self.spraying)
        apart *= 1.0 - law["shield"] * risk
        fight = law["clash"] * meet(active, mood.strength) * apart + law["crush"] * crowding * active
        saved = 1.0 - law["fire_gain"] * self.has_water()
        outside = float(sector.public) + self.officials
        return [
            care * (level * fight + law["spray_hurt"] * n * self.spraying + fled),
            level * care * law["public_hurt"] * outside * nearby * (1.0 - 0.5 * risk),
            level * care * law["line_hurt"] * meet(active, exposed) * apart,
            0.0,
            level * law["property_rate"] * float(sector.property) * nearby * (1.0 - risk) * saved,
            law["records_rate"] * float(sector.records) * nearby * (1.0 - risk) * (self.phase == RED),
            lost,
        ]
