"""Problem details after RFC 9457, in the reader's language: how a request is answered that cannot be served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from optimiser.common.errors import FileTrouble, InputFault, OptimiserError
from optimiser.common.language import CODES, ENGLISH, Language
from optimiser.common.language import language as get_language
from optimiser.common.message import Message
from optimiser.web.job_errors import BoardChanged, Busy, JobRunning, KeyReused, QueueFull

PROBLEM = "application/problem+json"


def choose_language(accepted: str, asked: str | None = None) -> Language:
    """Choose the language that was asked for by name, or the first known one of ``Accept-Language`` by its weight."""
    weighed = []
    for part in accepted.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=") if parameters else "1"
        try:
            weighed.append((-float(weight), tag.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    names = [asked or "", *(tag for weight, tag in sorted(weighed, key=lambda w: w[0]) if weight < 0.0)]
    return next((get_language(known) for name in names for known in CODES if known == name), ENGLISH)


def problem_response(
    status: int,
    kind: str,
    detail: str,
    language: Language = ENGLISH,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Make a response of problem details.

    Parameters
    ----------
    kind : stable name of the kind of problem.
    detail : in one sentence; a `Message` is translated.
    """
    body = {
        "type": f"urn:optimiser:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": language(detail),
        **more,
    }
    return JSONResponse(body, status, {**(headers or {}), "Content-Language": language.code}, PROBLEM)


def error_response(error: OptimiserError, language: Language) -> JSONResponse:
    """Make the response of an error of this package; its faults are those that the command line lists."""
    if isinstance(error, InputFault):
        faults = [{name: tell_text(text, language) for name, text in asdict(fault).items()} for fault in error.faults]
        count = Message.plural("{n} fault", "{n} faults", len(faults))
        return problem_response(422, "faults", count, language, source=error.source, faults=faults)
    if isinstance(error, QueueFull):
        return problem_response(
            429, "full", error.message, language, {"Retry-After": "1" if isinstance(error, Busy) else "10"}
        )
    if isinstance(error, KeyReused):
        return problem_response(422, "idempotency", error.message, language)
    if isinstance(error, JobRunning):
        return problem_response(409, "not-over", error.message, language)
    if isinstance(error, BoardChanged):
        return problem_response(409, "changed", error.message, language)
    if isinstance(error, FileTrouble):
        return problem_response(503, "files", error.message, language, {"Retry-After": "10"})
    return problem_response(422, "refused", error.message, language, code=error.exit_code)


def tell_text(text: str, language: Language) -> str:
    """Translate a message; what comes from the request, such as the name of a field, stays as it is."""
    return language(text) if isinstance(text, Message) else text
