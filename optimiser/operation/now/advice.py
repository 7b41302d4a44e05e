"""What to do now: everything that can be done, held against staying as one is in the same futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Deployment
from optimiser.model.harms import by_name
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import RED, EscalationLaw
from optimiser.model.values.arguments import checked, within
from optimiser.operation.now.belief import Belief, believe
from optimiser.operation.now.candidates import OFTEN, Candidate, list_candidates, take_allowed, take_stock
from optimiser.operation.now.report import SituationReport
from optimiser.planning.evaluation import CONFIDENCE, Interval, estimate, subtract
from optimiser.simulation.engine import Floats, Ints
from optimiser.simulation.events import negligible
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.simulator import Outcome, Simulator
from optimiser.simulation.situations.moment import Order, list_tasks

FUTURES = 500  # that candidates are compared on
SCREENED = 100  # further futures that finalists are chosen on, so that choosing does not flatter them
FINALISTS = 8  # candidates that are held against staying; assumed
WORTH_DOING = 0.01  # share of the points of staying that advice must save; assumed
WORTH_SAYING = 0.02  # share of the gain that another sector must lose for it to be said; assumed


@dataclass(frozen=True)
class Option:
    """A candidate held against staying as one is.

    Attributes
    ----------
    loss : points, this less staying; below 0 it helps.
    injuries : injured people, this less staying.
    elsewhere : sectors that lose by it, with their points.
    enough : points that it must save at least to be worth the trouble.
    """

    candidate: Candidate
    loss: Interval
    injuries: Interval
    elsewhere: tuple[tuple[str, Interval], ...]

    enough: float

    @property
    def helps(self) -> bool:
        """Whether it is shown to help, by so much that it is worth the trouble."""
        return self.loss.high < 0.0 and self.loss.mean <= -self.enough


@dataclass(frozen=True)
class Gates:
    """Which gates of doctrine are shut against wide-area means where a water cannon stands; nothing is recommended."""

    sector: str
    shut: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """What to do now.

    Attributes
    ----------
    minute : of the report.
    futures : in which everything was compared.
    days, agree, kept : days simulated up to the report; those that contradict nothing of it; those gone on with.
    stay : points from now on to the end of all sectors, if one stays as one is and the plan goes on.
    injuries : people, likewise; both count what has been lost before as well.
    options : finalists, the one that helps most first.
    tried : candidates that were tried on further futures, of which the best are held against staying on these.
    refused : candidates that seemed to help and would break a rule of doctrine, with its code.
    level : confidence of each interval, so that all of them hold together.
    gates : where a water cannon stands.
    """

    instance: Instance
    deployment: Deployment
    report: SituationReport
    seed: int
    minute: float
    futures: int
    days: int
    agree: int
    kept: int
    stay: Interval
    injuries: Interval
    losses: Floats
    options: tuple[Option, ...]
    tried: int
    refused: tuple[tuple[Candidate, str], ...]
    level: float
    gates: tuple[Gates, ...]

    @property
    def best(self) -> Option | None:
        """What helps most; None where nothing is shown to help: stay as you are."""
        return next((option for option in self.options if option.helps), None)


@checked(futures=within(1, 100_000))
def advise(
    instance: Instance,
    deployment: Deployment,
    report: SituationReport,
    *,
    seed: int = 1,
    futures: int = FUTURES,
    law: EscalationLaw | str | None = None,
    workers: int = 1,
    simulator: Simulator | None = None,
) -> Advice:
    """Say what to do now.

    Parameters
    ----------
    deployment : the plan that the operation follows.
    report : what is known; what is not is drawn.
    futures : in which everything that can be done is held against staying.
    simulator : a warm one of this instance; one is made otherwise.

    Raises
    ------
    Unplayable : the deployment names what the instance does not have.
    """
    if simulator is None:
        with Simulator(instance, find_law(law), workers=workers) as own:
            return advise(instance, deployment, report, seed=seed, futures=futures, simulator=own)
    engine, plan = simulator.engine, deployment.numbers(instance)
    belief = believe(engine, instance, plan, report, futures + SCREENED, seed)
    rows = np.unique(belief.source)
    standing = take_stock(instance, belief.moment, rows, report)
    screen = slice(futures, None)
    stay = _play(simulator, belief, [()], screen)[0]
    losing = np.argsort(-stay.losses(instance).mean(axis=0), kind="stable").tolist()
    listed = list_candidates(instance, standing, losing, belief.moment.minute)
    tried = _play(simulator, belief, [one.orders for one in listed], screen) if listed else []
    losses = [_total(instance, outcome).mean() for outcome in tried]
    ranked = [
        listed[i] for i in np.argsort(losses, kind="stable").tolist() if losses[i] < _total(instance, stay).mean()
    ]
    finalists, refused = take_allowed(instance, standing, ranked, FINALISTS)
    first, *others = _play(simulator, belief, [(), *(one.orders for one in finalists)], slice(0, futures))
    level = 1.0 - (1.0 - CONFIDENCE) / max(1, len(finalists))
    options = [_compare(instance, one, o, first, level) for one, o in zip(finalists, others, strict=True)]
    options.sort(key=lambda option: option.loss.mean)
    total = _total(instance, first)
    return Advice(
        instance,
        deployment,
        report,
        seed,
        belief.moment.minute,
        futures,
        len(belief.moment),
        belief.agree,
        belief.kept,
        estimate(total),
        estimate(_harms(first)["injuries"]),
        total,
        tuple(options),
        len(listed),
        tuple(refused),
        level,
        tuple(_gates(instance, belief, rows, report)),
    )


def _play(simulator: Simulator, belief: Belief, given: Sequence[Sequence[Order]], part: slice) -> list[Outcome]:
    """Let futures go on with each list of orders; returns what each comes to."""
    source, column = belief.source[part], belief.column[part]
    tasks = list_tasks(source, column, belief.fresh, [(*belief.reported, *orders) for orders in given])
    played = simulator.engine.play_on(belief.moment, tasks, "everything")
    simulator.sector_replications += len(tasks.source) * len(simulator.instance.sectors)
    n = len(source)
    parts = [slice(i * n, (i + 1) * n) for i in range(len(given))]
    return [Outcome(played.harms[part], played.minutes[part], played.force[part]) for part in parts]


def _total(instance: Instance, outcome: Outcome) -> Floats:
    """Add points up over sectors as `evaluate` does."""
    total: Floats = outcome.losses(instance).sum(axis=1)
    return total


def _harms(outcome: Outcome) -> dict[str, Floats]:
    return by_name(outcome.harms.sum(axis=1))


def _compare(instance: Instance, one: Candidate, outcome: Outcome, stay: Outcome, level: float) -> Option:
    loss = estimate(subtract(_total(instance, outcome), _total(instance, stay)), level)
    injuries = estimate(subtract(_harms(outcome)["injuries"], _harms(stay)["injuries"]), level)
    by_sector = outcome.losses(instance) - stay.losses(instance)
    worse = []
    for s in np.argsort(-by_sector.mean(axis=0), kind="stable").tolist():
        if by_sector[:, s].mean() > WORTH_SAYING * abs(loss.mean) and instance.sectors[s].id != one.sector:
            worse.append((instance.sectors[s].id, estimate(by_sector[:, s], level)))
    enough = max(negligible(instance.objective), WORTH_DOING * float(_total(instance, stay).mean()))
    return Option(one, loss, injuries, tuple(worse), enough)


def _gates(instance: Instance, belief: Belief, rows: Ints, report: SituationReport) -> list[Gates]:
    """List the gates that are shut for certain where a water cannon stands, by what is reported or usual."""
    facts, moment = index_instance(instance), belief.moment
    reported = {one.id: one for one in report.sectors}
    standing, phase = moment.field("cannon_sector")[rows], moment.field("phase")[rows]
    exits = moment.field("exit_open")[rows].mean(axis=0)
    teams, found = moment.field("teams")[rows], []
    for s, sector in enumerate(instance.sectors):
        if not standing.shape[1] or (standing == s).any(axis=1).mean() <= OFTEN:
            continue
        one, shut = reported.get(sector.id), []
        red = (phase[:, s] == RED).mean() > OFTEN if one is None or one.phase is None else one.phase == "red"
        way = exits[s] > OFTEN if one is None or one.exit_open is None else one.exit_open
        care = np.median(teams[:, s], axis=0) @ np.array([row[RED] for row in facts.medical])
        if not red:
            shut.append("red")
        if not way:
            shut.append("exit")
        if care <= 0.0:
            shut.append("medics")
        found.append(Gates(sector.id, tuple(shut)))
    return found
