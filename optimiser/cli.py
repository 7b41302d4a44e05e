"""The doors: every command reads, asks the package, prints the result on standard output and talks on standard error.

Exit codes: 0 done, 1 a fault of this program, 2 usage, 3 bad input or a refused plan, 4 files, 5 proved infeasible,
6 no proof though one was required, 7 no plan found within the limits, 130 interrupted.

What computes is imported where it is used, so that help is there at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.door import INTERRUPTED, guarded, say, show, show_json
from optimiser.errors import FileTrouble, InputFault, NoProof

if TYPE_CHECKING:
    from optimiser.deployment import Deployment
    from optimiser.instance import Instance
    from optimiser.solution import Solution

REFUSED = InputFault.exit_code
MOST_SCENARIOS = 1_000_000  # assumed: far beyond what an interval can use

app = typer.Typer(
    name="optimiser",
    help="Plan the deployment of personnel over the sectors of a city: simulate, allocate, say how good it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Solver(StrEnum):
    """Solvers to choose from."""

    HIGHS = "highs"
    CBC = "cbc"


class EngineChoice(StrEnum):
    """Engines to choose from; the numbers are the same."""

    AUTO = "auto"
    COMPILED = "compiled"
    SIMPY = "simpy"


class Format(StrEnum):
    """Files whose shape is published."""

    INSTANCE = "instance"
    DEPLOYMENT = "deployment"
    PLAN = "plan"


InstanceFile = Annotated[
    str, typer.Argument(metavar="INSTANCE", help="TOML or JSON file, or a shipped example's name.")
]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="Deployment or plan file, TOML or JSON.")]
MaybePlanFile = Annotated[
    Path | None, typer.Argument(metavar="[PLAN]", help="Left out: the historical plan, or else a plan by hand rule.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random stream; same seed, same result.")]
Planning = Annotated[int, typer.Option(min=2, max=MOST_SCENARIOS, help="Scenarios the plan is chosen on.")]
Reporting = Annotated[
    int | None,
    typer.Option(min=2, max=MOST_SCENARIOS, help="Fresh scenarios that figures come from; twice as many if left out."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Threads; all cores if left out. The result is the same.")
]
Seconds = Annotated[
    float | None, typer.Option(min=0.0, help="Begin no new iteration after so long; then the run is not replayable.")
]
Budget = Annotated[
    int | None,
    typer.Option(min=1, help="End the search after so many joint replications."),
]
Told = Annotated[int, typer.Option(min=0, max=9999, help="Which reporting scenario to tell, from 0.")]
Played = Annotated[int, typer.Option(min=0, max=MOST_SCENARIOS, help="Also play so many, for harms with intervals.")]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the result's files into DIR.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that the screen's code page lacks is no reason to fail
    app(prog_name="optimiser")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"optimiser {version('deployment-optimiser')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


@app.command()
@guarded
def plan(
    instance: InstanceFile,
    seed: Seed = 1,
    scenarios: Planning = 500,
    reporting: Reporting = None,
    solver: Annotated[Solver, typer.Option(help="Solver of the integer program.")] = Solver.HIGHS,
    workers: Workers = None,
    seconds: Seconds = None,
    budget: Budget = None,
    engine: Annotated[EngineChoice, typer.Option(help="What simulates.")] = EngineChoice.AUTO,
    certify: Annotated[
        bool, typer.Option("--certify", help="Bound the distance from the true optimum too; takes ten times as long.")
    ] = False,
    require_proof: Annotated[
        bool, typer.Option("--require-proof", help="Exit with 6 if no distance to the optimum is proved.")
    ] = False,
    out: OutFolder = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Plan a deployment: who stands where, what to expect, how good it is.

    Ctrl-C ends the search; the best plan so far is still printed and written, and the exit code is 130.
    """
    from optimiser.live import watch
    from optimiser.planning import optimise
    from optimiser.progress import Watcher
    from optimiser.reading import read
    from optimiser.show import make_console

    problem = read(instance)
    past = _historical(instance, problem)
    _look_at(out)
    with contextlib.nullcontext(Watcher()) if quiet else watch(make_console(sys.stderr)) as watcher:
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
            certify=certify,
            watcher=watcher,
            extra={"historical": past} if past else {},
        )
    try:
        _keep(solution, out, quiet)
    finally:  # a full disk must not cost the plan that was found
        _show_solution(solution, as_json)
    if solution.interrupted:
        say("optimiser: interrupted; this is the best plan found until then")
        raise typer.Exit(INTERRUPTED)
    if require_proof and not solution.certificate.proved:
        raise NoProof(f"a proof was required: {solution.certificate.sentence}")


def _look_at(out: Path | None) -> None:
    """Find out before long work whether its result can be written."""
    if out is not None:
        from optimiser.write import check_folder

        check_folder(out)


def _keep(solution: Solution, out: Path | None, quiet: bool) -> None:
    if out is not None:
        from optimiser.write import write_solution

        files = write_solution(solution, out)
        if not quiet:
            say("written: " + ", ".join(str(file) for file in files))


def _show_solution(solution: Solution, as_json: bool) -> None:
    if as_json:
        from optimiser.write import describe

        show_json(describe(solution))
    else:
        from optimiser.briefing import brief

        show(brief(solution))


def _historical(name: str, problem: Instance) -> Deployment | None:
    """Read the plan that was used in reality, which lies beside the instance."""
    if problem.historical is None:
        return None
    from optimiser.reading import instances_folder, read_deployment

    folder = Path(name).parent if Path(name).is_file() else instances_folder()
    return read_deployment(folder / problem.historical, problem)


@app.command()
@guarded
def simulate(
    instance: InstanceFile,
    plan: MaybePlanFile = None,
    seed: Seed = 1,
    scenario: Told = 0,
    scenarios: Played = 0,
    out: OutFolder = None,
    as_json: AsJson = False,
) -> None:
    """Play a plan: tell one scenario event by event, and what happens over many."""
    from optimiser.reading import read, read_deployment
    from optimiser.rehearsal import rehearse

    problem = read(instance)
    deployment = read_deployment(plan, problem) if plan else _historical(instance, problem)
    if deployment is None:
        from optimiser.handrules import proportional

        deployment = proportional(problem)
    _look_at(out)
    rehearsal = rehearse(problem, deployment, seed, scenario, scenarios, workers=os.cpu_count() or 1)
    if out is not None:
        from optimiser.write import write_rehearsal

        say("written: " + ", ".join(str(file) for file in write_rehearsal(rehearsal, out)))
    if as_json:
        from optimiser.write import describe_rehearsal

        show_json(describe_rehearsal(rehearsal))
    else:
        from optimiser.show import show_rehearsal

        show(show_rehearsal(rehearsal))


@app.command()
@guarded
def check(instance: InstanceFile, plan: PlanFile, as_json: AsJson = False) -> None:
    """Check a plan against every rule; exit with 3 if it breaks any."""
    from optimiser import checker
    from optimiser.reading import read, read_deployment

    problem = read(instance)
    verdict = checker.check(problem, read_deployment(plan, problem))
    if as_json:
        from dataclasses import asdict

        from optimiser.write.plan import verdict_values

        show_json({**verdict_values(verdict), "heads": asdict(verdict.heads)})
    else:
        from optimiser.show import show_verdict

        show(show_verdict(verdict))
    if not verdict.passed:
        raise typer.Exit(REFUSED)


@app.command()
@guarded
def validate(instance: InstanceFile, as_json: AsJson = False) -> None:
    """Look for every fault in an instance file; exit with 3 if there is any."""
    from optimiser.reading import read
    from optimiser.show import count_parts, fault_values, show_faults

    try:
        problem = read(instance)
    except InputFault as error:
        if as_json:
            show_json({"source": error.source, "faults": fault_values(error)})
        else:
            show(show_faults(error))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        show_json({"source": instance, "faults": []})
    else:
        show(count_parts(problem))


@app.command()
@guarded
def schema(
    what: Annotated[Format, typer.Argument(metavar="[instance|deployment|plan]", help="Which file.")] = Format.INSTANCE,
) -> None:
    """Print the JSON Schema of a file."""
    from optimiser import reading
    from optimiser.write import plan_schema

    schemas = {
        Format.INSTANCE: reading.schema,
        Format.DEPLOYMENT: reading.deployment_schema,
        Format.PLAN: plan_schema,
    }
    show_json(schemas[what]())


@app.command()
@guarded
def instances(
    as_json: AsJson = False,
    copy: Annotated[str | None, typer.Option(metavar="NAME", help="Copy an example, to change it.")] = None,
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where to copy it; here if left out.")] = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Also list synthetic and infeasible ones.")] = False,
) -> None:
    """List the shipped examples, or copy one out."""
    from optimiser.reading import GROUPS, instances_folder, read, shipped

    if copy is not None:
        _copy(copy, to)
        return
    names = [name for group in ("", *GROUPS) if everything or not group for name in shipped(group)]
    listed = {name: read(instances_folder() / f"{name}.toml") for name in names}
    if as_json:
        from optimiser.show import instance_values

        show_json({"instances": [instance_values(name, i) for name, i in listed.items()]})
    else:
        from optimiser.show import show_instances

        show(show_instances(listed, {} if everything else {group: len(shipped(group)) for group in GROUPS}))


def _copy(name: str, folder: Path) -> None:
    """Copy an example and the historical plan beside it, or write a synthetic town; what is there already stays."""
    from optimiser import synthetic
    from optimiser.reading import GROUPS, instances_folder, read, shipped
    from optimiser.write import write_files

    town = synthetic.Town.of(name.removeprefix("families/"))
    if name in [known for group in ("", *GROUPS) for known in shipped(group)]:
        source = instances_folder() / f"{name}.toml"
        past = read(source).historical
        files = {file: (source.parent / file).read_bytes() for file in (source.name, *([past] if past else []))}
    elif town is not None:
        files = {f"{town.name}.toml": synthetic.write(town).encode()}
    else:
        raise typer.BadParameter(f"no shipped example is called '{name}'; there are {', '.join(shipped())}")
    for file in files:
        if os.path.lexists(folder / file):
            raise FileTrouble(f"{folder / file}: is already there and is left alone")
    write_files(folder, files)
    say("copied: " + ", ".join(str(folder / file) for file in files))


if __name__ == "__main__":
    main()
