"""`optimiser presence`."""

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
def presence(
    instance: InstanceFile,
    plan: StartPlanFile = None,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios plans are chosen on.")
    ] = 1000,
    reporting: Reporting = None,
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="Simulated days that each plan may take.")
    ] = None,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """What do rules of presence cost? Each, and all together, with intervals; a plan is made if none is given."""
    from optimiser.files.read import read
    from optimiser.output.documents.frontier import describe_presence
    from optimiser.output.sections.worth import presence_sections
    from optimiser.questions.presence import price_presence

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    given, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    check_out(out)
    with watched(quiet, language) as watcher:
        found = price_presence(
            problem,
            given,
            seed=seed,
            scenarios=scenarios,
            reporting=reporting,
            budget=budget,
            workers=workers,
            law=used,
            watcher=watcher,
        )
    document = describe_presence(found)
    file = out / "presence.json" if out is not None else None
    print_answer(document, lambda: presence_sections(found, language), file, as_json, quiet, language)
