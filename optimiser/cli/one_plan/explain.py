"""`optimiser explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_answer
from optimiser.cli.shared.options import (
    AsJson,
    Budget,
    ChosenLaw,
    InstanceFile,
    Lang,
    OutFolder,
    Reporting,
    Seed,
    Tongue,
    Workers,
    check_out,
    choose_law,
    historical,
    planned_in,
    speak,
    watched,
)
from optimiser.common.message import Message


@guarded
def explain(
    instance: InstanceFile,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="Deployment or plan file; planned anew if left out.")
    ] = None,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios that other plans are looked for on.")
    ] = 1000,
    reporting: Reporting = None,
    budget: Budget = None,
    trajectories: Annotated[
        int,
        typer.Option(
            "--trajectories", min=0, max=1000, help="Of Morris, over all assumed numbers; 0 moves each alone only."
        ),
    ] = 4,
    draws: Annotated[
        int,
        typer.Option(
            "--draws", min=0, max=1000, help="Of law and assumed numbers together, to compare plans in; 0 for none."
        ),
    ] = 60,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Why this plan? Margins, limits, the next best plans, the assumed numbers it hangs on, worst crowd, and routes."""
    from optimiser.files.read import read
    from optimiser.output.documents.explanation import describe_explanation
    from optimiser.output.sections.explanation import explanation_sections
    from optimiser.questions.why.explanation import explain as explain_plan

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    past = historical(instance, problem)
    given, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    check_out(out)
    with watched(quiet, language) as watcher:
        found = explain_plan(
            problem,
            given,
            seed=seed,
            scenarios=scenarios,
            reporting=reporting,
            budget=budget,
            trajectories=trajectories,
            draws=draws,
            workers=workers,
            law=used,
            watcher=watcher,
            extra={Message("historical"): past} if past else {},
        )
    document = describe_explanation(found)
    file = out / "explanation.json" if out is not None else None
    print_answer(document, lambda: explanation_sections(found, language), file, as_json, quiet, language)
