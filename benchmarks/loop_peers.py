"""What the loop is measured against besides hand rules: an integer program without simulation, and trying everything.

The program is what a planner writes who has a solver and no simulation: cover what the expected crowd asks for, the
riskiest sectors first, keep a share in reserve, and keep every hard requirement. It knows the law's constants as far as
they say how much is enough, and nothing of what happens in the course of a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from optimiser import Deployment, Instance, Scenarios, Simulator
from optimiser.common.errors import NoPlan
from optimiser.model.deployment import Numbers
from optimiser.model.laws.constants import make_law
from optimiser.planning.programs.configurations import cost_matrix
from optimiser.planning.programs.feasibility import Limits, add_number, constrain
from optimiser.planning.programs.feasibility import Numbers as Variables
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.programs.requirements import Frame, require
from optimiser.planning.search.hand_rules import expected_active, expected_risk
from optimiser.planning.search.response_tables import interplay

Floats = NDArray[np.float64]
STEPS = ((0.5, 2.0), (0.5, 1.0))  # parts of a demand with what they are worth: the first half counts double; assumed
WORTH = {"containment": 1.0, "dialogue": 1.0, "medical": 0.5, "traffic": 0.5}  # of a demand that is met; assumed
RESERVE = 0.25  # share of the containment that all sectors ask for which is to wait at posts; assumed
USED = 1e-4  # share of the worth of everything that each unit placed costs, so that none stands there for nothing
GAP, SECONDS = 0.001, 60.0  # of the program
MANY = 3_000_000  # combinations of configurations that are looked at one by one at most
PLAYED = 25_000  # feasible deployments that are simulated jointly at most
AT_ONCE = 20_000  # combinations at a time


# ---------------------------------------------------------------- a program without simulation


def demands(instance: Instance) -> dict[str, Floats]:
    """Give what sectors ask for by ability, in head equivalents, shape (sectors,); 0 where nobody is expected.

    Containment so that perceived risk reaches what doctrine requires, dialogue and medical care for two thirds of their
    gain with everybody there at once, traffic so that the exit is open.
    """
    law, required = make_law(instance.law), float(instance.doctrine.required_risk)
    people = dict.fromkeys((s.id for s in instance.sectors), 0.0)
    for gathering in instance.gatherings:
        for stop in gathering.itinerary:
            people[stop.sector] += float(gathering.turnout)
    crowd = np.array(list(people.values()))
    traffic = np.array([float(s.traffic_need) for s in instance.sectors])
    return {
        "containment": expected_active(instance) * -math.log(max(1e-9, 1.0 - required)) / law.arrest_k,
        "dialogue": 2.0 * law.dialogue_half * crowd,
        "medical": 2.0 * law.medical_half * crowd,
        "traffic": np.where(crowd > 0.0, traffic, 0.0),
    }


def abilities(instance: Instance) -> dict[str, Floats]:
    """Give what one unit of each kind has of each ability up to yellow, in head equivalents, shape (kinds,).

    Where a crowd comes in red, what acts in red counts as well.
    """
    roles = {role.id: role for role in instance.roles}
    early = {"green", "yellow", *(g.comes_as for g in instance.gatherings)}
    found: dict[str, Floats] = {}
    for name in WORTH:
        values = []
        for team in instance.teams:
            role, heads = roles[team.role], float(team.size) * float(team.fitness)
            phases = early & set(role.phases)
            if name == "containment":
                values.append(heads * max((float(getattr(role.containment, phase)) for phase in phases), default=0.0))
            else:
                values.append(heads * float(getattr(role, name)) if phases else 0.0)
        for vehicle in instance.vehicles:
            own = {"containment": float(vehicle.containment.yellow), "medical": float(vehicle.medical)}
            values.append(own.get(name, 0.0))
        found[name] = np.array(values)
    return found


def static_program(instance: Instance) -> Deployment:
    """Cover what the expected crowd asks for, weighted by risk, without any simulation.

    Raises
    ------
    NoPlan : none was found within the limits.
    """
    frame = Frame.of(instance)
    problem = pulp.LpProblem("static", pulp.LpMinimize)
    numbers = {
        (p, k): add_number(problem, (p, k), int(kind.count))
        for p in range(len(instance.places))
        for k, kind in enumerate(frame.kinds)
        if kind.count and frame.may_stand(p, k)
    }
    constrain(problem, numbers, (row for requirement in require(instance) for row in requirement.rows))
    risk, asked, able = expected_risk(instance), demands(instance), abilities(instance)
    terms: dict[pulp.LpVariable, float] = dict.fromkeys(numbers.values(), USED * float(risk.sum()))
    for name, worth in WORTH.items():
        for s in np.flatnonzero((asked[name] > 0.0) & (risk > 0.0)).tolist():
            _cover(problem, terms, f"{name}{s}", [s], numbers, able[name] / asked[name][s], worth * float(risk[s]))
    wanted, posts = RESERVE * float(asked["containment"].sum()), list(frame.posts)
    if wanted > 0.0 and posts:
        waiting = np.array([_callable(frame, k) for k in range(len(frame.kinds))])
        _cover(problem, terms, "reserve", posts, numbers, waiting / wanted, RESERVE * float(risk.sum()))
    problem.setObjective(pulp.LpAffineExpression(terms))
    answer = Limits.of("highs", SECONDS, None, GAP).run(problem)
    if answer.values is None:
        raise NoPlan(f"the program without simulation found nothing; {answer.words}")
    plan = np.zeros((len(instance.places), len(frame.kinds)), dtype=np.int64)
    for cell, number in numbers.items():
        plan[cell] = round(answer.values[number.name])
    return Deployment.of_numbers(instance, plan, "static program")


def _callable(frame: Frame, k: int) -> float:
    """Containment of one unit that a sector may call from a post, in its best phase."""
    if k not in frame.callables:
        return 0.0
    team = frame.instance.teams[k]
    holds = frame.roles[team.role].containment
    return float(max(holds.yellow, holds.red)) * float(team.size) * float(team.fitness)


def _cover(
    problem: pulp.LpProblem,
    terms: dict[pulp.LpVariable, float],
    name: str,
    places: list[int],
    numbers: Variables,
    share: Floats,
    worth: float,
) -> None:
    """Reward the part of a demand that is met at some places together; `share` is what one unit of a kind meets."""
    parts = [problem.add_variable(f"{name}_{i}", 0, size) for i, (size, _) in enumerate(STEPS)]
    total = sum(size * value for size, value in STEPS)
    terms.update({part: -worth * value / total for part, (_, value) in zip(parts, STEPS, strict=True)})
    met = {numbers[p, k]: float(share[k]) for p in places for k in np.flatnonzero(share).tolist() if (p, k) in numbers}
    problem += pulp.LpAffineExpression({**dict.fromkeys(parts, 1.0), **{n: -c for n, c in met.items()}}) <= 0.0


# ---------------------------------------------------------------- trying everything


@dataclass(frozen=True)
class Everything:
    """The best of all feasible deployments on one set of scenarios.

    Attributes
    ----------
    deployments : how many there are.
    value : objective of the best, in points.
    """

    deployments: int
    value: float


def try_everything(simulator: Simulator, scenarios: Scenarios) -> Everything | None:
    """Value every feasible deployment; None where there are too many, or where not the mean alone counts.

    Where sectors do not influence each other every sector is simulated with each of its configurations, and the losses
    of a deployment are added up; elsewhere every deployment is simulated as a whole. No bound is used.
    """
    instance = simulator.instance
    rules = Rules(instance)
    apart = not interplay(instance)
    grids = [local.grid(MANY) for local in rules.local]
    if instance.objective.tail_weight > 0.0 or any(grid is None for grid in grids):
        return None
    if math.prod(len(g) for g in grids if g is not None) > MANY:
        return None
    listed = [grid for grid in grids if grid is not None]
    chosen = _first(_feasible(rules, listed), MANY if apart else PLAYED)
    if chosen is None:
        return None
    numbers = np.stack([grid[chosen[:, p]] for p, grid in enumerate(listed)], axis=1)
    value = np.tensordot(numbers, cost_matrix(instance), axes=2)
    if apart:
        for p, grid in enumerate(listed[: len(instance.sectors)]):
            value = value + _alone(simulator, scenarios, p, grid)[chosen[:, p]]
    else:
        value = value + simulator.totals(numbers, scenarios).mean(axis=1)
    return Everything(len(chosen), float(value.min()))


def _feasible(rules: Rules, grids: list[Numbers]) -> Iterator[NDArray[np.int64]]:
    """Give the feasible combinations of configurations, as indices, shape (deployments, places), part by part."""
    matrix = np.zeros((rules.places * rules.kinds, len(rules.least)), dtype=np.int64)
    matrix[rules.cell, rules.row] = rules.coefficient
    use = [grid @ matrix[p * rules.kinds : (p + 1) * rules.kinds] for p, grid in enumerate(grids)]
    shape = tuple(len(grid) for grid in grids)

    for first in range(0, math.prod(shape), AT_ONCE):
        index = np.array(np.unravel_index(np.arange(first, min(first + AT_ONCE, math.prod(shape))), shape))
        total = sum(use[p][index[p]] for p in range(len(grids)))
        yield index[:, np.all((total >= rules.least) & (total <= rules.most), axis=1)].T


def _first(parts: Iterator[NDArray[np.int64]], most: int) -> NDArray[np.int64] | None:
    """Put parts together; None as soon as there are more than so many."""
    found, count = [], 0
    for part in parts:
        found.append(part)
        count += len(part)
        if count > most:
            return None
    return np.concatenate(found)


def _alone(simulator: Simulator, scenarios: Scenarios, sector: int, grid: Numbers) -> Floats:
    """Mean loss of one sector with each configuration, the others empty, in points; no rules are looked at."""
    plans = np.zeros((len(grid), len(simulator.instance.places), grid.shape[1]), dtype=np.int64)
    plans[:, sector] = grid
    rows, columns = (part.ravel() for part in np.indices((len(grid), len(scenarios))))
    played = simulator.engine.play(plans, rows, columns, scenarios, "sectors")
    return np.asarray(played.loss[:, sector].reshape(len(grid), len(scenarios)).mean(axis=1))
