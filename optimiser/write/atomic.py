"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from optimiser.errors import FileTrouble
from optimiser.message import Message

_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})\.part", re.DOTALL)


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if it is missing; each is the old one or the new one, never a part.

    All are first written beside their places and forced to the disk, then renamed in the order given, so that trouble
    with the first leaves the others untouched too.

    Parameters
    ----------
    folder : where to write; nothing outside of it is touched.
    files : content by plain name.

    Raises
    ------
    FileTrouble : naming the file and the reason.
    """
    target = Path(folder)
    ready: dict[Path, Path] = {}
    here = target
    try:
        target.mkdir(parents=True, exist_ok=True)
        sweep_parts(target, files)
        for name, content in files.items():
            here = target / name
            part = target / f".{name}.{os.getpid()}.part"
            ready[part] = here
            _write_part(part, content)
        for part, whole in ready.items():
            here = whole
            os.replace(part, whole)
        here = target
        _force_folder(target)
    except OSError as error:
        raise FileTrouble(
            Message("{file}: could not be written: {error}", file=str(here), error=error.strerror or str(error))
        ) from error
    finally:
        for part in ready:
            with contextlib.suppress(OSError):  # what was renamed is gone, and a failing disk was already named
                part.unlink()


def sweep_parts(folder: Path, names: Iterable[str]) -> None:
    """Remove what processes that were killed left half written of these files; what cannot be removed stays.

    A part bears the number of the process that writes it. One whose process is still there is left alone, even where
    the number has gone to another process since.
    """
    wanted = set(names)
    try:
        parts = [(entry, _PART.fullmatch(entry.name)) for entry in os.scandir(folder) if entry.name.endswith(".part")]
    except OSError:
        return
    for entry, found in parts:
        if found and found["name"] in wanted and not psutil.pid_exists(int(found["pid"])):
            with contextlib.suppress(OSError):
                os.unlink(entry.path)


def check_folder(folder: str | Path) -> None:
    """Look, before long work, whether a folder can be written to or made; changes nothing.

    Raises
    ------
    FileTrouble : it cannot.
    """
    there = Path(folder)
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise FileTrouble(
            Message("{folder}: could not be written: {part} is not a folder", folder=str(folder), part=str(there))
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise FileTrouble(
            Message(
                "{folder}: could not be written: no permission to write in {part}", folder=str(folder), part=str(there)
            )
        )


def _write_part(part: Path, content: bytes) -> None:
    """Write a new file and force it to the disk; its rights follow the user's mask, as with any other file."""
    part.unlink(missing_ok=True)  # left by a process of the same number that was killed
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(part, flags, 0o666), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _force_folder(folder: Path) -> None:
    """Force the renames to the disk; Windows cannot open a folder and needs no such step."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
