"""`optimiser check` and `optimiser validate`."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.console import guarded, show, show_json
from optimiser.cli.options import REFUSED, AsJson, InstanceFile, Lang, PlanFile, Tongue, speak
from optimiser.common.errors import InputFault


@guarded
def check(instance: InstanceFile, plan: PlanFile, lang: Lang = Tongue.ENGLISH, as_json: AsJson = False) -> None:
    """Check a plan against every rule; exit with 3 if it breaks any."""
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read
    from optimiser.model import checker

    problem = read(instance)
    deployment, origin = read_plan(plan, problem)
    verdict = checker.check(problem, deployment)
    if as_json:
        from dataclasses import asdict

        from optimiser.output.documents.plan import origin_values, verdict_values

        values = {**verdict_values(verdict), "heads": asdict(verdict.heads), "origin": origin_values(origin)}
        show_json({"format": "optimiser-check/1", **values})
    else:
        from optimiser.output.screen.tables import show_origin, show_verdict

        language = speak(lang)
        show(show_verdict(verdict, language))
        if origin.sentences():
            show(show_origin(origin, language))
    if not verdict.passed:
        raise typer.Exit(REFUSED)


@guarded
def validate(
    instance: InstanceFile,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings for faults: exit with 3 if there is any.")
    ] = False,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Look for every fault in an instance file, exit with 3 if there is any; warn of what is unusual."""
    from optimiser.files.examination import inspect
    from optimiser.output.screen.tables import count_parts, describe_faults, show_cautions, show_faults

    try:
        problem, cautions = inspect(instance)
        if strict and cautions:
            raise InputFault(instance, [caution.fault for caution in cautions])
    except InputFault as error:
        if as_json:
            show_json(describe_faults(error.source, error.faults))
        else:
            show(show_faults(error, speak(lang)))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        show_json(describe_faults(instance, (), cautions))
    else:
        show(count_parts(problem, speak(lang)))
        if cautions:
            show(show_cautions(cautions, speak(lang)))
