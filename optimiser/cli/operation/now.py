"""`optimiser now`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections, write_new
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    PlanFile,
    Seed,
    Tongue,
    choose_law,
    planned_in,
    speak,
)
from optimiser.common.processors import processors

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.model.instance import Instance


@guarded
def now(
    instance: InstanceFile,
    plan: PlanFile,
    situation: Annotated[
        Path | None,
        typer.Argument(metavar="[SITUATION]", help="Report of the situation: a workbook .xlsx, TOML or JSON."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="HH:MM", help="Clock time, where nothing else is reported.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Write an empty report to fill in: FILE.xlsx or FILE.toml."),
    ] = None,
    seed: Seed = 1,
    futures: Annotated[
        int, typer.Option("--futures", min=100, max=100_000, help="Futures in which everything is compared.")
    ] = 500,
    law: ChosenLaw = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """What to do now? Each thing that can be done against staying as one is, from a situation report."""
    from optimiser.cli.shared.progress_lines import COMPILING
    from optimiser.common.message import Message
    from optimiser.files.read import read
    from optimiser.model.laws.choice import find_law
    from optimiser.operation.now.advice import advise
    from optimiser.operation.now.report import FORMAT, parse_situation, read_situation
    from optimiser.simulation.simulator import Simulator

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    if template is not None:
        write_new(template.parent, {template.name: _make_blank(problem, template.suffix.lower(), language)}, language)
        return
    if (situation is None) == (at is None):
        raise typer.BadParameter(Message("give a report of the situation, or a clock time with --at"))
    deployment, made = planned_in(plan, problem, language)
    assert deployment is not None
    if situation is not None:
        report = read_situation(situation, problem)
    else:
        report = parse_situation({"format": FORMAT, "instance": problem.name, "at": at}, problem, "--at")
    used = choose_law(law, language, made)
    tell = partial(print_notice, COMPILING, language)
    with Simulator(problem, find_law(used), workers=processors(), tell=tell) as simulator:
        advice = advise(problem, deployment, report, seed=seed, futures=futures, simulator=simulator)
    if as_json:
        from optimiser.output.documents.operation.now import describe_advice

        print_document(describe_advice(advice))
    else:
        from optimiser.output.sections.operation.now import advice_sections

        print_sections(advice_sections(advice, language))


def _make_blank(instance: Instance, kind: str, language: Language) -> bytes:
    """Make an empty report."""
    from optimiser.common.message import Message

    if kind == ".xlsx":
        from optimiser.output.situation_book import write_situation_template

        return write_situation_template(instance, language)
    if kind == ".toml":
        from optimiser.operation.now.template import write_blank_report

        return write_blank_report(instance, language).encode()
    raise typer.BadParameter(Message("the name of an empty report ends in .xlsx or .toml"))
