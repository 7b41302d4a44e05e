"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message

ACL = "system.posix_acl_access"  # name under which Linux keeps rights beyond those of the mode
_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})\.part", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """A file that is written beside its place.

    Attributes
    ----------
    path : the new file until it is renamed.
    whole : its place; where a link led there, what the link leads to.
    old : what is there already, whose rights the new file takes over; None where nothing is.
    """

    path: Path
    whole: Path
    old: os.stat_result | None


def write_files(folder: str | Path, files: Mapping[str, bytes], *, follow: bool = True, sweep: bool = True) -> None:
    """Write files into a folder, which is made if it is missing; each is the old one or the new one, never a part.

    All are first written beside their places and forced to the disk, then renamed in the order given, so that trouble
    with the first leaves the others untouched too. A file that is there keeps its mode, its access control list and,
    where the system allows it, its owner and group; a new one gets the rights that the user's mask leaves. Where a
    symbolic link has the name of a file, the file that it leads to is replaced and the link stays.

    Parameters
    ----------
    folder : where to write; nothing outside of it is touched but what links in it lead to.
    files : content by plain name.
    follow : whether links are followed; else a link is replaced by the file.
    sweep : whether what earlier processes left half written of the same files is removed, see `sweep_parts`; it takes a
        look at the whole folder, which is too long where each of many thousand files is written alone.

    Raises
    ------
    FileTrouble : naming the file and the reason; a device, a pipe and a socket are refused too.
    """
    target = Path(folder)
    ready: list[_Part] = []
    here = target
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            here = target / name
            part = _find_place(here, follow)
            if sweep:
                sweep_parts(part.whole.parent, (part.whole.name,))
            ready.append(part)
            _write_part(part, content)
        for part in ready:
            here = part.whole
            os.replace(part.path, part.whole)
        for here in dict.fromkeys((*(part.whole.parent for part in ready), target)):
            _force_folder(here)
    except OSError as error:
        raise FileTrouble(
            Message("{file}: could not be written: {error}", file=str(here), error=error.strerror or str(error))
        ) from error
    finally:
        for part in ready:
            with contextlib.suppress(OSError):  # what was renamed is gone, and a failing disk was already named
                part.path.unlink()


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


def _find_place(file: Path, follow: bool) -> _Part:
    """Return where a file is to be written, and what is there.

    Raises
    ------
    OSError : links lead in a circle.
    FileTrouble : what is there is neither a file nor a folder.
    """
    try:
        old: os.stat_result | None = os.stat(file) if follow else os.lstat(file)
    except FileNotFoundError:  # a link may lead to a file that is yet to be made
        old = None
    if old is not None and not (stat.S_ISREG(old.st_mode) or stat.S_ISDIR(old.st_mode) or stat.S_ISLNK(old.st_mode)):
        raise FileTrouble(
            Message("{file}: could not be written: it is a device, a pipe or a socket, not a file", file=str(file))
        )
    whole = Path(os.path.realpath(file)) if follow and file.is_symlink() else file
    kept = old if old is not None and stat.S_ISREG(old.st_mode) else None
    return _Part(whole.with_name(f".{whole.name}.{os.getpid()}.part"), whole, kept)


def _write_part(part: _Part, content: bytes) -> None:
    """Write a new file and force it to the disk; nobody may read it before it has the rights of the old one."""
    part.path.unlink(missing_ok=True)  # left by a process of the same number that was killed
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(part.path, flags, 0o666 if part.old is None else 0o600), "wb") as stream:
        if part.old is not None:
            _take_over(part, part.old)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _take_over(part: _Part, old: os.stat_result) -> None:
    """Return a new file the owner, the group, the access control list and the mode of the one that it replaces.

    Only root may give a file away, and only to a group of their own may others: where the group cannot be kept, it gets
    no more than all others have, so that nobody may read what they could not read before.
    """
    mode = stat.S_IMODE(old.st_mode)
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(part.path, old.st_uid, -1)
        try:
            os.chown(part.path, -1, old.st_gid)
        except OSError:
            mode &= ~0o070 | (mode & 0o007) << 3
    if hasattr(os, "getxattr"):
        _copy_list(part)
    os.chmod(part.path, mode)


def _copy_list(part: _Part) -> None:
    """Copy the access control list; where the old file has none, drop what the folder gave to the new one."""
    try:
        rights = os.getxattr(part.whole, ACL)
    except OSError:  # it has none, or the disk knows none
        with contextlib.suppress(OSError):
            os.removexattr(part.path, ACL)
        return
    with contextlib.suppress(OSError):
        os.setxattr(part.path, ACL, rights)


def _force_folder(folder: Path) -> None:
    """Force the renames to the disk; Windows cannot open a folder and needs no such step."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
