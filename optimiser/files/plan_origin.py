"""What a plan's document says of where it comes from, and what in it nobody has verified.

A checker looks at who stands where. Whatever else a document claims was true of the instance that it was made for, when
it was made; whether it still is, or was edited since, cannot be seen from the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimiser.common.message import Message
from optimiser.files.read import parse_deployment, read_document
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance

CLAIMS: dict[str, Message] = {  # parts of documents that hold a deployment and more
    "certificate": Message("certificate"),
    "objective": Message("objective"),
    "evaluation": Message("expected harms"),
    "sectors": Message("reasons and margins by sector"),
    "alternatives": Message("comparison with other plans"),
    "levers": Message("receptions of delegations"),
    "verdict": Message("its own verdict"),
    "history": Message("course of the search"),
    "before": Message("expected harms before"),
    "after": Message("expected harms after"),
    "change": Message("what the change comes to"),
    "moves": Message("moves"),
    "warnings": Message("warnings"),
    "not_counted": Message("what falls after the end"),
}
SHOWN = 12  # digits of a sha256 that people see


@dataclass(frozen=True)
class Origin:
    """Where a deployment comes from.

    Attributes
    ----------
    format : of its document.
    made_for : sha256 of the instance that it was made for; None where the document does not say.
    instance : sha256 of the instance that it is read for.
    claims : parts of the document that are read and not verified, by their names there.
    """

    format: str | None
    made_for: str | None
    instance: str
    claims: tuple[str, ...]

    @property
    def same(self) -> bool | None:
        """Whether it was made for this very instance; None where the document does not say."""
        return None if self.made_for is None else self.made_for == self.instance

    def warning(self) -> Message | None:
        """Say that it was made for another instance; None where it was not, or it is not known."""
        if self.same is not False:
            return None
        return Message(
            "The plan was made for another version of this instance: its file names sha256 {made}, and this one has "
            "{here}. What it says of loss and proof is about that one.",
            made=str(self.made_for)[:SHOWN],
            here=self.instance[:SHOWN],
        )

    def sentences(self) -> tuple[Message, ...]:
        """Return what is to be known besides the rules."""
        lines = [warning] if (warning := self.warning()) is not None else []
        if self.claims and self.made_for is None:
            lines.append(Message("The file does not say which version of the instance it was made for."))
        if self.claims:
            parts = Message.chain(", ", (CLAIMS[name] for name in self.claims))
            lines.append(Message("Not verified, only read from the file: {parts}.", parts=parts))
        return tuple(lines)


def origin_of(document: Mapping[str, Any], instance: Instance) -> Origin:
    """Return where a deployment comes from that is read from a document."""
    about = document.get("changed", document.get("instance"))  # an answer holds the plan after the change
    made_for = about.get("sha256") if isinstance(about, Mapping) else None
    name = document.get("format")
    return Origin(
        name if isinstance(name, str) else None,
        made_for if isinstance(made_for, str) else None,
        instance.fingerprint(),
        tuple(part for part in CLAIMS if part in document) if "deployment" in document else (),
    )


def read_plan(path: str | Path, instance: Instance) -> tuple[Deployment, Origin]:
    """Read a deployment and return it with its origin, see `read.read_deployment`.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    document = read_document(path)
    return parse_deployment(document, instance, str(path)), origin_of(document, instance)
