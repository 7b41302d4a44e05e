"""XML of a workbook, read by a parser, by local names: whoever wrote it, with prefixes or without, in either namespace.

The format knows two namespaces (Transitional and Strict), any prefixes, line breaks between elements, comments, CDATA
and two encodings. All of it comes out here as the same elements. Declarations of entities are refused, for a few lines
of them could become gigabytes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from xml.parsers import expat

from optimiser.common.errors import InputFault
from optimiser.common.message import Message
from optimiser.files.xlsx.archive import no_workbook, short

MOST_DEPTH = 64  # elements inside one another; the format needs about 12
ENCODINGS = ("utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii")  # the format has UTF-8 and UTF-16
_SPACE = "http://www.w3.org/XML/1998/namespace space"
Attributes = dict[str, str]


class Names(dict[str, str]):
    """Local names of elements by their names with namespaces."""

    def __missing__(self, name: str) -> str:
        """Take a namespace off."""
        self[name] = local = name[name.rfind(" ") + 1 :]
        return local


class Handler(Protocol):
    """Takes the elements of a part as they come, with their namespaces before their names; `Names` takes those off."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element; attributes without a prefix have plain names."""

    def end(self, _name: str) -> None:
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
    InputFault : it is no XML, declares entities or is in another encoding; or what the handler raises.
    """

    def declared(*_: object) -> None:
        raise no_workbook(source, Message("{part} declares entities, or is neither UTF-8 nor UTF-16", part=short(name)))

    def introduced(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            declared()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = declared, introduced
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise damaged(source, name) from error


def damaged(source: str, name: str) -> InputFault:
    """Make the refusal of a workbook for one of its parts."""
    return no_workbook(source, Message("{part} is damaged", part=short(name)))


def keeps_space(attributes: Attributes) -> bool:
    """Return whether an element says that the space around its text belongs to it."""
    return attributes.get(_SPACE) == "preserve"


def list_elements(part: bytes, wanted: Collection[str], source: str, name: str) -> list[tuple[str, Attributes]]:
    """List the elements at given places, such as ``workbook/sheets/sheet``, in their order with their attributes.

    Raises
    ------
    InputFault : see `walk`.
    """
    found = _Gathering(wanted, source, name)
    walk(part, found, source, name)
    return found.found


class _Gathering:
    def __init__(self, wanted: Collection[str], source: str, name: str) -> None:
        self.wanted, self.source, self.name = wanted, source, name
        self.found: list[tuple[str, Attributes]] = []
        self.path: list[str] = []
        self.names = Names()

    def start(self, name: str, attributes: Attributes) -> None:
        self.path.append(self.names[name])
        if len(self.path) > MOST_DEPTH:
            raise damaged(self.source, self.name)
        place = "/".join(self.path)
        if place in self.wanted:
            self.found.append((place, attributes))

    def end(self, _name: str) -> None:
        self.path.pop()

    def text(self, text: str) -> None: ...
