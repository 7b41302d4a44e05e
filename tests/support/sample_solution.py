"""A solution of the small town made without searching, for tests of what writes and shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.town import posted, town

from optimiser.common.progress import Progress
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import Interval, compare, evaluate
from optimiser.planning.law_range import Band, LawRange, RangedDifference
from optimiser.planning.margins import Margin
from optimiser.planning.solution import Alternative, Lever, Settings, Solution
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

SCENARIOS = 12


def town_values(**changes: Any) -> dict[str, Any]:
    """Give the town as it stands in a file: there a role may not be called like a kind of team."""
    data = town(**changes).model_dump(mode="json")
    for role in data["roles"]:
        role["id"] += "-role"
    for part in (*data["teams"], *data["vehicles"]):
        for field in ("role", "crew_role", "escort_role"):
            if part.get(field):
                part[field] += "-role"
    return data


def solved(instance: Instance | None = None, plan: Deployment | None = None, **changes: Any) -> Solution:
    """Evaluate the town's deployment against an empty one and one that breaks a rule; `changes` replace parts."""
    instance = instance or town()
    plan = plan or posted(instance)
    none = Deployment(instance=instance.name, title="nobody")
    broken = Deployment.build(instance, {(instance.sectors[1].id, instance.teams[0].id): 99}, {}, "too many")
    with Simulator(instance) as simulator:
        fresh = draw(instance, 1, SCENARIOS, REPORTING)
        evaluation = evaluate(simulator, plan, fresh)
        others = {name: evaluate(simulator, d, fresh) for name, d in (("nobody", none), ("historical", broken))}
    alternatives = tuple(
        Alternative(name, e, compare(evaluation, e), check(instance, e.deployment)) for name, e in others.items()
    )
    history = (
        Progress(1, 30.0, 0.0, 1.0, 500, 1.25, 0, False, "moved, 2 points better"),
        Progress(2, 28.5, 0.0, 1.0, 900, 2.5, 0, True, "no exchange promises more"),
    )
    whole = Solution(
        instance=instance,
        deployment=plan,
        planning_objective=28.5,
        evaluation=evaluation,
        alternatives=alternatives,
        levers=(Lever(instance.sectors[1].id, 20.0, compare(evaluation, evaluation)),),
        margins=(
            Margin("kpu", "rope", -1, Interval(0.8123, 0.2, SCENARIOS, 99), held=False, why=""),
            Margin("kpu", "rope", 1, Interval(-0.2, 0.1, SCENARIOS, 99), held=False, why=""),
            Margin("kpu", "care", 1, Interval(0.1, 0.05, SCENARIOS, 99), held=True, why=""),
            Margin("terminal", "rope", -1, Interval(-0.1, 0.05, SCENARIOS, 99), held=False, why=""),
            Margin("terminal", "rope", 1, None, held=False, why="staging capacity"),
        ),
        certificate=Certificate("bound-only", 28.5, 0.0, 1.0, 200, ("sectors share reserve",), 40),
        verdict=check(instance, plan),
        history=history,
        settings=Settings(1, 200, SCENARIOS, "highs", DefaultLaw.name, 40_000, "compiled"),
        replayable=True,
        interrupted=False,
        law_range=LawRange(
            40,
            10,
            60,
            (Band(1.25, 83.0), Band(2.5, 90.0), Band(1.5, 70.0)),
            (
                RangedDifference(Band(-12.5, 3.5), 0.825, 0.45, 0.0),
                RangedDifference(Band(-4.5, 13.5), 0.55, 0.3, 0.025),
            ),
        ),
    )
    return replace(whole, **changes)
