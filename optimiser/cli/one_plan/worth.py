"""`optimiser worth`."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_answer
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    OutFolder,
    Reporting,
    Seed,
    StartPlanFile,
    Tongue,
    Workers,
    check_out,
    choose_law,
    planned_in,
    speak,
    watched,
)


@guarded
def worth(
    instance: InstanceFile,
    plan: StartPlanFile = None,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of", metavar="[team:]KIND|[vehicle:]TYPE", help="Only this; may be given again. Everything if left out."
        ),
    ] = None,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios plans are chosen on.")
    ] = 1000,
    reporting: Reporting = None,
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="Simulated days that each plan with one more may take.")
    ] = None,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """What is one more team or vehicle worth? Each kind in turn, with intervals; a plan is made if none is given."""
    from optimiser.files.read import read
    from optimiser.output.documents.frontier import describe_worth
    from optimiser.output.sections.worth import worth_sections
    from optimiser.questions.resources import Resource
    from optimiser.questions.worth import worth as find_worth

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    given, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    resources = [Resource.of(text, problem) for text in of] if of else None
    check_out(out)
    with watched(quiet, language) as watcher:
        found = find_worth(
            problem,
            resources,
            given,
            seed=seed,
            scenarios=scenarios,
            reporting=reporting,
            budget=budget,
            workers=workers,
            law=used,
            watcher=watcher,
        )
    document = describe_worth(found)
    file = out / "worth.json" if out is not None else None
    print_answer(document, lambda: worth_sections(found, language), file, as_json, quiet, language)
