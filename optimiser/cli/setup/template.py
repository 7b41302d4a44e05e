"""`optimiser template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, write_new
from optimiser.cli.shared.options import Lang, Tongue, speak
from optimiser.common.language import Language
from optimiser.common.message import Message


@guarded
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Workbook to make; one that is there stays.")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="INSTANCE", help="What to fill it with; it is empty if left out."),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Fill it with a small invented town, whose rows are marked as examples.")
    ] = False,
    log: Annotated[
        str | None,
        typer.Option(
            "--log",
            metavar="INSTANCE",
            help="Make a log of a day of INSTANCE to fill in instead, FILE.xlsx or FILE.csv.",
        ),
    ] = None,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Make a workbook to fill in: a sheet for each kind of data, with units, help and drop-downs; or one for a log."""
    from optimiser.files.read import instances_folder, read
    from optimiser.files.workbook.examples import example as shown
    from optimiser.output.excel.template import write_template

    language = speak(lang)
    if log is not None:
        if example or source is not None:
            other = "--example" if example else "--from"
            raise typer.BadParameter(Message("either {one} or {other}, not both", one="--log", other=other))
        write_new(file.parent, {file.name: _make_log(log, file.suffix.lower(), language)}, language)
        return
    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter(Message("the name of a workbook ends in .xlsx"))
    if example and source is not None:
        raise typer.BadParameter(Message("either {one} or {other}, not both", one="--example", other="--from"))
    instance = read(source) if source is not None else shown(language.code) if example else None
    files = {file.name: write_template(instance, language)}
    if (
        instance is not None and instance.historical and source is not None
    ):  # the plan that was used lies beside the instance
        folder = Path(source).parent if Path(source).is_file() else instances_folder()
        files[instance.historical] = (folder / instance.historical).read_bytes()
    write_new(file.parent, files, language)


def _make_log(name: str, kind: str, language: Language) -> bytes:
    """Make an empty log of a day of an instance."""
    from optimiser.files.read import read
    from optimiser.model.observed_log import ObservedLog
    from optimiser.output.score.log_book import write_log_table, write_log_template

    instance = read(name)
    if kind == ".xlsx":
        return write_log_template(instance, language)
    if kind == ".csv":
        return write_log_table(ObservedLog(()), instance, language)
    raise typer.BadParameter(Message("the name of a log ends in .xlsx or .csv"))
