"""`optimiser plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.one_plan.repair import tell_infeasible
from optimiser.cli.shared.console import code_of_interrupt, guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
    Budget,
    ChosenLaw,
    EngineChoice,
    InstanceFile,
    Lang,
    OutFolder,
    Planning,
    Reporting,
    Seconds,
    Seed,
    Solver,
    Tongue,
    Uncertain,
    Workers,
    check_out,
    choose_law,
    historical,
    speak,
    watched,
)
from optimiser.common.errors import Infeasible, NoProof
from optimiser.common.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.common.language import Language
    from optimiser.common.progress import Watcher
    from optimiser.model.deployment import Deployment
    from optimiser.planning.solution import Solution
    from optimiser.questions.firmness import Firmness
    from optimiser.questions.frontier import Frontier


@guarded
def plan(
    instance: InstanceFile,
    seed: Seed = 1,
    scenarios: Planning = 1000,
    reporting: Reporting = None,
    solver: Annotated[Solver, typer.Option("--solver", help="Solver of the integer program.")] = Solver.HIGHS,
    workers: Workers = None,
    seconds: Seconds = None,
    budget: Budget = None,
    law: ChosenLaw = None,
    uncertain: Uncertain = False,
    engine: Annotated[EngineChoice, typer.Option("--engine", help="What simulates.")] = EngineChoice.AUTO,
    certify: Annotated[
        bool,
        typer.Option(
            "--certify",
            help="Bound the distance from the true optimum; look at all plans if these are few. Ten times as long.",
        ),
    ] = False,
    require_proof: Annotated[
        bool, typer.Option("--require-proof", help="Exit with 6 if no distance to the optimum is proved.")
    ] = False,
    out: OutFolder = None,
    lang: Lang = Tongue.ENGLISH,
    orders: Annotated[bool, typer.Option("--orders", help="Also write the order sheets into DIR.")] = False,
    frontier: Annotated[
        bool,
        typer.Option("--frontier", help="Also ask how many heads are enough, and draw it in the report."),
    ] = False,
    firm: Annotated[
        bool,
        typer.Option("--firm", help="Also ask what is firm in the plan, for report and workbook."),
    ] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Plan a deployment: who stands where, what to expect, how good it is.

    Ctrl-C, SIGTERM and SIGHUP end the search; the best plan so far is still printed and written; codes 130, 143, 129.
    """
    from optimiser.files.read import read
    from optimiser.planning.optimise import optimise
    from optimiser.planning.settings import default_reporting

    asked = {"--orders": orders, "--frontier": frontier, "--firm": firm}
    for option in (option for option, given in asked.items() if given):
        if out is None:
            raise typer.BadParameter(Message("{option} needs --out DIR", option=option))
        if uncertain and option != "--orders":
            said = Message("{option} is answered under one set of constants; leave out --uncertain", option=option)
            raise typer.BadParameter(said)
    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    past = historical(instance, problem)
    extra: dict[str, Deployment] = {Message("historical"): past} if past else {}
    check_out(out)
    used = choose_law(law, language)
    try:
        with watched(quiet, language) as watcher:
            solution = optimise(
                problem,
                seed=seed,
                scenarios=scenarios,
                reporting=reporting,
                solver=solver.value,
                workers=workers,
                seconds=seconds,
                budget=budget,
                engine=engine.value,
                law=used,
                certify=certify,
                uncertain=uncertain,
                watcher=watcher,
                extra=extra,
            )
            curve = _trace(solution, solver, extra, workers, watcher) if frontier and not solution.interrupted else None
            firmness = _weigh(solution, solver, workers, watcher) if firm and not solution.interrupted else None
    except Infeasible as error:
        fresh = reporting or default_reporting(problem, scenarios)
        tell_infeasible(problem, error, as_json, language, seed, fresh, law=used)
        raise typer.Exit(error.exit_code) from error
    try:
        _keep(solution, str(instance), out, quiet, orders, language, curve, firmness)
    finally:  # a full disk must not cost the plan that was found
        _show_solution(solution, as_json, language)
    if solution.interrupted:
        print_notice(Message("optimiser: interrupted; this is the best plan found until then"), language)
        raise typer.Exit(code_of_interrupt())
    if frontier and curve is None:
        print_notice(Message("optimiser: interrupted; the report has no frontier"), language)
        raise typer.Exit(code_of_interrupt())
    if firm and firmness is None:
        print_notice(Message("optimiser: interrupted; the report does not say what is firm"), language)
        raise typer.Exit(code_of_interrupt())
    if require_proof and not solution.proved:
        words = {"asked": solution.settings.scenarios, "claim": solution.certificate.sentence}
        raise NoProof(Message("a proof was required, for {asked:,} scenarios: {claim}", **words))


def _trace(
    solution: Solution, solver: Solver, extra: Mapping[str, Deployment], workers: int | None, watcher: Watcher
) -> Frontier | None:
    """Plan for more and fewer heads on the scenarios of the plan; an interrupt must not cost the plan."""
    from optimiser.planning.settings import SHARE
    from optimiser.questions.frontier import frontier as make_frontier
    from optimiser.questions.resources import Resource, choose_levels

    made, heads = solution.settings, Resource("heads")
    try:
        return make_frontier(
            solution.instance,
            choose_levels(solution.instance, heads, None, None, None),
            heads,
            seed=made.seed,
            scenarios=made.scenarios,
            reporting=made.reporting,
            budget=max(made.scenarios, made.budget // SHARE),
            workers=workers,
            engine=made.engine,
            law=made.law,
            solver=solver.value,
            watcher=watcher,
            extra={**extra, "plan": solution.deployment},
        )
    except KeyboardInterrupt:
        return None


def _weigh(solution: Solution, solver: Solver, workers: int | None, watcher: Watcher) -> Firmness | None:
    """Ask what is firm in the plan, with its own settings; an interrupt must not cost the plan."""
    from optimiser.planning.settings import SHARE
    from optimiser.questions.firmness import find_firmness

    made = solution.settings
    try:
        return find_firmness(
            solution.instance,
            solution.deployment,
            seed=made.seed,
            scenarios=made.scenarios,
            budget=max(made.scenarios, made.budget // SHARE),
            workers=workers,
            engine=made.engine,
            law=made.law,
            solver=solver.value,
            watcher=watcher,
        )
    except KeyboardInterrupt:
        return None


def _keep(
    solution: Solution,
    instance: str,
    out: Path | None,
    quiet: bool,
    orders: bool,
    language: Language,
    frontier: Frontier | None,
    firmness: Firmness | None,
) -> None:
    """Write the files of a plan, and its papers where they are asked for; commands in them name the files as given."""
    if out is not None:
        from optimiser.output.write import describe_plan, write_orders, write_solution

        files = write_solution(solution, out, language=language, frontier=frontier, firmness=firmness, file=instance)
        if orders:
            document, source = describe_plan(solution), (instance, str(out / "plan.json"))
            files += write_orders(
                *(solution.instance, solution.deployment, out), document=document, language=language, source=source
            )
        if not quiet:
            print_notice(language("written: {files}", files=", ".join(map(str, files))))


def _show_solution(solution: Solution, as_json: bool, language: Language) -> None:
    if as_json:
        from optimiser.output.write import describe_plan

        print_document(describe_plan(solution))
    else:
        from optimiser.output.sections.plan import plan_sections

        print_sections(plan_sections(solution, language))
