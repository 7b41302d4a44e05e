"""`optimiser nation` and `optimiser generate`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import (
    AsJson,
    ChosenLaw,
    Lang,
    OutFolder,
    Scheduler,
    Seed,
    Tongue,
    check_out,
    decimal,
    hire,
    speak,
)
from optimiser.common.errors import FileTrouble, OptimiserError
from optimiser.common.message import Message

ANSWERS = "answers"  # folder of a run in which what districts answered is kept
NationFile = Annotated[Path, typer.Argument(metavar="NATION", help="File of a nation or province, TOML or JSON.")]


class Extent(StrEnum):
    """What can be generated."""

    PROVINCE = "province"
    NATION = "nation"


@guarded
def generate(
    what: Annotated[Extent, typer.Argument(metavar="province|nation", help="17 districts, or 508.")],
    to: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; the file is DIR/nation.toml.")],
    seed: Annotated[int, typer.Option("--seed", min=0, max=999_999_999, help="Names it: same seed, same bytes.")] = 1,
    separate: Annotated[
        bool, typer.Option("--separate", help="The twin whose sectors inside a district do not influence each other.")
    ] = False,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Make a synthetic province or nation: real numbers of districts, all else invented from a seed."""
    from optimiser.files.read_nation import FOLDER
    from optimiser.files.synthetic.nation import Archipelago, make_files
    from optimiser.output.write import write_files

    language, whole = speak(lang), to / "nation.toml"
    for there in (whole, to / FOLDER):
        if os.path.lexists(there):
            raise FileTrouble(Message("{file}: is already there and is left alone", file=str(there)))
    folders: dict[Path, dict[str, bytes]] = {}
    for name, text in make_files(Archipelago(what.value, separate, seed)):
        file = to / name
        folders.setdefault(file.parent, {})[file.name] = text.encode()
    for folder, files in folders.items():
        write_files(folder, files)
    print_notice(language("written: {files}", files=whole))


@guarded
def nation(
    file: NationFile,
    seed: Seed = 1,
    scenarios: Annotated[
        int,
        typer.Option("--scenarios", min=2, max=1_000_000, help="Scenarios of each district that plans are chosen on."),
    ] = 200,
    reporting: Annotated[
        int | None,
        typer.Option(
            "--reporting",
            min=2,
            max=1_000_000,
            help="Fresh scenarios that figures come from; twice as many if left out.",
        ),
    ] = None,
    gap: Annotated[
        float, typer.Option("--gap", parser=decimal(0.0, 1.0), help="Relative gap at which prices are good enough.")
    ] = 0.015,
    rounds: Annotated[
        int | None,
        typer.Option("--rounds", min=1, max=100, help="Most rounds of prices; 8 if left out, 2 with interplay."),
    ] = None,
    budget: Annotated[
        int, typer.Option("--budget", min=1, help="Simulated days of each search of a district.")
    ] = 20_000,
    law: ChosenLaw = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=1024, help="Processes; all cores if left out. The result is the same."),
    ] = None,
    scheduler: Scheduler = None,
    out: OutFolder = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="DIR", help="Plan nothing: check the loans and plans written into DIR."),
    ] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
) -> None:
    """Plan all districts of a nation or province together, with the pools of reinforcements that they share."""
    from optimiser.cli.shared.progress_bar import Districts, choose_progress
    from optimiser.files.read_nation import read_nation
    from optimiser.nation.audit import audit
    from optimiser.nation.coordinate import NationObserver, plan_nation
    from optimiser.output.documents.nation import describe_accord, describe_audit, look_aside, write_accord
    from optimiser.output.render_terminal import make_console
    from optimiser.output.sections.nation import audit_sections, nation_sections

    language, problem = speak(lang), read_nation(file)
    if check is not None:
        found = audit(file, check)
        if as_json:
            print_document(describe_audit(found))
        else:
            print_sections(audit_sections(found, language))
        if not found.passed:
            raise typer.Exit(3)
        return
    check_out(out)
    if out is not None:
        look_aside(problem, file.parent, out)

    executor = hire(scheduler)
    with choose_progress(make_console(sys.stderr), language, quiet) as lines:
        accord = plan_nation(
            problem,
            file.parent,
            seed=seed,
            scenarios=scenarios,
            reporting=reporting,
            gap=gap,
            rounds=rounds,
            budget=budget,
            law=law.value if law else None,
            workers=workers,
            executor=executor,
            cache=None if out is None else out / ANSWERS,
            observer=NationObserver() if quiet else Districts(lines),
        )
    verdict = None
    if out is not None:
        written = write_accord(accord, out)
        verdict = audit(file, out)
        if not verdict.passed:
            raise OptimiserError(verdict.all_of_it())
        if not quiet:
            print_notice(language("written: {files}", files=", ".join(map(str, written))))
    if as_json:
        print_document(describe_accord(accord))
    else:
        print_sections(nation_sections(accord, verdict, language))
