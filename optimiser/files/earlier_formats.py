"""Documents as earlier versions wrote them, lifted to the shape of this one."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from optimiser.files.formats import demand_format
from optimiser.files.read import read_document

# What a format got later under the same number: the way to the part (* is each of a list), and what to put where it is
# missing. Nothing is made up: null stands for what was not measured; before there were two engines SimPy played, and
# before a law of one's own could be asked about, all was played under the one that ships.
LAW = (("settings", "law"), "risk")
CERTAIN = (("settings", "uncertain"), False)
ADDED: dict[str, tuple[tuple[tuple[str, ...], Any], ...]] = {
    "optimiser-plan/1": (
        (("settings", "engine"), "simpy"),
        CERTAIN,
        (("certificate", "local"), None),
        (("certificate", "true_gap"), None),
        (("certificate", "local", "seldom"), None),
        (("certificate", "listed"), None),
        (("sectors", "*", "harms"), None),
        (("notes",), None),
        (("sectors", "*", "margins", "*", "intervals"), None),
        (("warnings",), None),
        (("not_counted",), None),
        (("heads_by_place",), None),
        (("law_range",), None),
    ),
    "optimiser-faults/1": ((("warnings",), None),),
    "optimiser-answer/1": (
        *(((name,), None) for name in ("anyway", "differences", "sentence", "stays", "forced", "advised", "obstacles")),
        CERTAIN,
        (("assumed",), None),
        (("assembly",), None),
        (("certificate", "local", "seldom"), None),
        (("certificate", "listed"), None),
        (("warnings",), None),
        (("not_counted",), None),
        (("law_range",), None),
    ),
    "optimiser-comparison/1": ((("law_range",), None),),
    "optimiser-pairs/1": ((("pairs", "*", "first", "band"), None), (("pairs", "*", "second", "band"), None)),
    "optimiser-simulation/1": ((("law_range",), None),),
    "optimiser-infeasible/1": ((("differences",), None), (("pinned", "law_range"), None)),
    "optimiser-explanation/1": (
        LAW,
        (("verdict",), None),
        (("clash",), None),
        (("limits", "*", "broken"), None),
        (("rivals", "*", "breaks"), None),
        (("routes",), None),
        (("stress", "routes"), None),
        (("law_range",), None),
        (("stress", "law_range"), None),
        (("routes", "known", "*", "band"), None),
        (("standing",), None),
        (("standing_range",), None),
        (("joint",), None),
    ),
    "optimiser-check/1": ((("origin",), None), (("origin", "law"), None)),
    "optimiser-audit/1": ((("not_verified",), None), (("elsewhere",), None)),
    "optimiser-frontier/1": ((("levels", "*", "spent"), None), (("law_range",), None), LAW),
    "optimiser-accord/1": ((("saved",), None), (("law_range",), None), LAW),
    "optimiser-worth/1": (LAW, (("spent",), None), (("law_range",), None), (("worth", "*", "spent"), None)),
}
EVALUATION = {"loss", "harms", "worst_phase", "phases"}  # what an evaluation had at first, in every document
INTERVAL = {"unit", "mean", "low", "high", "count"}  # what an interval had at first, in every document


def read_result(path: str | Path) -> dict[str, Any]:
    """Read a document that this program wrote, in this version or an earlier one, in the shape of this one.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is none of these documents, or one of a later version.
    """
    return lift(read_document(path), str(path))


def lift(document: Mapping[str, Any], source: str = "document") -> dict[str, Any]:
    """Return a document in the shape that its schema has now; the one given is left as it is.

    Raises
    ------
    InputFault : its ``format`` is unknown here, as in a document of a later version.
    """
    name = demand_format(document, source)
    lifted = copy.deepcopy(dict(document))
    for way, value in ADDED.get(name, ()):
        for holder in _follow(lifted, way[:-1]):
            holder.setdefault(way[-1], value)
    for node in _tables(lifted):
        if set(node) >= EVALUATION:
            node.setdefault("participation", None)
        if set(node) >= INTERVAL:
            for later in ("unusual", "usual", "often"):
                node.setdefault(later, None)
    return lifted


def _tables(node: Any) -> Iterator[dict[str, Any]]:
    """List every table in a document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _tables(inner)


def _follow(node: Any, way: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Return every table at the end of a way; what is not there, or of another shape, is left to the caller."""
    if way and way[0] == "*":
        for item in node if isinstance(node, list) else ():
            yield from _follow(item, way[1:])
    elif way:
        yield from _follow(node.get(way[0]) if isinstance(node, dict) else None, way[1:])
    elif isinstance(node, dict):
        yield node
