"""`optimiser template`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_notice
from optimiser.cli.shared.options import Lang, Tongue, speak
from optimiser.common.errors import FileTrouble
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
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Make a workbook to fill in: a sheet for each kind of data, with units, help and drop-downs."""
    from optimiser.files.read import instances_folder, read
    from optimiser.files.workbook.examples import example as shown
    from optimiser.output.excel.template import write_template
    from optimiser.output.write import write_files

    language = speak(lang)
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
    if not file.parent.is_dir():
        words = {"file": str(file), "folder": str(file.parent)}
        raise FileTrouble(Message("{file}: could not be written: there is no folder {folder}", **words))
    for name in files:
        if os.path.lexists(file.parent / name):
            raise FileTrouble(Message("{file}: is already there and is left alone", file=str(file.parent / name)))
    write_files(file.parent, files)
    print_notice(language("written: {files}", files=", ".join(str(file.parent / name) for name in files)))
