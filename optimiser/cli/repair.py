"""`optimiser repair`, and what other commands say about an instance that no deployment can meet."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.amended import write_changed
from optimiser.cli.options import AsJson, InstanceFile
from optimiser.door import guarded, say, show, show_json
from optimiser.errors import Infeasible, NoPlan, Unrepairable

if TYPE_CHECKING:
    from optimiser.instance import Instance
    from optimiser.repair import Repair

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
    as_json: AsJson = False,
) -> None:
    """Find the cheapest changes that make an infeasible instance feasible: required, there, needed."""
    from optimiser.reading import read
    from optimiser.repair import mend
    from optimiser.requisition import repair_values, show_repair

    problem = read(instance)
    found = mend(problem, {measure.value: None for measure in never or ()}, nodes=NODES)
    if out is not None:
        write_changed(instance, problem, found.edits, out)
    if as_json:
        show_json({"instance": problem.name, "repair": repair_values(found)})
    else:
        show(show_repair(found))


def tell_infeasible(problem: Instance, error: Infeasible, as_json: bool) -> None:
    """Say what clashes and what would repair it."""
    from optimiser.repair import mend
    from optimiser.requisition import repair_values, show_repair

    if not as_json:
        say(f"optimiser: {error}")
    found: Repair | None = None
    why = ""
    try:
        found = mend(problem, nodes=NODES)
    except (Unrepairable, NoPlan) as trouble:
        why = str(trouble)
    if as_json:
        values = repair_values(found) if found else None
        show_json(
            {"instance": problem.name, "infeasible": True, "clashing": error.clashing, "repair": values, "why": why}
        )
    elif found is None:
        say(why)
    elif found.changes:
        show(show_repair(found))
