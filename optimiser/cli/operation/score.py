"""`optimiser score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    PlanFile,
    Tongue,
    check_out,
    choose_law,
    speak,
)
from optimiser.common.processors import processors

MOST_DAYS = 100_000


@guarded
def score(
    instance: InstanceFile,
    plan: PlanFile,
    observed: Annotated[
        list[Path],
        typer.Argument(metavar="OBSERVED...", help="Logs of what happened, .csv or .xlsx; several for a trend."),
    ],
    exercise: Annotated[
        Path | None,
        typer.Option(
            "--exercise", metavar="DIR", help="Folder of the exercise that was played; its injects are the conditions."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write review.html, review.xlsx and score.json into DIR."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=20, max=MOST_DAYS, help="Simulated days that each one is compared with.")
    ] = 500,
    law: ChosenLaw = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Score a rehearsal or an operation by its log: against limits, and against simulated days of the same plan.

    Says the weakest link and what would raise it, and what the log cannot tell; writes the after-action review.
    """
    from optimiser.files.logs.read import read_log
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read
    from optimiser.operation.exercise.document import read_exercise
    from optimiser.operation.score.document import describe_score
    from optimiser.operation.score.score import score as score_logs
    from optimiser.output.score.sections import score_sections

    language = speak(lang)
    problem = read(instance).told_in(language.code)
    deployment, origin = read_plan(plan, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    if out is not None:
        check_out(out)
    used = choose_law(law, language, origin.law)
    played = None if exercise is None else read_exercise(exercise, problem).draws
    logs = [read_log(file, problem) for file in observed]
    if len(logs) > 1:
        logs = [log.named(file.stem) for log, file in zip(logs, observed, strict=True)]
    made = score_logs(problem, deployment, logs, exercise=played, days=days, law=used, workers=processors())
    if out is not None:
        from optimiser.output.score.review import write_score

        files = write_score(made, out, language=language)
        print_notice(language("written: {files}", files=", ".join(map(str, files))))
    if as_json:
        print_document(describe_score(made))
    else:
        print_sections(score_sections(made, language))
