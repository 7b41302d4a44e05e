"""Many solutions as one tidy data frame: a row for each, with the columns of an exported batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimiser.batch.case import summarise
from optimiser.batch.export import table_rows
from optimiser.batch.run_folder import Run
from optimiser.common.message import Message
from optimiser.model.values.arguments import a, checked, list_of
from optimiser.output.documents.plan import describe_plan, finite
from optimiser.planning.evaluation import Evaluation
from optimiser.planning.solution import Solution

if TYPE_CHECKING:
    import pandas as pd


@checked(solutions=list_of(a(Solution, Message("plan first, optimise(instance)"))))
def tabulate(solutions: Iterable[Solution], labels: Iterable[Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """Return one row for each solution.

    Parameters
    ----------
    labels : what tells the solutions apart, one mapping for each, such as ``{"turnout": 3000}``; each becomes a column.

    Returns
    -------
    Data frame with the labels, instance, instance_sha256, seed, scenarios, reporting, budget (joint replications),
    engine, law and uncertain; then the columns of `case.summarise` (points, shares); then each harm as ``NAME``,
    ``NAME_low`` and ``NAME_high``, in its unit, the ends missing where few scenarios carry the mean.

    Raises
    ------
    ValueError : there are not as many labels as solutions, or one has the name of a column that every row has.
    OptimiserError : the checker refuses a plan.
    """
    import pandas as pd  # noqa: PLC0415 - it takes long to load

    whole = list(solutions)
    given = [dict[str, Any]() for _ in whole] if labels is None else [dict(label) for label in labels]
    rows = [_row(one) for one in whole]
    if taken := sorted({name for label, row in zip(given, rows, strict=True) for name in label if name in row}):
        raise ValueError(f"labels {', '.join(taken)} are names of columns that every row has; choose other names")
    return pd.DataFrame([{**label, **row} for label, row in zip(given, rows, strict=True)])


def tabulate_run(folder: str | Path) -> pd.DataFrame:
    """Return one row for each case of a batch, as `optimiser runs export` writes them.

    Raises
    ------
    FileTrouble : there is no run in the folder.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    with Run(folder, create=False) as run:
        return pd.DataFrame(list(table_rows(run)))


def _row(solution: Solution) -> dict[str, Any]:
    settings, instance = solution.settings, solution.instance
    return {
        "instance": instance.name,
        "instance_sha256": instance.fingerprint(),
        "seed": settings.seed,
        "scenarios": settings.scenarios,
        "reporting": settings.reporting,
        "budget": settings.budget,
        "engine": settings.engine,
        "law": settings.law,
        "uncertain": settings.uncertain,
        **{name: value for name, value in summarise(describe_plan(solution)).items() if name != "injuries"},
        **_harms(solution.evaluation),
    }


def _harms(evaluation: Evaluation) -> dict[str, float | None]:
    found = {}
    for name, interval in {"loss": evaluation.loss, **evaluation.harms}.items():
        ends = {"": interval.mean, "_low": interval.low, "_high": interval.high}
        found.update({f"{name}{end}": finite(value) for end, value in ends.items()})
    return found
