"""What the published shapes of documents are made of: small JSON Schemas, and those that several documents share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optimiser.files.read import DIALECT, deployment_schema
from optimiser.files.read_whatifs import whatif_schema
from optimiser.model.cautions import CAUTIONS
from optimiser.model.checker import CODES
from optimiser.model.harms import HARMS, UNITS
from optimiser.model.instance import PHASES

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
AMOUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
NUMBER: Schema = {"type": ["number", "null"], "description": "null where it is not finite"}
POINTS: Schema = {**NUMBER, "description": "points; null where it is not finite"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
DRAWN: Schema = {**SHARE, "description": "share of the draws"}
RANGED = ("lower", "better", "worse")  # in how many draws a mean difference is below 0, is shown to be, is shown above
HEADS = ("sectors", "posts", "crews", "lost", "counted", "cap", "outside", "base")
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def make_object(properties: Schema) -> Schema:
    """Give the shape of a table with these fields and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def make_map(values: Schema) -> Schema:
    """Give the shape of a table with any names."""
    return {"type": "object", "additionalProperties": values}


def make_list(items: Schema) -> Schema:
    """Give the shape of a list."""
    return {"type": "array", "items": items}


def refer(name: str) -> Schema:
    """Refer to one of the shared shapes."""
    return {"$ref": f"#/$defs/{name}"}


def or_null(shape: Schema, why: str) -> Schema:
    """Give a shape, or nothing."""
    return {"description": why, "anyOf": [shape, {"type": "null"}]}


def each_harm() -> Schema:
    """Return the shape of a table with an interval for each harm; documents from before one was counted lack it."""
    shape = make_object(dict.fromkeys(UNITS, refer("interval")))
    later = {harm.id for harm in HARMS if harm.later}
    return {**shape, "required": [name for name in UNITS if name not in later]}


def publish(name: str, parts: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """Give the whole JSON Schema (draft 2020-12) of one kind of document, version 1.

    Parameters
    ----------
    parts : shape of each field; ``format`` is added.
    optional : fields that may be left out.
    """
    shape = make_object({"format": {"const": f"optimiser-{name}/1"}, **parts})
    shape["required"] = [field for field in shape["required"] if field not in optional]
    known = {**_model(deployment_schema(), "deployment"), **_model(whatif_schema(typed=False), "whatif"), **_shared()}
    used: Schema = {}
    todo: list[Any] = [shape]
    while todo:
        for found in _references(todo.pop()):
            if found not in used:
                used[found] = known[found]
                todo.append(known[found])
    head = {"$schema": DIALECT, "$id": f"urn:optimiser:{name}:1", "title": f"optimiser {name}"}
    return {**head, **shape, **({"$defs": dict(sorted(used.items()))} if used else {})}


POINTS_INTERVAL = or_null(refer("interval"), "points; null where it was not measured")
WARNINGS = or_null(make_list(refer("caution")), "what is unusual in the input; null in documents of early versions")
NOT_COUNTED = or_null(TEXT, "what the end of the operational period cuts off, in one sentence; null where nothing")

LAW_RANGE = or_null(
    refer("law_range"),
    "over draws of the law's constants within their plausible ranges, which is no confidence interval; null where it "
    "was not measured and in documents of early versions",
)

BAND = or_null(
    make_object(dict.fromkeys(("low", "high"), POINTS)),
    "of the mean loss over the law's ranges; null in documents of early versions",
)


def _model(schema: Schema, name: str) -> Schema:
    """Give the definitions of a published schema, and itself as one of them."""
    body = {key: value for key, value in schema.items() if key not in ("$defs", "$schema", "$id")}
    return {**schema.get("$defs", {}), name: body}


def _references(node: Any) -> Iterator[str]:
    """List the definitions that a shape refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/$defs/")
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


LOCAL: dict[str, Schema] = {
    **dict.fromkeys(("compared", "possible", "better", "worse", "ties", "undecided", "scenarios"), COUNT),
    "seldom": {"type": ["integer", "null"], "minimum": 0, "description": "null in documents of early versions"},
    "delta": {**POINTS, "description": "no compared exchange is better by more, points"},
    "confidence": {**NUMBER, "description": "simultaneous"},
    "sentence": TEXT,
}
TRUE_GAP: dict[str, Schema] = {
    "gap": POINTS,
    "high": {**POINTS, "description": "upper confidence limit, points"},
    "objective": POINTS,
    "share": {**NUMBER, "description": "upper limit as a share of the objective"},
    "sets": COUNT,
    "lost": {**COUNT, "description": "scenarios of all sets in which anything is lost"},
    "scenarios": COUNT,
    "confidence": {**NUMBER, "description": "one-sided"},
    "sentence": TEXT,
}

ANYTHING: Schema = {"description": "a plain value, as in a file; null where there is none"}
DIFFERENCE = {**dict.fromkeys(("path", "owner", "field", "unit"), TEXT), "before": ANYTHING, "after": ANYTHING}
DIFFERENCE["sentence"] = TEXT
OBSTACLE = {
    "path": {**TEXT, "description": "the number that was changed without an effect"},
    "sentence": TEXT,
    "limits": {**make_list(TEXT), "description": "requirements that bind instead"},
    "offers": {**make_list(TEXT), "description": "changes to ask for besides, as they are typed"},
}


def _certificate() -> Schema:
    return make_object(
        {
            "kind": {"enum": ["proved-optimal", "within", "bound-only"]},
            "proved": TRUTH,
            "sentence": TEXT,
            "objective": POINTS,
            "bound": POINTS,
            "gap": {**NUMBER, "description": "share of the objective"},
            "scenarios": {
                **COUNT,
                "description": "planning scenarios that it was chosen on, not always as many as asked",
            },
            "reasons": make_list(TEXT),
            "compared": {**COUNT, "description": "deployments, itself among them, compared on all of these scenarios"},
            "local": or_null(make_object(LOCAL), "about deployments one exchange away; null where nothing is said"),
            "true_gap": or_null(make_object(TRUE_GAP), "about all scenarios there could be; null unless asked for"),
            "listed": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "feasible deployments, if the proof looked at each; null in documents of early versions",
            },
        }
    )


def _settings() -> Schema:
    return make_object(
        {
            **dict.fromkeys(("seed", "reporting"), COUNT),
            "scenarios": {**COUNT, "description": "planning scenarios asked for; for those used see the certificate"},
            "solver": {"enum": ["highs", "cbc"]},
            "law": TEXT,
            "budget": COUNT,
            "engine": {"enum": ["compiled", "simpy"]},
            "uncertain": TRUTH,
            "versions": make_map(TEXT),
        }
    )


def _interval() -> Schema:
    unusual = "scenarios that depart from the usual value, nearly always 0; null in documents of early versions"
    often = "where they are too few for an interval: the share of operations like them is no more, with 95 % confidence"
    return {
        **make_object(
            {
                "unit": TEXT,
                **dict.fromkeys(("mean", "low", "high"), NUMBER),
                "count": COUNT,
                "unusual": {"type": ["integer", "null"], "minimum": 0, "description": unusual},
                "usual": {**NUMBER, "description": "the most frequent value, nearly always 0; null in early versions"},
                "often": {**NUMBER, "description": f"{often}; null elsewhere"},
            }
        ),
        "description": "a mean over scenarios with its 95 % confidence interval; ends are null where there is none",
    }


def _shared() -> Schema:
    violation = {"code": {"enum": list(CODES)}, "place": TEXT, "what": TEXT, "message": TEXT}
    numbers = {"found": WHOLE, "required": WHOLE}
    phase = make_object({"minutes": {"type": "number", "minimum": 0}, "reached": SHARE})
    phases = make_object(dict.fromkeys(PHASES, phase))
    ends = dict.fromkeys(("low", "high"), POINTS)
    heads = make_object(dict.fromkeys(HEADS, COUNT))
    accompanying = {**COUNT, "description": "heads that move with people or as planned; left out where nobody does"}
    return {
        "origin": make_object({"name": TEXT, "title": TEXT, "sha256": SHA256}),
        "settings": _settings(),
        "certificate": _certificate(),
        "heads": {**heads, "properties": {**heads["properties"], "accompanying": accompanying}},
        "harms": each_harm(),
        "interval": _interval(),
        "violation": make_object({**violation, **numbers}),
        "caution": make_object(
            {"code": {"enum": list(CAUTIONS)}, **dict.fromkeys(("place", "found", "usual", "check"), TEXT)}
        ),
        "law_range": make_object(
            {
                **dict.fromkeys(("draws", "scenarios", "constants"), COUNT),
                **dict.fromkeys(("from", "to"), DRAWN),
                "differences": make_list(make_object({"of": TEXT, **ends, **dict.fromkeys(RANGED, DRAWN)})),
                "losses": make_list(make_object({"of": TEXT, **ends})),
            }
        ),
        "verdict": make_object({"passed": TRUTH, "sentence": TEXT, "violations": make_list(refer("violation"))}),
        "difference": make_object(DIFFERENCE),
        "obstacle": make_object(OBSTACLE),
        "comparison": make_object(
            {
                "objective": POINTS,
                "loss": refer("interval"),
                "harms": refer("harms"),
                "sentence": {"enum": ["better", "worse", "the same", "no difference shown"]},
            }
        ),
        "evaluation": make_object(
            {
                "scenarios": COUNT,
                "objective": POINTS,
                "loss": refer("interval"),
                "harms": refer("harms"),
                "participation": or_null(
                    make_object(
                        {
                            "meant": {**NUMBER, "description": "mean person-hours that people mean to assemble"},
                            "held": or_null(SHARE, "share of them that is not lost; null where nobody comes"),
                        }
                    ),
                    "of lawful assembly; null in documents of earlier versions",
                ),
                "worst_phase": make_object(dict.fromkeys(("peaceful", "yellow", "red"), SHARE)),
                "phases": {**make_map(phases), "description": "by sector"},
            }
        ),
    }
