"""The interface as OpenAPI 3.1: what each route takes and gives, from the schemas that are published anyway."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.web.guard import COOKIE
from optimiser.web.problems import PROBLEM

Node = dict[str, Any]
FREE: Node = {"type": "object"}
RESULTS = ("plan", "infeasible", "simulation", "answer", "comparison")
EXAMPLES: dict[str, Node] = {
    "PlanAsked": {"instance": "tiny-2", "scenarios": 20, "reporting": 20, "budget": 100},
    "SimulateAsked": {"instance": "tiny-2", "scenarios": 10},
    "WhatIfAsked": {
        "instance": "tiny-2",
        "whatif": {"changes": [{"do": "heads", "cap": 20}]},
        "scenarios": 20,
        "reporting": 20,
        "budget": 100,
    },
    "CompareAsked": {
        "instance": "tiny-2",
        "deployments": [{"places": {"kpu": {"teams": {"squad": n}}}} for n in (2, 3)],
        "scenarios": 20,
    },
    "CheckAsked": {"instance": "tiny-2", "deployment": {"places": {"kpu": {"teams": {"squad": 3}}}}},
}
PROBLEM_SHAPE: Node = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:optimiser:problem:"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "in the reader's language"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "place", "found", "expected", "repair"],
                "properties": {name: {"type": "string"} for name in ("code", "place", "found", "expected", "repair")},
            },
        },
    },
}


def extra(
    operation: str,
    tag: str,
    gives: str,
    *problems: int,
    body: type[BaseModel] | str | None = None,
    status: int = 200,
) -> Node:
    """Say what a route is called, takes and gives, as arguments of FastAPI.

    Parameters
    ----------
    operation : its name, of which generated clients make a function.
    tag : the group it belongs to, of which they make a module.
    gives : a published document, or what `_content` knows besides; empty where there is none.
    problems : statuses of problems that are its own.
    body : what it takes.
    """
    responses: dict[int | str, Any] = {status: {"description": "done"}}
    if gives:
        responses[status]["content"] = _content(gives)
    for number in (401, *problems, *((422,) if body is not None else ())):
        responses[number] = {"description": "problem", "content": {PROBLEM: {"schema": refer("problem")}}}
    responses["default"] = {"description": "problem", "content": {PROBLEM: {"schema": refer("problem")}}}
    made: Node = {"operation_id": operation, "tags": [tag], "responses": responses, "response_model": None}
    if body is not None:
        schema = FREE if isinstance(body, str) else refer(body.__name__)
        content: Node = {"schema": schema}
        if not isinstance(body, str):
            content["example"] = EXAMPLES[body.__name__]
        made["openapi_extra"] = {"requestBody": {"required": True, "content": {"application/json": content}}}
    return made


def _content(gives: str) -> Node:
    if gives == "events":
        return {"text/event-stream": {"schema": {"type": "string"}}}
    if gives == "result":
        shape: Node = {"oneOf": [refer(f"{name}-document") for name in RESULTS]}
    elif gives == "names":
        names = {"type": "array", "items": {"type": "string"}}
        shape = {"type": "object", "required": ["schemas"], "properties": {"schemas": names}}
    else:
        shape = FREE if gives in ("openapi", "schema", "instance") else refer(f"{gives}-document")
    return {"application/json": {"schema": shape}}


def refer(name: str) -> Node:
    """Refer to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def build_openapi(app: FastAPI) -> Node:
    """Build the whole description, once."""
    if app.openapi_schema is None:
        tags = app.openapi_tags
        made = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes, tags=tags)
        made["info"]["description"] = "Plans, plays and compares deployments; see docs/rest.md."
        schemes = {
            "token": {"type": "http", "scheme": "bearer"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        }
        made["components"] = {"schemas": _components(), "securitySchemes": schemes}
        made["security"] = [{"token": []}, {"cookie": []}]
        for methods in made["paths"].values():
            for route in methods.values():
                if route["responses"].get("422", {}).get("content", {}).get("application/json"):
                    problem = {PROBLEM: {"schema": refer("problem")}}
                    route["responses"]["422"] = {"description": "problem", "content": problem}
        app.openapi_schema = made
    return app.openapi_schema


def _components() -> Node:
    from optimiser.web.asking import ASKED, CheckAsked  # noqa: PLC0415 - the routes are described before they are made

    found: Node = {"problem": PROBLEM_SHAPE}
    for name in (*RESULTS, "faults", "check", "instances", "job", "jobs"):
        _add(found, f"{name}-document", SCHEMAS[name]())
    models: list[type[BaseModel]] = [*ASKED.values(), CheckAsked]
    for model in models:
        _add(found, model.__name__, model.model_json_schema())
    return dict(sorted(found.items()))


def _add(found: Node, name: str, schema: Node) -> None:
    """Add a schema and its definitions; those of the same name are the same thing."""
    body = {key: value for key, value in schema.items() if key not in ("$schema", "$id", "$defs")}
    for key, value in {**schema.get("$defs", {}), name: body}.items():
        moved = _move(value)
        assert found.setdefault(key, moved) == moved, f"two different shapes are called {key}"


def _move(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key in ("$ref", "propertyName") and isinstance(value, str)
            else _move(value)
            for key, value in node.items()
        }
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/components/schemas/")
    return [_move(item) for item in node] if isinstance(node, list) else node
