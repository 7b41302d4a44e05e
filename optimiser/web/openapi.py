"""The interface as OpenAPI 3.1: what each route takes and returns, from the schemas that are published anyway."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.web.access import COOKIE
from optimiser.web.problems import PROBLEM

Node = dict[str, Any]
FREE: Node = {"type": "object"}
RESULTS = (
    *("plan", "infeasible", "simulation", "answer", "comparison", "presence", "firm", "exercise", "score"),
    *("calibration", "files"),
)
SHAPES = (  # of what is answered at once
    *("faults", "check", "instances", "movements", "job", "jobs"),
    *(
        "outline",
        "rules",
        "map",
        "day",
        "days",
        "strips",
        "clashes",
        "deployment",
        "reading",
        "base-map",
        "form",
        "board",
        "boards",
        "advice",
    ),
)
PLAYED: Node = {"places": {"kpu": {"teams": {"squad": 3}}}}
EXAMPLES: dict[str, Node] = {
    "PlanRequest": {"instance": "tiny-2", "scenarios": 20, "reporting": 20, "budget": 100},
    "SimulateRequest": {"instance": "tiny-2", "scenarios": 10},
    "WhatIfRequest": {
        "instance": "tiny-2",
        "whatif": {"changes": [{"do": "heads", "cap": 20}]},
        "scenarios": 20,
        "reporting": 20,
        "budget": 100,
    },
    "CompareRequest": {
        "instance": "tiny-2",
        "deployments": [{"places": {"kpu": {"teams": {"squad": n}}}} for n in (2, 3)],
        "scenarios": 20,
    },
    "PresenceRequest": {"instance": "oku-250", "scenarios": 20, "reporting": 20, "budget": 100},
    "FirmRequest": {"instance": "tiny-2", "scenarios": 30, "budget": 100},
    "ScoreRequest": {
        "instance": "tiny-2",
        "deployment": PLAYED,
        "logs": ["time,place,what happened,number\n08:30,kpu,people arrive,100\n08:38,kpu,first contact,\n"],
        "days": 20,
    },
    "ExerciseRequest": {
        "instance": "tiny-2",
        "deployment": PLAYED,
        "themes": ["delegation"],
        "scenarios": 20,
    },
    "CalibrateRequest": {
        "instance": "tiny-2",
        "deployment": PLAYED,
        "logs": ["minute,place,what happened,who or what\n30,kpu,phase changes,red\n"],
        "draws": 100,
    },
    "CheckRequest": {"instance": "tiny-2", "deployment": PLAYED},
    "EstimateRequest": {"instance": "tiny-2", "deployments": [PLAYED], "scenarios": 20},
    "DayRequest": {"instance": "tiny-2", "deployment": PLAYED},
    "DaysRequest": {"instance": "tiny-2", "deployment": PLAYED, "scenarios": 20},
    "StripsRequest": {"instance": "tiny-2", "deployment": PLAYED, "scenarios": 20},
    "MapRequest": {"instance": "tiny-2", "deployment": PLAYED},
    "ReadRequest": {"name": "town.json", "file": "e30="},
    "BlankRequest": {"title": "A town"},
    "BaseMapRequest": {
        "instance": "oku-250",
        "map": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"highway": "primary"},
                    "geometry": {"type": "LineString", "coordinates": [[104.16, -4.12], [104.18, -4.12]]},
                }
            ],
        },
    },
    "ExportRequest": {"instance": "tiny-2", "deployment": PLAYED, "file": "deployment.csv"},
    "NowRequest": {
        "instance": "tiny-2",
        "deployment": PLAYED,
        "situation": {"instance": "tiny-2", "at": "08:30"},
        "futures": 100,
    },
    "BoardRequest": {"revision": 1, "content": {"instance": {}}},
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


def route_options(
    operation: str,
    tag: str,
    returns: str,
    *problems: int,
    body: type[BaseModel] | str | None = None,
    status: int = 200,
) -> Node:
    """Return the name of a route, what it takes and what it returns, as arguments of FastAPI.

    Parameters
    ----------
    operation : its name, of which generated clients make a function.
    tag : the group it belongs to, of which they make a module.
    returns : a published document, or what `_content` knows besides; empty where there is none.
    problems : statuses of problems that are its own.
    body : what it takes.
    """
    responses: dict[int | str, Any] = {status: {"description": "done"}}
    if returns:
        responses[status]["content"] = _content(returns)
    for number in (401, *problems, *((422,) if body is not None else ())):
        responses[number] = {"description": "problem", "content": {PROBLEM: {"schema": component("problem")}}}
    responses["default"] = {"description": "problem", "content": {PROBLEM: {"schema": component("problem")}}}
    made: Node = {"operation_id": operation, "tags": [tag], "responses": responses, "response_model": None}
    if body is not None:
        schema = FREE if isinstance(body, str) else component(body.__name__)
        content: Node = {"schema": schema}
        if not isinstance(body, str):
            content["example"] = EXAMPLES[body.__name__]
        made["openapi_extra"] = {"requestBody": {"required": True, "content": {"application/json": content}}}
    return made


def _content(returns: str) -> Node:
    if returns == "events":
        return {"text/event-stream": {"schema": {"type": "string"}}}
    if returns == "file":
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    if returns == "result":
        shape: Node = {"oneOf": [component(f"{name}-document") for name in RESULTS]}
    elif returns == "names":
        names = {"type": "array", "items": {"type": "string"}}
        shape = {"type": "object", "required": ["schemas"], "properties": {"schemas": names}}
    else:
        shape = FREE if returns in ("openapi", "schema", "instance") else component(f"{returns}-document")
    return {"application/json": {"schema": shape}}


def component(name: str) -> Node:
    """Return a reference to a component."""
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
                    problem = {PROBLEM: {"schema": component("problem")}}
                    route["responses"]["422"] = {"description": "problem", "content": problem}
        app.openapi_schema = made
    return app.openapi_schema


def _components() -> Node:
    from optimiser.web.requests import ANSWERED, REQUESTS  # noqa: PLC0415 - the routes are described before they are made
    from optimiser.web.routes.operation import NowRequest  # noqa: PLC0415

    found: Node = {"problem": PROBLEM_SHAPE}
    for name in (*RESULTS, *SHAPES):
        _add(found, f"{name}-document", SCHEMAS[name]())
    models: list[type[BaseModel]] = [*REQUESTS.values(), *ANSWERED, NowRequest]
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
