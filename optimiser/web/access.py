"""Access control: no request without the token, from a page of another site, or under a name that is not the server's.

Plain ASGI, in this order: name of the host, origin, token.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, MutableMapping
from typing import Any

from fastapi.responses import RedirectResponse, Response

from optimiser.common.language import CODES
from optimiser.common.message import Message
from optimiser.web.asgi import CLOSE, App, Receive, Scope, Send, headers_of, language_of, parameter_of
from optimiser.web.problems import problem_response

COOKIE = "optimiser_token"
PAGES = ("/", "/board")  # that a browser opens first, with the token in the address
SAFE = ("GET", "HEAD", "OPTIONS")
SECURITY_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    b"base-uri 'none'; form-action 'none'",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class AccessControl:
    """Lets through only requests with the token.

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
        """Return what a request without access is answered with; None where it has access."""
        headers, language = headers_of(scope), language_of(scope)
        if headers.get("host", "").lower() not in self.hosts:
            detail = Message("this server does not answer to that name")
            return problem_response(421, "host", detail, language, CLOSE)
        foreign = problem_response(403, "origin", Message("pages of other sites may not ask"), language, CLOSE)
        if _from_other_site(headers):
            return foreign
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is_token(given.strip()):
            return None
        if any(map(self._is_token, _tokens_of_cookie(headers.get("cookie", "")))):
            return None if scope["method"] in SAFE or _from_own_page(headers) else foreign
        given = parameter_of(scope, "token")
        if scope["path"] in PAGES and scope["method"] == "GET" and self._is_token(given):
            asked = parameter_of(scope, "lang")
            page = f"{scope['path']}{f'?lang={asked}' if asked in CODES else ''}"
            answer = RedirectResponse(page, 303)  # so that the token does not stay in the address
            answer.set_cookie(_name_cookie(headers["host"]), given, httponly=True, samesite="strict", path="/")
            return answer
        detail = Message("this needs the token that the server printed when it started, as a Bearer token")
        return problem_response(401, "token", detail, language, {"WWW-Authenticate": "Bearer", **CLOSE})

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token)


def _own_origin(headers: Mapping[str, str]) -> bool:
    host, origin = headers.get("host", "").lower(), headers.get("origin")
    return origin is not None and origin.lower() in (f"{scheme}://{host}" for scheme in ("http", "https"))


def _from_other_site(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says that a page of another site asks."""
    return ("origin" in headers and not _own_origin(headers)) or headers.get("sec-fetch-site") == "cross-site"


def _from_own_page(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says that a page of this server asks."""
    return _own_origin(headers) or headers.get("sec-fetch-site") == "same-origin"


def _name_cookie(host: str) -> str:
    """Name the cookie of a server: browsers keep those of all ports of a machine together, so the port is in it."""
    port = host.rpartition(":")[2]
    return f"{COOKIE}_{port}" if port.isdecimal() else COOKIE


def _tokens_of_cookie(header: str) -> list[str]:
    """List what cookies of this server, and of others on this machine, say."""
    parts = (part.strip().partition("=") for part in header.split(";"))
    return [value for name, _, value in parts if name == COOKIE or name.startswith(f"{COOKIE}_")]


def _with_headers(send: Send) -> Send:
    """Add the headers of every answer that it does not have."""

    async def sender(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", ())}
            extra = [(name, value) for name, value in SECURITY_HEADERS.items() if name not in there]
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return sender


def _without_body(send: Send) -> Send:
    async def sender(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sender
