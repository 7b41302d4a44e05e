"""`optimiser orders`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_notice
from optimiser.cli.shared.options import (
    ChosenLaw,
    InstanceFile,
    Lang,
    PlanFile,
    Played,
    Seed,
    Tongue,
    check_out,
    choose_law,
    speak,
)
from optimiser.common.processors import processors


class OrderShape(StrEnum):
    """Shapes of an operation order; `optimiser.output.orders.shapes` has the same."""

    IIMARCH = "iimarch"
    FIVE_PARAGRAPH = "five-paragraph"


@guarded
def orders(
    instance: InstanceFile,
    plan: PlanFile,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write orders.html and orders.xlsx into DIR.")],
    lang: Lang = Tongue.ENGLISH,
    scenarios: Played = 0,
    seed: Seed = 1,
    law: ChosenLaw = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Write a plan that breaks a rule too, marked as a draft on every paper.")
    ] = False,
    shape: Annotated[OrderShape, typer.Option("--shape", help="Headings of the operation order.")] = OrderShape.IIMARCH,
) -> None:
    """Write the papers of a plan: order sheets, operation order, ICS forms, after-action form.

    Expected harms and phases come from a plan.json, or are played with --scenarios.
    """
    from optimiser.files.plan_origin import read_plan, read_plan_document
    from optimiser.files.read import read
    from optimiser.output.write import write_orders

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    deployment, origin = read_plan(plan, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    document = read_plan_document(plan)
    check_out(out)
    if scenarios:
        from optimiser.output.documents.plan import evaluation_values
        from optimiser.questions.played_plan import rehearse

        used = choose_law(law, language, origin.law)
        rehearsal = rehearse(
            *(problem, deployment, seed, 0, scenarios, processors(), used),
            over_law=False,  # papers show no level of loss
        )
        played = rehearsal.evaluation
        if played is not None:
            values = evaluation_values(problem, played)
            document = {"evaluation": values, "instance": {"sha256": problem.fingerprint()}}
    files = write_orders(
        *(problem, deployment, out),
        document=document,
        language=language,
        draft=draft,
        shape=shape.value,
        source=(str(instance), str(plan)),
    )
    print_notice(language("written: {files}", files=", ".join(map(str, files))))
