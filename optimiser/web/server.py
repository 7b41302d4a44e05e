"""The server: it listens at an address, and closes connections that take too long to ask."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from optimiser.common.message import Message
from optimiser.web.access import SECURITY_HEADERS, AccessControl
from optimiser.web.app import make_app
from optimiser.web.asgi import App
from optimiser.web.body_limit import BodyLimit
from optimiser.web.job_queue import JobQueue
from optimiser.web.problems import problem_response

MOST_CONNECTIONS = 256  # at once; beyond it idle ones are closed, the longest waiting ones first
KEEP_ALIVE = 5.0  # s that a connection is kept that is idle after an answer
REQUEST_TIMEOUT = 2.0  # s in which a connection has to say whole what it asks, but for the body; assumed
SHUTDOWN_TIMEOUT = 1  # s for requests that are not over when the server ends


def protected_app(queue: JobQueue, token: str, hosts: frozenset[str]) -> App:
    """Return the application behind access control and limits on bodies."""
    return AccessControl(BodyLimit(make_app(queue)), token, hosts)


def serve(queue: JobQueue, token: str, bound: socket.socket, hosts: frozenset[str], ready: Callable[[], None]) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    bound : from `address.bind`.
    ready : called before the first request is taken; who asks from then on waits and is not turned away.
    """
    config = uvicorn.Config(
        protected_app(queue, token, hosts),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=int(KEEP_ALIVE),
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        lifespan="on",
        http=type("StrictProtocol", (_StrictProtocol,), {"waiting": {}}),
        ws="none",
        loop="asyncio",
    )
    bound.listen(config.backlog)
    ready()
    _Server(config, queue).run(sockets=[bound])


class _StrictProtocol(H11Protocol):
    """Closes connections that are idle: without a token a client could hold all of them.

    One on which a request does not come whole is closed soon. Where there are too many, room is made for the next one
    by closing what has waited longest; a request comes in one go, so clients that ask are not among them.

    Attributes
    ----------
    waiting : connections on which nothing is worked, the longest waiting one first; of one server.
    """

    waiting: ClassVar[dict[_StrictProtocol, None]]
    late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        while len(self.connections) > MOST_CONNECTIONS and self.waiting:
            oldest = next(iter(self.waiting))
            oldest.close_now()
            oldest.connections.discard(oldest)
        self._watch(in_time=True)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch(in_time=True)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch(in_time=bool(self.conn.trailing_data[0]))  # the next one may have begun already

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def close_now(self) -> None:
        """Close the connection at once."""
        self._forget()
        self.transport.close()

    def _watch(self, in_time: bool) -> None:
        """See whether a request is being worked; where none is, the next one has to come whole, `in_time` from now."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._forget()
            return
        self.waiting.setdefault(self)
        if in_time and self.late is None:
            self.late = self.loop.call_later(REQUEST_TIMEOUT, self.close_now)

    def _forget(self) -> None:
        self.waiting.pop(self, None)
        if self.late is not None:
            self.late.cancel()
            self.late = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what it says is English
        """Answer what is no HTTP."""
        detail = Message("this is no request that can be understood")
        answer = problem_response(400, "http", detail, headers={"Connection": "close"})
        headers = [*answer.raw_headers, *SECURITY_HEADERS.items()]
        head = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        with contextlib.suppress(h11.LocalProtocolError):  # an answer is under way
            events = (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage())
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()


class _Server(uvicorn.Server):
    """Tells streams of progress to end before it waits for requests, and says nothing of those that it cuts off."""

    def __init__(self, config: uvicorn.Config, queue: JobQueue) -> None:
        super().__init__(config)
        self.queue = queue

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at SIGHUP too, as at SIGINT and SIGTERM, unless the server was started with it ignored."""
        number = getattr(signal, "SIGHUP", None)
        with super().capture_signals():
            mine = number is not None and threading.current_thread() is threading.main_thread()
            before = signal.getsignal(number) if mine and number is not None else signal.SIG_IGN
            if number is None or before == signal.SIG_IGN:
                yield
                return
            signal.signal(number, self.handle_exit)
            try:
                yield
            finally:
                signal.signal(number, before)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what goes on."""
        self.queue.stop()
        log = logging.getLogger("uvicorn.error")
        log.addFilter(_is_no_cut)
        try:
            await super().shutdown(sockets)
        finally:
            log.removeFilter(_is_no_cut)


def _is_no_cut(record: logging.LogRecord) -> bool:
    """Tell whether something else is said than that requests are cut off."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and not str(record.msg).startswith("Cancel ")
