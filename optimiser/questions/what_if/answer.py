"""The answer to a what-if: which teams move, which harms change, by how much, and how sure that is.

Three evaluations on the same random numbers: the plan before the change, the same plan after it, and the plan that is
best then. Their differences tell what the change does to those who do not move, and what moving brings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.files.apply_whatif import apply
from optimiser.files.examination import examine, list_new, tell_shift
from optimiser.model.admission import playable
from optimiser.model.cautions import Caution
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.moves import Move, list_moves
from optimiser.model.values.arguments import a, checked, maybe
from optimiser.model.verdict import Verdict
from optimiser.model.whatif import WhatIf
from optimiser.planning.assessment import certificate_of, verified
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.law_range import LawRange, play_over_law, summarise_draws
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import NODES, candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.settings import Effort, Means, default_reporting
from optimiser.planning.solution import Settings
from optimiser.questions.what_if.assembly import Assembly, compare_assembly
from optimiser.questions.what_if.assumptions import tell_assumed, tell_counted
from optimiser.questions.what_if.decision import decide, helps, keep_allowed
from optimiser.questions.what_if.differences import Difference, list_differences
from optimiser.questions.what_if.obstacles import Obstacle, find_obstacles
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.simulator import Simulator

BUDGET = 80_000  # joint replications of the search for an answer: it begins at a good plan; assumed
DECIDING = "deciding"  # name of the set of scenarios on which moving is weighed against staying
WEIGHED = 5  # scenarios of that set for each planning one, never more than report; assumed


@dataclass(frozen=True)
class Answer:
    """What a what-if comes to.

    Attributes
    ----------
    instance, changed : the problem before and after.
    before : the plan that was asked about, before the change.
    broken : what the checker says of the same plan after the change.
    kept : the plan as far as it can be kept after the change: itself where it is still allowed, else the nearest one.
    after : the plan that is advised after the change: the best one that was found, as far as moving is shown to help,
        else the kept one; it passed the checker.
    change : after less before, paired: all that the change comes to.
    suffered : kept less before, paired: what the change does where nobody moves who need not.
    gained : after less kept, paired: what moving brings.
    anyway : after less before, both without the change: what the same moves bring where nothing has changed, which is
        not owed to the change. None where nobody moves or the moves are not allowed then.
    moves : from before to after.
    forced : from before to kept: the fewest without which the plan would break a rule after the change.
    advised : from kept to after: further moves, which are shown to help; none where the advice is to stay.
    obstacles : changes that have no effect on who stands where, and why: met already, or kept back by other limits.
    certificate : of the plan after the change.
    law_range : before, kept and after over the plausible constants of the law; suffered, gained and change there.
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
    forced: tuple[Move, ...]
    advised: tuple[Move, ...]
    obstacles: tuple[Obstacle, ...]
    certificate: Certificate
    settings: Settings
    replayable: bool
    interrupted: bool
    law_range: LawRange

    @property
    def stays(self) -> bool:
        """Whether the advice is to stay: nobody moves but those whom the change forces to."""
        return not self.advised

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What was changed, from what to what, field by field."""
        return list_differences(self.instance, self.changed)

    @property
    def assumed(self) -> tuple[Message, ...]:
        """What the changes assume and count, in sentences with the source of each number; empty where nothing is."""
        counted = tell_counted(self.instance, self.changed, self.deployment)
        return (*tell_assumed(self.whatif, self.instance, self.changed), *counted)

    @property
    def assembly(self) -> Assembly | None:
        """Who assembles before and after the change; None where that is the same."""
        return compare_assembly(self.before, self.kept)

    @property
    def deployment(self) -> Deployment:
        """The plan after the change."""
        return self.after.deployment

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What the change makes unusual that was not so before, such as a closure on the way of a march.

        A translation that nothing needs any more is nothing to look at.
        """
        new = list_new(examine(self.instance), examine(self.changed))
        return tuple(caution for caution in new if caution.code != "unused-text")

    @property
    def not_counted(self) -> Message | None:
        """What the change moves over the end of the period, or back before it, in one sentence; None where nothing."""
        return tell_shift(self.instance, self.changed)


@checked(plan=a(Deployment), whatif=a(WhatIf), simulator=maybe(a(Simulator)))
def whatif(
    instance: Instance,
    plan: Deployment,
    whatif: WhatIf,
    *,
    seed: int = 1,
    scenarios: int = 1000,
    reporting: int | None = None,
    solver: SolverName = "highs",
    workers: int | None = None,
    seconds: float | None = None,
    budget: int = BUDGET,
    engine: EngineName = "auto",
    watcher: Watcher | None = None,
    simulator: Simulator | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    uncertain: bool = False,
) -> Answer:
    """Answer a what-if about a plan.

    The search begins at the plan. Where it ends at another one, both are simulated in further scenarios of their own,
    and nobody is moved who need not unless that is shown to help there and in the reporting scenarios too: what is best
    on the scenarios it was chosen on is not so good on others, and moving has a price that no figure shows. See
    `decision.decide`.

    Parameters
    ----------
    plan : what is planned now, from here or by hand; it need not be optimal, nor allowed.
    seed, scenarios, reporting, solver, workers, seconds, engine, uncertain : see `optimiser.optimise`.
    budget : joint replications of the search.
    simulator : of the instance; what it remembers is used where the change leaves every replication as it was, such as
        a pin, a lost vehicle or another cap. It is left open, and its law and dispatch rule are those of the answer.
    law, dispatch : exchangeable parts of the simulation, before and after the change; not beside a simulator.

    Raises
    ------
    ValueError : law or dispatch rule beside a simulator that has another one.
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
    effort = Effort(scenarios, reporting or default_reporting(instance, scenarios), budget, seconds, seed, uncertain)
    means = Means.of(law, dispatch, engine, workers, solver)
    left = plan.leave_out_strange(changed)  # a gathering that is taken away takes its accompaniment along
    kept = keep_allowed(changed, left, NODES)
    if simulator is not None:
        if law not in (None, simulator.law) or dispatch not in (send_nearest, simulator.dispatch):
            raise ValueError("the simulator has another law or dispatch rule")
        means = replace(means, law=simulator.law, dispatch=simulator.dispatch)
    with _two_simulators(instance, changed, simulator, means, watcher) as (base, other):
        own: dict[str, Deployment] = {Message("kept"): kept}
        planning = draw_planning(other, effort, own)
        state = search(
            other,
            planning,
            {**own, **candidates(changed)},
            watcher=watcher,
            solver=solver,
            seconds=seconds,
            budget=budget,
            spent=other.replications,
            near=True,
        )
        evaluations = _evaluate(state, base, plan, kept, effort, watcher)
        ranged = _range_over_law(base, other, evaluations, watcher)
        settings = Settings.of(effort, means, other)
    moves = list_moves(changed, plan, evaluations.after.deployment)
    suffered = compare(evaluations.kept, evaluations.before)
    stays = evaluations.after is evaluations.kept
    return Answer(
        whatif=whatif,
        instance=instance,
        changed=changed,
        before=evaluations.before,
        broken=check(changed, left),
        kept=evaluations.kept,
        after=evaluations.after,
        change=suffered if stays else compare(evaluations.after, evaluations.before),
        suffered=suffered,
        gained=compare(evaluations.after, evaluations.kept),
        anyway=compare(evaluations.unchanged, evaluations.before) if evaluations.unchanged is not None else None,
        moves=moves,
        forced=list_moves(changed, plan, kept),
        advised=list_moves(changed, kept, evaluations.after.deployment),
        obstacles=find_obstacles(instance, changed, left, evaluations.after.deployment),
        certificate=certificate_of(state),
        settings=settings,
        replayable=state.replayable,
        interrupted=state.interrupted,
        law_range=ranged,
    )


@dataclass(frozen=True)
class _Evaluations:
    """The evaluations that an answer compares, on the reporting scenarios.

    Attributes
    ----------
    before, unchanged : without the change, the plan that was asked about and the advised one; None where that is the
        same or not allowed then.
    kept, after : after the change, the plan as far as it can be kept and the advised one.
    """

    before: Evaluation
    kept: Evaluation
    after: Evaluation
    unchanged: Evaluation | None


def _evaluate(
    state: Search, base: Simulator, plan: Deployment, kept: Deployment, effort: Effort, watcher: Watcher
) -> _Evaluations:
    """Decide which moves of a search are advised, and evaluate the plans; the advised one becomes the search's best.

    Parameters
    ----------
    base : simulator of the instance without the change.
    """
    simulator, changed, instance = state.simulator, state.simulator.instance, base.instance
    weighed = min(effort.reporting, WEIGHED * effort.scenarios)
    advised = decide(state, kept, effort.another_set(changed, DECIDING, weighed))
    verified(changed, advised)
    watcher.reporting(Message("plan before and after"))
    usual = effort.reporting_set(instance)
    before = evaluate(base, plan, usual)
    fresh = effort.reporting_set(changed)
    still = evaluate(simulator, kept, fresh)
    after = still if advised == kept else evaluate(simulator, advised, fresh)
    gained = compare(after, still)
    if not helps(gained.loss, gained.objective):  # what is said of moving is said of these scenarios
        advised, after = kept, still
    state.best = advised.numbers(changed)
    state.value = state.worth(state.best)
    free = bool(list_moves(changed, plan, advised)) and check(instance, advised).passed
    return _Evaluations(before, still, after, evaluate(base, advised, usual) if free else None)


def _range_over_law(base: Simulator, other: Simulator, played: _Evaluations, watcher: Watcher) -> LawRange:
    """Simulate the three plans over the plausible constants of the law, each of the instance that it is judged in."""
    watcher.reporting(Message("the plausible constants of the law"))
    losses, constants = [], 0
    for simulator, evaluations in ((base, (played.before,)), (other, (played.kept, played.after))):
        plans = np.stack([one.deployment.numbers(simulator.instance) for one in evaluations])
        found, constants = play_over_law(simulator, plans, evaluations[0].played.scenarios)
        losses.append(found)
    return summarise_draws(np.concatenate(losses, axis=1), ((1, 0), (2, 1), (2, 0)), constants)


@contextmanager
def _two_simulators(
    instance: Instance, changed: Instance, given: Simulator | None, means: Means, watcher: Watcher
) -> Iterator[tuple[Simulator, Simulator]]:
    """Open simulators of an instance before and after a change; they share what they can, and one that is given."""
    base = _base(instance, given) or means.simulator(instance, watcher)
    turned = base.turn_to(changed)
    other = turned or means.simulator(changed, watcher)
    try:
        yield base, other
    finally:
        if turned is None:
            other.close()
        if given is None:
            base.close()


def _base(instance: Instance, simulator: Simulator | None) -> Simulator | None:
    """Turn the simulator that is given to the instance, so that what is simulated carries its name and limits."""
    if simulator is None or simulator.instance is instance:
        return simulator
    turned = simulator.turn_to(instance)
    if turned is None:
        raise Mismatch(
            Message("the simulator is of another instance, or of '{name}' before it was changed", name=instance.name)
        )
    return turned
