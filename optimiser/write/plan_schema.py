"""The published shape of a plan document, as JSON Schema."""

from __future__ import annotations

from typing import Any

from optimiser.checker import CODES
from optimiser.instance import HARMS, PHASES
from optimiser.reading import deployment_schema
from optimiser.write.plan import FORMAT

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": ["number", "null"], "description": "null where it is not finite"}
POINTS: Schema = {**NUMBER, "description": "points; null where it is not finite"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def plan_schema() -> Schema:
    """Give the JSON Schema (draft 2020-12) of the documents that `optimiser.write.plan.describe` makes."""
    deployment = deployment_schema()
    shared = deployment.pop("$defs", {})
    deployment.pop("$schema", None)
    deployment.pop("$id", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plan",
        **_object(_parts()),
        "$defs": {**shared, "deployment": deployment, **_definitions()},
    }


def _parts() -> Schema:
    return {
        "format": {"const": FORMAT},
        "instance": _object(
            {"name": TEXT, "title": TEXT, "start": TEXT, "hours": {"type": "number"}, "sha256": SHA256}
        ),
        "settings": _object(
            {
                "seed": COUNT,
                "scenarios": COUNT,
                "reporting": COUNT,
                "solver": {"enum": ["highs", "cbc"]},
                "law": TEXT,
                "budget": COUNT,
                "engine": {"enum": ["compiled", "simpy"]},
                "versions": _map(TEXT),
            }
        ),
        "replayable": {**TRUTH, "description": "false where the clock or the user decided anything"},
        "interrupted": TRUTH,
        "certificate": _certificate(),
        "verdict": _ref("verdict"),
        "heads": _object(
            dict.fromkeys(("sectors", "posts", "crews", "lost", "counted", "cap", "outside", "base"), COUNT)
        ),
        "deployment": _ref("deployment"),
        "objective": _object({"planning": POINTS, "reporting": POINTS, "optimism": POINTS}),
        "evaluation": _ref("evaluation"),
        "sectors": _list(
            _object(
                {
                    "id": TEXT,
                    "why": TEXT,
                    "harms": _object(dict.fromkeys((*HARMS, "injuries"), _ref("interval"))),
                    "margins": _list(_object({"team": TEXT, "fewer": POINTS, "more": POINTS})),
                }
            )
        ),
        "alternatives": _list(
            _object(
                {
                    "name": TEXT,
                    "deployment": _ref("deployment"),
                    "verdict": _ref("verdict"),
                    "evaluation": _ref("evaluation"),
                    "against": {**_ref("comparison"), "description": "the plan minus this alternative, paired"},
                }
            )
        ),
        "levers": _list(_object({"sector": TEXT, "minutes": {"type": "number"}, "change": _ref("comparison")})),
        "history": _list(_step()),
    }


LOCAL: dict[str, Schema] = {
    **dict.fromkeys(("compared", "better", "worse", "ties", "seldom", "undecided", "scenarios", "possible"), COUNT),
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
    "scenarios": COUNT,
    "confidence": {**NUMBER, "description": "one-sided"},
    "sentence": TEXT,
}


def _certificate() -> Schema:
    return _object(
        {
            "kind": {"enum": ["proved-optimal", "within", "bound-only"]},
            "proved": TRUTH,
            "sentence": TEXT,
            "objective": POINTS,
            "bound": POINTS,
            "gap": {**NUMBER, "description": "share of the objective"},
            "scenarios": COUNT,
            "reasons": _list(TEXT),
            "compared": COUNT,
            "local": {
                "description": "about deployments one exchange away; null where nothing is said",
                "anyOf": [_object(LOCAL), {"type": "null"}],
            },
            "true_gap": {
                "description": "about all scenarios there could be; null unless asked for",
                "anyOf": [_object(TRUE_GAP), {"type": "null"}],
            },
        }
    )


def _step() -> Schema:
    return _object(
        {
            "iteration": COUNT,
            "best": POINTS,
            "bound": POINTS,
            "gap": NUMBER,
            "replications": COUNT,
            "unchanged": COUNT,
            "finished": TRUTH,
            "note": TEXT,
        }
    )


def _definitions() -> Schema:
    harms = _object(dict.fromkeys((*HARMS, "injuries"), _ref("interval")))
    violation = {"code": {"enum": list(CODES)}, "place": TEXT, "what": TEXT, "message": TEXT}
    numbers = {"found": {"type": "integer"}, "required": {"type": "integer"}}
    phases = _object(dict.fromkeys(PHASES, _object({"minutes": {"type": "number", "minimum": 0}, "reached": SHARE})))
    return {
        "interval": {
            **_object(
                {
                    "unit": TEXT,
                    "mean": NUMBER,
                    "low": NUMBER,
                    "high": NUMBER,
                    "count": COUNT,
                    "unusual": {**COUNT, "description": "scenarios that depart from the usual value"},
                    "usual": {**NUMBER, "description": "the most frequent value, nearly always 0"},
                    "often": {
                        **NUMBER,
                        "description": "where they are too few for an interval: the share of operations that are like "
                        "them is no more, with 95 % confidence; null elsewhere",
                    },
                }
            ),
            "description": "a mean over scenarios with its 95 % confidence interval; ends are null where there is none",
        },
        "verdict": _object({"passed": TRUTH, "sentence": TEXT, "violations": _list(_object({**violation, **numbers}))}),
        "comparison": _object(
            {
                "objective": POINTS,
                "loss": _ref("interval"),
                "harms": harms,
                "sentence": {"enum": ["better", "worse", "the same", "no difference shown"]},
            }
        ),
        "evaluation": _object(
            {
                "scenarios": COUNT,
                "objective": POINTS,
                "loss": _ref("interval"),
                "harms": harms,
                "worst_phase": _object(dict.fromkeys(("peaceful", "yellow", "red"), SHARE)),
                "phases": {**_map(phases), "description": "by sector"},
            }
        ),
    }


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
