"""Routes of a district that is written on a screen: files read as far as possible, an empty one, the form, a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import PurePath

from fastapi import FastAPI, Request
from fastapi.responses import Response

from optimiser.common.message import Message
from optimiser.common.parsing import decode, parse_text
from optimiser.files.examination.faulty_files import read_faulty
from optimiser.files.geojson.base_map import take_base_map
from optimiser.files.plan_origin import decode_base64
from optimiser.files.read import WORKBOOK, parse, parse_workbook
from optimiser.files.synthetic.blank import blank_values
from optimiser.output.views.form import describe_form
from optimiser.web.board.begin import draft_deployment
from optimiser.web.bodies.screens import BaseMapRequest, BlankRequest, ReadRequest
from optimiser.web.openapi import route_options
from optimiser.web.problems import tell_text
from optimiser.web.requests import BODY, read_request, resolve_instance
from optimiser.web.routes.responses import document_response, request_data, request_language

MORNING = dt.time(8)  # when an operation starts if nobody says; assumed


def add_district_forms(app: FastAPI) -> None:
    """Add the routes of a district that is written on a screen."""
    _add_files(app)
    _add_beginnings(app)


def _add_files(app: FastAPI) -> None:
    @app.post(
        "/v1/read",
        summary=Message("Read an instance file: a workbook, TOML or JSON"),
        **route_options("read_instance", "screens", "instance", body=ReadRequest),
    )
    def read(request: Request) -> Response:
        sent = read_request(ReadRequest, request_data(request))
        raw = decode_base64(sent.file, BODY)
        ending = PurePath(sent.name).suffix.lower()
        if ending == WORKBOOK:
            found = parse_workbook(raw, sent.name)
        else:
            found = parse(parse_text(decode(raw, sent.name), ending, sent.name), sent.name)
        return document_response(found.model_dump(mode="json"))

    @app.post(
        "/v1/reading",
        summary=Message("Read an instance file as far as it can be read, with all its faults"),
        **route_options("read_faulty_instance", "screens", "reading", body=ReadRequest),
    )
    def reading(request: Request) -> Response:
        sent, language = read_request(ReadRequest, request_data(request)), request_language(request)
        data, found = read_faulty(decode_base64(sent.file, BODY), sent.name)
        faults = [{name: tell_text(text, language) for name, text in asdict(fault).items()} for fault in found]
        return document_response({"format": "optimiser-reading/1", "instance": data, "faults": faults})

    @app.post(
        "/v1/base-map",
        summary=Message("Take roads, rivers and borders from GeoJSON, to be drawn below the places of an instance"),
        **route_options("take_base_map", "screens", "base-map", body=BaseMapRequest),
    )
    def base_map(request: Request) -> Response:
        sent = read_request(BaseMapRequest, request_data(request))
        found = take_base_map(sent.map, resolve_instance(sent.instance), "map", sent.credit)
        shapes = [shape.model_dump(mode="json") for shape in found.shapes]
        numbers = {"kept": found.kept, "left_out": found.left_out}
        return document_response({"format": "optimiser-base-map/1", "shapes": shapes, **numbers})


def _add_beginnings(app: FastAPI) -> None:
    @app.post(
        "/v1/blank",
        summary=Message("Begin with an empty district: one place, one post, the usual roles and teams"),
        **route_options("begin_instance", "screens", "instance", body=BlankRequest),
    )
    def blank(request: Request) -> Response:
        asked = read_request(BlankRequest, request_data(request))
        start = asked.start or dt.datetime.combine(dt.date.today() + dt.timedelta(days=1), MORNING)
        middle = None if asked.lat is None or asked.lon is None else (asked.lat, asked.lon)
        values = blank_values(asked.title, start, middle, request_language(request))
        return document_response(parse(values, BODY).model_dump(mode="json"))

    @app.get(
        "/v1/form",
        summary=Message("The form of an instance: every field with its name, help, unit and limits"),
        **route_options("get_form", "screens", "form"),
    )
    def form(request: Request) -> Response:
        return document_response(describe_form(request_language(request)))

    @app.post(
        "/v1/draft",
        summary=Message("Draft a deployment to begin with: what pins fix, else by a hand rule"),
        **route_options("draft_deployment", "screens", "deployment", body="instance"),
    )
    def draft(request: Request) -> Response:
        return document_response(draft_deployment(parse(request_data(request), BODY)).model_dump(mode="json"))
