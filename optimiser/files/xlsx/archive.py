"""The archive around a workbook: its directory and its sizes are looked at before anything is unpacked.

A workbook is a zip archive of parts, and a small one may ask for gigabytes. Parts are taken out by name, one by one,
and only those that are asked for: macros, links to other files and pictures are never unpacked.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from urllib.parse import unquote

from optimiser.common.errors import InputFault
from optimiser.common.message import Message
from optimiser.common.parsing import file_fault

MOST_BYTES = 40_000_000  # unpacked: a matrix of 1,000 places; assumed
MOST_DIRECTORY = 100_000  # bytes of the archive's directory: about 1,000 parts, a workbook of ours has 60
MOST_SHEETS = 100  # assumed: ours has 25
MOST_CELLS = 4_000_000  # of the smallest rectangle around all cells of a sheet; assumed
_END = b"PK\x05\x06"
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


def no_workbook(source: str, found: Message) -> InputFault:
    """Make the refusal of a file that is no workbook, or a damaged one."""
    repair = Message("save it as .xlsx, unencrypted")
    return file_fault(source, "not-a-workbook", found, Message("a workbook in the format .xlsx"), repair)


def too_large(source: str, found: Message) -> InputFault:
    """Make the refusal of a workbook that is larger inside than is accepted."""
    expected = Message(
        "at most {bytes:,} bytes unpacked and {cells:,} cells in a sheet", bytes=MOST_BYTES, cells=MOST_CELLS
    )
    repair = Message("leave out what is not needed, or use TOML or JSON")
    return file_fault(source, "too-large", found, expected, repair)


def short(name: str) -> str:
    """Show the name of a part."""
    return ascii(name[:60])[1:-1]


class Archive:
    """A zip archive of which nothing is unpacked yet.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.

    Raises
    ------
    InputFault : it is no archive, or its directory is damaged or too long.
    """

    def __init__(self, raw: bytes, source: str) -> None:
        self.source = source
        end = raw.rfind(_END, max(0, len(raw) - 66_000))
        if end < 0 or not raw.startswith(b"PK"):
            old = raw.startswith(b"\xd0\xcf\x11\xe0")
            raise no_workbook(
                source, Message("an old or encrypted workbook") if old else Message("another kind of file")
            )
        if len(raw) < end + 22 or struct.unpack_from("<I", raw, end + 12)[0] > MOST_DIRECTORY:
            raise too_large(source, Message("a directory of very many parts"))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _TROUBLE as error:
            raise no_workbook(source, Message("a damaged archive")) from error
        self._infos: dict[str, list[zipfile.ZipInfo]] = {}
        for info in self._zip.infolist():
            self._infos.setdefault(fold_name(info.filename), []).append(info)

    def __contains__(self, name: str) -> bool:
        return fold_name(name) in self._infos

    def check(self, names: Iterable[str]) -> None:
        """Refuse parts that declare too many bytes together.

        Raises
        ------
        InputFault : they do.
        """
        infos = [info for name in {fold_name(name) for name in names} for info in self._infos.get(name, ())]
        declared = sum(info.file_size for info in infos)
        if declared > MOST_BYTES:
            raise too_large(self.source, Message("{n:,} bytes", n=declared))

    def take(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Unpack a part.

        Parameters
        ----------
        name : compared without regard to capitals, as the format asks.
        most : bytes that it may have.

        Raises
        ------
        InputFault : there is none of that name or more than one, it is too large, or it is damaged.
        """
        infos = self._infos.get(fold_name(name), [])
        if not infos:
            raise no_workbook(self.source, Message("{part} is missing", part=short(name)))
        if len(infos) > 1:
            raise no_workbook(self.source, Message("{part} twice", part=short(name)))
        if infos[0].file_size > most:
            found = Message("{part} of {n:,} bytes", part=short(name), n=infos[0].file_size)
            raise too_large(self.source, found)
        try:
            with self._zip.open(infos[0]) as stream:  # never gives more than is declared
                return stream.read(infos[0].file_size)
        except _TROUBLE as error:
            raise no_workbook(self.source, Message("a damaged archive")) from error


def fold_name(name: str) -> str:
    """Return the name of a part as it is compared."""
    return unquote(name).replace("\\", "/").lstrip("/").lower()
