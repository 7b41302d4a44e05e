"""`optimiser simulate`."""

from __future__ import annotations

import typer

from optimiser.cli.one_plan.repair import tell_infeasible
from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    MaybePlanFile,
    OutFolder,
    Played,
    Seed,
    Told,
    Tongue,
    check_out,
    choose_law,
    historical,
    planned_in,
    speak,
)
from optimiser.common.errors import Infeasible
from optimiser.common.processors import processors


@guarded
def simulate(
    instance: InstanceFile,
    plan: MaybePlanFile = None,
    seed: Seed = 1,
    scenario: Told = 0,
    scenarios: Played = 0,
    law: ChosenLaw = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Play a plan: tell one scenario event by event, and what happens over many."""
    from optimiser.files.read import read
    from optimiser.questions.played_plan import rehearse

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    deployment, made = planned_in(plan, problem, language)
    used = choose_law(law, language, made)
    if plan is None:
        deployment = historical(instance, problem)
    if deployment is None:
        from optimiser.questions.pinned_plan import pinned_plan

        deployment = pinned_plan(problem)
    if deployment is None:
        from optimiser.planning.search.hand_rules import proportional

        try:
            deployment = proportional(problem)
        except Infeasible as error:
            tell_infeasible(problem, error, as_json, language, seed, scenarios, law=used)
            raise typer.Exit(error.exit_code) from error
    check_out(out)
    rehearsal = rehearse(problem, deployment, seed, scenario, scenarios, workers=processors(), law=used)
    if out is not None:
        from optimiser.output.write import write_rehearsal

        print_notice(language("written: {files}", files=", ".join(map(str, write_rehearsal(rehearsal, out)))))
    if as_json:
        from optimiser.output.write import describe_rehearsal

        print_document(describe_rehearsal(rehearsal))
    else:
        from optimiser.output.sections.simulation import simulation_sections

        print_sections(simulation_sections(rehearsal, language))
