"""`optimiser exercise`."""

from __future__ import annotations

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
    PlanFile,
    Seed,
    Tongue,
    check_out,
    choose_law,
    decimal,
    speak,
)
from optimiser.common.processors import processors

MOST_PLAYERS = 100_000


@guarded
def exercise(
    instance: InstanceFile,
    plan: PlanFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write exercise.html, exercise.xlsx and exercise.json into DIR."),
    ] = None,
    train: Annotated[
        str,
        typer.Option(
            "--train",
            metavar="THEMES",
            help="Themes between commas: delegation, lapis, lintas, second-site, rumour, gates, evacuation, reserve, "
            "communication; all that can be trained if left out.",
        ),
    ] = "",
    hard: Annotated[
        float,
        typer.Option(
            "--hard",
            metavar="SHARE",
            parser=decimal(0.0, 1.0),
            help="Share of days that are no harder than the day to be played, 0 to 1.",
        ),
    ] = 0.8,
    players: Annotated[
        int, typer.Option("--players", min=1, max=MOST_PLAYERS, help="Role-players there are for the crowd.")
    ] = 200,
    scenarios: Annotated[
        int, typer.Option("--scenarios", min=2, max=MOST_SCENARIOS, help="Days among which one is looked for.")
    ] = 2000,
    seed: Seed = 1,
    law: ChosenLaw = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Write an exercise of a plan: a simulated day with injects, branches and sheets for all who take part.

    The day is chosen by what it trains and how hard it is, and played again before anything is written.
    """
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read
    from optimiser.operation.exercise.document import store_exercise
    from optimiser.operation.exercise.exercise import make_exercise
    from optimiser.operation.exercise.replay import demand_sound, replay_exercise
    from optimiser.operation.exercise.themes import parse_themes

    language = speak(lang)
    problem, themes = read(instance).told_in(language.code), parse_themes(train)
    deployment, origin = read_plan(plan, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    if out is not None:
        check_out(out)
    used = choose_law(law, language, origin.law)
    made = make_exercise(*(problem, deployment, themes, hard, seed, scenarios, players), law=used, workers=processors())
    stored = store_exercise(made)
    demand_sound(replay_exercise(problem, stored))
    if out is not None:
        from optimiser.output.exercise.files import write_exercise

        files = write_exercise(made, out, language=language)
        print_notice(language("written: {files}", files=", ".join(map(str, files))))
    if as_json:
        print_document(stored.model_dump(mode="json"))
    else:
        from optimiser.output.exercise.files import exercise_sections

        print_sections(exercise_sections(made, language))
