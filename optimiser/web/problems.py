"""Faults as answers to requests: problem details after RFC 9457, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from optimiser.common.errors import FileTrouble, InputFault, OptimiserError
from optimiser.common.language import CODES, ENGLISH, Language, language
from optimiser.common.message import Message
from optimiser.web.job_queue import Full, Reused, Runs

PROBLEM = "application/problem+json"


def choose_language(accepted: str, asked: str | None = None) -> Language:
    """Take the language that was asked for by name, or the first known one of ``Accept-Language`` by its weight."""
    weighed = []
    for part in accepted.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=") if parameters else "1"
        try:
            weighed.append((-float(weight), tag.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    names = [asked or "", *(tag for weight, tag in sorted(weighed, key=lambda w: w[0]) if weight < 0.0)]
    return next((language(known) for name in names for known in CODES if known == name), ENGLISH)


def problem(
    status: int,
    kind: str,
    detail: str,
    tongue: Language = ENGLISH,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Make an answer that says what is wrong.

    Parameters
    ----------
    kind : stable name of the kind of problem.
    detail : in one sentence; a `Message` is told in the language.
    """
    body = {
        "type": f"urn:optimiser:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": tongue(detail),
        **more,
    }
    return JSONResponse(body, status, {**(headers or {}), "Content-Language": tongue.code}, PROBLEM)


def tell_error(error: OptimiserError, tongue: Language) -> JSONResponse:
    """Tell what was raised on purpose; faults are those that the command line lists."""
    if isinstance(error, InputFault):
        faults = [{name: _told(text, tongue) for name, text in asdict(fault).items()} for fault in error.faults]
        count = Message.plural("{n} fault", "{n} faults", len(faults))
        return problem(422, "faults", count, tongue, source=error.source, faults=faults)
    if isinstance(error, Full):
        return problem(429, "full", error.message, tongue, {"Retry-After": "10"})
    if isinstance(error, Reused):
        return problem(422, "idempotency", error.message, tongue)
    if isinstance(error, Runs):
        return problem(409, "not-over", error.message, tongue)
    if isinstance(error, FileTrouble):
        return problem(503, "files", error.message, tongue, {"Retry-After": "10"})
    return problem(422, "refused", error.message, tongue, code=error.exit_code)


def _told(text: str, tongue: Language) -> str:
    """Tell a message; what comes from the request, such as the name of a field, stays as it is."""
    return tongue(text) if isinstance(text, Message) else text
