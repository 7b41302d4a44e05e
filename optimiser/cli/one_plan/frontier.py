"""`optimiser frontier`."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
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
    decimal,
    historical,
    speak,
    watched,
)
from optimiser.common.message import Message


@guarded
def frontier(
    instance: InstanceFile,
    resource: Annotated[
        str,
        typer.Option("--resource", metavar="heads|[team:]KIND|[vehicle:]TYPE", help="What varies; heads is the cap."),
    ] = "heads",
    first: Annotated[int | None, typer.Option("--from", min=0, help="Smallest level; chosen if left out.")] = None,
    last: Annotated[int | None, typer.Option("--to", min=0, help="Largest level; chosen if left out.")] = None,
    step: Annotated[int | None, typer.Option("--step", min=1, help="Between levels; chosen if left out.")] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            "--tolerance",
            parser=decimal(0.0),
            help="Points not worth more; a tenth of the largest level's if left out.",
        ),
    ] = None,
    seed: Seed = 1,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios each level is planned on.")
    ] = 1000,
    reporting: Reporting = None,
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="Simulated days that planning a level may take.")
    ] = None,
    law: ChosenLaw = None,
    workers: Workers = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """How many are enough? Plan for each level of a resource and compare them on the same scenarios."""
    from optimiser.files.read import read
    from optimiser.questions.frontier import frontier as make_frontier
    from optimiser.questions.resources import Resource, choose_levels

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    past = historical(instance, problem)
    check_out(out)
    varied = Resource.of(resource, problem)
    levels = choose_levels(problem, varied, first, last, step)
    with watched(quiet, language) as watcher:
        found = make_frontier(
            problem,
            levels,
            varied,
            seed=seed,
            scenarios=scenarios,
            reporting=reporting,
            budget=budget,
            tolerance=tolerance,
            workers=workers,
            law=choose_law(law, language),
            watcher=watcher,
            extra={Message("historical"): past} if past else {},
        )
    if out is not None:
        from optimiser.output.documents.frontier import write_frontier

        files = write_frontier(found, out)
        if not quiet:
            print_notice(language("written: {files}", files=", ".join(map(str, files))))
    if as_json:
        from optimiser.output.documents.frontier import describe_frontier

        print_document(describe_frontier(found))
    else:
        from optimiser.output.sections.frontier import frontier_sections

        print_sections(frontier_sections(found, language))
