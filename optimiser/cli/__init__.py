"""Every command reads, calls the package, prints the result on standard output and messages on standard error.

Exit codes: 0 done, 1 a fault of this program, 2 usage, 3 bad input or a refused plan, 4 files, 5 proved infeasible,
6 no proof though one was required, 7 no plan found within the limits, 8 cases of a batch without a result, 130
interrupted by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP, 141 the reader of standard output left.

What computes is imported where it is used, so that help is there at once.
"""

from __future__ import annotations

import sys
import warnings
from typing import Annotated

import typer

from optimiser.cli.many_plans.batch import batch
from optimiser.cli.many_plans.board import board
from optimiser.cli.many_plans.nation import generate, nation
from optimiser.cli.many_plans.runs import runs
from optimiser.cli.many_plans.serve import serve
from optimiser.cli.one_plan.check import check, validate
from optimiser.cli.one_plan.compare import compare
from optimiser.cli.one_plan.explain import explain
from optimiser.cli.one_plan.firm import firm
from optimiser.cli.one_plan.frontier import frontier
from optimiser.cli.one_plan.optimum import optimum
from optimiser.cli.one_plan.orders import orders
from optimiser.cli.one_plan.plan import plan
from optimiser.cli.one_plan.presence import presence
from optimiser.cli.one_plan.repair import repair
from optimiser.cli.one_plan.simulate import simulate
from optimiser.cli.one_plan.whatif import whatif
from optimiser.cli.one_plan.worth import worth
from optimiser.cli.operation.calibrate import calibrate
from optimiser.cli.operation.exercise import exercise
from optimiser.cli.operation.now import now
from optimiser.cli.operation.score import score
from optimiser.cli.setup.compile import compile
from optimiser.cli.setup.geojson import geojson
from optimiser.cli.setup.library import instances, schema
from optimiser.cli.setup.movements import movements
from optimiser.cli.setup.roles import roles
from optimiser.cli.setup.template import template
from optimiser.cli.shared.console import (
    code_of_interrupt,
    end_at_signals,
    finish_output,
    heed_signals,
    hold_streams,
    say_warnings,
)
from optimiser.cli.shared.helping import asked, run_command_line

app = typer.Typer(
    name="optimiser",
    help="Plan the deployment of personnel over the sectors of a city: simulate, allocate, say how good it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    hold_streams()
    heed_signals()
    output, language = sys.stdout, asked(sys.argv[1:])
    warnings.showwarning = say_warnings(warnings.showwarning, language)
    try:
        run_command_line(typer.main.get_command(app), "optimiser", language)
    except KeyboardInterrupt:
        raise SystemExit(code_of_interrupt()) from None
    except (OSError, SystemExit) as ended:
        code = finish_output(output, ended)
        if code is None:
            raise
        raise SystemExit(code) from None
    finally:
        end_at_signals()


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


COMMANDS = (
    plan,
    whatif,
    compare,
    explain,
    frontier,
    worth,
    presence,
    firm,
    optimum,
    batch,
    simulate,
    now,
    orders,
    exercise,
    score,
    calibrate,
    check,
    validate,
    repair,
    template,
    roles,
    movements,
    geojson,
    board,
    serve,
    schema,
    instances,
    compile,
    generate,
    nation,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(runs)
