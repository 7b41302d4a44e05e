"""`optimiser repair`, and what other commands say about an instance that no deployment can meet."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.amended import write_changed
from optimiser.cli.options import AsJson, InstanceFile, Lang, Tongue, speak
from optimiser.door import guarded, say, show, show_json
from optimiser.errors import Infeasible, NoPlan, Unrepairable
from optimiser.message import Message
from optimiser.processors import processors

if TYPE_CHECKING:
    from optimiser.instance import Instance
    from optimiser.language import Language
    from optimiser.remedy import Repair

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
        list[Measure] | None, typer.Option(help="A measure that is not to be had; may be given several times.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the repaired instance, TOML or JSON.")
    ] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Find the cheapest changes that make an infeasible instance feasible: required, there, needed."""
    from optimiser.reading import read
    from optimiser.remedy import repair as find_repair
    from optimiser.requisition import repair_values, show_repair

    problem, language = read(instance), speak(lang)
    found = find_repair(problem, {measure.value: None for measure in never or ()}, nodes=NODES)
    if out is not None:
        write_changed(instance, problem, found.edits, out, language)
    if as_json:
        show_json({"format": "optimiser-repair/1", "instance": problem.name, "repair": repair_values(found)})
    else:
        show(show_repair(found, language))


def tell_infeasible(
    problem: Instance, error: Infeasible, as_json: bool, language: Language, seed: int, scenarios: int
) -> None:
    """Say what clashes and what would repair it, and what a plan that pins fix entirely comes to all the same.

    Parameters
    ----------
    seed, scenarios : of the reporting scenarios that such a plan is played in.
    """
    from optimiser.rehearsal import rehearse_pinned
    from optimiser.remedy import repair as find_repair
    from optimiser.requisition import infeasible_values, show_repair

    if not as_json:
        say(Message("optimiser: {error}", error=error.message), language)
    found: Repair | None = None
    why: str = ""
    try:
        found = find_repair(problem, nodes=NODES)
    except (Unrepairable, NoPlan) as trouble:
        why = trouble.message
    fixed = rehearse_pinned(problem, seed, scenarios, processors())
    if as_json:
        show_json(infeasible_values(problem, error, found, why, fixed))
    elif found is None:
        say(why, language)
    elif found.changes:
        show(show_repair(found, language))
    if fixed and not as_json:
        from optimiser.show import show_pinned

        show(show_pinned(fixed, language))
