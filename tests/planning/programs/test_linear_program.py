"""Linear programs: optima known by hand, and duals that prove them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.planning.programs.linear_program import Linear, relax

INF = np.inf


def linear(cost, matrix, least, most, low=None) -> Linear:
    """Make a program of a dense matrix, shape (rows, variables)."""
    matrix = np.array(matrix, dtype=float)
    column, row = np.nonzero(matrix.T)
    low = np.zeros(len(cost)) if low is None else np.array(low, dtype=float)
    return Linear(
        np.array(cost, dtype=float),
        low,
        np.array(least, dtype=float),
        np.array(most, dtype=float),
        row,
        column,
        matrix[row, column],
    )


def test_two_variables_by_hand():
    """Most of 3 x + 5 y with x <= 4, 2 y <= 12, 3 x + 2 y <= 18 is 36 at (2, 6); shadow prices 0, 1.5, 1."""
    rows = [[1, 0], [0, 2], [3, 2]]
    answer = relax(linear([-3, -5], rows, [-INF] * 3, [4, 12, 18]))
    assert answer is not None
    assert answer.value == pytest.approx(-36.0)
    assert answer.variables == pytest.approx([2.0, 6.0])
    assert answer.duals == pytest.approx([0.0, -1.5, -1.0])


def test_a_variable_without_a_lowest_value_and_an_equation():
    """Least of t with t >= 2 - x, t >= x - 4, x + y = 5: t = -1 at x = 3."""
    answer = relax(
        linear([0, 0, 1], [[1, 0, 1], [-1, 0, 1], [1, 1, 0]], [2, -4, 5], [INF, INF, 5], low=[0, 0, -INF]),
    )
    assert answer is not None
    assert answer.value == pytest.approx(-1.0)
    assert answer.variables[:2] == pytest.approx([3.0, 2.0])


@pytest.mark.parametrize(
    "program",
    [linear([1], [[1], [1]], [2, -INF], [INF, 1]), linear([-1], [[1]], [0], [INF])],
    ids=["nothing is feasible", "there is no least"],
)
def test_no_optimum_is_said_to_be_none(program):
    assert relax(program) is None


@given(data=st.data())
def test_duals_prove_the_optimum(data):
    """Strong duality: rows times duals and what is left of the cost at zero add up to the value."""
    numbers = st.integers(-4, 6)
    n, m = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    matrix = np.array([[data.draw(numbers) for _ in range(n)] for _ in range(m)], dtype=float)
    cost = np.array([data.draw(st.integers(0, 9)) for _ in range(n)], dtype=float)
    most = np.array([data.draw(st.integers(0, 9)) for _ in range(m)], dtype=float)
    every = np.ones((1, n))
    answer = relax(linear(cost, np.concatenate([matrix, every]), [*[-INF] * m, 1.0], [*most, INF]))
    if answer is None:
        return
    assert np.all(matrix @ answer.variables <= most + 1e-7)
    assert answer.variables.min() >= -1e-9
    assert answer.variables.sum() >= 1.0 - 1e-7
    assert cost @ answer.variables == pytest.approx(answer.value, abs=1e-7)
    down, up = answer.duals[:m], answer.duals[m]
    assert np.all(down <= 1e-9)
    assert up >= -1e-9
    assert np.all(cost - down @ matrix - up >= -1e-7)
    assert down @ most + up == pytest.approx(answer.value, abs=1e-6)
