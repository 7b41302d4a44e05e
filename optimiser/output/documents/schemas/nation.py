"""The published shapes of what is said of a nation: its plans together, and what the verifier finds."""

from __future__ import annotations

from optimiser.nation.run_files import NOT_VERIFIED
from optimiser.output.documents.schemas.parts import (
    COUNT,
    DRAWN,
    NUMBER,
    POINTS,
    SHARE,
    TEXT,
    TRUTH,
    WHOLE,
    Schema,
    each_harm,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)


def accord_schema() -> Schema:
    """Give the shape of the plans of a nation."""
    claim = {
        "kind": {"enum": ["proved-optimal", "within", "bound-only"]},
        "sentence": TEXT,
        **dict.fromkeys(("objective", "bound"), POINTS),
        "gap": {**NUMBER, "description": "share of the objective"},
        "alone": {**POINTS, "description": "objective of the best plans known where nothing is lent, points"},
        "joined": {**COUNT, "description": "districts whose sectors influence each other"},
    }
    settings = {**dict.fromkeys(("seed", "scenarios", "reporting", "budget"), COUNT), "gap": NUMBER}
    saved = make_object({"loss": refer("interval"), "injuries": refer("interval")})
    price = {**POINTS, "description": "what one team more is worth by all offers, points"}
    pool = {"id": TEXT, "name": TEXT, "teams": COUNT, "lent": COUNT, "price": price}
    round_ = {"number": COUNT, "asked": COUNT, "objective": POINTS, "bound": POINTS, "gap": NUMBER}
    return publish(
        "accord",
        {
            "nation": make_object({"name": TEXT, "title": TEXT, "districts": COUNT}),
            "settings": make_object({**settings, "law": TEXT, "versions": make_map(TEXT)}),
            "certificate": make_object(claim),
            "loss": refer("interval"),
            "law_range": or_null(
                _law_range(),
                "over draws of the law's constants, which is no confidence interval; "
                "null in documents of early versions",
            ),
            "saved": or_null(saved, "by lending, in the same fresh scenarios; null in documents of early versions"),
            "harms": each_harm(),
            "pools": make_list(make_object(pool)),
            "rounds": make_list(make_object(round_)),
            "loans": make_list(make_object({"district": TEXT, "pool": TEXT, "teams": COUNT})),
        },
    )


def _law_range() -> Schema:
    """Give the shape of what all districts together come to over the plausible constants of the law."""
    ends = dict.fromkeys(("low", "high"), POINTS)
    saved = {**ends, "higher": {**SHARE, "description": "share of the draws in which lending saves anything"}}
    shares = dict.fromkeys(("from", "to"), DRAWN)
    return make_object({"draws": COUNT, **shares, "loss": make_object(ends), "saved": make_object(saved)})


def audit_schema() -> Schema:
    """Give the shape of what the verifier says of the plans of a nation."""
    counts = dict.fromkeys(("districts", "pools", "teams"), COUNT)
    violation = {
        **dict.fromkeys(("code", "place", "what", "message"), TEXT),
        **dict.fromkeys(("found", "required"), WHOLE),
    }
    parts = {"passed": TRUTH, "sentence": TEXT, **counts, "violations": make_list(make_object(violation))}
    told = or_null(make_list({"enum": list(NOT_VERIFIED)}), "null in a document of an earlier version")
    other = or_null(make_list(TEXT), "districts whose plan names another instance; null in an earlier version")
    return publish("audit", {**parts, "not_verified": told, "elsewhere": other})
