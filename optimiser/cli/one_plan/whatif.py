"""`optimiser whatif`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.one_plan.repair import tell_infeasible
from optimiser.cli.shared.console import code_of_interrupt, guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    InstanceFile,
    Lang,
    OutFolder,
    Reporting,
    Seconds,
    Seed,
    Tongue,
    Uncertain,
    Workers,
    check_out,
    choose_law,
    planned_in,
    speak,
    watched,
)
from optimiser.common.errors import Infeasible
from optimiser.common.message import Message

if TYPE_CHECKING:
    from optimiser.model.instance import Instance
    from optimiser.model.whatif import WhatIf


def _phrase(name: str, words: str, example: str) -> typer.models.OptionInfo:
    """Make an option that takes a phrase and may be given many times."""
    option: typer.models.OptionInfo = typer.Option(name, metavar=example, help=words)
    return option


Phrases = list[str] | None
PlanOf = Annotated[
    Path | None, typer.Argument(metavar="[PLAN]", help="What is planned now; planned first if left out.")
]


@guarded
def whatif(
    instance: InstanceFile,
    plan: PlanOf = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="What-ifs as data, TOML or JSON, applied before the options."),
    ] = None,
    set_: Annotated[Phrases, typer.Option("--set", metavar="PATH=VALUE", help="Set a field of the instance.")] = None,
    add: Annotated[
        Phrases, _phrase("--add", Message("Add gatherings or other parts: TOML, JSON, Excel or CSV."), "FILE")
    ] = None,
    remove: Annotated[
        Phrases, _phrase("--remove", Message("Take away a gathering, trigger, help from outside or movement."), "ID")
    ] = None,
    lose: Annotated[
        Phrases,
        _phrase("--lose", Message("Lose teams, vehicles or a post: vehicle:awc, team:ID=2, post:ID."), "ID[=N]"),
    ] = None,
    gain: Annotated[Phrases, _phrase("--gain", Message("Have more teams or vehicles."), "ID[=N]")] = None,
    heads: Annotated[Phrases, _phrase("--heads", Message("Deploy at most so many heads."), "N")] = None,
    close: Annotated[
        Phrases, _phrase("--close", Message("Close a road, or all ways of a place, all day or @10:00-12:00."), "A[:B]")
    ] = None,
    receive_delegation: Annotated[
        Phrases,
        _phrase("--receive-delegation", Message("Officials receive the delegation within so long."), "[SECTOR=]20min"),
    ] = None,
    period: Annotated[
        Phrases, _phrase("--period", Message("The operation starts and ends then; either may stay."), "07:00-17:00")
    ] = None,
    start: Annotated[
        Phrases,
        _phrase(
            "--start",
            Message("Gatherings come earlier, later, or at a time, ID=08:00; the operation starts by then."),
            "[ID=]2h-earlier",
        ),
    ] = None,
    route: Annotated[
        Phrases,
        _phrase("--route", Message("A gathering takes one route for certain, or routes by shares."), "ID=ROUTE[:60%]"),
    ] = None,
    chance: Annotated[
        Phrases, _phrase("--chance", Message("The chance that a gathering takes place."), "ID=80%")
    ] = None,
    rain: Annotated[
        Phrases,
        _phrase("--rain", Message("Ways are slower and fewer come; what is assumed is said."), "light|heavy|FACTORS"),
    ] = None,
    presence: Annotated[
        Phrases, _phrase("--presence", Message("Rules of presence: all off, or one rule another way."), "[RULE=]off")
    ] = None,
    move: Annotated[
        Phrases,
        _phrase("--move", Message("Units go from one sector to another at a time; quote it."), "[WHAT:]A>B@12:30[=N]"),
    ] = None,
    pin: Annotated[
        Phrases,
        _phrase("--pin", Message("Exactly so many of a team, role or vehicle, or heads: kpu=60."), "PLACE:WHAT=N"),
    ] = None,
    at_least: Annotated[Phrases, _phrase("--at-least", Message("At least so many."), "PLACE:WHAT=N")] = None,
    at_most: Annotated[Phrases, _phrase("--at-most", Message("At most so many."), "PLACE:WHAT=N")] = None,
    forbid: Annotated[
        Phrases, _phrase("--forbid", Message("None of these there, or anywhere."), "[PLACE:]WHAT")
    ] = None,
    keep: Annotated[Phrases, _phrase("--keep", Message("Leave a place as the plan has it."), "PLACE")] = None,
    seed: Seed = 1,
    scenarios: Annotated[int, typer.Option("--scenarios", min=2, help="Scenarios the answer is chosen on.")] = 1000,
    reporting: Reporting = None,
    budget: Annotated[
        int, typer.Option("--budget", min=1, help="Simulated days of the search for the answer.")
    ] = 80_000,
    law: ChosenLaw = None,
    uncertain: Uncertain = False,
    workers: Workers = None,
    seconds: Seconds = None,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Ask what if: who would move, what would change, and how sure that is.

    Options are applied in the order in which they are listed here, each as often as it is given. The answer begins at
    PLAN, and is compared with it on the same random numbers.
    """
    from optimiser.files.apply_whatif import apply
    from optimiser.files.read import read
    from optimiser.model.deployment import Deployment
    from optimiser.planning.optimise import optimise
    from optimiser.planning.settings import default_reporting
    from optimiser.questions.what_if.answer import whatif as answer_whatif

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    given = {
        "set": set_,
        "add": add,
        "remove": remove,
        "lose": lose,
        "gain": gain,
        "heads": heads,
        "close": close,
        "receive-delegation": receive_delegation,
        "period": period,
        "start": start,
        "route": route,
        "chance": chance,
        "rain": rain,
        "presence": presence,
        "move": move,
        "pin": pin,
        "at-least": at_least,
        "at-most": at_most,
        "forbid": forbid,
        "keep": keep,
    }
    change = _understand(file, [(word, text) for word, texts in given.items() for text in texts or ()], problem)
    planned, made = planned_in(plan, problem, language)
    apply(problem, change, planned or Deployment(instance=problem.name))  # what does not fit is said before long work
    used = choose_law(law, language, made)
    check_out(out)
    try:
        with watched(quiet, language) as watcher:
            if planned is None:
                first = optimise(
                    problem,
                    seed=seed,
                    scenarios=scenarios,
                    workers=workers,
                    seconds=seconds,
                    law=used,
                    uncertain=uncertain,
                    levers=False,
                    over_law=False,
                    watcher=watcher,
                )
                if first.interrupted:  # a plan that was cut off is not what is asked about
                    print_notice(Message("optimiser: interrupted"), language)
                    raise typer.Exit(code_of_interrupt())
                planned = first.deployment
            answer = answer_whatif(
                problem,
                planned,
                change,
                seed=seed,
                scenarios=scenarios,
                reporting=reporting,
                workers=workers,
                seconds=seconds,
                budget=budget,
                law=used,
                uncertain=uncertain,
                watcher=watcher,
            )
    except Infeasible as error:
        asked = problem if planned is None else apply(problem, change, planned)
        fresh = reporting or default_reporting(problem, scenarios)
        tell_infeasible(asked, error, as_json, language, seed, fresh, before=problem, law=used)
        if planned is None:
            lacking = Message("optimiser: without the change there is no plan to begin at; make the change in the file")
            print_notice(lacking, language)
        raise typer.Exit(error.exit_code) from error
    if out is not None:
        from optimiser.output.write import write_answer

        files = write_answer(answer, out, language=language)
        print_notice(language("written: {files}", files=", ".join(map(str, files))))
    if as_json:
        from optimiser.output.write import describe_answer

        print_document(describe_answer(answer))
    else:
        from optimiser.output.sections.answer import answer_sections

        print_sections(answer_sections(answer, language))
    if answer.interrupted:
        print_notice(Message("optimiser: interrupted; this is the best answer found until then"), language)
        raise typer.Exit(code_of_interrupt())


def _understand(file: Path | None, phrases: list[tuple[str, str]], problem: Instance) -> WhatIf:
    """Make one what-if of a file and of what was typed."""
    from optimiser.files.read_whatifs import read_whatifs
    from optimiser.files.whatif_phrases import parse_phrases as read_phrases
    from optimiser.model.whatif import WhatIf

    stored = read_whatifs(file) if file is not None else ()
    if not stored and not phrases:
        raise typer.BadParameter(Message("say what changes, for example --lose vehicle:awc"))
    parts = [*stored, *([read_phrases(phrases, instance=problem)] if phrases else [])]
    if len(parts) == 1:
        return parts[0]
    title = ", ".join(part.title for part in parts)
    return WhatIf(
        name=parts[0].name,
        title=title if len(title) <= 120 else title[:117] + "...",
        changes=tuple(change for part in parts for change in part.changes),
    )
