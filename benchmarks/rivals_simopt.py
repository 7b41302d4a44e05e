"""The simulation as SimOpt asks for it: a model, and a problem that plays many replications of a solution at a call."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from pydantic import BaseModel
from rivals_oracle import Oracle
from rivals_space import Ints
from simopt.base import ConstraintType, Model, Objective, Problem, RepResult, Solution, VariableType


class _ModelFactors(BaseModel):
    """The model needs nothing but the decision."""

    wish: tuple[int, ...] = ()


class _ProblemFactors(BaseModel):
    """What SimOpt wants to know of a problem."""

    initial_solution: tuple[int, ...] = ()
    budget: int = 1000


class _Deployments(Model):
    """A deployment that is played; the problem does it, all replications of a solution at once."""

    class_name_abbr = "DEPLOY"
    class_name = "Deployment"
    config_class = _ModelFactors
    n_rngs = 1
    n_responses = 1

    def before_replicate(self, rng_list: list[Any]) -> None:
        """Nothing: scenarios are numbered."""

    def replicate(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Never called, because the problem plays all replications of a solution at once."""
        raise NotImplementedError


class _Points(Problem):
    """Least points over all feasible deployments."""

    class_name_abbr = "DEPLOY-1"
    class_name = "Least points"
    config_class = _ProblemFactors
    model_class = _Deployments
    n_objectives = 1
    minmax = (-1,)
    n_stochastic_constraints = 0
    constraint_type = ConstraintType.DETERMINISTIC
    variable_type = VariableType.DISCRETE
    gradient_available = False
    model_default_factors: dict[str, Any] = {}  # noqa: RUF012 - SimOpt's way to declare it
    model_decision_factors = {"wish"}  # noqa: RUF012
    oracle: Oracle
    play: Callable[[Ints], tuple[Ints, float]]

    @property
    def dim(self) -> int:
        """Cells."""
        return len(self.oracle.space.cells)

    @property
    def lower_bounds(self) -> tuple[float, ...]:
        """Nobody."""
        return (0,) * self.dim

    @property
    def upper_bounds(self) -> tuple[float, ...]:
        """Most units by cell."""
        return tuple(self.oracle.space.upper.tolist())

    def vector_to_factor_dict(self, vector: tuple[int, ...]) -> dict[str, Any]:
        """Name the decision."""
        return {"wish": tuple(vector)}

    def factor_dict_to_vector(self, factor_dict: dict[str, Any]) -> tuple[int, ...]:
        """Take the decision out again."""
        return tuple(factor_dict["wish"])

    def get_random_solution(self, rand_sol_rng: Any) -> tuple[int, ...]:
        """Draw a random feasible deployment."""
        return tuple(self.oracle.space.draw(Random(rand_sol_rng.random())).tolist())

    def replicate(self, x: tuple[int, ...], /) -> RepResult:
        """Never called, see `simulate`."""
        raise NotImplementedError

    def simulate(self, solution: Solution, num_macroreps: int = 1) -> None:
        """Play a solution; its mean stands for each of its replications, which is all that random search looks at."""
        _, value = self.play(np.array(solution.x))
        for _ in range(num_macroreps):
            solution.add_replicate_result(RepResult([Objective(stochastic=value)]))


def make_problem(oracle: Oracle, start: Ints, play: Callable[[Ints], tuple[Ints, float]]) -> Problem:
    """Make the problem of one run.

    Parameters
    ----------
    play : repairs and values a wish, all replications at once.
    """
    problem = _Points(fixed_factors={"initial_solution": tuple(start.tolist()), "budget": oracle.budget})
    problem.oracle, problem.play = oracle, play
    return problem
