"""`optimiser movements`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.cli.one_plan.amended import write_changed
from optimiser.cli.shared.console import guarded, print_sections
from optimiser.cli.shared.options import InstanceFile, Lang, Tongue, speak
from optimiser.files.examination.proposals import MOST


@guarded
def movements(
    instance: InstanceFile,
    most: Annotated[int, typer.Option("--most", min=0, max=100, help="Movements, beside accompaniments.")] = MOST,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Write the instance with all of them here, .toml or .json."),
    ] = None,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Propose which units could move with people or from place to place, from where people are expected when."""
    from optimiser.files.edit import Edit
    from optimiser.files.examination.proposals import propose_moving, write_moving
    from optimiser.files.read import read
    from optimiser.output.sections.moving import proposal_sections

    problem, language = read(instance), speak(lang)
    told = problem.told_in(language.code)
    found = propose_moving(told, language, most)
    print_sections(proposal_sections(told, found, language))
    if to is not None:
        edits = [Edit((section,), rows) for section, rows in write_moving(problem, found).items()]
        write_changed(instance, problem, edits, to, language)
