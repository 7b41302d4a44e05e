"""`optimiser board`."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.many_plans.serve import WEB_MISSING
from optimiser.cli.shared.console import guarded, print_notice
from optimiser.cli.shared.options import Lang, Tongue, check_out, historical, planned_in, speak
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message

FOLDER = "optimiser-board"  # in the folder of the user, where boards are found again from wherever it is started


@guarded
def board(
    instance: Annotated[
        str | None,
        typer.Argument(
            metavar="[INSTANCE]", help="TOML, JSON or Excel file, or an example's name; left out: choose there."
        ),
    ] = None,
    plan: Annotated[Path | None, typer.Argument(metavar="[PLAN]", help="A plan to begin with.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help=f"Where boards are kept; ~/{FOLDER} if left out."),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any that is free.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Open the board: plan, drag units, see what that changes, in a browser on this machine, without a network."""
    language = speak(lang)
    try:
        from optimiser.web.address import allowed_hosts, bind, find_token
        from optimiser.web.server import serve as run
    except ModuleNotFoundError as error:
        raise FileTrouble(Message(WEB_MISSING, package=str(error.name))) from error
    from optimiser.files.read import read
    from optimiser.web.app import BOARDS
    from optimiser.web.board.begin import begin_board
    from optimiser.web.board.saved_boards import SavedBoards
    from optimiser.web.job_queue import JobQueue

    kept = folder if folder is not None else Path.home() / FOLDER
    begun = None
    if instance is not None:
        problem = read(instance)
        begun = begin_board(problem, planned_in(plan, problem, language)[0] or historical(instance, problem), language)
    check_out(kept)
    host = "127.0.0.1"
    token, _ = find_token(None)
    with bind(host, port, chosen=False) as bound:
        port = bound.getsockname()[1]
        jobs = JobQueue(kept)
        mark = f"#{SavedBoards(kept / BOARDS).add(begun)['id']}" if begun is not None else ""
        address = f"http://{host}:{port}/board?token={token}&lang={lang.value}{mark}"

        def ready() -> None:
            print_notice(language("the board: {address}", address=address))
            print_notice(language("boards in {folder}; Ctrl-C ends it", folder=kept))
            if not no_browser:
                webbrowser.open(address)

        run(jobs, token, bound, allowed_hosts(host, port), ready)
