"""`optimiser compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    MOST_SCENARIOS,
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    OutFolder,
    Seed,
    Tongue,
    Workers,
    check_out,
    choose_law,
    planned_in,
    speak,
)
from optimiser.common.message import Message
from optimiser.common.processors import processors

MOST_PLANS = 10  # as the server takes them


@guarded
def compare(
    instance: InstanceFile,
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLAN PLAN ...", help="Two to ten plans: JSON, TOML, CSV or Excel; the first is paired with each."
        ),
    ],
    seed: Seed = 1,
    scenarios: Annotated[
        int | None,
        typer.Option(
            "--scenarios",
            min=2,
            max=MOST_SCENARIOS,
            help="Fresh scenarios, the same for all plans; left out: as many as a plan's figures come from.",
        ),
    ] = None,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Compare plans on the same scenarios: which is better, by how much, and how sure that is."""
    from optimiser.files.read import read
    from optimiser.output.documents.comparison import describe_comparison, tabulate_comparison
    from optimiser.questions.plan_comparison import compare_plans

    if not 2 <= len(plans) <= MOST_PLANS:
        raise typer.BadParameter(Message("name two to {most} plans", most=str(MOST_PLANS)))
    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    planned = [planned_in(plan, problem, language) for plan in plans]
    used = choose_law(law, language, *(made for _, made in planned))
    check_out(out)
    compared = compare_plans(
        problem,
        [deployment for deployment, _ in planned if deployment is not None],
        seed=seed,
        scenarios=scenarios,
        workers=workers or processors(),
        law=used,
    )
    document = describe_comparison(compared)
    if out is not None:
        from optimiser.output.write import dump, write_files

        table = tabulate_comparison(compared, name_plans(plans))
        files = {"comparison.csv": table, "comparison.json": dump(document).encode()}
        write_files(out, files)
        print_notice(language("written: {files}", files=", ".join(str(out / name) for name in files)))
    if as_json:
        print_document(document)
    else:
        from optimiser.output.sections.comparison import comparison_sections

        print_sections(comparison_sections(compared, name_plans(plans), language))


def name_plans(plans: Sequence[Path]) -> list[str]:
    """Name plans by the shortest end of their paths that tells them apart; the same file twice by its number."""
    for parts in range(1, max(len(plan.parts) for plan in plans) + 1):
        names = [str(Path(*plan.parts[-parts:])) for plan in plans]
        if len(set(names)) == len(names):
            return names
    return [f"{number}: {plan}" for number, plan in enumerate(plans, 1)]
