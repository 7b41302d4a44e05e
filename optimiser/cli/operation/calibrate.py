"""`optimiser calibrate`."""

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
    Seed,
    Tongue,
    check_out,
    choose_law,
    speak,
)
from optimiser.common.processors import processors

MOST_DRAWS = 10_000


@guarded
def calibrate(
    instance: InstanceFile,
    plan: PlanFile,
    logs: Annotated[
        list[Path],
        typer.Argument(metavar="LOGS...", help="Logs of days on which the plan was in place, .csv or .xlsx."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="LAW", help="Write the learned constants into a file .toml that instances name."),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=100, max=MOST_DRAWS, help="Draws of the constants that are kept.")
    ] = 400,
    seed: Seed = 1,
    law: ChosenLaw = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Learn the constants of the law of escalation from logs of days that happened.

    Says what was learned, what the logs do not tell, whether it fits what was seen, and what it changes for the plan.
    """
    from optimiser.common.atomic_files import write_files
    from optimiser.files.beside.law_file import demand_name
    from optimiser.files.logs.read import read_log
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read
    from optimiser.operation.calibration.calibrate import calibrate as calibrate_law
    from optimiser.operation.calibration.document import describe_calibration
    from optimiser.output.calibration.law_file import learned_law_text
    from optimiser.output.calibration.sections import calibration_sections

    language = speak(lang)
    problem = read(instance).told_in(language.code)
    deployment, origin = read_plan(plan, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    if out is not None:
        demand_name(out)
        check_out(out.parent)
    used = choose_law(law, language, origin.law)
    days = [day for file in logs for day in read_log(file, problem).days]
    found = calibrate_law(problem, deployment, days, seed, draws, used, workers=processors())
    if out is not None:
        write_files(out.parent, {out.name: learned_law_text(found, language).encode()})
        print_notice(language("written: {files}", files=str(out)))
    if as_json:
        print_document(describe_calibration(found))
    else:
        print_sections(calibration_sections(found, language))
