"""`optimiser schema` and `optimiser instances`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import AsJson, Format, Lang, Tongue, speak
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message

if TYPE_CHECKING:
    from optimiser.common.language import Language


@guarded
def schema(
    what: Annotated[Format, typer.Argument(metavar="[NAME]", help="Which document.")] = Format.INSTANCE,
) -> None:
    """Print the JSON Schema of a document: instance, deployment, whatif, plan, and whatever --json prints."""
    from optimiser.output.documents.schemas.publish import SCHEMAS

    print_document(SCHEMAS[what]())


@guarded
def instances(
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
    copy: Annotated[str | None, typer.Option("--copy", metavar="NAME", help="Copy an example, to change it.")] = None,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to copy it; here if left out.")] = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Also list synthetic and infeasible ones.")] = False,
) -> None:
    """List the shipped examples, or copy one out."""
    from optimiser.files.read import GROUPS, instances_folder, read, shipped

    if copy is not None:
        _copy(copy, to, speak(lang))
        return
    names = [name for group in ("", *GROUPS) if everything or not group for name in shipped(group)]
    listed = {name: read(instances_folder() / f"{name}.toml") for name in names}
    if as_json:
        from optimiser.output.documents.instances import describe_instances

        print_document(describe_instances(listed))
    else:
        from optimiser.output.sections.instances import instances_sections

        more = {} if everything else {group: len(shipped(group)) for group in GROUPS}
        told = {name: problem.told_in(speak(lang).code) for name, problem in listed.items()}
        print_sections(instances_sections(told, more, speak(lang)))


def _copy(name: str, folder: Path, language: Language) -> None:
    """Copy an example and the historical plan beside it, or write a synthetic town; what is there already stays."""
    from optimiser.files.read import GROUPS, instances_folder, read, shipped
    from optimiser.files.synthetic import town as synthetic
    from optimiser.output.write import write_files

    town = synthetic.Town.of(name.removeprefix("families/"))
    if name in [known for group in ("", *GROUPS) for known in shipped(group)]:
        source = instances_folder() / f"{name}.toml"
        past = read(source).historical
        files = {file: (source.parent / file).read_bytes() for file in (source.name, *([past] if past else []))}
    elif town is not None:
        files = {f"{town.name}.toml": synthetic.town_text(town).encode()}
    else:
        words = {"name": name, "known": ", ".join(shipped())}
        raise typer.BadParameter(language("no shipped example is called '{name}'; there are {known}", **words))
    for file in files:
        if os.path.lexists(folder / file):
            raise FileTrouble(Message("{file}: is already there and is left alone", file=str(folder / file)))
    write_files(folder, files)
    print_notice(language("copied: {files}", files=", ".join(str(folder / file) for file in files)))
