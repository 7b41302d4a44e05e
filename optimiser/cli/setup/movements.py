"""`optimiser movements`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.one_plan.amended import write_changed
from optimiser.cli.shared.console import guarded, print_document, print_sections
from optimiser.cli.shared.options import AsJson, InstanceFile, Lang, Tongue, speak

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.files.edit import Edit
    from optimiser.model.instance import Instance


@guarded
def movements(
    instance: InstanceFile,
    most: Annotated[
        int | None,
        typer.Option(
            "--most",
            min=0,
            max=100,
            help="Movements from place to place at most, 4 if left out; accompaniments come on top, and movements for "
            "rest and relief too unless it is 0, which gives accompaniments alone.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Write the instance with them here, .toml or .json."),
    ] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Propose which units could move with people or from place to place, from where people are expected when."""
    from optimiser.files.examination.proposals import MOST, propose_moving
    from optimiser.files.read import read
    from optimiser.output.documents.instances import describe_proposals
    from optimiser.output.sections.instances import proposal_sections

    problem, language = read(instance), speak(lang)
    told, most = problem.told_in(language.code), MOST if most is None else most
    found = propose_moving(told, language, most)
    if as_json:
        print_document(describe_proposals(told, found))
    else:
        print_sections(proposal_sections(told, found, language))
    if to is not None:
        own = speak(Tongue.ENGLISH) if problem.texts else language  # a file with texts is translated from English
        write_changed(instance, problem, _edit(problem, own, most), to, language)


def _edit(problem: Instance, own: Language, most: int) -> Iterator[Edit]:
    """Add what is proposed, named in the language of the file and, as its other texts are, in those it is told in."""
    from optimiser.files.edit import Edit
    from optimiser.files.examination.proposals import propose_moving, write_moving

    found = propose_moving(problem, own, most)
    for section, rows in write_moving(problem, found).items():
        before = len(getattr(problem, section))
        if not before:
            yield Edit((section,), rows)
        for number, row in enumerate(rows[before:], before) if before else ():  # what is there keeps its comments
            yield Edit((section, number), row)
    for tongue in Tongue:
        if tongue.value in problem.texts:
            others = propose_moving(problem.told_in(tongue.value), speak(tongue), most)
            for one, other in zip(found, others, strict=True):
                yield Edit(("texts", tongue.value, one.name), other.name)
