"""`optimiser check` and `optimiser validate`."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_sections
from optimiser.cli.shared.options import REFUSED, AsJson, InstanceFile, Lang, PlanFile, Tongue, speak
from optimiser.common.errors import InputFault


@guarded
def check(instance: InstanceFile, plan: PlanFile, lang: Lang = Tongue.ENGLISH, as_json: AsJson = False) -> None:
    """Check a plan against every rule; exit with 3 if it breaks any."""
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read
    from optimiser.model import checker

    problem = read(instance).told_in(speak(lang).code)
    deployment, origin = read_plan(plan, problem)
    verdict = checker.check(problem, deployment)
    if as_json:
        from optimiser.output.documents.check import describe_check

        print_document(describe_check(verdict, origin))
    else:
        from optimiser.output.blocks import Section
        from optimiser.output.sections.parts import origin_blocks, verdict_blocks

        language = speak(lang)
        print_sections([Section("", [*verdict_blocks(verdict, language), *origin_blocks(origin, language)])])
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
    from optimiser.output.documents.instances import describe_faults
    from optimiser.output.sections.instances import cautions_sections, faults_sections, size_sections

    try:
        problem, cautions = inspect(instance)
        if strict and cautions:
            raise InputFault(instance, [caution.fault for caution in cautions])
    except InputFault as error:
        if as_json:
            print_document(describe_faults(error.source, error.faults))
        else:
            print_sections(faults_sections(error, speak(lang)))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        print_document(describe_faults(instance, (), cautions))
    else:
        print_sections(size_sections(problem, speak(lang)))
        if cautions:
            print_sections(cautions_sections(cautions, speak(lang)))
