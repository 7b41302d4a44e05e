"""`optimiser optimum`."""

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
def optimum(
    instance: InstanceFile,
    plan: StartPlanFile = None,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios plans are chosen on.")
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
    """How good may the best plan be? An estimate from ten searches, no bound; a plan is made if none is given."""
    from optimiser.files.read import read
    from optimiser.output.documents.comparison import describe_optimum
    from optimiser.output.sections.comparison import optimum_sections
    from optimiser.questions.optimum import estimate_optimum

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    given, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    check_out(out)
    with watched(quiet, language) as watcher:
        found = estimate_optimum(
            problem,
            given,
            seed=seed,
            scenarios=scenarios,
            budget=budget,
            workers=workers,
            law=used,
            watcher=watcher,
        )
    document = describe_optimum(found)
    file = out / "optimum.json" if out is not None else None
    print_answer(document, lambda: optimum_sections(found, language), file, as_json, quiet, language)
