"""What a plan's document says of where it comes from, and what in it nobody has verified.

A checker looks at who stands where. Whatever else a document claims was true of the instance that it was made for, when
it was made; whether it still is, or was edited since, cannot be seen from the document.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.files.read import TABLES, parse_deployment, read_document, read_plan_table
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw

if TYPE_CHECKING:
    from optimiser.files.plan_tables.rows import PlanTable

CLAIMS: dict[str, Message] = {  # parts of documents that hold a deployment and more
    "certificate": Message("certificate"),
    "objective": Message("objective"),
    "evaluation": Message("expected harms"),
    "sectors": Message("reasons and margins by sector"),
    "alternatives": Message("comparison with other plans"),
    "levers": Message("receptions of delegations"),
    "law_range": Message("band over the law's ranges"),
    "verdict": Message("its own verdict"),
    "history": Message("course of the search"),
    "before": Message("expected harms before"),
    "after": Message("expected harms after"),
    "change": Message("what the change comes to"),
    "moves": Message("moves"),
    "warnings": Message("warnings"),
    "not_counted": Message("what falls after the end"),
}
TABLE_FORMATS = tuple(kind[1:] for kind in TABLES)  # of plans that are tables: csv, xlsx
WORKBOOK_KEY = "workbook"  # of what programs send: the bytes of an .xlsx file in base64
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
    edited : of a workbook: whether somebody changed who stands where since it was written; None where not known.
    sheet : of a workbook: the one that was read.
    hidden : of a workbook: rows that were read and that nobody sees, counted from 1.
    law : of escalation that its figures were simulated under; None where the document does not say.
    """

    format: str | None
    made_for: str | None
    instance: str
    claims: tuple[str, ...]
    edited: bool | None = None
    sheet: str = ""
    hidden: tuple[int, ...] = ()
    law: str | None = None

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
        if self.made_for is None and (self.claims or self.format in TABLE_FORMATS):
            lines.append(Message("The file does not say which version of the instance it was made for."))
        if self.sheet:
            lines.append(Message("Read from the sheet '{sheet}' alone.", sheet=self.sheet))
        if self.hidden:
            rows = ", ".join(map(str, self.hidden[:SHOWN]))
            lines.append(Message("Hidden or filtered rows were read too: {rows}.", rows=rows))
        if self.edited:
            lines.append(Message("Who stands where was changed in the file after it was written; it is read as it is."))
        if self.law not in (None, DefaultLaw.name):
            words = {"law": str(self.law), "default": DefaultLaw.name}
            lines.append(Message("Its figures are those of the law '{law}'; the default one is '{default}'.", **words))
        if self.claims:
            parts = Message.chain(", ", (CLAIMS[name] for name in self.claims))
            lines.append(Message("Not verified, only read from the file: {parts}.", parts=parts))
        return tuple(lines)


def origin_of(document: Mapping[str, Any], instance: Instance) -> Origin:
    """Return where a deployment comes from that is read from a document."""
    about = document.get("changed", document.get("instance"))  # an answer holds the plan after the change
    made_for = about.get("sha256") if isinstance(about, Mapping) else None
    name, settings = document.get("format"), document.get("settings")
    law = settings.get("law") if isinstance(settings, Mapping) else None
    return Origin(
        name if isinstance(name, str) else None,
        made_for if isinstance(made_for, str) else None,
        instance.fingerprint(),
        tuple(part for part in CLAIMS if part in document) if "deployment" in document else (),
        law=law if isinstance(law, str) else None,
    )


def read_plan(path: str | Path, instance: Instance) -> tuple[Deployment, Origin]:
    """Read a deployment and return it with its origin, see `read.read_deployment`.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    kind = Path(path).suffix.lower()
    if kind in TABLES:
        return _of_table(read_plan_table(path, instance), kind, instance)
    document = read_document(path)
    return parse_deployment(document, instance, str(path)), origin_of(document, instance)


def parse_plan(sent: Any, instance: Instance, source: str) -> tuple[Deployment, Origin]:
    """Take a plan out of what a program sent: a document; a text, which is CSV; or a workbook as `WORKBOOK_KEY` says.

    Raises
    ------
    InputFault : it says something that cannot be used; all its faults.
    """
    if is_table(sent):
        from optimiser.files.plan_tables.rows import parse_plan_table  # noqa: PLC0415  (documents are read without)

        typed = isinstance(sent, str)
        kind, raw = (TABLES[0], sent.encode()) if typed else (TABLES[1], decode_base64(sent[WORKBOOK_KEY], source))
        return _of_table(parse_plan_table(raw, source, kind, instance), kind, instance)
    return parse_deployment(sent, instance, source), origin_of(sent if isinstance(sent, Mapping) else {}, instance)


def is_table(sent: Any) -> bool:
    """Return whether what a program sent is a table of who stands where, see `parse_plan`."""
    return isinstance(sent, str) or (isinstance(sent, Mapping) and set(sent) == {WORKBOOK_KEY})


def _of_table(table: PlanTable, kind: str, instance: Instance) -> tuple[Deployment, Origin]:
    origin = Origin(kind[1:], table.made_for, instance.fingerprint(), (), table.edited, table.sheet, table.hidden)
    return table.deployment, origin


def decode_base64(text: Any, source: str) -> bytes:
    """Return the bytes of a file that was sent in base64.

    Raises
    ------
    InputFault : it is no base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as error:
        expected = Message("the bytes of a workbook in base64")
        repair = Message("encode the file as it is")
        raise InputFault(source, [make_fault("wrong-type", WORKBOOK_KEY, text, expected, repair)]) from error


def read_plan_document(path: str | Path) -> Mapping[str, Any] | None:
    """Return the document of a plan, for what it says besides who stands where; None where it is a table.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is not what its name says.
    """
    return None if Path(path).suffix.lower() in TABLES else read_document(path)
