"""Feasible at all? The deployment nearest to what is wanted, and why there is none where there is none.

Both are small integer programs over the rows of `programs.requirements`, without any simulation. Variables are named by
index, because PuLP renames what it does not like and may so give two variables one name.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pulp

from optimiser.common.errors import Infeasible, NoPlan, SolverFailure
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs.requirements import MOST, Cell, Frame, Requirement, Row, require
from optimiser.planning.programs.solver import SolverAnswer, SolverName, Termination, solve

LARGE = 5_000  # numbers, from which on `nearest` has fewer variables; assumed: below, ties fall as they always have


@dataclass(frozen=True)
class Limits:
    """What every run of the solver is given."""

    solver: SolverName
    nodes: int | None
    gap: float
    isolated: bool
    deadline: float | None
    presolve: bool = True

    @classmethod
    def of(
        cls, solver: SolverName, seconds: float | None, nodes: int | None, gap: float = 0.0, isolated: bool = False
    ) -> Limits:
        return cls(solver, nodes, gap, isolated, None if seconds is None else time.monotonic() + seconds)

    def run(self, problem: pulp.LpProblem) -> SolverAnswer:
        """Solve within what is left of the time.

        Raises
        ------
        SolverFailure : the solver ended with an error of its own, or called a bounded problem unbounded.
        """
        left = None if self.deadline is None else max(0.01, self.deadline - time.monotonic())
        answer = solve(
            problem,
            solver=self.solver,
            seconds=left,
            nodes=self.nodes,
            gap=self.gap,
            presolve=self.presolve,
            isolated=self.isolated,
        )
        if answer.termination in (Termination.ERROR, Termination.UNBOUNDED):
            raise SolverFailure(answer.words)
        return answer


Numbers = Mapping[Cell, pulp.LpVariable]


def add_number(problem: pulp.LpProblem, cell: Cell, most: int) -> pulp.LpVariable:
    """Add the number of a kind at a place."""
    return problem.add_variable(f"n{cell[0]}_{cell[1]}", 0, most, cat="Integer")


def constrain(problem: pulp.LpProblem, numbers: Numbers, rows: Iterable[Row]) -> None:
    """Add rows; numbers that do not exist are 0, and rows that hold without any are left out."""
    zero = problem.add_variable("zero", 0, 0)  # so that a row without numbers still is one
    for row in rows:
        terms = {numbers[cell]: c for cell, c in row.terms.items() if cell in numbers and c}
        if not terms:
            if _holds_empty(row):
                continue
            terms = {zero: 1}
        if row.least is not None:
            problem += pulp.LpAffineExpression(terms) >= row.least
        if row.most is not None:
            problem += pulp.LpAffineExpression(terms) <= row.most


def nearest(
    instance: Instance,
    wanted: Mapping[tuple[str, str], float],
    weights: Mapping[str, float] | None = None,
    *,
    solver: SolverName = "highs",
    seconds: float | None = None,
    nodes: int | None = None,
) -> Deployment:
    """Find the feasible deployment nearest to a wanted allocation.

    Parameters
    ----------
    wanted : teams or vehicles by (place, kind), perhaps fractional or infeasible; 0 where left out.
    weights : what a difference of one counts, by kind; 1 where left out.
    seconds, nodes : limits of the search; with a limit the deployment is feasible, and perhaps not quite the nearest.

    Returns
    -------
    The deployment with the least weighted sum of absolute differences. Ties fall the same way in every run that is not
    cut by the clock: one thread, one seed.

    Raises
    ------
    Infeasible : it is proved that there is no feasible deployment.
    NoPlan : none was found within the limits.
    KeyError : `wanted` or `weights` name a place or kind that the instance does not have.
    """
    frame = Frame.of(instance)
    place = {p.id: i for i, p in enumerate(instance.places)}
    kind = {k.id: i for i, k in reversed(list(enumerate(frame.kinds)))}  # a team kind goes before a vehicle type
    target = {(place[p], kind[k]): float(amount) for (p, k), amount in wanted.items()}
    heaviness = {kind[k]: float(w) for k, w in (weights or {}).items()}
    problem = pulp.LpProblem("nearest", pulp.LpMinimize)
    rows = [row for requirement in require(instance) for row in requirement.rows]
    cells = [(p, k) for p in place.values() for k, one in enumerate(frame.kinds) if one.count and frame.may_stand(p, k)]
    useful = set(cells)
    if len(cells) > LARGE:
        somebody = {cell for cell, amount in target.items() if amount > 0.0}
        useful = _find_useful(rows, somebody)
        cells = [cell for cell in cells if cell in useful or cell in somebody]
    numbers = {cell: add_number(problem, cell, int(frame.kinds[cell[1]].count)) for cell in cells}
    constrain(problem, numbers, rows)
    if not numbers and not problem.constraints():  # of an empty problem a solver says nothing
        return _deploy(frame, {}, "nearest")
    terms, constant = dict[pulp.LpVariable, float](), 0.0
    for (p, k), number in numbers.items():
        want, weight = target.get((p, k), 0.0), heaviness.get(k, 1.0)
        if want <= 0.0:
            terms[number] = weight
            continue
        if (p, k) not in useful and want.is_integer():  # then it is at most what is wanted
            number.upBound, terms[number], constant = min(number.upBound, int(want)), -weight, constant + weight * want
            continue
        category = "Integer" if want.is_integer() else "Continuous"
        off = problem.add_variable(f"d{p}_{k}", 0, max(want, float(MOST)), cat=category)
        problem += off - number >= -want
        problem += off + number >= want
        terms[off] = weight
    problem.setObjective(pulp.LpAffineExpression(terms, constant))
    answer = Limits.of(solver, seconds, nodes).run(problem)
    if answer.termination is Termination.INFEASIBLE:
        raise Infeasible(conflict(instance, solver=solver))
    if answer.values is None:
        raise NoPlan(Message("no feasible deployment was found within the limits; {words}", words=answer.words))
    return _deploy(frame, {cell: round(answer.values[v.name]) for cell, v in numbers.items()}, "nearest")


def nearest_to(instance: Instance, plan: Deployment, *, nodes: int | None = None) -> Deployment:
    """Find the feasible deployment nearest to another deployment, see `nearest`; what does not exist is left out."""
    places = {p.id for p in instance.places}
    kinds = {t.id for t in instance.teams} | {v.id for v in instance.vehicles}
    wanted = {
        (place, kind): float(n)
        for place, here in plan.places.items()
        for kind, n in (*here.teams.items(), *here.vehicles.items())
        if place in places and kind in kinds
    }
    return nearest(instance, wanted, nodes=nodes)


def _find_useful(rows: Iterable[Row], wanted: Collection[Cell]) -> set[Cell]:
    """List the cells of which more units may help to keep some row; of all others fewer units keep every row too.

    Nobody has to be at a place where nobody is wanted, if its own rows hold without anybody and no row that joins it
    with other places asks for units there.
    """
    useful, needed = set[Cell](), {p for p, _ in wanted}
    for row in rows:
        cells = {cell for cell, c in row.terms.items() if _helps(row, c)}
        useful |= cells
        if not _holds_empty(row) or len({p for p, _ in row.terms}) > 1:
            needed |= {p for p, _ in cells}
    return {cell for cell in useful if cell[0] in needed}


def _helps(row: Row, coefficient: int) -> bool:
    return (coefficient > 0 and row.least is not None) or (coefficient < 0 and row.most is not None)


def _holds_empty(row: Row) -> bool:
    """Tell whether a row holds where nobody is."""
    return (row.least is None or row.least <= 0) and (row.most is None or row.most >= 0)


def _deploy(frame: Frame, numbers: Mapping[Cell, int], title: str) -> Deployment:
    instance, split = frame.instance, len(frame.teams)
    teams = {(instance.places[p].id, instance.teams[k].id): n for (p, k), n in numbers.items() if k < split}
    vehicles = {
        (instance.places[p].id, instance.vehicles[k - split].id): n for (p, k), n in numbers.items() if k >= split
    }
    return Deployment.build(instance, teams, vehicles, title)


def conflict(instance: Instance, *, solver: SolverName = "highs", nodes: int | None = None) -> tuple[str, ...]:
    """Name a smallest set of requirements that cannot be met together.

    Smallest in the sense that dropping any one makes the others possible (irreducible). That only so many teams and
    vehicles exist is taken for granted at first and named where it matters.

    Parameters
    ----------
    nodes : limit of each proof; where a proof was not finished the set still clashes, but one may be dropped from it.

    Returns
    -------
    The requirements in a planner's words, rules of presence with how they could be switched off; empty where no clash
    is proved, as for every feasible instance.
    """
    return conflict_among(require(instance), solver=solver, nodes=nodes)


def conflict_among(
    everything: Collection[Requirement], *, solver: SolverName = "highs", nodes: int | None = None
) -> tuple[str, ...]:
    """Name a smallest set of these requirements that cannot be met together, see `conflict`."""
    limits = Limits.of(solver, None, nodes)
    if not _clash(everything, limits):
        return ()
    supply = [r for r in everything if r.code == "availability"]
    demand = [r for r in everything if r.code != "availability"]
    core = _shrink(supply, demand, limits)
    core += _shrink(core, supply, limits)
    return tuple(r.told for r in everything if any(r is kept for kept in core))


def _shrink(background: list[Requirement], candidates: list[Requirement], limits: Limits) -> list[Requirement]:
    """Keep only those candidates that clash with the background (QuickXplain, Junker 2004).

    Background and candidates together must clash. Halving instead of trying one after the other makes it possible with
    thousands of requirements.
    """
    if _clash(background, limits):
        return []
    if len(candidates) == 1:
        return candidates
    first, second = candidates[: len(candidates) // 2], candidates[len(candidates) // 2 :]
    late = _shrink([*background, *first], second, limits)
    early = _shrink([*background, *late], first, limits)
    return early + late


def _clash(requirements: Collection[Requirement], limits: Limits) -> bool:
    """Tell whether it is proved that these requirements cannot be met together."""
    problem = pulp.LpProblem("clash", pulp.LpMinimize)
    rows = [row for requirement in requirements for row in requirement.rows]
    if not rows:  # of an empty problem a solver says nothing
        return False
    cells = dict.fromkeys(cell for row in rows for cell in row.terms)
    numbers = {cell: add_number(problem, cell, MOST) for cell in cells}
    constrain(problem, numbers, rows)
    problem.setObjective(pulp.lpSum(numbers.values()))  # few is easy to find
    return limits.run(problem).termination is Termination.INFEASIBLE
