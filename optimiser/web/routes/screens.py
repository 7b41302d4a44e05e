"""Routes of what a screen needs at once: an instance as people read it, estimates, told days and the map."""

from __future__ import annotations

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import Response

from optimiser.common.cancellation import Flag, cancelled_by
from optimiser.common.message import Message
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse
from optimiser.model.admission import playable
from optimiser.model.checker import check
from optimiser.output.documents.comparison import describe_comparison
from optimiser.output.views.map_view import describe_map
from optimiser.output.views.outline import describe_outline
from optimiser.output.views.strips import describe_strips
from optimiser.output.views.told_day import describe_day
from optimiser.planning.evaluation import Evaluation
from optimiser.questions.plan_comparison import pair_plans
from optimiser.questions.played_plan import rehearse
from optimiser.web.board.warm_simulators import WarmSimulators
from optimiser.web.bodies.screens import DayRequest, DaysRequest, StripsRequest
from optimiser.web.openapi import route_options
from optimiser.web.requests import (
    BODY,
    CheckRequest,
    EstimateRequest,
    JobRequest,
    MapRequest,
    WhatIfRequest,
    parse_request,
    tell_once,
)
from optimiser.web.routes.departures import Gone
from optimiser.web.routes.responses import document_response, request_data, request_language

DAYS = {  # days worth being told, by the share of days that lose less
    "usual": 0.5,
    "hard": 0.8,
    "one-in-twenty": 0.95,
    "one-in-hundred": 0.99,
}


def add_screens(app: FastAPI, warm: WarmSimulators) -> None:
    """Add the routes of what a screen needs at once."""
    _add_changes(app)
    _add_views(app, warm)
    _add_estimates(app, warm)


def _add_views(app: FastAPI, warm: WarmSimulators) -> None:
    @app.post(
        "/v1/outline",
        summary=Message("Describe an instance as people read it: places, units, who comes where"),
        **route_options("outline_instance", "screens", "outline", body="instance"),
    )
    def outline(request: Request) -> Response:
        return document_response(describe_outline(parse(request_data(request), BODY), request_language(request)))

    @app.post(
        "/v1/map",
        summary=Message("Draw a deployment on the map"),
        **route_options("draw_map", "screens", "map", 429, body=MapRequest),
    )
    def draw(request: Request, gone: Gone) -> Response:
        asked = parse_request(MapRequest, request_data(request))
        found = _evaluate(warm, asked, gone)[0] if asked.numbers["scenarios"] else None
        width, language = asked.numbers["width"], request_language(request)
        return document_response(describe_map(asked.instance, asked.deployments[0], found, width, language))

    @app.post(
        "/v1/day",
        summary=Message("Tell one day of a deployment event by event"),
        **route_options("tell_day", "screens", "day", body=DayRequest),
    )
    def day(request: Request) -> Response:
        asked = parse_request(DayRequest, request_data(request))
        numbers = asked.numbers
        told = rehearse(asked.instance, asked.deployments[0], numbers["seed"], numbers["scenario"], law=numbers["law"])
        return document_response(describe_day(told, request_language(request)))

    @app.post(
        "/v1/strips",
        summary=Message("Tell how likely each phase is in each sector over the day"),
        **route_options("draw_strips", "screens", "strips", body=StripsRequest),
    )
    def strips(request: Request) -> Response:
        asked = parse_request(StripsRequest, request_data(request))
        return document_response(describe_strips(asked.instance, asked.deployments[0], **asked.numbers))


def _add_changes(app: FastAPI) -> None:
    @app.post(
        "/v1/apply",
        summary=Message("Make the instance that a what-if is about"),
        **route_options("apply_whatif", "screens", "instance", body=WhatIfRequest),
    )
    def changed(request: Request) -> Response:
        asked = parse_request(WhatIfRequest, request_data(request))
        plan = asked.deployments[0] if asked.deployments else None
        assert asked.whatif is not None
        return document_response(apply(asked.instance, asked.whatif, plan).model_dump(mode="json"))


def _add_estimates(app: FastAPI, warm: WarmSimulators) -> None:
    @app.post(
        "/v1/rules",
        summary=Message("Say in words which rules a deployment breaks, and where"),
        **route_options("tell_rules", "screens", "rules", body=CheckRequest),
    )
    def rules(request: Request) -> Response:
        asked = parse_request(CheckRequest, request_data(request), simulated=False)
        language = request_language(request)
        instance = tell_once(asked.instance, language.code)
        found = [
            {"place": one.place, "code": one.code, "what": one.what, "sentence": language(one.message)}
            for one in check(instance, asked.deployments[0]).violations
        ]
        return document_response({"format": "optimiser-rules/1", "passed": not found, "violations": found})

    @app.post(
        "/v1/estimate",
        summary=Message("Play deployments on the same scenarios, answered at once, without the range over the law"),
        **route_options("estimate_deployments", "screens", "comparison", 429, body=EstimateRequest),
    )
    def estimate(request: Request, gone: Gone) -> Response:
        asked = parse_request(EstimateRequest, request_data(request), simulated=False)
        verdicts = [playable(asked.instance, deployment) for deployment in asked.deployments]
        return document_response(
            describe_comparison(pair_plans(asked.instance, _evaluate(warm, asked, gone), verdicts))
        )

    @app.post(
        "/v1/days",
        summary=Message("Find days of a deployment worth being told: a usual one, hard ones"),
        **route_options("find_days", "screens", "days", 429, body=DaysRequest),
    )
    def days(request: Request, gone: Gone) -> Response:
        asked = parse_request(DaysRequest, request_data(request))
        losses = _evaluate(warm, asked, gone)[0].losses
        order = np.argsort(losses, kind="stable")
        found = []
        for name, share in DAYS.items():
            scenario = int(order[min(len(order) - 1, int(share * len(order)))])
            found.append({"name": name, "share": share, "scenario": scenario, "points": float(losses[scenario])})
        seed, scenarios = asked.numbers["seed"], asked.numbers["scenarios"]
        return document_response({"format": "optimiser-days/1", "seed": seed, "scenarios": scenarios, "days": found})


def _evaluate(warm: WarmSimulators, asked: JobRequest, gone: Flag) -> list[Evaluation]:
    """Evaluate the deployments of a request on a warm simulator.

    Raises
    ------
    Cancelled : the client has gone.
    """
    numbers = asked.numbers
    with cancelled_by(gone), warm.borrow(asked.instance, numbers["law"]) as lent:
        return [lent.evaluate(one, numbers["seed"], numbers["scenarios"]) for one in asked.deployments]
