"""What a practitioner would put around the simulation: peers' own code, through its public interface.

Each function plays one run on an `Oracle` and gives a feasible vector and the mean that made it be chosen. Peers are
imported where they are used, so that one that is not installed only misses itself.
"""

from __future__ import annotations

import math
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
from rivals_oracle import Oracle, Spent, per_point
from rivals_space import Ints

Found = tuple[Ints, float | None]
POPULATION = 20  # of the genetic algorithm: one fifth of its points at the smallest budget
MORE = 4  # times the points that the budget pays for may be asked for, because what was played before costs nothing
ENDLESS = 10**12  # a budget that is never reached: PyMOSO looks at it between iterations only, `Oracle` always
BASE = -1  # where a unit is that stands nowhere


class _Record:
    """Plays points with the same scenarios each and keeps the best one."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.count = oracle, per_point(oracle.budget)
        self.value, self.vector = math.inf, oracle.starts(1)[0]

    def play(self, wish: Ints) -> tuple[Ints, float]:
        """Repair a wish and value it.

        Raises
        ------
        Spent : the budget does not suffice.
        """
        vector = self.oracle.space.repair(wish)
        value = self.oracle.value(vector, 0, self.count)
        if value < self.value:
            self.value, self.vector = value, vector
        return vector, value

    @property
    def points(self) -> int:
        """How many points the budget pays for."""
        return max(1, self.oracle.budget // self.count)

    @property
    def found(self) -> Found:
        """The best point and its mean."""
        return self.vector, self.value if self.value < math.inf else None


# ---------------------------------------------------------------- PyMOSO


def solve_rspline(oracle: Oracle) -> Found:
    """R-SPLINE of PyMOSO, with common random numbers; it chooses its replications by itself.

    A point outside 0 to `Space.upper` is infeasible to it; every other one is repaired. Every iteration has scenarios
    of its own. Where the budget ends within an iteration, the answer is the best point it knows in that iteration.
    """
    from pymoso.chnbase import Oracle as Simulation  # noqa: PLC0415 - only where it is used
    from pymoso.chnutils import solve  # noqa: PLC0415
    from pymoso.solvers.rspline import RSPLINE  # noqa: PLC0415

    upper = tuple(int(u) for u in oracle.space.upper)
    start = oracle.starts(1)[0]
    known: dict[tuple[int, ...], float] = {}
    last: list[Found] = [(start, None)]

    class Deployments(Simulation):  # type: ignore[misc]
        """The simulation as PyMOSO asks for it."""

        def __init__(self, rng: Any) -> None:
            self.num_obj, self.dim, self.begin, self.most = 1, len(upper), 0, 0
            super().__init__(rng)

        def crn_advance(self) -> None:
            self.begin += self.most
            known.clear()
            super().crn_advance()

        def hit(self, x: tuple[int, ...], m: int, *_: Any, **__: Any) -> tuple[bool, tuple[float, ...], Any]:
            if any(not 0 <= n <= most for n, most in zip(x, upper, strict=True)):
                return False, (), ()
            vector = oracle.space.repair(np.array(x))
            losses = oracle.losses(vector[None], self.begin, self.begin + m)[0]
            self.most = max(self.most, m)
            value = oracle.objective(losses)
            if value < min(known.values(), default=math.inf):
                last[0] = (vector, value)
            known[x] = value
            spread = float(losses.std(ddof=1)) / math.sqrt(m) if m > 1 else 0.0
            return True, (value,), (spread,)

    seed = tuple(10_000 + oracle.seed + i for i in range(6))
    try:
        solve(Deployments, RSPLINE, tuple(map(int, start)), budget=ENDLESS, seed=seed, crn=True)
    except RuntimeError as error:  # PyMOSO wraps what the simulation raises
        if not isinstance(error.__cause__, Spent):
            raise
    return last[0]


# ---------------------------------------------------------------- SimOpt


def solve_random(oracle: Oracle) -> Found:
    """Random search of SimOpt (RNDSRCH): random feasible deployments, the best mean wins."""
    from mrg32k3a.mrg32k3a import MRG32k3a  # noqa: PLC0415 - only where it is used
    from rivals_simopt import make_problem  # noqa: PLC0415
    from simopt.solvers.randomsearch import RandomSearch  # noqa: PLC0415

    record = _Record(oracle)
    problem = make_problem(oracle, record.vector, record.play)
    solver = RandomSearch(fixed_factors={"sample_size": record.count})
    streams = [MRG32k3a(s_ss_sss_index=[oracle.seed, i, 0]) for i in range(4)]
    solver.attach_rngs(streams[:3])
    solver.solution_progenitor_rngs = streams[3:]
    with suppress(Spent):
        solver.run(problem)
    return record.found


# ---------------------------------------------------------------- Optuna


def solve_tpe(oracle: Oracle) -> Found:
    """Optuna's TPE as it comes, one categorical parameter for each unit: the cell it goes to, or base.

    Numbers by cell as integer parameters were tried too; they were worse, and took longer.
    """
    import optuna  # noqa: PLC0415 - only where it is used

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    record, units = _Record(oracle), _units(oracle)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=oracle.seed))
    for start in oracle.starts(3) if oracle.warm else ():
        places = zip(units, _places(oracle, start), strict=True)
        study.enqueue_trial({name: place for (name, _), place in places})
    try:
        for _ in range(record.points):
            trial = study.ask()
            places = [trial.suggest_categorical(name, [BASE, *cells]) for name, cells in units]
            study.tell(trial, record.play(_wish(oracle, places))[1])
    except Spent:
        pass
    return record.found


def _units(oracle: Oracle) -> list[tuple[str, list[int]]]:
    """Name every unit, with the cells it may go to."""
    space, units = oracle.space, []
    for k, kind in enumerate(space.frame.kinds):
        cells = [int(c) for c in np.flatnonzero(space.cells[:, 1] == k)]
        units += [(f"{kind.id} {n}", cells) for n in range(int(kind.count)) if cells]
    return units


def _wish(oracle: Oracle, places: list[int]) -> Ints:
    """Count the units by cell."""
    placed = [c for c in places if c != BASE]
    return np.bincount(np.array(placed, dtype=np.int64), minlength=len(oracle.space.cells))


def _places(oracle: Oracle, vector: Ints) -> list[int]:
    """Give every unit a cell, or base, so that the numbers are those of a vector."""
    left, places = vector.copy(), []
    for _, cells in _units(oracle):
        place = next((c for c in cells if left[c] > 0), BASE)
        if place != BASE:
            left[place] -= 1
        places.append(place)
    return places


# ---------------------------------------------------------------- pymoo


def solve_genetic(oracle: Oracle) -> Found:
    """Genetic algorithm of pymoo with its operators for whole numbers, begun with random feasible deployments."""
    from pymoo.algorithms.soo.nonconvex.ga import GA  # noqa: PLC0415 - only where it is used
    from pymoo.core.problem import ElementwiseProblem  # noqa: PLC0415
    from pymoo.core.repair import Repair  # noqa: PLC0415
    from pymoo.operators.crossover.sbx import SBX  # noqa: PLC0415
    from pymoo.operators.mutation.pm import PM  # noqa: PLC0415
    from pymoo.operators.repair.rounding import RoundingRepair  # noqa: PLC0415
    from pymoo.optimize import minimize  # noqa: PLC0415

    record, space = _Record(oracle), oracle.space

    class Deployments(ElementwiseProblem):  # type: ignore[misc]
        """The simulation as pymoo asks for it."""

        def _evaluate(self, x: Ints, out: dict[str, Any], *_: Any, **__: Any) -> None:
            out["F"] = record.play(x)[1]

    class Feasible(Repair):  # type: ignore[misc]
        """The shared repair, so that every individual is feasible."""

        def _do(self, _: Any, wishes: Ints, **__: Any) -> Ints:
            return np.array([space.repair(w) for w in np.around(wishes).astype(np.int64)])

    whole = RoundingRepair()
    genetic = GA(
        pop_size=POPULATION,
        sampling=np.array(oracle.starts(POPULATION)),
        crossover=SBX(prob=1.0, eta=3.0, vtype=float, repair=whole),
        mutation=PM(prob=1.0, eta=3.0, vtype=float, repair=whole),
        repair=Feasible(),
        eliminate_duplicates=True,
    )
    problem = Deployments(n_var=len(space.cells), n_obj=1, xl=np.zeros(len(space.cells)), xu=space.upper, vtype=int)
    with suppress(Spent):
        minimize(problem, genetic, ("n_eval", MORE * record.points), seed=oracle.seed, verbose=False)
    return record.found


# ---------------------------------------------------------------- nevergrad


def solve_evolution(oracle: Oracle, name: str = "DiscreteLenglerOnePlusOne") -> Found:
    """A (1+1) evolution strategy of nevergrad on an array: for every unit the number of its cell, 0 is base.

    Begun with a random feasible deployment. Numbers by cell, and nevergrad's own choice of a method, were worse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        import nevergrad  # noqa: PLC0415 - only where it is used

        record = _Record(oracle)
        open_to = [[BASE, *cells] for _, cells in _units(oracle)]
        start = [cells.index(place) for cells, place in zip(open_to, _places(oracle, record.vector), strict=True)]
        upper = np.array([len(cells) - 1.0 for cells in open_to])
        array = nevergrad.p.Array(init=np.array(start, float), lower=np.zeros(len(upper)), upper=upper)
        array = array.set_integer_casting()
        array.random_state.seed(oracle.seed)
        optimizer = nevergrad.optimizers.registry[name](parametrization=array, budget=record.points)
        try:
            for _ in range(MORE * record.points):
                asked = optimizer.ask()
                places = [cells[int(i)] for cells, i in zip(open_to, asked.value, strict=True)]
                optimizer.tell(asked, record.play(_wish(oracle, places))[1])
        except Spent:
            pass
    return record.found
