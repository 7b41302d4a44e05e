"""The published shape of advice in the middle of an operation."""

from __future__ import annotations

from typing import get_args

from optimiser.operation.now.candidates import Action
from optimiser.output.documents.schemas.parts import (
    COUNT,
    NUMBER,
    SHARE,
    TEXT,
    TRUTH,
    Schema,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)


def advice_schema() -> Schema:
    """Give the shape of advice."""
    candidate: Schema = {
        "action": {"enum": list(get_args(Action))},
        "sector": TEXT,
        "origin": {**TEXT, "description": "place that teams come from; empty where nobody is sent"},
        "teams": make_map(COUNT),
        "minutes": {**NUMBER, "minimum": 0, "description": "until it takes effect, where that is certain; 0 otherwise"},
    }
    elsewhere = make_list(make_object({"sector": TEXT, "loss": refer("interval")}))
    both = {"loss": refer("interval"), "injuries": refer("interval")}
    option = make_object({**candidate, "helps": TRUTH, **both, "elsewhere": elsewhere})
    gates = make_object({"sector": TEXT, "shut": make_list({"enum": ["red", "exit", "medics"]})})
    parts: Schema = {
        "instance": refer("origin"),
        "deployment": refer("deployment"),
        "situation": {**make_map({}), "description": "the report, see `optimiser schema situation`"},
        "minute": NUMBER,
        **dict.fromkeys(("seed", "futures"), COUNT),
        "days": {**COUNT, "description": "simulated up to the report"},
        "agree": {**COUNT, "description": "of these, that contradict nothing of the report but numbers"},
        "kept": {**COUNT, "description": "of these, that futures begin from"},
        "confidence": {**SHARE, "description": "of each interval of the options, so that all hold together"},
        "stay": make_object(both),
        "best": or_null(COUNT, "which option; null: stay as you are"),
        "options": make_list(option),
        "tried": COUNT,
        "refused": make_list(make_object({**candidate, "rule": TEXT})),
        "gates": make_list(gates),
    }
    return publish("advice", parts)
