"""One server at a time works in a folder: a lock of the operating system, which ends with the process that holds it."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message

LOCK = "server.lock"  # file that is locked; it stays, and says nothing by being there
CANNOT_LOCK = (errno.ENOLCK, errno.ENOTSUP)  # some network disks: nobody is turned away there

if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
else:
    import fcntl

    def _lock(number: int) -> None:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in CANNOT_LOCK:
                raise


class FolderLock:
    """Holds a folder until it is closed or the process ends, however it ends.

    Raises
    ------
    FileTrouble : another server has the folder, or no file can be made there.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / LOCK).open("ab")
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileTrouble(
                Message("{file}: could not be written: {error}", file=str(folder), error=reason)
            ) from error
        try:
            _lock(self._file.fileno())
        except BlockingIOError:
            self.close()
            raise FileTrouble(
                Message(
                    "another server works in {folder}: use that one, end it with Ctrl-C where it runs, or name another "
                    "folder with --folder",
                    folder=str(folder),
                )
            ) from None

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()
