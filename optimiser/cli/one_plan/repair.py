"""`optimiser repair`, and what other commands say about an instance that no deployment can meet."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.one_plan.amended import write_changed
from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import AsJson, InstanceFile, Lang, Tongue, speak
from optimiser.common.errors import Infeasible, NoPlan, Unrepairable
from optimiser.common.message import Message
from optimiser.common.processors import processors

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.model.instance import Instance
    from optimiser.planning.programs.repair import Repair

NODES = 20_000  # of the search tree; assumed, a town of 1,000 sectors needs none


class Measure(StrEnum):
    """What a repair may change."""

    ROOM = "room"
    CAP = "cap"
    PERSON = "person"
    VEHICLE = "vehicle"
    SEAT = "seat"
    MAXIMUM = "maximum"
    PIN = "pin"
    COVER = "cover"
    MINIMUM = "minimum"


@guarded
def repair(
    instance: InstanceFile,
    never: Annotated[
        list[Measure] | None,
        typer.Option("--never", help="A measure that is not to be had; may be given several times."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the repaired instance, TOML or JSON.")
    ] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Find the cheapest changes that make an infeasible instance feasible: required, there, needed."""
    from optimiser.files.read import read
    from optimiser.output.documents.repair import describe_repair
    from optimiser.output.sections.repair import repair_sections
    from optimiser.planning.programs.repair import repair as find_repair

    problem, language = read(instance).told_in(speak(lang).code), speak(lang)
    found = find_repair(problem, {measure.value: None for measure in never or ()}, nodes=NODES)
    if out is not None:
        write_changed(instance, problem, found.edits, out, language)
    if as_json:
        print_document(describe_repair(problem, found))
    else:
        print_sections(repair_sections(found, language))


def tell_infeasible(
    problem: Instance,
    error: Infeasible,
    as_json: bool,
    language: Language,
    seed: int,
    scenarios: int,
    before: Instance | None = None,
    law: str | None = None,
) -> None:
    """Say what clashes and what would repair it, and what a plan that pins fix entirely comes to all the same.

    Parameters
    ----------
    seed, scenarios : of the reporting scenarios that such a plan is played in.
    before : the instance without what a what-if changed.
    law : name of the law that such a plan is played under; the default one if None.
    """
    from optimiser.output.documents.repair import describe_infeasible
    from optimiser.output.sections.repair import repair_sections
    from optimiser.planning.programs.repair import repair as find_repair
    from optimiser.questions.played_plan import rehearse_pinned
    from optimiser.questions.what_if.differences import list_differences, tell_differences

    differences = () if before is None else list_differences(before, problem)
    if not as_json:
        for line in tell_differences(differences, language):
            print_notice(line)
        print_notice(Message("optimiser: {error}", error=error.message), language)
    found: Repair | None = None
    why: str = ""
    try:
        found = find_repair(problem, nodes=NODES)
    except (Unrepairable, NoPlan) as trouble:
        why = trouble.message
    fixed = rehearse_pinned(problem, seed, scenarios, processors(), law)
    if as_json:
        print_document(describe_infeasible(problem, error, found, why, fixed, differences))
    elif found is None:
        print_notice(why, language)
    elif found.changes:
        print_sections(repair_sections(found, language))
    if fixed and not as_json:
        from optimiser.output.sections.simulation import pinned_sections

        print_sections(pinned_sections(fixed, language))
