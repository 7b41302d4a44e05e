"""Who may ask: nobody without the token, no page of another site, no name but our own; bodies are bounded.

Plain ASGI, outermost first: address, origin, token, then the size of the body and the time it takes to come.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from fastapi.responses import RedirectResponse, Response

from optimiser.common.message import Message
from optimiser.web.problems import choose_language, problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 10_000_000  # of one body
MOST_AT_ONCE = 128  # requests of those who know the token that are worked at once; assumed, far more than need be
MOST_HELD = 12_000_000  # bytes of bodies held at once, of all requests: so much memory may requests take
PATIENCE = 20.0  # s in which a body must have come whole
COOKIE = "optimiser_token"
SAFE = ("GET", "HEAD", "OPTIONS")
CLOSE = {"Connection": "close"}  # who is refused has no connection to keep, nor a body to send
HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    b"base-uri 'none'; form-action 'none'",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class Guard:
    """Lets through only requests of those who know the token.

    Parameters
    ----------
    hosts : what the header ``Host`` may say, ``127.0.0.1:8000``; a page of another site that was given our address by a
        name server says something else.
    """

    def __init__(self, app: App, token: str, hosts: frozenset[str]) -> None:
        self.app, self.token, self.hosts = app, token.encode(), hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # nothing here speaks another protocol
        refusal = self._refuse(scope)
        send = _with_headers(send)
        if scope["method"] == "HEAD":  # is answered as GET is, without the body
            scope, send = {**scope, "method": "GET", "optimiser.head": True}, _without_body(send)
        await (refusal or self.app)(scope, receive, send)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = _headers(scope)
        tongue = choose_language(headers.get("accept-language", ""), _asked(scope, "lang"))
        host, origin = headers.get("host", ""), headers.get("origin")
        if host.lower() not in self.hosts:
            return problem(421, "host", Message("this server does not answer to that name"), tongue, CLOSE)
        own = origin is not None and origin.lower() in (f"{scheme}://{host.lower()}" for scheme in ("http", "https"))
        if (origin is not None and not own) or headers.get("sec-fetch-site") == "cross-site":
            return problem(403, "origin", Message("pages of other sites may not ask"), tongue, CLOSE)
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._knows(given.strip()):
            return None
        if self._knows(_cookie(headers.get("cookie", ""))):
            if scope["method"] in SAFE or own or headers.get("sec-fetch-site") == "same-origin":
                return None
            return problem(403, "origin", Message("pages of other sites may not ask"), tongue, CLOSE)
        asked = _asked(scope, "token")
        if scope["path"] == "/" and scope["method"] == "GET" and self._knows(asked):
            answer = RedirectResponse("/", 303)  # so that the token does not stay in the address
            answer.set_cookie(COOKIE, asked, httponly=True, samesite="strict", path="/")
            return answer
        detail = Message("this needs the token that the server printed when it started, as a Bearer token")
        return problem(401, "token", detail, tongue, {"WWW-Authenticate": "Bearer", **CLOSE})

    def _knows(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token)


class Bounded:
    """Reads a body before anybody else does, and gives up where it is too long or too slow.

    Attributes
    ----------
    held : bytes of bodies.
    working : requests.
    """

    def __init__(self, app: App, patience: float = PATIENCE) -> None:
        self.app, self.patience, self.held, self.working = app, patience, 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        tongue = choose_language(headers.get("accept-language", ""), _asked(scope, "lang"))
        parts: list[bytes] = []
        size = 0
        self.working += 1
        try:
            if self.working > MOST_AT_ONCE:
                raise _Crowded
            said = headers.get("content-length", "0")
            if not said.isdecimal() or len(said) > 12 or int(said) > MOST_BYTES:
                raise _TooLarge
            try:
                async with asyncio.timeout(self.patience):
                    more = True
                    while more:
                        message = await receive()
                        if message["type"] == "http.disconnect":
                            return
                        part = message.get("body", b"")
                        if size + len(part) > MOST_BYTES:
                            raise _TooLarge
                        if self.held + len(part) > MOST_HELD:
                            raise _Busy
                        self.held += len(part)
                        size += len(part)
                        parts.append(part)
                        more = message.get("more_body", False)
            except TimeoutError:
                raise _TooSlow from None
            scope["optimiser.body"] = b"".join(parts)
            parts.clear()
            await self.app(scope, receive, send)
        except _TooLarge:
            detail = Message("a body may have at most {n} bytes", n=f"{MOST_BYTES:,}")
            await self._give_up(413, "too-large", detail, tongue)(scope, receive, send)
        except _TooSlow:
            detail = Message("the body did not come within {n} s", n=f"{self.patience:g}")
            await self._give_up(408, "too-slow", detail, tongue)(scope, receive, send)
        except _Busy:
            detail = Message("too many bodies come at the same time; send it again later")
            await self._give_up(503, "busy", detail, tongue)(scope, receive, send)
        except _Crowded:
            detail = Message("too many requests are worked at the same time; send it again later")
            await self._give_up(503, "busy", detail, tongue)(scope, receive, send)
        finally:
            self.held -= size
            self.working -= 1

    @staticmethod
    def _give_up(status: int, kind: str, detail: Message, tongue: Any) -> Response:
        later = {"Retry-After": "1"} if status == 503 else {}
        return problem(status, kind, detail, tongue, {**CLOSE, **later})


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


class _Busy(Exception):
    pass


class _Crowded(Exception):
    pass


def _with_headers(send: Send) -> Send:
    async def sender(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", ())}
            extra = [(name, value) for name, value in HEADERS.items() if name not in there]
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return sender


def _without_body(send: Send) -> Send:
    async def sender(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sender


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _asked(scope: Scope, name: str) -> str:
    """Return a parameter of the address; empty where it is not there."""
    given: bytes = scope.get("query_string", b"")
    return parse_qs(given.decode("latin-1")).get(name, [""])[-1]


def _cookie(header: str) -> str:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
