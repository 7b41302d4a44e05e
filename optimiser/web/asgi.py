"""What the middleware knows of ASGI: types of an application, and headers and parameters of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from optimiser.common.language import Language
from optimiser.web.problems import choose_language

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLOSE = {"Connection": "close"}  # a client that is refused has no connection to keep, nor a body to send


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by their names in small letters."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def parameter_of(scope: Scope, name: str) -> str:
    """Return a parameter of the address; empty where it is not there."""
    query: bytes = scope.get("query_string", b"")
    return parse_qs(query.decode("latin-1")).get(name, [""])[-1]


def language_of(scope: Scope) -> Language:
    """Return the language that a request asks for."""
    return choose_language(headers_of(scope).get("accept-language", ""), parameter_of(scope, "lang"))
