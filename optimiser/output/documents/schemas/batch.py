"""The published shapes of what is said of a batch: the run, its cases, one of them, and pairs of them."""

from __future__ import annotations

from optimiser.output.documents.schemas.parts import (
    BAND,
    COUNT,
    SHA256,
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

STATES = ("waiting", "running", "done", "failed", "aside")  # of tasks
CASE: Schema = {
    "case": {**SHA256, "description": "its key"},
    **dict.fromkeys(("label", "instance", "source", "version"), TEXT),
    "law": or_null(TEXT, "name of a law of escalation that does not ship; null for the one that does"),
    "instance_sha256": SHA256,
    "seed": COUNT,
    "whatif": or_null(refer("whatif"), "null where the instance is planned as it is"),
    "effort": {**make_map({}), "description": "how hard to look"},
    "state": {"enum": list(STATES)},
    "result": {"enum": ["whole", "missing", "changed", None], "description": "its file; null where there is none"},
    "deaths": {**COUNT, "description": "workers that it killed"},
    "summary": {**make_map({}), "description": "figures of its plan; empty where there is none"},
    "error": {**make_map({}), "description": "kind, code (as exit codes are) and message; empty unless it failed"},
    "sha256": {**TEXT, "description": "of its result; empty where there is none"},
}


def batch_schema() -> Schema:
    """Give the shape of what a batch has come to."""
    cases = make_object(dict.fromkeys(STATES, COUNT))
    others = {**COUNT, "description": "cases of another version of the program, or of a law that was not given"}
    return publish("batch", {"run": TEXT, "others": others, "cases": cases})


def cases_schema() -> Schema:
    """Give the shape of a list of cases."""
    return publish("cases", {"run": TEXT, "cases": make_list(make_object(CASE))})


def case_schema() -> Schema:
    """Give the shape of one case, with who tried it and its plan."""
    when = {"type": "number", "description": "seconds since 1970"}
    attempt = {"owner": TEXT, "begun": when, "ended": or_null(when, "null while it runs"), "how": TEXT}
    plan = or_null({"type": "object", "description": "see optimiser-plan/1"}, "null unless it is done")
    return publish("case", {**CASE, "attempts": make_list(make_object(attempt)), "plan": plan})


def pairs_schema() -> Schema:
    """Give the shape of cases side by side; differences are the second less the first."""
    one = make_object({"label": TEXT, "loss": refer("interval"), "band": BAND})
    pair = {"first": one, "second": one, "same_plan": TRUTH, "change": refer("comparison")}
    alone = {**COUNT, "description": "cases that the other run does not have"}
    return publish("pairs", {"pairs": make_list(make_object(pair)), "alone": alone})
