"""XML of a workbook, read by a parser, by local names: whoever wrote it, with prefixes or without, in either namespace.

The format knows two namespaces (Transitional and Strict), any prefixes, line breaks between elements, comments, CDATA
and two encodings. All of it comes out here as the same elements. Declarations of entities are refused, for a few lines of
them could become gigabytes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from xml.parsers import expat

from optimiser.message import Message
from optimiser.workbook.archive import no_workbook, short

MOST_DEPTH = 64  # elements inside one another; the format needs about 12
ENCODINGS = ("utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii")  # the format has UTF-8 and UTF-16
_SPACE = "http://www.w3.org/XML/1998/namespace space"
Attributes = dict[str, str]


class Handler(Protocol):
    """Takes the elements of a part as they come."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element by its local name; attributes with a namespace have it before their name."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text; it may come in pieces."""


def walk(part: bytes, handler: Handler, source: str, name: str) -> None:
    """Hand a part to a handler, element by element.

    Parameters
    ----------
    source, name : of the workbook and the part, in messages.

    Raises
    ------
    InputFault : it is no XML, declares entities, is in another encoding or nested too deeply; or what the handler raises.
    """
    depth = 0

    def start(long: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise no_workbook(source, Message("{part} nested too deeply", part=short(name)))
        handler.start(long[long.rfind(" ") + 1 :], attributes)

    def end(long: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(long[long.rfind(" ") + 1 :])

    def declared(*_: object) -> None:
        raise no_workbook(source, Message("{part} declares entities or is no UTF-8", part=short(name)))

    def introduced(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            declared()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = declared, introduced
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise no_workbook(source, Message("{part} is damaged", part=short(name))) from error


def keeps_space(attributes: Attributes) -> bool:
    """Tell whether an element says that the space around its text belongs to it."""
    return attributes.get(_SPACE) == "preserve"


def gather(part: bytes, wanted: Collection[str], source: str, name: str) -> list[tuple[str, Attributes]]:
    """List the elements at given places, such as ``workbook/sheets/sheet``, in their order with their attributes.

    Raises
    ------
    InputFault : see `walk`.
    """
    found = _Gathering(wanted)
    walk(part, found, source, name)
    return found.found


class _Gathering:
    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = wanted
        self.found: list[tuple[str, Attributes]] = []
        self.path: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self.path.append(name)
        place = "/".join(self.path)
        if place in self.wanted:
            self.found.append((place, attributes))

    def end(self, name: str) -> None:
        self.path.pop()

    def text(self, text: str) -> None: ...
