"""Routes of the operation itself: what to do now, answered at once by a warm simulator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from pydantic import Field

from optimiser.common.message import Message
from optimiser.operation.now.report import parse_situation
from optimiser.output.documents.operation.now import describe_advice
from optimiser.web.board.warm_simulators import WarmSimulators
from optimiser.web.bodies.screens import ShownRequest
from optimiser.web.openapi import route_options
from optimiser.web.requests import BODY, parse_request
from optimiser.web.routes.responses import document_response, request_data


class NowRequest(ShownRequest):
    """A situation report about an operation that follows a deployment."""

    situation: Annotated[dict[str, Any], Field(description="see /v1/schemas/situation")]
    futures: Annotated[int, Field(ge=100, le=5000, strict=True, description="in which everything is compared")] = 500


def add_operation(app: FastAPI, warm: WarmSimulators) -> None:
    """Add the routes of the operation."""

    @app.post(
        "/v1/now",
        summary=Message("Say what to do now, from a report of the situation"),
        **route_options("advise_now", "screens", "advice", 429, body=NowRequest),
    )
    def now(request: Request) -> Response:
        asked = parse_request(NowRequest, request_data(request))
        numbers = asked.numbers
        report = parse_situation(numbers["situation"], asked.instance, BODY)
        with warm.borrow(asked.instance, numbers["law"]) as lent:
            advice = lent.advise(asked.deployments[0], report, numbers["seed"], numbers["futures"])
        return document_response(describe_advice(advice))
