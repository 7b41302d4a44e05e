"""`optimiser serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_notice
from optimiser.cli.shared.options import Lang, Tongue, check_out, speak
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message

WEB_MISSING = Message("{package} is not installed: python -m pip install '.[web]' in the folder of the project")


@guarded
def serve(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder of jobs and their results.")] = Path(
        "jobs"
    ),
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address of this machine to listen at.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any that is free.")] = 8765,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="A further name it may be called by, without port."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", metavar="FILE", help="Holds the token; else OPTIMISER_TOKEN does, or a fresh one."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=1024, help="Searches done at once; all cores if left out.")
    ] = None,
    queue: Annotated[int, typer.Option("--queue", min=1, max=100_000, help="Jobs that may wait or run.")] = 100,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Serve validation, plans, simulations, what-ifs and comparisons to other programs, over HTTP with JSON."""
    language = speak(lang)
    try:
        from optimiser.web.address import allowed_hosts, bind, find_token
        from optimiser.web.server import serve as run
    except ModuleNotFoundError as error:
        raise FileTrouble(Message(WEB_MISSING, package=str(error.name))) from error
    from optimiser.web.job_queue import JobQueue

    token, chosen = find_token(token_file)
    check_out(folder)
    with bind(host, port, chosen) as bound:
        port = bound.getsockname()[1]
        jobs = JobQueue(folder, workers, queue)
        shown = f"[{host}]" if ":" in host else host

        def ready() -> None:
            print_notice(
                language(
                    "listening at http://{host}:{port}/, jobs in {folder}", host=shown, port=str(port), folder=folder
                )
            )
            if not chosen:
                print_notice(language("token, shown once: {token}", token=token))
                print_notice(
                    language(
                        "for a browser: http://{host}:{port}/?token={token}", host=shown, port=str(port), token=token
                    )
                )

        run(jobs, token, bound, allowed_hosts(host, port, name or ()), ready)
