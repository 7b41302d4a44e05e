"""What commands have in common: their arguments and options, and what is read or looked at before long work."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.shared.console import print_notice
from optimiser.cli.shared.helping import VARIABLE
from optimiser.common.cancellation import held_back
from optimiser.common.errors import InputFault
from optimiser.common.message import Message
from optimiser.common.numerals import find_readings, read_number

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.common.progress import Watcher
    from optimiser.jobs.executor import Executor
    from optimiser.model.deployment import Deployment
    from optimiser.model.instance import Instance

REFUSED = InputFault.exit_code
MOST_SCENARIOS = 1_000_000  # assumed: far beyond what an interval can use


class Solver(StrEnum):
    """Solvers to choose from."""

    HIGHS = "highs"
    CBC = "cbc"


class EngineChoice(StrEnum):
    """Engines to choose from; the numbers are the same."""

    AUTO = "auto"
    COMPILED = "compiled"
    SIMPY = "simpy"


class LawChoice(StrEnum):
    """Laws of escalation to choose from, those of `model.laws.choice.LAWS`."""

    FACILITATION = "facilitation"
    RISK = "risk"
    THRESHOLD = "threshold"


class Tongue(StrEnum):
    """Languages to choose from."""

    ENGLISH = "en"
    INDONESIAN = "id"


class Format(StrEnum):
    """Documents whose shape is published."""

    INSTANCE = "instance"
    DEPLOYMENT = "deployment"
    WHATIF = "whatif"
    PLAN = "plan"
    ANSWER = "answer"
    SIMULATION = "simulation"
    EXERCISE = "exercise"
    SCORE = "score"
    CALIBRATION = "calibration"
    EXPLANATION = "explanation"
    FRONTIER = "frontier"
    WORTH = "worth"
    PRESENCE = "presence"
    FIRM = "firm"
    OPTIMUM = "optimum"
    CHECK = "check"
    FAULTS = "faults"
    REPAIR = "repair"
    INFEASIBLE = "infeasible"
    INSTANCES = "instances"
    MOVEMENTS = "movements"
    COMPARISON = "comparison"
    JOB = "job"
    JOBS = "jobs"
    BATCH = "batch"
    CASES = "cases"
    CASE = "case"
    PAIRS = "pairs"
    NATION = "nation"
    ACCORD = "accord"
    AUDIT = "audit"
    OUTLINE = "outline"
    RULES = "rules"
    CLASHES = "clashes"
    MAP = "map"
    DAY = "day"
    DAYS = "days"
    STRIPS = "strips"
    READING = "reading"
    BASE_MAP = "base-map"
    FORM = "form"
    FILES = "files"
    BOARD = "board"
    BOARDS = "boards"
    SITUATION = "situation"
    ADVICE = "advice"


def decimal(least: float, most: float = math.inf) -> Callable[[str], float]:
    """Make what reads a number of an option, by the rule for numbers that people type.

    Parameters
    ----------
    least, most : limits, inclusive.
    """

    def number(text: str) -> float:
        if (readings := find_readings(str(text))) is not None:
            raise typer.BadParameter(readings.expected)
        value = read_number(str(text))
        if value is None:
            raise typer.BadParameter(Message("a number is expected"))
        if value < least:
            raise typer.BadParameter(Message("it is to be {n} or more", n=f"{least:g}"))
        if value > most:
            raise typer.BadParameter(Message("it is to be {n} or less", n=f"{most:g}"))
        return float(value)

    return number


InstanceFile = Annotated[
    str, typer.Argument(metavar="INSTANCE", help="TOML, JSON or Excel file, or a shipped example's name.")
]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="Deployment or plan file: JSON, TOML, CSV or Excel.")]
MaybePlanFile = Annotated[
    Path | None, typer.Argument(metavar="[PLAN]", help="Left out: the historical plan, or else a plan by hand rule.")
]
StartPlanFile = Annotated[Path | None, typer.Argument(metavar="[PLAN]", help="Left out: planned first.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random stream; same seed, same result.")]
Planning = Annotated[
    int, typer.Option("--scenarios", min=2, max=MOST_SCENARIOS, help="Scenarios the plan is chosen on.")
]
Reporting = Annotated[
    int | None,
    typer.Option(
        "--reporting",
        min=2,
        max=MOST_SCENARIOS,
        help="Fresh scenarios that figures come from; left out: 20 times as many, 20,000 for 12 sectors at most.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, help="Threads; all cores if left out. The result is the same."),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="Use the Dask cluster of this scheduler.")
]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--seconds", parser=decimal(0.0), help="Begin no new iteration after so long; then the run is not replayable."
    ),
]
Budget = Annotated[
    int | None,
    typer.Option("--budget", min=1, help="End the search after so many simulated days."),
]
Uncertain = Annotated[
    bool,
    typer.Option(
        "--uncertain", help="Draw law constants and all numbers with a low and a high anew for each scenario."
    ),
]
Told = Annotated[
    int, typer.Option("--scenario", min=0, max=MOST_SCENARIOS - 1, help="Which reporting scenario to tell, from 0.")
]
Played = Annotated[
    int, typer.Option("--scenarios", min=0, max=MOST_SCENARIOS, help="Also play so many, for harms with intervals.")
]
ChosenLaw = Annotated[
    LawChoice | None,
    typer.Option("--law", help="Law of escalation; left out: that of the plan that is read, else facilitation."),
]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the result's files into DIR.")]
Lang = Annotated[Tongue, typer.Option("--lang", envvar=VARIABLE, help="Language to read in; JSON and codes have none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def speak(lang: Tongue) -> Language:
    """Give the language that was asked for."""
    from optimiser.common.language import language

    return language(lang.value)


@contextmanager
def watched(quiet: bool, language: Language) -> Iterator[Watcher]:
    """Give who watches a run on standard error, for as long as it lasts; nobody if it is to be quiet.

    What is computed meanwhile looks itself whether a signal came.
    """
    from optimiser.cli.shared.progress_lines import choose_watcher
    from optimiser.common.progress import Watcher
    from optimiser.output.render_terminal import make_console

    with (
        nullcontext(Watcher()) if quiet else choose_watcher(make_console(sys.stderr), language) as watcher,
        held_back(),
    ):
        yield watcher


def check_out(out: Path | None) -> None:
    """Find out before long work whether its result can be written."""
    if out is not None:
        from optimiser.output.write import check_folder

        check_folder(out)


def planned_in(file: Path | None, problem: Instance, language: Language) -> tuple[Deployment | None, str | None]:
    """Read a plan and the name of the law it was made under, and say where it was made for another instance.

    Both are None where no file is named.
    """
    if file is None:
        return None, None
    from optimiser.files.plan_origin import read_plan

    deployment, origin = read_plan(file, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    return deployment, origin.law


def choose_law(asked: LawChoice | None, language: Language, *made: str | None) -> str:
    """Name the law to simulate under: the one asked for, else that of the plans, else the default one.

    Where a plan was made under another one, that is said.

    Parameters
    ----------
    made : names of the laws that plans were made under; None where that is not known.
    """
    from optimiser.model.laws.choice import LAWS, DefaultLaw

    named = {name for name in made if name is not None}
    used = asked.value if asked else DefaultLaw.name
    if asked is None and len(named) == 1 and named <= set(LAWS):
        (used,) = named
    for other in sorted(named - {used}):
        words = {"made": other, "used": used}
        print_notice(
            Message("A plan was made under the law '{made}'; here it is simulated under '{used}'.", **words), language
        )
    return used


def historical(name: str, problem: Instance) -> Deployment | None:
    """Read the plan that was used in reality, which lies beside the instance."""
    from optimiser.files.read import read_historical

    return read_historical(name, problem)


def hire(scheduler: str | None) -> Executor | None:
    """Give the workers of a cluster; None where none is named.

    Raises
    ------
    ClusterTrouble : it cannot be had.
    """
    if scheduler is None:
        return None
    import logging

    from optimiser.jobs.dask_executor import DaskExecutor

    executor = DaskExecutor(scheduler)
    for name in ("distributed", "distributed.client"):  # what is lost is said once, by this program
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return executor
