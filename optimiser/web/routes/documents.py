"""Routes that are answered at once: what the server knows, and checks."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.language import Code
from optimiser.common.message import Message
from optimiser.files.examination import examine
from optimiser.files.examination.proposals import MOST, propose_moving
from optimiser.files.plan_origin import parse_plan
from optimiser.files.read import GROUPS, instances_folder, parse, read, shipped
from optimiser.model.checker import check
from optimiser.model.instance import Instance
from optimiser.output.documents.check import describe_check
from optimiser.output.documents.instances import describe_faults, describe_instances, describe_proposals
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.web.openapi import route_options
from optimiser.web.problems import tell_text
from optimiser.web.requests import BODY, CheckRequest, parse_request, resolve_instance
from optimiser.web.routes.index_page import index_page
from optimiser.web.routes.responses import document_response, request_data, request_language


def add_documents(app: FastAPI) -> None:
    """Add the routes of what the server knows: itself, schemas and shipped instances."""
    _add_interface(app)
    _add_schemas(app)
    _add_instances(app)


def _add_interface(app: FastAPI) -> None:
    @app.get(
        "/",
        operation_id="get_index",
        tags=["documents"],
        summary=Message("This list"),
        response_class=HTMLResponse,
        response_description="done",
    )
    async def index(request: Request) -> HTMLResponse:
        return HTMLResponse(index_page(app.openapi(), request_language(request)))

    @app.get(
        "/openapi.json",
        summary=Message("The interface as OpenAPI 3.1"),
        **route_options("get_openapi", "documents", "openapi"),
    )
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())


def _add_schemas(app: FastAPI) -> None:
    @app.get(
        "/v1/schemas",
        summary=Message("Names of the documents"),
        **route_options("list_schemas", "documents", "names"),
    )
    def schemas() -> Response:
        return document_response({"schemas": list(SCHEMAS)})

    @app.get(
        "/v1/schemas/{name}",
        summary=Message("The JSON Schema of a document"),
        **route_options("get_schema", "documents", "schema", 404),
    )
    def schema(name: Annotated[str, Path(max_length=40)]) -> Response:
        if name not in SCHEMAS:
            raise HTTPException(404)
        return document_response(SCHEMAS[name]())


@cache
def _shipped_instances(code: Code) -> dict[str, Any]:
    """List them once in a language; reading takes longer than a page should."""
    return describe_instances({name: read(instances_folder() / f"{name}.toml").told_in(code) for name in shipped()})


def _add_instances(app: FastAPI) -> None:
    @app.get(
        "/v1/instances",
        summary=Message("The shipped instances"),
        **route_options("list_instances", "documents", "instances"),
    )
    def instances(request: Request) -> Response:
        return document_response(_shipped_instances(request_language(request).code))

    @app.get(
        "/v1/instances/{name:path}",
        summary=Message("A shipped instance"),
        **route_options("get_instance", "documents", "instance", 404),
    )
    def instance(name: Annotated[str, Path(max_length=100)]) -> Response:
        if not any(name in shipped(group) for group in ("", *GROUPS)):
            raise HTTPException(404)
        return document_response(resolve_instance(name).model_dump(mode="json"))


def add_checks(app: FastAPI) -> None:
    """Add the routes of checks, and of what an instance by itself gives rise to."""

    @app.post(
        "/v1/validate",
        summary=Message("Look for every fault in an instance"),
        **route_options("validate_instance", "checks", "faults", body="instance"),
    )
    def validate(
        request: Request, strict: Annotated[bool, Query(description="take warnings for faults")] = False
    ) -> Response:
        cautions = examine(_sent_instance(request))
        if strict and cautions:
            raise InputFault(BODY, [caution.fault for caution in cautions])
        document, language = describe_faults(BODY, (), ()), request_language(request)
        document["warnings"] = [
            {field.name: tell_text(getattr(caution, field.name), language) for field in fields(caution)}
            for caution in cautions
        ]
        return document_response(document)

    @app.post(
        "/v1/check",
        summary=Message("Check a deployment against every rule"),
        **route_options("check_deployment", "checks", "check", body=CheckRequest),
    )
    def check_deployment(request: Request) -> Response:
        data = request_data(request)
        asked = parse_request(CheckRequest, data, simulated=False)
        origin = parse_plan(data["deployment"], asked.instance, BODY)[1]
        return document_response(describe_check(check(asked.instance, asked.deployments[0]), origin))

    @app.post(
        "/v1/movements",
        summary=Message("Propose which units could move, with people or from place to place"),
        **route_options("propose_movements", "checks", "movements", body="instance"),
    )
    def movements(
        request: Request,
        most: Annotated[
            int, Query(ge=0, le=100, description="movements, beside accompaniments and those for rest and relief")
        ] = MOST,
    ) -> Response:
        language = request_language(request)
        instance = _sent_instance(request).told_in(language.code)
        return document_response(describe_proposals(instance, propose_moving(instance, language, most)))


def _sent_instance(request: Request) -> Instance:
    """Read the instance that is the body of a request."""
    data = request_data(request)
    if not isinstance(data, dict):
        expected, repair = Message("a table"), Message("send an instance")
        raise InputFault(BODY, [make_fault("wrong-type", BODY, data, expected, repair)])
    return parse(data, BODY)
