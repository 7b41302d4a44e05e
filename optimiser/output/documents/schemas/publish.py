"""The published shapes of all documents that are read or written, as JSON Schemas by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from optimiser.common.faults import CODES
from optimiser.files.plan_origin import CLAIMS
from optimiser.files.read import deployment_schema, schema
from optimiser.files.read_nation import nation_schema
from optimiser.files.read_whatifs import whatif_schema
from optimiser.model.cautions import CAUTIONS
from optimiser.model.parts.presence import RULES
from optimiser.operation.calibration.document import calibration_schema
from optimiser.operation.exercise.document import exercise_schema
from optimiser.operation.now.report import situation_schema
from optimiser.operation.score.document import score_schema
from optimiser.output.documents.schemas.answer import EARLY, answer_schema
from optimiser.output.documents.schemas.batch import STATES, batch_schema, case_schema, cases_schema, pairs_schema
from optimiser.output.documents.schemas.explanation import explanation_schema
from optimiser.output.documents.schemas.movements import movements_schema
from optimiser.output.documents.schemas.nation import accord_schema, audit_schema
from optimiser.output.documents.schemas.now import advice_schema
from optimiser.output.documents.schemas.parts import (
    AMOUNT,
    COUNT,
    LAW_RANGE,
    NUMBER,
    POINTS,
    POINTS_INTERVAL,
    SHA256,
    SHARE,
    TEXT,
    TRUTH,
    WARNINGS,
    WHOLE,
    Schema,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)
from optimiser.output.documents.schemas.plan import plan_schema
from optimiser.output.documents.schemas.screens import (
    base_map_schema,
    board_schema,
    boards_schema,
    clashes_schema,
    day_schema,
    days_schema,
    files_schema,
    form_schema,
    map_schema,
    outline_schema,
    reading_schema,
    rules_schema,
    strips_schema,
)
from optimiser.output.documents.schemas.simulation import simulation_schema

JobKind = Literal[
    "plan", "simulate", "whatif", "compare", "presence", "firm", "exercise", "score", "calibrate", "files"
]
JOB: Schema = {
    "id": TEXT,
    "position": COUNT,
    "do": {"enum": list(get_args(JobKind))},
    "instance": TEXT,
    "settings": {**make_map({}), "description": "the numbers that were asked with"},
    "state": {
        "enum": [*STATES, "cancelled"],
        "description": "cancelled: called off, with the best until then or nothing",
    },
    "over": TRUTH,
    "interrupted": {**TRUTH, "description": "called off; the result is the best until then"},
    "result": {"type": ["string", "null"], "description": "format of the result"},
    "progress": or_null(make_map({}), "null unless it runs and has told something"),
    "error": or_null(make_map({}), "null unless it failed, was set aside, or was called off with nothing"),
}
COUNTED = ("sectors", "cap", "parts", "sourced")
SETTINGS = make_object(
    {
        **dict.fromkeys(("seed", "scenarios", "reporting"), COUNT),
        "budget": AMOUNT,
        "law": TEXT,
        "versions": make_map(TEXT),
    }
)
SPENT = or_null(TRUTH, "whether the budget ended the search; null in documents of early versions")


def _frontier_schema() -> Schema:
    """Give the shape of a frontier."""
    level = {
        "amount": COUNT,
        "cap": COUNT,
        "assumed": {**make_map(COUNT), "description": "numbers of kinds that differ from the instance's"},
        "feasible": TRUTH,
        "clash": make_list(TEXT),
        "used": AMOUNT,
        "planning": POINTS,
        "spent": SPENT,
        "objective": POINTS,
        "loss": POINTS_INTERVAL,
        "harms": {**make_map(refer("interval")), "description": "empty where there is no deployment"},
        "against_largest": or_null(refer("comparison"), "null where there is none"),
        "against_level_below": or_null(refer("comparison"), "null where there is none"),
        "deployment": or_null(refer("deployment"), "null where there is none"),
    }
    return publish(
        "frontier",
        {
            "instance": refer("origin"),
            **dict.fromkeys(("resource", "unit", "rule"), TEXT),
            "settings": SETTINGS,
            "tolerance": make_object({"points": POINTS, "share": NUMBER}),
            "knee": AMOUNT,
            "sure": AMOUNT,
            "sentence": TEXT,
            "levels": make_list(make_object(level)),
            "law_range": LAW_RANGE,
        },
    )


def _worth_schema() -> Schema:
    """Give the shape of what one more of each kind is worth."""
    optimum = {**dict.fromkeys(("low", "high", "gap_without", "gap_with"), POINTS), "sets": COUNT, "scenarios": COUNT}
    worth = {
        "resource": TEXT,
        "name": TEXT,
        "heads": COUNT,
        "change": refer("comparison"),
        "placing": POINTS,
        "spent": SPENT,
        "optimum": or_null(make_object({**optimum, "confidence": SHARE}), "null where no bound is worth saying"),
        "why": TEXT,
        "sentence": TEXT,
        "deployment": refer("deployment"),
    }
    parts = {
        "instance": refer("origin"),
        "settings": SETTINGS,
        "spent": SPENT,
        "law_range": LAW_RANGE,
        "deployment": refer("deployment"),
    }
    return publish("worth", {**parts, "worth": make_list(make_object(worth))})


def _presence_schema() -> Schema:
    """Give the shape of what rules of presence cost."""
    price = {
        "rules": {**make_list({"enum": list(RULES)}), "description": "rules that are off, by their fields"},
        "change": refer("comparison"),
        "spent": SPENT,
        "sentence": TEXT,
        "deployment": refer("deployment"),
    }
    parts = {
        "instance": refer("origin"),
        "settings": SETTINGS,
        "spent": SPENT,
        "law_range": LAW_RANGE,
        "deployment": refer("deployment"),
        "loss": POINTS_INTERVAL,
    }
    return publish("presence", {**parts, "prices": make_list(make_object(price))})


def _firm_schema() -> Schema:
    """Give the shape of what is firm and what is negotiable."""
    placing = {
        **dict.fromkeys(("place", "kind"), TEXT),
        "number": {**COUNT, "description": "in the plan"},
        **{key: {**COUNT, "description": "in all plans that are about as good"} for key in ("least", "most")},
        "share": {**SHARE, "description": "of these plans that have as many there as the plan"},
        "tried": {**COUNT, "description": "exchanges tried that change it"},
        "firm": TRUTH,
    }
    parts = {
        "instance": refer("origin"),
        "settings": SETTINGS,
        "deployment": refer("deployment"),
        "plans": {**COUNT, "description": "that are about as good, the plan included"},
        "within": make_object({"share": NUMBER, "points": POINTS}),
        "searches": {**COUNT, "description": "ends of independent searches among these plans"},
        "tried": {**COUNT, "description": "exchanges"},
        "beyond": POINTS_INTERVAL,
        "placings": make_list(make_object(placing)),
    }
    return publish("firm", parts)


def _optimum_schema() -> Schema:
    """Give the shape of an estimate of the optimum, which is no bound and no proof."""
    estimate = make_object(dict.fromkeys(("low", "high"), POINTS))
    parts = {
        "instance": refer("origin"),
        "settings": SETTINGS,
        "deployment": refer("deployment"),
        "best": refer("deployment"),
        "objective": {**POINTS, "description": "of the plan on the planning scenarios, points"},
        "bound": {**POINTS, "description": "proved: no deployment is below it on these scenarios, points"},
        "proved": {**TRUTH, "description": "the plan is proved optimal on these scenarios; nothing was searched then"},
        "ends": {**make_list(POINTS), "description": "objectives of the ends of independent searches, points"},
        "same": {**COUNT, "description": "searches that ended at the same deployment as the best of them"},
        "estimate": or_null(estimate, "of the optimum on these scenarios, no bound and no proof; null where none is"),
    }
    return publish("optimum", parts)


def _comparison_schema() -> Schema:
    """Give the shape of several deployments on the same scenarios."""
    played = {
        "deployment": refer("deployment"),
        "verdict": refer("verdict"),
        "evaluation": refer("evaluation"),
        "against_first": or_null(refer("comparison"), "this one minus the first; null for the first"),
    }
    deployments = make_list(make_object(played))
    parts = {"instance": refer("origin"), "seed": COUNT, "deployments": deployments, "law_range": LAW_RANGE}
    return publish("comparison", parts)


def _job_schema() -> Schema:
    """Give the shape of a job of the server."""
    return publish("job", JOB)


def _jobs_schema() -> Schema:
    """Give the shape of a list of jobs."""
    return publish("jobs", {"jobs": make_list(make_object({"format": {"const": "optimiser-job/1"}, **JOB}))})


def check_schema() -> Schema:
    """Give the shape of what the checker says."""
    violations = make_list(refer("violation"))
    origin = make_object(
        {
            "format": or_null(TEXT, "of the plan's document; null where it names none"),
            "made_for": or_null(SHA256, "of the instance that the plan was made for; null where it does not say"),
            "instance": SHA256,
            "same": or_null(TRUTH, "whether both are the same; null where that is not known"),
            "not_verified": make_list({"enum": list(CLAIMS)}),
            "law": or_null(TEXT, "of escalation that its figures were simulated under; null where it does not say"),
        }
    )
    told = or_null(origin, "null where a deployment alone was given, and in documents of earlier versions")
    parts = {"passed": TRUTH, "sentence": TEXT, "violations": violations, "heads": refer("heads"), "origin": told}
    return publish("check", parts)


def _faults_schema() -> Schema:
    """Give the shape of a list of faults, none in an instance that can be used, and of warnings about such a one."""
    codes = [*CODES, *CAUTIONS]  # a warning is a fault for those who ask for it
    fault = {"code": {"enum": codes}, **dict.fromkeys(("place", "found", "expected", "repair"), TEXT)}
    parts = {"source": TEXT, "faults": make_list(make_object(fault)), "warnings": WARNINGS}
    return publish("faults", parts)


def _repair() -> Schema:
    change = {
        **dict.fromkeys(("code", "place", "what", "resource", "where"), TEXT),
        **dict.fromkeys(("required", "have", "need"), WHOLE),
        "action": TEXT,
        "points": POINTS,
        "set": make_object({"keys": {"type": "array", "items": {"type": ["string", "integer"]}}, "value": {}}),
    }
    return make_object(
        {
            "points": POINTS,
            "proved": TRUTH,
            "claim": TEXT,
            "prices": make_map(NUMBER),
            "changes": make_list(make_object(change)),
            "deployment": refer("deployment"),
        }
    )


def _repair_schema() -> Schema:
    """Give the shape of the cheapest repair."""
    return publish("repair", {"instance": TEXT, "repair": _repair()})


def _infeasible_schema() -> Schema:
    """Give the shape of what is said where no deployment meets the requirements."""
    repair = or_null(_repair(), "null where none was found, and why says why")
    clashing = {"infeasible": {"const": True}, "clashing": make_list(TEXT)}
    evaluation = or_null(refer("evaluation"), "null where one scenario only was played")
    played = {"deployment": refer("deployment"), "verdict": refer("verdict"), "evaluation": evaluation}
    played["law_range"] = LAW_RANGE
    pinned = or_null(make_object(played), "what a plan that pins fix entirely comes to; null where they fix none")
    changed = or_null(make_list(refer("difference")), f"by a what-if; none where none was asked; {EARLY}")
    parts = {"instance": TEXT, "differences": changed, **clashing, "repair": repair, "why": TEXT, "pinned": pinned}
    return publish("infeasible", parts)


def _instances_schema() -> Schema:
    """Give the shape of the list of shipped instances."""
    line = {**dict.fromkeys(("name", "title", "source"), TEXT), **dict.fromkeys(COUNTED, COUNT)}
    return publish("instances", {"instances": make_list(make_object(line))})


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "instance": schema,
    "deployment": deployment_schema,
    "whatif": whatif_schema,
    "plan": plan_schema,
    "answer": answer_schema,
    "simulation": simulation_schema,
    "exercise": exercise_schema,
    "score": score_schema,
    "calibration": calibration_schema,
    "explanation": explanation_schema,
    "frontier": _frontier_schema,
    "worth": _worth_schema,
    "presence": _presence_schema,
    "firm": _firm_schema,
    "optimum": _optimum_schema,
    "comparison": _comparison_schema,
    "check": check_schema,
    "faults": _faults_schema,
    "repair": _repair_schema,
    "infeasible": _infeasible_schema,
    "instances": _instances_schema,
    "movements": movements_schema,
    "outline": outline_schema,
    "rules": rules_schema,
    "clashes": clashes_schema,
    "map": map_schema,
    "day": day_schema,
    "days": days_schema,
    "reading": reading_schema,
    "base-map": base_map_schema,
    "form": form_schema,
    "files": files_schema,
    "strips": strips_schema,
    "board": board_schema,
    "boards": boards_schema,
    "job": _job_schema,
    "jobs": _jobs_schema,
    "batch": batch_schema,
    "cases": cases_schema,
    "case": case_schema,
    "pairs": pairs_schema,
    "nation": nation_schema,
    "accord": accord_schema,
    "audit": audit_schema,
    "situation": situation_schema,
    "advice": advice_schema,
}
