"""The file around a workbook: looked at and packed anew before anything parses it.

A workbook is a zip archive of XML. Its declared sizes, its real ones and the places of its cells are looked at first,
so that a small file cannot ask for gigabytes. What passes is packed anew with nothing but sheets, texts and formats,
and only that is parsed: macros, links to other files, pictures and whatever hides between the parts are never opened.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from optimiser.errors import InputFault
from optimiser.faults import FILE, make_fault
from optimiser.message import Message
from optimiser.workbook.hidden import find_hidden_rows, find_hidden_sheets

MOST_BYTES = 40_000_000  # unpacked: a matrix of 1,000 places; assumed
MOST_DIRECTORY = 100_000  # bytes of the archive's directory: about 1,000 parts, a workbook of ours has 60
MOST_SHEETS = 100  # assumed: ours has 25
MOST_CELLS = 4_000_000  # of the smallest rectangle around all cells of a sheet; assumed
MOST_LISTED = {  # bytes of parts that are not sheets; assumed
    "xl/workbook.xml": 1_000_000,
    "xl/_rels/workbook.xml.rels": 1_000_000,
    "xl/styles.xml": 10_000_000,
    "xl/sharedStrings.xml": 20_000_000,
}
MOST_TEXTS = 500_000  # assumed: far above what an instance within its limits says
MOST_TEXT = 200_000_000  # characters of all texts, each as often as a cell shows it; assumed
MOST_TOLD = 1000  # broken cells told one by one
_END = b"PK\x05\x06"
_KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml"
    r"|xl/sharedStrings\.xml|xl/styles\.xml",
    re.IGNORECASE,
)
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,9})(\d{1,18})""")
_ROW = re.compile(rb"""\sr\s*=\s*["'](\d{1,18})["'][^<>]*?(/?)>(</)?""")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_NUMBER = re.compile(rb"""<c\s[^<>]*\st="s"[^<>]*><v>(\d{1,9})</v>""")
_BROKEN = re.compile(rb"""<c\s[^<>]*\bt="e"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<>]*</f>)?<v>([^<>]{1,20})""")
_UNVALUED = re.compile(rb"""<c\s[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<>]*</f>)(?:<v\s*/>|<v></v>)?</c>""")
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Container:
    """A workbook that is safe to parse.

    Attributes
    ----------
    content : the archive, packed anew.
    broken : by sheet, cells that show an error such as ``#REF!``, and formulas whose result was not saved.
    hidden_rows : by sheet, rows from 0 that nobody sees.
    hidden_sheets : names of sheets that nobody sees.
    """

    content: bytes
    broken: dict[str, list[tuple[str, Message]]]
    hidden_rows: dict[str, frozenset[int]]
    hidden_sheets: frozenset[str]


def repack(raw: bytes, source: str) -> Container:
    """Look at an archive and pack it anew, or refuse it without parsing.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.

    Raises
    ------
    InputFault : it is no workbook, or larger inside than is accepted.
    """
    parts = _unpack(raw, source)
    for name, part in parts.items():
        if (
            b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part
        ):  # a zero byte: not in UTF-8, it could hide them
            raise _no_workbook(source, Message("{part} declares entities or is no UTF-8", part=_short(name)))
    texts = _text_lengths(parts, source)
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            _measure(part, texts, name, source)
    sheets = _name_sheets(parts, source)
    broken = {title: list(_find_broken(parts[name])) for title, name in sheets.items() if name in parts}
    hidden = {title: find_hidden_rows(parts[name]) for title, name in sheets.items() if name in parts}
    return Container(_pack(parts), broken, hidden, find_hidden_sheets(parts["xl/workbook.xml"]))


def refuse(source: str, code: str, found: Message, expected: Message, repair: Message) -> InputFault:
    """Make the refusal of a workbook as a whole."""
    return InputFault(source, [make_fault(code, FILE, found, expected, repair)])


def _no_workbook(source: str, found: Message) -> InputFault:
    repair = Message("save it as .xlsx, unencrypted")
    return refuse(source, "not-a-workbook", found, Message("a workbook in the format .xlsx"), repair)


def _too_large(source: str, found: Message) -> InputFault:
    expected = Message(
        "at most {bytes:,} bytes unpacked and {cells:,} cells in a sheet", bytes=MOST_BYTES, cells=MOST_CELLS
    )
    repair = Message("leave out what is not needed, or use TOML or JSON")
    return refuse(source, "too-large", found, expected, repair)


def _too_many_sheets(source: str) -> InputFault:
    expected = Message("at most {n} sheets", n=MOST_SHEETS)
    return refuse(source, "too-many", Message("more"), expected, Message("remove sheets"))


def _unpack(raw: bytes, source: str) -> dict[str, bytes]:
    """Unpack the parts that matter, having looked at the directory first."""
    end = raw.rfind(_END, max(0, len(raw) - 66_000))
    if end < 0 or not raw.startswith(b"PK"):
        old = raw.startswith(b"\xd0\xcf\x11\xe0")
        raise _no_workbook(source, Message("an old or encrypted workbook") if old else Message("another kind of file"))
    if len(raw) < end + 22 or struct.unpack_from("<I", raw, end + 12)[0] > MOST_DIRECTORY:
        raise _too_large(source, Message("a directory of very many parts"))
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = [info for info in archive.infolist() if _KEPT.fullmatch(info.filename)]
            declared = sum(info.file_size for info in infos)
            if declared > MOST_BYTES:
                raise _too_large(source, Message("{n:,} bytes", n=declared))
            for info in infos:
                if info.file_size > MOST_LISTED.get(info.filename, MOST_BYTES):
                    found = Message("{part} of {n:,} bytes", part=_short(info.filename), n=info.file_size)
                    raise _too_large(source, found)
            if sum(info.filename.lower().startswith("xl/worksheets/") for info in infos) > MOST_SHEETS:
                raise _too_many_sheets(source)
            for info in infos:
                if info.filename in parts:
                    raise _no_workbook(source, Message("{part} twice", part=_short(info.filename)))
                with archive.open(info) as stream:  # never gives more than is declared
                    parts[info.filename] = stream.read(info.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise _no_workbook(source, Message("a damaged archive")) from error
    if "xl/workbook.xml" not in parts:
        raise _no_workbook(source, Message("an archive of something else"))
    return parts


def _pack(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _text_lengths(parts: dict[str, bytes], source: str) -> list[int]:
    """Measure the shared texts: one of a megabyte that a million cells show would be a terabyte."""
    part = parts.get("xl/sharedStrings.xml", b"")
    if (count := part.count(b"<si")) > MOST_TEXTS:
        raise _too_large(source, Message("{n:,} texts", n=count))
    return [len(text) for text in part.split(b"<si")[1:]]


def _measure(part: bytes, texts: list[int], name: str, source: str) -> None:
    """Refuse a sheet whose cells lie so far apart, or show texts so long, that no memory would hold them."""
    rows = max((int(row) for row, closed, ended in _ROW.findall(part) if not closed and not ended), default=0)
    letters: set[bytes] = set()
    for reference in _REFERENCE.finditer(part):
        rows = max(rows, int(reference[2]))
        letters.add(reference[1])
    columns = max((_column(letter.decode().upper()) for letter in letters), default=0)
    if rows * max(columns, 1) > MOST_CELLS:
        found = Message(
            "{part} with {rows:,} rows and {columns:,} columns", part=_short(name), rows=rows, columns=columns
        )
        raise _too_large(source, found)
    shown = [int(number) for number in _SHARED_NUMBER.findall(part)]
    unclear = len(_SHARED.findall(part)) - len(shown)
    total = sum(texts[number] for number in shown if number < len(texts)) + unclear * max(texts, default=0)
    if total > MOST_TEXT:
        raise _too_large(source, Message("{part} with {n:,} characters of text", part=_short(name), n=total))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _name_sheets(parts: dict[str, bytes], source: str) -> dict[str, str]:
    """Give the part of every sheet by its name."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        links = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _no_workbook(source, Message("a damaged list of sheets")) from error
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    sheets = list(book.iter(f"{_SPACE}sheet"))
    if len(sheets) > MOST_SHEETS:
        raise _too_many_sheets(source)
    return {
        sheet.get("name", ""): posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_LINK, ""), "")))[1:]
        for sheet in sheets
    }


def _find_broken(part: bytes) -> Iterator[tuple[str, Message]]:
    """Find cells whose value cannot be known; parsed, they would look as if nothing stood there."""
    told = 0
    for pattern, said in ((_BROKEN, None), (_UNVALUED, Message("a formula without a saved result"))):
        for cell in pattern.finditer(part):
            where = _REFERENCE.search(cell[0])
            if where and told < MOST_TOLD:
                told += 1
                yield (
                    (where[1] + where[2]).decode(),
                    said or Message("{error}", error=cell[1].decode("ascii", "replace")),
                )


def _short(name: str) -> str:
    return ascii(name[:60])[1:-1]
