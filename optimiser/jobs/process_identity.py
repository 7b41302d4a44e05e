"""Who holds a claim: a process, known by its number and by when it started, never taken for a later one."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache

import psutil

JITTER = 2.0  # s: by so much a process's start may seem to move when the clock is set; assumed


@dataclass(frozen=True)
class Owner:
    """A process that has claimed work.

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
    def of(cls, text: str) -> Owner:
        """Read what `str` wrote."""
        host, pid, started = text.rsplit("/", 2)
        return cls(host, int(pid), float(started))

    @property
    def alive(self) -> bool:
        """Whether the process is still there.

        One on another machine counts as gone: a ledger is never open on two. Were that wrong, its work would be done
        twice and come to the same bytes.
        """
        if self.host != platform.node():
            return False
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= JITTER
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:  # it is there, and another user's
            return True


def me() -> Owner:
    """Give the owner that this process is."""
    return _owner(psutil.Process().pid)


@cache
def _owner(pid: int) -> Owner:
    return Owner(platform.node(), pid, round(psutil.Process(pid).create_time(), 2))
