"""Exact values for instances whose sectors are small continuous-time Markov chains: no simulation, no noise.

An instance belongs to this family if `departures` finds nothing against it. Then the situation of a sector (phase,
whether negotiation has failed, tension, whether the process is stopped) is a finite Markov chain whose rates follow
from the law and from what stands there. Who was dispersed loses every hour that is left of the stay, and as the stay
ends with the period that is an hour lost for each hour after the dispersal. The expected loss of a configuration is
the integral of a matrix exponential, and the best deployment is the answer of one integer program over such numbers.

Nothing here is used by the optimiser, and nothing of its simulation is used here: only the law's own functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Deployment
from optimiser.model.harms import HARMS, weights
from optimiser.model.instance import PHASES, Gathering, Instance, Sector
from optimiser.model.laws.constants import Law, make_law
from optimiser.model.laws.escalation_law import (
    CALM,
    COOL,
    DISPERSE,
    DISPERSED,
    FAIL,
    GREEN,
    PROVOKE,
    QUIET,
    RED,
    WORSEN,
    YELLOW,
    Mood,
    View,
)
from optimiser.model.laws.facilitation_law import FacilitationLaw
from optimiser.planning.programs.configurations import (
    Configuration,
    ResponseTable,
    configuration_of,
    place_configurations,
    placement_cost,
)
from optimiser.planning.search.response_tables import interplay

Floats = NDArray[np.float64]
LAW = FacilitationLaw()
PARTICIPATION = [harm.id for harm in HARMS].index("participation")
MOST = 10_000  # configurations of one place that are tabulated at most; more of them is an error, assumed
LATTICE = 2.0**20  # tension is counted in these parts, so that adding and taking away a step is exact in binary
LONGEST = 600.0  # mean number of jumps in a period up to which exp(-mean) is far from underflow
NEGLIGIBLE = 40.0  # terms beyond mean + 10 standard deviations that are still summed; what is left is below 1e-20


class Situation(NamedTuple):
    """One state of the chain of a sector."""

    phase: int
    failed: bool
    tension: float
    stopped: bool


@dataclass(frozen=True)
class Chain:
    """A sector with one configuration as a Markov chain; the first situation is the one at minute 0.

    Attributes
    ----------
    situations : what each state stands for.
    generator : jumps per minute, shape (states, states); rows sum to 0.
    harms : harm per minute in each state, shape (states, harms), in the units of `optimiser.model.harms.HARMS`.
    """

    situations: tuple[Situation, ...]
    generator: Floats
    harms: Floats


# ---------------------------------------------------------------- which instances


def departures(instance: Instance) -> tuple[str, ...]:
    """Name everything that keeps the sectors of an instance from being finite Markov chains; nothing if they are."""
    found = ["sectors are not separate"] if interplay(instance) else []
    found += list_fixed_times(instance)
    for sector in instance.sectors:
        found += [f"{sector.id}: {why}" for why in _sector_departures(instance, sector)]
    return tuple(found)


def list_fixed_times(instance: Instance) -> list[str]:
    """Name what else than the situation of its sectors changes the rates of an instance, or makes its value no mean."""
    d, law = instance.doctrine, make_law(instance.law)
    checks = [
        (bool(instance.vehicles), "there are vehicles"),
        (bool(instance.triggers), "triggers strike at fixed times"),
        (any(t.available for t in instance.teams), "teams come on duty later"),
        (d.relief_every > 0, "reliefs take place at fixed times"),
        ((d.lapis > 0 or d.lintas > 0) and d.handover_strength < 1, "a handover lasts a fixed time"),
        (instance.objective.tail_weight > 0, "the tail counts, which is no mean"),
        (instance.period.overtime > 0, "the day is played on after the period"),
        (max(law.property_rate, law.records_rate) * instance.period.minutes > 60.0, "all there is may be lost"),
        (not _on_lattice(law.tension_step), "steps of tension are not exact in binary"),
    ]
    return [why for wrong, why in checks if wrong]


def _sector_departures(instance: Instance, sector: Sector) -> Iterator[str]:
    crowds = [g for g in instance.gatherings if g.itinerary[0].sector == sector.id]
    if len(crowds) != 1:
        yield "not exactly one gathering"
    for g in crowds:
        if instance.minutes(g.arrives) != 0.0 or g.itinerary[0].stay < instance.period.minutes:
            yield "the crowd is not there all the time"
        if g.itinerary[0].stay > instance.period.minutes:
            yield "people lose what would have come after the period"
        yield from list_drawn(sector, g)
    yield from list_restarts(instance, sector)


def list_drawn(sector: Sector, g: Gathering) -> Iterator[str]:
    """Name what is drawn about the crowd of a sector, what may bring it back, and what else no chain can hold."""
    if g.turnout_spread or g.tension_spread or g.late or g.arrival_spread or g.groups != 1 or g.turnout < 1:
        yield "the crowd is drawn, or comes in parts"
    if len(g.itinerary) > 1 or g.routes:
        yield "the crowd marches on"
    if g.regroup > 0 or g.chance < 1:
        yield "the crowd may come back, or not come at all"
    if not _on_lattice(float(g.tension)):
        yield "tension is not exact in binary"
    if sector.official and (sector.official.promised != 0 or sector.official.staff or g.comes_as == "red"):
        yield "an official comes later, has staff, or finds a red crowd"


def list_restarts(instance: Instance, sector: Sector) -> Iterator[str]:
    """Name what makes the process of a sector begin, end or start again at a fixed time."""
    for w in sector.critical:
        if instance.minutes(w.start) != 0.0 or (instance.minutes(w.end) or 1440.0) < instance.period.minutes:
            yield "the process does not run all the time"
        if 0.0 < w.restart < instance.period.minutes:
            yield "the process starts again after a fixed time"
    if len(sector.critical) > 1:
        yield "several processes"


def _on_lattice(tension: float) -> bool:
    return float(tension) * LATTICE == math.floor(float(tension) * LATTICE)


# ---------------------------------------------------------------- from instance to chain


class Place:
    """One sector of an instance with its crowd, and what the law sees of it.

    Attributes
    ----------
    people : persons of the crowd.
    shares : militant share by phase.
    meant : share of the people who lose what they meant to take part in.
    """

    def __init__(self, instance: Instance, place: str) -> None:
        self.instance, self.law = instance, make_law(instance.law)
        self.sector = next(s for s in instance.sectors if s.id == place)
        self.crowd: Gathering = next(g for g in instance.gatherings if g.itinerary[0].sector == place)
        self.people, self.meant = float(round(float(self.crowd.turnout))), 1.0 - float(self.crowd.militant.green)
        self.shares = {name: float(getattr(self.crowd.militant, name)) for name in ("green", "yellow", "red")}
        self.runs = bool(self.sector.critical)
        self.starts_again = all(w.restart == 0 for w in self.sector.critical)

    def start(self) -> Situation:
        """Give the situation at minute 0: the whole crowd is there, and who comes in red has stopped talking."""
        phase = {"green": GREEN, "yellow": YELLOW, "red": RED}[self.crowd.comes_as]
        return Situation(phase, phase == RED, float(self.crowd.tension), phase == RED and self.runs)

    def view(self, teams: tuple[int, ...], at: Situation) -> View:
        """Assemble what the law sees in a situation; in head equivalents, by the words of docs/model.md section 3."""
        here = 0.0 if at.phase in (QUIET, DISPERSED) else self.people
        name = PHASES[at.phase]
        roles = {r.id: r for r in self.instance.roles}
        line = talk = care = arrest = traffic = visible = heads = acting = at_line = holding = 0.0
        for team, n in zip(self.instance.teams, teams, strict=True):
            role, count = roles[team.role], float(n * team.size)
            fit = count * float(team.fitness) if name in role.phases else 0.0
            line += fit * (float(getattr(role.containment, name)) if fit else 0.0)
            talk += fit * float(role.dialogue)
            care += fit * float(role.medical)
            arrest += fit * float(role.arrest)
            traffic += fit * float(role.traffic)
            visible += count * float(role.visibility)
            heads += count
            held = max(float(role.containment.green), float(role.containment.yellow), float(role.containment.red)) > 0.0
            holding += count if held else 0.0
            at_line += count if fit and float(getattr(role.containment, name)) > 0.0 else 0.0
            acting += count if name in role.phases else 0.0
        return View(
            phase=at.phase,
            people=here,
            tension=at.tension,
            share=self.shares[name] if here else 0.0,
            containment=line,
            dialogue=talk,
            visible=visible,
            medical=care,
            arrest=arrest,
            personnel=heads,
            public=float(self.sector.public),
            property=float(self.sector.property),
            records=float(self.sector.records),
            received=1.0 if self.sector.official and here else 0.0,
            marks=0.0,
            failed=1.0 if at.failed else 0.0,
            exit_open=1.0 if self.sector.exit_open and traffic >= self.sector.traffic_need else 0.0,
            spraying=0.0,
            water=0.0,
            liaison=1.0 if self.crowd.liaison and here else 0.0,
            stopped=1.0 if at.stopped else 0.0,
            critical=1.0 if self.runs else 0.0,
            exposed=at_line,
            behind=acting - at_line,
            sprayed=0.0,
            in_view=holding,
            taking_part=here * self.meant,
        )

    def harms(self, view: View, mood: Mood) -> tuple[float, ...]:
        """Give the harm per minute in a situation; who was dispersed misses each minute of what is left of the stay."""
        found = list(LAW.harms(self.law, view, mood))
        if view.phase == DISPERSED:
            found[PARTICIPATION] = self.people * self.meant / 60.0
        return tuple(found)

    def jumps(self, at: Situation, hazards: tuple[float, ...]) -> Iterator[tuple[Situation, float]]:
        """List where each clock leads, with its rate per minute."""
        after_red = at.stopped and not self.starts_again  # a process that starts again does so at once
        calmer = Situation(at.phase - 1, False, at.tension, after_red)
        goals = {
            WORSEN: Situation(at.phase + 1, at.failed, at.tension, at.stopped or (at.phase == YELLOW and self.runs)),
            FAIL: at._replace(failed=True),
            CALM: calmer,
            DISPERSE: Situation(DISPERSED, False, 0.0, after_red),
            COOL: at._replace(tension=max(0.0, at.tension - self.law.tension_step)),
            PROVOKE: at._replace(tension=min(1.0, at.tension + self.law.tension_step)),
        }
        for channel, goal in goals.items():
            if hazards[channel] > 0.0 and goal != at:
                yield goal, hazards[channel]


def make_chain(instance: Instance, configuration: Configuration) -> Chain:
    """Find every situation that can be reached from the first one, with the rates between them and the harms in each.

    Raises
    ------
    ValueError : the instance is not of this family.
    """
    if why := departures(instance):
        raise ValueError(f"{instance.name} is no Markov chain: {'; '.join(why)}")
    return _make_chain(Place(instance, configuration.place), configuration.teams)


def _make_chain(place: Place, teams: tuple[int, ...]) -> Chain:
    law: Law = place.law
    known = {place.start(): 0}
    rates: list[tuple[int, int, float]] = []
    harms = []
    for number, at in enumerate(todo := [place.start()]):
        view = place.view(teams, at)
        mood = LAW.mood(law, view)
        harms.append(place.harms(view, mood))
        for goal, rate in place.jumps(at, LAW.hazards(law, view, mood)):
            if goal not in known:
                known[goal] = len(todo)
                todo.append(goal)
            rates.append((number, known[goal], rate))
    generator = np.zeros((len(todo), len(todo)))
    for i, j, rate in rates:
        generator[i, j] += rate
        generator[i, i] -= rate
    return Chain(tuple(todo), generator, np.array(harms))


# ---------------------------------------------------------------- expected values


def stays(generator: Floats, minutes: float) -> Floats:
    """Give the expected minutes in each state until a time: the integral of e_0 expm(Q t).

    By uniformisation (Jensen 1953): with L the largest rate out of a state and N a Poisson number of mean L t, it is
    the sum over k of P(N > k) / L times e_0 (I + Q / L)^k. All terms are positive, so nothing cancels, and the relative
    error is that of a few hundred roundings.

    Raises
    ------
    ValueError : more than 600 jumps are expected.
    """
    rate = float(-generator.diagonal().min())
    here = np.zeros(len(generator))
    here[0] = 1.0
    if rate == 0.0:
        return here * minutes
    mean = rate * minutes
    if mean > LONGEST:
        raise ValueError(f"{mean:.0f} jumps are expected; at most {LONGEST:.0f} can be summed")
    terms = int(mean + 10.0 * math.sqrt(mean) + NEGLIGIBLE)
    poisson = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1.0, terms + 1.0)]))
    beyond = np.cumsum(poisson[::-1])[::-1][1:]  # P(N > k), summed from the small end
    step = np.eye(len(generator)) + generator / rate
    np.fill_diagonal(step, np.maximum(step.diagonal(), 0.0))
    total = np.zeros(len(generator))
    for weight in beyond * (minutes / beyond.sum()):
        total += weight * here
        here = here @ step
    return total


def expected_harms(instance: Instance, configuration: Configuration) -> Floats:
    """Give the expected harms of a sector with a configuration over the operational period, shape (harms,).

    Raises
    ------
    ValueError : the instance is not of this family.
    """
    chain = make_chain(instance, configuration)
    harms: Floats = stays(chain.generator, instance.period.minutes) @ chain.harms
    return harms


def exact_tables(instance: Instance) -> dict[str, ResponseTable]:
    """Tabulate the expected loss of every feasible configuration of every place; placement costs are not in it.

    Returns
    -------
    Table by place with one column, the mean, so that `programs.allocation.allocate` can use it as it stands.

    Raises
    ------
    ValueError : the instance is not of this family, or a place has more than 10,000 configurations.
    """
    if why := departures(instance):
        raise ValueError(f"{instance.name} is no Markov chain: {'; '.join(why)}")
    points, tables = np.array(weights(instance.objective)), {}
    sectors = {s.id for s in instance.sectors}
    for p in instance.places:
        options, complete = place_configurations(instance, p.id, MOST)
        if not complete:
            raise ValueError(f"{p.id} has more than {MOST:,} configurations")
        loss = np.zeros((len(options), 1))
        if p.id in sectors:
            place = Place(instance, p.id)
            chains = (_make_chain(place, c.teams) for c in options)
            loss[:, 0] = [stays(c.generator, instance.period.minutes) @ c.harms @ points for c in chains]
        tables[p.id] = ResponseTable(p.id, options, loss, True)
    return tables


def exact_value(instance: Instance, deployment: Deployment) -> float:
    """Give the true objective of any deployment, in points: expected loss and placement costs, without noise.

    Raises
    ------
    ValueError : the instance is not of this family.
    """
    points = np.array(weights(instance.objective))
    chosen = [configuration_of(instance, deployment, s.id) for s in instance.sectors]
    return placement_cost(instance, deployment) + sum(float(expected_harms(instance, c) @ points) for c in chosen)
