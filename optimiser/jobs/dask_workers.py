"""A crew on a Dask cluster that is there already; it only schedules, and whatever it knows may be lost with it."""

from __future__ import annotations

import contextlib
import queue
import time
from asyncio import CancelledError
from collections.abc import Hashable
from typing import Any

from optimiser.common.errors import ClusterTrouble
from optimiser.common.message import Message
from optimiser.jobs.dask_memory import lend_memory
from optimiser.jobs.workers import Ended, Work

REACH = 10.0  # s to wait for the scheduler, and for its first worker; assumed
ABSENT = 60.0  # s without a worker after which nobody is expected any more; assumed
LOOK = 5.0  # s after which it is asked again how many workers there are; assumed


class Cluster:
    """Workers of a Dask cluster.

    Parameters
    ----------
    address : of its scheduler, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    ClusterTrouble : Dask is not installed, the scheduler cannot be reached, or no worker comes. Later, by `wait`: it is
        gone, or has had no workers for a minute.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker  # noqa: PLC0415 - an extra
            from distributed.comm.addressing import get_address_host_port  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise ClusterTrouble(
                Message(
                    "a Dask cluster needs the extra cluster: python -m pip install '.[cluster]' in the folder of the "
                    "project"
                )
            ) from error
        self.address, self._killed = address, KilledWorker
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._given: dict[Any, Hashable] = {}
        self._looked, self._size, self._manned = 0.0, 0, time.monotonic()
        try:  # what is no address is refused here: a client that was never begun ends in a traceback, 20 s later
            if get_address_host_port(address, strict=True) and not address.startswith("tcp://"):
                raise ValueError
        except ValueError as error:
            raise ClusterTrouble(
                Message("{address}: is no address of a scheduler, such as tcp://127.0.0.1:8786", address=address)
            ) from error
        try:
            self._client = Client(address, timeout=REACH, set_as_default=False, name="optimiser")
        except (OSError, ValueError) as error:
            raise ClusterTrouble(Message("{address}: no scheduler answers", address=address)) from error
        try:
            self._client.wait_for_workers(1, timeout=REACH)
        except Exception as error:
            self.close()
            raise ClusterTrouble(Message("{address}: the cluster has no workers", address=address)) from error

    @property
    def size(self) -> int:
        """See `crew.Crew`."""
        if time.monotonic() - self._looked > LOOK:
            self._size = sum(self._client.nthreads().values()) if self._client.status == "running" else 0
            self._looked = time.monotonic()
        return self._size

    @property
    def room(self) -> int:
        """See `crew.Crew`."""
        return self.size - len(self._given)  # one a thread: a worker that dies takes along all that it was given

    def give(self, ticket: Hashable, work: Work, *arguments: Any) -> None:
        """See `crew.Crew`."""
        future = self._client.submit(lend_memory, work, *arguments, pure=False, retries=0)
        self._given[future] = ticket
        future.add_done_callback(self._ended.put)

    def wait(self, seconds: float) -> list[Ended]:
        """See `crew.Crew`."""
        futures = []
        with contextlib.suppress(queue.Empty):
            futures.append(self._ended.get(timeout=seconds))
            while True:
                futures.append(self._ended.get_nowait())
        ended, gone = [], self._client.status != "running"
        for future in futures:
            try:
                if future.status in ("finished", "error"):
                    ended.append(self._collect(future))
                else:
                    gone = True
            except TimeoutError:  # its worker died with the result, and another one makes it anew
                self._ended.put(future)
            except (OSError, CancelledError):  # it went while it was asked
                gone = True
        if gone and not ended:  # what came before is kept; the next call says the rest
            raise ClusterTrouble(Message("{address}: the cluster is gone", address=self.address))
        if not ended:
            self._look_for_workers()
        return ended

    def _look_for_workers(self) -> None:
        """Be patient with workers that died and are started again, but not for ever."""
        if self.size > 0:
            self._manned = time.monotonic()
        elif time.monotonic() - self._manned > ABSENT:
            raise ClusterTrouble(Message("{address}: the cluster has no workers", address=self.address))

    def _collect(self, future: Any) -> Ended:
        ticket = self._given[future]
        if future.status == "finished":
            ended = Ended(ticket, future.result(timeout=REACH))
        elif isinstance(error := future.exception(timeout=REACH), self._killed):
            self._looked, ended = 0.0, Ended(ticket, died=True)
        else:
            ended = Ended(ticket, error=error)
        del self._given[future]
        return ended

    def close(self) -> None:
        """See `crew.Crew`; what runs on the cluster is forgotten, and ends there by itself."""
        with contextlib.suppress(Exception):  # it may be gone already
            if self._client.status == "running":
                self._client.cancel(list(self._given), force=True)
            self._client.close(timeout=2)
        self._given.clear()
