"""What all routes use: the language of a request, its body, and a document as a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from optimiser.common.language import Code, Language
from optimiser.output.documents.plan import dump
from optimiser.web.problems import choose_language
from optimiser.web.requests import read_body

JSON = "application/json"
LanguageParameter = Annotated[Code | None, Query(description="of what people read; else Accept-Language")]


async def language_parameter(lang: LanguageParameter = None) -> None:
    """Every route takes ``lang``; `request_language` reads it, for responses that no route makes as well."""


def request_language(request: Request) -> Language:
    """Return the language that a request asks for."""
    return choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))


def request_data(request: Request) -> Any:
    """Return the body of a request, parsed.

    Raises
    ------
    InputFault : it is no JSON, too deep, or too long.
    """
    return read_body(request.scope["optimiser.body"])


def document_response(
    values: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Make a response of a document."""
    return Response(dump(values), status, headers, JSON)
