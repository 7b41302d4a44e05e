"""The answer to a what-if: which teams move, which harms change, by how much, and how sure that is.

Three plays on the same random numbers: the plan before the change, the same plan after it, and the plan that is best
then. Their differences tell what the change does to those who do not move, and what moving brings.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.admission import playable
from optimiser.arguments import a, checked, maybe
from optimiser.certificate import Certificate
from optimiser.changes import WhatIf
from optimiser.checker import check
from optimiser.deployment import Deployment
from optimiser.engine import EngineName
from optimiser.errors import Mismatch, OptimiserError
from optimiser.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.feasibility import nearest_to
from optimiser.handrules import NODES, candidates
from optimiser.instance import Instance
from optimiser.loop import search
from optimiser.message import Message
from optimiser.moves import Move, list_moves
from optimiser.planning import Clock, certificate_of
from optimiser.processors import processors
from optimiser.progress import Watcher
from optimiser.scenario import PLANNING, REPORTING, draw, draw_set
from optimiser.search import Search
from optimiser.simulation import Simulator
from optimiser.solution import Settings
from optimiser.solver import SolverName
from optimiser.stop import after_seconds
from optimiser.variant import apply
from optimiser.verdict import Verdict

BUDGET = 100_000  # joint replications of the search for an answer: it begins at a good plan; assumed
IDLE = 0.005  # points on the planning scenarios: a move that brings no more is taken back; assumed
DECIDING = "deciding"  # name of the set of scenarios on which moving is weighed against staying


@dataclass(frozen=True)
class Answer:
    """What a what-if comes to.

    Attributes
    ----------
    instance, changed : the problem before and after.
    before : the plan that was asked about, before the change.
    broken : what the checker says of the same plan after the change.
    kept : the plan as far as it can be kept after the change: itself where it is still allowed, else the nearest one.
    after : the best plan that was found after the change; it passed the checker.
    change : after less before, paired: all that the change comes to.
    suffered : kept less before, paired: what the change does where nobody moves who need not.
    gained : after less kept, paired: what moving brings.
    anyway : after less before, both without the change: what the same moves bring where nothing has changed, which is
        not owed to the change. None where nobody moves or the moves are not allowed then.
    moves : from before to after.
    certificate : of the plan after the change.
    """

    whatif: WhatIf
    instance: Instance
    changed: Instance
    before: Evaluation
    broken: Verdict
    kept: Evaluation
    after: Evaluation
    change: Comparison
    suffered: Comparison
    gained: Comparison
    anyway: Comparison | None
    moves: tuple[Move, ...]
    certificate: Certificate
    settings: Settings
    replayable: bool
    interrupted: bool

    @property
    def deployment(self) -> Deployment:
        """The plan after the change."""
        return self.after.deployment


@checked(plan=a(Deployment), whatif=a(WhatIf), simulator=maybe(a(Simulator)))
def whatif(
    instance: Instance,
    plan: Deployment,
    whatif: WhatIf,
    *,
    seed: int = 1,
    scenarios: int = 500,
    reporting: int | None = None,
    solver: SolverName = "highs",
    workers: int | None = None,
    seconds: float | None = None,
    budget: int = BUDGET,
    engine: EngineName = "auto",
    watcher: Watcher | None = None,
    simulator: Simulator | None = None,
) -> Answer:
    """Answer a what-if about a plan.

    The search begins at the plan. Where it ends at another one without a proof, both are played in further scenarios of
    their own, and nobody is moved unless fewer points are lost there too: what is best on the scenarios it was chosen
    on flatters itself, and moving has a price that no figure shows.

    Parameters
    ----------
    plan : what is planned now, from here or by hand; it need not be optimal, nor allowed.
    seed, scenarios, reporting, solver, workers, seconds, engine : see `optimiser.optimise`.
    budget : joint replications of the search.
    simulator : of the instance; what it remembers is used where the change leaves every replication as it was, such as
        a pin, a lost vehicle or another cap. It is left open.

    Raises
    ------
    Unplayable : the plan names what the instance does not have.
    Mismatch : the simulator is of another instance.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    InputFault : the what-if does not fit the instance.
    Infeasible : it is proved that after the change no deployment meets the requirements.
    NoPlan : none was found within the limits.
    """
    watcher = watcher or Watcher()
    playable(instance, plan)
    changed = apply(instance, whatif, plan)
    watcher.started(f"{instance.title}: {whatif.title}")
    broken = check(changed, plan)
    kept = plan if broken.passed else nearest_to(changed, plan, nodes=NODES)
    workers = workers or processors()
    base = _base(instance, simulator) or Simulator(instance, workers=workers, engine=engine, tell=watcher.compiling)
    turned = base.turn_to(changed)
    other = turned or Simulator(changed, workers=workers, engine=engine, tell=watcher.compiling)
    try:
        settings = Settings(
            seed, scenarios, reporting or 2 * scenarios, solver, other.law.name, budget, other.engine.name
        )
        first = {Message("kept"): kept, **candidates(changed)}
        clock = Clock(after_seconds(float("inf") if seconds is None else seconds))
        planning = draw(changed, seed, scenarios, PLANNING)
        found = search(other, planning, first, clock, watcher, solver, seconds, budget)
        chosen, certificate = found.deployment, certificate_of(changed, found, clock.rang)
        if certificate.kind != "proved-optimal" and not _worth_moving(other, kept, chosen, settings):
            found.best = kept.numbers(changed)
            found.value = found.worth(found.best)
            chosen, certificate = kept, certificate_of(changed, found, clock.rang)
        else:
            chosen = _undo_idle(other, found, kept, chosen, 0.0 if certificate.kind == "proved-optimal" else IDLE)
            certificate = certificate_of(changed, found, clock.rang)
        verdict = check(changed, chosen)
        if not verdict.passed:
            raise OptimiserError(f"the loop made a deployment that the checker refuses: {verdict.sentence()}")
        watcher.reporting(Message("plan before and after"))
        usual = draw(instance, seed, settings.reporting, REPORTING)
        then = evaluate(base, plan, usual)
        fresh = draw(changed, seed, settings.reporting, REPORTING)
        still, now = evaluate(other, kept, fresh), evaluate(other, chosen, fresh)
        moves = list_moves(changed, plan, chosen)
        free = bool(moves) and check(instance, chosen).passed
        anyway = compare(evaluate(base, chosen, usual), then) if free else None
    finally:
        if turned is None:
            other.close()
        if simulator is None:
            base.close()
    return Answer(
        whatif=whatif,
        instance=instance,
        changed=changed,
        before=then,
        broken=broken,
        kept=still,
        after=now,
        change=compare(now, then),
        suffered=compare(still, then),
        gained=compare(now, still),
        anyway=anyway,
        moves=moves,
        certificate=certificate,
        settings=settings,
        replayable=not (found.by_clock or clock.rang or found.interrupted),
        interrupted=found.interrupted,
    )


def _base(instance: Instance, simulator: Simulator | None) -> Simulator | None:
    """Turn the simulator that is given to the instance, so that what is played carries its name and limits."""
    if simulator is None or simulator.instance is instance:
        return simulator
    turned = simulator.turn_to(instance)
    if turned is None:
        raise Mismatch(
            Message("the simulator is of another instance, or of '{name}' before it was changed", name=instance.name)
        )
    return turned


def _worth_moving(simulator: Simulator, kept: Deployment, found: Deployment, settings: Settings) -> bool:
    """Tell whether another plan costs less than the one that is kept, on scenarios of their own."""
    scenarios = draw_set(simulator.instance, settings.seed, settings.reporting, DECIDING)
    return evaluate(simulator, found, scenarios).objective < evaluate(simulator, kept, scenarios).objective


def _undo_idle(simulator: Simulator, found: Search, kept: Deployment, plan: Deployment, idle: float) -> Deployment:
    """Take back moves that bring next to nothing: a briefing should name those that matter."""
    instance = simulator.instance
    kinds = {kind: k for k, kind in enumerate([*(t.id for t in instance.teams), *(v.id for v in instance.vehicles)])}
    places = {place.id: p for p, place in enumerate(instance.places)}
    for move in list_moves(instance, kept, plan):
        numbers, k = plan.numbers(instance), kinds[move.what]
        if move.goal:
            numbers[places[move.goal], k] -= move.number
        if move.origin:
            numbers[places[move.origin], k] += move.number
        fewer = Deployment.of_numbers(instance, numbers, plan.title)
        if check(instance, fewer).passed and (worth := found.worth(numbers)) <= found.value + idle:
            plan, found.best, found.value = fewer, numbers, worth
    return plan
