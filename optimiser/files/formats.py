"""The formats of documents that this version knows; one of a later version is refused wherever documents are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import file_fault

NAMES = (
    "accord",
    "advice",
    "answer",
    "audit",
    "base-map",
    "batch",
    "board",
    "boards",
    "calibration",
    "case",
    "cases",
    "check",
    "clashes",
    "comparison",
    "day",
    "days",
    "deployment",
    "exercise",
    "explanation",
    "faults",
    "files",
    "firm",
    "form",
    "frontier",
    "infeasible",
    "instance",
    "instances",
    "job",
    "jobs",
    "map",
    "movements",
    "nation",
    "optimum",
    "outline",
    "pairs",
    "plan",
    "presence",
    "reading",
    "repair",
    "rules",
    "score",
    "simulation",
    "situation",
    "strips",
    "whatif",
    "worth",
)
KNOWN = tuple(f"optimiser-{name}/1" for name in NAMES)

PLANS = ("optimiser-plan/1", "optimiser-deployment/1")


def refuse_plan(source: str, owner: str) -> InputFault:
    """Return the fault of a plan that was given where an instance is asked for.

    Parameters
    ----------
    owner : name of the instance that it is a plan of.
    """
    found, expected = Message("a plan of '{name}'", name=owner), Message("an instance")
    words = {"name": owner, "file": source}
    repair = Message("write optimiser check INSTANCE {file}, where INSTANCE is the file of '{name}'", **words)
    return file_fault(source, "wrong-format", found, expected, repair)


def demand_format(document: Mapping[str, Any], source: str) -> str:
    """Return the format that a document names.

    Raises
    ------
    InputFault : it names none that this version knows, as a document of a later version does.
    """
    name = document.get("format")
    if not isinstance(name, str) or name not in KNOWN:
        expected = Message("one of {names}", names=", ".join(KNOWN))
        repair = Message("read it with the version that wrote it, or a later one")
        raise InputFault(source, [make_fault("wrong-format", "format", name, expected, repair)])
    return name
