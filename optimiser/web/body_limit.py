"""Limits on bodies of requests: their size, the time in which they have to come, and how many at once."""

from __future__ import annotations

import asyncio

from optimiser.common.message import Message
from optimiser.web.asgi import CLOSE, App, Receive, Scope, Send, headers_of, language_of
from optimiser.web.problems import problem_response

MOST_BYTES = 10_000_000  # of one body
MOST_AT_ONCE = 128  # requests with the token that are worked at once; assumed, far more than need be
MOST_HELD = 12_000_000  # bytes of bodies held at once, of all requests: so much memory may requests take
BODY_TIMEOUT = 20.0  # s in which a body must have come whole


class BodyLimit:
    """Receives a body whole before the application is called, and refuses one that is too long or too slow.

    The body is then in the scope, as ``optimiser.body``.

    Attributes
    ----------
    held : bytes of bodies.
    working : requests.
    """

    def __init__(self, app: App, timeout: float = BODY_TIMEOUT) -> None:
        self.app, self.timeout, self.held, self.working = app, timeout, 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(self)
        self.working += 1
        try:
            if self.working > MOST_AT_ONCE:
                detail = Message("too many requests are worked at the same time; send it again later")
                raise _Refusal(503, "busy", detail)
            _check_length(headers_of(scope).get("content-length", "0"))
            if not await body.receive(receive):
                return
            scope["optimiser.body"] = body.take()
            await self.app(scope, receive, send)
        except _Refusal as refusal:
            later = {"Retry-After": "1"} if refusal.status == 503 else {}
            answer = problem_response(
                refusal.status, refusal.kind, refusal.detail, language_of(scope), {**CLOSE, **later}
            )
            await answer(scope, receive, send)
        finally:
            self.held -= body.size
            self.working -= 1


class _Refusal(Exception):
    """Why a request is not passed on: status and kind of the problem, and its detail."""

    def __init__(self, status: int, kind: str, detail: Message) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def _too_large() -> _Refusal:
    return _Refusal(413, "too-large", Message("a body may have at most {n:,} bytes", n=MOST_BYTES))


def _check_length(length: str) -> None:
    """Refuse a body that says of itself that it is too long."""
    if not length.isdecimal() or len(length) > 12 or int(length) > MOST_BYTES:
        raise _too_large()


class _Body:
    """The body of one request, as it comes."""

    def __init__(self, limit: BodyLimit) -> None:
        self.limit, self.size, self.parts = limit, 0, list[bytes]()

    async def receive(self, receive: Receive) -> bool:
        """Receive it whole; returns whether the client is still there."""
        try:
            async with asyncio.timeout(self.limit.timeout):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return False
                    self._add(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            detail = Message("the body did not come within {n} s", n=f"{self.limit.timeout:g}")
            raise _Refusal(408, "too-slow", detail) from None
        return True

    def _add(self, part: bytes) -> None:
        if self.size + len(part) > MOST_BYTES:
            raise _too_large()
        if self.limit.held + len(part) > MOST_HELD:
            raise _Refusal(503, "busy", Message("too many bodies come at the same time; send it again later"))
        self.limit.held += len(part)
        self.size += len(part)
        self.parts.append(part)

    def take(self) -> bytes:
        """Return it, and keep no second copy."""
        whole = b"".join(self.parts)
        self.parts.clear()
        return whole
