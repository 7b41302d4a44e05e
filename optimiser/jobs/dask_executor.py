"""An executor on a Dask cluster that runs already; it only schedules, and whatever it knows may be lost with it."""

from __future__ import annotations

import contextlib
import queue
import time
from asyncio import CancelledError
from collections.abc import Hashable
from typing import Any

from optimiser.common.errors import ClusterTrouble
from optimiser.common.message import Message
from optimiser.jobs.dask_memory import call_keeping_memory
from optimiser.jobs.executor import CallResult, Function

CONNECT_TIMEOUT = 10.0  # s to wait for the scheduler, and for its first worker; assumed
WORKER_TIMEOUT = 60.0  # s without a worker after which none is expected any more; assumed
SIZE_INTERVAL = 5.0  # s after which it is asked again how many workers there are; assumed


class DaskExecutor:
    """The workers of a Dask cluster.

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
        self.address, self._killed_error = address, KilledWorker
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._tickets: dict[Any, Hashable] = {}  # by future
        self._asked, self._size, self._manned = 0.0, 0, time.monotonic()
        try:  # what is no address is refused here: a client that was never begun ends in a traceback, 20 s later
            if get_address_host_port(address, strict=True) and not address.startswith("tcp://"):
                raise ValueError
        except ValueError as error:
            raise ClusterTrouble(
                Message("{address}: is no address of a scheduler, such as tcp://127.0.0.1:8786", address=address)
            ) from error
        try:
            self._client = Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False, name="optimiser")
        except (OSError, ValueError) as error:
            raise ClusterTrouble(Message("{address}: no scheduler answers", address=address)) from error
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_TIMEOUT)
        except Exception as error:
            self.close()
            raise ClusterTrouble(Message("{address}: the cluster has no workers", address=address)) from error

    @property
    def size(self) -> int:
        """See `executor.Executor`."""
        if time.monotonic() - self._asked > SIZE_INTERVAL:
            self._size, self._asked = self._count_threads(), time.monotonic()
        return self._size

    def _count_threads(self) -> int:
        """Ask the scheduler; none where it has gone, even while it is asked, which `wait` will say."""
        if self._client.status != "running":
            return 0
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError, CancelledError):
            return 0

    @property
    def free(self) -> int:
        """See `executor.Executor`."""
        return self.size - len(self._tickets)  # one a thread: a worker that dies takes along all that it was given

    def submit(self, ticket: Hashable, function: Function, *arguments: Any) -> None:
        """See `executor.Executor`."""
        try:
            future = self._client.submit(call_keeping_memory, function, *arguments, pure=False, retries=0)
        except Exception as error:
            if self._client.status == "running":  # then it is about the function or its arguments
                raise
            raise ClusterTrouble(Message("{address}: the cluster is gone", address=self.address)) from error
        self._tickets[future] = ticket
        future.add_done_callback(self._ended.put)

    def wait(self, seconds: float) -> list[CallResult]:
        """See `executor.Executor`."""
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
        if gone and not ended:  # what came before is returned; the next call says the rest
            raise ClusterTrouble(Message("{address}: the cluster is gone", address=self.address))
        if not ended:
            self._demand_workers()
        return ended

    def _demand_workers(self) -> None:
        """Wait for workers that died and are started again, but not for ever."""
        if self.size > 0:
            self._manned = time.monotonic()
        elif time.monotonic() - self._manned > WORKER_TIMEOUT:
            raise ClusterTrouble(Message("{address}: the cluster has no workers", address=self.address))

    def _collect(self, future: Any) -> CallResult:
        ticket = self._tickets[future]
        if future.status == "finished":
            ended = CallResult(ticket, future.result(timeout=CONNECT_TIMEOUT))
        elif isinstance(error := future.exception(timeout=CONNECT_TIMEOUT), self._killed_error):
            self._asked, ended = 0.0, CallResult(ticket, died=True)
        else:
            ended = CallResult(ticket, error=error)
        del self._tickets[future]
        return ended

    def close(self) -> None:
        """See `executor.Executor`; what runs on the cluster is cancelled, and ends there by itself."""
        with contextlib.suppress(Exception):  # it may be gone already
            if self._client.status == "running":
                self._client.cancel(list(self._tickets), force=True)
            self._client.close(timeout=2)
        self._tickets.clear()
