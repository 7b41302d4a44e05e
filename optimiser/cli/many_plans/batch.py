"""`optimiser batch`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice
from optimiser.cli.shared.options import (
    AsJson,
    Budget,
    ChosenLaw,
    Lang,
    Planning,
    Reporting,
    Scheduler,
    Seconds,
    Solver,
    Tongue,
    Uncertain,
    check_out,
    hire,
    speak,
)
from optimiser.common.errors import Unfinished
from optimiser.common.language import Language
from optimiser.common.message import Message

if TYPE_CHECKING:
    from optimiser.batch.driver import BatchProgress


@guarded
def batch(
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="Folder of ledger and results.")],
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASES]...",
            help="Instances, globs, folders, tables (CSV, Excel) and sweeps (TOML); left out: go on with RUN. "
            "Columns of a table: instance, whatif, seed, scenarios, reporting, budget, seconds, law.",
        ),
    ] = None,
    seeds: Annotated[
        str,
        typer.Option(
            "--seeds", metavar="SEEDS", help="7, or 1:21 for 1 to 20, or 1:4,10; for what names no seeds itself."
        ),
    ] = "1",
    whatif: Annotated[
        list[str] | None,
        typer.Option(
            "--whatif", metavar="PHRASES", help="Plan each instance with this too: '--lose vehicle:awc', or a file."
        ),
    ] = None,
    scenarios: Planning = 1000,
    reporting: Reporting = None,
    budget: Budget = None,
    seconds: Seconds = None,
    solver: Annotated[Solver, typer.Option("--solver", help="Solver of the integer program.")] = Solver.HIGHS,
    law: ChosenLaw = None,
    uncertain: Uncertain = False,
    certify: Annotated[
        bool,
        typer.Option(
            "--certify",
            help="Bound the distance from the true optimum; look at all plans if these are few. Ten times as long.",
        ),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=1024, help="Processes; all cores if left out. The results are the same."),
    ] = None,
    scheduler: Scheduler = None,
    again: Annotated[bool, typer.Option("--again", help="Try cases once more that failed or were set aside.")] = False,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Plan many cases side by side, on all cores or on a cluster; repeated, it goes on where it was.

    Every result that is finished is kept, whatever is killed at whatever time, and none is made twice.
    """
    from optimiser.batch.case import CaseSettings
    from optimiser.batch.driver import BatchObserver
    from optimiser.batch.list_cases import list_cases
    from optimiser.batch.run_batch import run_batch
    from optimiser.batch.run_folder import Run, is_run
    from optimiser.cli.shared.progress_bar import Cases, choose_progress
    from optimiser.output.render_terminal import make_console

    language = speak(lang)
    check_out(out)
    if not cases and not is_run(out):
        with Run(out, create=False):
            pass  # a slip in its name is no run that is over
    effort = CaseSettings(scenarios, reporting, budget, seconds, solver.value, certify=certify, uncertain=uncertain)
    asked = list_cases(cases or [], seeds, whatif or [], effort, law.value if law else None)
    executor = hire(scheduler)
    with choose_progress(make_console(sys.stderr), language, quiet) as lines:
        observer = BatchObserver() if quiet else Cases(lines)
        tally = run_batch(asked, out, workers=workers, executor=executor, again=again, observer=observer)
    _tell(tally, out, as_json, language)


def _tell(tally: BatchProgress, out: Path, as_json: bool, language: Language) -> None:
    """Print what came of all cases.

    Raises
    ------
    Unfinished : some have no result.
    """
    from optimiser.output.documents.runs import describe_batch

    counts = tally.counts
    if as_json:
        print_document(describe_batch(str(out), tally.others, counts))
    else:
        done, failed, aside = counts["done"], counts["failed"], counts["aside"]
        words = {"total": tally.total, "done": done, "failed": failed, "aside": aside}
        print(language("{total:,} cases: {done:,} done, {failed:,} failed, {aside:,} set aside", **words))
    if counts["failed"] or counts["aside"]:
        raise Unfinished(Message("some cases have no result; `optimiser runs list {run}` says why", run=str(out)))
    if not as_json and tally.total:
        print_notice(language("look at them with: optimiser runs list {run}", run=str(out)))
