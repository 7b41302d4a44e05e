"""The server: an address of this machine, a token, and the application behind its guard."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from optimiser.common.errors import FileTrouble, OptimiserError
from optimiser.common.message import Message
from optimiser.web.app import make_app
from optimiser.web.guard import HEADERS, App, Bounded, Guard
from optimiser.web.job_queue import Office
from optimiser.web.problems import problem

VARIABLE = "OPTIMISER_TOKEN"
SHORTEST = 16  # letters of a token that somebody chose
LOCAL = ("127.0.0.1", "localhost", "::1")
CONNECTIONS = 256  # at once; beyond it those are closed on which nothing is worked, the longest waiting ones first
QUIET = 5.0  # s that a connection is kept that is idle after an answer
HEAD = 2.0  # s in which a connection has to say whole what it asks, but for the body; assumed
LAST = 1  # s for requests that are not over when the server ends


class BadAddress(OptimiserError):
    """An address that would let others in, without a token that somebody chose."""

    exit_code = 2


def find_token(file: Path | None) -> tuple[str, bool]:
    """Return the token, and whether somebody chose it: from a file, from the environment, or a fresh one.

    Raises
    ------
    FileTrouble : the file cannot be read, or holds no token that is long enough.
    """
    chosen = os.environ.get(VARIABLE, "")
    if file is not None:
        try:
            chosen = file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=str(error))) from error
    if file is None and not chosen:
        return os.urandom(32).hex(), False
    if len(chosen) < SHORTEST or not chosen.isascii() or not chosen.isprintable() or " " in chosen or ";" in chosen:
        words = {"where": str(file or VARIABLE), "n": str(SHORTEST)}
        raise FileTrouble(Message("{where}: a token has at least {n} letters, digits or signs, no spaces", **words))
    return chosen, True


def bind(host: str, port: int, chosen: bool) -> socket.socket:
    """Take an address.

    Parameters
    ----------
    port : 0 for any that is free.
    chosen : whether somebody chose the token; addresses that others can reach need that.

    Raises
    ------
    BadAddress : others could reach it.
    FileTrouble : it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not ipaddress.ip_address(address[0]).is_loopback and not chosen:
            words = {"host": host, "variable": VARIABLE}
            raise BadAddress(
                Message("{host} can be reached by others: choose a token, by --token-file or {variable}", **words)
            )
        taken = socket.socket(family, kind, protocol)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        words = {"host": host, "port": str(port), "error": error.strerror or str(error)}
        raise FileTrouble(Message("{host}, port {port}: cannot be had: {error}", **words)) from error
    return taken


def names_of(host: str, port: int, names: Sequence[str] = ()) -> frozenset[str]:
    """Return what a browser or a program may call the server, with the port."""
    known = {*names, host, *(LOCAL if host in LOCAL else ())}
    bracketed = {f"[{name}]" if ":" in name else name for name in known}
    return frozenset(name.lower() for part in bracketed for name in (f"{part}:{port}", *([part] if port == 80 else ())))


def guarded_app(office: Office, token: str, hosts: frozenset[str]) -> App:
    """Return the application behind its guard."""
    return Guard(Bounded(make_app(office)), token, hosts)


def serve(office: Office, token: str, taken: socket.socket, hosts: frozenset[str], ready: Callable[[], None]) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    taken : from `bind`.
    ready : called before the first request is taken.
    """
    config = uvicorn.Config(
        guarded_app(office, token, hosts),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=int(QUIET),
        timeout_graceful_shutdown=LAST,
        lifespan="on",
        http=type("Hasty", (_Hasty,), {"waiting": {}}),
        ws="none",
        loop="asyncio",
    )
    ready()
    _Server(config, office).run(sockets=[taken])


class _Hasty(H11Protocol):
    """Gives up connections that say nothing: without a token anybody could hold all of them.

    One that does not say whole what it asks is closed soon. Where there are too many, room is made for the next one by
    closing what has waited longest; a request is said in one go, so those who ask are not among them.

    Attributes
    ----------
    waiting : connections on which nothing is worked, the longest waiting one first; of one server.
    """

    waiting: ClassVar[dict[_Hasty, None]]
    late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        while len(self.connections) > CONNECTIONS and self.waiting:
            oldest = next(iter(self.waiting))
            oldest.let_go()
            oldest.connections.discard(oldest)
        self._look(in_time=True)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look(in_time=True)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look(in_time=bool(self.conn.trailing_data[0]))  # the next one may have begun already

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def let_go(self) -> None:
        """Close the connection at once."""
        self._forget()
        self.transport.close()

    def _look(self, in_time: bool) -> None:
        """See whether a request is being worked; where none is, the next one has to come whole, `in_time` from now."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._forget()
            return
        self.waiting.setdefault(self)
        if in_time and self.late is None:
            self.late = self.loop.call_later(HEAD, self.let_go)

    def _forget(self) -> None:
        self.waiting.pop(self, None)
        if self.late is not None:
            self.late.cancel()
            self.late = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what it says is English
        """Answer what is no HTTP."""
        detail = Message("this is no request that can be understood")
        answer = problem(400, "http", detail, headers={"Connection": "close"})
        headers = [*answer.raw_headers, *HEADERS.items()]
        head = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        with contextlib.suppress(h11.LocalProtocolError):  # an answer is under way
            events = (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage())
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()


class _Server(uvicorn.Server):
    """Tells streams of progress to end before it waits for requests, and says nothing of those that it cuts off."""

    def __init__(self, config: uvicorn.Config, office: Office) -> None:
        super().__init__(config)
        self.office = office

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at SIGHUP too, as at SIGINT and SIGTERM, unless whoever started the server has it ignored."""
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
        self.office.leave()
        log = logging.getLogger("uvicorn.error")
        log.addFilter(_worth_saying)
        try:
            await super().shutdown(sockets)
        finally:
            log.removeFilter(_worth_saying)


def _worth_saying(record: logging.LogRecord) -> bool:
    """Tell whether something else is said than that requests are cut off."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and not str(record.msg).startswith("Cancel ")
