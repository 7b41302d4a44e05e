"""One deployment simulated for people to look at: one scenario event by event, and many for what to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.model.admission import playable
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.verdict import Verdict
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.planning.law_range import LEAST, LawRange, range_over_law
from optimiser.questions.pinned_plan import pinned_plan
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import REPORTING, Scenario, draw
from optimiser.simulation.simulator import Simulator
from optimiser.simulation.simulator import simulate as play_scenario


@dataclass(frozen=True)
class Rehearsal:
    """A simulated deployment.

    Attributes
    ----------
    verdict : of the checker; a deployment that breaks rules can be simulated all the same.
    scenario : number of the reporting scenario that the events are of.
    evaluation : over many reporting scenarios; None where only one was simulated.
    law_range : the deployment over the plausible constants of the law; None where that was not asked for
        and where scenarios are fewer than `law_range.LEAST`.
    """

    instance: Instance
    deployment: Deployment
    verdict: Verdict
    seed: int
    scenario: int
    events: Sequence[Event]
    evaluation: Evaluation | None
    law_range: LawRange | None = None


def rehearse(
    instance: Instance,
    deployment: Deployment,
    seed: int = 1,
    scenario: int = 0,
    scenarios: int = 0,
    workers: int = 1,
    law: EscalationLaw | str | None = None,
    over_law: bool = True,
) -> Rehearsal:
    """Simulate a deployment.

    Parameters
    ----------
    scenario : number of the reporting scenario to tell.
    scenarios : how many to evaluate besides; none if 0.
    workers : processes for these.
    law : of escalation, or the name of one that ships; the default one if None.
    over_law : whether to simulate it over the plausible constants of the law too, where there are enough scenarios.

    Raises
    ------
    Unplayable : the deployment names what the instance does not have, which would silently be left out.
    """
    verdict = playable(instance, deployment)
    events = list_events(instance, deployment, pick(instance, seed, scenario), law)
    evaluation, ranged = None, None
    if scenarios:
        fresh = draw(instance, seed, scenarios, REPORTING)
        with Simulator(instance, find_law(law), workers=workers) as simulator:
            evaluation = evaluate(simulator, deployment, fresh)
            if over_law and scenarios >= LEAST:
                ranged = range_over_law(simulator, deployment.numbers(instance)[None], fresh)
    return Rehearsal(instance, deployment, verdict, seed, scenario, events, evaluation, ranged)


def rehearse_pinned(
    instance: Instance, seed: int, scenarios: int, workers: int = 1, law: str | None = None
) -> Rehearsal | None:
    """Simulate the plan that pins fix entirely, whatever rules it breaks; None where they fix none, see `rehearse`."""
    plan = pinned_plan(instance)
    return rehearse(instance, plan, seed, 0, scenarios, workers, law) if plan is not None else None


def pick(instance: Instance, seed: int, number: int, uncertain: bool = False) -> Scenario:
    """Draw one reporting scenario by its number; it is the same whatever the size of its set."""
    return draw(instance, seed, number + 1, REPORTING, uncertain)[number]


def list_events(
    instance: Instance,
    deployment: Deployment,
    scenario: Scenario,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
) -> Sequence[Event]:
    """Return the event log of one deployment in one scenario."""
    return play_scenario(instance, deployment, scenario, law=find_law(law), dispatch=dispatch)[1]
