"""The published shape of the answer to a what-if, as JSON Schema."""

from __future__ import annotations

from optimiser.output.documents.schemas.parts import (
    COUNT,
    LAW_RANGE,
    NOT_COUNTED,
    NUMBER,
    SHA256,
    TEXT,
    TRUTH,
    WARNINGS,
    Schema,
    make_list,
    make_object,
    or_null,
    publish,
    refer,
)

EARLY = "null in documents of early versions"


def answer_schema() -> Schema:
    """Give the shape of the answer to a what-if."""
    played = make_object({"deployment": refer("deployment"), "evaluation": refer("evaluation")})
    moves = make_list(make_object({"number": COUNT, "what": TEXT, "origin": TEXT, "goal": TEXT, "heads": COUNT}))
    assembly = make_object(
        {
            "sentence": TEXT,
            "people": make_object({"before": NUMBER, "after": NUMBER}),
            "absent": {**make_list(TEXT), "description": "names of gatherings that take place before and never after"},
            "apart": {
                **refer("interval"),
                "description": "loss of `suffered` without the points of participation",
            },
        }
    )
    return publish(
        "answer",
        {
            "instance": refer("origin"),
            "whatif": refer("whatif"),
            "changed": make_object({"sha256": SHA256}),
            "differences": or_null(make_list(refer("difference")), f"what was changed, from what to what; {EARLY}"),
            "assumed": or_null(make_list(TEXT), f"what a change assumes, such as rain, in sentences; {EARLY}"),
            "sentence": {"type": ["string", "null"], "description": EARLY},
            "assembly": or_null(
                assembly, f"those who assemble are not the same after the change; null where they are; {EARLY}"
            ),
            "stays": {
                "type": ["boolean", "null"],
                "description": f"only those move whom the change forces to; {EARLY}",
            },
            "settings": refer("settings"),
            "replayable": TRUTH,
            "interrupted": TRUTH,
            "certificate": refer("certificate"),
            "broken": {**refer("verdict"), "description": "on the plan as it was, after the change"},
            "moves": moves,
            "forced": or_null(moves, f"without which the plan would break a rule; {EARLY}"),
            "advised": or_null(moves, f"beyond these, and shown to help; {EARLY}"),
            "obstacles": or_null(make_list(refer("obstacle")), f"changes without an effect, and why; {EARLY}"),
            "before": played,
            "kept": played,
            "deployment": refer("deployment"),
            "evaluation": refer("evaluation"),
            "change": refer("comparison"),
            "suffered": refer("comparison"),
            "gained": refer("comparison"),
            "anyway": or_null(refer("comparison"), "the same moves without the change; null where not measured"),
            "law_range": LAW_RANGE,
            "warnings": WARNINGS,
            "not_counted": NOT_COUNTED,
        },
    )
