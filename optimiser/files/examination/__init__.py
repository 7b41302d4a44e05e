"""Looks over an instance that can be used for what is unusual: each finding is a warning, and nothing is refused.

Every check is a generator of `Caution` and stands alone. Limits are wide: whoever is warned of what is right stops
reading warnings. The shipped instances give none, but for the Markov families, whose officials and times are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from optimiser.common.message import Message
from optimiser.files.examination.crowds import find_crowd_cautions
from optimiser.files.examination.examples import find_example_cautions
from optimiser.files.examination.horizon import find_late_cautions, tell_cut, tell_shift
from optimiser.files.examination.means import find_means_cautions
from optimiser.files.examination.moving import find_moving_cautions
from optimiser.files.examination.relief import find_relief_cautions
from optimiser.files.examination.texts import find_text_cautions
from optimiser.files.examination.ways import find_way_cautions
from optimiser.files.read import read_located
from optimiser.model.cautions import Caution, tell_cautions
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import checked

MOST_CAUTIONS = 200  # listed of one kind; more help nobody
CHECKS: tuple[Callable[[Instance], Iterator[Caution]], ...] = (
    find_way_cautions,
    find_means_cautions,
    find_crowd_cautions,
    find_late_cautions,
    find_moving_cautions,
    find_example_cautions,
    find_text_cautions,
)


@checked()
def examine(instance: Instance) -> tuple[Caution, ...]:
    """List the warnings about an instance: those of the file it was read from, then those of its values.

    Places are paths in the data; `inspect` names the cells of a workbook.

    Raises
    ------
    BadSetting : it is no instance.
    """
    found: list[Caution] = list(instance.noted)
    for check in CHECKS:
        of_kind: dict[str, int] = {}
        for caution in check(instance):
            of_kind[caution.code] = of_kind.get(caution.code, 0) + 1
            if of_kind[caution.code] <= MOST_CAUTIONS:
                found.append(caution)
    return tuple(found)


def examine_plan(instance: Instance, deployment: Deployment) -> tuple[Caution, ...]:
    """List the warnings about an instance, then those about a plan for it."""
    return (*examine(instance), *find_relief_cautions(instance, deployment))


def inspect(path: str | Path) -> tuple[Instance, tuple[Caution, ...]]:
    """Read an instance and examine it; warnings about a workbook name sheet and cell.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    instance, locate = read_located(path)
    given = set(instance.noted)  # these name their cells already
    return instance, tuple(c if c in given else replace(c, place=locate(c.place)) for c in examine(instance))


def list_remarks(instance: Instance) -> tuple[tuple[Message, Message], ...]:
    """Return the lines that stand beside a plan, each with its heading: what is unusual, and what is not counted."""
    cautions = [caution for caution in examine(instance) if caution.code != "after-the-end"]
    lines = ((Message("Warnings"), tell_cautions(cautions)), (Message("Not counted"), tell_cut(instance)))
    return tuple((heading, line) for heading, line in lines if line is not None)


def list_new(before: Iterable[Caution], after: Iterable[Caution]) -> tuple[Caution, ...]:
    """List the warnings that a change brought: those about the changed instance alone."""
    known = {(caution.code, caution.found) for caution in before}
    return tuple(caution for caution in after if (caution.code, caution.found) not in known)


__all__ = ["Caution", "examine", "examine_plan", "inspect", "list_new", "tell", "tell_cut", "tell_shift"]
