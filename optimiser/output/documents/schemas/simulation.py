"""The published shape of one played deployment."""

from __future__ import annotations

from optimiser.output.documents.schemas.parts import (
    COUNT,
    LAW_RANGE,
    NUMBER,
    TEXT,
    Schema,
    make_list,
    make_object,
    or_null,
    publish,
    refer,
)

EVENT: Schema = {
    "clock": TEXT,
    "minute": NUMBER,
    **dict.fromkeys(("kind", "sector", "other", "what"), TEXT),
    "number": NUMBER,
    "note": TEXT,
}


def simulation_schema() -> Schema:
    """Give the shape of one played deployment."""
    return publish(
        "simulation",
        {
            "instance": refer("origin"),
            "seed": COUNT,
            "scenario": COUNT,
            "deployment": refer("deployment"),
            "verdict": refer("verdict"),
            "events": make_list(make_object(EVENT)),
            "evaluation": or_null(refer("evaluation"), "null where one scenario only was played"),
            "law_range": LAW_RANGE,
        },
    )
