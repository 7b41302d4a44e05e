"""Linear programs given as arrays, solved many times over: HiGHS without PuLP between."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimiser.planning.magnitude import in_units, unit_of
from optimiser.planning.programs.highs import HIGHS, QuietHighs


@dataclass(frozen=True)
class Linear:
    """A linear program: minimise cost @ x subject to least <= matrix @ x <= most and low <= x.

    Attributes
    ----------
    cost, low : shape (variables,).
    least, most : shape (rows,); infinite where there is no limit.
    row, column, value : the matrix, entry by entry, sorted by column.
    """

    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True)
class Relaxed:
    """Optimum of a linear program: its value, its variables, and what one more unit of each row would change."""

    value: float
    variables: NDArray[np.float64]
    duals: NDArray[np.float64]


def relax(linear: Linear) -> Relaxed | None:
    """Solve a linear program.

    Returns
    -------
    None where HiGHS found no optimum. Nothing is proved by the duals themselves: any duals give a valid bound if it is
    computed from them, and that is how they are used.
    """
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(linear.cost), len(linear.least)
    unit = unit_of(linear.cost)
    program.col_cost_, program.col_lower_ = in_units(linear.cost, unit), linear.low
    program.col_upper_ = np.full(len(linear.cost), highspy.kHighsInf)
    program.row_lower_, program.row_upper_ = linear.least, linear.most
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    entries = np.bincount(linear.column, minlength=len(linear.cost))
    program.a_matrix_.start_ = np.concatenate([[0], np.cumsum(entries)])
    program.a_matrix_.index_, program.a_matrix_.value_ = linear.row, linear.value
    model = QuietHighs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, **HIGHS}.items():
        model.setOptionValue(name, value)
    model.passModel(program)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution, info = model.getSolution(), model.getInfo()
    value, duals = unit * float(info.objective_function_value), unit * np.array(solution.row_dual)
    return Relaxed(value, np.array(solution.col_value), duals)
