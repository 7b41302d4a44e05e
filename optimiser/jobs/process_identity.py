"""Identity of a process: its number and when it started, so that no later process is taken for it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache

import psutil

JITTER = 2.0  # s: by so much a process's start may seem to move when the clock is set; assumed


@dataclass(frozen=True)
class ProcessIdentity:
    """A process that may hold leases on tasks.

    Attributes
    ----------
    host : name of its machine.
    pid : its number there.
    started : when it started, in seconds since 1970.
    """

    host: str
    pid: int
    started: float

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.started:.2f}"

    @classmethod
    def of(cls, text: str) -> ProcessIdentity:
        """Read what `str` wrote."""
        host, pid, started = text.rsplit("/", 2)
        return cls(host, int(pid), float(started))

    @property
    def alive(self) -> bool:
        """Whether the process still exists.

        A process on another machine counts as dead: a ledger is never open on two. Were that wrong, its work would be
        done twice and result in the same bytes.
        """
        if self.host != platform.node():
            return False
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= JITTER
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:  # it exists, and is another user's
            return True


def this_process() -> ProcessIdentity:
    """Return the identity of this process."""
    return _identify(psutil.Process().pid)


@cache
def _identify(pid: int) -> ProcessIdentity:
    return ProcessIdentity(platform.node(), pid, round(psutil.Process(pid).create_time(), 2))
