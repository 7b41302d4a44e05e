"""`optimiser firm`."""

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
def firm(
    instance: InstanceFile,
    plan: StartPlanFile = None,
    within: Annotated[
        float, typer.Option("--within", min=0.0, max=50.0, help="Percent that a plan about as good may lose more.")
    ] = 2.0,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=30, max=1_000_000, help="Scenarios that plans are judged on.")
    ] = 1000,
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="Simulated days that each search may take.")
    ] = None,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """What is firm in a plan, and what is negotiable? A plan is made if none is given."""
    from optimiser.files.read import read
    from optimiser.output.documents.comparison import describe_firmness
    from optimiser.output.sections.comparison import firmness_sections
    from optimiser.questions.firmness import find_firmness

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    given, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    check_out(out)
    with watched(quiet, language) as watcher:
        found = find_firmness(
            problem,
            given,
            within=within / 100.0,
            seed=seed,
            scenarios=scenarios,
            budget=budget,
            workers=workers,
            law=used,
            watcher=watcher,
        )
    document = describe_firmness(found)
    file = out / "firm.json" if out is not None else None
    print_answer(document, lambda: firmness_sections(found, language), file, as_json, quiet, language)
