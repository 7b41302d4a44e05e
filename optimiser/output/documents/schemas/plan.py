"""The published shape of a plan document, as JSON Schema."""

from __future__ import annotations

from optimiser.output.documents.notes import FIELDS, PARTS
from optimiser.output.documents.schemas.parts import (
    COUNT,
    LAW_RANGE,
    NOT_COUNTED,
    NUMBER,
    POINTS,
    SHA256,
    TEXT,
    TRUTH,
    WARNINGS,
    Schema,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)

_MARGIN = or_null(
    make_object(
        dict.fromkeys(("fewer", "more"), or_null(refer("interval"), "null where there can be none fewer or more"))
    ),
    "on fresh scenarios; null in plans of early versions, whose points come from the search's own",
)


def plan_schema() -> Schema:
    """Give the JSON Schema of the documents that `plan.describe` makes."""
    return publish("plan", _parts())


def _parts() -> Schema:
    return {
        "instance": make_object(
            {"name": TEXT, "title": TEXT, "start": TEXT, "hours": {"type": "number"}, "sha256": SHA256}
        ),
        "settings": refer("settings"),
        "replayable": {**TRUTH, "description": "false where the clock or the user decided anything"},
        "interrupted": TRUTH,
        "certificate": refer("certificate"),
        "verdict": refer("verdict"),
        "heads": refer("heads"),
        "heads_by_place": or_null(
            make_map(COUNT),
            "heads at each sector, post and accompaniment by its identifier, teams and extra crews; null in plans of "
            "early versions",
        ),
        "deployment": refer("deployment"),
        "objective": make_object({"planning": POINTS, "reporting": POINTS, "optimism": POINTS}),
        "evaluation": refer("evaluation"),
        "sectors": make_list(
            make_object(
                {
                    "id": TEXT,
                    "why": TEXT,
                    "harms": or_null(refer("harms"), "null in plans of early versions"),
                    "margins": make_list(
                        make_object({"team": TEXT, "fewer": POINTS, "more": POINTS, "intervals": _MARGIN})
                    ),
                }
            )
        ),
        "alternatives": make_list(
            make_object(
                {
                    "name": TEXT,
                    "deployment": refer("deployment"),
                    "verdict": refer("verdict"),
                    "evaluation": refer("evaluation"),
                    "against": {**refer("comparison"), "description": "the plan minus this alternative, paired"},
                }
            )
        ),
        "law_range": LAW_RANGE,
        "levers": make_list(
            make_object({"sector": TEXT, "minutes": {"type": "number"}, "change": refer("comparison")})
        ),
        "notes": or_null(make_list(make_object(_note())), "free texts of the instance; null in early versions"),
        "warnings": WARNINGS,
        "not_counted": NOT_COUNTED,
        "history": make_list(_step()),
    }


def _note() -> Schema:
    texts = dict.fromkeys(FIELDS, or_null(TEXT, "null where it is not noted"))
    return {"part": {"enum": list(PARTS)}, "id": TEXT, **texts}


def _step() -> Schema:
    return make_object(
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
